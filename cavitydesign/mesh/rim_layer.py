"""How far a whispering-gallery mode reaches: WKB decay inwards, outwards and along the outline.

Locally a mode of azimuthal order m oscillates where k n > m / r and decays like exp(-int
sqrt(m^2/r^2 - k^2 n^2)) elsewhere; along the outline the same holds with the axial turning point of
the harmonic (adiabatic) estimate, k^2 = kc^2 + (2q + 1) kc dk / n, dk = 1/sqrt(R R_axial)
(numerics: docs/theory-modes.md).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ..arrays import Array
from ..geometry.cavity import Cavity

# Nepers less that the field must have decayed outside the rim than inside: exp(-1.7) = 0.18 of the
# amplitude is left at the cut, where only the evanescent tail lives.
_OUTSIDE_ALLOWANCE = 1.7
# Nepers more outside, where a core may hold the mode: what it radiates is told by its field at the
# rim, and the wall beyond changes that by its own measure, however little it moves k. At 1e-4
# log10 Q of TE 68 2 of a core was 7e-4 off, and is 1.2e-5.
_OUTSIDE_OF_CORE = 3.0
# Of the body's thickness at the equator, that the outline has left where a window ends.
_ROOM_BESIDE_FIBRE, _ROOM_AT_AXIS = 0.25, 0.03


@dataclass(frozen=True)
class Reach:
    """Extent of a mode around the rim, in um.

    Attributes
    ----------
    turning_depth : float
        Depth of the innermost point where the field still oscillates.
    inner_depth : float
        Depth at which it has decayed.
    outer : float
        Distance outside the rim at which it has decayed, or the caustic's distance if that comes
        first.
    caustic : float
        Distance of the outer caustic r = m/(k n_surround) from the rim.
    decay_per_um : float
        Decay rate just outside the rim.
    along : float
        Half length along the outline at which it has decayed.
    along_width : float
        Width of the lowest axial state.
    cramped : bool
        Whether the outline ends before the field has decayed.
    inner_rims : tuple of float
        Depths, at the equator, of the interfaces out of which the index falls: each may hold light
        as the rim does.
    folds : tuple of float
        Of each layer beyond an interface inside, from the axis outwards: e-folds of the field
        across it where it does not oscillate, at the equator.
    """

    turning_depth: float
    inner_depth: float
    outer: float
    caustic: float
    decay_per_um: float
    along: float
    along_width: float
    cramped: bool
    inner_rims: tuple[float, ...] = ()
    folds: tuple[float, ...] = ()

    @classmethod
    def joined(cls, reaches: Sequence[Reach]) -> Reach:
        """The reach that holds several modes."""
        return cls(
            max(r.turning_depth for r in reaches),
            max(r.inner_depth for r in reaches),
            max(r.outer for r in reaches),
            max(r.caustic for r in reaches),
            min(r.decay_per_um for r in reaches),
            max(r.along for r in reaches),
            reaches[0].along_width,
            any(r.cramped for r in reaches),
            reaches[0].inner_rims,
            tuple(max(each) for each in zip(*(r.folds for r in reaches), strict=True)),
        )


def angular_order(cavity: Cavity, m: int, q: int) -> float:
    """Angular order that a mode's radial decay at the equator follows: m for a slice, sqrt(l(l+1))
    for a sphere, l = m + q; sqrt(m^2 + (2q+1) m rho + q(q+1) rho^2), rho = sqrt(R / R_axial).
    """
    outline = cavity.outline
    rho = 0.0 if cavity.sliced else math.sqrt(outline.equator_radius_um / outline.axial_radius_um)
    return math.sqrt(m**2 + (2 * q + 1) * m * rho + q * (q + 1) * rho**2)


def caustic_distance_um(
    cavity: Cavity, m: int, q: int, k_per_um: float, n_surround: float
) -> float:
    """Distance of a mode's outer caustic from the rim.

    The caustic is where k n_s r is the angular order: the evanescent field ends there.
    """
    outer = angular_order(cavity, m, q) / (k_per_um * n_surround)
    return outer - cavity.outline.equator_radius_um


def reach_of(
    cavity: Cavity,
    m: int,
    k_per_um: Sequence[float],
    indices: tuple[float, ...],
    exponent: float,
) -> Reach:
    """Extent of the modes of order m near given wavenumbers.

    Parameters
    ----------
    k_per_um : sequence of float
        Of the axial orders q = 0, 1, ... wanted.
    indices : tuple of float
        Of each region from the axis outwards; the surround last.
    exponent : float
        Amplitudes below exp(-exponent) count as decayed, inside and along the outline; outside,
        where only the evanescent tail lives, _OUTSIDE_ALLOWANCE less.
    """
    radius = cavity.outline.equator_radius_um
    depth, turning = _inward(cavity, m, max(k_per_um), indices, exponent)
    caustic = max(caustic_distance_um(cavity, m, q, k, indices[-1]) for q, k in enumerate(k_per_um))
    # the slowest decay of all: the bare m at the highest wavenumber, whose own caustic is nearer
    slowest = max(k_per_um) * indices[-1]
    outside = np.linspace(radius, max(m / slowest, radius), 400)
    kappa = np.sqrt(np.maximum((m / outside) ** 2 - slowest**2, 0.0))
    growth = np.concatenate([[0.0], np.cumsum(0.5 * (kappa[1:] + kappa[:-1]) * np.diff(outside))])
    rims = tuple(
        radius - edge
        for edge, within, without in zip(cavity.inner_radii_um, indices, indices[1:], strict=False)
        if within > without
    )
    enough = exponent - _OUTSIDE_ALLOWANCE
    if any(rim < depth for rim in rims):
        enough += _OUTSIDE_OF_CORE
    outer = float(np.interp(enough, growth, outside - radius)) if growth[-1] > enough else caustic
    along, width, cramped = (
        (0.0, 0.0, False) if cavity.sliced else _along(cavity, m, len(k_per_um), exponent)
    )
    folds = _folds(cavity, m, min(k_per_um), indices)
    return Reach(
        turning, depth, outer, caustic, float(kappa[0]), along, width, cramped, rims, folds
    )


def _folds(cavity: Cavity, m: int, k: float, indices: tuple[float, ...]) -> tuple[float, ...]:
    """E-folds across each layer beyond an interface inside, from the axis outwards."""
    edges = (*cavity.inner_radii_um, cavity.outline.equator_radius_um)
    out = []
    for low, high, index in zip(edges, edges[1:], indices[1:], strict=False):
        r = np.linspace(low, high, 200)
        kappa = np.sqrt(np.maximum((m / r) ** 2 - (k * index) ** 2, 0.0))
        out.append(float(0.5 * (kappa[1:] + kappa[:-1]) @ np.diff(r)))
    return tuple(out)


def _inward(
    cavity: Cavity, m: int, k: float, indices: tuple[float, ...], exponent: float
) -> tuple[float, float]:
    """Depth at which the field has decayed below the innermost oscillating zone, and that zone's
    depth.
    """
    radius = cavity.outline.equator_radius_um
    r = radius * np.linspace(1.0, 1e-3, 4000)
    index = np.full_like(r, indices[-2])
    for number, edge in reversed(list(enumerate(cavity.inner_radii_um))):
        index[r < edge] = indices[number]
    square = (m / r) ** 2 - (k * index) ** 2
    kappa = np.sqrt(np.maximum(square, 0.0))
    barrier = np.concatenate([[0.0], np.cumsum(0.5 * (kappa[1:] + kappa[:-1]) * -np.diff(r))])
    oscillates = np.flatnonzero(square < 0)
    # Behind a barrier, however thick, a core may hold the mode, or one that is counted before it:
    # the field has decayed below the innermost zone alone.
    innermost = int(oscillates[-1]) if oscillates.size else 0
    decayed = np.flatnonzero(barrier[innermost:] - barrier[innermost] > exponent)
    end = innermost + int(decayed[0]) if decayed.size else r.size - 1
    return float(radius - r[end]), float(radius - r[innermost])


def _along(cavity: Cavity, m: int, axial_orders: int, exponent: float) -> tuple[float, float, bool]:
    """Half length along the outline, width of the lowest axial state, and whether the outline is
    too short.
    """
    outline = cavity.outline
    radius, curvature = outline.equator_radius_um, outline.axial_radius_um
    rate = 1.0 / math.sqrt(radius * curvature)
    width = 1.0 / math.sqrt(max(m, 1) / radius * rate)
    t, r, speed = free_outline(cavity)
    turn_square = 1.0 / radius**2 + (2 * axial_orders - 1) * rate / (max(m, 1) * radius)
    kappa = max(m, 1) * np.sqrt(np.maximum(1.0 / r**2 - turn_square, 0.0))
    growth = np.concatenate(
        [[0.0], np.cumsum(0.5 * (kappa[1:] + kappa[:-1]) * np.diff(t) * speed[1:])]
    )
    if growth[-1] < exponent:
        return float(t[-1]), width, True
    return float(np.interp(exponent, growth, t)), width, False


def free_outline(cavity: Cavity) -> tuple[Array, Array, Array]:
    """t from the equator to where the outline ends or comes close to the fibre, with r and dl/dt
    there.
    """
    outline = cavity.outline
    radius = outline.equator_radius_um
    t: Array = np.linspace(0.0, 0.98 * min(-outline.reach_um[0], outline.reach_um[1]), 4000)
    r, z = outline.point(t)
    speed = np.hypot(*outline.tangent(t))
    wall = max(cavity.inner_radii_um, default=0.0)
    inner = np.full_like(r, wall)
    if not cavity.straight_fibre:  # the side on which less room is left
        inner = np.maximum(
            cavity.interface_um(wall, z), cavity.interface_um(wall, outline.point(-t)[1])
        )
    # without a fibre the body reaches the axis, where the field is r^m
    share = _ROOM_BESIDE_FIBRE if wall > 0.0 else _ROOM_AT_AXIS
    room = r > inner + share * (radius - inner)
    room = np.logical_and.accumulate(room)
    return t[room], r[room], speed[room]
