"""Raise the resolution of a window until the errors of its modes, at both ends of a comb, meet the
accuracy.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from ...arrays import Values
from ..estimates.seeds import FamilySeed
from ..solver.discretisation import first_snapshot
from ..solver.error import (
    SHARE_OF_AXIAL_ORDERS,
    SHARE_OF_DISCRETISATION,
    across_errors,
    along_errors,
    gain_of_a_function,
)
from ..solver.family import lifted
from ..solver.projected import (
    Nearer,
    projected_k_errors,
    projected_layer_error,
)
from ..solver.snapshot import Snapshot
from ..solver.solved import ComparedSnapshot
from ..stopwatch import Stopwatch
from .far_source import caustic_cut, rim_folds
from .local_slice import has_inner_interface
from .resolution import Raises, to_name
from .rim_discretisation import RIM
from .window_identity import misnamed
from .window_problem import NoRoomError, Resolution, WindowProblem

# Where raising ends, a bound of cost: matrices grow with the square of the order, and the complex
# ones of absorbing layers take twice the memory.
_HIGHEST_ORDER, _HIGHEST_LEAKY_ORDER = 14, 12
# Of the accuracy, at the last order of a wide comb; at the first one, whose walls the window is cut
# for, `SHARE_OF_DISCRETISATION`.
_SHARE_AT_LAST = 0.85
# Azimuthal orders that differ by so much have errors of their own; those of more than so many need
# a second snapshot at all.
_WIDE, _MANY = 1.05, 3
# of the error at the far end of a comb that counts at the near one too: both share the space
_SHARE_OF_OTHER_END = 0.5
_STEPS_FAR = 5  # k right to 1e-11 across a fifth of m
_MOST_RENAMED = 2  # times that modes are searched for anew where their names do not hold


@dataclass(frozen=True)
class Converged:
    """What the reduced basis starts from.

    Attributes
    ----------
    problem, low_problem : WindowProblem
        At the resolution that meets the accuracy, and two orders lower, where modes are found and
        named.
    low_snapshot : Snapshot
        The first azimuthal order there.
    snapshots : tuple of Snapshot
        The first azimuthal order, and the last one of a comb.
    ends : tuple of ComparedSnapshot
        The first one, and the last one if it has errors of its own.
    """

    problem: WindowProblem
    low_problem: WindowProblem
    low_snapshot: Snapshot
    snapshots: tuple[Snapshot, ...]
    ends: tuple[ComparedSnapshot, ...]


@dataclass(frozen=True)
class _Spaces:
    """Nested spaces: fine; middle, two orders less, where modes are found and named; coarse, one
    function along less too (of each parity); coarsest, two less, where an inner interface is near.
    """

    resolution: Resolution
    fine: WindowProblem
    middle: WindowProblem
    coarse: WindowProblem
    coarsest: WindowProblem | None

    @classmethod
    def of(
        cls, resolution: Resolution, fine: WindowProblem, middle: WindowProblem | None = None
    ) -> _Spaces:
        """Spaces of lower resolution below the fine one."""
        middle = middle or fine.lowered(resolution.changed(-2, 0))
        step = -1 if fine.window.half else -2
        coarse = fine.lowered(resolution.changed(-2, step))
        observed = resolution.along is not None and has_inner_interface(fine.cavity, fine.window)
        coarsest = fine.lowered(resolution.changed(-2, 2 * step)) if observed else None
        return cls(resolution, fine, middle, coarse, coarsest)

    def errors(
        self,
        seed: FamilySeed,
        snapshot: Snapshot,
        middle: Snapshot,
        near: Snapshot,
        below: WindowProblem,
    ) -> _Errors:
        """Errors of the modes of the fine and of the middle space.

        Parameters
        ----------
        near, below
            The modes to lift into the coarser spaces, and the space that they are in.
        """
        m = snapshot.m
        fewer = [
            lifted(space, seed, m, near, space.embed(below, near.vectors))
            for space in (self.coarse, self.coarsest)
            if space is not None
        ]
        wanted = {q: column for q, column in snapshot.chosen.items() if seed.wants(m, q)}
        if wanted and m != seed.orders[0]:
            snapshot = replace(snapshot, chosen=wanted)
        across = across_errors(snapshot, middle, self.fine.order, seed, m == seed.orders[0])
        fewest = fewer[1] if len(fewer) > 1 else None
        along = along_errors(middle, fewer[0], fewest, m, seed.p, self.fine.cavity)
        return _Errors(across, {q: along[q] for q in across if q in along}, fewer[0])

    def sharp(
        self, seed: FamilySeed, snapshot: Snapshot, middle: Snapshot, bounds: _Errors
    ) -> tuple[_Errors, ComparedSnapshot]:
        """The errors that are stated, from the modes one order lower too, and all that is compared.

        Parameters
        ----------
        bounds : _Errors
            By which the resolution was chosen.
        """
        m, order, fine = snapshot.m, self.resolution.order, self.fine
        lower = fine.lowered(self.resolution.changed(-1, 0))

        nearer = lifted(lower, seed, m, snapshot, lower.embed(fine, snapshot.vectors))
        fewer = bounds.fewer or middle
        across = projected_k_errors(snapshot, nearer, middle, order)
        least = SHARE_OF_AXIAL_ORDERS * max(across.values(), default=0.0)
        errors = _Errors({q: max(across.get(q, 0.0), least) for q in bounds.across}, bounds.along)
        along = gain_of_a_function(m, fine.cavity)
        leak, cuts = None, None
        if fine.is_complex:
            of_all = projected_layer_error(snapshot, nearer, middle, fewer, order, along)
            leak = dict.fromkeys(errors.total, of_all)
            cuts = {q: caustic_cut(fine, snapshot, q) for q in snapshot.chosen}
        further = Nearer(
            self._embedded(lower, nearer),
            {} if fine.cavity.sliced else self._embedded(self.coarse, fewer),
            order,
            along,
            cuts,
            rim_folds(fine, snapshot),
        )
        low = self._embedded(self.middle, middle)
        return errors, ComparedSnapshot(snapshot, errors.total, low, leak, nearer=further)

    def _embedded(self, space: WindowProblem, snapshot: Snapshot) -> dict[int, Values]:
        """Vectors of modes of a lower space in the fine one, by axial order."""
        vectors = self.fine.embed(space, snapshot.vectors)
        return {q: vectors[:, column] for q, column in snapshot.chosen.items()}


@dataclass(frozen=True)
class _Errors:
    """Relative errors of k by axial order, across the rim and along the outline, at one azimuthal
    order; and the modes two orders and a function along lower, where they were solved.
    """

    across: Mapping[int, float]
    along: Mapping[int, float]
    fewer: Snapshot | None = None

    def at_least(self, share: float, other: _Errors) -> _Errors:
        """These, and so much of the others where that is more: a change between two orders can be
        small by chance.
        """
        across, along = (
            {q: max(a.get(q, 0.0), share * b.get(q, 0.0)) for q in {*a, *b}}
            for a, b in ((self.across, other.across), (self.along, other.along))
        )
        return _Errors(across, along)

    @property
    def total(self) -> dict[int, float]:
        """Sum of both."""
        return {q: self.across[q] + self.along.get(q, 0.0) for q in self.across}


def converged(
    accuracy: float,
    seed: FamilySeed,
    build: Callable[[Resolution], WindowProblem],
    start: Resolution,
    qs: list[int],
    watch: Stopwatch,
) -> Converged:
    """Raise the resolution in the direction that wants it until the errors meet the accuracy.

    Parameters
    ----------
    accuracy : float
        Asked of the wavelength.
    build : callable
        Gives the problem at a resolution.
    start : Resolution
    qs : list of int
        Axial orders wanted.
    """
    first, last = seed.orders[0], seed.orders[-1]
    spaces = _Spaces.of(start, build(start))
    with watch.stage("solve"):
        middle = first_snapshot(RIM, spaces.middle, seed, first, qs)
    for finer in to_name(start, spaces.fine.is_complex):
        if len(middle.chosen) == len(qs) or (middle.chosen and spaces.fine.is_complex):
            break
        tried = _Spaces.of(finer, build(finer))
        with watch.stage("solve"):
            again = first_snapshot(RIM, tried.middle, seed, first, qs)
        if len(again.chosen) > len(middle.chosen):
            spaces, middle = tried, again
    if not middle.chosen:
        return Converged(
            spaces.middle, spaces.middle, middle, (middle,), (ComparedSnapshot(middle, {}, {}),)
        )
    if spaces.fine.is_complex:  # not counted: the many modes of the absorbing layer need no lift
        middle = middle.nearest()
    highest = _HIGHEST_LEAKY_ORDER if spaces.fine.is_complex else _HIGHEST_ORDER
    wanted = SHARE_OF_DISCRETISATION * accuracy
    gain = gain_of_a_function(first, spaces.fine.cavity)
    raises, far_raises, renamed = Raises(), Raises(), 0
    while True:
        with watch.stage("solve"):
            near = middle.nearest()
            snapshot = lifted(
                spaces.fine, seed, first, near, spaces.fine.embed(spaces.middle, near.vectors)
            )
        if renamed < _MOST_RENAMED and misnamed(spaces.fine, seed, snapshot):
            renamed += 1
            finer = spaces.resolution.changed(2, 2)
            anew = _finer(finer, build, f"{seed.polarisation} p = {seed.p}", watch)
            if anew is not None:
                with watch.stage("solve"):
                    found = first_snapshot(RIM, anew.middle, seed, first, qs)
                if len(found.chosen) >= len(middle.chosen):
                    spaces, middle = anew, found
                    continue
        with watch.stage("solve"):
            errors = spaces.errors(seed, snapshot, middle, near, spaces.middle)
        raises = raises.after(spaces.resolution, errors.across, errors.along)
        finer = raises.finer(errors.across, errors.along, wanted, highest, gain)
        snapshots: list[Snapshot] = [snapshot]
        ends: list[ComparedSnapshot] = []
        if finer == spaces.resolution:
            with watch.stage("solve"):
                sharp, end = spaces.sharp(seed, snapshot, middle, errors)
            ends = [end]
            finer = raises.finer(sharp.across, sharp.along, wanted, highest, gain)
        many = len(seed.orders) > _MANY
        # among the modes of an absorbing layer a neighbour is lost to a basis without its own modes
        if finer == spaces.resolution and (many or (spaces.fine.is_complex and last > first)):
            with watch.stage("solve"):
                wide = last > _WIDE * first
                snapshots.append(
                    lifted(
                        spaces.fine,
                        seed,
                        last,
                        snapshot,
                        snapshot.vectors,
                        _STEPS_FAR if wide else 2,
                    )
                )
                wide = wide and many
                if wide:
                    far_middle, far_errors = _far(spaces, seed, snapshots[1])
                    far_sharp, far_end = spaces.sharp(seed, snapshots[1], far_middle, far_errors)
                    ends = [
                        replace(end, discrete=sharp.at_least(_SHARE_OF_OTHER_END, far_sharp).total),
                        replace(
                            far_end,
                            discrete=far_sharp.at_least(_SHARE_OF_OTHER_END, sharp).total,
                        ),
                    ]
                    worst = errors.at_least(1.0, far_errors)
                    far_raises = far_raises.after(spaces.resolution, worst.across, worst.along)
                    at_last = _SHARE_AT_LAST * accuracy
                    finer = far_raises.finer(worst.across, worst.along, at_last, highest, gain)
        finer_spaces = None
        if finer != spaces.resolution:
            finer_spaces = _finer(finer, build, f"{seed.polarisation} p = {seed.p}", watch)
        if finer_spaces is None:
            if not ends:
                with watch.stage("solve"):
                    ends = [spaces.sharp(seed, snapshot, middle, errors)[1]]
            return Converged(spaces.fine, spaces.middle, middle, tuple(snapshots), tuple(ends))
        before, spaces = spaces, finer_spaces
        with watch.stage("solve"):
            middle = lifted(
                spaces.middle,
                seed,
                first,
                middle,
                spaces.middle.embed(before.middle, middle.vectors),
            )


def _finer(
    resolution: Resolution,
    build: Callable[[Resolution], WindowProblem],
    which: str,
    watch: Stopwatch,
) -> _Spaces | None:
    """Spaces of a finer resolution; None, with a line, where time or memory do not allow it."""
    if not watch.may_go_on(f"a finer solution of {which}"):
        return None
    try:
        return _Spaces.of(resolution, build(resolution))
    except NoRoomError as error:
        watch.stop(f"{which} is not solved more finely: {error}")
        return None


def _far(spaces: _Spaces, seed: FamilySeed, snapshot: Snapshot) -> tuple[Snapshot, _Errors]:
    """The modes of the last azimuthal order two orders lower, and their errors."""
    middle = lifted(
        spaces.middle,
        seed,
        snapshot.m,
        snapshot,
        spaces.middle.embed(spaces.fine, snapshot.vectors),
    )
    return middle, spaces.errors(seed, snapshot, middle, snapshot, spaces.fine)
