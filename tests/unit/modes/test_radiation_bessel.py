"""Bessel functions of the far field: series, table and SciPy are one function."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.special import jv, jvp

from cavitydesign.modes.radiation import _bessel


@pytest.mark.parametrize("m", [12, 85, 640])
@pytest.mark.parametrize("reach", [0.9, 0.955, 0.97, 1.0, 1.3])
def test_value_and_slope_are_those_of_scipy(m: int, reach: float) -> None:
    """1e-9 of the local size, also across the places where one way ends and the next begins."""
    x = np.random.default_rng(m).uniform(0.75 * m, reach * m, (14, 700))
    scale, value, slope = _bessel(m, x)
    exact, rate = jv(m, x) * np.exp(-scale), jvp(m, x) * np.exp(-scale)
    size = np.abs(exact) + np.abs(rate)
    assert (np.abs(value - exact) / size).max() < 1e-9
    assert (np.abs(slope - rate) / size).max() < 1e-9
