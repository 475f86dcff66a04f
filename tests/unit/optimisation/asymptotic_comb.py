"""An independent forward model for synthetic spectra: Airy-zero series in the radius, harmonic
ladder on the axis.
"""

import math

import numpy as np
from scipy.special import ai_zeros

from cavitydesign.spectrum_fit.comb_model import CombSample, Family, fit_comb_model

ZEROS = -ai_zeros(6)[0]


def index(wavelength_nm):
    """A Cauchy law like that of PMMA: 1.495 and a group index of 1.525 at 537.6 nm."""
    return 1.480 + 4335.0 / wavelength_nm**2


def wavelength_nm(family, m, diameter_um, index_offset, axial_radius_um):
    """Vacuum wavelength of (polarisation, m, p, q); m may be an array."""
    radius = diameter_um / 2
    wavelength = 2e3 * math.pi * radius * 1.4 / np.asarray(m, dtype=float)
    alpha = ZEROS[family.p - 1]
    for _ in range(30):
        n = index(wavelength) + index_offset
        boundary = 1 / n if family.polarisation == "TE" else n
        root = np.sqrt(n * n - 1)
        x = (
            m
            + 2 ** (-1 / 3) * alpha * m ** (1 / 3)
            - boundary / root
            + 0.3 * 2 ** (-2 / 3) * alpha**2 * m ** (-1 / 3)
            - 2 ** (-1 / 3)
            * boundary
            * (n * n - 2 / 3 * boundary**2)
            / root**3
            * alpha
            * m ** (-2 / 3)
        ) / n
        k = x / radius
        k = np.sqrt(k**2 + (2 * family.q + 1) * k / n / math.sqrt(radius * axial_radius_um))
        wavelength = 2e3 * math.pi / k
    return wavelength


def comb(family, diameter_um, index_offset, window, axial_radius_um):
    """Orders and wavelengths inside a window."""
    guess = math.pi * diameter_um * 1.49e3 / np.array(window)
    m = np.arange(int(0.75 * guess.min()), int(1.02 * guess.max()) + 2)
    lines = wavelength_nm(family, m, diameter_um, index_offset, axial_radius_um)
    inside = (lines > window[0]) & (lines < window[1])
    return m[inside], lines[inside]


def model_of(families, diameter_um, reach, index_reach, window, axial_radius_um):
    """The polynomial model through samples of the asymptotic one."""
    samples = []
    for v in np.cos(np.pi * (np.arange(5) + 0.5) / 5) * reach / math.cos(math.pi / 10):
        for w in (-index_reach, 0.0, index_reach):
            for family in families:
                orders, lines = comb(family, diameter_um * math.exp(v), w, window, axial_radius_um)
                samples += [
                    CombSample(family, int(m), float(x), float(v), w)
                    for m, x in zip(orders, lines, strict=True)
                ]
    return fit_comb_model(diameter_um, samples)


def synthetic(
    rng, design_diameter_um, prior, families, window, noise_nm, lines_of, missing=2, foreign=1
):
    """A spectrum drawn from the prior: (peaks, labels, true diameter, true index offset).

    `lines_of` gives orders and wavelengths from (family, diameter, index offset, the design's
    diameter).
    """
    diameter = design_diameter_um + prior.diameter_sd_um * rng.standard_normal()
    index_offset = prior.index_sd * rng.standard_normal()
    offset = prior.offset_sd_nm * rng.standard_normal()
    lines, labels = [], []
    for family in families:
        orders, positions = lines_of(family, diameter, index_offset, design_diameter_um)
        lines += list(positions)
        labels += [family.label(int(m)) for m in orders]
    kept = sorted(rng.choice(len(lines), size=len(lines) - missing, replace=False))
    peaks = [lines[j] + offset + noise_nm * rng.standard_normal() for j in kept] + list(
        rng.uniform(*window, size=foreign)
    )
    names = [labels[j] for j in kept] + [None] * foreign
    order = np.argsort(peaks)
    return np.array(peaks)[order], [names[j] for j in order], diameter, index_offset


def drawn_families(rng, families, prior, evenly=False):
    """One to three families, drawn from the prior of the fit; `evenly`: one, two and three equally
    often.
    """
    counts = (int(rng.integers(1, 4)),) if evenly else (1, 2, 3)
    while True:
        shown = [f for f in families if rng.random() < prior.family]
        alone = [
            f for f in shown if (f.p, f.q) != (1, 0) and Family(f.polarisation, 1, 0) not in shown
        ]
        if len(shown) in counts and rng.random() < prior.unaccompanied ** len(alone):
            return shown


ALL_FAMILIES = tuple(Family(polarisation, p, 0) for polarisation in ("TM", "TE") for p in (1, 2))
