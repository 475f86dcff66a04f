"""Where the points of a sweep, a search or a fit that is called from Python are computed."""

from __future__ import annotations

from ..study import Executor, ProcessExecutor, SerialExecutor
from .study_point import WORKER_MODULES


def executor_for(workers: int | None) -> Executor:
    """This process for one worker, else processes on this machine.

    Parameters
    ----------
    workers : int or None
        None: one process beside this one.
    """
    if workers is not None and workers <= 1:
        return SerialExecutor()
    return ProcessExecutor(workers or 1, WORKER_MODULES)
