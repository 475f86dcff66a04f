"""How far each variable may go alone: full solves along it, about the best design."""

from __future__ import annotations

import math
from collections.abc import Mapping

import numpy as np

from ..arrays import Array
from .goal import Goal
from .models.expectation import expected_loss, log_feasible
from .models.response import fit_response
from .trials import Solver, without_gaps

TOLERATED = 0.05  # of the outcome that the goal may lose, as the answer says
_POINTS = 10  # full solves along a variable, as docs/design-and-fit.md says
_ROUNDS = 3  # times that the stretch is made longer or shorter
_FIRST_BOX = 0.02  # of the bounds, where no spread says how far to look first
# standard deviations: margins narrower than these are missed by one part in three hundred
_SPREADS = 3.0
# Shares of the interval looked at: when the limit lies within the inner fifth the interval shrinks,
# so that the limit comes to lie at 60 % of it and is well resolved.
_SMALL, _FILLED = 0.2, 0.6
_STEPS = 401  # points of the smooth function, between which an end is not looked for


def margins(solver: Solver, best: Mapping[str, float]) -> dict[str, tuple[float, float]]:
    """Interval of each variable about the best design, the others fixed, that keeps goal and
    limits.

    The goal may lose 5 % of the outcome (of a target, deviate by 5 % of it). Ten full solves along
    the variable are joined by a smooth function; the stretch that they cover is made longer while
    all of it holds, and shorter where little does.

    Parameters
    ----------
    solver : Solver
    best : mapping of str to float
        Values of the variables.
    """
    return {key: _margin(solver, best, key) for key in solver.goal.variables}


def _margin(solver: Solver, best: Mapping[str, float], key: str) -> tuple[float, float]:
    goal, centre = solver.goal, best[key]
    bounds = goal.variables[key]
    half = max(_FIRST_BOX * (bounds.high - bounds.low), _SPREADS * goal.spread.get(key, 0.0))
    found = (centre, centre)
    for _ in range(_ROUNDS):
        box = (max(bounds.low, centre - half), min(bounds.high, centre + half))
        found = _along(solver, best, key, box)
        farthest = max(centre - found[0], found[1] - centre)
        if any(
            end == edge != bound
            for end, edge, bound in zip(found, box, (bounds.low, bounds.high), strict=True)
        ):
            half *= 2
        elif farthest < _SMALL * half:
            half = max(farthest / _FILLED, _SMALL * half)
        else:
            break
    return found


def _along(
    solver: Solver, best: Mapping[str, float], key: str, box: tuple[float, float]
) -> tuple[float, float]:
    """The stretch of a box about the best design in which all holds."""
    goal = solver.goal
    # Denser at the ends, where a smooth function is known worst.
    shares = 0.5 - 0.5 * np.cos(math.pi * (np.arange(_POINTS) + 0.5) / _POINTS)
    values = np.append(box[0] + shares * (box[1] - box[0]), best[key])
    others = tuple(name for name in goal.variables if name != key)
    rows = [(float(value), *(best[name] for name in others)) for value in values]
    solved = solver.solve(f"how far {key} may go", (key, *others), rows)
    columns = {
        name: np.array([one[0].get(name, math.nan) for one in solved])
        for name in goal.outcome_names
    }
    # Three points and the best one are the least that a smooth function is drawn through.
    if any(np.isfinite(column).sum() < 4 for column in columns.values()):
        return best[key], best[key]
    cube = ((values - box[0]) / (box[1] - box[0]))[:, None]
    response = fit_response(
        cube, without_gaps(goal, columns), np.array([one[1] for one in solved]), goal.outcome_names
    )
    line = np.linspace(0.0, 1.0, _STEPS)[:, None]
    loss = expected_loss(goal.objective, response, line)[0]
    allowed = goal.objective.loss(float(columns[goal.objective.outcome][-1])) + TOLERATED * _size(
        goal, columns
    )
    holds = (loss <= allowed) & (log_feasible(goal, response, line) > math.log(0.5))
    low = high = int(np.argmin(np.abs(line[:, 0] - cube[-1, 0])))
    while low > 0 and holds[low - 1]:
        low -= 1
    while high < len(holds) - 1 and holds[high + 1]:
        high += 1
    # The ends of the box are taken as they are: a sum would miss them by rounding.
    steps = box[0] + line[:, 0] * (box[1] - box[0])
    steps[0], steps[-1] = box
    return min(float(steps[low]), best[key]), max(float(steps[high]), best[key])


def _size(goal: Goal, columns: Mapping[str, Array]) -> float:
    """What the tolerated share is taken of."""
    if goal.objective.target is not None:
        return abs(goal.objective.target)
    return abs(float(columns[goal.objective.outcome][-1]))
