"""Find all modes asked for in a cavity of any section: survey, window, order by order until the accuracy holds."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from ..errors import SolverError
from ..mesh.corners import graded, singular_vertices
from ..mesh.section import BoolArray, SectionMesh
from ..mesh.section_cavity import SectionCavity
from ..units import wavenumber_per_um
from .media import permittivities
from .mode_set import ModeRequest
from .problem import Values
from .section_family import SectionFamily, first_shot, lifted_shot, solved_family
from .section_problem import SectionProblem
from .section_seed import SectionSeed, labels, section_seeds
from .section_survey import SurveyedMode, survey
from .section_window import absorbing_box, element_density, kept_elements, leaks
from .seeds import radial_guess
from .snapshot import RawMode, Snapshot
from .solve import SolvedClass
from .stopwatch import Stopwatch

_SURVEY_ORDERS = (3, 5)
_FIRST_ORDER, _HIGHEST_ORDER = 4, 12
_MOST_UNKNOWNS = 250_000
_BESIDE = (0.35, -0.35)
_CORNER_DENSITY = 1e-5
_REACHED_DENSITY = 1e-3
_WINDOW_SHARE = 0.1
# Two orders more reduce the error of k by this factor at least; measured on exact spheres: 70 and more.
_GAIN_OF_TWO_ORDERS = 15.0
# Relative change of 1/Q by the absorbing layers, measured on exact spheres.
_REFLECTED = 2e-3


def solve_section(
    cavity: SectionCavity, request: ModeRequest, watch: Stopwatch, report: Callable[[str, float], None]
) -> list[SolvedClass]:
    """Modes of every radial family asked for.

    Raises
    ------
    SolverError
        If the section holds no mode of the body at the wavelength asked for.
    """
    wanted = _wanted(request)
    with watch.stage("seeds"):
        problem, surveyed = _surveyed(cavity, request, wanted)
    seeds = section_seeds(request, surveyed)
    results = []
    for number, seed in enumerate(seeds):
        report(f"solving {seed.polarisation} modes of p = {seed.p}", 0.1 + 0.8 * number / len(seeds))
        results.append(_solve_family(problem, request, seed, watch))
    lost = [f"{pol} p = {p}, q = {q} was not found: it may leak at once" for pol, p, q in sorted(wanted - labels(surveyed))]
    return [replace(result, notes=(*result.notes, *lost)) for result in results]


def _wanted(request: ModeRequest) -> set[tuple[str, int, int]]:
    """Labels (polarisation, p, q) that are asked for."""
    radial, axial = range(1, request.radial_orders + 1), range(request.axial_orders)
    return {(pol, p, q) for pol in request.polarisations for p in radial for q in axial}


def _surveyed(
    cavity: SectionCavity, request: ModeRequest, wanted: set[tuple[str, int, int]]
) -> tuple[SectionProblem, list[SurveyedMode]]:
    """The surveyed problem and its modes, with absorbing layers where the modes asked for need them."""

    def enough(modes: Sequence[SurveyedMode]) -> bool:
        return wanted <= labels(modes)

    k = _first_wavenumber(cavity, request)
    last: SolverError | None = None
    for order in _SURVEY_ORDERS:
        problem = SectionProblem.build(cavity, cavity.mesh, order)
        try:
            modes = _at_order(problem, k, request, enough)
        except SolverError as error:
            last = error
            continue
        asked = [mode for mode in modes if _label(mode) in wanted]
        if asked and any(leaks(problem, mode, request.relative_accuracy) for mode in (asked[0], asked[-1])):
            k = asked[0].k_per_um
            problem = SectionProblem.build(cavity, cavity.mesh, order, absorbing_box(cavity, 2 * math.pi / k))
            modes = _at_order(problem, k, request, enough)
        return problem, _completed(problem, modes, enough)
    raise last or SolverError(f"{cavity.source}: no mode found")


def _completed(
    problem: SectionProblem, modes: list[SurveyedMode], enough: Callable[[Sequence[SurveyedMode]], bool]
) -> list[SurveyedMode]:
    """Modes surveyed again a little beside, where some had no clear identity: families that cross there mix."""
    for share in _BESIDE:
        if enough(modes):
            break
        k = modes[0].k_per_um * (1 + share / modes[0].m)
        known = labels(modes)
        try:
            modes = modes + [mode for mode in survey(problem, k, enough) if _label(mode) not in known]
        except SolverError:
            break
    return modes


def _label(mode: SurveyedMode) -> tuple[str, int, int]:
    return mode.identity.polarisation, mode.identity.p, mode.identity.q


def _first_wavenumber(cavity: SectionCavity, request: ModeRequest) -> float:
    """Where the survey starts: the wavelength given, or the Airy estimate if it cannot hold the order asked for."""
    k = wavenumber_per_um(request.wavelength_nm)
    if request.azimuthal_order is None:
        return k
    m, radius = request.azimuthal_order, cavity.rim_um[0]
    for _ in range(3):
        eps = permittivities(cavity, k)
        guess = radial_guess(radius, float(eps.index[-2]), float(eps.index[-1]), m, 1, "TM")
        if 0.4 < k / guess < 2.5:
            return k
        k = 1.1 * guess
    return k


def _at_order(
    problem: SectionProblem, k: float, request: ModeRequest, enough: Callable[[Sequence[SurveyedMode]], bool]
) -> list[SurveyedMode]:
    """Modes surveyed where the fundamental family asked for has the azimuthal order asked for."""
    modes = survey(problem, k, enough)
    if request.azimuthal_order is None:
        return modes
    for _ in range(4):
        first = next((mode for mode in modes if mode.identity.polarisation in request.polarisations), modes[0])
        if abs(first.m - request.azimuthal_order) < 0.05 * request.azimuthal_order + 0.3:
            break
        modes = survey(problem, first.wavenumber(request.azimuthal_order), enough)
    return modes


def _solve_family(surveyed: SectionProblem, request: ModeRequest, seed: SectionSeed, watch: Stopwatch) -> SolvedClass:
    """Cut the window, raise the order until the stated error meets the accuracy, follow all azimuthal orders."""
    accuracy = request.relative_accuracy
    cavity, qs = surveyed.cavity, sorted(seed.surveyed)
    with watch.stage("mesh"):
        share = 1e-4 if surveyed.is_complex else 1.0
        keep = kept_elements(surveyed, list(seed.surveyed.values()), _WINDOW_SHARE * share * accuracy)
        mesh = _graded(surveyed, seed, keep, accuracy)

    def problem_at(order: int) -> SectionProblem:
        with watch.stage("assemble"):
            return SectionProblem.build(cavity, mesh, order, surveyed.stretch)

    m = seed.orders[0]
    low_problem = problem_at(_FIRST_ORDER)
    with watch.stage("solve"):
        low = first_shot(low_problem, seed, m, qs)
    if not low.chosen:
        return _nothing(low_problem, seed, low)
    problem, high, discrete = low_problem, low, dict[int, float]()
    while True:
        order = problem.order + 2
        finer = problem_at(order)
        with watch.stage("solve"):
            low_problem, low = problem, high
            high = lifted_shot(finer, seed, m, low, finer.embed(low_problem, low.wanted))
            problem = finer
        discrete = _discrete(high, low)
        worst = max(discrete.values())
        if worst <= 0.8 * accuracy or order >= _HIGHEST_ORDER or problem.size > _MOST_UNKNOWNS:
            break
    with watch.stage("solve"):
        family, modes, basis_error = solved_family(problem, seed, high, sorted(high.chosen), accuracy)
    with watch.stage("count"):
        counted, complete, note = _count(low_problem, family, len(modes))
    embedded = problem.embed(low_problem, low.wanted)
    low_vectors = {q: embedded[:, place] for place, q in enumerate(low.chosen)}
    notes = (*_notes(cavity, seed, high, note), *_uncounted_radiation(surveyed, seed))
    return _result(seed, family, modes, discrete, basis_error, low_vectors, counted, complete, notes)


def _graded(surveyed: SectionProblem, seed: SectionSeed, keep: BoolArray, accuracy: float) -> SectionMesh:
    """The kept elements, smaller towards the corners that the modes touch: fields are singular there."""
    density = np.max([element_density(surveyed, s.vector, s.m, s.k_per_um) for s in seed.surveyed.values()], axis=0)
    mesh = surveyed.mesh
    corners = singular_vertices(mesh)
    near = np.zeros(mesh.vertices)
    np.maximum.at(near, mesh.corners.ravel(), np.repeat(density, 4))
    place = np.full(mesh.vertices, -1)
    place[np.unique(mesh.corners[keep])] = np.arange(np.unique(mesh.corners[keep]).size)
    touched = corners[(near[corners] > _CORNER_DENSITY) & (place[corners] >= 0)]
    layers = max(2, math.ceil(-0.5 * math.log10(accuracy)))
    return graded(mesh.chosen(keep), place[touched], layers)[0]


def _discrete(high: Snapshot, low: Snapshot) -> dict[int, float]:
    """Relative error of k by axial order, from the same modes two orders lower; with absorbing layers also what they reflect."""
    out = {}
    for q in high.chosen:
        k_high, k_low = high.wavenumber(q), low.wavenumber(q)
        out[q] = abs(k_high - k_low) / abs(k_high) / _GAIN_OF_TWO_ORDERS
        out[q] += _REFLECTED * abs(2 * k_high.imag / k_high.real)
    return out


def _count(low_problem: SectionProblem, family: SectionFamily, modes: int) -> tuple[int, bool, str]:
    """Eigenvalues of the window up to the highest wanted one by inertia, against the modes found by a search there."""
    shot = family.snapshots[0]
    if family.problem.is_complex or not modes:
        return modes, True, ""
    wanted = sorted(float(shot.values[column].real) for column in shot.chosen.values())
    below, above = wanted[0] * (1 - 1e-6), wanted[-1] * (1 + 1e-6)
    at_top, at_bottom = shot.pencil.factor(above).negative, shot.pencil.factor(below).negative
    if at_top is None or at_bottom is None:
        return modes, False, "the factorisation left its diagonal: modes could not be counted"
    return at_top - at_bottom, at_top - at_bottom >= len(wanted), ""


def _notes(cavity: SectionCavity, seed: SectionSeed, high: Snapshot, note: str) -> tuple[str, ...]:
    lost = sorted(set(seed.surveyed) - set(high.chosen))
    missing = [f"{seed.polarisation} p = {seed.p}, q = {q}: seen in the survey, not found in the window" for q in lost]
    if cavity.magnetic:
        missing.append("magnetic walls: q, mode volume and far-field Q are those of the section as drawn, without its images")
    return (*([note] if note else []), *missing)


def _uncounted_radiation(surveyed: SectionProblem, seed: SectionSeed) -> tuple[str, ...]:
    """A line where the far field, which knows one surround, misses what goes into another medium at the section's end."""
    if surveyed.is_complex:
        return ()
    mesh, names = surveyed.mesh, [name for name, _ in surveyed.cavity.regions]
    outer = np.zeros(mesh.edges.shape[0], dtype=bool)
    outer[mesh.outer_edges] = True
    ends = np.unique(mesh.region[outer[mesh.element_edges].any(axis=1)])
    first = seed.surveyed[min(seed.surveyed)]
    density = element_density(surveyed, first.vector, first.m, first.k_per_um)
    reached = [names[i] for i in ends if i < len(names) - 2 and density[mesh.region == i].max() > _REACHED_DENSITY]
    return tuple(f"{name} reaches the end of the section: radiation into it is not in the radiative Q" for name in reached)


def _nothing(problem: SectionProblem, seed: SectionSeed, shot: Snapshot) -> SolvedClass:
    family = SectionFamily(problem, seed, (shot,), np.zeros((problem.size, 0)), (*(np.zeros((0, 0)),) * 4, None))
    note = f"{seed.polarisation} p = {seed.p}: seen in the survey, not found in the window"
    return _result(seed, family, [], {}, 0.0, {}, 0, False, (note,))


def _result(
    seed: SectionSeed,
    family: SectionFamily,
    modes: list[RawMode],
    discrete: dict[int, float],
    basis_error: float,
    low_vectors: dict[int, Values],
    counted: int,
    complete: bool,
    notes: tuple[str, ...],
) -> SolvedClass:
    parts: Any = (seed, family, modes, discrete, basis_error, low_vectors, counted, complete, notes)
    return SolvedClass(*parts)
