"""Refine approximate eigenvectors with a factorisation near them: block Krylov steps, and the Ritz
vectors of a small pencil.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from scipy import linalg

from ..arrays import Values
from .dense import pencil_pairs

Apply = Callable[[Values], Values]


def inverse_iterated(solve: Apply, mass: Apply, vector: Values, steps: int) -> Values:
    """A vector after steps of inverse iteration, of length 1: what it holds of the eigenvector
    nearest to the shift s grows by the ratio of the distances at each.

    Parameters
    ----------
    solve, mass : callables
        Apply (K - s B)^-1 and B.
    vector : (n,) array
    steps : int
    """
    for _ in range(steps):
        vector = solve(np.asarray(mass(vector)))
        vector = vector / np.linalg.norm(vector)
    return vector


def ritz(stiffness: Values, mass: Values) -> tuple[Values, Values]:
    """Eigenvalues of a small projected pencil and its vectors, scaled to y^T B y = 1 (no
    conjugation).
    """
    if np.iscomplexobj(stiffness) or np.iscomplexobj(mass):
        values, weights = linalg.eig(stiffness, mass)
        return values, np.asarray(weights / np.sqrt(np.einsum("ij,ij->j", weights, mass @ weights)))
    return pencil_pairs(0.5 * (stiffness + stiffness.T), 0.5 * (mass + mass.T))


def ritz_all(stiffness: Values, mass: Values) -> tuple[Values, Values]:
    """`ritz` of a stack of pencils, shapes (n, b) and (n, b, b)."""
    if np.iscomplexobj(stiffness) or np.iscomplexobj(mass):
        # NumPy solves stacks of standard problems only; the basis is orthonormal, so that its mass
        # is well enough conditioned to be divided by.
        values, weights = np.linalg.eig(np.linalg.solve(mass, stiffness))
        squares = np.einsum("nij,nij->nj", weights, mass @ weights)
        return values, np.asarray(weights / np.sqrt(squares)[:, None, :])
    # With B = L L^T the pencil becomes the symmetric L^-1 K L^-T, whose vectors are L^T y.
    left = np.linalg.inv(np.linalg.cholesky(0.5 * (mass + mass.transpose(0, 2, 1))))
    right = left.transpose(0, 2, 1)
    values, weights = np.linalg.eigh(
        left @ (0.5 * (stiffness + stiffness.transpose(0, 2, 1))) @ right
    )
    return values, np.asarray(right @ weights)


def polished_pairs(
    solve: Apply,
    stiffness: Apply,
    mass: Apply,
    values: Values,
    vectors: Values,
    tolerance: float,
    most_rounds: int,
) -> tuple[Values, Values]:
    """Eigenpairs whose relative errors, r^T (K - s B)^-1 r / lambda with the residual r, are
    within a tolerance: each round adds what a factorisation asks to take from the vectors, and
    that once more.

    Parameters
    ----------
    solve, stiffness, mass : callables
        Apply (K - s B)^-1, K and B to columns.
    values : (k,) array
    vectors : (n, k) array
        Scaled to x^T B x = 1.
    """
    for _ in range(most_rounds):
        residuals = stiffness(vectors) - mass(vectors) * values
        corrections = solve(residuals)
        errors = abs(np.einsum("ij,ij->j", residuals, corrections)) / abs(values)
        wrong = errors > tolerance
        if not wrong.any():
            break
        block = corrections[:, wrong] / np.linalg.norm(corrections[:, wrong], axis=0)
        twice = solve(np.asarray(mass(block)))
        parts = (vectors / np.linalg.norm(vectors, axis=0), block, twice)
        scaled = [part / np.linalg.norm(part, axis=0) for part in parts]
        basis = np.linalg.qr(np.concatenate(scaled, axis=1))[0]
        found, weights = ritz(basis.T @ stiffness(basis), basis.T @ mass(basis))
        # each vector goes on as the Ritz vector that it is most of
        before = basis.conj().T @ scaled[0]
        own = np.argmax(abs(before.conj().T @ weights) / np.linalg.norm(weights, axis=0), axis=1)
        # Two vectors that claim one Ritz vector would become one mode, so that what is known stays.
        if np.unique(own).size < own.size:
            break
        values, vectors = found[own], np.asarray(basis @ weights[:, own])
    return values, vectors


def krylov_block(solve: Apply, mass: Apply, start: Values, steps: int = 2) -> Values:
    """Orthonormal basis of the block Krylov space of (K - s B)^-1 B from rough eigenvectors.

    Parameters
    ----------
    solve : callable
        Applies (K - s B)^-1 to columns.
    mass : callable
        Applies B to columns.
    start : (n, k) array
        Rough eigenvectors that span the wanted ones.
    steps : int
        Length of the sequence.
    """
    # a vector may vanish in a space that holds nothing of it
    sizes = np.linalg.norm(start, axis=0)
    blocks = [start[:, sizes > 0] / sizes[sizes > 0]]
    for _ in range(steps):
        block = solve(np.asarray(mass(blocks[-1])))
        blocks.append(block / np.linalg.norm(block, axis=0))
    left, singular, _ = np.linalg.svd(np.concatenate(blocks[::-1], axis=1), full_matrices=False)
    return np.asarray(left[:, singular > 1e-13 * singular[0]])
