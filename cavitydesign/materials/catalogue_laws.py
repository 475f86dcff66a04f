"""Dispersion laws that refractiveindex.info numbers 4, 7, 8 and 9; the others are in `dispersion`.

Wavelengths are in um. Index and slope of n^2 = s are n = sqrt(s), n' = s'/(2 n).
"""

from __future__ import annotations

import math
from abc import abstractmethod
from dataclasses import dataclass

from .dispersion import Dispersion

_HERZBERGER_UM2 = 0.028  # the pole that Herzberger gave all glasses


@dataclass(frozen=True)
class SquaredIndex(Dispersion):
    """A law of n^2, given with its slope."""

    @abstractmethod
    def square(self, wavelength_um: float) -> tuple[float, float]:
        """n^2 and its derivative in um^-1."""

    def value(self, wavelength_um: float) -> float:
        square = self.square(wavelength_um)[0]
        return math.sqrt(square) if square >= 0.0 else math.nan

    def slope(self, wavelength_um: float) -> float:
        square, slope = self.square(wavelength_um)
        return slope / (2.0 * math.sqrt(square)) if square > 0.0 else math.nan


@dataclass(frozen=True)
class GeneralPoles(SquaredIndex):
    """Formula 4: n^2 = C1 + sum of two C2 l^C3/(l^2 - C4^C5) + sum C10 l^C11.

    Parameters
    ----------
    constant : float
    poles : tuple of (float, float, float, float)
        Strength, power, pole and power of the pole of each fraction.
    series : tuple of (float, float)
        Coefficient and power of each further term.
    """

    constant: float
    poles: tuple[tuple[float, float, float, float], ...]
    series: tuple[tuple[float, float], ...]

    @property
    def poles_um(self) -> tuple[float, ...]:
        squares = (pole**power for _, _, pole, power in self.poles)
        return tuple(math.sqrt(one) for one in squares if one > 0)

    def square(self, wavelength_um: float) -> tuple[float, float]:
        value, slope = self.constant, 0.0
        for strength, power, pole, pole_power in self.poles:
            away = wavelength_um**2 - pole**pole_power
            term = strength * wavelength_um**power / away
            value += term
            slope += term * (power / wavelength_um - 2.0 * wavelength_um / away)
        for coefficient, power in self.series:
            value += coefficient * wavelength_um**power
            slope += coefficient * power * wavelength_um ** (power - 1.0)
        return value, slope


@dataclass(frozen=True)
class Herzberger(Dispersion):
    """Formula 7: n = C1 + C2 L + C3 L^2 + C4 l^2 + C5 l^4 + C6 l^6 with L = 1/(l^2 - 0.028).

    Parameters
    ----------
    coefficients : tuple of float
        C1 to C6; what is missing is 0.
    """

    coefficients: tuple[float, ...]

    @property
    def poles_um(self) -> tuple[float, ...]:
        return (math.sqrt(_HERZBERGER_UM2),) if any(self.coefficients[1:3]) else ()

    def value(self, wavelength_um: float) -> float:
        square = wavelength_um**2
        near = 1.0 / (square - _HERZBERGER_UM2)
        terms = (1.0, near, near**2, square, square**2, square**3)
        return sum(a * b for a, b in zip(self.coefficients, terms, strict=False))

    def slope(self, wavelength_um: float) -> float:
        square = wavelength_um**2
        near = 1.0 / (square - _HERZBERGER_UM2)
        # by the square of the wavelength, whose own slope is 2 l
        terms = (0.0, -(near**2), -2.0 * near**3, 1.0, 2.0 * square, 3.0 * square**2)
        by_square = sum(a * b for a, b in zip(self.coefficients, terms, strict=False))
        return 2.0 * wavelength_um * by_square


@dataclass(frozen=True)
class Retro(SquaredIndex):
    """Formula 8: (n^2 - 1)/(n^2 + 2) = C1 + C2 l^2/(l^2 - C3) + C4 l^2.

    Parameters
    ----------
    coefficients : tuple of float
        C1 to C4; what is missing is 0.
    """

    coefficients: tuple[float, ...]

    @property
    def poles_um(self) -> tuple[float, ...]:
        return _pole_of(self.coefficients)

    def square(self, wavelength_um: float) -> tuple[float, float]:
        c1, c2, c3, c4 = (*self.coefficients, 0.0, 0.0, 0.0, 0.0)[:4]
        square = wavelength_um**2
        share = c1 + c2 * square / (square - c3) + c4 * square
        by_square = -c2 * c3 / (square - c3) ** 2 + c4
        slope = 3.0 / (1.0 - share) ** 2 * by_square * 2.0 * wavelength_um
        return (1.0 + 2.0 * share) / (1.0 - share), slope


@dataclass(frozen=True)
class Exotic(SquaredIndex):
    """Formula 9: n^2 = C1 + C2/(l^2 - C3) + C4 (l - C5)/((l - C5)^2 + C6).

    Parameters
    ----------
    coefficients : tuple of float
        C1 to C6; what is missing is 0.
    """

    coefficients: tuple[float, ...]

    @property
    def poles_um(self) -> tuple[float, ...]:
        return _pole_of(self.coefficients)

    def square(self, wavelength_um: float) -> tuple[float, float]:
        c1, c2, c3, c4, c5, c6 = (*self.coefficients, *6 * (0.0,))[:6]
        near = wavelength_um**2 - c3
        away = wavelength_um - c5
        width = away**2 + c6
        value = c1 + (c2 / near if c2 else 0.0) + (c4 * away / width if c4 else 0.0)
        slope = -2.0 * wavelength_um * c2 / near**2 if c2 else 0.0
        slope += c4 * (c6 - away**2) / width**2 if c4 else 0.0
        return value, slope


@dataclass(frozen=True)
class AgainstAir(Dispersion):
    """The index of a source that measured against air, at wavelengths in air: n(l) of vacuum is
    a n(l/a), with the index a of air.

    Parameters
    ----------
    law : Dispersion
    air_index : float
    wavelength_in_air, index_in_air : bool
        Which of both the source measured so.
    """

    law: Dispersion
    air_index: float
    wavelength_in_air: bool
    index_in_air: bool

    @property
    def poles_um(self) -> tuple[float, ...]:
        return tuple(pole / self._factors[1] for pole in self.law.poles_um)

    @property
    def _factors(self) -> tuple[float, float]:
        index = self.air_index if self.index_in_air else 1.0
        return index, (1.0 / self.air_index if self.wavelength_in_air else 1.0)

    def value(self, wavelength_um: float) -> float:
        index, length = self._factors
        return index * self.law.value(length * wavelength_um)

    def slope(self, wavelength_um: float) -> float:
        index, length = self._factors
        return index * length * self.law.slope(length * wavelength_um)


def _pole_of(coefficients: tuple[float, ...]) -> tuple[float, ...]:
    """The pole of a fraction whose strength and pole are the second and third coefficient."""
    if len(coefficients) > 2 and coefficients[1] and coefficients[2] > 0:
        return (math.sqrt(coefficients[2]),)
    return ()
