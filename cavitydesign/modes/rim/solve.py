"""Solve the mirror classes of one radial family to the asked accuracy: window, order, snapshots,
count.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np

from ...analytic.functions.bessel import log_bessel_y
from ...geometry.cavity import Cavity
from ...mesh.rim_layer import Reach, reach_of
from ...mesh.rim_map import Window
from ...mesh.window import Sizing, build_window
from ...units import wavelength_nm
from ..estimates.expected import expected_in_range, shifted_into_range
from ..estimates.seeds import FamilySeed, family_seed
from ..mode_set import ModeRequest
from ..permittivities import Permittivities, permittivities
from ..solver.corrections import solve_family
from ..solver.count import counted_modes
from ..solver.error import least_closed_log10_q
from ..solver.family import ReducedFamily
from ..solver.snapshot import RawMode
from ..solver.solved import SolvedClass
from ..solver.solved_vectors import SolvedVectors
from ..stopwatch import OutOfTimeError, Stopwatch
from .converge import converged
from .resolution import first_resolution
from .rim_discretisation import RIM
from .window_identity import called_otherwise
from .window_measures import wall_shift
from .window_problem import NoRoomError, Resolution, WindowProblem

_SHARE_OF_WALLS = 0.5  # Of the accuracy, which walls may take; with more the window grows.
_TAIL_MARGIN = 3.0  # nepers more: a field 20 times and an energy 400 times fainter at the walls
# Nepers beyond the root of the accuracy: what comes back, to and fro, is exp(-6) of the accuracy.
_SPARE_DAMPING = 3.0
# Azimuthal orders that differ by so much are solved each in its own window where the first one's
# log10 Q is below the second number. Of p = 4 of a sphere (3.2 um, n 3.4, m from 4 to 11, Q of 20
# to 1000) one window for all lost a mode, told others to 1 %, and took 67 s; alone each order is
# solved to 2e-7, all in 0.6 s.
_FAR_APART, _STRONG_LEAK = 1.3, 3.5
# Where modes leak less, one window is right and up to twice as quick, unless the functions along it
# fit the high axial orders of one azimuthal order alone: where log(last / first) times the axial
# orders up to the highest passes this number. Spheres of n = 2.398: of 3.03 um and nine axial
# orders, m from 2 to 11, one window took 89 s and lost eight modes of 18; alone, 8 s and one.
# Of 6.06 um the nine axial orders take 3 s where they took 15.
_UNLIKE = 2.0
_BESIDE = 0.02  # relative: estimates are right to it down to a Q of 10
_MARGINS = (0.0, 2.5, 6.0)  # added to the decay exponent of the window


def log10_q_estimate(seed: FamilySeed, m: int, radius_um: float, eps: Permittivities) -> float:
    """log10 of the radiative Q of a slice mode, (pi/4) x^2 (n^2 - 1) Y_m(x)^2 (an estimate, right
    within a factor of n^4).
    """
    n_s = float(eps.index[-1])
    contrast = max(float(eps.index[:-1].max()) / n_s, 1.0 + 1e-6)
    q = seed.axial[0]
    order, k = (
        (round(seed.levels.order(m, q)), seed.k_per_um(m, q)) if q else (m, seed.slice_k_per_um[m])
    )
    x = k * n_s * radius_um
    if x >= order:
        return 0.0
    log_y = float(log_bessel_y(order, np.array([x]))[0])
    return math.log10(math.pi / 4 * x**2 * (contrast**2 - 1)) + 2 * log_y / math.log(10)


def solve_radial_family(
    cavity: Cavity, request: ModeRequest, seed: FamilySeed, watch: Stopwatch
) -> list[SolvedClass]:
    """Solve one radial family: the order is raised and the window grown until the asked accuracy
    holds.
    """
    with watch.stage("mesh"):
        middle = seed.orders[len(seed.orders) // 2]
        eps = permittivities(cavity, seed.slice_k_per_um[middle])
        radius = cavity.outline.equator_radius_um
        low_q = min(
            log10_q_estimate(seed, m, radius, eps) for m in {seed.orders[0], seed.orders[-1]}
        )
        leaky = low_q < least_closed_log10_q(request.relative_accuracy)
    apart = seed.orders[-1] / seed.orders[0]
    unlike = low_q < _STRONG_LEAK or math.log(apart) * (seed.axial[-1] + 1) > _UNLIKE
    if request.azimuthal_order is None and leaky and apart > _FAR_APART and unlike:
        return _orders_alone(cavity, request, seed, watch, _near_range(request, seed))
    axial = list(seed.axial)
    results: list[SolvedClass] = []
    for margin in _MARGINS:
        with watch.stage("mesh"):
            window, cramped = _window(cavity, request, seed, eps, leaky, margin)
        # a larger window asks for no lower order than the one before it
        least = max((result.family.problem.order for result in results if result.modes), default=0)
        results = _solve_window(cavity, request, seed, window, axial, cramped, watch, least)
        with watch.stage("errors"):
            wall = max((_wall_shift(result) for result in results), default=0.0)
        if wall <= _SHARE_OF_WALLS * request.relative_accuracy or cramped or watch.late:
            break
    have = {(raw.m, raw.q) for each in results for raw in each.modes}
    if request.azimuthal_order is not None:
        return results + _axial_orders_left(cavity, request, seed, watch, have)
    # An axial order that was not seen at the first azimuthal order is not followed to the others.
    lost = [mode for mode in expected_in_range(seed) if mode not in have]
    tried: set[tuple[int, int]] = set()
    while True:
        found = {(raw.m, raw.q): raw.k_per_um.real for each in results for raw in each.modes}
        # what was found tells better where others of its axial order lie
        lost += [mode for mode in shifted_into_range(seed, found) if mode not in lost]
        lost = [mode for mode in lost if mode not in tried and mode not in found]
        if not lost or watch.late:
            return results
        tried.update(lost)
        results = results + _orders_alone(cavity, request, seed, watch, lost)


def _axial_orders_left(
    cavity: Cavity,
    request: ModeRequest,
    seed: FamilySeed,
    watch: Stopwatch,
    have: set[tuple[int, int]],
) -> list[SolvedClass]:
    """Modes of one azimuthal order whose axial orders a search did not see, while others were seen:
    in a window of their own.

    A search begins above the highest axial order, and the modes of an absorbing layer that lie
    between are more than it can hold: of 20 axial orders of m = 42 (sphere of 20 um, n = 1.45)
    it saw the last eight.
    """
    left = tuple(q for q in seed.axial if (request.azimuthal_order, q) not in have)
    if not left or len(left) == len(seed.axial):
        return []
    names = ", ".join(str(q) for q in left)
    which = f"{seed.polarisation} modes of p = {seed.p}, q = {names}"
    if not watch.may_go_on(f"the {which}"):
        return []
    own = family_seed(cavity, request, seed.polarisation, seed.p, left)
    try:
        return solve_radial_family(cavity, request, own, watch)
    except (NoRoomError, OutOfTimeError) as error:
        watch.stop(f"{which}: {error}")
        return []


def _near_range(request: ModeRequest, seed: FamilySeed) -> list[tuple[int, int]]:
    """Azimuthal and axial orders of the modes that may lie in the range."""
    low, high = request.wavenumbers_per_um
    return [
        (m, q)
        for m in seed.orders[:-1]
        for q in seed.axial
        if low * (1 - _BESIDE) <= seed.k_per_um(m, q) <= high * (1 + _BESIDE)
    ]


def _orders_alone(
    cavity: Cavity,
    request: ModeRequest,
    seed: FamilySeed,
    watch: Stopwatch,
    wanted: Sequence[tuple[int, int]],
) -> list[SolvedClass]:
    """Modes of a range, those of each azimuthal order in a window of its own.

    Parameters
    ----------
    wanted : sequence of two ints
        Azimuthal and axial orders.
    """
    results: list[SolvedClass] = []
    for m in sorted({m for m, _ in wanted}):
        axial = tuple(q for order, q in wanted if order == m)
        which = f"m = {m} of the {seed.polarisation} modes of p = {seed.p}"
        if not watch.may_go_on(which):
            break
        hint = wavelength_nm(seed.k_per_um(m, axial[0]))
        one = replace(request, azimuthal_order=m, span_nm=None, wavelength_nm=hint)
        own = family_seed(cavity, one, seed.polarisation, seed.p, axial)
        try:
            classes = solve_radial_family(cavity, one, own, watch)
        except (NoRoomError, OutOfTimeError) as error:
            watch.stop(f"{which}: {error}")
            continue
        results += [replace(each, alone=m) for each in classes]
    return results


def _wall_shift(result: SolvedClass) -> float:
    """Largest relative change of k by the walls, over the modes of the first snapshot."""
    snapshot, problem = result.family.snapshots[0], result.family.problem
    assert isinstance(problem, WindowProblem)
    modes = [
        SolvedVectors.one(
            snapshot.vectors[:, i], snapshot.m, q, snapshot.wavenumber(q).real, snapshot.eps
        )
        for q, i in snapshot.chosen.items()
    ]
    return max((wall_shift(problem, mode) for mode in modes), default=0.0)


def _solve_window(
    cavity: Cavity,
    request: ModeRequest,
    seed: FamilySeed,
    window: Window,
    axial: list[int],
    cramped: bool,
    watch: Stopwatch,
    least_order: int,
) -> list[SolvedClass]:
    """Solve the mirror classes of a family in one window."""
    with watch.stage("mesh"):
        beta = seed.index * float(
            np.mean([seed.slice_k_per_um[m] for m in (seed.orders[0], seed.orders[-1])])
        )
    notes = (
        (
            "the outline ends before the field has decayed along it: the wavelengths carry that "
            "error",
        )
        if cramped
        else ()
    )
    results = []
    for wall, qs in _mirror_classes(window, seed.polarisation, axial):

        def build(resolution: Resolution, wall: str = wall) -> WindowProblem:
            with watch.stage("assemble"):
                return WindowProblem.build(cavity, window, resolution, wall, limited=True)

        start = first_resolution(cavity, request.relative_accuracy, seed, window, wall, qs, beta)
        start = replace(start, order=max(start.order, least_order))
        results.append(_solve_class(request, seed, build, start, qs, notes, watch))
    return results


def _window(
    cavity: Cavity,
    request: ModeRequest,
    seed: FamilySeed,
    eps: Permittivities,
    leaky: bool,
    margin: float,
) -> tuple[Window, bool]:
    """Window that holds the family at its lowest and highest azimuthal order."""
    exponent = 0.5 * math.log(1.0 / request.relative_accuracy) + 1.0 + margin
    if eps.loss[:-2].any():  # the tail in an absorbing core is all that its Q depends on
        exponent += _TAIL_MARGIN
    axial = seed.axial[-1] + 1
    reaches = [
        reach_of(
            cavity,
            m,
            [seed.k_per_um(m, q) for q in range(axial)],
            tuple(float(n) for n in eps.index),
            exponent,
        )
        for m in sorted(
            {seed.orders[0], seed.orders[-1]} if len(seed.orders) > 2 else {seed.orders[0]}
        )
    ]
    reach = Reach.joined(reaches)
    lam = 2 * math.pi / seed.slice_k_per_um[seed.orders[0]]
    damping = _SPARE_DAMPING - 0.5 * math.log(request.relative_accuracy)
    sizing = Sizing(
        reach, seed.p, axial, lam, leaky, cavity.symmetric, float(eps.index[-1]), damping
    )
    return build_window(cavity, sizing), reach.cramped


def _mirror_classes(
    window: Window, polarisation: str, axial: list[int]
) -> list[tuple[str, list[int]]]:
    if not window.half:
        return [("magnetic", axial)]
    even, odd = ("electric", "magnetic") if polarisation == "TM" else ("magnetic", "electric")
    classes = [(even, [q for q in axial if q % 2 == 0]), (odd, [q for q in axial if q % 2 == 1])]
    return [(wall, qs) for wall, qs in classes if qs]


def _solve_class(
    request: ModeRequest,
    seed: FamilySeed,
    build: Callable[[Resolution], WindowProblem],
    start: Resolution,
    qs: list[int],
    notes: tuple[str, ...],
    watch: Stopwatch,
) -> SolvedClass:
    found = converged(request.relative_accuracy, seed, build, start, qs, watch)
    problem, snapshot = found.problem, found.ends[0].snapshot
    with watch.stage("solve"):
        family = ReducedFamily.span(problem, seed, found.snapshots)
        modes: list[RawMode] = []
        basis_error = 0.0
        if snapshot.chosen:
            family, modes, basis_error = solve_family(
                family,
                seed.orders,
                qs,
                request.relative_accuracy,
                late=lambda: watch.late,
                wanted=seed.wants,
                beside=None if request.azimuthal_order is None else request.azimuthal_order + 1,
            )
    with watch.stage("count"):
        counted, complete, note = counted_modes(found.low_problem, found.low_snapshot)
        unsure = called_otherwise(problem, seed, snapshot) if snapshot.chosen else []
    lines = (*notes, *([note] if note else []), *unsure)
    return SolvedClass(
        RIM,
        seed,
        family,
        modes,
        found.ends,
        basis_error,
        counted,
        complete and not unsure,
        lines,
    )
