"""Goals against a toy whose dense scan is known: the optimum, its limits, the front, the yield."""

import math
import tomllib

import numpy as np
import pytest
from toy_design import evaluate, toy_outcomes

from cavitydesign.errors import InputError, SolverError
from cavitydesign.optimisation.goal_file import load_goal
from cavitydesign.optimisation.optimum import answered
from cavitydesign.optimisation.over_draws import outcomes_over_draws
from cavitydesign.optimisation.robust import RobustDesign, best_of, closer_looks
from cavitydesign.optimisation.trials import Solver
from cavitydesign.study import DesignSchema, SerialExecutor, Store

KEYS = ("cavity.diameter_um", "cavity.roughness_nm", "cavity.axial_radius_um")
DENSE = np.linspace(8.0, 40.0, 401)
MOST_Q = '[goal]\nmaximise = "q_total"\n'
VARIABLE = '[variables]\n"cavity.diameter_um" = { from = 8.0, to = 40.0 }\n'


def read_toml(path):
    return tomllib.loads(path.read_text())


SCHEMA = DesignSchema(
    read_toml,
    read_toml,
    lambda key: None if key in KEYS else f"unknown key; did you mean {KEYS[0]!r}?",
    ("modes", "lase"),
    "1",
)


def goal_of(folder, text, design=""):
    (folder / "design.toml").write_text(
        f"[cavity]\ndiameter_um = 15.0\nroughness_nm = 1.0\n{design}\n[modes]\nwavelength_nm = "
        "537.6\n"
    )
    (folder / "goal.toml").write_text(f'design = "design.toml"\n{text}')
    return load_goal(folder / "goal.toml", SCHEMA)


def answer_of(folder, text, design=""):
    if "[search]" not in text:
        text += "[search]\nsolves = 40\n"
    return answered(Solver(goal_of(folder, text, design), evaluate, SerialExecutor()))


def dense(column):
    return np.array([toy_outcomes(diameter)[column] for diameter in DENSE])


def test_a_rippled_optimum_within_1_percent_of_a_dense_scan_at_a_tenth_of_its_solves(tmp_path):
    """The ripple's own curvature is not missed between trials: the phase of the comb is an input of
    the models.
    """
    answer = answer_of(tmp_path, VARIABLE + '[goal]\nminimise = "threshold_mj_cm2.lasing"\n')
    found, best = answer.best.outcomes["threshold_mj_cm2.lasing"], dense(0).min()
    assert found <= 1.01 * best, f"found {found:.4f}, dense scan {best:.4f}"
    assert answer.solves + answer.moved <= len(DENSE) / 10, (
        f"{answer.solves} solves for a scan of {len(DENSE)}"
    )
    assert answer.limited_by == ("nothing: the optimum lies inside all bounds and limits",)


def test_a_constraint_limits_the_optimum(tmp_path):
    text = (
        '[goal]\nmaximise = "single_mode_probability"\n[constraints]\nthreshold_mj_cm2.lasing = { '
        "below = 3.7 }\n"
    )
    answer = answer_of(tmp_path, VARIABLE + text)
    threshold, single = dense(0), dense(1)
    best = single[threshold <= 3.7].max()
    assert answer.best.outcomes["single_mode_probability"] >= 0.99 * best
    assert answer.best.outcomes["threshold_mj_cm2.lasing"] <= 3.7
    assert answer.limited_by[0].startswith("constraint threshold_mj_cm2.lasing below 3.7")
    assert answer.solves <= len(DENSE) / 10
    low, high = answer.margins["cavity.diameter_um"]
    assert low <= answer.best.values["cavity.diameter_um"] <= high
    assert toy_outcomes(high)[1] >= 0.93 * best


@pytest.mark.parametrize("seed", range(4))
def test_a_feasible_island_that_the_models_deny_is_found(tmp_path, seed):
    """A threshold that jumps down between 10.8 and 11.9 um, and does not exist below 10.2: seen in
    the full physics.
    """

    def jumping(design, task):
        result = evaluate(design, task)
        diameter = design["cavity"]["diameter_um"]
        smooth = 4.0 + 0.1 * (13.5 - diameter) - (0.6 if 10.8 < diameter < 11.9 else 0.0)
        result["lasing"]["threshold_mj_cm2"]["lasing"] = None if diameter < 10.2 else smooth
        return result

    text = (
        VARIABLE
        + '[goal]\nmaximise = "single_mode_probability"\n[constraints]\nthreshold_mj_cm2.lasing = { below = 4.0 }\n'
    )
    goal = goal_of(tmp_path, f"{text}[search]\nsolves = 32\nseed = {seed}\n")
    answer = answered(Solver(goal, jumping, SerialExecutor()))
    best = toy_outcomes(10.8)[1]
    found = answer.best.outcomes["single_mode_probability"]
    assert found >= 0.99 * best, f"found {found:.4f} at {answer.best.values}, best {best:.4f}"


def test_the_front_is_not_beaten_by_any_trial(tmp_path):
    text = '[goal]\nmaximise = "single_mode_probability"\n[second]\nminimise = "mode_volume_um3"\n'
    two = '[goal]\nmaximise = "single_mode_probability"\n[second]\nmaximise = "q_total"\n'
    assert len(answer_of(tmp_path, VARIABLE + text).pareto) == 1, (
        "both goals want the smallest cavity"
    )
    answer = answer_of(tmp_path, VARIABLE + two)
    front = [(e.outcomes["single_mode_probability"], e.outcomes["q_total"]) for e in answer.pareto]
    assert len(front) >= 5
    for entry in answer.trials:
        single, q = entry.outcomes["single_mode_probability"], entry.outcomes["q_total"]
        assert any(a >= single and b >= q for a, b in front)


def test_a_target_is_met(tmp_path):
    answer = answer_of(tmp_path, VARIABLE + '[goal]\ntarget = 4.2\nof = "fsr_nm"\n')
    assert answer.goal.task == "modes"
    assert answer.best.outcomes["fsr_nm"] == pytest.approx(4.2, abs=0.002)


def test_alternatives_are_distinct(tmp_path):
    answer = answer_of(tmp_path, VARIABLE + '[goal]\nminimise = "threshold_mj_cm2.lasing"\n')
    diameters = [e.values["cavity.diameter_um"] for e in (answer.best, *answer.alternatives)]
    gaps = np.abs(np.subtract.outer(diameters, diameters))[~np.eye(len(diameters), dtype=bool)]
    assert len(diameters) >= 3 and gaps.min() > 0.08 * 32


@pytest.mark.slow
def test_yield_by_response_and_by_solves_agree_with_the_toy(tmp_path):
    text = (
        '[goal]\nmaximise = "q_total"\n[constraints]\n"threshold_mj_cm2.lasing" = { below = 3.8 }\n'
        '[spread]\n"cavity.diameter_um" = { sd = 0.2 }\n"cavity.roughness_nm" = { sd = 0.5 }\n'
        "[search]\nsamples = 20000\n"
    )
    answer = answer_of(tmp_path, VARIABLE + text)
    found = answer.yields
    diameter = answer.best.values["cavity.diameter_um"]
    z = np.random.default_rng(0).standard_normal((20_000, 2))
    passed = np.array([toy_outcomes(diameter + 0.2 * a, 1 + 0.5 * b)[0] < 3.8 for a, b in z])
    # The response leaves 2 % of the samples in doubt beside the sampling error of 0.3 %.
    assert found.by_response == pytest.approx(passed.mean(), abs=0.03)
    assert found.agree and abs(found.by_solves - passed.mean()) < 3 * found.by_solves_error
    exact = {"cavity.diameter_um": 24.0 * 0.2, "cavity.roughness_nm": 0.0}
    tornado = {row.key: row.high - row.low for row in found.sensitivities}
    assert tornado["cavity.diameter_um"] == pytest.approx(2 * exact["cavity.diameter_um"], rel=0.05)


def test_draws_of_a_calibration_are_told_apart_from_fabrication(tmp_path):
    gains = np.random.default_rng(2).lognormal(np.log(1000.0), 0.3, 48)
    rows = "\n".join(f"{gain:.8g}" for gain in gains)
    (tmp_path / "samples.csv").write_text(f"gain.peak_gain_per_cm\n{rows}\n")
    text = (
        '[goal]\nmaximise = "q_total"\n[constraints]\n"threshold_mj_cm2.lasing" = { below = 3.8 }\n'
        '[spread]\n"cavity.roughness_nm" = { sd = 1.5 }\n'
    )
    goal = goal_of(tmp_path, VARIABLE + text, '[gain]\nsamples = "samples.csv"\n')
    assert "samples" not in goal.design["gain"]  # the search holds the design's own constants
    nominal = {"cavity.diameter_um": 18.0, "cavity.roughness_nm": 1.0}
    found = outcomes_over_draws(Solver(goal, evaluate, SerialExecutor()), nominal)
    thresholds = toy_outcomes(18.0)[0] * (1000.0 / gains) ** (1 / 3)
    # the table of draws has eight digits
    told = found.outcomes["threshold_mj_cm2.lasing"]
    assert told["p50"] == pytest.approx(np.median(thresholds), rel=1e-7)
    assert told["p84"] == pytest.approx(np.quantile(thresholds, 0.84), rel=1e-7)
    assert found.holds == pytest.approx(np.mean(thresholds <= 3.8))
    # roughness only raises the threshold of the toy, by 0.1 (r - 1)^2: with it fewer hold
    z = np.random.default_rng(1).standard_normal((400, 1))
    both = thresholds + 0.1 * (1.5 * z) ** 2 * (thresholds / toy_outcomes(18.0)[0])
    right = np.mean(both <= 3.8)
    assert found.holds_with_spreads == pytest.approx(right, abs=3 * found.holds_with_spreads_error)
    assert found.holds_with_spreads < found.holds
    assert found.to_json_dict()["draws"] == 48


@pytest.mark.slow
def test_the_robust_design_bears_its_spread(tmp_path):
    """At the edge of the limit most cavities fail; the robust design keeps nine in ten at a known
    cost.
    """
    text = (
        '[goal]\nmaximise = "single_mode_probability"\n[constraints]\n"threshold_mj_cm2.lasing" = '
        "{ below = 4.0 }\n"
        '[spread]\n"cavity.diameter_um" = { sd = 0.2 }\n'
    )
    answer = answer_of(tmp_path, VARIABLE + text)
    rng = np.random.default_rng(3)

    def kept(diameter):
        return np.mean(
            [toy_outcomes(diameter + 0.2 * z)[0] <= 4.0 for z in rng.standard_normal(2000)]
        )

    edge, robust = (entry.values["cavity.diameter_um"] for entry in (answer.best, answer.robust))
    assert kept(edge) < 0.6
    # The models, asked for 0.9, are some hundredths too hopeful where no trial stands; the full
    # solves are honest.
    share, error = answer.robust_yield
    assert kept(robust) > 0.8 and abs(kept(robust) - share) < 3 * error
    assert toy_outcomes(robust)[1] > 0.8 * toy_outcomes(edge)[1]


def test_a_place_that_all_but_bears_its_spread_at_a_better_goal_is_looked_at_again():
    """As about 11.4 um of the shipped goal: 0.88 far from the centre of the response, 0.92 once
    looked at from near by.
    """

    def group(*rows):
        return [
            RobustDesign({"cavity.diameter_um": diameter}, share, loss)
            for diameter, share, loss in rows
        ]

    edge = group((10.8, 0.30, -0.857), (11.08, 0.61, -0.850))
    near = group((11.2, 0.72, -0.845), (11.37, 0.877, -0.838), (11.49, 0.873, -0.832))
    safe = group((13.9, 0.83, -0.650), (13.95, 0.90, -0.645), (14.3, 0.998, -0.616))
    chosen = best_of(edge + near + safe)
    assert chosen.values["cavity.diameter_um"] == 13.95
    looks = closer_looks([edge, near, safe], chosen)
    assert [place.values["cavity.diameter_um"] for place in looks] == [11.37]
    again = group((11.48, 0.918, -0.831), (11.59, 0.904, -0.824))
    assert best_of(edge + near + safe + again).values["cavity.diameter_um"] == 11.48


def test_sobol_indices_of_a_product(tmp_path):
    """q = 24 D / (1 + 0.2 (s - 1)^2): first-order and total shares against direct integration by
    Monte Carlo.
    """
    text = (
        '[goal]\nmaximise = "q_total"\n'
        '[spread]\n"cavity.diameter_um" = { sd = 2.0 }\n"cavity.roughness_nm" = { sd = 1.0 '
        "}\n[search]\nsolves = 14\n"
    )
    found = answer_of(tmp_path, VARIABLE.replace("40.0", "20.0") + text).yields
    rng = np.random.default_rng(1)
    nominal = 20.0
    diameter, roughness = nominal + 2.0 * rng.standard_normal(4000), 1 + rng.standard_normal(4000)
    of_diameter = 24 * diameter
    of_roughness = 1 / (1 + 0.2 * (roughness - 1) ** 2)
    variance = np.var(np.outer(of_diameter[:1000], of_roughness[:1000]))
    expected = np.var(of_diameter) * np.mean(of_roughness) ** 2 / variance
    row = next(row for row in found.sensitivities if row.key == "cavity.diameter_um")
    assert row.first == pytest.approx(expected, abs=0.05) and row.total >= row.first - 0.02


@pytest.mark.slow
def test_the_search_goes_on_where_it_stopped(tmp_path):
    goal = goal_of(tmp_path, VARIABLE + '[goal]\nminimise = "threshold_mj_cm2.lasing"\n')
    calls = []

    def counted(design, task):
        calls.append(design)
        return evaluate(design, task)

    first = answered(Solver(goal, counted, SerialExecutor()))
    solved = len(calls)
    again = answered(Solver(goal, counted, SerialExecutor()))
    assert again.to_json_dict() == first.to_json_dict()
    assert len(calls) == solved + 1, "only the solve at higher accuracy is not stored"
    assert len(Store(goal.store)) == solved - 1 > first.solves


def test_margins_end_where_the_limit_does(tmp_path):
    """The threshold of the toy against its limit along the diameter, by bisection; Q falls by less
    than 5 % there.
    """
    text = (
        '[goal]\nmaximise = "single_mode_probability"\n[constraints]\n"threshold_mj_cm2.lasing" = '
        "{ below = 3.9 }\n"
    )
    answer = answer_of(tmp_path, VARIABLE + text)
    best = answer.best.values["cavity.diameter_um"]
    low, high = answer.margins["cavity.diameter_um"]
    line = np.linspace(best - 3, best + 3, 60_001)
    threshold, single = np.array([toy_outcomes(diameter)[:2] for diameter in line]).T
    holds = (threshold <= 3.9) & (single >= 0.95 * answer.best.outcomes["single_mode_probability"])
    at = int(np.argmin(np.abs(line - best)))
    below, above = at - int(np.argmin(holds[at::-1])), at + int(np.argmin(holds[at:]))
    assert low == pytest.approx(line[below], abs=0.03) and high == pytest.approx(
        line[above], abs=0.03
    )


def test_failed_solves_are_told_and_survived(tmp_path):
    answer = answer_of(
        tmp_path, VARIABLE + '[goal]\nminimise = "threshold_mj_cm2.lasing"\n', "thickest_um = 30.0"
    )
    assert math.isfinite(answer.best.outcomes["threshold_mj_cm2.lasing"])
    assert any("too thick for the toy" in warning for warning in answer.warnings)


def test_an_impossible_goal_says_what_was_found(tmp_path):
    text = (
        MOST_Q
        + '[constraints]\n"threshold_mj_cm2.lasing" = { below = 1.0 }\n[search]\nsolves = 14\n'
    )
    with pytest.raises(SolverError, match=r"threshold_mj_cm2.lasing below 1: found 3\.\d+ to"):
        answer_of(tmp_path, VARIABLE + text)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            '[variables]\n"cavity.diametr_um" = { from = 1, to = 2 }\n' + MOST_Q,
            "did you mean 'cavity.diameter_um'",
        ),
        ('[variables]\n"cavity.diameter_um" = { from = 3, to = 2 }\n' + MOST_Q, "bounds reversed"),
        (MOST_Q, "variables: missing"),
        (VARIABLE + '[goal]\nmaximise = "q_totl"', "did you mean 'q_total'?"),
        (VARIABLE + '[goal]\nmaximise = "q_total"\nminimise = "fsr_nm"', "exactly one of"),
        (VARIABLE + "[goal]\ntarget = 4.2", "name of an outcome is needed"),
        (VARIABLE + '[goal]\nmaximize = "q_total"', "did you mean 'maximise'?"),
        (VARIABLE + MOST_Q + "[constraints]\nfsr_nm = { under = 4.0 }", "{ below = number }"),
        (
            VARIABLE + MOST_Q + "[constraints]\nfsr_nm = { below = 4.0, above = 5.0 }",
            "bounds reversed",
        ),
        (
            VARIABLE + MOST_Q + '[spread]\n"cavity.diameter_um" = { sd = -1.0 }',
            "sd = number above 0",
        ),
        (VARIABLE + MOST_Q + "[search]\nsolve = 3", "did you mean 'solves'?"),
        (VARIABLE + MOST_Q + "[goals]\n", "did you mean 'goal'?"),
    ],
)
def test_bad_goal_files(tmp_path, text, expected):
    with pytest.raises(InputError) as caught:
        goal_of(tmp_path, text)
    told = "\n".join(caught.value.problems)
    assert expected in told and "goal.toml" in told, told
