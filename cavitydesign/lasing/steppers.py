"""Steps of the rate equations: an accurate pair for the pulse, a stabilised one for the long tail of a cavity of high
Q."""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.polynomial import chebyshev
from numpy.typing import NDArray

from .rate_equations import RateEquations

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Step:
    """One trial step of every column.

    Attributes
    ----------
    state, slope : (rows, F) arrays
        At the end of the step.
    error : (rows, F) array
        Estimated error of the state.
    net : (M, F) array
        Net gain rates at the end.
    """

    state: Array
    slope: Array
    error: Array
    net: Array


class Stepper(ABC):
    """How one step is taken."""

    order: int

    @abstractmethod
    def taken(self, equations: RateEquations, time: Array, state: Array, slope: Array, step: Array) -> Step:
        """Try the given steps."""

    @abstractmethod
    def bounded(self, equations: RateEquations, state: Array, step: Array) -> Array:
        """Steps shortened to what is stable."""


class DormandPrince(Stepper):
    """Embedded Runge-Kutta pair of order 5(4) (Dormand and Prince 1980)."""

    order = 5
    _stages: tuple[Array, ...] = tuple(
        np.array(row)
        for row in (
            (1 / 5,),
            (3 / 40, 9 / 40),
            (44 / 45, -56 / 15, 32 / 9),
            (19372 / 6561, -25360 / 2187, 64448 / 6561, -212 / 729),
            (9017 / 3168, -355 / 33, 46732 / 5247, 49 / 176, -5103 / 18656),
            (35 / 384, 0.0, 500 / 1113, 125 / 192, -2187 / 6784, 11 / 84),
        )
    )
    _nodes = (1 / 5, 3 / 10, 4 / 5, 8 / 9, 1.0, 1.0)
    _error = np.array((71 / 57600, 0.0, -71 / 16695, 71 / 1920, -17253 / 339200, 22 / 525, -1 / 40))

    def __init__(self) -> None:
        self._slopes = np.empty((7, 0, 0))

    def taken(self, equations: RateEquations, time: Array, state: Array, slope: Array, step: Array) -> Step:
        """Six evaluations."""
        if self._slopes.shape[1:] != state.shape:
            self._slopes = np.empty((7, *state.shape))
        slopes = self._slopes
        slopes[0] = slope
        for stage, (weights, node) in enumerate(zip(self._stages, self._nodes, strict=True), start=1):
            trial = (weights @ slopes[:stage].reshape(stage, -1)).reshape(state.shape)
            trial *= step
            trial += state
            net = equations.rate(time + node * step, trial, slopes[stage])
        error = (self._error @ slopes.reshape(7, -1)).reshape(state.shape)
        error *= step
        return Step(trial, slopes[6], error, net)

    def bounded(self, equations: RateEquations, state: Array, step: Array) -> Array:
        """The error estimate keeps this pair stable."""
        return step


class Chebyshev(Stepper):
    """Runge-Kutta-Chebyshev of second order with as many stages as stability needs.

    Sommeijer, Shampine and Verwer, J. Comput. Appl. Math. 88, 315 (1998): stable for real negative eigenvalues up to
    0.65 stages^2. Those of
    the tail are real: populations relax towards balance with the light, and the light fades with them.
    """

    order = 2
    _most = 40

    def taken(self, equations: RateEquations, time: Array, state: Array, slope: Array, step: Array) -> Step:
        """Two-step recursion."""
        longest = float((step * equations.stiffness(state)).max())
        stages = int(np.clip(math.ceil(math.sqrt(1.0 + 1.54 * longest)), 2, self._most))
        first, rows = _recursion(stages)
        scaled = step * slope
        before, now = state, state + first * scaled
        change = np.empty_like(state)
        for mu, nu, mu_slope, gamma, node in rows:
            equations.rate(time + node * step, now, change)
            change *= mu_slope * step
            change += mu * now
            change += nu * before
            change += (1.0 - mu - nu) * state
            change += gamma * scaled
            before, now, change = now, change, (before if before is not state else np.empty_like(state))
        end = np.empty_like(state)
        net = equations.rate(time + step, now, end)
        error = 0.8 * (state - now) + 0.4 * (scaled + step * end)
        return Step(now, end, error, net)

    def bounded(self, equations: RateEquations, state: Array, step: Array) -> Array:
        """At most what the largest number of stages allows."""
        return np.minimum(step, 0.6 * self._most**2 / equations.stiffness(state))


@lru_cache(maxsize=64)
def _recursion(stages: int) -> tuple[float, tuple[tuple[float, float, float, float, float], ...]]:
    """First coefficient, and (mu, nu, mu~, gamma~, node of the previous stage) of the stages 2 .. s."""
    w0 = 1.0 + 2.0 / 13.0 / stages**2
    unit = np.eye(stages + 1)
    value = np.array([chebyshev.chebval(w0, unit[j]) for j in range(stages + 1)])
    first = np.array([chebyshev.chebval(w0, chebyshev.chebder(unit[j])) for j in range(stages + 1)])
    second = np.array([chebyshev.chebval(w0, chebyshev.chebder(unit[j], 2)) for j in range(stages + 1)])
    w1 = first[stages] / second[stages]
    b = np.empty(stages + 1)
    b[2:] = second[2:] / first[2:] ** 2
    b[:2] = b[2]
    a = 1.0 - b * value
    node = np.zeros(stages + 1)
    node[2:] = w1 * second[2:] / first[2:]
    node[1] = node[2] / first[2]
    rows = []
    for j in range(2, stages + 1):
        mu, nu = 2.0 * b[j] * w0 / b[j - 1], -b[j] / b[j - 2]
        mu_slope = 2.0 * b[j] * w1 / b[j - 1]
        rows.append((float(mu), float(nu), float(mu_slope), float(-a[j - 1] * mu_slope), float(node[j - 1])))
    return float(b[1] * w1), tuple(rows)
