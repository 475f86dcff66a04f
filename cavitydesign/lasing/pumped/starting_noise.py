"""What the noise from which every mode starts leaves of the suppression of side modes.

A mode grows from spontaneous emission: its intensity after the same gain varies from pulse to pulse
as exp(-I). Two modes whose mean outputs have the ratio r share the light of one pulse as
r I_2 / (I_1 + r I_2); averaged over both intensities the weaker one has

    share = r (r - 1 - ln r) / (1 - r)^2

of an accumulated spectrum. Mean rates of 17.5, 22.2 and 26.2 dB are 12.3, 15.9 and 19.1 dB there; a
travelling-wave Langevin model of a cavity of 15 um gave 13.3, 16.7 and 20.0 dB.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from ...arrays import Array

# 1 - r below which the share is taken by its series, right to 1e-7.
_EQUAL = 1e-3
# Intensities of the strongest mode for the trapezoidal rule in their logarithm, whose ends do not
# count: right to 1e-9.
_SHOTS = np.exp(np.linspace(-30.0, 4.0, 341))
# Bisection of a bracket to the last digit of a float takes 53 halvings.
_HALVINGS = 60


def side_share(ratio: ArrayLike) -> Array:
    """Share of the weaker of two modes in an accumulated spectrum, from the ratio of the mean
    outputs, 0 to 1.
    """
    r = np.clip(np.asarray(ratio, dtype=float), 1e-300, 1.0)
    apart = 1.0 - r
    safe = np.where(apart < _EQUAL, 0.5, r)
    exact = safe * (safe - 1.0 - np.log(safe)) / (1.0 - safe) ** 2
    return np.where(apart < _EQUAL, 0.5 - apart / 6.0 - apart**2 / 12.0, exact)


def accumulated_suppression_db(rate_db: Array) -> Array:
    """Strongest over second strongest mode in an accumulated spectrum, from the same of the mean
    rates.
    """
    share = side_share(10.0 ** (-np.asarray(rate_db) / 10.0))
    return np.where(np.isinf(rate_db), np.inf, 10.0 * np.log10((1.0 - share) / share))


def rate_suppression_db(accumulated_db: float) -> float:
    """Suppression by the mean rates that shows as the given one in an accumulated spectrum: 14.4 dB
    for 10.
    """
    low, high = accumulated_db, accumulated_db + 20.0
    for _ in range(_HALVINGS):
        middle = 0.5 * (low + high)
        if accumulated_suppression_db(np.array(middle)) < accumulated_db:
            low = middle
        else:
            high = middle
    return high


def single_shots_alone(emitted: Array, single_mode_db: float) -> float:
    """Share of single shots in which every other mode stays `single_mode_db` below the strongest of
    the mean.

    Parameters
    ----------
    emitted : (M,) array
        Mean outputs.
    single_mode_db : float
    """
    first = int(emitted.argmax())
    ratio = np.delete(emitted, first) / emitted[first]
    weights = _SHOTS * np.exp(-_SHOTS) * np.log(_SHOTS[1] / _SHOTS[0])
    floor = 10.0 ** (-single_mode_db / 10.0)
    each_below = -np.expm1(-floor * _SHOTS[:, None] / np.maximum(ratio, 1e-300)[None, :])
    return float(weights @ np.prod(each_below, axis=1))
