"""The last steps to an optimum, by the solver's own derivatives.

About the best trial the modes are differentiated by all variables. In a box so small that the first
order holds, and that the comb moves by less than half an order, outcomes then cost no field solves:
the optimum there is found, solved in full, and the box drawn narrower about the better of the two.
"""

from __future__ import annotations

import math

import numpy as np

from ..arrays import Array
from ..study.sampling import unit_points
from .goal import Goal
from .models.expectation import model_optimum
from .models.first_order_model import FirstOrderModel, first_order_solver, knows_all, linear_about
from .models.response import Model, fit_response
from .trials import Solver, Trials, distinct, response_of, without_gaps

_ROUNDS = 2  # a second round starts where the first ended, with derivatives of its own
_BOX = 0.02  # of the unit cube: half a box in which a first order holds, where no comb limits it
# orders that the comb may move in a box: its ripple is straight over a quarter of a period
_QUARTER = 0.25
_NARROWER = 0.3  # a second box, about a better point, needs not look as far
_STARTS = 1024  # points from which the optimum of the models in the box is looked for
# Points beside the optimum, and more for each variable: enough for a slope in each direction.
_POINTS, _POINTS_EACH = 3, 2
_SETTLED = 1e-5  # of the loss: less than this gained ends the rounds
_SLOPE_STEP = 1e-3  # of the unit cube, for the slope of the order of the comb


def round_cost(goal: Goal) -> int:
    """What one round of steps costs: solves for the derivatives, moved designs, and the full solve
    at its end.
    """
    each = len(goal.variables)
    moved = 0 if goal.task == "modes" else _POINTS + _POINTS_EACH * each
    return 2 + 2 * each + moved + 1


def refine(solver: Solver, trials: Trials, budget: int) -> None:
    """Add trials near the best one, where its derivatives expect better.

    Parameters
    ----------
    solver : Solver
        Without `linearise` nothing is done.
    trials : Trials
        Extended by the full solves; their counts of solves for derivatives and of moved designs
        too.
    budget : int
        What the trials may have cost in the end.
    """
    share = 1.0
    for _ in range(_ROUNDS):
        best = trials.best()
        if (
            best is None
            or solver.linearise is None
            or trials.spent + round_cost(solver.goal) > budget
        ):
            return
        before = float(trials.losses()[best])
        solver.tell("steps by derivatives", 0.5)
        point = _better(solver, trials, trials.cube[best], share * _box(trials, best))
        if point is None or not len(fresh := distinct(trials, point[None, :])):
            return
        solver.extend("steps by derivatives", trials, fresh)
        if before - float(trials.losses().min()) < _SETTLED * max(abs(before), 1e-12):
            return
        share *= _NARROWER


def _box(trials: Trials, best: int) -> Array:
    """Half the width of the box about the best trial, shape (d,): the comb moves by a quarter of an
    order at most, each way.
    """
    count = trials.cube.shape[1]
    comb_order = response_of(trials).comb_order
    if comb_order is None:
        return np.full(count, _BOX)
    # The comb moves much faster along some variables than along others: the box is narrow along
    # those.
    steps = trials.cube[best] + _SLOPE_STEP * np.concatenate([-np.eye(count), np.eye(count)])
    low, high = comb_order.mean(steps).reshape(2, count)
    return np.minimum(_BOX, _QUARTER * 2 * _SLOPE_STEP / np.maximum(np.abs(high - low), 1e-12))


def _better(solver: Solver, trials: Trials, centre: Array, box: Array) -> Array | None:
    """Where in a box of the cube about a point the first order expects the optimum; None where
    there are no derivatives.
    """
    goal, keys = solver.goal, tuple(solver.goal.variables)
    low, high = np.clip(centre - box, 0.0, 1.0), np.clip(centre + box, 0.0, 1.0)
    values = np.array(solver.design_values(np.stack([centre, low, high])))
    nominal = dict(zip(keys, values[0].tolist(), strict=True))
    reach = dict(zip(keys, np.abs(values[1:] - values[0]).max(axis=0).tolist(), strict=True))
    linear = linear_about(solver, nominal, reach)
    if linear is None:
        return None
    trials.beside += linear.solves

    def rows(local: Array) -> list[tuple[float, ...]]:
        return solver.design_values(low + local * (high - low))

    model: Model
    if knows_all(linear, goal.outcome_names, goal.task):
        model = FirstOrderModel(linear, lambda local: np.array(rows(local)) - values[0])
    else:
        first = first_order_solver(solver, linear, nominal)
        points = unit_points("sobol", _POINTS + _POINTS_EACH * len(keys), len(keys), goal.seed + 6)
        found = first.solve("steps by derivatives", keys, rows(points))
        trials.moved += len(points)
        columns = {
            name: np.array([f[0].get(name, math.nan) for f in found]) for name in goal.outcome_names
        }
        if not all(np.isfinite(column).sum() > len(keys) + 1 for column in columns.values()):
            return None
        model = fit_response(
            points, without_gaps(goal, columns), np.array([f[1] for f in found]), goal.outcome_names
        )
    best = model_optimum(goal, model, unit_points("sobol", _STARTS, len(keys), goal.seed + 10))
    return np.asarray(low + best * (high - low), dtype=np.float64)
