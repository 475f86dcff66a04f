"""From modes, medium and continuous light to powers, thresholds and the regime.

Every point is a steady state of all modes. There is no noise of the start and no jitter: the
suppression of side modes is that of the mean photon numbers.
"""

from __future__ import annotations

import math
import time
from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from ...arrays import Array
from ...gain import GainMedium, Pump
from ...gain.heat import quantum_defect
from ...geometry.cavity import Cavity
from ...modes.mode import Mode
from ...progress import Progress
from ...units import DECIBELS_PER_E
from ..competition.lasing_mode import LasingMode
from ..competition.overlap import ModeOverlap
from ..outcomes.caveats import calibrations, quality_words, steady_caveats
from ..outcomes.mode_outcome import mode_outcomes
from ..outcomes.mode_thresholds import strongest_thresholds
from ..outcomes.output_threshold import OutputThreshold, output_threshold, pulses_about
from ..outcomes.regime import CombPhases, Regime, side_mode_suppression_rate_db, told_at
from ..prediction import ModeOutcome, Thresholds
from ..pulses.numerical_error import probability_with_error
from ..pumped.preparation import Prepared, prepared
from ..request import LasingRequest
from .continuous_prediction import ContinuousPrediction
from .steady_laser import SteadyLaser

# Logarithm of the pump rate from one steady state to the next.
_SPACING = 0.08
# Pump rates, over that of gain = loss, between which the threshold is read.
_READ = (0.2, 40.0)
# Relative error of the photons in a mode by Newton's method, of strong absorption among it.
_NEWTON = 1e-9


def predict_continuous(
    modes: Iterable[Mode | LasingMode],
    medium: GainMedium,
    pump: Pump,
    request: LasingRequest,
    diameter_um: float | None = None,
    *,
    cavity: Cavity | None = None,
    overlap: ModeOverlap | None = None,
    progress: Progress | None = None,
) -> ContinuousPrediction:
    """Predict powers, thresholds, modes and regime under continuous light.

    Parameters
    ----------
    modes : iterable of Mode or LasingMode
    medium : GainMedium
        Of one excitation (dyes, ions, tables of cross-sections), or of carriers.
    pump : Pump
        With kind "continuous".
    request : LasingRequest
    diameter_um : float or None
    cavity : Cavity or None
    overlap : ModeOverlap or None
    progress : callable or None
        All as in `predict_lasing`.

    Raises
    ------
    InputError
        As `predict_lasing`; or a medium of more excitations.
    SolverError
        If a steady state is not found.
    """
    began = time.perf_counter()
    ready = prepared(modes, medium, pump, request, diameter_um, cavity, overlap)
    laser = SteadyLaser(ready, medium, request)
    if progress is not None:
        progress("steady states", 0.1)
    low, high = (float(one) for one in laser.rate(np.array(pump.power_uw)))
    static = laser.static
    read = static is not None and static <= high
    asked = np.geomspace(low, high, request.fluences)
    thresholds, absorbed, half = Thresholds(_power(laser, static), None, None), None, None
    if read and static is not None:
        found = _threshold(laser, medium, static)
        thresholds, absorbed = _in_power(laser, static, found, high)
        half = _power(laser, found.half_excitons)
    regime_uw = request.at_power_uw or told_at(
        request.regime_factor, thresholds.lasing, half, pump.power_uw[1]
    )
    # All steady states in one rising series, since each starts from the one before.
    regime_rate = float(laser.rate(regime_uw))
    series = np.unique(np.r_[asked, regime_rate])
    photons = laser.photons(series)
    excited = laser.excited(series, photons)
    shown, at = np.searchsorted(series, asked), int(np.searchsorted(series, regime_rate))
    output, glow = laser.emitted_uw(photons), laser.glow_uw(excited)
    taken = laser.absorbed_uw(series, excited)
    regime = _decided(output[:, at], regime_uw, thresholds.lasing, request.single_mode_db)
    if progress is not None:
        progress("single-mode probability", 0.8)
    phases, chance, chance_error = None, None, None
    if regime.modes_lasing > 0 and request.comb_phases > 0:
        phase, there, spacing = laser.photons_over_comb_phases(
            ready.diameter_um, request.comb_phases, regime_rate
        )
        phases = CombPhases(phase, side_mode_suppression_rate_db(there), spacing)
        middle = float(np.mean([mode.wavelength_nm for mode in ready.comb]))
        spread = request.comb_spread(middle, spacing, ready.diameter_um)
        chance, chance_error = probability_with_error(phases, request.single_mode_db, spread, 0.0)
    best = ready.comb[int(output[:, at].argmax())]
    total = output[:, shown].sum(axis=0)
    several = regime.side_mode_suppression_db is not None
    return ContinuousPrediction(
        regime=regime,
        regime_power_uw=regime_uw,
        single_mode_probability=chance,
        thresholds=thresholds,
        lasing_absorbed_uw=absorbed,
        power_uw=np.asarray(laser.power_uw(asked)),
        absorbed_uw=taken[shown],
        laser_uw=total,
        photoluminescence_uw=glow[shown],
        excited_share=laser.model.weight @ excited[:, shown],
        collected_uw=glow[shown] + medium.laser_collection * total,
        mode_output_uw=output[:, shown],
        modes_lasing_at=_counts(laser.power_uw(asked), output[:, shown], thresholds, request),
        slope_efficiency=_efficiency(taken[shown], total, thresholds, pump),
        modes=_outcomes(laser, ready, medium, output[:, at], request),
        quantum_defect=quantum_defect(best.wavelength_nm, 1, pump.wavelength_nm),
        heat_uw=float(taken[at] - glow[at] - output[:, at].sum()),
        balance_error=laser.balance_error(series, photons, excited),
        calibrations=calibrations(medium, pump, request),
        warnings=(
            *quality_words(ready.given, request, ready.diameter_um),
            *steady_caveats(ready, medium, request, thresholds),
            *laser.words,
        ),
        seconds=time.perf_counter() - began,
        comb=phases,
        side_mode_suppression_error_db=2.0 * DECIBELS_PER_E * _NEWTON if several else None,
        single_mode_probability_error=chance_error,
    )


def _threshold(laser: SteadyLaser, medium: GainMedium, static: float) -> OutputThreshold:
    """The threshold in pump rates, from steady states about gain = loss."""
    first, last = np.log(_READ)
    rates = static * np.exp(np.arange(first, last, _SPACING))
    ladder = medium.ladder(1)

    def light(at: Array) -> Array:
        return np.maximum(laser.model.loss @ laser.photons(at), 1e-300)

    output = light(rates)
    found = output_threshold(rates, output, static, ladder, float(rates[-1]), _NEWTON)
    # What reading between steady states leaves falls with the square of their distance.
    rates = np.unique(np.r_[rates, pulses_about(rates, found.half_excitons)])
    return output_threshold(rates, light(rates), static, ladder, float(rates[-1]), _NEWTON)


def _power(laser: SteadyLaser, rate: float | None) -> float | None:
    return None if rate is None else float(laser.power_uw(rate))


def _in_power(
    laser: SteadyLaser, static: float, found: OutputThreshold, highest: float
) -> tuple[Thresholds, float | None]:
    """The thresholds in uW, and what is absorbed at that of the laser; it is None beyond the range
    asked.
    """
    rate = found.excitons
    if rate is not None and rate > highest:
        rate = None
    lasing, absorbed = _power(laser, rate), None
    if rate is not None:
        at = np.array([rate])
        absorbed = float(laser.absorbed_uw(at, laser.excited(at, laser.photons(at)))[0])
    static_uw = float(laser.power_uw(static))
    thresholds = Thresholds(
        static_uw,
        None,
        lasing,
        found.steepest_slope,
        1e-9 * static_uw,
        None if lasing is None else found.relative_error * lasing,
        found.slope_error,
    )
    return thresholds, absorbed


def _decided(
    output: Array, power_uw: float, threshold_uw: float | None, single_mode_db: float
) -> Regime:
    rate = float(side_mode_suppression_rate_db(output[:, None])[0])
    shown = rate if math.isfinite(rate) else None
    below = threshold_uw is None or power_uw < threshold_uw
    count = 0 if below else _within(output[:, None], single_mode_db)[0]
    name = "below threshold" if below else "single" if count == 1 else "multi"
    return Regime(name, int(count), shown, math.nan, shown, None)


def _within(output: Array, single_mode_db: float) -> NDArray[np.int64]:
    """Modes within so many dB of the strongest."""
    floor = output.max(axis=0) * 10.0 ** (-single_mode_db / 10.0)
    return np.asarray((output > floor).sum(axis=0), dtype=np.int64)


def _counts(
    power_uw: Array, output: Array, thresholds: Thresholds, request: LasingRequest
) -> NDArray[np.int64]:
    from_uw = math.inf if thresholds.lasing is None else thresholds.lasing
    return np.where(power_uw >= from_uw, _within(output, request.single_mode_db), 0)


def _efficiency(absorbed: Array, output: Array, thresholds: Thresholds, pump: Pump) -> float | None:
    """Laser power for each power absorbed more, between the two highest powers."""
    if thresholds.lasing is None or thresholds.lasing > pump.power_uw[1]:
        return None
    # Over the power absorbed: excited emitters take less of the pump than those at rest.
    return float((output[-1] - output[-2]) / (absorbed[-1] - absorbed[-2]))


def _outcomes(
    laser: SteadyLaser,
    ready: Prepared,
    medium: GainMedium,
    output: Array,
    request: LasingRequest,
) -> tuple[ModeOutcome, ...]:
    exact = strongest_thresholds(ready.given, ready.comb, output, medium, request)
    reached = (
        {
            "gain_equals_loss_mj_cm2": None,
            "gain_equals_loss_sd_mj_cm2": None,
            "gain_equals_loss_uw": _power(laser, static),
        }
        for static in laser.static_each
    )
    return mode_outcomes(laser.model, ready.comb, medium, ready.index, output, exact, reached)
