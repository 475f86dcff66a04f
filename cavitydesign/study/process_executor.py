"""Worker processes on this machine."""

from __future__ import annotations

import functools
import multiprocessing
import os
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from multiprocessing.context import BaseContext

from .crew import Crew
from .executor import Batches, Evaluate, Executor, Task, computed
from .record import Record

_THREAD_LIMITS = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMEXPR_NUM_THREADS")


@dataclass(frozen=True)
class ProcessExecutor(Executor):
    """Worker processes on this machine, one thread each.

    A worker that dies (killed, out of memory) costs the point that it was at, and no other: the point is tried again, from its
    second death on alone. `Suspicion` tells a point that takes its workers down, which is recorded as failed, from workers that
    are killed, of which a run bears any number.

    Parameters
    ----------
    workers : int
        Number of processes.
    preload : tuple of str
        Modules that the workers share from their start, so that each is warm at once.
    """

    workers: int
    preload: tuple[str, ...] = ()

    def run(self, evaluate: Evaluate, tasks: Iterable[Task]) -> Iterator[list[Record]]:
        with _single_threaded():
            crew = Crew(self._context(), functools.partial(computed, evaluate), self.workers, Batches(tasks))
            try:
                yield from crew.records()
            except BaseException:
                # Interrupted or told to stop: what is not back by now is not wanted any more.
                crew.end(at_once=True)
                raise
            crew.end(at_once=False)

    def warm(self) -> None:
        """Begin to load the shared modules in the background, so that the workers are there when the points are."""
        self._context()
        if sys.platform != "win32":
            from multiprocessing.forkserver import ensure_running

            with _single_threaded():
                ensure_running()

    def _context(self) -> BaseContext:
        context = multiprocessing.get_context("spawn" if sys.platform == "win32" else "forkserver")
        if sys.platform != "win32":
            context.set_forkserver_preload(list(self.preload))
        return context


@contextmanager
def _single_threaded() -> Iterator[None]:
    """One thread for each worker's linear algebra: the points are the parallelism."""
    before = {name: os.environ.get(name) for name in _THREAD_LIMITS}
    os.environ.update(dict.fromkeys(_THREAD_LIMITS, "1"))
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value
