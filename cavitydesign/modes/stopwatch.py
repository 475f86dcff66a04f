"""Wall time by stage, and the computing time that a search for modes may take."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from ..errors import SolverError

# Of the limit, at which a step ends by itself that did not end when the time was over: what is
# then being solved is lost, all before it is kept.
_OVERDUE = 1.2
# The same of measuring what was solved by then, without which it was solved in vain.
_OVERDUE_MEASURING = 1.5
# The same of the survey of a section, after which what it saw is still to be solved.
_OVERDUE_SURVEYING = 0.8
# Computing time that measuring has however late it begins: a few modes take a tenth of it.
_LEAST_MEASURING_S = 5.0
_LEAST_SURVEYING_S = 5.0  # of computing: the survey of a section of a few bodies takes one
# Wall time between looks at the computing time, which may cost half a millisecond a look: a tenth
# of the search for a small mode.
_LOOK_S = 0.1
_MOST_SECONDS = 60.0  # of computing: every design of the documentation takes less than 10
_VARIABLE = "CAVITYDESIGN_MOST_SECONDS"


class OutOfTimeError(SolverError):
    """A step that went on long after the computing time of its search was over."""


class Stopwatch:
    """Seconds spent in each named stage, and in all since the start."""

    def __init__(self) -> None:
        self._seconds: dict[str, float] = {}
        self._start = time.perf_counter()
        self._start_computing = time.process_time()
        self._most = float(os.environ.get(_VARIABLE, _MOST_SECONDS))
        self._stops: list[str] = []
        self._looked = -_LOOK_S
        self._overdue, self._allowed = _OVERDUE, 0.0

    @property
    def late(self) -> bool:
        """Whether the computing time that a search may take is used up."""
        return self._spent > self._most

    @contextmanager
    def guarding(self) -> Iterator[None]:
        """Let `check_time` end, within this block, any step that goes on far beyond the limit."""
        token = _guarding.set(self)
        try:
            yield
        finally:
            _guarding.reset(token)

    @contextmanager
    def measuring(self) -> Iterator[None]:
        """Let `check_time` end, within this block, any step beyond the longer limit of measuring.

        Measuring has some seconds however late it begins.
        """
        before = self._overdue
        self._overdue = _OVERDUE_MEASURING
        if not self._allowed:
            self._allowed = self._spent + _LEAST_MEASURING_S
        try:
            with self.guarding():
                yield
        finally:
            self._overdue = before

    @contextmanager
    def surveying(self) -> Iterator[None]:
        """Let `check_time` end, within this block, any step beyond the shorter limit of surveys.

        A survey has some seconds however short the limit is.
        """
        before = self._overdue, self._allowed
        self._overdue, self._allowed = _OVERDUE_SURVEYING, self._spent + _LEAST_SURVEYING_S
        try:
            with self.guarding():
                yield
        finally:
            self._overdue, self._allowed = before

    @property
    def surveyed_long(self) -> bool:
        """Whether the computing time that a survey may take is used up."""
        return self._spent > _OVERDUE_SURVEYING * self._most

    @property
    def _spent(self) -> float:
        return time.process_time() - self._start_computing

    def check(self) -> None:
        """End what is being solved where the time is long over.

        Raises
        ------
        OutOfTimeError
        """
        now = time.perf_counter()
        if now - self._looked < _LOOK_S:
            return
        self._looked = now
        if self._spent > max(self._overdue * self._most, self._allowed):
            raise OutOfTimeError(f"not solved within {self._most:g} s of computing")

    @property
    def limit_s(self) -> float:
        """Computing time that a search may take."""
        return self._most

    @property
    def stops(self) -> tuple[str, ...]:
        """A line for each thing that was left undone."""
        return tuple(self._stops)

    def stop(self, why: str) -> None:
        """Note what was left undone, and why, for the line that the user reads."""
        self._stops.append(why)

    @contextmanager
    def stage(self, name: str) -> Iterator[None]:
        """Add the time of a block to a stage."""
        begin = time.perf_counter()
        try:
            yield
        finally:
            self._seconds[name] = self._seconds.get(name, 0.0) + time.perf_counter() - begin

    def may_go_on(self, doing: str) -> bool:
        """Whether there is time left; where there is none, that is noted.

        Parameters
        ----------
        doing : str
            What would come next, for the line that the user reads.
        """
        if not self.late:
            return True
        self.stop(
            f"stopped after {self._most:g} s of computing, before {doing}: ask for fewer radial "
            "or axial orders, "
            f"a shorter range or a larger modes.relative_accuracy (or set {_VARIABLE} higher)"
        )
        return False

    def total(self) -> dict[str, float]:
        """Seconds by stage, with the total."""
        return {**self._seconds, "total": time.perf_counter() - self._start}


_guarding: ContextVar[Stopwatch | None] = ContextVar("the watch of the search", default=None)


def check_time() -> None:
    """End what is being solved where the time of the search that it belongs to is long over; for
    the inside of every loop that can be long.

    Raises
    ------
    OutOfTimeError
    """
    watch = _guarding.get()
    if watch is not None:
        watch.check()
