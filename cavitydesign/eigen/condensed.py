"""Symmetric matrices that are sums of dense element matrices, factorised by static condensation.

What only one element couples (its bubbles) is eliminated there, all elements of a batch at once by
LAPACK; the sparse Schur complement on what neighbours share is several times smaller and denser,
and goes to SuperLU (Guyan 1965; Wilson 1974). Complex matrices are symmetric, not Hermitian;
batches that are real stay real.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from scipy.linalg import lapack

from ..arrays import IntArray, Values
from .sparse_factor import SparseFactor, factorised_sparse


@dataclass(frozen=True, eq=False)
class Batch:
    """Elements with equally many local unknowns.

    Parameters
    ----------
    numbers : (k, L) int array
        Unknown of each local one; that past the last where a wall removed it.
    shared, own : int arrays
        Local unknowns that neighbours couple too, and those that only the element does.
    slot : (k, S, S) int32 array
        Index of each pair of shared ones in the data of the Schur complement; the number of stored
        values where one is absent.
    """

    numbers: IntArray
    shared: IntArray
    own: IntArray
    slot: NDArray[np.int32] = field(repr=False)


@dataclass(frozen=True, eq=False)
class ElementLayout:
    """Where the unknowns of the elements lie.

    Parameters
    ----------
    size, skeleton : int
        All unknowns, and the first of them, that elements share.
    batches : tuple of Batch
    indptr, indices : int32 arrays
        Pattern of the Schur complement.
    """

    size: int
    skeleton: int
    batches: tuple[Batch, ...]
    indptr: NDArray[np.int32] = field(repr=False)
    indices: NDArray[np.int32] = field(repr=False)

    def local_of(self, vectors: Values) -> list[Values]:
        """Columns of (n, c) by batch, each (k, L, c)."""
        # The row of zeros past the last is what a wall leaves of an unknown.
        padded = np.concatenate([vectors, np.zeros((1, vectors.shape[1]), vectors.dtype)])
        return [padded[batch.numbers] for batch in self.batches]

    def gathered(self, local: Sequence[Values]) -> Values:
        """Sum of (k, L, c) contributions, shape (n, c)."""
        count = local[0].shape[-1]
        out: Values = self._gather @ np.concatenate([part.reshape(-1, count) for part in local])
        return np.asarray(out[: self.size])

    def factorised(self, blocks: Iterable[Values]) -> CondensedFactor:
        """Factors of the sum of the element matrices of each batch."""
        return condensed(self, blocks)

    @cached_property
    def _gather(self) -> sparse.csr_matrix:
        numbers = np.concatenate([batch.numbers.ravel() for batch in self.batches])
        entries = (np.ones(numbers.size), (numbers, np.arange(numbers.size)))
        return sparse.csr_matrix(entries, shape=(self.size + 1, numbers.size))


@dataclass(frozen=True, eq=False)
class CondensedFactor:
    """Factors of a sum of element matrices.

    Attributes
    ----------
    inverse : sequence of (k, I, I) arrays
        Of the blocks of the elements' own unknowns.
    own_negative : int or None
        Negative eigenvalues of these blocks; None if complex.
    spread : sequence of (k, I, S) arrays
        That times their coupling to the shared ones.
    skeleton : SparseFactor
        Of the Schur complement.
    """

    layout: ElementLayout
    inverse: tuple[Values, ...] = field(repr=False)
    own_negative: int | None
    spread: tuple[Values, ...] = field(repr=False)
    skeleton: SparseFactor = field(repr=False)

    @cached_property
    def negative(self) -> int | None:
        """Negative eigenvalues of the matrix (Sylvester; Haynsworth for the parts); None if complex
        or not to be had.
        """
        outer = None if self.own_negative is None else self.skeleton.negative
        return None if outer is None or self.own_negative is None else outer + self.own_negative

    def solve(self, right: Values) -> Values:
        """Solve for one or several right-hand sides."""
        layout = self.layout
        columns = right if right.ndim == 2 else right[:, None]
        complex_ = np.iscomplexobj(columns) or self.skeleton.is_complex
        out = np.zeros((layout.size + 1, columns.shape[1]), dtype=complex if complex_ else float)
        out[: layout.size] = columns
        inside = []
        for batch, inverse, spread in zip(layout.batches, self.inverse, self.spread, strict=True):
            own = out[batch.numbers[:, batch.own]]
            inside.append(product(inverse, own))
            # Several elements share an unknown, and a plain `-=` would keep the last one's share.
            np.subtract.at(
                out, batch.numbers[:, batch.shared], product(spread.transpose(0, 2, 1), own)
            )
        # The row of the walls has collected shares that mean nothing.
        out[-1] = 0.0
        out[: layout.skeleton] = self.skeleton.solve(out[: layout.skeleton])
        for batch, spread, own in zip(layout.batches, self.spread, inside, strict=True):
            out[batch.numbers[:, batch.own]] = own - product(
                spread, out[batch.numbers[:, batch.shared]]
            )
        return out[:-1] if right.ndim == 2 else out[:-1, 0]


def condensed(layout: ElementLayout, blocks: Iterable[Values]) -> CondensedFactor:
    """Factorise a sum of element matrices.

    Parameters
    ----------
    layout : ElementLayout
    blocks : iterable of (k, L, L) arrays
        By batch, whole or in parts of some elements; symmetric. Taken one after the other.

    Raises
    ------
    RuntimeError
        If it is singular.
    """
    inverses: list[Values] = []
    spreads: list[Values] = []
    own_negative: int | None = 0
    # One value more than the pattern holds: the slot of pairs that a wall removed.
    data: Values = np.zeros(layout.indices.size + 1)
    schur: Values = np.zeros(0)
    for batch, some, block in _by_batch(layout, blocks):
        count = batch.numbers.shape[0]
        if some.start == 0:
            own_size, shared_size = batch.own.size, batch.shared.size
            inverses.append(np.empty((count, own_size, own_size), dtype=block.dtype))
            spreads.append(np.empty((count, own_size, shared_size), dtype=block.dtype))
            schur = np.empty((count, shared_size, shared_size), dtype=block.dtype)
        coupling = _part(block, batch.own, batch.shared)
        inverses[-1][some], negative = _inverted(_part(block, batch.own, batch.own))
        own_negative = None if own_negative is None or negative is None else own_negative + negative
        np.matmul(inverses[-1][some], coupling, out=spreads[-1][some])
        schur[some] = _part(block, batch.shared, batch.shared)
        schur[some] -= coupling.transpose(0, 2, 1) @ spreads[-1][some]
        if some.stop == count:
            if np.iscomplexobj(schur) and not np.iscomplexobj(data):
                data = data.astype(complex)
            _add(data, batch.slot.ravel(), schur.ravel())
    matrix = sparse.csc_matrix(
        (data[:-1], layout.indices, layout.indptr), shape=(layout.skeleton, layout.skeleton)
    )
    skeleton = factorised_sparse(matrix)
    return CondensedFactor(layout, tuple(inverses), own_negative, tuple(spreads), skeleton)


def _by_batch(
    layout: ElementLayout, blocks: Iterable[Values]
) -> Iterator[tuple[Batch, slice, Values]]:
    """Element matrices with their batch, and which of its elements they are."""
    parts = iter(blocks)
    for batch in layout.batches:
        begin = 0
        while begin < batch.numbers.shape[0]:
            block = next(parts)
            yield batch, slice(begin, begin + block.shape[0]), block
            begin += block.shape[0]


def _part(block: Values, rows: IntArray, columns: IntArray) -> Values:
    """Some rows and columns of each matrix."""
    index = (rows[:, None] * block.shape[1] + columns).ravel()
    taken = np.take(block.reshape(block.shape[0], -1), index, axis=1)
    return np.asarray(taken.reshape(block.shape[0], rows.size, columns.size))


def product(matrices: Values, columns: Values) -> Values:
    """matrices @ columns, a real matrix with complex columns in real arithmetic."""
    if np.iscomplexobj(columns) and not np.iscomplexobj(matrices):
        columns = np.ascontiguousarray(columns)
        return np.asarray((matrices @ columns.view(np.float64)).view(np.complex128))
    return np.asarray(matrices @ columns)


def _add(data: Values, slot: NDArray[np.int32], values: Values) -> None:
    """Add values to the slots of the data; several may have the same."""
    # `bincount` sums real weights only.
    if np.iscomplexobj(values):
        _add(data.real, slot, values.real)
        _add(data.imag, slot, values.imag)
    else:
        part = data.real if np.iscomplexobj(data) else data
        part += np.bincount(slot, weights=values, minlength=data.size)


def _inverted(blocks: Values) -> tuple[Values, int | None]:
    """Inverses of small symmetric matrices, which are overwritten, and how many negative
    eigenvalues these have together; None if complex.

    Inverted and not factorised alone: products with inverses take all elements of a batch at once.
    By symmetric factors (Bunch and Kaufman), in half the time of `numpy.linalg.inv`; their pivots
    tell the signs. The eigenvalues of the inverses would not: gradients are the smallest
    eigenvalues of a small element, and the largest of its inverse, whose rounding hides all others.

    Raises
    ------
    RuntimeError
        If one is singular.
    """
    complex_ = np.iscomplexobj(blocks)
    factorise, invert = (
        (lapack.zsytrf, lapack.zsytri) if complex_ else (lapack.dsytrf, lapack.dsytri)
    )
    work, negative = 32 * max(blocks.shape[1], 1), 0
    for block in blocks if blocks.shape[1] else ():
        # The transpose is the same matrix in LAPACK's order, so that nothing is copied.
        packed, pivots, singular = factorise(block.T, lower=1, lwork=work, overwrite_a=1)
        if singular:
            raise RuntimeError("exactly singular")
        if not complex_:
            # LAPACK marks both rows of a 2 x 2 pivot, which is indefinite, by a negative entry.
            single = pivots > 0
            negative += int(np.count_nonzero(packed.diagonal()[single] < 0))
            negative += int(np.count_nonzero(~single)) // 2
        block.T[:] = invert(packed, pivots, lower=1, overwrite_a=1)[0]
    lower = np.triu(blocks, 1).transpose(0, 2, 1)
    return np.asarray(np.triu(blocks) + lower), None if complex_ else negative
