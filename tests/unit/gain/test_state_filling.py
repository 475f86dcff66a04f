"""Poisson filling and the two-fold edge."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import poisson

from cavitydesign.errors import InputError
from cavitydesign.gain import poisson_occupation, two_fold_bleaching, two_fold_transparency


@pytest.mark.parametrize("mean", [0.0, 1e-6, 0.3, 1.5, 20.0])
def test_occupation_is_poisson(mean: float) -> None:
    found = poisson_occupation(mean, 30)[:, 0]
    assert np.allclose(found[:30], poisson.pmf(np.arange(30), mean), rtol=1e-12, atol=1e-300)
    assert found[30] == pytest.approx(poisson.sf(29, mean), abs=1e-14)


@given(st.floats(0.0, 60.0), st.integers(1, 40))
def test_occupation_sums_to_one(mean: float, top: int) -> None:
    found = poisson_occupation(mean, top)[:, 0]
    assert found.sum() == pytest.approx(1.0, abs=1e-12)
    assert found.min() >= 0.0


def test_flat_law_from_the_occupation() -> None:
    """0 P0 + 1 P1 + 2 (1 - P0 - P1)."""
    mean = np.linspace(0, 8, 33)
    none, one = np.exp(-mean), mean * np.exp(-mean)
    assert np.allclose(two_fold_bleaching(mean), one + 2 * (1 - none - one), rtol=0, atol=1e-14)


def test_transparency() -> None:
    """1.1462, the root of 2 - (2 + N) exp(-N) = 1."""
    assert two_fold_transparency() == pytest.approx(1.146193, abs=1e-6)


def test_negative_mean_is_refused() -> None:
    with pytest.raises(InputError, match="not negative"):
        poisson_occupation([-0.1], 5)
