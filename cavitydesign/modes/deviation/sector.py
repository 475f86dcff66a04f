"""Fields of one azimuthal order on the quadrature points of a window, and functionals of them.

The components of E along r, phi and z are (1, i, 1) and those of curl E (i, 1, i) times numbers
that are real in a lossless window. A test field turns in the other sense, exp(-i m phi), so that
products need no conjugation: its components are (1, -i, 1) and (-i, 1, -i) times its numbers.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ...arrays import Values
from ...fem.field import FieldGrid
from ...fem.legendre import element_points
from ...fem.mapping import determinant
from ..permittivities import Permittivities
from ..rim.window_problem import WindowProblem

_MORE_POINTS = 3  # Gauss points beyond the degree: products of two fields with rational weights
# Factors of the components of E and of curl E along r, phi and z, as said above
OF_E, OF_CURL = np.array([[1.0, 1.0j, 1.0], [1.0j, 1.0, 1.0j]])


@dataclass(frozen=True, eq=False)
class Points:
    """The quadrature points of a window's lossless part.

    Attributes
    ----------
    problem : WindowProblem
    grid : FieldGrid
    volume : (S, T) array
        Weights of r dr dz.
    eps : (3, S, T) array
        Permittivity along r, phi and z.
    """

    problem: WindowProblem
    grid: FieldGrid
    volume: Values
    eps: Values

    @classmethod
    def of(cls, problem: WindowProblem, eps: Permittivities) -> Points:
        """Points of a window's quadrature, with its media."""
        s, w_s = element_points(problem.real_breaks, problem.order + _MORE_POINTS)
        t, w_t = element_points(problem.window.t_breaks, problem.points_along)
        grid = FieldGrid.build(problem.window, problem.space, s, t)
        volume = np.outer(w_s, w_t) * grid.jacobian.real * grid.r.real
        shape = grid.r.shape
        across, along = (
            np.broadcast_to(part[grid.region][:, None], shape) for part in (eps.ordinary, eps.axial)
        )
        return cls(problem, grid, volume, np.stack([across, across, along]))

    def slopes_of(self, weight: Values, slope: Values) -> tuple[Values, Values, Values]:
        """A function of s alone with its slopes along r and z, as arrays of the points.

        Parameters
        ----------
        weight, slope : (S,) arrays
            The function and its derivative, per um.
        """
        (_, r_t), (_, z_t) = self.grid.slopes.real
        per_s = slope[:, None] * self.grid.along_s.half[:, None] / self._det
        whole = np.broadcast_to(weight[:, None], self._det.shape)
        return whole, per_s * z_t, -per_s * r_t

    @property
    def r(self) -> Values:
        """Distances from the axis, um."""
        return self.grid.r.real

    @property
    def z(self) -> Values:
        """Heights, um."""
        return self.grid.z.real

    @property
    def _det(self) -> Values:
        return determinant(self.grid.slopes).real

    def numbers(self, vector: Values, m: float) -> Values:
        """E and curl E of a vector at azimuthal order m (which may be negative) as numbers, of
        shape (2, 3, S, T).
        """
        f = self.grid.evaluate(vector, m)
        e = (f.e_r[0], f.e_azimuthal[0], f.e_z[0])
        return np.array([e, (f.curl_r[0], f.curl_azimuthal[0], f.curl_z[0])])

    def functional(self, density: Values, m: float) -> Values:
        """Numbers, by unknown, of the functional that sums a density times the numbers of a test
        field of order m; the transpose of `numbers`.

        Parameters
        ----------
        density : (2, 3, S, T) array
            Volumes included.
        """
        grid, m_over_r, det = self.grid, m / self.r, self._det
        (r_s, r_t), (z_s, z_t) = grid.slopes.real
        (e_r, e_phi, e_z), (curl_r, curl_phi, curl_z) = density
        # the transpose of fem.field.cylindrical
        w_r, w_z = m_over_r * curl_z / det, -m_over_r * curl_r / det
        psi_s, psi_t = z_t * w_r - r_t * w_z, r_s * w_z - z_s * w_r
        e_s = (z_t * e_r - r_t * e_z) / det - psi_s
        e_t = (r_s * e_z - z_s * e_r) / det - psi_t
        curl, psi = -curl_phi / det, m_over_r * e_phi
        s, t = grid.along_s, grid.along_t
        kinds = (
            s.edge.T @ e_s @ t.nodal - s.edge.T @ curl @ t.slope,
            s.nodal.T @ e_t @ t.edge + s.slope.T @ curl @ t.edge,
            s.nodal.T @ psi @ t.nodal + s.slope.T @ psi_s @ t.nodal + s.nodal.T @ psi_t @ t.slope,
        )
        out = np.zeros(grid.space.size, dtype=np.result_type(*kinds))
        for indices, part in zip(grid.space.component_indices, kinds, strict=True):
            out[indices] = part
        return out
