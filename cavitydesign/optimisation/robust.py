"""A design that bears its fabrication spreads: the best goal among those that still meet the limits
nine times in ten.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from ..arrays import Array
from ..dotted import number_at
from ..study.sampling import unit_points
from .goal import Goal
from .models.expectation import expected_loss
from .models.response import Model, fit_response
from .trials import APART, Solver, Trials, response_of, without_gaps

WANTED_YIELD = 0.9  # share of parts within the limits that a robust design is asked for
# Shares at which the trade between goal and yield is shown, closer towards certainty
YIELDS = (0.5, 0.6, 0.7, 0.8, 0.85, WANTED_YIELD, 0.95, 0.99)
_CANDIDATES = 256  # space-filling designs whose yield the models tell
# scattered parts of each: the yield is known to 1.3 % at 0.9 (binomial, an upper bound for a
# low-discrepancy set)
_OFFSETS = 512
_CHUNK = 32  # designs at once: 32 x 512 points are what the models take in a piece
_MOST_STARTS = 4  # regions that are looked into with full solves of their own
# Standard deviations between designs that are looked at apart; `APART` where nothing scatters
_APART_SDS = 2.0
# standard deviations that the solves about a design span: the largest shift and three beyond
_REACH_SDS = 4.5
_SHIFT_SDS = 1.5  # standard deviations that a design is moved within its solves
_SHORT = 0.15  # yield that a response may be wrong by at its rim, where it is not looked at again
# Solves beside the optimum on which the local models of a yield stand, and more for each uncertain
# number; slopes and curvatures need two each, and the rest tests them.
_SOLVES, _SOLVES_EACH = 10, 8


@dataclass(frozen=True)
class RobustDesign:
    """A design and what is expected of it under the spreads.

    Attributes
    ----------
    values : mapping of str to float
        Of the variables.
    expected_yield, expected_loss : float
        By a response through full solves about it.
    """

    values: Mapping[str, float]
    expected_yield: float
    expected_loss: float


def robust_designs(solver: Solver, trials: Trials) -> tuple[RobustDesign, ...]:
    """Search for designs that bear the spreads: the best for each of some yields.

    Where the models of the whole search expect one, and about the best trials that lie apart by
    more than the spreads, full solves within the spreads make a response of its own. Where one all
    but bears the spreads at a better goal than the rest, full solves about it make one more. The
    best of all these is taken.

    Returns
    -------
    tuple of RobustDesign
        The best design for each yield of a list, that wanted among them, by rising yield. Empty
        where no variable scatters or nothing limits: the optimum itself is then the answer.
    """
    goal = trials.goal
    if not goal.limits or not any(key in goal.spread for key in goal.variables):
        return ()
    groups = [
        group
        for candidate in _starting_values(solver, trials)
        if (group := _about(solver, candidate))
    ]
    if not groups:
        return ()
    found = [design for group in groups for design in group]
    for again in closer_looks(groups, best_of(found)):
        found += _about(solver, again.values)
    # Equal designs of neighbouring yields once.
    best_each = [best_of(found, share) for share in YIELDS]
    return tuple({id(design): design for design in best_each}.values())


def best_of(found: Sequence[RobustDesign], wanted_yield: float = WANTED_YIELD) -> RobustDesign:
    """The best goal among the designs whose expected yield is that wanted, or the highest
    there is.
    """
    enough = min(wanted_yield, max(design.expected_yield for design in found))
    return min(
        (design for design in found if design.expected_yield >= enough),
        key=lambda design: design.expected_loss,
    )


def closer_looks(
    groups: Sequence[Sequence[RobustDesign]], chosen: RobustDesign
) -> list[RobustDesign]:
    """Of groups that promise a better goal, with a yield short of the chosen by what a response at
    its rim may err, the best yield.

    The designs of a group lie about one centre, and its response is poorest far from it: a look
    about the promising design tells.
    """
    looks = []
    for group in groups:
        best = max(group, key=lambda design: design.expected_yield)
        if (
            best.expected_loss < chosen.expected_loss
            and best.expected_yield > chosen.expected_yield - _SHORT
        ):
            looks.append(best)
    return looks


def _starting_values(solver: Solver, trials: Trials) -> list[dict[str, float]]:
    """Where to look: the models' own expectation, then the best trials within the limits, apart
    from one another.
    """
    goal = trials.goal
    losses = trials.losses()
    order = [int(trial) for trial in np.argsort(losses) if math.isfinite(losses[trial])]
    cubes = [
        _expected(goal, response_of(trials), trials.cube),
        *(trials.cube[trial] for trial in order),
    ]
    chosen: list[dict[str, float]] = []
    for row in solver.design_values(np.array(cubes)):
        values = dict(zip(goal.variables, row, strict=True))
        if all(_apart(goal, values, other) for other in chosen):
            chosen.append(values)
        if len(chosen) == _MOST_STARTS:
            break
    return chosen


def _apart(goal: Goal, one: Mapping[str, float], other: Mapping[str, float]) -> bool:
    for key, bounds in goal.variables.items():
        least = (
            _APART_SDS * goal.spread[key]
            if key in goal.spread
            else APART * (bounds.high - bounds.low)
        )
        if abs(one[key] - other[key]) > least:
            return True
    return False


def _expected(goal: Goal, response: Model, also: Array) -> Array:
    """Of space-filling points and some more, the one whose yield and goal the models expect to be
    best, shape (d,).
    """
    keys = tuple(goal.variables)
    scattering = [index for index, key in enumerate(keys) if key in goal.spread]
    normal = _normal(_OFFSETS, len(scattering), goal.seed + 7)
    candidates = np.concatenate([unit_points("sobol", _CANDIDATES, len(keys), goal.seed + 8), also])
    # All designs share the same scattered parts, so that their yields differ by the designs alone.
    shares, losses = [], []
    for start in range(0, len(candidates), _CHUNK):
        some = candidates[start : start + _CHUNK]
        cloud = np.repeat(some[:, None, :], _OFFSETS, axis=1)
        for column, index in enumerate(scattering):
            bounds = goal.variables[keys[index]]
            values = (
                bounds.at(some[:, index])[:, None]
                + goal.spread[keys[index]] * normal[None, :, column]
            )
            cloud[:, :, index] = np.clip(bounds.share(values), 0.0, 1.0)
        share, loss = _expectation(goal, response, cloud)
        shares.append(share)
        losses.append(loss)
    share, loss = np.concatenate(shares), np.concatenate(losses)
    enough = share >= min(WANTED_YIELD, float(share.max()))
    return np.asarray(candidates[int(np.argmin(np.where(enough, loss, np.inf)))], dtype=np.float64)


def _about(solver: Solver, values: Mapping[str, float]) -> list[RobustDesign]:
    """Designs up to one and a half standard deviations away, by a response through full solves
    about all of them.
    """
    goal = solver.goal
    keys, sds = tuple(goal.spread), np.array(list(goal.spread.values()))
    others = tuple(key for key in goal.variables if key not in goal.spread)
    centre = np.array([values.get(key, number_at(goal.design, key)) for key in keys])
    cube = unit_points("sobol", _SOLVES + _SOLVES_EACH * len(keys), len(keys), goal.seed + 12)
    rows = [
        (*row.tolist(), *(values[key] for key in others))
        for row in centre + (2 * cube - 1) * _REACH_SDS * sds
    ]
    solved = solver.solve("designs that bear their spreads", (*keys, *others), rows)
    columns = {
        name: np.array([one[0].get(name, math.nan) for one in solved])
        for name in goal.outcome_names
    }
    if any(np.isfinite(column).sum() <= len(keys) + 2 for column in columns.values()):
        return []
    response = fit_response(
        cube, without_gaps(goal, columns), np.array([one[1] for one in solved]), goal.outcome_names
    )
    moving = np.array([key in goal.variables for key in keys])
    shifts = (
        (2 * unit_points("sobol", _CANDIDATES, len(keys), goal.seed + 13) - 1) * _SHIFT_SDS * moving
    )
    # The centre is a design of its own: no move may be the best move.
    shifts = np.concatenate([np.zeros((1, len(keys))), shifts])
    designs = centre + shifts * sds
    for index, key in enumerate(keys):
        if key in goal.variables:
            designs[:, index] = np.clip(
                designs[:, index], goal.variables[key].low, goal.variables[key].high
            )
    shifts = (designs - centre) / sds
    normal = _normal(_OFFSETS, len(keys), goal.seed + 14)
    found = []
    for start in range(0, len(shifts), _CHUNK):
        cloud = np.clip(
            0.5 + (shifts[start : start + _CHUNK, None, :] + normal[None, :, :]) / (2 * _REACH_SDS),
            0.0,
            1.0,
        )
        for row, share, loss in zip(
            designs[start : start + _CHUNK], *_expectation(goal, response, cloud), strict=True
        ):
            moved = dict(zip(keys, row.tolist(), strict=True))
            found.append(
                RobustDesign(
                    {key: moved.get(key, values[key]) for key in goal.variables},
                    float(share),
                    float(loss),
                )
            )
    return found


def _normal(count: int, dimensions: int, seed: int) -> Array:
    from scipy.special import ndtri

    return np.asarray(
        ndtri(np.clip(unit_points("sobol", count, dimensions, seed), 1e-9, 1 - 1e-9)),
        dtype=np.float64,
    )


def _expectation(goal: Goal, response: Model, cloud: Array) -> tuple[Array, Array]:
    """Share within the limits and mean loss of clouds of points, shape (clouds, points, d)."""
    flat = cloud.reshape(-1, cloud.shape[-1])
    kept = np.full(len(flat), True)
    for limit in goal.limits:
        value = response.mean(limit.outcome, flat)
        kept &= value <= limit.below if limit.below is not None else True
        kept &= value >= limit.above if limit.above is not None else True
    loss = expected_loss(goal.objective, response, flat)[0]
    return kept.reshape(cloud.shape[:2]).mean(axis=1), loss.reshape(cloud.shape[:2]).mean(axis=1)
