"""Whispering-gallery modes of layered cylinders at kz = 0: TM (E along the axis) and TE (H along
the axis).
"""

from __future__ import annotations

from collections.abc import Sequence

from .leak import homogeneous_log10_q
from .resonance import Index, Resonator


def layered_cylinder(
    radii_um: Sequence[float],
    indices: Sequence[Index],
    indices_extraordinary: Sequence[Index] | None = None,
) -> Resonator:
    """A cylinder of any number of layers, solved by `find_resonance`.

    Parameters
    ----------
    radii_um : sequence of float
        Interfaces from the inside out.
    indices : sequence
        From the core outwards, one more than radii: numbers (n + i kappa absorbs) or functions of
        the wavelength in nm.
    indices_extraordinary : sequence or None
        Indices for E along the axis where a layer is uniaxial: at kz = 0 TM sees these alone, and
        TE the ordinary ones.
    """
    extraordinary = None if indices_extraordinary is None else tuple(indices_extraordinary)
    return Resonator(tuple(radii_um), tuple(indices), False, extraordinary)


def cylinder_log10_q(order: int, size: float, contrast: float, polarisation: str) -> float:
    """log10 of the radiative Q of a full cylinder of real index at its resonance, to first order in
    1/Q.

    Parameters
    ----------
    order : int
        m.
    size : float
        x = k n_surround R at the resonance.
    contrast : float
        Index over that of the surround.
    polarisation : {"TM", "TE"}
        TM: Q = (pi/4) x^2 (n^2 - 1) (J_m^2 + Y_m^2)(x).
        TE: Q = (pi/4) (n^2 - 1) (m^2/n^2 + L^2) (J_m^2 + Y_m^2)(x), with L = x Y_m'(x)/Y_m(x).
    """
    return homogeneous_log10_q(float(order), 0.0, float(order**2), size, contrast, polarisation)
