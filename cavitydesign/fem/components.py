"""From covariant components on the reference element to the cylindrical ones of E and curl E, for
windows and sections alike.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from numpy.typing import NDArray

Values = NDArray[Any]


@dataclass(frozen=True, eq=False)
class Covariant:
    """What the basis functions give at points of shape P, each (k, *P).

    Attributes
    ----------
    e_s, e_t : arrays
        Covariant components of E in the meridian plane.
    psi, psi_s, psi_t : arrays
        E_phi = i m psi / r, and the slopes of psi.
    rotation : array
        d e_t / ds - d e_s / dt.
    """

    e_s: Values
    e_t: Values
    psi: Values
    psi_s: Values
    psi_t: Values
    rotation: Values


def cylindrical(
    parts: Covariant, slopes: tuple[Values, Values, Values, Values], det: Values, m_over_r: Values
) -> tuple[Values, Values, Values, Values, Values, Values]:
    """E_r, E_z, E_phi / i, and curl E divided by i, i and 1.

    Parameters
    ----------
    slopes : four arrays of shape P
        dr/ds, dz/ds, dr/dt, dz/dt.
    det : array of shape P
        Their determinant.
    m_over_r : array
        Azimuthal order over the radius, of shape (k, *P) or what broadcasts to it.
    """
    r_s, z_s, r_t, z_t = slopes
    grad_s, grad_t = parts.psi_s - parts.e_s, parts.psi_t - parts.e_t
    e_r, e_z = (z_t * parts.e_s - z_s * parts.e_t) / det, (r_s * parts.e_t - r_t * parts.e_s) / det
    w_r, w_z = (z_t * grad_s - z_s * grad_t) / det, (r_s * grad_t - r_t * grad_s) / det
    # curl E: r: (im/r) E_z - d_z E_phi, phi: d_z E_r - d_r E_z, z: (1/r) d_r (r E_phi) - (im/r)
    # E_r, with r E_phi = im psi
    return e_r, e_z, m_over_r * parts.psi, -m_over_r * w_z, m_over_r * w_r, -parts.rotation / det
