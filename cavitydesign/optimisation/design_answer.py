"""The answer to a goal: what to build, how sure, what limits it, and what else would do."""

from __future__ import annotations

import html
import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ..columns.plain_words import design_in_words
from ..markup import html_table
from .goal import Goal
from .over_draws import DrawnOutcomes
from .robust import RobustDesign
from .tolerance import YieldAnswer


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
        """The answer in one sentence and a table of the best designs, for notebooks."""
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
