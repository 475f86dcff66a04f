"""Small tables in HTML, for notebooks, and as text, for terminals."""

from __future__ import annotations

import html
from collections.abc import Sequence

# A notebook's cell stays readable; the whole table is a data frame away.
MOST_ROWS = 40


def html_table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """A table with its first rows; every cell is escaped.

    Parameters
    ----------
    head : sequence of str
        Names of the columns.
    rows : sequence of sequence of str

    Examples
    --------
    >>> html_table(["n"], [["1 < 2"]])
    '<table><thead><tr><th>n</th></tr></thead><tbody><tr><td>1 &lt; 2</td></tr></tbody></table>'
    """
    cells = "".join(f"<th>{html.escape(one)}</th>" for one in head)
    body = "".join(
        "<tr>" + "".join(f"<td>{html.escape(one)}</td>" for one in row) + "</tr>"
        for row in rows[:MOST_ROWS]
    )
    more = f"<p>and {len(rows) - MOST_ROWS} more</p>" if len(rows) > MOST_ROWS else ""
    return f"<table><thead><tr>{cells}</tr></thead><tbody>{body}</tbody></table>{more}"


def text_table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Lines of cells, right-aligned in columns as wide as their widest cell.

    Parameters
    ----------
    head : sequence of str
        Names of the columns.
    rows : sequence of sequence of str

    Examples
    --------
    >>> print(text_table(["m", "Q"], [["128", "5.2e3"]]))
      m      Q
    128  5.2e3
    """
    sizes = [max(map(len, column)) for column in zip(head, *rows, strict=True)]
    return "\n".join(
        "  ".join(cell.rjust(size) for cell, size in zip(row, sizes, strict=True))
        for row in (head, *rows)
    )
