"""Weights that carry draws of an approximate posterior over to the exact one, and how far to trust
them.

Pareto-smoothed importance sampling: A. Vehtari, D. Simpson, A. Gelman, Y. Yao, J. Gabry, J. Mach.
Learn. Res. 25, 72 (2024). The shape k of the largest weights' distribution tells whether the draws
cover the exact posterior: below 0.7 the answer is reliable.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ...arrays import Array

RELIABLE_SHAPE = 0.7
"""Largest shape at which smoothed weights are trusted, after the source above."""
_FEWEST_TAIL = 5  # Fewer weights do not hold the two numbers of a tail.


@dataclass(frozen=True, eq=False)
class Weights:
    """Weights of draws.

    Attributes
    ----------
    share : (k,) array
        Summing to 1.
    shape : float
        Pareto k.
    effective_size : float
        So many equal draws would tell as much.
    """

    share: Array
    shape: float
    effective_size: float


def smoothed_weights(log_ratio: Array) -> Weights:
    """Smooth the largest importance ratios.

    Parameters
    ----------
    log_ratio : (k,) array
        Logarithm of the exact over the approximate posterior, up to a constant.

    Examples
    --------
    >>> import numpy as np
    >>> weights = smoothed_weights(np.zeros(100))
    >>> float(weights.effective_size)
    100.0
    """
    log_ratio = np.where(np.isfinite(log_ratio), log_ratio, -np.inf)
    if not np.isfinite(log_ratio).any():
        return Weights(np.full(len(log_ratio), 1.0 / len(log_ratio)), float("inf"), 0.0)
    ratio = np.exp(log_ratio - log_ratio.max())
    tail = int(min(0.2 * len(ratio), 3.0 * np.sqrt(len(ratio))))
    shape = -np.inf
    if tail >= _FEWEST_TAIL and np.ptp(ratio) > 1e-12:
        order = np.argsort(ratio)
        cut = ratio[order[-tail - 1]]
        above = ratio[order[-tail:]] - cut
        if above[-1] > 0:
            shape, scale = _generalised_pareto(np.maximum(above, 1e-300))
            probability = (np.arange(tail) + 0.5) / tail
            smooth = cut + _quantile(probability, shape, scale)
            ratio = ratio.copy()
            ratio[order[-tail:]] = np.minimum(smooth, 1.0)
    share = ratio / ratio.sum()
    return Weights(share, float(shape), float(1.0 / (share**2).sum()))


def _quantile(probability: Array, shape: float, scale: float) -> Array:
    if abs(shape) < 1e-8:
        return np.asarray(-scale * np.log1p(-probability))
    return np.asarray(scale * np.expm1(-shape * np.log1p(-probability)) / shape)


def _generalised_pareto(excess: Array) -> tuple[float, float]:
    """Shape and scale of rising excesses, after J. Zhang, M. A. Stephens, Technometrics 51, 316
    (2009), with the weak prior towards k = 0.5 that the source above adds.
    """
    count = len(excess)
    trials = 30 + int(np.sqrt(count))
    quarter = excess[int(count / 4 + 0.5) - 1]
    theta = 1.0 / excess[-1] + (1.0 - np.sqrt(trials / (np.arange(trials) + 0.5))) / (3.0 * quarter)
    shapes = np.log1p(-theta[:, None] * excess[None, :]).mean(axis=1)
    with np.errstate(divide="ignore", invalid="ignore"):
        level = count * (np.log(-theta / shapes) - shapes - 1.0)
    level = np.where(np.isfinite(level), level, -np.inf)
    weight = np.exp(level - level.max())
    best = float((theta * weight).sum() / weight.sum())
    shape = float(np.log1p(-best * excess).mean())
    scale = -shape / best
    shape = (count * shape + 10.0 * 0.5) / (count + 10.0)
    return shape, float(scale)


def resampled(weights: Weights, count: int, seed: int) -> NDArray[np.int64]:
    """Indices of equal draws, by systematic resampling.

    Parameters
    ----------
    weights : Weights
    count : int
    seed : int
    """
    start = np.random.default_rng(seed).random()
    ladder = np.cumsum(weights.share)
    return np.minimum(
        np.searchsorted(ladder, (start + np.arange(count)) / count), len(ladder) - 1
    ).astype(np.int64)
