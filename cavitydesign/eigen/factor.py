"""Symmetric factorisation of K - s B, its solves, and its inertia: of chains of dense blocks, and of sparse matrices."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from scipy.sparse import linalg as sparse_linalg

from .chain import ChainMatrix

Values = NDArray[Any]
Matrix = ChainMatrix | sparse.csc_matrix


class Factor(Protocol):
    """Factors of a shifted matrix."""

    @property
    def negative(self) -> int | None:
        """Negative eigenvalues (the inertia); None if the factorisation left the diagonal or is complex."""

    def solve(self, right: Values) -> Values:
        """Solve for one or several right-hand sides."""


@dataclass(frozen=True)
class SparseFactor:
    """SuperLU's factors.

    Attributes
    ----------
    negative : int or None
        Number of negative pivots (the inertia, by Sylvester's law).
    """

    lu: sparse_linalg.SuperLU
    negative: int | None

    def solve(self, right: Values) -> Values:
        """Solve for one or several right-hand sides."""
        return np.asarray(self.lu.solve(right))


def combination(terms: Sequence[tuple[complex, Matrix]]) -> Matrix:
    """Sum of multiples of matrices of one pattern."""
    first = terms[0][1]
    values = [factor * _values(matrix) for factor, matrix in terms]
    total: Values = np.asarray(sum(values[1:], start=values[0]))
    if isinstance(first, ChainMatrix):
        return ChainMatrix(first.shape, total)
    return sparse.csc_matrix((total, first.indices, first.indptr), shape=first.shape)


def _values(matrix: Matrix) -> Values:
    return matrix.blocks if isinstance(matrix, ChainMatrix) else np.asarray(matrix.data)


def factorise(matrix: Matrix) -> Factor:
    """Factorise a (complex-)symmetric matrix.

    A sparse one with diagonal pivots in a minimum-degree order: diagonal pivots are what the inertia is read from, and symmetric
    mode is 1.3 to 2.5 times faster than the defaults here.

    Raises
    ------
    RuntimeError
        If it is singular.
    """
    if isinstance(matrix, ChainMatrix):
        return matrix.factorised()
    lu = sparse_linalg.splu(
        matrix, permc_spec="MMD_AT_PLUS_A", diag_pivot_thresh=0.0, options={"SymmetricMode": True, "Equil": False}
    )
    negative = None
    if not np.iscomplexobj(matrix.data) and np.array_equal(lu.perm_r, lu.perm_c):
        negative = int(np.count_nonzero(lu.U.diagonal() < 0))
    return SparseFactor(lu, negative)
