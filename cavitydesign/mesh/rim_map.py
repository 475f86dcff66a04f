"""The map of a window at the rim: from (s, t) to (r, z), exact on the outline and on every
interface.

s is the distance from the outline at the equator (negative inside), t runs along the outline.
Between two neighbouring curves the map is linear in s; curves are offsets of the outline along its
normal, or surfaces of the fibre and its coatings. In an absorbing layer the offset is complex, and
all formulas continue analytically: that is the whole of the perfectly matched layer.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from ..arrays import Array, Values
from ..geometry.fibre import FibreShape
from ..geometry.outline import Outline

CurveValues = tuple[Values, Values, Values, Values]


class Along:
    """An outline at parameters t: what curves beside it share is evaluated once.

    Parameters
    ----------
    outline : Outline
    t_um : array
    """

    def __init__(self, outline: Outline, t_um: Array) -> None:
        self.outline, self.t_um = outline, t_um

    @cached_property
    def point(self) -> tuple[Array, Array]:
        """r and z."""
        return self.outline.point(self.t_um)

    @cached_property
    def tangent(self) -> tuple[Array, Array]:
        """dr/dt and dz/dt."""
        return self.outline.tangent(self.t_um)

    @cached_property
    def normal(self) -> tuple[Array, Array, Array, Array]:
        """Outward unit normal (n_r, n_z) of the outline and its derivatives with respect to t."""
        r_t, z_t = self.tangent
        r_tt, z_tt = self.outline.bend(self.t_um)
        speed = np.hypot(r_t, z_t)
        turn = (r_t * z_tt - z_t * r_tt) / speed**3
        return z_t / speed, -r_t / speed, r_t * turn, z_t * turn


@dataclass(frozen=True)
class OffsetCurve:
    """The outline moved along its outward normal by a distance (complex in an absorbing layer)."""

    outline: Outline
    distance_um: complex

    def evaluate(self, along: Along) -> CurveValues:
        """r, z, dr/dt, dz/dt on the curve."""
        offset = (
            self.distance_um
            if isinstance(self.distance_um, complex) and self.distance_um.imag
            else self.distance_um.real
        )
        (r, z), (r_t, z_t) = along.point, along.tangent
        if offset == 0.0:
            return r, z, r_t, z_t
        n_r, n_z, m_r, m_z = along.normal
        return r + offset * n_r, z + offset * n_z, r_t + offset * m_r, z_t + offset * m_z


def normal(outline: Outline, t_um: Array) -> tuple[Array, Array, Array, Array]:
    """Outward unit normal (n_r, n_z) of the outline and its derivatives with respect to t."""
    return Along(outline, t_um).normal


@dataclass(frozen=True)
class FibreCurve:
    """A surface r = radius + share (taper z + shape(z)), at the heights of the outline.

    Parameters
    ----------
    outline : Outline
    radius_um : float
        At the equator.
    taper : float
        Slope of the fibre's wall.
    shape : FibreShape or None
        What the wall gains beyond the taper.
    share : float
        1 for surfaces parallel to the wall; below 1 for cuts inside the fibre, which must not meet
        the axis where it is thin.
    """

    outline: Outline
    radius_um: float
    taper: float = 0.0
    shape: FibreShape | None = None
    share: float = 1.0

    def evaluate(self, along: Along) -> CurveValues:
        """r, z, dr/dt, dz/dt on the curve."""
        (_, z), (_, z_t) = along.point, along.tangent
        rise, rise_t = self.taper * z, self.taper * z_t
        if self.shape is not None:
            rise, rise_t = rise + self.shape.rise_um(z), rise_t + self.shape.slope(z) * z_t
        return self.radius_um + self.share * rise, z, self.share * rise_t, z_t


Curve = OffsetCurve | FibreCurve


@dataclass(frozen=True)
class Layer:
    """The strip between two curves, of one region.

    Parameters
    ----------
    inner, outer : Curve
        Bounding curves.
    breaks : tuple of float
        Element boundaries in s; the first lies on `inner`, the last on `outer`.
    region : int
        Index of the medium, from the axis outwards.
    stretch : callable or None
        Offset of the outline and its derivative against s, instead of the linear rule.
    absorbing : bool
        Whether the stretch is complex.
    """

    inner: Curve
    outer: Curve
    breaks: tuple[float, ...]
    region: int
    stretch: Callable[[Array], tuple[Values, Values]] | None = None
    absorbing: bool = False

    def map(
        self, s_um: Array, t_um: Array
    ) -> tuple[Values, Values, Values, Values, Values, Values]:
        """r, z, dr/ds, dz/ds, dr/dt, dz/dt on the grid of s and t, each of shape (s, t)."""
        return self.at(s_um[:, None], t_um)

    def at(self, s_um: Array, t_um: Array) -> tuple[Values, Values, Values, Values, Values, Values]:
        """r, z, dr/ds, dz/ds, dr/dt, dz/dt at single points, or whatever s and t broadcast to."""
        return self.beside(s_um, Along(self.inner.outline, t_um))

    def beside(
        self, s_um: Array, along: Along
    ) -> tuple[Values, Values, Values, Values, Values, Values]:
        """`at`, by the outline at the t."""
        if self.stretch is not None:
            # Absorbing: s is a complex distance along the normals, not a share between two curves.
            n_r, n_z, m_r, m_z = along.normal
            (r, z), (r_t, z_t) = along.point, along.tangent
            sigma, slope = self.stretch(s_um)
            return (
                r + sigma * n_r,
                z + sigma * n_z,
                slope * n_r,
                slope * n_z,
                r_t + sigma * m_r,
                z_t + sigma * m_z,
            )
        first, last = self.inner.evaluate(along), self.outer.evaluate(along)
        span = self.breaks[-1] - self.breaks[0]
        share = (s_um - self.breaks[0]) / span
        r, z, r_t, z_t = (a + share * (b - a) for a, b in zip(first, last, strict=True))
        r_s = np.broadcast_to((last[0] - first[0]) / span, r.shape)
        z_s = np.broadcast_to((last[1] - first[1]) / span, r.shape)
        return r, z, r_s, z_s, r_t, z_t


@dataclass(frozen=True)
class Window:
    """A meridian window: layers stacked outwards, and element boundaries along the outline.

    Parameters
    ----------
    layers : tuple of Layer
        From the inner cut to the outer.
    t_breaks : tuple of float
        Element boundaries along the outline; from 0 in a half window.
    half : bool
        Whether z = 0 is a mirror plane and only t >= 0 is meshed.
    periodic : bool
        Whether the window is a slice of an infinite cylinder.
    """

    layers: tuple[Layer, ...]
    t_breaks: tuple[float, ...]
    half: bool
    periodic: bool = False

    @property
    def s_breaks(self) -> tuple[float, ...]:
        """Element boundaries in s."""
        out = [self.layers[0].breaks[0]]
        for layer in self.layers:
            out.extend(layer.breaks[1:])
        return tuple(out)

    @property
    def element_regions(self) -> tuple[int, ...]:
        """Medium of each row of elements in s."""
        return tuple(layer.region for layer in self.layers for _ in layer.breaks[1:])

    @property
    def is_complex(self) -> bool:
        """Whether an absorbing layer is present."""
        return any(layer.absorbing for layer in self.layers)

    def map(
        self, s_um: Array, t_um: Array
    ) -> tuple[Values, Values, Values, Values, Values, Values]:
        """r, z and their derivatives with respect to s and t on the grid of increasing s and any t,
        each of shape (s, t).
        """
        # A point on a line between two layers belongs to the outer one, and points beyond the ends
        # to the first and to the last layer.
        parts, along = [], Along(self.layers[0].inner.outline, t_um)
        for number, layer in enumerate(self.layers):
            low = -np.inf if number == 0 else layer.breaks[0]
            high = np.inf if number == len(self.layers) - 1 else layer.breaks[-1]
            inside = s_um[(s_um >= low) & (s_um < high)]
            if inside.size:
                parts.append(layer.beside(inside[:, None], along))
        if len(parts) == 1:
            return parts[0]
        return tuple(np.concatenate([part[i] for part in parts]) for i in range(6))  # type: ignore[return-value]
