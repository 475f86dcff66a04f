"""Steps of the rate equations: an explicit pair for the pulse, a linearly implicit one for cavities
of high Q.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass

import numpy as np

from ...arrays import Array
from ..steady.linearised import LinearisedRates
from .rate_equations import RateEquations


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


@dataclass(frozen=True)
class Tableau:
    """The numbers of a method, for the compiled kernel.

    Attributes
    ----------
    implicit : bool
    gamma : float
        Diagonal of an implicit method.
    weights, couplings : (stages, stages) arrays
        Of the parts before in each stage.
    nodes : (stages,) array
        Times of the stages, in steps.
    times : (stages + 1,) array
        Of the rate's own change with time.
    error : (stages + 1,) array
        Of the parts in the estimated error.
    """

    implicit: bool
    gamma: float
    weights: Array
    couplings: Array
    nodes: Array
    times: Array
    error: Array

    @property
    def arrays(self) -> tuple[Array, ...]:
        """All of them."""
        return self.weights, self.couplings, self.nodes, self.times, self.error


class Stepper(ABC):
    """How one step is taken."""

    order: int

    @property
    @abstractmethod
    def tableau(self) -> Tableau:
        """The numbers of the method."""

    @abstractmethod
    def taken(
        self, equations: RateEquations, time: Array, state: Array, slope: Array, step: Array
    ) -> Step:
        """Try the given steps."""


class DormandPrince(Stepper):
    """Embedded Runge-Kutta pair of order 5(4) (Dormand and Prince 1980)."""

    # Rows of the tableau; the last row is the fifth-order solution itself, whose rate serves as the
    # first stage of the next step.
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
    # Fifth-order minus fourth-order weights.
    _error = np.array((71 / 57600, 0.0, -71 / 16695, 71 / 1920, -17253 / 339200, 22 / 525, -1 / 40))

    def __init__(self) -> None:
        self._slopes = np.empty((7, 0, 0))

    @property
    def tableau(self) -> Tableau:
        """Explicit."""
        weights, none = _square(self._stages), np.zeros(7)
        return Tableau(
            False, 0.0, weights, np.zeros_like(weights), np.array(self._nodes), none, self._error
        )

    def taken(
        self, equations: RateEquations, time: Array, state: Array, slope: Array, step: Array
    ) -> Step:
        """Six evaluations."""
        # The stages keep their memory from step to step.
        if self._slopes.shape[1:] != state.shape:
            self._slopes = np.empty((7, *state.shape))
        slopes = self._slopes
        slopes[0] = slope
        for stage, (weights, node) in enumerate(
            zip(self._stages, self._nodes, strict=True), start=1
        ):
            trial = (weights @ slopes[:stage].reshape(stage, -1)).reshape(state.shape)
            trial *= step
            trial += state
            net = equations.rate(time + node * step, trial, slopes[stage])
        error = (self._error @ slopes.reshape(7, -1)).reshape(state.shape)
        error *= step
        return Step(trial, slopes[6], error, net)


class Rodas(Stepper):
    """Rosenbrock method of order 4(3), L-stable and stiffly accurate: RODAS.

    Hairer and Wanner, Solving Ordinary Differential Equations II (Springer 1996), section IV.10, in
    the form without products by J. Linear invariants are kept to rounding.
    """

    order = 4
    _gamma = 0.25
    _stages: tuple[Array, ...] = tuple(
        np.array(row)
        for row in (
            (1.544,),
            (0.9466785280815826, 0.2557011698983284),
            (3.314825187068521, 2.896124015972201, 0.9986419139977817),
            (1.221224509226641, 6.019134481288629, 12.53708332932087, -0.6878860361058950),
            (1.221224509226641, 6.019134481288629, 12.53708332932087, -0.6878860361058950, 1.0),
        )
    )
    _couplings: tuple[Array, ...] = tuple(
        np.array(row)
        for row in (
            (-5.6688,),
            (-2.430093356833875, -0.2063599157091915),
            (-0.1073529058151375, -9.594562251023355, -20.47028614809616),
            (7.496443313967647, -10.24680431464352, -33.99990352819905, 11.70890893206160),
            (
                8.083246795921522,
                -7.981132988064893,
                -31.52159432874371,
                16.31930543123136,
                -6.058818238834054,
            ),
        )
    )
    _nodes = (0.386, 0.21, 0.63, 1.0, 1.0)
    _times = (0.25, -0.1043, 0.1035, -0.0362, 0.0, 0.0)

    @property
    def tableau(self) -> Tableau:
        """The error is the last part."""
        last = np.eye(6)[5]
        weights, couplings = _square(self._stages), _square(self._couplings)
        nodes, times = np.array(self._nodes), np.array(self._times)
        return Tableau(True, self._gamma, weights, couplings, nodes, times, last)

    def taken(
        self, equations: RateEquations, time: Array, state: Array, slope: Array, step: Array
    ) -> Step:
        """Six evaluations and six solutions with one factorisation."""
        # All six stages share one factorisation of 1 / (gamma h) - J.
        system = LinearisedRates(equations, state, 1.0 / (self._gamma * step), time)
        fading = step * equations.explicit(time, state)
        solved = np.empty((6, *state.shape))
        solved[0] = system.solve(slope + self._times[0] * fading)
        rate = np.empty_like(state)
        for stage, (weights, couplings, node) in enumerate(
            zip(self._stages, self._couplings, self._nodes, strict=True), start=1
        ):
            before = solved[:stage].reshape(stage, -1)
            trial = (weights @ before).reshape(state.shape)
            trial += state
            equations.rate(time + node * step, trial, rate)
            right = (couplings @ before).reshape(state.shape)
            right /= step
            right += rate
            if self._times[stage]:
                right += self._times[stage] * fading
            solved[stage] = system.solve(right)
        # Stiffly accurate: the last stage is both the correction and the estimate of the error.
        trial += solved[5]
        end = np.empty_like(state)
        net = equations.rate(time + step, trial, end)
        return Step(trial, end, solved[5], net)


def _square(rows: tuple[Array, ...]) -> Array:
    """Rows of growing length, filled up with zeros."""
    return np.array([np.pad(row, (0, len(rows) - len(row))) for row in rows])
