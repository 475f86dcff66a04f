"""Laser spectra in the files of a calibration: what they decide, and what is refused."""

from __future__ import annotations

import json
import re
import shutil
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
from test_calibration_whole import (
    CALIBRATION,
    DESIGN,
    asked,
    assert_refused,
    steady_pulses,
    write_curve,
)
from test_laser_spectra import MODES, spectrum

import cavitydesign as cd
from cavitydesign.calibrate import solves
from cavitydesign.calibrate.calibration_run import _measurement, calibrate
from cavitydesign.calibrate.calibration_spec import (
    Figure,
    MeasuredCavity,
)
from cavitydesign.calibrate.pulses import grid_of_task, modes_of
from cavitydesign.calibrate.spectra.spectrum_lines import prepare_spectrum
from cavitydesign.errors import InputError
from cavitydesign.study import SerialExecutor

LINES = """
[[cavities.spectra]]
fluence_mj_cm2 = 3.0
output_shares = "lines.csv"
model_error = 0.0
"""


CENTRE_UM = "centre_nm = { value = 0.538, sd = 0.001 }"


def line_pulses(design, task, folder=None):
    """The steady laser; its modes share the light by how the gain falls beside its peak."""
    found = steady_pulses(design, task, folder)
    gain = design["gain"]["peak_gain_per_cm"] / 1000.0
    light = np.exp(-gain * np.array([0.0, 1.0, 3.0, 6.0]))
    shares = np.repeat((light / light.sum())[:, None], grid_of_task(task).count, axis=1)
    return found | {"shares": dict(zip(NAMES, shares.tolist(), strict=False))}


NAMES = []


@pytest.fixture
def laboratory(tmp_path, monkeypatch):
    monkeypatch.setattr(solves, "evaluate_pulses", line_pulses)
    (tmp_path / "design.toml").write_text(DESIGN)
    text = CALIBRATION.replace("[sessions]", LINES + "[sessions]")
    (tmp_path / "calibration.toml").write_text(text)
    write_curve(tmp_path, 800.0, 0.05)
    design = cd.load_design(tmp_path / "design.toml")
    NAMES[:] = [label for label, _ in modes_of(design)]
    rows = zip(NAMES, np.exp(-0.8 * np.array([0.0, 1.0, 3.0])), strict=False)
    lines = "\n".join(f"{name},{5e3 * light:.6g}" for name, light in rows)
    (tmp_path / "lines.csv").write_text(f"mode,share\n{lines}\n")
    return tmp_path


def test_a_spectrum_narrows_a_constant_as_its_lines_tell(laboratory):
    """Three lines tell ln(share) = -g x at x = 0, 1, 3 up to a factor: with 5 % each the gain is
    known to 0.05 / sqrt(sum (x - mean)^2) = 0.05 / 2.16: 23 per cm."""
    path = laboratory / "calibration.toml"
    path.write_text(path.read_text().replace('light_curve = "curve.csv"\n', ""))
    answer = calibrate(asked(laboratory), SerialExecutor())
    low, lower, middle, upper, high = answer.constants[0].quantiles
    assert low < 800.0 < high
    assert middle == pytest.approx(800.0, abs=30.0)
    # the lines lie on the model: the scatter, known within a factor of two, is fitted below 5 %
    assert 8.0 < 0.5 * (upper - lower) < 40.0
    told = answer.to_json_dict()["cavities"][0]
    assert told["measured"] is None
    assert sorted(told["spectra"][0]["modes"]) == sorted(NAMES[:3])
    assert answer.reliable


def test_lines_of_a_measured_series_are_those_of_its_fluence(laboratory):
    content = {
        "fluence_mj_cm2": [2.0, 3.0],
        "lines": [
            {"label": name, "wavelength_nm": [None, 500.0], "light": [None, 2.0 + number]}
            for number, name in enumerate(NAMES[:3])
        ],
    }
    (laboratory / "series.json").write_text(json.dumps(content))
    path = laboratory / "calibration.toml"
    path.write_text(
        path.read_text().replace('output_shares = "lines.csv"', 'series = "series.json"')
    )
    assert asked(laboratory).cavities[0].spectra[0].light.tolist() == [2.0, 3.0, 4.0]
    path.write_text(path.read_text().replace("fluence_mj_cm2 = 3.0", "fluence_mj_cm2 = 2.6"))
    with pytest.raises(InputError, match=r"no spectrum at fluence_mj_cm2 = 2.6; it has 2, 3"):
        asked(laboratory)
    path.write_text(path.read_text().replace("fluence_mj_cm2 = 2.6", "fluence_mj_cm2 = 2.0"))
    with pytest.raises(InputError, match="0 lines; shares need 2 or more"):
        asked(laboratory)
    for damaged in ("[1]", f'{{"fluence_mj_cm2": [1{"0" * 400}], "lines": []}}'):
        (laboratory / "series.json").write_text(damaged)
        with pytest.raises(InputError, match="is no answer of `cavitydesign measure series"):
            asked(laboratory)
    # a fluence that is not known is not the nearest one
    content["fluence_mj_cm2"] = [float("nan"), 2.0]
    (laboratory / "series.json").write_text(json.dumps(content))
    assert asked(laboratory).cavities[0].spectra[0].light.tolist() == [2.0, 3.0, 4.0]


@pytest.mark.parametrize(
    ("file", "old", "new", "words"),
    [
        ("calibration.toml", "fluence_mj_cm2 = 3.0\n", "", "at which fluence was it taken?"),
        ("calibration.toml", "fluence_mj_cm2 = 3.0", "fluence_mj_cm2 = 3000.0", "correct the unit"),
        ("calibration.toml", "output_shares", "output_share", "did you mean 'output_shares'"),
        ("calibration.toml", 'output_shares = "lines.csv"', "", "or centre_nm alone"),
        ("calibration.toml", "model_error = 0.0", "model_error = 5.0", "0.05 is 5 %"),
        ("calibration.toml", "model_error = 0.0", "range_nm = [560, 510]", "two rising"),
        ("calibration.toml", "model_error = 0.0", "range_nm = [0.53, 0.55]", "of 100 to 100000 nm"),
        ("calibration.toml", "model_error = 0.0", CENTRE_UM, "centre_nm = 0.538: must be 100 to"),
        ("calibration.toml", "model_error = 0.0", 'range_nm = "56"', "two rising"),
        ("calibration.toml", "model_error = 0.0", "range_nm = [true, 510, 560]", "two rising"),
        ("calibration.toml", "model_error = 0.0", "detection_floor = 1e9", "is as bright"),
        ("calibration.toml", "model_error = 0.0", "resolution_nm = 50.0", "at most 5 nm"),
        ("calibration.toml", "[[cavities.spectra]]\n", 'series = "a"\n', "[[cavities.spectra]]"),
        ("lines.csv", "share", "light", "no column share"),
        ("lines.csv", "mode,", "name,", "a column wavelength_nm or mode is needed"),
        ("lines.csv", ",5000", ",-5000", "every value must be positive"),
        ("lines.csv", ",5000", ",nan", "finite number"),
    ],
)
def test_spectra_that_cannot_be_compared_are_refused_in_one_line(laboratory, file, old, new, words):
    assert_refused(laboratory, file, old, new, words)


def test_a_line_outside_of_what_was_looked_at_is_refused(laboratory):
    (laboratory / "lines.csv").write_text("wavelength_nm,share\n536.1,3\n539.2,4\n")
    path = laboratory / "calibration.toml"
    text = path.read_text()
    path.write_text(text.replace("model_error = 0.0", "range_nm = [537, 545]"))
    with pytest.raises(InputError, match=r"range_nm = \[537.0, 545.0\]: the line .* 536.1 nm"):
        asked(laboratory)
    path.write_text(text.replace("model_error = 0.0", "range_nm = [535, 545]"))
    assert asked(laboratory).cavities[0].spectra[0].range_nm == (535.0, 545.0)


def test_a_centre_beyond_all_modes_is_refused():
    """It was computed on for minutes."""
    one = replace(spectrum([1.0, 2.0, 3.0]), centre_nm=Figure(700.0, 1.0))
    with pytest.raises(InputError, match="centre_nm = 700: the modes of the design lie from"):
        prepare_spectrum(one, MODES)
    inside = replace(one, centre_nm=Figure(max(nm for _, nm in MODES) + 2.0, 1.0))
    prepare_spectrum(inside, MODES)


def test_the_samples_of_a_spectrum_are_no_lines():
    """The first sample without a mode was told, and another diameter advised."""
    wavelength = np.linspace(598.0, 600.0, len(MODES) + 1)
    many = spectrum(np.ones(len(wavelength)), ("",) * len(wavelength), wavelength)
    with pytest.raises(InputError, match="give the light of each line once, not the samples"):
        prepare_spectrum(many, MODES)


def test_two_spectra_of_one_name_are_refused(laboratory):
    """Their scatters would be one: fluences that differ in the seventh digit once passed."""
    path = laboratory / "calibration.toml"
    text = path.read_text()
    path.write_text(text.replace(LINES, LINES + LINES.replace("3.0", "3.0000001")))
    with pytest.raises(InputError, match="one spectrum a fluence"):
        asked(laboratory)


def test_a_line_that_stands_twice_is_refused(laboratory):
    path = laboratory / "lines.csv"
    text = path.read_text()
    path.write_text(text + text.splitlines()[1] + "\n")
    with pytest.raises(InputError, match="stands twice"):
        asked(laboratory)


def test_a_spectrum_is_a_candidate_for_the_next_measurement(laboratory):
    path = laboratory / "calibration.toml"
    path.write_text(
        path.read_text()
        .replace('light_curve = "curve.csv"\n', "dark_up_to_mj_cm2 = 1.0\n")
        .replace(LINES, "")
        + """
[next]
predict = { name = "asked", design = "design.toml" }
[[next.candidates]]
name = "a spectrum"
design = "design.toml"
spectrum_at_mj_cm2 = 3.0
"""
    )
    advice = calibrate(asked(laboratory), SerialExecutor()).advice
    # ratios tell the gain to 3 %, and with it the threshold, of which it alone decides
    assert advice.candidates[0].name == "a spectrum"
    assert advice.candidates[0].share_left < 0.3


def test_the_examples_of_the_page_are_read(tmp_path):
    """Those of docs/calibration.md, with the designs and data of the made-up laboratory."""
    root = Path(__file__).parents[3]
    page = (root / "docs" / "calibration.md").read_text(encoding="utf-8")
    (example,) = re.findall(r"```toml\n([^`]*spectra\]\][^`]*)```", page)
    (following,) = re.findall(r"```toml\n(\[next\][^`]*)```", page)
    free = '[free]\n"gain.peak_gain_per_cm" = { median = 1000, factor = 1.6 }\n'
    (tmp_path / "calibration.toml").write_text(example + free + following)
    source = root / "studies" / "made-up-laboratory"
    for name, made in {"d88": "88um", "d33": "33um", "d15": "24um"}.items():
        shutil.copy(source / f"{made}.toml", tmp_path / f"{name}.toml")
    shutil.copy(source / "88um.csv", tmp_path / "c88.csv")
    (lines,) = re.findall(r"```text\n(mode,[^`]*)```", page)
    (tmp_path / "lines88.csv").write_text(lines)
    found = asked(tmp_path)
    (spectrum,) = found.cavities[0].spectra
    assert spectrum.fluence_mj_cm2 == 4.0
    assert spectrum.modes == ("TM 753 1 0", "TM 752 1 0", "TM 751 1 0")
    assert len(found.next.candidates) == 2
    assert set(lines.splitlines()) <= set((source / "88um-lines.csv").read_text().splitlines())


def test_the_noise_of_a_candidate_is_that_of_its_lines(laboratory):
    """It was left out of account: a spectrum of 50 % told as much as one of 5 %."""
    design = cd.load_design(laboratory / "design.toml")
    cavity = MeasuredCavity("a", design.raw, "", None, 0.5, spectra=(spectrum([], (), ()),))
    modes = np.exp(np.random.default_rng(0).standard_normal((20, 3)))

    class Shown:
        ready = SimpleNamespace(cavity=cavity)

        def shares(self, z, light, fluence):
            return modes

    found = _measurement(Shown(), np.zeros((20, 1)), None)
    assert found.noise == pytest.approx(0.5)


@pytest.mark.parametrize(
    ("entry", "words"),
    [
        ("spectrum_at_mj_cm2 = 'x'", "next.candidates.0.spectrum_at_mj_cm2 = 'x'"),
        ("spectra = [{ fluence_mj_cm2 = 3.0 }]", "write spectrum_at_mj_cm2"),
    ],
)
def test_a_candidate_is_told_by_the_key_that_was_written(laboratory, entry, words):
    path = laboratory / "calibration.toml"
    path.write_text(
        f"""{path.read_text()}
[next]
predict = {{ name = "asked", design = "design.toml" }}
[[next.candidates]]
name = "a spectrum"
design = "design.toml"
{entry}
"""
    )
    with pytest.raises(InputError, match=words):
        asked(laboratory)
