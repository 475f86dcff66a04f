"""What differs between a window at the rim and a section: how modes are searched for and named, and
how their fields are read. All else is written once.

The two final implementations are `rim.discretisation.Rim` and `section.discretisation.Section`.
"""

from __future__ import annotations

import functools
import math
from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from ...arrays import Values
from ...eigen.lanczos import shift_invert_lanczos
from ..derived.sampled_field import FieldSamples
from ..estimates.seeds import Seed
from ..losses.measures import Measures
from ..permittivities import Permittivities, permittivities
from .problem import EigenProblem
from .snapshot import RawMode, Snapshot, joined
from .solved_vectors import SolvedVectors


@dataclass(frozen=True)
class Search:
    """How widely eigenpairs are searched for from nothing.

    Attributes
    ----------
    shift : complex
        k0^2 above all modes wanted, so that its inertia also bounds their count; beside what leaks,
        at its distance from the real axis.
    first, most : int
        Eigenpairs at first and at last; each search takes twice as many as the one before and
        `more`.
    residual : float
        Of the inverted problem: k is right to its square times the distance to the shift.
    reach : float
        Distance from the shift in k0^2 within which a wanted mode lies if there is one.
    """

    shift: complex
    first: int
    most: int
    more: int
    residual: float
    reach: float = math.inf


@dataclass(frozen=True)
class Radiation:
    """What is taken for the radiative Q of a mode.

    Attributes
    ----------
    log10_q : float or None
        None where nothing radiates, or where nothing is known.
    by_layer : bool
        Whether it is the absorbing layer's.
    apart : float
        Error of log10 Q that far field and layer show where both hold.
    """

    log10_q: float | None
    by_layer: bool = False
    apart: float = 0.0


class Discretisation(ABC):
    """A kind of discrete problem. Arguments named `problem` are of its own kind."""

    @abstractmethod
    def search(self, problem: Any, seed: Any, m: int, qs: Sequence[int]) -> Search:
        """Where, and how widely, the wanted axial orders of an azimuthal order are searched for."""

    def together(
        self, problem: Any, seed: Any, m: int, qs: Sequence[int]
    ) -> Sequence[Sequence[int]]:
        """The axial orders in groups that are searched for together, the highest first."""
        return [qs]

    @abstractmethod
    def chosen(
        self,
        problem: Any,
        seed: Any,
        m: int,
        qs: Sequence[int],
        values: Values,
        vectors: Values,
        eps: Permittivities,
    ) -> dict[int, int]:
        """Columns of eigenvectors that are the wanted modes, by axial order."""

    @abstractmethod
    def measured(self, problem: Any, modes: SolvedVectors, far: bool = True) -> list[Measures]:
        """Measures of modes of one problem. Without `far` what they radiate is left out."""

    def compared(self, qs: list[int]) -> list[int]:
        """Axial orders, of those found, whose fields are compared with those two orders lower."""
        return qs[-1:]

    @abstractmethod
    def sample(self, raw: RawMode, outwards: int, along: int) -> FieldSamples:
        """Field of a mode on a grid of about so many points."""

    def sampler(self, raw: RawMode) -> Callable[[int, int], FieldSamples]:
        """A function (points outwards, points along) -> FieldSamples of the mode."""
        return functools.partial(self.sample, raw)

    @abstractmethod
    def radiation(
        self, raw: RawMode, far: float, layer: float | None, relative: float, changed: float
    ) -> Radiation:
        """The radiative Q from that of the far field (NaN where it is not known), that of the
        absorbing layer, the relative error of k, and what the last resolution changed of the
        layer's; all but that error as log10.
        """

    def next_along(self, raw: RawMode) -> float:
        """Relative error of k of the azimuthal order after the one asked for, by functions along
        the outline that are those of the one asked for.
        """
        return 0.0

    def basis_errors_by_mode(self, problem: Any) -> bool:
        """Whether each mode carries what the reduced basis lacks of it alone."""
        return False


def first_snapshot(
    discretisation: Discretisation, problem: EigenProblem, seed: Seed, m: int, qs: Sequence[int]
) -> Snapshot:
    """Eigenpairs of all wanted axial orders at one azimuthal order, from nothing, searching wider
    until each is found.
    """
    guesses = [seed.k_per_um(m, q) for q in qs]
    eps = permittivities(problem.cavity, 0.5 * (min(guesses) + max(guesses)))
    groups = discretisation.together(problem, seed, m, qs)
    return joined([_searched(discretisation, problem, seed, m, group, eps) for group in groups])


def _searched(
    discretisation: Discretisation,
    problem: EigenProblem,
    seed: Seed,
    m: int,
    qs: Sequence[int],
    eps: Permittivities,
) -> Snapshot:
    """Eigenpairs of some axial orders, from one shift."""
    how = discretisation.search(problem, seed, m, qs)
    pencil = problem.pencil(m, eps)
    factor, shift = pencil.factor_near(how.shift)
    start = np.random.default_rng(20).standard_normal(problem.size).astype(pencil.mass.dtype)
    wanted = how.first
    while True:
        pairs = shift_invert_lanczos(
            factor.solve, pencil.mass.__matmul__, shift, start, wanted, how.residual
        )
        chosen = discretisation.chosen(problem, seed, m, qs, pairs.values, pairs.vectors, eps)
        seen_all = bool(abs(pairs.values - shift).max() > how.reach)
        if len(chosen) == len(qs) or wanted >= how.most or seen_all:
            return Snapshot(m, shift, eps, pencil, factor, pairs.values, pairs.vectors, chosen)
        wanted = 2 * wanted + how.more
