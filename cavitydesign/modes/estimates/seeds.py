"""Estimates before the solve: which azimuthal orders lie in a range, and near which wavenumber each
mode is.

A mode (m, p, q) is estimated by the radial mode p of the cavity's slice
(modes/estimates/equator_slice.py) at the angular order nu(m, q) that its axial motion asks for
(modes/estimates/axial_levels.py). On spheres that is right to 1e-3 and better down to Q = 50, and
to 2 % at Q = 10. Estimates only: they place shifts and windows and are never reported.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import pairwise
from typing import Protocol

import numpy as np

from ...analytic.functions.size_parameters import airy_zero
from ...geometry.cavity import Cavity
from ...units import wavelength_nm, wavenumber_per_um
from ..mode_set import ModeRequest
from ..permittivities import permittivities
from .axial_levels import AxialLevels
from .equator_slice import EquatorSlice
from .slice_curve import SliceCurve, airy_shape, order_at, order_of_shape

_MARGIN = 0.3  # azimuthal orders, and so much of the estimate of k, by which a range is widened
_OF_K = 2e-3  # relative: the range is widened by it where its first and last order are looked for
_BESIDE = 3.0  # azimuthal orders beside a range that a neighbour and the margins of it take
# Axial orders of one range are solved in bands where the last azimuthal order is so many times the
# first, and the bands have at most so much of the azimuthal orders each.
_FAR_ORDERS, _CLEARLY_FEWER = 1.2, 0.85
# Axial orders of one azimuthal order that one search finds: twice as many other modes lie between
_MOST_AXIAL = 20
_FEW_AXIAL = 4  # axial orders that one reduced basis holds well where azimuthal orders are near


class Seed(Protocol):
    """What a radial family is found by, in a window or on a section."""

    @property
    def polarisation(self) -> str: ...
    @property
    def p(self) -> int: ...
    @property
    def orders(self) -> Sequence[int]: ...

    def k_per_um(self, m: int, q: int) -> float:
        """Estimate of the wavenumber of the mode (m, p, q)."""


@dataclass(frozen=True)
class FamilySeed:
    """The radial family (polarisation, p) of a cavity over a span of azimuthal orders.

    Attributes
    ----------
    orders : tuple of int
        Azimuthal orders whose modes may be wanted.
    axial_rate_per_um : float
        1 / sqrt(R R_axial): the axial levels of a harmonic outline lie m / R times that apart.
    index : float
        Of the body.
    levels, curve
        Angular orders of the modes, and wavenumbers at them.
    axial : tuple of int
        Axial orders wanted of these azimuthal orders.
    k_range_per_um : tuple of float
        Between which modes are wanted.
    """

    polarisation: str
    p: int
    orders: tuple[int, ...]
    axial_rate_per_um: float
    index: float
    levels: AxialLevels
    curve: SliceCurve
    axial: tuple[int, ...]
    k_range_per_um: tuple[float, float] = (0.0, math.inf)

    @cached_property
    def slice_k_per_um(self) -> dict[int, float]:
        """Wavenumber of the slice at each azimuthal order."""
        return {m: self.curve.k_per_um(m) for m in self.orders}

    def k_per_um(self, m: int, q: int) -> float:
        """Estimate of the wavenumber of the mode (m, p, q)."""
        known = self._known_k_per_um
        if (m, q) not in known:
            known[m, q] = self.curve.k_per_um(self.levels.order(m, q))
        return known[m, q]

    @cached_property
    def _known_k_per_um(self) -> dict[tuple[int, int], float]:
        """Estimates that were asked for: each is, many times, while a comb is solved."""
        return {}

    def wants(self, m: int, q: int) -> bool:
        """Whether the mode (m, p, q), or its neighbour, may lie in the range."""
        low, high = self.k_range_per_um
        return low * (1.0 - _BESIDE / m) <= self.k_per_um(m, q) <= high * (1.0 + _BESIDE / m)


def slice_wavenumber(cavity: Cavity, polarisation: str, m: float, p: int, k_guess: float) -> float:
    """Wavenumber of the p-th radial mode of the equatorial slice at an angular order, in um^-1,
    with the media at `k_guess`.
    """
    return EquatorSlice(cavity, polarisation, p, m, k_guess).k_per_um(m, k_guess)


def radial_guess(
    radius: float, index: float, surround: float, m: float, p: int, polarisation: str
) -> float:
    """Airy estimate of the slice's wavenumber: n k R = m + a_p (m/2)^(1/3) - P / sqrt(n^2 - 1).

    It is half of m at least: a rim that hardly guides has no estimate.
    """
    contrast = index / surround
    shift = (
        (1.0 if polarisation == "TM" else 1.0 / contrast**2)
        * contrast
        / math.sqrt(max(contrast**2 - 1.0, 1e-6))
    )
    turns = max(m + airy_zero(p) * (m / 2.0) ** (1.0 / 3.0) - shift, 0.5 * m)
    return float(turns / (index * radius))


def family_seeds(
    cavity: Cavity, request: ModeRequest, polarisation: str, p: int
) -> list[FamilySeed]:
    """Seeds of one radial family over a range: one for all axial orders, or several for bands of
    them where high axial orders want azimuthal orders far from those of low ones.

    A sphere has l = m + q: of 20 axial orders in a range at l = 50, the first wants m = 50 and the
    last m = 31. A reduced basis from m = 31 to 50 would have to hold all q at all m, of which most
    lie far outside the range.
    """
    if cavity.sliced or request.azimuthal_order is not None:
        count = 1 if cavity.sliced else request.axial_orders
        bands = math.ceil(count / _MOST_AXIAL)
        ends = [round(count * band / bands) for band in range(bands + 1)]
        return [
            family_seed(cavity, request, polarisation, p, tuple(range(low, high)))
            for low, high in pairwise(ends)
        ]
    of_range = _Ends.of(cavity, polarisation, p, *request.wavenumbers_per_um)

    def of(axial: tuple[int, ...] | None) -> FamilySeed:
        return family_seed(cavity, request, polarisation, p, axial, of_range)

    return _bands(of(None), of)


def _bands(seed: FamilySeed, of: Callable[[tuple[int, ...]], FamilySeed]) -> list[FamilySeed]:
    """The seed, or those of its lower and its upper axial orders where each wants clearly fewer
    azimuthal orders.
    """
    if len(seed.axial) < 2 or not seed.orders:
        return [seed]
    if len(seed.axial) <= _FEW_AXIAL and seed.orders[-1] < _FAR_ORDERS * seed.orders[0]:
        return [seed]
    half = (len(seed.axial) + 1) // 2
    parts = []
    for axial in (seed.axial[:half], seed.axial[half:]):
        parts.append(of(axial))
        if len(parts[-1].orders) > _CLEARLY_FEWER * len(seed.orders):
            return [seed]
    return [band for part in parts if part.orders for band in _bands(part, of)]


def family_seed(
    cavity: Cavity,
    request: ModeRequest,
    polarisation: str,
    p: int,
    axial: tuple[int, ...] | None = None,
    ends: _Ends | None = None,
) -> FamilySeed:
    """Seed of one radial family: the orders that may be wanted (and one more, for the free spectral
    range).

    Parameters
    ----------
    axial : tuple of int or None
        Axial orders, all that are asked for by default.
    ends : _Ends or None
        Of the range, where they are known.
    """
    axial = axial or tuple(range(1 if cavity.sliced else request.axial_orders))
    k_range = (0.0, math.inf)
    if request.azimuthal_order is not None:
        m = request.azimuthal_order
        line, k = _settled(cavity, polarisation, p, m, wavenumber_per_um(request.wavelength_nm))
        orders = [m, m + 1]
    else:
        low_k, high_k = request.wavenumbers_per_um
        ends = ends or _Ends.of(cavity, polarisation, p, low_k, high_k)
        line = ends.line
        k, orders = _orders_in_range(ends, axial)
        k_range = low_k, high_k
    seed = _family(line, orders, axial, k)
    keep = [
        m
        for m in seed.orders
        if m == request.azimuthal_order or _has_data(cavity, seed.k_per_um(m, 0))
    ]
    return replace(seed, orders=tuple(keep), k_range_per_um=k_range)


def _family(
    line: EquatorSlice, orders: Sequence[int], axial: tuple[int, ...], k: float
) -> FamilySeed:
    """The seed of given azimuthal orders; k is a guess for the slice of the lowest."""
    cavity = line.cavity
    outline = cavity.outline
    rate = (
        0.0
        if cavity.sliced
        else 1.0 / math.sqrt(outline.equator_radius_um * outline.axial_radius_um)
    )
    levels = AxialLevels(cavity, axial[-1] + 1, orders[0], orders[-1])
    highest = levels.order(orders[-1], axial[-1])
    curve = SliceCurve.between(line, orders[0], highest, k)
    index = float(line.eps.index[-2])
    return FamilySeed(line.polarisation, line.p, tuple(orders), rate, index, levels, curve, axial)


def _settled(
    cavity: Cavity, polarisation: str, p: int, m: int, k: float
) -> tuple[EquatorSlice, float]:
    """The slice of one azimuthal order with the media at its own wavenumber, and that; a hint may
    be far off.
    """
    line = EquatorSlice(cavity, polarisation, p, m, k)
    for _ in range(4):
        before, k = k, line.k_per_um(m, k)
        moved = abs(k / before - 1.0)
        if moved < 1e-3 or _same_media(cavity, before, k):
            break
        line = EquatorSlice(cavity, polarisation, p, m, k)
    return line, k


@dataclass(frozen=True)
class _Ends:
    """What a range of wavenumbers is for the slice of a radial family, whatever the axial orders.

    Attributes
    ----------
    line : EquatorSlice
    k_low : float
        Wavenumber of the slice at `lowest`, or at 1 where that is less.
    lowest, highest : float
        Angular orders at both ends, a little beyond the range.
    """

    line: EquatorSlice
    k_low: float
    lowest: float
    highest: float

    @classmethod
    def of(cls, cavity: Cavity, polarisation: str, p: int, low_k: float, high_k: float) -> _Ends:
        """Between two wavenumbers in um^-1."""
        middle = 0.5 * (low_k + high_k)
        radius = cavity.outline.equator_radius_um
        scale = middle * radius * float(permittivities(cavity, middle).index[-2])
        start = max(1.0, order_of_shape(scale, p))
        line = EquatorSlice(cavity, polarisation, p, max(1.0, 0.5 * start), middle)
        lowest, k_low = order_at(line, low_k * (1 - _OF_K), start)
        highest, _ = order_at(line, high_k * (1 + _OF_K), start)
        return cls(line, k_low, lowest, highest)


def _orders_in_range(ends: _Ends, axial: tuple[int, ...]) -> tuple[float, list[int]]:
    """Azimuthal orders of which a mode of some q may lie in the range, with one more at either side
    (the estimate may be off) and one above that for the free spectral range; before them the
    slice's wavenumber at the lowest of them. No orders where the family has none.
    """
    lowest, highest = ends.lowest, ends.highest
    last = math.floor(highest + _MARGIN)
    if last < 1:
        return ends.k_low, []
    first = max(1, math.floor(lowest - _MARGIN))
    levels = AxialLevels(ends.line.cavity, axial[-1] + 1, max(1, first // 2), last)
    while last > 1 and levels.order(last, axial[0]) > highest + _MARGIN:
        last -= 1
    first = min(first, last)
    while first > 1 and levels.order(first - 1, axial[-1]) >= lowest - _MARGIN:
        first -= 1
    first = max(1, min(first, last) - 1)
    p = ends.line.p
    k = ends.k_low * airy_shape(first, p) / airy_shape(max(lowest, 1.0), p)
    return k, list(range(first, last + 3))


def _same_media(cavity: Cavity, one: float, other: float) -> bool:
    """Whether no medium changes between two wavenumbers."""
    return bool(
        np.array_equal(permittivities(cavity, one).ordinary, permittivities(cavity, other).ordinary)
    )


def _has_data(cavity: Cavity, k_per_um: float) -> bool:
    """Whether every medium has data at, and 1 % around, a wavenumber: neighbours of the range may
    lie outside.
    """
    at_nm = wavelength_nm(k_per_um)
    ranges = [material.range_nm for _, material in cavity.regions]
    return all(low <= 0.99 * at_nm and 1.01 * at_nm <= high for low, high in ranges)
