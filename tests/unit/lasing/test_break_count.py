"""How many breaks a light curve has, and what the stated errors cover."""

from __future__ import annotations

import numpy as np

from cavitydesign.lasing.outcomes.break_count import count_breaks

FLUENCE = np.geomspace(1.2, 4.8, 20)
BREAKS, SLOPES = (2.1, 3.0), (3.1, 5.6, 2.9)


def curve(noise: np.ndarray, slopes: tuple[float, float, float] = SLOPES) -> np.ndarray:
    x = np.log(FLUENCE)
    first, second = (np.maximum(x - np.log(at), 0.0) for at in BREAKS)
    low, middle, high = slopes
    return np.exp(low * x + (middle - low) * first + (high - middle) * second + noise)


def test_stated_errors_cover_two_thirds() -> None:
    """24 curves of 20 points and 5 % noise: breaks within one stated error in 68 % of the cases; of
    48 such the count has a standard deviation of 3.2, and 0.68 +- 0.16 is 2.4 of them. Of 150
    curves 65 % (lower) and 80 % (upper) are, with pulls of 1.15 and 0.98.
    """
    random = np.random.default_rng(7)
    pulls = []
    for _ in range(24):
        found = count_breaks(FLUENCE, curve(0.05 * random.standard_normal(20)))
        assert len(found.breaks_mj_cm2) == 2
        pulls += [
            (value - right) / error
            for value, right, error in zip(
                found.breaks_mj_cm2, BREAKS, found.breaks_error_mj_cm2, strict=True
            )
        ]
    inside = float(np.mean(np.abs(pulls) < 1.0))
    print(inside, np.std(pulls))
    assert abs(inside - 0.68) < 0.16
    assert 0.7 < np.sqrt(np.mean(np.square(pulls))) < 1.5


def test_a_straight_power_law_has_no_break() -> None:
    """Two breaks in 1 % of straight curves are what is promised: of 15, two or more with 1 %."""
    random = np.random.default_rng(5)
    straight = (3.0, 3.0, 3.0)
    counts = [
        len(count_breaks(FLUENCE, curve(0.05 * random.standard_normal(20), straight)).breaks_mj_cm2)
        for _ in range(15)
    ]
    assert sum(count > 0 for count in counts) <= 1
    found = count_breaks(FLUENCE, curve(0.05 * random.standard_normal(20), straight))
    assert abs(found.slopes[0] - 3.0) < 4.0 * found.slopes_error[0]


def test_a_curve_with_one_break_has_one() -> None:
    random = np.random.default_rng(3)
    light = curve(0.03 * random.standard_normal(20), (3.0, 3.0, 6.0))
    found = count_breaks(FLUENCE, light)
    assert len(found.breaks_mj_cm2) == 1
    assert abs(found.breaks_mj_cm2[0] - 3.0) < 4.0 * found.breaks_error_mj_cm2[0]


def test_a_curve_without_noise_has_its_law() -> None:
    found = count_breaks(FLUENCE, curve(np.zeros(20)))
    assert np.allclose(found.breaks_mj_cm2, BREAKS, rtol=1e-6)
    assert np.allclose(found.slopes, SLOPES, rtol=1e-6)
