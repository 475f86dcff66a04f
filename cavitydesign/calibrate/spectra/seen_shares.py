"""Shares of the modes in what a spectrometer sees: averaged over the spot and over pulses of
fluctuating energy, as the light itself is.

A share of an average is the average of shares, weighed by the light. The light varies by powers of
ten within a step of the coarse grid, and is read from the fine one; shares vary slowly.
"""

from __future__ import annotations

import math

import numpy as np

from ...arrays import Array
from ...lasing.pumped.averaging import FAINTEST_SLICE, PULSES, SLICES
from ..detector import read_at
from ..light import Light
from ..pulses import SPACING


def seen_shares(
    light: Light, first: float, log_excitons: Array, jitter: Array, photons: int, gaussian: bool
) -> Array:
    """Share of each mode of the laser light that is seen, (k, m).

    Parameters
    ----------
    light : Light
        On the fine grid, with shares on the coarse one.
    first : float
        Logarithm of the excitations where both grids start.
    log_excitons : (k,) array
        Logarithm of the excitations at the peak.
    jitter : (k,) array
        Relative standard deviation of the energy of pulses.
    photons : int
    gaussian : bool
        Whether the light is averaged over a Gaussian spot.
    """
    assert light.shares is not None
    energies, of_energy = np.polynomial.hermite_e.hermegauss(PULSES)
    variance = np.log1p(jitter**2)[:, None]
    moved = photons * (np.sqrt(variance) * energies - 0.5 * variance)
    shifts, of_slice = np.zeros(1), np.ones(1)
    if gaussian:
        nodes, of_slice = np.polynomial.legendre.leggauss(SLICES)
        shifts = math.log(FAINTEST_SLICE) * (0.5 * (nodes + 1.0)) ** 2
    at = (log_excitons[:, None, None] + moved[:, :, None] + shifts).reshape(len(moved), -1)
    seen = read_at(light.laser, first, at)
    weight = np.exp(seen - seen.max(axis=1, keepdims=True)) * np.outer(of_energy, of_slice).ravel()
    weight /= weight.sum(axis=1, keepdims=True)
    on_grid = _on_grid((at - first) / SPACING, weight, light.shares.shape[2])
    return np.asarray(np.einsum("kc,kmc->km", on_grid, light.shares))


def _on_grid(position: Array, weight: Array, count: int) -> Array:
    """Weights at points of a grid that read a straight line between them, (k, c)."""
    inside = np.clip(position, 0.0, count - 1.0)
    cell = np.minimum(inside.astype(np.int64), count - 2)
    share = inside - cell
    rows = np.arange(len(cell))[:, None] * count + cell
    both = np.concatenate([rows.ravel(), rows.ravel() + 1])
    parts = np.concatenate([(weight * (1.0 - share)).ravel(), (weight * share).ravel()])
    total = np.bincount(both, parts, minlength=len(cell) * count).astype(np.float64)
    return total.reshape(len(cell), count)
