"""A design that bears its fabrication spreads: the best goal among those that still meet the limits nine times in ten."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ..study.sampling import unit_points
from .goal import Goal
from .response import Response
from .search import expected_loss

Array = NDArray[np.float64]

WANTED_YIELD = 0.9
_CANDIDATES = 256
_OFFSETS = 512
_CHUNK = 32


@dataclass(frozen=True, eq=False)
class RobustPoint:
    """A place of the cube and what the models expect there under the spreads.

    Attributes
    ----------
    cube : (d,) array
    expected_yield : float
    """

    cube: Array
    expected_yield: float


def robust_point(goal: Goal, response: Response, also: Array) -> RobustPoint | None:
    """Search the models for a design that bears the spreads of its variables.

    Parameters
    ----------
    goal : Goal
    response : Response
        Over the whole cube.
    also : (k, d) array
        Further candidates, such as the trials.

    Returns
    -------
    RobustPoint or None
        None where no variable scatters or nothing limits: the optimum itself is then the answer.
    """
    keys = tuple(goal.variables)
    scattering = [place for place, key in enumerate(keys) if key in goal.spread]
    if not scattering or not goal.limits:
        return None
    from scipy.special import ndtri

    normal = ndtri(np.clip(unit_points("sobol", _OFFSETS, len(scattering), goal.seed + 7), 1e-9, 1 - 1e-9))
    candidates = np.concatenate([unit_points("sobol", _CANDIDATES, len(keys), goal.seed + 8), also])
    shares, losses = [], []
    for start in range(0, len(candidates), _CHUNK):
        some = candidates[start : start + _CHUNK]
        cloud = np.repeat(some[:, None, :], _OFFSETS, axis=1)
        for column, place in enumerate(scattering):
            bounds = goal.variables[keys[place]]
            values = bounds.at(some[:, place])[:, None] + goal.spread[keys[place]] * normal[None, :, column]
            cloud[:, :, place] = np.clip(bounds.share(values), 0.0, 1.0)
        flat = cloud.reshape(-1, len(keys))
        shares.append(_meets(goal, response, flat).reshape(len(some), _OFFSETS).mean(axis=1))
        losses.append(expected_loss(goal.objective, response, flat)[0].reshape(len(some), _OFFSETS).mean(axis=1))
    share, loss = np.concatenate(shares), np.concatenate(losses)
    enough = share >= min(WANTED_YIELD, float(share.max()))
    best = int(np.argmin(np.where(enough, loss, np.inf)))
    return RobustPoint(np.asarray(candidates[best], dtype=np.float64), float(share[best]))


def _meets(goal: Goal, response: Response, cube: Array) -> NDArray[np.bool_]:
    kept = np.full(len(cube), True)
    for limit in goal.limits:
        value = response.mean(limit.outcome, cube)
        kept &= value <= limit.below if limit.below is not None else True
        kept &= value >= limit.above if limit.above is not None else True
    return kept
