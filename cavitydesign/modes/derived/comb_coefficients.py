"""Derivatives of a family's frequencies with respect to the azimuthal order, with their errors."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from numpy.polynomial import chebyshev

from ...arrays import Array
from ...units import SPEED_OF_LIGHT_UM_PER_PS, wavenumber_per_um
from ..mode import Mode
from .comb_result import LEAST_WITH_ERROR, Coefficients

_HIGHEST_DEGREE = 7  # of the polynomial: more follows rounding (1e-13 of w is 60 Hz at 600 THz)
# How fast the relative error of a mode changes along a comb: of the error itself per part of m.
# With 10, exact spheres of 10 um at asked accuracies of 1e-6 to 1e-8 were off by up to 1.2 bars.
_ERROR_SLOPE = 20.0
# The same over half the width of the comb, along which the reduced basis is better and worse: D3 of
# eight modes of an exact sphere of 40 um was off by 6.2 bars without (0.4 with it), D2 by 0.45.
_SLOPE_ALONG_COMB = 0.8


def with_dispersion(modes: Sequence[Mode]) -> list[Mode]:
    """The modes with D1, D2 and D3 about each, where its family has enough neighbours in a row for
    an error: `d1_ghz`, `d2_mhz`, `d3_mhz` and the errors are then among `extra`.
    """
    found: dict[str, dict[str, float]] = {}
    families: dict[tuple[str, int, int], list[Mode]] = {}
    for mode in modes:
        families.setdefault((mode.polarisation, mode.p, mode.q), []).append(mode)
    for family in families.values():
        if len(family) < LEAST_WITH_ERROR:
            continue
        family.sort(key=lambda mode: mode.m)
        orders = np.array([mode.m for mode in family])
        if orders[-1] - orders[0] != len(orders) - 1:
            continue
        thz = frequencies_thz(family)
        everywhere = coefficients_of_all(orders, thz)
        for mode, (total, of_fit) in zip(family, everywhere, strict=True):
            error = with_solver_errors(family, mode, of_fit)
            found[mode.label] = {
                "d1_ghz": total.d1_ghz,
                "d1_error_ghz": error.d1_ghz,
                "d2_mhz": total.d2_mhz,
                "d2_error_mhz": error.d2_mhz,
                "d3_mhz": total.d3_mhz,
                "d3_error_mhz": error.d3_mhz,
            }
    return [mode.with_extra(found[mode.label]) if mode.label in found else mode for mode in modes]


def frequencies_thz(modes: Sequence[Mode]) -> Array:
    """In THz; c is 299.79 um/ps, and a wavenumber 2 pi / um."""
    k = np.array([wavenumber_per_um(mode.wavelength_nm) for mode in modes])
    return np.asarray(SPEED_OF_LIGHT_UM_PER_PS * k / (2.0 * math.pi))


def coefficients_at(mu: Array, thz: Array) -> tuple[Coefficients, Coefficients]:
    """Derivatives at mu = 0 of a polynomial, and how far one of two degrees less is from them."""
    return _coefficients(mu, thz, np.zeros(1))[0]


def coefficients_of_all(orders: Array, thz: Array) -> list[tuple[Coefficients, Coefficients]]:
    """Dispersion coefficients and their errors at each azimuthal order, by one polynomial."""
    return _coefficients(orders, thz, orders)


def _coefficients(mu: Array, thz: Array, at: Array) -> list[tuple[Coefficients, Coefficients]]:
    degree = min(len(mu) - 1, _HIGHEST_DEGREE)
    best = _derivatives(mu, thz, degree, at)
    if degree - 2 < 3:
        off = np.full_like(best, math.nan)
    else:
        off = abs(best - _derivatives(mu, thz, degree - 2, at))
    return [
        (Coefficients(*map(float, one)), Coefficients(*map(float, other)))
        for one, other in zip(best.T, off.T, strict=True)
    ]


def _derivatives(mu: Array, thz: Array, degree: int, at: Array) -> Array:
    """Rows of D1 in GHz, D2 and D3 in MHz at some points."""
    middle, half = 0.5 * (mu[0] + mu[-1]), 0.5 * (mu[-1] - mu[0])
    # w0 of the family is taken off first, so that no digit is lost
    series = chebyshev.chebfit((mu - middle) / half, thz - thz.mean(), degree)
    return np.stack(
        [
            unit
            * chebyshev.chebval((at - middle) / half, chebyshev.chebder(series, order))
            / half**order
            for order, unit in ((1, 1e3), (2, 1e6), (3, 1e6))
        ]
    )


def with_solver_errors(family: Sequence[Mode], pumped: Mode, fit: Coefficients) -> Coefficients:
    """Errors of the coefficients by a relative error of the frequencies that follows a power of m,
    or varies once along the comb.

    A part that all modes share moves no coefficient but by itself; what counts is how it varies.
    """
    relative = max(mode.wavelength_error_nm / mode.wavelength_nm for mode in family)
    half = 0.5 * (len(family) - 1)
    rate = max(_ERROR_SLOPE / pumped.m, _SLOPE_ALONG_COMB / half)
    thz = frequencies_thz([pumped])[0]
    steps = [thz * relative * rate**order for order in (1, 2, 3)]
    return Coefficients(
        _either(fit.d1_ghz, 1e3 * steps[0]),
        _either(fit.d2_mhz, 1e6 * steps[1]),
        _either(fit.d3_mhz, 1e6 * steps[2]),
    )


def _either(fit: float, solver: float) -> float:
    """Both together; too few modes for a second polynomial leave the coefficient unbounded."""
    return math.inf if math.isnan(fit) else math.hypot(fit, solver)
