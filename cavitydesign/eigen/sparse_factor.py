"""Symmetric factorisation of a sparse matrix by SuperLU, its solves, and its inertia."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
from scipy import sparse
from scipy.sparse import linalg as sparse_linalg

from ..arrays import Values


@dataclass(frozen=True)
class SparseFactor:
    """SuperLU's factors.

    Attributes
    ----------
    is_complex : bool
    """

    lu: sparse_linalg.SuperLU = field(repr=False)
    is_complex: bool

    @cached_property
    def negative(self) -> int | None:
        """Number of negative pivots (the inertia, by Sylvester's law); None if they left the
        diagonal, or for a complex matrix.

        SuperLU keeps a second copy of the factors once they are looked at.
        """
        # Rows and columns in one order: no pivot left the diagonal, and U holds the D of L D L^T.
        if self.is_complex or not np.array_equal(self.lu.perm_r, self.lu.perm_c):
            return None
        return int(np.count_nonzero(self.lu.U.diagonal() < 0))

    def solve(self, right: Values) -> Values:
        """Solve for one or several right-hand sides."""
        # SuperLU takes no right-hand side of another type than the matrix.
        if np.iscomplexobj(right) and not self.is_complex:
            return np.asarray(
                self.lu.solve(np.ascontiguousarray(right.real))
                + 1j * self.lu.solve(right.imag.copy())
            )
        return np.asarray(self.lu.solve(right))


def factorised_sparse(matrix: sparse.csc_matrix) -> SparseFactor:
    """Factors of a (complex-)symmetric matrix, with diagonal pivots in a minimum-degree order.

    Diagonal pivots are what the inertia is read from, and symmetric mode is 1.3 to 2.5 times faster
    than the defaults here.

    Raises
    ------
    RuntimeError
        If it is singular.
    """
    # Equilibration would scale rows and columns by different factors: no congruence, and the signs
    # of the pivots would no longer be those of the eigenvalues.
    lu = sparse_linalg.splu(
        matrix,
        permc_spec="MMD_AT_PLUS_A",
        diag_pivot_thresh=0.0,
        options={"SymmetricMode": True, "Equil": False},
    )
    return SparseFactor(lu, np.iscomplexobj(matrix.data))
