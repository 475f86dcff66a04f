"""The search for the best design: space-filling points, then the points that promise most, then steps to the optimum.

Every full solve goes through a store, so that an interrupted search goes on where it stopped. Expected improvement
under constraints after D. R. Jones et al., J. Global Optim. 13, 455 (1998) and M. Schonlau et al. (1998).
"""

from __future__ import annotations

import functools
import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from ..errors import SolverError
from ..study import Axis, Executor, Store, Study, run_study
from ..study.executor import Evaluate
from ..study.run import fingerprints
from ..study.sampling import unit_points
from .expectation import expected_loss, log_feasible, model_optimum
from .goal import Goal, Objective
from .linear import Linearise
from .outcome import comb_place, outcomes
from .response import Response, fit_response

Array = NDArray[np.float64]
Progress = Callable[[str, float], None]

_CANDIDATES = 4096
_BATCH = 2
_SETTLED = 1e-3
_NEAR = 0.02
_EXPLORED = 0.015
_DOUBTS = 2.0
_FAR = 1 / 3
_SEARCH_APART = 5e-4
_FEASIBLE = 1e-9


@dataclass
class Trials:
    """All full solves so far.

    Attributes
    ----------
    cube : (n, d) array
        Variables scaled to 0..1.
    values : list of dict
        Outcomes by name, not-a-number where absent.
    places : list of float
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
    places: list[float] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)
    beside: int = 0
    moved: int = 0

    def __len__(self) -> int:
        return len(self.values)

    def column(self, name: str) -> Array:
        """One outcome of all trials."""
        return np.array([values.get(name, math.nan) for values in self.values])

    def losses(self, objective: Objective | None = None) -> Array:
        """Loss of each trial, infinite where it failed or breaks a limit."""
        objective = objective or self.goal.objective
        losses = []
        for values in self.values:
            known = all(math.isfinite(values.get(name, math.nan)) for name in self.goal.outcome_names)
            fits = known and self.goal.violation(values) <= _FEASIBLE
            losses.append(objective.loss(values[objective.outcome]) if fits else math.inf)
        return np.array(losses)

    def best(self) -> int | None:
        """The best trial that meets all limits, None if there is none."""
        losses = self.losses()
        place = int(np.argmin(losses))
        return place if math.isfinite(losses[place]) else None


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
        columns = [bound.at(np.clip(share, 0, 1)) for bound, share in zip(bounds, cube.T, strict=True)]
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

    def solve(self, stage: str, keys: tuple[str, ...], rows: list[tuple[float, ...]]) -> list[tuple[dict[str, float], float, str]]:
        """Outcomes, place of the comb and error of each row of values; stored ones are not computed again."""
        study = self.study(keys, rows)
        told = functools.partial(self._tell_stage, stage)
        run_study(study, self.evaluate, self.executor, progress=told)
        names = fingerprints(study, range(len(study)))
        records = Store(study.store).records(names.values())
        found: list[tuple[dict[str, float], float, str]] = []
        for name in names.values():
            record = records[name]
            if record.error:
                found.append(({}, math.nan, record.error))
                continue
            values = outcomes(record.result, self.goal.task, self.goal.wavelength_nm)
            place = comb_place(record.result, self.goal.task, self.goal.wavelength_nm)
            clean = {key: math.nan if value is None else value for key, value in values.items()}
            found.append((clean, math.nan if place is None else place, ""))
        return found

    def _tell_stage(self, stage: str, message: str, fraction: float) -> None:
        self.tell(f"{stage}: {message}", fraction)

    def extend(self, stage: str, trials: Trials, cube: Array) -> None:
        """Solve further points of the cube."""
        for values, place, error in self.solve(stage, tuple(self.goal.variables), self.design_values(cube)):
            trials.values.append(values)
            trials.places.append(place)
            trials.errors.append(error)
        trials.cube = np.concatenate([trials.cube, cube])


def response_of(trials: Trials) -> Response:
    """Models of the goal's outcomes through all trials."""
    goal = trials.goal
    columns = without_gaps(goal, {name: trials.column(name) for name in goal.outcome_names})
    return fit_response(trials.cube, columns, np.array(trials.places), goal.outcome_names)


def without_gaps(goal: Goal, columns: Mapping[str, Array]) -> dict[str, Array]:
    """Outcomes for models to learn from: a constrained one that does not exist stands well on the wrong side of its limit.

    No threshold within the range of fluences, or a failed solve, is a place to stay away from.
    """
    filled = dict(columns)
    for limit in goal.limits:
        values = filled[limit.outcome]
        known = values[np.isfinite(values)]
        if len(known) and limit.below is not None:
            filled[limit.outcome] = np.where(np.isfinite(values), values, 1.1 * max(limit.below, float(known.max())))
        elif len(known) and limit.above is not None:
            filled[limit.outcome] = np.where(np.isfinite(values), values, 0.9 * min(limit.above, float(known.min())))
    return filled


def searched(solver: Solver) -> Trials:
    """Search until the budget is spent or nothing better is expected.

    Parameters
    ----------
    solver : Solver

    Raises
    ------
    SolverError
        If no trial can be solved.
    """
    goal = solver.goal
    dimensions, budget = len(goal.variables), goal.solves
    trials = Trials(goal, np.zeros((0, dimensions)))
    first = max(6, min(budget // 2, 6 + 6 * dimensions))
    solver.extend("space-filling points", trials, unit_points("sobol", first, dimensions, goal.seed))
    if not any(error == "" for error in trials.errors):
        raise SolverError(f"design: none of the first {first} points could be solved; the first: {trials.errors[0]}")
    absent = ", ".join(name for name in goal.outcome_names if not np.isfinite(trials.column(name)).any())
    if absent:
        raise SolverError(f"design: none of the first {first} points has {absent}; ask for another outcome, or widen the bounds")
    rng = np.random.default_rng(goal.seed)
    rounds = idle = 0
    while len(trials) < budget and idle < 2:
        response = response_of(trials)
        promising, hope = _promising(trials, response, rng, _BATCH)
        steps = [_refined_optimum(trials, response, rng), *promising]
        if rounds % 2:
            steps[:2] = steps[1::-1]
        gap = _least_known(trials, rng, by_limits=bool(rounds % 2))
        if gap is not None:
            steps.insert(1, gap)
        fresh = distinct(trials, np.array(steps), _SEARCH_APART)[: min(_BATCH, budget - len(trials))]
        if not len(fresh):
            break
        solver.extend(f"promising points after {len(trials)} of at most {budget} solves", trials, fresh)
        best = _best_loss(trials)
        settled = gap is None and math.isfinite(best) and hope < math.log(_SETTLED * max(abs(best), 1e-12))
        rounds, idle = rounds + 1, idle + 1 if settled else 0
    return trials


def _best_loss(trials: Trials) -> float:
    best = trials.best()
    return math.inf if best is None else float(trials.losses()[best])


def distinct(trials: Trials, points: Array, apart: float = 1e-5) -> Array:
    """Points that are new, each once."""
    kept: list[Array] = []
    for point in points:
        known = np.concatenate([trials.cube, *(k[None, :] for k in kept)])
        if np.min(np.max(np.abs(known - point), axis=1)) > apart:
            kept.append(point)
    return np.array(kept).reshape(-1, trials.cube.shape[1])


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
    log_gain = np.where(gain > 1e-12, np.log(np.maximum(gain, 1e-300)), tail)
    return np.asarray(log_gain + np.log(error) + feasible, dtype=np.float64)


def _candidates(trials: Trials, rng: np.random.Generator) -> Array:
    """Points spread over the cube, and points close about the best trials."""
    dimensions = trials.cube.shape[1]
    spread = rng.random((_CANDIDATES, dimensions))
    order = np.argsort(trials.losses())[:4]
    scale = 10.0 ** rng.uniform(-3.5, -0.7, size=(_CANDIDATES, 1))
    near = trials.cube[rng.choice(order, _CANDIDATES)] + scale * rng.standard_normal((_CANDIDATES, dimensions))
    return np.asarray(np.clip(np.concatenate([spread, near]), 0.0, 1.0), dtype=np.float64)


def _promising(trials: Trials, response: Response, rng: np.random.Generator, size: int) -> tuple[list[Array], float]:
    """Points of greatest expected improvement, apart from one another, and the logarithm of the greatest."""
    cube = _candidates(trials, rng)
    score = _log_improvement(trials, response, cube)
    chosen: list[Array] = []
    for place in np.argsort(-score):
        if all(np.max(np.abs(cube[place] - other)) > _NEAR for other in chosen):
            chosen.append(cube[place])
        if len(chosen) == size:
            break
    return chosen, float(score.max())


def _least_known(trials: Trials, rng: np.random.Generator, by_limits: bool) -> Array | None:
    """Of the points that may be good, the one farthest from all trials; None where all are near one.

    An outcome that jumps has islands which expected improvement, believing the models, never visits, and nothing in a few trials
    tells that it jumps. So only half of the models is believed at a time, when they say that a point is no good: those of the
    limits, or that of the goal. Of the other half, the two nearest trials must not both be far from any good.
    """
    goal = trials.goal
    names = tuple(limit.outcome for limit in goal.limits) if by_limits else (goal.objective.outcome,)
    columns = {name: trials.column(name) for name in names}
    if not all(np.isfinite(column).sum() > trials.cube.shape[1] + 2 for column in columns.values()):
        return None
    response = fit_response(trials.cube, columns, np.array(trials.places), names)
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
    distances = np.max(np.abs(cube[:, None, :] - trials.cube[None, :, :]), axis=2)
    beside = np.argpartition(distances, 1, axis=1)[:, :2]
    open_to &= ~_hopeless(trials, by_limits)[beside].all(axis=1)
    distance = np.where(open_to, distances.min(axis=1), 0.0)
    farthest = int(np.argmax(distance))
    return np.asarray(cube[farthest], dtype=np.float64) if distance[farthest] > _EXPLORED else None


def _hopeless(trials: Trials, by_goal: bool) -> NDArray[np.bool_]:
    """Trials far from any good: worse than the best by half of all that was seen, or with a limit broken by a third."""
    goal = trials.goal
    values = [[each.get(name, math.nan) for name in goal.outcome_names] for each in trials.values]
    known = np.isfinite(np.array(values)).all(axis=1)
    if not by_goal:
        return np.array([not there or goal.violation(each) > _FAR for there, each in zip(known, trials.values, strict=True)])
    losses = np.array([goal.objective.loss(each.get(goal.objective.outcome, math.nan)) for each in trials.values])
    there = np.isfinite(losses)
    far: NDArray[np.bool_] = ~there
    if there.any():
        best = min(_best_loss(trials), float(losses[there].max()))
        far |= losses > best + 0.5 * float(np.ptp(losses[there]))
    return far


def _refined_optimum(trials: Trials, response: Response, rng: np.random.Generator) -> Array:
    """Optimum of the models near the best trial, by sequential quadratic programming on their slopes."""
    return model_optimum(trials.goal, response, _candidates(trials, rng))
