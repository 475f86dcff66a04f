"""Where in a section mesh a point (r, z) lies: its element and its place in the reference square."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from scipy.spatial import cKDTree

from .section import Array, IntArray, SectionMesh

_SAMPLES = 5
_CANDIDATES = 12
_STEPS = 25
_SLACK = 1e-9


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
        """Element (-1 outside the mesh), s and t of each point; Newton's method on the curved map of the nearest elements."""
        target = np.stack([r, z], axis=1)
        count = min(_CANDIDATES, self.mesh.elements * _SAMPLES**2)
        near = np.atleast_2d(self._tree.query(target, k=count)[1].reshape(r.size, -1))
        element, s, t = np.full(r.size, -1), np.zeros(r.size), np.zeros(r.size)
        x = np.linspace(-0.9, 0.9, _SAMPLES)
        for column in range(near.shape[1]):
            todo = np.flatnonzero(element < 0)
            if not todo.size:
                break
            owner, place = np.divmod(near[todo, column], _SAMPLES**2)
            if column:
                fresh = (near[todo, :column] // _SAMPLES**2 != owner[:, None]).all(axis=1)
                todo, owner, place = todo[fresh], owner[fresh], place[fresh]
            a, b = self._newton(owner, x[place // _SAMPLES], x[place % _SAMPLES], target[todo])
            inside = (abs(a) <= 1 + _SLACK) & (abs(b) <= 1 + _SLACK)
            hit = todo[inside]
            element[hit], s[hit], t[hit] = owner[inside], np.clip(a[inside], -1, 1), np.clip(b[inside], -1, 1)
        return element, s, t

    def _newton(self, element: IntArray, s: Array, t: Array, target: Array) -> tuple[Array, Array]:
        for _ in range(_STEPS):
            r, z, r_s, z_s, r_t, z_t = self.mesh.positions_at(element, s, t)
            d_r, d_z = target[:, 0] - r, target[:, 1] - z
            det = r_s * z_t - r_t * z_s
            det = np.where(abs(det) < 1e-300, 1e-300, det)
            step_s, step_t = (z_t * d_r - r_t * d_z) / det, (r_s * d_z - z_s * d_r) / det
            s, t = np.clip(s + step_s, -1.6, 1.6), np.clip(t + step_t, -1.6, 1.6)
            if max(abs(step_s).max(initial=0.0), abs(step_t).max(initial=0.0)) < 1e-14:
                break
        r, z, *_ = self.mesh.positions_at(element, s, t)
        size = np.sqrt(abs(self.mesh.nodes[element, -1, -1] - self.mesh.nodes[element, 0, 0]).sum(axis=1) ** 2)
        lost = np.hypot(target[:, 0] - r, target[:, 1] - z) > 1e-8 * size
        return np.where(lost, np.inf, s), t
