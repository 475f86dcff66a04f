"""The weak form of fem/forms.py on curved quadrilaterals, all elements at once.

Same matrices, same meaning: a = K0 + m^2 K2, b = sum over regions of eps (Bt + m^2 Bphi), with E_z on its own in uniaxial media.
Element matrices come out of two small matrix products per block (sums factorised by direction) and are added up in one pattern.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .legendre import gauss, legendre_values, nodal_slopes, nodal_values
from .quad_space import QuadSpace
from .stretch import BoxStretch

Values = NDArray[Any]
Array = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class QuadGeometry:
    """Position and metric at the quadrature points, arrays of shape (n, q, q), per unit of the reference square.

    Attributes
    ----------
    weight : (q, q) array
        Quadrature weights on the reference square.
    det : array
        dr dz / (ds dt).
    """

    r: Values
    z: Values
    weight: Array
    r_s: Values
    z_s: Values
    r_t: Values
    z_t: Values
    det: Values


def quad_geometry(space: QuadSpace, points: int, stretch: BoxStretch | None = None) -> QuadGeometry:
    """The map of all elements at a tensor Gauss rule with so many points a direction."""
    x, w = gauss(points)
    r, z, r_s, z_s, r_t, z_t = stretched(space.mesh.positions(x, x), stretch)
    return QuadGeometry(r, z, np.outer(w, w), r_s, z_s, r_t, z_t, r_s * z_t - r_t * z_s)


def stretched(
    position: tuple[Array, Array, Array, Array, Array, Array], stretch: BoxStretch | None
) -> tuple[Values, Values, Values, Values, Values, Values]:
    """Position and derivatives composed with a complex stretch."""
    if stretch is None:
        return position
    r, z, r_s, z_s, r_t, z_t = position
    (r, by_r), (z, by_z) = stretch.radial(r), stretch.axial(z)
    return r, z, by_r * r_s, by_z * z_s, by_r * r_t, by_z * z_t


@dataclass(frozen=True, eq=False)
class QuadForms:
    """Data arrays on the pattern of a space.

    Attributes
    ----------
    active : tuple of int
        Regions present, in the order of the mass arrays.
    k0, k2 : (nnz,) arrays
    b_plane, b_azimuthal : (active, nnz) arrays
        Mass by region of E_t and of psi; of E_r only where `b_axial` is present.
    b_axial : (active, nnz) array or None
        Mass of E_z, where a medium is uniaxial.
    """

    space: QuadSpace
    active: tuple[int, ...]
    k0: Values
    k2: Values
    b_plane: Values
    b_azimuthal: Values
    b_axial: Values | None

    def stiffness(self, m: float) -> Values:
        """Data of a at azimuthal order m."""
        return np.asarray(self.k0 + m**2 * self.k2)

    def mass(self, m: float, permittivity: Values, permittivity_axial: Values) -> Values:
        """Data of b at azimuthal order m for permittivities by region, across and along z."""
        ordinary, axial = np.asarray(permittivity)[list(self.active)], np.asarray(permittivity_axial)[list(self.active)]
        data = ordinary @ self.b_plane + (m**2 * ordinary) @ self.b_azimuthal
        if self.b_axial is not None:
            data += axial @ self.b_axial
        return np.asarray(data)

    def restricted(self, space: QuadSpace) -> QuadForms:
        """The same forms on a subspace, of a lower order or with more walls; both number their unknowns in the same sequence."""
        keep = np.zeros(self.space.size, dtype=bool)
        keep[self.space.numbers_of(space)] = True
        pattern = self.space.pattern
        mask = keep[pattern.indices] & np.repeat(keep, np.diff(pattern.indptr))
        axial = None if self.b_axial is None else self.b_axial[:, mask]
        return QuadForms(
            space, self.active, self.k0[mask], self.k2[mask], self.b_plane[:, mask], self.b_azimuthal[:, mask], axial
        )


def assemble_section(
    space: QuadSpace,
    regions: int,
    uniaxial: bool = False,
    stretch: BoxStretch | None = None,
    extra_points: int = 2,
) -> QuadForms:
    """All affine matrices of a section, in one pass.

    Parameters
    ----------
    space : QuadSpace
    regions : int
        Number of regions of the cavity, present or not.
    uniaxial : bool
        Whether E_z needs a mass of its own.
    stretch : BoxStretch or None
        Absorbing layers.
    extra_points : int
        Gauss points beyond order + 1 a direction, for the curved map.
    """
    g = quad_geometry(space, space.order + 1 + extra_points, stretch)
    curl, measure = g.weight * g.r / g.det, g.weight / (g.r * g.det)
    gradient = (
        measure * (g.r_t**2 + g.z_t**2),
        -measure * (g.r_s * g.r_t + g.z_s * g.z_t),
        measure * (g.r_s**2 + g.z_s**2),
    )
    build = _Builder(space, g.weight.shape[0])
    k0 = build.added(build.curl_curl(curl), build.vector)
    k2 = build.added(build.gradient_square(*gradient), slice(None))
    active = tuple(int(region) for region in np.unique(space.mesh.region) if region < regions)
    shape = (len(active), space.pattern.nnz)
    plane, azimuthal = np.zeros(shape, k0.dtype), np.zeros(shape, k0.dtype)
    axial = np.zeros(shape, k0.dtype) if uniaxial else None
    radial = (curl * g.z_t**2, -curl * g.z_t * g.z_s, curl * g.z_s**2)
    along = (curl * g.r_t**2, -curl * g.r_t * g.r_s, curl * g.r_s**2)
    if axial is None:
        radial = (radial[0] + along[0], radial[1] + along[1], radial[2] + along[2])
    in_plane = build.vector_mass(*radial)
    in_axis = None if axial is None else build.vector_mass(*along)
    around = build.scalar_mass(g.weight * g.det / g.r)
    for number, region in enumerate(active):
        here = np.flatnonzero(space.mesh.region == region)
        plane[number] = build.added(in_plane, build.vector, here)
        azimuthal[number] = build.added(around, build.scalar, here)
        if axial is not None and in_axis is not None:
            axial[number] = build.added(in_axis, build.vector, here)
    return QuadForms(space, active, k0, k2, plane, azimuthal, axial)


@dataclass(frozen=True, eq=False)
class _Builder:
    """Element matrices of a space at a Gauss rule, in tensor order of the local functions, and their sum.
    """

    space: QuadSpace
    points: int

    def block(self, weight: Values, row: tuple[str, str], column: tuple[str, str]) -> Values:
        """Integrals of weight * row function * column function, (n, rows, columns)."""
        p = self.space.order
        in_s, in_t = _products(row[0], column[0], p, self.points), _products(row[1], column[1], p, self.points)
        rows = tuple(p if kind == "L" else p + 1 for kind in row)
        columns = tuple(p if kind == "L" else p + 1 for kind in column)
        out = in_s @ (weight @ in_t.T)
        out = out.reshape(-1, rows[0], columns[0], rows[1], columns[1]).transpose(0, 1, 3, 2, 4)
        return np.ascontiguousarray(out).reshape(-1, rows[0] * rows[1], columns[0] * columns[1])

    def vector_mass(self, ss: Values, st: Values, tt: Values) -> Values:
        """int w^ij E_i F_j."""
        cross = self.block(st, ("L", "N"), ("N", "L"))
        return np.block(
            [
                [self.block(ss, ("L", "N"), ("L", "N")), cross],
                [cross.transpose(0, 2, 1), self.block(tt, ("N", "L"), ("N", "L"))],
            ]
        )

    def curl_curl(self, weight: Values) -> Values:
        """int w curl E curl F."""
        cross = -self.block(weight, ("L", "D"), ("D", "L"))
        return np.block(
            [
                [self.block(weight, ("L", "D"), ("L", "D")), cross],
                [cross.transpose(0, 2, 1), self.block(weight, ("D", "L"), ("D", "L"))],
            ]
        )

    def gradient_square(self, ss: Values, st: Values, tt: Values) -> Values:
        """int w^ij (d_i psi - E_i)(d_j chi - F_j)."""
        s_psi = -self.block(ss, ("L", "N"), ("D", "N")) - self.block(st, ("L", "N"), ("N", "D"))
        t_psi = -self.block(st, ("N", "L"), ("D", "N")) - self.block(tt, ("N", "L"), ("N", "D"))
        mixed = self.block(st, ("D", "N"), ("N", "D"))
        psi = self.block(ss, ("D", "N"), ("D", "N")) + self.block(tt, ("N", "D"), ("N", "D")) + mixed
        psi = psi + mixed.transpose(0, 2, 1)
        coupling = np.concatenate([s_psi, t_psi], axis=1)
        return np.block([[self.vector_mass(ss, st, tt), coupling], [coupling.transpose(0, 2, 1), psi]])

    def scalar_mass(self, weight: Values) -> Values:
        """int w psi chi."""
        return self.block(weight, ("N", "N"), ("N", "N"))

    @property
    def vector(self) -> slice:
        """Places of E_s and E_t among the local functions."""
        return slice(0, 2 * self.space.order * (self.space.order + 1))

    @property
    def scalar(self) -> slice:
        """Places of psi."""
        return slice(2 * self.space.order * (self.space.order + 1), None)

    def added(self, matrices: Values, part: slice, elements: NDArray[np.int64] | None = None) -> Values:
        """Sum of the element matrices of some local functions, of all or of some elements, in the pattern's data."""
        pattern = self.space.pattern
        sign, slot = self.space.signs[:, part], pattern.slot[:, part, part]
        if elements is not None:
            matrices, sign, slot = matrices[elements], sign[elements], slot[elements]
        values = (matrices * sign[:, :, None] * sign[:, None, :]).ravel()
        return _summed(slot.ravel(), values, pattern.nnz)


def _summed(place: NDArray[np.int32], values: Values, size: int) -> Values:
    if np.iscomplexobj(values):
        return np.asarray(_summed(place, values.real, size) + 1j * _summed(place, values.imag, size))
    return np.asarray(np.bincount(place, weights=values, minlength=size + 1)[:size])


def _products(row_kind: str, column_kind: str, order: int, points: int) -> Array:
    """Products of one-dimensional functions at Gauss points, (a * b, points): "N" nodal, "D" its slope, "L" edge."""
    x, _ = gauss(points)
    tables = {"N": nodal_values, "D": nodal_slopes, "L": legendre_values}
    a, b = tables[row_kind](order, x), tables[column_kind](order, x)
    return np.ascontiguousarray((a[:, None, :] * b[None, :, :]).reshape(-1, points))
