"""Fields of a window's vector at single points, both halves of a half window."""

from __future__ import annotations

from dataclasses import replace
from typing import Protocol

import numpy as np

from ...arrays import Array, Values
from ...fem.field import at_window_points
from ...fem.mapping import WindowMapping
from ...fem.window_space import WindowSpace
from ...geometry.cavity import Cavity
from ...mesh.rim_locate import RimLocator
from ...mesh.rim_map import Window
from ..solver.reading import ABSORBING, KNOWN, UNSOLVED, PointReading


class ReadableWindow(Protocol):
    """What of a window's problem a reading takes."""

    @property
    def cavity(self) -> Cavity:
        """The cavity."""

    @property
    def window(self) -> Window:
        """Window of the problem that is read."""

    @property
    def wall(self) -> str:
        """What the middle of a half window is: "electric" or "magnetic"."""

    @property
    def space(self) -> WindowSpace:
        """The functions."""

    @property
    def locator(self) -> RimLocator:
        """Finds the element of a point."""


def window_reading(
    problem: ReadableWindow, vector: Values, m: int, r_um: Array, z_um: Array
) -> PointReading:
    """Fields at points of shape (n,); what a slice holds is the same at every z."""
    window = problem.window
    z = abs(z_um) if window.half else z_um
    if problem.cavity.sliced:
        middle = np.array([0.5 * (window.t_breaks[0] + window.t_breaks[-1])])
        z = np.full_like(z_um, problem.cavity.outline.point(middle)[1][0])
    layer, s, t = problem.locator.find(r_um, z)
    inside = layer >= 0
    regions = np.array([one.region for one in window.layers])
    absorbing = np.array([one.absorbing for one in window.layers])
    why = np.where(inside, KNOWN, UNSOLVED).astype(object)
    why[inside & absorbing[np.maximum(layer, 0)]] = ABSORBING
    region = np.where(inside, regions[np.maximum(layer, 0)], -1)
    known = why == KNOWN
    if not known.any():
        return PointReading(None, region, why)
    mapping = WindowMapping(window)
    field = at_window_points(mapping, problem.space, vector[:, None], m, s[known], t[known])
    below = window.half & (z_um[known] < 0.0)
    # E_z is even at an electric wall, E_r and E_phi are at a magnetic one; the curl is turned as
    # a pseudo-vector
    sign = -1.0 if problem.wall == "electric" else 1.0
    across, along = np.where(below, sign, 1.0), np.where(below, -sign, 1.0)
    return PointReading(
        replace(
            field,
            e_r=across * field.e_r,
            e_azimuthal=across * field.e_azimuthal,
            e_z=along * field.e_z,
            curl_r=along * field.curl_r,
            curl_azimuthal=along * field.curl_azimuthal,
            curl_z=across * field.curl_z,
            z=np.where(below, -field.z, field.z),
        ),
        region,
        why,
    )
