"""Find all modes asked for: seeds, windows, family solves, error bars, measures, labels, completeness."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

import numpy as np

from ..analytic.bessel import log_bessel_y
from ..geometry.cavity import Cavity
from ..mesh.rim_layer import Reach, reach_of
from ..mesh.rim_map import Window
from ..mesh.window import Sizing, build_window
from ..units import wavelength_nm, wavenumber_per_um
from .error import ErrorBars, error_bars
from .family import RawMode, ReducedFamily, solve_family
from .media import Permittivities, permittivities
from .mode import LossBudget, Mode
from .mode_set import ModeRequest, ModeSet
from .problem import WindowProblem
from .measure import Measures, measure_all
from .sample import sampler
from .seeds import FamilySeed, family_seed

Progress = Callable[[str, float], None]
_PML_BELOW_LOG10_Q = 10.0
_PML_TRUSTED_BELOW_LOG10_Q = 8.0
_LOWEST_ORDER, _HIGHEST_ORDER = 4, 13


class Stopwatch:
    """Wall time by stage."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = {}
        self._start = time.perf_counter()

    @contextmanager
    def stage(self, name: str) -> Iterator[None]:
        """Add the time of a block to a stage."""
        begin = time.perf_counter()
        try:
            yield
        finally:
            self.seconds[name] = self.seconds.get(name, 0.0) + time.perf_counter() - begin

    def total(self) -> dict[str, float]:
        """Seconds by stage, with the total."""
        return {**self.seconds, "total": time.perf_counter() - self._start}


@dataclass(frozen=True)
class FamilyResult:
    """Modes of one family of one mirror class with their error bars."""

    family: ReducedFamily
    modes: list[RawMode]
    bars: ErrorBars
    counted: int
    complete: bool
    notes: tuple[str, ...]


def find_modes(cavity: Cavity, request: ModeRequest, progress: Progress | None = None) -> ModeSet:
    """Solve a cavity for the modes asked for.

    Parameters
    ----------
    cavity : Cavity
    request : ModeRequest
    progress : callable or None
        Called with a message and the fraction done.

    Returns
    -------
    ModeSet

    Raises
    ------
    InputError
        If a material has no data at the wavelengths asked for.
    SolverError
        If a radial order does not exist in the cavity.
    """
    watch = Stopwatch()
    report = progress or (lambda message, fraction: None)
    results: list[tuple[FamilySeed, FamilyResult]] = []
    families = [(pol, p) for pol in request.polarisations for p in range(1, request.radial_orders + 1)]
    for number, (polarisation, p) in enumerate(families):
        report(f"solving {polarisation} modes of p = {p}", number / len(families))
        with watch.stage("seeds"):
            seed = family_seed(cavity, request, polarisation, p)
        if seed.orders:
            results += [(seed, result) for result in _solve(cavity, request, seed, watch)]
    report("measuring the modes", 0.9)
    modes: list[Mode] = []
    for seed, result in results:
        with watch.stage("losses"):
            modes += _finished(cavity, request, seed, result)
    modes.sort(key=lambda mode: -mode.wavelength_nm)
    warnings = list(dict.fromkeys(note for _, result in results for note in result.notes))
    missing = _missing(request, modes)
    warnings += missing
    return ModeSet(
        tuple(modes),
        _range(request, modes),
        sum(result.counted for _, result in results),
        all(result.complete for _, result in results) and not missing,
        watch.total(),
        cavity.diameter_um,
        tuple(warnings),
        {"unknowns": float(max((r.family.problem.size for _, r in results), default=0))},
    )


def _range(request: ModeRequest, modes: Sequence[Mode]) -> tuple[float, float]:
    if request.span_nm is not None and request.azimuthal_order is None:
        return request.wavelength_nm - 0.5 * request.span_nm, request.wavelength_nm + 0.5 * request.span_nm
    waves = [mode.wavelength_nm for mode in modes] or [request.wavelength_nm]
    return min(waves), max(waves)


def _missing(request: ModeRequest, modes: Sequence[Mode]) -> list[str]:
    """Lines for modes that one azimuthal order should have and that were not found."""
    if request.azimuthal_order is None:
        return []
    have = {(mode.polarisation, mode.p, mode.q) for mode in modes}
    want = [
        (pol, p, q)
        for pol in request.polarisations
        for p in range(1, request.radial_orders + 1)
        for q in range(request.axial_orders)
    ]
    return [
        f"{pol} {request.azimuthal_order} {p} {q} was not found: it may not exist (leaks at once) in this cavity"
        for pol, p, q in want
        if (pol, p, q) not in have and not (q > 0)
    ]


def log10_q_estimate(seed: FamilySeed, m: int, radius_um: float, eps: Permittivities) -> float:
    """log10 of the radiative Q of a slice mode, (pi/4) x^2 (n^2 - 1) Y_m(x)^2 (an estimate, right within a factor of n^4)."""
    n_s = float(eps.index[-1])
    contrast = max(float(eps.index[:-1].max()) / n_s, 1.0 + 1e-6)
    x = seed.slice_k_per_um[m] * n_s * radius_um
    if x >= m:
        return 0.0
    log_y = float(log_bessel_y(m, np.array([x]))[0])
    return math.log10(math.pi / 4 * x**2 * (contrast**2 - 1)) + 2 * log_y / math.log(10)


def _solve(cavity: Cavity, request: ModeRequest, seed: FamilySeed, watch: Stopwatch) -> list[FamilyResult]:
    """Solve one radial family, raising the order until the asked accuracy holds."""
    with watch.stage("mesh"):
        middle = seed.orders[len(seed.orders) // 2]
        eps = permittivities(cavity, seed.slice_k_per_um[middle])
        low_q = min(log10_q_estimate(seed, m, cavity.outline.equator_radius_um, eps) for m in (seed.orders[0], seed.orders[-1]))
        leaky = low_q < max(_PML_BELOW_LOG10_Q, 2 - math.log10(request.relative_accuracy))
        window, cramped = _window(cavity, request, seed, eps, leaky, 0.0)
    axial = range(1 if cavity.sliced else request.axial_orders)
    assembled: dict[int, dict[str, WindowProblem]] = {}

    def problem(order: int, wall: str) -> WindowProblem:
        if order not in assembled:
            with watch.stage("assemble"):
                assembled[order] = WindowProblem.build(cavity, window, order)
        return assembled[order][wall]

    classes = _mirror_classes(window, seed.polarisation, list(axial))
    return [_solve_class(request, seed, problem, wall, qs, cramped, watch) for wall, qs in classes]


def _window(
    cavity: Cavity, request: ModeRequest, seed: FamilySeed, eps: Permittivities, leaky: bool, margin: float
) -> tuple[Window, bool]:
    """Window that holds the family at its lowest and highest azimuthal order."""
    exponent = 0.5 * math.log(1.0 / request.relative_accuracy) + 1.0 + margin
    axial = 1 if cavity.sliced else request.axial_orders
    reaches = [
        reach_of(cavity, m, seed.k_per_um(m, axial - 1), tuple(float(n) for n in eps.index), axial, exponent)
        for m in sorted({seed.orders[0], seed.orders[-1]})
    ]
    reach = Reach(
        max(r.turning_depth for r in reaches),
        max(r.inner_depth for r in reaches),
        max(r.outer for r in reaches),
        max(r.caustic for r in reaches),
        min(r.decay_per_um for r in reaches),
        max(r.along for r in reaches),
        reaches[0].along_width,
        any(r.cramped for r in reaches),
    )
    lam = 2 * math.pi / seed.slice_k_per_um[seed.orders[0]]
    sizing = Sizing(reach, seed.p, axial, lam, leaky, cavity.symmetric)
    return build_window(cavity, sizing), reach.cramped


def _mirror_classes(window: Window, polarisation: str, axial: list[int]) -> list[tuple[str, list[int]]]:
    if not window.half:
        return [("magnetic", axial)]
    even, odd = ("electric", "magnetic") if polarisation == "TM" else ("magnetic", "electric")
    classes = [(even, [q for q in axial if q % 2 == 0]), (odd, [q for q in axial if q % 2 == 1])]
    return [(wall, qs) for wall, qs in classes if qs]


def _first_order(accuracy: float, p: int) -> int:
    """Order at which the stated error of a p = 1 mode meets the accuracy on these meshes (measured)."""
    return min(max(_LOWEST_ORDER, round(1.0 - math.log10(accuracy)) + min(p - 1, 1)), _HIGHEST_ORDER - 2)


def _solve_class(
    request: ModeRequest,
    seed: FamilySeed,
    problem_at: Callable[[int, str], WindowProblem],
    wall: str,
    qs: list[int],
    cramped: bool,
    watch: Stopwatch,
) -> FamilyResult:
    order = _first_order(request.relative_accuracy, seed.p)
    while True:
        problem = problem_at(order, wall)
        with watch.stage("solve"):
            family, modes, basis_error = solve_family(problem, seed, seed.orders, qs, request.relative_accuracy)
        with watch.stage("errors"):
            bars = error_bars(family, modes, basis_error)
        if not modes or bars.worst <= request.relative_accuracy or order >= _HIGHEST_ORDER:
            break
        order += 1 if bars.worst < 10 * request.relative_accuracy else 2
        order = min(order, _HIGHEST_ORDER)
    with watch.stage("count"):
        counted, complete, note = _count(family, modes, qs)
    notes = [note] if note else []
    if cramped:
        notes.append("the outline ends before the field has decayed along it: the wavelengths carry that error")
    return FamilyResult(family, modes, bars, counted, complete, tuple(notes))


def _count(family: ReducedFamily, modes: Sequence[RawMode], qs: list[int]) -> tuple[int, bool, str]:
    """Eigenvalues between the lowest and highest wanted mode at the snapshots, by inertia, against those found."""
    problem = family.problem
    if not modes:
        return 0, True, ""
    if problem.window.is_complex:
        return len(modes), True, ""
    counted, complete = 0, True
    for shot in family.snapshots:
        wanted = sorted(float(shot.values[column].real) for column in shot.chosen.values())
        if not wanted:
            continue
        below, above = wanted[0] * (1 - 1e-5), max(shot.shift, wanted[-1] * (1 + 1e-5))
        at_top = shot.factor.negative if above == shot.shift else problem.count_below(shot.m, shot.eps, above)
        at_bottom = problem.count_below(shot.m, shot.eps, below)
        found = int(np.count_nonzero((shot.values.real > below) & (shot.values.real < above)))
        if at_top is None or at_bottom is None:
            return counted, False, "the factorisation left its diagonal: modes could not be counted"
        counted += at_top - at_bottom
        complete &= at_top - at_bottom == found
    return counted, complete, "" if complete else "the count of eigenvalues disagrees with the modes found"


def _finished(cavity: Cavity, request: ModeRequest, seed: FamilySeed, result: FamilyResult) -> list[Mode]:
    """Measured modes of a family inside the range, each with its neighbour's free spectral range."""
    by_label = {(mode.q, mode.m): mode for mode in result.modes}
    low, high = (None, None)
    if request.azimuthal_order is None and request.span_nm is not None:
        low = wavenumber_per_um(request.wavelength_nm + 0.5 * request.span_nm)
        high = wavenumber_per_um(request.wavelength_nm - 0.5 * request.span_nm)
    chosen = [
        raw
        for (_, m), raw in sorted(by_label.items())
        if (low is None or high is None or low <= raw.k_per_um.real <= high)
        and (request.azimuthal_order is None or m == request.azimuthal_order)
    ]
    if not chosen:
        return []
    measured = measure_all(
        chosen[0].problem,
        np.stack([raw.vector for raw in chosen], axis=1),
        [raw.m for raw in chosen],
        [raw.q for raw in chosen],
        [raw.k_per_um.real for raw in chosen],
        [raw.eps for raw in chosen],
    )
    return [
        _mode(cavity, request, seed, result, raw, measures, by_label.get((raw.q, raw.m + 1)))
        for raw, measures in zip(chosen, measured, strict=True)
    ]


def _mode(
    cavity: Cavity,
    request: ModeRequest,
    seed: FamilySeed,
    result: FamilyResult,
    raw: RawMode,
    measures: Measures,
    neighbour: RawMode | None,
) -> Mode:
    lam = wavelength_nm(raw.k_per_um.real)
    relative = result.bars.relative(raw.q)
    fsr = lam - wavelength_nm(neighbour.k_per_um.real) if neighbour else None
    around = math.pi * cavity.diameter_um * 1e3
    group = lam * (lam - fsr) / (around * fsr) if fsr else None
    names = [name for name, _ in cavity.regions]
    z, r, phi = (float(x) for x in measures.component_share)
    losses, extra = _losses(raw, measures, result)
    extra["mode_volume_relative_error"] = result.bars.volume
    return Mode(
        seed.polarisation,
        raw.m,
        seed.p,
        raw.q,
        lam,
        lam * relative,
        raw.m * lam / around,
        group,
        fsr,
        {"axial": z, "radial": r, "azimuthal": phi},
        {name: float(x) for name, x in zip(names, measures.region_share, strict=True)},
        result.bars.confinement,
        measures.volume_um3,
        losses,
        float(np.linalg.norm(raw.residual) / np.linalg.norm(raw.vector) / abs(raw.k_per_um) ** 2),
        relative <= request.relative_accuracy,
        sampler(raw),
        extra,
    )


def _losses(raw: RawMode, measures: Measures, result: FamilyResult) -> tuple[LossBudget, dict[str, float | None]]:
    """Loss budget: the absorbing layer below log10 Q = 8, the far field above, their difference where both hold."""
    k = raw.k_per_um
    far = measures.log10_q_far
    pml = None
    if raw.problem.window.is_complex and k.imag != 0:
        pml = math.log10(abs(k.real / (2 * k.imag)))
    radiation = pml if pml is not None and pml < _PML_TRUSTED_BELOW_LOG10_Q else far
    error = result.bars.log10_q
    if pml is not None and 3.0 < pml < 9.0:
        error = max(error, 0.1 * abs(far - pml) if radiation is pml else abs(far - pml))
    absorption = None
    if raw.eps.loss.any():
        change = raw.k_absorbing_per_um.imag - raw.k_per_um.imag
        if change < 0:
            absorption = math.log10(raw.k_absorbing_per_um.real / (2 * -change))
    losses = LossBudget(radiation, absorption, measures.log10_q_scattering, error)
    return losses, {"log10_q_radiation_far_field": far, "log10_q_radiation_absorbing_layer": pml}


__all__ = ["find_modes", "log10_q_estimate"]
