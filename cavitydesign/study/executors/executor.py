"""Executors: one interface, the same results from each; the serial one here.

An executor takes tasks lazily and hands back records in whatever order they come. What a point
computes depends on its design alone, so order, number of workers and batches leave no trace in the
results.
"""

from __future__ import annotations

import itertools
import time
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from ...errors import CavityDesignError, MissingLibraryError
from ..records.record import FAILED, OK, Record

Evaluate = Callable[[Mapping[str, Any], str], Mapping[str, Any]]
"""From a design and a task to a result that JSON can hold. Importable by name in a worker."""

Batch = list["Task"]

# Handing over a batch costs milliseconds, a per cent of this; progress still moves.
_BATCH_SECONDS = 0.25
_LARGEST_BATCH = 64  # points that are computed again where a worker dies


@dataclass(frozen=True)
class Task:
    """One point to compute."""

    fingerprint: str
    design: Mapping[str, Any]
    task: str


def computed(evaluate: Evaluate, task: Task) -> Record:
    """The record of a point; a failure, or a result that JSON cannot hold, is a record too, with
    its reason.
    """
    try:
        record = Record(task.fingerprint, OK, evaluate(task.design, task.task))
        record.encoded()
        return record
    except (ImportError, MissingLibraryError):
        # The machine failed, not the point: nothing is stored of it.
        raise
    except MemoryError as error:
        reason = " ".join(f"out of memory {error}".split())
        return Record(
            task.fingerprint,
            FAILED,
            {},
            f"{reason}; fewer workers may help: --workers 1 --retry-failed",
        )
    except CavityDesignError as error:
        return Record(task.fingerprint, FAILED, {}, " ".join(str(error).split()))
    except Exception as error:
        return Record(
            task.fingerprint, FAILED, {}, f"{type(error).__name__}: {' '.join(str(error).split())}"
        )


def computed_batch(evaluate: Evaluate, batch: Batch) -> tuple[list[Record], float]:
    """Records of several points and the seconds that they took."""
    start = time.perf_counter()
    records = [computed(evaluate, task) for task in batch]
    return records, time.perf_counter() - start


class Batches:
    """Cuts lazily given tasks into batches worth a quarter of a second each, so that handing out
    costs little.

    Parameters
    ----------
    tasks : iterable of Task
        May have a method `most_at_once` that tells the largest batch to take now, None for any.
    """

    def __init__(self, tasks: Iterable[Task]) -> None:
        self._tasks = iter(tasks)
        self._most: Callable[[], int | None] = getattr(tasks, "most_at_once", lambda: None)
        self._size = 1

    def next(self) -> Batch:
        """The next batch; empty when all tasks are handed out."""
        return list(itertools.islice(self._tasks, min(self._size, self._most() or self._size)))

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
