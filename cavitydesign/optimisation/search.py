"""The search for the best design: space-filling points, then the points that promise most, then
steps to the optimum.

Expected improvement under constraints after D. R. Jones et al., J. Global Optim. 13, 455 (1998) and
M. Schonlau et al. (1998).
"""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from ..arrays import Array
from ..errors import SolverError
from ..study.sampling import unit_points
from .models.expectation import expected_loss, log_feasible, model_optimum
from .models.response import Response
from .trials import Solver, Trials, distinct, response_of

_CANDIDATES = 4096  # points among which the most promising is taken, spread and near the best alike
# full solves a round: more would bet on one set of models
_BATCH = 2
_SETTLED = 2e-3  # of the loss: a gain that is not worth a solve
_APART = 0.05  # of the cube: the second-best region lies at least so far from the best
_NO_SPAN = 1e-6  # of the cube, below which neighbours do not span a direction
_IDLE = 3  # rounds without a gain that end a search
# Nearest trials that span the box of a local model: 8, and 4 more for each variable, are some twice
# as many as a quadratic has coefficients.
_NEIGHBOURS, _NEIGHBOURS_EACH = 8, 4
_NEAR = 0.02  # of the cube: points of a round that are closer tell the same
# of the cube: where no point lies farther from all trials, nothing is left to explore
_EXPLORED = 0.015
_FAR_ENOUGH = 0.7  # of the largest distance: among points so far from all trials the models choose
# standard deviations by which the models may be wrong where they say that a point is no good
_DOUBTS = 2.0
_FAR = 0.2  # of a limit: a trial that breaks one by more says nothing of islands beside it
_SEARCH_APART = 1e-4  # of the cube: nearer to a trial a solve tells nothing new


def searched(solver: Solver, budget: int) -> Trials:
    """Search until the budget is spent or nothing better is expected.

    Parameters
    ----------
    solver : Solver
    budget : int
        Full solves that may be spent.

    Raises
    ------
    SolverError
        If no trial can be solved.
    """
    goal = solver.goal
    dimensions = len(goal.variables)
    trials = Trials(goal, np.zeros((0, dimensions)))
    first = max(6, min(budget // 2, 6 + 6 * dimensions))
    solver.extend(
        "space-filling points", trials, unit_points("sobol", first, dimensions, goal.seed)
    )
    if not any(error == "" for error in trials.errors):
        raise SolverError(
            f"design: none of the first {first} points could be solved; the first: "
            f"{trials.errors[0]}"
        )
    absent = ", ".join(
        name for name in goal.outcome_names if not np.isfinite(trials.column(name)).any()
    )
    if absent:
        raise SolverError(
            f"design: none of the first {first} points has {absent}; ask for another outcome, or "
            "widen the bounds"
        )
    # The same goal and seed give the same search, on any machine and after an interruption.
    rng = np.random.default_rng(goal.seed)
    rounds = idle = 0
    while len(trials) < budget and idle < _IDLE:
        before = _best_loss(trials)
        steps, settled = _steps(trials, rng, by_limits=bool(rounds % 2))
        fresh = distinct(trials, np.array(steps).reshape(-1, dimensions), _SEARCH_APART)[
            : min(_BATCH, budget - len(trials))
        ]
        if not len(fresh):
            break
        solver.extend(
            f"promising points after {len(trials)} of at most {budget} solves", trials, fresh
        )
        rounds, idle = (
            rounds + 1,
            idle + 1 if settled and before - _best_loss(trials) <= _tolerated(trials) else 0,
        )
    return trials


def _steps(trials: Trials, rng: np.random.Generator, by_limits: bool) -> tuple[list[Array], bool]:
    """Where to solve next, the most wanted first: a gain that is expected, then what is least
    known.

    Where no gain is expected, the optimum of models of the neighbourhood of the best trials, which
    no jump far away blurs.

    Returns
    -------
    points : list of (d,) array
    settled : bool
        Whether neither is left.
    """
    response = response_of(trials, with_gaps=True)
    objective, tolerated = trials.goal.objective, _tolerated(trials)
    promising, hope = _promising(trials, response, rng, _BATCH)
    gains = promising if not math.isfinite(tolerated) or hope > math.log(tolerated) else []
    optimum = _refined_optimum(trials, response, rng)
    expected = float(expected_loss(objective, response, optimum[None, :])[0][0])
    if not _best_loss(trials) - expected < tolerated and not _lacking(trials, optimum[None, :])[0]:
        gains = [*gains[: int(by_limits)], optimum, *gains[int(by_limits) :]]
    gaps = [_least_known(trials, response, rng, half) for half in (by_limits, not by_limits)]
    known = [gap for gap in gaps if gap is not None]
    settled = not gains and not known
    if not gains:
        nearby = _nearby(trials, rng)
        gains = nearby if by_limits else nearby[::-1]
    return [*gains[:1], *known[:1], *gains[1:], *known[1:], *promising], settled


def _nearby(trials: Trials, rng: np.random.Generator) -> list[Array]:
    """The optima of models through the trials nearest to the best one, and to the best that lies
    apart from it.
    """
    losses = trials.losses()
    found: list[Array] = []
    for _ in range(2):
        best = int(np.argmin(losses))
        if not math.isfinite(losses[best]):
            break
        distance = np.max(np.abs(trials.cube - trials.cube[best]), axis=1)
        found += _optimum_among(trials, np.argsort(distance), rng)
        losses[distance < _APART] = math.inf
    return found


def _optimum_among(
    trials: Trials, by_distance: NDArray[np.intp], rng: np.random.Generator
) -> list[Array]:
    """The optimum of models through the first of some trials, in the box that they span; none where
    too little is known of them.
    """
    near = by_distance[: _NEIGHBOURS + _NEIGHBOURS_EACH * trials.cube.shape[1]]
    low = trials.cube[near].min(axis=0)
    span = np.maximum(np.ptp(trials.cube[near], axis=0), _NO_SPAN)
    some = replace(
        trials,
        cube=(trials.cube[near] - low) / span,
        values=[trials.values[trial] for trial in near],
        comb_orders=[trials.comb_orders[trial] for trial in near],
        errors=[trials.errors[trial] for trial in near],
    )
    if any(
        np.isfinite(some.column(name)).sum() <= trials.cube.shape[1] + 2
        for name in trials.goal.outcome_names
    ):
        return []
    return [low + span * _refined_optimum(some, response_of(some, with_gaps=True), rng)]


def _tolerated(trials: Trials) -> float:
    """A gain that is not worth a solve; infinite while nothing meets the limits."""
    return _SETTLED * max(trials.goal.objective.size(_best_loss(trials)), 1e-12)


def _best_loss(trials: Trials) -> float:
    best = trials.best()
    return math.inf if best is None else float(trials.losses()[best])


def _log_improvement(trials: Trials, response: Response, cube: Array) -> Array:
    """Logarithm of the expected improvement, times the probability that the limits hold."""
    from scipy.special import log_ndtr, ndtr

    feasible = log_feasible(trials.goal, response, cube)
    best = _best_loss(trials)
    if not math.isfinite(best):
        return feasible
    mean, error = expected_loss(trials.goal.objective, response, cube)
    error = np.maximum(error, 1e-12)
    t = (best - mean) / error
    gain = t * ndtr(t) + np.exp(-0.5 * t**2) / math.sqrt(2 * math.pi)
    tail = log_ndtr(t) - 2 * np.log(np.maximum(np.abs(t), 1.0))
    # Far below the best the improvement underflows; its logarithm goes on as that of the tail of
    # the normal law.
    log_gain = np.where(gain > 1e-12, np.log(np.maximum(gain, 1e-300)), tail)
    return np.asarray(log_gain + np.log(error) + feasible, dtype=np.float64)


def _candidates(trials: Trials, rng: np.random.Generator) -> Array:
    """Points spread over the cube, and points close about the best trials."""
    dimensions = trials.cube.shape[1]
    # Half of the points ask where nothing is known, half sharpen what is known to be good: scales
    # of 3e-4 to 0.2 of the cube about the best four.
    spread = rng.random((_CANDIDATES, dimensions))
    order = np.argsort(trials.losses())[:4]
    scale = 10.0 ** rng.uniform(-3.5, -0.7, size=(_CANDIDATES, 1))
    near = trials.cube[rng.choice(order, _CANDIDATES)] + scale * rng.standard_normal(
        (_CANDIDATES, dimensions)
    )
    return np.asarray(np.clip(np.concatenate([spread, near]), 0.0, 1.0), dtype=np.float64)


def _promising(
    trials: Trials, response: Response, rng: np.random.Generator, size: int
) -> tuple[list[Array], float]:
    """Points of greatest expected improvement, apart from one another, and the logarithm of the
    greatest.
    """
    cube = _candidates(trials, rng)
    score = _log_improvement(trials, response, cube)
    score[_lacking(trials, cube)] = -np.inf
    chosen: list[Array] = []
    for candidate in np.argsort(-score):
        if all(np.max(np.abs(cube[candidate] - other)) > _NEAR for other in chosen):
            chosen.append(cube[candidate])
        if len(chosen) == size:
            break
    return chosen, float(score.max())


def _least_known(
    trials: Trials, response: Response, rng: np.random.Generator, by_limits: bool
) -> Array | None:
    """Of the points that may be good and lie far from all trials, the most promising; None where
    all are near one.

    An outcome that jumps has islands which expected improvement, believing the models, never
    visits, and nothing in a few trials tells that it jumps. So only half of the models is believed
    at a time, when they say that a point is no good: those of the limits, or that of the goal. Of
    the two nearest trials, one at least must be near to meeting the limits and, where the goal is
    disbelieved, near to the best.

    An outcome ripples many times between two trials: of all points about equally far from them, the
    models choose that where the comb lies best.
    """
    goal = trials.goal
    cube = rng.random((_CANDIDATES, trials.cube.shape[1]))
    open_to = np.full(len(cube), True)
    if by_limits:
        for limit in goal.limits:
            mean, error = response.mean_and_error(limit.outcome, cube)
            open_to &= mean - _DOUBTS * error <= limit.below if limit.below is not None else True
            open_to &= mean + _DOUBTS * error >= limit.above if limit.above is not None else True
    else:
        loss, error = expected_loss(goal.objective, response, cube)
        open_to &= loss - _DOUBTS * error < _best_loss(trials)
    distances, nearest_trials = _nearest_trials(trials, cube)
    open_to &= ~_far_from_limits(trials)[nearest_trials].all(axis=1)
    if by_limits:
        open_to &= ~_far_from_best(trials)[nearest_trials].all(axis=1)
    distance = np.where(open_to, distances.min(axis=1), 0.0)
    if distance.max() <= _EXPLORED:
        return None
    # All these are about equally unknown, so that the models may decide among them.
    score = np.where(
        distance >= _FAR_ENOUGH * distance.max(), _log_improvement(trials, response, cube), -np.inf
    )
    return np.asarray(cube[int(np.argmax(score))], dtype=np.float64)


def _nearest_trials(trials: Trials, cube: Array) -> tuple[Array, NDArray[np.intp]]:
    """Distances of points of the cube from all trials, shape (k, n), and the two nearest trials of
    each, shape (k, 2).
    """
    distances = np.max(np.abs(cube[:, None, :] - trials.cube[None, :, :]), axis=2)
    return distances, np.argpartition(distances, 1, axis=1)[:, :2]


def _absent(trials: Trials) -> NDArray[np.bool_]:
    """Trials that failed, or lack an outcome of the goal."""
    values = [
        [each.get(name, math.nan) for name in trials.goal.outcome_names] for each in trials.values
    ]
    return np.asarray(~np.isfinite(np.array(values)).all(axis=1))


def _lacking(trials: Trials, cube: Array) -> NDArray[np.bool_]:
    """Points more than twice as near to a trial without outcomes as to one that has them."""
    absent = _absent(trials)
    distances = _nearest_trials(trials, cube)[0]
    near, far = (np.min(distances[:, which], axis=1, initial=np.inf) for which in (absent, ~absent))
    return np.asarray(2 * near < far, dtype=np.bool_)


def _far_from_limits(trials: Trials) -> NDArray[np.bool_]:
    """Trials that break a limit by a fifth, or lack an outcome."""
    goal = trials.goal
    lacking = _absent(trials)
    return np.array(
        [
            not_there or goal.violation(each) > _FAR
            for not_there, each in zip(lacking, trials.values, strict=True)
        ]
    )


def _far_from_best(trials: Trials) -> NDArray[np.bool_]:
    """Trials worse than the best by half of all that was seen."""
    objective = trials.goal.objective
    losses = np.array(
        [objective.loss(each.get(objective.outcome, math.nan)) for each in trials.values]
    )
    there = np.isfinite(losses)
    far: NDArray[np.bool_] = ~there
    if there.any():
        best = min(_best_loss(trials), float(losses[there].max()))
        far |= losses > best + 0.5 * float(np.ptp(losses[there]))
    return far


def _refined_optimum(trials: Trials, response: Response, rng: np.random.Generator) -> Array:
    """Optimum of the models near the best trial, by sequential quadratic programming on their
    slopes.
    """
    return model_optimum(trials.goal, response, _candidates(trials, rng))
