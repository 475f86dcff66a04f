"""`cavitydesign new`: what it writes is read without complaint and starts the work it names."""

from pathlib import Path

import pytest
from typer.testing import CliRunner

from cavitydesign.cli.commands.new import STARTERS
from cavitydesign.cli.main import app
from cavitydesign.design import load_design
from cavitydesign.optimisation.goal_file import load_goal
from cavitydesign.study import load_study
from cavitydesign.workflow.study_point import design_schema


def start(folder: Path, kind: str):
    return CliRunner().invoke(app, ["new", kind, "--folder", str(folder)])


@pytest.mark.parametrize("kind", sorted(STARTERS))
def test_files_are_read_without_complaint(tmp_path: Path, kind: str) -> None:
    found = start(tmp_path, kind)
    assert found.exit_code == 0, found.output
    for name in STARTERS[kind].names:
        if name == "study.toml":
            assert len(load_study(tmp_path / name, design_schema())) == 13
        elif name == "goal.toml":
            goal = load_goal(tmp_path / name, design_schema())
            assert goal.objective.outcome == "single_mode_probability"
        elif name.endswith(".toml"):
            assert load_design(tmp_path / name).cavity.diameter_um > 10.0


def test_nothing_is_overwritten(tmp_path: Path) -> None:
    """A design that is there stays and is used; the file asked for is refused where it exists."""
    (tmp_path / "bottle.toml").write_text("mine")
    found = start(tmp_path, "study")
    assert found.exit_code == 0 and (tmp_path / "study.toml").exists()
    assert "kept as it is" in found.output
    for kind in ("study", "bottle"):
        again = start(tmp_path, kind)
        assert again.exit_code == 2 and f"{kind}.toml: exists already" in again.output
    assert sorted(path.name for path in tmp_path.iterdir()) == ["bottle.toml", "study.toml"]
    assert (tmp_path / "bottle.toml").read_text() == "mine"


def test_a_misspelt_kind_is_told_the_nearest(tmp_path: Path) -> None:
    found = start(tmp_path, "bottel")
    assert found.exit_code == 2 and "did you mean 'bottle'?" in found.output


def test_a_folder_that_cannot_be_made(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    found = start(tmp_path / "file" / "inner", "bottle")
    assert found.exit_code == 2 and "cannot be written" in found.output
