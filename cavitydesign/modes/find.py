"""Find all modes asked for: seeds and windows of every radial family, their solution, and the set
that answers.
"""

from __future__ import annotations

from collections.abc import Sequence

from ..eigen.one_thread import one_thread
from ..errors import InputError, SolverError
from ..geometry.cavity import Cavity
from ..mesh.section_cavity import SectionCavity
from ..progress import Progress
from .coupling.coupled import coupling_words
from .derived.comb_coefficients import with_dispersion
from .estimates.seeds import FamilySeed, family_seeds
from .finish import finished_modes, sure_modes
from .label import Label
from .lengths import check_count, check_lengths
from .lists.nothing_found import lacking, not_found, why_nothing
from .lists.undecided import undecided
from .mode import Mode
from .mode_set import ModeRequest, ModeSet
from .rim.reconcile import reconciled
from .rim.solve import solve_radial_family
from .rim.window_problem import NoRoomError
from .section.solve_section import solve_section
from .solver.identity import HYBRID
from .solver.solved import SolvedClass
from .stopwatch import OutOfTimeError, Stopwatch


@one_thread()
def find_modes(cavity: Cavity, request: ModeRequest, progress: Progress | None = None) -> ModeSet:
    """Solve a cavity for the modes asked for.

    Parameters
    ----------
    cavity : Cavity
        Of an outline, or a `SectionCavity`.
    request : ModeRequest
    progress : callable or None
        Called with a message and the fraction done.

    Returns
    -------
    ModeSet

    Raises
    ------
    InputError
        If a material has no data at the wavelengths asked for, or the cavity's size does not fit
        what is asked.
    SolverError
        If the problem is singular or does not fit the window's map.
    """
    watch = Stopwatch()
    report = progress or (lambda message, fraction: None)
    check_lengths(cavity, request)
    check_count(cavity, request)
    if isinstance(cavity, SectionCavity):
        results = solve_section(cavity, request, watch, report)
        seeds: list[FamilySeed] = []
    else:
        _check_contrast(cavity, request)
        results, seeds = _solved(cavity, request, watch, report)
    report("measuring the modes", 0.9)
    with watch.stage("losses"):
        modes, unsure, counted = _measured(request, results, watch)
        # Users compare with measured spectra, which are told from the longest wavelength down.
        modes = with_dispersion(sorted(modes, key=lambda mode: -mode.wavelength_nm))
    notes = list(dict.fromkeys(note for result in results for note in result.notes))
    missing = _missing(request, modes, cavity.sliced)
    missing += lacking(seeds, results, modes, [*notes, *unsure])
    left_open = undecided(request, results, modes)
    # The list is complete only if nothing cut it short: no count that differs, no mode that was
    # doubted or is not known well enough, no stop by time or memory.
    return ModeSet(
        tuple(modes),
        _range(request, modes),
        counted,
        all(result.complete for result in results)
        and not (missing or unsure or left_open or watch.stops),
        watch.total(),
        cavity.diameter_um,
        (
            *watch.stops,
            *([] if modes else [why_nothing(request, results)]),
            *notes,
            *unsure,
            *missing,
            *left_open,
            *_missed(request, modes),
            *_mixed(modes),
            *_unknown_radiation(modes, cavity),
            *coupling_words(modes, cavity.coupler),
        ),
        {
            "unknowns": float(max((result.family.problem.size for result in results), default=0)),
            "order": float(max((result.family.problem.order for result in results), default=0)),
        },
    )


def _measured(
    request: ModeRequest, results: Sequence[SolvedClass], watch: Stopwatch
) -> tuple[list[Mode], list[str], int]:
    """All modes with what is read of them, lines about those that are doubted, and the count.

    Raises
    ------
    SolverError
        If the time was over before any of them was measured.
    """
    modes: list[Mode] = []
    unsure: list[str] = []
    counted = 0
    for result in results:
        try:
            with watch.measuring():
                finished, doubts = sure_modes(finished_modes(request, result))
        except OutOfTimeError as error:
            seed = result.seed
            watch.stop(
                f"{len(result.modes)} {seed.polarisation} modes of p = {seed.p}, solved but not "
                f"measured: {error}; ask for a shorter range or fewer radial or axial orders"
            )
            continue
        unsure += doubts
        # A mirror class is counted at one azimuthal order; its count stands for each order found.
        counted += result.counted * len({mode.m for mode in finished})
        modes += finished
    if watch.stops and not modes and any(result.modes for result in results):
        raise SolverError(watch.stops[-1])
    return modes, unsure, counted


def _check_contrast(cavity: Cavity, request: ModeRequest) -> None:
    """Refuse a cavity that guides nothing.

    Raises
    ------
    InputError
        If no medium inside has a higher index than the surround.
    """
    media = [material for _, material in cavity.regions]
    # A uniaxial medium guides by the larger of its two indices.
    inside = max(
        max(m.index(request.wavelength_nm), m.index_extraordinary(request.wavelength_nm))
        for m in media[:-1]
    )
    outside = media[-1].index(request.wavelength_nm)
    if inside <= outside:
        raise InputError(
            f"cavity.body: index {inside:.4g} at {request.wavelength_nm:g} nm is not above the "
            f"surround's {outside:.4g}: "
            "nothing is guided"
        )


def _solved(
    cavity: Cavity, request: ModeRequest, watch: Stopwatch, report: Progress
) -> tuple[list[SolvedClass], list[FamilySeed]]:
    """Every radial family asked for, in its own window; and the seeds of all, also of those for
    which there was no time.
    """
    results: list[SolvedClass] = []
    families = request.families
    with watch.stage("seeds"):
        seeds = [family_seeds(cavity, request, polarisation, p) for polarisation, p in families]
    for number, (polarisation, p) in enumerate(families):
        report(f"solving {polarisation} modes of p = {p}", number / len(families))
        if not watch.may_go_on(_and_later(families[number:])):
            break
        for seed in seeds[number]:
            # An empty estimate is no failure: the family has no mode in the range asked.
            if not seed.orders:
                continue
            which = f"{polarisation} modes of p = {p}, q from {seed.axial[0]} to {seed.axial[-1]}"
            if not watch.may_go_on(f"the {which}"):
                break
            try:
                with watch.guarding():
                    results += solve_radial_family(cavity, request, seed, watch)
            except (NoRoomError, OutOfTimeError) as error:
                watch.stop(f"{which}: {error}")
    # A stop that left nothing is an error; with some modes in hand it is a warning beside them.
    if watch.stops and not any(result.modes for result in results):
        raise SolverError(watch.stops[0])
    with watch.stage("count"):
        return reconciled(results), [seed for family in seeds for seed in family]


def _and_later(families: Sequence[tuple[str, int]]) -> str:
    """What is left of the families, in words."""
    polarisation, p = families[0]
    more = len(families) - 1
    return f"the {polarisation} modes of p = {p}" + (f" and {more} more families" if more else "")


def _range(request: ModeRequest, modes: Sequence[Mode]) -> tuple[float, float]:
    if request.azimuthal_order is None:
        return request.range_nm
    waves = [mode.wavelength_nm for mode in modes] or [request.wavelength_nm]
    return min(waves), max(waves)


def _missing(request: ModeRequest, modes: Sequence[Mode], sliced: bool) -> list[str]:
    """One line for the modes that one azimuthal order should have and that were not found."""
    if request.azimuthal_order is None:
        return []
    have = {(mode.polarisation, mode.p, mode.q) for mode in modes}
    # A slice of a cylinder has no field structure along z, so that q is 0.
    axial_orders = 1 if sliced else request.axial_orders
    want = [(pol, p, q) for pol, p in request.families for q in range(axial_orders)]
    lost = [
        str(Label(pol, request.azimuthal_order, p, q))
        for pol, p, q in want
        if (pol, p, q) not in have
    ]
    return [not_found(lost)] if lost else []


def _missed(request: ModeRequest, modes: Sequence[Mode]) -> list[str]:
    """One line for the modes whose error is above the accuracy asked for: how many, and the
    worst.
    """
    missed = [mode for mode in modes if not mode.accuracy_met]
    if not missed:
        return []
    worst = max(missed, key=lambda mode: mode.wavelength_error_nm / mode.wavelength_nm)
    error = worst.wavelength_error_nm / worst.wavelength_nm
    which = (
        worst.label
        if len(missed) == 1
        else f"{len(missed)} of {len(modes)} modes, at worst {worst.label}"
    )
    return [
        f"{which}: {error:.1e} instead of the asked relative accuracy "
        f"{request.relative_accuracy:g}; ask for less, or make the outline longer if it ends early"
    ]


def _unknown_radiation(modes: Sequence[Mode], cavity: Cavity) -> list[str]:
    """One line for the modes whose radiation is neither known from a far field nor seen in a
    layer, or cancels between plates as far as their errors tell.
    """
    unknown = [mode for mode in modes if mode.extra.get("log10_q_radiation_at_least") is not None]
    if not unknown:
        return []
    least = min(float(mode.extra["log10_q_radiation_at_least"] or 0.0) for mode in unknown)
    why = "the section does not show what lies around it"
    if isinstance(cavity, SectionCavity) and cavity.ends.told:
        why = "no wave between the plates takes more of them outwards than their errors explain"
    shown = ", ".join(mode.label for mode in unknown[:4]) + (", ..." if len(unknown) > 4 else "")
    return [
        f"radiative Q not known, at least 10^{least:g}, of {len(unknown)} of {len(modes)} modes: "
        f"{shown}; {why}"
    ]


def _mixed(modes: Sequence[Mode]) -> list[str]:
    """One line for the modes in which E_z and E_r are of a size: their labels follow the field, not
    what it looks like.
    """
    mixed = []
    for mode in modes:
        axial, radial = mode.energy_fraction["axial"], mode.energy_fraction["radial"]
        if abs(axial - radial) < HYBRID * (axial + radial):
            mixed.append(mode.label)
    if not mixed:
        return []
    shown = ", ".join(mixed[:4]) + (", ..." if len(mixed) > 4 else "")
    return [
        f"TE and TM mix (an avoided crossing is near) in {len(mixed)} of {len(modes)} modes: "
        f"{shown}; follow_modes finds it"
    ]
