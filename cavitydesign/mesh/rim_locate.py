"""Where in a window a point (r, z) lies: its layer and its coordinates s and t."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from ..arrays import Array, IntArray
from .rim_map import Layer, Window

# Starts of Newton's method: neighbours in s lie half an element apart, those along the outline a
# fortieth of the window, over which the outline hardly bends.
_PER_STRIP, _ALONG = 3, 41
# Newton steps at most; from the nearest sample it converges quadratically in a few.
_STEPS = 30
_CONVERGED = 1e-14  # of the window's size
_FOUND = 1e-12  # of the window's size: a point on its edge is in it


@dataclass(frozen=True, eq=False)
class RimLocator:
    """Search over a window, by Newton's method on the map of each layer.

    Parameters
    ----------
    window : Window
        Of an absorbing layer, where the offset from the outline is complex, the real part is meant.
    """

    window: Window

    def find(self, r: Array, z: Array) -> tuple[IntArray, Array, Array]:
        """Layer (-1 outside the window), s and t of points of shape (n,) with z in the window.

        A point on an interface belongs to the layer outside it.
        """
        layer, s, t = np.full(r.size, -1), np.zeros(r.size), np.zeros(r.size)
        for number in reversed(range(len(self.window.layers))):
            left = np.flatnonzero(layer < 0)
            if not left.size:
                break
            a, b, hit = self._within(number, r[left], z[left])
            layer[left[hit]], s[left[hit]], t[left[hit]] = number, a[hit], b[hit]
        return layer, s, t

    @cached_property
    def _starts(self) -> list[tuple[Any, Array, Array]]:
        out: list[tuple[Any, Array, Array]] = []
        along = np.linspace(self.window.t_breaks[0], self.window.t_breaks[-1], _ALONG)
        for layer in self.window.layers:
            breaks = np.asarray(layer.breaks)
            across = np.interp(
                np.arange(_PER_STRIP * (breaks.size - 1) + 1) / _PER_STRIP,
                np.arange(breaks.size),
                breaks,
            )
            r, z = (part.real.ravel() for part in layer.map(across, along)[:2])
            s, t = (part.ravel() for part in np.meshgrid(across, along, indexing="ij"))
            out.append((cKDTree(np.stack([r, z], axis=1)), s, t))
        return out

    @cached_property
    def _size(self) -> float:
        tree = self._starts[0][0]
        return float(np.max(tree.maxes))

    def _within(self, number: int, r: Array, z: Array) -> tuple[Array, Array, NDArray[np.bool_]]:
        """Coordinates in one layer, and whether the points lie in it."""
        layer = self.window.layers[number]
        tree, starts_s, starts_t = self._starts[number]
        near = tree.query(np.stack([r, z], axis=1))[1]
        s, t = starts_s[near].copy(), starts_t[near].copy()
        low, high = (layer.breaks[0], layer.breaks[-1])
        start, end = self.window.t_breaks[0], self.window.t_breaks[-1]
        for _ in range(_STEPS):
            step_s, step_t, off = _step(layer, s, t, r, z)
            if (off <= _CONVERGED * self._size).all():
                break
            s = np.clip(s + step_s, low, high)
            t = np.clip(t + step_t, start, end)
        return s, t, _step(layer, s, t, r, z)[2] <= _FOUND * self._size


def _step(layer: Layer, s: Array, t: Array, r: Array, z: Array) -> tuple[Array, Array, Array]:
    """Newton's step towards points, and how far they are."""
    here_r, here_z, r_s, z_s, r_t, z_t = (part.real for part in layer.at(s, t))
    d_r, d_z = r - here_r, z - here_z
    det = r_s * z_t - r_t * z_s
    det = np.where(abs(det) < 1e-300, 1e-300, det)
    return (
        (z_t * d_r - r_t * d_z) / det,
        (r_s * d_z - z_s * d_r) / det,
        np.hypot(d_r, d_z),
    )
