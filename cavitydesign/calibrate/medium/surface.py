"""A smooth surface through exact predictions of many points: a quadratic, and Gaussian processes on
what it leaves.

Far from the predictions only the quadratic is left, which grows: a process alone would fall back
to the mean, which may well look like the data.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ...arrays import Array
from ...optimisation.models.gaussian_process import GaussianProcess, fit_process

_MOST_COMPONENTS = 5  # a bound of cost: one process each, for what a quadratic leaves
# Share of the variance of what the quadratic leaves that the components leave out.
_EXPLAINED = 1e-3
# Inputs are standard normal numbers: what a quadratic leaves varies over lengths like their spread.
_STARTS = (2.0,)
# Predictions from which the lengths of a process are found: the cost grows with the third power.
_MOST_FITTED = 200


@dataclass(frozen=True, eq=False)
class Surface:
    """From (k, d) numbers of about unit spread to (k, n) predictions.

    Attributes
    ----------
    coefficients : (c, n) array
        Of 1, all numbers, and all their products.
    components : (m, n) array
    processes : tuple of m GaussianProcess
        Weights of the components.
    """

    coefficients: Array
    components: Array
    processes: tuple[GaussianProcess, ...]

    def __call__(self, u: Array) -> Array:
        found = _terms(u) @ self.coefficients
        if self.processes:
            weights = np.stack([each.mean(u) for each in self.processes], axis=1)
            found = found + weights @ self.components
        return np.asarray(found)


def fit_surface(u: Array, values: Array, with_processes: bool) -> Surface:
    """Fit a surface.

    Parameters
    ----------
    u : (k, d) array
    values : (k, n) array
    with_processes : bool
        Whether a quadratic is not enough.
    """
    terms = _terms(u)
    coefficients = np.asarray(np.linalg.lstsq(terms, values, rcond=None)[0])
    none = np.zeros((0, values.shape[1]))
    if not with_processes:
        return Surface(coefficients, none, ())
    left = values - terms @ coefficients
    _, sizes, rows = np.linalg.svd(left, full_matrices=False)
    remains = 1.0 - np.cumsum(sizes**2) / max(float((sizes**2).sum()), 1e-300)
    count = min(int(np.argmax(remains < _EXPLAINED)) + 1, _MOST_COMPONENTS)
    components = np.asarray(rows[:count])
    processes = tuple(
        fit_process(u, column, starts=_STARTS, most_fitted=_MOST_FITTED)
        for column in (left @ components.T).T
    )
    return Surface(coefficients, components, processes)


def coefficient_count(numbers: int) -> int:
    """Of a quadratic of so many numbers."""
    return (numbers + 1) * (numbers + 2) // 2


def _terms(u: Array) -> Array:
    first, second = np.triu_indices(u.shape[1])
    return np.concatenate([np.ones((len(u), 1)), u, u[:, first] * u[:, second]], axis=1)
