"""Whether a point takes its workers down, or somebody else does.

A worker that dies at a point (killed, out of memory, broken down) leaves no reason. But a point that completes afterwards, and a
worker that dies while it has nothing to do, show that workers are killed from outside, and how often.
"""

from __future__ import annotations

import math

_LEAST_DEATHS = 6
_CHANCE = 1e-6


class Suspicion:
    """Counts deaths of workers by the point at which they were.

    A point is guilty after six deaths if nothing shows that workers are killed from outside; else once so many deaths in its time
    have a chance below one in a million at the rate at which others were killed.
    """

    def __init__(self) -> None:
        self._deaths: dict[str, int] = {}
        self._seconds: dict[str, float] = {}
        self._outside = 0
        self._innocent_seconds = 0.0

    def died(self, name: str, seconds: float) -> None:
        """A worker died after so long at a point."""
        self._deaths[name] = self.deaths(name) + 1
        self._seconds[name] = self._seconds.get(name, 0.0) + seconds

    def completed(self, name: str, seconds: float) -> None:
        """A point came to its end: whoever died at it was killed from outside."""
        self._outside += self._deaths.pop(name, 0)
        self._innocent_seconds += seconds + self._seconds.pop(name, 0.0)

    def idled(self, seconds: float, died: bool = False) -> None:
        """A worker had nothing to do for so long, and may have died of it."""
        self._outside += died
        self._innocent_seconds += seconds

    def deaths(self, name: str) -> int:
        """How many workers died at a point."""
        return self._deaths.get(name, 0)

    def guilty(self, name: str) -> bool:
        """Whether it is the point that kills."""
        deaths = self.deaths(name)
        if deaths < _LEAST_DEATHS:
            return False
        if not self._outside:
            return True
        expected = (self._outside + 1) / max(self._innocent_seconds, 1e-9) * max(self._seconds[name], 1e-9)
        return at_least(deaths, expected) < _CHANCE


def at_least(count: int, expected: float) -> float:
    """Probability of `count` or more events where so many are expected (Poisson)."""
    below = (
        math.fsum(math.exp(j * math.log(expected) - expected - math.lgamma(j + 1)) for j in range(count)) if expected > 0 else 1.0
    )
    return max(0.0, 1.0 - below)
