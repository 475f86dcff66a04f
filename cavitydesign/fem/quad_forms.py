"""The weak form of fem/forms.py on curved quadrilaterals: element matrices, all elements of one
order at once.

Same matrices, same meaning: a = K0 + m^2 K2, b = sum over regions of eps (Bt + m^2 Bphi), with E_z
on its own in uniaxial media. Element matrices come out of two small matrix products per block (sums
factorised by direction) and stay apart: every product is one of small dense matrices, and the
unknowns inside an element are eliminated there (eigen/condensed.py).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..mesh.section import IntArray, SectionMesh
from .legendre import gauss, legendre_values, nodal_slopes, nodal_values
from .quad_matrix import ElementParts, QuadForms
from .quad_space import QuadSpace
from .stretch import BoxStretch

Values = NDArray[Any]
Array = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class QuadGeometry:
    """Position and metric at the quadrature points, arrays of shape (n, q, q), per unit of the
    reference square.

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


def quad_geometry(
    mesh: SectionMesh, elements: IntArray, points: int, stretch: BoxStretch | None = None
) -> QuadGeometry:
    """The map of some elements at a tensor Gauss rule with so many points a direction."""
    x, w = gauss(points)
    r, z, r_s, z_s, r_t, z_t = stretched(mesh.positions(x, x, elements), stretch)
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
    parts = []
    for order, same in space.by_order.items():
        for elements in (same,) if stretch is None else _in_and_out(space.mesh, same, stretch):
            if elements.size:
                parts.append(
                    _element_parts(space, order, elements, uniaxial, stretch, extra_points)
                )
    return QuadForms.of(space, regions, tuple(parts))


def _in_and_out(
    mesh: SectionMesh, elements: IntArray, stretch: BoxStretch
) -> tuple[IntArray, IntArray]:
    """Elements that reach into an absorbing layer, and the others, whose matrices are real."""
    r, z = mesh.nodes[elements, ..., 0], mesh.nodes[elements, ..., 1]
    outside = ((r > stretch.r_um) | (z < stretch.low_um) | (z > stretch.high_um)).any(axis=(1, 2))
    return elements[outside], elements[~outside]


def _element_parts(
    space: QuadSpace,
    order: int,
    elements: IntArray,
    uniaxial: bool,
    stretch: BoxStretch | None,
    extra_points: int,
) -> ElementParts:
    g = quad_geometry(space.mesh, elements, order + 1 + extra_points, stretch)
    build = _Builder(order, g.weight.shape[0], space.signs_at(elements, order))
    curl, measure = g.weight * g.r / g.det, g.weight / (g.r * g.det)
    gradient = (
        measure * (g.r_t**2 + g.z_t**2), -measure * (g.r_s * g.r_t + g.z_s * g.z_t), measure * (g.r_s**2 + g.z_s**2)
    )  # fmt: skip
    radial = (curl * g.z_t**2, -curl * g.z_t * g.z_s, curl * g.z_s**2)
    along = (curl * g.r_t**2, -curl * g.r_t * g.r_s, curl * g.r_s**2)
    if not uniaxial:
        radial = (radial[0] + along[0], radial[1] + along[1], radial[2] + along[2])
    return ElementParts(
        order,
        elements,
        space.mesh.region[elements],
        build.signed(build.curl_curl(curl), build.vector),
        build.signed(build.gradient_square(*gradient), slice(None)),
        build.signed(build.vector_mass(*radial), build.vector),
        build.signed(build.vector_mass(*along), build.vector) if uniaxial else None,
        build.signed(build.scalar_mass(g.weight * g.det / g.r), build.scalar),
    )


@dataclass(frozen=True, eq=False)
class _Builder:
    """Element matrices of one order at a Gauss rule, in tensor order of the local functions; signs
    by element.
    """

    order: int
    points: int
    signs: Array

    def block(self, weight: Values, row: tuple[str, str], column: tuple[str, str]) -> Values:
        """Integrals of weight * row function * column function, (n, rows, columns)."""
        p = self.order
        in_s, in_t = (
            _products(row[0], column[0], p, self.points),
            _products(row[1], column[1], p, self.points),
        )
        rows = tuple(p if kind == "L" else p + 1 for kind in row)
        columns = tuple(p if kind == "L" else p + 1 for kind in column)
        out = in_s @ (weight @ in_t.T)
        out = out.reshape(-1, rows[0], columns[0], rows[1], columns[1]).transpose(0, 1, 3, 2, 4)
        return np.ascontiguousarray(out).reshape(-1, rows[0] * rows[1], columns[0] * columns[1])

    def vector_mass(self, ss: Values, st: Values, tt: Values) -> Values:
        """int w^ij E_i F_j."""
        return self._square(
            self.block(ss, ("L", "N"), ("L", "N")),
            self.block(st, ("L", "N"), ("N", "L")),
            self.block(tt, ("N", "L"), ("N", "L")),
        )

    def curl_curl(self, weight: Values) -> Values:
        """int w curl E curl F."""
        return self._square(
            self.block(weight, ("L", "D"), ("L", "D")),
            self.block(-weight, ("L", "D"), ("D", "L")),
            self.block(weight, ("D", "L"), ("D", "L")),
        )

    def gradient_square(self, ss: Values, st: Values, tt: Values) -> Values:
        """int w^ij (d_i psi - E_i)(d_j chi - F_j)."""
        coupling = np.empty(
            (ss.shape[0], self.vector.stop, (self.order + 1) ** 2), dtype=np.result_type(ss, st)
        )
        half = coupling.shape[1] // 2
        coupling[:, :half] = -self.block(ss, ("L", "N"), ("D", "N")) - self.block(
            st, ("L", "N"), ("N", "D")
        )
        coupling[:, half:] = -self.block(st, ("N", "L"), ("D", "N")) - self.block(
            tt, ("N", "L"), ("N", "D")
        )
        mixed = self.block(st, ("D", "N"), ("N", "D"))
        psi = self.block(ss, ("D", "N"), ("D", "N")) + self.block(tt, ("N", "D"), ("N", "D"))
        psi += mixed
        psi += mixed.transpose(0, 2, 1)
        return self._square(self.vector_mass(ss, st, tt), coupling, psi)

    @staticmethod
    def _square(first: Values, cross: Values, last: Values) -> Values:
        """Symmetric matrices of two diagonal blocks and the one above the diagonal."""
        cut, size = first.shape[1], first.shape[1] + last.shape[1]
        out = np.empty((first.shape[0], size, size), dtype=np.result_type(first, cross, last))
        out[:, :cut, :cut], out[:, cut:, cut:], out[:, :cut, cut:] = first, last, cross
        out[:, cut:, :cut] = cross.transpose(0, 2, 1)
        return out

    def scalar_mass(self, weight: Values) -> Values:
        """int w psi chi."""
        return self.block(weight, ("N", "N"), ("N", "N"))

    @property
    def vector(self) -> slice:
        """Places of E_s and E_t among the local functions."""
        return slice(0, 2 * self.order * (self.order + 1))

    @property
    def scalar(self) -> slice:
        """Places of psi."""
        return slice(2 * self.order * (self.order + 1), None)

    def signed(self, matrices: Values, part: slice) -> Values:
        """Matrices of some local functions with the signs of the global ones, in place."""
        sign = self.signs[:, part]
        matrices *= sign[:, :, None]
        matrices *= sign[:, None, :]
        return matrices


@lru_cache(maxsize=512)
def _products(row_kind: str, column_kind: str, order: int, points: int) -> Array:
    """Products of one-dimensional functions at Gauss points, (a * b, points): "N" nodal, "D" its
    slope, "L" edge.
    """
    x, _ = gauss(points)
    tables = {"N": nodal_values, "D": nodal_slopes, "L": legendre_values}
    a, b = tables[row_kind](order, x), tables[column_kind](order, x)
    return np.ascontiguousarray((a[:, None, :] * b[None, :, :]).reshape(-1, points))
