"""Design goals against dense scans of the same variables with full physics, and yields by fast
models against many full solves.

    python tests/benchmarks/design_against_scan.py [--workers N] [--only NAME] [--seeds N] [--folder
    FOLDER]

Goals of the same variables share one scan; with --folder nothing is solved twice, in another run
neither. Nothing is asserted here; the figures go into docs/design-and-fit.md.
"""

from __future__ import annotations

import argparse
import functools
import itertools
import os
import sys
import tempfile
import time
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

for _name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ.setdefault(_name, "1")

if TYPE_CHECKING:
    from cavitydesign.optimisation.goal import Goal
    from cavitydesign.study import Executor

STUDIES = Path(__file__).parents[2] / "studies" / "design"
DIAMETER = """design = "bottle.toml"
[variables]
"cavity.diameter_um" = { from = 8.0, to = 40.0, spacing = "geometric" }
[derived]
"cavity.axial_radius_um" = "4 * cavity.diameter_um"
"""
SPREADS = """[spread]
"cavity.diameter_um" = { sd = 0.2 }
"cavity.body.index_offset" = { sd = 0.002 }
"""
GOALS = {
    # The shipped goal.
    "single": (
        DIAMETER
        + '[goal]\nmaximise = "single_mode_probability"\n[constraints]\n"threshold_mj_cm2.lasing" = { below = 4.0 }\n',
        (601,),
    ),
    # A threshold, which ripples with every azimuthal order, under a constraint.
    "threshold": (
        DIAMETER
        + '[goal]\nminimise = "threshold_mj_cm2.lasing"\n[constraints]\n"single_mode_probability" = { above = 0.5 }\n',
        (601,),
    ),
    # The suppression of the second mode, which ripples from nothing to all with every azimuthal
    # order.
    "suppression": (
        DIAMETER
        + '[goal]\nmaximise = "side_mode_suppression_db"\n[constraints]\n"threshold_mj_cm2.lasing" = { below = 4.0 }\n',
        (601,),
    ),
    # Another outcome of the laser under the same limit.
    "pulse": (
        DIAMETER
        + '[goal]\nminimise = "pulse_fwhm_ps"\n[constraints]\n"threshold_mj_cm2.lasing" = { below = 4.0 }\n',
        (601,),
    ),
    # A target, modes alone.
    "spacing": (DIAMETER + '[goal]\ntarget = 4.2\nof = "fsr_nm"\n', (601,)),
    # Two variables, modes alone.
    "volume": (
        """design = "bottle.toml"
[variables]
"cavity.diameter_um" = { from = 5.0, to = 15.0 }
"cavity.axial_radius_um" = { from = 10.0, to = 200.0, spacing = "geometric" }
[goal]
minimise = "mode_volume_um3"
[constraints]
"log10_q.radiation" = { above = 8.0 }
""",
        (60, 25),
    ),
}
YIELDS = {
    "lasing threshold below 3.65 mJ/cm2 at 11.00 um": (
        '[goal]\nmaximise = "single_mode_probability"\n[constraints]\n"threshold_mj_cm2.lasing" = '
        "{ below = 3.65 }\n",
        11.0,
        200,
    ),
    "lasing threshold below 3.45 mJ/cm2 at 12.00 um": (
        '[goal]\nmaximise = "single_mode_probability"\n[constraints]\n"threshold_mj_cm2.lasing" = '
        "{ below = 3.45 }\n",
        12.0,
        200,
    ),
    "gain = loss below 2.74 mJ/cm2 at 15 um": (
        '[goal]\nmaximise = "fsr_nm"\n[constraints]\n"gain_equals_loss_mj_cm2" = { below = 2.74 '
        "}\n",
        15.0,
        1000,
    ),
    "spacing above 4.08 nm at 15 um": (
        '[goal]\nmaximise = "q_total"\n[constraints]\n"fsr_nm" = { above = 4.08 }\n',
        15.0,
        1000,
    ),
}


def progress(message: str, fraction: float) -> None:
    """One line that is written over, where somebody looks."""
    if sys.stderr.isatty():
        print(f"\r{fraction:4.0%} {message:70.70}", end="", file=sys.stderr, flush=True)


def goal_of(folder: Path, name: str, text: str) -> Goal:
    """A goal beside the shipped design, its store in a folder of its own."""
    from cavitydesign.optimisation.goal_file import load_goal
    from cavitydesign.workflow.study_point import design_schema

    (folder / "bottle.toml").write_text((STUDIES / "bottle.toml").read_text())
    file = folder / f"{name}.toml"
    file.write_text(text)
    return load_goal(file, design_schema())


def compared(folder: Path, name: str, executor: Executor, seeds: int) -> None:
    """Scan, search from each seed, and print the best of each."""
    from cavitydesign.optimisation.models.linear import linearised
    from cavitydesign.optimisation.optimum import best_trials
    from cavitydesign.optimisation.trials import Solver
    from cavitydesign.workflow.study_point import evaluate_point

    text, points = GOALS[name]
    goal = goal_of(folder, name, text)
    print(f"{name}: {goal.objective.words}, {', '.join(limit.words for limit in goal.limits)}")
    best, values, known = scanned(
        replace(goal, store=folder / f"scan-{goal.task}"), points, executor
    )
    print(f"  scan of {' x '.join(map(str, points))}: {values}, {known}", flush=True)
    for seed in range(seeds):
        start = time.process_time()
        solver = Solver(
            replace(goal, seed=seed),
            evaluate_point,
            executor,
            functools.partial(linearised, folder=folder),
            progress,
        )
        trials = best_trials(solver)
        place = trials.best()
        assert place is not None, "no trial meets the limits"
        reached = float(trials.losses()[place])
        share = 100 * (reached - best) / goal.objective.size(best)
        print(
            f"  seed {seed}: {len(trials) + trials.beside} solves, {trials.moved} moved designs:"
            f" {solver.design_values(trials.cube[place : place + 1])[0]}, "
            f"{goal.objective.value(reached):.6g};"
            f" against the scan {share:+.3f} % (negative is better); "
            f"{time.process_time() - start:.1f} s of processor time",
            flush=True,
        )


def scanned(
    goal: Goal, points: tuple[int, ...], executor: Executor
) -> tuple[float, dict[str, float], dict[str, float]]:
    """The least loss of a grid of full solves, where it is, and its outcomes."""
    import numpy as np

    from cavitydesign.optimisation.outcome import outcomes
    from cavitydesign.study import Axis, Store, Study, run_study
    from cavitydesign.study.study_run import fingerprints
    from cavitydesign.workflow.study_point import evaluate_point

    columns = [
        bounds.at(np.linspace(0, 1, count)).tolist()
        for bounds, count in zip(goal.variables.values(), points, strict=True)
    ]
    rows = tuple(itertools.product(*columns))
    study = Study(
        goal.design,
        goal.task,
        (Axis(tuple(goal.variables), rows),),
        goal.version,
        goal.store,
        goal.derived,
    )
    run_study(study, evaluate_point, executor, progress=progress)
    names = fingerprints(study, range(len(study)))
    records = Store(study.store).records(names.values())
    best: tuple[float, dict[str, float], dict[str, float]] = (float("inf"), {}, {})
    for index, name in names.items():
        if records[name].error:
            continue
        found = outcomes(records[name].result, goal.task, goal.wavelength_nm)
        known = {
            name: value for name in goal.outcome_names if (value := found.get(name)) is not None
        }
        if len(known) < len(goal.outcome_names) or goal.violation(known) > 0:
            continue
        loss = goal.objective.loss(known[goal.objective.outcome])
        if loss < best[0]:
            best = (loss, dict(zip(goal.variables, rows[index], strict=True)), known)
    return best


def yields(folder: Path, executor: Executor) -> None:
    """Yields by a response, by derivatives and by many full solves."""
    from cavitydesign.optimisation.models.linear import linearised
    from cavitydesign.optimisation.tolerance import yield_about
    from cavitydesign.optimisation.trials import Solver
    from cavitydesign.workflow.study_point import evaluate_point

    for number, (name, (text, diameter, checks)) in enumerate(YIELDS.items()):
        goal = replace(goal_of(folder, f"yield-{number}", DIAMETER + text + SPREADS), checks=checks)
        solver = Solver(
            goal, evaluate_point, executor, functools.partial(linearised, folder=folder), progress
        )
        start = time.process_time()
        found = yield_about(
            solver, {"cavity.diameter_um": diameter, "cavity.body.index_offset": 0.0}
        )
        seconds = time.process_time() - start
        print(
            f"{name}: response {found.by_response:.4f} +- {found.by_response_error:.4f}, "
            f"derivatives {found.by_derivatives}"
            f" +- {found.by_derivatives_error}, {checks} full solves {found.by_solves:.4f} +- "
            f"{found.by_solves_error:.4f};"
            f" agree: {found.agree}; r.m.s. errors: response {found.prediction_error}, "
            f"derivatives {found.derivative_error};"
            f" {seconds:.1f} s of processor time beside the workers",
            flush=True,
        )


def main() -> None:
    """Print all comparisons."""
    from cavitydesign.study import ProcessExecutor, SerialExecutor
    from cavitydesign.workflow.study_point import WORKER_MODULES

    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--only", choices=(*GOALS, "yield"))
    parser.add_argument("--seeds", type=int, default=1)
    parser.add_argument("--folder", type=Path, help="keeps what is solved")
    given = parser.parse_args()
    executor: Executor = (
        SerialExecutor() if given.workers == 1 else ProcessExecutor(given.workers, WORKER_MODULES)
    )
    with tempfile.TemporaryDirectory() as temporary:
        folder = given.folder or Path(temporary)
        folder.mkdir(exist_ok=True)
        for name in GOALS:
            if given.only in (None, name):
                compared(folder, name, executor, given.seeds)
        if given.only in (None, "yield"):
            yields(folder, executor)


if __name__ == "__main__":
    main()
