"""Currents at many points as currents at the nodes of a small grid of r and z that radiate alike.

A wave of plane layers is f(z) J_m(kappa r), and within a layer both factors are smooth: polynomials
in r and in z through few nodes give them at every point to rounding. Summed over the points against
these polynomials, the currents are those of the nodes (the transpose of an interpolation), and each
wave then costs one small product for each factor, however many points there were.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import replace
from functools import lru_cache

import numpy as np
from numpy.polynomial import chebyshev

from ...analytic.layers import Kind, Layers
from ...arrays import Array, IntArray
from .currents import Currents

# Radians of phase or nepers of decay across a piece of a layer: a piece of twice as many has fewer
# nodes a radian, and needs more work a point.
_PIECE = 16.0
# Rounding beside which a range of heights counts as one height.
_THIN = 1e-12


def gathered(
    currents: Currents, m: float, k0: float, kappa: Array, layers: Layers, kinds: tuple[Kind, ...]
) -> Currents:
    """The currents at the nodes of a grid, which is fine enough for waves of some wavenumbers.

    Parameters
    ----------
    currents : Currents
        At points, at heights of these layers.
    m : float
        Azimuthal order.
    kappa : (a,) array
        Along the layers.

    Returns
    -------
    Currents
        With r (R,), z (Z,) and components (Z, R, sets).
    """
    r, z = currents.r, currents.z
    in_r = _Range.of(r, _steepest(m, kappa, float(r.max())))
    radial = in_r.series(r)
    parts = [currents] if currents.magnetic is None else [currents, currents.magnetic]
    columns = np.concatenate([p for part in parts for p in part.components], axis=1)
    real = np.ascontiguousarray(columns).view(np.float64)
    nodes, grids = [], []
    for here, in_z in _pieces(z, k0, kappa, layers, kinds):
        along = in_z.series(z[here])
        strengths = along[:, :, None] * real[here][:, None, :]
        summed = strengths.reshape(here.size, -1).T @ radial[here]
        # from what each Chebyshev polynomial takes to what each node has
        at_nodes = np.tensordot(in_z.to_nodes, summed.reshape(along.shape[1], -1, in_r.count), 1)
        grids.append(at_nodes @ in_r.to_nodes.T)
        nodes.append(in_z.nodes)
    grid = np.ascontiguousarray(np.concatenate(grids).transpose(0, 2, 1)).view(columns.dtype)
    at = np.concatenate(nodes)
    split = iter(np.split(grid, 3 * len(parts), axis=2))
    made = [Currents(in_r.nodes, at, next(split), next(split), next(split)) for _ in parts]
    return made[0] if len(made) == 1 else replace(made[0], magnetic=made[1])


class _Range:
    """Chebyshev nodes on a range of a coordinate."""

    def __init__(self, low: float, high: float, count: int) -> None:
        self.middle, self.count = 0.5 * (low + high), count
        self.half = max(0.5 * (high - low), _THIN * max(abs(low), abs(high), 1.0))
        nodes, self.to_nodes = _transform(count)
        self.nodes: Array = self.middle + self.half * nodes

    @classmethod
    def of(cls, x: Array, steepness: float) -> _Range:
        """Of points, for functions that turn or fall by so many radians or nepers a length."""
        low, high = float(x.min()), float(x.max())
        return cls(low, high, _nodes_for(0.5 * (high - low) * steepness))

    def series(self, x: Array) -> Array:
        """Chebyshev polynomials at points, (n, count)."""
        place = np.clip((x - self.middle) / self.half, -1.0, 1.0)
        return np.asarray(chebyshev.chebvander(place, self.count - 1))


@lru_cache(maxsize=256)
def _transform(count: int) -> tuple[Array, Array]:
    """Chebyshev nodes, and the matrix (node, polynomial) from moments to values at the nodes."""
    nodes = chebyshev.chebpts1(count)
    to_nodes = 2.0 / count * chebyshev.chebvander(nodes, count - 1)
    to_nodes[:, 0] *= 0.5
    return np.asarray(nodes), np.asarray(to_nodes, dtype=np.float64)


def _nodes_for(phase: float) -> int:
    """Nodes through which exp(i A x) and exp(-A (1 - x)) on [-1, 1] are known to 1e-13 (A up to
    100).
    """
    return math.ceil(phase + 8.0 * math.cbrt(phase) + 7.0)


def _steepest(m: float, kappa: Array, farthest: float) -> float:
    """Largest rate at which J_m(kappa r) turns or falls at the outermost point: where it falls,
    it does so more steeply farther in, but is smaller there than counts.
    """
    x = kappa * farthest
    rates = kappa * np.sqrt(abs((m / np.maximum(x, 1e-300)) ** 2 - 1.0))
    return float(rates.max())


def _pieces(
    z: Array, k0: float, kappa: Array, layers: Layers, kinds: tuple[Kind, ...]
) -> Iterator[tuple[IntArray, _Range]]:
    """Points of each piece of a layer, and the nodes in it."""
    rates = np.max([abs(layers.across(kind, k0, kappa)).max(axis=1) for kind in kinds], axis=0)
    owner = layers.at(z)
    for layer in np.unique(owner):
        here = np.flatnonzero(owner == layer)
        rate = float(rates[layer])
        low, high = float(z[here].min()), float(z[here].max())
        count = max(1, math.ceil(rate * (high - low) / _PIECE))
        place = np.floor((z[here] - low) * (count / max(high - low, 1e-300))).astype(np.int64)
        place = np.minimum(place, count - 1)
        for number in np.unique(place):
            inside = here[place == number]
            yield inside, _Range.of(z[inside], rate)
