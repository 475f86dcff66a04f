"""Symmetric factorisation of K - s B, its solves, and its inertia."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from scipy.sparse import linalg as sparse_linalg

Values = NDArray[Any]


@dataclass(frozen=True)
class Factor:
    """Factors of a shifted matrix.

    Attributes
    ----------
    negative : int or None
        Number of negative pivots (the inertia, by Sylvester's law), None if the factorisation left the diagonal or is complex.
    """

    lu: sparse_linalg.SuperLU
    negative: int | None

    def solve(self, right: Values) -> Values:
        """Solve for one or several right-hand sides."""
        return np.asarray(self.lu.solve(right))


def factorise(matrix: sparse.csc_matrix) -> Factor:
    """Factorise a (complex-)symmetric matrix with diagonal pivots in a minimum-degree order.

    Diagonal pivots are what the inertia is read from, and symmetric mode is 1.3 to 2.5 times faster than the defaults here.
    """
    lu = sparse_linalg.splu(
        matrix, permc_spec="MMD_AT_PLUS_A", diag_pivot_thresh=0.0, options={"SymmetricMode": True, "Equil": False}
    )
    negative = None
    if not np.iscomplexobj(matrix.data) and np.array_equal(lu.perm_r, lu.perm_c):
        negative = int(np.count_nonzero(lu.U.diagonal() < 0))
    return Factor(lu, negative)
