"""Where a whispering-gallery ray turns: the caustics that are drawn over a field, from the mode's
numbers alone.

The radial turning points of exp(i m phi) lie where the local azimuthal wavenumber m/r equals k n:
inside at r = m/(k n_body), outside, where the tail starts to radiate, at r = m/(k n_surround).
Along the axis the adiabatic equation psi'' + n^2 (k^2 - kc^2(z)) psi = 0 with kc proportional to
1/R(z), R(z) = R0 - z^2/(2 Rz), is a harmonic oscillator; its turning point is z_t = sqrt((2 q + 1)
sqrt(R0 Rz) / (n k)).
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from ...geometry.cavity import Cavity
from ...modes.mode import Mode
from ...units import wavenumber_per_um


@dataclass(frozen=True)
class Caustics:
    """Turning points of a mode in um; the axial one is infinite for a straight outline."""

    inner_radius_um: float
    outer_radius_um: float
    axial_um: float


def caustics(mode: Mode, cavity: Cavity) -> Caustics:
    """Turning points of a mode of a cavity.

    Parameters
    ----------
    mode : Mode
    cavity : Cavity

    Returns
    -------
    Caustics
        The axial one is the adiabatic estimate (asymptotic in 1/m), meant for the eye.
    """
    wavenumber = wavenumber_per_um(mode.wavelength_nm)
    n_body, n_surround = (
        cavity.body.index(mode.wavelength_nm),
        cavity.surround.index(mode.wavelength_nm),
    )
    curvature = cavity.outline.equator_radius_um * cavity.outline.axial_radius_um
    axial = (
        math.inf
        if cavity.sliced
        else math.sqrt((2 * mode.q + 1) * math.sqrt(curvature) / (n_body * wavenumber))
    )
    return Caustics(mode.m / (wavenumber * n_body), mode.m / (wavenumber * n_surround), axial)
