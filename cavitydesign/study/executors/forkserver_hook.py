"""Imported by the fork server alone, before it starts workers: a worker whose parent has gone ends
without a traceback.

A worker opens the parent's semaphores by name when it starts. Where the parent was told to stop in
that moment, the names are gone, and nobody waits for the worker; Python would print a traceback
after the parent's own last line.
"""

from __future__ import annotations

import sys
import traceback
from types import TracebackType

_SEMAPHORES = "synchronize.py"  # of multiprocessing, where a worker opens them


def quiet_orphan(
    kind: type[BaseException], value: BaseException, trace: TracebackType | None
) -> None:
    """Print every error but that of a semaphore whose owner has gone."""
    last = traceback.extract_tb(trace)[-1:] if trace is not None else []
    opened = any(frame.filename.endswith(_SEMAPHORES) for frame in last)
    if not (issubclass(kind, FileNotFoundError) and opened):
        sys.__excepthook__(kind, value, trace)


sys.excepthook = quiet_orphan
