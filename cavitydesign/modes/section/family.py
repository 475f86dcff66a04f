"""The modes of one radial family of a section at one azimuthal order, found and named; all else is
as for the windows (family).
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from ...eigen.lanczos import shift_invert_lanczos
from ..media import Permittivities, permittivities
from ..rim.problem import Values
from ..solver.snapshot import Snapshot
from .identity import LEAST_INSIDE, identify_section
from .problem import SectionProblem
from .seed import SectionSeed
from .supermodes import groups, matched

_MOST_WANTED = 48
# How far k may lie from its estimate, relative and in azimuthal orders: estimates of the survey are
# right to some thousandths, those of small leaky bodies, whose walls stood elsewhere, to some per
# cent.
_FARTHEST, _FARTHEST_IN_ORDERS = 0.03, 0.3


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
    k = np.sqrt(values.astype(complex))
    identities = identify_section(problem, vectors, m, eps.ordinary)
    farthest = _FARTHEST + _FARTHEST_IN_ORDERS / m
    estimates = np.array([seed.k_per_um(m, q) for q in seed.family])
    good = [
        column
        for column, identity in enumerate(identities)
        if identity.inside >= LEAST_INSIDE
        and (identity.polarisation, identity.p) == (seed.polarisation, seed.p)
        and (abs(k[column].real / estimates - 1) < farthest).any()
    ]
    kept = [identities[column] for column in good]
    merit = np.array(
        [
            -abs(k[column].imag / k[column].real) if problem.is_complex else one.inside * one.purity
            for column, one in zip(good, kept, strict=True)
        ]
    )
    for (_, _, j), places in groups(kept, merit, seed.bodies).items():
        expected = {q: seed.k_per_um(m, q) for q in seed.family if q // seed.bodies == j}
        if not expected:
            continue
        columns = [good[place] for place in places]
        for q, number in matched(k[columns].real, expected, farthest).items():
            if q in qs:
                chosen[q] = columns[number]
    return chosen
