"""Synthetic spectra drawn from the prior, fitted and judged: for the tests of calibration and for a
benchmark.
"""

import numpy as np
from asymptotic_comb import ALL_FAMILIES, comb, drawn_families, model_of, synthetic

from cavitydesign.spectrum_fit.fit_peaks import fit_peaks
from cavitydesign.spectrum_fit.fit_prior import FitPrior
from cavitydesign.spectrum_fit.spectra.spectrum import Peaks

WINDOW_NM = (517.6, 557.6)
NOISE_NM = 0.02
SPECTRA_A_DESIGN = 10


def right(candidate, truth):
    stated = [{label, *also} for label, also in zip(candidate.labels, candidate.also, strict=True)]
    wrong = sum(
        name not in labels for labels, name in zip(stated, truth, strict=True) if name is not None
    )
    named = sum(name is not None for name in truth)
    families = [
        {name[:2] + name.split(" ", 2)[2] for name in names if name}
        for names in (candidate.labels, truth)
    ]
    return wrong <= max(1, 0.03 * named) and families[0] == families[1]


def asymptotic_model(diameter, prior):
    """The comb model of a design by the asymptotic series, as wide as the prior."""
    reach = 3.6 * (prior.diameter_sd_um / diameter + prior.index_sd / 1.4)
    window = (WINDOW_NM[0] - 1, WINDOW_NM[1] + 1)
    return model_of(ALL_FAMILIES, diameter, reach, 3.6 * prior.index_sd, window, 4 * diameter)


def asymptotic_lines(family, diameter, index_offset, design_diameter):
    """Orders and wavelengths of a family in the window; the axial radius stays that of the
    design.
    """
    return comb(family, diameter, index_offset, WINDOW_NM, 4 * design_diameter)


def judged(
    seed,
    diameters,
    relative_sd,
    model_of_design=asymptotic_model,
    lines_of=asymptotic_lines,
    evenly=False,
    **prior_errors,
):
    """For each spectrum: probability stated first, whether it is right, whether any is, and the
    diameter's pull.
    """
    rng = np.random.default_rng(seed)
    outcome = []
    for diameter in diameters:
        prior = FitPrior(relative_sd * diameter, **prior_errors)
        model = model_of_design(diameter, prior)
        for _ in range(SPECTRA_A_DESIGN):
            families = drawn_families(rng, ALL_FAMILIES, prior, evenly)
            drawn = synthetic(rng, diameter, prior, families, WINDOW_NM, NOISE_NM, lines_of)
            peaks = Peaks(drawn[0], np.full(len(drawn[0]), NOISE_NM), (None,) * len(drawn[0]))
            answer = fit_peaks(peaks, model, prior)
            verdicts = [right(candidate, drawn[1]) for candidate in answer.candidates]
            pull = (answer.diameter_um - drawn[2]) / answer.diameter_error_um
            outcome.append((answer.candidates[0].probability, verdicts[0], any(verdicts), pull))
    return np.array(outcome, dtype=float)


def spread_diameters(low, high, count):
    """Evenly by their logarithm, each in the middle of its share."""
    return low * (high / low) ** ((np.arange(count) + 0.5) / count)


# The three samples: diameters, their relative errors, and what else is known.
WIDE, SMALL = ((10, 130), 0.02, {}), ((10, 20), 0.02, {})
# The index is known as well, since only the product of the two shows.
NARROW = ((10, 130), 0.0005, {"index_sd": 2e-4, "offset_sd_nm": 0.02})


def judged_sample(sample, seed, designs, **forward):
    """`judged` for one of the three samples, ten spectra about each of so many designs."""
    (low, high), relative_sd, errors = sample
    return judged(seed, spread_diameters(low, high, designs), relative_sd, **forward, **errors)
