"""Sections of any shape, as the solver sees them."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from ...arrays import Values
from ...mesh.section_cavity import SectionCavity
from ..derived.sampled_field import FieldSamples
from ..losses.measures import Measures
from ..permittivities import Permittivities
from ..solver.discretisation import Discretisation, Radiation, Search
from ..solver.error import LAYER_COMPARED_BELOW, LAYER_TRUSTED_BELOW
from ..solver.problem import real_where_far
from ..solver.snapshot import RawMode
from ..solver.solved_vectors import SolvedVectors
from .section_identity import belongs, identify_section
from .section_measures import measure_section
from .section_problem import SectionProblem
from .section_sample import sample_section
from .seed import SectionSeed
from .supermodes import groups, matched

_MOST_WANTED = 48  # eigenpairs of one search, each of which costs a solve of the whole section
# Eigenpairs beside the wanted ones, of which the clearest is taken where several have one name; of
# the fewer beside a mode that hardly leaks most are modes of the layers, whose iteration is long.
_BESIDE, _BESIDE_HARDLY_LEAKY = 3, 1
_SEARCHED_TOGETHER = 0.01  # of k, between axial orders that one shift serves
_RESIDUAL = 1e-6  # of the inverted problem; eigenvalues are right to its square
# How far k may lie from its estimate, relative and in azimuthal orders: estimates of the survey are
# right to some thousandths, those of small leaky bodies, whose walls stood elsewhere, to some per
# cent.
_FARTHEST, _FARTHEST_IN_ORDERS = 0.03, 0.3
# Of the bodies' share that the survey saw, below which a mode of that name is half a layer's own (a
# ring of Q = 3.4: 0.37, nearer to the shift than the ring's own with 1.0).
_OF_SURVEYED = 0.5
# The layer is trusted less where the far field is known. That is right to about 1/Q (3e-5 of log10
# Q at 10^3.7 and less above, exact spheres); the layer to 1e-4 of Q at best, and to 2 Q times the
# error of k where Q is high.
_LAYER_BELOW = 2.5
# What layers with all the room they need reflect, as a share of Q: spheres of Q = 118 to 1e8.
_REFLECTED = 1e-4
# Of 1/Q, that the far field's log10 Q lies off at most (spheres of Q 4 to 200: 0.3 to 1.2).
_FAR_OFF = 3.0
# Of 1/Q, its error: that of the energy, which is counted to where waves begin to run outwards at
# the height of the rim. It is of second order in the leak, on spheres of q = 0 and 1 (45 / Q)^2:
# 0.2 of 1/Q at 1e4, 0.03 at 1e5, 0.002 at 1e6 and more only where elements err; stated is half of
# 1/Q, less by the root of Q above 1e4. Waves of higher q begin farther out: 0.03 to 2.3 of 1/Q
# (q = 2, m = 28 to 11), 3 (2, 8), 23 (3, 5), which 8 (q^2 / m)^1.5 holds within a factor of two.
_OF_ENERGY, _FALLS_ABOVE, _OF_AXIAL_ORDERS, _POWER = 0.5, 1e4, 8.0, 1.5
# Of 1/Q, the same over layers. In a substrate waves begin nearer to the rim than in the surround,
# and what is counted there holds more of them: disks of n = 2.2 on 1.2 are 0.9 of 1/Q off, on 1.45
# 2.5 to 1.0 (Q of 300 to 6000), on 1.7 3.8.
_OF_ENERGY_IN_LAYERS = 3.0
# Both agree to so many times the error of k in the layer's Q, or to so many times what the last two
# orders changed of that, which is far less where Q is high (most of the error of k is real), and to
# so much of log10 Q; where they do not, their difference is the error.
_TIMES_ERROR_OF_K, _TIMES_CHANGE, _LAYER_AGREES = 2.0, 5.0, 0.02


class Section(Discretisation):
    """Curved quadrilaterals, each of its own degree."""

    def together(
        self, problem: SectionProblem, seed: SectionSeed, m: int, qs: Sequence[int]
    ) -> Sequence[Sequence[int]]:
        """All from one shift, or where layers have their own modes, which lie between those of the
        bodies (48 of them between TM 5 1 0 and TM 5 1 2 of a sphere of index 3.3), each axial order
        that is not near another; supermodes are told apart by their order, and stay together.
        """
        if not problem.is_complex:
            return [qs]
        orders: dict[int, list[int]] = {}
        for q in sorted(qs, key=lambda q: -seed.k_per_um(m, q)):
            orders.setdefault(q // seed.bodies, []).append(q)
        groups: list[list[int]] = []
        for own in orders.values():
            last = min((seed.k_per_um(m, q) for q in groups[-1]), default=0.0) if groups else 0.0
            if last and max(seed.k_per_um(m, q) for q in own) > last * (1.0 - _SEARCHED_TOGETHER):
                groups[-1] += own
            else:
                groups.append(own)
        return groups

    def search(
        self, problem: SectionProblem, seed: SectionSeed, m: int, qs: Sequence[int]
    ) -> Search:
        """A tenth of an azimuthal order above the highest estimate, and as far below the real axis
        as that leaks."""
        highest, inverse_q = max((seed.k_per_um(m, q), seed.inverse_q(q)) for q in qs)
        most = min(_MOST_WANTED, problem.size // 3)
        shift: complex = (highest * (1 + 0.1 / m)) ** 2
        beside = _BESIDE
        if problem.is_complex:  # modes of the layers crowd between the real axis and leaky ones
            shift = real_where_far(shift * (1 - 1j * inverse_q), 0.2 / m)
            beside = _BESIDE if shift.imag else _BESIDE_HARDLY_LEAKY
        return Search(shift, len(qs) + beside, most, 0, _RESIDUAL)

    def chosen(
        self,
        problem: SectionProblem,
        seed: SectionSeed,
        m: int,
        qs: Sequence[int],
        values: Values,
        vectors: Values,
        eps: Permittivities,
    ) -> dict[int, int]:
        """The eigenpairs with the wanted labels, by axial order.

        Of several with one label it is the clearest, or with an absorbing layer the least leaky.
        """
        return _choose(problem, seed, m, qs, values, vectors, eps)

    def measured(
        self, problem: SectionProblem, modes: SolvedVectors, far: bool = True
    ) -> list[Measures]:
        """Measures of the corrected columns one by one."""
        return measure_section(problem, modes, far)

    def sample(self, raw: RawMode, outwards: int, along: int) -> FieldSamples:
        """On a grid of r and z."""
        return sample_section(raw, outwards, along)

    def radiation(
        self, raw: RawMode, far: float, layer: float | None, relative: float, changed: float
    ) -> Radiation:
        """The far field where it is known and the absorbing layer does not contradict it."""
        known = not math.isnan(far)
        # Between metal and a mirror no wave may run outwards at all.
        if raw.problem.cavity.ends.closed or far == math.inf:  # type: ignore[attr-defined]
            return Radiation(None)
        if layer is None or layer >= LAYER_COMPARED_BELOW:
            return Radiation(far if known else None)
        if not known:
            return Radiation(layer, True) if layer < LAYER_TRUSTED_BELOW else Radiation(None)
        by_energy = _far_error(raw, far)
        difference = abs(far - layer)
        # The layer's own error grows with Q, that of the far field falls: the smaller one decides.
        own = (_REFLECTED + 2.0 * 10.0**layer * relative) / math.log(10.0)
        roomy = raw.problem.stretch is not None and raw.problem.stretch.full  # type: ignore[attr-defined]
        if layer < _LAYER_BELOW or (roomy and own < by_energy):
            # Layers with all their room need no far field, which errs by some 1/Q: a gross
            # difference alone counts.
            allowed = (_FAR_OFF if roomy else 1.0) * max(by_energy, 10.0**-far)
            return Radiation(layer, True, max(difference - allowed, 0.0))
        by_k = _TIMES_ERROR_OF_K * 10.0**far * relative
        if difference <= _LAYER_AGREES + min(by_k, _TIMES_CHANGE * changed):
            return Radiation(far, False, by_energy)
        # the mode may stand in other layers than the section shows at its side: the layer needs
        # none
        by_layer = layer < LAYER_TRUSTED_BELOW
        return Radiation(layer if by_layer else far, by_layer, difference)


def _far_error(raw: RawMode, far: float) -> float:
    """Of log10 Q by the far field, what the volume leaves in which energy is counted."""
    cavity: SectionCavity = raw.problem.cavity  # type: ignore[assignment]
    j, ends = raw.q // cavity.bodies, cavity.ends
    inverse_q: float = 10.0**-far
    if ends.between_plates:
        return inverse_q  # of what waves between plates hold the far field knows itself (`far`)
    share = _OF_ENERGY * math.sqrt(min(1.0, _FALLS_ABOVE * inverse_q))
    if len(set(ends.regions or ())) > 1:
        share = _OF_ENERGY_IN_LAYERS
    return float((share + _OF_AXIAL_ORDERS * (j**2 / raw.m) ** _POWER) * inverse_q)


SECTION = Section()


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
    farthest = _FARTHEST
    if not problem.cavity.ends.closed:  # there estimates are those of the order itself
        farthest += _FARTHEST_IN_ORDERS / m
    estimates = np.array([seed.k_per_um(m, q) for q in seed.family])
    near = (abs(k.real[:, None] / estimates - 1) < farthest).any(axis=1)
    found = identify_section(problem, vectors[:, near], m, eps.ordinary)
    identities = dict(zip(np.flatnonzero(near).tolist(), found, strict=True))
    held = min((one.identity.inside for one in seed.family.values()), default=0.0)
    least = _OF_SURVEYED * held if problem.is_complex else 0.0
    good = [
        column
        for column, identity in identities.items()
        if belongs(problem, identity)
        and identity.inside >= least
        and (identity.polarisation, identity.p) == (seed.polarisation, seed.p)
    ]
    kept = [identities[column] for column in good]
    merit = np.array(
        [
            -abs(k[column].imag / k[column].real) if problem.is_complex else one.inside * one.purity
            for column, one in zip(good, kept, strict=True)
        ]
    )
    for (_, _, j), rows in groups(kept, merit, seed.bodies).items():
        expected = {q: seed.k_per_um(m, q) for q in seed.family if q // seed.bodies == j}
        if not expected:
            continue
        columns = [good[row] for row in rows]
        for q, number in matched(k[columns].real, expected, farthest).items():
            if q in qs:
                chosen[q] = columns[number]
    return chosen
