"""Modes of a reduced basis, each solved at its own azimuthal order.

A correction with the factors of another azimuthal order takes away half or nine tenths of what a
mode carries of others, which is enough for energies. The far field of a mode that hardly leaks is
drowned by a share of 1e-5 of p = 2, whose Q is some ten decades lower (TE 168 1 7 of a sphere of n
3.02 in water: log10 Q 78.63 for 80.69). An inverse iteration at the mode's own wavenumber takes
away all but some millionths; a window's matrices are small, and it costs milliseconds.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from ..solver.solved_vectors import SolvedVectors
from .window_problem import WindowProblem

_BESIDE = 1e-8  # relative, of k^2: neighbours are 1e-4 and more away, rounding 1e-13
_STEPS = 2  # The first leaves some millionths of other modes; what the second takes tells how many.


def own_order(problem: WindowProblem, modes: SolvedVectors) -> SolvedVectors:
    """The modes after inverse iterations but the last, and what that one takes from them."""
    vectors, corrections = np.empty_like(modes.vectors), np.empty_like(modes.vectors)
    for j, (m, k, eps) in enumerate(zip(modes.m, modes.k_per_um, modes.eps, strict=True)):
        pencil = problem.pencil(int(m), eps)
        factor, _ = pencil.factor_near(float(k) ** 2 * (1.0 + _BESIDE))
        now = modes.vectors[:, j]
        norm = np.linalg.norm(now)
        for _ in range(_STEPS):
            before, now = now, factor.solve(pencil.mass @ now)
            # an eigenvector is turned by no more than a factor
            now = now * (norm**2 / np.vdot(now, before))
        vectors[:, j], corrections[:, j] = before, before - now
    return replace(modes, vectors=vectors, corrections=corrections)
