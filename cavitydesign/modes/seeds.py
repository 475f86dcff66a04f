"""Estimates before the solve: which azimuthal orders lie in a range, and near which wavenumber each
mode is.

The cavity's slice is solved in one dimension (fem/slice.py) and the axial energy added by the
adiabatic rule k^2 = kc^2 + (2q + 1) kc dk / n. Estimates only: they place shifts and windows and
are never reported.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Protocol

import numpy as np

from ..errors import SolverError
from ..fem.slice import RadialSlice
from ..geometry.cavity import Cavity
from ..units import wavelength_nm, wavenumber_per_um
from .media import permittivities
from .mode_set import ModeRequest

_AIRY_ZEROS = (
    2.33810741,
    4.08794944,
    5.52055983,
    6.78670809,
    7.94413359,
    9.02265085,
    10.0401743,
    11.0085243,
    11.9360156,
)


def airy_zero(p: int) -> float:
    """Magnitude of the p-th zero of Ai (DLMF 9.9.6 beyond the tabulated ones)."""
    if p <= len(_AIRY_ZEROS):
        return _AIRY_ZEROS[p - 1]
    return float((3 * math.pi * (4 * p - 1) / 8) ** (2 / 3))


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
    slice_k_per_um : dict of int to float
        Wavenumber of the slice at each order.
    """

    polarisation: str
    p: int
    orders: tuple[int, ...]
    slice_k_per_um: dict[int, float]
    axial_rate_per_um: float
    index: float

    def k_per_um(self, m: int, q: int) -> float:
        """Estimate of the wavenumber of the mode (m, p, q)."""
        kc = self.slice_k_per_um[m]
        return math.sqrt(kc**2 + (2 * q + 1) * kc * self.axial_rate_per_um / self.index)


def slice_wavenumber(cavity: Cavity, polarisation: str, m: int, p: int, k_guess: float) -> float:
    """Wavenumber of the p-th radial mode of the equatorial slice at azimuthal order m, in um^-1.

    Media are taken at `k_guess`; closed walls stand where the field has decayed.
    """
    eps = permittivities(cavity, k_guess)
    radius = cavity.outline.equator_radius_um
    highest = float(eps.index[:-1].max())
    depth = 1.3 * _depth(m, p, 14.0)
    inner = max(radius * (1 - depth) * min(1.0, eps.index[-2] / highest), 0.01 * radius)
    caustic = m / (k_guess * float(eps.index[-1]))
    kappa = math.sqrt(max((m / radius) ** 2 - (k_guess * float(eps.index[-1])) ** 2, 1e-9))
    outer = min(radius + 12.0 / kappa, max(0.5 * (radius + caustic), radius * 1.02))
    edges = [inner, *(r for r in cavity.inner_radii_um if r > inner), radius]
    breaks, regions = [inner], []
    first = len(cavity.regions) - 1 - (len(edges) - 1)
    layer = 0.5 * radius * depth / max(2, p)
    for number in range(len(edges) - 1):
        width = edges[number + 1] - edges[number]
        count = max(1, math.ceil(width / layer))
        breaks += [edges[number] + width * (i + 1) / count for i in range(count)]
        regions += [first + number] * count
    share = (0.25, 1.0)
    breaks += [radius + (outer - radius) * x for x in share]
    regions += [len(cavity.regions) - 1] * 2
    line = RadialSlice(tuple(breaks), tuple(regions))
    values = eps.axial if polarisation == "TM" else eps.ordinary
    k, _ = line.solve(polarisation, m, list(values), p)
    if k.size < p:
        raise SolverError(
            f"no radial order p = {p} at m = {m}: the cavity's slice holds fewer modes"
        )
    return float(k[p - 1])


def _depth(m: int, p: int, exponent: float) -> float:
    """Depth of the rim layer in units of the radius: turning point of order p and the decay below
    it.
    """
    oscillating = airy_zero(p) * (m / 2.0) ** (-2.0 / 3.0) / 2 ** (1.0 / 3.0) / 2 ** (1.0 / 3.0)
    below = (3 * exponent / (2 * math.sqrt(2.0) * m)) ** (2.0 / 3.0)
    return float(min(oscillating + below, 0.75))


def radial_guess(
    radius: float, index: float, surround: float, m: float, p: int, polarisation: str
) -> float:
    """Airy estimate of the slice's wavenumber: n k R = m + a_p (m/2)^(1/3) - P / sqrt(n^2 - 1)."""
    contrast = index / surround
    shift = (
        (1.0 if polarisation == "TM" else 1.0 / contrast**2)
        * contrast
        / math.sqrt(max(contrast**2 - 1.0, 1e-6))
    )
    return float((m + airy_zero(p) * (m / 2.0) ** (1.0 / 3.0) - shift) / (index * radius))


def orders_in_range(
    cavity: Cavity, polarisation: str, p: int, low_k: float, high_k: float
) -> list[int]:
    """Azimuthal orders whose slice wavenumber may fall between two wavenumbers, by interpolation of
    three slices.
    """
    radius = cavity.outline.equator_radius_um
    middle = 0.5 * (low_k + high_k)
    eps = permittivities(cavity, middle)
    index, surround = float(eps.index[-2]), float(eps.index[-1])
    low, high = 1.0, 4.0 * index * middle * radius + 10
    for _ in range(80):
        m = 0.5 * (low + high)
        if radial_guess(radius, index, surround, m, p, polarisation) < middle:
            low = m
        else:
            high = m
    centre = max(1, round(low))
    spacing = middle / centre
    for _ in range(8):  # Newton with dk/dm = k/m: enough to reach the order, whatever the layers
        k = slice_wavenumber(cavity, polarisation, centre, p, middle)
        spacing = k / centre
        step = round((middle - k) / spacing)
        centre = max(1, centre + step)
        if abs(step) <= 1:
            break
    half = max(3, math.ceil(0.6 * (high_k - low_k) / spacing) + 3)
    return list(range(max(1, centre - half), centre + half + 1))


def family_seed(cavity: Cavity, request: ModeRequest, polarisation: str, p: int) -> FamilySeed:
    """Seed of one radial family: the orders that may be wanted (and one more, for the free spectral
    range).
    """
    k_hint = wavenumber_per_um(request.wavelength_nm)
    rate = (
        0.0
        if cavity.sliced
        else 1.0 / math.sqrt(cavity.outline.equator_radius_um * cavity.outline.axial_radius_um)
    )
    if request.azimuthal_order is not None:
        m = request.azimuthal_order
        orders = [m, m + 1]
        start = k_hint
        for _ in range(4):  # the hint may be far off; media follow the estimate
            before, start = start, slice_wavenumber(cavity, polarisation, m, p, start)
            moved = abs(start / before - 1.0)
            if moved < 1e-3 or (moved < 0.02 and _same_media(cavity, before, start)):
                break
    else:
        assert request.span_nm is not None
        low_k = wavenumber_per_um(request.wavelength_nm + 0.5 * request.span_nm)
        high_k = wavenumber_per_um(request.wavelength_nm - 0.5 * request.span_nm)
        orders = orders_in_range(cavity, polarisation, p, low_k, high_k)
        start = k_hint
    eps = permittivities(cavity, start)
    index = float(eps.index[-2])
    if request.azimuthal_order is not None:
        ends = [
            radial_guess(
                cavity.outline.equator_radius_um, index, float(eps.index[-1]), m, p, polarisation
            )
            for m in orders
        ]
        solved = {m: start * end / ends[0] for m, end in zip(orders, ends, strict=True)}
    elif len(orders) <= 4:
        solved = {m: slice_wavenumber(cavity, polarisation, m, p, start) for m in orders}
    else:
        nodes = [orders[0], orders[len(orders) // 2], orders[-1]]
        sampled = [slice_wavenumber(cavity, polarisation, m, p, start) for m in nodes]
        curve = np.polynomial.Polynomial.fit(nodes, sampled, 2)
        solved = {m: float(curve(m)) for m in orders}
    seed = FamilySeed(polarisation, p, tuple(orders), solved, rate, index)
    if request.azimuthal_order is None:
        seed = _trimmed(seed, request, low_k, high_k)
    keep = [
        m
        for m in seed.orders
        if m == request.azimuthal_order or _has_data(cavity, seed.k_per_um(m, 0))
    ]
    return replace(
        seed, orders=tuple(keep), slice_k_per_um={m: seed.slice_k_per_um[m] for m in keep}
    )


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


def _trimmed(seed: FamilySeed, request: ModeRequest, low_k: float, high_k: float) -> FamilySeed:
    """Keep the orders of which some q may lie in the range, one more at either side, as the
    estimate may be off, and one above that for the free spectral range.
    """
    highest_q = request.axial_orders - 1
    wanted = [
        m
        for m in seed.orders
        if seed.k_per_um(m, 0) <= high_k and seed.k_per_um(m, highest_q) >= low_k
    ]
    if not wanted:
        middle = 0.5 * (low_k + high_k)
        wanted = [min(seed.orders, key=lambda m: abs(seed.k_per_um(m, 0) - middle))]
    keep = [m for m in range(wanted[0] - 1, wanted[-1] + 3) if m in seed.slice_k_per_um]
    return replace(
        seed, orders=tuple(keep), slice_k_per_um={m: seed.slice_k_per_um[m] for m in keep}
    )
