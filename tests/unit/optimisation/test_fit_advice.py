"""What to measure next, where the peaks leave several labellings."""

import math

import numpy as np
import pytest
from asymptotic_comb import Family, comb, model_of

from cavitydesign.spectrum_fit.fit_advice import Named, advice
from cavitydesign.spectrum_fit.fit_peaks import fit_peaks
from cavitydesign.spectrum_fit.fit_prior import FitPrior
from cavitydesign.spectrum_fit.spectra.spectrum import Peaks

FAMILIES = (Family("TM", 1, 0), Family("TE", 1, 0))
WINDOW = (517.6, 557.6)


def test_no_rival_no_advice():
    assert (
        advice([Named(0.99, 0.0, ("TM 100 1 0",)), Named(0.01, 1e-3, ("TE 99 1 0",))], 5e-4) is None
    )


def test_the_peak_that_excludes_most():
    """Two rivals rename peak 0, one of them peak 1 as well; a foreign name excludes nothing."""
    first = Named(0.5, 0.0, ("TM 100 1 0", "TM 101 1 0", "TM 102 1 0"))
    rivals = [
        Named(0.3, 3e-4, ("TE 99 1 0", "TE 100 1 0", None)),
        Named(0.2, -6e-4, ("TE 98 1 0", None, "TM 101 1 0")),
    ]
    found = advice([first, *rivals], 1e-2)
    assert found is not None and found.polarised_peak == 0
    assert found.probability_by_polarisation == pytest.approx(1.0)
    # Three standard deviations to the nearest rival.
    assert found.optical_diameter_sd == pytest.approx(1e-4)


def test_a_prior_that_is_as_good_already_is_no_advice():
    rivals = [Named(0.6, 0.0, ("TM 100 1 0",)), Named(0.4, 3e-3, ("TM 101 1 0",))]
    found = advice(rivals, 5e-4)
    assert (
        found is not None
        and found.polarised_peak is None
        and found.probability_by_polarisation is None
    )
    assert found.optical_diameter_sd is None
    assert advice(rivals, 2e-3).optical_diameter_sd == pytest.approx(1e-3)


def test_advice_that_is_followed_decides():
    """A TE comb of 57 um that a TM comb fits as well: with the polarisation of one line, or the
    prior asked for, it is named.
    """
    diameter, rng = 57.0, np.random.default_rng(3)
    model = model_of(FAMILIES, diameter, 0.02, 0.002, (516.6, 558.6), 4 * diameter)
    orders, lines = comb(FAMILIES[1], diameter, 0.0, WINDOW, 4 * diameter)
    measured = lines + 0.02 * rng.standard_normal(len(lines))
    order = np.argsort(measured)
    error = np.full(len(lines), 0.02)
    prior = FitPrior(2e-3 * diameter, index_sd=5e-4, offset_sd_nm=0.02)
    unpolarised = fit_peaks(Peaks(measured[order], error, (None,) * len(lines)), model, prior)
    assert not unpolarised.identified and unpolarised.advice is not None
    place = unpolarised.advice.polarised_peak
    assert place is not None
    seen = tuple("TE" if j == place else None for j in range(len(lines)))
    polarised = fit_peaks(Peaks(measured[order], error, seen), model, prior)
    assert all(label is None or label.startswith("TE") for label in polarised.candidates[0].labels)
    told = unpolarised.advice.optical_diameter_sd
    assert told is not None
    tight = FitPrior(
        told / math.sqrt(2) * diameter, index_sd=told / math.sqrt(2) * 1.5, offset_sd_nm=0.02
    )
    known = fit_peaks(Peaks(measured[order], error, (None,) * len(lines)), model, tight)
    assert known.identified
    assert [label for label in known.candidates[0].labels if label] == [
        FAMILIES[1].label(int(m)) for m in orders[order]
    ]
