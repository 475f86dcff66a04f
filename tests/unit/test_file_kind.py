"""A file that is given to the wrong command is told which command takes it, in one line."""

from pathlib import Path

import pytest
from typer.testing import CliRunner

from cavitydesign.cli.main import app

STUDIES = Path(__file__).parents[2] / "studies"
DESIGN = STUDIES / "quickstart" / "design.toml"
STUDY = STUDIES / "spacing-and-q" / "study.toml"
GOAL = STUDIES / "design" / "single-mode-below-4-mj.toml"


@pytest.mark.parametrize(
    ("command", "file", "right"),
    [
        (["run"], STUDY, "cavitydesign study run"),
        (["modes"], GOAL, "cavitydesign design"),
        (["lase"], STUDY, "cavitydesign study run"),
        (["study", "run"], DESIGN, "cavitydesign run"),
        (["study", "table"], GOAL, "cavitydesign design"),
        (["design"], DESIGN, "cavitydesign run"),
        (["design"], STUDY, "cavitydesign study run"),
    ],
)
def test_the_right_command_is_named(command: list[str], file: Path, right: str) -> None:
    found = CliRunner().invoke(app, [*command, str(file)])
    assert found.exit_code == 2
    (line,) = found.output.strip().splitlines()
    assert line.endswith(f"type: {right} {file}")
