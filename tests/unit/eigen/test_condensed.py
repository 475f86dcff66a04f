"""Sums of element matrices, factorised by condensation, against dense LAPACK: real, complex, and
both side by side.
"""

import numpy as np
import pytest

from cavitydesign.eigen.condensed import Batch, CondensedFactor, ElementLayout, condensed

SHARED, OWN = 6, (4, 3)


def layout() -> ElementLayout:
    """Five elements in a ring, of two batches; each shares three unknowns with either neighbour,
    one of which a wall removed.
    """
    skeleton = 14
    lines = np.arange(15).reshape(5, 3)  # unknown 14 is the wall's: it does not exist
    shared = np.concatenate([lines, np.roll(lines, -1, axis=0)], axis=1)
    size = skeleton + 3 * OWN[0] + 2 * OWN[1]
    shared[shared == skeleton] = size
    first = skeleton + np.cumsum([0, *(OWN[0],) * 3, OWN[1]])
    batches = []
    for elements, own in ((np.arange(3), OWN[0]), (np.arange(3, 5), OWN[1])):
        numbers = np.concatenate(
            [shared[elements], first[elements][:, None] + np.arange(own)], axis=1
        )
        here = shared[elements]
        slot = here[:, None, :] + skeleton * here[:, :, None]  # a full pattern
        slot[(here == size)[:, :, None] | (here == size)[:, None, :]] = skeleton**2
        batches.append(
            Batch(numbers, np.arange(SHARED), SHARED + np.arange(own), slot.astype(np.int32))
        )
    indptr, indices = (
        np.arange(0, skeleton**2 + 1, skeleton),
        np.tile(np.arange(skeleton), skeleton),
    )
    return ElementLayout(
        size, skeleton, tuple(batches), indptr.astype(np.int32), indices.astype(np.int32)
    )


def element_matrices(shape: ElementLayout, complex_batches: tuple[int, ...]) -> list[np.ndarray]:
    rng = np.random.default_rng(7)
    out = []
    for number, batch in enumerate(shape.batches):
        square = (batch.numbers.shape[0], *(batch.numbers.shape[1],) * 2)
        block = rng.standard_normal(square) + (
            1j * rng.standard_normal(square) if number in complex_batches else 0.0
        )
        out.append(block + block.transpose(0, 2, 1))
    return out


def dense(shape: ElementLayout, blocks: list[np.ndarray]) -> np.ndarray:
    out = np.zeros((shape.size + 1,) * 2, dtype=complex)
    for batch, block in zip(shape.batches, blocks, strict=True):
        for numbers, matrix in zip(batch.numbers, block, strict=True):
            out[np.ix_(numbers, numbers)] += matrix
    return out[:-1, :-1]


@pytest.mark.parametrize("complex_batches", [(), (1,), (0, 1)])
@pytest.mark.parametrize("complex_right", [False, True])
def test_solves_as_the_dense_matrix(complex_batches: tuple[int, ...], complex_right: bool) -> None:
    """1e-10 of the solution, one and several right-hand sides."""
    shape = layout()
    blocks = element_matrices(shape, complex_batches)
    factor, matrix = condensed(shape, blocks), dense(shape, blocks)
    rng = np.random.default_rng(8)
    right = rng.standard_normal((shape.size, 3)) + (
        1j * rng.standard_normal((shape.size, 3)) if complex_right else 0.0
    )
    expected = np.linalg.solve(matrix, right)
    assert abs(factor.solve(right) - expected).max() < 1e-10 * abs(expected).max()
    assert abs(factor.solve(right[:, 0]) - expected[:, 0]).max() < 1e-10 * abs(expected).max()


def test_inertia() -> None:
    """Negative eigenvalues of the whole, by those of the elements' own blocks and of the Schur
    complement.
    """
    shape, counted = layout(), 0
    blocks = element_matrices(shape, ())
    matrix = dense(shape, blocks).real
    unit = [np.zeros_like(block) for block in blocks]
    for one, batch in zip(unit, shape.batches, strict=True):
        one[:, batch.own, batch.own] = 1.0
    for shift in (-3.0, 0.2, 2.5):
        shifted: CondensedFactor = condensed(
            shape, [a - shift * b for a, b in zip(blocks, unit, strict=True)]
        )
        expected = int(
            np.count_nonzero(np.linalg.eigvalsh(matrix - shift * dense(shape, unit).real) < 0)
        )
        assert shifted.negative in (expected, None), (
            shift,
            shifted.negative,
            expected,
        )  # None: pivots off the diagonal
        counted += shifted.negative is not None
    assert counted >= 2
    assert condensed(shape, element_matrices(shape, (1,))).negative is None


def test_inertia_of_small_elements() -> None:
    """Eigenvalues of an element's own block between -1e-11 (gradients in an element far smaller
    than the wavelength) and 1: their signs survive.
    """
    shape = layout()
    rng = np.random.default_rng(5)
    blocks, expected = [], 0
    for batch in shape.batches:
        length = batch.numbers.shape[1]
        block = np.zeros((batch.numbers.shape[0], length, length))
        block[:, batch.shared, batch.shared] = 1.0
        turned = np.linalg.qr(rng.standard_normal((len(block), batch.own.size, batch.own.size)))[0]
        sizes = np.where(np.arange(batch.own.size) % 2, -1e-11, 1.0) * rng.uniform(1, 3)
        expected += len(block) * int(np.count_nonzero(sizes < 0))
        whole = (turned * sizes) @ turned.transpose(0, 2, 1)
        block[:, batch.own[:, None], batch.own] = 0.5 * (whole + whole.transpose(0, 2, 1))
        blocks.append(block)
    assert condensed(shape, blocks).negative == expected


def test_gathering_is_the_transpose_of_taking_apart() -> None:
    """y^T (sum of local parts) = sum of (local y)^T (local parts)."""
    shape = layout()
    rng = np.random.default_rng(3)
    x, y = rng.standard_normal((2, shape.size, 2))
    local = [part * (1 + np.arange(part.shape[1]))[:, None] for part in shape.local_of(x)]
    total = sum(float((a * b).sum()) for a, b in zip(local, shape.local_of(y), strict=True))
    assert float((shape.gathered(local) * y).sum()) == pytest.approx(total, rel=1e-12)


def test_singular_is_refused() -> None:
    """Elements of zeros."""
    shape = layout()
    with pytest.raises(RuntimeError, match="singular"):
        condensed(shape, [np.zeros_like(block) for block in element_matrices(shape, ())])
