"""Symmetric factorisation of K - s B, its solves, and its inertia, whatever the matrices are made
of.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Protocol, Self

import numpy as np
from scipy import sparse

from ..arrays import Values
from .sparse_factor import factorised_sparse


class Factor(Protocol):
    """Factors of a shifted matrix."""

    @property
    def negative(self) -> int | None:
        """Negative eigenvalues (the inertia); None if the factorisation left the diagonal or is
        complex.
        """

    def solve(self, right: Values) -> Values:
        """Solve for one or several right-hand sides."""


class Matrix(Protocol):
    """A symmetric matrix of a discrete problem: a chain of blocks, or a sum of element matrices."""

    @property
    def dtype(self) -> np.dtype[Any]:
        """Of its values."""

    def __matmul__(self, vectors: Values) -> Values:
        """Product with (n,) or (n, k)."""

    @classmethod
    def combined(cls, terms: Sequence[tuple[complex, Self]]) -> Self:
        """Sum of multiples of matrices of one structure."""

    def factorised(self) -> Factor:
        """Factors."""


def combination(terms: Sequence[tuple[complex, Matrix]]) -> Matrix:
    """Sum of multiples of matrices of one structure."""
    # A problem has matrices of one kind, so that the first speaks for all.
    return type(terms[0][1]).combined(terms)


def factorise(matrix: Matrix | sparse.csc_matrix) -> Factor:
    """Factorise a (complex-)symmetric matrix.

    Raises
    ------
    RuntimeError
        If it is singular.
    """
    if isinstance(matrix, sparse.csc_matrix):
        return factorised_sparse(matrix)
    return matrix.factorised()
