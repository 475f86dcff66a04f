"""Shift-and-invert Lanczos for (complex-)symmetric pencils, with the bilinear product x^T B y.

For real pencils this is the textbook method (Ericsson and Ruhe, 1980); for complex-symmetric ones
the same recursion without conjugation (Cullum and Willoughby, 1985), which keeps left and right
eigenvectors equal. Full reorthogonalisation.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from ..arrays import Values

# Lanczos steps allowed for each pair where more than 66 are asked; the bound of 200 steps serves
# fewer. Measured: 8 steps for two pairs, 14 to 16 for four (quickstart, microtoroid); not of many.
_STEPS_A_PAIR = 3


@dataclass(frozen=True)
class Eigenpairs:
    """Eigenvalues of K x = lambda B x nearest the shift, nearest first.

    Attributes
    ----------
    values : (k,) array
    vectors : (n, k) array
        Scaled to x^T B x = 1.
    steps : int
        Lanczos steps taken.
    converged : bool
        Whether all asked pairs met the tolerance.
    """

    values: Values
    vectors: Values
    steps: int
    converged: bool


def shift_invert_lanczos(
    solve: Callable[[Values], Values],
    mass: Callable[[Values], Values],
    shift: complex,
    start: Values,
    wanted: int,
    tolerance: float = 1e-8,
    most_steps: int = 200,
) -> Eigenpairs:
    """Eigenpairs nearest the shift.

    Parameters
    ----------
    solve : callable
        Applies (K - shift B)^-1.
    mass : callable
        Applies B.
    shift : complex
    start : (n,) array
        Starting vector; a rough guess of the wanted modes saves steps.
    wanted : int
        How many pairs.
    tolerance : float
        Relative bound on the residual of each pair of the inverted problem (the eigenvalue's error
        is its square).
    most_steps : int
        Bound on the length of the recursion, or three a pair where that is more.
    """
    dtype = np.result_type(
        start.dtype, np.asarray(shift).dtype if np.iscomplexobj(shift) else np.float64
    )
    n = start.size
    most_steps = min(max(most_steps, _STEPS_A_PAIR * wanted), n)
    basis = np.empty((most_steps + 1, n), dtype)
    weighted = np.empty((most_steps + 1, n), dtype)
    ritz = np.zeros((most_steps, most_steps), dtype)
    # One product with the operator first: it damps what lies far from the shift, above all the
    # gradients at k = 0, which a rough guess holds in plenty.
    vector = solve(mass(start.astype(dtype)))
    image = mass(vector)
    # x^T B x without conjugation is complex, or negative; its square root then is complex too.
    norm = (
        np.sqrt(vector @ image + 0j)
        if np.issubdtype(dtype, np.complexfloating)
        else np.sqrt(vector @ image)
    )
    basis[0], weighted[0] = vector / norm, image / norm
    # Fewer steps than pairs, and a few, cannot hold all of them.
    check = max(wanted + 4, 8)
    for step in range(most_steps):
        vector = solve(weighted[step])
        for _ in range(2):  # twice is enough (Kahan, Parlett)
            overlap = weighted[: step + 1] @ vector
            vector = vector - overlap @ basis[: step + 1]
            ritz[: step + 1, step] += overlap
        image = mass(vector)
        square = vector @ image
        norm = (
            np.sqrt(square + 0j)
            if np.issubdtype(dtype, np.complexfloating)
            else np.sqrt(max(float(square), 0.0))
        )
        # A next vector of rounding alone says that the space is invariant and its pairs are exact.
        done = step + 1 == most_steps or abs(norm) < 1e-14 * max(
            abs(ritz[: step + 1, : step + 1]).max(), 1e-300
        )
        if step + 1 < most_steps:
            ritz[step + 1, step] = norm
        if step + 1 >= check or done:
            small = ritz[: step + 1, : step + 1]
            small = 0.5 * (small + small.T)
            if np.iscomplexobj(small):
                theta, weights = np.linalg.eig(small)
            else:
                theta, weights = np.linalg.eigh(small)
            # theta = 1 / (lambda - shift): the largest belong to the eigenvalues nearest the shift.
            order = np.argsort(-abs(theta))[: min(wanted, step + 1)]
            error = abs(norm * weights[step, order]) / np.maximum(abs(theta[order]), 1e-300)
            scale = (
                np.sqrt(abs((weights[:, order] ** 2).sum(axis=0)))
                if np.iscomplexobj(small)
                else 1.0
            )
            good = bool(np.all(error / scale < tolerance))
            if done or (order.size == wanted and good):
                vectors = basis[: step + 1].T @ weights[:, order]
                values = shift + 1.0 / theta[order]
                scaling = np.sqrt(
                    np.einsum("ij,ij->j", vectors, np.stack([mass(v) for v in vectors.T], axis=1))
                    + 0j
                )
                vectors = vectors / (scaling if np.iscomplexobj(vectors) else scaling.real)
                return Eigenpairs(values, vectors, step + 1, good)
            # Each look costs a small eigenproblem, so that it follows every third step only.
            check = step + 3
        basis[step + 1], weighted[step + 1] = vector / norm, image / norm
    raise AssertionError("the last step returns")
