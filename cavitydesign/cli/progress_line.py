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
# Columns of the terminal: of the bar where there is room, of the bar elsewhere, from which width on
# there is room, and of share, times and spaces beside the bar
_BAR, _SHORT_BAR, _ROOMY, _TIMES = 40, 12, 100, 30


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
        TaskProgressColumn,
        TextColumn,
        TimeElapsedColumn,
        TimeRemainingColumn,
    )
    from rich.table import Column

    console = Console(stderr=True)
    bar_width = _BAR if console.width >= _ROOMY else _SHORT_BAR
    # times are never cut: what is long is the message
    room = Column(
        no_wrap=True, overflow="ellipsis", max_width=max(console.width - bar_width - _TIMES, 8)
    )
    columns = (
        TextColumn("{task.description}", table_column=room),
        BarColumn(bar_width),
        TaskProgressColumn(table_column=Column(no_wrap=True)),
        TimeElapsedColumn(table_column=Column(no_wrap=True)),
        TextColumn("left"),
        TimeRemainingColumn(table_column=Column(no_wrap=True)),
    )
    bar = Progress(*columns, console=console, transient=True)
    bar.start()
    return bar, bar.add_task("", total=1.0)
