"""What the field of a mode carries, as numbers, and the formulas that windows and sections share.

The shift by a closed wall follows from Hadamard's formula d(k^2)/dh = -oint (|curl E|^2 - k^2 eps
|E|^2) dA / int eps |E|^2 dV, integrated outwards over the decay exp(-2 kappa h).
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from ...arrays import Array, Values
from ...fem.field import squared
from ...geometry.cavity import Cavity
from ..permittivities import Permittivities
from .scattering import log10_scattering_q

# Of what stands at a wall, beside the difference of its two parts: decay rates are local ones, and
# the two parts of a curved wall differ in theirs.
_OF_BOTH = 0.03


class Fields(Protocol):
    """Fields of k modes at points of shape P, each (k, *P): E_r, E_z, E_phi/i, and curl E divided
    by i, i, 1.
    """

    @property
    def e_r(self) -> Values: ...
    @property
    def e_z(self) -> Values: ...
    @property
    def e_azimuthal(self) -> Values: ...
    @property
    def curl_r(self) -> Values: ...
    @property
    def curl_z(self) -> Values: ...
    @property
    def curl_azimuthal(self) -> Values: ...


@dataclass(frozen=True)
class Measures:
    """Numbers read from one mode's field.

    Attributes
    ----------
    component_share : (3,) array
        Of E_z, E_r and E_phi in int eps |E|^2.
    region_share : (regions,) array
    volume_um3 : float
        int eps |E|^2 dV / max(eps |E|^2); per um of length for a slice.
    log10_q_far : float
        Infinite if nothing radiates; no number where it is not known what the mode radiates into.
    log10_q_scattering : float or None
    wall_shift : float
        Estimate of the relative change of k that the closed walls cause.
    far_error : float
        Of log10_q_far, by what is polarised where a section is cut, or by what the reduced basis of
        a window lacks.
    wall_in_shares : float
        Estimate of the change of the shares by a closed wall beyond the rim, where it is known.
    wall_bound : float
        The same by all that stands at the walls, which bounds what they do to the shares.
    log10_q_uncancelled : float
        Between plates, what log10_q_far would be if no part of the mode took back what another one
        sends; not a number elsewhere.
    wall_in_far : float
        Change of log10_q_far by a closed wall beyond the rim, where it is known.
    """

    component_share: Array
    region_share: Array
    volume_um3: float
    log10_q_far: float
    log10_q_scattering: float | None
    wall_shift: float
    far_error: float = 0.0
    wall_in_shares: float = 0.0
    wall_bound: float = 0.0
    log10_q_uncancelled: float = math.nan
    wall_in_far: float = 0.0


def wall_terms(field: Fields, wave: Values, kappa: Values) -> Values:
    """(|curl E|^2 + k^2 eps |E|^2) / (2 kappa) of each mode at points of closed walls, which tells
    the energy that they move; and how much of k^2 they move, which is the difference of the two.

    A wall that moves changes k^2 by |curl E|^2 - k^2 eps |E|^2 an area (Slater). Before a wall at
    the distance d both fall as exp(-2 kappa d). Of TM modes the first is there alone; of TE modes
    of weakly guiding bodies both are nearly as large, and their sum is up to a hundred times the
    difference.

    Parameters
    ----------
    wave, kappa : arrays
        k^2 eps, and the local decay rate, there.

    Returns
    -------
    (2, ...) array
    """
    curl = sum(squared(part) for part in (field.curl_r, field.curl_z, field.curl_azimuthal))
    square = wave * sum(squared(part) for part in (field.e_r, field.e_z, field.e_azimuthal))
    both = curl + square
    return np.asarray(np.stack((both, abs(curl - square) + _OF_BOTH * both)) / (2 * kappa))


def at_rim(
    e_r: Values, e_z: Values, tangent: tuple[Array, Array], eps: Permittivities
) -> tuple[Values, Values]:
    """E along the outline in the meridian plane, and D across it (eps_0 = 1), just inside; both
    continue through the rim.
    """
    t_r, t_z = tangent
    length = np.hypot(t_r, t_z)
    along = (t_r * e_r + t_z * e_z) / length
    # Normal D and tangential E continue through the rim, which makes both safe to read on it.
    out = (t_z * eps.ordinary[-2] * e_r - t_r * eps.axial[-2] * e_z) / length
    return along, out


def rim_scattering(
    cavity: Cavity,
    eps: Permittivities,
    k_per_um: float,
    e: tuple[Values, Values, Values],
    tangent: tuple[Array, Array],
    area: Array,
    energy: float,
) -> float | None:
    """log10 of the scattering Q from the field just inside the outline.

    Parameters
    ----------
    e : three (T,) arrays
        E_r, E_z, E_phi along the rim.
    tangent : two (T,) arrays
        A vector along the rim, its parts along r and z, of any length.
    area : (T,) array
        Quadrature weights of r dl (without 2 pi).
    energy : float
        int eps |E|^2 r dr dz, over the same part of the mode.
    """
    along, out = at_rim(e[0], e[1], tangent, eps)
    e_azimuthal = e[2]
    return log10_scattering_q(
        np.asarray(abs(along) ** 2 + abs(e_azimuthal) ** 2),
        np.asarray(abs(out) ** 2),
        area,
        energy,
        k_per_um,
        float(eps.ordinary[-2]),
        float(eps.ordinary[-1]),
        cavity.roughness_nm,
        cavity.correlation_nm,
    )
