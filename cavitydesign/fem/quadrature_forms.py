"""The forms of fem/forms.py applied through the quadrature points, without matrices.

A vector's fields at the points cost a few small dense products (the basis is a tensor product); from them follow the projection of
every affine matrix onto a set of vectors and the residual K x - k^2 B x, at a fraction of the cost of sparse products.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..mesh.rim_map import Window
from .field import LineTables, line_tables
from .forms import Geometry, quadrature_geometry
from .tensor_space import TensorSpace

Values = NDArray[Any]


@dataclass(frozen=True)
class PointFields:
    """Covariant fields of k vectors at the quadrature points; arrays of shape (k, Qs, Qt).

    Attributes
    ----------
    e_s, e_t : E
    u_s, u_t : grad psi - E
    rotation : d_s E_t - d_t E_s
    psi : psi
    """

    e_s: Values
    e_t: Values
    u_s: Values
    u_t: Values
    rotation: Values
    psi: Values

    def joined(self, other: PointFields) -> PointFields:
        """The fields of both sets of vectors."""
        mine, theirs = self.__dict__, other.__dict__
        return PointFields(**{name: np.concatenate([mine[name], theirs[name]]) for name in mine})


@dataclass(frozen=True)
class ProjectedForms:
    """Affine matrices projected onto k vectors, of shape (k, k), masses by active region."""

    k0: Values
    k2: Values
    b_plane: Values
    b_azimuthal: Values
    b_axial: Values | None


@dataclass(frozen=True)
class QuadratureForms:
    """Weights and basis tables at the quadrature points of a window."""

    space: TensorSpace
    along_s: LineTables
    along_t: LineTables
    rows: tuple[slice, ...]
    active: tuple[int, ...]
    curl: Values
    gradient: tuple[Values, Values, Values]
    radial: tuple[Values, Values, Values]
    axial: tuple[Values, Values, Values]
    plain: Values
    uniaxial: bool

    @classmethod
    def build(cls, window: Window, space: TensorSpace, uniaxial: bool) -> QuadratureForms:
        """Tabulate a window."""
        g: Geometry = quadrature_geometry(window, space)
        s, t = space.points
        measure, curl = g.weight / (g.r * g.det), g.weight * g.r / g.det
        gradient = (
            measure * (g.r_t**2 + g.z_t**2),
            -measure * (g.r_s * g.r_t + g.z_s * g.z_t),
            measure * (g.r_s**2 + g.z_s**2),
        )
        radial = (curl * g.z_t**2, -curl * g.z_t * g.z_s, curl * g.z_s**2)
        axial = (curl * g.r_t**2, -curl * g.r_t * g.r_s, curl * g.r_s**2)
        active = tuple(int(region) for region in np.unique(g.region))
        rows = tuple(_run(g.region, region) for region in active)
        tables = line_tables(space.s, s), line_tables(space.t, t)
        return cls(space, *tables, rows, active, curl, gradient, radial, axial, g.weight * g.det / g.r, uniaxial)

    def fields(self, vectors: Values) -> PointFields:
        """Fields of the columns of an (n, k) array."""
        space, s, t = self.space, self.along_s, self.along_t
        first, second, _ = space.sizes
        columns = np.ascontiguousarray(vectors.T)
        a_s = columns[:, :first].reshape(-1, space.s.edge_size, space.t.nodal_size)
        a_t = columns[:, first : first + second].reshape(-1, space.s.nodal_size, space.t.edge_size)
        a_psi = columns[:, first + second :].reshape(-1, space.s.nodal_size, space.t.nodal_size)
        half_s, half_t, half_psi = s.edge @ a_s, s.nodal @ a_t, s.nodal @ a_psi
        e_s, e_t = half_s @ t.nodal.T, half_t @ t.edge.T
        rotation = (s.slope @ a_t) @ t.edge.T - half_s @ t.slope.T
        u_s = (s.slope @ a_psi) @ t.nodal.T - e_s
        u_t = half_psi @ t.slope.T - e_t
        return PointFields(e_s, e_t, u_s, u_t, rotation, half_psi @ t.nodal.T)

    def projected(self, fields: PointFields) -> ProjectedForms:
        """All affine matrices in the span of the vectors whose fields are given (no conjugation)."""
        k0 = _gram(fields.rotation, self.curl * fields.rotation)
        k2 = _pair(self.gradient, fields.u_s, fields.u_t)
        masses: list[tuple[Values, ...]] = []
        for rows in self.rows:
            e_s, e_t, psi = fields.e_s[:, rows], fields.e_t[:, rows], fields.psi[:, rows]
            radial = _pair(tuple(w[rows] for w in self.radial), e_s, e_t)
            axial = _pair(tuple(w[rows] for w in self.axial), e_s, e_t)
            masses.append((radial, axial, _gram(psi, self.plain[rows] * psi)))
        b_r, b_z, b_phi = (np.stack(part) for part in zip(*masses, strict=True))
        if self.uniaxial:
            return ProjectedForms(k0, k2, b_r, b_phi, b_z)
        return ProjectedForms(k0, k2, b_r + b_z, b_phi, None)

    def residual(
        self, fields: PointFields, m: Values, square: Values, ordinary: Sequence[Values], axial: Sequence[Values]
    ) -> Values:
        """Columns K x - k^2 B x of the modes whose fields are given.

        Parameters
        ----------
        m, square : (k,) arrays
            Azimuthal orders and k0^2.
        ordinary, axial : sequences of k (regions,) arrays
            Permittivities across and along z, by region.

        Returns
        -------
        (n, k) array
        """
        m2, square = (np.asarray(x)[:, None, None] ** power for x, power in ((m, 2), (square, 1)))
        curl = self.curl * fields.rotation
        ss, st, tt = self.gradient
        d_s, d_t = m2 * (ss * fields.u_s + st * fields.u_t), m2 * (st * fields.u_s + tt * fields.u_t)
        b_s, b_t, b_psi = self._mass_at_points(fields, m2, ordinary, axial)
        return self._tested(curl, d_s, d_t, -d_s - square * b_s, -d_t - square * b_t, -square * b_psi)

    def mass_image(self, fields: PointFields, m: Values, ordinary: Sequence[Values], axial: Sequence[Values]) -> Values:
        """Columns B x of the modes whose fields are given; arguments as in `residual`."""
        m2 = np.asarray(m)[:, None, None] ** 2
        b_s, b_t, b_psi = self._mass_at_points(fields, m2, ordinary, axial)
        zero = np.zeros_like(b_s)
        return self._tested(zero, zero, zero, b_s, b_t, b_psi)

    def _mass_at_points(
        self, fields: PointFields, m2: Values, ordinary: Sequence[Values], axial: Sequence[Values]
    ) -> tuple[Values, Values, Values]:
        """What B x tests against the edge functions in s and t and against the nodal ones."""
        across, along = self._by_row(ordinary), self._by_row(axial)
        b_s = across * (self.radial[0] * fields.e_s + self.radial[1] * fields.e_t)
        b_s = b_s + along * (self.axial[0] * fields.e_s + self.axial[1] * fields.e_t)
        b_t = across * (self.radial[1] * fields.e_s + self.radial[2] * fields.e_t)
        b_t = b_t + along * (self.axial[1] * fields.e_s + self.axial[2] * fields.e_t)
        return b_s, b_t, m2 * across * self.plain * fields.psi

    def _by_row(self, permittivity: Sequence[Values]) -> Values:
        """Permittivity at the rows of points, shape (k, Qs, 1)."""
        out = np.empty((len(permittivity), self.curl.shape[0], 1))
        for rows, region in zip(self.rows, self.active, strict=True):
            out[:, rows, 0] = np.array([eps[region] for eps in permittivity])[:, None]
        return out

    def _tested(self, curl: Values, g_s: Values, g_t: Values, f_s: Values, f_t: Values, f_psi: Values) -> Values:
        """Integrals of curl * rot F + g . grad chi + f . F + f_psi chi against all basis functions."""
        s, t = self.along_s, self.along_t
        r_s = (s.edge.T @ f_s) @ t.nodal - (s.edge.T @ curl) @ t.slope
        r_t = (s.nodal.T @ f_t + s.slope.T @ curl) @ t.edge
        r_psi = (s.slope.T @ g_s + s.nodal.T @ f_psi) @ t.nodal + (s.nodal.T @ g_t) @ t.slope
        k = curl.shape[0]
        return np.concatenate([r.reshape(k, -1) for r in (r_s, r_t, r_psi)], axis=1).T


def _run(region: NDArray[np.int64], wanted: int) -> slice:
    """Rows of one region, which lie together."""
    places = np.flatnonzero(region == wanted)
    return slice(int(places[0]), int(places[-1]) + 1)


def _gram(left: Values, right: Values) -> Values:
    k = left.shape[0]
    return np.asarray(left.reshape(k, -1) @ right.reshape(k, -1).T)


def _pair(weights: tuple[Values, ...], a_s: Values, a_t: Values) -> Values:
    ss, st, tt = weights
    return _gram(a_s, ss * a_s + st * a_t) + _gram(a_t, st * a_s + tt * a_t)
