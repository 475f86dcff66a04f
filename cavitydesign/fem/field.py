"""Fields of eigenvectors at chosen points of the window: E, and curl E, in cylindrical components."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ..mesh.rim_map import Window
from .legendre import Array, Line, legendre_values, nodal_slopes, nodal_values
from .tensor_space import TensorSpace

Values = NDArray[np.generic]


@dataclass(frozen=True)
class LineTables:
    """Values of all one-dimensional functions of a line at points: edge, nodal, slope of nodal; shape (points, functions).

    Slopes and edge functions refer to the reference interval of the element; `half` is the half length of each point's element.
    """

    edge: Array
    nodal: Array
    slope: Array
    half: Array
    element: NDArray[np.int64]


def line_tables(line: Line, points: Array) -> LineTables:
    """Tabulate a line's functions at points; a point on an element boundary belongs to the element above it."""
    edges = np.asarray(line.breaks)
    element = np.clip(np.searchsorted(edges, points, side="right") - 1, 0, line.elements - 1)
    half = 0.5 * (edges[element + 1] - edges[element])
    x = (points - 0.5 * (edges[element + 1] + edges[element])) / half
    rows = np.arange(points.size)[:, None]
    edge = np.zeros((points.size, line.edge_size))
    edge[rows, line.edge_numbers()[element]] = legendre_values(line.order, x).T
    numbers = line.nodal_numbers()[element]
    nodal = np.zeros((points.size, line.nodal_size + 1))
    slope = np.zeros_like(nodal)
    np.add.at(nodal, (rows, numbers), nodal_values(line.order, x).T)
    np.add.at(slope, (rows, numbers), nodal_slopes(line.order, x).T)
    return LineTables(edge, nodal[:, :-1], slope[:, :-1], half, element)


@dataclass(frozen=True)
class GridField:
    """Fields of one or several modes on a grid (s, t).

    Attributes
    ----------
    r, z : (S, T) arrays
        Positions (complex in an absorbing layer).
    region : (S,) int array
    e_r, e_z, e_azimuthal : (k, S, T) arrays
        E_r, E_z and E_phi / i (real for real modes).
    curl_r, curl_z, curl_azimuthal : (k, S, T) arrays
        Components of curl E divided by i, i and 1; zero unless asked for.
    jacobian : (S, T) array
        dr dz / (ds dt).
    """

    r: Values
    z: Values
    region: NDArray[np.int64]
    e_r: Values
    e_z: Values
    e_azimuthal: Values
    jacobian: Values
    curl_r: Values
    curl_z: Values
    curl_azimuthal: Values

    def only(self, number: int) -> GridField:
        """The fields of one mode; the first axis keeps length 1."""
        one = slice(number, number + 1)
        fields = (self.e_r, self.e_z, self.e_azimuthal, self.curl_r, self.curl_z, self.curl_azimuthal)
        e_r, e_z, e_az, c_r, c_z, c_az = (f[one] for f in fields)
        return GridField(self.r, self.z, self.region, e_r, e_z, e_az, self.jacobian, c_r, c_z, c_az)


def evaluate(window: Window, space: TensorSpace, vectors: Values, m: float | Array, s_um: Array, t_um: Array) -> GridField:
    """Fields of eigenvectors on the grid of increasing s and any t.

    Parameters
    ----------
    vectors : (n, k) array
        Columns of unknowns of the space.
    m : float or (k,) array
        Azimuthal order, of all or of each.
    s_um, t_um : arrays
        Grid lines in the window's coordinates.
    """
    along_s, along_t = line_tables(space.s, s_um), line_tables(space.t, t_um)
    columns = vectors.T if vectors.ndim == 2 else vectors[None, :]
    order = np.asarray(m, dtype=float).reshape(-1, 1, 1)
    first, second, _ = space.sizes
    e_s = columns[:, :first].reshape(-1, space.s.edge_size, space.t.nodal_size)
    e_t = columns[:, first : first + second].reshape(-1, space.s.nodal_size, space.t.edge_size)
    psi = columns[:, first + second :].reshape(-1, space.s.nodal_size, space.t.nodal_size)

    r, z, r_s, z_s, r_t, z_t = window.map(s_um, t_um)
    r_s, z_s = r_s * along_s.half[:, None], z_s * along_s.half[:, None]
    r_t, z_t = r_t * along_t.half, z_t * along_t.half
    det = r_s * z_t - r_t * z_s
    cov_s = along_s.edge @ e_s @ along_t.nodal.T
    cov_t = along_s.nodal @ e_t @ along_t.edge.T
    value = along_s.nodal @ psi @ along_t.nodal.T
    grad_s = along_s.slope @ psi @ along_t.nodal.T - cov_s
    grad_t = along_s.nodal @ psi @ along_t.slope.T - cov_t
    rotation = (along_s.slope @ e_t @ along_t.edge.T - along_s.edge @ e_s @ along_t.slope.T) / det
    e_r, e_z = (z_t * cov_s - z_s * cov_t) / det, (r_s * cov_t - r_t * cov_s) / det
    w_r, w_z = (z_t * grad_s - z_s * grad_t) / det, (r_s * grad_t - r_t * grad_s) / det
    region = np.asarray(window.element_regions)[along_s.element]
    # curl E: r: (im/r) E_z - d_z E_phi, phi: d_z E_r - d_r E_z, z: (1/r) d_r (r E_phi) - (im/r) E_r, with r E_phi = im psi
    jacobian = det / (along_s.half[:, None] * along_t.half)
    return GridField(r, z, region, e_r, e_z, order * value / r, jacobian, -order / r * w_z, order / r * w_r, -rotation)
