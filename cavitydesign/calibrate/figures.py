"""Breaks and slopes of many computed light curves at once, as `lasing.computed_curve` reads them of
one.

The fit is a continuous power law with two breaks. On a range of its own for each curve, sampled at
the same shares of the range, the fits of all pairs of breaks are projections that are made once.
"""

from __future__ import annotations

import functools
import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ..arrays import Array
from ..lasing.outcomes.curve_readings import VISIBLE
from ..lasing.pulses.computed_curve import FAR_ABOVE, START
from .detector import STEP, over_jitter, over_spot
from .light import Light

# Points of each curve that the law is fitted to.
_POINTS = 80
# Points of the grid of breaks along the range: neighbours lie 1 % of the fluence apart for three
# photons, and a parabola through the misfits finds the break between them to a tenth of that.
_PAIRS = 81
# Least distance of two breaks on it: the slope between them needs points.
_APART = 3
# Curves that are fitted together: 128 x 11,000 products are 11 MB.
_AT_ONCE = 128


@dataclass(frozen=True, eq=False)
class Seen:
    """What pump and detector add to k curves.

    Attributes
    ----------
    first : float
        Logarithm of the excitations where the fine grid starts.
    collection, jitter : (k,) arrays
    photons : int
    gaussian : bool
        Whether the light is averaged over a Gaussian spot.
    ladder_top : int
        Most excitations that an emitter can hold.
    """

    first: float
    collection: Array
    jitter: Array
    photons: int
    gaussian: bool
    ladder_top: int


@dataclass(frozen=True, eq=False)
class CurveFigures:
    """What a fit with two breaks reads off k curves.

    Attributes
    ----------
    breaks : (k, 2) array
        Logarithms of the peak's excitations.
    slopes : (k, 3) array
        d ln L / d ln N.
    visible : (k,) array of bool
        Whether the curve bends enough to show breaks at all.
    """

    breaks: Array
    slopes: Array
    visible: NDArray[np.bool_]


def curve_figures(seen: Seen, light: Light) -> CurveFigures:
    """Fit the collected light of each curve.

    Parameters
    ----------
    seen : Seen
    light : Light
    """
    laser, glow = (
        over_spot(one) if seen.gaussian else one
        for one in (light.laser + np.log(seen.collection)[:, None], light.glow)
    )
    reached = np.isfinite(light.log_static)
    static = np.where(reached, light.log_static, seen.first)
    start = static + math.log(START)
    end = np.minimum(
        _bright(seen, laser - glow) + math.log(FAR_ABOVE),
        static + np.maximum(math.log(FAR_ABOVE), math.log(seen.ladder_top) - static),
    )
    end = np.maximum(end, start + 0.5)
    share = np.linspace(0.0, 1.0, _POINTS)
    log_excitons = start[:, None] + (end - start)[:, None] * share
    y = over_jitter(np.logaddexp(laser, glow), seen.first, log_excitons, seen.jitter, seen.photons)
    breaks, slopes = _fitted(y)
    width = (end - start)[:, None]
    return CurveFigures(
        start[:, None] + width * breaks,
        slopes / width,
        reached & ((slopes[:, 1] - slopes[:, 0]) / width[:, 0] > VISIBLE / 3.0),
    )


def _bright(seen: Seen, log_ratio: Array) -> Array:
    """Logarithm of the excitations where the collected laser first equals the photoluminescence;
    infinite where it never does. Jitter moves both alike, to a percent of the excitations."""
    above = log_ratio >= 0.0
    cell = np.maximum(above.argmax(axis=1), 1)
    row = np.arange(len(log_ratio))
    low, high = log_ratio[row, cell - 1], log_ratio[row, cell]
    share = np.clip(-low / np.maximum(high - low, 1e-12), 0.0, 1.0)
    return np.where(above.any(axis=1), seen.first + STEP * (cell - 1 + share), np.inf)


def _fitted(y: Array) -> tuple[Array, Array]:
    """Breaks as shares of the range (k, 2), and slopes over the whole range (k, 3)."""
    pairs, projections, table = _laws()
    explained = np.concatenate(
        [
            ((part @ projections) ** 2).reshape(len(part), len(pairs), -1).sum(axis=2)
            for part in np.array_split(y, max(len(y) // _AT_ONCE, 1))
        ]
    )
    best = explained.argmax(axis=1)
    step = 1.0 / (_PAIRS - 1)
    rows = np.arange(len(y))
    cells = pairs[best].astype(np.float64)
    for which in (0, 1):
        neighbours = []
        for move in (-1, 1):
            moved = pairs[best].copy()
            moved[:, which] += move
            at = table[moved[:, 0], moved[:, 1]]
            neighbours.append(np.where(at >= 0, explained[rows, np.maximum(at, 0)], -np.inf))
        low, middle, high = neighbours[0], explained[rows, best], neighbours[1]
        bend = low - 2.0 * middle + high
        with np.errstate(invalid="ignore", divide="ignore"):
            shift = 0.5 * (low - high) / bend
        cells[:, which] += np.where(np.isfinite(shift) & (bend < 0), np.clip(shift, -0.5, 0.5), 0)
    breaks = cells * step
    x = np.linspace(0.0, 1.0, _POINTS)
    slopes = np.empty((len(y), 3))
    for row in range(len(y)):
        columns = np.stack(
            [np.ones_like(x), x, *(np.maximum(x - one, 0.0) for one in breaks[row])], axis=1
        )
        found = np.linalg.lstsq(columns, y[row], rcond=None)[0]
        slopes[row] = np.cumsum(found[1:])
    return breaks, slopes


@functools.cache
def _laws() -> tuple[NDArray[np.int64], Array, NDArray[np.int64]]:
    """Pairs of breaks (p, 2), orthonormal columns of the law of each side by side (n, 4 p), and the
    number of each pair by its two cells, -1 where there is none.
    """
    x = np.linspace(0.0, 1.0, _POINTS)
    cells = np.arange(2, _PAIRS - 2)
    first, second = np.triu_indices(len(cells), k=_APART)
    pairs = np.stack([cells[first], cells[second]], axis=1)
    breaks = pairs / (_PAIRS - 1)
    hinges = np.maximum(x[None, :, None] - breaks[:, None, :], 0.0)
    ones = np.broadcast_to(np.stack([np.ones_like(x), x], axis=1), (len(pairs), _POINTS, 2))
    columns, _ = np.linalg.qr(np.concatenate([ones, hinges], axis=2))
    table = np.full((_PAIRS, _PAIRS), -1, dtype=np.int64)
    table[pairs[:, 0], pairs[:, 1]] = np.arange(len(pairs))
    flat = np.asarray(columns).transpose(1, 0, 2).reshape(_POINTS, -1)
    return pairs, np.ascontiguousarray(flat), table
