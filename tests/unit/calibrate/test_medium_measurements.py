"""Measurements of the medium beside those of cavities: what the model says of each kind."""

from __future__ import annotations

import math
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from test_calibration_whole import DESIGN

from cavitydesign.calibrate.medium.kinds import KINDS
from cavitydesign.design import parse_design
from cavitydesign.gain.measured.bleaching import LADDER, bleaching
from cavitydesign.gain.measured.emission_line import fit_emission_line
from cavitydesign.gain.measured.gain_curve import pumped_gain_per_cm
from cavitydesign.gain.measured.stripe import (
    fit_stripe_gain,
    log_stripe_emission,
    stripe_emission,
)


def design(**values):
    import tomllib

    dotted = {f"gain.{key}": value for key, value in values.items()}
    return parse_design(tomllib.loads(DESIGN), overrides=dotted, path=Path("design.toml"))


def predicted(kind, columns, numbers=None, scale=1.0, **values):
    return KINDS[kind].predict(design(**values), scale, columns, numbers or {})


def test_an_emission_spectrum_is_the_line_of_the_ensemble_for_each_nm():
    place = np.linspace(480.0, 600.0, 121)
    for width in (0.0, 15.0, 30.0):
        shape = predicted("emission_spectrum", {"wavelength_nm": place}, inhomogeneous_sd_mev=width)
        line = fit_emission_line(place, shape)
        assert line.emission_energy_ev == pytest.approx(2.310, abs=1e-6)
        assert line.emission_fwhm_mev == pytest.approx(81.5, abs=1e-3)


def test_absorption_over_emission_is_the_law_of_kennard_and_stepanov():
    place = np.linspace(522.0, 570.0, 40)
    columns = {"wavelength_nm": place}
    alone = dict(inhomogeneous_sd_mev=0.0, size_classes=1)
    absorbed = predicted("absorption_spectrum", columns, **alone)
    emitted = predicted("emission_spectrum", columns, **alone) * place**2
    energy = 1239.841984 / place
    slope = np.polyfit(energy, np.log(absorbed / emitted), 1)[0]
    assert 1.0 / slope == pytest.approx(design().medium.temperature_k * 8.617333e-5, rel=1e-6)


def test_transient_absorption_is_the_bleaching_of_what_lases():
    place, delay = np.array([525.0, 537.0, 545.0]), np.array([2.0, 5.0, 20.0])
    seen = predicted(
        "transient_absorption",
        {"wavelength_nm": place, "delay_ps": delay},
        {"fluence_mj_cm2": 2.2},
    )
    medium = replace(design().medium, size_classes=15)
    right = bleaching(medium, place, np.full(3, 1.5), delay, LADDER)
    # 24 rungs there, as many as lase here: Auger decay empties what lies above
    assert seen == pytest.approx(right, abs=1e-4)


def test_a_decay_ends_with_the_life_of_one_exciton():
    time = np.linspace(150.0, 200.0, 20)
    light = predicted("decay", {"time_ps": time}, {"fluence_mj_cm2": 0.5})
    rate = -np.polyfit(time, np.log(light), 1)[0]
    # pairs live 7 ps and are gone; one exciton decays by both of its ways
    assert rate == pytest.approx(1.0 / 17.5 + 1.0 / 5000.0, rel=1e-3)


def test_a_stripe_has_the_net_gain_that_its_own_fit_reads():
    length = np.linspace(20.0, 200.0, 12)
    numbers = {"fluence_mj_cm2": 3.0, "confinement": 0.5, "loss_per_cm": 20.0}
    light = np.exp(predicted("stripe_gain", {"length_um": length}, numbers))
    medium = design().medium
    grid = np.linspace(500.0, 580.0, 801)
    gain, _ = pumped_gain_per_cm(medium, grid, 1.5 * (3.0 / 2.2) ** 3)
    # 0.6 nm between wavelengths: the peak is 1e-4 flat there
    assert fit_stripe_gain(length, light).net_gain_per_cm == pytest.approx(
        0.5 * gain.max() - 20.0, rel=2e-3
    )


def test_the_logarithm_of_a_stripe_overflows_no_float():
    length = np.linspace(20.0, 400.0, 12)
    for gain in (-300.0, -1e-9, 0.0, 1e-9, 300.0):
        right = np.log(stripe_emission(length, gain))
        assert log_stripe_emission(length, gain) == pytest.approx(right, rel=1e-13)
    # of 3000 nepers the 1 in exp(g L) - 1 is below rounding
    assert log_stripe_emission(3e4, 1000.0) == pytest.approx(3000.0 - math.log(1000.0), rel=1e-14)
    assert log_stripe_emission(3e4, -1000.0) == pytest.approx(-math.log(1000.0), rel=1e-14)


def test_a_fluence_scale_moves_what_a_pulse_excites():
    columns = {"time_ps": np.linspace(3.0, 60.0, 30)}
    one = predicted("decay", columns, {"fluence_mj_cm2": 2.0}, scale=1.1)
    other = predicted("decay", columns, {"fluence_mj_cm2": 2.2})
    assert one == pytest.approx(other, rel=1e-12)
