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

from ..arrays import Array
from ..errors import SolverError
from ..modes.label import Label

# Degrees in wavelength, diameter and index: combs curve little over a spectrum and a few per cent
# of the diameter; the residuals of the samples tell how well that does.
_DEGREES = (3, 3, 2)
# Of a product of powers: mixed terms of higher degree are as small as the fourth powers that are
# left out.
_TOTAL_DEGREE = 3
# Singular values below it are directions that the samples do not tell; n_eff itself is solved to
# 1e-6 or so.
_PRIVATE_SHARE = 1e-10
_MEDIA_DEGREE = 3  # of the index of a medium beside the body, whose spread may be wide
Offsets = float | Array


@dataclass(frozen=True, order=True)
class Family:
    """All azimuthal orders of one polarisation, radial and axial order."""

    polarisation: str
    p: int
    q: int

    def label(self, m: int) -> str:
        """Label of one of its modes, such as "TM 122 1 0"."""
        return str(Label(self.polarisation, m, self.p, self.q))


@dataclass(frozen=True)
class CombSample:
    """One solved mode: where it lies at a relative change of the diameter and changes of the
    indices of the body and of other media.
    """

    family: Family
    m: int
    wavelength_nm: float
    log_diameter: float
    index_offset: float
    media: tuple[float, ...] = ()

    @property
    def offsets(self) -> tuple[float, ...]:
        """Of the body's index and of the other media's."""
        return (self.index_offset, *self.media)


@dataclass(frozen=True, eq=False)
class CombModel:
    """n_eff of each family as a polynomial in wavelength, ln(D/D0) and index offsets.

    Index offsets are those of the body and of the other media that are free, in this order; a
    number is that of the body.

    Attributes
    ----------
    diameter_um : float
        D0.
    families : tuple of Family
    wavelength_range_nm : tuple of float
        Where the samples lie.
    reach : tuple of float
        Largest |ln(D/D0)| and |index offsets| of the samples.
    coefficients : (families, 4, 4, products) array
        Of the powers of the scaled wavelength and ln(D/D0), and of the products of powers of the
        index offsets.
    errors_nm : (families,) array
        R.m.s. deviation of the samples from the polynomial, in wavelength.
    """

    diameter_um: float
    families: tuple[Family, ...]
    wavelength_range_nm: tuple[float, float]
    reach: tuple[float, ...]
    coefficients: Array
    errors_nm: Array

    @property
    def offsets(self) -> int:
        """Number of index offsets."""
        return len(self.reach) - 1

    def _of_offsets(self, index_offset: Offsets) -> tuple[Array, Array]:
        """Products of the powers of scaled index offsets, and their derivatives by the offsets,
        shapes (products,) and (offsets, products).
        """
        reach = np.array(self.reach[1:])
        given = np.atleast_1d(np.asarray(index_offset, dtype=np.float64))
        w = np.zeros(reach.size)
        w[: given.size] = given / reach[: given.size]
        powers = np.array(_products(reach.size))
        factors = w**powers
        rises = powers * w ** np.maximum(powers - 1, 0)
        slopes = [
            np.prod(np.where(np.arange(reach.size) == j, rises, factors), axis=1) / reach[j]
            for j in range(reach.size)
        ]
        return np.prod(factors, axis=1), np.stack(slopes)

    def _scaled(self, wavelength_nm: Array) -> Array:
        low, high = self.wavelength_range_nm
        return np.asarray((2.0 * wavelength_nm - low - high) / (high - low), dtype=np.float64)

    def orders(self, wavelength_nm: Array, log_diameter: Array, index_offset: Offsets) -> Array:
        """Azimuthal order, a real number, at which each family would lie at given wavelengths.

        Parameters
        ----------
        wavelength_nm : (k,) array
        log_diameter : (n,) array
            ln(D/D0).
        index_offset : float or (offsets,) array

        Returns
        -------
        (families, k, n) array
        """
        of_wavelength = np.vander(self._scaled(wavelength_nm), _DEGREES[0] + 1, increasing=True)
        of_diameter = np.vander(log_diameter / self.reach[0], _DEGREES[1] + 1, increasing=True)
        of_index, _ = self._of_offsets(index_offset)
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
        index_offset: Offsets,
    ) -> tuple[Array, Array]:
        """Orders of given families at given wavelengths, and their derivatives.

        Parameters
        ----------
        family : (k,) array of int
            Indices into `families`.
        wavelength_nm : (k,) array
        log_diameter : float
        index_offset : float or (offsets,) array

        Returns
        -------
        orders : (k,) array
        slopes : (2 + offsets, k) array
            By wavelength (nm^-1), ln D and the index offsets.
        """
        x, low_high = self._scaled(wavelength_nm), self.wavelength_range_nm
        v = log_diameter / self.reach[0]
        of_diameter = v ** np.arange(_DEGREES[1] + 1)
        of_index, by_index = self._of_offsets(index_offset)
        chosen = self.coefficients[family]
        of_x, of_x_rise = (
            np.vander(x, _DEGREES[0] + 1, increasing=True),
            _derivative_matrix(x, _DEGREES[0]),
        )
        inner = chosen @ of_index
        of_v = inner @ of_diameter
        n_eff = np.sum(of_x * of_v, axis=1)
        by_x = np.sum(of_x_rise * of_v, axis=1) * 2.0 / (low_high[1] - low_high[0])
        by_v = np.sum(of_x * (inner @ _derivative(v, _DEGREES[1])), axis=1) / self.reach[0]
        by_w = [np.sum(of_x * ((chosen @ rise) @ of_diameter), axis=1) for rise in by_index]
        factor = 1e3 * math.pi * self.diameter_um * math.exp(log_diameter) / wavelength_nm
        slopes = np.stack([by_x - n_eff / wavelength_nm, n_eff + by_v, *by_w]) * factor
        return n_eff * factor, slopes

    def wavelengths(
        self, family: int, orders: Array, log_diameter: float, index_offset: Offsets
    ) -> Array:
        """Wavelengths in nm of given orders of one family, by Newton's method on `orders`."""
        family_indices = np.full(len(orders), family, dtype=np.intp)
        wavelength = np.full(len(orders), sum(self.wavelength_range_nm) / 2)
        for _ in range(8):
            found, slopes = self.order_and_slopes(
                family_indices, wavelength, log_diameter, index_offset
            )
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


def _products(count: int) -> list[tuple[int, ...]]:
    """Powers of the index offsets in each product: of one offset, or of two once each."""
    out = []
    for powers in itertools.product(*([range(_MEDIA_DEGREE + 1)] * count)):
        used = sum(power > 0 for power in powers)
        if (used <= 1 and powers[0] <= _DEGREES[2]) or (used == 2 and sum(powers) == 2):
            out.append(powers)
    return out


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
    by_medium = zip(*(sample.offsets for sample in samples), strict=True)
    reach_w = tuple(max(map(abs, offsets)) for offsets in by_medium)
    if not wavelengths or 0.0 in (reach_v, *reach_w):
        raise SolverError(
            "fit: no modes in the range of the spectrum; change the diameter, or ask for other "
            "modes"
        )
    span = (min(wavelengths), max(wavelengths))
    families, tables, errors = [], [], []
    for family in sorted(by_family):
        found = _family_table(diameter_um, by_family[family], span, (reach_v, *reach_w))
        if found is not None:
            families.append(family)
            tables.append(found[0])
            errors.append(found[1])
    if not families:
        raise SolverError("fit: too few modes to model a comb; widen the range of wavelengths")
    return CombModel(
        diameter_um, tuple(families), span, (reach_v, *reach_w), np.stack(tables), np.array(errors)
    )


def _family_table(
    diameter_um: float,
    samples: Sequence[CombSample],
    span: tuple[float, float],
    reach: tuple[float, ...],
) -> tuple[Array, float] | None:
    """Coefficients of one family and the r.m.s. deviation in nm; None if its samples cannot fix a
    trend.
    """
    wavelength = np.array([sample.wavelength_nm for sample in samples])
    log_diameters = np.array([sample.log_diameter for sample in samples])
    offsets = np.array([sample.offsets for sample in samples])
    n_eff = (
        np.array([sample.m for sample in samples])
        * wavelength
        / (1e3 * math.pi * diameter_um * np.exp(log_diameters))
    )
    greatest_powers = [len(np.unique(t)) - 1 for t in (log_diameters, *offsets.T)]
    products = _products(offsets.shape[1])
    allowed = [
        number
        for number, product in enumerate(products)
        if all(power <= most for power, most in zip(product, greatest_powers[1:], strict=True))
    ]
    x = (2 * wavelength - span[0] - span[1]) / (span[1] - span[0])
    powers = [
        (a, b, number)
        for a in range(_DEGREES[0] + 1)
        for b in range(min(_DEGREES[1], greatest_powers[0]) + 1)
        for number in allowed
        if a + b + sum(products[number]) <= _TOTAL_DEGREE
    ]
    if len(samples) < len(powers) + 3 or min(greatest_powers) < 1:
        return None
    basis = np.stack(
        [
            x**a
            * (log_diameters / reach[0]) ** b
            * np.prod((offsets / reach[1:]) ** np.array(products[c]), axis=1)
            for a, b, c in powers
        ],
        axis=1,
    )
    solution, _, _, _ = np.linalg.lstsq(basis, n_eff, rcond=_PRIVATE_SHARE)
    table = np.zeros([_DEGREES[0] + 1, _DEGREES[1] + 1, len(products)])
    table[tuple(np.array(powers).T)] = solution
    deviation = (basis @ solution - n_eff) / n_eff * wavelength
    freedom = max(len(samples) - len(powers), 1)
    return table, float(np.sqrt(np.sum(deviation**2) / freedom))
