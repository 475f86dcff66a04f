"""What the commands of a study show: outcomes and rows."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from ..columns.cell_text import with_error
from .printing import new_table, number, print_json, print_tables

if TYPE_CHECKING:
    from ..study import Table

# Values shown of a list, and letters up to which they share a line: a cell of the terminal stays
# narrow.
_LISTED, _SHORT = 8, 12
# Of a table on the screen: more take a minute to set, and nobody reads them.
_MOST_ROWS = 5000


def print_outcome(title: str, outcome: Mapping[str, Any], json: bool) -> None:
    """Names and values, as JSON or as a table."""
    if json:
        print_json({"schema": 1, **outcome})
        return
    shown = new_table(title, ("", ""))
    for name, value in outcome.items():
        shown.add_row(name.replace("_", " "), _cell(value))
    print_tables(shown)


def _cell(value: Any) -> str:
    if isinstance(value, float):
        return number(value)
    if isinstance(value, list | tuple):
        texts = [str(item) for item in value[:_LISTED]]
        listed = ("\n" if any(len(text) > _SHORT for text in texts) else ", ").join(texts)
        return f"{listed}, ... {len(value)} in all" if len(value) > _LISTED else listed or "none"
    return str(value)


def print_rows(rows: Table, chosen: bool, derived: Iterable[str]) -> None:
    """The columns asked for, or the usual ones, and what kept points from being computed."""
    from ..workflow.study_point import usual_columns

    usual = usual_columns() | {*rows.axes, "point", "mode", "status", *derived}
    columns = [name for name in rows.columns if chosen or name in usual]
    shown = new_table(rows.name, columns)
    given = {*rows.axes, *derived}
    for row in rows.rows[:_MOST_ROWS]:
        shown.add_row(*(_table_cell(name, row, name in given) for name in columns))
    left = 0 if chosen else len(rows.columns) - len(columns) - 1
    told = [f"{left} more columns: --columns chooses, --csv writes all"] if left else []
    if len(rows) > _MOST_ROWS:
        unseen = len(rows) - _MOST_ROWS
        told.append(f"{unseen} more rows: --where chooses, --csv and --json write all")
    # where the column was asked for the reasons stand in the table already
    failed = [] if "error" in columns else [row for row in rows.rows if row.get("error")]
    told += [f"point {row.get('point')}: {row['error']}" for row in failed[:_LISTED]]
    told += [f"... {len(failed)} failed points in all"] if len(failed) > _LISTED else []
    print_tables(shown, *told)


def _table_cell(name: str, row: Mapping[str, Any], given: bool) -> str:
    """Two digits of an error, and of a value as many as its error leaves; what the study file gives
    has no error, though it may be called one (`gain.inhomogeneous_sd_mev`).
    """
    cell = row.get(name)
    if not isinstance(cell, float):
        return "" if cell is None else str(cell)
    if given:
        return number(cell, ".7g")
    if any(word in name.split("_") for word in ("error", "sd")):
        return number(cell, ".2g")
    stem, _, unit = name.rpartition("_")
    error = row.get(f"{stem}_error_{unit}")
    if isinstance(error, float) and math.isfinite(cell) and 0.0 < error < abs(cell):
        return with_error(cell, error).partition(" ")[0]
    return number(cell, ".7g")
