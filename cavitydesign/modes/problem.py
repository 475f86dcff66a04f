"""One mirror class of one radial family: a window, a space, its affine matrices, and the solves on them."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from ..eigen.factor import Factor, factorise
from ..eigen.lanczos import Eigenpairs, shift_invert_lanczos
from ..fem.forms import AffineForms, assemble, space_of
from ..fem.legendre import Line
from ..fem.tensor_space import TensorSpace
from ..geometry.cavity import Cavity
from ..mesh.rim_map import Window
from .media import Permittivities

Values = NDArray[np.generic]


@dataclass(frozen=True)
class WindowProblem:
    """The eigenproblem of a cavity in a window at one polynomial order and mirror class.

    Parameters
    ----------
    wall : {"electric", "magnetic"}
        Mirror plane: electric holds E_z even (TM of even q, TE of odd q), magnetic E_z odd.
    """

    cavity: Cavity
    window: Window
    order: int
    wall: str
    forms: AffineForms = field(repr=False)

    @classmethod
    def build(cls, cavity: Cavity, window: Window, order: int, wall: str) -> WindowProblem:
        """Assemble the problem (once per geometry: m, wavelength and index come later)."""
        along = 1 if cavity.sliced else order
        space = space_of(window, order, along, wall, extra_points=3 if window.is_complex else 1)
        return cls(cavity, window, order, wall, assemble(window, space, len(cavity.regions)))

    @property
    def space(self) -> TensorSpace:
        """The discrete space."""
        return self.forms.space

    @property
    def size(self) -> int:
        """Unknowns."""
        return self.space.size

    def stiffness(self, m: float) -> Values:
        """Data of K at azimuthal order m."""
        return self.forms.stiffness(m)

    def mass(self, m: float, eps: Permittivities) -> Values:
        """Data of B at azimuthal order m."""
        return self.forms.mass(m, list(eps.ordinary), list(eps.axial))

    def matrix(self, data: Values) -> sparse.csc_matrix:
        """A sparse matrix on the shared pattern."""
        pattern = self.space.pattern
        return sparse.csc_matrix((data, pattern.indices, pattern.indptr), shape=(self.size, self.size))

    def factor(self, m: float, eps: Permittivities, shift: complex) -> Factor:
        """Factorisation of K - shift B."""
        return factorise(self.matrix(self.stiffness(m) - shift * self.mass(m, eps)))

    def eigenpairs(self, factor: Factor, m: float, eps: Permittivities, shift: complex, wanted: int, start: Values | None) -> Eigenpairs:
        """Modes nearest the shift, scaled to x^T B x = 1."""
        mass = self.matrix(self.mass(m, eps))
        if start is None:
            start = np.random.default_rng(20).standard_normal(self.size)
        return shift_invert_lanczos(factor.solve, lambda v: mass @ v, shift, start.astype(mass.dtype), wanted)

    def count_below(self, m: float, eps: Permittivities, shift: float) -> int | None:
        """Eigenvalues below the shift, by the inertia of the factorisation; None where it left the diagonal."""
        return self.factor(m, eps, shift).negative


def lower_order(problem: WindowProblem, order: int) -> tuple[WindowProblem, NDArray[np.int64]]:
    """The same problem at a lower order, and the unknowns of the higher one that it keeps (the bases are hierarchical)."""
    low = WindowProblem.build(problem.cavity, problem.window, order, problem.wall)
    return low, restriction(problem.space, low.space)


def restriction(high: TensorSpace, low: TensorSpace) -> NDArray[np.int64]:
    """Numbers, in the higher-order space, of the unknowns of a lower-order one on the same elements."""
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
