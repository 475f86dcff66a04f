"""Windows along a smooth outline, as the solver sees them."""

from __future__ import annotations

import contextlib
import math
from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from ...arrays import Values
from ...errors import SolverError
from ..derived.sampled_field import FieldSamples
from ..estimates.seeds import FamilySeed, slice_wavenumber
from ..losses.measures import Measures
from ..permittivities import Permittivities
from ..solver.discretisation import Discretisation, Radiation, Search
from ..solver.error import (
    LAYER_COMPARED_BELOW,
    LAYER_TRUSTED_BELOW,
    gain_of_a_function,
)
from ..solver.identity import Identity
from ..solver.snapshot import RawMode
from ..solver.solved_vectors import SolvedVectors
from .window_identity import GUIDED, identify
from .window_measures import measure_all
from .window_problem import WindowProblem
from .window_sample import sample_mode

# Eigenpairs of one search, and of one among the modes of an absorbing layer, where pairs cost more
_MOST_WANTED, _MOST_LEAKY = 100, 60
_NEAR, _LEAST_Q = 0.1, 2.0  # relative distance of k from its estimate, and Q, of what is a mode
# Relative distance of k from the estimate of a closed layered slice, right to 1e-5 itself, within
# which an eigenvalue of the coarse space is that one, if the next is so many times farther
_AT_ESTIMATE, _CLEARLY_FARTHER = 3e-3, 3.0
_RESIDUAL = 1e-5  # of the inverted problem; eigenvalues are right to its square
# Error of k of the next azimuthal order, times m, over what its last function along the outline
# changes at most (exact spheres of m = 10 to 102, p to 3, q to 2: 0.03 to 0.35)
_LEFT_ALONG = 0.25
# Functions along the outline of another width hold those of axial order q to shares that go with
# (q + 1) (q + 2), as a stretch of an oscillator does; k errs as their square. Up to q = 2 the
# number above holds it: 3 * 4. Spheres of m = 13 to 70, p to 8: the error of k of the next order is
# 0.06 to 1.4 of what this states at q = 5 to 12 (TM 34 6 11: 73 times what was stated without it).
_TO_AXIAL_ORDER = 12.0


class Rim(Discretisation):
    """Windows: axial functions along, polynomials across."""

    def search(self, problem: WindowProblem, seed: FamilySeed, m: int, qs: Sequence[int]) -> Search:
        """Just above the highest estimate."""
        guesses = [seed.k_per_um(m, q) for q in qs]
        step = (
            0.2 * max(guesses) / m
            if problem.cavity.sliced
            else 0.6 * seed.axial_rate_per_um / seed.index
        )
        if problem.is_complex:
            step *= 0.1
        most = _MOST_LEAKY if problem.is_complex else _MOST_WANTED
        shift = (max(guesses) + min(step, 0.5 * max(guesses) / m)) ** 2
        ends = ((1.0 - _NEAR) * min(guesses)) ** 2, ((1.0 + _NEAR) * max(guesses)) ** 2
        damped = shift / _LEAST_Q if problem.is_complex else 0.0
        reach = math.hypot(max(abs(end - shift) for end in ends), damped)
        return Search(shift, len(qs) + 1, min(most, problem.size // 2), 2, _RESIDUAL, reach)

    def chosen(
        self,
        problem: WindowProblem,
        seed: FamilySeed,
        m: int,
        qs: Sequence[int],
        values: Values,
        vectors: Values,
        eps: Permittivities,
    ) -> dict[int, int]:
        """The eigenpairs with the wanted labels, by axial order.

        Of several with one label (fringes of an absorbing layer) it is the one of least loss.
        """
        identities = identify(problem, vectors, m, eps.ordinary)
        if problem.cavity.sliced and problem.cavity.inner_radii_um:
            identities = _ranked(identities, values, seed, m, problem)
        return _choose(identities, values, seed, m, qs, problem.is_complex)

    def measured(
        self, problem: WindowProblem, modes: SolvedVectors, far: bool = True
    ) -> list[Measures]:
        """Measures of all columns at once."""
        return measure_all(problem, modes, far)

    def compared(self, qs: list[int]) -> list[int]:
        """All: those of high axial orders err more, and are read together."""
        return qs

    def sample(self, raw: RawMode, outwards: int, along: int) -> FieldSamples:
        """On a grid of the window."""
        return sample_mode(raw, outwards, along)

    def radiation(
        self, raw: RawMode, far: float, layer: float | None, relative: float, changed: float
    ) -> Radiation:
        """The absorbing layer below log10 Q = 8, the far field above."""
        if layer is not None and layer < LAYER_TRUSTED_BELOW:
            return Radiation(layer, True)
        compared = layer is not None and layer < LAYER_COMPARED_BELOW
        return Radiation(far, False, abs(far - layer) if compared and layer is not None else 0.0)

    def next_along(self, raw: RawMode) -> float:
        """From what the mode has in the last function: its energy there bounds the change by one
        function less, and what is left beyond is a share of that.
        """
        problem = raw.problem
        assert isinstance(problem, WindowProblem)
        if problem.cavity.sliced:
            return 0.0
        step = -1 if problem.window.half else -2
        fewer = problem.lowered(problem.resolution.changed(0, step))
        last = raw.vector.copy()
        last[problem.space.shared_with(fewer.space)[0]] = 0.0
        pencil, square = problem.pencil(raw.m, raw.eps), raw.k_per_um**2
        energy = last @ (pencil.stiffness @ last) - square * (last @ (pencil.mass @ last))
        whole = 2.0 * square * (raw.vector @ (pencil.mass @ raw.vector))
        spread = max(1.0, (raw.q + 1) * (raw.q + 2) / _TO_AXIAL_ORDER) ** 2
        share = _LEFT_ALONG * spread / raw.m / gain_of_a_function(raw.m, problem.cavity)
        return share * float(abs(energy / whole))

    def basis_errors_by_mode(self, problem: WindowProblem) -> bool:
        """A leaky mode need not carry what the basis lacks of another, which may be far more."""
        return problem.is_complex


RIM = Rim()


def _ranked(
    identities: Sequence[Identity],
    values: Values,
    seed: FamilySeed,
    m: int,
    problem: WindowProblem,
) -> list[Identity]:
    """The identities of a layered slice with the radial order of the family for the eigenvalue that
    is its, and for no other.

    The p-th wavenumber of a slice has p - 1 nodes over all its layers (Sturm). Beyond a gap of low
    index the field is too faint for them to be seen: of 2.0 with a gap of 0.3 um the modes of p = 3
    and 4 look like p = 2 and 3. The slice's own equation (estimates/equator_slice.py) counts them.
    """
    polarised = [
        i
        for i, one in enumerate(identities)
        if one.polarisation == seed.polarisation and one.inside > GUIDED
    ]
    # In the complex plane: fringes of an absorbing layer are far from it there. The estimate is
    # real, and as far off as the mode leaks: TM 50 3 of a shell has a Q of 56 and lies 0.9 % from
    # its own.
    k = np.sqrt(values.astype(complex))
    off = abs(k / seed.k_per_um(m, 0) - 1.0)
    nearest = sorted(polarised, key=lambda i: float(off[i]))
    near = [i for i in nearest if off[i] <= _AT_ESTIMATE + abs(k[i].imag / k[i].real) * 2.0]
    if not near:
        # The estimate of a closed slice is that mode, which this space does not hold; of one that
        # leaks it may be farther off, unless another radial order is expected there.
        if not problem.is_complex:
            return _named(identities, seed.p, None)
        taken = [
            i
            for i in polarised
            if any(abs(k[i] / other - 1.0) <= _AT_ESTIMATE for other in _beside(problem, seed, m))
        ]
        return [replace(one, p=0) if i in taken else one for i, one in enumerate(identities)]
    rivals = [i for i in nearest[1:] if off[i] < _CLEARLY_FARTHER * off[nearest[0]]]
    if rivals:
        beside = _beside(problem, seed, m)
        near = [
            i
            for i in (nearest[0], *rivals)
            if all(_CLEARLY_FARTHER * abs(k[i] / other - 1.0) > off[i] for other in beside)
        ]
        if len(near) != 1:
            return list(identities)
    return _named(identities, seed.p, near[0])


def _named(identities: Sequence[Identity], p: int, own: int | None) -> list[Identity]:
    """The identities with the radial order p for one of them, and for no other."""
    return [
        replace(one, p=p) if i == own else replace(one, p=0) if one.p == p else one
        for i, one in enumerate(identities)
    ]


def _beside(problem: WindowProblem, seed: FamilySeed, m: int) -> list[float]:
    """Estimates of the radial orders before and after that of a family, as far as there are any."""
    found = []
    for p in (seed.p - 1, seed.p + 1):
        if p > 0:
            with contextlib.suppress(SolverError):
                guess = seed.k_per_um(m, 0)
                found.append(slice_wavenumber(problem.cavity, seed.polarisation, m, p, guess))
    return found


def _choose(
    identities: Sequence[Identity],
    values: Values,
    seed: FamilySeed,
    m: int,
    qs: Sequence[int],
    leaky: bool,
) -> dict[int, int]:
    """Columns that carry the wanted labels; of several (fringes of an absorbing layer) the one with
    the least loss.
    """
    chosen: dict[int, int] = {}
    k = np.sqrt(values.astype(complex))
    for column, identity in enumerate(identities):
        if (
            identity.polarisation != seed.polarisation
            or identity.p != seed.p
            or identity.q not in qs
        ):
            continue
        off = abs(k[column].real / seed.k_per_um(m, identity.q) - 1.0)
        if identity.inside < 0.3 or off > _NEAR:
            continue
        old = chosen.get(identity.q)
        if old is None or _merit(identity, k[column], leaky) > _merit(
            identities[old], k[old], leaky
        ):
            chosen[identity.q] = column
    return chosen


def _merit(identity: Identity, k: complex, leaky: bool) -> float:
    return -abs(k.imag / k.real) if leaky else identity.inside * identity.purity
