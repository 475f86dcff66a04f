"""The light curve of a cavity as it would be measured, from pulses that are integrated."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from ...arrays import Array
from ...gain import GainMedium, Pump
from ..pumped.averaging import averaged, fluence_reach
from .pulse_outcomes import PulseOutcomes

Solve = Callable[[Array], PulseOutcomes]

# Logarithm of the excitons from one computed pulse to the next where the corner of the output is
# not known before; away from gain = loss twice that.
_SPACING = 0.08
# Excitons, over those at gain = loss, between which the pulses lie close then.
_ONSET = (0.4, 32.0)
# Distance of the pulses within some reach of the corner of the output, both over `_SPACING`; how it
# grows with the distance from there, and its limit over `_SPACING`.
_CORNER, _CORNER_REACH, _GROWTH, _WIDEST = 0.4, 1.5, 0.22, 3.0
START = math.exp(-1.6)
"""Excitons where the fit starts, over those at gain = loss: a fifth, on a computed pulse."""
FAR_ABOVE = 7.5
"""Excitons where the fit ends, over those at which laser and photoluminescence are equal: emitters
fill up beyond. The published curves of 33, 88 and 125 um end at 5.8, 7.8 and 8.5.
"""


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

    def mode_output(self, pump: Pump, fluence_mj_cm2: Array) -> Array:
        """(M, F) photons that left each mode, averaged over spot and jitter, at the given
        fluences.
        """
        return averaged(pump, self.node_fluence, self.nodes.emitted, fluence_mj_cm2)

    def every_other_output(self, pump: Pump, fluence_mj_cm2: Array) -> Array:
        """Output of the modes from every other pulse, for the error of reading between them."""
        last = len(self.node_fluence) - 1
        kept = np.unique(np.r_[0 : last + 1 : 2, last])
        emitted = self.nodes.emitted[:, kept]
        return averaged(pump, self.node_fluence[kept], emitted, fluence_mj_cm2)


def computed_curve(
    solve: Solve,
    medium: GainMedium,
    pump: Pump,
    excitons_per_unit: float,
    points: int,
    static_mj_cm2: float | None,
    also_mj_cm2: float | None = None,
    onset_excitons: float | None = None,
) -> ComputedCurve:
    """Solve for the fluences asked, and as far below and above as spot, jitter and the fit need.

    Pulses and fit are placed by gain = loss and by the emitters, so that no threshold depends on
    the range asked.

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
    also_mj_cm2 : float or None
        A fluence that the pulses must cover too.
    onset_excitons : float or None
        About which the output has its corner, where that is known.
    """
    low, high = pump.fluence_mj_cm2
    fluence = np.geomspace(low, high, points)
    reach = np.log(fluence_reach(pump)) * pump.photons
    anchor = low if static_mj_cm2 is None else static_mj_cm2
    first, last = np.log(np.array([low, high]) / anchor) * pump.photons
    limit = high
    if within_range(static_mj_cm2, pump):
        # emitters go on to emit up to the highest rung, and a laser is read to well above gain =
        # loss in any case
        end = math.log(
            max(FAR_ABOVE, medium.ladder_top(math.inf) / (excitons_per_unit * anchor**pump.photons))
        )
        first, last = min(first, math.log(START)), max(last, end)
        limit = anchor * math.exp(end / pump.photons)
    if also_mj_cm2 is not None:
        also = pump.photons * math.log(also_mj_cm2 / anchor)
        first, last = min(first, also), max(last, also)
    # one more at the end, for the curve from the last pulse before the limit
    ends = float(first + reach[0]), float(last + reach[1]) + _WIDEST * _SPACING
    if onset_excitons is None or not within_range(static_mj_cm2, pump):
        log_excitons = _pulses(*ends)
    else:
        corner = math.log(onset_excitons / (excitons_per_unit * anchor**pump.photons))
        log_excitons = _pulses_about_corner(*ends, corner)
    nodes = anchor * np.exp(log_excitons / pump.photons)
    outcomes = solve(excitons_per_unit * nodes**pump.photons)
    return _seen(
        medium, pump, fluence, nodes, outcomes, (anchor * START ** (1.0 / pump.photons), limit)
    )


def with_pulses(
    curve: ComputedCurve,
    solve: Solve,
    medium: GainMedium,
    pump: Pump,
    excitons_per_unit: float,
    excitons: Array,
) -> ComputedCurve:
    """The computed curve with further pulses of the given excitons."""
    added = (excitons / excitons_per_unit) ** (1.0 / pump.photons)
    order = np.argsort(np.r_[curve.node_fluence, added])
    outcomes = curve.nodes.joined(solve(excitons)).taken(order)
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


def within_range(static_mj_cm2: float | None, pump: Pump) -> bool:
    """Whether the gain reaches the loss below the highest fluence asked."""
    return static_mj_cm2 is not None and static_mj_cm2 <= pump.fluence_mj_cm2[1]


def _pulses(low: float, high: float) -> Array:
    """Multiples of `_SPACING` that cover a range of the excitons' logarithm, every other one away
    from the onset. Their ends are even multiples, so that no range asked moves a pulse.
    """
    count = np.arange(
        2 * math.floor(low / (2.0 * _SPACING)), 2 * math.ceil(high / (2.0 * _SPACING)) + 1
    )
    log_excitons = _SPACING * count
    close = (log_excitons > math.log(_ONSET[0])) & (log_excitons < math.log(_ONSET[1]))
    return np.asarray(log_excitons[close | (count % 2 == 0)])


def _pulses_about_corner(low: float, high: float, corner: float) -> Array:
    """Logarithms of the excitons, over those at gain = loss, that cover a range: close about the
    corner of the output, farther apart with the distance from it; and where the fit starts.

    They follow from the corner alone, so that no range asked moves one.
    """
    reach = max(high - corner, corner - low, 0.0) + _WIDEST * _SPACING
    away = [0.0]
    while away[-1] < reach:
        beyond = max(away[-1] - _CORNER_REACH * _SPACING, 0.0)
        away.append(away[-1] + min(_CORNER * _SPACING + _GROWTH * beyond, _WIDEST * _SPACING))
    distance = np.array(away)
    log_excitons = np.r_[corner - distance[:0:-1], corner + distance]
    first, last = np.searchsorted(log_excitons, [low, high])
    log_excitons = log_excitons[max(first - 1, 0) : last + 1]
    # A pulse that nearly starts the fit is moved to its start: two pulses so close would make a
    # slope out of the error of either.
    start = math.log(START)
    nearest = np.abs(log_excitons - start).argmin()
    if abs(log_excitons[nearest] - start) < 0.25 * _CORNER * _SPACING:
        log_excitons[nearest] = start
    if start not in log_excitons:
        log_excitons = np.sort(np.append(log_excitons, start))
    return np.asarray(log_excitons)
