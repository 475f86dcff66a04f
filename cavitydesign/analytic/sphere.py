"""Whispering-gallery modes of coated spheres: TM (E along the axis; Mie calls it TE) and TE (H
along the axis).
"""

from __future__ import annotations

from collections.abc import Sequence

from .leak import homogeneous_log10_q
from .resonance import Index, Resonator


def coated_sphere(radii_um: Sequence[float], indices: Sequence[Index]) -> Resonator:
    """A sphere of any number of shells, solved by `find_resonance` with l in place of m.

    The modes of azimuthal order m and axial order q have l = m + q, whatever m.

    Parameters
    ----------
    radii_um : sequence of float
        Interfaces from the inside out.
    indices : sequence
        From the core outwards, one more than radii: numbers (n + i kappa absorbs) or functions of
        the wavelength in nm.
    """
    return Resonator(tuple(radii_um), tuple(indices), True)


def sphere_log10_q(order: int, size: float, contrast: float, polarisation: str) -> float:
    """log10 of the radiative Q of a full sphere of real index at its resonance, to first order in
    1/Q.

    Parameters
    ----------
    order : int
        l.
    size : float
        x = k n_surround R at the resonance.
    contrast : float
        Index over that of the surround.
    polarisation : {"TM", "TE"}
        TM: Q = (pi/4) x^2 (n^2 - 1) (J_nu^2 + Y_nu^2)(x), nu = l + 1/2. TE: Q = (pi/4) (n^2 - 1) (l
        (l + 1)/n^2 + L^2) (J_nu^2 + Y_nu^2)(x), with L = x Y_nu'(x)/Y_nu(x) + 1/2.
    """
    return homogeneous_log10_q(
        order + 0.5, 0.5, float(order * (order + 1)), size, contrast, polarisation
    )
