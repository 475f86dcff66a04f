"""Symmetric matrices that are chains of overlapping dense blocks: products, factorisation, inertia.

Element e couples the unknowns on its inner line, its own, and those on its outer line, the inner
line of element e + 1. The two ends of the chain are walls. Elimination outwards is a block L D L^T,
each D by Bunch-Kaufman pivoting (LAPACK sytrf), whose pivots give the inertia (Sylvester;
Haynsworth's additivity for Schur complements). Complex matrices are symmetric, not Hermitian.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np
from scipy.linalg import lapack

from ..arrays import Values


@dataclass(frozen=True)
class ChainShape:
    """Sizes of a chain.

    Parameters
    ----------
    elements : int
    shared : int
        Unknowns on a line between two elements.
    interior : int
        Unknowns of one element alone.
    """

    elements: int
    shared: int
    interior: int

    @cached_property
    def local(self) -> int:
        """Unknowns that an element couples."""
        return self.interior + 2 * self.shared

    @cached_property
    def own(self) -> int:
        """Unknowns of an element and of its outer line."""
        return self.interior + self.shared

    @cached_property
    def size(self) -> int:
        """All unknowns; those on the first and the last line are walls."""
        return self.elements * self.own - self.shared

    def local_of(self, vectors: Values) -> list[Values]:
        """Columns of (n, k) by element: one batch, a view of shape (elements, local, k) of a padded
        copy.
        """
        # The zeros at both ends are the walls, so that the end elements look like all others.
        padded = np.zeros((self.size + 2 * self.shared, vectors.shape[1]), dtype=vectors.dtype)
        padded[self.shared : self.shared + self.size] = vectors
        row, column = padded.strides
        shape = (self.elements, self.local, vectors.shape[1])
        # Elements follow each other by `own` rows but are `local` rows long: the view shows each
        # shared line to both of its elements without copying it.
        strides = (self.own * row, row, column)
        # `as_strided` takes twenty times as long as the view itself.
        return [np.ndarray(shape, padded.dtype, padded, 0, strides)]

    def gathered(self, local: Sequence[Values]) -> Values:
        """Sum of the contributions of the one batch, (elements, local, k); shape (n, k)."""
        (of_elements,) = local
        # What elements give to the first and to the last line is dropped: the field is zero there.
        out = of_elements[:, self.shared :].copy()
        out[:-1, self.interior :] += of_elements[1:, : self.shared]
        return np.asarray(out.reshape(self.elements * self.own, -1)[: self.size])

    def factorised(self, blocks: Iterable[Values]) -> ChainFactor:
        """Factors of the chain of the one batch."""
        return ChainMatrix(self, next(iter(blocks))).factorised()


@dataclass(frozen=True)
class ChainMatrix:
    """A symmetric chain.

    Parameters
    ----------
    shape : ChainShape
    blocks : (elements, local, local) array
    """

    shape: ChainShape
    blocks: Values = field(repr=False)

    @property
    def dtype(self) -> np.dtype[Any]:
        """Of the blocks."""
        return self.blocks.dtype

    def __matmul__(self, vectors: Values) -> Values:
        """Product with (n,) or (n, k)."""
        columns = vectors if vectors.ndim == 2 else vectors[:, None]
        out = self.shape.gathered([self.blocks @ self.shape.local_of(columns)[0]])
        return out if vectors.ndim == 2 else out[:, 0]

    @classmethod
    def combined(cls, terms: Sequence[tuple[complex, ChainMatrix]]) -> ChainMatrix:
        """Sum of multiples of chains of one shape."""
        scaled = [factor * matrix.blocks for factor, matrix in terms]
        return cls(terms[0][1].shape, np.asarray(sum(scaled[1:], start=scaled[0])))

    def dense(self) -> Values:
        """The whole matrix, for tests and tiny problems."""
        return self @ np.eye(self.shape.size)

    def factorised(self) -> ChainFactor:
        """Factors.

        Raises
        ------
        RuntimeError
            If it is singular.
        """
        return _factorised(self)


@dataclass(frozen=True)
class ChainFactor:
    """Factors of a chain.

    Attributes
    ----------
    negative : int or None
        Negative eigenvalues of the matrix; None for a complex one.
    pivots : sequence of (packed factor, pivots)
        Of each group of own unknowns.
    inward : sequence of (own, shared) arrays
        Coupling of each group to the line inside it (none for the first).
    spread : sequence of (own, shared) arrays
        Inverse of each group's pivot block, on the columns of its outer line.
    """

    shape: ChainShape
    negative: int | None
    pivots: tuple[tuple[Values, Values], ...] = field(repr=False)
    inward: tuple[Values, ...] = field(repr=False)
    spread: tuple[Values, ...] = field(repr=False)

    def solve(self, right: Values) -> Values:
        """Solve for one or several right-hand sides."""
        columns = right if right.ndim == 2 else right[:, None]
        if np.iscomplexobj(columns) and self.negative is not None:
            # A real factor takes both parts beside each other, and is not copied to a complex one.
            both = self._solve(np.concatenate([columns.real, columns.imag], axis=1))
            out = both[:, : columns.shape[1]] + 1j * both[:, columns.shape[1] :]
        else:
            out = self._solve(columns)
        return out if right.ndim == 2 else out[:, 0]

    def _solve(self, columns: Values) -> Values:
        """Solve for columns of the factors' own kind, or real ones."""
        shape, own, last = self.shape, self.shape.own, self.shape.elements - 1
        out = np.empty(columns.shape, dtype=self.pivots[0][0].dtype)
        substitute = _routines(self.negative is None)[1]
        # Forwards: each group of unknowns takes off what the line inside it passes on.
        line: Values | None = None
        for element, (packed, pivots) in enumerate(self.pivots):
            group = columns[element * own : (element + 1) * own]
            if line is not None:
                group = group - self.inward[element] @ line
            solved = substitute(packed, pivots, group, lower=1)[0]
            out[element * own : (element + 1) * own] = solved
            line = solved[shape.interior :]
        # Backwards: with the group outside known, its share is taken off the one inside.
        for element in range(last - 1, -1, -1):
            after = out[(element + 1) * own : (element + 2) * own]
            out[element * own : (element + 1) * own] -= self.spread[element] @ (
                self.inward[element + 1].T @ after
            )
        return out


def _routines(is_complex: bool) -> tuple[Any, Any]:
    """LAPACK's factorisation and its substitution."""
    if is_complex:
        return lapack.zsytrf, lapack.zsytrs
    return lapack.dsytrf, lapack.dsytrs


def _factorised(matrix: ChainMatrix) -> ChainFactor:
    shape, blocks = matrix.shape, matrix.blocks
    shared, interior = shape.shared, shape.interior
    complex_ = np.iscomplexobj(blocks)
    factor, substitute = _routines(complex_)
    negative = 0
    pivots: list[tuple[Values, Values]] = []
    inward: list[Values] = []
    spread: list[Values] = []
    outer = np.zeros((shape.own, shared), dtype=blocks.dtype)
    outer[interior:] = np.eye(shared)
    for element in range(shape.elements):
        last = element == shape.elements - 1
        block = np.array(
            blocks[
                element, shared : shape.local - shared * last, shared : shape.local - shared * last
            ],
            order="F",
        )
        if not last:
            block[interior:, interior:] += blocks[element + 1, :shared, :shared]
        towards = blocks[element, shared : shared + block.shape[0], :shared]
        if element > 0:
            # The Schur complement: the rows `interior:` of `spread` are the inverse of the block
            # inside, restricted to the line that both share.
            block -= towards @ spread[element - 1][interior:] @ towards.T
        # SciPy's default workspace of one column makes LAPACK take columns singly; with 32 of them
        # sytrf works on blocks by matrix products.
        packed, pivot_rows, info = factor(block, lower=1, lwork=32 * block.shape[0], overwrite_a=1)
        if info != 0:
            raise RuntimeError("exactly singular")
        if not complex_:
            negative += _negative(packed, pivot_rows)
        pivots.append((packed, pivot_rows))
        inward.append(towards)
        if not last:
            spread.append(substitute(packed, pivot_rows, outer, lower=1)[0])
    return ChainFactor(
        shape, None if complex_ else negative, tuple(pivots), tuple(inward), tuple(spread)
    )


def _negative(packed: Values, pivots: Values) -> int:
    """Negative eigenvalues of D: one of each 2 x 2 pivot (they are indefinite), and the negative 1
    x 1 ones.
    """
    # LAPACK marks both rows of a 2 x 2 pivot by a negative entry, hence the half.
    single = pivots > 0
    return (
        int(np.count_nonzero(packed.diagonal()[single] < 0)) + int(np.count_nonzero(~single)) // 2
    )
