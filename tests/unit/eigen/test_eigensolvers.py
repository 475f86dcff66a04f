"""The eigen-solvers against dense LAPACK on random pencils, real and complex-symmetric."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import linalg, sparse

from cavitydesign.eigen.factor import factorise
from cavitydesign.eigen.lanczos import shift_invert_lanczos
from cavitydesign.eigen.reduced_basis import orthonormal
from cavitydesign.eigen.refine import krylov_block, ritz

SIZE = 120


def pencil(complex_part: float) -> tuple[sparse.csc_matrix, sparse.csc_matrix]:
    """A sparse indefinite symmetric K and a definite B, with a complex-symmetric perturbation of
    given size.
    """
    rng = np.random.default_rng(4)
    off = rng.standard_normal(SIZE - 1)
    k = sparse.diags([off, rng.uniform(-3, 9, SIZE), off], [-1, 0, 1])
    b = sparse.diags([0.1 * off, 2.0 + rng.uniform(0, 1, SIZE), 0.1 * off], [-1, 0, 1])
    if complex_part:
        k = sparse.csc_matrix(k, dtype=complex) + 1j * complex_part * sparse.diags(
            rng.uniform(0, 1, SIZE)
        )
        b = sparse.csc_matrix(b, dtype=complex) + 1j * complex_part * sparse.diags(
            rng.uniform(0, 1, SIZE)
        )
    return sparse.csc_matrix(k), sparse.csc_matrix(b)


@pytest.mark.parametrize("complex_part", [0.0, 0.05])
def test_lanczos_finds_the_nearest_eigenvalues(complex_part: float) -> None:
    """Eigenvalues nearest the shift against a dense solve; residual tolerance 1e-8, so eigenvalues
    to 1e-9.
    """
    k, b = pencil(complex_part)
    shift = 1.3
    factor = factorise(sparse.csc_matrix(k - shift * b))
    start = np.ones(SIZE, dtype=k.dtype)
    found = shift_invert_lanczos(factor.solve, b.__matmul__, shift, start, 5)
    exact = linalg.eigvals(k.toarray(), b.toarray())
    nearest = exact[np.argsort(abs(exact - shift))[:5]]
    for value in nearest:
        error = abs(found.values - value).min()
        assert error < 1e-9, f"eigenvalue {value:.6f} missed by {error:.1e}"
    for column in found.vectors.T:
        assert abs(column @ (b @ column) - 1.0) < 1e-9


def test_inertia_counts_eigenvalues() -> None:
    """Sylvester: negative pivots of K - s B are the eigenvalues below s, at several s."""
    k, b = pencil(0.0)
    exact = linalg.eigvalsh(k.toarray(), b.toarray())
    for shift in (-1.0, 0.37, 2.2):
        factor = factorise(sparse.csc_matrix(k - shift * b))
        assert factor.negative == int(np.count_nonzero(exact < shift)), shift


def test_krylov_block_sharpens_rough_vectors() -> None:
    """Three block steps from eigenvectors spoilt by 1e-3 in each entry: errors fall from 1e-4
    (quadratic in 1e-2) below 1e-8.

    For the nearer half of the block: the outermost converge like the ratio of its distance to the
    next one's, here near 1.
    """
    k, b = pencil(0.0)
    values, vectors = linalg.eigh(k.toarray(), b.toarray())
    shift = 1.3
    near = np.argsort(abs(values - shift))[:4]
    rough = vectors[:, near] + 1e-3 * np.random.default_rng(0).standard_normal((SIZE, 4))
    factor = factorise(sparse.csc_matrix(k - shift * b))
    basis = krylov_block(factor.solve, b.__matmul__, rough, 3)
    found, _ = ritz(basis.T @ (k @ basis), basis.T @ (b @ basis))
    for value in values[near[:2]]:
        assert abs(found - value).min() < 1e-8


def test_orthonormal_drops_what_is_already_there() -> None:
    """Vectors inside the given basis add nothing; the others come out orthonormal to it."""
    rng = np.random.default_rng(2)
    basis = orthonormal(rng.standard_normal((30, 4)))
    fresh = orthonormal(
        np.concatenate([basis @ rng.standard_normal((4, 2)), rng.standard_normal((30, 2))], axis=1),
        basis,
    )
    assert fresh.shape == (30, 2)
    assert abs(basis.T @ fresh).max() < 1e-12
    assert abs(fresh.T @ fresh - np.eye(2)).max() < 1e-12
