"""The table of docs/materials.md agrees with the library, row by row."""

from pathlib import Path

import pytest

from cavitydesign.materials import (
    DispersiveMaterial,
    find_material,
    material_aliases,
    material_names,
)

PAGE = Path(__file__).parents[3] / "docs" / "materials.md"
LINE_NM = 537.6
OTHERS = {"vacuum": "no medium", "CsPbBr3-PMMA": "dots in PMMA, see below"}


def row(name: str) -> str:
    """One row: what with its other names, range, index and group index at 537.6 nm, dn/dT."""
    medium = find_material(name)
    others = [f"`{alias}`" for alias, meant in material_aliases().items() if meant == name]
    title = medium.title if isinstance(medium, DispersiveMaterial) else OTHERS[name]
    what = f"{title} (also {', '.join(others)})" if others else title
    low, high = medium.range_nm
    if not low <= LINE_NM <= high:
        return f"| `{name}` | {what} | {low:g} to {high:g} | | | |"
    index = f"{medium.index(LINE_NM):.4f}"
    if medium.uniaxial:
        index += f" / {medium.index_extraordinary(LINE_NM):.4f}"
    thermal = "" if medium.thermo_optic_per_k is None else f"{1e6 * medium.thermo_optic_per_k:+.1f}"
    return (
        f"| `{name}` | {what} | {low:g} to {high:g} | {index} | {medium.group_index(LINE_NM):.4f} "
        f"| {thermal} |"
    )


@pytest.mark.parametrize("name", material_names())
def test_row_is_on_the_page(name: str) -> None:
    assert row(name) in PAGE.read_text(encoding="utf-8").splitlines()


@pytest.mark.parametrize("name", material_names())
def test_source_is_on_the_page(name: str) -> None:
    medium = find_material(name)
    if isinstance(medium, DispersiveMaterial):
        page = " ".join(PAGE.read_text(encoding="utf-8").split())
        entry = " ".join(f"- `{name}`: {medium.source}. {medium.licence}.".split())
        assert f"{entry} " in f"{page} "
