"""Draws from a posterior by adaptive multiple importance sampling.

J.-M. Cornuet, J.-M. Marin, A. Mira, C. P. Robert, Scand. J. Stat. 39, 798 (2012): a wide
distribution is fitted to weighted draws again and again; every draw counts with the density of the
mixture of all distributions that were used. The posterior is asked for a thousand vectors at once,
which costs a quarter of a Markov chain's many small questions.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from ...arrays import Array
from ...progress import Progress
from .reweigh import RELIABLE_SHAPE, smoothed_weights

LogPosterior = Callable[[Array], Array]

# Degrees of freedom of Student's t: heavier tails than the posterior's, so that no weight is much
# larger than the others.
_DEGREES = 5.0
# Factor of the covariance, for the same reason.
_WIDER = 1.2
# Draws of the prior, and the best of them, to which the first distribution is fitted.
_FIRST, _BEST = 2000, 200
# Draws asked for at once: many small questions cost four times as much, as said above.
_EACH = 1000
# Turns of so many draws each. Ten covered a posterior of twelve numbers (three light curves).
_LEAST_TURNS, _MOST_TURNS = 3, 30
# Independent draws that the cloud is worth when it ends: three for each of the usual 200.
_WORTH = 600.0
# Draws for each dimension that a covariance rests on: the posterior is tempered until so many
# count.
_FITTED = 10.0
# Standard deviations of the prior beyond which nothing is asked: a share of 2e-19 lies there.
_FARTHEST = 9.0
_COOLER = 0.8  # Steps of the temper: a tenth is reached after ten.
_LEAST_TEMPER = 1e-4  # A likelihood that is flattened so far is the prior.


@dataclass(frozen=True, eq=False)
class _Student:
    """A multivariate t distribution, by its centre and the factor of its covariance."""

    centre: Array
    factor: Array

    def drawn(self, count: int, rng: np.random.Generator) -> Array:
        normal = rng.standard_normal((count, len(self.centre)))
        chi = rng.chisquare(_DEGREES, (count, 1)) / _DEGREES
        return np.asarray(self.centre + (normal / np.sqrt(chi)) @ self.factor.T)

    def log_density(self, z: Array) -> Array:
        """Up to a constant that all have."""
        inverse = np.linalg.inv(self.factor)
        far = (((z - self.centre) @ inverse.T) ** 2).sum(axis=1)
        size = float(np.log(np.diag(self.factor)).sum())
        return np.asarray(-0.5 * (_DEGREES + z.shape[1]) * np.log1p(far / _DEGREES) - size)


@dataclass(frozen=True, eq=False)
class Cloud:
    """Weighted draws.

    Attributes
    ----------
    z : (k, d) array
    log_weight : (k,) array
        Up to a constant.
    """

    z: Array
    log_weight: Array

    @property
    def share(self) -> Array:
        """Weights that sum to 1."""
        weight = np.exp(self.log_weight - self.log_weight.max())
        return np.asarray(weight / weight.sum())

    @property
    def worth(self) -> float:
        """So many independent draws would tell as much."""
        return float(1.0 / (self.share**2).sum())

    @property
    def reliable(self) -> bool:
        """Whether the draws cover the posterior."""
        return self.worth > _WORTH and smoothed_weights(self.log_weight).shape < RELIABLE_SHAPE


def importance_cloud(
    posterior: LogPosterior,
    dimensions: int,
    seed: int,
    progress: Progress | None = None,
    start: Array | None = None,
) -> Cloud:
    """Weighted draws of a posterior of standard normal priors.

    Parameters
    ----------
    posterior : callable
        From (k, d) vectors to the logarithm of the posterior.
    dimensions : int
    seed : int
    progress : callable or None
    start : (k, d) array, optional
        Vectors near the posterior, from an earlier look at it.

    Returns
    -------
    Cloud
        Not reliable where so many turns were too few.
    """
    rng = np.random.default_rng(seed)

    def within(z: Array) -> Array:
        level = np.full(len(z), -np.inf)
        inside = np.abs(z).max(axis=1) < _FARTHEST
        if inside.any():
            level[inside] = posterior(z[inside])
        return level

    pool = rng.standard_normal((_FIRST, dimensions))
    pool = pool if start is None else np.concatenate([start, pool])
    best = pool[np.argsort(-within(pool))[:_BEST]]
    shape = _fitted(best, np.full(len(best), 1.0 / len(best)))
    shapes: list[_Student] = []
    z, level, density = np.zeros((0, dimensions)), np.zeros(0), np.zeros(0)
    cloud = Cloud(best, np.zeros(len(best)))
    for turn in range(_MOST_TURNS):
        if progress is not None:
            progress("sampling", turn / _MOST_TURNS)
        fresh = shape.drawn(_EACH, rng)
        density = np.logaddexp(density, shape.log_density(z)) if turn else density
        shapes.append(shape)
        of_fresh = [one.log_density(fresh) for one in shapes]
        z = np.concatenate([z, fresh])
        level = np.concatenate([level, within(fresh)])
        density = np.concatenate([density, np.logaddexp.reduce(of_fresh, axis=0)])
        if not np.isfinite(level).any():
            continue
        cloud = Cloud(z, level - density)
        if turn + 1 >= _LEAST_TURNS and cloud.reliable:
            break
        shape = _fitted(z, _tempered(z, level, density))
    return cloud


def _tempered(z: Array, level: Array, density: Array) -> Array:
    """Weights with a likelihood so flat that enough draws count; the prior stays as it is."""
    prior = -0.5 * (z**2).sum(axis=1)
    likelihood = np.where(np.isfinite(level), level - prior, -np.inf)
    temper = 1.0
    while True:
        cloud = Cloud(z, temper * likelihood + prior - density)
        if cloud.worth > _FITTED * z.shape[1] or temper < _LEAST_TEMPER:
            return cloud.share
        temper *= _COOLER


def _fitted(z: Array, share: Array) -> _Student:
    centre = share @ z
    spread = (share[:, None] * (z - centre)).T @ (z - centre)
    ridge = 1e-6 * np.eye(z.shape[1])
    factor = np.asarray(np.linalg.cholesky(_WIDER * spread + ridge), dtype=np.float64)
    return _Student(np.asarray(centre, dtype=np.float64), factor)
