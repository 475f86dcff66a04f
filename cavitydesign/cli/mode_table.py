"""The tables of `modes`: where the modes lie and how sure that is, and what they carry."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from ..columns import mode_columns
from ..columns.cell_text import cell, deviation_cell, head
from ..columns.column import expanded, with_deviation
from .printing import new_table, print_tables

if TYPE_CHECKING:
    from rich.table import Table

    from ..columns.column import Record
    from ..modes import ModeSet

TM_CONVENTION = (
    "TM: E along the fibre axis (the Mie language of spheres calls it TE). Mode: polarisation, m, "
    "p radial, q axial.\n"
    "Energy: shares of int eps|E|^2 along z, r and phi. FSR: to the next m at the same p, q, with "
    "dispersion."
)
_GROUPS = {"Modes": ("position",), "What they carry": ("energy", "losses")}
MOST_SHOWN = 60  # modes on a terminal: what stands above the tables is still in its history
# Tables of what a design asks for beside, shown where it does.
_FURTHER = {"Not quite round": ("deviation",), "As a sensor": ("sensing",)}


def print_modes(found: ModeSet) -> None:
    """Print a set of modes with errors, the convention and the count; nothing of an empty set.

    A terminal shows the first modes of a long comb; a pipe or a file gets all of them.
    """
    if not found.modes:
        return
    shown = found.modes[:MOST_SHOWN] if sys.stdout.isatty() else found.modes
    records = [mode.to_json_dict() for mode in shown]
    tables: list[Table | str] = [
        _table(title, groups, records) for title, groups in _GROUPS.items()
    ]
    tables += [
        _table(title, groups, records)
        for title, groups in _FURTHER.items()
        if any(groups[0] in record for record in records)
    ]
    if len(shown) < len(found):
        tables.append(
            f"The first {len(shown)} of {len(found)} modes are shown; a pipe (| less) or --json "
            "gives all of them."
        )
    print_tables(*tables, *_spread_table(records), TM_CONVENTION, _count(found))


def _table(title: str, groups: Sequence[str], records: Sequence[Record]) -> Table:
    shown = [
        column
        for column in expanded(mode_columns.COLUMNS, records, "terminal")
        if column.group in groups or column.key == "label"
    ]
    table = new_table(title, [head(column) for column in shown])
    for record in records:
        table.add_row(*(cell(column, record) for column in shown))
    return table


def _spread_table(records: Sequence[Record]) -> tuple[Table, ...]:
    """What the spreads of the design leave in the modes; nothing without spreads."""
    shown = with_deviation(mode_columns.COLUMNS, records)
    if not shown:
        return ()
    table = new_table(
        "Standard deviations by the spreads of the design",
        ("mode", *(head(column) for column in shown)),
    )
    for record in records:
        label: Any = record["label"]
        table.add_row(label, *(deviation_cell(column, record) for column in shown))
    return (table,)


def _count(found: ModeSet) -> str:
    low, high = found.wavelength_range_nm
    state = "complete" if found.complete else "not certified complete (see the warnings)"
    others = found.counted - len(found)
    among = f" ({len(found)} of them listed, {others} not asked for)" if others > 0 else ""
    modes = "1 mode" if len(found) == 1 else f"{len(found)} modes"
    range_text = (
        f"{modes}, {low:.6g} to {high:.6g} nm" if low < high else f"{modes} at {low:.6g} nm"
    )
    values = "1 eigenvalue" if found.counted == 1 else f"{found.counted} eigenvalues"
    count_text = f"{values}{among} counted, list {state}"
    return f"{range_text}; {count_text}; {found.seconds.get('total', 0.0):.2f} s"
