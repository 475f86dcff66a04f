"""The index of the surround is fitted where it carries a spread: an independent model of spheres.

The series of Lam, Leung and Young (J. Opt. Soc. Am. B 9, 1585 (1992)) for the relative index
n / n_s, whose size parameter is that in the surround; the truth is drawn from the same series, so
that the fit must come out within its own errors.
"""

import itertools
import math

import numpy as np
import pytest
from scipy.special import ai_zeros

from cavitydesign.spectrum_fit.comb_model import CombSample, Family, fit_comb_model
from cavitydesign.spectrum_fit.comb_samples import _diameter_and_index_nodes, _moved, free_media
from cavitydesign.spectrum_fit.fit_peaks import fit_peaks, with_held
from cavitydesign.spectrum_fit.fit_prior import FitPrior
from cavitydesign.spectrum_fit.spectra.spectrum import Peaks

ZERO = -ai_zeros(1)[0][0]
BODY, SURROUND, DIAMETER_UM, WINDOW_NM = 1.59, 1.38, 14.0, (570.0, 630.0)
TRUE_SURROUND, TRUE_DIAMETER_UM, NOISE_NM = 1.3337, 14.26, 0.02
FAMILIES = (Family("TE", 1, 0), Family("TM", 1, 0))
KEY = "cavity.surround"


def lines(family, diameter, body, surround):
    """Orders and wavelengths in nm inside the window."""
    m = np.arange(60.0, 140.0)
    n = body / surround
    boundary = 1 / n if family.polarisation == "TE" else n
    root = math.sqrt(n * n - 1)
    x = (
        m
        + 0.5
        + 2 ** (-1 / 3) * ZERO * m ** (1 / 3)
        - boundary / root
        + 0.3 * 2 ** (-2 / 3) * ZERO**2 * m ** (-1 / 3)
        - 2 ** (-1 / 3) * boundary * (n * n - 2 / 3 * boundary**2) / root**3 * ZERO * m ** (-2 / 3)
    ) / n
    wavelength = 1e3 * math.pi * diameter * surround / x
    inside = (wavelength > WINDOW_NM[0]) & (wavelength < WINDOW_NM[1])
    return m[inside].astype(int), wavelength[inside]


def model_of(prior):
    """The comb model of the design through the series."""
    half = 3.6 * (prior.diameter_sd_um / DIAMETER_UM + prior.index_sd / 1.4)
    samples = []
    for v, offsets in _diameter_and_index_nodes(half, [3.6 * sd for sd in prior.offset_sds]):
        surround = SURROUND + (offsets[1] if len(offsets) > 1 else 0.0)
        for family in FAMILIES:
            found = lines(family, DIAMETER_UM * math.exp(v), BODY + offsets[0], surround)
            samples += [
                CombSample(family, int(m), float(x), v, offsets[0], offsets[1:])
                for m, x in zip(*found, strict=True)
            ]
    return fit_comb_model(DIAMETER_UM, samples)


@pytest.fixture(scope="module")
def peaks():
    """All lines of both families, with the noise of a spectrometer."""
    rng = np.random.default_rng(5)
    both = [lines(family, TRUE_DIAMETER_UM, BODY, TRUE_SURROUND)[1] for family in FAMILIES]
    x = np.sort(np.concatenate(both))
    x = np.sort(x + NOISE_NM * rng.standard_normal(x.size))
    return Peaks(x, np.full(x.size, NOISE_NM), (None,) * x.size)


def test_a_free_surround_gives_the_diameter(peaks):
    """A surround 1.5 standard deviations off: diameter and surround within three of their
    errors.
    """
    prior = FitPrior(0.3, index_sd=0.001, media=((KEY, 0.03),))
    answer = fit_peaks(peaks, model_of(prior), prior)
    best = answer.candidates[0]
    assert answer.identified, answer.contradictions
    assert abs(answer.diameter_um - TRUE_DIAMETER_UM) < 3 * answer.diameter_error_um < 0.1
    offset, error = best.media_offsets[KEY]
    assert abs(SURROUND + offset - TRUE_SURROUND) < 3 * error < 0.03
    assert best.foreign == 0
    assert best.to_json_dict()["media_offsets"][KEY] == [offset, error]


def test_a_held_surround_contradicts_itself(peaks):
    """The same held at 1.38: not identified, and the answer names the surround."""
    prior = FitPrior(0.3, index_sd=0.001)
    answer = with_held(
        fit_peaks(peaks, model_of(prior), prior),
        {"cavity": {"body": "polystyrene", "surround": {"index": SURROUND}}, "modes": {}},
    )
    assert not answer.identified
    assert any(KEY in line for line in answer.to_json_dict()["could_be_free"])


def test_slopes_by_the_surround():
    """The derivative by the second offset against a difference quotient, to rounding."""
    model = model_of(FitPrior(0.3, media=((KEY, 0.03),)))
    place, at, step = np.array([0, 1]), np.array([590.0, 610.0]), 1e-5
    _, slopes = model.order_and_slopes(place, at, 0.01, np.array([0.002, -0.02]))
    sides = [
        model.order_and_slopes(place, at, 0.01, np.array([0.002, -0.02 + sign * step]))[0]
        for sign in (-1, 1)
    ]
    assert slopes[3] == pytest.approx((sides[1] - sides[0]) / (2 * step), rel=1e-6)


def test_spreads_of_media_are_priors():
    """Indices and offsets with a spread, of coatings too; the design moves by them."""
    design = {
        "cavity": {
            "body": "PMMA",
            "surround": {"index": {"value": 1.33, "sd": 0.02}},
            "coatings": [{"name": "a", "thickness_um": 1.0, "material": {"name": "SU8"}}],
        },
        "modes": {"wavelength_nm": 600.0},
    }
    spreads = {
        "cavity.surround.index": 0.02,
        "cavity.coatings.0.material.index_offset": 0.01,
        "cavity.diameter_um": 0.1,
    }
    coating = "cavity.coatings.0.material"
    assert free_media(design, spreads) == {KEY: 0.02, coating: 0.01}
    moved = _moved(design, 15.0, {"cavity.body": 0.001, KEY: 0.03, coating: -0.01}, (590.0, 610.0))
    cavity = moved["cavity"]
    assert cavity["body"] == {"name": "PMMA", "index_offset": 0.001}
    assert cavity["surround"] == {"index": 1.33, "index_offset": 0.03}
    assert cavity["coatings"][0]["material"] == {"name": "SU8", "index_offset": -0.01}


def test_nodes_hold_every_pair_of_offsets():
    """Each offset alone at all diameters, each pair at its four corners."""
    nodes = _diameter_and_index_nodes(0.05, [0.01, 0.1, 0.2])
    for i, j in itertools.combinations(range(3), 2):
        corners = [w for _, w in nodes if w[i] != 0.0 and w[j] != 0.0]
        assert len(corners) == 4
    assert len({v for v, w in nodes if w == (0.0, 0.0, 0.0)}) == 4
