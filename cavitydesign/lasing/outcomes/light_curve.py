"""Light curves: emission against fluence, and the continuous power law with two breaks that is
fitted to them.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from functools import partial

import numpy as np
from numpy.typing import ArrayLike
from scipy.interpolate import PchipInterpolator
from scipy.optimize import least_squares

from ...arrays import Array
from ...errors import InputError

# A fit with two breaks has six numbers (three slopes, two breaks, a level) and needs some freedom
# to judge its scatter.
_MINIMUM_POINTS = 8
# Of the samples of a computed curve, those on which its breaks are first searched.
_EVERY = 4
# Added to the squared length of a hinge, relative to the longest: far above rounding (1e-16), far
# below what a point moves.
_RIDGE = 1e-12


@dataclass(frozen=True)
class TwoBreakFit:
    """Slopes (logarithmic derivatives) and breaks of a light curve, with standard errors.

    Attributes
    ----------
    breaks_mj_cm2, breaks_error_mj_cm2 : tuple of two floats
        Lower and upper break: the published P_ASE and P_th.
    slopes, slopes_error : tuple of three floats
        Below, between, above.
    rms : float
        Root-mean-square deviation in the natural logarithm of the emission.
    scale : float
        Emission of the lowest power law at a fluence of 1.
    range_mj_cm2 : tuple of two floats
        First and last fluence fitted.
    """

    breaks_mj_cm2: tuple[float, float]
    slopes: tuple[float, float, float]
    breaks_error_mj_cm2: tuple[float, float]
    slopes_error: tuple[float, float, float]
    rms: float
    scale: float
    range_mj_cm2: tuple[float, float]

    def at(self, fluence_mj_cm2: ArrayLike) -> Array:
        """Emission of the fitted law."""
        x = np.log(np.asarray(fluence_mj_cm2, dtype=float))
        first, second = (math.log(value) for value in self.breaks_mj_cm2)
        low, middle, high = self.slopes
        y = math.log(self.scale) + low * x + (middle - low) * np.maximum(x - first, 0)
        return np.asarray(np.exp(y + (high - middle) * np.maximum(x - second, 0)))


def check_curve(fluence_mj_cm2: ArrayLike, emission: ArrayLike) -> tuple[Array, Array]:
    """Logarithms of a measured light curve by rising fluence.

    Raises
    ------
    InputError
        As `fit_two_breaks`.
    """
    fluence, light = np.asarray(fluence_mj_cm2, dtype=float), np.asarray(emission, dtype=float)
    if fluence.ndim != 1 or fluence.shape != light.shape:
        raise InputError("light curve: fluence and emission must be lists of the same length")
    if len(fluence) < _MINIMUM_POINTS:
        raise InputError(
            f"light curve: {len(fluence)} points, a fit with two breaks needs {_MINIMUM_POINTS}"
        )
    if not (
        np.all(np.isfinite(fluence) & (fluence > 0)) and np.all(np.isfinite(light) & (light > 0))
    ):
        raise InputError("light curve: every fluence and emission must be positive and finite")
    order = np.argsort(fluence)
    x, y = np.log(fluence[order]), np.log(light[order])
    if x[-1] - x[0] < 1e-6:
        raise InputError("light curve: all points lie at one fluence")
    return x, y


def fit_two_breaks(fluence_mj_cm2: ArrayLike, emission: ArrayLike) -> TwoBreakFit:
    """Least squares of a continuous piecewise power law with two breaks, in logarithms, every point
    with the same weight.

    The breaks are first searched on a grid (the other parameters are linear), then refined with all
    of them free.

    Parameters
    ----------
    fluence_mj_cm2 : (n,) array
        Positive; n at least 8.
    emission : (n,) array
        Positive.

    Raises
    ------
    InputError
        Too few points, different lengths, values that are not positive and finite, or all at one
        fluence.
    """
    x, y = check_curve(fluence_mj_cm2, emission)
    return _refined(x, y, *_best_breaks(x, y))


def fit_smooth_curve(fluence_mj_cm2: Array, emission: Array, points: int = 400) -> TwoBreakFit:
    """Fit of two breaks to a computed curve, which follow a changing curve without jumps.

    The curve is resampled densely, so that the breaks do not depend on where its points lie. The
    hinges are averaged over the distance of the samples: sharp ones have a least sum of squares of
    their own between any two samples, 0.3 % apart with three photons and 1 % with one. The standard
    errors are those of a curve of as many points as were given.
    """
    x, y = _resampled(fluence_mj_cm2, emission, points)
    first, second = _best_breaks(x[::_EVERY], y[::_EVERY])
    fit = _refined(x, y, first, second, 0.5 * float(x[1] - x[0]))
    widen = math.sqrt(points / len(fluence_mj_cm2))
    first, second = fit.breaks_error_mj_cm2
    low, middle, high = fit.slopes_error
    return replace(
        fit,
        breaks_error_mj_cm2=(widen * first, widen * second),
        slopes_error=(widen * low, widen * middle, widen * high),
    )


def _resampled(fluence_mj_cm2: Array, emission: Array, points: int) -> tuple[Array, Array]:
    """Logarithms of evenly spaced fluences, and of the emission there."""
    x, y = np.log(fluence_mj_cm2), np.log(emission)
    fine = np.linspace(x[0], x[-1], points)
    return fine, np.asarray(PchipInterpolator(x, y)(fine))


def _design(x: Array, first: ArrayLike, second: ArrayLike) -> Array:
    """(..., n, 4) columns: 1, x and the two hinges."""
    first, second = np.asarray(first)[..., None], np.asarray(second)[..., None]
    ones = np.ones(np.broadcast(x, first).shape)
    return np.stack([ones, ones * x, np.maximum(x - first, 0), np.maximum(x - second, 0)], axis=-1)


def _best_breaks(x: Array, y: Array) -> tuple[float, float]:
    """The pair of breaks on a grid that leaves the least sum of squares.

    What a pair of hinges removes from the misfit of a straight line follows from their scalar
    products alone, which all pairs share.
    """
    grid = np.linspace(x[0], x[-1], 62)[2:-2]
    low, high = np.triu_indices(len(grid), k=3)
    line, _ = np.linalg.qr(np.column_stack([np.ones_like(x), x]))
    hinges = np.maximum(x[:, None] - grid, 0)
    hinges -= line @ (line.T @ hinges)
    products, bends = hinges.T @ hinges, hinges.T @ y
    # Two hinges with one point above both are the same but for a factor: the small number keeps
    # their determinant positive.
    own = np.diag(products) + _RIDGE * products.max()
    mixed = products[low, high]
    determinant = own[low] * own[high] - mixed**2
    removed = (
        own[high] * bends[low] ** 2
        - 2.0 * mixed * bends[low] * bends[high]
        + own[low] * bends[high] ** 2
    ) / determinant
    best = int(removed.argmax())
    return float(grid[low[best]]), float(grid[high[best]])


def _hinge(x: Array, at: float, rounding: float) -> tuple[Array, Array]:
    """max(x - at, 0), averaged over x +- rounding, and its slope."""
    if rounding == 0.0:
        return np.maximum(x - at, 0.0), (x > at).astype(float)
    slope = np.clip(0.5 * ((x - at) / rounding + 1.0), 0.0, 1.0)
    return rounding * slope**2 + np.maximum(x - at - rounding, 0.0), slope


def _refined(x: Array, y: Array, first: float, second: float, rounding: float = 0.0) -> TwoBreakFit:
    """All six parameters free, from breaks that are nearly right."""
    start = np.linalg.lstsq(_design(x, first, second), y, rcond=None)[0]
    span = x[-1] - x[0]

    def misfit(parameters: Array) -> Array:
        hinges = [_hinge(x, parameters[4 + k], rounding)[0] for k in (0, 1)]
        return np.asarray(
            parameters[0]
            + parameters[1] * x
            + parameters[2] * hinges[0]
            + parameters[3] * hinges[1]
            - y
        )

    def jacobian(parameters: Array) -> Array:
        (low, low_slope), (high, high_slope) = (
            _hinge(x, parameters[4 + k], rounding) for k in (0, 1)
        )
        return np.column_stack(
            [np.ones_like(x), x, low, high, -parameters[2] * low_slope, -parameters[3] * high_slope]
        )

    edges = np.array([x[0] + 0.01 * span, x[-1] - 0.01 * span])
    low, high = np.r_[np.full(4, -np.inf), edges[[0, 0]]], np.r_[np.full(4, np.inf), edges[[1, 1]]]
    within = 1e-8 if rounding == 0.0 else 1e-12
    start_all = np.r_[start, first, second]
    search = partial(
        least_squares, misfit, jac=jacobian, x_scale="jac", ftol=within, xtol=within, gtol=within
    )
    # MINPACK's method takes a fifth of the time, but knows no bounds, which curves without a break
    # between the ends need, and stops early at hinges that are not rounded.
    found = search(start_all, method="lm") if rounding > 0.0 else None
    if found is None or not found.success or not np.all((found.x > low) & (found.x < high)):
        found = search(start_all, bounds=(low, high))
    constant, slope, hinge_1, hinge_2, b1, b2 = (float(v) for v in found.x)
    degrees = max(len(x) - 6, 1)
    columns = jacobian(found.x)
    covariance = np.linalg.pinv(columns.T @ columns) * 2.0 * found.cost / degrees
    sums = np.array([[0, 1, 0, 0, 0, 0], [0, 1, 1, 0, 0, 0], [0, 1, 1, 1, 0, 0]], dtype=float)
    errors = np.sqrt(np.maximum(np.diag(sums @ covariance @ sums.T), 0.0))
    spread = np.sqrt(np.maximum(np.diag(covariance)[4:], 0.0))
    return TwoBreakFit(
        breaks_mj_cm2=(math.exp(b1), math.exp(b2)),
        slopes=(slope, slope + hinge_1, slope + hinge_1 + hinge_2),
        breaks_error_mj_cm2=(math.exp(b1) * float(spread[0]), math.exp(b2) * float(spread[1])),
        slopes_error=(float(errors[0]), float(errors[1]), float(errors[2])),
        rms=math.sqrt(2.0 * found.cost / len(x)),
        scale=math.exp(constant),
        range_mj_cm2=(math.exp(x[0]), math.exp(x[-1])),
    )
