"""Answers on standard output: JSON for machines, tables for people."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from rich.console import Console
    from rich.table import Table

_WIDTH_WITHOUT_TERMINAL = 160
_BETWEEN = 3


def json_text(content: Mapping[str, Any]) -> str:
    """Strict JSON of a result: NumPy values as plain ones, not-a-number and infinity as null."""
    return json.dumps(_plain(content), indent=1, ensure_ascii=False, allow_nan=False)


def print_json(content: Mapping[str, Any]) -> None:
    """JSON, and nothing else, on standard output."""
    print(json_text(content))


def _plain(value: Any) -> Any:
    if hasattr(value, "tolist"):
        value = value.tolist()
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, Mapping):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    return value


def new_table(title: str, columns: Sequence[str]) -> Table:
    """An empty table; the first column is text, the others are numbers."""
    from rich import box
    from rich.table import Table

    table = Table(
        title=title, title_justify="left", title_style="bold", box=box.SIMPLE_HEAD, pad_edge=False
    )
    for place, name in enumerate(columns):
        table.add_column(name, justify="left" if place == 0 else "right", no_wrap=place > 0)
    return table


def columns_that_fit(columns: Sequence[str], rows: Sequence[Sequence[str]]) -> list[int]:
    """Places of the first columns whose cells stand side by side on the screen; the first one
    always.
    """
    widths = [
        max(len(name), *(len(row[place]) for row in rows)) if rows else len(name)
        for place, name in enumerate(columns)
    ]
    free = _console().width
    fitting: list[int] = []
    for place, width in enumerate(widths):
        free -= width + _BETWEEN
        if free < 0 and fitting:
            break
        fitting.append(place)
    return fitting


def print_tables(*parts: Table | str) -> None:
    """Tables and plain lines, one under the other."""
    console = _console()
    for part in parts:
        console.print(part, markup=False, soft_wrap=True) if isinstance(
            part, str
        ) else console.print(part)


def _console() -> Console:
    import sys

    from rich.console import Console

    return Console(
        width=None if sys.stdout.isatty() else _WIDTH_WITHOUT_TERMINAL,
        highlight=False,
        soft_wrap=False,
    )


def number(value: float | None, form: str = ".4g") -> str:
    """A number in a table; a dash where there is none."""
    return "-" if value is None or not math.isfinite(value) else format(value, form)
