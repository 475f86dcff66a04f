"""The table of modes as the page shows it: heads with their hints, and the words of each cell."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from ..columns import mode_columns
from ..columns.cell_text import cell, typeset_head
from ..columns.column import expanded


def mode_rows(records: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """Heads, hints and rows of a list of mode records.

    Parameters
    ----------
    records : sequence of mapping
        As in `ModeSet.to_json_dict()["modes"]`.

    Returns
    -------
    dict
        `head`: texts; `hints`: what each column means; `rows`: texts, one list a mode.
    """
    shown = expanded(mode_columns.COLUMNS, records, "explorer")
    return {
        "head": [typeset_head(column) for column in shown],
        "hints": [column.meaning for column in shown],
        "rows": [[cell(column, record) for column in shown] for record in records],
    }
