"""Peaks of a sampled spectrum: maxima that stand out of the noise at their own height, whatever
their width.

A maximum of the spectrum, smoothed over some samples, counts where it rises above the higher of the
two saddles beside it by so many standard deviations of that difference that noise alone does it in
less than one spectrum of a hundred. The noise is that of the samples about the top and the saddle:
on the flank of a strong line shot noise is larger than on the ground, and so is what is asked.
Narrow lines are found with little smoothing, fitted and taken away; broad weak ones in what is
left, with more. What a fit leaves of a line is no peak: a tenth of each line counts as noise.
"""

from __future__ import annotations

import dataclasses
import math

import numpy as np

from ...arrays import Array
from ...units import FWHM_PER_SD
from .peak_fit import Line, Maximum, fitted_lines
from .spectrum_noise import Noise, noise_of

# Standard deviations: noise alone reaches them in less than one spectrum of a hundred.
_SIGNIFICANT = 5.5
# Samples, each about the root of 2 of the last: no width is farther than a fifth from one.
_SCALES = (0.0, 0.7, 1.0, 1.4, 2.0, 2.8, 4.0, 5.6, 8.0, 11.0, 16.0, 22.0, 32.0, 45.0, 64.0)
# What is wider than an eighth of the spectrum is the shape of the emission, not a mode.
_WIDEST_SHARE = 1.0 / 8.0
_MISFIT = 0.1  # share of a fitted line that its own shape may leave, and that is no peak


def found_lines(intensity: Array) -> list[Line]:
    """Lines of a spectrum, by rising centre.

    Parameters
    ----------
    intensity : (k,) array
        Samples at even steps, at least 60.
    """
    noise = noise_of(intensity)
    maxima: list[Maximum] = []
    lines: list[Line] = []
    fits: dict[tuple[Maximum, ...], list[Line | None]] = {}
    for sigma in _SCALES:
        if FWHM_PER_SD * sigma > _WIDEST_SHARE * len(intensity):
            break
        model = (
            np.sum([line.profile(len(intensity)) for line in lines], axis=0)
            if lines
            else np.zeros(len(intensity))
        )
        unsure = dataclasses.replace(noise, variance=noise.variance + (_MISFIT * model) ** 2)
        new = _at_scale(intensity - model, unsure, sigma)
        if new:
            maxima = sorted([*maxima, *new], key=lambda one: one.sample_index)
            confirmed = fitted_lines(intensity, noise, maxima, fits)
            maxima = [one for one, line in zip(maxima, confirmed, strict=True) if line is not None]
            lines = [line for line in confirmed if line is not None]
    return sorted(lines, key=lambda line: line.centre)


def _at_scale(intensity: Array, noise: Noise, sigma: float) -> list[Maximum]:
    from scipy.signal import find_peaks, peak_prominences, peak_widths

    smooth, variance = _smoothed(intensity, noise, sigma)
    samples, _ = find_peaks(smooth)
    prominences = peak_prominences(smooth, samples)
    widest = _WIDEST_SHARE * len(intensity)
    widths = peak_widths(smooth, samples, 0.5, prominences)[0]
    found = []
    for sample_index, height, left, right, width in zip(samples, *prominences, widths, strict=True):
        saddle = left if smooth[left] > smooth[right] else right
        significance = height / math.sqrt(variance[sample_index] + variance[saddle])
        if significance > _SIGNIFICANT and width < widest:
            narrow = math.sqrt(max(width**2 - (FWHM_PER_SD * sigma) ** 2, 1.0))
            found.append(Maximum(int(sample_index), float(narrow)))
    return found


def _smoothed(intensity: Array, noise: Noise, sigma: float) -> tuple[Array, Array]:
    """The spectrum under a Gaussian of so many samples, and the variance of each of its samples."""
    from scipy.ndimage import gaussian_filter1d

    if sigma == 0.0:
        return intensity, noise.variance
    kernel = np.exp(
        -0.5 * (np.arange(-int(4 * sigma + 0.5), int(4 * sigma + 0.5) + 1) / sigma) ** 2
    )
    left = min(1.0, noise.reach * float(np.sum(kernel**2) / np.sum(kernel) ** 2))
    # Cut off so far out that no tall line makes a step where it enters.
    smooth = gaussian_filter1d(intensity, sigma, mode="nearest", truncate=6.5)
    return smooth, noise.rounding + left * gaussian_filter1d(
        noise.variance, sigma / math.sqrt(2.0), mode="nearest"
    )
