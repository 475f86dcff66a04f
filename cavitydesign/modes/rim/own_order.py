"""Modes of a reduced basis, each solved at its own azimuthal order.

A correction with the factors of another azimuthal order takes away half or nine tenths of what a
mode carries of others, which is enough for energies. The far field of a mode that hardly leaks is
drowned by a share of 1e-5 of p = 2, whose Q is some ten decades lower (TE 168 1 7 of a sphere of n
3.02 in water: log10 Q 78.63 for 80.69). An inverse iteration at the mode's own wavenumber takes
away all but some millionths; a window's matrices are small, and it costs milliseconds.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from ...arrays import Values
from ..permittivities import Permittivities
from .window_problem import WindowProblem

_BESIDE = 1e-8  # relative, of k^2: neighbours are 1e-4 and more away, rounding 1e-13
_STEPS = 2  # The first leaves some millionths of other modes; what the second takes tells how many.


def own_order(
    problem: WindowProblem,
    vectors: Values,
    orders: Sequence[int],
    k_per_um: Sequence[float],
    eps: Sequence[Permittivities],
) -> tuple[Values, Values]:
    """The modes after inverse iterations but the last, and what that one takes from them.

    Parameters
    ----------
    vectors : (n, k) array
    orders, k_per_um, eps : sequences of length k
        Azimuthal orders, real wavenumbers and media of the modes.

    Returns
    -------
    vectors, corrections : (n, k) arrays
    """
    out, left = np.empty_like(vectors), np.empty_like(vectors)
    for j, (m, k, media) in enumerate(zip(orders, k_per_um, eps, strict=True)):
        pencil = problem.pencil(m, media)
        factor, _ = pencil.factor_near(k**2 * (1.0 + _BESIDE))
        now = vectors[:, j]
        norm = np.linalg.norm(now)
        for _ in range(_STEPS):
            before, now = now, factor.solve(pencil.mass @ now)
            # an eigenvector is turned by no more than a factor
            now = now * (norm**2 / np.vdot(now, before))
        out[:, j], left[:, j] = before, before - now
    return out, left
