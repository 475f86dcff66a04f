"""The tables of `lase`: thresholds and regime, and each mode's part."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from ..columns import lasing_columns
from ..columns.cell_text import cell, deviation_cell, error_cell, head, sure_cell
from ..columns.column import expanded, with_deviation
from ..columns.most_shown import most_shown
from ..columns.plain_words import unmeasured_inputs
from .printing import new_table, print_tables

if TYPE_CHECKING:
    from rich.table import Table

    from ..columns.column import Record

# Thresholds and their deviations are read beside each other.
_DEVIATION_FORM = ".3f"


def print_lasing(lasing: Record) -> None:
    """Print a lasing prediction, given as the object of the JSON contract."""
    shown, further = most_shown(lasing["per_mode"], "--json")
    print_tables(
        _outcomes(lasing),
        *calibrated_lines(lasing.get("calibrated")),
        *_unmeasured(lasing),
        _per_mode(lasing, shown),
        *filter(None, (further,)),
        *(f"warning: {text}" for text in lasing.get("warnings", ())),
    )


def calibrated_lines(calibrated: Record | None) -> list[str]:
    """What the draws of a calibration leave, in one sentence; nothing without any.

    Parameters
    ----------
    calibrated : mapping or None
        The object `calibrated` of the JSON.
    """
    if calibrated is None:
        return []
    chances = (
        f"over {calibrated['draws']} draws of the calibration it lases with probability "
        f"{calibrated['lases_probability']:.2f}, in a single mode with "
        f"{calibrated['single_mode_probability']:.2f}"
    )
    threshold = calibrated["threshold_mj_cm2"]["lasing"]
    if threshold is None:
        return [chances]
    ends = ", ".join(
        f"{threshold[low]:.3g} to {threshold[high]:.3g} ({share} %)"
        for low, high, share in (("p16", "p84", 68), ("p5", "p95", 90))
    )
    return [f"{chances}; lasing threshold where it lases {threshold['p50']:.3g}, {ends} mJ/cm2"]


def _outcomes(lasing: Record) -> Table:
    columns = lasing_columns.of_pump(lasing_columns.OUTCOMES, lasing)
    spreads = ("sd by the spreads",) if with_deviation(columns, [lasing]) else ()
    table = new_table("Lasing", ("outcome", "value", "+- numerical", *spreads))
    for column in columns:
        absent = column.optional and column.value(lasing) is None
        if "terminal" not in column.shown or absent:
            continue
        row = [head(column, ", "), sure_cell(column, lasing), error_cell(column, lasing)]
        if spreads:
            told = column.deviation
            row.append(deviation_cell(column, lasing, _DEVIATION_FORM) if told else "")
        table.add_row(*row)
    return table


def _unmeasured(lasing: Record) -> list[Table]:
    """A short table of the inputs that nobody measured; none where there are no such inputs."""
    kinds = unmeasured_inputs(lasing)
    if not kinds:
        return []
    table = new_table("Inputs that are not measured", ("they are", "inputs of these numbers"))
    table.columns[1].justify = "left"
    for kind, keys in kinds.items():
        table.add_row(kind, ", ".join(keys))
    return [table]


def _per_mode(lasing: Record, records: Sequence[Record]) -> Table:
    columns = lasing_columns.of_pump(lasing_columns.PER_MODE, lasing)
    shown = expanded(columns, records, "terminal")
    table = new_table("Modes under the gain", [head(column) for column in shown])
    for record in records:
        table.add_row(*(cell(column, record) for column in shown))
    return table
