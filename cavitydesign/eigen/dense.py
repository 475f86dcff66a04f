"""Pairs of small dense symmetric pencils, by LAPACK itself: SciPy's checks take ten times as long
as the work on ten rows.
"""

from __future__ import annotations

import numpy as np
from scipy.linalg import lapack

from ..arrays import Array


def pencil_pairs(a: Array, b: Array) -> tuple[Array, Array]:
    """Rising eigenvalues of a x = lambda b x and their vectors, scaled to x^T b x = 1.

    Parameters
    ----------
    a, b : (n, n) arrays
        Symmetric; of each the lower half is read. b is positive.

    Raises
    ------
    numpy.linalg.LinAlgError
        If b is not positive.
    """
    values, vectors, info = lapack.dsygvd(a, b)
    return _checked(values, vectors, info)


def lowest_pairs(a: Array, b: Array, count: int) -> tuple[Array, Array]:
    """`pencil_pairs`, the lowest so many of them."""
    values, vectors, _, _, info = lapack.dsygvx(a, b, range="I", il=1, iu=count)
    return _checked(values[:count], vectors[:, :count], info)


def _checked(values: Array, vectors: Array, info: int) -> tuple[Array, Array]:
    if info != 0:
        raise np.linalg.LinAlgError(f"a small pencil has no pairs (LAPACK {info})")
    return np.asarray(values), np.asarray(vectors)
