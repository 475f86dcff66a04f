"""Chains of overlapping dense blocks against dense LAPACK."""

from __future__ import annotations

import numpy as np
import pytest

from cavitydesign.eigen.chain import ChainMatrix, ChainShape
from cavitydesign.eigen.factor import combination, factorise

SHAPE = ChainShape(4, 3, 7)


def chain(seed: int, complex_part: float = 0.0, shape: ChainShape = SHAPE) -> ChainMatrix:
    rng = np.random.default_rng(seed)
    blocks = rng.standard_normal((shape.elements, shape.local, shape.local))
    if complex_part:
        blocks = blocks + 1j * complex_part * rng.standard_normal(blocks.shape)
    return ChainMatrix(shape, blocks + blocks.transpose(0, 2, 1))


def by_hand(matrix: ChainMatrix) -> np.ndarray:
    """Sum of the blocks at their places, walls cut off."""
    shape = matrix.shape
    padded = np.zeros((shape.size + 2 * shape.shared,) * 2, dtype=matrix.dtype)
    for e, block in enumerate(matrix.blocks):
        here = slice(e * shape.own, e * shape.own + shape.local)
        padded[here, here] += block
    return padded[shape.shared : -shape.shared, shape.shared : -shape.shared]


@pytest.mark.parametrize("complex_part", [0.0, 0.3])
def test_product_is_that_of_the_summed_blocks(complex_part: float) -> None:
    """One vector, several, and unit vectors (rounding)."""
    matrix = chain(1, complex_part)
    vectors = np.random.default_rng(2).standard_normal((SHAPE.size, 4))
    dense = by_hand(matrix)
    assert abs(matrix @ vectors - dense @ vectors).max() < 1e-12
    assert abs(matrix @ vectors[:, 0] - dense @ vectors[:, 0]).max() < 1e-12
    assert abs(matrix.dense() - dense).max() < 1e-13


@pytest.mark.parametrize("complex_part", [0.0, 0.3])
@pytest.mark.parametrize("shape", [SHAPE, ChainShape(1, 2, 5), ChainShape(2, 1, 1)], ids=str)
def test_solution_is_that_of_the_dense_matrix(complex_part: float, shape: ChainShape) -> None:
    """Real and complex right-hand sides, one or several; indefinite matrices of condition 1e3, so
    1e-10 of the solution.
    """
    matrix = chain(3, complex_part, shape)
    factor, dense = factorise(matrix), by_hand(matrix)
    rng = np.random.default_rng(5)
    for right in (rng.standard_normal((shape.size, 3)), rng.standard_normal(shape.size) * (1 + 2j)):
        expected = np.linalg.solve(dense, right)
        assert abs(factor.solve(right) - expected).max() < 1e-10 * abs(expected).max()


@pytest.mark.parametrize("seed", range(5))
def test_inertia_counts_eigenvalues(seed: int) -> None:
    """Sylvester and Haynsworth: negative pivots of A - s I are the eigenvalues below s; 1 x 1 and 2
    x 2 pivots both occur.
    """
    matrix = chain(seed)
    values = np.linalg.eigvalsh(by_hand(matrix))
    identity = ChainMatrix(SHAPE, np.stack([_own_identity(e) for e in range(SHAPE.elements)]))
    for shift in (-4.0, 0.1, 3.7):
        shifted = combination([(1.0, matrix), (-shift, identity)])
        assert factorise(shifted).negative == int(np.count_nonzero(values < shift)), shift
    assert factorise(chain(seed, 0.2)).negative is None


def _own_identity(element: int) -> np.ndarray:
    """Blocks that sum to the identity: each element gives that of its own and its outer
    unknowns.
    """
    own = np.ones(SHAPE.local)
    own[: SHAPE.shared] = 0.0
    return np.diag(own)


def test_a_singular_matrix_is_refused() -> None:
    """A zero pivot block is exactly singular."""
    with pytest.raises(RuntimeError, match="singular"):
        factorise(ChainMatrix(SHAPE, np.zeros((SHAPE.elements, SHAPE.local, SHAPE.local))))
