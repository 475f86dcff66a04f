"""Every shipped section has a study that reads, and two that are quick give what their page
says.
"""

from pathlib import Path

import pytest

from cavitydesign.design import load_design
from cavitydesign.workflow.steps import find_modes

try:
    import gmsh  # noqa: F401
except (ImportError, OSError) as error:
    pytest.skip(f"gmsh cannot be loaded: {error}", allow_module_level=True)

ROOT = Path(__file__).parents[2]
STUDIES = sorted((ROOT / "studies" / "sections").glob("*.toml"))
PAGE = (ROOT / "docs" / "sections.md").read_text(encoding="utf-8")


def test_every_shipped_section_has_its_study_and_picture() -> None:
    lines = [
        line
        for file in STUDIES
        for line in file.read_text().splitlines()
        if line.startswith("file")
    ]
    used = {Path(line.split('"')[1]).name for line in lines}
    assert used == {
        file.name for file in (ROOT / "meshes").glob("*.geo") if file.stem != "size_field"
    }
    for file in STUDIES:
        assert (
            f"images/sections/{file.stem}.png" in PAGE
            and (ROOT / "docs/images/sections" / f"{file.stem}.png").exists()
        )


@pytest.mark.parametrize("file", STUDIES, ids=lambda file: file.stem)
def test_study_reads(file: Path) -> None:
    cavity = load_design(file).cavity
    assert [name for name, _ in cavity.regions][-2:] == ["body", "surround"]
    assert cavity.diameter_um > 0


@pytest.mark.parametrize(("name", "row"), [("microtoroid", "TE 84 1 0"), ("droplet", "TM 123 1 0")])
def test_page_tells_what_the_study_gives(name: str, row: str) -> None:
    """Wavelength within the stated errors of both, volume to 1e-3, log10 Q to 2e-3."""
    cells = next(
        line for line in PAGE.splitlines() if line.startswith(f"| {name} | {row} |")
    ).split("|")[3:]
    wavelength, error, _, volume, log10_q = (float(cell) for cell in cells[:5])
    design = load_design(
        ROOT / "studies" / "sections" / f"{name}.toml", {"modes.polarisation": row.split()[0]}
    )
    mode = find_modes(design)[row]
    print(name, mode.wavelength_nm - wavelength, mode.wavelength_error_nm)
    assert mode.wavelength_nm == pytest.approx(
        wavelength, abs=error + mode.wavelength_error_nm + 1e-5
    )
    assert mode.mode_volume_um3 == pytest.approx(volume, rel=1e-3)
    assert mode.losses.radiation == pytest.approx(log10_q, abs=2e-3)
    assert mode.accuracy_met
