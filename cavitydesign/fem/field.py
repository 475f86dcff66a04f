"""Fields of eigenvectors at chosen points: E, and curl E, in cylindrical components.

For windows on grids of any lines in s and t, which may run through several strips, or at single
points; for sections on one grid in every element, or at single points.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from ..arrays import Array, IntArray, Values
from ..mesh.rim_map import Window
from .basis import MeridianBasis, components, tensor_rule
from .element import ElementMeridian, Polynomials
from .legendre import LineTables, line_tables
from .local_functions import E_S, E_T, PSI, lower_columns
from .mapping import WindowMapping, determinant
from .section_space import SectionSpace
from .window_space import WindowSpace

# Of the largest radius: nodes of a file on the axis stand at r of rounding.
ON_AXIS = 1e-9


def cylindrical(
    parts: dict[str, Values], slopes: Values, m_over_r: Values
) -> tuple[Values, Values, Values, Values, Values, Values]:
    """E_r, E_z, E_phi / i, and curl E divided by i, i and 1.

    Parameters
    ----------
    parts : dict of (k, *P) arrays
        Components on the reference square, as `fem.basis.components` gives them.
    slopes : (2, 2, *P) array
        Of the map, d x_i / d X_j.
    m_over_r : array
        Azimuthal order over the radius, of shape (k, *P) or what broadcasts to it.
    """
    det = determinant(slopes)
    over_det = slopes / det
    e_s, e_t = parts["e_s"], parts["e_t"]
    e_r, e_z = _from_reference(e_s, e_t, over_det)
    # grad psi - E, from which the r and z components of curl E follow.
    w_r, w_z = _from_reference(parts["psi_s"] - e_s, parts["psi_t"] - e_t, over_det)
    # curl E: r: (im/r) E_z - d_z E_phi, phi: d_z E_r - d_r E_z, z: (1/r) d_r (r E_phi) - (im/r)
    # E_r, with r E_phi = im psi
    return (
        e_r,
        e_z,
        m_over_r * parts["psi"],
        -m_over_r * w_z,
        m_over_r * w_r,
        -parts["curl"] / det,
    )


def squared(values: Values) -> Array:
    """|values|^2, without the root that an absolute value takes."""
    if np.iscomplexobj(values):
        return np.asarray(values.real**2 + values.imag**2)
    return np.asarray(values * values)


@dataclass(frozen=True)
class ElectricField:
    """Electric fields of one or several modes at points of shape P.

    Attributes
    ----------
    e_r, e_z, e_azimuthal : (k, *P) arrays
        E_r, E_z and E_phi / i (real for real modes).
    """

    e_r: Values
    e_z: Values
    e_azimuthal: Values


@dataclass(frozen=True)
class GridField(ElectricField):
    """Electric fields of one or several modes at points of shape P, with their curls.

    Attributes
    ----------
    curl_r, curl_z, curl_azimuthal : (k, *P) arrays
        Components of curl E divided by i, i and 1.
    """

    curl_r: Values
    curl_z: Values
    curl_azimuthal: Values


@dataclass(frozen=True, eq=False)
class PointField(GridField):
    """Fields of one or several modes, with the positions of their points.

    Attributes
    ----------
    r, z : arrays
        Positions (complex in an absorbing layer).
    det : array
        dr dz / (ds dt) for s and t from -1 to 1.
    """

    r: Values
    z: Values
    det: Values


@dataclass(frozen=True)
class FieldGrid:
    """Everything about a grid of points that does not depend on the mode: tables of the basis, and
    the map.

    Attributes
    ----------
    s_um, t_um : (S,), (T,) arrays
        Grid lines: increasing s, any t.
    r, z : (S, T) arrays
        Positions (complex in an absorbing layer).
    slopes : (2, 2, S, T) array
        d(r, z) over those of the elements from -1 to 1.
    region : (S,) int array
    """

    space: WindowSpace
    s_um: Array
    t_um: Array
    along_s: LineTables
    along_t: LineTables
    r: Values
    z: Values
    slopes: Values
    region: NDArray[np.int64]

    @classmethod
    def build(cls, window: Window, space: WindowSpace, s_um: Array, t_um: Array) -> FieldGrid:
        """Tabulate a grid of a window."""
        along_s, along_t = line_tables(space.s, s_um), space.t.tables(t_um)
        r, z, r_s, z_s, r_t, z_t = window.map(s_um, t_um)
        # The tables are those of an element from -1 to 1; the map is in um.
        slopes = np.array([[r_s, r_t], [z_s, z_t]])
        slopes[:, 0] *= along_s.half[:, None]
        slopes[:, 1] *= along_t.half
        region = np.asarray(window.element_regions)[along_s.element]
        return cls(space, s_um, t_um, along_s, along_t, r, z, slopes, region)

    @cached_property
    def jacobian(self) -> Values:
        """dr dz / (ds dt), (S, T)."""
        return determinant(self.slopes) / (self.along_s.half[:, None] * self.along_t.half)

    @cached_property
    def length_s(self) -> Array:
        """|d(r, z)/ds|, (S, T)."""
        return np.asarray(np.hypot(*abs(self.slopes[:, 0])) / self.along_s.half[:, None])

    @cached_property
    def length_t(self) -> Array:
        """|d(r, z)/dt|, (S, T)."""
        return np.asarray(np.hypot(*abs(self.slopes[:, 1])) / self.along_t.half)

    @cached_property
    def _over_det(self) -> Values:
        return np.asarray(self.slopes / determinant(self.slopes))

    def lines(self, rows: slice | IntArray, columns: slice | IntArray) -> FieldGrid:
        """Some of the lines in s and in t."""
        return FieldGrid(
            self.space,
            self.s_um[rows],
            self.t_um[columns],
            self.along_s.at(rows),
            self.along_t.at(columns),
            self.r[rows][:, columns],
            self.z[rows][:, columns],
            self.slopes[:, :, rows][:, :, :, columns],
            self.region[rows],
        )

    def evaluate(self, vectors: Values, m: float | Array | IntArray) -> GridField:
        """Fields of eigenvectors on the grid.

        Parameters
        ----------
        vectors : (n, k) array
            Columns of unknowns of the space.
        m : float or (k,) array
            Azimuthal order, of all or of each.
        """
        # One azimuthal order for each column, or the same for all.
        order = np.asarray(m, dtype=float).reshape(-1, 1, 1)
        parts = components(self.space.split(vectors), self.along_s, self.along_t)
        return GridField(*cylindrical(parts, self.slopes, order / self.r))

    def electric(self, vectors: Values, m: float | Array | IntArray) -> ElectricField:
        """`evaluate` without the curls, for half of the work."""
        order = np.asarray(m, dtype=float).reshape(-1, 1, 1)
        e_s, e_t, psi = self.space.split(vectors)
        across, along = self.along_s, self.along_t
        parts = across.edge @ e_s @ along.nodal.T, across.nodal @ e_t @ along.edge.T
        e_r, e_z = _from_reference(*parts, self._over_det)
        return ElectricField(e_r, e_z, order / self.r * (across.nodal @ psi @ along.nodal.T))


def _from_reference(e_s: Values, e_t: Values, over_det: Values) -> tuple[Values, Values]:
    """r and z components from those on the reference square, by slopes over their determinant."""
    (r_s, r_t), (z_s, z_t) = over_det
    return z_t * e_s - z_s * e_t, r_s * e_t - r_t * e_s


def at_window_points(
    mapping: WindowMapping,
    space: WindowSpace,
    vectors: Values,
    m: float | Array,
    s: Array,
    t: Array,
) -> PointField:
    """Fields at single points (s, t) of a window, in um; positions (points,)."""
    along_s, along_t = line_tables(space.s, s), space.t.tables(t)
    breaks = np.asarray(space.s.breaks)
    low = breaks[along_s.element]
    # Single points: no grid of lines is shared, so that the functions are summed point by point.
    share = (s - low) / (breaks[along_s.element + 1] - low)
    start, length = mapping.start, mapping.length
    x, slopes = mapping.at_points(along_s.element, share, (t - start) / length)
    e_s, e_t, psi = space.split(vectors)

    def summed(in_s: Values, coefficients: Values, in_t: Values) -> Values:
        return np.asarray(((in_s @ coefficients) * in_t).sum(axis=-1))

    # the mapping has slopes per unit of the strip, the tables those of elements from -1 to 1
    parts = {
        "e_s": summed(along_s.edge, e_s, along_t.nodal),
        "e_t": summed(along_s.nodal, e_t, along_t.edge),
        "curl": summed(along_s.slope, e_t, along_t.edge) - summed(along_s.edge, e_s, along_t.slope),
        "psi": summed(along_s.nodal, psi, along_t.nodal),
        "psi_s": summed(along_s.slope, psi, along_t.nodal),
        "psi_t": summed(along_s.nodal, psi, along_t.slope),
    }
    slopes = slopes * np.stack([np.full(s.size, 0.5), along_t.half / length])
    return _physical(x, slopes, parts, np.asarray(m, dtype=float).reshape(-1, 1))


def on_grid(
    space: SectionSpace,
    vectors: Values,
    m: float | Array,
    s: Array,
    t: Array,
    elements: IntArray | None = None,
) -> PointField:
    """Fields on the same grid of reference points in every element, or in some; positions (n, s,
    t).

    Parameters
    ----------
    vectors : (unknowns, k) array
    m : float or (k,) array
        Azimuthal order of all or of each.
    s, t : (S,), (T,) arrays
        From -1 to 1.
    """
    chosen = np.arange(space.mesh.elements) if elements is None else elements
    degree = int(space.orders[chosen].max())
    lines = [(0.5 * (line + 1.0), np.ones(line.size)) for line in (s, t)]
    basis = MeridianBasis(
        space.mesh.topology,
        ElementMeridian(degree),
        space.mapping,
        elements=chosen,
        quadrature=tensor_rule(*lines),
    )
    parts = basis.components(_local(space, vectors, chosen, degree))
    shape = (chosen.size, s.size, t.size)
    x, slopes = basis.x.reshape(2, *shape), basis.slopes.reshape(2, 2, *shape)
    parts = {name: part.reshape(-1, *shape) for name, part in parts.items()}
    return _physical(x, slopes, parts, np.asarray(m, dtype=float).reshape(-1, 1, 1, 1))


def at_points(
    space: SectionSpace, vectors: Values, m: float | Array, element: IntArray, s: Array, t: Array
) -> PointField:
    """Fields at single points (element, s, t), s and t from -1 to 1; positions (points,)."""
    degree = int(space.orders[element].max(initial=1))
    local = _local(space, vectors, element, degree)
    x, slopes = space.mapping.at_points(element, 0.5 * (s + 1.0), 0.5 * (t + 1.0))
    tables = [Polynomials(degree).factors(0.5 * (line + 1.0)) for line in (s, t)]
    sizes = degree * (degree + 1)
    bounds = {E_S: (0, sizes), E_T: (sizes, 2 * sizes), PSI: (2 * sizes, local.shape[1])}

    def summed(kind: int, in_s: str, in_t: str) -> Values:
        pairs = getattr(tables[0], in_s)[:, :, None] * getattr(tables[1], in_t)[:, None, :]
        part = local[:, slice(*bounds[kind])]
        return np.asarray(np.einsum("pl,plk->kp", pairs.reshape(s.size, -1), part))

    parts = {
        "e_s": summed(E_S, "edge", "nodal"),
        "e_t": summed(E_T, "nodal", "edge"),
        "curl": summed(E_T, "slope", "edge") - summed(E_S, "edge", "slope"),
        "psi": summed(PSI, "nodal", "nodal"),
        "psi_s": summed(PSI, "slope", "nodal"),
        "psi_t": summed(PSI, "nodal", "slope"),
    }
    return _physical(x, slopes, parts, np.asarray(m, dtype=float).reshape(-1, 1))


def _local(space: SectionSpace, vectors: Values, element: IntArray, degree: int) -> Values:
    """Coefficients of the functions of a degree by element, (elements, L, k), signs included."""
    columns = lower_columns(degree, space.order)
    rows = vectors if vectors.ndim == 2 else vectors[:, None]
    padded = np.concatenate([rows, np.zeros((1, rows.shape[1]), rows.dtype)])
    signs = space.signs[element][:, columns, None]
    return np.asarray(padded[space.numbers[element][:, columns]] * signs)


def _physical(x: Values, slopes: Values, parts: dict[str, Values], m: Array) -> PointField:
    """Fields at positions with the slopes of the map there."""
    r, z = x
    # a mode of m > 0 vanishes on the axis
    inverse = np.divide(1.0, r, out=np.zeros_like(r), where=abs(r) > ON_AXIS * abs(r).max())
    return PointField(*cylindrical(parts, slopes, m * inverse), r, z, 0.25 * determinant(slopes))
