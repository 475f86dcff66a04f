"""Where no mode has light there is no suppression, and no share of an output."""

from __future__ import annotations

import math

import numpy as np

from cavitydesign.gain.pump import Pump
from cavitydesign.lasing.outcomes.regime import decided, side_mode_suppression_rate_db
from cavitydesign.lasing.pumped.averaging import averaged


def test_an_average_of_no_light_is_none() -> None:
    """Curves are averaged by their logarithms, which need a number above 0: six modes in the dark
    came out at 1e-300, equally strong, with a suppression of 0 dB. Beside a curve with light the
    others stay dark, and that one is what it is alone.
    """
    fluence = np.geomspace(0.1, 30.0, 40)
    curves = np.zeros((6, 40))
    curves[2] = fluence**3
    pump = Pump(photons=3, wavelength_nm=1500.0)
    found = averaged(pump, fluence, curves, np.array([2.0, 3.0]))
    alone = averaged(pump, fluence, curves[2], np.array([2.0, 3.0]))
    assert np.array_equal(found[2], alone) and np.all(alone > 0.0)
    assert not np.delete(found, 2, axis=0).any()
    dark = averaged(pump, fluence, np.zeros((6, 40)), np.array([3.0]))[:, 0]
    found = decided(dark, 3.0, None, 10.0)
    assert found.name == "below threshold" and found.modes_lasing == 0
    assert found.side_mode_suppression_db is None
    assert found.side_mode_suppression_rate_db is None


def test_one_mode_with_light_has_no_rival() -> None:
    """Its suppression is infinite; of two with light it is their ratio."""
    lit = np.array([[1.0, 1.0], [0.0, 0.1], [0.0, 0.0]])
    first, second = side_mode_suppression_rate_db(lit)
    assert math.isinf(first) and abs(second - 10.0) < 1e-12
