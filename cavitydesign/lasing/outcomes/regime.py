"""One mode or several: decided by the time-integrated output of the competing modes, not by
counting gain above loss.

Suppression and counts are those of an accumulated spectrum, see `starting_noise`.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtr

from ...arrays import Array
from ..pumped.starting_noise import (
    accumulated_suppression_db,
    rate_suppression_db,
    single_shots_alone,
)

# Phases from which on a peak has two neighbours on either side.
_FEWEST = 4


@dataclass(frozen=True)
class Regime:
    """How the modes share the output at one fluence.

    Attributes
    ----------
    name : {"below threshold", "single", "multi"}
    modes_lasing : int
        Modes within `single_mode_db` of the strongest in the accumulated spectrum.
    side_mode_suppression_db : float or None
        Strongest over second strongest in the accumulated spectrum; None with fewer than two modes.
    fluence_mj_cm2 : float
        Where it was decided.
    side_mode_suppression_rate_db : float or None
        The same by the mean rates, without the noise from which each mode starts.
    single_shots_alone : float or None
        Share of single shots without a side mode within `single_mode_db` of the strongest.
    """

    name: str
    modes_lasing: int
    side_mode_suppression_db: float | None
    fluence_mj_cm2: float
    side_mode_suppression_rate_db: float | None = None
    single_shots_alone: float | None = None


@dataclass(frozen=True)
class CombPhases:
    """Side-mode suppression over the phases of the comb under the gain.

    Attributes
    ----------
    phase : (n,) array
        Comb phases in spacings, 0 where the comb was computed, rising over one period.
    suppression_db : (n,) array
        In the accumulated spectrum.
    spacing_nm : float
    """

    phase: Array
    suppression_db: Array
    spacing_nm: float


def side_mode_suppression_db(emitted: Array) -> Array:
    """Strongest over second strongest in the accumulated spectrum, for (M, F) mean outputs."""
    return accumulated_suppression_db(side_mode_suppression_rate_db(emitted))


def side_mode_suppression_rate_db(emitted: Array) -> Array:
    """Strongest over second strongest output in dB, for (M, F) outputs; infinite with one mode."""
    if emitted.shape[0] < 2:
        return np.full(emitted.shape[1], np.inf)
    # A side mode without any light is suppressed infinitely, and where no mode has light there is
    # no number; these are answers, not errors.
    first, second = np.sort(emitted, axis=0)[[-1, -2]]
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.asarray(10.0 * np.log10(first / second))


def modes_lasing(emitted: Array, single_mode_db: float) -> NDArray[np.int64]:
    """Number of modes within `single_mode_db` of the strongest in the accumulated spectrum, for
    (M, F) mean outputs.
    """
    floor = emitted.max(axis=0) * 10.0 ** (-rate_suppression_db(single_mode_db) / 10.0)
    return np.asarray((emitted > floor).sum(axis=0), dtype=np.int64)


def decided(
    emitted: Array, fluence_mj_cm2: float, threshold_mj_cm2: float | None, single_mode_db: float
) -> Regime:
    """The regime from the (M,) outputs at one fluence."""
    rate = float(side_mode_suppression_rate_db(emitted[:, None])[0])
    several = math.isfinite(rate)
    seen = float(accumulated_suppression_db(np.array(rate))) if several else None
    below = threshold_mj_cm2 is None or fluence_mj_cm2 < threshold_mj_cm2
    count = 0 if below else int(modes_lasing(emitted[:, None], single_mode_db)[0])
    name = "below threshold" if below else "single" if count == 1 else "multi"
    alone = single_shots_alone(emitted, single_mode_db) if several else None
    return Regime(name, count, seen, fluence_mj_cm2, rate if several else None, alone)


def told_at(factor: float, threshold: float | None, half: float | None, highest: float) -> float:
    """Fluence or power where the regime is told: so many times the threshold.

    Without a threshold it is as many times the place where one would lie, so that the suppression
    has no step where a laser comes to have one; but no more than the highest that was asked for,
    beyond which a threshold may lie.

    Parameters
    ----------
    factor : float
        `LasingRequest.regime_factor`.
    threshold : float or None
        Within the range asked.
    half : float or None
        Where the efficiency is half of its greatest value; None where no gain reaches its loss
        within the range.
    highest : float
        That was asked for.
    """
    if threshold is not None:
        return factor * threshold
    return highest if half is None else min(factor * half, highest)


def probability_over_phase(
    phase: Array,
    suppression_db: Array,
    single_mode_db: float,
    centre: float,
    spread: float,
    suppression_sd_db: float = 0.0,
) -> float:
    """Probability of a single mode when the comb phase is uncertain.

    Parameters
    ----------
    phase : (n,) array
        Comb phases in spacings, rising, evenly over one period.
    suppression_db : (n,) array
        Side-mode suppression there; linear between the phases and peaks, periodic.
    single_mode_db : float
    centre, spread : float
        Mean and standard deviation of the comb phase, in spacings; an infinite spread means
        it is unknown.
    suppression_sd_db : float
        Standard deviation of the suppression at a fixed phase.
    """
    phase, suppression_db = _with_peaks(phase, suppression_db)
    fine = np.linspace(0.0, 1.0, 1000, endpoint=False)
    # With one mode the suppression is infinite, which no straight line between phases can hold.
    capped = np.minimum(suppression_db, 1e3)
    margin = (
        np.interp(fine, np.r_[phase, phase[0] + 1.0], np.r_[capped, capped[0]], period=1.0)
        - single_mode_db
    )
    single = (
        ndtr(margin / suppression_sd_db)
        if suppression_sd_db > 0
        else np.asarray(margin > 0, dtype=np.float64)
    )
    if math.isinf(spread):
        return float(single.mean())
    if spread == 0.0:
        return float(single[round((centre % 1.0) * 1000) % 1000])
    offset = (fine[:, None] - centre + np.arange(-8, 9)[None, :]) / spread
    # wide spreads wrap around many times and tend to the uniform answer
    weight = np.exp(-0.5 * offset**2).sum(axis=1) if spread < 2.0 else np.ones(1000)
    return min(float(weight @ single / weight.sum()), 1.0)


def _with_peaks(phase: Array, suppression_db: Array) -> tuple[Array, Array]:
    """Phases and suppressions with the peaks between them added.

    The suppression peaks where the second mode changes, and falls from there as two straight lines
    do: between two phases a peak lies where the lines through their other neighbours meet. Straight
    lines between twelve phases cut peaks by up to 1.2 dB, so that at 18.8 um the probability went
    from 0 to 0.05 and back with the comb's place, where 48 phases have 0.035 to 0.056.

    Parameters
    ----------
    phase, suppression_db : (n,) arrays
        Evenly over one period.
    """
    if len(phase) < _FEWEST or not np.isfinite(suppression_db).all():
        return phase, suppression_db
    step = 1.0 / len(phase)
    slope = (np.roll(suppression_db, -1) - suppression_db) / step
    before, after = np.roll(slope, 1), np.roll(slope, -1)
    with np.errstate(divide="ignore", invalid="ignore"):
        part = (slope - after) / (before - after)
    peaked = (before > 0) & (after < 0) & (part > 0) & (part < 1)
    peak = suppression_db + before * part * step
    return (
        np.r_[phase, (phase + part * step)[peaked]],
        np.r_[suppression_db, peak[peaked]],
    )


def single_mode_range(
    fluence: Array, emitted: Array, threshold: float | None, single_mode_db: float
) -> tuple[float, float] | None:
    """Fluences from the threshold up to where the second mode comes within `single_mode_db`; None
    if it never is single.

    The crossing is interpolated between the computed fluences; the range ends at the last one if
    there is no crossing.
    """
    if threshold is None:
        return None
    above = fluence >= threshold
    if not above.any():
        return None
    suppression = np.minimum(side_mode_suppression_db(emitted), 1e3) - single_mode_db
    start = int(np.flatnonzero(above)[0])
    if suppression[start] <= 0:
        return None
    falls = np.flatnonzero(suppression[start:] <= 0)
    if len(falls) == 0:
        return threshold, float(fluence[-1])
    stop = start + int(falls[0])
    part = suppression[stop - 1] / (suppression[stop - 1] - suppression[stop])
    return threshold, float(fluence[stop - 1] + part * (fluence[stop] - fluence[stop - 1]))
