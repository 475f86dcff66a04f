"""Draws from a posterior: importance sampling, the ensemble sampler emcee where that fails, and a
first answer by least squares.

D. Foreman-Mackey et al., Publ. Astron. Soc. Pac. 125, 306 (2013).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from ...arrays import Array
from ...errors import MissingLibraryError
from ...progress import Progress
from .importance import importance_cloud

LogPosterior = Callable[[Array], Array]

_WALKERS_A_DIMENSION = 4  # twice the least that emcee takes
_LEAST_WALKERS = 48  # Few dimensions would leave a cloud of a dozen, which hardly spans them.
# Steps between looks at the autocorrelation.
_STEPS = 200
# Such looks at most: 3,000 steps are 60 autocorrelation times of the slowest posteriors seen (peak
# gain with its width, 88 um alone: 48 steps).
_LONGEST = 12
# Lengths of a chain in autocorrelation times at which it ends; emcee's authors ask 50 for the time
# itself, which is not what is wanted here.
_AUTOCORRELATIONS = 25
# Autocorrelation times below which a chain has not settled.
_SETTLED = 20
# Draws of the prior, of which the likeliest become walkers: enough that some lie near the
# posterior of a dozen numbers.
_STARTS = 2000
# Of a first answer: step of its slopes in prior standard deviations, steps uphill at most, and the
# level that stands for an impossible vector.
_SLOPE_STEP, _MOST_CLIMBS, _HOPELESS = 0.01, 60, 1e12


@dataclass(frozen=True, eq=False)
class Draws:
    """What a sampler found.

    Attributes
    ----------
    z : (k, d) array
        Equal draws, nearly independent.
    best : (d,) array
        The most probable of all.
    worth : float
        So many independent draws would tell as much.
    settled : bool
        Whether the sampler has come to its end.
    """

    z: Array
    best: Array
    worth: float
    settled: bool


def sample(
    posterior: LogPosterior,
    dimensions: int,
    seed: int,
    progress: Progress | None = None,
    start: Array | None = None,
) -> Draws:
    """Draw from a posterior of standard normal priors.

    By importance sampling, and where that does not cover the posterior (it is bent, or has several
    summits) by the ensemble sampler emcee.

    Parameters
    ----------
    posterior : callable
        From (k, d) vectors to the logarithm of the posterior.
    dimensions : int
    seed : int
    progress : callable or None
    start : (k, d) array, optional
        Vectors near the posterior, from an earlier look at it.

    Raises
    ------
    MissingLibraryError
        If emcee is needed and not installed.
    """
    cloud = importance_cloud(posterior, dimensions, seed, progress, start)
    ladder = np.cumsum(cloud.share)
    count = max(int(cloud.worth), 1)
    levels = (np.random.default_rng(seed).random() + np.arange(count)) / count
    rows = np.minimum(np.searchsorted(ladder, levels), len(ladder) - 1)
    if cloud.reliable:
        best = cloud.z[int(np.argmax(cloud.share))]
        return Draws(cloud.z[rows], best, cloud.worth, True)
    return sample_by_emcee(posterior, dimensions, seed, progress, cloud.z[np.unique(rows)])


def sample_by_emcee(
    posterior: LogPosterior,
    dimensions: int,
    seed: int,
    progress: Progress | None = None,
    start: Array | None = None,
) -> Draws:
    """Draw from a posterior of standard normal priors by emcee alone.

    Parameters and errors are those of `sample`."""
    try:
        import emcee
    except ImportError as error:
        raise MissingLibraryError(
            "calibrate needs emcee: pip install 'cavitydesign[calibrate]'"
        ) from error
    rng = np.random.default_rng(seed)
    walkers = max(_LEAST_WALKERS, _WALKERS_A_DIMENSION * dimensions)
    walkers += walkers % 2
    first = _first_vectors(posterior, dimensions, walkers, rng, start)
    sampler: Any = emcee.EnsembleSampler(
        walkers,
        dimensions,
        posterior,
        vectorize=True,
        moves=[(emcee.moves.StretchMove(), 0.5), (emcee.moves.DEMove(), 0.5)],
    )
    sampler.random_state = np.random.RandomState(seed).get_state()
    state: Any = sampler.run_mcmc(first, _STEPS)
    sampler.reset()
    time = float(_STEPS)
    for look in range(_LONGEST):
        if progress is not None:
            progress("sampling", (look + 1) / (_LONGEST + 1))
        state = sampler.run_mcmc(state, _STEPS)
        time = float(np.max(sampler.get_autocorr_time(tol=0)))
        if not np.isfinite(time):
            time = float(_STEPS)
        if sampler.iteration > _AUTOCORRELATIONS * time:
            break
    flat = sampler.get_chain(flat=True, thin=max(int(time / 2), 1))
    everything, levels = sampler.get_chain(flat=True), sampler.get_log_prob(flat=True)
    return Draws(
        np.asarray(flat, dtype=np.float64),
        np.asarray(everything[int(np.argmax(levels))], dtype=np.float64),
        float(sampler.iteration * walkers / time),
        bool(sampler.iteration > _SETTLED * time),
    )


def _first_vectors(
    posterior: LogPosterior,
    dimensions: int,
    walkers: int,
    rng: np.random.Generator,
    start: Array | None,
) -> Array:
    """Where the walkers start: draws of the prior, weighted by a tempered likelihood, scattered."""
    pool = rng.standard_normal((_STARTS, dimensions))
    if start is not None:
        pool = np.concatenate([start, pool[: _STARTS // 4]])
    level = np.concatenate([posterior(part) for part in np.array_split(pool, 10)])
    kept = pool[np.argsort(-level)[:walkers]]
    return np.asarray(kept + 0.05 * rng.standard_normal(kept.shape), dtype=np.float64)


@dataclass(frozen=True, eq=False)
class Laplace:
    """A normal distribution about the most probable vector: a first answer.

    Attributes
    ----------
    best : (d,) array
    covariance : (d, d) array
    """

    best: Array
    covariance: Array


def laplace(posterior: LogPosterior, start: Array) -> Laplace:
    """Climb to the most probable vector and take the curvature there.

    Parameters
    ----------
    posterior : callable
    start : (d,) array
    """
    from scipy import optimize

    minimize: Any = optimize.minimize
    size = len(start)
    unit = _SLOPE_STEP * np.eye(size)

    def level_and_slope(z: Array) -> tuple[float, Array]:
        """All points of the differences are asked for at once: they cost little more than one."""
        level = -posterior(z + np.concatenate([np.zeros((1, size)), unit, -unit]))
        level = np.minimum(level, _HOPELESS)
        return float(level[0]), (level[1 : size + 1] - level[size + 1 :]) / (2.0 * _SLOPE_STEP)

    # A second climb starts with a fresh idea of the curvature: the first may end at a bend, where
    # the median of a curve's deviations passes from one point to the next.
    best = start
    for _ in range(2):
        found = minimize(
            level_and_slope, best, method="BFGS", jac=True, options={"maxiter": _MOST_CLIMBS}
        )
        best = np.asarray(found.x, dtype=np.float64)
    covariance = np.linalg.pinv(_curvature(posterior, best), hermitian=True)
    return Laplace(best, np.asarray(covariance, dtype=np.float64))


def _curvature(posterior: LogPosterior, z: Array) -> Array:
    """Second derivatives of minus the logarithm of the posterior, at least those of the prior."""
    step, size = 0.1, len(z)
    unit = step * np.eye(size)
    pairs = [
        z + a * unit[i] + b * unit[j]
        for i in range(size)
        for j in range(size)
        for a in (1, -1)
        for b in (1, -1)
    ]
    value = posterior(np.array(pairs)).reshape(size, size, 2, 2)
    matrix = -(value[..., 0, 0] - value[..., 0, 1] - value[..., 1, 0] + value[..., 1, 1]) / (
        4 * step**2
    )
    levels, axes = np.linalg.eigh(0.5 * (matrix + matrix.T))
    return np.asarray((axes * np.maximum(levels, 1.0)) @ axes.T)
