"""The fixed point that gives each mode the media of its own wavelength."""

import numpy as np

from cavitydesign.modes.solver.family import steffensen


def test_independent_contractions_in_few_steps():
    """x -> a + r x has the fixed point a / (1 - r); Steffensen's method is exact on it after two
    steps.
    """
    rates, starts = np.array([0.03, -0.2, 0.4]), np.array([1.0, 2.0, 3.0])
    calls = []

    def advance(x):
        calls.append(x)
        return starts + rates * x, len(calls)

    found, beside = steffensen(advance, np.zeros(3))
    assert np.abs(found - starts / (1 - rates)).max() < 1e-14
    assert beside == len(calls) <= 6


def test_rounding_of_a_value_that_stands_does_no_harm():
    """One value drifts by an ulp at each step, as rounding may have it, while another still
    converges (this once gave 1/0).
    """
    ulp = 2.0**-52

    def advance(x):
        return np.array([x[0] + ulp, 1.0 + 0.3 * np.sin(x[1])]), None

    with np.errstate(all="raise"):
        found, _ = steffensen(advance, np.array([1.0, 0.0]))
    assert abs(found[0] - 1.0) < 100 * ulp
    assert (
        abs(found[1] - 1.0 - 0.3 * np.sin(found[1])) < 3e-15
    )  # the last step may be 1e-15 of its value
