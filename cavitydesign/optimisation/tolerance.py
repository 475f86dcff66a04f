"""Yield: what fabrication spreads leave of a goal, by many samples of fast models, checked by full
solves.

Two models of the outcomes about the optimum, each good for 1e5 samples in a second: the modes moved
by their derivatives (`first_order`), and a response (order of the comb first, then outcomes over
its phase) fitted to full solves inside the spreads. Full solves at random samples that neither has
seen say whether to believe them.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..arrays import Array
from ..study.sampling import unit_points
from .goal import Goal
from .models.first_order_model import FirstOrderModel, first_order_solver, knows_all, linear_about
from .models.response import Model, fit_response
from .trials import Solver, without_gaps

_REACH = 3.0  # standard deviations that the solves of a response span: 99.7 % of the parts
_SOLVES = 14  # full solves of a response, of any number of variables,
_SOLVES_EACH = 10  # and for each that scatters
_INDEX_SAMPLES = 4096  # pairs of points of the sensitivity indices: 1/sqrt(4096) is 0.016


@dataclass(frozen=True)
class Sensitivity:
    """What one spread does to the goal's outcome.

    Attributes
    ----------
    key : str
    sd : float
    low, high : float
        Outcome with this key one standard deviation below and above, the others nominal.
    first, total : float
        Sobol indices: share of the variance due to this key alone, and with all its interactions.
    """

    key: str
    sd: float
    low: float
    high: float
    first: float
    total: float


@dataclass(frozen=True)
class YieldAnswer:
    """Yield of a goal.

    Attributes
    ----------
    by_response, by_response_error : float
        Share of samples of the response that meet all limits, and its sampling error.
    by_derivatives, by_derivatives_error : float or None
        The same of modes moved to first order, by the solver's own derivatives; None where these
        cannot be had.
    by_solves, by_solves_error : float
        The same of the full solves.
    agree : bool
        Whether each of the models differs from the full solves by less than three errors.
    samples, checks, solves : int
        Numbers of samples, of checking solves and of solves that made the response.
    prediction_error : dict of str to float
        R.m.s. difference between response and full solve at the checking points, for each outcome.
    derivative_error : dict of str to float
        The same between first order and full solve.
    outcome_mean, outcome_sd : float
        Of the goal's outcome over the spreads.
    outcome_quantiles : tuple of float
        At 5, 50 and 95 %.
    nominal : float
        The goal's outcome at the nominal values.
    sensitivities : tuple of Sensitivity
        By falling total index.
    """

    by_response: float
    by_response_error: float
    by_derivatives: float | None
    by_derivatives_error: float | None
    by_solves: float
    by_solves_error: float
    agree: bool
    samples: int
    checks: int
    solves: int
    prediction_error: Mapping[str, float]
    derivative_error: Mapping[str, float]
    outcome_mean: float
    outcome_sd: float
    outcome_quantiles: tuple[float, float, float]
    nominal: float
    sensitivities: tuple[Sensitivity, ...]

    def to_json_dict(self) -> dict[str, Any]:
        """The object `yield` in the JSON of ``design``."""
        rows = [dict(entry.__dict__) for entry in self.sensitivities]
        return {
            **self.__dict__,
            "outcome_quantiles": list(self.outcome_quantiles),
            "sensitivities": rows,
        }


def yield_about(solver: Solver, nominal: Mapping[str, float]) -> YieldAnswer:
    """Yield of the goal where its spreads scatter about nominal values.

    Parameters
    ----------
    solver : Solver
    nominal : mapping of str to float
        Values of the variables, and of any further key with a spread.
    """
    goal = solver.goal
    keys, sds = tuple(goal.spread), np.array(list(goal.spread.values()))
    fitting = (
        2 * unit_points("sobol", _SOLVES + _SOLVES_EACH * len(keys), len(keys), goal.seed + 1) - 1
    ) * _REACH
    fitting = np.concatenate([np.zeros((1, len(keys))), fitting])
    columns, comb_orders = _solved(solver, nominal, "yield, response", fitting)
    response: Model = fit_response(
        _cube(fitting), without_gaps(goal, columns), comb_orders, goal.outcome_names
    )
    checking = normal_points(goal.checks, len(keys), goal.seed + 2)
    checked, _ = _solved(solver, nominal, "yield, check", checking)
    kept_full = meets_limits(goal, checked)
    by_solves, by_solves_error = (
        float(kept_full.mean()),
        counted_share_error(float(kept_full.mean()), len(kept_full)),
    )
    samples = _normal(unit_points("sobol", goal.samples, len(keys), goal.seed + 3))
    models = {"response": response}
    first = _first_order(solver, nominal, fitting)
    if first is not None:
        models["derivatives"] = first
    shares, errors = {}, {}
    for kind, model in models.items():
        predicted = {name: model.mean(name, _cube(samples)) for name in goal.outcome_names}
        shares[kind] = float(meets_limits(goal, predicted).mean())
        gaps = {
            name: model.mean(name, _cube(checking)) - checked[name] for name in goal.outcome_names
        }
        errors[kind] = {name: _root_mean_square(gap) for name, gap in gaps.items()}
    outcome = response.mean(goal.objective.outcome, _cube(samples))
    by_response_error = counted_share_error(shares["response"], len(samples))
    tolerated = 3 * math.hypot(by_response_error, by_solves_error)
    quantiles = np.quantile(outcome, [0.05, 0.5, 0.95])
    return YieldAnswer(
        by_response=shares["response"],
        by_response_error=by_response_error,
        by_derivatives=shares.get("derivatives"),
        by_derivatives_error=counted_share_error(shares["derivatives"], len(samples))
        if "derivatives" in shares
        else None,
        by_solves=by_solves,
        by_solves_error=by_solves_error,
        agree=all(abs(share - by_solves) < tolerated for share in shares.values()),
        samples=len(samples),
        checks=len(checking),
        solves=len(fitting),
        prediction_error=errors["response"],
        derivative_error=errors.get("derivatives", {}),
        outcome_mean=float(outcome.mean()),
        outcome_sd=float(outcome.std()),
        outcome_quantiles=(float(quantiles[0]), float(quantiles[1]), float(quantiles[2])),
        nominal=float(columns[goal.objective.outcome][0]),
        sensitivities=_sensitivities(goal, response, keys, sds),
    )


def _root_mean_square(gap: Array) -> float:
    known = gap[np.isfinite(gap)]
    return float(np.sqrt(np.mean(known**2))) if len(known) else 0.0


def checked_yield(solver: Solver, nominal: Mapping[str, float]) -> tuple[float, float]:
    """Share of full solves, at half the goal's checking points about nominal values, that meet all
    limits; its error.
    """
    goal = solver.goal
    points = normal_points(max(goal.checks // 2, 8), len(goal.spread), goal.seed + 9)
    columns, _ = _solved(solver, nominal, "yield of the design that bears its spreads", points)
    share = float(meets_limits(goal, columns).mean())
    return share, counted_share_error(share, len(points))


def _solved(
    solver: Solver, nominal: Mapping[str, float], stage: str, z: Array
) -> tuple[dict[str, Array], Array]:
    """Outcomes and orders of the comb at points z standard deviations from nominal, shape (n,
    spreads).
    """
    goal = solver.goal
    keys = tuple(goal.spread)
    fixed = tuple(key for key in goal.variables if key not in goal.spread)
    centre, sds = np.array([nominal[key] for key in keys]), np.array(list(goal.spread.values()))
    rows = [(*(centre + sds * point).tolist(), *(nominal[key] for key in fixed)) for point in z]
    found = solver.solve(stage, (*keys, *fixed), rows)
    columns = {
        name: np.array([f[0].get(name, math.nan) for f in found]) for name in goal.outcome_names
    }
    return columns, np.array([f[1] for f in found])


def _first_order(solver: Solver, nominal: Mapping[str, float], fitting: Array) -> Model | None:
    """The goal's outcomes from the derivatives of the modes about nominal values; None where they
    cannot be had.
    """
    goal = solver.goal
    reach = {key: _REACH * sd for key, sd in goal.spread.items()}
    linear = linear_about(solver, nominal, reach)
    if linear is None:
        return None
    if knows_all(linear, goal.outcome_names, goal.task):
        far = np.array(list(reach.values()))
        return FirstOrderModel(linear, lambda cube: (2 * cube - 1) * far)
    columns, comb_orders = _solved(
        first_order_solver(solver, linear, nominal), nominal, "yield, first order", fitting
    )
    if not all(np.isfinite(values).any() for values in columns.values()):
        return None
    return fit_response(
        _cube(fitting), without_gaps(goal, columns), comb_orders, goal.outcome_names
    )


def _cube(z: Array) -> Array:
    """Standard normal coordinates as points of the unit cube of the response, samples beyond its
    edge at the edge.
    """
    return np.clip(0.5 + z / (2 * _REACH), 0.0, 1.0)


def normal_points(count: int, dimensions: int, seed: int) -> Array:
    """Standard normal points that fill a space evenly (a Latin hypercube), shape (count,
    dimensions).
    """
    return _normal(unit_points("latin_hypercube", count, dimensions, seed))


def _normal(share: Array) -> Array:
    from scipy.special import ndtri

    return np.asarray(ndtri(np.clip(share, 1e-9, 1 - 1e-9)), dtype=np.float64)


def meets_limits(goal: Goal, columns: Mapping[str, Array]) -> NDArray[np.bool_]:
    """Whether each row meets all limits; a failed solve meets none."""
    kept = np.full(len(next(iter(columns.values()))), True)
    for values in columns.values():
        kept &= np.isfinite(values)
    for limit in goal.limits:
        values = columns[limit.outcome]
        kept &= (values <= limit.below if limit.below is not None else True) & (
            values >= limit.above if limit.above is not None else True
        )
    return kept


def counted_share_error(share: float, count: int) -> float:
    """Standard error of a share of `count`, by Laplace's rule so that 0 and 1 are not certain."""
    p = (share * count + 1) / (count + 2)
    return math.sqrt(p * (1 - p) / count)


def _sensitivities(
    goal: Goal, response: Model, keys: tuple[str, ...], sds: Array
) -> tuple[Sensitivity, ...]:
    """Tornado and Sobol indices (A. Saltelli et al., Comput. Phys. Commun. 181, 259 (2010),
    estimators b and f).
    """
    name, count = goal.objective.outcome, len(keys)
    base = _normal(unit_points("sobol", _INDEX_SAMPLES, 2 * count, goal.seed + 4))
    a, b = base[:, :count], base[:, count:]
    # About the mean, which takes most of the noise out of the estimators.
    centre = float(np.mean(response.mean(name, _cube(a))))
    f_a, f_b = (response.mean(name, _cube(z)) - centre for z in (a, b))
    variance = float(np.var(np.concatenate([f_a, f_b]))) or 1.0
    rows = []
    for column, key in enumerate(keys):
        mixed = a.copy()
        mixed[:, column] = b[:, column]
        f_mixed = response.mean(name, _cube(mixed)) - centre
        step = np.zeros((2, count))
        step[:, column] = (-1.0, 1.0)
        low, high = response.mean(name, _cube(step))
        first = float(np.mean(f_b * (f_mixed - f_a))) / variance
        total = 0.5 * float(np.mean((f_a - f_mixed) ** 2)) / variance
        rows.append(Sensitivity(key, float(sds[column]), float(low), float(high), first, total))
    return tuple(sorted(rows, key=lambda row: -row.total))
