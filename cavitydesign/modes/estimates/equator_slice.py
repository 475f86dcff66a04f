"""Wavenumbers of the cavity's equatorial slice at any angular order, self-consistent with what
leaves it.

The slice ends at the rim. There the outgoing wave of the surround sets the slope of the field,
u'/u = k n_s H'(x)/H(x) at x = k n_s R, which is complex where the mode leaks. A real problem needs
a real slope: the one that turns a wave within the body by the same phase. It is the slope itself
below the barrier, none for a wave that passes a TM rim, and a wall for one that passes a TE rim of
high index; so the estimate holds down to a Q of about one.
"""

from __future__ import annotations

import cmath
import math
from dataclasses import dataclass
from functools import cached_property

from ...analytic.functions.bessel_complex import bessel_pair
from ...analytic.functions.size_parameters import airy_zero
from ...errors import SolverError
from ...geometry.cavity import Cavity
from ..permittivities import Permittivities, permittivities
from .slice import RadialSlice

# Of -R u'/u at the rim: a wall, before rounding takes the slice's other numbers. A field that
# leaves a dielectric rim has up to the angular order, which is 1e5 in a cavity of 10 mm.
_STEEPEST, _STEEPEST_OF_ORDER = 1e4, 10.0
_SETTLED, _MOST_ROUNDS = 1e-3, 8  # of k between two solves; the slope's own change is followed
_DEEP = 30.0  # barrier of so many nepers times three: the third term is below 1e-3 of the slope


@dataclass(frozen=True)
class EquatorSlice:
    """The layered cylinder that a cavity is at its equator, for one radial family.

    Parameters
    ----------
    cavity : Cavity
    polarisation : {"TM", "TE"}
    p : int
        Radial order.
    lowest_order : float
        Lowest angular order that will be asked for: its field reaches deepest.
    k_media_per_um : float
        Wavenumber at which the media are taken.
    """

    cavity: Cavity
    polarisation: str
    p: int
    lowest_order: float
    k_media_per_um: float

    @cached_property
    def eps(self) -> Permittivities:
        """The media."""
        return permittivities(self.cavity, self.k_media_per_um)

    @property
    def _values(self) -> list[float]:
        eps = self.eps
        return [float(x) for x in (eps.axial if self.polarisation == "TM" else eps.ordinary)]

    @cached_property
    def _line(self) -> RadialSlice:
        """Elements from where the field has decayed to the rim."""
        cavity, index = self.cavity, self.eps.index
        radius = cavity.outline.equator_radius_um
        depth = 1.3 * _depth(self.lowest_order, self.p, 14.0)
        share = min(1.0, float(index[-2] / index[:-1].max()))
        inner = max(radius * (1 - depth) * share, 0.01 * radius)
        edges = [inner, *(r for r in cavity.inner_radii_um if r > inner), radius]
        breaks, regions = [inner], []
        first = len(cavity.regions) - 1 - (len(edges) - 1)
        layer = 0.5 * radius * depth / max(2, self.p)
        for number in range(len(edges) - 1):
            width = edges[number + 1] - edges[number]
            count = max(1, math.ceil(width / layer))
            breaks += [edges[number] + width * (i + 1) / count for i in range(count)]
            regions += [first + number] * count
        return RadialSlice(tuple(breaks), tuple(regions))

    def k_per_um(self, order: float, k_guess: float) -> float:
        """Wavenumber of the p-th radial mode at an angular order, which need not be whole, in
        um^-1.

        Raises
        ------
        SolverError
            If the slice's elements hold fewer radial modes.
        """
        radius = self.cavity.outline.equator_radius_um
        weight = 1.0 if self.polarisation == "TM" else self._values[-1]
        k = k_guess
        for _ in range(_MOST_ROUNDS):
            slope = self._slope(order, k)
            found, vectors = self._line.solve(
                self.polarisation, order, self._values, self.p, slope / weight
            )
            if found.size < self.p:
                raise SolverError(
                    f"no radial order p = {self.p} at m = {order:.4g}: the cavity's slice holds "
                    "fewer modes"
                )
            if not math.isfinite(found[self.p - 1]):
                raise SolverError(
                    f"no radial order p = {self.p} at m = {order:.4g}: the cavity's slice holds no "
                    "such mode"
                )
            square, last = float(found[self.p - 1] ** 2), k
            pull = radius / weight * float(vectors[-1, self.p - 1] ** 2)
            k = math.sqrt(square)
            for _ in range(3):  # the slope follows k; first order in its change
                change = pull * (self._slope(order, k) - slope)
                k, before = math.sqrt(max(square - change, 0.25 * square)), k
                if abs(k / before - 1.0) < 0.1 * _SETTLED:
                    break
            if abs(k / last - 1.0) < _SETTLED or abs(change) < _SETTLED * square:
                break
        return k

    def _slope(self, order: float, k: float) -> float:
        """u'/u just outside the rim, made real, in um^-1."""
        radius = self.cavity.outline.equator_radius_um
        wall = -max(_STEEPEST, _STEEPEST_OF_ORDER * order) / radius
        body, surround = self._values[-2:]
        n_s = math.sqrt(surround)
        slope = n_s * k * _outgoing_slope(order, k * n_s * radius)
        ratio = 1.0 if self.polarisation == "TM" else body / surround
        if self.polarisation == "TE" and not self.cavity.sliced:
            # along a rim that is round in the meridian plane too, as r H of a sphere has it
            slope += 0.5 * (1.0 - surround / body) / self.cavity.outline.axial_radius_um
        wave_square = body * k**2 - (order / radius) ** 2
        if wave_square <= 0.0 or abs(slope.imag) < 1e-12 * abs(slope.real):
            return max(slope.real, wall)
        wave = math.sqrt(wave_square)
        inside = ratio * slope
        turned = cmath.phase((1j * wave - inside) / (1j * wave + inside))
        if turned > 0.5 * math.pi or turned < 1e-9 - math.pi:
            return wall
        return max(wave / ratio * math.tan(0.5 * turned), wall)


def _outgoing_slope(order: float, x: float) -> complex:
    """H'(x)/H(x) of the outgoing Hankel function."""
    barrier = order**2 - x**2
    if barrier > 0.0 and barrier**1.5 > _DEEP * order**2:  # Debye's expansion, two terms of it
        return complex(0.5 * x / barrier - math.sqrt(barrier) / x)
    h, dh = (complex(part) for part in bessel_pair(order, x).hankel)
    return dh / h


def _depth(m: float, p: int, exponent: float) -> float:
    """Depth of the rim layer in units of the radius: turning point of order p and the decay below
    it.
    """
    oscillating = airy_zero(p) * (m / 2.0) ** (-2.0 / 3.0) / 2 ** (1.0 / 3.0) / 2 ** (1.0 / 3.0)
    below = (3 * exponent / (2 * math.sqrt(2.0) * m)) ** (2.0 / 3.0)
    return float(min(oscillating + below, 0.75))
