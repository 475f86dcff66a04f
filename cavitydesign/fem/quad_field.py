"""Fields of eigenvectors on curved quadrilaterals: at tensor grids of every element, or at single
points.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .components import Covariant, cylindrical
from .element import columns_of
from .legendre import Array, legendre_values, nodal_slopes, nodal_values
from .section_space import SectionSpace
from .stretch import BoxStretch

Values = NDArray[Any]
IntArray = NDArray[np.int64]

_ON_AXIS = 1e-9


@dataclass(frozen=True, eq=False)
class PointField:
    """Fields of k modes at points; positions have shape P, fields (k, *P).

    Attributes
    ----------
    r, z : arrays
        Positions (complex in an absorbing layer).
    det : array
        dr dz / (ds dt).
    e_r, e_z, e_azimuthal : arrays
        E_r, E_z and E_phi / i.
    curl_r, curl_z, curl_azimuthal : arrays
        Components of curl E divided by i, i and 1.
    """

    r: Values
    z: Values
    det: Values
    e_r: Values
    e_z: Values
    e_azimuthal: Values
    curl_r: Values
    curl_z: Values
    curl_azimuthal: Values


def on_grid(
    space: SectionSpace,
    vectors: Values,
    m: float | Array,
    s: Array,
    t: Array,
    stretch: BoxStretch | None = None,
    elements: IntArray | None = None,
) -> PointField:
    """Fields on the same grid of reference points in every element, or in some; positions (n, s,
    t).

    Parameters
    ----------
    vectors : (unknowns, k) array
    m : float or (k,) array
        Azimuthal order of all or of each.
    """
    chosen = np.arange(space.mesh.elements) if elements is None else elements
    p = int(space.orders[chosen].max())
    first, second, third = (part.swapaxes(0, 1) for part in _local(space, vectors, chosen))
    edge_s, edge_t = legendre_values(p, s).T, legendre_values(p, t)
    nodal_s, nodal_t, slope_s, slope_t = (
        nodal_values(p, s).T,
        nodal_values(p, t),
        nodal_slopes(p, s).T,
        nodal_slopes(p, t),
    )
    e_s, e_t, psi = (
        first.reshape(*first.shape[:2], p, p + 1),
        second.reshape(*second.shape[:2], p + 1, p),
        third,
    )
    psi = psi.reshape(*psi.shape[:2], p + 1, p + 1)
    return _physical(
        stretched(space.mesh.positions(s, t, elements), stretch),
        Covariant(
            edge_s @ e_s @ nodal_t,
            nodal_s @ e_t @ edge_t,
            nodal_s @ psi @ nodal_t,
            slope_s @ psi @ nodal_t,
            nodal_s @ psi @ slope_t,
            slope_s @ e_t @ edge_t - edge_s @ e_s @ slope_t,
        ),
        np.asarray(m, dtype=float).reshape(-1, 1, 1, 1),
    )


def at_points(
    space: SectionSpace,
    vectors: Values,
    m: float | Array,
    element: IntArray,
    s: Array,
    t: Array,
    stretch: BoxStretch | None = None,
) -> PointField:
    """Fields at single points (element, s, t); positions (points,)."""
    p = int(space.orders[element].max(initial=1))
    e_s, e_t, psi = _local(space, vectors, element)
    edge_s, edge_t = legendre_values(p, s).T, legendre_values(p, t).T
    nodal_s, nodal_t = nodal_values(p, s).T, nodal_values(p, t).T
    slope_s, slope_t = nodal_slopes(p, s).T, nodal_slopes(p, t).T

    def summed(x: Array, y: Array, values: Values) -> Values:
        return np.asarray(
            np.einsum("pl,pkl->kp", (x[:, :, None] * y[:, None, :]).reshape(s.size, -1), values)
        )

    return _physical(
        stretched(space.mesh.positions_at(element, s, t), stretch),
        Covariant(
            summed(edge_s, nodal_t, e_s),
            summed(nodal_s, edge_t, e_t),
            summed(nodal_s, nodal_t, psi),
            summed(slope_s, nodal_t, psi),
            summed(nodal_s, slope_t, psi),
            summed(slope_s, edge_t, e_t) - summed(edge_s, slope_t, e_s),
        ),
        np.asarray(m, dtype=float).reshape(-1, 1),
    )


def stretched(
    position: tuple[Values, Values, Values, Values, Values, Values], stretch: BoxStretch | None
) -> tuple[Values, Values, Values, Values, Values, Values]:
    """Position and derivatives composed with a complex stretch."""
    if stretch is None:
        return position
    r, z, r_s, z_s, r_t, z_t = position
    (r, by_r), (z, by_z) = stretch.radial(r), stretch.axial(z)
    return r, z, by_r * r_s, by_z * z_s, by_r * r_t, by_z * z_t


def _local(
    space: SectionSpace, vectors: Values, element: IntArray
) -> tuple[Values, Values, Values]:
    """Coefficients of E_s, E_t and psi by element, each (elements, k, functions), of the highest
    order among these elements.
    """
    rows = vectors.T if vectors.ndim == 2 else vectors[None, :]
    padded = np.concatenate([rows, np.zeros((rows.shape[0], 1), rows.dtype)], axis=1)
    p = int(space.orders[element].max(initial=1))
    columns = columns_of(p, space.order)
    values = (
        padded[:, space.numbers[element][:, columns]].swapaxes(0, 1)
        * space.signs[element][:, None, columns]
    )
    cut = p * (p + 1)
    return values[..., :cut], values[..., cut : 2 * cut], values[..., 2 * cut :]


def _physical(
    position: tuple[Values, Values, Values, Values, Values, Values], parts: Covariant, m: Array
) -> PointField:
    """Fields at positions with the slopes of the map there."""
    r, z, r_s, z_s, r_t, z_t = position
    det = r_s * z_t - r_t * z_s
    # a mode of m > 0 vanishes on the axis, where nodes of a file stand at r of rounding
    inverse = np.divide(1.0, r, out=np.zeros_like(r), where=abs(r) > _ON_AXIS * abs(r).max())
    return PointField(r, z, det, *cylindrical(parts, (r_s, z_s, r_t, z_t), det, m * inverse))
