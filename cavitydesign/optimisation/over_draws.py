"""What the draws of a calibration leave of a design: how uncertain constants move its outcomes,
apart from what fabrication scatters.

The search and the yield hold the design's own constants. The design that is told is then solved
with every draw in place of them, once as it is and once scattered by fabrication.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from ..arrays import Array
from ..lasing.outcomes.calibrated_quantiles import quantiles_over
from .tolerance import counted_share_error, meets_limits, normal_points
from .trials import Solver

DRAWS = 48
"""Draws that are solved: the ends of a 68 % interval are then known to a fifth of its width, and a
share to 0.07."""


@dataclass(frozen=True)
class DrawnOutcomes:
    """A design over the draws of a calibration.

    Attributes
    ----------
    values : mapping of str to float
        Of the variables of the design.
    draws : int
    outcomes : mapping of str to mapping of str to float or None
        Quantiles of each outcome of the goal by the constants alone, over those draws that have it;
        None where none has.
    known : mapping of str to float
        Share of the draws that have it.
    holds, holds_error : float
        Share of the draws in which all limits hold, with the design made exactly; its error.
    holds_with_spreads, holds_with_spreads_error : float or None
        The same with fabrication scattering it too; None without spreads.
    """

    values: Mapping[str, float]
    draws: int
    outcomes: Mapping[str, Mapping[str, float] | None]
    known: Mapping[str, float]
    holds: float
    holds_error: float
    holds_with_spreads: float | None
    holds_with_spreads_error: float | None

    def to_json_dict(self) -> dict[str, Any]:
        """The object `calibrated` in the JSON of ``design``."""
        return {
            **vars(self),
            "values": dict(self.values),
            "outcomes": {
                name: None if found is None else dict(found)
                for name, found in self.outcomes.items()
            },
            "known": dict(self.known),
        }


def outcomes_over_draws(solver: Solver, nominal: Mapping[str, float]) -> DrawnOutcomes | None:
    """Solve a design with the draws that the goal names; None without any.

    Parameters
    ----------
    solver : Solver
    nominal : mapping of str to float
        Values of the variables, and of any further key with a spread.
    """
    goal = solver.goal
    if goal.draws is None:
        return None
    draws = goal.draws.evenly(DRAWS)
    spreads = tuple(goal.spread)
    # What the goal sets itself is not drawn.
    drawn = tuple(key for key in goal.draws.keys if key not in nominal and key not in goal.derived)
    fixed = tuple(key for key in nominal if key not in spreads)
    scattered = normal_points(len(draws), len(spreads), goal.seed + 21) * np.array(
        list(goal.spread.values())
    )

    def solved(shift: Array) -> dict[str, Array]:
        rows = []
        for draw, moves in zip(draws, shift.tolist(), strict=True):
            constants = [draw[key] for key in drawn]
            moved = [nominal[key] + move for key, move in zip(spreads, moves, strict=True)]
            rows.append((*constants, *moved, *(nominal[key] for key in fixed)))
        found = solver.solve("draws of the calibration", (*drawn, *spreads, *fixed), rows)
        return {
            name: np.array([one[0].get(name, math.nan) for one in found])
            for name in goal.outcome_names
        }

    exact = solved(np.zeros_like(scattered))
    holds = float(meets_limits(goal, exact).mean())
    both = float(meets_limits(goal, solved(scattered)).mean()) if spreads else None
    return DrawnOutcomes(
        {key: nominal[key] for key in goal.variables},
        len(draws),
        {
            name: quantiles_over(column[np.isfinite(column)].tolist())
            for name, column in exact.items()
        },
        {name: float(np.isfinite(column).mean()) for name, column in exact.items()},
        holds,
        counted_share_error(holds, len(draws)),
        both,
        None if both is None else counted_share_error(both, len(draws)),
    )
