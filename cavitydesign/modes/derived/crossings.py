"""Modes followed along a changing number, and where two of them cross or avoid each other."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ...arrays import Array

# Norm of the exchanged characters below which, as a share of that of the kept ones, two modes have
# changed hands; and by how much the distance grows where a flank has been left.
_SWAPPED, _FLANK = 0.5, 1.5


@dataclass(frozen=True)
class TrackPoint:
    """One followed mode at one point of the sweep.

    Attributes
    ----------
    value : float
        The swept quantity.
    wavelength_nm : float
    character : str
        Label (polarisation m p q) that the field has here.
    axial_share, purity : float
        Share of E_z in the energy; share of the dominant component that is one product f(s) g(t).
    overlap : float
        |<E_before, E_here>|^2 with the previous point; 1 at the first.
    region_shares : tuple of float
        Of the energy, from the axis outwards.
    """

    value: float
    wavelength_nm: float
    character: str
    axial_share: float
    purity: float
    overlap: float
    region_shares: tuple[float, ...]

    @property
    def look(self) -> Array:
        """What tells one mode from another, label apart: share of E_z and of each region."""
        return np.array([self.axial_share, *self.region_shares])


@dataclass(frozen=True)
class Track:
    """A mode followed by overlap.

    Attributes
    ----------
    label : str
        Its label at the start of the sweep, which it keeps. Modes in separate wells (a core and the
        rim) may share one.
    wall : str
        Mirror class ("electric", "magnetic").
    points : tuple of TrackPoint
        In the order of the sweep; ends early where the mode left the range searched.
    """

    label: str
    wall: str
    points: tuple[TrackPoint, ...]

    @property
    def values(self) -> Array:
        """The swept quantity at the points."""
        return np.array([point.value for point in self.points])

    @property
    def wavelengths_nm(self) -> Array:
        """Wavelength at the points."""
        return np.array([point.wavelength_nm for point in self.points])


@dataclass(frozen=True)
class Crossing:
    """Where two modes come closest.

    Attributes
    ----------
    value : float
        Of the swept quantity.
    labels : tuple of str
        Of the two tracks.
    avoided : bool
        Whether they exchange characters. If not, they pass through each other and `gap_nm` is only
        a bound.
    gap_nm : float
        Smallest distance of the two wavelengths; twice the coupling.
    """

    value: float
    labels: tuple[str, str]
    avoided: bool
    gap_nm: float


def crossings_of(tracks: Sequence[Track]) -> list[Crossing]:
    """Closest approaches of tracks that exchange characters or order."""
    found = []
    for first, second in itertools.combinations(tracks, 2):
        if first.wall != second.wall:
            continue
        count = min(len(first.points), len(second.points))
        distance = first.wavelengths_nm[:count] - second.wavelengths_nm[:count]
        values = first.values[:count]
        found += _passed(first, second, values, distance) + _avoided(
            first, second, values, distance
        )
    return sorted(found, key=lambda crossing: crossing.value)


def _passed(first: Track, second: Track, values: Array, distance: Array) -> list[Crossing]:
    """Changes of sign: followed straight through."""
    out = []
    for i in np.flatnonzero(np.sign(distance[:-1]) * np.sign(distance[1:]) < 0):
        share = abs(distance[i]) / (abs(distance[i]) + abs(distance[i + 1]))
        crossed_at = float(values[i] + share * (values[i + 1] - values[i]))
        out.append(
            Crossing(
                crossed_at,
                (first.label, second.label),
                False,
                float(abs(distance[i : i + 2]).min()),
            )
        )
    return out


def _avoided(first: Track, second: Track, values: Array, distance: Array) -> list[Crossing]:
    """Interior minima of the distance across which the characters change hands."""
    out = []
    size = abs(distance)
    for i in range(1, len(size) - 1):
        same_sign = distance[i - 1] * distance[i] > 0 and distance[i] * distance[i + 1] > 0
        if not (
            same_sign
            and size[i] <= size[i - 1]
            and size[i] < size[i + 1]
            and _exchanged(first, second, size, i)
        ):
            continue
        closest_at, gap = _vertex(values[i - 1 : i + 2], distance[i - 1 : i + 2])
        out.append(Crossing(closest_at, (first.label, second.label), True, gap))
    return out


def _exchanged(first: Track, second: Track, size: Array, minimum: int) -> bool:
    """Whether each of two modes looks, on the far side of their closest approach, as the other did
    on the near side.

    The sides are taken where the distance has grown by half, or reaches its largest value before it
    shrinks again or ends.
    """
    near, far = _flank(size, minimum, -1), _flank(size, minimum, 1)
    a, b, c, d = (
        first.points[near].look,
        second.points[near].look,
        first.points[far].look,
        second.points[far].look,
    )
    swapped = float(np.linalg.norm(a - d) + np.linalg.norm(b - c))
    kept = float(np.linalg.norm(a - c) + np.linalg.norm(b - d))
    return swapped < _SWAPPED * kept


def _flank(size: Array, minimum: int, step: int) -> int:
    """Index beside a minimum where the distance is half as large again, going one way while it
    grows.
    """
    i = minimum
    while (
        0 <= i + step < len(size) and size[i + step] > size[i] and size[i] < _FLANK * size[minimum]
    ):
        i += step
    return i


def _vertex(values: Array, distance: Array) -> tuple[float, float]:
    """Position and value of the smallest distance, from the parabola of its square through three
    points.
    """
    middle = values[1]
    bend, slope, level = np.polyfit(values - middle, distance**2, 2)
    offset = -0.5 * slope / bend
    square = level - 0.25 * slope**2 / bend
    gap = float(np.sqrt(square)) if square > 0 else float(abs(distance).min())
    return float(middle + offset), gap
