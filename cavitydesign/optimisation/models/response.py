"""The response of a design: outcomes as smooth functions of the variables, through the full solves
so far.

Thresholds and regimes ripple as the comb moves under the gain: once for each azimuthal order that
passes, far faster than anything else changes. The real azimuthal order of the comb is itself a
smooth function (its effective index nearly constant), so that it is modelled first and its phase
given to the outcomes as an input of its own.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from ...arrays import Array
from .gaussian_process import GaussianProcess, fit_process

_LOG_SPAN = 5.0  # largest over smallest outcome beyond which its logarithm is modelled


class Model(Protocol):
    """Outcomes as functions over the unit cube of some variables."""

    def mean(self, name: str, cube: Array) -> Array:
        """Expected outcome at points of shape (n, d)."""

    def mean_and_error(self, name: str, cube: Array) -> tuple[Array, Array]:
        """Expected outcome and its standard deviation."""


@dataclass(frozen=True, eq=False)
class CombOrder:
    """Real azimuthal order of the comb: a low polynomial, which it nearly is, and a process for the
    rest.
    """

    coefficients: Array
    degree: int
    rest: GaussianProcess

    def mean(self, cube: Array) -> Array:
        """Expected order at points of shape (k, d)."""
        return _monomials(cube, self.degree) @ self.coefficients + self.rest.mean(cube)


def _monomials(cube: Array, degree: int) -> Array:
    dimensions = cube.shape[1]
    powers = [
        p for p in itertools.product(range(degree + 1), repeat=dimensions) if sum(p) <= degree
    ]
    return np.stack([np.prod((2 * cube - 1) ** np.array(p), axis=1) for p in powers], axis=1)


def _fit_comb_order(cube: Array, comb_orders: Array) -> CombOrder:
    degree = next(
        d for d in (3, 2, 1) if d == 1 or 2 * _monomials(cube[:1], d).shape[1] <= len(cube)
    )
    basis = _monomials(cube, degree)
    coefficients: Array = np.asarray(
        np.linalg.lstsq(basis, comb_orders, rcond=None)[0], dtype=np.float64
    )
    return CombOrder(coefficients, degree, fit_process(cube, comb_orders - basis @ coefficients))


@dataclass(frozen=True, eq=False)
class Response:
    """Models of several outcomes over the unit cube of the variables.

    Attributes
    ----------
    models : dict of str to GaussianProcess
    logarithmic : frozenset of str
        Outcomes modelled by their logarithm.
    comb_order : CombOrder or None
        Of the comb; None where no phase is used.
    """

    models: dict[str, GaussianProcess]
    logarithmic: frozenset[str]
    comb_order: CombOrder | None

    def features(self, cube: Array) -> Array:
        """Inputs of the models at points of the cube, shape (k, d) or (k, d + 2)."""
        return _features(cube, None if self.comb_order is None else self.comb_order.mean(cube))

    def mean(self, name: str, cube: Array) -> Array:
        """Expected outcome."""
        value = self.models[name].mean(self.features(cube))
        return np.exp(value) if name in self.logarithmic else value

    def mean_and_error(self, name: str, cube: Array) -> tuple[Array, Array]:
        """Expected outcome and its standard deviation."""
        value, error = self.models[name].mean_and_error(self.features(cube))
        return (
            (np.exp(value), np.exp(value) * error) if name in self.logarithmic else (value, error)
        )


def _features(cube: Array, comb_order: Array | None) -> Array:
    if comb_order is None:
        return cube
    phase = 2 * math.pi * comb_order
    return np.column_stack([cube, 0.5 * np.cos(phase), 0.5 * np.sin(phase)])


def fit_response(
    cube: Array, outcomes: Mapping[str, Array], comb_orders: Array | None, names: Sequence[str]
) -> Response:
    """Fit one process for each outcome; points where an outcome is not a number are left out of its
    model.

    Parameters
    ----------
    cube : (n, d) array
        Variables scaled to 0..1.
    outcomes : dict of str to (n,) array
    comb_orders : (n,) array or None
        Real azimuthal order of the comb at the reference wavelength; None to model without phase.
    names : sequence of str
        Outcomes to model.
    """
    comb_order: CombOrder | None = None
    used: Array | None = None
    if comb_orders is not None:
        known = np.isfinite(comb_orders)
        if known.sum() >= cube.shape[1] + 5 and float(np.ptp(comb_orders[known])) > 0.3:
            comb_order = _fit_comb_order(cube[known], comb_orders[known])
            used = np.where(known, comb_orders, comb_order.mean(cube))
    inputs = _features(cube, used)
    models: dict[str, GaussianProcess] = {}
    logarithmic = set()
    for name in names:
        values = outcomes[name]
        known = np.isfinite(values)
        seen = values[known]
        if len(seen) and seen.min() > 0 and seen.max() / seen.min() > _LOG_SPAN:
            logarithmic.add(name)
            seen = np.log(seen)
        models[name] = fit_process(inputs[known], seen)
    return Response(models, frozenset(logarithmic), comb_order)
