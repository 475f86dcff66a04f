"""The answer to a goal: what to build, how sure, what limits it, and what else would do."""

from __future__ import annotations

import copy
import html
import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from ..columns.plain_words import design_in_words
from ..dotted import number_at
from ..errors import SolverError
from ..markup import html_table
from .goal import Goal
from .margins import margins
from .models.expectation import expected_loss, model_optimum
from .outcome import outcomes
from .over_draws import DrawnOutcomes, over_draws
from .refine import refine, round_cost
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


@dataclass(frozen=True)
class Recommended:
    """One design.

    Attributes
    ----------
    values : mapping of str to float
        Of the variables.
    outcomes : mapping of str to float
    """

    values: Mapping[str, float]
    outcomes: Mapping[str, float]


@dataclass(frozen=True, repr=False)
class DesignAnswer:
    """Answer to a goal.

    Attributes
    ----------
    goal : Goal
    best : Recommended
        As found by the search.
    checked : mapping of str to float
        Outcomes of the same values at a hundredfold accuracy.
    margins : mapping of str to tuple of float
        Range of each variable, the others fixed, that keeps the goal within 5 % and all limits, by
        full solves along it.
    limited_by : tuple of str
        What stands in the way of more.
    pareto : tuple of Recommended
        Trials that no other beats in both goals.
    alternatives : tuple of Recommended
        Next-best designs that differ from the best and from one another.
    trials : tuple of Recommended
        All full solves of the search.
    solves : int
        Full solves of the search, failed ones and those for derivatives included.
    moved : int
        Designs of the search judged from modes moved by their derivatives, for which no field was
        solved.
    yields : YieldAnswer or None
        About the best design.
    robust : Recommended or None
        The best design that meets the limits nine times in ten under the spreads, by models about
        it.
    robust_yield : tuple of float or None
        Share of full solves about it that meet all limits, and its error.
    bearing : tuple of RobustDesign
        What a yield costs: the best design for each of some yields, by the models about them.
    warnings : tuple of str
    drawn : DrawnOutcomes or None
        The robust design, or else the best, over the draws of a calibration; None without any.

    Examples
    --------
    >>> import cavitydesign as cd
    >>> asked = {"wavelength_nm": 650.0, "azimuthal_order": 40, "polarisation": "TM"}
    >>> ball = cd.sphere(diameter_um=6.0, body={"index": 1.5}, **asked)
    >>> goal = {
    ...     "variables": {"cavity.diameter_um": {"from": 5.5, "to": 7.5}},
    ...     "goal": {"target": 600.0, "of": "wavelength_nm"},
    ...     "search": {"solves": 8},
    ... }
    >>> found = cd.optimise(goal, ball)
    >>> abs(found.best.outcomes["wavelength_nm"] - 600.0) < 2.0
    True
    """

    goal: Goal
    best: Recommended
    checked: Mapping[str, float]
    margins: Mapping[str, tuple[float, float]]
    limited_by: tuple[str, ...]
    pareto: tuple[Recommended, ...]
    alternatives: tuple[Recommended, ...]
    trials: tuple[Recommended, ...]
    solves: int
    moved: int
    yields: YieldAnswer | None
    robust: Recommended | None
    robust_yield: tuple[float, float] | None
    bearing: tuple[RobustDesign, ...]
    warnings: tuple[str, ...]
    drawn: DrawnOutcomes | None = None

    def __repr__(self) -> str:
        """The answer in one sentence."""
        return f"DesignAnswer: {design_in_words(self.to_json_dict())}"

    def _repr_html_(self) -> str:
        """The same with the best designs, for notebooks."""
        names = (*self.best.values, *self.goal.outcome_names)
        told = [("best", self.best), ("bears the spreads", self.robust)]
        told += [("also good", one) for one in self.alternatives]
        rows = []
        for words, one in told:
            if one is not None:
                numbers = {**one.values, **one.outcomes}
                rows.append([words, *(f"{numbers.get(name, math.nan):.6g}" for name in names)])
        return f"<p>{html.escape(repr(self))}</p>{html_table(('', *names), rows)}"

    def to_json_dict(self) -> dict[str, Any]:
        """The JSON of ``design``."""
        goal = self.goal

        def plain(entry: Recommended) -> dict[str, Any]:
            return {"values": dict(entry.values), "outcomes": _finite(entry.outcomes)}

        return {
            "schema": 1,
            "goal": goal.objective.words,
            "second": None if goal.second is None else goal.second.words,
            "constraints": [limit.words for limit in goal.limits],
            "limits": [
                {"outcome": limit.outcome, "below": limit.below, "above": limit.above}
                for limit in goal.limits
            ],
            "target": goal.objective.target,
            "recommended": plain(self.best),
            "checked_outcomes": _finite(self.checked),
            "margins": {key: list(margin) for key, margin in self.margins.items()},
            "limited_by": list(self.limited_by),
            "pareto": [plain(entry) for entry in self.pareto],
            "alternatives": [plain(entry) for entry in self.alternatives],
            "trials": [plain(entry) for entry in self.trials],
            "solves": self.solves,
            "moved": self.moved,
            "yield": None if self.yields is None else self.yields.to_json_dict(),
            "robust": None if self.robust is None else plain(self.robust),
            "robust_yield": None if self.robust_yield is None else list(self.robust_yield),
            "bearing": [
                {
                    "values": dict(design.values),
                    "expected_yield": design.expected_yield,
                    "expected_goal": goal.objective.value(design.expected_loss),
                }
                for design in self.bearing
            ],
            "warnings": list(self.warnings),
            **({} if self.drawn is None else {"calibrated": self.drawn.to_json_dict()}),
        }


def _finite(values: Mapping[str, float]) -> dict[str, float | None]:
    return {key: value if math.isfinite(value) else None for key, value in values.items()}


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
    drawn = over_draws(solver, {**_nominal(goal), **told.values})
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
