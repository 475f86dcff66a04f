"""Measurements of the medium beside those of cavities: what a calibration makes of them."""

from __future__ import annotations

import math
import warnings
from dataclasses import replace

import numpy as np
import pytest
from scipy.stats import kstest
from test_calibration_whole import CALIBRATION, DESIGN, steady_pulses, write_curve
from test_medium_measurements import design, predicted

from cavitydesign.calibrate import solves
from cavitydesign.calibrate.calibration_file import load_calibration
from cavitydesign.calibrate.calibration_run import calibrate
from cavitydesign.calibrate.layout import layout_of
from cavitydesign.calibrate.medium.agreement import measurement_fit
from cavitydesign.calibrate.medium.kinds import KINDS
from cavitydesign.calibrate.medium.prepared import prepare_measurement
from cavitydesign.calibrate.posterior.doubts import (
    chance_of_runs,
    chance_of_waves,
    contradictions_of_measurement,
)
from cavitydesign.calibrate.posterior.sampler import sample
from cavitydesign.errors import InputError
from cavitydesign.gain.measured.emission_line import fit_emission_line
from cavitydesign.study import SerialExecutor
from cavitydesign.workflow.study_point import design_schema

FREE = """
"gain.emission_energy_ev" = { value = 2.310, sd = 0.006 }
"gain.emission_fwhm_mev" = { value = 80, sd = 5 }
"""
SCAN = {
    "photons": 3.0,
    "wavelength_nm": 1500.0,
    "energy_nj": 2000.0,
    "pulse_fs": 100.0,
    "waist_um": 20.0,
    "density_per_cm3": 3e17,
    "thickness_mm": 1.0,
    "linear_per_cm": 0.0,
}


@pytest.fixture
def laboratory(tmp_path, monkeypatch):
    monkeypatch.setattr(solves, "evaluate_pulses", steady_pulses)
    (tmp_path / "design.toml").write_text(DESIGN)
    write_curve(tmp_path, 800.0, 0.05)
    return tmp_path


def write(folder, kind, rows, entry="", free=FREE, noise=0.02):
    names = ",".join(KINDS[kind].columns)
    lines = "\n".join(",".join(f"{x:.8g}" for x in row) for row in rows)
    (folder / "points.csv").write_text(f"{names}\n{lines}\n")
    start, end = CALIBRATION.split("[free]")
    text = f'[[measurements]]\n{kind} = "points.csv"\nrelative_noise = {noise}\n{entry}\n'
    # The closed formula knows nothing of the line: few solves serve.
    (folder / "calibration.toml").write_text(f"{start}{text}[free]{end}{free}")
    return load_calibration(folder / "calibration.toml", design_schema())


def spectrum(rng, noise=0.02, lorentzian=False, energy=2.3062, fwhm=77.0):
    place = np.linspace(480.0, 600.0, 121)
    x = (1239.841984 / place - energy) / (1e-3 * fwhm)
    shape = 1.0 / (1.0 + 4.0 * x**2) if lorentzian else np.exp(-4.0 * math.log(2.0) * x**2)
    light = shape / place**2
    return place, light / light.max() + 0.03 + noise * rng.standard_normal(len(place))


def alone(asked):
    """Draws from one measurement and the priors."""
    layout = layout_of(asked)
    one = prepare_measurement(asked, layout, asked.measurements[0])
    kept = [*one.unknown_indices, layout.index_of(f"scatter of {one.measurement.name}")]

    def level(part):
        z = np.zeros((len(part), len(layout)))
        z[:, kept] = part
        return one.log_likelihood(z) - 0.5 * (part**2).sum(axis=1)

    drawn = sample(level, len(kept), 0).z
    z = np.zeros((len(drawn), len(layout)))
    z[:, kept] = drawn
    return one, layout, layout.values(z), z


def test_a_spectrum_alone_decides_what_its_own_fit_does(laboratory):
    place, light = spectrum(np.random.default_rng(0))
    one, layout, values, z = alone(
        write(laboratory, "emission_spectrum", zip(place, light, strict=True))
    )
    line = fit_emission_line(place, light)
    for key, value, error in (
        ("gain.emission_energy_ev", line.emission_energy_ev, line.emission_energy_error_ev),
        ("gain.emission_fwhm_mev", line.emission_fwhm_mev, line.emission_fwhm_error_mev),
    ):
        seen = values[:, layout.index_of(key)]
        # Least squares of light for each eV weigh the flanks otherwise than Student's t of light
        # for each nm: their answers differ by a part of their error.
        assert np.median(seen) == pytest.approx(value, abs=error)
        assert seen.std() == pytest.approx(error, rel=0.3)
    # the surface stands for the exact prediction
    assert one.log_likelihood(z[:50]) == pytest.approx(one.exact_log_likelihood(z[:50]), abs=0.02)


def test_places_of_truths_among_draws_are_even(laboratory):
    asked = write(
        laboratory, "emission_spectrum", zip(*spectrum(np.random.default_rng(0)), strict=True)
    )
    measurement = asked.measurements[0]
    places = []
    for number in range(40):
        rng = np.random.default_rng([7, number])
        energy, fwhm = 2.310 + 0.006 * rng.standard_normal(), 80.0 + 5.0 * rng.standard_normal()
        _, light = spectrum(rng, energy=energy, fwhm=fwhm)
        columns = {**measurement.columns, "intensity": light}
        _, layout, values, _ = alone(
            replace(asked, measurements=(replace(measurement, columns=columns),))
        )
        places.append((values[:, layout.index_of("gain.emission_fwhm_mev")] < fwhm).mean())
    assert kstest(places, "uniform").pvalue > 0.01


def test_a_line_of_another_shape_is_told_and_a_right_one_is_not(laboratory):
    told = []
    for lorentzian in (False, True):
        rows = zip(*spectrum(np.random.default_rng(3), 0.02, lorentzian), strict=True)
        asked = write(laboratory, "emission_spectrum", rows)
        answer = calibrate(asked, SerialExecutor())
        assert answer.reliable
        told.append([line for line in answer.warnings if "cannot follow the emission" in line])
        fit = answer.measurements[0]
        assert fit.to_json_dict()["kind"] == "emission_spectrum"
        assert (chance_of_runs(fit.residual) < 0.01) == lorentzian
    assert not told[0]
    assert len(told[1]) == 1


def test_waves_fainter_than_the_scatter_are_noticed_and_scatter_is_not():
    rng = np.random.default_rng(2)
    right = [chance_of_waves(rng.standard_normal(241)) for _ in range(400)]
    # the lesser of two chances, twice: at most 5 %, and 400 tell it to 1.1 %
    assert np.mean(np.array(right) < 0.05) < 0.05 + 3 * 0.011
    wave = 0.6 * np.sin(np.linspace(0.0, 15.0, 241))
    seen = [chance_of_waves(wave + rng.standard_normal(241)) for _ in range(100)]
    alone = [chance_of_runs(wave + rng.standard_normal(241)) for _ in range(100)]
    assert np.mean(np.array(seen) < 0.01) > 0.8 > np.mean(np.array(alone) < 0.01)


def test_spectrum_and_curve_together_leave_the_gain_as_the_curve_does(laboratory):
    rows = zip(*spectrum(np.random.default_rng(4)), strict=True)
    answer = calibrate(write(laboratory, "emission_spectrum", rows), SerialExecutor())
    found = {one.name: one.quantiles for one in answer.constants}
    assert found["gain.peak_gain_per_cm"][0] < 800.0 < found["gain.peak_gain_per_cm"][4]
    assert found["gain.emission_energy_ev"][0] < 2.3062 < found["gain.emission_energy_ev"][4]
    assert found["gain.emission_fwhm_mev"][0] < 77.0 < found["gain.emission_fwhm_mev"][4]


def test_a_z_scan_gives_its_cross_section_and_leaves_the_curve_alone(laboratory):
    place = np.linspace(-8.0, 8.0, 33)
    right = predicted(
        "z_scan", {"position_mm": place}, {**SCAN, "centre_mm": 0.3}, sigma_3_cm6_s2=6e-75
    )
    seen = 0.9 * right + 0.005 * np.random.default_rng(1).standard_normal(len(place))
    entry = "\n".join(f"{key} = {value:g}" for key, value in SCAN.items())
    free = '"gain.sigma_3_cm6_s2" = { median = 5.1e-75, factor = 1.5 }\n'
    asked = write(laboratory, "z_scan", zip(place, seen, strict=True), entry, free, 0.005)
    _, layout, values, _ = alone(asked)
    sigma = values[:, layout.index_of("gain.sigma_3_cm6_s2")]
    assert np.quantile(sigma, 0.05) < 6e-75 < np.quantile(sigma, 0.95)
    assert np.log(sigma).std() < 0.15


def test_priors_whose_ends_contradict_each_other_do_not_stop_a_fit(laboratory):
    """The inhomogeneous part must stay below the whole width, which some draws do not."""
    place = np.linspace(522.0, 570.0, 80)
    right = predicted(
        "absorption_spectrum",
        {"wavelength_nm": place},
        emission_fwhm_mev=78.0,
        inhomogeneous_sd_mev=22.0,
    )
    seen = right / right.max() + 0.01 * np.random.default_rng(0).standard_normal(len(place))
    free = """
"gain.emission_fwhm_mev" = { value = 75, sd = 11 }
"gain.inhomogeneous_sd_mev" = { value = 24, sd = 4 }
"""
    asked = write(laboratory, "absorption_spectrum", zip(place, seen, strict=True), "", free, 0.01)
    one, layout, values, _ = alone(asked)
    for key, truth in (("gain.emission_fwhm_mev", 78.0), ("gain.inhomogeneous_sd_mev", 22.0)):
        drawn = values[:, layout.index_of(key)]
        assert np.quantile(drawn, 0.02) < truth < np.quantile(drawn, 0.98)
    # a whole width of 42 meV has a deviation of 17.8 meV, less than an inhomogeneous part of 32
    width, part = (
        layout.index_of(f"gain.{key}") for key in ("emission_fwhm_mev", "inhomogeneous_sd_mev")
    )
    z = np.zeros((2, len(layout)))
    z[0, [width, part]] = -3.0, 2.0
    assert one.exact_log_likelihood(z)[0] == -np.inf
    assert np.isfinite(one.exact_log_likelihood(z)[1])
    # nor where all that are asked are impossible
    assert one.exact_log_likelihood(z[:1])[0] == -np.inf


def test_a_fit_beside_what_is_impossible_has_a_surface_of_the_possible_side(laboratory):
    """A line of 60 meV has a deviation of 25.5 meV, which the inhomogeneous part stays below: 0.37
    deviations of its prior above the middle, where so noisy a spectrum leaves it.
    """
    place = np.linspace(522.0, 570.0, 40)
    values = dict(emission_fwhm_mev=60.0, inhomogeneous_sd_mev=24.0)
    right = predicted("absorption_spectrum", {"wavelength_nm": place}, **values)
    seen = right / right.max() + 0.5 * np.random.default_rng(0).standard_normal(len(place))
    free = """
"gain.emission_fwhm_mev" = { value = 60, sd = 0.1 }
"gain.inhomogeneous_sd_mev" = { value = 24, sd = 4 }
"""
    asked = write(laboratory, "absorption_spectrum", zip(place, seen, strict=True), "", free, 0.5)
    layout = layout_of(asked)
    one = prepare_measurement(asked, layout, asked.measurements[0])
    assert 0.0 <= one.error < 0.5
    z = np.zeros((5, len(layout)))
    z[:, layout.index_of("gain.inhomogeneous_sd_mev")] = -2.0, -1.0, 0.0, 0.3, 0.5
    exact = one.exact_log_likelihood(z)
    assert np.isfinite(exact).tolist() == [True] * 4 + [False]
    # nearer to the limit the lines of the size classes stand apart, which no surface follows
    assert one.log_likelihood(z[:3]) == pytest.approx(exact[:3], abs=0.05)


def test_a_fit_at_the_limit_of_what_is_possible_has_the_errors_of_one_without(
    laboratory, monkeypatch
):
    """The best fit lies beyond the limit, and ends on it: slopes are those of the possible side."""
    kind = KINDS["emission_spectrum"]
    rows = list(zip(*spectrum(np.random.default_rng(0), energy=2.3101), strict=True))
    asked = write(laboratory, "emission_spectrum", rows)
    layout = layout_of(asked)
    free = prepare_measurement(asked, layout, asked.measurements[0])

    def limited(design, *given):
        if design.medium.emission_energy_ev > 2.310:
            raise InputError("at most 2.31 eV are allowed")
        return kind.predict(design, *given)

    monkeypatch.setitem(KINDS, "emission_spectrum", replace(kind, predict=limited))
    one = prepare_measurement(asked, layout, asked.measurements[0])
    assert free.centre[0] > 0.0
    assert -0.01 < one.centre[0] <= 0.0
    # it lies less than a deviation off, where the curvature is much the same
    assert one.factor == pytest.approx(free.factor, rel=0.2, abs=0.01)
    assert one.error < 0.02


def test_a_fit_with_hardly_a_possible_neighbour_is_refused(laboratory, monkeypatch):
    kind = KINDS["emission_spectrum"]

    def within_a_needle(design, *given):
        if abs(design.medium.emission_energy_ev - 2.310) > 1e-6:
            raise InputError("only 2.31 eV are allowed")
        return kind.predict(design, *given)

    monkeypatch.setitem(KINDS, "emission_spectrum", replace(kind, predict=within_a_needle))
    asked = write(
        laboratory, "emission_spectrum", zip(*spectrum(np.random.default_rng(0)), strict=True)
    )
    layout = layout_of(asked)
    with pytest.raises(InputError, match=r"narrow the priors.*: only 2\.31 eV"):
        prepare_measurement(asked, layout, asked.measurements[0])


@pytest.mark.parametrize("fluence", [0.5, 1.0, 3.0])
def test_a_bleaching_is_compared_in_units_of_its_greatest_value(laboratory, fluence):
    """Noise and waves of so much of it are seen alike, be it 0.01 (0.5 mJ/cm2) or 1.3."""
    place = np.linspace(530.0, 545.0, 60)
    columns = {"wavelength_nm": place, "delay_ps": np.full(60, 20.0)}
    entry = f"fluence_mj_cm2 = {fluence}"
    right = predicted("transient_absorption", columns, {"fluence_mj_cm2": fluence})
    noise = 0.02 * np.random.default_rng(1).standard_normal(60)
    told = []
    for wave in (0.0, 0.15):
        part = noise + wave * np.sin(np.linspace(0.0, 12.0, 60))
        seen = right + np.abs(right).max() * part
        rows = zip(place, columns["delay_ps"], seen, strict=True)
        one, _, _, z = alone(write(laboratory, "transient_absorption", rows, entry))
        fit = measurement_fit(one, z[:100], np.arange(100))
        told.append(contradictions_of_measurement(fit))
        if not wave:
            # Student's t of four degrees fits 0.78 of the deviation of normal points; 60 of them
            # tell it to 10 %
            assert fit.scatter == pytest.approx(0.78 * 0.02, rel=0.25)
        else:
            # 15 % over sqrt(2) are 10.6 %; scatter adds and the fit takes some
            assert 0.08 < fit.smooth < 0.13
    assert not told[0]
    assert len(told[1]) == 1
    assert "of its greatest value" in told[1][0]


def test_a_long_stripe_is_fitted_from_where_its_light_overflows(laboratory):
    """Net gain of 30 / cm over 4 cm; the prior's middle has ten times as much: exp(1300)."""
    length = np.linspace(1e4, 4e4, 12)
    numbers = {"fluence_mj_cm2": 5.0, "confinement": 1.0, "loss_per_cm": 0.0}
    gross = predicted("stripe_gain", {"length_um": np.array([1.0, 3e4, 4e4])}, numbers)
    greatest = float(gross[2] - gross[1])  # per cm, at the design's own peak gain
    truth = design().medium.peak_gain_per_cm
    numbers["loss_per_cm"] = round(greatest - 30.0, 3)
    right = predicted("stripe_gain", {"length_um": length}, numbers)
    light = np.exp(right + 0.05 * np.random.default_rng(2).standard_normal(12))
    entry = f"fluence_mj_cm2 = 5\nloss_per_cm = {numbers['loss_per_cm']}"
    write(laboratory, "stripe_gain", zip(length, light, strict=True), entry, "", 0.05)
    path = laboratory / "calibration.toml"
    middle = truth * (1.0 + 300.0 / greatest)
    path.write_text(path.read_text().replace("median = 1000", f"median = {middle:.6g}"))
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        asked = load_calibration(path, design_schema())
        layout = layout_of(asked)
        one = prepare_measurement(asked, layout, asked.measurements[0])
    z = np.zeros((1, len(layout)))
    z[0, list(one.unknown_indices)] = one.centre
    found = layout.values(z)[0, layout.index_of("gain.peak_gain_per_cm")]
    # 12 points of 5 % over 3 cm tell the net gain to 0.016 / cm, of a gross one of hundreds
    assert found == pytest.approx(truth, rel=4 * 0.016 / greatest)


def test_points_that_have_no_prediction_are_named(laboratory):
    """Far below the gap nothing absorbs, and nothing can be bleached: 0 / 0."""
    place = np.concatenate([np.linspace(700.0, 795.0, 4), np.linspace(530.0, 545.0, 16)])
    rows = [(nm, 5.0, 0.01 + 0.001 * i) for i, nm in enumerate(place)]
    asked = write(laboratory, "transient_absorption", rows, "fluence_mj_cm2 = 3")
    layout = layout_of(asked)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        with pytest.raises(InputError) as caught:
            prepare_measurement(asked, layout, asked.measurements[0])
    (line,) = caught.value.problems
    assert line.startswith("points.csv: line 2: bleaching = 0.01 at wavelength_nm = 700, delay_ps")
    assert "3 others of 20 points" in line
    assert "no free number" not in line


@pytest.mark.parametrize(
    ("kind", "rows", "entry", "free", "words"),
    [
        ("emission_spectrum", [(500 + i, 1) for i in range(20)], "", FREE, "all values are 1"),
        ("emission_spectrum", [(500, 1), (510, 2)], "", FREE, "2 points; emission_spectrum needs 12"),
        ("emission_spectrum", [(-i, i) for i in range(20)], "", FREE, "wavelength_nm = -1: must be 100"),
        ("emission_spectrum", [(500 + i, -1 - i) for i in range(20)], "", FREE, "no value lies above 0"),
        ("emission_spectrum", [(500, 1)] * 9 + [(510, 2)] * 9, "", FREE, "repeat another"),
        ("emission_spectrum", [(500 + i, i) for i in range(20)], "", "", "no free number changes"),
        ("emission_spectrum", [(500 + i, i) for i in range(20)], "fluence = 2.0", FREE, "unknown key"),
        ("decay", [(i, 30 - i) for i in range(20)], "", FREE, "fluence_mj_cm2: missing"),
        ("decay", [(i - 5, 30 - i) for i in range(20)], "fluence_mj_cm2 = 2", FREE, "leave out what lies before"),
        ("decay", [(i, 30 - i) for i in range(20)], "fluence_mj_cm2 = -2", FREE, "above 0 is needed"),
        ("absorption_spectrum", [(480 + i, i) for i in range(60)], "", FREE, "lie above gain.valid_below_ev"),
        ("stripe_gain", [(i + 10, -i) for i in range(9)], "fluence_mj_cm2 = 2", FREE, "every value must be positive"),
        ("stripe_gain", [(i + 10, i + 1) for i in range(9)], "fluence_mj_cm2 = 2\nconfinement = 3", FREE, "at most 1"),
        ("z_scan", [(i, 1 + i) for i in range(9)], "photons = 3", FREE, "energy_nj: missing"),
        ("z_scan", [(i, 1 + i) for i in range(9)], "photons = 2.6", FREE, "photons = 2.6: a whole number is needed"),
    ],
)  # fmt: skip
def test_what_no_measurement_can_be_is_told_in_one_line(laboratory, kind, rows, entry, free, words):
    with pytest.raises(InputError) as caught:
        asked = write(laboratory, kind, rows, entry, free)
        layout = layout_of(asked)
        prepare_measurement(asked, layout, asked.measurements[0])
    assert words in str(caught.value)
    assert all(line.count("\n") == 0 for line in caught.value.problems)


def test_an_entry_names_one_measurement(laboratory):
    write(laboratory, "decay", [(i, 30 - i) for i in range(20)], "fluence_mj_cm2 = 2")
    path = laboratory / "calibration.toml"
    text = path.read_text()
    for wrong, words in (
        ('decai = "points.csv"', "did you mean"),
        ('decay = "points.csv"\nemission_spectrum = "points.csv"', "more than one"),
    ):
        path.write_text(text.replace('decay = "points.csv"', wrong))
        with pytest.raises(InputError, match=words):
            load_calibration(path, design_schema())
