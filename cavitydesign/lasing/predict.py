"""From modes, medium and pump to the light curve, the thresholds and the regime."""

from __future__ import annotations

import math
import time
from collections.abc import Iterable, Sequence
from functools import partial

import numpy as np
from numpy.typing import NDArray

from ..arrays import Array
from ..errors import InputError
from ..gain import GainMedium, Pump
from ..gain.heat import quantum_defect
from ..geometry.cavity import Cavity
from ..modes.mode import Mode
from ..progress import Progress
from .competition.lasing_mode import LasingMode
from .competition.overlap import ModeOverlap
from .outcomes.caveats import calibrations, caveats, quality_words
from .outcomes.curve_readings import laser_threshold, read_breaks, read_thresholds
from .outcomes.mode_thresholds import strongest_thresholds
from .outcomes.output_threshold import pulses_about
from .outcomes.regime import decided, modes_lasing, single_mode_range, told_at
from .prediction import LasingPrediction
from .pulses.computed_curve import computed_curve, with_pulses
from .pulses.numerical_error import suppression_error_db
from .pulses.pulse import full_width_ps, transform_limit_nm
from .pulses.pulse_memory import PulseMemory, inputs_of_thresholds
from .pulses.pulse_outcomes import PulseRun
from .pumped.cavity_heat import cavity_heat
from .pumped.preparation import known_diameter
from .pumped.pumped_cavity import pumped_cavity
from .request import LasingRequest

# Relative error of the threshold by reading between pulses above which further ones are solved
# about it.
_READ = 1e-3


def predict_lasing(
    modes: Iterable[Mode | LasingMode],
    medium: GainMedium,
    pump: Pump,
    request: LasingRequest,
    diameter_um: float | None = None,
    *,
    cavity: Cavity | None = None,
    overlap: ModeOverlap | None = None,
    progress: Progress | None = None,
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
    if pump.kind != "pulsed":
        raise InputError("pump.kind: continuous light is for predict_continuous")
    diameter_um = known_diameter(diameter_um, modes, cavity)
    modes = tuple(modes)
    setting = pumped_cavity(
        modes, medium, pump, request, diameter_um, cavity=cavity, overlap=overlap
    )
    pump, comb, solved = setting.pump, setting.comb, setting.solved
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
        setting.onset,
    )
    rule = (medium, pump, setting.per_unit)
    # Up to where the threshold is read, so that no range asked moves the least efficiency.
    read = curve.node_fluence <= curve.fit_limit
    leaving = setting.leaving(curve.nodes.emitted[:, read])
    laser = (setting.static, setting.pumped_share, leaving)
    output = laser_threshold(curve, *rule, *laser)
    # Excitations go as the fluence to the power of the photons, and so do their relative errors.
    if output is not None and output.read_error > _READ * pump.photons:
        added = pulses_about(setting.excitons_each(curve.node_fluence), output.half_excitons)
        curve = with_pulses(curve, solve, *rule, added)
        output = laser_threshold(curve, *rule, *laser)
    breaks = read_breaks(curve, medium, pump, setting.static)
    thresholds = read_thresholds(
        output, breaks, pump, setting.per_unit, setting.static, setting.static_error
    )
    _tell(progress, "regime", 0.6)
    half = None if output is None else setting.fluence(output.half_excitons)
    fluence = request.at_fluence_mj_cm2 or told_at(
        request.regime_factor, thresholds.lasing, half, pump.fluence_mj_cm2[1]
    )
    emitted = curve.mode_output(pump, np.array([fluence]))[:, 0]
    coarse = curve.every_other_output(pump, np.array([fluence]))[:, 0]
    suppression_error = suppression_error_db(emitted, coarse, curve.nodes.light_error)
    mode_output = curve.mode_output(pump, curve.fluence)
    regime = decided(emitted, fluence, thresholds.lasing, request.single_mode_db)
    _tell(progress, "single-mode probability", 0.8)
    phases, probability, probability_error = None, None, None
    if regime.modes_lasing > 0 and request.comb_phases > 0:
        phases, run = setting.over_comb_phases(fluence)
        probability, probability_error = setting.single_mode_probability(
            phases, suppression_error or 0.0
        )
    else:
        run = setting.traced(fluence)
    best = comb[int(emitted.argmax())]
    width, limit = _pulse(run, comb, run.emitted[: len(comb), -1])
    # The traced pulse is the last one, with the comb where it was computed.
    light_yield = float(run.emitted[:, -1].sum() + run.spontaneous[-1]) / setting.excitons(fluence)
    errors = np.abs(np.concatenate([curve.nodes.balance_error, run.balance_error]))
    exact = strongest_thresholds(modes, comb, emitted, medium, request)
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
            best, medium, pump, setting.excitons(fluence), light_yield, diameter_um, cavity
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
            *setting.words,
        ),
        seconds=time.perf_counter() - began,
        comb=phases,
        side_mode_suppression_error_db=suppression_error,
        single_mode_probability_error=probability_error,
    )
    memory.keep(inputs, prediction)
    _tell(progress, "lasing", 1.0)
    return prediction


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


def _tell(progress: Progress | None, message: str, fraction: float) -> None:
    if progress is not None:
        progress(message, fraction)
