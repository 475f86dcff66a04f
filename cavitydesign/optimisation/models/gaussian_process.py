"""Gaussian-process regression: a smooth function through few full solves, with how sure it is in
between.

Matern 5/2 kernel with one length for each input, after C. E. Rasmussen, C. K. I. Williams, Gaussian
Processes for Machine Learning (MIT Press, 2006), chapters 2, 4 and 5; lengths, amplitude and noise
by maximum marginal likelihood.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from ...arrays import Array

# of the unit cube: a thirtieth of it is what 100 solves can resolve, thirty is a straight line
_LENGTHS = (0.03, 30.0)
_AMPLITUDES = (0.05, 50.0)  # in standard deviations of the outputs
# in the same; outcomes are computed, so that noise is the discreteness of counts
_NOISES = (1e-5, 0.5)
# The likelihood has a maximum for a rippled and for a smooth reading of few points: it is climbed
# from either side.
_STARTS = (0.15, 0.5, 2.0)
_ROWS_AT_ONCE = 500  # of the covariance with the data: 500 x 256 floats are 1 MB, within a cache


@dataclass(frozen=True, eq=False)
class GaussianProcess:
    """A fitted process.

    Attributes
    ----------
    inputs : (n, d) array
    lengths : (d,) array
    amplitude, noise : float
        Standard deviations, in units of the spread of the outputs.
    centre, scale : float
        Mean and standard deviation of the outputs.
    weights : (n,) array
    factor : (n, n) array
        Lower Cholesky factor of the covariance of the outputs.
    """

    inputs: Array
    lengths: Array
    amplitude: float
    noise: float
    centre: float
    scale: float
    weights: Array
    factor: Array

    def mean(self, points: Array) -> Array:
        """Expected outputs at points of shape (k, d)."""
        parts = [
            self._covariance(points[start : start + _ROWS_AT_ONCE]) @ self.weights
            for start in range(0, len(points), _ROWS_AT_ONCE)
        ]
        return np.asarray(self.centre + self.scale * np.concatenate(parts), dtype=np.float64)

    def mean_and_error(self, points: Array) -> tuple[Array, Array]:
        """Expected outputs and their standard deviations at points of shape (k, d)."""
        from scipy.linalg import solve_triangular

        covariance = self._covariance(points)
        half = solve_triangular(self.factor, covariance.T, lower=True)
        variance = np.maximum(self.amplitude**2 - np.sum(half**2, axis=0), 1e-12)
        return self.centre + self.scale * (covariance @ self.weights), self.scale * np.sqrt(
            variance
        )

    def _covariance(self, points: Array) -> Array:
        return self.amplitude**2 * _matern(
            _distance(points / self.lengths, self.inputs / self.lengths)
        )


def _distance(a: Array, b: Array) -> Array:
    squared = np.sum(a**2, axis=1)[:, None] + np.sum(b**2, axis=1)[None, :] - 2 * a @ b.T
    return np.asarray(np.sqrt(np.maximum(squared, 0.0)), dtype=np.float64)


def _matern(distance: Array) -> Array:
    r = math.sqrt(5.0) * distance
    return np.asarray((1 + r + r**2 / 3) * np.exp(-r), dtype=np.float64)


def fit_process(
    inputs: Array,
    outputs: Array,
    starts: Sequence[float] = _STARTS,
    most_fitted: int | None = None,
) -> GaussianProcess:
    """Fit a process.

    Parameters
    ----------
    inputs : (n, d) array
        Scaled so that lengths between 0.03 and 30 make sense.
    outputs : (n,) array
    starts : sequence of float
        Lengths from which the likelihood is climbed; the best end counts.
    most_fitted : int, optional
        Lengths, amplitude and noise are found from so many of the first rows; all enter the mean.
    """
    from scipy import optimize

    minimize: Any = optimize.minimize

    centre, scale = float(np.mean(outputs)), float(np.std(outputs)) or 1.0
    y = (outputs - centre) / scale
    dimensions = inputs.shape[1]
    bounds = [tuple(map(math.log, _LENGTHS))] * dimensions + [
        tuple(map(math.log, b)) for b in (_AMPLITUDES, _NOISES)
    ]
    best, lowest = None, math.inf
    fitted, seen = inputs[:most_fitted], y[:most_fitted]

    def cost(parameters: Array) -> tuple[float, Array]:
        return _cost(parameters, fitted, seen)

    for length in starts:
        start = np.log([length] * dimensions + [1.0, 1e-2])
        found = minimize(cost, start, jac=True, method="L-BFGS-B", bounds=bounds)
        if found.fun < lowest:
            best, lowest = found.x, float(found.fun)
    assert best is not None
    lengths, (amplitude, noise) = np.exp(best[:-2]), np.exp(best[-2:])
    covariance = amplitude**2 * _matern(_distance(inputs / lengths, inputs / lengths))
    # The floor of 1e-10 keeps the matrix positive where two trials are all but the same.
    factor = np.linalg.cholesky(covariance + (noise**2 + 1e-10) * np.eye(len(y)))
    weights = np.linalg.solve(factor.T, np.linalg.solve(factor, y))
    return GaussianProcess(
        inputs, lengths, float(amplitude), float(noise), centre, scale, weights, factor
    )


def _cost(parameters: Array, inputs: Array, y: Array) -> tuple[float, Array]:
    """Negative log marginal likelihood and its gradient by the logarithms of lengths, amplitude and
    noise.

    A weak normal prior keeps lengths that the data do not speak of near the size of the box.
    """
    lengths, amplitude, noise = (
        np.exp(parameters[:-2]),
        math.exp(parameters[-2]),
        math.exp(parameters[-1]),
    )
    scaled = inputs / lengths
    distance = _distance(scaled, scaled)
    kernel = amplitude**2 * _matern(distance)
    try:
        factor = np.linalg.cholesky(kernel + (noise**2 + 1e-10) * np.eye(len(y)))
    except np.linalg.LinAlgError:
        return 1e10, np.zeros_like(parameters)
    # One inverse serves the value and all slopes; at a hundred rows it costs less than the solves.
    inverse = np.linalg.inv(factor)
    precision = inverse.T @ inverse
    weights = precision @ y
    cost = 0.5 * float(y @ weights) + float(np.sum(np.log(np.diag(factor))))
    pull = precision - np.outer(weights, weights)
    # d k / d log l_j = amplitude^2 (5/3) (1 + sqrt(5) r) exp(-sqrt(5) r) (difference_j / l_j)^2
    common = (
        amplitude**2
        * (5.0 / 3.0)
        * (1 + math.sqrt(5.0) * distance)
        * np.exp(-math.sqrt(5.0) * distance)
        * pull
    )
    by_length = [
        0.5 * float(np.sum(common * (column[:, None] - column[None, :]) ** 2))
        for column in scaled.T
    ]
    gradient = np.array(
        [*by_length, float(np.sum(pull * kernel)), noise**2 * float(np.trace(pull))]
    )
    prior = np.concatenate([(parameters[:-2] - math.log(0.7)) / 1.5**2, [0.0, 0.0]])
    return cost + 0.5 * float(
        np.sum(((parameters[:-2] - math.log(0.7)) / 1.5) ** 2)
    ), gradient + prior
