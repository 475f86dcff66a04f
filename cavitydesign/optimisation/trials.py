"""All full solves of a search so far, where they are made and kept, and the models through them.

Every full solve goes through a store, so that an interrupted search goes on where it stopped.
"""

from __future__ import annotations

import functools
import math
from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from ..arrays import Array
from ..progress import Progress
from ..study import Axis, Executor, Study, run_study
from ..study.executors.executor import Evaluate
from ..study.records.record import told_of
from ..study.study_run import stored_records
from .goal import Goal, Objective
from .models.linear import Linearise
from .models.response import Response, fit_response
from .outcome import order_of_comb, outcomes

_FEASIBLE = 1e-9  # of a limit: what rounding may break
# Share of the ranges by which designs must differ in one variable to be told as alternatives, and
# how many are told.
APART, _ALTERNATIVES = 0.08, 5


@dataclass
class Trials:
    """All full solves so far.

    Attributes
    ----------
    cube : (n, d) array
        Variables scaled to 0..1.
    values : list of dict
        Outcomes by name, not-a-number where absent.
    comb_orders : list of float
        Real azimuthal order of the comb.
    errors : list of str
        Why a solve failed; empty where it did not.
    beside : int
        Full solves for derivatives, which are no trials.
    moved : int
        Designs judged from modes moved by their derivatives, for which no field was solved.
    """

    goal: Goal
    cube: Array
    values: list[dict[str, float]] = field(default_factory=list)
    comb_orders: list[float] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)
    beside: int = 0
    moved: int = 0

    def __len__(self) -> int:
        return len(self.values)

    @property
    def spent(self) -> int:
        """What the search has cost: full solves and moved designs, which cost as much where the
        lasing takes the time.
        """
        return len(self) + self.beside + self.moved

    def column(self, name: str) -> Array:
        """One outcome of all trials."""
        return np.array([values.get(name, math.nan) for values in self.values])

    def losses(self, objective: Objective | None = None) -> Array:
        """Loss of each trial, infinite where it failed or breaks a limit."""
        objective = objective or self.goal.objective
        losses = []
        for values in self.values:
            known = all(
                math.isfinite(values.get(name, math.nan)) for name in self.goal.outcome_names
            )
            fits = known and self.goal.violation(values) <= _FEASIBLE
            losses.append(objective.loss(values[objective.outcome]) if fits else math.inf)
        return np.array(losses)

    def best(self) -> int | None:
        """The best trial that meets all limits, None if there is none."""
        losses = self.losses()
        trial = int(np.argmin(losses))
        return trial if math.isfinite(losses[trial]) else None


@dataclass(frozen=True)
class Solver:
    """Where full solves are made and kept.

    Parameters
    ----------
    goal : Goal
    evaluate : callable
        Solves a design.
    executor : Executor
    linearise : callable or None
        Differentiates a design; None to do without.
    progress : callable or None
        Told a message and the fraction of the stage done.
    """

    goal: Goal
    evaluate: Evaluate
    executor: Executor
    linearise: Linearise | None = None
    progress: Progress | None = None

    def tell(self, message: str, fraction: float) -> None:
        """Pass progress on to whoever draws it."""
        if self.progress is not None:
            self.progress(message, fraction)

    def design_values(self, cube: Array) -> list[tuple[float, ...]]:
        """Values of the variables at points of the cube."""
        bounds = self.goal.variables.values()
        columns = [
            bound.at(np.clip(share, 0, 1)) for bound, share in zip(bounds, cube.T, strict=True)
        ]
        return [tuple(float(f"{x:.12g}") for x in row) for row in np.stack(columns, axis=1)]

    def study(self, keys: tuple[str, ...], rows: list[tuple[float, ...]]) -> Study:
        """The points as a study on the goal's store."""
        goal = self.goal
        axis = Axis(keys, tuple(rows))
        return Study(
            goal.design,
            goal.task,
            (axis,),
            goal.version,
            goal.store,
            goal.derived,
            name=goal.name,
            files_of=goal.files_of,
            folder=goal.folder,
        )

    def solve(
        self, stage: str, keys: tuple[str, ...], rows: list[tuple[float, ...]]
    ) -> list[tuple[dict[str, float], float, str]]:
        """Outcomes, order of the comb and error of each row of values; stored ones are not computed
        again.
        """
        study = self.study(keys, rows)
        told = functools.partial(self._tell_stage, stage)
        run_study(study, self.evaluate, self.executor, progress=told)
        found: list[tuple[dict[str, float], float, str]] = []
        for record in stored_records(study):
            if record.error:
                found.append(({}, math.nan, record.error))
                continue
            with told_of(self.goal.store):
                values = outcomes(record.result, self.goal.task, self.goal.wavelength_nm)
                comb_order = order_of_comb(record.result, self.goal.task, self.goal.wavelength_nm)
            clean = {key: math.nan if value is None else value for key, value in values.items()}
            found.append((clean, math.nan if comb_order is None else comb_order, ""))
        return found

    def _tell_stage(self, stage: str, message: str, fraction: float) -> None:
        self.tell(f"{stage}: {message}", fraction)

    def extend(self, stage: str, trials: Trials, cube: Array) -> None:
        """Solve further points of the cube."""
        for values, comb_order, error in self.solve(
            stage, tuple(self.goal.variables), self.design_values(cube)
        ):
            trials.values.append(values)
            trials.comb_orders.append(comb_order)
            trials.errors.append(error)
        trials.cube = np.concatenate([trials.cube, cube])


def response_of(trials: Trials, with_gaps: bool = False) -> Response:
    """Models of the goal's outcomes through all trials.

    Parameters
    ----------
    trials : Trials
    with_gaps : bool
        Leave trials without an outcome out of its model, which then has no cliff where the outcome
        ceases to exist.
    """
    goal = trials.goal
    columns: Mapping[str, Array] = {name: trials.column(name) for name in goal.outcome_names}
    if not with_gaps:
        columns = without_gaps(goal, columns)
    return fit_response(trials.cube, columns, np.array(trials.comb_orders), goal.outcome_names)


def without_gaps(goal: Goal, columns: Mapping[str, Array]) -> dict[str, Array]:
    """Outcomes for models to learn from: a constrained one that does not exist stands well on the
    wrong side of its limit.

    No threshold within the range of fluences, or a failed solve, is a place to stay away from.
    """
    filled = dict(columns)
    for limit in goal.limits:
        values = filled[limit.outcome]
        known = values[np.isfinite(values)]
        if len(known) and limit.below is not None:
            filled[limit.outcome] = np.where(
                np.isfinite(values), values, 1.1 * max(limit.below, float(known.max()))
            )
        elif len(known) and limit.above is not None:
            filled[limit.outcome] = np.where(
                np.isfinite(values), values, 0.9 * min(limit.above, float(known.min()))
            )
    return filled


def distinct(trials: Trials, points: Array, apart: float = 1e-5) -> Array:
    """Points that are new, each once."""
    kept: list[Array] = []
    for point in points:
        known = np.concatenate([trials.cube, *(k[None, :] for k in kept)])
        if np.min(np.max(np.abs(known - point), axis=1)) > apart:
            kept.append(point)
    return np.array(kept).reshape(-1, trials.cube.shape[1])


def front_of(trials: Trials) -> list[int]:
    """Trials within the limits that no other beats in both goals, by the first goal."""
    goal = trials.goal
    if goal.second is None:
        return []
    losses = np.stack([trials.losses(), trials.losses(goal.second)], axis=1)
    order = [
        int(p) for p in np.lexsort((losses[:, 1], losses[:, 0])) if math.isfinite(losses[p, 0])
    ]
    front: list[int] = []
    lowest = math.inf
    for p in order:
        if losses[p, 1] < lowest:
            front.append(p)
            lowest = losses[p, 1]
    return front


def alternatives_to(trials: Trials, best: int) -> list[int]:
    """The next-best trials that are distinct designs, by rising loss."""
    losses = trials.losses()
    chosen = [best]
    for p in np.argsort(losses):
        apart = all(np.max(np.abs(trials.cube[p] - trials.cube[other])) > APART for other in chosen)
        if math.isfinite(losses[p]) and apart:
            chosen.append(int(p))
        if len(chosen) > _ALTERNATIVES:
            break
    return chosen[1:]
