"""Find all modes asked for in a cavity of any section: survey, window, order by order until the
accuracy holds.
"""

from __future__ import annotations

import math
import time
from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from ...errors import SolverError
from ...mesh.section_cavity import SectionCavity
from ...progress import Progress
from ...units import wavelength_nm
from ..lists.nothing_found import ended_without
from ..mode_set import ModeRequest
from ..solver.corrections import Correcting, solve_family
from ..solver.discretisation import first_snapshot
from ..solver.error import SHARE_OF_DISCRETISATION
from ..solver.family import ReducedFamily, lifted
from ..solver.problem import real_where_far
from ..solver.projected import layer_changes
from ..solver.snapshot import Snapshot
from ..solver.solved import ComparedSnapshot, SolvedClass
from ..stopwatch import OutOfTimeError, Stopwatch
from .around.lossy import absorbing_ends
from .asked_modes import searched, wanted_labels
from .facet_error import facet_errors, facet_notes
from .kept_elements import graded_towards_corners, kept_elements
from .leak_errors import goal_of, leak_errors, reflected
from .limits import (
    CRAMPED,
    MOST_BYTES,
    and_later,
    make_all_room,
    make_room,
    matrix_bytes,
    rest_of,
    within_memory,
)
from .orders import STEP, discrete_errors, first_orders, higher_orders, raised_orders
from .range_count import counted_over_range
from .section_discretisation import SECTION
from .section_problem import SectionProblem
from .seed import SectionSeed, labels, orders_within_data, section_seeds

# Of the last error, above which higher orders no longer help a leaky mode whose wavelength has the
# accuracy asked for; the share of 1/Q that its error bar states is then what is left.
_STALLED = 0.8
# What is said of a mode that the survey of the whole section has and the solve has not.
_LOST = (
    "an estimate on the whole section has it, the solve at full accuracy found no such mode near: "
    "it may leak too strongly (Q below about 100) or lie beyond the range"
)
# Accuracy from which on a family is searched again, once and at degrees two higher, where a mode of
# the survey is lost: the lowest degrees mix another family near in k into it, and neither has its
# name (spheres at 1e-4: TE 19 2 0 of Q = 2100 with TE 19 1 4; 2 of 37 with p = 2 or 3). None of 74
# was lost so at 1e-6, where a search for what is not there takes 14 s of a disk's 60.
_MIXES_FROM = 1e-5
# What the wavelength of a mode moves at most by two orders more: relative, and in azimuthal orders.
# Modes move by 1e-3 at the lowest orders; what moves more became another.
_MOVED, _MOVED_IN_ORDERS = 0.01, 0.2
_LEFT = "were left undone after {:g} s of computing; the errors stated are what that leaves"
_MOST_NAMED = 4  # labels that a line names
_WINDOW_SHARE = 0.1  # of the accuracy: energy that elements left out of the window may hold
# A factorisation costs as much as ten corrections of the reduced basis.
_CORRECTING = Correcting(1e4, 6, 2e-4, True)
# A coarser accuracy asked for is not coarser here: at 1e-2 a mode of m = 16 was so far off that it
# was not known again, whatever the hint; 1e-3 takes the same time.
_COARSEST = 1e-3
# Accuracy beyond which corrections of the reduced basis (to 2e-4 of it) are rounding.
_FINEST = 1e-8
# Of the distance between azimuthal orders that the shift lies above the modes.
_ABOVE = 0.03
_BESIDE = 1e-4  # relative, of k, the same where nothing is counted: low degrees have k to 1e-5
# A mode nearer to the wavelength asked for than this has absorbing layers of the right size.
_NEAR_THE_HINT = 0.05


def solve_section(
    cavity: SectionCavity,
    request: ModeRequest,
    watch: Stopwatch,
    report: Progress,
) -> list[SolvedClass]:
    """Modes of every radial family asked for.

    Raises
    ------
    SolverError
        If the section holds no mode of the body at the wavelength asked for, or if the search ended
        before it found one.
    """
    try:
        with watch.stage("seeds"), watch.surveying():
            problem, surveyed = searched(cavity, request, watch)
    except OutOfTimeError as error:
        raise SolverError(ended_without(request, watch.limit_s)) from error
    seeds = section_seeds(request, surveyed, cavity.bodies)
    if not seeds and watch.surveyed_long:
        raise SolverError(ended_without(request, watch.limit_s))
    problem.let_go()  # what is still asked of the survey is its fields
    results: list[SolvedClass] = []
    began = time.process_time()
    for number, seed in enumerate(seeds):
        if results:
            make_all_room(results[-1])
        done = 0.1 + 0.8 * number / len(seeds)
        if not watch.may_go_on(and_later(seeds[number:])):
            break
        rest = rest_of(began, number, len(seeds))
        report(f"solving {seed.polarisation} modes of p = {seed.p}{rest}", done)
        found = _solve_family(problem, request, seed, watch)
        if not found.modes and not watch.late:
            found = _searched_nearer(cavity, request, seed, watch) or found
        results.append(found)
    if watch.stops and not any(result.modes for result in results):
        raise SolverError(watch.stops[0])
    lost = wanted_labels(request, cavity.bodies) - labels(surveyed)
    return _with_lost(request, cavity.bodies, sorted(lost), results)


def _with_lost(
    request: ModeRequest,
    bodies: int,
    lost: Sequence[tuple[str, int, int]],
    results: list[SolvedClass],
) -> list[SolvedClass]:
    """Results with a line for the labels that no search saw; without some of its supermodes no
    list is complete.
    """
    if not lost or (bodies == 1 and request.azimuthal_order is not None):  # said of the whole list
        return results
    seen = {
        (result.seed.polarisation, result.seed.p, mode.q // bodies)
        for result in results
        for mode in result.modes
    }
    parted = any((polarisation, p, q // bodies) in seen for polarisation, p, q in lost)
    whole = bodies == 1 or not (parted or request.azimuthal_order is not None)
    names = ", ".join(f"{pol} p = {p}, q = {q}" for pol, p, q in lost[:_MOST_NAMED])
    names += f" and {len(lost) - _MOST_NAMED} more" if len(lost) > _MOST_NAMED else ""
    line = f"{names}: not seen in the search; that there is no such mode is not shown by this"
    return [
        replace(result, notes=(*result.notes, line), complete=result.complete and whole)
        for result in results
    ]


def _searched_nearer(
    cavity: SectionCavity, request: ModeRequest, seed: SectionSeed, watch: Stopwatch
) -> SolvedClass | None:
    """The family once more, from its own wavelength: the absorbing layers of the first search are
    sized by the wavelength asked for, and may be too thin or too thick for a mode far from it.
    """
    own = wavelength_nm(max(seed.k_per_um(seed.orders[0], q) for q in seed.surveyed))
    if abs(own / request.wavelength_nm - 1.0) < _NEAR_THE_HINT:
        return None
    nearer = replace(request, wavelength_nm=own)
    try:
        problem, surveyed = searched(cavity, nearer, watch)
    except SolverError:
        return None
    for other in section_seeds(nearer, surveyed, cavity.bodies):
        same = (other.polarisation, other.p) == (seed.polarisation, seed.p)
        if same and set(other.surveyed) & set(seed.surveyed):
            found = _solve_family(problem, nearer, other, watch)
            return found if found.modes else None
    return None


def _solve_family(
    surveyed: SectionProblem, request: ModeRequest, seed: SectionSeed, watch: Stopwatch
) -> SolvedClass:
    """Cut the window, raise the order until the stated error meets the accuracy, follow all
    azimuthal orders.
    """
    accuracy = min(request.relative_accuracy, _COARSEST)
    cavity, qs, m = surveyed.cavity, sorted(seed.surveyed), seed.orders[0]
    which = f"{seed.polarisation} modes of p = {seed.p}"
    with watch.stage("mesh"):
        share = 1e-4 if surveyed.is_complex else 1.0
        keep = kept_elements(
            surveyed, list(seed.surveyed.values()), _WINDOW_SHARE * share * accuracy
        )
        mesh, origin = graded_towards_corners(surveyed, seed, keep, accuracy)
        orders = first_orders(surveyed, list(seed.surveyed.values()), accuracy, mesh, origin)
    limited = within_memory(cavity, mesh, orders, surveyed.stretch)
    cramped = not np.array_equal(limited, orders)
    orders, least, again = limited, math.inf, accuracy >= _MIXES_FROM
    before: tuple[SectionProblem, Snapshot] | None = None
    while True:
        with watch.stage("assemble"):
            problem = SectionProblem.build(cavity, mesh, orders, surveyed.stretch)
            low_problem = problem.lowered(STEP)
        with watch.stage("solve"):
            searching = before is None
            low = (
                first_snapshot(SECTION, low_problem, seed, m, qs)
                if before is None
                else _lifted(low_problem, seed, *before)
            )
            before = None  # its matrices take as much memory as these
            low, high = _compared(problem, low_problem, seed, low)
        if again and searching and set(high.chosen) != set(qs):
            again = False
            higher = within_memory(cavity, mesh, higher_orders(mesh, orders), surveyed.stretch)
            if not (watch.late or np.array_equal(higher, orders)):
                orders = higher
                del problem, low_problem, low, high
                continue
        if not high.chosen:
            return _nothing(low_problem, seed, low)
        with watch.stage("errors"):
            errors = discrete_errors(high, low, problem, low_problem)
            sent_back = {q: reflected(high.wavenumber(q), surveyed) for q in errors}
            discrete = {q: error.total + sent_back[q] for q, error in errors.items()}
            goal = min(goal_of(high.wavenumber(q), accuracy) for q in discrete)
            raised = raised_orders(mesh, orders, errors, goal)
        worst = max(error.total for error in errors.values())
        stalls = worst > _STALLED * least and worst <= SHARE_OF_DISCRETISATION * accuracy
        if worst <= SHARE_OF_DISCRETISATION * goal or np.array_equal(raised, orders) or stalls:
            break
        if watch.late:
            watch.stop(f"{which}: higher orders {_LEFT.format(watch.limit_s)}")
            break
        if matrix_bytes(cavity, mesh, raised, surveyed.stretch) > MOST_BYTES:
            cramped = True
            break
        orders, before, least = raised, (problem, high), min(worst, least)
        del problem, low_problem, low, high
    orders_with_data, unsolved = orders_within_data(cavity, seed, request)
    beside = None if request.azimuthal_order is None else request.azimuthal_order + 1
    with watch.stage("solve"):
        family, modes, basis_error = solve_family(
            ReducedFamily.span(problem, seed, [high]),
            orders_with_data,
            sorted(high.chosen),
            max(accuracy, _FINEST),
            _CORRECTING,
            lambda: watch.late,
            beside=next((m for m in orders_with_data if m == beside), None),
        )
    if watch.late and max((mode.basis_error for mode in modes), default=0.0) > accuracy:
        watch.stop(f"{which}: corrections {_LEFT.format(watch.limit_s)}")
    with watch.stage("count"):
        if not (problem.is_complex or np.any(high.eps.loss)):  # absorption is solved with them
            make_room(high)
        counted, complete, note = counted_over_range(low_problem, low, seed, request)
        complete = complete and set(high.chosen) == set(qs) and not unsolved
    embedded = problem.embed(low_problem, low.vectors)
    low_vectors = {q: embedded[:, column] for q, column in low.chosen.items()}
    notes = (*_notes(cavity, seed, high, note), *unsolved)
    if cramped and worst > SHARE_OF_DISCRETISATION * accuracy:
        notes = (*notes, CRAMPED)
    changes = layer_changes(high, low)
    leak = leak_errors(high, changes, errors, discrete) if problem.is_complex else None
    geometry = facet_errors(problem, high)
    gain = {q: error.gain for q, error in errors.items()}
    notes = (*notes, *facet_notes(cavity, geometry, accuracy))
    return SolvedClass(
        SECTION,
        seed,
        family,
        modes,
        (ComparedSnapshot(high, discrete, low_vectors, leak, geometry, None, gain, changes),),
        basis_error,
        counted,
        complete,
        notes,
    )


def _compared(
    problem: SectionProblem, low_problem: SectionProblem, seed: SectionSeed, low: Snapshot
) -> tuple[Snapshot, Snapshot]:
    """The modes at the lower orders and at the higher, those that both have."""
    if not low.chosen:
        return low, low
    make_room(low)
    low_problem.forms.let_go()
    high = _lifted(problem, seed, low_problem, low.nearest())
    return _in_order(*_unmoved(low, high), seed.bodies)


def _lifted(
    problem: SectionProblem, seed: SectionSeed, lower: SectionProblem, snapshot: Snapshot
) -> Snapshot:
    """The modes of a snapshot at other orders of the elements; the shift a little above the
    highest, where eigenvalues are counted below it.

    In an absorbing layer they are not: the shift is then so near that its factors sharpen the
    highest mode as well, which would have its own.
    """
    highest = max((snapshot.wavenumber(q) for q in snapshot.chosen), key=lambda k: k.real)
    if problem.is_complex:
        shift = real_where_far((highest * (1 + _BESIDE)) ** 2, 2 * _BESIDE)
    else:
        shift = (highest.real * (1 + _ABOVE / snapshot.m)) ** 2
    guess = replace(snapshot, shift=shift)
    return lifted(problem, seed, snapshot.m, guess, problem.embed(lower, snapshot.vectors))


def _unmoved(low: Snapshot, high: Snapshot) -> tuple[Snapshot, Snapshot]:
    """Both without the modes that two orders more turned into others."""
    farthest = max(_MOVED, _MOVED_IN_ORDERS / low.m)
    kept = [q for q in high.chosen if abs(high.wavenumber(q) / low.wavenumber(q) - 1) < farthest]
    low, high = (
        replace(snapshot, chosen={q: snapshot.chosen[q] for q in kept}) for snapshot in (low, high)
    )
    return low, high


def _in_order(low: Snapshot, high: Snapshot, bodies: int) -> tuple[Snapshot, Snapshot]:
    """Both with the supermodes of distant bodies, whose splitting low orders do not resolve, in the
    order of falling wavelength.
    """
    turned: dict[int, int] = {}
    for j in {q // bodies for q in high.chosen}:
        qs = sorted(q for q in high.chosen if q // bodies == j)
        by_k = sorted(qs, key=lambda q: high.wavenumber(q).real)
        turned.update(zip(qs, by_k, strict=True))
    low, high = (
        replace(snapshot, chosen={q: snapshot.chosen[old] for q, old in turned.items()})
        for snapshot in (low, high)
    )
    return low, high


def _notes(cavity: SectionCavity, seed: SectionSeed, high: Snapshot, note: str) -> tuple[str, ...]:
    lost = sorted(set(seed.surveyed) - set(high.chosen))
    missing = [f"{seed.polarisation} p = {seed.p}, q = {q}: {_LOST}" for q in lost]
    if cavity.magnetic:
        missing.append(
            "magnetic walls: q and mode volume are those of the section as drawn, without its "
            "images"
        )
    missing += absorbing_ends(cavity, max(one.k_per_um for one in seed.surveyed.values()))
    return (*([note] if note else []), *missing)


def _nothing(problem: SectionProblem, seed: SectionSeed, snapshot: Snapshot) -> SolvedClass:
    family = ReducedFamily.span(problem, seed, [snapshot])
    ends, note = (ComparedSnapshot(snapshot, {}, {}),), f"{seed.polarisation} p = {seed.p}: {_LOST}"
    return SolvedClass(SECTION, seed, family, [], ends, 0.0, 0, False, (note,))
