"""`cavitydesign media`: the list of gain media, and one with its constants."""

from __future__ import annotations

import json

from typer.testing import CliRunner

from cavitydesign.cli.main import app
from cavitydesign.gain import medium_names

runner = CliRunner()


def test_lists_all_media() -> None:
    result = runner.invoke(app, ["media"])
    assert result.exit_code == 0
    for name in medium_names():
        assert name in result.stdout


def test_one_medium_tells_where_its_constants_come_from() -> None:
    content = json.loads(runner.invoke(app, ["media", "erbium-silica", "--json"]).stdout)
    (row,) = content["media"]
    assert row["kind"] == "tabled"
    assert row["range_nm"] == [1420.0, 1660.0]
    assert {"fluorescence_ps", "table_emission_cm2"} <= {one["key"] for one in row["constants"]}
    assert all(one["source"] for one in row["constants"])
    told = runner.invoke(app, ["media", "erbium-silica"]).stdout
    assert "fluorescence_ps" in told and "assumed" in told


def test_a_wrong_name_is_told() -> None:
    result = runner.invoke(app, ["media", "erbium-silca"])
    assert result.exit_code == 2
    assert "did you mean 'erbium-silica'?" in result.output
