"""The columns as tables in Markdown, for the documentation."""

from __future__ import annotations

from collections.abc import Iterable

from ..units import unit_of
from .cell_text import head
from .column import Column

_ORDER = ("terminal", "report", "explorer", "notebook", "study")


def page_table(columns: Iterable[Column]) -> str:
    """One row a key of the JSON: with its unit, what it is, and by which name it is shown where.

    Parameters
    ----------
    columns : iterable of Column

    Examples
    --------
    >>> print(page_table([Column("fsr_nm", "FSR", "spacing of the comb", "nm")]))
    | key and unit | meaning | shown as |
    |---|---|---|
    | `fsr_nm` (nm) | spacing of the comb | **FSR nm** everywhere |
    """
    lines = ["| key and unit | meaning | shown as |", "|---|---|---|"]
    for column in columns:
        meaning = column.meaning.replace("|", "\\|")
        lines.append(f"| {_with_unit(column.key)} | {meaning} | {_shown(column)} |")
        if column.deviation:
            told = f"standard deviation of {column.head.replace(' {}', '')} by the spreads"
            key = column.deviation.replace("{}", "*")
            lines.append(f"| {_with_unit(key)} | {told} of the design | |")
    return "\n".join(lines)


def _with_unit(key: str) -> str:
    unit = unit_of(key)
    return f"`{key}` ({unit})" if unit else f"`{key}`"


def _shown(column: Column) -> str:
    """The name under which tables show a column, and which tables do."""
    where = [output for output in _ORDER if output in column.shown]
    if not where:
        return ""
    name = head(column).replace("{}", "...").replace("|", "\\|")
    return f"**{name}** " + (
        "everywhere" if len(where) == len(_ORDER) else "in " + ", ".join(where)
    )
