"""All azimuthal orders from a few: Galerkin projection of the affine pencil onto eigenvectors of
some orders.

The projected matrices keep the affine form, so every m and every permittivity is a small dense
problem; dispersion makes it nonlinear in k and is solved there. The eigenvalue's error is quadratic
in the distance of the mode from the basis and is bounded by the residual of the full problem.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from ..arrays import Values
from .refine import ritz, ritz_all

# Distance of a shift from its eigenvalue k^2, relative to that. On the eigenvalue the matrix would
# be singular; at 1e-9 of it the wanted vector still grows a million times as much in one solve as
# one whose k^2 lies a thousandth away.
_SHIFT_DISTANCE = 1e-9


class Projected(Protocol):
    """Affine matrices projected onto a basis; masses by active region."""

    @property
    def k0(self) -> Values: ...
    @property
    def k2(self) -> Values: ...
    @property
    def b_plane(self) -> Values: ...
    @property
    def b_azimuthal(self) -> Values: ...
    @property
    def b_axial(self) -> Values | None: ...


def orthonormal(vectors: Values, against: Values | None = None, tolerance: float = 1e-8) -> Values:
    """Orthonormal columns that span the given ones (beyond an orthonormal basis), nearly dependent
    directions dropped.
    """
    scaled = vectors / np.linalg.norm(vectors, axis=0)
    if against is not None:
        # Once leaves the rounding of nearly dependent vectors, twice is enough (Kahan, Parlett).
        for _ in range(2):
            scaled = scaled - against @ (against.conj().T @ scaled)
    # An eigenvalue's error is quadratic in what the basis lacks: a direction below 1e-8 would
    # better it by 1e-16, and would bring the rounding of its own subtraction.
    left, singular, _ = np.linalg.svd(scaled, full_matrices=False)
    return np.asarray(left[:, singular > tolerance])


@dataclass(frozen=True)
class ReducedPencil:
    """Projected affine matrices.

    Attributes
    ----------
    basis : (n, b) array
        Orthonormal in the Euclidean product.
    active : tuple of int
        Media present, in the order of the mass arrays.
    k0, k2 : (b, b) arrays
    b_plane, b_azimuthal : (active, b, b) arrays
    b_axial : (active, b, b) array or None
    """

    basis: Values
    active: tuple[int, ...]
    k0: Values
    k2: Values
    b_plane: Values
    b_azimuthal: Values
    b_axial: Values | None

    @classmethod
    def of(cls, basis: Values, active: tuple[int, ...], projected: Projected) -> ReducedPencil:
        """The pencil of a basis, given the affine matrices projected onto it."""
        p = projected
        return cls(basis, active, p.k0, p.k2, p.b_plane, p.b_azimuthal, p.b_axial)

    def stiffness(self, m: float) -> Values:
        """Projected a at azimuthal order m."""
        return np.asarray(self.k0 + m**2 * self.k2)

    def mass(self, m: float, ordinary: Values, axial: Values) -> Values:
        """Projected b at azimuthal order m and permittivities by region, across and along z."""
        chosen = list(self.active)
        data = np.tensordot(ordinary[chosen], self.b_plane + m**2 * self.b_azimuthal, 1)
        if self.b_axial is not None:
            data = data + np.tensordot(axial[chosen], self.b_axial, 1)
        return np.asarray(data)

    def solve(self, m: float, ordinary: Values, axial: Values) -> tuple[Values, Values, Values]:
        """All eigenvalues k^2 of the small problem, its vectors scaled to y^T B y = 1 (no
        conjugation), and B.
        """
        mass = self.mass(m, ordinary, axial)
        return *ritz(self.stiffness(m), mass), mass

    def solve_all(
        self, m: Values, ordinary: Sequence[Values], axial: Sequence[Values]
    ) -> tuple[Values, Values, Values]:
        """Eigenvalues k^2, vectors and B at several azimuthal orders at once.

        Shapes are (orders, b), (orders, b, b) and (orders, b, b).

        Vectors are scaled to y^T B y = 1.
        """
        stiffness, mass = self._stacked(m, ordinary, axial)
        return *ritz_all(stiffness, mass), mass

    def improved(
        self,
        m: Values,
        squares: Values,
        weights: Values,
        ordinary: Sequence[Values],
        axial: Sequence[Values],
    ) -> Values:
        """Vectors with media of their own, by one step of inverse iteration from those with other
        media.

        Parameters
        ----------
        m : (n,) array
            Azimuthal orders.
        squares : (n,) array
            Quotients k^2 of the vectors with their own media.
        weights : (b, n) array
            Vectors of the small problem.
        ordinary, axial : sequences of n arrays
            Permittivities by region, across and along z.

        Returns
        -------
        (b, n) array
            Scaled to y^T B y = 1.
        """
        stiffness, mass = self._stacked(m, ordinary, axial)
        columns = weights.T[:, :, None]
        columns = np.linalg.solve(
            stiffness - (squares * (1 + _SHIFT_DISTANCE))[:, None, None] * mass, mass @ columns
        )
        scale = np.sqrt(np.einsum("nik,nij,njk->n", columns, mass, columns, optimize=True))
        return np.asarray((columns[:, :, 0] / scale[:, None]).T)

    def _stacked(
        self, m: Values, ordinary: Sequence[Values], axial: Sequence[Values]
    ) -> tuple[Values, Values]:
        """Projected a and b at several azimuthal orders, each (orders, b, b)."""
        m2 = np.asarray(m, dtype=float)[:, None, None] ** 2
        chosen = list(self.active)
        across = np.stack(ordinary)[:, chosen]
        mass = np.tensordot(across, self.b_plane, 1) + m2 * np.tensordot(
            across, self.b_azimuthal, 1
        )
        if self.b_axial is not None:
            mass = mass + np.tensordot(np.stack(axial)[:, chosen], self.b_axial, 1)
        return self.k0 + m2 * self.k2, mass

    def quotients(self, m: Values, weights: Values) -> tuple[Values, Values, Values]:
        """y^T a y, and y^T b y by active region across and along z, of the columns of a (b, n)
        array at n azimuthal orders.
        """
        m2 = np.asarray(m, dtype=float) ** 2

        def of(matrix: Values) -> Values:
            return np.asarray(np.einsum("in,in->n", weights, matrix @ weights))

        stiffness = of(self.k0) + m2 * of(self.k2)
        across = [of(a) + m2 * of(b) for a, b in zip(self.b_plane, self.b_azimuthal, strict=True)]
        along = (
            [np.zeros_like(stiffness)] * len(across)
            if self.b_axial is None
            else [of(b) for b in self.b_axial]
        )
        return stiffness, np.stack(across, axis=1), np.stack(along, axis=1)
