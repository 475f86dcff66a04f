"""The fit with two breaks on curves made by hand."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cavitydesign.errors import InputError
from cavitydesign.lasing import TwoBreakFit, fit_two_breaks


def _law(first: float, second: float, slopes: tuple[float, float, float]) -> TwoBreakFit:
    return TwoBreakFit((first, second), slopes, (0.0, 0.0), (0.0, 0.0, 0.0), 0.0, 1.0, (1.2, 4.8))


def test_exact_law_comes_back() -> None:
    fluence = np.geomspace(1.2, 4.8, 60)
    law = _law(2.1, 3.0, (3.1, 5.6, 2.9))
    fit = fit_two_breaks(fluence, law.at(fluence))
    assert fit.breaks_mj_cm2 == pytest.approx((2.1, 3.0), rel=1e-6)
    assert fit.range_mj_cm2 == pytest.approx((1.2, 4.8), rel=1e-12)
    assert fit.slopes == pytest.approx((3.1, 5.6, 2.9), rel=1e-6)
    assert fit.rms < 1e-8


@settings(max_examples=25, deadline=None)
@given(
    st.floats(1.6, 2.2),
    st.floats(1.25, 1.8),
    st.floats(2.0, 4.0),
    st.floats(1.5, 4.0),
    st.floats(1.5, 4.0),
)
def test_any_law_with_clear_breaks_comes_back(
    first: float, ratio: float, low: float, rise: float, fall: float
) -> None:
    """Breaks inside the window and at least 1.5 apart in slope; exact data, so 1e-4 is the
    optimiser's.
    """
    fluence = np.geomspace(1.0, 6.0, 60)
    law = _law(first, first * ratio, (low, low + rise, low + rise - fall))
    fit = fit_two_breaks(fluence, law.at(fluence))
    assert fit.breaks_mj_cm2 == pytest.approx(law.breaks_mj_cm2, rel=1e-4)
    assert fit.slopes == pytest.approx(law.slopes, rel=1e-3)


def test_errors_cover_the_scatter() -> None:
    """40 noisy curves (2 %): mean-square pull of the upper break and the middle slope within 0.4 ..
    2.5 of 1.
    """
    fluence = np.geomspace(1.2, 4.8, 60)
    law = _law(2.1, 3.0, (3.1, 5.6, 2.9))
    rng = np.random.default_rng(3)
    breaks, slopes = [], []
    for _ in range(40):
        fit = fit_two_breaks(fluence, law.at(fluence) * np.exp(0.02 * rng.standard_normal(60)))
        breaks.append((fit.breaks_mj_cm2[1] - 3.0) / fit.breaks_error_mj_cm2[1])
        slopes.append((fit.slopes[1] - 5.6) / fit.slopes_error[1])
    for pulls in (breaks, slopes):
        assert 0.4 < np.mean(np.square(pulls)) < 2.5, np.mean(np.square(pulls))


def test_scale_and_order_of_points_do_not_matter() -> None:
    fluence = np.geomspace(1.2, 4.8, 40)
    light = _law(2.0, 3.1, (3.0, 6.0, 3.0)).at(fluence)
    plain = fit_two_breaks(fluence, light)
    shuffled = fit_two_breaks(fluence[::-1], 1e7 * light[::-1])
    assert shuffled.breaks_mj_cm2 == pytest.approx(plain.breaks_mj_cm2, rel=1e-9)
    assert shuffled.scale == pytest.approx(1e7 * plain.scale, rel=1e-6)


@pytest.mark.parametrize(
    ("fluence", "light", "message"),
    [
        ([1.0, 2.0], [1.0, 2.0], "2 points"),
        (list(range(1, 11)), [1.0] * 9, "same length"),
        (list(range(10)), [1.0] * 10, "positive"),
        ([2.0] * 10, [1.0] * 10, "one fluence"),
    ],
)
def test_bad_curves_are_refused(fluence: list[float], light: list[float], message: str) -> None:
    with pytest.raises(InputError, match=message):
        fit_two_breaks(fluence, light)
