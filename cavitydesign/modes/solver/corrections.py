"""All modes of a family from its reduced basis, each looked at with the full problem, and corrected
until good enough.

A correction is (K - s B)^-1 r, with the factors of the nearest snapshot: r^T (K - s B)^-1 r / (2
k^2) is the error of k, its size over that of the mode the error of the field.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from ...arrays import Array, Values
from .absorption import with_absorption
from .family import ReducedFamily, lifted
from .snapshot import RawMode, Snapshot

_MOST_ROUNDS = 14  # of corrections
_SPARE = 0.002  # of the accuracy, below which a correction that gains little is left
_SPARE_BETWEEN = 0.02  # the same at the orders in between
# Error of a field that is enough: so many roots of the accuracy, and no more than the second number
_FIELD, _WORST_FIELD = 4.0, 2e-3
# Shares of a leaky mode are off by 0.06 of its field's error, not by its square: what its field
# lacks is not orthogonal to it (polystyrene bead in water, Q = 550: 3e-5 at 5e-4).
_WORST_LEAKY_FIELD = 1e-4
# Of 1/Q, to which k is solved where its imaginary part tells Q: Q is right to 1e-4; and what
# rounding leaves of k.
_OF_INVERSE_Q, _ROUNDING = 1e-4, 1e-12
_BESIDE = 5.0  # how much less exact a mode may be that only tells a free spectral range
# What one step of a correction takes from an error of k at least (50 to 200 seen in combs of
# spheres and bottles)
_ONE_STEP = 30.0
_PEAKS = 4  # corrections of one q in a round
# Rounds in a row that leave more than half of what lacks in all, after which corrections end: they
# follow a mode that was lost among those of an absorbing layer, each to another field. One that
# only tells a free spectral range has fewer there. A hollow bottle (m = 8, Q = 7) took 14 rounds,
# half of the time of its family, for a neighbour that never came right; without layers the hybrid
# m = 2 of a rod in a can came right, to 1e-10, after more than two.
_MOST_VAIN, _MOST_VAIN_BESIDE = 5, 2


@dataclass(frozen=True)
class Correcting:
    """How a reduced basis is made good.

    Parameters
    ----------
    far, patience : float, int
        An error of so many times the accuracy, or so many rounds, and corrections give way to a
        snapshot: a factorisation.
    spare : float
        Share of the accuracy below which a mode is corrected no more; the error of its field is
        about the root of that. Below the default share corrections also end where they no longer
        help: fields are those at one wavelength an order.
    at_once : bool
        Whether every azimuthal order is corrected from the start; else first those farthest from
        the snapshots, then, of all, the worst of each neighbourhood.
    """

    far: float = 10.0
    patience: int = 2
    spare: float = _SPARE
    at_once: bool = False


def solve_family(
    family: ReducedFamily,
    orders: Sequence[int],
    qs: Sequence[int],
    accuracy: float,
    how: Correcting = Correcting(),
    late: Callable[[], bool] = lambda: False,
    wanted: Callable[[int, int], bool] = lambda m, q: True,
    beside: int | None = None,
) -> tuple[ReducedFamily, list[RawMode], float]:
    """All modes of a family, corrections added until the basis is good enough at every azimuthal
    order.

    Parameters
    ----------
    late : callable
        Whether to leave it at what is there, with the errors that it has.
    wanted : callable
        Whether a mode (m, q) is: others are followed, but neither corrected nor listed.
    beside : int, optional
        The azimuthal order that only tells the free spectral range of another: it counts little,
        and its error is none of the others'.

    Returns
    -------
    family, modes, error
        Modes with the error of their fields; error: the largest estimate of the relative error of k
        that the reduced basis causes.
    """
    whole, everywhere, all_orders = math.inf, how.at_once, sorted(orders)
    least, vain = math.inf, 0
    for round_number in range(_MOST_ROUNDS):
        if late():
            break
        solved = {snapshot.m for snapshot in family.snapshots}
        probed = all_orders if everywhere else sorted(_probes(orders, solved))
        modes = [mode for mode in family.follow(probed, qs) if wanted(mode.m, mode.q)]
        found = corrections_of(family, modes)
        own = np.array([mode.m != beside for mode in modes], dtype=bool)
        worst = float(found.k_errors[own].max(initial=0.0))
        before, whole = whole, float(found.k_errors.max(initial=0.0))
        lacking = _lacking(found, modes, accuracy, how, everywhere)
        lacking = np.where(own, lacking, lacking / _BESIDE)
        stalled = how.at_once and 0.5 * before < whole <= _SPARE * accuracy
        if stalled or not (lacking > 1.0).any():
            if probed == all_orders:
                return _absorbing(family, found.noted(modes), worst, accuracy)
            everywhere, least, vain = True, math.inf, 0
            continue
        # summed: a round corrects some modes, and others may lack as much
        left = float(lacking[lacking > 1.0].sum())
        vain, least = (0, left) if left < 0.5 * least else (vain + 1, least)
        beside_alone = family.problem.is_complex and not (lacking[own] > 1.0).any()
        if vain > (_MOST_VAIN_BESIDE if beside_alone else _MOST_VAIN):
            break
        where = modes[int(np.argmax(lacking))].m
        chosen = (
            _peaks(modes, lacking)
            if everywhere and not how.at_once
            else np.flatnonzero(lacking > 1.0)
        )
        family = family.enriched(_twice_corrected(family, modes, found, chosen, lacking))
        if where not in solved and (worst > how.far * accuracy or round_number >= how.patience):
            guess = _predicted(family, [mode for mode in modes if mode.m == where])
            snapshot = lifted(family.problem, family.seed, where, guess, guess.vectors)
            family = replace(
                family.enriched(snapshot.vectors), snapshots=(*family.snapshots, snapshot)
            )
    modes = [mode for mode in family.follow(all_orders, qs) if wanted(mode.m, mode.q)]
    found = corrections_of(family, modes)
    own = np.array([mode.m != beside for mode in modes], dtype=bool)
    worst = float(found.k_errors[own].max(initial=0.0))
    return _absorbing(family, found.noted(modes), worst, accuracy)


def _absorbing(
    family: ReducedFamily, modes: list[RawMode], error: float, accuracy: float
) -> tuple[ReducedFamily, list[RawMode], float]:
    """The modes with their wavenumbers in absorbing media, whose error may be larger."""
    modes, more = with_absorption(family, modes, accuracy)
    return family, modes, error + more


def _predicted(family: ReducedFamily, modes: Sequence[RawMode]) -> Snapshot:
    """The modes of one azimuthal order, as the reduced basis has them, in the place of a
    snapshot.
    """
    first, m = family.snapshots[0], modes[0].m
    ratio = np.mean(
        [
            (family.seed.k_per_um(m, mode.q) / family.seed.k_per_um(first.m, mode.q)) ** 2
            for mode in modes
        ]
    )
    values = np.array([mode.k_per_um for mode in modes]) ** 2
    return replace(
        first,
        m=m,
        shift=first.shift * float(ratio),
        eps=modes[0].eps,
        values=values if family.problem.is_complex else values.real,
        vectors=np.stack([mode.vector for mode in modes], axis=1),
        chosen={mode.q: column for column, mode in enumerate(modes)},
    )


@dataclass(frozen=True)
class Corrections:
    """What the full problem says of modes of a reduced basis.

    Attributes
    ----------
    vectors : (n, k) array
        Corrections (K - s B)^-1 r, with the factors of the nearest snapshot.
    k_errors : (k,) array
        Relative errors of k.
    field_errors : (k,) array
        Sizes of the corrections over those of the modes, in the norm of B. Where an eigenvector of
        the small problem that is none of the full one comes close to a mode, the two mix: k hardly
        moves, but the field does.
    """

    vectors: Values = field(repr=False)
    k_errors: Array
    field_errors: Array

    def noted(self, modes: Sequence[RawMode]) -> list[RawMode]:
        """The modes with their corrections, and the errors of k and of their fields."""
        errors = zip(modes, self.k_errors, self.field_errors, self.vectors.T, strict=True)
        return [
            replace(mode, basis_error=float(k), field_error=float(field), correction=vector)
            for mode, k, field, vector in errors
        ]


def corrections_of(family: ReducedFamily, modes: Sequence[RawMode]) -> Corrections:
    """Corrections of modes of the family, each from the nearest snapshot's factors."""
    if not modes:
        return Corrections(np.empty((family.problem.size, 0)), np.empty(0), np.empty(0))
    residuals, fields = (
        np.stack(part, axis=1)
        for part in zip(*((mode.residual, mode.vector) for mode in modes), strict=True)
    )
    k = np.array([mode.k_per_um for mode in modes])
    nearest = _nearest_snapshots(family, modes)
    vectors = np.empty(
        residuals.shape, dtype=np.result_type(residuals, family.snapshots[0].vectors)
    )
    field_errors = np.empty(k.size)
    for number in set(nearest.tolist()):
        snapshot, columns = family.snapshots[number], nearest == number
        own = fields[:, columns]
        if (
            family.problem.is_complex
        ):  # one by one: Im k of Q = 1e9 lies in the last digits, and blocks round worse
            correction = np.stack(
                [snapshot.factor.solve(column) for column in residuals[:, columns].T], axis=1
            )
        else:
            correction = snapshot.factor.solve(residuals[:, columns])
        vectors[:, columns] = correction
        sizes = [
            abs(np.einsum("ij,ij->j", part.conj(), snapshot.pencil.mass @ part))
            for part in (correction, own)
        ]
        field_errors[columns] = np.sqrt(sizes[0] / sizes[1])
    k_errors = 0.5 * abs(np.einsum("ij,ij->j", residuals, vectors)) / abs(k) ** 2
    return Corrections(vectors, k_errors, field_errors)


def _twice_corrected(
    family: ReducedFamily,
    modes: Sequence[RawMode],
    found: Corrections,
    chosen: NDArray[np.int64],
    lacking: Array,
) -> Values:
    """Corrections of some modes, and what these ask for once more where they lack much: the
    factors are those of a neighbouring order, and a second step costs less than another round.
    """
    once = found.vectors[:, chosen]
    again = lacking[chosen] > _ONE_STEP
    if family.problem.is_complex or not again.any():
        return once
    once, all_once = once[:, again], once
    some = [modes[i] for i in chosen[again]]
    forms = family.problem.forms
    residuals, _ = forms.residual_and_mass(
        forms.images(once),
        np.array([mode.m for mode in some]),
        np.array([mode.k_per_um.real for mode in some]) ** 2,
        [mode.eps.ordinary for mode in some],
        [mode.eps.axial for mode in some],
    )
    twice = np.empty_like(once)
    nearest = _nearest_snapshots(family, some)
    for number in set(nearest.tolist()):
        columns = nearest == number
        twice[:, columns] = family.snapshots[number].factor.solve(residuals[:, columns])
    return np.concatenate([all_once, twice], axis=1)


def _nearest_snapshots(family: ReducedFamily, modes: Sequence[RawMode]) -> NDArray[np.int64]:
    """Index of the snapshot whose azimuthal order is nearest, for each mode."""
    solved = np.array([snapshot.m for snapshot in family.snapshots])
    orders = np.array([mode.m for mode in modes])
    return np.asarray(abs(solved - orders[:, None]).argmin(axis=1))


def _lacking(
    found: Corrections, modes: Sequence[RawMode], accuracy: float, how: Correcting, everywhere: bool
) -> Array:
    """Errors of modes over those that are enough: of k, of the field, and of a k whose imaginary
    part tells Q.
    """
    if how.at_once:
        return found.k_errors / (how.spare * accuracy)
    lacking = found.k_errors / ((_SPARE_BETWEEN if everywhere else how.spare) * accuracy)
    inverse_q = np.array([abs(2 * mode.k_per_um.imag / mode.k_per_um.real) for mode in modes])
    lacking = np.where(
        inverse_q > 0,
        np.maximum(lacking, found.k_errors / (_OF_INVERSE_Q * inverse_q + _ROUNDING)),
        lacking,
    )
    worst = np.where(inverse_q > 0, _WORST_LEAKY_FIELD, _WORST_FIELD)
    enough = np.minimum(_FIELD * math.sqrt(accuracy), worst)
    fields = np.where((inverse_q > 0) | everywhere, found.field_errors, 0.0)
    lacking = np.maximum(lacking, fields / enough)
    return np.asarray(lacking)


def _peaks(modes: Sequence[RawMode], lacking: Array) -> NDArray[np.int64]:
    """Of the modes that lack most, those that are not beside a chosen one of the same q: one
    correction serves its neighbours.
    """
    apart = max(1, len({mode.m for mode in modes}) // _PEAKS)
    chosen: list[int] = []
    for i in np.argsort(-lacking):
        if lacking[i] <= 1.0:
            break
        if all(modes[i].q != modes[j].q or abs(modes[i].m - modes[j].m) > apart for j in chosen):
            chosen.append(int(i))
    return np.array(chosen)


def _probes(orders: Sequence[int], solved: set[int]) -> set[int]:
    """The snapshots' own orders, where the block steps may have stopped short, and those farthest
    from any of them.
    """
    between = [m for m in orders if min(solved) < m < max(solved)]
    beyond = [m for m in orders if m < min(solved) or m > max(solved)]
    chosen = solved & set(orders)
    for group in (between, beyond):
        if group:
            chosen.add(max(group, key=lambda m: min(abs(m - s) for s in solved)))
    return chosen
