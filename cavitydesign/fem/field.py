"""Fields of eigenvectors at chosen points of the window: E, and curl E, in cylindrical components."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..mesh.rim_map import Window
from .components import Covariant, cylindrical
from .legendre import Array, LineTables, line_tables
from .window_space import WindowSpace

Values = NDArray[Any]


@dataclass(frozen=True)
class GridField:
    """Fields of one or several modes on a grid (s, t).

    Attributes
    ----------
    e_r, e_z, e_azimuthal : (k, S, T) arrays
        E_r, E_z and E_phi / i (real for real modes).
    curl_r, curl_z, curl_azimuthal : (k, S, T) arrays
        Components of curl E divided by i, i and 1.
    """

    e_r: Values
    e_z: Values
    e_azimuthal: Values
    curl_r: Values
    curl_z: Values
    curl_azimuthal: Values


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
    jacobian : (S, T) array
        dr dz / (ds dt).
    length_s, length_t : (S, T) arrays
        |d(r, z)/ds| and |d(r, z)/dt|.
    region : (S,) int array
    """

    space: WindowSpace
    s_um: Array
    t_um: Array
    along_s: LineTables
    along_t: LineTables
    r: Values
    z: Values
    slopes: tuple[Values, Values, Values, Values]
    det: Values
    jacobian: Values
    length_s: Array
    length_t: Array
    region: NDArray[np.int64]

    @classmethod
    def build(cls, window: Window, space: WindowSpace, s_um: Array, t_um: Array) -> FieldGrid:
        """Tabulate a grid of a window."""
        along_s, along_t = line_tables(space.s, s_um), space.t.tables(t_um)
        r, z, r_s, z_s, r_t, z_t = window.map(s_um, t_um)
        length_s, length_t = np.hypot(abs(r_s), abs(z_s)), np.hypot(abs(r_t), abs(z_t))
        r_s, z_s = r_s * along_s.half[:, None], z_s * along_s.half[:, None]
        r_t, z_t = r_t * along_t.half, z_t * along_t.half
        det = r_s * z_t - r_t * z_s
        jacobian = det / (along_s.half[:, None] * along_t.half)
        region = np.asarray(window.element_regions)[along_s.element]
        return cls(
            space,
            s_um,
            t_um,
            along_s,
            along_t,
            r,
            z,
            (r_s, z_s, r_t, z_t),
            det,
            jacobian,
            length_s,
            length_t,
            region,
        )

    def evaluate(self, vectors: Values, m: float | Array) -> GridField:
        """Fields of eigenvectors on the grid.

        Parameters
        ----------
        vectors : (n, k) array
            Columns of unknowns of the space.
        m : float or (k,) array
            Azimuthal order, of all or of each.
        """
        space, along_s, along_t = self.space, self.along_s, self.along_t
        order = np.asarray(m, dtype=float).reshape(-1, 1, 1)
        e_s, e_t, psi = space.split(vectors)
        cov_s = along_s.edge @ e_s @ along_t.nodal.T
        cov_t = along_s.nodal @ e_t @ along_t.edge.T
        parts = Covariant(
            cov_s,
            cov_t,
            along_s.nodal @ psi @ along_t.nodal.T,
            along_s.slope @ psi @ along_t.nodal.T,
            along_s.nodal @ psi @ along_t.slope.T,
            along_s.slope @ e_t @ along_t.edge.T - along_s.edge @ e_s @ along_t.slope.T,
        )
        return GridField(*cylindrical(parts, self.slopes, self.det, order / self.r))
