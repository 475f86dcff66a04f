"""Every file on docs/how-to.md is read without complaint, and its links lead somewhere; so do those
of the other pages.
"""

import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import cavitydesign as cd
from cavitydesign.design.files.toml_file import read_toml
from cavitydesign.design.schema import all_keys
from cavitydesign.study import load_study
from cavitydesign.workflow.study_point import design_schema

DOCS = Path(__file__).parents[2] / "docs"
PAGES = sorted([*DOCS.glob("*.md"), *DOCS.glob("decisions/*.md"), DOCS.parent / "README.md"])
BLOCKS = re.findall(
    r"```toml\n# (\S+)\n(.*?)```", (DOCS / "how-to.md").read_text(encoding="utf-8"), re.DOTALL
)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """All files of the page, and the outline that it speaks of."""
    for name, text in BLOCKS:
        (tmp_path / name).write_text(text, encoding="utf-8")
    z = np.linspace(-6.0, 6.0, 61)
    rows = np.column_stack([z, 7.5 - z**2 / 120.0])
    np.savetxt(tmp_path / "outline.csv", rows, "%.6f", ",", header="z_um,r_um", comments="")
    return tmp_path


@pytest.mark.parametrize("name", ["own_material.toml", "measured.toml", "drop.toml"])
def test_design_is_read(folder: Path, name: str) -> None:
    design = cd.load_design(folder / name)
    assert 5.0 < design.cavity.diameter_um < 16.0


def test_own_index_is_that_of_its_formula(folder: Path) -> None:
    body = cd.load_design(folder / "own_material.toml").cavity.body
    assert body.index(537.6) == pytest.approx(
        (1 + 1.2 * 0.5376**2 / (0.5376**2 - 0.011)) ** 0.5, abs=1e-12
    )


def test_keys_of_the_section_exist(folder: Path) -> None:
    """Without meshing it: every key of the file is one of the schema's."""
    found = read_toml(folder / "section.toml")
    known = set(all_keys())
    for table, keys in found.items():
        assert {f"{table}.{key}" for key in keys} <= known
    geometry = (DOCS.parent / "meshes" / found["cavity"]["file"]).read_text(encoding="utf-8")
    assert all(re.search(rf"\b{name}\b", geometry) for name in found["cavity"]["parameters"])


def test_study_is_read(folder: Path) -> None:
    assert len(load_study(folder / "study.toml", design_schema())) == 101


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_lead_somewhere(page: Path) -> None:
    targets = re.findall(r"\]\(([^)#\s]+)(?:#[^)]*)?\)", page.read_text(encoding="utf-8"))
    broken = [
        target for target in targets if "://" not in target and not (page.parent / target).exists()
    ]
    assert not broken, f"{page.name} links to what does not exist: {broken}"


def test_models_without_a_command_run_as_written(capsys: pytest.CaptureFixture[str]) -> None:
    """The example of the page, and that what it prints is sound."""
    text = (DOCS / "how-to.md").read_text(encoding="utf-8")
    section = text.partition("## What no command does")[2].partition("\n## ")[0]
    code = section.partition("```python\n")[2].partition("```")[0]
    made: dict[str, Any] = {}
    code = code.replace("studies/quickstart", str(DOCS.parent / "studies" / "quickstart"))
    exec(compile(code, "how-to.md", "exec"), made)
    printed = capsys.readouterr().out
    # TM light is along the fibre; a tenth unpolarised leaves at most 1 / 1.1 of contrast
    assert made["along"] > made["across"]
    assert 0.85 < made["seen"].contrast < 1 / 1.1
    # a line far narrower than the response is as wide as that: Q = wavelength / resolution
    assert f"Q that is read off: {made['lines'][0] / 0.1:.0f}" in printed
    # without its fibre and dispersion the solved bottle of the quickstart is some nm away at most
    assert abs(made["estimate"].wavelength_nm - made["lines"][0]) < 5.0
    # to first order in 1/Q, here 4e-5, the threshold is n / (2 Q Gamma)
    gain = made["gain"]
    assert gain.extinction == pytest.approx(gain.first_order_extinction, rel=1e-4)


@pytest.mark.parametrize("page", sorted(DOCS.rglob("*.md")), ids=lambda page: page.name)
def test_no_name_stands_in_angle_brackets(page: Path) -> None:
    """Browsers take "<N>" for a tag and show nothing; mathematics or code shows it."""
    text = re.sub(r"```.*?```|`[^`]*`", "", page.read_text(encoding="utf-8"), flags=re.DOTALL)
    assert set(re.findall(r"</?[A-Za-z]\w*>", text)) <= {"<br>"}
