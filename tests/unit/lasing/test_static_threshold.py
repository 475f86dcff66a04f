"""First-order threshold gain and the fluence of gain = loss."""

from __future__ import annotations

import math

import numpy as np
import pytest

from cavitydesign.gain import DotMedium, FourLevelMedium
from cavitydesign.lasing import LasingMode, threshold_gain_per_cm
from cavitydesign.lasing.pulses.integrate import StepControl
from cavitydesign.lasing.pulses.pulse_solver import PulseSolver
from cavitydesign.lasing.pulses.rate_model import gain_rate_per_ps
from cavitydesign.lasing.steady.threshold import DarkGain


def _mode(**changes: float) -> LasingMode:
    given = {
        "label": "TM 1 1 0",
        "wavelength_nm": 537.6,
        "confinement": 0.8,
        "group_index": 1.5,
        "q_passive": 500.0,
    } | changes
    return LasingMode(**given)  # type: ignore[arg-type]


def test_threshold_gain_balances_the_loss_rate() -> None:
    """At the threshold gain, Gamma c g / n_g equals 2 pi c / (lambda Q): the two functions share no
    formula.
    """
    mode = _mode()
    medium = DotMedium(peak_gain_per_cm=threshold_gain_per_cm(mode))
    assert gain_rate_per_ps(mode, medium) == pytest.approx(mode.loss_rate_per_ps, rel=1e-12)


def test_threshold_gain_by_hand() -> None:
    assert threshold_gain_per_cm(_mode()) == pytest.approx(
        2 * math.pi * 1.5 / (0.8 * 537.6e-7 * 500), rel=1e-12
    )
    assert threshold_gain_per_cm(_mode(confinement=0.0)) == math.inf


def test_gain_equals_loss_of_a_four_level_medium_in_closed_form() -> None:
    """1 - exp(-N) = loss / gain at the line centre, when cooling is instant: relaxation 1e-3 of the
    life time leaves 1 %.
    """
    medium = FourLevelMedium(concentration_per_cm3=6e18, relaxation_ps=1.0, fluorescence_ps=1e6)
    mode = _mode(wavelength_nm=medium.emission_wavelength_nm, q_passive=2000.0)
    solver = PulseSolver([mode], medium, 1e8, StepControl())
    found = DarkGain(solver.model(1), medium).threshold_excitons_each()[0]
    share = mode.loss_rate_per_ps / gain_rate_per_ps(mode, medium)
    assert found is not None
    assert found == pytest.approx(-math.log1p(-share), rel=0.01), (found, share)


@pytest.mark.parametrize("quality", [1e6, 1e8])
def test_gain_equals_loss_far_below_a_thousandth(quality: float) -> None:
    """loss / gain of an ideal four-level medium when few are excited: 1e-3, what the life time
    leaves of cooling in 1 ps; it was 1e-3 itself whatever the quality.
    """
    medium = FourLevelMedium(concentration_per_cm3=6e18, relaxation_ps=1.0, fluorescence_ps=1e8)
    mode = _mode(wavelength_nm=medium.emission_wavelength_nm, q_passive=quality)
    model = PulseSolver([mode], medium, 1e8, StepControl()).model(1)
    found = DarkGain(model, medium).threshold_excitons_each()[0]
    share = mode.loss_rate_per_ps / gain_rate_per_ps(mode, medium)
    assert share < 1e-3
    assert found == pytest.approx(share, rel=1e-3)


def test_gain_at_threshold_vanishes_and_weak_media_have_none() -> None:
    medium = DotMedium()
    mode = _mode(q_passive=2000.0, confinement=0.99)
    model = PulseSolver([mode], medium, 1e8, StepControl()).model(16)
    dark = DarkGain(model, medium)
    found = dark.threshold_excitons_each()[0]
    assert found is not None
    assert abs(float(dark.net_rate_per_ps(found).max())) < 1e-6 * mode.loss_rate_per_ps
    lossy = PulseSolver([_mode(q_passive=30.0)], medium, 1e8, StepControl()).model(16)
    assert DarkGain(lossy, medium).threshold_excitons_each() == (None,)


def test_threshold_falls_with_quality() -> None:
    medium = DotMedium()
    modes = [_mode(q_passive=q, confinement=0.99) for q in (400.0, 1000.0, 5000.0)]
    found = DarkGain(
        PulseSolver(modes, medium, 1e8, StepControl()).model(16), medium
    ).threshold_excitons_each()
    assert list(found) == sorted(found, reverse=True)
    assert np.all(np.array(found) > 0)


@pytest.mark.parametrize("over", [1.001, 1.01, 1.1, 2.0])
def test_gain_equals_loss_moves_as_its_condition_asks(over: float) -> None:
    """d ln N / d ln Q = -loss / (N d gain / dN), by the gain alone: 1e-3. Where emitters are almost
    full that is large: at 1.001 times the least Q excitations fall by 65 % for each per cent of Q,
    at 1.1 times by 4. That is steep, and no step.
    """
    medium = DotMedium()

    def excitons(quality: float) -> float:
        solver = PulseSolver([_mode(q_passive=quality)], medium, 1e8, StepControl())
        (found,) = DarkGain(solver.model(24), medium).threshold_excitons_each()
        assert found is not None
        return found

    model = PulseSolver([_mode()], medium, 1e8, StepControl()).model(24)
    dark = DarkGain(model, medium)

    def gain(mean: float) -> float:
        return float(dark.net_rate_per_ps(mean).max() + model.loss[0])

    loss = gain(22.0) / over
    quality = float(500.0 * model.loss[0] / loss)
    at, step = excitons(quality), 1e-4
    slope = (gain(at * (1.0 + step)) - gain(at * (1.0 - step))) / (2.0 * step)
    seen = math.log(excitons(quality * (1.0 + step)) / excitons(quality * (1.0 - step)))
    assert seen / (2.0 * step) == pytest.approx(-loss / slope, rel=1e-3)
