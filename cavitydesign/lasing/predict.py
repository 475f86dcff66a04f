"""From modes, medium and pump to the light curve, the thresholds and the regime."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from functools import partial

import numpy as np
from numpy.typing import NDArray

from ..errors import InputError
from ..gain import GainMedium, Pump
from ..gain.heat import quantum_defect
from ..geometry.cavity import Cavity
from ..modes.mode import Mode
from ..modes.mode_set import ModeSet
from ..units import photon_energy_ev
from .caveats import calibrations, caveats, quality_words
from .cavity_heat import cavity_heat
from .comb import periodic_comb
from .competitors import STATIC_EXCITONS, competing_comb
from .computed_curve import (
    computed_curve,
    laser_threshold,
    read_breaks,
    read_thresholds,
    with_pulses,
)
from .emitters import doped_index, emitters_in_reach
from .exact_threshold import exact_threshold_gain_per_cm
from .integrate import PulseRun, StepControl
from .lasing_mode import LasingMode, lasing_modes
from .output_threshold import pulses_about
from .overlap import ModeOverlap, needed_overlap
from .prediction import LasingPrediction, ModeOutcome
from .pulse import full_width_ps, transform_limit_nm
from .pulse_memory import PulseMemory, inputs_of_thresholds
from .pulse_solver import PulseSolver
from .regime import (
    CombPlaces,
    decided,
    modes_lasing,
    probability_over_phase,
    side_mode_suppression_db,
    single_mode_range,
)
from .request import LasingRequest
from .spontaneous import purcell_factor, spontaneous_emission_factors
from .threshold import DarkGain, threshold_gain_per_cm

Array = NDArray[np.float64]
Progress = Callable[[str, float], None] | None


def predict_lasing(
    modes: Iterable[Mode | LasingMode],
    medium: GainMedium,
    pump: Pump,
    request: LasingRequest,
    diameter_um: float | None = None,
    *,
    cavity: Cavity | None = None,
    overlap: ModeOverlap | None = None,
    progress: Progress = None,
    memory: PulseMemory | None = None,
) -> LasingPrediction:
    """Predict light curve, thresholds, modes and regime.

    Parameters
    ----------
    modes : iterable of Mode or LasingMode
        Of every family that competes; a `ModeSet` will do.
    medium : GainMedium
    pump : Pump
    request : LasingRequest
    diameter_um : float or None
        Of the cavity: empirical Q, number of emitters, spacing of a lone mode. None: as `cavity` or
        the `ModeSet` has it.
    cavity : Cavity or None
        Gives each mode its energy group index; without it the medium's `host_group_index` serves.
    overlap : ModeOverlap or None
        Overlap of the given modes with the pump and with each other; None: computed from the fields
        where several families compete or the spot has a radius, otherwise all emitters see every
        mode alike.
    progress : callable or None
        Called with a message and a fraction.
    memory : PulseMemory or None
        Shared with other predictions: what it knows is not solved again. From the same inputs of
        thresholds and regime comes the same prediction, with what was asked besides then.

    Raises
    ------
    InputError
        No modes, a pump that cannot excite the medium, or an impossible quality.
    SolverError
        If the integration does not end.
    """
    began = time.perf_counter()
    diameter_um = _diameter(diameter_um, modes, cavity)
    modes = tuple(modes)
    _check(medium, pump)
    solved = lasing_modes(
        modes,
        request.quality,
        diameter_um,
        medium.doped_region,
        medium.host_group_index,
        cavity,
        exact_threshold=False,
    )
    if not solved:
        raise InputError(
            "lasing: no modes in the range; widen modes.span_nm or move modes.wavelength_nm"
        )
    if overlap is None and request.overlap == "fields":
        overlap = needed_overlap(modes, medium.doped_region, pump.photons, pump.spot_radius_um)
    comb, origin = solved, tuple(range(len(solved)))
    if request.extend_comb:
        comb, origin = competing_comb(solved, medium, diameter_um, request.line_reach, overlap)
    shared = None if overlap is None else overlap.repeated(origin)
    if overlap is not None and np.ptp(overlap.pump) > 0:
        # the spot is in the zones already
        pump = replace(pump, spot="flat")
    index = doped_index(medium, cavity, medium.emission_wavelength_nm)
    setting = _Setting(comb, medium, pump, request, diameter_um, shared, index)
    memory = PulseMemory() if memory is None else memory
    inputs = inputs_of_thresholds(setting.solver, pump, setting.per_unit, medium, request)
    known = memory.prediction(inputs)
    if known is not None:
        return known
    _tell(progress, "light curve", 0.1)
    solve = partial(memory.outcomes, setting.solver)
    curve = computed_curve(
        solve,
        medium,
        pump,
        setting.per_unit,
        request.fluences,
        setting.static,
        request.at_fluence_mj_cm2,
    )
    rule = (medium, pump, setting.per_unit)
    output = laser_threshold(curve, *rule, setting.static)
    if output is not None and output.excitons is not None:
        solved_at = setting.excitons_each(curve.node_fluence)
        added = pulses_about(solved_at, output.excitons)
        curve = with_pulses(curve, solve, *rule, added)
        output = laser_threshold(curve, *rule, setting.static)
    breaks = read_breaks(curve, medium, pump, setting.static)
    thresholds = read_thresholds(output, breaks, pump, setting.per_unit, setting.static)
    _tell(progress, "regime", 0.6)
    place = request.at_fluence_mj_cm2 or request.regime_factor * (
        thresholds.lasing or pump.fluence_mj_cm2[1] / 1.1
    )
    run = setting.solver.traced(setting.excitons(place))
    emitted = curve.mode_output(pump, np.array([place]))[:, 0]
    mode_output = curve.mode_output(pump, curve.fluence)
    regime = decided(emitted, place, thresholds.lasing, request.single_mode_db)
    _tell(progress, "single-mode probability", 0.8)
    tried = regime.modes_lasing > 0 and request.comb_phases > 0
    places = setting.comb_places(place) if tried else None
    probability = None if places is None else setting.single_mode_probability(places)
    best = comb[int(emitted.argmax())]
    width, limit = _pulse(run, comb, run.emitted[:, 0])
    light_yield = float(run.emitted.sum() + run.spontaneous[0]) / setting.excitons(place)
    errors = np.abs(np.concatenate([curve.nodes.balance_error, run.balance_error]))
    exact = _exact_thresholds(modes, comb, emitted, medium, request)
    prediction = LasingPrediction(
        regime=regime,
        single_mode_probability=probability,
        single_mode_range_mj_cm2=single_mode_range(
            curve.fluence, mode_output, thresholds.lasing, request.single_mode_db
        ),
        thresholds=thresholds,
        breaks=breaks,
        fluence_mj_cm2=curve.fluence,
        emission=curve.emission,
        excitons=setting.excitons_each(curve.fluence),
        mode_output=mode_output,
        modes_lasing_at=_counts(curve.fluence, mode_output, thresholds.lasing, request),
        modes=setting.outcomes(emitted, exact),
        pulse_fwhm_ps=width,
        transform_limit_nm=limit,
        quantum_defect=quantum_defect(best.wavelength_nm, pump.photons, pump.wavelength_nm),
        heat=cavity_heat(
            best, medium, pump, setting.excitons(place), light_yield, diameter_um, cavity
        ),
        balance_error=float(errors.max()),
        left_error=float(np.concatenate([curve.nodes.left_error, run.left_error]).max()),
        calibrations=calibrations(medium, pump, request),
        warnings=(
            *quality_words(modes, request, diameter_um),
            *caveats(
                solved,
                medium,
                pump,
                request,
                diameter_um,
                thresholds,
                breaks,
                best,
                float(errors.max()),
            ),
        ),
        seconds=time.perf_counter() - began,
        comb=places,
    )
    memory.keep(inputs, prediction)
    _tell(progress, "lasing", 1.0)
    return prediction


class _Setting:
    """One cavity, medium and pump, ready to be asked."""

    def __init__(
        self,
        comb: Sequence[LasingMode],
        medium: GainMedium,
        pump: Pump,
        request: LasingRequest,
        diameter_um: float,
        overlap: ModeOverlap | None,
        index: float,
    ) -> None:
        self._index = index
        self._comb, self._medium, self._pump, self._request = comb, medium, pump, request
        self._diameter, self._overlap = diameter_um, overlap
        self.per_unit = pump.excitons_per_unit(medium.absorber)
        control = StepControl(request.relative_tolerance)
        self._emitters = emitters_in_reach(medium, comb, diameter_um, index, overlap)
        self.solver = PulseSolver(comb, medium, self._emitters, control, overlap)
        self._static_each = self._gain_equals_loss()
        reached = [value for value in self._static_each if value is not None]
        self.static = min(reached) if reached else None

    def excitons(self, fluence: float) -> float:
        """Mean excitations of an emitter at the peak of the spot."""
        return self.per_unit * fluence**self._pump.photons

    def excitons_each(self, fluence: Array) -> Array:
        return np.asarray(self.per_unit * fluence**self._pump.photons)

    def _gain_equals_loss(self) -> tuple[float | None, ...]:
        """Fluence at which the dark gain of each mode reaches its loss."""
        model = self.solver.model(self._medium.ladder_top(STATIC_EXCITONS))
        each = DarkGain(model, self._medium).threshold_excitons_each()
        return tuple(
            None if value is None else (value / self.per_unit) ** (1.0 / self._pump.photons)
            for value in each
        )

    def comb_places(self, fluence: float) -> CombPlaces:
        """Side-mode suppression over the places of the comb."""
        comb, origin, spacing = periodic_comb(self._comb, self._diameter)
        overlap = self._overlap.repeated(origin) if self._overlap is not None else None
        solver = PulseSolver(comb, self._medium, self._emitters, self.solver.control, overlap)
        phase = np.arange(self._request.comb_phases) / self._request.comb_phases - 0.5
        outcomes = solver.outcomes(np.full(len(phase), self.excitons(fluence)), phase * spacing)
        return CombPlaces(phase, side_mode_suppression_db(outcomes.emitted), spacing)

    def single_mode_probability(self, places: CombPlaces) -> float:
        """Over the place of the comb, and over the spread of the diameter."""
        wavelength = float(
            np.mean([mode.wavelength_nm for mode in periodic_comb(self._comb, self._diameter)[0]])
        )
        spread = self._request.diameter_sd_um / self._diameter * wavelength / places.spacing_nm
        if self._request.comb_place == "unknown":
            spread = math.inf
        return probability_over_phase(
            places.phase, places.suppression_db, self._request.single_mode_db, 0.0, spread
        )

    def outcomes(
        self, emitted: Array, exact: Mapping[str, float | None]
    ) -> tuple[ModeOutcome, ...]:
        """What each mode does."""
        model = self.solver.model(self._medium.ladder_top(STATIC_EXCITONS))
        factors = spontaneous_emission_factors(model)
        total = float(emitted.sum())
        return tuple(
            ModeOutcome(
                label=mode.label,
                wavelength_nm=mode.wavelength_nm,
                confinement=mode.confinement,
                group_index=mode.group_index,
                q_passive=mode.q_passive,
                threshold_gain_per_cm=threshold_gain_per_cm(mode),
                threshold_gain_exact_per_cm=exact.get(mode.label, mode.threshold_gain_exact_per_cm),
                threshold_gain_sd_per_cm=mode.threshold_gain_sd_per_cm,
                gain_equals_loss_mj_cm2=static,
                gain_equals_loss_sd_mj_cm2=mode.gain_equals_loss_sd_mj_cm2,
                output_share=float(output) / total if total > 0 else 0.0,
                spontaneous_emission_factor=float(factor),
                purcell_factor=purcell_factor(mode, self._medium, self._index),
                extended=mode.extended,
            )
            for mode, output, factor, static in zip(
                self._comb, emitted, factors, self._static_each, strict=True
            )
        )


def _exact_thresholds(
    modes: Sequence[Mode | LasingMode],
    comb: Sequence[LasingMode],
    emitted: Array,
    medium: GainMedium,
    request: LasingRequest,
) -> dict[str, float | None]:
    """Threshold gain by the complex eigenproblem of the strongest solved modes, by label; the comb
    starts with the solved.
    """
    found: dict[str, float | None] = {}
    for place in np.argsort(-emitted[: len(modes)])[: request.exact_thresholds]:
        mode = modes[place]
        if isinstance(mode, Mode):
            given = None if request.quality == "budget" else comb[place].q_passive
            found[mode.label] = exact_threshold_gain_per_cm(mode, medium.doped_region, given)
    return found


def _pulse(
    run: PulseRun, comb: Sequence[LasingMode], emitted: Array
) -> tuple[float | None, float | None]:
    best = int(emitted.argmax())
    width = full_width_ps(run.trace_ps, run.trace_photons[:, best])
    return width, None if width is None else transform_limit_nm(width, comb[best].wavelength_nm)


def _counts(
    fluence: Array, mode_output: Array, threshold: float | None, request: LasingRequest
) -> NDArray[np.int64]:
    """Modes that lase at each fluence; none below the threshold."""
    counts = modes_lasing(mode_output, request.single_mode_db)
    return np.where(fluence >= (math.inf if threshold is None else threshold), counts, 0)


def _diameter(
    given: float | None, modes: Iterable[Mode | LasingMode], cavity: Cavity | None
) -> float:
    if given is None and cavity is not None:
        given = cavity.diameter_um
    if given is None and isinstance(modes, ModeSet):
        given = modes.diameter_um
    if given is None:
        raise InputError("lasing: give diameter_um, the cavity or its set of modes")
    if not (math.isfinite(given) and given > 0):
        raise InputError(f"cavity.diameter_um: {given!r} must be positive")
    return given


def _check(medium: GainMedium, pump: Pump) -> None:
    pumped = pump.photons * photon_energy_ev(pump.wavelength_nm)
    if pumped < medium.emission_energy_ev:
        raise InputError(
            f"pump.wavelength_nm: {pump.photons} photons of {pump.wavelength_nm:g} nm carry "
            f"{pumped:.3f} eV,"
            f" less than the emission at {medium.emission_energy_ev:.3f} eV"
        )


def _tell(progress: Progress, message: str, fraction: float) -> None:
    if progress is not None:
        progress(message, fraction)
