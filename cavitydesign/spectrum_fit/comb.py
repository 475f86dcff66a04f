"""A fast model of a cavity's combs: the azimuthal order as a smooth function of wavelength,
diameter and index.

Along one family (polarisation, p, q) the effective index n_eff = m lambda / (pi D) is so smooth
that a low polynomial through a few solved combs gives any other mode of the neighbourhood within
about 1e-7, at the cost of a product.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ..errors import SolverError

Array = NDArray[np.float64]

_DEGREES = (3, 3, 2)
_TOTAL_DEGREE = 3
_PRIVATE_SHARE = 1e-10


@dataclass(frozen=True, order=True)
class Family:
    """All azimuthal orders of one polarisation, radial and axial order."""

    polarisation: str
    p: int
    q: int

    def label(self, m: int) -> str:
        """Label of one of its modes, such as "TM 122 1 0"."""
        return f"{self.polarisation} {m} {self.p} {self.q}"


@dataclass(frozen=True)
class CombSample:
    """One solved mode: where it lies at a relative change of the diameter and a change of the
    body's index.
    """

    family: Family
    m: int
    wavelength_nm: float
    log_diameter: float
    index_offset: float


@dataclass(frozen=True, eq=False)
class CombModel:
    """n_eff of each family as a polynomial in wavelength, ln(D/D0) and index offset.

    Attributes
    ----------
    diameter_um : float
        D0.
    families : tuple of Family
    wavelength_range_nm : tuple of float
        Where the samples lie.
    reach : tuple of float
        Largest |ln(D/D0)| and |index offset| of the samples.
    coefficients : (families, 4, 4, 3) array
        Of the powers of the scaled wavelength, ln(D/D0) and index offset.
    errors_nm : (families,) array
        R.m.s. deviation of the samples from the polynomial, in wavelength.
    """

    diameter_um: float
    families: tuple[Family, ...]
    wavelength_range_nm: tuple[float, float]
    reach: tuple[float, float]
    coefficients: Array
    errors_nm: Array

    def _scaled(self, wavelength_nm: Array) -> Array:
        low, high = self.wavelength_range_nm
        return np.asarray((2.0 * wavelength_nm - low - high) / (high - low), dtype=np.float64)

    def orders(self, wavelength_nm: Array, log_diameter: Array, index_offset: float) -> Array:
        """Azimuthal order, a real number, at which each family would lie at given wavelengths.

        Parameters
        ----------
        wavelength_nm : (k,) array
        log_diameter : (n,) array
            ln(D/D0).
        index_offset : float

        Returns
        -------
        (families, k, n) array
        """
        of_wavelength = np.vander(self._scaled(wavelength_nm), _DEGREES[0] + 1, increasing=True)
        of_diameter = np.vander(log_diameter / self.reach[0], _DEGREES[1] + 1, increasing=True)
        of_index = (index_offset / self.reach[1]) ** np.arange(_DEGREES[2] + 1)
        n_eff = of_wavelength @ (self.coefficients @ of_index) @ of_diameter.T
        factor = (
            1e3
            * math.pi
            * self.diameter_um
            * np.exp(log_diameter)[None, :]
            / wavelength_nm[:, None]
        )
        return np.asarray(n_eff * factor, dtype=np.float64)

    def order_and_slopes(
        self,
        family: NDArray[np.intp],
        wavelength_nm: Array,
        log_diameter: float,
        index_offset: float,
    ) -> tuple[Array, Array]:
        """Orders of given families at given wavelengths, and their derivatives.

        Parameters
        ----------
        family : (k,) array of int
            Places in `families`.
        wavelength_nm : (k,) array
        log_diameter, index_offset : float

        Returns
        -------
        orders : (k,) array
        slopes : (3, k) array
            By wavelength (nm^-1), ln D and index offset.
        """
        x, low_high = self._scaled(wavelength_nm), self.wavelength_range_nm
        v, w = log_diameter / self.reach[0], index_offset / self.reach[1]
        powers = [t ** np.arange(d + 1) for t, d in ((v, _DEGREES[1]), (w, _DEGREES[2]))]
        rises = [_derivative(t, d) for t, d in ((v, _DEGREES[1]), (w, _DEGREES[2]))]
        chosen = self.coefficients[family]
        of_x, of_x_rise = (
            np.vander(x, _DEGREES[0] + 1, increasing=True),
            _derivative_matrix(x, _DEGREES[0]),
        )
        inner = chosen @ powers[1]
        of_v = inner @ powers[0]
        n_eff = np.sum(of_x * of_v, axis=1)
        by_x = np.sum(of_x_rise * of_v, axis=1) * 2.0 / (low_high[1] - low_high[0])
        by_v = np.sum(of_x * (inner @ rises[0]), axis=1) / self.reach[0]
        by_w = np.sum(of_x * ((chosen @ rises[1]) @ powers[0]), axis=1) / self.reach[1]
        factor = 1e3 * math.pi * self.diameter_um * math.exp(log_diameter) / wavelength_nm
        slopes = np.stack([by_x - n_eff / wavelength_nm, n_eff + by_v, by_w]) * factor
        return n_eff * factor, slopes

    def wavelengths(
        self, family: int, orders: Array, log_diameter: float, index_offset: float
    ) -> Array:
        """Wavelengths in nm of given orders of one family, by Newton's method on `orders`."""
        places = np.full(len(orders), family, dtype=np.intp)
        wavelength = np.full(len(orders), sum(self.wavelength_range_nm) / 2)
        for _ in range(8):
            found, slopes = self.order_and_slopes(places, wavelength, log_diameter, index_offset)
            step = (found - orders) / slopes[0]
            wavelength = wavelength - step
            if np.all(np.abs(step) < 1e-9):
                break
        return wavelength

    def fsr_nm(self, wavelength_nm: float) -> Array:
        """Spacing of neighbouring orders of each family at D0, shape (families,)."""
        count = len(self.families)
        _, slopes = self.order_and_slopes(np.arange(count), np.full(count, wavelength_nm), 0.0, 0.0)
        return np.asarray(1.0 / np.abs(slopes[0]), dtype=np.float64)


def _derivative(t: float, degree: int) -> Array:
    return np.array([0.0, *(a * t ** (a - 1) for a in range(1, degree + 1))])


def _derivative_matrix(x: Array, degree: int) -> Array:
    columns = [np.zeros_like(x), *(a * x ** (a - 1) for a in range(1, degree + 1))]
    return np.stack(columns, axis=1)


def fit_comb_model(diameter_um: float, samples: Sequence[CombSample]) -> CombModel:
    """Polynomials through solved modes.

    Parameters
    ----------
    diameter_um : float
        D0, at which ln(D/D0) = 0.
    samples : sequence of CombSample
        Over at least two values of the diameter and of the index, each with the same range of
        wavelengths.

    Raises
    ------
    SolverError
        If no family has enough modes.
    """
    by_family: dict[Family, list[CombSample]] = {}
    for sample in samples:
        by_family.setdefault(sample.family, []).append(sample)
    wavelengths = [sample.wavelength_nm for sample in samples]
    reach_v = max((abs(sample.log_diameter) for sample in samples), default=0.0)
    reach_w = max((abs(sample.index_offset) for sample in samples), default=0.0)
    if not wavelengths or reach_v == 0 or reach_w == 0:
        raise SolverError(
            "fit: no modes in the range of the spectrum; change the diameter, or ask for other modes"
        )
    span = (min(wavelengths), max(wavelengths))
    families, tables, errors = [], [], []
    for family in sorted(by_family):
        found = _family_table(diameter_um, by_family[family], span, (reach_v, reach_w))
        if found is not None:
            families.append(family)
            tables.append(found[0])
            errors.append(found[1])
    if not families:
        raise SolverError("fit: too few modes to model a comb; widen the range of wavelengths")
    return CombModel(
        diameter_um, tuple(families), span, (reach_v, reach_w), np.stack(tables), np.array(errors)
    )


def _family_table(
    diameter_um: float,
    samples: Sequence[CombSample],
    span: tuple[float, float],
    reach: tuple[float, float],
) -> tuple[Array, float] | None:
    """Coefficients of one family and the r.m.s. deviation in nm; None if its samples cannot fix a
    trend.
    """
    wavelength = np.array([sample.wavelength_nm for sample in samples])
    v = np.array([sample.log_diameter for sample in samples])
    w = np.array([sample.index_offset for sample in samples])
    n_eff = (
        np.array([sample.m for sample in samples])
        * wavelength
        / (1e3 * math.pi * diameter_um * np.exp(v))
    )
    places = [len(np.unique(v)) - 1, len(np.unique(w)) - 1]
    limits = (_DEGREES[0], min(_DEGREES[1], places[0]), min(_DEGREES[2], places[1]))
    x = (2 * wavelength - span[0] - span[1]) / (span[1] - span[0])
    powers = [
        power
        for power in itertools.product(*(range(limit + 1) for limit in limits))
        if sum(power) <= _TOTAL_DEGREE
    ]
    if len(samples) < len(powers) + 3 or min(places) < 1:
        return None
    basis = np.stack(
        [x**a * (v / reach[0]) ** b * (w / reach[1]) ** c for a, b, c in powers], axis=1
    )
    solution, _, _, _ = np.linalg.lstsq(basis, n_eff, rcond=_PRIVATE_SHARE)
    table = np.zeros([degree + 1 for degree in _DEGREES])
    table[tuple(np.array(powers).T)] = solution
    deviation = (basis @ solution - n_eff) / n_eff * wavelength
    freedom = max(len(samples) - len(powers), 1)
    return table, float(np.sqrt(np.sum(deviation**2) / freedom))
