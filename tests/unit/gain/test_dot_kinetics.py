"""The cascade and the ladder against integrations of their rate equations."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.integrate import solve_ivp

from cavitydesign.gain import (
    Cascade,
    DotMedium,
    FourLevelMedium,
    cascade_gain_bracket,
    printed_gain_bracket,
)


def _cascade_by_ode(cascade: Cascade, times: np.ndarray) -> np.ndarray:
    fast, slow, last = 1 / cascade.cooling_ps, 1 / cascade.auger_ps, 1 / cascade.nonradiative_ps

    def rate(_: float, y: np.ndarray) -> list[float]:
        return [-fast * y[0], fast * y[0] - slow * y[1], slow * y[1] - last * y[2]]

    return solve_ivp(rate, (0, times[-1]), [1.0, 0.0, 0.0], t_eval=times, rtol=1e-12, atol=1e-14).y


@pytest.mark.parametrize(
    "cascade", [Cascade(), Cascade(2.0, 5.0, 40.0), Cascade(3.0, 3.0, 10.0), Cascade(1.0, 4.0, 4.0)]
)
def test_cascade_against_an_ode_solution(cascade: Cascade) -> None:
    """Closed form against DOP853-class accuracy, 1e-8; equal rates are told apart by 2e-6 and hold
    to 1e-5.
    """
    times = np.linspace(0.1, 40, 60)
    hot, pair, exciton = _cascade_by_ode(cascade, times)
    apart = len({cascade.cooling_ps, cascade.auger_ps, cascade.nonradiative_ps}) == 3
    tolerance = 1e-8 if apart else 1e-5
    assert np.abs(cascade.hot_pair(times) - hot).max() < 1e-8
    assert np.abs(cascade.relaxed_pair(times) - pair).max() < tolerance
    assert np.abs(cascade.fed_exciton(times) - exciton).max() < tolerance


def test_populations_sum_to_one_and_are_probabilities() -> None:
    parts = Cascade().populations(np.linspace(0, 10, 21)[:, None], np.linspace(0, 60, 31)[None, :])
    assert np.allclose(sum(parts), 1.0, atol=1e-14)
    assert min(part.min() for part in parts) > -1e-14


def test_printed_equation_never_gains_with_plain_probabilities() -> None:
    mean, time = np.linspace(0.01, 40, 200)[:, None], np.linspace(0.01, 40, 200)[None, :]
    assert printed_gain_bracket(mean, time, Cascade(), degeneracy=1.0).max() < 0
    assert printed_gain_bracket(mean, time, Cascade()).max() > 0


def test_feeding_can_only_add() -> None:
    """The cascade's bracket exceeds the printed one where pairs dominate, since it feeds the
    exciton.
    """
    time = np.linspace(4, 12, 20)
    assert np.all(
        cascade_gain_bracket(20.0, time, Cascade()) > printed_gain_bracket(20.0, time, Cascade())
    )


def test_ladder_in_the_dark_against_an_ode_solution() -> None:
    """Matrix exponentials against DOP853, 1e-9, for Poisson filling with N = 3 and eight rungs."""
    medium = DotMedium()
    ladder = medium.ladder(8)
    start = medium.occupation(3.0, 8)[:, 0]
    hot = np.where(np.arange(9) >= 2, start, 0.0)
    times = np.array([0.5, 2.0, 7.0, 20.0])

    def rate(t: float, p: np.ndarray) -> np.ndarray:
        flux = ladder.decay_per_ps[1:] * p[1:]
        change = np.zeros(9)
        change[:-1] += flux
        change[1:] -= flux
        return change + hot * np.exp(-t * ladder.cooling_per_ps) * ladder.cooling_per_ps

    expected = solve_ivp(
        rate, (0, 20), start - hot, t_eval=times, method="DOP853", rtol=1e-11, atol=1e-13
    ).y
    found = ladder.decayed(start[:, None], times)[:, :, 0].T
    assert np.abs(found - expected).max() < 1e-9


def test_auger_rate_counts_pairs() -> None:
    """j (j-1) / 2 pairs, each with the biexciton's rate; the biexciton radiates four times the
    exciton.
    """
    ladder = DotMedium().ladder(6)
    dark = ladder.decay_per_ps - ladder.radiative_per_ps
    assert dark[2:] * 7.0 == pytest.approx([1, 3, 6, 10, 15])
    assert dark[1] * 17.5 == pytest.approx(1.0)
    assert ladder.radiative_per_ps[2] / ladder.radiative_per_ps[1] == pytest.approx(4.0)
    assert ladder.emission[:3].tolist() == [0.0, 0.5, 1.0]
    assert ladder.absorption[:3].tolist() == [1.0, 0.5, 0.0]


def test_four_level_ladder() -> None:
    medium = FourLevelMedium(fluorescence_ps=2000.0, quantum_yield=0.5)
    ladder = medium.ladder(1)
    assert ladder.decay_per_ps[1] == pytest.approx(1 / 2000)
    assert ladder.radiative_per_ps[1] == pytest.approx(0.5 / 2000)
    occupation = medium.occupation([0.0, 0.7], 1)
    assert occupation[1] == pytest.approx([0.0, 1 - np.exp(-0.7)])
