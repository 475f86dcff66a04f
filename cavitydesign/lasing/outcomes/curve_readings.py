"""What is read off a computed light curve: thresholds and breaks."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
from scipy.interpolate import PchipInterpolator

from ...arrays import Array
from ...gain.medium import GainMedium
from ...gain.pump import Pump
from ..competition.competitors import STATIC_EXCITONS
from ..prediction import CurveBreaks, Thresholds
from ..pulses.computed_curve import FAR_ABOVE, ComputedCurve, within_range
from .light_curve import fit_smooth_curve
from .output_threshold import LEAST_EFFICIENCY, OutputThreshold, output_threshold

VISIBLE = 0.5
"""Middle slope minus low slope, for three photons, below which the light curve shows no breaks: a
fifth of that of the published curves (3.1, 5.6, 2.9), and what a fit to 20 points of 5 % finds in a
straight power law.
"""


def laser_threshold(
    curve: ComputedCurve,
    medium: GainMedium,
    pump: Pump,
    excitons_per_unit: float,
    static_mj_cm2: float | None,
    pumped_share: float = 1.0,
    leaving: float = 1.0,
) -> OutputThreshold | None:
    """The threshold of the laser in a uniform spot, in excitons at the peak; None where no gain
    reaches its loss within the range asked.

    The efficiency is that of the excitations of all emitters, `pumped_share` times those at the
    peak. What a laser must send at least is as much less as its photons do not leave: of high Q,
    the light has taken from the emitters long before, and goes with them.
    """
    if static_mj_cm2 is None or not within_range(static_mj_cm2, pump):
        return None
    output = np.maximum(curve.nodes.emitted.sum(axis=0), 1e-300)
    excitons, static, last = (
        excitons_per_unit * np.asarray(fluence) ** pump.photons
        for fluence in (curve.node_fluence, static_mj_cm2, curve.fit_limit)
    )
    ladder = medium.ladder(max(medium.ladder_top(STATIC_EXCITONS), 1))
    found = output_threshold(
        excitons,
        output,
        float(static),
        ladder,
        float(last),
        curve.nodes.light_error,
        LEAST_EFFICIENCY * leaving * pumped_share,
    )
    return replace(
        found,
        greatest_efficiency=found.greatest_efficiency / pumped_share,
        least_efficiency=LEAST_EFFICIENCY * leaving,
    )


def read_thresholds(
    found: OutputThreshold | None,
    breaks: CurveBreaks,
    pump: Pump,
    excitons_per_unit: float,
    static_mj_cm2: float | None,
    static_error: float | None = None,
) -> Thresholds:
    """The thresholds; that of the laser is None beyond the range asked.

    Parameters
    ----------
    static_error : float or None
        Relative error of the excitations at gain = loss.
    """
    part = 1.0 / pump.photons
    static = None
    if static_mj_cm2 is not None and static_error is not None:
        static = part * static_error * static_mj_cm2
    if found is None:
        return Thresholds(static_mj_cm2, None, None, gain_equals_loss_error=static)
    lasing = None
    if found.excitons is not None:
        fluence = (found.excitons / excitons_per_unit) ** part
        lasing = fluence if fluence <= pump.fluence_mj_cm2[1] else None
    return Thresholds(
        static_mj_cm2,
        breaks.lower_mj_cm2,
        lasing,
        found.steepest_slope,
        static,
        None if lasing is None else part * found.relative_error * lasing,
        found.slope_error,
        found.greatest_efficiency,
        found.least_efficiency,
    )


def read_breaks(
    curve: ComputedCurve, medium: GainMedium, pump: Pump, static_mj_cm2: float | None
) -> CurveBreaks:
    """What a fit of two breaks reads off all light collected; none where the curve hardly bends.

    The fit ends where the pump excites `FAR_ABOVE` times what makes laser and photoluminescence
    equal: beyond, emitters are full, and the curve bends once more.
    """
    if not within_range(static_mj_cm2, pump):
        return CurveBreaks(None, None, None, None)
    ratio = medium.laser_collection * curve.fit_laser / curve.fit_glow
    end = min(_fit_end(curve.fit_fluence, ratio, pump.photons), curve.fit_limit)
    fit = fit_smooth_curve(*_cut(curve.fit_fluence, curve.fit_emission, end))
    low, middle, high = fit.slopes
    # Slopes of the collected light scale with the photons of one excitation.
    visibility = middle - low
    if visibility < VISIBLE * pump.photons / 3.0:
        return CurveBreaks(None, None, visibility, None)
    highest = pump.fluence_mj_cm2[1]
    lower, upper = (value if value <= highest else None for value in fit.breaks_mj_cm2)
    return CurveBreaks(lower, upper if high < middle else None, visibility, fit)


def _fit_end(fluence: Array, ratio: Array, photons: int) -> float:
    """Highest fluence of the fit of all light."""
    bright = int(np.argmax(ratio >= 1.0))
    # `argmax` gives 0 as well where no ratio reaches one: the laser stays fainter throughout.
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
    return float(equal * FAR_ABOVE ** (1.0 / photons))


def _cut(fluence: Array, emission: Array, end: float) -> tuple[Array, Array]:
    """The curve up to a fluence, which moves without jumps."""
    # The last point is interpolated: the fit would jump if whole points came and went.
    near = fluence < end
    last = np.exp(PchipInterpolator(np.log(fluence), np.log(emission))(math.log(end)))
    return np.append(fluence[near], end), np.append(emission[near], last)
