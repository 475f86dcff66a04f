"""State filling: how excitons are shared out over dots, and the two-fold degenerate band edge."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike
from scipy.optimize import brentq
from scipy.special import gammaln

from ...arrays import Array
from ...errors import InputError


def poisson_occupation(excitons: ArrayLike, top: int) -> Array:
    """Poisson probabilities of 0 .. top excitons in a dot; what lies above is counted at the top.

    Parameters
    ----------
    excitons : (n,) array
        Mean number for a dot.
    top : int
        Highest number kept apart, at least 1.

    Returns
    -------
    (top + 1, n) array
        Each column sums to 1.

    Raises
    ------
    InputError
        If a mean is negative or not finite.
    """
    mean = np.atleast_1d(np.asarray(excitons, dtype=float))
    if not np.all(np.isfinite(mean)) or np.any(mean < 0):
        raise InputError("excitons per dot: must be finite and not negative")
    number = np.arange(top, dtype=float)[:, None]
    with np.errstate(divide="ignore", invalid="ignore"):
        logarithm = np.where(number > 0, number * np.log(mean), 0.0) - mean - gammaln(number + 1.0)
    below = np.exp(logarithm)
    return np.concatenate([below, np.maximum(1.0 - below.sum(axis=0, keepdims=True), 0.0)])


def two_fold_bleaching(excitons: ArrayLike) -> Array:
    """Instantaneous relative bleaching -da/a0 of a two-fold degenerate edge under Poisson filling,
    2 - (2 + N) exp(-N).

    No exciton absorbs, one makes the edge transparent, two or more give full gain: 0 P0 + 1 P1 + 2
    (1 - P0 - P1).
    """
    mean = np.asarray(excitons, dtype=float)
    return np.asarray(2.0 - (2.0 + mean) * np.exp(-mean))


def two_fold_transparency() -> float:
    """Mean number of excitons at which the two-fold edge is transparent, 1.1462."""
    return float(brentq(lambda mean: float(two_fold_bleaching(mean)) - 1.0, 0.5, 2.0, xtol=1e-14))
