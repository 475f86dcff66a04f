"""From a deviation to the displacement of every point of a window, azimuth by azimuth.

The rim moves by its exact outline (an ellipse is an ellipse, not its first harmonic), the fibre and
its coatings as cylinders whose axis moves and leans. In between the displacement falls linearly in
s, with kinks at element boundaries alone; where it falls does not matter to the eigenvalues.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from ...arrays import Values
from ...errors import InputError
from .deviation_spec import Deviation, Wave
from .metric import Move
from .sector import Points

_SLOW = 12  # waves around the rim up to which deviations are solved together
_LEAST_CIRCLE = 0.5  # of the fibre's radius, within which points no longer move as circles


@dataclass(frozen=True)
class Group:
    """Deviations that are solved together.

    Attributes
    ----------
    deviation : Deviation
    harmonics : tuple of int
        Orders k of exp(i k phi) in first order of the size.
    """

    deviation: Deviation
    harmonics: tuple[int, ...]

    @property
    def period(self) -> int:
        """How often the shape repeats around the rim."""
        return math.gcd(*self.harmonics)


def groups_of(deviation: Deviation) -> list[Group]:
    """What is solved together: all slow deviations, and each fast wave by itself."""
    slow = [one for one in deviation.waves if one.amplitude and one.order <= _SLOW]
    fast = [one for one in deviation.waves if one.amplitude and one.order > _SLOW]
    harmonics = {one.order for one in slow}
    harmonics |= {1} if deviation.moves_fibre else set()
    harmonics |= {2} if deviation.ellipticity else set()
    together = Deviation(
        fibre_offset_um=deviation.fibre_offset_um,
        fibre_offset_deg=deviation.fibre_offset_deg,
        fibre_tilt_deg=deviation.fibre_tilt_deg,
        fibre_tilt_azimuth_deg=deviation.fibre_tilt_azimuth_deg,
        ellipticity=deviation.ellipticity,
        ellipse_deg=deviation.ellipse_deg,
        waves=tuple(slow),
    )
    out = [Group(together, tuple(sorted(harmonics)))] if harmonics else []
    by_order: dict[int, list[Wave]] = {}
    for one in fast:
        by_order.setdefault(one.order, []).append(one)
    return out + [Group(Deviation(waves=tuple(ws)), (k,)) for k, ws in by_order.items()]


def rim_ratio(deviation: Deviation, phi: float) -> tuple[float, float]:
    """r / r0 - 1 of the outline at an azimuth, and its derivative with respect to phi."""
    ratio, slope = 1.0, 0.0
    if deviation.ellipticity:
        half = 0.5 * deviation.ellipticity
        angle = phi - math.radians(deviation.ellipse_deg)
        inner = 1.0 + half**2 - 2.0 * half * math.cos(2.0 * angle)
        ratio = (1.0 - half**2) / math.sqrt(inner)
        slope = -ratio / inner * 2.0 * half * math.sin(2.0 * angle)
    add, add_slope = 0.0, 0.0
    for wave in deviation.waves:
        angle = wave.order * (phi - math.radians(wave.phase_deg))
        add += wave.amplitude * math.cos(angle)
        add_slope -= wave.order * wave.amplitude * math.sin(angle)
    return ratio * (1.0 + add) - 1.0, slope * (1.0 + add) + ratio * add_slope


@dataclass(frozen=True, eq=False)
class Displacement:
    """The displacement of the points of one window.

    Attributes
    ----------
    points : Points
    rim, fibre : tuple of three arrays
        How much of the rim's and the fibre's displacement a point has, with slopes along r and z.
    radius_um : float
        Of the fibre; 0 where the window has no interface that moves with it.
    """

    points: Points
    rim: tuple[Values, Values, Values]
    fibre: tuple[Values, Values, Values]
    radius_um: float

    @classmethod
    def of(cls, points: Points) -> Displacement:
        """Between which curves of a window the rim and the fibre move."""
        problem = points.problem
        cavity, breaks = problem.cavity, problem.real_breaks
        body = len(cavity.regions) - 2
        layers = problem.window.layers
        inner = [layer for layer in layers if layer.region < body]
        start = inner[-1].breaks[-1] if inner else breaks[0]
        rim = _hat(points, [(start, 0.0), (0.0, 1.0), (breaks[-1], 0.0)])
        radius = cavity.fibre_radius_um
        if not inner or radius <= 0.0:
            return cls(points, rim, _hat(points, []), 0.0)
        first = inner[0].breaks[-1]
        knots = [(breaks[0], 0.0), (first, 1.0), (0.0, 0.0)]
        if start > first:
            knots.insert(2, (start, 1.0))
        return cls(points, rim, _hat(points, knots), radius)

    def at(self, deviation: Deviation, phi: float) -> Move:
        """The move of all points at an azimuth.

        Raises
        ------
        InputError
            If it is so large that the map folds over.
        """
        r = self.points.r
        ratio, slope = rim_ratio(deviation, phi)
        share, share_r, share_z = self.rim
        u, u_phi = ratio * r * share, slope * r * share
        u_r, u_z = ratio * (share + r * share_r), ratio * r * share_z
        if deviation.moves_fibre and self.radius_um > 0.0:
            d, d_phi, d_r, d_z = self._fibre(deviation, phi)
            share, share_r, share_z = self.fibre
            u, u_phi = u + d * share, u_phi + d_phi * share
            u_r, u_z = u_r + d * share_r + d_r * share, u_z + d * share_z + d_z * share
        move = Move(u_r, u_phi / r, u_z, u / r)
        if move.folds:
            raise InputError(
                "cavity.deviation: so large that fibre and rim come too close to each other, or "
                "the outline folds over"
            )
        return move

    def _fibre(self, deviation: Deviation, phi: float) -> tuple[Values, Values, Values, Values]:
        """Radial displacement of cylinders whose axis moves and leans: its value, and its slopes by
        phi, r and z.

        The section of a leaning cylinder at one height is an ellipse, longer by 1 / cos(tilt) in
        the direction of the lean: c^2 (r cos psi - x)^2 + (r sin psi - y)^2 = radius^2, where psi
        is the azimuth from that direction, c the cosine of the tilt and (x, y) the centre.
        """
        r, z = self.points.r, self.points.z
        tilt = math.radians(deviation.fibre_tilt_deg)
        squeeze, lean = math.cos(tilt) ** 2, math.tan(tilt)
        towards = math.radians(deviation.fibre_tilt_azimuth_deg)
        offset = math.radians(deviation.fibre_offset_deg) - towards
        x = deviation.fibre_offset_um * math.cos(offset) + lean * z
        y = deviation.fibre_offset_um * math.sin(offset)
        least = _LEAST_CIRCLE * self.radius_um
        if np.max(np.hypot(x, y)) >= least:
            raise InputError(
                "cavity.deviation: the fibre is off the axis by more than "
                f"{_LEAST_CIRCLE:g} of its radius where the field reaches it"
            )
        circle = np.maximum(r, least)
        cos, sin = math.cos(phi - towards), math.sin(phi - towards)
        whole = squeeze * cos**2 + sin**2
        along = squeeze * x * cos + y * sin
        # half of what the equation of the ellipse grows by along r, on the ellipse
        growth = np.sqrt(along**2 - whole * (squeeze * x**2 + y**2 - circle**2))
        there = (along + growth) / whole
        u, v = there * cos - x, there * sin - y
        d_phi = there * (squeeze * u * sin - v * cos) / growth
        d_r = np.where(r > least, circle / growth - 1.0, 0.0)
        return there - circle, d_phi, d_r, squeeze * lean * u / growth


def _hat(points: Points, knots: list[tuple[float, float]]) -> tuple[Values, Values, Values]:
    """A piecewise linear function of s, with its slopes along r and z; 0 beyond its knots."""
    s = points.grid.s_um
    if not knots:
        return points.slopes_of(np.zeros_like(s), np.zeros_like(s))
    knot_s_um, values = (np.array(part) for part in zip(*knots, strict=True))
    slopes = np.append(np.diff(values) / np.diff(knot_s_um), 0.0)
    piece = np.searchsorted(knot_s_um, s, side="right") - 1
    inside = (piece >= 0) & (piece < knot_s_um.size - 1)
    slope = np.where(inside, slopes[np.clip(piece, 0, knot_s_um.size - 1)], 0.0)
    return points.slopes_of(np.where(inside, np.interp(s, knot_s_um, values), 0.0), slope)
