"""The light curve of a cavity as it would be measured, and the thresholds that are read off it."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.interpolate import PchipInterpolator

from ..gain import GainMedium, Pump
from .averaging import averaged, fluence_reach
from .integrate import PulseOutcomes
from .light_curve import TwoBreakFit, breaks_for_differences, fit_smooth_curve
from .prediction import Thresholds
from .pulse_solver import PulseSolver
from .regime import modes_lasing

Array = NDArray[np.float64]

_FAINT_LASER = 0.3
"""Below this ratio of collected laser to photoluminescence the light curve shows no laser break."""
_FAR_ABOVE = 8.0
"""Excitons over those at which laser and photoluminescence are equal where the fit ends: emitters fill up beyond."""
_PAST_ONSET = 100.0
"""Excitons over those at the start of a fit beyond which points are put wider apart."""
_START = 0.6
"""The fit starts at this share of the static threshold where the range asked starts too late to show the first
break."""


@dataclass(frozen=True)
class ComputedCurve:
    """Light against fluence; photons per emitter.

    Attributes
    ----------
    fluence, emission : (F,) arrays
        As asked, averaged over spot and jitter.
    node_fluence, nodes : (K,) array, PulseOutcomes
        Single pulses in a uniform spot, from which the averages are made.
    fit_fluence, fit_emission, fit_glow, fit_laser : (L,) arrays
        What the breaks are fitted to: all light, photoluminescence, laser.
    """

    fluence: Array
    emission: Array
    node_fluence: Array
    nodes: PulseOutcomes
    fit_fluence: Array
    fit_emission: Array
    fit_glow: Array
    fit_laser: Array

    def modes_lasing(self, threshold_mj_cm2: float | None, single_mode_db: float) -> NDArray[np.int64]:
        """(F,) modes within `single_mode_db` of the strongest in a uniform spot; 0 below the threshold."""
        place = np.searchsorted(self.node_fluence, self.fluence * (1.0 - 1e-9))
        counts = modes_lasing(self.nodes.emitted[:, place], single_mode_db)
        return np.where(self.fluence >= (math.inf if threshold_mj_cm2 is None else threshold_mj_cm2), counts, 0)


def computed_curve(
    solver: PulseSolver, pump: Pump, excitons_per_unit: float, points: int, static_mj_cm2: float | None
) -> ComputedCurve:
    """Solve for the fluences asked, and as far below and above as spot, jitter and the fit need.

    Parameters
    ----------
    solver : PulseSolver
    pump : Pump
    excitons_per_unit : float
        Mean excitations at 1 mJ/cm2.
    points : int
        Fluences asked for.
    static_mj_cm2 : float or None
        Fluence of gain = loss.
    """
    low, high = pump.fluence_mj_cm2
    least, most = fluence_reach(pump)
    fluence = np.geomspace(low, high, points)
    step = math.log(high / low) / (points - 1)
    late = static_mj_cm2 is not None and static_mj_cm2 < 1.3 * low
    start = min(low, _START * static_mj_cm2) if late and static_mj_cm2 is not None else low
    parts = [fluence]
    if start < low:
        # past the onset the curve is smooth up to the range asked
        onset = min(low, start * _PAST_ONSET ** (1.0 / pump.photons))
        for first, last, width in ((onset, low, 4.0 * step), (start, onset, step)):
            if first < last:
                parts.insert(0, np.geomspace(first, last, math.ceil(math.log(last / first) / width) + 1)[:-1])
    fitted = np.concatenate(parts)
    if least < 1.0:
        # far below the range only the faint outer slices count: twice the spacing serves
        parts.insert(0, np.geomspace(start * least, start, math.ceil(-math.log(least) / (2.0 * step)) + 1)[:-1])
    if most > 1.0:
        parts.append(np.geomspace(high, high * most, math.ceil(math.log(most) / step) + 1)[1:])
    nodes = np.concatenate(parts)
    outcomes = solver.outcomes(excitons_per_unit * nodes**pump.photons)
    light = np.stack([outcomes.collected(solver.medium), outcomes.spontaneous, np.maximum(outcomes.emitted.sum(axis=0), 1e-300)])
    everything, glow, laser = averaged(pump, nodes, light, fitted)
    emission = everything[len(fitted) - points :]
    return ComputedCurve(fluence, emission, nodes, outcomes, fitted, everything, glow, laser)


def read_thresholds(
    curve: ComputedCurve, medium: GainMedium, pump: Pump, static_mj_cm2: float | None
) -> tuple[Thresholds, TwoBreakFit | None]:
    """The three thresholds, and the fit where the light curve shows a laser.

    The fit ends where the pump excites `_FAR_ABOVE` times what makes laser and photoluminescence equal: beyond, emitters
    are full, and the curve bends once more.
    """
    ratio = medium.laser_collection * curve.fit_laser / curve.fit_glow
    if ratio.max() > _FAINT_LASER:
        fluence, emission = _cut(curve.fit_fluence, curve.fit_emission, _fit_end(curve.fit_fluence, ratio, pump.photons))
        fit = fit_smooth_curve(fluence, emission)
        low, middle, high = fit.slopes
        if middle > 1.1 * low:
            smooth = breaks_for_differences(fluence, emission, fit)
            (ase, upper), shown_upper = fit.breaks_mj_cm2, high < middle
            lasing, smooth_lasing = (upper, smooth[1]) if shown_upper else (None, None)
            return Thresholds(static_mj_cm2, ase, lasing, "light curve", smooth[0], smooth_lasing), fit
    lasing, smooth_lasing = _laser_break(curve)
    return Thresholds(static_mj_cm2, None, lasing, "laser output", None, smooth_lasing), None


def _fit_end(fluence: Array, ratio: Array, photons: int) -> float:
    """Highest fluence of the fit; what is left has eight points at least."""
    bright = int(np.argmax(ratio >= 1.0))
    if ratio[bright] < 1.0:
        return math.inf
    equal = fluence[0]
    if bright:
        before = slice(bright - 1, bright + 1)
        equal = math.exp(float(np.interp(0.0, np.log(np.maximum(ratio[before], 1e-300)), np.log(fluence[before]))))
    return float(max(equal * _FAR_ABOVE ** (1.0 / photons), fluence[min(7, len(fluence) - 1)]))


def _cut(fluence: Array, emission: Array, end: float) -> tuple[Array, Array]:
    """The curve up to a fluence, which moves without jumps."""
    if end >= fluence[-1]:
        return fluence, emission
    near = fluence < end
    last = np.exp(PchipInterpolator(np.log(fluence), np.log(emission))(math.log(end)))
    return np.append(fluence[near], end), np.append(emission[near], last)


def _laser_break(curve: ComputedCurve) -> tuple[float | None, float | None]:
    """End of the steep rise of the laser alone, by both fits; None where there is none in the range."""
    fit = fit_smooth_curve(curve.fit_fluence, curve.fit_laser)
    low, middle, high = fit.slopes
    if middle <= 2.0 * max(low, high):
        return None, None
    return fit.breaks_mj_cm2[1], breaks_for_differences(curve.fit_fluence, curve.fit_laser, fit)[1]
