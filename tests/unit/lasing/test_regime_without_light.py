"""Where no mode has light there is no suppression, and no share of an output."""

from __future__ import annotations

import math

import numpy as np

from cavitydesign.lasing.outcomes.regime import decided, side_mode_suppression_rate_db


def test_floor_of_light_curves_is_no_light() -> None:
    """Pulses keep outputs at 1e-300 for their logarithms: six modes in the dark were told to be
    equally strong, with a suppression of 0 dB.
    """
    dark = np.full(6, 1e-300)
    found = decided(dark, 3.0, None, 10.0)
    assert found.name == "below threshold" and found.modes_lasing == 0
    assert found.side_mode_suppression_db is None
    assert found.side_mode_suppression_rate_db is None


def test_one_mode_with_light_has_no_rival() -> None:
    """Its suppression is infinite; of two with light it is their ratio."""
    lit = np.array([[1.0, 1.0], [1e-300, 0.1], [1e-300, 1e-300]])
    first, second = side_mode_suppression_rate_db(lit)
    assert math.isinf(first) and abs(second - 10.0) < 1e-12
