"""The outermost meridian curve of a section's body, as an outline: for pictures, and for the axial
radius at the rim.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ..arrays import Array
from ..geometry.outline import Outline
from .section import SectionMesh

# Heights of the table of an outline, which is straight between them.
_HEIGHTS = 801
# Points of a curved edge, straight between them: they miss an arc of 45 degrees by 0.12 % of its
# radius.
PER_EDGE = 9
# Share of the largest coordinate by which a height may miss the ends of an edge: neighbours in
# triangles of seventh order give one vertex positions that differ by 3e-12 of it (ellipses from
# gmsh), so with room for a few of that.
_ROUNDING = 1e-10
_TOUCHING = 1e-9  # of the body's height: distance below which two pieces of a rim are one


@dataclass(frozen=True, eq=False)
class SectionOutline(Outline):
    """Largest r of the body at each height; t is the height above the rim.

    Parameters
    ----------
    height_um, radius_um : (n,) arrays
        Table of the curve, heights increasing, 0 at the rim.
    shift_um : float
        Height of the rim in the section's own coordinates.
    """

    height_um: Array
    radius_um: Array
    shift_um: float

    @classmethod
    def of(cls, mesh: SectionMesh, body: int) -> SectionOutline:
        """Outline of a region of a mesh."""
        part = mesh.chosen(mesh.region == body)
        rim_z_um = _rim_height(part)
        line = np.linspace(-1.0, 1.0, PER_EDGE)
        edges = along_edges(part, line)[part.at_boundary()[part.element_edges]]
        r_edge, z_edge = edges[..., 0], edges[..., 1]
        low, high = float(z_edge.min()), float(z_edge.max())
        heights = np.unique(np.concatenate([np.linspace(low, high, _HEIGHTS), [rim_z_um]]))
        miss = _ROUNDING * max(abs(low), abs(high), float(r_edge.max()))
        radius = np.zeros(heights.size)
        for r_one, z_one in zip(r_edge, z_edge, strict=True):
            if abs(z_one[-1] - z_one[0]) < 1e-9 * (high - low):
                continue
            order = np.argsort(z_one)
            inside = (heights >= z_one.min() - miss) & (heights <= z_one.max() + miss)
            radius[inside] = np.maximum(
                radius[inside], np.interp(heights[inside], z_one[order], r_one[order])
            )
        return cls(heights - rim_z_um, radius, rim_z_um)

    @property
    def equator_radius_um(self) -> float:
        """Radius at the rim."""
        return float(np.interp(0.0, self.height_um, self.radius_um))

    @property
    def axial_radius_um(self) -> float:
        """Radius of curvature at the rim, from a parabola through the nearest tenth of the curve;
        infinite if straight.
        """
        near = abs(self.height_um) <= 0.1 * float(np.ptp(self.height_um))
        bend = float(
            np.polynomial.polynomial.polyfit(self.height_um[near], self.radius_um[near], 2)[2]
        )
        return np.inf if bend > -1e-9 / self.equator_radius_um else -0.5 / bend

    @property
    def reach_um(self) -> tuple[float, float]:
        """Lowest and highest point."""
        return float(self.height_um[0]), float(self.height_um[-1])

    @property
    def symmetric(self) -> bool:
        """Not known of a section."""
        return False

    def point(self, t_um: Array) -> tuple[Array, Array]:
        """Coordinates (r, z) in um."""
        return np.interp(t_um, self.height_um, self.radius_um), np.asarray(t_um) + self.shift_um

    def tangent(self, t_um: Array) -> tuple[Array, Array]:
        """First derivatives, by differences of the table."""
        slope = np.gradient(self.radius_um, self.height_um)
        return np.interp(t_um, self.height_um, slope), np.ones_like(t_um)

    def bend(self, t_um: Array) -> tuple[Array, Array]:
        """Second derivatives, by differences of the table."""
        slope = np.gradient(self.radius_um, self.height_um)
        return np.interp(t_um, self.height_um, np.gradient(slope, self.height_um)), np.zeros_like(
            t_um
        )


def _rim_height(body: SectionMesh) -> float:
    """Height of the point farthest from the axis; of a straight rim its middle, of several rims the
    longest one's, the lowest of equals.
    """
    line = np.linspace(-1.0, 1.0, 4 * body.degree + 1)
    r, z, *_ = body.positions(line, line)
    far = r >= r.max() * (1 - 1e-12)
    lows = np.where(far, z, np.inf).min(axis=(1, 2))
    highs = np.where(far, z, -np.inf).max(axis=(1, 2))
    same = _TOUCHING * float(np.ptp(z))
    rims: list[list[float]] = []
    for number in np.argsort(lows)[: int(np.count_nonzero(np.isfinite(lows)))]:
        if rims and lows[number] <= rims[-1][1] + same:
            rims[-1][1] = max(rims[-1][1], float(highs[number]))
        else:
            rims.append([float(lows[number]), float(highs[number])])
    longest = max(high - low for low, high in rims)
    low, high = next(rim for rim in rims if rim[1] - rim[0] >= longest - same)
    return 0.5 * (low + high)


def along_edges(mesh: SectionMesh, x: Array) -> Array:
    """Points x, from -1 to 1, along the edges of each element, shape (n, 4, points, 2)."""
    r, z, *_ = mesh.positions(x, x)
    at = np.stack([r, z], axis=-1)
    return np.stack([at[:, :, 0], at[:, -1, :], at[:, :, -1], at[:, 0, :]], axis=1)
