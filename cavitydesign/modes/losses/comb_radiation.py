"""Radiation of many modes whose fields are read at the same points: their far fields at once.

What depends on the direction is smooth across the rim: J_m(k r sin a) over J_m(k r), and the phase
k z cos a. A sum over many quadrature points is therefore one over few nodes, onto which the fields
times J_m(k r) are projected once, and the quotients are known there from few radii. Both
interpolations are right to rounding or are not used: their last coefficients tell.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.polynomial import chebyshev
from numpy.typing import NDArray

from ...arrays import Array, Values
from ...fem.legendre import chebyshev_values, gauss
from ..stopwatch import check_time
from .radiation import NEGLIGIBLE, SMOOTH, Evanescent, far_amplitudes, phases
from .shared_sources import Nodes, SharedSources

# Radii at which J_m is taken, few first, and what the last Chebyshev coefficients of what is
# interpolated may be of the largest: little above rounding, which is m times that of a double
_COUNTS, _CONVERGED, _ROUNDING = (8, 16, 24, 32), 1e-13, 4e-16
_LEAST = 1e-250  # of J_m over its scale, below which it is not divided by
# Heights at which phases are taken beyond half the largest phase t, in t^(1/3), and at least: the
# coefficients left out are then below 1e-13
_BEYOND_TURNS, _LEAST_HEIGHTS = 6.0, 12
_AT_ONCE = 48  # modes, which bounds the memory


@dataclass(frozen=True)
class Surroundings:
    """What a far field depends on besides its sources.

    Attributes
    ----------
    n_surround : (k,) array
        Index of the surround, at each mode's wavelength.
    mirror : {"electric", "magnetic"} or None
        Kind of the mirror plane, if only z > 0 is meshed.
    """

    n_surround: Array
    mirror: str | None


def log10_radiation_qs(
    sources: SharedSources,
    energy: Array,
    orders: NDArray[np.int64],
    qs: NDArray[np.int64],
    k0_per_um: Array,
    around: Surroundings,
) -> tuple[Array, Array]:
    """log10 of the radiative Q of each mode by each of its vectors, (j, k), infinite where nothing
    is polarised; and how alike the vectors radiate to the first, (j, k).

    All vectors are taken where, and towards where, the first one radiates. Alike, from 0 to 1, is
    the part of a vector's amplitude whose pattern is that of the first one: a sphere's modes of
    other axial orders are other multipoles, whose light adds to its power and not to its amplitude.

    Parameters
    ----------
    sources : SharedSources
        Of k modes.
    energy : (k,) array
        int eps |E|^2 r dr dz of the whole mode.
    orders, qs : (k,) arrays
        Azimuthal and axial orders.
    k0_per_um : (k,) array
        Vacuum wavenumbers.
    around : Surroundings
    """
    counts = np.where(orders > 40, 14, 40) + 2 * qs
    out, alike = np.empty((2, sources.e_r.shape[0], orders.size))
    for count in np.unique(counts):
        same = np.flatnonzero(counts == count)
        for begin in range(0, same.size, _AT_ONCE):
            check_time()
            some = same[begin : begin + _AT_ONCE]
            out[:, some], alike[:, some] = _of_some(
                sources.part(some),
                energy[some],
                orders[some],
                qs[some],
                k0_per_um[some],
                Surroundings(around.n_surround[some], around.mirror),
                int(count),
            )
    return out, alike


def _of_some(
    sources: SharedSources,
    energy: Array,
    orders: NDArray[np.int64],
    qs: NDArray[np.int64],
    k0_per_um: Array,
    around: Surroundings,
    count: int,
) -> tuple[Array, Array]:
    """`log10_radiation_qs` of modes whose patterns have the same count of directions."""
    k = k0_per_um * around.n_surround
    kept = _reaching(sources, orders, k)
    x_rim = k * np.where(kept, sources.r, 0.0).max(axis=(1, 2))
    cosines, angle_weight = _directions(sources, kept, orders, qs, k, x_rim, around, count)
    scale = np.zeros(orders.size)
    theta, phi = np.zeros((2, sources.e_r.shape[0], *cosines.shape), dtype=np.complex128)
    alone = np.asarray(kept.any(axis=(1, 2)))
    together = alone & (x_rim <= SMOOTH * orders)
    for make in sources.nodes:
        some = np.flatnonzero(together & alone)
        if not some.size:
            break
        found = _amplitudes(
            sources.part(some),
            make(),
            kept[some],
            orders[some],
            k[some],
            cosines[some],
            around.mirror,
        )
        if found is None:
            break
        known, *amplitudes = found
        some = some[known]
        scale[some], theta[:, some], phi[:, some] = amplitudes
        alone[some] = False
    for mode in np.flatnonzero(alone):
        of_mode = sources.alone(int(mode), kept[mode])
        each = far_amplitudes(
            of_mode, int(orders[mode]), float(k[mode]), cosines[mode], around.mirror
        )
        scale[mode] = each[0].scale
        theta[:, mode], phi[:, mode] = [f.theta for f in each], [f.phi for f in each]
    radiated = ((abs(theta) ** 2 + abs(phi) ** 2) * angle_weight).sum(axis=-1)
    shared = (theta[0].conj() * theta + phi[0].conj() * phi) * angle_weight
    most = np.sqrt(np.maximum(radiated[0] * radiated, 1e-300))
    whole = (2 * math.pi) ** 3 * radiated
    power = around.n_surround * k0_per_um**4 / (32 * math.pi**2) * whole
    with np.errstate(divide="ignore"):
        quotient = np.log10(k0_per_um * math.pi * energy / power)
    return quotient - 2 * scale / math.log(10.0), abs(shared.sum(axis=-1).real) / most


def _reaching(sources: SharedSources, orders: NDArray[np.int64], k: Array) -> NDArray[np.bool_]:
    """Which points matter far away, (k, S, T), as `Source.reaches_far` has it."""
    outermost = float(sources.r.max())
    steepness = np.sqrt(np.maximum((orders / outermost) ** 2 - k**2, 0.0))
    decay = np.exp(steepness[:, None, None] * (sources.r - outermost))
    size = abs(sources.e_r[0]) + abs(sources.e_z[0]) + abs(sources.e_azimuthal[0])
    strength = abs(sources.weight) * size * decay
    total = strength.sum(axis=(1, 2), keepdims=True)
    return np.asarray(strength * sources.r.size > NEGLIGIBLE * total)


def _directions(
    sources: SharedSources,
    kept: NDArray[np.bool_],
    orders: NDArray[np.int64],
    qs: NDArray[np.int64],
    k: Array,
    x_rim: Array,
    around: Surroundings,
    count: int,
) -> tuple[Array, Array]:
    """Cosines of the polar angles at which the far fields are taken, and their weights: (k, a).

    The pattern is a narrow belt in u = cos a: J_m falls off like exp(-u^2 sqrt(m^2 - x^2)), the
    height like exp(-k^2 w^2 u^2).
    """
    steep = np.sqrt(np.maximum(orders**2 - x_rim**2, 1.0))
    square = sum(abs(e[0]) ** 2 for e in (sources.e_r, sources.e_z, sources.e_azimuthal))
    density = abs(sources.weight) * square * kept
    total = np.maximum(density.sum(axis=(1, 2)), 1e-300)
    height = 2.0 * (density * sources.z**2).sum(axis=(1, 2)) / total / (2 * qs + 1)
    widest = np.minimum(1.0, np.sqrt((22.0 + 6.0 * qs) / (steep + 0.5 * k**2 * height)))
    points, weights = gauss(count)
    upper, weight = 0.5 * widest[:, None] * (points + 1), widest[:, None] * weights
    if around.mirror is not None:
        return np.asarray(upper), np.asarray(weight)
    return np.concatenate([-upper, upper], axis=1), np.tile(0.5 * weight, 2)


def _amplitudes(
    sources: SharedSources,
    nodes: Nodes,
    kept: NDArray[np.bool_],
    orders: NDArray[np.int64],
    k: Array,
    cosines: Array,
    mirror: str | None,
) -> tuple[NDArray[np.bool_], Array, Values, Values] | None:
    """Which modes the nodes resolve, (k,), and of these the logarithmic scales and the amplitudes
    along the polar and the azimuthal direction, each (j, k, a); None where J_m takes too many
    radii.

    Parameters
    ----------
    kept : (k, S, T) array
        The points that matter.
    """
    sines = np.sqrt(1.0 - cosines**2)
    found = _bessel(sources, nodes, orders, k, sines)
    if found is None:
        return None
    scale, horizontal, value, slope = found
    along, across, turn_along, turn_across = _phases(nodes, k[:, None] * cosines, mirror)
    upright, sloped, level = value * along, slope * across, value * across / nodes.r.ravel()
    known = nodes.resolve(upright) & nodes.resolve(sloped) & nodes.resolve(level)
    vectors = sources.e_r.shape[0]
    weight = sources.weight * (horizontal * kept)[known]
    e_r, e_azimuthal, e_z = (
        np.moveaxis((nodes.sums @ (part * weight)).reshape(vectors, -1, nodes.r.size), 0, 2)
        for part in (one[:, known] for one in (sources.e_r, sources.e_azimuthal, sources.e_z))
    )
    sines, cosines = sines[known, :, None], cosines[known, :, None]
    of_slope = sloped[known] @ np.concatenate([e_r, e_azimuthal], axis=2)
    of_value = level[known] @ np.concatenate([e_azimuthal, e_r], axis=2)
    over = (orders / k)[known, None, None] / sines
    in_plane, phi = np.split(turn_across * (of_slope + over * of_value), 2, axis=2)
    theta = 1j * cosines * in_plane - turn_along * sines * (upright[known] @ e_z)
    return known, scale[known], np.moveaxis(theta, 2, 0), np.moveaxis(phi, 2, 0)


def _bessel(
    sources: SharedSources, nodes: Nodes, orders: NDArray[np.int64], k: Array, sines: Array
) -> tuple[Array, Array, Array, Array] | None:
    """Scales (k,); J_m(k r) over them at the points, (k, S, T); and J_m(k r sin a) and its
    derivative over J_m(k r) at the nodes, (k, a, n T).

    These quotients are smooth in r, and known at all nodes from few radii. None where they are not,
    or where J_m is too small for a quotient.
    """
    places = _Places.of(nodes.r)
    outermost = float(sources.r.max())
    low = min(places.low, float(sources.r.min()))
    bessel = Evanescent.of(
        orders.astype(float), k * low * sines.min(axis=1), k * max(places.high, outermost)
    )
    most = _CONVERGED + _ROUNDING * float(orders.max())
    for count in _COUNTS:
        radii = places.points(count)
        horizontal = bessel.value(k[:, None] * radii)
        if horizontal.min() < _LEAST:
            return None
        turned = bessel.value_and_slope((k[:, None] * sines)[:, :, None] * radii)
        quotients = [places.spread(part / horizontal[:, None], most) for part in turned]
        if quotients[0] is not None and quotients[1] is not None:
            at_points = bessel.value(k[:, None, None] * sources.r)
            return bessel.scale, at_points, quotients[0], quotients[1]
    return None


def _phases(
    nodes: Nodes, wave: Array, mirror: str | None
) -> tuple[Values, Values, complex, complex]:
    """`radiation.phases` of the heights of all nodes, (k, a, n T), from few heights where they
    are fewer.
    """
    places = _Places.of(nodes.z)
    # Coefficients are Bessel functions of half the phase over the range, which fall beyond it.
    turns = 0.5 * float(abs(wave).max()) * (places.high - places.low)
    count = math.ceil(turns + _BEYOND_TURNS * turns ** (1.0 / 3.0)) + _LEAST_HEIGHTS
    along, across, *factors = phases(wave[:, :, None] * places.points(count), mirror)
    spread = [places.spread(part, _CONVERGED) for part in (along, across)]
    if spread[0] is not None and spread[1] is not None:
        return spread[0], spread[1], factors[0], factors[1]
    return phases(wave[:, :, None] * places.values, mirror)


@dataclass(frozen=True)
class _Places:
    """Values at many places from those at few Chebyshev points of their range."""

    values: Array
    low: float
    high: float

    @classmethod
    def of(cls, places: Array) -> _Places:
        return cls(places.ravel(), float(places.min()), float(places.max()))

    def points(self, count: int) -> Array:
        """So many Chebyshev points of the range."""
        half = 0.5 * (self.high - self.low)
        return np.asarray(0.5 * (self.low + self.high) + half * _series(count)[0])

    def spread(self, values: Values, most: float) -> Values | None:
        """Values at all places, (k, a, places), from those at the points, (k, a, count); None where
        the last coefficients of a series are more than `most` of the largest.
        """
        count = values.shape[-1]
        series = values @ _series(count)[1]
        size = abs(series).max(axis=(0, 1))
        if size[-2:].max() > most * size.max():
            return None
        span = max(self.high - self.low, 1e-12 * abs(self.high), 1e-300)
        place = (2.0 * self.values - self.low - self.high) / span
        return np.asarray(series @ chebyshev_values(count, place).T)


@lru_cache(maxsize=8)
def _series(count: int) -> tuple[Array, Array]:
    """Chebyshev points, and the matrix from values there (rows) to coefficients."""
    nodes = chebyshev.chebpts1(count)
    matrix = np.linalg.inv(chebyshev.chebvander(nodes, count - 1))
    return np.asarray(nodes), np.ascontiguousarray(matrix.T)
