"""The tables of `lase`: thresholds and regime, and each mode's part."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from ..columns import lasing as lasing_columns
from ..columns.cells import cell, deviation_cell, error_cell, head
from ..columns.column import expanded
from .printing import new_table, print_tables

if TYPE_CHECKING:
    from rich.table import Table

    from ..columns.column import Record

# Thresholds and their deviations are read beside each other.
_DEVIATION_FORM = ".3f"


def print_lasing(lasing: Record) -> None:
    """Print a lasing prediction, given as the object of the JSON contract."""
    print_tables(
        _outcomes(lasing),
        _per_mode(lasing["per_mode"]),
        *(f"warning: {text}" for text in lasing.get("warnings", ())),
    )


def _outcomes(lasing: Record) -> Table:
    spreads = () if lasing.get("spread") is None else ("sd by the spreads",)
    table = new_table("Lasing", ("outcome", "value", "+- by the fit", *spreads))
    for column in lasing_columns.OUTCOMES:
        absent = column.optional and column.value(lasing) is None
        if "terminal" not in column.shown or absent:
            continue
        row = [head(column, ", "), cell(column, lasing), error_cell(column, lasing)]
        if spreads:
            told = column.deviation
            row.append(deviation_cell(column, lasing, _DEVIATION_FORM) if told else "")
        table.add_row(*row)
    return table


def _per_mode(records: Sequence[Record]) -> Table:
    shown = expanded(lasing_columns.PER_MODE, records, "terminal")
    table = new_table("Modes under the gain", [head(column) for column in shown])
    for record in records:
        table.add_row(*(cell(column, record) for column in shown))
    return table
