"""Dispersion of a comb: how the frequencies of one family depart from even spacing.

With mu = m - m0 counted from the pumped mode,

    w(mu) = w0 + D1 mu + D2 mu^2 / 2 + D3 mu^3 / 6 + ...,       D_int(mu) = w(mu) - w0 - D1 mu

(Brasch and others, Science 351, 357, 2016). D1 / 2 pi is the spacing at m0; D2 > 0 is anomalous
dispersion. The derivatives are those of a polynomial through the solved frequencies. With the media
held at their indices of the pumped mode the same gives the part of the geometry; the rest is the
media's.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from numpy.polynomial import chebyshev

from ...errors import InputError
from ...materials.held import HeldMedium
from ...units import SPEED_OF_LIGHT_UM_PER_PS, wavenumber_per_um
from ..change import with_media
from ..find import find_modes
from ..mode import Array, Mode
from ..mode_set import ModeRequest
from .comb_result import Coefficients, CombDispersion

_LEAST_MODES = 4
_HIGHEST_DEGREE = 7  # of the polynomial: more follows rounding (1e-13 of w is 60 Hz at 600 THz)
_ROOM = 1.3  # of the comb's width: without dispersion it is wider by n_g / n
# How fast the relative error of a mode changes along a comb: of the error itself per part of m.
# With 10, exact spheres of 10 um at asked accuracies of 1e-6 to 1e-8 were off by up to 1.2 bars.
_ERROR_SLOPE = 20.0


def comb_dispersion(
    modes: Sequence[Mode], near_nm: float | None = None, parts: bool = False
) -> CombDispersion:
    """Dispersion of one family; see `ModeSet.dispersion`."""
    family = _one_family(modes)
    pumped = (
        family[len(family) // 2]
        if near_nm is None
        else min(family, key=lambda mode: abs(mode.wavelength_nm - near_nm))
    )
    m = np.array([mode.m for mode in family])
    thz = _frequencies(family)
    total, of_fit = _coefficients(m - pumped.m, thz)
    error = _with_solver_errors(family, pumped, of_fit)
    geometry = material = None
    if parts:
        geometry = _of_held_media(family, pumped)
        material = total.minus(geometry)
    integrated = 1e3 * (thz - thz[m == pumped.m][0]) - total.d1_ghz * (m - pumped.m)
    return CombDispersion(pumped.label, m, thz, integrated, total, error, geometry, material)


def _one_family(modes: Sequence[Mode]) -> list[Mode]:
    """The modes of rising azimuthal order without a gap."""
    names = {(mode.polarisation, mode.p, mode.q) for mode in modes}
    if len(names) != 1:
        raise InputError(
            "dispersion: needs the modes of one family; take select(polarisation=..., p=..., "
            f"q=...), there are {len(names)} here"
        )
    family = sorted(modes, key=lambda mode: mode.m)
    orders = [mode.m for mode in family]
    if orders != list(range(orders[0], orders[0] + len(orders))):
        raise InputError("dispersion: azimuthal orders are missing between the modes")
    if len(family) < _LEAST_MODES:
        raise InputError(
            f"dispersion: needs at least {_LEAST_MODES} modes of the family, not {len(family)}; "
            "ask for a wider modes.span_nm"
        )
    return family


def _frequencies(modes: Sequence[Mode]) -> Array:
    """In THz; c is 299.79 um/ps, and a wavenumber 2 pi / um."""
    k = np.array([wavenumber_per_um(mode.wavelength_nm) for mode in modes])
    return np.asarray(SPEED_OF_LIGHT_UM_PER_PS * k / (2.0 * math.pi))


def _coefficients(mu: Array, thz: Array) -> tuple[Coefficients, Coefficients]:
    """Derivatives at mu = 0 of a polynomial, and how far one of two degrees less is from them."""
    degree = min(len(mu) - 1, _HIGHEST_DEGREE)
    best = _derivatives(mu, thz, degree)
    if degree - 2 < 3:
        return best, Coefficients(math.nan, math.nan, math.nan)
    less = best.minus(_derivatives(mu, thz, degree - 2))
    return best, Coefficients(*(abs(value) for value in vars(less).values()))


def _derivatives(mu: Array, thz: Array, degree: int) -> Coefficients:
    middle, half = 0.5 * (mu[0] + mu[-1]), 0.5 * (mu[-1] - mu[0])
    # w0 of the family is taken off first, so that no digit is lost
    series = chebyshev.chebfit((mu - middle) / half, thz - thz.mean(), degree)
    at = -middle / half
    first, second, third = (
        float(chebyshev.chebval(at, chebyshev.chebder(series, order))) / half**order
        for order in (1, 2, 3)
    )
    return Coefficients(1e3 * first, 1e6 * second, 1e6 * third)


def _with_solver_errors(family: Sequence[Mode], pumped: Mode, fit: Coefficients) -> Coefficients:
    """Errors of the coefficients by a relative error of the frequencies that follows a power of m.

    A part that all modes share moves no coefficient but by itself; what counts is how it varies.
    """
    relative = max(mode.wavelength_error_nm / mode.wavelength_nm for mode in family)
    rate = _ERROR_SLOPE / pumped.m
    thz = _frequencies([pumped])[0]
    steps = [thz * relative * rate**order for order in (1, 2, 3)]
    return Coefficients(
        _either(fit.d1_ghz, 1e3 * steps[0]),
        _either(fit.d2_mhz, 1e6 * steps[1]),
        _either(fit.d3_mhz, 1e6 * steps[2]),
    )


def _either(fit: float, solver: float) -> float:
    """Both together; too few modes for a second polynomial leave the coefficient unbounded."""
    return math.inf if math.isnan(fit) else math.hypot(fit, solver)


def _of_held_media(family: Sequence[Mode], pumped: Mode) -> Coefficients:
    """The coefficients with every medium at its index of the pumped mode."""
    cavity = pumped.solved().problem.cavity
    held = with_media(
        cavity,
        {name: HeldMedium.of(medium, pumped.wavelength_nm) for name, medium in cavity.regions},
    )
    waves = [mode.wavelength_nm for mode in family]
    wide = _ROOM * (max(waves) - min(waves))
    request = ModeRequest(
        pumped.polarisation,
        0.5 * (max(waves) + min(waves)),
        wide,
        radial_orders=pumped.p,
        axial_orders=pumped.q + 1,
        relative_accuracy=max(
            min(1e-6, *(mode.wavelength_error_nm / mode.wavelength_nm for mode in family)), 1e-9
        ),
    )
    found = find_modes(held, request).select(pumped.polarisation, None, pumped.p, pumped.q)
    orders = {mode.m for mode in family}
    same = [mode for mode in found if mode.m in orders]
    geometry = comb_dispersion(same, next(m.wavelength_nm for m in same if m.m == pumped.m))
    return geometry.total
