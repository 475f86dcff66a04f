"""Symmetric factorisation of a sparse matrix by SuperLU, its solves, and its inertia."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from scipy import sparse
from scipy.sparse import linalg as sparse_linalg

from ..arrays import Values


@dataclass(frozen=True)
class SparseFactor:
    """SuperLU's factors.

    Attributes
    ----------
    negative : int or None
        Number of negative pivots (the inertia, by Sylvester's law); None if they left the diagonal,
        or for a complex matrix.
    is_complex : bool
    """

    lu: sparse_linalg.SuperLU = field(repr=False)
    negative: int | None
    is_complex: bool

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
    is_complex, negative = np.iscomplexobj(matrix.data), None
    # Rows and columns in one order: no pivot left the diagonal, and U holds the D of L D L^T.
    if not is_complex and np.array_equal(lu.perm_r, lu.perm_c):
        negative = int(np.count_nonzero(lu.U.diagonal() < 0))
    return SparseFactor(lu, negative, is_complex)
