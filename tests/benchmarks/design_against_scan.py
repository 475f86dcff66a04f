"""The shipped goal against a dense scan of the same variable with full physics: best objective and solves of each.

    python tests/benchmarks/design_against_scan.py [points] [workers]

Nothing is asserted here; the figures go into docs/design-and-fit.md.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
from dataclasses import replace
from pathlib import Path

for _name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ.setdefault(_name, "1")

GOAL = Path(__file__).parents[2] / "studies" / "design" / "single-mode-below-4-mj.toml"


def main() -> None:
    """Search, scan, compare."""
    from cavitydesign.design.answer import answered
    from cavitydesign.design.goal_file import load_goal
    from cavitydesign.design.outcome import outcomes
    from cavitydesign.design.search import Solver
    from cavitydesign.study import Axis, ProcessExecutor, Store, Study, run_study
    from cavitydesign.study.run import fingerprints
    from cavitydesign.survey import WORKER_MODULES, design_schema, evaluate_point

    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("points", type=int, nargs="?", default=320)
    parser.add_argument("workers", type=int, nargs="?", default=2)
    given = parser.parse_args()
    executor = ProcessExecutor(given.workers, WORKER_MODULES)

    def progress(message: str, fraction: float) -> None:
        print(f"\r{fraction:4.0%} {message:70.70}", end="", file=sys.stderr, flush=True)

    with tempfile.TemporaryDirectory() as folder:
        goal = replace(load_goal(GOAL, design_schema()), store=Path(folder) / "goal", spread={})
        answer = answered(Solver(goal, evaluate_point, executor, progress=progress))
        (key, bounds), *_ = goal.variables.items()
        import numpy as np

        values = bounds.at(np.linspace(0, 1, given.points)).tolist()
        axis = Axis((key,), tuple((value,) for value in values))
        scan = Study(goal.design, goal.task, (axis,), goal.version, Path(folder) / "scan", goal.derived)
        run_study(scan, evaluate_point, executor, progress=progress)
        names = fingerprints(scan, range(len(scan)))
        records = Store(scan.store).records(names.values())
    best, place = float("inf"), None
    for index, name in names.items():
        record = records[name]
        if record.error:
            continue
        found = outcomes(record.result, goal.task, goal.wavelength_nm)
        numbers = {name: found[name] for name in goal.outcome_names}
        if any(value is None for value in numbers.values()):
            continue
        known = {name: float(value) for name, value in numbers.items() if value is not None}
        if goal.violation(known) <= 0 and goal.objective.loss(known[goal.objective.outcome]) < best:
            best, place = goal.objective.loss(known[goal.objective.outcome]), (values[index], known)
    reached = goal.objective.loss(answer.best.outcomes[goal.objective.outcome])
    print(f"\nscan of {given.points}: {place}")
    print(f"search of {answer.solves} solves: {answer.best.values}, {[answer.best.outcomes[n] for n in goal.outcome_names]}")
    print(f"search against scan: {100 * (reached - best) / abs(best):+.2f} % of the objective (negative is better)")


if __name__ == "__main__":
    main()
