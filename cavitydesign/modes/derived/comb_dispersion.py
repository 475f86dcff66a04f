"""Dispersion of a comb: how the frequencies of one family depart from even spacing.

With mu = m - m0 counted from the pumped mode,

    w(mu) = w0 + D1 mu + D2 mu^2 / 2 + D3 mu^3 / 6 + ...,       D_int(mu) = w(mu) - w0 - D1 mu

(Brasch and others, Science 351, 357, 2016). D1 / 2 pi is the spacing at m0; D2 > 0 is anomalous
dispersion. The derivatives are those of a polynomial through the solved frequencies. With the media
held at their indices of the pumped mode the same gives the part of the geometry; the rest is the
media's.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from ...errors import InputError
from ...materials.held import HeldMedium
from ..changes.change import with_media
from ..find import find_modes
from ..mode import Mode
from ..mode_set import ModeRequest
from .comb_coefficients import coefficients_at, frequencies_thz, with_solver_errors
from .comb_result import Coefficients, CombDispersion

_LEAST_MODES = 4  # A cubic takes four frequencies; with fewer, D3 is nothing that was solved.
_ROOM = 1.3  # of the comb's width: without dispersion it is wider by n_g / n


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
    thz = frequencies_thz(family)
    total, of_fit = coefficients_at(m - pumped.m, thz)
    error = with_solver_errors(family, pumped, of_fit)
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
