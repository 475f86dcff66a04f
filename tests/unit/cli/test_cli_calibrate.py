"""`cavitydesign calibrate` and the draws that it leaves for designs."""

from __future__ import annotations

import contextlib
import io
import json
import re
from pathlib import Path

import numpy as np
import pytest
from test_calibration_whole import CALIBRATION, DESIGN, steady_pulses, write_curve
from typer.testing import CliRunner

import cavitydesign as cd
from cavitydesign.calibrate import solves
from cavitydesign.cli import exit_codes, printing
from cavitydesign.cli.commands import calibrate as command
from cavitydesign.cli.main import app
from cavitydesign.errors import InputError
from cavitydesign.optimisation.goal_file import load_goal
from cavitydesign.report.sections import calibrated_table
from cavitydesign.study import SerialExecutor
from cavitydesign.visualise.lasers.light_curve_view import draw_light_curve
from cavitydesign.workflow import calibrated_lasing
from cavitydesign.workflow.study_point import design_schema, evaluate_point, rows_of_point

QUICKSTART = Path(__file__).parents[3] / "studies" / "quickstart" / "design.toml"


@pytest.fixture
def laboratory(tmp_path, monkeypatch):
    monkeypatch.setattr(solves, "evaluate_pulses", steady_pulses)
    monkeypatch.setattr(command, "executor_of", lambda *_: SerialExecutor())
    monkeypatch.setattr(exit_codes, "_kept", False)  # what is noted here must not reach other tests
    (tmp_path / "design.toml").write_text(DESIGN)
    (tmp_path / "calibration.toml").write_text(CALIBRATION)
    write_curve(tmp_path, 800.0, 0.05)
    return tmp_path


def test_a_calibration_is_told_written_and_drawn(laboratory):
    done = CliRunner().invoke(app, ["calibrate", str(laboratory / "calibration.toml")])
    assert done.exit_code == 0, done.output
    assert done.output.splitlines()[0].startswith("first answer by least squares, rough: gain.")
    assert "The data decide gain.peak_gain_per_cm = " in done.output
    folder = laboratory / "calibration-calibration"
    names = {path.name for path in folder.iterdir()}
    assert names == {"answer.json", "samples.csv", "curves.png", "constants.png"}
    content = json.loads((folder / "answer.json").read_text())
    assert content["reliable"]
    assert content["contradictions"] == []
    header, *rows = (folder / "samples.csv").read_text().splitlines()
    assert header == "gain.peak_gain_per_cm"
    assert len(rows) == 60
    drawn = np.array([float(row) for row in rows])
    quantiles = content["constants"][0]["quantiles"]
    assert np.median(drawn) == pytest.approx(quantiles["p50"], rel=0.02)


def test_no_width_of_the_terminal_cuts_what_is_told(laboratory, monkeypatch):
    """At 80 to 160 columns each table keeps its first column, and every number of the widest."""
    asked, told = command._print, {}

    def at_each_width(answer):
        for width in (400, 160, 120, 100, 80):
            monkeypatch.setattr(printing, "_WIDTH_WITHOUT_TERMINAL", width)
            stream = io.StringIO()
            with contextlib.redirect_stdout(stream):
                asked(answer)
            told[width] = stream.getvalue()

    monkeypatch.setattr(command, "_print", at_each_width)
    done = CliRunner().invoke(app, ["calibrate", str(laboratory / "calibration.toml")])
    assert done.exit_code == 0, done.output
    numbers = {width: set(re.findall(r"\d+\.\d+", text)) for width, text in told.items()}
    assert len(numbers[400]) > 5
    for width, text in told.items():
        assert numbers[width] == numbers[400]
        assert "\N{HORIZONTAL ELLIPSIS}" not in text
        tables = [line for line in text.splitlines() if "\N{BOX DRAWINGS LIGHT HORIZONTAL}" in line]
        assert all(len(line.rstrip()) <= width for line in tables)
        assert text.splitlines()[0].startswith("The data decide gain.peak_gain_per_cm = ")


def test_data_that_contradict_each_other_end_with_exit_code_1(laboratory):
    path = laboratory / "calibration.toml"
    dark = "relative_noise = 0.05\ndark_up_to_mj_cm2 = 4.5"
    path.write_text(path.read_text().replace("relative_noise = 0.05", dark))
    done = CliRunner().invoke(app, ["calibrate", str(path)])
    assert done.exit_code == 1
    assert "The data contradict each other, the priors or the model" in done.output
    content = json.loads((laboratory / "calibration-calibration" / "answer.json").read_text())
    assert content["contradictions"]


def test_a_calibration_file_given_to_run_is_told_its_command(laboratory):
    done = CliRunner().invoke(app, ["run", str(laboratory / "calibration.toml")])
    assert done.exit_code == 2
    assert "type: cavitydesign calibrate" in done.output


def with_samples(folder, text):
    (folder / "samples.csv").write_text(text)
    design = QUICKSTART.read_text().replace("[pump]", 'samples = "samples.csv"\n\n[pump]', 1)
    (folder / "design.toml").write_text(design)
    return cd.load_design(folder / "design.toml")


def test_a_prediction_carries_the_draws_of_a_calibration(tmp_path, monkeypatch):
    monkeypatch.setattr(calibrated_lasing, "DRAWS", 4)
    gains = np.linspace(500.0, 2000.0, 16)
    rows = "\n".join(f"{gain},24.0" for gain in gains)
    design = with_samples(tmp_path, f"gain.peak_gain_per_cm,lasing.quality.per_um\n{rows}\n")
    found = cd.predict_lasing(cd.find_modes(design), design)
    told = found.to_json_dict()["calibrated"]
    assert told["draws"] == 4
    each = []
    for gain in gains[[0, 5, 10, 15]]:
        alone = cd.load_design(QUICKSTART).with_values({"gain.peak_gain_per_cm": gain})
        each.append(cd.predict_lasing(cd.find_modes(alone), alone).thresholds.lasing)
    known = [value for value in each if value is not None]
    assert told["lases_probability"] == pytest.approx(len(known) / 4)
    assert told["threshold_mj_cm2"]["lasing"]["p50"] == pytest.approx(np.median(known))
    band = told["light_curve"]
    assert band["p5"][0] <= band["p50"][0] <= band["p95"][0]
    assert len(band["fluence_mj_cm2"]) == len(band["p84"])
    record = found.to_json_dict()
    assert "lasing threshold, 68 %" in str(
        [one.get_label() for one in draw_light_curve(record).axes[0].patches]
    )
    table = calibrated_table(record)
    assert f"{100 * told['lases_probability']:.0f} % of them" in table.caption
    # a study of static thresholds and one of light curves carry them too, without the band
    static = evaluate_point(design.raw, "threshold", tmp_path)["static"]
    least = min(
        one["calibrated"]["gain_equals_loss_mj_cm2"]["p50"]
        for one in static.values()
        if one["calibrated"]["gain_equals_loss_mj_cm2"]
    )
    assert least == pytest.approx(told["threshold_mj_cm2"]["gain_equals_loss"]["p50"], rel=1e-6)
    row = rows_of_point({"modes": {"modes": []}, "lasing": record}, "lase")[0]
    assert "light_curve" not in row["calibrated"]
    # the medium of the design itself is untouched
    assert found.thresholds.lasing == pytest.approx(
        cd.predict_lasing(cd.find_modes(design), cd.load_design(QUICKSTART)).thresholds.lasing
    )


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("gain.peak_gain_per_cn\n1\n", "did you mean"),
        ("cavity.diameter_um\n" + "15\n" * 20, "not of the cavity"),
        ("gain.peak_gain_per_cm\n1000\n", "1 draws; 16 or more"),
        ("gain.peak_gain_per_cm\n" + "x\n" * 20, "finite number"),
    ],
)
def test_draws_that_make_no_sense_are_refused(tmp_path, text, words):
    with pytest.raises(InputError) as error:
        with_samples(tmp_path, text)
    assert words in str(error.value)


def test_absent_draws_are_refused(tmp_path):
    with_samples(tmp_path, "gain.peak_gain_per_cm\n" + "1000\n" * 20)
    (tmp_path / "samples.csv").unlink()
    with pytest.raises(InputError, match="no such file"):
        cd.load_design(tmp_path / "design.toml")


GOAL = """
design = "design.toml"
[variables]
"cavity.diameter_um" = { from = 10.0, to = 12.0 }
[goal]
minimise = "threshold_mj_cm2.lasing"
"""


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("gain.inhomogeneous_sd_mev\n" + "500\n" * 20, "500 must be below the line's own"),
        ("gain.peak_gain_per_cm\n" + "-5\n" * 20, "-5.0 must be positive"),
    ],
)
def test_a_draw_that_the_design_does_not_allow_is_told_of_its_file(tmp_path, text, words):
    """The design was told, whose own constants are right, after everything else was solved."""
    design = with_samples(tmp_path, text)
    with pytest.raises(InputError) as error:
        cd.predict_lasing(cd.find_modes(design), design)
    (line,) = error.value.problems
    assert line.startswith("samples.csv: a draw does not fit the design: ")
    assert words in line
    (tmp_path / "goal.toml").write_text(GOAL)
    with pytest.raises(InputError) as error:
        load_goal(tmp_path / "goal.toml", design_schema())
    assert error.value.problems[0].startswith("samples.csv: a draw does not fit the design: ")
    assert words in error.value.problems[0]


def test_a_study_tells_fabrication_apart_from_the_calibration(tmp_path, monkeypatch):
    """The spreads were solved in every point and left out of its row."""
    monkeypatch.setattr(calibrated_lasing, "DRAWS", 2)
    rows = "\n".join(map(str, np.linspace(900.0, 1200.0, 16)))
    design = with_samples(tmp_path, f"gain.peak_gain_per_cm\n{rows}\n")
    raw = {**design.raw, "cavity": {**design.raw["cavity"]}}
    diameter = raw["cavity"]["diameter_um"]
    size = diameter["value"] if isinstance(diameter, dict) else diameter
    raw["cavity"]["diameter_um"] = {"value": size, "sd": 0.05}
    found = evaluate_point(raw, "lase", tmp_path)
    (row,) = rows_of_point(found, "lase")
    told = found["lasing"]
    assert row["spread"]["threshold_sd_mj_cm2"] == told["spread"]["threshold_sd_mj_cm2"]
    assert row["spread"]["threshold_sd_mj_cm2"]["lasing"] > 0
    assert "parts" not in row["spread"]
    assert row["calibrated"]["threshold_mj_cm2"] == told["calibrated"]["threshold_mj_cm2"]
