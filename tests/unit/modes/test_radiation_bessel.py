"""Bessel functions of the far field: series, table and SciPy are one function."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.special import jv, jvp

from cavitydesign.analytic.functions.bessel import log_bessel_j_with_slope
from cavitydesign.modes.losses.radiation import scaled_bessel


@pytest.mark.parametrize("m", [1, 12, 85, 640])
@pytest.mark.parametrize("reach", [0.9, 0.955, 0.97, 1.0, 1.3])
def test_value_and_slope_are_those_of_scipy(m: int, reach: float) -> None:
    """1e-9 of the local size, also across the places where one way ends and the next begins."""
    x = np.random.default_rng(m).uniform(0.75 * m, reach * m, (14, 700))
    scale, value, slope = scaled_bessel(m, x)
    exact, rate = jv(m, x) * np.exp(-scale), jvp(m, x) * np.exp(-scale)
    size = np.abs(exact) + np.abs(rate)
    assert (np.abs(value - exact) / size).max() < 1e-9
    assert (np.abs(slope - rate) / size).max() < 1e-9


@pytest.mark.parametrize("m", [3, 15, 60, 640])
def test_far_below_the_turning_point(m: int) -> None:
    """1e-9 of the value itself down to x = 1e-3 m, from one series: log J_m falls like m log x
    there.

    Referred to the series of J_m in powers of x (DLMF 10.2.2) in its logarithm.
    """
    x = m * np.geomspace(1e-3, 0.95, 400)[None, :]
    scale, value, slope = scaled_bessel(m, x)
    exact, rate = log_bessel_j_with_slope(m, x)
    heard = exact - scale > -700.0  # what is below the smallest number is nothing
    assert np.abs(np.log(value[heard]) - (exact - scale)[heard]).max() < 1e-9
    assert np.abs(slope[heard] / value[heard] / rate[heard] - 1.0).max() < 1e-9
