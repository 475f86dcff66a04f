"""Two hundred synthetic spectra drawn from the prior: what the fit says of itself is held against
the truth.

By default 50 of 10 to 130 um, 90 of 10 to 20 um and 60 with a diameter known to 0.05 %; with `-m
slow` 200 of each.

Each has one to three families of (TM, TE) x (p = 1, 2), 0.02 nm of noise, two peaks missing and one
foreign, in 40 nm. A labelling is right when it names the right combs and orders: of each peak the
true label is the stated one, or among those that the fit says it may bear as well (where two lines
cross within the noise). One peak, or 3 % of them, may bear another label, as a foreign peak may
fall on a line whose own is missing.
"""

import math
from dataclasses import dataclass

import numpy as np
import pytest
from fit_samples import NARROW, SMALL, WIDE, judged_sample


@dataclass(frozen=True)
class Samples:
    """Judged spectra: 10 to 130 um known to 2 %, up to 20 um known to 2 %, 10 to 130 um known to
    0.05 %.
    """

    wide: np.ndarray
    small: np.ndarray
    narrow: np.ndarray

    @property
    def all(self):
        return np.concatenate([self.wide, self.small, self.narrow])


@pytest.fixture(
    scope="module",
    params=[(3, 9, 6), pytest.param((20, 20, 20), marks=pytest.mark.slow)],
    ids=["200", "600"],
)
def samples(request):
    wide, small, narrow = request.param
    found = Samples(
        judged_sample(WIDE, wide, wide),
        judged_sample(SMALL, small, small),
        judged_sample(NARROW, narrow, narrow),
    )
    for name in ("wide", "small", "narrow"):
        stated, first, among, pull = getattr(found, name).T
        print(f"{name}: {len(first)} spectra, true among {among.mean():.3f}, first right {first.mean():.3f}, "
              f"stated {stated.mean():.3f}, pull {pull.mean():+.2f} +- {pull.std():.2f}")  # fmt: skip
    return found


@pytest.mark.parametrize("sample", ["wide", "small", "narrow"])
def test_the_true_labelling_is_among_the_candidates(samples, sample):
    among = getattr(samples, sample)[:, 2]
    assert among.mean() >= 0.95, f"{among.mean():.3f} of {len(among)}; at least 0.95 expected"


@pytest.mark.parametrize("sample", ["small", "narrow"])
def test_the_first_candidate_is_right_where_the_data_identify_it(samples, sample):
    first = getattr(samples, sample)[:, 1]
    assert first.mean() >= 0.95, f"{first.mean():.3f} of {len(first)}; at least 0.95 expected"


def test_stated_probabilities_are_calibrated(samples):
    """The first candidate is right as often as stated: over all, over the doubtful ones, and in
    each band of them.
    """
    stated, is_right = samples.all[:, :2].T
    bands = [(0.0, 1.1), (0.0, 0.9), (0.0, 0.6), (0.6, 0.9), (0.9, 0.99), (0.99, 1.1)]
    for low, high in bands:
        chosen = (stated >= low) & (stated < high)
        if chosen.sum() < 8:
            continue
        expected, found = stated[chosen].mean(), is_right[chosen].mean()
        print(
            f"stated {low} to {high}: {chosen.sum()} spectra, stated {expected:.3f}, right "
            f"{found:.3f}"
        )
        error = (
            math.sqrt(float(np.sum(stated[chosen] * (1 - stated[chosen])))) / chosen.sum() + 0.01
        )
        assert abs(found - expected) < 3 * error, (
            f"stated {expected:.3f}, right {found:.3f}, error {error:.3f}"
        )


def test_stated_errors_of_the_diameter_are_calibrated(samples):
    """Pulls have mean 0 and standard deviation 1 within 3 sigma of their number; mixtures have
    heavier tails.
    """
    pulls = samples.all[:, 3]
    assert abs(pulls.mean()) < 3 / math.sqrt(len(pulls)), f"mean {pulls.mean():.3f}"
    assert 0.8 < pulls.std() < 1.2, f"standard deviation {pulls.std():.3f}; 1 expected"
    assert 0.6 < np.mean(np.abs(pulls) < 1) < 0.8, (
        f"{np.mean(np.abs(pulls) < 1):.3f} within one sigma; 0.68 expected"
    )
