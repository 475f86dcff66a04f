"""Worker processes on this machine."""

from __future__ import annotations

import multiprocessing
import os
import signal
import sys
import threading
import time
from collections import Counter, deque
from collections.abc import Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from dataclasses import dataclass
from multiprocessing.context import BaseContext
from typing import Any

from ...errors import CavityDesignError
from ..records.record import FAILED, Record
from .executor import Batch, Batches, Evaluate, Executor, Task, computed_batch

_THREAD_LIMITS = (
    "OMP_NUM_THREADS",
    "OPENBLAS_NUM_THREADS",
    "MKL_NUM_THREADS",
    "NUMEXPR_NUM_THREADS",
)
# One batch waits in line behind the one at work, so that no worker waits for the parent.
_BATCHES_IN_LINE = 2
# Who kills workers every second may meet the same point several times, which is not its fault.
_DEATHS = 6
# In a row, without a batch that came back.
_FALSE_STARTS = 50
_REST_SECONDS = 0.1  # Before workers are started anew: a machine short of memory needs a moment.
# Loaded by the fork server alone, so that workers whose parent has gone end in silence.
_HOOK = f"{__package__}.forkserver_hook"


class WorkerError(CavityDesignError):
    """Worker processes cannot be started; what came back before is stored."""


@dataclass(frozen=True)
class ProcessExecutor(Executor):
    """Worker processes on this machine, one thread each.

    A worker that dies (killed, out of memory) costs the points that it was at, and no others; they
    are tried again one by one. A point at which, on its own, six workers died is recorded as
    failed.

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
        with _single_threaded(), self._crew(evaluate) as crew:
            waiting = _Waiting(Batches(tasks))
            while _hand_out(crew, waiting):
                wait(
                    [worker.line[0][0] for worker in crew if worker.line],
                    return_when=FIRST_COMPLETED,
                )
                for worker in crew:
                    yield from _taken_in(worker, waiting)

    def warm(self) -> None:
        """Begin to load the shared modules in the background, so that the workers are there when
        the points are.
        """
        self._context()
        if sys.platform != "win32":
            from multiprocessing.forkserver import ensure_running

            with _single_threaded():
                ensure_running()

    def _context(self) -> BaseContext:
        context = multiprocessing.get_context("spawn" if sys.platform == "win32" else "forkserver")
        if sys.platform != "win32":
            context.set_forkserver_preload([_HOOK, *self.preload])
        return context

    @contextmanager
    def _crew(self, evaluate: Evaluate) -> Iterator[list[_Worker]]:
        context = self._context()
        before = set(multiprocessing.active_children())
        crew = [_Worker(context, evaluate) for _ in range(self.workers)]
        try:
            yield crew
        except BaseException:
            # Interrupted or told to stop: what is not back by now is not wanted any more.
            for process in set(multiprocessing.active_children()) - before:
                process.terminate()
            for worker in crew:
                worker.pool.shutdown(wait=False, cancel_futures=True)
            raise
        for worker in crew:
            worker.pool.shutdown()


class _Worker:
    """A pool of one process, whose death concerns no other, and what it was handed, in order.

    Parameters
    ----------
    context : BaseContext
        How processes are started.
    evaluate : callable
    """

    def __init__(self, context: BaseContext, evaluate: Evaluate) -> None:
        self._context, self._evaluate = context, evaluate
        self.renew()

    def renew(self) -> None:
        """Another process, started when it is first handed something."""
        self.pool = ProcessPoolExecutor(1, mp_context=self._context, initializer=_start)
        self.line: deque[tuple[Future[Any], Batch]] = deque()

    def hand(self, batch: Batch) -> None:
        """Put a batch at the end of its line; before the first, an empty one that shows whether the
        process starts at all.

        Raises
        ------
        OSError, EOFError, BrokenProcessPool
            If it cannot be started, or is dead.
        """
        if not self.line:
            self.line.append((self.pool.submit(computed_batch, self._evaluate, []), []))
        self.line.append((self.pool.submit(computed_batch, self._evaluate, batch), batch))


class _Waiting:
    """Batches to hand out, and the points of dead workers to try again.

    Parameters
    ----------
    batches : Batches
    """

    def __init__(self, batches: Batches) -> None:
        self._batches = batches
        self._again: deque[Batch] = deque()
        self._deaths: Counter[str] = Counter()
        self._false_starts = 0

    def next(self) -> Batch:
        """The next batch; empty when there is none."""
        return self._again.popleft() if self._again else self._batches.next()

    def learn(self, batch: Batch, seconds: float) -> None:
        """Note that a batch came back."""
        self._false_starts = 0
        if batch:
            self._batches.learn(len(batch), seconds)

    def put_back(self, batch: Batch) -> None:
        """Take back a batch that no worker began."""
        self._again.appendleft(batch)

    def false_start(self, reason: object) -> None:
        """Note that a worker ended before it took anything."""
        self._false_starts += 1
        if self._false_starts > _FALSE_STARTS:
            raise WorkerError(
                f"worker processes end as they start ({reason}); what came back is stored"
            )
        time.sleep(_REST_SECONDS)

    def lose(self, batch: Batch) -> list[Record]:
        """Note that a worker died at a batch; the record of a point that is to blame."""
        if len(batch) > 1:
            self._again.extend([task] for task in batch)
            return []
        name = batch[0].fingerprint
        self._deaths[name] += 1
        if self._deaths[name] < _DEATHS:
            self._again.append(batch)
            return []
        return [
            Record(
                name,
                FAILED,
                {},
                f"its worker process died {_DEATHS} times (killed, or out of memory)",
            )
        ]


def _hand_out(crew: list[_Worker], waiting: _Waiting) -> bool:
    """A batch to each worker first, then one more in line behind it; whether anything is at
    work.
    """
    for depth in range(1, _BATCHES_IN_LINE + 1):
        for worker in crew:
            while sum(bool(batch) for _, batch in worker.line) < depth and (
                batch := waiting.next()
            ):
                try:
                    worker.hand(batch)
                except (OSError, EOFError, BrokenProcessPool) as error:
                    waiting.put_back(batch)
                    if any(begun for _, begun in worker.line):
                        break  # what it was at is taken in first
                    worker.renew()
                    waiting.false_start(f"{type(error).__name__}: {error}")
    return any(worker.line for worker in crew)


def _taken_in(worker: _Worker, waiting: _Waiting) -> Iterator[list[Record]]:
    """What has come back from a worker, first in line first."""
    while worker.line and worker.line[0][0].done():
        future, batch = worker.line.popleft()
        try:
            records, seconds = future.result()
        except BrokenProcessPool as error:
            # It was at the first in line; what stood behind was not begun.
            for _, behind in reversed(worker.line):
                waiting.put_back(behind)
            worker.renew()
            if batch:
                yield waiting.lose(batch)
            else:
                waiting.false_start(error)
        else:
            waiting.learn(batch, seconds)
            if batch:
                yield records


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


def _start() -> None:
    """Leave Ctrl-C to the parent, and end when the parent ends however it does."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    parent = multiprocessing.parent_process()
    if parent is not None:
        threading.Thread(target=_follow, args=(parent,), daemon=True).start()


def _follow(parent: Any) -> None:
    parent.join()
    os._exit(1)
