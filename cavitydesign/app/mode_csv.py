"""The table of modes as CSV, units in the column names."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from typing import Any, cast

from ..texts import csv_cell

_PLAIN = (
    "label",
    "polarisation",
    "m",
    "p",
    "q",
    "wavelength_nm",
    "wavelength_error_nm",
    "n_eff",
    "group_index",
    "fsr_nm",
)
_NESTED = ("energy_fraction", "confinement", "log10_q")
_LAST = ("mode_volume_um3", "q_total", "linewidth_nm")


def mode_csv(modes: object) -> bytes:
    """Rows of the contract's mode records; an absent value is an empty cell.

    Parameters
    ----------
    modes : sequence of mapping
        As in `ModeSet.to_json_dict()["modes"]`.
    """
    rows = cast(Sequence[Mapping[str, Any]], modes)
    nested = {
        table: list(dict.fromkeys(name for row in rows for name in row[table])) for table in _NESTED
    }
    head = [
        *_PLAIN,
        *(f"{table}.{name}" for table, names in nested.items() for name in names),
        *_LAST,
    ]
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow([csv_cell(name) for name in head])
    for row in rows:
        inner = [row[table].get(name) for table, names in nested.items() for name in names]
        cells = [*(row.get(name) for name in _PLAIN), *inner, *(row.get(name) for name in _LAST)]
        writer.writerow(["" if cell is None else csv_cell(cell) for cell in cells])
    return text.getvalue().encode("utf-8")
