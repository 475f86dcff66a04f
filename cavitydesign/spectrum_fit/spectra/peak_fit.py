"""Where the peaks of a sampled spectrum lie: lines fitted to the samples about each, and what the
noise makes of their centres.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ...arrays import Array
from .spectrum_noise import Noise

_REACH = 2.0  # Full widths on either side of a top: lines there have ended, and the ground shows.
_LEAST_REACH = 4  # Samples on either side: nine tell the four numbers of a line.
_MOST_TOGETHER = 6  # Lines fitted at once: a fit of many lines takes long, and seldom settles.
# A line that is believed: its height in standard errors, and its width in samples; a single hot
# sample is no line.
_LEAST_HEIGHT_SIGMAS, _LEAST_WIDTH = 4.0, 0.6
# The noise of the whole spectrum counts as so many samples against those about the line.
_TRUST = 5.0


@dataclass(frozen=True)
class Maximum:
    """Where a line is looked for: its sample, and its full width at half maximum in samples as far
    as it is known.
    """

    sample_index: int
    width: float


@dataclass(frozen=True)
class Line:
    """A fitted line.

    Attributes
    ----------
    centre, error : float
        Centre and its standard deviation, in samples.
    width : float
        Full width at half maximum, in samples.
    height : float
        In the spectrum's unit.
    share : float
        Of the Lorentzian in its profile; the rest is Gaussian.
    """

    centre: float
    error: float
    width: float
    height: float
    share: float

    def profile(self, count: int) -> Array:
        """The line at so many samples."""
        samples = np.arange(count, dtype=np.float64)
        return self.height * _profile((samples - self.centre) / (0.5 * self.width), self.share)


def fitted_lines(
    intensity: Array,
    noise: Noise,
    maxima: Sequence[Maximum],
    known: dict[tuple[Maximum, ...], list[Line | None]],
) -> list[Line | None]:
    """A line for each maximum; None for one that the fit does not confirm.

    Lines that overlap are fitted together: pseudo-Voigt profiles of one shape on a straight ground,
    by least squares weighted with the noise. Errors are those of the fit, by the scatter of the
    samples about it as much as by the noise: larger where the profile does not describe them
    (blends, other shapes).

    Parameters
    ----------
    intensity : (k,) array
    noise : Noise
    maxima : sequence of Maximum
        By rising sample.
    known : dict
        Fits of earlier calls for the same spectrum, by the maxima that were fitted together; those
        of this call are added.
    """
    lines: list[Line | None] = []
    for group in _groups(maxima, len(intensity)):
        if tuple(group) not in known:
            known[tuple(group)] = _fitted(intensity, noise, group)
        lines += known[tuple(group)]
    return lines


def _window(one: Maximum, count: int) -> tuple[int, int]:
    reach = max(_LEAST_REACH, math.ceil(_REACH * one.width))
    return max(0, one.sample_index - reach), min(count, one.sample_index + reach + 1)


def _groups(maxima: Sequence[Maximum], count: int) -> list[list[Maximum]]:
    """Maxima whose windows overlap, at most six together."""
    groups: list[list[Maximum]] = []
    for one in maxima:
        if (
            groups
            and len(groups[-1]) < _MOST_TOGETHER
            and _window(groups[-1][-1], count)[1] > _window(one, count)[0]
        ):
            groups[-1].append(one)
        else:
            groups.append([one])
    return groups


def _fitted(intensity: Array, noise: Noise, group: Sequence[Maximum]) -> list[Line | None]:
    from scipy.optimize import least_squares

    low, high = _window(group[0], len(intensity))[0], _window(group[-1], len(intensity))[1]
    x = np.arange(low, high, dtype=np.float64)
    y, sigma = intensity[low:high], np.sqrt(noise.variance[low:high])
    middle, half = 0.5 * (x[0] + x[-1]), 0.5 * (x[-1] - x[0])
    bottom = float(min(y))
    start, least, most = [bottom, 0.0, 0.8], [-np.inf, -np.inf, 0.0], [np.inf, np.inf, 1.0]
    for one in group:
        start += [
            float(one.sample_index),
            max(one.width, 1.0),
            max(float(intensity[one.sample_index]) - bottom, float(sigma.min())),
        ]
        reach = max(1.5, one.width)
        least += [one.sample_index - reach, 0.3, 0.0]
        most += [one.sample_index + reach, max(float(high - low), 2.0 * one.width), np.inf]

    def residual(p: Array) -> Array:
        model = p[0] + p[1] * (x - middle) / half
        for centre, width, height in p[3:].reshape(-1, 3):
            model = model + height * _profile(2.0 * (x - centre) / width, p[2])
        return np.asarray((model - y) / sigma, dtype=np.float64)

    def slopes(p: Array) -> Array:
        columns = [np.ones_like(x), (x - middle) / half, np.zeros_like(x)]
        for centre, width, height in p[3:].reshape(-1, 3):
            u = 2.0 * (x - centre) / width
            lorentzian, gaussian = _profile(u, 1.0), _profile(u, 0.0)
            columns[2] = columns[2] + height * (lorentzian - gaussian)
            by_u = (
                -2.0 * u * height * (p[2] * lorentzian**2 + (1.0 - p[2]) * math.log(2.0) * gaussian)
            )
            columns += [-2.0 / width * by_u, -u / width * by_u, _profile(u, p[2])]
        return np.asarray(np.stack(columns, axis=1) / sigma[:, None], dtype=np.float64)

    scale = np.array([max(abs(value), 1e-3) for value in start])
    done = least_squares(residual, start, slopes, bounds=(least, most), x_scale=scale, max_nfev=200)
    freedom = max(1.0, (len(x) - len(start)) / noise.reach)
    misfit = (_TRUST + 2.0 * done.cost / noise.reach) / (_TRUST + freedom)
    jacobian = slopes(done.x)
    covariance = np.linalg.pinv(jacobian.T @ jacobian / noise.reach, rcond=1e-12) * misfit
    lines: list[Line | None] = []
    for index in range(len(group)):
        at = 3 + 3 * index
        centre, width, height = done.x[at : at + 3]
        # Rounding may leave next to nothing, below zero even, of what the samples cannot tell.
        error, height_error = (
            math.sqrt(max(covariance[at, at], 0.0)),
            math.sqrt(max(covariance[at + 2, at + 2], 0.0)),
        )
        sure = (
            height > _LEAST_HEIGHT_SIGMAS * height_error
            and 0 < error < 0.5 * width
            and width > _LEAST_WIDTH
        )
        lines.append(
            Line(float(centre), float(error), float(width), float(height), float(done.x[2]))
            if sure
            else None
        )
    return lines


def _profile(u: Array, share: float) -> Array:
    """Lorentzian by this share, Gaussian by the rest, of half width 1 and height 1."""
    return np.asarray(
        share / (1.0 + u * u) + (1.0 - share) * np.exp(-math.log(2.0) * u * u), dtype=np.float64
    )
