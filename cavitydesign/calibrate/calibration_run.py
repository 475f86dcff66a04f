"""A calibration from start to end: solve, emulate, sample, and confirm by exact solves."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np

from ..arrays import Array
from ..progress import Progress
from ..study import Executor, SerialExecutor
from .answer import CalibrationAnswer
from .calibration_spec import Calibration, NextMeasurement
from .layout import layout_of
from .light import Light
from .medium.prepared import prepare_measurement
from .posterior.doubts import contradictions_of_curve, doubts_of_answer
from .posterior.likelihood import Comparison
from .posterior.next_measurement import (
    POINTS,
    Advice,
    Measurement,
    advice_of,
    curve_to_measure,
    spectrum_to_measure,
)
from .posterior.number_doubts import contradictions_of_numbers
from .posterior.reweigh import RELIABLE_SHAPE, Weights, resampled, smoothed_weights
from .posterior.sampler import Draws, laplace, sample
from .setup import prepare
from .weighted_answer import answer_of, curve_fit
from .work import Solved, Work, fine_light, spread_over_priors

Told = Callable[[str], None] | None

# Rounds of exact solves at most. Each brings draws of the posterior into the emulator; the second
# was enough for every made-up laboratory tried.
_MOST_ROUNDS = 4
# Effective size, over the draws, at which exact solves count as confirming the posterior.
_WORTH = 0.25
# The first answer rests on this fraction of the solves.
_FIRST_SHARE = 4
# Chance of a right model below which a curve's residuals are told with the first answer: what its
# few solves are off by is smooth as well, and must not accuse a right model.
_EARLY_CHANCE = 1e-3
_BRIGHTER = 1.02  # A fluence that tells the slopes of lines: shares are linear within 2 %.


def calibrate(
    asked: Calibration,
    executor: Executor | None = None,
    progress: Progress | None = None,
    told: Told = None,
) -> CalibrationAnswer:
    """Constants of a medium and its set-up from measured cavities.

    Parameters
    ----------
    asked : Calibration
    executor : Executor, optional
        Solves pulses, by default one after the other in this process; what it solves is kept in the
        calibration's store.
    progress : callable or None
        Told a message and the fraction done.
    told : callable or None
        Told the first answer, one line, as soon as it is there, and one for each contradiction that
        shows in it.

    Raises
    ------
    InputError
        If a design or a value within the priors is impossible.
    MissingLibraryError
        If emcee is needed and not installed.
    """
    began = time.perf_counter()
    layout = layout_of(asked)
    ready = [prepare(asked, layout, cavity) for cavity in asked.cavities]
    measured = [prepare_measurement(asked, layout, one) for one in asked.measurements]
    work = Work(asked, layout, ready, executor or SerialExecutor(), progress, measured)
    z = spread_over_priors(asked, layout, ready)
    solved = work.solve("pulses", z[: max(len(z) // _FIRST_SHARE, 8)])
    if told is not None:
        for line in _first_answer(work, solved):
            told(line)
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
    answer = answer_of(work, chosen, weights, exact, turn + 1, sum(len(each.z) for each in solved))
    warnings = [*doubts_of_answer(answer), *answer.warnings]
    if not draws.settled:
        warnings.append("the sampler has not settled: narrow the priors, or free fewer numbers")
    advice = None if asked.next is None else _advice(work, asked.next, chosen, weights)
    seconds = time.perf_counter() - began
    return replace(answer, warnings=tuple(warnings), advice=advice, seconds=seconds)


def _advice(work: Work, asked: NextMeasurement, z: Array, weights: Weights) -> Advice:
    """What each candidate would tell of the asked threshold, over equal draws."""
    rows = np.unique(resampled(weights, len(z), work.asked.seed))
    cavities = (asked.predict, *asked.candidates)
    layout = work.layout.with_others(work.asked.numbers, cavities)
    # What only these cavities have is known from its prior alone.
    own = np.random.default_rng(work.asked.seed).standard_normal((len(rows), len(layout)))
    z = np.concatenate([z[rows], own[:, len(work.layout) :]], axis=1)
    ready = [prepare(work.asked, layout, cavity) for cavity in cavities]
    enlarged = replace(work, layout=layout, ready=ready)
    solved = enlarged.solve("light", z)
    lights = [fine_light(each, known.light) for each, known in zip(ready, solved, strict=True)]
    compared = [enlarged.comparison(each) for each in ready]
    measurements = []
    for comparison, light in zip(compared[1:], lights[1:], strict=True):
        measurements.append(_measurement(comparison, z, light))
    values = layout.values(z)
    constants = {
        each.name: np.log(values[:, column]) if each.prior.of_logarithm else values[:, column]
        for column, each in enumerate(work.layout.unknowns)
        if each.key
    }
    return advice_of(
        asked.predict.name,
        compared[0].threshold_mj_cm2(z, lights[0]),
        measurements,
        max(work.asked.fluence_scale_sd.values(), default=0.0),
        constants,
    )


def _measurement(comparison: Comparison, z: Array, light: Light) -> Measurement:
    """What a candidate would show of each draw."""
    cavity = comparison.ready.cavity
    if cavity.spectra:
        one = cavity.spectra[0]
        shares, brighter = (
            comparison.shares(z, light, one.fluence_mj_cm2 * factor) for factor in (1.0, _BRIGHTER)
        )
        noise = math.hypot(cavity.relative_noise, one.model_error)
        return spectrum_to_measure(cavity.name, shares, brighter, math.log(_BRIGHTER), noise)
    low, high = cavity.fluences
    curve = comparison.log_light(z, light, np.geomspace(low, high, POINTS))
    step = math.log(high / low) / (POINTS - 1)
    return curve_to_measure(cavity.name, curve, step, cavity.relative_noise)


def _chosen(draws: Draws, count: int, seed: int) -> Array:
    """So many different draws."""
    order = np.random.default_rng(seed).permutation(len(draws.z))
    return draws.z[order[:count]]


def _first_answer(work: Work, solved: Sequence[Solved]) -> list[str]:
    """One line from least squares on few solves, and what it contradicts: a power meter that two
    sessions read differently need not wait for the last solve.
    """
    posterior = work.posterior(solved)
    rng = np.random.default_rng(0)
    pool = rng.standard_normal((400, len(work.layout)))
    found = laplace(posterior, pool[int(np.argmax(posterior(pool)))])
    sd = np.sqrt(np.diag(found.covariance))
    parts = []
    for column, unknown in enumerate(work.layout.unknowns):
        if not unknown.key:
            continue
        ends = unknown.prior.value(found.best[column] + sd[column] * np.array([-1.0, 0.0, 1.0]))
        parts.append(f"{unknown.name} {ends[1]:.4g} ({ends[0]:.4g} to {ends[2]:.4g})")
    told = "first answer by least squares, rough: " + "; ".join(parts)
    doubts = contradictions_of_numbers(work.asked, work.layout, found.best)
    best, row = found.best[None, :], np.zeros(1, dtype=np.int64)
    for one, curves in zip(posterior.comparisons, posterior.curves, strict=True):
        fit = curve_fit(one, best, curves(best[:, one.ready.rate_indices]), row)
        doubts += contradictions_of_curve(fit, _EARLY_CHANCE)
    return [told, *(f"first answer, already: {line}" for line in doubts)]
