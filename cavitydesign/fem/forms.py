"""The weak form of the vector problem for exp(i m phi), as matrices without m, wavelength or index.

    a = int r curl E curl F + (m^2 / r) (grad psi - E).(grad chi - F),   b = int eps [ r E.F + m^2 psi chi / r ],   a = k0^2 b

with E_t = (E_r, E_z), E_phi = i m psi / r (derived in docs/theory-modes.md; the pair of spaces is an exact sequence, so the null
space sits at k0 = 0 and nowhere else). Both are affine in m^2, and b in the permittivity of each region:
a = K0 + m^2 K2, b = sum over regions of eps_o (Br + m^2 Bphi) + eps_e Bz; eps_e acts on E_z, eps_o on the rest.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ..mesh.rim_map import Window
from .legendre import Line
from .tensor_space import TensorSpace

Values = NDArray[np.generic]


@dataclass(frozen=True)
class Geometry:
    """Position and metric of a window at the quadrature points; arrays of shape (Qs, Qt), per unit of the reference square."""

    r: Values
    z: Values
    weight: Values
    r_s: Values
    z_s: Values
    r_t: Values
    z_t: Values
    det: Values
    region: NDArray[np.int64]


def quadrature_geometry(window: Window, space: TensorSpace) -> Geometry:
    """Evaluate the window's map at the quadrature points of a space."""
    s, t = space.points
    r, z, r_s, z_s, r_t, z_t = window.map(s, t)
    _, weight_s, half_s = (a.ravel() for a in space.s.quadrature)
    _, weight_t, half_t = (a.ravel() for a in space.t.quadrature)
    r_s, z_s = r_s * half_s[:, None], z_s * half_s[:, None]
    r_t, z_t = r_t * half_t, z_t * half_t
    region = np.repeat(np.asarray(window.element_regions), space.s.points_per_element)
    return Geometry(r, z, weight_s[:, None] * weight_t, r_s, z_s, r_t, z_t, r_s * z_t - r_t * z_s, region)


@dataclass(frozen=True)
class AffineForms:
    """Data arrays on the shared pattern of a space; see the head of this file.

    Attributes
    ----------
    k0, k2 : (nnz,) arrays
    b_radial, b_axial, b_azimuthal : (regions, nnz) arrays
        Mass by region of E_r, E_z and of psi.
    """

    space: TensorSpace
    k0: Values
    k2: Values
    b_radial: Values
    b_axial: Values
    b_azimuthal: Values

    def stiffness(self, m: float) -> Values:
        """Data of a at azimuthal order m."""
        return np.asarray(self.k0 + m**2 * self.k2)

    def mass(self, m: float, permittivity: Sequence[complex], permittivity_axial: Sequence[complex] | None = None) -> Values:
        """Data of b at azimuthal order m for one permittivity each region (and one along z, if uniaxial)."""
        axial = permittivity if permittivity_axial is None else permittivity_axial
        ordinary, along = np.asarray(permittivity), np.asarray(axial)
        return np.asarray(ordinary @ self.b_radial + along @ self.b_axial + m**2 * (ordinary @ self.b_azimuthal))


def assemble(window: Window, space: TensorSpace, regions: int) -> AffineForms:
    """All affine matrices of a window, in one pass.

    Parameters
    ----------
    window : Window
    space : TensorSpace
        On the window's element boundaries.
    regions : int
        Number of media.
    """
    g = quadrature_geometry(window, space)
    dtype = np.result_type(g.r.dtype, np.float64)
    pattern = space.pattern
    k0, k2 = np.zeros(pattern.nnz, dtype), np.zeros(pattern.nnz, dtype)
    w = g.weight

    curl = w * g.r / g.det
    place = pattern.place
    k0[place["s", "s"]] = space.block(curl, ("L", "D"), ("L", "D"))
    mixed = -space.block(curl, ("L", "D"), ("D", "L"))
    k0[place["s", "t"]] = mixed
    k0[place["t", "t"]] = space.block(curl, ("D", "L"), ("D", "L"))
    k0[place["t", "s"]] = -space.block(curl, ("D", "L"), ("L", "D"))

    measure = w / (g.r * g.det)
    ss = measure * (g.r_t**2 + g.z_t**2)
    tt = measure * (g.r_s**2 + g.z_s**2)
    st = -measure * (g.r_s * g.r_t + g.z_s * g.z_t)
    _gradient_form(space, k2, ss, st, tt)

    by_region = np.zeros((3, regions, pattern.nnz), dtype)
    inverse = w * g.r / g.det
    plain = w * g.det / g.r
    for region in range(regions):
        rows = (g.region == region)[:, None]
        if not rows.any():
            continue
        here = np.where(rows, inverse, 0.0)
        _vector_mass(space, by_region[0, region], here * g.z_t**2, -here * g.z_t * g.z_s, here * g.z_s**2)
        _vector_mass(space, by_region[1, region], here * g.r_t**2, -here * g.r_t * g.r_s, here * g.r_s**2)
        by_region[2, region][place["psi", "psi"]] = space.block(np.where(rows, plain, 0.0), ("N", "N"), ("N", "N"))
    return AffineForms(space, k0, k2, by_region[0], by_region[1], by_region[2])


def _vector_mass(space: TensorSpace, data: Values, ss: Values, st: Values, tt: Values) -> None:
    """Add int w^ij E_i F_j for covariant components."""
    place = space.pattern.place
    data[place["s", "s"]] = space.block(ss, ("L", "N"), ("L", "N"))
    data[place["s", "t"]] = space.block(st, ("L", "N"), ("N", "L"))
    data[place["t", "s"]] = space.block(st, ("N", "L"), ("L", "N"))
    data[place["t", "t"]] = space.block(tt, ("N", "L"), ("N", "L"))


def _gradient_form(space: TensorSpace, data: Values, ss: Values, st: Values, tt: Values) -> None:
    """Write int w^ij (d_i psi - E_i)(d_j chi - F_j)."""
    _vector_mass(space, data, ss, st, tt)
    place = space.pattern.place
    data[place["s", "psi"]] = -space.block(ss, ("L", "N"), ("D", "N")) - space.block(st, ("L", "N"), ("N", "D"))
    data[place["t", "psi"]] = -space.block(st, ("N", "L"), ("D", "N")) - space.block(tt, ("N", "L"), ("N", "D"))
    data[place["psi", "s"]] = -space.block(ss, ("D", "N"), ("L", "N")) - space.block(st, ("N", "D"), ("L", "N"))
    data[place["psi", "t"]] = -space.block(st, ("D", "N"), ("N", "L")) - space.block(tt, ("N", "D"), ("N", "L"))
    data[place["psi", "psi"]] = (
        space.block(ss, ("D", "N"), ("D", "N"))
        + space.block(tt, ("N", "D"), ("N", "D"))
        + space.block(st, ("D", "N"), ("N", "D"))
        + space.block(st, ("N", "D"), ("D", "N"))
    )


def space_of(window: Window, order_s: int, order_t: int, wall: str, extra_points: int = 1) -> TensorSpace:
    """The space of a window and of one mirror class.

    Parameters
    ----------
    wall : {"electric", "magnetic"}
        Kind of the mirror plane z = 0 of a half window (ignored otherwise). The cuts are electric walls.
    """
    s = Line(window.s_breaks, order_s, False, False, False, extra_points)
    keep_start = window.half and wall == "magnetic"
    t = Line(window.t_breaks, order_t, keep_start, False, window.periodic, extra_points)
    return TensorSpace(s, t)
