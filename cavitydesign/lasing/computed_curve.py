"""The light curve of a cavity as it would be measured, and the thresholds that are read off it."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.interpolate import PchipInterpolator

from ..gain import GainMedium, Pump
from .averaging import averaged, fluence_reach
from .integrate import PulseOutcomes
from .light_curve import TwoBreakFit, fit_smooth_curve
from .prediction import Thresholds
from .regime import modes_lasing

Array = NDArray[np.float64]
Solve = Callable[[Array], PulseOutcomes]

_FAINT_LASER = 0.3
"""Below this ratio of collected laser to photoluminescence the light curve shows no laser break."""
_SPACING = 0.08
"""Logarithm of the excitons from one computed pulse to the next about the threshold; away from it twice that."""
_ONSET = (0.4, 32.0)
"""Excitons, over those at gain = loss, between which the pulses lie close."""
_START = math.exp(-20.0 * _SPACING)
"""Excitons where the fit starts, over those at gain = loss: a fifth, on a computed pulse."""
_BENT = 2.0
"""Change of the laser's logarithmic slope from one pulse to the next above which pulses lie four times as close, where the
threshold is read off the laser alone."""
_FAR_ABOVE = 7.5
"""Excitons where the fit ends, over those at which laser and photoluminescence are equal: emitters fill up beyond. The published
curves of 33, 88 and 125 um end at 5.8, 7.8 and 8.5."""


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
        From which the breaks are fitted: all light, photoluminescence, laser.
    fit_limit : float
        Highest fluence that the fit may use.
    """

    fluence: Array
    emission: Array
    node_fluence: Array
    nodes: PulseOutcomes
    fit_fluence: Array
    fit_emission: Array
    fit_glow: Array
    fit_laser: Array
    fit_limit: float

    def emitted(self) -> Array:
        """(M, F) photons that left each mode at the fluences asked, in a uniform spot."""
        light = PchipInterpolator(
            np.log(self.node_fluence), np.log(np.maximum(self.nodes.emitted, 1e-300)), axis=1
        )
        return np.asarray(np.exp(light(np.log(self.fluence))))

    def modes_lasing(
        self, threshold_mj_cm2: float | None, single_mode_db: float
    ) -> NDArray[np.int64]:
        """(F,) modes within `single_mode_db` of the strongest in a uniform spot; 0 below the
        threshold.
        """
        counts = modes_lasing(self.emitted(), single_mode_db)
        return np.where(
            self.fluence >= (math.inf if threshold_mj_cm2 is None else threshold_mj_cm2), counts, 0
        )


def computed_curve(
    solve: Solve,
    medium: GainMedium,
    pump: Pump,
    excitons_per_unit: float,
    points: int,
    static_mj_cm2: float | None,
) -> ComputedCurve:
    """Solve for the fluences asked, and as far below and above as spot, jitter and the fit need.

    Pulses and fit are placed by gain = loss and by the emitters, so that no threshold hangs on the
    range asked.

    Parameters
    ----------
    solve : callable
        Outcomes of pulses of given excitons.
    medium : GainMedium
    pump : Pump
    excitons_per_unit : float
        Mean excitations at 1 mJ/cm2.
    points : int
        Fluences asked for.
    static_mj_cm2 : float or None
        Fluence of gain = loss.
    """
    low, high = pump.fluence_mj_cm2
    fluence = np.geomspace(low, high, points)
    reach = np.log(fluence_reach(pump)) * pump.photons
    anchor = low if static_mj_cm2 is None else static_mj_cm2
    first, last = np.log(np.array([low, high]) / anchor) * pump.photons
    limit = high
    if _within_range(static_mj_cm2, pump):
        # emitters go on to emit up to the highest rung, and a laser is read to well above gain =
        # loss in any case
        end = math.log(
            max(
                _FAR_ABOVE, medium.ladder_top(math.inf) / (excitons_per_unit * anchor**pump.photons)
            )
        )
        first, last = min(first, math.log(_START)), max(last, end)
        limit = anchor * math.exp(end / pump.photons)
    # one more at the end, for the curve from the last pulse before the limit
    nodes = anchor * np.exp(
        _pulses(float(first + reach[0]), float(last + reach[1]) + 2.0 * _SPACING) / pump.photons
    )
    outcomes = solve(excitons_per_unit * nodes**pump.photons)
    return _seen(
        medium, pump, fluence, nodes, outcomes, (anchor * _START ** (1.0 / pump.photons), limit)
    )


def with_sharp_onset(
    curve: ComputedCurve, solve: Solve, medium: GainMedium, pump: Pump, excitons_per_unit: float
) -> ComputedCurve:
    """The same with more pulses where the laser's rise bends, for a threshold that is read off the
    laser alone.
    """
    place = pump.photons * np.log(curve.node_fluence)
    rise = np.diff(np.log(np.maximum(curve.nodes.emitted.sum(axis=0), 1e-300))) / np.diff(place)
    bent = np.flatnonzero(np.abs(np.diff(rise)) > _BENT) + 1
    left = np.union1d(bent - 1, bent)
    between = place[left] + np.diff(place)[left] * np.array([[0.25], [0.5], [0.75]])
    added = np.exp(between.ravel() / pump.photons)
    if not len(added):
        return curve
    order = np.argsort(np.r_[curve.node_fluence, added])
    outcomes = curve.nodes.joined(solve(excitons_per_unit * added**pump.photons)).taken(order)
    nodes = np.r_[curve.node_fluence, added][order]
    return _seen(
        medium, pump, curve.fluence, nodes, outcomes, (float(curve.fit_fluence[0]), curve.fit_limit)
    )


def _seen(
    medium: GainMedium,
    pump: Pump,
    fluence: Array,
    nodes: Array,
    outcomes: PulseOutcomes,
    fitted: tuple[float, float],
) -> ComputedCurve:
    """The averages at the fluences asked, and at all pulses that the fit within the given fluences
    may use.
    """
    light = np.stack(
        [
            outcomes.collected(medium),
            outcomes.spontaneous,
            np.maximum(outcomes.emitted.sum(axis=0), 1e-300),
        ]
    )
    shown = nodes[(nodes > 0.999 * fitted[0]) & (nodes * fluence_reach(pump)[1] <= nodes[-1])]
    everything, glow, laser = averaged(pump, nodes, light, shown)
    emission = averaged(pump, nodes, light[0], fluence)
    return ComputedCurve(
        fluence, emission, nodes, outcomes, shown, everything, glow, laser, fitted[1]
    )


def _within_range(static_mj_cm2: float | None, pump: Pump) -> bool:
    return static_mj_cm2 is not None and static_mj_cm2 <= pump.fluence_mj_cm2[1]


def _pulses(low: float, high: float) -> Array:
    """Multiples of `_SPACING` that cover a range of the excitons' logarithm, every other one away
    from the onset.
    """
    count = np.arange(
        2 * math.floor(low / (2.0 * _SPACING)), 2 * math.ceil(high / (2.0 * _SPACING)) + 1
    )
    place = _SPACING * count
    close = (place > math.log(_ONSET[0])) & (place < math.log(_ONSET[1]))
    return np.asarray(place[close | (count % 2 == 0)])


def read_thresholds(
    curve: ComputedCurve, medium: GainMedium, pump: Pump, static_mj_cm2: float | None
) -> tuple[Thresholds, TwoBreakFit | None]:
    """The three thresholds, and the fit where the light curve shows a laser. ASE and lasing are
    None beyond the range asked.

    The fit ends where the pump excites `_FAR_ABOVE` times what makes laser and photoluminescence
    equal: beyond, emitters are full, and the curve bends once more.
    """
    if not _within_range(static_mj_cm2, pump):
        return Thresholds(static_mj_cm2, None, None), None
    highest = pump.fluence_mj_cm2[1]
    whole = curve.fit_fluence <= curve.fit_limit
    ratio = medium.laser_collection * curve.fit_laser / curve.fit_glow
    if ratio[whole].max() > _FAINT_LASER:
        end = min(_fit_end(curve.fit_fluence, ratio, pump.photons), curve.fit_limit)
        fluence, emission = _cut(curve.fit_fluence, curve.fit_emission, end)
        fit = fit_smooth_curve(fluence, emission)
        low, middle, high = fit.slopes
        if middle > 1.1 * low:
            ase, upper = fit.breaks_mj_cm2
            lasing = upper if high < middle and upper <= highest else None
            return Thresholds(static_mj_cm2, ase if ase <= highest else None, lasing), fit
    lasing = _laser_break(curve)
    return Thresholds(
        static_mj_cm2,
        None,
        lasing if lasing is not None and lasing <= highest else None,
        "laser output",
    ), None


def _fit_end(fluence: Array, ratio: Array, photons: int) -> float:
    """Highest fluence of the fit of all light."""
    bright = int(np.argmax(ratio >= 1.0))
    if ratio[bright] < 1.0:
        return math.inf
    equal = fluence[0]
    if bright:
        before = slice(bright - 1, bright + 1)
        equal = math.exp(
            float(
                np.interp(0.0, np.log(np.maximum(ratio[before], 1e-300)), np.log(fluence[before]))
            )
        )
    return float(equal * _FAR_ABOVE ** (1.0 / photons))


def _cut(fluence: Array, emission: Array, end: float) -> tuple[Array, Array]:
    """The curve up to a fluence, which moves without jumps."""
    near = fluence < end
    last = np.exp(PchipInterpolator(np.log(fluence), np.log(emission))(math.log(end)))
    return np.append(fluence[near], end), np.append(emission[near], last)


def _laser_break(curve: ComputedCurve) -> float | None:
    """End of the steep rise of the laser alone; None where there is none."""
    fluence, laser = _cut(curve.fit_fluence, curve.fit_laser, curve.fit_limit)
    fit = fit_smooth_curve(fluence, laser)
    low, middle, high = fit.slopes
    return fit.breaks_mj_cm2[1] if middle > 2.0 * max(low, high) else None
