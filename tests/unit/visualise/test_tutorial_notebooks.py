"""The tutorials run from top to bottom, as a reader would run them, and say what they claim."""

from __future__ import annotations

import ast
import json
import sys
from pathlib import Path
from typing import Any

import pytest

from cavitydesign.workflow import calibrated_lasing

TUTORIALS = Path(__file__).parents[3] / "docs" / "tutorials"
NAMES = sorted(path.name for path in TUTORIALS.glob("*.ipynb"))


def run(path: Path) -> tuple[dict[str, Any], list[Any]]:
    """Names that the cells leave, and the value of each cell's last expression; line magics are
    left out.
    """
    space: dict[str, Any] = {}
    shown: list[Any] = []
    for cell in json.loads(path.read_text(encoding="utf-8"))["cells"]:
        if cell["cell_type"] != "code":
            continue
        assert cell["outputs"] == [], "tutorials are kept without outputs"
        lines = [line for line in "".join(cell["source"]).splitlines() if not line.startswith("%")]
        tree = ast.parse("\n".join(lines))
        last = tree.body.pop() if tree.body and isinstance(tree.body[-1], ast.Expr) else None
        exec(compile(tree, path.name, "exec"), space)
        if last is not None:
            shown.append(eval(compile(ast.Expression(last.value), path.name, "eval"), space))
    # A tutorial for users of another library may draw with pyplot; its figures end with it.
    if "matplotlib.pyplot" in sys.modules:
        sys.modules["matplotlib.pyplot"].close("all")
    return space, shown


def test_there_are_eleven() -> None:
    assert len(NAMES) == 11


def test_first_tutorial() -> None:
    space, shown = run(TUTORIALS / "1-modes-of-a-cavity.ipynb")
    assert space["modes"].complete
    assert set(space["families"]) == {(1, 0), (1, 1), (2, 0), (2, 1)}
    assert space["ground"].confinement["body"] > 0.99
    assert [type(one).__name__.removeprefix("_Shown") for one in shown] == [
        "Cavity",
        "ModeSet",
        "Figure",
        "Figure",
    ]


def test_second_tutorial() -> None:
    space, _ = run(TUTORIALS / "2-losses-and-lasing.ipynb")
    budget = space["modes"].modes[0].losses
    assert budget.radiation - budget.scattering > 10, "the text says ten orders of magnitude"
    assert space["lasing"].regime.name == "single"
    assert "lasing.quality" in space["lasing"].calibrations


@pytest.mark.slow
def test_third_tutorial() -> None:
    """The design that bears the spread has a yield, and lies within the bounds of the goal."""
    space, shown = run(TUTORIALS / "3-which-diameter.ipynb")
    assert 10.4 <= space["robust"].values["cavity.diameter_um"] <= 12.4
    assert 0.5 < space["share"] <= 1.0
    assert space["sharp"].outcomes["threshold_mj_cm2.lasing"] < 4.0
    assert [type(one).__name__.removeprefix("_Shown") for one in shown if one is not None][-1] == (
        "Figure"
    )


def test_fourth_tutorial() -> None:
    """What scikit-fem integrates is what the mode says. The mode counts energy up to its outer
    caustic, beyond which less than 1e-8 lies; k^2 is a quotient of the same integrals as in the
    solver, whose quadrature is right to rounding: 1e-12.
    """
    space, _ = run(TUTORIALS / "4-with-scikit-fem.ipynb")
    mode = space["mode"]
    assert abs(space["share"] - mode.confinement["body"]) < 1e-8
    assert abs(space["wavelength_nm"] / mode.wavelength_nm - 1) < 1e-12
    assert abs(sum(space["energy"].values()) - 1.0) < 1e-12, "the scale that `Mode.vector` tells"


@pytest.mark.parametrize("name", NAMES)
def test_notebooks_are_valid(name: str) -> None:
    content = json.loads((TUTORIALS / name).read_text(encoding="utf-8"))
    assert content["nbformat"] == 4
    ids = [cell["id"] for cell in content["cells"]]
    assert len(set(ids)) == len(ids)


def test_fifth_tutorial() -> None:
    """Each job takes three lines at most, and answers what its text says."""
    path = TUTORIALS / "5-seven-jobs.ipynb"
    cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
    jobs = [cell["source"] for cell in cells if cell["cell_type"] == "code"][1:]
    assert len(jobs) == 8 and max(map(len, jobs)) <= 3
    space, _ = run(path)
    spacings = space["swept"].to_dataframe().groupby("cavity.diameter_um")["fsr_nm"]
    assert len(spacings.mean()) == 3 and spacings.mean().is_monotonic_decreasing
    assert space["here"].region[()] == "body" and space["cut"].e_db.max() == 0.0
    assert space["comb"].material.d2_mhz < 0, "PMMA is normal"
    assert space["mode"].sensitivity_nm_per_riu["surround"] > 0
    assert space["narrow"] > 10 * space["broad"] > 0
    assert space["cube"].sizes["cavity.diameter_um"] == 2
    assert space["cube"].sizes["cavity.roughness_nm"] == 3


def test_sixth_tutorial(monkeypatch: pytest.MonkeyPatch) -> None:
    """The truth lies in what the made-up laboratory finds; fewer draws than a reader takes."""
    monkeypatch.setattr(calibrated_lasing, "DRAWS", 6)
    space, shown = run(TUTORIALS / "6-own-light-curves.ipynb")
    gain, collection = space["gain"].quantiles, space["collection"].quantiles
    # of a right 90 % interval the truth is outside once in ten; these data are one draw, kept
    assert gain[0] < 850.0 < gain[4] and gain[4] / gain[0] < 1.3
    assert collection[0] < 0.03 < collection[4]
    assert space["answer"].reliable and not space["answer"].warnings
    assert space["gain"].decided_by == "data"
    assert space["predicted"].calibrated.draws == 6
    with_lines = space["with_lines"]
    narrow = with_lines.constants[0].quantiles
    assert narrow[0] < 850.0 < narrow[4]
    assert narrow[4] / narrow[0] < gain[4] / gain[0]
    assert with_lines.reliable and not with_lines.contradictions
    drawn = [type(one).__name__.removeprefix("_Shown") for one in shown if one is not None]
    assert drawn == ["Figure", "Figure", "Figure"]


def test_seventh_tutorial() -> None:
    """The picture has 0.05 um a point and edges of three points: the diameter is right to 0.01 um,
    so that the wavelength is right to 0.36 nm; the spacing does not hang on it to 0.1 %.
    """
    space, _ = run(TUTORIALS / "7-from-a-micrograph.ipynb")
    mode, true = space["mode"], space["true"]
    assert abs(2 * space["outline"].equator_radius_um - 15.0) < 0.01
    assert abs(mode.wavelength_nm - true.wavelength_nm) < 0.36
    assert abs(mode.fsr_nm / true.fsr_nm - 1.0) < 1e-3


def test_eighth_tutorial() -> None:
    """The truth lies within two errors of the diameter, and every label is right."""
    space, _ = run(TUTORIALS / "8-fit-a-spectrum.ipynb")
    answer = space["answer"]
    assert abs(answer.diameter_um - 12.037) < 2 * answer.diameter_error_um
    assert answer.candidates[0].probability > 0.99
    assert set(answer.candidates[0].labels) == {mode.label for mode in space["true"]}


@pytest.mark.slow
def test_ninth_tutorial() -> None:
    """The stated error holds the difference to a finer solve, within three bars."""
    pytest.importorskip("gmsh")
    space, _ = run(TUTORIALS / "9-disk-from-gmsh.ipynb")
    assert space["difference"] < 3.0 * space["mode"].wavelength_error_nm
    assert space["cube"].sizes["cavity.parameters.height"] == 2


@pytest.mark.slow
def test_tenth_tutorial() -> None:
    """All points are solved, and the job for the cluster names the study."""
    space, _ = run(TUTORIALS / "10-a-study-on-a-cluster.ipynb")
    assert "study run study.toml --shard" in space["shell"](
        "cavitydesign study slurm study.toml --shards 8"
    )
    assert "failed" not in space["shell"]("cavitydesign study table study.toml --columns m")


def test_eleventh_tutorial() -> None:
    """Five answers and a figure of each; what the text says of them is so."""
    space, shown = run(TUTORIALS / "11-what-the-laboratory-sees.ipynb")
    names = [type(one).__name__.removeprefix("_Shown") for one in shown]
    assert names == ["Mode", *["Figure"] * 5]
    pattern = space["pattern"]
    assert 0.08 < pattern.collected(0.5) < 0.12
    assert pattern.collected(0.5, "along") < 0.2 * pattern.collected(0.5)
    assert space["moved"].shift_power == pytest.approx(2.0, abs=0.02)
    warm, kelvin = space["warm"], space["kelvin"]
    across = 1e3 * (warm[2].wavelength_nm - warm[0].wavelength_nm) / (kelvin[2] - kelvin[0])
    # curvature cancels in a difference to both sides; the slope is that of the middle
    assert warm[1].extra["thermal_shift_pm_per_k"] == pytest.approx(across, rel=1e-3)
    assert space["beside"].critical_gap_um == pytest.approx(0.5, abs=0.05)
    sensed = [one.bulk_nm_per_riu for one in space["found"]]
    assert sensed == sorted(sensed) and sensed[-1] > 5.0 * sensed[0]
