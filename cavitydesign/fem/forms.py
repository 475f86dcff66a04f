"""The weak form of the vector problem for exp(i m phi), as matrices without m, wavelength or index.

    a = int r curl E curl F + (m^2 / r) (grad psi - E).(grad chi - F),   b = int eps [ r E.F + m^2 psi chi / r ],   a = k0^2 b

with E_t = (E_r, E_z), E_phi = i m psi / r (derived in docs/theory-modes.md; the pair of spaces is an exact sequence, so the null
space sits at k0 = 0 and nowhere else). Both are affine in m^2, and b in the permittivity of each region:
a = K0 + m^2 K2, b = sum over regions of eps (Bt + m^2 Bphi); in uniaxial media eps_e acts on E_z and eps_o on the rest.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..errors import SolverError
from ..mesh.rim_map import Window
from .legendre import Line
from .tensor_space import TensorSpace

Values = NDArray[Any]


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
    det = r_s * z_t - r_t * z_s
    if not np.iscomplexobj(det) and not (np.min(det) > 0.0 and np.min(r) > 0.0):
        raise SolverError(
            "the window's map folds over: the outline bends too sharply for a mode of this size; use profile = 'section'"
        )
    return Geometry(r, z, weight_s[:, None] * weight_t, r_s, z_s, r_t, z_t, det, region)


@dataclass(frozen=True)
class AffineForms:
    """Data arrays on the shared pattern of a space; see the head of this file.

    Attributes
    ----------
    active : tuple of int
        Media that are present in the window, in the order of the mass arrays.
    k0, k2 : (nnz,) arrays
    b_plane, b_azimuthal : (active, nnz) arrays
        Mass by region of E_t and of psi; of E_r only where `b_axial` is present.
    b_axial : (active, nnz) array or None
        Mass of E_z, where a medium is uniaxial.
    """

    space: TensorSpace
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

    def restricted(self, space: TensorSpace) -> AffineForms:
        """The same forms on a subspace (a lower order, or a mirror wall); the bases are hierarchical."""
        mask = _selection(_signature(self.space), _signature(space))
        axial = None if self.b_axial is None else self.b_axial[:, mask]
        return AffineForms(
            space, self.active, self.k0[mask], self.k2[mask], self.b_plane[:, mask], self.b_azimuthal[:, mask], axial
        )


Signature = tuple[int, int, tuple[bool, bool, bool], int, int, tuple[bool, bool, bool]]


def _signature(space: TensorSpace) -> Signature:
    s, t = space.s, space.t
    walls_s, walls_t = (s.keep_start, s.keep_end, s.periodic), (t.keep_start, t.keep_end, t.periodic)
    return s.elements, s.order, walls_s, t.elements, t.order, walls_t


def _plain(signature: Signature) -> TensorSpace:
    ns, ps, walls_s, nt, pt, walls_t = signature
    return TensorSpace(Line(tuple(map(float, range(ns + 1))), ps, *walls_s), Line(tuple(map(float, range(nt + 1))), pt, *walls_t))


@lru_cache(maxsize=8)
def _selection(high: Signature, low: Signature) -> NDArray[np.int32]:
    """Places, in the data of a space's matrices, of those of a subspace."""
    space = _plain(high)
    keep = np.zeros(space.size, dtype=bool)
    keep[restriction(space, _plain(low))] = True
    pattern = space.pattern
    return np.flatnonzero(keep[pattern.indices] & np.repeat(keep, np.diff(pattern.indptr))).astype(np.int32)


def restriction(high: TensorSpace, low: TensorSpace) -> NDArray[np.int64]:
    """Numbers, in a space, of the unknowns of a subspace on the same elements (increasing)."""
    edge_s, nodal_s = _kept(high.s, low.s)
    edge_t, nodal_t = _kept(high.t, low.t)
    first, second, _ = high.sizes
    wide_n, wide_e = high.t.nodal_size, high.t.edge_size
    return np.concatenate(
        [
            (edge_s[:, None] * wide_n + nodal_t).ravel(),
            first + (nodal_s[:, None] * wide_e + edge_t).ravel(),
            first + second + (nodal_s[:, None] * wide_n + nodal_t).ravel(),
        ]
    )


def _kept(high: Line, low: Line) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    order = low.order
    edge = high.edge_numbers()[:, :order].ravel()
    local_high, local_low = high.nodal_numbers()[:, : order + 1], low.nodal_numbers()
    nodal = np.empty(low.nodal_size, dtype=np.int64)
    good = local_low >= 0
    nodal[local_low[good]] = local_high[good]
    return edge, nodal


def assemble(window: Window, space: TensorSpace, uniaxial: bool = False) -> AffineForms:
    """All affine matrices of a window, in one pass.

    Parameters
    ----------
    window : Window
    space : TensorSpace
        On the window's element boundaries.
    uniaxial : bool
        Whether E_z needs a mass of its own.
    """
    g = quadrature_geometry(window, space)
    dtype = np.result_type(g.r.dtype, np.float64)
    pattern = space.pattern
    k0, k2 = np.zeros(pattern.nnz, dtype), np.zeros(pattern.nnz, dtype)
    w = g.weight

    curl = w * g.r / g.det
    place = pattern.place
    k0[place["s", "s"]] = space.block(curl, ("L", "D"), ("L", "D"))
    k0[place["s", "t"]] = -space.block(curl, ("L", "D"), ("D", "L"))
    k0[place["t", "t"]] = space.block(curl, ("D", "L"), ("D", "L"))
    k0[place["t", "s"]] = -space.block(curl, ("D", "L"), ("L", "D"))

    measure = w / (g.r * g.det)
    ss = measure * (g.r_t**2 + g.z_t**2)
    tt = measure * (g.r_s**2 + g.z_s**2)
    st = -measure * (g.r_s * g.r_t + g.z_s * g.z_t)
    _gradient_form(space, k2, ss, st, tt)

    active = tuple(int(region) for region in np.unique(g.region))
    plane, azimuthal = (np.zeros((len(active), pattern.nnz), dtype) for _ in range(2))
    axial = np.zeros_like(plane) if uniaxial else None
    inverse, plain = curl, w * g.det / g.r
    for number, region in enumerate(active):
        rows = (g.region == region)[:, None]
        here = np.where(rows, inverse, 0.0)
        radial = (here * g.z_t**2, -here * g.z_t * g.z_s, here * g.z_s**2)
        along = (here * g.r_t**2, -here * g.r_t * g.r_s, here * g.r_s**2)
        if axial is None:
            _vector_mass(space, plane[number], *(a + b for a, b in zip(radial, along, strict=True)))
        else:
            _vector_mass(space, plane[number], *radial)
            _vector_mass(space, axial[number], *along)
        azimuthal[number][place["psi", "psi"]] = space.block(np.where(rows, plain, 0.0), ("N", "N"), ("N", "N"))
    return AffineForms(space, active, k0, k2, plane, azimuthal, axial)


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


def space_of(window: Window, order_s: int, order_t: int, wall: str, extra_points: int = 2) -> TensorSpace:
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
