"""Each dispersion law against its formula written out once more, and its slope against
differences.
"""

import math

import pytest

from cavitydesign.materials.dispersion import Cauchy, Dispersion, Gas, PowerSeries, Sellmeier, Table

LAWS: list[tuple[Dispersion, float]] = [
    (
        Sellmeier((0.7, 0.4), (0.005, 0.01), 0.1),
        math.sqrt(1.1 + 0.7 / (1 - 0.005 / 0.25) + 0.4 / (1 - 0.01 / 0.25)),
    ),
    (PowerSeries((2.2, 0.01, 0.02), (0.0, 2.0, -2.0)), math.sqrt(2.2 + 0.01 * 0.25 + 0.02 / 0.25)),
    (Cauchy((1.5, 0.004), (0.0, -2.0)), 1.5 + 0.004 / 0.25),
    (Gas((0.057,), (238.0,)), 1 + 0.057 / (238.0 - 4.0)),
]


@pytest.mark.parametrize(("law", "expected"), LAWS)
def test_value_at_half_a_micrometre(law: Dispersion, expected: float) -> None:
    assert law.value(0.5) == pytest.approx(expected, rel=1e-14)


@pytest.mark.parametrize(("law", "_"), LAWS)
def test_slope(law: Dispersion, _: float) -> None:
    """Five-point difference, step 1e-3: truncation below 1e-10, rounding 1e-13."""
    h = 1e-3
    a, b, c, d = (law.value(0.5 + k * h) for k in (-2, -1, 1, 2))
    assert law.slope(0.5) == pytest.approx((a - 8 * b + 8 * c - d) / (12 * h), rel=1e-6, abs=1e-12)


def test_table_gives_its_points_and_the_slope_of_a_cubic() -> None:
    """A cubic spline with natural continuation of the ends reproduces a cubic exactly."""
    x = (0.4, 0.5, 0.65, 0.7, 0.9)
    table = Table(x, tuple(1.5 + 0.2 * w - 0.3 * w**3 for w in x))
    assert table.value(0.65) == pytest.approx(1.5 + 0.2 * 0.65 - 0.3 * 0.65**3, rel=1e-14)
    assert table.value(0.6) == pytest.approx(1.5 + 0.2 * 0.6 - 0.3 * 0.6**3, rel=1e-13)
    assert table.slope(0.6) == pytest.approx(0.2 - 0.9 * 0.36, rel=1e-12)


def test_monotone_table_does_not_overshoot() -> None:
    table = Table((0.4, 0.5, 0.6, 0.7), (1e-9, 1e-9, 1.0, 1.0), monotone=True)
    values = [table.value(0.4 + 0.003 * i) for i in range(101)]
    assert min(values) >= 1e-9 * (1 - 1e-9)
    assert max(values) <= 1.0


def test_a_law_without_a_real_index_gives_nan() -> None:
    assert math.isnan(Sellmeier((2.0,), (1.0,)).value(0.9))
