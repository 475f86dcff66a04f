"""Progress on standard error: a bar on a terminal, a line now and then elsewhere, nothing for short
work.
"""

from __future__ import annotations

import sys
import time
from types import TracebackType
from typing import TYPE_CHECKING, Self

from ..texts import visible
from .exit_codes import check_asked

if TYPE_CHECKING:
    from rich.progress import Progress, TaskID

_TERMINAL_AFTER_SECONDS = 0.5  # A bar that comes and goes at once only flickers.
_LINE_EVERY_SECONDS = 2.0  # Often enough to see life in a log, seldom enough not to fill it.
# Columns of the terminal that a long and a short bar take, and the share and the times
_BAR, _SHORT_BAR, _SHARE, _TIMES = 40, 12, 6, 24
# What the longest usual message takes: it ends with numbers, which are told before a bar is drawn.
_MESSAGE = 36


class ProgressLine:
    """Draws what the physics tells: call it with a message and the fraction done, 0 to 1."""

    def __init__(self) -> None:
        self._start = self._last = time.monotonic()
        self._bar: tuple[Progress, TaskID] | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._bar is not None:
            self._bar[0].stop()

    def __call__(self, message: str, fraction: float) -> None:
        check_asked()
        now = time.monotonic()
        if sys.stderr.isatty():
            if self._bar is None and now - self._start > _TERMINAL_AFTER_SECONDS:
                self._bar = _started_bar()
            if self._bar is not None:
                from rich.markup import escape

                bar, task = self._bar
                bar.update(task, completed=fraction, description=escape(visible(message)))
        elif now - self._last > _LINE_EVERY_SECONDS:
            print(f"{fraction:4.0%} {visible(message)}", file=sys.stderr, flush=True)
            self._last = now


def _started_bar() -> tuple[Progress, TaskID]:
    from rich.console import Console
    from rich.progress import (
        BarColumn,
        Progress,
        ProgressColumn,
        TaskProgressColumn,
        TextColumn,
        TimeElapsedColumn,
        TimeRemainingColumn,
    )
    from rich.table import Column

    console = Console(stderr=True)
    free = console.width - _MESSAGE - _SHARE
    times = free >= _TIMES
    free -= _TIMES if times else 0
    bar_width = next((size for size in (_BAR, _SHORT_BAR) if size < free), 0)
    taken = _SHARE + (_TIMES if times else 0) + (bar_width + 1 if bar_width else 0)
    room = Column(no_wrap=True, overflow="ellipsis", max_width=max(console.width - taken, 8))
    columns: list[ProgressColumn] = [TextColumn("{task.description}", table_column=room)]
    if bar_width:
        columns.append(BarColumn(bar_width))
    columns.append(TaskProgressColumn(table_column=Column(no_wrap=True)))
    if times:
        columns += [
            TimeElapsedColumn(table_column=Column(no_wrap=True)),
            TextColumn("left"),
            TimeRemainingColumn(table_column=Column(no_wrap=True)),
        ]
    bar = Progress(*columns, console=console, transient=True)
    bar.start()
    return bar, bar.add_task("", total=1.0)
