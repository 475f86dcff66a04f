"""`cavitydesign materials`: the list, one medium, a user's own file."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from cavitydesign.cli.main import app
from cavitydesign.materials import find_material, material_names

runner = CliRunner()


def test_list_names_every_medium_with_source_and_range() -> None:
    result = runner.invoke(app, ["materials"])
    assert result.exit_code == 0
    for name in material_names():
        assert name in result.stdout
    assert "Beadie" in result.stdout
    assert "420 - 1620" in result.stdout


def test_json_list() -> None:
    content = json.loads(runner.invoke(app, ["materials", "--json", "--wavelength", "600"]).stdout)
    rows = {row["name"]: row for row in content["materials"]}
    assert set(rows) == set(material_names())
    assert rows["PMMA"]["index"] == find_material("PMMA").index(600.0)
    assert rows["PMMA"]["licence"]


def test_outside_the_data_is_a_dash_not_an_extrapolation() -> None:
    content = json.loads(
        runner.invoke(app, ["materials", "PMMA", "--json", "--wavelength", "5000"]).stdout
    )
    assert content["materials"][0]["index"] is None


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["materials", "PMA"], "did you mean 'PMMA'?"),
        (["materials", "absent.toml"], "absent.toml"),
        (["materials", "--wavelength", "-5"], "--wavelength -5: must be greater than 0 (nm)"),
    ],
)
def test_bad_input(arguments: list[str], message: str) -> None:
    result = runner.invoke(app, arguments)
    assert result.exit_code == 2
    assert result.stdout == ""
    assert message in result.stderr
    assert len(result.stderr.splitlines()) == 1


def test_own_file_is_checked(tmp_path: Path) -> None:
    source = Path(__file__).parents[3] / "cavitydesign" / "materials" / "data" / "silica.toml"
    path = tmp_path / "mine.toml"
    path.write_text(source.read_text())
    result = runner.invoke(app, ["materials", str(path)])
    assert result.exit_code == 0
    assert "1.46" in result.stdout
    path.write_text(source.read_text().replace("range_nm", "rnge_nm"))
    assert runner.invoke(app, ["materials", str(path)]).exit_code == 2
