"""From a goal to its answer: search, check at higher accuracy, and say what the answer is worth."""

from __future__ import annotations

import copy
import math
from collections.abc import Mapping
from dataclasses import replace

import numpy as np

from ..dotted import number_at
from ..errors import SolverError
from .design_answer import DesignAnswer, Recommended
from .goal import Goal
from .last_steps import refine, round_cost
from .margins import margins
from .models.expectation import expected_loss, model_optimum
from .outcome import outcomes
from .over_draws import outcomes_over_draws
from .robust import RobustDesign, best_of, robust_designs
from .search import searched
from .tolerance import YieldAnswer, checked_yield, yield_about
from .total_progress import TotalProgress
from .trials import Solver, Trials, alternatives_to, distinct, front_of, response_of

# share of a limit, or of the bounds, within which it is said to hold the optimum back
_ACTIVE = 0.02
# Weights of the second goal at which the front between two goals is filled, the ends apart: they
# are the optima of either goal.
_COMPROMISES = (0.15, 0.35, 0.55, 0.75, 0.9)
_FINER = 0.01  # of accuracy and tolerance, for the check of the answer: its numbers must not move


def answered(solver: Solver) -> DesignAnswer:
    """Search, check at higher accuracy, and say what the answer is worth.

    Parameters
    ----------
    solver : Solver

    Raises
    ------
    SolverError
        If no design within the bounds meets the limits.
    """
    goal = solver.goal
    if solver.progress is not None:
        solver = replace(solver, progress=TotalProgress(solver.progress))
    trials = best_trials(solver)
    trial = trials.best()
    if trial is None:
        raise SolverError(_why_none(trials))
    bearing = robust_designs(solver, trials)
    robust = _solved_at(solver, best_of(bearing)) if bearing else None
    best = _recommended(solver, trials, trial)
    solver.tell("the optimum once more, at higher accuracy", 0.9)
    checked = _checked(solver, best)
    yields, robust_yield = None, None
    if robust is not None:
        robust_yield = checked_yield(solver, {**_nominal(goal), **robust.values})
    told = robust or best
    drawn = outcomes_over_draws(solver, {**_nominal(goal), **told.values})
    if goal.spread:
        yields = yield_about(solver, {**_nominal(goal), **best.values})
    return DesignAnswer(
        goal=goal,
        best=best,
        checked=checked,
        margins=margins(solver, best.values),
        limited_by=_limited_by(goal, best),
        pareto=tuple(_recommended(solver, trials, p) for p in front_of(trials)),
        alternatives=tuple(_recommended(solver, trials, p) for p in alternatives_to(trials, trial)),
        trials=tuple(
            _recommended(solver, trials, p) for p in range(len(trials)) if not trials.errors[p]
        ),
        solves=len(trials) + trials.beside,
        moved=trials.moved,
        yields=yields,
        robust=robust,
        robust_yield=robust_yield,
        bearing=bearing,
        warnings=_warnings(goal, best, checked, yields, trials),
        drawn=drawn,
    )


def best_trials(solver: Solver) -> Trials:
    """All trials of a search within the goal's budget: the global search, its last steps, and the
    Pareto front.
    """
    goal = solver.goal
    compromises = 0 if goal.second is None else len(_COMPROMISES)
    last = 0 if solver.linearise is None else round_cost(goal)
    trials = searched(solver, max(goal.solves - compromises - last, goal.solves // 2))
    refine(solver, trials, goal.solves - compromises)
    if goal.second is not None and trials.best() is not None:
        _fill_front(solver, trials)
    return trials


def _recommended(solver: Solver, trials: Trials, trial: int) -> Recommended:
    values = solver.design_values(trials.cube[trial : trial + 1])[0]
    return Recommended(dict(zip(trials.goal.variables, values, strict=True)), trials.values[trial])


def _solved_at(solver: Solver, design: RobustDesign) -> Recommended | None:
    """A full solve of a design, None if it fails."""
    values = dict(design.values)
    found, _, error = solver.solve(
        "the design that bears its spreads", tuple(values), [tuple(values.values())]
    )[0]
    return None if error else Recommended(values, found)


def _fill_front(solver: Solver, trials: Trials) -> None:
    """Full solves where the models expect compromises between the two goals."""
    response = response_of(trials)
    rng = np.random.default_rng(trials.goal.seed + 5)
    cube = np.concatenate([trials.cube, rng.random((1024, trials.cube.shape[1]))])
    goal = trials.goal
    assert goal.second is not None
    scales = [
        float(np.ptp(expected_loss(o, response, cube)[0])) or 1.0
        for o in (goal.objective, goal.second)
    ]
    points = [
        model_optimum(
            goal, response, cube, {"first": share / scales[0], "second": (1 - share) / scales[1]}
        )
        for share in _COMPROMISES
    ]
    fresh = distinct(trials, np.array(points), 1e-3)[: max(goal.solves - trials.spent, 0)]
    if len(fresh):
        solver.extend("compromises of the two goals", trials, fresh)


def _checked(solver: Solver, best: Recommended) -> dict[str, float]:
    """Outcomes at a hundredfold accuracy of the wavelengths and a finer light curve."""
    goal = solver.goal
    study = solver.study(tuple(best.values), [tuple(best.values.values())])
    design = copy.deepcopy(study.design_at(study.point(0)))
    asked = design["modes"].get("relative_accuracy", 1e-6)
    design["modes"]["relative_accuracy"] = max(_FINER * float(asked), 1e-9)
    if goal.task == "lase":
        lasing = design.setdefault("lasing", {})
        lasing["relative_tolerance"] = max(
            _FINER * float(lasing.get("relative_tolerance", 1e-4)), 1e-8
        )
        lasing["fluences"] = 2 * int(lasing.get("fluences", 60))
    result = solver.evaluate(design, goal.task)
    found = outcomes(result, goal.task, goal.wavelength_nm)
    return {name: math.nan if value is None else value for name, value in found.items()}


def _limited_by(goal: Goal, best: Recommended) -> tuple[str, ...]:
    told = []
    for limit in goal.limits:
        value = best.outcomes[limit.outcome]
        for bound in (limit.below, limit.above):
            if bound is not None and abs(value - bound) <= _ACTIVE * max(abs(bound), 1e-12):
                told.append(f"constraint {limit.words}: {value:.5g}")
    for key, bounds in goal.variables.items():
        for word, end in (("lower", bounds.low), ("upper", bounds.high)):
            if abs(best.values[key] - end) <= _ACTIVE * (bounds.high - bounds.low):
                told.append(f"{word} bound of {key}: {end:g}")
    return tuple(told) or ("nothing: the optimum lies inside all bounds and limits",)


def _nominal(goal: Goal) -> dict[str, float]:
    """Values in the base design of keys that scatter."""
    return {key: number_at(goal.design, key) for key in goal.spread}


def _why_none(trials: Trials) -> str:
    goal = trials.goal
    told = []
    for limit in goal.limits:
        column = trials.column(limit.outcome)
        if np.isfinite(column).any():
            told.append(f"{limit.words}: found {np.nanmin(column):.5g} to {np.nanmax(column):.5g}")
    failed = sum(bool(error) for error in trials.errors)
    also = (
        f"; {failed} of {len(trials)} solves failed, such as: {next(e for e in trials.errors if e)}"
        if failed
        else ""
    )
    return (
        f"design: no point within the bounds meets all limits ({'; '.join(told)}){also}. Widen "
        "bounds or limits"
    )


def _warnings(
    goal: Goal,
    best: Recommended,
    checked: Mapping[str, float],
    yields: YieldAnswer | None,
    trials: Trials,
) -> tuple[str, ...]:
    told = []
    first, again = best.outcomes[goal.objective.outcome], checked[goal.objective.outcome]
    if not abs(again - first) <= 0.01 * max(abs(first), 1e-12):
        told.append(
            f"at higher accuracy {goal.objective.outcome} is {again:.6g} instead of {first:.6g}"
        )
    if goal.violation(checked) > 1e-3:
        told.append("at higher accuracy the optimum breaks a limit that it met in the search")
    if yields is not None and not yields.agree:
        fast = f"by the response {yields.by_response:.3f}"
        if yields.by_derivatives is not None:
            fast += f", by derivatives {yields.by_derivatives:.3f}"
        told.append(
            f"yields disagree: {fast}, by full solves {yields.by_solves:.3f}; believe the full "
            "solves"
        )
    failed = sum(bool(error) for error in trials.errors)
    if failed:
        told.append(
            f"{failed} of {len(trials)} solves failed, such as: "
            f"{next(e for e in trials.errors if e)}"
        )
    return tuple(told)
