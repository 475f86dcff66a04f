"""Dispersion laws: index (or extinction) against vacuum wavelength, each with its analytic slope.

Wavelengths are in um here, as the literature writes its coefficients.
"""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from scipy.interpolate import PPoly


@dataclass(frozen=True)
class Dispersion(ABC):
    """A law n(wavelength) with its exact derivative."""

    @abstractmethod
    def value(self, wavelength_um: float) -> float:
        """The quantity at a vacuum wavelength in um; nan where the law has no real value."""

    @abstractmethod
    def slope(self, wavelength_um: float) -> float:
        """Derivative with respect to the wavelength, in um^-1."""

    @property
    def poles_um(self) -> tuple[float, ...]:
        """Wavelengths at which the law has no value."""
        return ()


@dataclass(frozen=True)
class Sellmeier(Dispersion):
    """n^2 = 1 + offset + sum B lambda^2 / (lambda^2 - C).

    Parameters
    ----------
    strengths : tuple of float
        B of each pole, dimensionless.
    poles_um2 : tuple of float
        C of each pole: the resonance wavelength squared, in um^2.
    offset : float
        Constant added to 1, from resonances far in the ultraviolet.
    """

    strengths: tuple[float, ...]
    poles_um2: tuple[float, ...]
    offset: float = 0.0

    def value(self, wavelength_um: float) -> float:
        square = wavelength_um**2
        terms = (
            b * square / (square - c) for b, c in zip(self.strengths, self.poles_um2, strict=True)
        )
        return _root(1.0 + self.offset + sum(terms))

    def slope(self, wavelength_um: float) -> float:
        square = wavelength_um**2
        terms = (
            b * c / (square - c) ** 2 for b, c in zip(self.strengths, self.poles_um2, strict=True)
        )
        return -wavelength_um * sum(terms) / self.value(wavelength_um)

    @property
    def poles_um(self) -> tuple[float, ...]:
        pairs = zip(self.poles_um2, self.strengths, strict=True)
        return tuple(math.sqrt(pole) for pole, strength in pairs if strength and pole > 0)


@dataclass(frozen=True)
class PowerSeries(Dispersion):
    """n^2 = sum a lambda^p (the Schott form).

    Parameters
    ----------
    coefficients, powers : tuple of float
        a and p of each term, lambda in um.
    """

    coefficients: tuple[float, ...]
    powers: tuple[float, ...]

    def value(self, wavelength_um: float) -> float:
        return _root(_power_sum(self.coefficients, self.powers, wavelength_um))

    def slope(self, wavelength_um: float) -> float:
        return _power_slope(self.coefficients, self.powers, wavelength_um) / (
            2.0 * self.value(wavelength_um)
        )


@dataclass(frozen=True)
class Cauchy(Dispersion):
    """n = sum a lambda^p.

    Parameters
    ----------
    coefficients, powers : tuple of float
        a and p of each term, lambda in um; a constant index is one term with p = 0.
    """

    coefficients: tuple[float, ...]
    powers: tuple[float, ...]

    def value(self, wavelength_um: float) -> float:
        return _power_sum(self.coefficients, self.powers, wavelength_um)

    def slope(self, wavelength_um: float) -> float:
        return _power_slope(self.coefficients, self.powers, wavelength_um)


@dataclass(frozen=True)
class Gas(Dispersion):
    """n - 1 = offset + sum B / (C - lambda^-2).

    Parameters
    ----------
    strengths, poles_per_um2 : tuple of float
        B and C of each term, both in um^-2.
    offset : float
    """

    strengths: tuple[float, ...]
    poles_per_um2: tuple[float, ...]
    offset: float = 0.0

    def value(self, wavelength_um: float) -> float:
        return (1.0 + self.offset) + sum(
            b / (c - wavelength_um**-2)
            for b, c in zip(self.strengths, self.poles_per_um2, strict=True)
        )

    def slope(self, wavelength_um: float) -> float:
        terms = (
            b / (c - wavelength_um**-2) ** 2
            for b, c in zip(self.strengths, self.poles_per_um2, strict=True)
        )
        return -2.0 * wavelength_um**-3 * sum(terms)

    @property
    def poles_um(self) -> tuple[float, ...]:
        return tuple(1.0 / math.sqrt(pole) for pole in self.poles_per_um2 if pole > 0)


@dataclass(frozen=True)
class Table(Dispersion):
    """Tabulated values, joined by a curve through every point.

    Parameters
    ----------
    wavelengths_um : tuple of float
        Increasing, at least four.
    values : tuple of float
        Index or extinction at each.
    monotone : bool
        False: cubic spline, twice differentiable, for an index. True: monotone cubic (no overshoot
        below zero), for an extinction.
    """

    wavelengths_um: tuple[float, ...]
    values: tuple[float, ...]
    monotone: bool = False

    @cached_property
    def _curve(self) -> PPoly:
        from scipy.interpolate import CubicSpline, PchipInterpolator

        shape = PchipInterpolator if self.monotone else CubicSpline
        return shape(self.wavelengths_um, self.values)

    @cached_property
    def _curve_slope(self) -> PPoly:
        return self._curve.derivative()

    def value(self, wavelength_um: float) -> float:
        return float(self._curve(wavelength_um))

    def slope(self, wavelength_um: float) -> float:
        return float(self._curve_slope(wavelength_um))


def _power_sum(coefficients: tuple[float, ...], powers: tuple[float, ...], x: float) -> float:
    return math.fsum(a * x**p for a, p in zip(coefficients, powers, strict=True))


def _power_slope(coefficients: tuple[float, ...], powers: tuple[float, ...], x: float) -> float:
    return math.fsum(a * p * x ** (p - 1.0) for a, p in zip(coefficients, powers, strict=True))


def _root(square: float) -> float:
    return math.sqrt(square) if square >= 0.0 else math.nan
