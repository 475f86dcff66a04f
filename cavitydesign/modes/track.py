"""Modes followed by their fields through sweeps of azimuthal order, diameter or shape; crossings
found and told apart.

Between neighbouring points of a sweep every mode is matched to the one whose field it overlaps most
(fields compared at the same points relative to the outline, in units of the radius). Where no match
is clear the step is halved. Two modes of one mirror class that come close either cross (uncoupled:
nothing happens) or avoid each other: they exchange their characters, and the square of their
distance is a parabola, d^2 = gap^2 + slope^2 (x - x0)^2, the two-level model of coupled modes.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from ..arrays import Array
from ..errors import InputError
from ..fem.legendre import gauss
from ..geometry.cavity import Cavity
from .derived.crossings import Crossing as Crossing
from .derived.crossings import Track as Track
from .derived.crossings import TrackPoint, crossings_of
from .label import Label
from .mode_set import ModeRequest
from .rim.order_spectrum import OrderSpectrum, order_spectra

Setting = Callable[[float], tuple[Cavity, int]]

# Squares of the overlap of a mode with its best match: above the first they are the same, below
# the second the mode is lost; in between the step is halved.
_CLEAR, _LOST = 0.7, 0.3
# Gauss points inside the outline, outside and along it, where two fields are compared.
_INSIDE_POINTS, _OUTSIDE_POINTS, _ALONG_POINTS = 28, 10, 28


@dataclass(frozen=True)
class Sweep:
    """Tracks of a sweep and the crossings among them."""

    tracks: tuple[Track, ...]
    crossings: tuple[Crossing, ...]

    def __getitem__(self, label: str) -> Track:
        """The track that began with a label."""
        for track in self.tracks:
            if track.label == label:
                return track
        raise KeyError(label)


def follow_modes(
    setting: Setting,
    values: Sequence[float],
    request: ModeRequest,
    halvings: int = 4,
    order: int = 9,
) -> Sweep:
    """Follow every mode of the families asked for through a sweep.

    Parameters
    ----------
    setting : callable
        Gives cavity and azimuthal order at a value of the swept quantity. In a sweep of m round the
        value, and set halvings = 0.
    values : sequence of float
        Points of the sweep, rising or falling.
    request : ModeRequest
        Polarisations and orders to follow from the first point on; all other modes of the range
        serve as candidates.
    halvings : int
        How often a step may be halved where a match is not clear.
    order : int
        Polynomial order of the solves.

    Raises
    ------
    InputError
        If fewer than two points are given.
    SolverError
        As `order_spectra`.
    """
    if len(values) < 2:
        raise InputError("values: a sweep needs at least two points")

    def at(value: float) -> dict[str, OrderSpectrum]:
        cavity, m = setting(value)
        return order_spectra(cavity, request, m, order)

    follower = _Follower(at, halvings)
    spectra = at(values[0])
    for wall, spectrum in spectra.items():
        follower.begin(wall, spectrum, values[0])
    for before, here in itertools.pairwise(values):
        spectra = follower.step(before, here, spectra, at(here), halvings)
    tracks = sorted(follower.tracks(), key=lambda track: -track.points[0].wavelength_nm)
    wanted = {track.label for track in tracks if _asked(track.label, request)}
    crossings = [crossing for crossing in crossings_of(tracks) if wanted & set(crossing.labels)]
    return Sweep(tuple(track for track in tracks if track.label in wanted), tuple(crossings))


def _asked(label: str, request: ModeRequest) -> bool:
    named = Label.of(label)
    family = (named.polarisation, named.p)
    return family in request.families and named.q < request.axial_orders


class _Follower:
    """State of a sweep: the points of each track, and which mode of the last spectrum each one
    is.
    """

    def __init__(self, at: Callable[[float], dict[str, OrderSpectrum]], halvings: int) -> None:
        self._at = at
        self._points: dict[str, list[list[TrackPoint]]] = {}
        self._mode_index: dict[str, list[int | None]] = {}

    def begin(self, wall: str, spectrum: OrderSpectrum, value: float) -> None:
        """Open one track for each mode."""
        count = len(spectrum.identities)
        self._points[wall] = [[_point(spectrum, i, value, 1.0)] for i in range(count)]
        self._mode_index[wall] = list(range(count))

    def step(
        self,
        before: float,
        here: float,
        old: dict[str, OrderSpectrum],
        new: dict[str, OrderSpectrum],
        halvings: int,
    ) -> dict[str, OrderSpectrum]:
        """Carry all tracks to the next point, over a point between where a match is not clear."""
        overlaps = {wall: overlap_squares(old[wall], new[wall]) for wall in old}
        if halvings and not all(self._clear(wall, square) for wall, square in overlaps.items()):
            middle = 0.5 * (before + here)
            between = self._at(middle)
            self.step(before, middle, old, between, halvings - 1)
            return self.step(middle, here, between, new, halvings - 1)
        for wall, square in overlaps.items():
            self._carry(wall, square, new[wall], here)
        return new

    def _clear(self, wall: str, square: Array) -> bool:
        rows = [row for row in self._mode_index[wall] if row is not None]
        best = square.max(axis=1, initial=0.0)[rows]
        return bool(np.all((best > _CLEAR) | (best < _LOST)))

    def _carry(self, wall: str, square: Array, spectrum: OrderSpectrum, value: float) -> None:
        """Match tracks to modes one to one, for the largest sum of overlaps."""
        from scipy.optimize import linear_sum_assignment  # slow to import, and only sweeps need it

        live = [
            number
            for number, mode_index in enumerate(self._mode_index[wall])
            if mode_index is not None
        ]
        rows = square[
            [mode_index for mode_index in self._mode_index[wall] if mode_index is not None]
        ]
        chosen = {
            int(row): int(mode_index)
            for row, mode_index in zip(*linear_sum_assignment(-rows), strict=True)
        }
        for row, number in enumerate(live):
            mode_index = chosen.get(row)
            if mode_index is None or rows[row, mode_index] < _LOST:
                self._mode_index[wall][number] = None
                continue
            self._mode_index[wall][number] = mode_index
            self._points[wall][number].append(
                _point(spectrum, mode_index, value, float(rows[row, mode_index]))
            )

    def tracks(self) -> list[Track]:
        """All tracks so far."""
        return [
            Track(points[0].character, wall, tuple(points))
            for wall, tracks in self._points.items()
            for points in tracks
        ]


def _point(spectrum: OrderSpectrum, mode_index: int, value: float, overlap: float) -> TrackPoint:
    identity = spectrum.identities[mode_index]
    return TrackPoint(
        float(value),
        float(spectrum.wavelengths_nm[mode_index]),
        spectrum.labels()[mode_index],
        float(identity.fractions[0]),
        identity.purity,
        overlap,
        tuple(float(share) for share in spectrum.region_shares[mode_index]),
    )


def overlap_squares(first: OrderSpectrum, second: OrderSpectrum) -> Array:
    """|<E_i, E_j>|^2 between the modes of two spectra at the same points relative to the outline,
    (first, second).
    """
    (low_1, high_1, along_1), (low_2, high_2, along_2) = first.span, second.span
    depth, depth_weight = _two_panels(max(low_1, low_2), min(high_1, high_2))
    x, w = gauss(_ALONG_POINTS)
    end = min(along_1, along_2)
    start = 0.0 if first.problem.window.half or first.problem.cavity.sliced else -end
    along = 0.5 * (start + end) + 0.5 * (end - start) * x
    weight = np.tile(np.sqrt(np.outer(depth_weight, w)).ravel(), 3)[:, None]
    one, two = (spectrum.sampled(depth, along) * weight for spectrum in (first, second))
    one, two = one / np.linalg.norm(one, axis=0), two / np.linalg.norm(two, axis=0)
    return np.asarray(abs(one.T @ two) ** 2)


def _two_panels(low: float, high: float) -> tuple[Array, Array]:
    """Gauss points inside and outside the outline."""
    inside, outside = gauss(_INSIDE_POINTS), gauss(_OUTSIDE_POINTS)
    depths = np.concatenate([0.5 * low * (1 - inside[0]), 0.5 * high * (1 + outside[0])])
    return depths, np.concatenate([-0.5 * low * inside[1], 0.5 * high * outside[1]])
