"""The table of modes as CSV, units in the column names."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from typing import Any, cast

from ..columns import mode_columns
from ..columns.column import derived, expanded
from ..dotted import flattened
from ..texts import csv_cell


def mode_csv(modes: object) -> bytes:
    """Rows of the contract's mode records; an absent value is an empty cell.

    Parameters
    ----------
    modes : sequence of mapping
        As in `ModeSet.to_json_dict()["modes"]`.
    """
    records = cast(Sequence[Mapping[str, Any]], modes)
    rows = [flattened(one) | derived(mode_columns.COLUMNS, one) for one in records]
    held = dict.fromkeys(name for row in rows for name in row)
    usual = (column.key for column in expanded(mode_columns.COLUMNS, records))
    names = dict.fromkeys([*(name for name in usual if name in held), *held])
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow([csv_cell(name) for name in names])
    for row in rows:
        cells = (row.get(name) for name in names)
        writer.writerow(["" if one is None else csv_cell(one) for one in cells])
    return text.getvalue().encode("utf-8")
