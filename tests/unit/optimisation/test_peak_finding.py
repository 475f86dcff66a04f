"""Peaks of synthetic spectra: none of noise, none missed that stands out, places with the errors
that are stated.

Counts are drawn as a camera counts: Poisson noise of lines and ground, and normal read noise. Seeds
are fixed.
"""

import math

import numpy as np
import pytest

from cavitydesign.spectrum_fit.spectra.peak_finding import found_lines
from cavitydesign.spectrum_fit.spectra.spectrum import found_peaks
from cavitydesign.spectrum_fit.spectra.spectrum_noise import noise_of

STEP_NM = 0.02


def spectrum(
    rng,
    lines_nm,
    heights,
    width_nm=0.17,
    counts=1e4,
    read=5.0,
    ground=0.2,
    slope=0.002,
    gaussian=False,
    step_nm=STEP_NM,
):
    """Wavelengths and counts from 520 to 550 nm: lines on a sloping ground, the tallest of
    `counts`.
    """
    x = np.arange(520.0, 550.0, step_nm)
    u = 2.0 * (x[:, None] - np.asarray(lines_nm)) / width_nm
    profiles = np.exp(-math.log(2) * u**2) if gaussian else 1.0 / (1.0 + u**2)
    expected = counts * (profiles @ np.asarray(heights) + ground + slope * (x - x[0]))
    return x, rng.poisson(expected) + read * rng.standard_normal(len(x))


def drawn(rng, count, apart_nm):
    """Lines at random places, no two nearer than so much, of heights from 0.2 to 1."""
    lines = np.sort(
        rng.uniform(521.0, 549.0 - (count - 1) * apart_nm, count)
    ) + apart_nm * np.arange(count)
    return lines, 10 ** rng.uniform(math.log10(0.2), 0.0, count)


def outcome(settings, seed, spectra=8, count=7, apart_nm=0.6, smoothing=1):
    """False peaks, missed lines and pulls over several spectra."""
    rng = np.random.default_rng(seed)
    false, missed, pulls = 0, 0, []
    for _ in range(spectra):
        lines, heights = drawn(rng, count, apart_nm)
        x, y = spectrum(rng, lines, heights, **settings)
        y = np.convolve(y, np.full(smoothing, 1.0 / smoothing), "valid")
        x = x[(smoothing - 1) // 2 :][: len(y)]
        peaks = found_peaks(x, y)
        nearest = np.abs(peaks.wavelength_nm[:, None] - lines).argmin(axis=0)
        away = peaks.wavelength_nm[nearest] - lines
        seen = np.abs(away) < 0.5 * settings.get("width_nm", 0.17)
        missed += np.count_nonzero(~seen)
        false += len(peaks) - len(set(nearest[seen]))
        pulls += (away / peaks.error_nm[nearest])[seen].tolist()
    return false, missed, np.array(pulls)


@pytest.mark.parametrize(
    ("settings", "options"),
    [
        ({}, {}),
        ({"width_nm": 0.06}, {}),
        ({"width_nm": 0.5}, {"count": 5, "apart_nm": 1.8}),
        ({"counts": 1e6, "read": 100.0}, {}),
        ({"counts": 400.0}, {}),
        ({"slope": 0.05}, {}),
        ({"gaussian": True}, {}),
        ({}, {"count": 20}),
        ({"gaussian": True}, {"apart_nm": 0.24, "count": 14}),
        ({"counts": 1e3}, {"smoothing": 3}),
    ],
    ids=[
        "usual",
        "narrow",
        "broad",
        "many counts",
        "few counts",
        "slope",
        "Gaussian",
        "dense",
        "blends",
        "smoothed",
    ],
)
def test_every_line_is_found_and_nothing_else(settings, options):
    """Fifty lines and more: none missed, none invented, pulls of mean 0 and standard deviation 1
    within four sampling errors.

    Gaussian blends 1.4 widths apart have a dip between them; a pull beyond 5 would be a place that
    is not known as stated.
    """
    false, missed, pulls = outcome(settings, seed=7, **options)
    assert (false, missed) == (0, 0), f"{false} false, {missed} missed"
    error = 1.0 / math.sqrt(len(pulls))
    assert abs(pulls.mean()) < 4 * error, f"mean of {len(pulls)} pulls: {pulls.mean():+.3f}"
    assert abs(pulls.std() - 1.0) < 4 * error / math.sqrt(2.0), (
        f"standard deviation of {len(pulls)} pulls: {pulls.std():.3f}"
    )
    assert np.abs(pulls).max() < 5.0


@pytest.mark.parametrize("counts", [0.0, 30.0, 1e4])
def test_noise_has_no_peaks(counts):
    """Forty spectra without a line, some of them smoothed over up to five samples: no peak in
    any.
    """
    rng = np.random.default_rng(11)
    for number in range(40):
        _, y = spectrum(rng, [535.0], [0.0], counts=counts, slope=0.02)
        over = (1, 2, 3, 5)[number % 4]
        assert not found_lines(np.convolve(y, np.full(over, 1.0 / over), "valid")), (
            f"smoothed over {over} samples"
        )


def test_shot_noise_on_a_strong_line_is_no_peak():
    """One broad line of a million counts over a dark ground, 60 times: its flanks scatter a hundred
    times more than the ground.
    """
    rng = np.random.default_rng(3)
    found = []
    for _ in range(60):
        x, y = spectrum(rng, [535.0], [1.0], width_nm=1.5, counts=1e6, ground=0.0, slope=0.0)
        found.append(
            [float(np.interp(line.centre, np.arange(len(x)), x)) for line in found_lines(y)]
        )
    assert {len(places) for places in found} == {1}, (
        f"peaks in each: {[len(places) for places in found]}"
    )
    assert np.std([places[0] for places in found]) < 1e-3


def test_the_noise_is_that_of_the_camera():
    """Read noise of the ground and shot noise of the tops, within a fifth."""
    rng = np.random.default_rng(5)
    lines, heights = drawn(rng, 7, 1.0)
    x, y = spectrum(rng, lines, heights, width_nm=0.3)
    noise = noise_of(y)
    u = 2.0 * (x[:, None] - lines) / 0.3
    expected = np.sqrt(1e4 * ((1.0 / (1.0 + u**2)) @ heights + 0.2 + 0.002 * (x - x[0])) + 25.0)
    ratio = np.sqrt(noise.variance) / expected
    top = expected > np.quantile(expected, 0.97)
    assert (
        noise.reach == 1
        and abs(np.median(ratio) - 1) < 0.1
        and abs(np.median(ratio[top]) - 1) < 0.25
    )
    smoothed = noise_of(np.convolve(y, np.full(4, 0.25), "same"))
    assert smoothed.reach == 4


def test_computed_spectra_without_noise():
    """Lines where they are, to a thousandth of a step, and nothing between them."""
    x = np.arange(520.0, 550.0, STEP_NM)
    lines = np.array([525.113, 531.207, 540.005])
    y = np.sum(1.0 / (1.0 + (2.0 * (x[:, None] - lines) / 0.2) ** 2), axis=1)
    for digits in (16, 3):
        peaks = found_peaks(x, np.round(y, digits))
        assert peaks.wavelength_nm == pytest.approx(
            lines, abs=STEP_NM * (1e-3 if digits == 16 else 2e-2)
        )
