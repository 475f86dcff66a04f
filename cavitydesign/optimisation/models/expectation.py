"""What models of the outcomes expect of a goal: its loss, the chance that its limits hold, and
where it is best.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import numpy as np

from ...arrays import Array
from ..goal import Goal, Objective
from .response import Model

_NOWHERE = 1e30  # a loss that no outcome has, for points where none is known


def expected_loss(objective: Objective, response: Model, cube: Array) -> tuple[Array, Array]:
    """Loss by the models and its standard deviation."""
    mean, error = response.mean_and_error(objective.outcome, cube)
    if objective.sense == "maximise":
        return -mean, error
    return (mean, error) if objective.target is None else (np.abs(mean - objective.target), error)


def log_feasible(goal: Goal, response: Model, cube: Array) -> Array:
    """Logarithm of the probability that all limits hold, by the models, shape (k,)."""
    from scipy.special import log_ndtr

    total: Array = np.zeros(len(cube))
    for limit in goal.limits:
        mean, error = response.mean_and_error(limit.outcome, cube)
        for bound, sign in ((limit.below, 1.0), (limit.above, -1.0)):
            if bound is not None:
                total += np.asarray(
                    log_ndtr(sign * (bound - mean) / np.maximum(error, 1e-12)), dtype=np.float64
                )
    return total


def model_optimum(
    goal: Goal, response: Model, cube: Array, weights: Mapping[str, float] | None = None
) -> Array:
    """Where the models expect the best loss within the limits.

    Parameters
    ----------
    goal : Goal
    response : Model
    cube : (k, d) array
        Starting points; the best three are refined.
    weights : mapping of str to float, optional
        For a compromise of "first" and "second" goal, their shares; the first goal alone by
        default.
    """
    from scipy import optimize

    # SciPy's type hints know neither of these calls.
    minimize: Any = optimize.minimize
    constraint: Any = optimize.NonlinearConstraint

    def loss(points: Array) -> Array:
        total = np.zeros(len(points))
        for name, objective in (("first", goal.objective), ("second", goal.second)):
            share = (weights or {"first": 1.0}).get(name, 0.0)
            if objective is not None and share:
                total += share * expected_loss(objective, response, points)[0]
        return np.where(np.isnan(total), _NOWHERE, total)

    def margins(points: Array) -> Array:
        if not goal.limits:
            return np.ones(len(points))
        gaps = []
        for limit in goal.limits:
            mean = response.mean(limit.outcome, points)
            scale = max(abs(b) for b in (limit.below, limit.above) if b is not None) or 1.0
            gaps += [(limit.below - mean) / scale] if limit.below is not None else []
            gaps += [(mean - limit.above) / scale] if limit.above is not None else []
        return np.asarray(np.min(gaps, axis=0), dtype=np.float64)

    values, gaps = loss(cube), margins(cube)
    there = values[values < _NOWHERE]
    size = float(np.ptp(there)) if len(there) else 0.0
    size = size or 1.0

    def loss_at(x: Array) -> float:
        return float(loss(x[None, :])[0]) / size

    def margin_at(x: Array) -> float:
        return float(margins(x[None, :])[0])

    order = np.argsort(values / size + 10 * np.maximum(-gaps, 0))[:3]
    best, lowest = cube[order[0]], math.inf
    limits = constraint(margin_at, 0.0, math.inf)
    for start in cube[order]:
        found = minimize(
            loss_at,
            start,
            method="SLSQP",
            bounds=optimize.Bounds(0.0, 1.0),
            constraints=[limits] if goal.limits else [],
            options={"maxiter": 60},
        )
        point = np.clip(found.x, 0.0, 1.0)
        score = loss_at(point) + 10 * max(-margin_at(point) - 1e-6, 0.0)
        if score < lowest:
            best, lowest = point, score
    return np.asarray(best, dtype=np.float64)
