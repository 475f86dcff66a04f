"""The command `view`: how it starts, what it opens, how it ends."""

from __future__ import annotations

import json
import subprocess
import tomllib
from pathlib import Path
from typing import Any

import pytest

from cavitydesign.app.toml_text import design_toml
from cavitydesign.app.web.request_limits import check_limits, expected_modes
from cavitydesign.app.web.workspace import Workspace, quickstart
from cavitydesign.errors import InputError
from cavitydesign.study import Record, Store

REPOSITORY = Path(__file__).parents[3]


def run(
    command: tuple[str, ...], *arguments: str, folder: Path
) -> subprocess.CompletedProcess[str]:
    """The command to its end."""
    return subprocess.run(
        [*command, *arguments], cwd=folder, capture_output=True, text=True, timeout=60
    )


def test_sigterm_ends_it_cleanly(start: Any, folder: Path) -> None:
    running = start(folder, "design.toml")
    running.wait_until_up()
    assert running.stop() == 0


def test_port_that_is_taken_is_an_input_error(
    explorer: Any, command: tuple[str, ...], folder: Path
) -> None:
    done = run(command, "design.toml", "--no-browser", "--port", str(explorer.port), folder=folder)
    assert done.returncode == 2
    assert f"--port {explorer.port}: cannot listen there" in done.stderr
    assert done.stdout == ""


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ("absent.toml", "no such file or folder"),
        ("empty", "holds no design"),
        ("broken.toml", "not a readable TOML"),
    ],
)
def test_what_cannot_be_opened(
    command: tuple[str, ...], tmp_path: Path, given: str, words: str
) -> None:
    (tmp_path / "empty").mkdir()
    (tmp_path / "broken.toml").write_text("[cavity\n")
    done = run(command, given, "--no-browser", folder=tmp_path)
    assert done.returncode == 2 and words in done.stderr and done.stdout == ""


def test_results_open_with_their_design(tmp_path: Path, design_text: str) -> None:
    content = {"input": tomllib.loads(design_text), "modes": {"modes": []}}
    (tmp_path / "results.json").write_text(json.dumps(content))
    workspace = Workspace.of(tmp_path)
    opened = workspace.opened(workspace.first)
    assert opened["kind"] == "results" and opened["design"] == content["input"]
    (tmp_path / "results.json").write_text(json.dumps({"modes": {}}))
    with pytest.raises(InputError, match="does not hold the design"):
        Workspace.of(tmp_path / "results.json")


def test_study_opens_with_its_points(tmp_path: Path, design_text: str) -> None:
    (tmp_path / "design.toml").write_text(design_text)
    axis = '[axes]\n"cavity.diameter_um" = [12.0, 13.0]\n'
    (tmp_path / "study.toml").write_text(
        f'design = "design.toml"\ntask = "modes"\nstore = "results"\n{axis}'
    )
    workspace = Workspace.of(tmp_path)
    assert workspace.first == "study.toml"
    opened = workspace.opened("study.toml")
    assert opened["axes"] == ["cavity.diameter_um"]
    assert [row["cavity.diameter_um"] for row in opened["rows"]] == [12.0, 13.0]
    assert workspace.opened_point("study.toml", 1)["cavity"]["diameter_um"] == 13.0
    assert (opened["points"], opened["failed"], opened["others"]) == (2, 0, 0)
    with Store(tmp_path / "results").writer() as writer:
        writer.append([Record("0" * 32, "ok", {"modes": []})])
    assert workspace.opened("study.toml")["others"] == 1, "a result of another design or version"
    with pytest.raises(InputError, match="points 0 to 1"):
        workspace.opened_point("study.toml", 2)
    (tmp_path / "study.toml").write_text(
        f'design = "../design.toml"\ntask = "modes"\nstore = "results"\n{axis}'
    )
    with pytest.raises(InputError, match="outside the folder"):
        workspace.opened("study.toml")


def test_a_wider_folder_is_the_users_to_give(tmp_path: Path, design_text: str) -> None:
    (tmp_path / "a" / "b").mkdir(parents=True)
    (tmp_path / "a" / ".hidden").mkdir()
    for place in ("a/b/design.toml", "a/.hidden/secret.toml", "other.toml"):
        (tmp_path / place).write_text(design_text)
    workspace = Workspace.of(tmp_path / "a" / "b" / "design.toml", tmp_path)
    assert (
        workspace.first == "a/b/design.toml"
        and workspace.opened(workspace.first)["kind"] == "design"
    )
    assert [entry["name"] for entry in workspace.listing()] == ["other.toml", "a/b/design.toml"]
    with pytest.raises(InputError, match="does not lie in it"):
        Workspace.of(tmp_path / "other.toml", tmp_path / "a")
    with pytest.raises(InputError, match="no such folder"):
        Workspace.of(None, tmp_path / "absent")


def test_without_an_argument_the_quickstart_and_no_folder() -> None:
    workspace = Workspace.of(None)
    assert workspace.listing() == []
    shipped = tomllib.loads(
        (REPOSITORY / "studies/quickstart/design.toml").read_text(encoding="utf-8")
    )
    assert workspace.opened(None)["design"] == quickstart() == shipped
    with pytest.raises(InputError, match="given no folder"):
        workspace.opened("design.toml")


def test_design_text_reads_back_to_the_same_tables() -> None:
    tables = {
        "cavity": {
            "diameter_um": {"value": 15.0, "sd": 0.2},
            "body": {"index": 1.49, "absorption_per_cm": 0.0},
            "fibre": 'say "silica"',
            "coatings": [{"name": "shell", "thickness_um": 1e-3}],
            "odd key": True,
        },
        "pump": {"photons": 3, "fluence_mj_cm2": [1.0, 6.0]},
    }
    assert tomllib.loads(design_toml(tables)) == tables
    with pytest.raises(InputError, match="cannot be written"):
        design_toml({"cavity": {"body": object()}})


def test_expected_number_of_modes() -> None:
    """FSR = lambda^2 / (pi D n): 537.6 nm, 15 um, n = 1.5 give 4.09 nm, so 10 nm hold 1 + 2.45
    orders a family.
    """
    tables = {
        "cavity": {"diameter_um": 15.0},
        "modes": {"wavelength_nm": 537.6, "span_nm": 10.0, "axial_orders": 2},
    }
    assert expected_modes(tables) == pytest.approx(2 * (1 + 10.0 / 4.0888), rel=1e-4)
    with pytest.raises(InputError, match="explorer computes up to 200"):
        check_limits(
            {
                **tables,
                "cavity": {"diameter_um": 390.0},
                "modes": {**tables["modes"], "axial_orders": 12},
            },
            None,
        )
