"""Noise of a sampled spectrum, told from the spectrum itself: read and shot noise, and how far it
reaches along the samples.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from ...arrays import Array

# Fourth differences leave nothing of a cubic, and little of a line of five samples and more.
_FOURTH = np.array([1.0, -4.0, 6.0, -4.0, 1.0]) / math.sqrt(70.0)
_SIGMA_OF_MEDIAN = 1.4826  # standard deviation of a Gaussian over its median magnitude, 1/0.6745
# Samples between which scatter is compared: smoothing reaches over a few, and a spectrum must be
# 40 times as long.
_LAGS = (1, 2, 3, 4, 5, 6, 8, 10, 12, 16)
# Fourth differences of independent noise change their sign in 0.795 of the neighbouring pairs
# (their correlation is -0.8, arccos(-0.8)/pi); sixty pairs tell that share to 0.05.
_SIGN_CHANGES, _LEAST_PAIRS = 0.72, 60
# Ratios of scatter: correlated from a quarter more than that of neighbours; at its end where it
# grows by less than a fifth.
_CORRELATED, _SATURATED = 1.25, 1.2
# The median of 24 samples is right to a quarter, and the line through all bins far better.
_IN_BIN = 24
_MOST_BINS = 40  # More levels would tell no more of a straight line.


@dataclass(frozen=True, eq=False)
class Noise:
    """Standard deviation of every sample.

    Attributes
    ----------
    variance : (k,) array
        Of each sample, in the square of the spectrum's unit.
    reach : int
        Samples over which it is correlated: 1 for white noise, more where a spectrum was smoothed
        or interpolated.
    rounding : float
        Variance of numbers written with few digits, which no smoothing makes less.
    """

    variance: Array
    reach: int
    rounding: float


def noise_of(intensity: Array) -> Noise:
    """Read noise and shot noise from fourth differences.

    The variance is a + b (intensity - least intensity), b not below 0: a from samples of the
    ground, b from how the scatter rises towards the tops. Lines only add to the differences, and do
    so at a minority of the samples: medians leave them out. Where samples farther apart scatter
    more than neighbours do, the spectrum was smoothed: these are compared then. (Fourth differences
    of white noise change their sign in arccos(-0.8)/pi = 0.795 of the cases, what is left of lines
    more rarely.)

    Parameters
    ----------
    intensity : (k,) array
        Samples at even steps, at least 30.
    """
    reach = _reach(intensity)
    scatter = np.abs(_differences(intensity, reach))
    level = np.mean(_samples(intensity, reach), axis=0)
    bins = np.array_split(
        np.argsort(level, kind="stable"), max(1, min(_MOST_BINS, len(level) // _IN_BIN))
    )
    floor = _rounding_variance(intensity)
    variances = np.array(
        [max((_SIGMA_OF_MEDIAN * float(np.median(scatter[one]))) ** 2, floor) for one in bins]
    )
    levels = np.array([float(np.median(level[one])) for one in bins])
    ground, slope = _rising_line(levels - levels[0], variances)
    smooth = _padded(level, len(intensity))
    return Noise(
        np.maximum(ground + slope * (smooth - levels[0]), max(0.5 * ground, floor)), reach, floor
    )


def _samples(intensity: Array, lag: int) -> Array:
    """The five samples of each difference, shape (5, k - 4 lag)."""
    return np.stack([intensity[j * lag : len(intensity) - (4 - j) * lag] for j in range(5)])


def _differences(intensity: Array, lag: int) -> Array:
    return np.asarray(_FOURTH @ _samples(intensity, lag), dtype=np.float64)


def _reach(intensity: Array) -> int:
    """Least distance at which samples of the ground scatter independently of each other."""
    low, middle = np.quantile(intensity, (0.16, 0.5))
    scatter, ground = {}, middle + 3.0 * (middle - low)
    for lag in _LAGS:
        if len(intensity) < 40 * lag:
            break
        differences = _differences(intensity, lag)
        quiet = np.max(_samples(intensity, lag), axis=0) <= ground
        pairs = quiet[lag:] & quiet[:-lag]
        count = int(np.count_nonzero(pairs))
        if count < _LEAST_PAIRS:
            break
        changes = np.mean((differences[lag:] * differences[:-lag] < 0)[pairs])
        # What is left of lines changes its sign more rarely than noise does.
        if changes >= _SIGN_CHANGES - 1.0 / math.sqrt(count):
            scatter[lag] = float(np.median(np.abs(differences[quiet])))
    lags = list(scatter)
    for index, lag in enumerate(lags[:-2]):
        # It rises no more: smoothing has an end, what is left of lines has none.
        if max(scatter[farther] for farther in lags[index + 1 :]) < _SATURATED * scatter[lag]:
            return lag if scatter[lag] > _CORRELATED * scatter.get(1, 0.0) else 1
    return 1


def _padded(values: Array, length: int) -> Array:
    missing = length - len(values)
    return np.pad(values, (missing // 2, missing - missing // 2), mode="edge")


def _rounding_variance(intensity: Array) -> float:
    """Of numbers written with few digits; at least a hundred-thousandth of the spectrum, which also
    holds for computed ones.
    """
    values = np.unique(intensity)
    step = float(np.min(np.diff(values))) if len(values) > 1 else 1.0
    return max(step**2 / 12.0, (1e-5 * float(np.ptp(intensity))) ** 2, np.finfo(np.float64).tiny)


def _rising_line(level: Array, variance: Array) -> tuple[float, float]:
    """Variance at level 0 and its slope; bins that lie far above the line (tops of narrow lines)
    count less and less.
    """
    weight = np.ones_like(variance)
    ground, slope = float(np.median(variance[: max(1, len(variance) // 3)])), 0.0
    for _ in range(20):
        expected = np.maximum(ground + slope * level, 1e-3 * ground)
        w = weight / expected**2
        mean_x, mean_y = np.average(level, weights=w), np.average(variance, weights=w)
        spread = float(np.average((level - mean_x) ** 2, weights=w))
        slope = (
            max(0.0, float(np.average((level - mean_x) * (variance - mean_y), weights=w)) / spread)
            if spread > 0
            else 0.0
        )
        ground = float(mean_y - slope * mean_x)
        if ground <= 0.0:
            ground = 0.5 * float(variance.min())
            slope = max(0.0, float(mean_y - ground) / float(mean_x)) if mean_x > 0 else 0.0
        excess = np.log(variance / np.maximum(ground + slope * level, 1e-3 * ground))
        weight = np.where(excess > 1.0, np.exp(-2.0 * (excess - 1.0)), 1.0)
    return ground, slope
