"""Results as small tables in HTML, which a notebook shows at the end of a cell by itself."""

from __future__ import annotations

import html
from collections.abc import Iterator, Mapping, Sequence

from ..markup import html_table
from . import cell_text, mode_columns
from .column import Column, Record, expanded
from .lasing_columns import OUTCOMES, of_pump
from .plain_words import lasing_in_words, rests_on


def html_of_modes(records: Sequence[Record], words: str) -> str:
    """Modes in their usual columns.

    Parameters
    ----------
    records : sequence of mapping
        Entries of `modes` in the JSON.
    words : str
        What stands above.
    """
    shown = expanded(mode_columns.COLUMNS, records, "notebook")
    head = [cell_text.typeset_head(column) for column in shown]
    rows = [[cell_text.cell(column, record) for column in shown] for record in records]
    return f"<p>{html.escape(words)}</p>{html_table(head, rows)}"


def html_of_lasing(record: Record) -> str:
    """The answer of a lasing prediction in a sentence, and its outcomes with their errors."""
    rows = [
        (cell_text.typeset_head(column), cell_text.typeset_cell(column, record))
        for column in of_pump(OUTCOMES, record)
        if _told(column, record)
    ]
    words = html.escape(lasing_in_words(record))
    table = html_table(("outcome", "value ± numerical error"), rows)
    below = rests_on(record)
    return f"<p>{words}</p>{table}" + (f"<p>{html.escape(below)}</p>" if below else "")


def html_of_tables(content: Mapping[str, object], words: str) -> str:
    """Nested tables as a design file has them: one row for each key."""
    rows = list(_rows(content, ""))
    return f"<p>{html.escape(words)}</p>{html_table(('key', 'value'), rows)}"


def _told(column: Column, record: Record) -> bool:
    return "notebook" in column.shown and not (column.optional and column.value(record) is None)


def _rows(content: Mapping[str, object], head: str) -> Iterator[tuple[str, str]]:
    for key, value in content.items():
        if isinstance(value, Mapping):
            yield from _rows(value, f"{head}{key}.")
        else:
            yield head + key, f"{value:.9g}" if isinstance(value, float) else str(value)
