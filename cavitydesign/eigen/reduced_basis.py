"""All azimuthal orders from a few: Galerkin projection of the affine pencil onto eigenvectors of some orders.

The projected matrices keep the affine form, so every m and every permittivity is a small dense problem; dispersion makes it
nonlinear in k and is solved there. The eigenvalue's error is quadratic in the distance of the mode from the basis and is bounded
by the residual of the full problem.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import linalg

Values = NDArray[Any]


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
    def empty(cls, size: int) -> ReducedPencil:
        """No basis yet."""
        nothing = np.zeros((0, 0))
        return cls(np.zeros((size, 0)), (), nothing, nothing, nothing, nothing, None)

    @classmethod
    def project(cls, basis: Values, active: tuple[int, ...], images: tuple[Values | None, ...]) -> ReducedPencil:
        """Project the affine matrices, given the images of the basis under K0, K2, B_plane, B_azimuthal, B_axial."""
        k0, k2, plane, azimuthal, axial = (None if part is None else np.asarray(basis.T @ part) for part in images)
        assert k0 is not None and k2 is not None and plane is not None and azimuthal is not None
        return cls(basis, active, k0, k2, plane, azimuthal, axial)

    def new_directions(self, vectors: Values, tolerance: float = 1e-8) -> Values:
        """Orthonormal columns that add the given vectors to the basis, nearly dependent directions dropped."""
        scaled = vectors / np.linalg.norm(vectors, axis=0)
        for _ in range(2):
            scaled = scaled - self.basis @ (self.basis.conj().T @ scaled)
        left, singular, _ = np.linalg.svd(scaled, full_matrices=False)
        return np.asarray(left[:, singular > tolerance])

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
        """All eigenvalues k^2 of the small problem, its vectors scaled to y^T B y = 1 (no conjugation), and B."""
        a, b = self.stiffness(m), self.mass(m, ordinary, axial)
        if np.iscomplexobj(a) or np.iscomplexobj(b):
            values, vectors = linalg.eig(a, b)
            scale = np.sqrt(np.einsum("ij,ij->j", vectors, b @ vectors))
            return values, np.asarray(vectors / scale), b
        values, vectors = linalg.eigh(0.5 * (a + a.T), 0.5 * (b + b.T))
        return values, vectors, b
