"""Scattering by a rough rim: independent dipoles on patches of one correlation length, driven by
the solved surface field.

A bump of height h on the interface between eps_1 (inside) and eps_2 radiates like the dipole p = h
dS [ (eps_1 - eps_2) E_par + (eps_1 - eps_2)/eps_1 D_perp ] (first order at a step of eps:
tangential E and normal D continue; Johnson et al., Appl. Phys. B 81, 283, 2005). Patches of area
Lc^2 add in power (Gorodetsky, Savchenkov, Ilchenko, Opt. Lett. 21, 453, 1996): P = n_s k0^4 / (12
pi) sigma^2 Lc^2 oint |p/(h dS)|^2 dA, Q = k0 U / P, U = 1/2 int eps |E|^2 dV. For a TM mode of an
infinite cylinder this is 3 lambda^3 R / (8 pi^2 (n^2 - 1) sigma^2 Lc^2).
"""

from __future__ import annotations

import math

from ...arrays import Array
from ...units import NM_PER_UM


def log10_scattering_q(
    tangential_square: Array,
    displacement_square: Array,
    area: Array,
    energy: float,
    k0_per_um: float,
    eps_inside: float,
    eps_outside: float,
    roughness_nm: float,
    correlation_nm: float,
) -> float | None:
    """log10 of the scattering Q of one mode; None for a smooth rim.

    Parameters
    ----------
    tangential_square, displacement_square : (T,) arrays
        |E_par|^2 and |D_perp|^2 (eps_0 = 1) along the rim.
    area : (T,) array
        Quadrature weights of r dl (without 2 pi).
    energy : float
        int eps |E|^2 r dr dz, over the same part of the mode.
    """
    if roughness_nm <= 0.0:
        return None
    patch = (roughness_nm / NM_PER_UM) ** 2 * (correlation_nm / NM_PER_UM) ** 2
    step = eps_inside - eps_outside
    driven = float(
        area @ (step**2 * tangential_square + (step / eps_inside) ** 2 * displacement_square)
    )
    # The dipoles radiate into the surround, whose index scales their power.
    power = math.sqrt(eps_outside) * k0_per_um**4 / (12 * math.pi) * patch * driven
    return math.log10(k0_per_um * 0.5 * energy / power)
