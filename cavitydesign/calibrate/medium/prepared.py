"""A measurement of the medium made ready: which free numbers change it, where its best fit lies,
and a surface that stands for the exact prediction about it.

A spectrum of 200 samples decides the centre of a line to a thousandth of its prior's width. A
function through values spread over the prior would be blind there: the exact prediction is fitted
first, and the surface is made where the fit leaves the numbers. Exact predictions weigh the draws
of the answer, as with light curves.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.special import ndtri
from scipy.stats import qmc

from ...arrays import Array
from ...design import parse_design
from ...errors import InputError
from ..calibration_spec import Calibration, MediumMeasurement
from ..layout import Layout, fluence_name, scatter_name
from ..posterior.student import DEGREES, POINT_WORTH, log_density
from .kinds import KINDS, Kind
from .left_over import free_count, left_over
from .surface import Surface, coefficient_count, fit_surface

# Error of a quadratic, over the stated noise, below which nothing is added to it.
_GOOD = 0.03
# Values over the prior from which the best fit starts.
_STARTS = 64
# Standard deviations of the fit that the surface covers, and beyond which it is not asked: the
# logarithm of the likelihood falls on from there as that of a normal one.
_SPREAD, _FARTHEST = 2.0, 8.0
# Exact predictions for each coefficient of a quadratic; every fifth tests it.
_EACH, _HELD_OUT = 4, 5
# Prior standard deviations that an exact prediction is asked at.
_EDGE = 4.5
_STEP = 1e-4  # of a prior's standard deviations, for slopes
_SAME = 1e-9  # of the largest prediction: rounding; a number that changes less does not move it
# Residual that stands for numbers that contradict each other.
_HOPELESS = 1e6


@dataclass(frozen=True, eq=False)
class PreparedMeasurement:
    """One measurement, ready to be compared.

    Attributes
    ----------
    asked : Calibration
    layout : Layout
    measurement : MediumMeasurement
    unknown_indices : tuple of int
        Indices in the vector of unknowns of those that change it.
    centre : (p,) array
        Of these, at the best fit.
    factor : (p, p) array
        Of the covariance there.
    surface : Surface
        The prediction about it, in units of the latter.
    error : float
        What the surface is off by, in units of a deviation.
    worth : float
        Independent points over points: neighbours that deviate alike count as one.
    """

    asked: Calibration
    layout: Layout
    measurement: MediumMeasurement
    unknown_indices: tuple[int, ...]
    centre: Array
    factor: Array
    surface: Surface
    error: float
    worth: float

    def exact(self, z: Array) -> Array:
        """Predictions of (k, d) vectors, (k, n); not finite where numbers contradict each other."""
        return _predicted(self.asked, self.layout, self.measurement, z)[0]

    def _by_surface(self, z: Array) -> tuple[Array, Array]:
        """Predictions by the surface near the best fit, and how far beyond it vectors lie."""
        u = (z[:, list(self.unknown_indices)] - self.centre) @ np.linalg.inv(self.factor).T
        far = np.sqrt((u**2).sum(axis=1))
        inside = u * np.minimum(1.0, _FARTHEST / np.maximum(far, 1e-9))[:, None]
        return self.surface(inside), np.maximum(far - _FARTHEST, 0.0)

    def scatter(self, z: Array) -> Array:
        """Of a point, of (k, d) vectors."""
        index = self.layout.index_of(scatter_name(self.measurement))
        assert index is not None
        return self.layout.unknowns[index].prior.value(z[:, index])

    def log_likelihood(self, z: Array) -> Array:
        """By the surface, with what it is off by."""
        predicted, beyond = self._by_surface(z)
        return self._of(z, predicted, self.error) - beyond * (0.5 * beyond + _FARTHEST)

    def exact_log_likelihood(self, z: Array) -> Array:
        """By exact predictions; impossible where numbers contradict each other."""
        predicted = self.exact(z)
        possible = np.isfinite(predicted).all(axis=1)
        level = np.full(len(z), -np.inf)
        level[possible] = self._of(z[possible], predicted[possible], 0.0)
        return level

    def _of(self, z: Array, predicted: Array, error: float) -> Array:
        kind = KINDS[self.measurement.kind]
        scatter = np.hypot(self.scatter(z), error)
        left = left_over(kind, target_of(self.measurement), predicted, scatter)
        points = POINT_WORTH * self.worth * log_density(left, scatter[:, None])
        # Scale and background are fitted: flat priors of both leave a power of the scatter.
        return np.asarray(points.sum(axis=1) + free_count(kind) * np.log(scatter))


def target_of(measurement: MediumMeasurement) -> Array:
    """What is compared: logarithms, or values over the greatest one."""
    kind = KINDS[measurement.kind]
    value = measurement.columns[kind.columns[-1]]
    return np.asarray(np.log(value) if kind.logarithm else value / _unit_of(measurement))


def _unit_of(measurement: MediumMeasurement) -> float:
    """The greatest value, which scatter and residuals are counted in; 1 for logarithms."""
    kind = KINDS[measurement.kind]
    value = measurement.columns[kind.columns[-1]]
    return 1.0 if kind.logarithm else float(np.abs(value).max())


def prepare_measurement(
    asked: Calibration, layout: Layout, measurement: MediumMeasurement
) -> PreparedMeasurement:
    """Fit a measurement alone, and stand a surface for it there.

    Raises
    ------
    InputError
        If no free number changes it, or the model cannot predict it at all.
    """
    unknown_indices = _unknowns_of(asked, layout, measurement)
    kind, target = KINDS[measurement.kind], target_of(measurement)
    noise = np.array([measurement.relative_noise])

    def whole(part: Array) -> Array:
        z = np.zeros((len(part), len(layout)))
        z[:, unknown_indices] = np.clip(part, -_EDGE, _EDGE)
        return z

    def exact(part: Array) -> Array:
        return _predicted(asked, layout, measurement, whole(part))[0]

    def misfit(part: Array) -> Array:
        predicted = exact(part[None])
        if not np.isfinite(predicted).all():
            return np.full(len(target) + len(part), _HOPELESS)
        left = left_over(kind, target, predicted, noise)[0] / noise
        tamed = np.sign(left) * np.sqrt((DEGREES + 1.0) * np.log1p(left**2 / DEGREES))
        return np.concatenate([tamed, part])

    best = _fitted(misfit, len(unknown_indices))
    jacobian = _slopes(misfit, best)
    left = left_over(kind, target, exact(best[None]), noise)[0]
    rms = float(np.median(np.abs(left))) / 0.6745 / measurement.relative_noise
    signs = 1 + int(np.count_nonzero(np.diff(np.sign(left))))
    worth = min(2.0 * signs / len(left), 1.0)
    slopes = jacobian[: len(left)] * math.sqrt(worth) / max(rms, 1.0)
    covariance = np.linalg.inv(slopes.T @ slopes + np.eye(len(unknown_indices)))
    factor = np.asarray(np.linalg.cholesky(covariance), dtype=np.float64)
    u = _about(len(unknown_indices), asked.seed)
    # what lies beyond the edge of the priors was asked at the edge
    z = np.clip(best + u @ factor.T, -_EDGE, _EDGE)
    right, problems = _predicted(asked, layout, measurement, whole(z))
    if problems:
        # where numbers contradict each other on one side of the fit, the other side is asked
        beyond = ~np.isfinite(right).all(axis=1)
        z[beyond] = np.clip(best - u[beyond] @ factor.T, -_EDGE, _EDGE)
        right[beyond] = exact(z[beyond])
    u = (z - best) @ np.linalg.inv(factor).T
    possible = np.isfinite(right).all(axis=1)
    if possible.sum() < max(coefficient_count(len(unknown_indices)), 2 * _HELD_OUT):
        raise InputError(
            f"{measurement.name}: only {possible.sum()} of {len(z)} predictions about its best fit "
            "are possible; narrow the priors"
            + (f". One of the others: {problems[0]}" if problems else "")
        )
    u, right = u[possible], right[possible]
    near = np.arange(len(u)) < len(u) // 2
    out = near & (np.arange(len(u)) % _HELD_OUT == _HELD_OUT - 1)
    many = np.repeat(noise, out.sum())
    seen = left_over(kind, target, right[out], many)

    def error_of(surface: Surface) -> float:
        off = left_over(kind, target, surface(u[out]), many) - seen
        return float(np.median(np.sqrt((off**2).mean(axis=1))))

    smooth = error_of(fit_surface(u[~out], right[~out], False)) < _GOOD * float(noise[0])
    error = error_of(fit_surface(u[~out], right[~out], not smooth))
    surface = fit_surface(u, right, not smooth)
    return PreparedMeasurement(
        asked, layout, measurement, unknown_indices, best, factor, surface, error, worth
    )


def _about(count: int, seed: int) -> Array:
    """Where exact predictions are asked for, in units of the fit's standard deviations: half of
    them where the posterior lies, half about it.
    """
    each = _EACH * coefficient_count(count)
    sobol = qmc.Sobol(count, seed=seed)
    points = ndtri(np.clip(sobol.random_base2(int(np.ceil(np.log2(each)))), 1e-3, 1.0 - 1e-3))
    half = len(points) // 2
    return np.asarray(np.concatenate([points[:half], _SPREAD * points[half:]]))


def _fitted(misfit: Any, count: int) -> Array:
    """Best fit, from the best of values over the prior."""
    from scipy import optimize

    least_squares: Any = optimize.least_squares
    first = qmc.Sobol(count, seed=0).random_base2(int(math.log2(_STARTS)))
    tried = np.concatenate([np.zeros((1, count)), ndtri(np.clip(first, 0.01, 0.99))])
    costs = [float((misfit(one) ** 2).sum()) for one in tried]
    ends = [
        least_squares(misfit, tried[row], bounds=(-_EDGE, _EDGE), diff_step=_STEP, max_nfev=60)
        for row in np.argsort(costs)[:2]
    ]
    return np.asarray(min(ends, key=lambda one: float(one.cost)).x)


def _slopes(misfit: Any, best: Array) -> Array:
    """Of the residuals, by steps to where the numbers do not contradict each other; none where both
    sides do.
    """
    here = misfit(best)
    slopes = np.zeros((len(here), len(best)))
    for index, inwards in enumerate(np.where(best > 0.0, -_STEP, _STEP)):
        for step in (inwards, -inwards):
            moved = best.copy()
            moved[index] += step
            there = misfit(moved)
            if np.abs(there).max() < _HOPELESS:
                slopes[:, index] = (there - here) / step
                break
    return slopes


def _unknowns_of(
    asked: Calibration, layout: Layout, measurement: MediumMeasurement
) -> tuple[int, ...]:
    """Unknowns that change the prediction.

    Raises
    ------
    InputError
        If there is none, or the middle of the priors has no prediction.
    """
    candidates = list(layout.keys_of(measurement).values())
    scale = layout.index_of(fluence_name(measurement.session))
    candidates += [] if scale is None else [scale]
    middle = np.zeros((1, len(layout)))
    right, problems = _predicted(asked, layout, measurement, middle)
    if problems:
        raise InputError(problems)
    _check_finite(measurement, right[0])
    found = []
    for index in candidates:
        moved = np.repeat(middle, 2, axis=0)
        moved[:, index] = 1.0, -1.0
        after, _ = _predicted(asked, layout, measurement, moved)
        # One side may contradict the other numbers; where both do, this one decides as well.
        after = after[np.isfinite(after).all(axis=1)]
        if not len(after) or np.abs(after - right).max() > _SAME * np.abs(right).max():
            found.append(index)
    if not found:
        raise InputError(
            f"{measurement.name}: no free number changes what {measurement.kind} measures; free "
            "those of the medium that it tells of"
        )
    return tuple(found)


def _check_finite(measurement: MediumMeasurement, predicted: Array) -> None:
    """Refuse points that have no prediction."""
    wrong = np.flatnonzero(~np.isfinite(predicted))
    if not len(wrong):
        return
    first, kind = int(wrong[0]), KINDS[measurement.kind]
    *places, value = (f"{key} = {measurement.columns[key][first]:g}" for key in kind.columns)
    line = f"line {measurement.lines[first]}: " if measurement.lines else ""
    raise InputError(
        f"{measurement.file or measurement.name}: {line}{value} at {', '.join(places)}: the model "
        f"predicts no number there, nor at {len(wrong) - 1} others of {len(predicted)} points"
        f"{kind.limit}; leave them out"
    )


def _predicted(
    asked: Calibration, layout: Layout, measurement: MediumMeasurement, z: Array
) -> tuple[Array, list[str]]:
    """Exact predictions in units of the greatest measured value, (k, n), and the problems of a row
    whose numbers contradict each other, which is not finite.
    """
    kind: Kind = KINDS[measurement.kind]
    scale = layout.index_of(fluence_name(measurement.session))
    count = len(next(iter(measurement.columns.values())))
    found = np.full((len(z), count), np.nan)
    problems: list[str] = []
    for number, row in enumerate(z):
        values = layout.design_values(measurement, row)
        true = 1.0 if scale is None else float(layout.unknowns[scale].prior.value(row[scale]))
        try:
            design = parse_design(
                dict(measurement.design), overrides=dict(values), path=asked.folder / "design.toml"
            )
            right = kind.predict(design, true, measurement.columns, measurement.numbers)
            found[number] = right / _unit_of(measurement)
        except InputError as error:
            problems = problems or [f"{measurement.name}: {line}" for line in error.problems]
    return found, problems
