"""Life times from a measured decay: time-resolved photoluminescence or transient absorption."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy.stats import f as fisher

from ...arrays import Array
from ...errors import InputError
from .fitting import check_answer, fitted

_FEWEST = 10  # two points for each number of two exponentials and a background
CHANCE = 0.01
"""Share of single exponentials in which a second life time is seen."""


@dataclass(frozen=True)
class DecayFit:
    """One or two exponentials on a constant background.

    Attributes
    ----------
    lifetimes_ps, errors_ps : tuple of float
        By rising life time.
    shares : tuple of float
        Of each in the signal at the start.
    background : float
        Over the signal at the start.
    chance : float
        That a single exponential gives way to two as much by noise alone.
    rms : float
        Root-mean-square deviation over the signal at the start.
    """

    lifetimes_ps: tuple[float, ...]
    errors_ps: tuple[float, ...]
    shares: tuple[float, ...]
    background: float
    chance: float
    rms: float


def fit_decay(time_ps: ArrayLike, signal: ArrayLike) -> DecayFit:
    """Fit the decay after its greatest value by as many exponentials as it shows, one or two.

    Points before the greatest value, where the pulse and the instrument still act, are left out.
    The instrument's response is not unfolded: life times below its length are not to be had.

    Parameters
    ----------
    time_ps, signal : (n,) arrays
        At least ten points from the greatest value on.

    Raises
    ------
    InputError
        Too few points, values that are not finite, or a signal that does not fall.
    """
    time, light = np.asarray(time_ps, dtype=float), np.asarray(signal, dtype=float)
    if time.ndim != 1 or time.shape != light.shape:
        raise InputError("decay: times and signals must be lists of the same length")
    if not np.all(np.isfinite(time) & np.isfinite(light)):
        raise InputError("decay: every time and signal must be finite")
    order = np.argsort(time, kind="stable")
    time, light = time[order], light[order]
    first = int(np.argmax(light))
    time, light = time[first:] - time[first], light[first:]
    if len(time) < _FEWEST or time[-1] <= 0:
        raise InputError(
            f"decay: {len(time)} points from the greatest value on; {_FEWEST} or more are needed"
        )
    if not light[0] > 0:
        raise InputError("decay: no signal above 0")
    light = light / light[0]
    if light[-max(len(light) // 5, 1) :].mean() > 0.8:
        raise InputError("decay: the signal does not fall by a fifth within the times measured")
    single, double = _fitted(time, light, 1), _fitted(time, light, 2)
    freedom = len(time) - 5
    gain = (single[1] - double[1]) / 2.0 / max(double[1] / freedom, 1e-300)
    chance = float(fisher.sf(max(gain, 0.0), 2, freedom))
    resolved = double[0][1] > 1.2 * double[0][0]
    values, cost, error = double if chance < CHANCE and resolved else single
    count = (len(values) - 1) // 2
    amplitude = values[count : 2 * count]
    total = float(amplitude.sum())
    check_answer("decay", *values, *error, 1.0 / total if total else math.inf)
    return DecayFit(
        tuple(map(float, values[:count])),
        tuple(map(float, error[:count])),
        tuple(float(one) / total for one in amplitude),
        float(values[-1]),
        chance,
        math.sqrt(cost / len(time)),
    )


def _fitted(time: Array, light: Array, count: int) -> tuple[Array, float, Array]:
    """Life times, amplitudes and background; sum of squares; standard errors."""

    def curve(given: Array) -> Array:
        rates = np.exp(-given[:count])
        return np.asarray(np.exp(-np.outer(time, rates)) @ given[count : 2 * count] + given[-1])

    def misfit(given: Array) -> Array:
        return curve(given) - light

    fall = time[int(np.argmax(light < math.exp(-1.0)))] or 0.3 * time[-1]
    best = None
    for spread in (1.0, 3.0, 10.0):
        lives = fall * np.array([1.0]) if count == 1 else fall * np.array([1 / spread, spread])
        start = np.concatenate([np.log(lives), np.full(count, 1.0 / count), [0.0]])
        found = fitted("decay", misfit, start)
        if best is None or found.cost < best.cost:
            best = found
    assert best is not None
    columns = np.asarray(best.jac, dtype=float)
    scatter = 2.0 * best.cost / max(len(time) - len(best.x), 1)
    error = np.sqrt(np.diag(np.linalg.pinv(columns.T @ columns)) * scatter)
    order = np.argsort(best.x[:count])
    lives = np.exp(best.x[:count])
    values = np.concatenate([lives[order], best.x[count : 2 * count][order], best.x[-1:]])
    errors = np.concatenate([(lives * error[:count])[order], error[count:]])
    return values, 2.0 * float(best.cost), errors
