"""The tables of columns: a line there is a column in every output, and every number has a line."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from typing import Any

import pytest

from cavitydesign.app.mode_csv import mode_csv
from cavitydesign.app.mode_rows import mode_rows
from cavitydesign.cli.lasing_table import print_lasing
from cavitydesign.cli.mode_table import print_modes
from cavitydesign.columns import cell_text, lasing_columns, mode_columns
from cavitydesign.columns.cell_text import TIMES, cell, typeset_cell
from cavitydesign.columns.column import Column, expanded, with_deviation
from cavitydesign.columns.most_shown import most_shown
from cavitydesign.dotted import entry_at, flattened
from cavitydesign.modes.mode_set import ModeSet
from cavitydesign.report.html import report_html
from cavitydesign.report.sections import lasing_table, mode_table, per_mode_table
from cavitydesign.workflow.study_point import rows_of_point, usual_columns

EXTENSION = Path(__file__).parents[2] / "docs" / "_ext" / "output_columns.py"
# Two times the wavelength is in no record: only the column can have made it.
MADE_UP = Column(
    "twice_nm",
    "made-up",
    "twice the wavelength",
    "nm",
    ".2f",
    of=lambda record: 2 * record["wavelength_nm"],
)


def pages() -> dict[str, str]:
    """The tables of the documentation."""
    spec = importlib.util.spec_from_file_location("output_columns", EXTENSION)
    assert spec is not None and spec.loader is not None
    extension = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(extension)
    tables: dict[str, str] = extension.tables()
    return tables


def test_a_new_column_of_modes_is_in_every_output(
    mode_set: ModeSet, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(mode_columns, "COLUMNS", (*mode_columns.COLUMNS, MADE_UP))
    record = mode_set.to_json_dict()
    first = record["modes"][0]
    words = f"{2 * first['wavelength_nm']:.2f}"
    assert first["twice_nm"] == 2 * first["wavelength_nm"], "JSON"
    print_modes(mode_set)
    printed = capsys.readouterr().out
    assert "made-up nm" in printed and words in printed, "terminal"
    head, *rows = mode_csv(record["modes"]).decode().splitlines()
    place = head.split(",").index("twice_nm")
    assert float(rows[0].split(",")[place]) == first["twice_nm"], "CSV"
    shown = mode_rows(record["modes"])
    assert shown["head"][-1] == "made-up (nm)" and shown["rows"][0][-1] == words, "explorer"
    assert shown["hints"][-1] == MADE_UP.meaning
    notebook = mode_set._repr_html_()
    assert "<th>made-up (nm)</th>" in notebook and f"<td>{words}</td>" in notebook
    report = report_html({"modes": record, "input": {}}, {})
    assert "made-up (nm)" in report and words in report, "report"
    stored = {**record, "modes": [{**first}]}
    stored["modes"][0].pop("twice_nm")
    (row,) = rows_of_point(stored, "modes")
    assert row["twice_nm"] == first["twice_nm"], (
        "a study that was stored before there was the column"
    )
    assert "twice_nm" in usual_columns()
    assert (
        "| `twice_nm` (nm) | twice the wavelength | **made-up nm** everywhere |" in pages()["modes"]
    )


def test_a_new_outcome_of_lasing_is_in_every_output(
    prediction_record: dict[str, Any],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    made_up = Column("made_db", "made-up", "a number", "dB", ".2f", of=lambda record: 1.25)
    monkeypatch.setattr(lasing_columns, "OUTCOMES", (*lasing_columns.OUTCOMES, made_up))
    monkeypatch.setattr(lasing_columns, "PER_MODE", (*lasing_columns.PER_MODE, MADE_UP))
    print_lasing(prediction_record)
    printed = capsys.readouterr().out
    assert "made-up, dB" in printed and "made-up nm" in printed
    assert dict(lasing_table(prediction_record).rows)["made-up (dB)"] == "1.25"
    table = per_mode_table(prediction_record)
    twice = 2 * max(one["wavelength_nm"] for one in prediction_record["per_mode"])
    assert table.head[-1] == "made-up (nm)" and table.rows[0][-1] == f"{twice:.2f}"
    stored = {"lasing": prediction_record, "modes": {"modes": []}}
    (row,) = rows_of_point(stored, "lase")
    assert row["made_db"] == 1.25 and "made_db" in usual_columns()
    assert "`made_db`" in pages()["outcomes"] and "`twice_nm`" in pages()["per_mode"]


def keys_of(columns: tuple[Column, ...]) -> set[str]:
    """Keys of the columns, of their errors and deviations; a table for all its entries."""
    named = {column.table or column.key for column in columns}
    named |= {column.error for column in columns}
    return named | {column.deviation.partition("{}")[0] for column in columns}


def test_every_number_of_the_records_has_a_column() -> None:
    """Each key of the JSON is explained on the page of columns."""
    import cavitydesign as cd

    design = cd.parse_design(
        {
            "cavity": {
                "profile": "spheroid",
                "diameter_um": {"value": 6.0, "sd": 0.001},
                "body": "PMMA",
            },
            "modes": {"wavelength_nm": 540.0, "span_nm": 12.0},
            "gain": {"medium": "CsPbBr3-PMMA"},
            "pump": {"fluence_mj_cm2": [1.0, 6.0]},
            "lasing": {"quality": 3000.0, "families": "asked", "fluences": 12},
        }
    )
    found = cd.find_modes(design)
    mode = found[0].to_json_dict()
    named = keys_of(mode_columns.COLUMNS)
    missing = [
        key
        for key in flattened(mode)
        if key not in named
        and key.partition(".")[0] not in named
        # deviations of the losses, each by the name of its loss
        and not (key.startswith("log10_q_") and key.endswith("_sd"))
    ]
    assert not missing, missing
    told = cd.predict_lasing(found, design).to_json_dict()
    own = keys_of(lasing_columns.PER_MODE)
    assert not {*told["per_mode"][0]} - own, {*told["per_mode"][0]} - own
    # Tables of their own meaning, told on other pages.
    elsewhere = ("calibrations.", "heat.", "spread.", "fit.", "seconds")
    named = keys_of(lasing_columns.OUTCOMES)
    missing = [key for key in flattened(told) if key not in named and not key.startswith(elsewhere)]
    assert not missing, missing


def test_entries_of_a_table_are_columns_of_their_own() -> None:
    """A region's name may hold a dot; the entry of a table is found all the same."""
    records = [{"label": "TM 1 1 0", "confinement": {"coat.1": 0.25, "body": 0.75}}]
    shown = expanded(mode_columns.COLUMNS, records, "terminal")
    by_head = {column.head: column for column in shown}
    assert cell(by_head["in coat.1"], records[0]) == "25.0000"
    assert cell(by_head["in body"], records[0]) == "75.0000"


@pytest.mark.parametrize(
    ("value", "error", "plain", "set"),
    [
        (537.996921234, 3e-7, "537.99692123", f"537.99692123 ± 3.0 {TIMES} 10⁻⁷"),
        (537.996921234, 0.02, "537.997", "537.997 ± 0.020"),
        (None, None, "-", "-"),
    ],
)
def test_a_wavelength_has_the_digits_that_its_error_allows(
    value: float | None, error: float | None, plain: str, set: str
) -> None:
    record = {"wavelength_nm": value, "wavelength_error_nm": error}
    (column,) = [one for one in mode_columns.COLUMNS if one.key == "wavelength_nm"]
    assert (cell(column, record), typeset_cell(column, record)) == (plain, set)


def test_keys_of_errors_are_keys_of_the_record(mode_set: ModeSet) -> None:
    record = mode_set.to_json_dict()["modes"][0]
    for column in mode_columns.COLUMNS:
        if column.key == "log10_q.*":
            column = column.of_entry("radiation")
        if column.error and "volume" not in column.error and not column.optional:
            assert entry_at(record, column.error) is not None, column.key
    assert mode_table([record]).rows[0][0] == record["label"]


@pytest.mark.parametrize(
    ("probability", "error", "told"),
    [
        (0.448, 0.002, ("0.4480", "0.0020")),
        (0.5, 0.25, ("0.50", "0.25")),
        (0.56, 0.0, ("0.56", "< 0.005")),
        (0.7, 3e-9, ("0.7000000000", "3.0e-09")),
    ],
)
def test_an_error_shows_two_digits_or_a_bound(
    probability: float, error: float, told: tuple[str, str]
) -> None:
    """Never 0.0 or 0.00, and the value beside it to the same digits."""
    record = {
        "single_mode_probability": probability,
        "numerical_error": {"single_mode_probability": error},
    }
    column = next(one for one in lasing_columns.OUTCOMES if one.key == "single_mode_probability")
    assert (cell_text.sure_cell(column, record), cell_text.error_cell(column, record)) == told


def test_a_column_of_zeros_is_no_column() -> None:
    """A spread that moves nothing in any mode has no standard deviations to read."""
    still = {"wavelength_sd_nm": 0.0, "fsr_sd_nm": 0.0}
    assert with_deviation(mode_columns.COLUMNS, [still, still]) == []
    moved = with_deviation(mode_columns.COLUMNS, [still, {**still, "fsr_sd_nm": 0.1}])
    assert [column.key for column in moved] == ["fsr_nm"]


def test_a_table_of_a_hundred_competing_modes_shows_those_that_count() -> None:
    """By falling wavelength; what is left out is told with the most that it has."""
    records = [
        {"wavelength_nm": 500.0 + place, "output_share": 0.5**place, "threshold_gain_per_cm": 1.0}
        for place in range(100)
    ]
    shown, words = most_shown(records, "--json")
    assert [one["wavelength_nm"] for one in shown] == [500.0 + place for place in range(29, -1, -1)]
    assert words == "70 further modes have 9.3e-08 % of the output at most; --json holds all"
    assert most_shown(records[:2], "--json") == (records[1::-1], "")
