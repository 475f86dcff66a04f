"""A calibration from start to end: solve, emulate, sample, and confirm by exact solves."""

from __future__ import annotations

import functools
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from scipy.interpolate import PchipInterpolator
from scipy.special import ndtri
from scipy.stats import qmc

from ..study import Executor
from .answer import QUANTILES, CalibrationAnswer, Constant, CurveFit, quantiles_of
from .detector import fine_grid
from .layout import Layout, fluence_name, layout_of, scale_name
from .light import Light
from .posterior.doubts import doubts_of_answer, doubts_of_curve, doubts_of_scale
from .posterior.emulator import CurveEmulator, fit_emulator
from .posterior.likelihood import Comparison, Posterior
from .posterior.next_measurement import POINTS, Advice, advice_of
from .posterior.reweigh import RELIABLE_SHAPE, Weights, resampled, smoothed_weights
from .posterior.sampler import Draws, laplace, sample
from .setup import Prepared, prepare
from .solves import solved_light
from .spec import Calibration, NextMeasurement

Array = NDArray[np.float64]
Progress = Callable[[str, float], None] | None
Told = Callable[[str], None] | None

_MOST_ROUNDS = 4
"""Rounds of exact solves at most. Each brings draws of the posterior into the emulator; the second
was enough for every made-up laboratory tried."""
_WORTH = 0.25
"""Effective size, over the draws, at which exact solves count as confirming the posterior."""
_FIRST_SHARE = 4
"""The first answer rests on this fraction of the solves."""
_HELD_OUT = 5
"""Every fifth solve tests the emulator before it joins it."""
_DRAWS_FOR_QUANTILES = 4000
_DENSE = 80
"""Fluences of a predicted curve: neighbours lie 2 % apart over a range of a factor of five."""


@dataclass(frozen=True, eq=False)
class _Solved:
    """Exact light of one cavity at many vectors."""

    z: Array
    light: Light

    def joined(self, other: _Solved) -> _Solved:
        return _Solved(np.concatenate([self.z, other.z]), self.light.joined(other.light))


def calibrate(
    asked: Calibration, executor: Executor, progress: Progress = None, told: Told = None
) -> CalibrationAnswer:
    """Constants of a medium and its set-up from measured cavities.

    Parameters
    ----------
    asked : Calibration
    executor : Executor
        Solves pulses; what it solves is kept in the calibration's store.
    progress : callable or None
        Told a message and the fraction done.
    told : callable or None
        Told the first answer, one line, as soon as it is there.

    Raises
    ------
    InputError
        If a design or a value within the priors is impossible.
    MissingLibraryError
        If emcee is not installed.
    """
    began = time.perf_counter()
    layout = layout_of(asked)
    ready = [prepare(asked, layout, cavity) for cavity in asked.cavities]
    work = _Work(asked, layout, ready, executor, progress)
    z = _spread(asked, layout, ready)
    solved = work.solve("pulses", z[: max(len(z) // _FIRST_SHARE, 8)])
    if told is not None:
        told(_first_answer(work, solved))
    solved = work.solve("pulses", z)
    start: Array | None = None
    for turn in range(_MOST_ROUNDS):
        posterior = work.posterior(solved)
        draws = sample(posterior, len(layout), asked.seed + turn, progress, start)
        chosen = _chosen(draws, asked.samples, asked.seed + turn)
        exact = work.solve(f"exact curves, round {turn + 1}", chosen)
        confirmed = work.exact_posterior(exact)
        ratio = confirmed.log_likelihood(chosen) - posterior.log_likelihood(chosen)
        weights = smoothed_weights(ratio)
        done = weights.shape < RELIABLE_SHAPE and (weights.effective_size > _WORTH * len(chosen))
        if done or turn + 1 == _MOST_ROUNDS:
            break
        solved = [a.joined(b) for a, b in zip(solved, exact, strict=True)]
        start = draws.z[-len(draws.z) // 2 :][:200]
    answer = work.answer(chosen, weights, exact, turn + 1, sum(len(each.z) for each in solved))
    warnings = [*doubts_of_answer(answer), *answer.warnings]
    if draws.lengths < 20:
        warnings.append(
            f"the sampler has not settled ({draws.lengths:.0f} autocorrelation times): narrow the "
            "priors, or free fewer numbers"
        )
    advice = None if asked.next is None else _advice(work, asked.next, chosen, weights)
    seconds = time.perf_counter() - began
    return replace(answer, warnings=tuple(warnings), advice=advice, seconds=seconds)


def _advice(work: _Work, asked: NextMeasurement, z: Array, weights: Weights) -> Advice:
    """What each candidate would tell of the asked threshold, over equal draws."""
    rows = np.unique(resampled(weights, len(z), work.asked.seed))
    z = z[rows]
    cavities = (asked.predict, *asked.candidates)
    ready = [prepare(work.asked, work.layout, cavity) for cavity in cavities]
    beside = replace(work, ready=ready)
    solved = beside.solve("light", z)
    lights = [_fine(each, known.light) for each, known in zip(ready, solved, strict=True)]
    compared = [beside.comparison(each) for each in ready]
    curves, steps = [], []
    for comparison, light in zip(compared[1:], lights[1:], strict=True):
        low, high = comparison.ready.cavity.fluences
        fluence = np.geomspace(low, high, POINTS)
        steps.append(float(np.log(high / low)) / (POINTS - 1))
        curves.append((comparison.ready.cavity.name, comparison.log_light(z, light, fluence)))
    return advice_of(
        asked.predict.name,
        compared[0].threshold_mj_cm2(z, lights[0]),
        curves,
        steps,
        asked.candidates[0].relative_noise,
        max(work.asked.fluence_scale_sd.values(), default=0.0),
    )


def _spread(asked: Calibration, layout: Layout, ready: Sequence[Prepared]) -> Array:
    """Vectors that fill the priors of the numbers that the rate equations know."""
    places = sorted({place for each in ready for place in each.rate_places})
    z = np.zeros((max(asked.solves, 8), len(layout)))
    if not places:
        return z[:1]
    points = qmc.Sobol(len(places), seed=asked.seed).random_base2(int(np.ceil(np.log2(len(z)))))[
        : len(z)
    ]
    z[:, places] = ndtri(np.clip(points, 1e-4, 1.0 - 1e-4))
    return z


def _chosen(draws: Draws, count: int, seed: int) -> Array:
    """So many different draws."""
    order = np.random.default_rng(seed).permutation(len(draws.z))
    return draws.z[order[:count]]


def _first_answer(work: _Work, solved: Sequence[_Solved]) -> str:
    """One line from least squares on few solves."""
    posterior = work.posterior(solved)
    rng = np.random.default_rng(0)
    pool = rng.standard_normal((400, len(work.layout)))
    found = laplace(posterior, pool[int(np.argmax(posterior(pool)))])
    sd = np.sqrt(np.diag(found.covariance))
    parts = []
    for place, unknown in enumerate(work.layout.unknowns):
        if not unknown.key:
            continue
        ends = unknown.prior.value(found.best[place] + sd[place] * np.array([-1.0, 0.0, 1.0]))
        parts.append(f"{unknown.name} {ends[1]:.4g} ({ends[0]:.4g} to {ends[2]:.4g})")
    return "first answer by least squares, rough: " + "; ".join(parts)


@dataclass(frozen=True, eq=False)
class _Work:
    """What all steps of one calibration share."""

    asked: Calibration
    layout: Layout
    ready: Sequence[Prepared]
    executor: Executor
    progress: Progress

    def solve(self, stage: str, z: Array) -> list[_Solved]:
        """Exact light of all cavities."""
        found = []
        for number, each in enumerate(self.ready):
            share = (number / len(self.ready), 1.0 / len(self.ready))

            tell = functools.partial(self._tell, f"{stage} of {each.cavity.name}", share)
            light = solved_light(self.asked, self.layout, each, z, self.executor, tell)
            found.append(_Solved(z, light))
        return found

    def _tell(self, what: str, share: tuple[float, float], message: str, fraction: float) -> None:
        if self.progress is not None:
            self.progress(f"{what}: {message}", share[0] + share[1] * fraction)

    def comparison(self, ready: Prepared) -> Comparison:
        """One cavity against its data."""
        return Comparison(ready, float(ready.grid.log_excitons[0]), self.layout)

    def posterior(self, solved: Sequence[_Solved]) -> Posterior:
        """By emulators, with what these are off by."""
        comparisons = [self.comparison(each) for each in self.ready]
        emulators, errors = [], []
        for each, known in zip(comparisons, solved, strict=True):
            errors.append(self._emulator_error(each, known))
            emulators.append(self._emulator(each.ready, known).curves)
        return Posterior(comparisons, emulators, errors)

    def _emulator(self, ready: Prepared, known: _Solved) -> CurveEmulator:
        inputs = known.z[:, ready.rate_places]
        _, first = np.unique(inputs, axis=0, return_index=True)
        rows = np.sort(first)
        return fit_emulator(inputs[rows], ready.grid.log_excitons, known.light.taken(rows))

    def _emulator_error(self, comparison: Comparison, known: _Solved) -> float:
        """Root-mean-square error in the logarithm of the collected light, on solves left out."""
        ready = comparison.ready
        if not ready.rate_keys:
            return 0.0
        out = np.arange(len(known.z)) % _HELD_OUT == _HELD_OUT - 1
        part = self._emulator(ready, _Solved(known.z[~out], known.light.taken(~out)))
        fluence = np.geomspace(*ready.cavity.fluences, 24)
        z = known.z[out]
        computed = comparison.log_light(z, part.curves(z[:, ready.rate_places]), fluence)
        right = comparison.log_light(z, _fine(ready, known.light.taken(out)), fluence)
        deviation = computed - right
        deviation = deviation - np.median(deviation, axis=1, keepdims=True)
        # Robust: the corners of the priors, where it errs most, are not where the posterior lies.
        return float(np.median(np.sqrt((deviation**2).mean(axis=1))))

    def exact_posterior(self, exact: Sequence[_Solved]) -> Posterior:
        """By exact curves of given vectors, in their order."""
        comparisons = [self.comparison(each) for each in self.ready]
        curves = [
            _Known(_fine(each, known.light)) for each, known in zip(self.ready, exact, strict=True)
        ]
        return Posterior(comparisons, curves, [0.0] * len(comparisons))

    def answer(
        self, z: Array, weights: Weights, exact: Sequence[_Solved], rounds: int, solves: int
    ) -> CalibrationAnswer:
        """The answer from exact draws and their weights."""
        rows = resampled(weights, _DRAWS_FOR_QUANTILES, self.asked.seed)
        scales = {scale_name(cavity) for cavity in self.asked.cavities}
        shown = [i for i, each in enumerate(self.layout.unknowns) if each.name not in scales]
        values = self.layout.values(z)[rows]
        constants = tuple(
            Constant(
                self.layout.unknowns[i].name,
                self.layout.unknowns[i].key,
                self.layout.unknowns[i].prior.in_words(),
                quantiles_of(values[:, i]),
                min(float(z[rows, i].std()), 1.0),
            )
            for i in shown
        )
        equal = resampled(weights, self.asked.samples, self.asked.seed)
        curves = tuple(
            self._curve_fit(self.comparison(ready), z, known, rows)
            for ready, known in zip(self.ready, exact, strict=True)
        )
        with np.errstate(invalid="ignore"):
            correlation = np.nan_to_num(np.atleast_2d(np.corrcoef(z[rows][:, shown].T)))
        warnings = [line for curve in curves for line in doubts_of_curve(curve)]
        for session, sd in self.asked.fluence_scale_sd.items():
            for constant in constants:
                if constant.name == fluence_name(session):
                    warnings += doubts_of_scale(constant, sd)
        return CalibrationAnswer(
            self.asked.name,
            constants,
            correlation,
            self.layout.values(z)[equal][:, shown],
            curves,
            weights.effective_size,
            weights.shape,
            rounds,
            solves,
            tuple(warnings),
            0.0,
        )

    def _curve_fit(
        self, comparison: Comparison, z: Array, known: _Solved, rows: NDArray[np.int64]
    ) -> CurveFit:
        cavity, light = comparison.ready.cavity, _fine(comparison.ready, known.light)
        threshold = comparison.threshold_mj_cm2(z, light)[rows]
        told = (quantiles_of(threshold), float(np.isfinite(threshold).mean()))
        if cavity.curve is None:
            return CurveFit(cavity.name, None, None, None, None, None, *told, None, None)
        measured = cavity.curve
        deviation, scatter = comparison.deviations(z, light, measured)
        at_points = comparison.log_light(z, light, measured.fluence_mj_cm2)
        # each draw with its own scale of the light
        scale = (np.log(measured.emission) - deviation - at_points)[:, :1]
        low, high = map(float, measured.fluence_mj_cm2[[0, -1]])
        dense = np.geomspace(low, high, _DENSE)
        curves = (comparison.log_light(z, light, dense) + scale)[rows]
        middle = np.median((at_points + scale)[rows], axis=0)
        return CurveFit(
            cavity.name,
            measured.fluence_mj_cm2,
            measured.emission,
            dense,
            np.exp(np.quantile(curves, QUANTILES, axis=0)),
            np.log(measured.emission) - middle,
            *told,
            float(np.median(scatter[rows])),
            cavity.relative_noise,
        )


@dataclass(frozen=True, eq=False)
class _Known:
    """Exact curves of the vectors that will be asked for, whatever these are."""

    light: Light

    def __call__(self, z: Array) -> Light:
        return self.light


def _fine(ready: Prepared, light: Light) -> Light:
    """Exact light on the fine grid."""
    grid = ready.grid.log_excitons
    both = np.stack([light.laser, light.glow], axis=1)
    fine = PchipInterpolator(grid, both, axis=2)(fine_grid(grid))
    return Light(fine[:, 0], fine[:, 1], light.log_static)
