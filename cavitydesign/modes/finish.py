"""From solved eigenvectors to modes as results: what each carries, its losses, its neighbour, its
error bars.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np

from ..arrays import Values
from ..geometry.cavity import Cavity
from ..units import wavelength_nm
from .changes.shifts import Shifts
from .coupling.coupled import loaded_numbers
from .losses.budget import LossBudget
from .losses.measures import Measures
from .losses.mechanism import EXTERNAL, Loss, SolvedLosses
from .losses.mechanisms import losses_of
from .mode import Mode
from .mode_set import ModeRequest
from .solver.bars import (
    ErrorBars,
    Readings,
    error_bars,
    shared_far_errors,
    with_basis_errors,
)
from .solver.snapshot import RawMode
from .solver.solved import ComparedSnapshot, SolvedClass
from .solver.solved_vectors import SolvedVectors

# of E_z^2 + E_r^2: a field that says the other polarisation so clearly contradicts its label
_CLEAR = 0.6
_FSR_HELD = 1e-3  # azimuthal orders: the error of a neighbour, times m, that leaves a spacing right
# Relative error of a spacing over that of k: the errors of neighbours, which share a space, differ
# by some fifteen times 1 / m of themselves, and the spacing is 1 / m of the wavelength; by more at
# high axial orders (random exact spheres and cylinders of 0.8 um to 10 mm, 1e-4 to 1e-10).
_FSR_OF_K, _Q_TO_DOUBLE = 15.0, 3.0
# Error of k of the next order by a share of another mode in its field, over the square of that
# share: how far away in k such a mode is (spheres of n = 4, m = 19 and 60)
_OF_MIXED = 0.03
_ONE_AND_NEXT = 2  # azimuthal orders of a family that was asked for at one
# The shares that make a sensitivity to an index count the field of a leaky mode in its absorbing
# layer too, which errs as log10 Q does: by that error times so many over Q, and no more than once
# (exact spheres and cylinders, Q of 15 to 1e6, at 1e-4 and 1e-6: off by 0.05 to 2.1 of the sum).
_LAYER_IN_SHARES = 20.0
# Of 1/Q^2, where the field of a mode that leaks is a real one, solved between closed walls.
_LEAK_SQUARES = 20.0
# Error bars that leave no result: half the distance of azimuthal orders, where the nearest
# neighbour may be meant, and at large orders a twentieth of the wavelength, a whole visible colour.
_OF_SPACING, _OF_WAVELENGTH = 0.5, 0.05


def finished_modes(request: ModeRequest, result: SolvedClass) -> list[Mode]:
    """Measured modes of a family inside the range, each with its neighbour's free spectral
    range.
    """
    chosen = [
        raw
        for raw in sorted(result.modes, key=lambda raw: (raw.q, raw.m))
        if _wanted(request, raw) and result.alone in (None, raw.m)
    ]
    if not chosen:
        return []
    measured, bars = _measured(result, chosen)
    by_label = {(raw.q, raw.m): raw for raw in result.modes}
    return [
        _mode(request, result, bar, raw, measures, by_label.get((raw.q, raw.m + 1)))
        for raw, measures, bar in zip(chosen, measured, bars, strict=True)
    ]


def sure_modes(modes: Sequence[Mode]) -> tuple[list[Mode], list[str]]:
    """The modes that their own fields and error bars bear out, and a line for each kind of the
    others: none is left out without a word.
    """
    kinds = (
        (_contradicted, "the field found is of the other polarisation (lost to a neighbour)"),
        (
            _without_result,
            "the error bar is so wide that nothing is known of the mode (where a section ends "
            "within the field, draw more of it, or name the edge in electric_walls or "
            "magnetic_walls)",
        ),
    )
    kept, lines = list(modes), []
    for kind, why in kinds:
        out = [mode.label for mode in kept if kind(mode)]
        kept = [mode for mode in kept if not kind(mode)]
        if out:
            lines.append(f"{', '.join(out)}: {why}; not listed")
    return kept, lines


def _without_result(mode: Mode) -> bool:
    """Whether the error of k leaves neither a label nor a colour."""
    limit = max(_OF_SPACING / mode.m, _OF_WAVELENGTH)
    return mode.wavelength_error_nm > limit * mode.wavelength_nm


def _contradicted(mode: Mode) -> bool:
    """Whether the measured field is clearly of the other polarisation: a leaky mode was lost to a
    neighbour.
    """
    axial, radial = mode.energy_fraction["axial"], mode.energy_fraction["radial"]
    return abs(axial - radial) > _CLEAR * (axial + radial) and (axial > radial) != (
        mode.polarisation == "TM"
    )


def _wanted(request: ModeRequest, raw: RawMode) -> bool:
    if request.azimuthal_order is not None:
        return raw.m == request.azimuthal_order
    low, high = request.wavenumbers_per_um
    return low <= raw.k_per_um.real <= high


def _measured(
    result: SolvedClass, chosen: Sequence[RawMode]
) -> tuple[list[Measures], list[ErrorBars]]:
    """Measures of the chosen modes, and error bars from the modes that were solved two orders lower
    too.
    """
    solved = {(raw.m, raw.q): index for index, raw in enumerate(chosen)}
    readings = [SolvedVectors.of(raw) for raw in chosen]
    compared: list[dict[int, tuple[int, ...]]] = []
    by_label = {(raw.m, raw.q): raw for raw in result.modes}
    for end in result.ends:
        snapshot, both = (
            end.snapshot,
            sorted(q for q in end.snapshot.chosen if q in end.low_vectors),
        )
        further = [part for part in _further(end) if part]
        compared.append({})
        for q in result.discretisation.compared(both):
            k = snapshot.wavenumber(q).real
            if (snapshot.m, q) not in solved:
                raw = by_label.get((snapshot.m, q))
                solved[snapshot.m, q] = len(readings)
                vector = snapshot.vectors[:, snapshot.chosen[q]]
                readings.append(
                    SolvedVectors.of(raw)
                    if raw is not None
                    else SolvedVectors.one(vector, snapshot.m, q, k, snapshot.eps)
                )
            others = [end.low_vectors[q]]
            if all(q in part for part in further):
                others += [part[q] for part in further]
            begin = len(readings)
            compared[-1][q] = (solved[snapshot.m, q], *range(begin, begin + len(others)))
            readings += [
                SolvedVectors.one(vector, snapshot.m, q, k, snapshot.eps) for vector in others
            ]
    problem = result.family.problem
    by_mode = result.discretisation.basis_errors_by_mode(problem)
    measured = result.discretisation.measured(problem, SolvedVectors.joined(readings))
    ends = [
        error_bars(
            end,
            0.0 if by_mode else result.basis_error,
            {q: Readings(*(measured[index] for index in indices)) for q, indices in those.items()},
        )
        for end, those in zip(result.ends, compared, strict=True)
    ]
    bars = [
        with_basis_errors(
            ends[0] if len(ends) == 1 else ends[0].towards(ends[1], raw.m),
            raw.q,
            raw.basis_error if by_mode else 0.0,
            raw.field_error,
        )
        for raw in chosen
    ]
    own = _with_absorption(result, chosen, measured[: len(chosen)])
    shared = shared_far_errors([raw.m for raw in chosen], own)
    return [replace(one, far_error=far) for one, far in zip(own, shared, strict=True)], bars


def _with_absorption(
    result: SolvedClass, chosen: Sequence[RawMode], measured: Sequence[Measures]
) -> list[Measures]:
    """The measures with shares and volumes of the fields that absorption leaves.

    Absorption turns the phase of the field by kappa/n across the body. Without leak that is of
    second order in the shares; with it the field had a phase before, and they change with kappa
    itself: by 1.2e-5 at kappa = 1e-4 and Q = 1250. Error bars are those of the lossless fields, and
    the radiative Q is theirs by its meaning.
    """
    out = list(measured)
    absorbed = [index for index, raw in enumerate(chosen) if raw.absorbing is not None]
    if not absorbed:
        return out
    modes = [
        SolvedVectors.one(
            np.asarray(raw.absorbing), raw.m, raw.q, raw.k_absorbing_per_um.real, raw.eps
        )
        for raw in (chosen[index] for index in absorbed)
    ]
    absorbing = result.discretisation.measured(
        result.family.problem, SolvedVectors.joined(modes), far=False
    )
    for index, one in zip(absorbed, absorbing, strict=True):
        out[index] = replace(
            out[index],
            component_share=one.component_share,
            region_share=one.region_share,
            volume_um3=one.volume_um3,
        )
    return out


def _further(end: ComparedSnapshot) -> tuple[Mapping[int, Values], ...]:
    """Modes one order lower, and with a function along less."""
    return () if end.nearer is None else (end.nearer.vectors, end.nearer.fewer)


def _mode(
    request: ModeRequest,
    result: SolvedClass,
    bars: ErrorBars,
    raw: RawMode,
    measures: Measures,
    neighbour: RawMode | None,
) -> Mode:
    cavity = raw.problem.cavity
    # absorption moves Re k at second order, (kappa/n)^2
    lam = wavelength_nm(raw.k_absorbing_per_um.real)
    relative = bars.relative(raw.q)
    # a neighbour that the reduced basis does not hold would give a wrong spacing, lambda / m
    known = neighbour is not None and neighbour.basis_error * raw.m < _FSR_HELD
    fsr = lam - wavelength_nm(neighbour.k_absorbing_per_um.real) if neighbour and known else None
    around = math.pi * cavity.diameter_um * 1e3
    z, r, phi = (float(x) for x in measures.component_share)
    dispersion = _log10_dispersion(cavity, measures, lam)
    solved = SolvedLosses(raw, measures, bars, result.discretisation, dispersion)
    told = losses_of(solved)
    losses, extra = _budget(told)
    if EXTERNAL in told:
        extra |= loaded_numbers(losses, told[EXTERNAL].law)
    extra["fsr_error_nm"] = None
    if fsr and neighbour:
        # what the reduced basis lacks, each mode has for itself
        own = lam * (raw.basis_error + neighbour.basis_error)
        if len(result.seed.orders) <= _ONE_AND_NEXT:
            own += lam * result.discretisation.next_along(neighbour)
            # corrections by the factors of the order asked for see little of a mode beside
            own += lam * _OF_MIXED * neighbour.field_error**2
        extra["fsr_error_nm"] = _FSR_OF_K * (1.0 + raw.q / _Q_TO_DOUBLE) * relative * fsr + own
    extra["mode_volume_relative_error"] = bars.fields(raw.q).volume
    # the error of a sensitivity: that of the shares of the energy, at an index of 1
    shifts = Shifts(raw, (bars.fields(raw.q).confinement + _leak_in_shares(raw, losses)) * lam)
    names = [name for name, _ in cavity.regions]
    return Mode(
        polarisation=result.seed.polarisation,
        m=raw.m,
        p=result.seed.p,
        q=raw.q,
        wavelength_nm=lam,
        wavelength_error_nm=lam * relative,
        n_eff=raw.m * lam / around,
        group_index=lam * (lam - fsr) / (around * fsr) if fsr else None,
        fsr_nm=fsr,
        energy_fraction={"axial": z, "radial": r, "azimuthal": phi},
        confinement={name: float(x) for name, x in zip(names, measures.region_share, strict=True)},
        confinement_error=bars.fields(raw.q).confinement,
        mode_volume_um3=measures.volume_um3,
        losses=losses,
        residual=raw.relative_residual,
        accuracy_met=relative <= request.relative_accuracy,
        sample_field=result.discretisation.sampler(raw),
        extra=shifts.added_to(extra),
        sensitivity_nm_per_riu=shifts.by_region(),
        raw=raw,
        raw_next=neighbour,
    )


def _leak_in_shares(raw: RawMode, losses: LossBudget) -> float:
    """What the leak of a mode adds to the error of a sensitivity, at an index of 1."""
    if losses.radiation is None:
        return 0.0
    inverse_q: float = 10.0**-losses.radiation
    if raw.problem.is_complex:
        return losses.radiation_error * min(1.0, _LAYER_IN_SHARES * inverse_q)
    return _LEAK_SQUARES * inverse_q**2


def _log10_dispersion(cavity: Cavity, measures: Measures, wavelength_nm: float) -> float:
    """log10 of the stored energy over that at frozen indices: share-weighted n_g/n, as the complex
    pole with n(k) has it.

    W = 1/4 int (d(w eps)/dw + eps) |E|^2 = 1/2 int eps (n_g/n) |E|^2. Every Q of a dispersive
    cavity carries the factor.
    """
    ratios = [
        medium.group_index(wavelength_nm) / medium.index(wavelength_nm)
        for _, medium in cavity.regions
    ]
    return math.log10(float(np.dot(measures.region_share, ratios)))


def _budget(losses: Mapping[str, Loss]) -> tuple[LossBudget, dict[str, float | None]]:
    """The budget, and the further numbers that its losses tell."""
    errors = {name: loss.error for name, loss in losses.items() if loss.error}
    budget = LossBudget.of({name: loss.log10_q for name, loss in losses.items()}, errors)
    beside = {name: value for loss in losses.values() for name, value in loss.beside.items()}
    return budget, beside
