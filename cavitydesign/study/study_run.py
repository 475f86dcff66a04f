"""Running a study: the missing points, computed by an executor, stored as they come."""

from __future__ import annotations

import math
import random
import time
from collections import Counter, deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import islice

from ..errors import InputError
from ..progress import Progress
from .executors.executor import Evaluate, Executor, Task
from .expression import ExpressionError
from .records.presence import RUN, Presence
from .records.record import FAILED, OK, Record
from .records.store import Store
from .study_definition import Study

# How often a run looks for the locks of others: 20 us each time.
_LOOK_SECONDS = 0.1
# How often it asks the file system's clock whether others write, which the mark of the store bears.
_CLOCK_SECONDS = 1.0
# How often it takes in what others have stored: a study of a second is shared too, at 0.1 ms a
# look.
_BESIDE_OTHERS_SECONDS = 0.02
# And at most this share of its time.
_LOOKING_SHARE = 0.05
_NEIGHBOUR_SECONDS = 60.0  # Another process that wrote within this time still works on the study.
# Beside others no batch takes more than this share of what is left, so that none computes what
# waits in another's line.
_BESIDE_OTHERS_SHARE = 1 / 32
# Points that are looked up at once: some MB.
_POINTS_AT_ONCE = 20_000


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
    missing : int
        Asked for, and not in the store at the end: it was deleted under the run.
    failed : int
        Of all points asked for, those that failed, now or earlier.
    damaged : int
        Damaged records that were set aside.
    seconds : float
    """

    points: int
    already_there: int
    computed: int
    missing: int
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

    Beside another process at work on the same store it goes on elsewhere many times a second, in
    small batches, and takes last what the other has in hand: the two then rarely compute the same
    point, though each goes through the points in order.

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
    presence: Presence | None = None

    @cached_property
    def _state(self) -> dict[str, float]:
        return {"left": len(self.names), "others": 0, "writing": 0, "asked": -math.inf}

    @cached_property
    def _in_hand(self) -> dict[str, None]:
        return {}

    def stored(self, records: Iterable[Record]) -> None:
        """Note that points are in hand no more."""
        for record in records:
            self._in_hand.pop(record.fingerprint, None)

    def most_at_once(self) -> int | None:
        """The largest batch to hand out now, None for any."""
        if not self._state["others"]:
            return None
        return max(1, int(self._state["left"] * _BESIDE_OTHERS_SHARE))

    def _beside_others(self) -> bool:
        """Whether others are at work: those of this machine by their locks, before they have stored
        anything; any by what they write.
        """
        if self.presence is not None and self.presence.others(RUN):
            return True
        state, now = self._state, time.monotonic()
        if now - state["asked"] > _CLOCK_SECONDS:
            state["writing"] = self.store.written_within(_NEIGHBOUR_SECONDS, apart_from=self.own)
            state["asked"] = now
        return bool(state["writing"])

    def __iter__(self) -> Iterator[Task]:
        looked, pending, state = -math.inf, deque(self.names.items()), self._state
        every = _LOOK_SECONDS
        while pending:
            state["left"] = len(pending)
            start = time.monotonic()
            if start - looked > every:
                before, state["others"] = state["others"], self._beside_others()
                if state["others"]:
                    pending = self._left(pending, not before)
                    looked = time.monotonic()
                    # A look at a million points takes a second.
                    every = max(_BESIDE_OTHERS_SECONDS, (looked - start) / _LOOKING_SHARE)
                else:
                    looked, every = start, _LOOK_SECONDS
                continue
            index, name = pending.popleft()
            self._in_hand[name] = None
            if state["others"] and self.presence is not None:
                self.presence.take(self._in_hand)
            yield Task(name, self.study.design_at(self.study.point(index)), self.study.task)

    def _left(self, pending: deque[tuple[int, str]], elsewhere: bool) -> deque[tuple[int, str]]:
        """What of the points nobody has stored, those that another run has in hand last; on in
        order while nobody else is here, and elsewhere where others have been.
        """
        self.store.refresh(apart_from=self.own)
        taken = Counter[str]()
        if self.presence is not None:
            self.presence.take(self._in_hand)
            taken = self.presence.taken()
        free, last = deque[tuple[int, str]](), deque[tuple[int, str]]()
        for point in pending:
            if self.store.status(point[1]) not in self.settled:
                (last if point[1] in taken else free).append(point)
        if free and (elsewhere or free[0] != pending[0]):
            free.rotate(random.randrange(len(free)))
        # One that hangs may have all in hand: the others then share these as any, from another
        # place each, and those that fewest have first.
        if last:
            last.rotate(random.randrange(len(last)))
        free.extend(sorted(last, key=lambda point: taken[point[1]]))
        return free


def run_study(
    study: Study,
    evaluate: Evaluate,
    executor: Executor,
    indices: Sequence[int] | None = None,
    retry_failed: bool = False,
    progress: Progress | None = None,
    keep: Callable[[Store, Sequence[str]], None] | None = None,
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
    keep : callable, optional
        Given the store and the segments of this run at its end, to prepare what tables need.

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
        with store.run_at_work() as presence, store.writer() as writer:
            store.set_damaged_aside()
            pending = PendingPoints(study, store, missing, settled, writer.path.name, presence)
            for records in executor.run(evaluate, pending):
                writer.append(records)
                pending.stored(records)
                done += len(records)
                if progress is not None:
                    progress(f"{there + done} of {len(names)} points", (there + done) / len(names))
        store.take_in_own()
        if keep is not None:
            keep(store, [writer.path.name])
    lost = store.lost()
    states = [None if name in lost else store.status(name) for name in names.values()]
    return RunSummary(
        points=len(names),
        already_there=there,
        computed=done,
        missing=states.count(None),
        failed=states.count(FAILED),
        damaged=len(store.damaged),
        seconds=time.perf_counter() - start,
    )


def stored_records(study: Study) -> list[Record]:
    """Records of all points of a study that has run, in their order.

    Raises
    ------
    InputError
        If one is not there: the store was deleted or damaged meanwhile.
    """
    names = fingerprints(study, range(len(study)))
    found = list(Store(study.store, indexed=True).each(names.values()))
    if None in found:
        raise InputError(f"{study.store}: records went away under the run; run again")
    return [record for record in found if record is not None]


def first_failure(study: Study) -> str:
    """The first point of a study that failed, with its reason; empty where none did."""
    store = Store(study.store, indexed=True)
    for numbers, names in fingerprints_in_parts(study, range(len(study))):
        for number, record in zip(numbers, store.each(names), strict=True):
            if record is not None and record.status == FAILED:
                return f"Point {number}: {record.error}"
    return ""


def each_fingerprint(study: Study, indices: Sequence[int]) -> Iterator[tuple[int, str]]:
    """Numbers and fingerprints of points, one by one.

    Raises
    ------
    InputError
        If a derived key has no value at a point.
    """
    try:
        yield from study.fingerprints(indices)
    except ExpressionError as error:
        raise InputError(f"{study.name}: {error}") from error


def fingerprints_in_parts(
    study: Study, indices: Sequence[int]
) -> Iterator[tuple[list[int], list[str]]]:
    """Numbers and fingerprints of points as `each_fingerprint` has them, many at once."""
    each = each_fingerprint(study, indices)
    while part := list(islice(each, _POINTS_AT_ONCE)):
        yield [number for number, _ in part], [name for _, name in part]


def fingerprints(study: Study, indices: Sequence[int]) -> dict[int, str]:
    """Fingerprint of each point by its number; as `each_fingerprint`."""
    return dict(each_fingerprint(study, indices))
