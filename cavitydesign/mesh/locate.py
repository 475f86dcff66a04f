"""Where in a section mesh a point (r, z) lies: its element and its coordinates in the reference
square.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from scipy.spatial import cKDTree

from ..arrays import Array, BoolArray, IntArray
from .section import SectionMesh, series_of_nodes

# Points of each element in the search tree, in either direction; the nearest is Newton's start.
_SAMPLES = 5
# Nearest of those points whose elements are tried before a point counts as outside the mesh.
_CANDIDATES = 12
# Newton steps at most, and those after which a point that is still far off is given up: it lies in
# another element.
_STEPS, _STEPS_NEAR = 20, 3
# Reference coordinate beyond which it is far; the square ends at 1.
_FAR = 1.2
# Change of the reference coordinates at which Newton's method has converged: what is left then is
# of its square.
_CONVERGED = 1e-7
# Reference distance outside the square at which a point still counts as on its edge.
_SLACK = 1e-9
# Of the mesh's size, what positions of a straight element are off the bilinear map: files of gmsh
# leave 2e-11. And of the element's reference coordinates, what that is far from.
_STRAIGHT, _NEARLY = 1e-9, 1e-3
_ROUNDING = 1e-14  # of the mesh's size, that the box of an element is larger

Position = Callable[[IntArray, Array, Array], tuple[Array, Array, Array, Array, Array, Array]]


@dataclass(frozen=True, eq=False)
class Locator:
    """Search tree over a mesh.

    Parameters
    ----------
    mesh : SectionMesh
    """

    mesh: SectionMesh

    @cached_property
    def _tree(self) -> cKDTree:
        x = np.linspace(-0.9, 0.9, _SAMPLES)
        r, z, *_ = self.mesh.positions(x, x)
        return cKDTree(np.stack([r.ravel(), z.ravel()], axis=1))

    def find(self, r: Array, z: Array) -> tuple[IntArray, Array, Array]:
        """Element (-1 outside the mesh), s and t of each point; Newton's method on the curved map
        of the nearest elements.
        """
        target = np.stack([r, z], axis=1)
        element, s, t = np.full(r.size, -1), np.zeros(r.size), np.zeros(r.size)
        x = np.linspace(-0.9, 0.9, _SAMPLES)

        def try_in(left: IntArray, sample: IntArray) -> None:
            near = self._in_box(sample // _SAMPLES**2, target[left])
            left, (owner, at) = left[near], np.divmod(sample[near], _SAMPLES**2)
            a, b = self._newton(owner, x[at // _SAMPLES], x[at % _SAMPLES], target[left])
            inside = (abs(a) <= 1 + _SLACK) & (abs(b) <= 1 + _SLACK)
            hit = left[inside]
            element[hit] = owner[inside]
            s[hit], t[hit] = np.clip(a[inside], -1, 1), np.clip(b[inside], -1, 1)

        # Most points lie in the element of the nearest one, and finding more of these takes longer.
        try_in(np.arange(r.size), self._nearest(target, 1)[:, 0])
        others = np.flatnonzero(element < 0)
        count = min(_CANDIDATES, self.mesh.elements * _SAMPLES**2)
        if not others.size or count == 1:
            return element, s, t
        near = self._nearest(target[others], count)
        owners = near // _SAMPLES**2
        for column in range(1, count):
            # An element that was tried from one of its points is not tried from another.
            fresh = (owners[:, :column] != owners[:, column, None]).all(axis=1)
            left = (element[others] < 0) & fresh
            if left.any():
                try_in(others[left], near[left, column])
        return element, s, t

    def _nearest(self, target: Array, count: int) -> IntArray:
        return np.asarray(self._tree.query(target, k=count)[1]).reshape(len(target), count)

    @cached_property
    def _series(self) -> Array:
        """Legendre coefficients of r and z in s and t, shape (elements, degree + 1, degree + 1,
        2).
        """
        to_series, nodes = series_of_nodes(self.mesh.degree)[0], self.mesh.nodes
        along_t = to_series @ nodes
        return np.asarray(np.einsum("as,nstc->natc", to_series, along_t))

    @cached_property
    def _straight(self) -> BoolArray:
        """Whether r and z of an element are all but bilinear: most are, and there Newton's method
        begins with the bilinear map, which takes a tenth of the time.
        """
        rest = abs(self._series)
        rest[:, :2, :2] = 0.0
        return np.asarray(rest.sum(axis=(1, 2)).max(axis=1) <= _STRAIGHT * self._size)

    @cached_property
    def _boxes(self) -> tuple[Array, Array]:
        """Middles and halves of boxes that hold the elements, each (elements, 2): no Legendre
        polynomial passes 1.
        """
        series = self._series
        half = abs(series).sum(axis=(1, 2)) - abs(series[:, 0, 0])
        return series[:, 0, 0], (1.0 + 2.0 * _SLACK) * half + _ROUNDING * self._size

    @property
    def _size(self) -> float:
        return float(abs(self.mesh.nodes).max())

    def _in_box(self, element: IntArray, target: Array) -> BoolArray:
        """Whether points may lie in elements."""
        middle, half = self._boxes
        return np.asarray((abs(target - middle[element]) <= half[element]).all(axis=1))

    def _bilinear(
        self, element: IntArray, s: Array, t: Array
    ) -> tuple[Array, Array, Array, Array, Array, Array]:
        """`positions_at` of straight elements."""
        ((r, r_t), (r_s, r_st)), ((z, z_t), (z_s, z_st)) = self._series[element, :2, :2].T.swapaxes(
            1, 2
        )
        out_r_s, out_z_s = r_s + r_st * t, z_s + z_st * t
        out_r_t, out_z_t = r_t + r_st * s, z_t + z_st * s
        return (
            r + r_t * t + out_r_s * s,
            z + z_t * t + out_z_s * s,
            out_r_s,
            out_z_s,
            out_r_t,
            out_z_t,
        )

    def _newton(self, element: IntArray, s: Array, t: Array, target: Array) -> tuple[Array, Array]:
        """Reference coordinates of each point in its element; infinite where it is not in it."""
        straight, left = np.flatnonzero(self._straight[element]), np.ones(s.size, dtype=bool)
        s, t = s.copy(), t.copy()
        s[straight], t[straight] = _solved(
            self._bilinear, element[straight], s[straight], t[straight], target[straight]
        )
        left[straight] = (abs(s) <= 1.0 + _NEARLY)[straight] & (abs(t) <= 1.0 + _NEARLY)[straight]
        out = np.full((2, s.size), np.inf)
        out[:, left] = _solved(
            self.mesh.positions_at, element[left], s[left], t[left], target[left]
        )
        return out[0], out[1]


def _solved(
    position: Position, element: IntArray, s: Array, t: Array, target: Array
) -> tuple[Array, Array]:
    """Newton's method from s and t; infinite where it does not end within the element."""
    s, t = s.copy(), t.copy()
    out_s, out_t = np.full(s.size, np.inf), np.full(s.size, np.inf)
    left = np.arange(s.size)
    for step in range(_STEPS):
        r, z, r_s, z_s, r_t, z_t = position(element[left], s[left], t[left])
        d_r, d_z = target[left, 0] - r, target[left, 1] - z
        det = r_s * z_t - r_t * z_s
        det = np.where(abs(det) < 1e-300, 1e-300, det)
        step_s, step_t = (z_t * d_r - r_t * d_z) / det, (r_s * d_z - z_s * d_r) / det
        s[left], t[left] = np.clip(s[left] + step_s, -2, 2), np.clip(t[left] + step_t, -2, 2)
        done = abs(step_s) + abs(step_t) < _CONVERGED
        out_s[left[done]], out_t[left[done]] = s[left[done]], t[left[done]]
        far = (
            (abs(s[left]) > _FAR) | (abs(t[left]) > _FAR)
            if step >= _STEPS_NEAR
            else np.zeros(left.size, dtype=bool)
        )
        left = left[~done & ~far]
        if not left.size:
            break
    return out_s, out_t
