"""The threshold of a laser, from the light that leaves its modes against the excitations that feed
it.

The threshold is where the differential efficiency dL/d<N> reaches half of its greatest value. Of a
steady four-level laser with spontaneous emission factor beta, whose photons follow s = ((r - 1) +
sqrt((r - 1)^2 + 4 beta r)) / 2 with the pump r, that is the textbook threshold r = 1 (there ds/dr =
(1 + sqrt(beta)) / 2, and d ln s / d ln r is steepest), and it lies within 1 % of where the straight
part of the light-light line meets the axis. It is a property of the laser: neither
photoluminescence nor collection nor the jitter of the pump enters.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import numpy as np
from scipy.interpolate import PchipInterpolator

from ...arrays import Array
from ...gain import Ladder

# Excitations, over those at gain = loss, between which the greatest efficiency is looked for:
# below no mode is near its loss, above the emitters are full.
WINDOW = (0.3, 30.0)
# Share of the greatest differential efficiency that marks the threshold: see above.
HALF = 0.5
# Photons for each further excitation that a pulsed laser must send at best. Light that hardly takes
# from its emitters is bounded by how full they get: the greatest efficiency then stays where they
# are full, and half of it moves up with the gain. It turns, and falls with more gain, where the
# greatest efficiency is 1.03 Delta / (N0 g), for growths g of 15 to 42 between 0.005 and 0.02; the
# threshold is greatest there, so that this limit lets it rise by 1 % at most (decision 13).
LEAST_EFFICIENCY = 0.01
# Share of the change from every other pulse to all of them that is left: a third for what errs as
# the square of their distance, and half as much again; thresholds were 2 to 10 times nearer to
# those of four times as many pulses at a hundredth of the tolerance.
COARSE = 0.5
# The same of the steepest slope, which a step of the light narrower than the pulses' distance
# cuts: 92 by pulses 8 % apart, 134 by those 2 % apart.
_COARSE_SLOPE = 1.5
# Cells on either side of the threshold's own that get further pulses.
_REFINED = 1
# Cells into which each of these is cut: d ln L / d ln <N> of 40, usual for dots, then takes five
# pulses instead of one; four times as many move no threshold by 0.2 %.
_PARTS = 4


@dataclass(frozen=True)
class OutputThreshold:
    """What the laser output says.

    Attributes
    ----------
    half_excitons : float
        Mean excitations where the efficiency is half of its greatest value, be that a threshold or
        not.
    is_threshold : bool
        Whether the output shows a threshold there.
    steepest_slope : float
        Greatest d ln L / d ln <N>.
    relative_error : float
        Estimated numerical error of the excitations, relative: of what is read between the pulses,
        and of the light of each.
    slope_error : float
        The same of the slope, absolute.
    read_error : float
        That part of the relative error that further pulses would take away.
    greatest_efficiency : float
        Greatest dL/d<N>.
    least_efficiency : float
        What it was held against.
    """

    half_excitons: float
    is_threshold: bool
    steepest_slope: float
    relative_error: float = 0.0
    slope_error: float = 0.0
    read_error: float = 0.0
    greatest_efficiency: float = 0.0
    least_efficiency: float = 0.0

    @property
    def excitons(self) -> float | None:
        """Mean excitations at the threshold; None where the output shows none."""
        return self.half_excitons if self.is_threshold else None


def least_slope(ladder: Ladder) -> float:
    """d ln L / d ln <N> that a laser must exceed somewhere to have a threshold.

    Spontaneous emission of a state of k excitations grows as <N>^k: one power more is asked, 2 for
    a dye or an ion and 3 for the pairs of a dot. A steady four-level laser rises with
    (1 + 1/sqrt(beta)) / 2 at its threshold: 2 is beta = 1/9, above which thresholds are a matter of
    photon statistics (Ning, IEEE J. Sel. Top. Quantum Electron. 19, 1503604 (2013)). Dots with a
    steepest rise between 2.2 and 2.6 would get thresholds below gain = loss.
    """
    return 1.0 + ladder.onset_power


def output_threshold(
    excitons: Array,
    output: Array,
    static_excitons: float,
    ladder: Ladder,
    last: float,
    light_error: float = 0.0,
    least_efficiency: float = 0.0,
) -> OutputThreshold:
    """Threshold and steepest rise of a laser, with their numerical errors.

    What reading between the pulses leaves is estimated by reading every other pulse alone; the
    light of each pulse errs for itself.

    Parameters
    ----------
    excitons, output : (K,) arrays
        Mean excitations, rising, and photons that left all modes.
    static_excitons : float
        Where gain = loss.
    ladder : Ladder
        Of the emitters, see `least_slope`.
    last : float
        Excitations beyond which nothing is read, whatever was solved.
    light_error : float
        Relative error of the output of each pulse.
    least_efficiency : float
        Greatest dL/d<N> below which there is no threshold; a steady laser holds its gain at its
        loss, and needs none.
    """
    rule = (static_excitons, ladder, last, least_efficiency)
    found = _read(excitons, output, *rule)
    # every other pulse, by either way of taking them
    coarse = [_read(excitons[first::2], output[first::2], *rule) for first in (0, 1)]
    slope_error = max(abs(one.steepest_slope - found.steepest_slope) for one in coarse)
    cell = float(np.diff(np.log(excitons)).min())
    slope_error = _COARSE_SLOPE * slope_error + light_error / cell
    error = COARSE * max(abs(math.log(one.half_excitons / found.half_excitons)) for one in coarse)
    return replace(
        found, relative_error=error + light_error, slope_error=slope_error, read_error=error
    )


def _read(
    excitons: Array,
    output: Array,
    static_excitons: float,
    ladder: Ladder,
    last: float,
    least_efficiency: float,
) -> OutputThreshold:
    middle, efficiency = _efficiency(excitons, output)
    low, high = np.log(np.array(WINDOW) * static_excitons)
    high = min(high, math.log(last), middle[-1])
    low = max(low, middle[0])
    slope = np.diff(np.log(output)) / np.diff(np.log(excitons))
    within = (middle > low) & (middle < high)
    steepest = float(slope[within].max(initial=0.0))
    seen = np.r_[low, middle[within], high]
    # A monotone interpolant: a spline would overshoot at the corner and find efficiencies beyond.
    values = PchipInterpolator(middle, efficiency)(seen)
    greatest = float(values.max())
    asked = HALF * greatest
    first = int(np.argmax(values >= asked))
    crossing = low
    if first > 0:
        between = slice(first - 1, first + 1)
        crossing = float(np.interp(asked, values[between], seen[between]))
    return OutputThreshold(
        math.exp(crossing),
        steepest >= least_slope(ladder) and greatest >= least_efficiency,
        steepest,
        greatest_efficiency=greatest,
        least_efficiency=least_efficiency,
    )


def pulses_about(excitons: Array, threshold: float) -> Array:
    """Excitations of further pulses about a threshold, between those solved."""
    cell = int(np.searchsorted(excitons, threshold))
    edges = np.log(excitons[max(cell - 1 - _REFINED, 0) : cell + 1 + _REFINED])
    parts = np.arange(1, _PARTS)[:, None] / _PARTS
    return np.sort(np.exp(edges[:-1] + parts * np.diff(edges)).ravel())


def _efficiency(excitons: Array, output: Array) -> tuple[Array, Array]:
    """Middles of the cells (logarithms of the excitations) and dL/d<N> of each."""
    logarithm = np.log(excitons)
    return 0.5 * (logarithm[1:] + logarithm[:-1]), np.diff(output) / np.diff(excitons)
