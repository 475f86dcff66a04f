"""The columns as tables in Markdown, for the documentation."""

from __future__ import annotations

from collections.abc import Iterable

from ..units import unit_of
from .cell_text import head
from .column import Column

_ORDER = ("terminal", "report", "explorer", "notebook", "study")


def page_table(columns: Iterable[Column]) -> str:
    """One row a key of the JSON: its unit there, what it is, where it is shown by which name.

    Parameters
    ----------
    columns : iterable of Column

    Examples
    --------
    >>> print(page_table([Column("fsr_nm", "FSR", "spacing of the comb", "nm")]))
    | key | unit | meaning | shown as | in |
    |---|---|---|---|---|
    | `fsr_nm` | nm | spacing of the comb | FSR nm | terminal, report, explorer, notebook, study |
    """
    lines = ["| key | unit | meaning | shown as | in |", "|---|---|---|---|---|"]
    for column in columns:
        where = ", ".join(output for output in _ORDER if output in column.shown)
        name = head(column).replace("{}", "...").replace("|", "\\|") if where else ""
        meaning = column.meaning.replace("|", "\\|")
        unit = unit_of(column.key)
        lines.append(f"| `{column.key}` | {unit} | {meaning} | {name} | {where} |")
        if column.deviation:
            told = f"standard deviation of {column.head.replace(' {}', '')} by the spreads"
            key = column.deviation.replace("{}", "*")
            lines.append(f"| `{key}` | {unit_of(key)} | {told} of the design | | |")
    return "\n".join(lines)
