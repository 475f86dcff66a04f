"""Least-squares splines of rising flexibility, the fittest chosen by the Bayesian information
criterion.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from ..arrays import Array
from ..errors import InputError

if TYPE_CHECKING:
    from scipy.interpolate import BSpline

PointIndices = NDArray[np.int64]

DEGREE = 5  # Quintic: the curvature and its slope are continuous at the knots.
# Of the radius: points that scatter by more about the best smooth curve are no curve.
LARGEST_SCATTER = 0.02
# Each about a third more than the last, so that twelve fits reach from stiff to flexible.
_INNER_KNOTS = (1, 2, 3, 4, 6, 8, 11, 15, 20, 27, 36, 48)
_POINTS_PER_UNKNOWN = 4  # With fewer points each, coefficients follow the noise.
# Rungs without a better fit before the search ends: odd terms do nothing for an even outline, so
# that one or two rungs without gain are no sign.
_PATIENCE = 3
# Of a residual and the next: bounds by 39 what it does to variances, (1 + a)/(1 - a).
_LARGEST_LIKENESS = 0.95
_SMALLEST_PIVOT = 1e-10  # Of the largest pivot: below it coefficients keep fewer than six digits.
_FEWEST_FOR_ALONE = 12  # two points for each coefficient of a polynomial of degree 5


@dataclass(frozen=True)
class SplineFit:
    """One spline through weighted points.

    Parameters
    ----------
    degree : int
        Degree of the pieces.
    knots, coefficients : tuple of float
        B-spline of that degree.
    covariance : tuple of tuple of float
        Of the coefficients, from the scatter of the points.
    residual_rms : float
        Weighted root mean square residual, corrected for the number of unknowns.
    worst_point : int
        Index of the point farthest from a fit without it.
    worst_ratio : float
        That distance in units of its robust standard deviation.
    worst_distance : float
        That distance in weighted units.
    criterion : float
        Bayesian information criterion; the least is best.
    """

    degree: int
    knots: tuple[float, ...]
    coefficients: tuple[float, ...]
    covariance: tuple[tuple[float, ...], ...]
    residual_rms: float
    worst_point: int
    worst_ratio: float
    worst_distance: float
    criterion: float

    @cached_property
    def _pieces(self) -> tuple[BSpline, ...]:
        from scipy.interpolate import BSpline

        curve = BSpline(np.array(self.knots), np.array(self.coefficients), self.degree)
        return tuple(
            curve.derivative(order) if order else curve for order in range(min(3, self.degree) + 1)
        )

    @property
    def is_quadratic(self) -> bool:
        """Whether the fit is one parabola."""
        return self.degree == 2 and len(self.coefficients) == 3

    def value(self, x: Array, order: int = 0) -> Array:
        """The fit or its derivative of the given order, 0 to 3."""
        if order >= len(self._pieces):
            return np.zeros_like(x)
        return np.asarray(self._pieces[order](x), dtype=np.float64)

    def sensitivity(self, x: float, order: int) -> Array:
        """Derivative of `value(x, order)` by each coefficient."""
        from scipy.interpolate import BSpline

        if order > self.degree:
            return np.zeros(len(self.coefficients))
        unit = BSpline(np.array(self.knots), np.eye(len(self.coefficients)), self.degree)
        return np.asarray((unit.derivative(order) if order else unit)(x), dtype=np.float64)


def spline_ladder(
    x: Array, y: Array, weight: Array, given: PointIndices, rounding: float
) -> tuple[SplineFit, tuple[SplineFit, ...]]:
    """Fit splines of rising flexibility and choose.

    Parameters
    ----------
    x : array (n,)
        Increasing, repeated values allowed.
    y, weight : array (n,)
        Values, and the weights that multiply their residuals.
    given : int array (n,)
        The points in the order in which they were measured.
    rounding : float
        Size below which a weighted residual carries no information.

    Returns
    -------
    best : SplineFit
        The one of least criterion.
    neighbours : tuple of SplineFit
        The next more flexible ones (else the next stiffer), whose differences tell what the choice
        itself is worth: two, as a step that adds an odd term leaves the curvature of an even
        outline as it was; one to a parabola that the points show as such.

    Raises
    ------
    InputError
        If the points are so far apart that none can be computed.
    """
    fits: list[SplineFit] = []
    best = 0
    for degree, knots in _rungs(x):
        fit = _fit(x, y, weight, given, degree, knots, rounding)
        if fit is None:
            continue
        fits.append(fit)
        if fit.criterion < fits[best].criterion:
            best = len(fits) - 1
        if len(fits) - 1 - best >= _PATIENCE:
            break
    if not fits:
        raise InputError(
            f"outline: no curve can be laid through points from z = {x[0]:g} to {x[-1]:g} um with "
            f"values up to {np.abs(y).max():g};"
            " is one of them far off?"
        )
    more = fits[best + 1 : best + (2 if fits[best].is_quadratic else 3)]
    return fits[best], tuple(more or fits[max(best - 1, 0) : max(best, 1)])


def polynomial_through(x: Array, y: Array, weight: float, rounding: float) -> SplineFit | None:
    """The fittest polynomial of degree 2 to 5 through points of increasing x; None where they are
    too few.
    """
    if len(x) < _FEWEST_FOR_ALONE:
        return None
    whole = [(degree, knots) for degree, knots in _rungs(x) if len(knots) == 2 * (degree + 1)]
    given = np.arange(len(x))
    fits = [
        _fit(x, y, np.full(len(x), weight), given, degree, knots, rounding)
        for degree, knots in whole
    ]
    return min(
        (fit for fit in fits if fit is not None), key=lambda fit: fit.criterion, default=None
    )


def _rungs(x: Array) -> Iterator[tuple[int, Array]]:
    low, high = x[0], x[-1]
    for degree in range(2, DEGREE + 1):
        yield degree, np.r_[[low] * (degree + 1), [high] * (degree + 1)]
    for inner in _INNER_KNOTS:
        if _POINTS_PER_UNKNOWN * (inner + DEGREE + 1) > len(x):
            return
        middle = np.quantile(x, np.arange(1, inner + 1) / (inner + 1))
        yield DEGREE, np.r_[[low] * (DEGREE + 1), middle, [high] * (DEGREE + 1)]


def _fit(
    x: Array,
    y: Array,
    weight: Array,
    given: PointIndices,
    degree: int,
    knots: Array,
    rounding: float,
) -> SplineFit | None:
    from scipy.interpolate import BSpline
    from scipy.linalg import solve_triangular

    basis = BSpline.design_matrix(x, knots, degree).toarray() * weight[:, None]
    orthogonal, upper = np.linalg.qr(basis)
    pivots = np.abs(np.diag(upper))
    if pivots.min() < _SMALLEST_PIVOT * pivots.max():
        return None
    coefficients = solve_triangular(upper, orthogonal.T @ (weight * y))
    residual = weight * y - basis @ coefficients
    points, unknowns = basis.shape
    mean_square = max(float(residual @ residual) / points, rounding**2)
    variance = mean_square * points / max(points - unknowns, 1)
    # Neighbouring residuals of one sign mean a misfit rather than noise: fewer independent points
    # than there are. In the order of measurement they tell two passes that do not agree.
    orders = (residual, residual[given])
    alike = max(float(order[1:] @ order[:-1]) / (mean_square * points) for order in orders)
    likeness = min(max(alike, 0.0), _LARGEST_LIKENESS)
    spread = variance * (1.0 + likeness) / (1.0 - likeness)
    inverse = solve_triangular(upper, np.eye(unknowns))
    free = np.maximum(1.0 - np.sum(orthogonal**2, axis=1), 1e-12)
    # A point left out is predicted with the uncertainty of the fit there besides its own: at the
    # ends that is much.
    without_itself, standard = np.abs(residual) / free, np.abs(residual) / np.sqrt(free)
    scatter = max(1.4826 * float(np.median(standard)), rounding)
    worst = int(np.argmax(standard))
    return SplineFit(
        degree=degree,
        knots=tuple(knots.tolist()),
        coefficients=tuple(coefficients.tolist()),
        covariance=tuple(map(tuple, (spread * inverse @ inverse.T).tolist())),
        residual_rms=math.sqrt(variance),
        worst_point=worst,
        worst_ratio=float(standard[worst]) / scatter,
        worst_distance=float(without_itself[worst]),
        criterion=points * math.log(mean_square) + unknowns * math.log(points),
    )
