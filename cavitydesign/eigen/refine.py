"""Refine approximate eigenvectors with a factorisation near them: block Krylov steps and Rayleigh-Ritz."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import linalg

Values = NDArray[Any]
Apply = Callable[[Values], Values]


def rayleigh_ritz(stiffness: Apply, mass: Apply, basis: Values) -> tuple[Values, Values]:
    """Ritz values and vectors of a pencil in the span of orthonormal columns; vectors scaled to x^T B x = 1."""
    a, b = np.asarray(basis.T @ stiffness(basis)), np.asarray(basis.T @ mass(basis))
    if np.iscomplexobj(a) or np.iscomplexobj(b):
        values, weights = linalg.eig(a, b)
        weights = weights / np.sqrt(np.einsum("ij,ij->j", weights, b @ weights))
    else:
        values, weights = linalg.eigh(0.5 * (a + a.T), 0.5 * (b + b.T))
    return values, np.asarray(basis @ weights)


def refine(solve: Apply, stiffness: Apply, mass: Apply, shift: complex, start: Values, steps: int = 2) -> tuple[Values, Values]:
    """Eigenpairs of K x = lambda B x from rough ones, nearest the shift first.

    Parameters
    ----------
    solve : callable
        Applies (K - shift B)^-1 to columns.
    stiffness, mass : callables
        Apply K and B to columns.
    start : (n, k) array
        Rough eigenvectors that span the wanted ones.
    steps : int
        Length of the block Krylov sequence.

    Returns
    -------
    values : (k,) array
    vectors : (n, k) array
        Scaled to x^T B x = 1.
    """
    blocks = [start]
    for _ in range(steps):
        blocks.append(solve(np.asarray(mass(blocks[-1]))))
        blocks[-1] = blocks[-1] / np.linalg.norm(blocks[-1], axis=0)
    left, singular, _ = np.linalg.svd(np.concatenate(blocks[::-1], axis=1), full_matrices=False)
    values, vectors = rayleigh_ritz(stiffness, mass, left[:, singular > 1e-13 * singular[0]])
    order = np.argsort(abs(values - shift))[: start.shape[1]]
    return values[order], vectors[:, order]
