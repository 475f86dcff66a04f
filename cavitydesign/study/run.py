"""Running a study: the missing points, computed by an executor, stored as they come."""

from __future__ import annotations

import math
import random
import time
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from ..errors import InputError
from .executor import Evaluate, Executor, Task
from .expression import ExpressionError
from .record import FAILED, OK
from .store import Store
from .study import Study

Progress = Callable[[str, float], None]

_REFRESH_SECONDS = 1.0
_NEIGHBOUR_SECONDS = 60.0


@dataclass(frozen=True)
class RunSummary:
    """How a run ended.

    Attributes
    ----------
    points : int
        Points asked for.
    already_there : int
        Found in the store at the start.
    computed : int
        Computed by this run.
    failed : int
        Of all points asked for, those that failed, now or earlier.
    damaged : int
        Damaged records that were set aside.
    seconds : float
    """

    points: int
    already_there: int
    computed: int
    failed: int
    damaged: int
    seconds: float

    @property
    def points_per_second(self) -> float:
        """Points computed per second of wall time."""
        return self.computed / self.seconds if self.seconds > 0 else 0.0


@dataclass(frozen=True)
class PendingPoints:
    """Points still to compute; skips what another process has stored meanwhile.

    Beside another process at work on the same store it goes on elsewhere once a second: the two
    then rarely compute the same point, though each goes through the points in order.

    Parameters
    ----------
    study : Study
    store : Store
    names : mapping of int to str
        Fingerprints by the number of the point.
    settled : tuple of str
        Statuses that need no computing.
    own : str
        Name of the segment that this process writes.
    """

    study: Study
    store: Store
    names: dict[int, str]
    settled: tuple[str, ...]
    own: str

    def __iter__(self) -> Iterator[Task]:
        # A neighbour may have begun in the same moment, and not have stored anything yet.
        looked, pending = -math.inf, deque(self.names.items())
        while pending:
            if time.monotonic() - looked > _REFRESH_SECONDS:
                if self.store.written_within(_NEIGHBOUR_SECONDS, apart_from=self.own):
                    self.store.refresh()
                    pending = deque(
                        (index, name)
                        for index, name in pending
                        if self.store.status(name) not in self.settled
                    )
                    pending.rotate(random.randrange(max(len(pending), 1)))
                looked = time.monotonic()
                continue
            index, name = pending.popleft()
            yield Task(name, self.study.design_at(self.study.point(index)), self.study.task)


def run_study(
    study: Study,
    evaluate: Evaluate,
    executor: Executor,
    indices: Sequence[int] | None = None,
    retry_failed: bool = False,
    progress: Progress | None = None,
) -> RunSummary:
    """Compute the points that the store does not have.

    Parameters
    ----------
    study : Study
    evaluate : callable
        From a design and a task to a result.
    executor : Executor
    indices : sequence of int, optional
        Only these points (a shard); all by default.
    retry_failed : bool
        Compute failed points again.
    progress : callable, optional
        Told a message and the fraction done.

    Raises
    ------
    StoreError
        If the store cannot be written.
    """
    start = time.perf_counter()
    store = Store(study.store)
    names = fingerprints(study, range(len(study)) if indices is None else indices)
    settled = (OK,) if retry_failed else (OK, FAILED)
    missing = {index: name for index, name in names.items() if store.status(name) not in settled}
    there = len(names) - len(missing)
    done = 0
    if missing:
        with store.writer() as writer:
            store.set_damaged_aside()
            for records in executor.run(
                evaluate, PendingPoints(study, store, missing, settled, writer.path.name)
            ):
                writer.append(records)
                done += len(records)
                if progress is not None:
                    progress(f"{there + done} of {len(names)} points", (there + done) / len(names))
        store.refresh()
    failed = sum(store.status(name) == FAILED for name in names.values())
    return RunSummary(
        len(names), there, done, failed, len(store.damaged), time.perf_counter() - start
    )


def fingerprints(study: Study, indices: Sequence[int]) -> dict[int, str]:
    """Fingerprint of each point by its number.

    Raises
    ------
    InputError
        If a derived key has no value at a point.
    """
    names: dict[int, str] = {}
    for index in indices:
        try:
            names[index] = study.point_fingerprint(study.point(index))
        except ExpressionError as error:
            raise InputError(f"{study.name}: point {index}: {error}") from error
    return names
