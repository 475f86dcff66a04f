"""Curved maps of the unit square to the elements of a window or a section, as scikit-fem mappings.

scikit-fem's own curved quadrilaterals end at second order and are real. Ours are exact on the
outline (windows) or of the degree of a file (sections), and complex in absorbing layers, where all
formulas continue analytically.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from skfem import MeshQuad1
from skfem.mapping import Mapping
from skfem.refdom import RefQuad

from ..arrays import Array, Values
from ..mesh.rim_map import Window
from ..mesh.section import SectionMesh
from .stretch import BoxStretch

_NEWTON_STEPS = 50  # a bound: inside an element a few converge quadratically
_CONVERGED = 1e-13  # of the unit square
# Points of the grid of all lines for each one asked for, up to which that grid is evaluated.
_CROWDED = 4


def tensor_lines(points: Array) -> tuple[Array, Array] | None:
    """Lines in s and t of points of shape (2, n) that are their grid, s before t; None if they are
    no grid.
    """
    if points.ndim != 2 or not points.shape[1]:
        return None
    s, t = points
    moved = s != s[0]
    run = int(np.argmax(moved)) if moved.any() else s.size
    # The first run of equal s holds one line of t, or several where lines of s coincide.
    for along in (*(np.flatnonzero(t[1:run] == t[0]) + 1), run):
        if s.size % along:
            continue
        of_s, of_t = s.reshape(-1, along), t.reshape(-1, along)
        if (of_s == of_s[:, :1]).all() and (of_t == of_t[0]).all():
            return np.ascontiguousarray(of_s[:, 0]), np.ascontiguousarray(of_t[0])
    return None


class CurvedMapping(Mapping, ABC):  # type: ignore[misc]
    """A map that is evaluated with its slopes at once.

    Attributes
    ----------
    mesh : skfem.MeshQuad
        Vertices and elements; straight edges, for whoever draws it.
    """

    mesh: MeshQuad1

    # The last points and what was found there: scikit-fem asks again for every basis function.
    _last: tuple[Any, Any, tuple[Values, Values]] | None = None

    def at(self, X: Array, tind: Any = None) -> tuple[Values, Values]:
        """Positions (2, n, points) and slopes d x_i / d X_j, of shape (2, 2, n, points)."""
        if self._last is None or self._last[0] is not X or self._last[1] is not tind:
            self._last = X, tind, self._found(X, tind)
        return self._last[2]

    def _found(self, X: Array, tind: Any) -> tuple[Values, Values]:
        elements = np.arange(self.mesh.t.shape[1]) if tind is None else np.asarray(tind)
        lines = tensor_lines(X)
        if lines is not None:
            return self._on_grid(*lines, elements)
        if X.ndim == 2:
            (s, i), (t, j) = (np.unique(x, return_inverse=True) for x in X)
            if s.size * t.size <= _CROWDED * X.shape[1]:
                x, slopes = self._on_grid(s, t, elements)
                return x[..., i * t.size + j], slopes[..., i * t.size + j]
            X = np.broadcast_to(X[:, None, :], (2, elements.size, X.shape[1]))
        flat = np.repeat(elements, X.shape[2])
        x, slopes = self.at_points(flat, X[0].ravel(), X[1].ravel())
        return x.reshape(X.shape), slopes.reshape(2, *X.shape)

    @abstractmethod
    def _on_grid(self, s: Array, t: Array, elements: Any) -> tuple[Values, Values]:
        """Positions and derivatives, as of `at`, on one grid of s and t in every element."""

    @abstractmethod
    def at_points(self, element: Any, s: Array, t: Array) -> tuple[Values, Values]:
        """Positions (2, points) and derivatives (2, 2, points) at single points of elements."""

    def F(self, X: Array, tind: Any = None) -> Values:
        """Positions."""
        return self.at(X, tind)[0]

    def DF(self, X: Array, tind: Any = None) -> Values:
        """Slopes."""
        return self.at(X, tind)[1]

    def detDF(self, X: Array, tind: Any = None) -> Values:
        """Determinant of the slopes."""
        return determinant(self.DF(X, tind))

    def invDF(self, X: Array, tind: Any = None) -> Values:
        """Inverse of the slopes."""
        return inverse(self.DF(X, tind))

    def invF(self, x: Array, tind: Any = None) -> Array:
        """Points of the unit square at positions (2, n, points), by Newton's method."""
        X = np.full(x.shape, 0.5)
        for _ in range(_NEWTON_STEPS):
            here, slopes = self.at(X, tind)
            step = np.einsum("ij...,j...->i...", inverse(slopes), x - here).real
            # A step beyond the element ends on its edge: the map goes on outside it, and may fold.
            X = np.clip(X + step, 0.0, 1.0)
            if abs(step).max() < _CONVERGED:
                break
        return X

    def G(self, X: Array, find: Any = None) -> Values:
        """Positions on edges, from the lower to the higher vertex."""
        return self._along_edges(X, find)[0]

    def detDG(self, X: Array, find: Any = None) -> Array:
        """Length of an edge per unit of its parameter."""
        return np.asarray(np.hypot(*abs(self._along_edges(X, find)[1])))

    def _along_edges(self, X: Array, find: Any) -> tuple[Values, Values]:
        mesh = self.mesh
        facets = np.arange(mesh.facets.shape[1]) if find is None else np.asarray(find)
        elements = mesh.f2t[0, facets]
        side = np.argmax(mesh.t2f[:, elements] == facets, axis=0)
        start, end = np.array(RefQuad.facets).T
        # An edge runs from its lower vertex to its higher one, in whichever element it is seen.
        turned = mesh.t[start[side], elements] > mesh.t[end[side], elements]
        first = np.where(turned, end[side], start[side])
        last = np.where(turned, start[side], end[side])
        a, b = RefQuad.p[:, first], RefQuad.p[:, last]
        x, slopes = self.at(a[:, :, None] + (b - a)[:, :, None] * X[0], elements)
        return x, np.einsum("ij...k,j...->i...k", slopes, b - a)

    def normals(self, X: Array, tind: Any, find: Any, t2f: Any) -> Values:
        """Outward unit normals of elements on their edges."""
        side = np.argmax(t2f[:, tind] == find, axis=0)
        # A covariant vector: normals are mapped by the inverse slopes.
        normal = np.einsum("ijkl,ki->jkl", self.invDF(X, tind), RefQuad.normals[side])
        return np.asarray(normal / np.sqrt((normal**2).sum(axis=0)))


def determinant(slopes: Values) -> Values:
    """Of 2 x 2 matrices whose indices come first."""
    return np.asarray(slopes[0, 0] * slopes[1, 1] - slopes[0, 1] * slopes[1, 0])


def inverse(slopes: Values) -> Values:
    """Of 2 x 2 matrices whose indices come first."""
    (a, b), (c, d) = slopes
    return np.array([[d, -b], [-c, a]]) / determinant(slopes)


class SectionMapping(CurvedMapping):
    """The map of a section's elements, stretched in absorbing layers.

    Parameters
    ----------
    section : SectionMesh
    stretch : BoxStretch, optional
    """

    def __init__(self, section: SectionMesh, stretch: BoxStretch | None = None) -> None:
        self.section, self.stretch, self.mesh = section, stretch, section.topology

    def _on_grid(self, s: Array, t: Array, elements: Any) -> tuple[Values, Values]:
        parts = self.section.positions(2.0 * s - 1.0, 2.0 * t - 1.0, elements)
        return self._stretched([part.reshape(elements.size, -1) for part in parts])

    def at_points(self, element: Any, s: Array, t: Array) -> tuple[Values, Values]:
        return self._stretched(self.section.positions_at(element, 2.0 * s - 1.0, 2.0 * t - 1.0))

    def _stretched(self, parts: Any) -> tuple[Values, Values]:
        r, z, r_s, z_s, r_t, z_t = parts
        x, slopes = np.array([r, z]), 2.0 * np.array([[r_s, r_t], [z_s, z_t]])
        # Real where no point lies in a layer: matrices of such elements take half the room.
        if self.stretch is None or not self.stretch.beyond(r, z).any():
            return x, slopes
        # Absorbing layers stretch r and z apart, each into the complex plane.
        (r, by_r), (z, by_z) = self.stretch.radial(r), self.stretch.axial(z)
        return np.array([r, z]), slopes * np.array([[by_r], [by_z]])


@dataclass(frozen=True, eq=False)
class _Rows:
    """Strips of one layer of a window: their indices, and where they begin and end."""

    first: int
    low: Array
    high: Array


class WindowMapping(CurvedMapping):
    """The map of a window's strips: one element from each curve to the next, as long as the window.

    Parameters
    ----------
    window : Window
    """

    def __init__(self, window: Window) -> None:
        self.window = window
        self.start, self.length = window.t_breaks[0], window.t_breaks[-1] - window.t_breaks[0]

    @cached_property
    def mesh(self) -> MeshQuad1:
        """Corners of the strips, and the media as subdomains by number."""
        return strips(self.window)

    @cached_property
    def _rows(self) -> list[_Rows]:
        out, first = [], 0
        for layer in self.window.layers:
            breaks = np.asarray(layer.breaks)
            out.append(_Rows(first, breaks[:-1], breaks[1:]))
            first += breaks.size - 1
        return out

    def _on_grid(self, s: Array, t: Array, elements: Any) -> tuple[Values, Values]:
        if (np.diff(elements) < 0).any():  # the layers are gone through outwards
            order = np.argsort(elements, kind="stable")
            back = np.argsort(order, kind="stable")
            x, slopes = self._on_grid(s, t, elements[order])
            return x[:, back], slopes[:, :, back]
        t = self.start + self.length * t
        parts = []
        for layer, rows in zip(self.window.layers, self._rows, strict=True):
            chosen = elements[(elements >= rows.first) & (elements < rows.first + rows.low.size)]
            low, high = rows.low[chosen - rows.first], rows.high[chosen - rows.first]
            span = (high - low)[:, None]
            mapped = np.array(layer.map((low[:, None] + span * s).ravel(), t))
            mapped = mapped.reshape(6, chosen.size, s.size * t.size)
            mapped[2:4] *= span
            mapped[4:] *= self.length
            parts.append(mapped)
        r, z, r_s, z_s, r_t, z_t = np.concatenate(parts, axis=1)
        return np.array([r, z]), np.array([[r_s, r_t], [z_s, z_t]])

    def at_points(self, element: Any, s: Array, t: Array) -> tuple[Values, Values]:
        kind = np.complex128 if self.window.is_complex else np.float64
        x, slopes = np.empty((2, s.size), kind), np.empty((2, 2, s.size), kind)
        for layer, rows in zip(self.window.layers, self._rows, strict=True):
            row = element - rows.first
            here = np.flatnonzero((row >= 0) & (row < rows.low.size))
            if here.size:
                low, high = rows.low[row[here]], rows.high[row[here]]
                points = low + (high - low) * s[here], self.start + self.length * t[here]
                r, z, r_s, z_s, r_t, z_t = layer.at(*points)
                x[:, here] = r, z
                scale = np.stack([high - low, np.full(here.size, self.length)])
                slopes[..., here] = np.array([[r_s, r_t], [z_s, z_t]]) * scale
        return x, slopes


def strips(window: Window) -> MeshQuad1:
    """One quadrilateral for each strip of a window."""
    s = np.array(window.s_breaks)
    t = np.array([window.t_breaks[0], window.t_breaks[-1]])
    outer = [layer.map(s[[n, n + 1]], t)[:2] for n, layer in enumerate(_layers_of_strips(window))]
    r = np.concatenate([outer[0][0][:1], *(pair[0][1:] for pair in outer)]).real
    z = np.concatenate([outer[0][1][:1], *(pair[1][1:] for pair in outer)]).real
    first = 2 * np.arange(s.size - 1)
    corners = np.array([first, first + 2, first + 3, first + 1])
    return MeshQuad1(np.array([r.ravel(), z.ravel()]), corners)


def _layers_of_strips(window: Window) -> list[Any]:
    return [layer for layer in window.layers for _ in layer.breaks[1:]]
