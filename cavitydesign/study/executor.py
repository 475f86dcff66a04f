"""Executors: one interface, the same results from each; serial and local processes here.

An executor takes tasks lazily and hands back records in whatever order they come. What a point computes depends on its
design alone, so order, number of workers and batches leave no trace in the results.
"""

from __future__ import annotations

import itertools
import multiprocessing
import os
import signal
import sys
import threading
import time
from abc import ABC, abstractmethod
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from dataclasses import dataclass
from multiprocessing.context import BaseContext
from typing import Any

from ..errors import CavityDesignError, MissingLibraryError
from .record import FAILED, OK, Record

Evaluate = Callable[[Mapping[str, Any], str], Mapping[str, Any]]
"""From a design and a task to a result that JSON can hold. Importable by name in a worker."""

Batch = list["Task"]

_BATCH_SECONDS = 0.25
_LARGEST_BATCH = 64
# On a slow machine whoever kills workers every second meets the same point several times, which is not its fault.
_CRASHES_ALLOWED = 5
_THREAD_LIMITS = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMEXPR_NUM_THREADS")


@dataclass(frozen=True)
class Task:
    """One point to compute."""

    fingerprint: str
    design: Mapping[str, Any]
    task: str


def computed(evaluate: Evaluate, task: Task) -> Record:
    """The record of a point; a failure, or a result that JSON cannot hold, is a record too, with its reason."""
    try:
        record = Record(task.fingerprint, OK, evaluate(task.design, task.task))
        record.encoded()
        return record
    except (ImportError, MemoryError, MissingLibraryError):
        # The machine failed, not the point: nothing is stored of it.
        raise
    except CavityDesignError as error:
        return Record(task.fingerprint, FAILED, {}, " ".join(str(error).split()))
    except Exception as error:
        return Record(task.fingerprint, FAILED, {}, f"{type(error).__name__}: {' '.join(str(error).split())}")


def computed_batch(evaluate: Evaluate, batch: Batch) -> tuple[list[Record], float]:
    """Records of several points and the seconds that they took."""
    start = time.perf_counter()
    records = [computed(evaluate, task) for task in batch]
    return records, time.perf_counter() - start


class Batches:
    """Cuts lazily given tasks into batches worth a quarter of a second each, so that handing out costs little."""

    def __init__(self, tasks: Iterable[Task]) -> None:
        self._tasks = iter(tasks)
        self._size = 1

    def next(self) -> Batch:
        """The next batch; empty when all tasks are handed out."""
        return list(itertools.islice(self._tasks, self._size))

    def learn(self, points: int, seconds: float) -> None:
        """Adapt the size to the time that a batch took."""
        best = _BATCH_SECONDS * points / max(seconds, 1e-6)
        self._size = int(min(max(best, 1), 2 * self._size, _LARGEST_BATCH))


class Executor(ABC):
    """Computes tasks somewhere."""

    @abstractmethod
    def run(self, evaluate: Evaluate, tasks: Iterable[Task]) -> Iterator[list[Record]]:
        """Records as they come, in any order; every task gives exactly one."""


@dataclass(frozen=True)
class SerialExecutor(Executor):
    """One point after the other in this process."""

    def run(self, evaluate: Evaluate, tasks: Iterable[Task]) -> Iterator[list[Record]]:
        for task in tasks:
            yield [computed(evaluate, task)]


@dataclass(frozen=True)
class ProcessExecutor(Executor):
    """Worker processes on this machine, one thread each.

    A worker that dies (killed, out of memory) costs the points that it was at; they are tried again one at a time, and
    a point that takes its worker down six times is recorded as failed.

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
        batches = Batches(tasks)
        suspects: deque[Task] = deque()
        crashes: dict[str, int] = {}
        exhausted = False
        while suspects or not exhausted:
            with _single_threaded(), self._pool() as pool:
                while suspects:
                    suspect = suspects.popleft()
                    try:
                        yield pool.submit(computed_batch, evaluate, [suspect]).result()[0]
                    except BrokenProcessPool:
                        crashes[suspect.fingerprint] = crashes.get(suspect.fingerprint, 0) + 1
                        if crashes[suspect.fingerprint] > _CRASHES_ALLOWED:
                            reason = f"its worker process died {crashes[suspect.fingerprint]} times (killed, or out of memory)"
                            yield [Record(suspect.fingerprint, FAILED, {}, reason)]
                        else:
                            suspects.append(suspect)
                        break
                else:
                    lost: list[Task] = []
                    yield from self._keep_busy(pool, evaluate, batches, lost)
                    exhausted = not lost
                    suspects.extend(lost)

    def _keep_busy(
        self, pool: ProcessPoolExecutor, evaluate: Evaluate, batches: Batches, lost: list[Task]
    ) -> Iterator[list[Record]]:
        running: dict[Future[tuple[list[Record], float]], Batch] = {}
        while not lost:
            # One batch more than workers waits in line, so that no worker waits for this process.
            while not lost and len(running) < 2 * self.workers and (batch := batches.next()):
                try:
                    running[pool.submit(computed_batch, evaluate, batch)] = batch
                except BrokenProcessPool:
                    lost += batch
            if not running:
                return
            for future in wait(running, return_when=FIRST_COMPLETED).done:
                batch = running.pop(future)
                try:
                    records, seconds = future.result()
                except BrokenProcessPool:
                    lost += batch
                else:
                    batches.learn(len(batch), seconds)
                    yield records
        for future, batch in running.items():
            if future.exception() is None:
                yield future.result()[0]
            else:
                lost += batch

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
    def _pool(self) -> Iterator[ProcessPoolExecutor]:
        context = self._context()
        before = set(multiprocessing.active_children())
        pool = ProcessPoolExecutor(self.workers, mp_context=context, initializer=_start_worker)
        try:
            yield pool
        except BaseException:
            # Interrupted or told to stop: what is not back by now is not wanted any more.
            for process in set(multiprocessing.active_children()) - before:
                process.terminate()
            pool.shutdown(wait=False, cancel_futures=True)
            raise
        pool.shutdown(wait=True, cancel_futures=True)


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


def _start_worker() -> None:
    """Leave Ctrl-C to the parent, and end when the parent ends however it does."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    parent = multiprocessing.parent_process()
    if parent is not None:
        threading.Thread(target=_follow, args=(parent,), daemon=True).start()


def _follow(parent: Any) -> None:
    parent.join()
    os._exit(1)
