"""The modes of one radial family of a section at one azimuthal order, found and named; all else is
as for the windows (family).
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from ...eigen.lanczos import shift_invert_lanczos
from ..media import Permittivities, permittivities
from ..rim.problem import Values
from ..snapshot import Snapshot
from .identity import LEAST_INSIDE, identify_section
from .problem import SectionProblem
from .seed import SectionSeed

_MOST_WANTED = 48


def first_shot(problem: SectionProblem, seed: SectionSeed, m: int, qs: Sequence[int]) -> Snapshot:
    """Eigenpairs of the wanted axial orders from nothing, searched wider until each is found."""
    guesses = [seed.k_per_um(m, q) for q in qs]
    eps = permittivities(problem.cavity, 0.5 * (min(guesses) + max(guesses)))
    shift = (max(guesses) * (1 + 0.1 / m)) ** 2
    pencil = problem.pencil(m, eps)
    factor = pencil.factor(shift)
    start = np.random.default_rng(20).standard_normal(problem.size).astype(pencil.mass.dtype)
    wanted = len(qs) + 3
    while True:
        pairs = shift_invert_lanczos(
            factor.solve, pencil.mass.__matmul__, shift, start, wanted, 1e-6
        )
        chosen = _choose(problem, seed, m, qs, pairs.values, pairs.vectors, eps)
        if len(chosen) == len(qs) or wanted >= min(_MOST_WANTED, problem.size // 3):
            return Snapshot(m, shift, eps, pencil, factor, pairs.values, pairs.vectors, chosen)
        wanted = 2 * wanted


def _choose(
    problem: SectionProblem,
    seed: SectionSeed,
    m: int,
    qs: Sequence[int],
    values: Values,
    vectors: Values,
    eps: Permittivities,
) -> dict[int, int]:
    """Columns with the wanted labels; of several the clearest, or with an absorbing layer the least
    leaky.
    """
    chosen: dict[int, int] = {}
    merit: dict[int, float] = {}
    k = np.sqrt(values.astype(complex))
    for column, identity in enumerate(identify_section(problem, vectors, m, eps.ordinary)):
        if (identity.polarisation, identity.p) != (
            seed.polarisation,
            seed.p,
        ) or identity.q not in qs:
            continue
        if (
            identity.inside < LEAST_INSIDE
            or abs(k[column].real / seed.k_per_um(m, identity.q) - 1) > 0.1
        ):
            continue
        good = (
            -abs(k[column].imag / k[column].real)
            if problem.is_complex
            else identity.inside * identity.purity
        )
        if identity.q not in chosen or good > merit[identity.q]:
            chosen[identity.q], merit[identity.q] = column, good
    return chosen
