"""The commands design and fit, on cavities small enough to solve in a blink."""

import json
import re

import numpy as np
import pytest
from typer.testing import CliRunner

from cavitydesign.cli.main import app

DESIGN = """[cavity]
profile = "cylinder"
diameter_um = 6.0
body = { index = 1.49 }
[modes]
polarisation = "TM"
wavelength_nm = 600.0
span_nm = 30.0
"""
VARIABLE = 'design = "design.toml"\n[variables]\n"cavity.diameter_um" = { from = 5.0, to = 8.0 }\n'
YIELD_GOAL = (
    VARIABLE
    + """[goal]
maximise = "log10_q.radiation"
[constraints]
fsr_nm = { above = 12.0 }
[spread]
"cavity.diameter_um" = { sd = 0.04 }
"cavity.body.index" = { sd = 0.002 }
[search]
solves = 24
samples = 20000
checks = 48
"""
)


def told(*arguments, code=0):
    result = CliRunner().invoke(app, [str(argument) for argument in arguments])
    assert result.exit_code == code, f"{result.exit_code}: {result.output} {result.exception}"
    return result


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "design.toml").write_text(DESIGN)
    return tmp_path


@pytest.fixture(scope="module")
def answered(tmp_path_factory):
    """Printed, and as JSON from the store that the first left."""
    folder = tmp_path_factory.mktemp("goal")
    (folder / "design.toml").write_text(DESIGN)
    goal = folder / "goal.toml"
    goal.write_text(YIELD_GOAL)
    printed = told("design", goal, "--workers", 1, "--out", folder / "goal.png")
    stored = {path.name for path in (folder / "goal-results" / "segments").iterdir()}
    answer = json.loads(told("design", goal, "--workers", 1, "--json").stdout)
    assert {path.name for path in (folder / "goal-results" / "segments").iterdir()} == stored, (
        "solved once, asked twice"
    )
    assert (folder / "goal.png").read_bytes()[:4] == b"\x89PNG" and "goal.png" in printed.stderr
    return printed.stdout, answer


def test_a_target_is_reached_by_derivatives_to_its_last_digits(folder):
    """The search brings the spacing near; two steps by the solver's derivatives bring it within
    1e-4 nm.
    """
    goal = folder / "goal.toml"
    goal.write_text(VARIABLE + '[goal]\ntarget = 12.0\nof = "fsr_nm"\n[search]\nsolves = 24\n')
    answer = json.loads(told("design", goal, "--workers", 1, "--json").stdout)
    assert answer["recommended"]["outcomes"]["fsr_nm"] == pytest.approx(12.0, abs=1e-4)
    assert answer["checked_outcomes"]["fsr_nm"] == pytest.approx(12.0, abs=2e-4)
    low, high = answer["margins"]["cavity.diameter_um"]
    assert low <= answer["recommended"]["values"]["cavity.diameter_um"] <= high
    assert answer["yield"] is None and answer["robust"] is None


def test_the_answer_is_printed_in_full(answered):
    text = answered[0]
    for title in (
        "maximise log10_q.radiation: the sharp optimum",
        "What the sharp optimum reaches",
        "limited by constraint fsr_nm above 12",
        "Recommended: bearing the spreads",
        "yield of the recommended design, by full solves",
        "Next-best distinct designs",
        "Pareto front with: maximise fsr_nm",
        "Yield of the sharp optimum",
        "What scatters log10_q.radiation",
        "full solves in the search",
    ):
        assert title in text, title
    for row in ("response", "derivatives", "full solves"):
        assert re.search(rf"{row} +\d+ +[01]\.\d+ +0\.\d+", text), row


def test_the_optimum_leans_on_its_limit_and_half_of_all_cavities_miss_it(answered):
    """The quality rises and the spacing falls with the diameter: the best cavity has the spacing
    asked for and no more.
    """
    answer = answered[1]
    found = answer["yield"]
    assert answer["recommended"]["outcomes"]["fsr_nm"] == pytest.approx(12.0, rel=0.03)
    assert 0.1 < found["by_solves"] < 0.9
    for fast in ("by_response", "by_derivatives"):
        error = np.hypot(found["by_solves_error"], found[f"{fast}_error"])
        assert abs(found[fast] - found["by_solves"]) < 3 * error, (
            f"{fast} {found[fast]}, full solves {found['by_solves']}"
        )
    assert found["agree"] and found["samples"] == 20000 and found["checks"] == 48


def test_the_robust_design_gives_quality_for_yield(answered):
    answer = answered[1]
    share, error = answer["robust_yield"]
    assert share + 2 * error > 0.9
    assert (
        answer["robust"]["outcomes"]["log10_q.radiation"]
        < answer["recommended"]["outcomes"]["log10_q.radiation"]
    )


def test_what_a_yield_costs_is_told(answered):
    """A higher yield has a poorer goal, and the robust design is the first of those that reach nine
    in ten.
    """
    printed, answer = answered
    shares = [place["expected_yield"] for place in answer["bearing"]]
    goals = [place["expected_goal"] for place in answer["bearing"]]
    assert len(shares) >= 3 and shares == sorted(shares) and goals == sorted(goals, reverse=True)
    wanted = next(place for place in answer["bearing"] if place["expected_yield"] >= 0.9)
    assert wanted["values"] == answer["robust"]["values"]
    assert "What a yield costs" in printed


def test_the_front_falls_and_the_alternatives_are_apart(answered):
    answer = answered[1]
    first = [entry["outcomes"]["log10_q.radiation"] for entry in answer["pareto"]]
    second = [entry["outcomes"]["fsr_nm"] for entry in answer["pareto"]]
    assert len(first) >= 3 and first == sorted(first, reverse=True) and second == sorted(second)
    entries = (answer["recommended"], *answer["alternatives"])
    diameters = [entry["values"]["cavity.diameter_um"] for entry in entries]
    gaps = np.abs(np.subtract.outer(diameters, diameters))[~np.eye(len(diameters), dtype=bool)]
    assert len(diameters) >= 2 and gaps.min() > 0.08 * 3.0
    assert all(entry["outcomes"]["fsr_nm"] >= 12.0 for entry in entries)


def test_spreads_are_ranked(answered):
    """sd 0.04 of 6 um moves the cavity by 0.7 %, sd 0.002 of 1.49 its index by 0.13 %."""
    rows = answered[1]["yield"]["sensitivities"]
    assert [row["key"] for row in rows] == ["cavity.diameter_um", "cavity.body.index"]
    assert rows[0]["total"] > rows[1]["total"]


FASTEST = '[goal]\nmaximise = "fsr_nm"\n'


@pytest.mark.parametrize(
    ("text", "place", "hint"),
    [
        (
            '[goal]\nmaximise = "q_totl"',
            "goal.maximise: unknown outcome 'q_totl'; outcomes: ",
            "did you mean 'q_total'?",
        ),
        (
            '[goal]\nmaximise = "confinement.bdy"',
            "unknown outcome 'confinement.bdy'",
            "did you mean 'confinement.body'?",
        ),
        (
            FASTEST + '[second]\nminimise = "mode_volum_um3"',
            "second.minimise: unknown outcome 'mode_volum_um3'; outcomes: ",
            "did you mean 'mode_volume_um3'?",
        ),
        (
            FASTEST + '[derived]\n"cavity.body.index" = "1.4 + cavity.diametr_um / 100"',
            "= '1.4 + cavity.diametr_um / 100': 'cavity.diametr_um' is neither in the design nor "
            "a variable",
            "did you mean 'cavity.diameter_um'?",
        ),
        (
            FASTEST + '[derived]\n"cavity.body.index" = "squrt(cavity.diameter_um)"',
            "derived.\"cavity.body.index\" = 'squrt(cavity.diameter_um)': 'squrt' is not allowed; "
            "functions: ",
            "did you mean 'sqrt'?",
        ),
        (
            FASTEST + '[derived]\n"cavity.body.indx" = "1.5"',
            'derived."cavity.body.indx": unknown key',
            "did you mean 'index'?",
        ),
        (
            FASTEST + '[derived]\n"cavity.body.index" = "-cavity.diameter_um"',
            "derived.\"cavity.body.index\" = '-cavity.diameter_um': -5 and -8 at the ends of the "
            "variables",
            "",
        ),
        (
            FASTEST + "[constraints]\nfsr_nm = { bellow = 12.0 }",
            "constraints.\"fsr_nm\" = {'bellow': 12.0}: ",
            "did you mean 'below'?",
        ),
        (
            FASTEST + "[constraints]\nlog10_q.radiation = { abov = 5.0 }",
            "constraints.\"log10_q.radiation\" = {'abov': 5.0}: ",
            "did you mean 'above'?",
        ),
        (
            FASTEST + "[constraints]\nlog10_q.radiaton = { above = 5.0 }",
            'constraints."log10_q.radiaton": unknown outcome',
            "did you mean 'log10_q.radiation'?",
        ),
        (
            FASTEST + "[spread]\ncavity.diameter_um = { sdd = 0.1 }",
            "spread.\"cavity.diameter_um\" = {'sdd': 0.1}: ",
            "did you mean 'sd'?",
        ),
        (
            FASTEST + "[spread]\ncavity.body.indx = { sd = 0.1 }",
            'spread."cavity.body.indx": unknown key',
            "did you mean 'index'?",
        ),
        (
            FASTEST + "[spread]\ncavity.profile = { sd = 0.1 }",
            'spread."cavity.profile": the design has a text there',
            "",
        ),
        (
            FASTEST + "[spread]\nmodes.radial_orders = { sd = 0.1 }",
            'spread."modes.radial_orders": ',
            "must be a whole number (p = 1 .. radial_orders)",
        ),
        (
            FASTEST + "[variable]",
            "variable: unknown key; allowed: design, ",
            "did you mean 'variables'?",
        ),
    ],
)
def test_a_wrong_name_in_a_goal_is_told_in_one_line_before_anything_is_solved(
    folder, text, place, hint
):
    goal = folder / "goal.toml"
    goal.write_text(VARIABLE + text + "\n")
    (line,) = told("design", goal, "--workers", 1, code=2).stderr.strip().splitlines()
    assert (
        line.startswith("goal.toml: ")
        and place in line
        and line.removesuffix(")").endswith(hint.removesuffix(")"))
    ), line
    assert not (folder / "goal-results").exists()


@pytest.mark.parametrize(
    ("entry", "hint"),
    [
        (
            "cavity.diameter_um = { frm = 5.0, upto = 8.0 }",
            "unknown key 'upto'; allowed: from, to, spacing; did you mean 'to'?",
        ),
        (
            "cavity.diametr_um = { from = 5.0, to = 8.0 }",
            'variables."cavity.diametr_um": unknown key (allowed: ',
        ),
    ],
)
def test_a_wrong_name_among_the_variables_is_told_before_anything_is_solved(folder, entry, hint):
    goal = folder / "goal.toml"
    goal.write_text(f'design = "design.toml"\n[variables]\n{entry}\n{FASTEST}')
    problems = told("design", goal, "--workers", 1, code=2).stderr
    assert (
        hint in problems and "did you mean" in problems and not (folder / "goal-results").exists()
    ), problems


def test_an_outcome_that_no_design_has_is_told_after_the_first_points(folder):
    """Without roughness nothing scatters; whether a design has a loss shows only where it is
    solved.
    """
    goal = folder / "goal.toml"
    goal.write_text(VARIABLE + '[goal]\nmaximise = "log10_q.scattering"\n[search]\nsolves = 14\n')
    printed = told("design", goal, "--workers", 1, code=1).stderr
    assert re.search(r"none of the first \d points has log10_q.scattering", printed), printed


def test_a_goal_that_cannot_be_met(folder):
    limit = "[constraints]\nfsr_nm = { above = 500.0 }\n[search]\nsolves = 8\n"
    (folder / "goal.toml").write_text(VARIABLE + '[goal]\nmaximise = "q_total"\n' + limit)
    said = told("design", folder / "goal.toml", "--workers", 1, code=1).stderr
    assert "no point within the bounds meets all limits (fsr_nm above 500: found" in " ".join(
        said.split()
    )


@pytest.fixture
def spectrum(folder):
    """Peaks solved at 6.05 um with 0.02 nm of noise and a foreign one; their labels."""
    design = folder / "design.toml"
    design.write_text(DESIGN.replace("6.0", "6.05").replace("30.0", "80.0"))
    solved = json.loads(told("modes", design, "--json").stdout)["modes"]
    design.write_text(DESIGN)
    noise = 0.02 * np.random.default_rng(0).standard_normal(len(solved))
    rows = sorted(
        (mode["wavelength_nm"] + shift, mode["label"])
        for mode, shift in zip(solved, noise, strict=True)
    )
    lines = [f"{wavelength:.4f}" for wavelength, _ in rows]
    (folder / "s.csv").write_text("\n".join(["wavelength_nm", *lines, "588.123"]) + "\n")
    return folder / "s.csv", [label for _, label in rows]


def test_fit_finds_the_diameter_of_solved_peaks(folder, spectrum):
    file, labels = spectrum
    options = ("--workers", 1, "--index-sd", "1e-3", "--out", folder / "fit.png", "--json")
    answer = json.loads(told("fit", folder / "design.toml", file, *options).stdout)
    best = answer["candidates"][0]
    assert (
        best["probability"] > 0.9
        and abs(best["diameter_um"] - 6.05) < 3 * best["diameter_error_um"]
    )
    assert [label for label in best["labels"] if label] == labels
    assert best["labels"][answer["peaks_nm"].index(588.123)] is None
    assert (
        answer["prior"]["index_sd"] == 1e-3 and (folder / "fit.png").read_bytes()[:4] == b"\x89PNG"
    )


def test_fit_prints_labels_and_what_the_data_cannot_tell(folder, spectrum):
    file, labels = spectrum
    text = told("fit", folder / "design.toml", file, "--workers", 1, "--index-sd", "1e-3").stdout
    assert "Labellings" in text and "Peaks of the first labelling" in text and "foreign" in text
    assert all(label in text for label in labels)
    assert "diameter over all labellings" in text
    few = folder / "few.csv"
    few.write_text("\n".join(file.read_text().splitlines()[:4]) + "\n")
    text = told(
        "fit", folder / "design.toml", few, "--workers", 1, "--noise", "0.5", "--diameter-sd", "0.3"
    ).stdout
    assert "the data do not single out one labelling" in text
    assert "know the product of diameter and index to" in text


def test_a_single_spacing_implies_a_diameter(folder):
    """The spacing falls as 1/D but for a correction of order m^(-2/3)."""
    at_design = json.loads(
        told("fit", folder / "design.toml", "--spacing", "13.0", "--json").stdout
    )
    solved = at_design["solved_nm"]
    assert at_design["implied_diameter_um"] == pytest.approx(6.0 * solved / 13.0, rel=0.02)
    assert at_design["implied_group_index"] == pytest.approx(
        at_design["solved_group_index"] * solved / 13.0, rel=0.02
    )
    text = told("fit", folder / "design.toml", "--spacing", "13.0").stdout
    assert (
        "measured, if the index is right" in text and "measured, if the diameter is right" in text
    )


@pytest.mark.parametrize(
    ("bounds", "expected"),
    [
        (
            '"cavity.diameter_um" = { from = -5.0, to = 8.0 }',
            'variables."cavity.diameter_um".from = -5: must be greater than 0',
        ),
        (
            '"cavity.roughness_nm" = { from = 1.0, to = 5000.0 }',
            'variables."cavity.roughness_nm".to = 5000: must be at most 1000',
        ),
        (
            '"modes.radial_orders" = { from = 1, to = 2.5 }',
            "must be a whole number (p = 1 .. radial_orders)",
        ),
    ],
)
def test_bounds_outside_what_a_key_allows(folder, bounds, expected):
    goal = folder / "goal.toml"
    goal.write_text(f'design = "design.toml"\n[variables]\n{bounds}\n[goal]\nmaximise = "fsr_nm"\n')
    assert expected in told("design", goal, code=2).stderr


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        ("wavelength\n500\n", "did you mean 'wavelength_nm'"),
        ("wavelength_nm\n500\nfive\n", "line 3: wavelength_nm = 'five'"),
        ("wavelength_nm,polarisation\n500,TN\n501,TM\n502,\n", "polarisation = 'TN'"),
        ("wavelength_nm\n500\n501\n", "2 peaks; a fit needs at least 3"),
    ],
)
def test_bad_spectra(folder, content, expected):
    (folder / "s.csv").write_text(content)
    assert expected in told("fit", folder / "design.toml", folder / "s.csv", code=2).stderr


def test_fit_needs_something_to_fit(folder):
    assert "give SPECTRUM.csv, or --spacing" in told("fit", folder / "design.toml", code=2).stderr
    assert (
        "must be above 0" in told("fit", folder / "design.toml", "--spacing", "-1", code=2).stderr
    )
