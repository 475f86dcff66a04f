"""A fit that its own numbers contradict says so: foreign peaks, missed lines, residuals, priors."""

from __future__ import annotations

import math

from cavitydesign.spectrum_fit.fit_doubt import contradictions, could_be_free
from cavitydesign.spectrum_fit.fit_prior import FitPrior

PRIOR = FitPrior(0.3)
FITTING = ([0.01] * 30, [0.01] * 30, [("diameter", 0.9)])


def test_nothing_is_said_of_a_fit_that_is_as_expected() -> None:
    """30 peaks off by their errors, one foreign, three of 33 lines missed at 10 % expected."""
    assert contradictions(PRIOR, 1, 3, *FITTING) == ()


def test_foreign_peaks() -> None:
    """15 of 30 foreign where 1 is expected: the chance of 15 or more is 3e-13 (Poisson)."""
    exact = 1.0 - sum(math.exp(-1.0) / math.factorial(n) for n in range(15))
    (told,) = contradictions(PRIOR, 15, 1, *([x[0]] * 15 for x in FITTING[:2]), FITTING[2])
    assert told.startswith("15 of 30 peaks") and f"{3e-13:.0e}" in told
    assert abs(exact / 3e-13 - 1.0) < 0.05
    assert not contradictions(PRIOR, 4, 1, *FITTING), "four: a chance of 2 %"


def test_missed_lines_residuals_and_priors() -> None:
    """12 of 42 lines missed (3e-4), deviations twice their errors, a diameter 4 sd off: each is
    said.
    """
    deviations, errors, _ = FITTING
    told = contradictions(PRIOR, 1, 12, [2 * x for x in deviations], errors, [("diameter", -4.0)])
    assert len(told) == 3
    assert told[0].startswith("12 of 42 lines") and "2.1 times" in told[1]
    assert "diameter is 4.0 standard deviations from its prior (--diameter-sd)" in told[2]


def test_what_could_be_free_is_named() -> None:
    """The indices that were held, the priors that hold the body, and the families asked for."""
    told = " ".join(could_be_free(PRIOR, ["coating", "surround"], 1, 2))
    assert "body within 0.004 (--index-sd)" in told and "0.3 um (--diameter-sd)" in told
    assert "coating and surround" in told and "p up to 1, q up to 1" in told
