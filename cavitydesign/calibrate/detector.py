"""The light that a detector sees of many candidates at once: collected, averaged over the spot and
over pulses of fluctuating energy.

The same averages as `lasing.averaging` makes of one curve, for arrays of candidates: the spot is a
fixed average over the logarithm of the excitations, and jitter a second one.
"""

from __future__ import annotations

import functools
import math

import numpy as np

from ..arrays import Array
from ..lasing.pumped.averaging import FAINTEST_SLICE, PULSES, SLICES

STEP = 0.02
"""Logarithm of the excitations from one point of the fine grid to the next. Between them light is
linear in logarithms for the jitter: at a bend where d ln L / d ln N rises by 20 within 0.1 it is
1 % off. For the spot it is a cubic: 0.3 % off where d ln L / d ln N is 30."""
_BESIDE = 2  # neighbours that a cubic takes on either side of its interval
# Points below the grid that the faintest slice reaches, and a cubic's two more.
_BELOW = math.ceil(-math.log(FAINTEST_SLICE) / STEP) + _BESIDE


def fine_grid(log_excitons: Array) -> Array:
    """Logarithms `STEP` apart between the ends of a coarse grid."""
    count = round((log_excitons[-1] - log_excitons[0]) / STEP) + 1
    return np.asarray(log_excitons[0] + STEP * np.arange(count), dtype=np.float64)


def read_at(log_light: Array, first: float, log_excitons: Array) -> Array:
    """Logarithm of light at given logarithms of the excitations, straight beyond the ends.

    Parameters
    ----------
    log_light : (k, n) array
        On a grid `STEP` apart.
    first : float
        Logarithm of the excitations at its start.
    log_excitons : (k, ...) array
        Of each candidate's own.

    Returns
    -------
    (k, ...) array
    """
    position = (log_excitons - first) / STEP
    cell = np.clip(np.floor(position).astype(np.int64), 0, log_light.shape[1] - 2)
    row = np.arange(len(log_light)).reshape(-1, *(1,) * (log_excitons.ndim - 1))
    before, after = log_light[row, cell], log_light[row, cell + 1]
    return np.asarray(before + (position - cell) * (after - before))


def over_spot(log_light: Array) -> Array:
    """Logarithm of light averaged over axial slices of a Gaussian spot, on the same grid.

    Parameters
    ----------
    log_light : (k, n) array
        On a grid `STEP` apart, of the peak's excitations.
    """
    highest = log_light.max(axis=1, keepdims=True)
    level = log_light - highest
    low = level[:, :1] + (level[:, 1:2] - level[:, :1]) * np.arange(-_BELOW, 0)
    high = level[:, -1:] + (level[:, -1:] - level[:, -2:-1]) * np.arange(1, _BESIDE + 1)
    light = np.exp(np.concatenate([low, level, high], axis=1))
    count = log_light.shape[1]
    average = light @ _spot_average(count, True)
    # Before a jump by many powers of ten cubics swing below zero: straight lines do not.
    if not average.min() > 0.0:
        average = np.where(average > 0.0, average, light @ _spot_average(count, False))
    return np.asarray(highest + np.log(average))


@functools.cache
def _spot_average(count: int, cubic: bool) -> Array:
    """From light on a grid that is longer at both ends to its average on the grid, by cubics or by
    straight lines between its points.
    """
    nodes, weights = np.polynomial.legendre.leggauss(SLICES)
    # A slice at z has exp(-z^2) of the fluence; its excitations end at FAINTEST_SLICE of the peak.
    shifts = math.log(FAINTEST_SLICE) * (0.5 * (nodes + 1.0)) ** 2 / STEP
    matrix = np.zeros((_BELOW + count + _BESIDE, count))
    column = np.arange(count)
    for shift, weight in zip(shifts, 0.5 * weights, strict=True):
        whole = math.floor(shift)
        part = shift - whole
        shares = _cubic(part) if cubic else (0.0, 1.0 - part, part, 0.0)
        for offset, share in zip(range(-1, 3), shares, strict=True):
            matrix[_BELOW + whole + offset + column, column] += weight * share
    return matrix


def _cubic(share: float) -> tuple[float, float, float, float]:
    """Weights of the cubic through four points -1, 0, 1, 2, at a share between 0 and 1."""
    t = share
    return (
        -t * (t - 1.0) * (t - 2.0) / 6.0,
        (t + 1.0) * (t - 1.0) * (t - 2.0) / 2.0,
        -(t + 1.0) * t * (t - 2.0) / 2.0,
        (t + 1.0) * t * (t - 1.0) / 6.0,
    )


def over_jitter(
    log_light: Array, first: float, log_excitons: Array, jitter: Array, photons: int
) -> Array:
    """Logarithm of light averaged over pulses whose energy is log-normal with mean 1.

    Parameters
    ----------
    log_light : (k, n) array
        On a grid `STEP` apart.
    first : float
        Its start.
    log_excitons : (k, m) array
        Logarithms of the excitations asked for.
    jitter : (k,) array
        Relative standard deviation of the energy.
    photons : int

    Returns
    -------
    (k, m) array
    """
    nodes, weights = np.polynomial.hermite_e.hermegauss(PULSES)
    variance = np.log1p(jitter**2)[:, None]
    moved = photons * (np.sqrt(variance) * nodes - 0.5 * variance)
    seen = read_at(log_light, first, log_excitons[:, :, None] + moved[:, None, :])
    highest = seen.max(axis=2, keepdims=True)
    mean = np.einsum("kmj,j->km", np.exp(seen - highest), weights / weights.sum())
    return np.asarray(highest[..., 0] + np.log(mean))
