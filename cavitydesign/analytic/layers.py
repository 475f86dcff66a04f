"""Plane layers: what a plane wave that comes from afar drives in them, and the waves that they
guide.

Layers lie across z, with permittivities eps (across) and eps_z (along z). At a wavenumber kappa
along the layers, with units c = eps0 = mu0 = 1 and time exp(-i k0 t), the s wave is E across the
plane of incidence, f = E; the p wave is H across it, f = H, with

    E_along = f' / (i k0 eps),    E_z = -kappa f / (k0 eps_z)
    f'' + q^2 f = 0,    q_s^2 = k0^2 eps - kappa^2,    q_p^2 = eps (k0^2 - kappa^2 / eps_z)

and f and Y f' continuous (Y = 1 for s, 1/eps for p). Reflections are gathered from the far side of
the layers towards the wave, so that no factor grows (Born and Wolf, Principles of Optics, sec.
1.6).
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import brentq

from ..arrays import Array, Values

Kind = Literal["s", "p"]
End = Literal["open", "electric", "magnetic"]

# Steps over which a sign change of the guidance condition is looked for, a radian of phase across
# the guiding layers; a slab of p radians has p / pi modes, so eight a mode.
_STEPS_A_RADIAN, _LEAST_STEPS = 8, 200
# Share of the range by which it is looked at beyond its upper end, where the wave between plates in
# one medium (q = 0) stands exactly.
_BEYOND = 1e-6
# Gauss points beyond one for each radian of phase: f^2 is a cosine of twice the phase, which 16
# integrate to rounding.
_POINTS_OF_SQUARE = 16


@dataclass(frozen=True)
class Layers:
    """Plane layers from the lowest to the highest.

    Parameters
    ----------
    eps, eps_z : (n,) arrays
        Permittivities across and along z.
    heights_um : (n - 1,) array
        Where neighbours meet, rising.
    lower, upper : {"open", "electric", "magnetic"}
        Whether the outer layers run on for ever or end at a wall.
    lower_um, upper_um : float
        Height of the walls; not used where the layers run on.
    """

    eps: Array
    eps_z: Array
    heights_um: Array
    lower: End = "open"
    upper: End = "open"
    lower_um: float = -math.inf
    upper_um: float = math.inf

    @property
    def turned(self) -> Layers:
        """The layers upside down: heights change their sign."""
        return Layers(
            self.eps[::-1],
            self.eps_z[::-1],
            -self.heights_um[::-1],
            self.upper,
            self.lower,
            -self.upper_um,
            -self.lower_um,
        )

    def at(self, z: Array) -> NDArray[np.int64]:
        """Which layer heights lie in."""
        return np.asarray(np.searchsorted(self.heights_um, z), dtype=np.int64)

    def across(self, kind: Kind, k0: float, kappa: Values) -> Values:
        """q of each layer, the root that decays or runs away, shape (layers, kappa)."""
        eps, ratio = self.eps[:, None], (self.eps / self.eps_z)[:, None]
        square = k0**2 * eps - kappa**2 * (1.0 if kind == "s" else ratio)
        return np.asarray(np.sqrt(square.astype(complex)))

    def largest_along(self, kind: Kind, k0: float, layer: int) -> float:
        """The largest kappa of a wave that travels in a layer."""
        return k0 * math.sqrt(float((self.eps if kind == "s" else self.eps_z)[layer]))

    def driven(self, kind: Kind, k0: float, kappa: Array, z: Array) -> tuple[Values, Values]:
        """f and df/dz at heights, of the wave that comes down from the upper half space with unit
        amplitude; shape (kappa, z).
        """
        q = self.across(kind, k0, kappa)
        y = q / (1.0 if kind == "s" else self.eps[:, None])
        count = self.eps.size
        bottoms = np.concatenate([[self.lower_um], self.heights_um])
        tops = np.concatenate([self.heights_um, [bottoms[-1] if count > 1 else 0.0]])
        if count == 1:
            bottoms = np.array([self.lower_um if self.lower != "open" else 0.0])
            tops = bottoms
        thick = np.where(np.isfinite(bottoms), tops - bottoms, 0.0)
        once = np.exp(1j * q * thick[:, None])
        back = np.empty_like(q)
        back[0] = _wall(kind, self.lower)
        step = np.zeros_like(q)
        for i in range(1, count):
            r = (y[i] - y[i - 1]) / (y[i] + y[i - 1])
            below = back[i - 1] * once[i - 1] ** 2
            back[i], step[i] = (r + below) / (1 + r * below), (1 + r) / (1 + r * below)
        amplitude = np.ones_like(q)
        for i in range(count - 1, 0, -1):
            amplitude[i - 1] = amplitude[i] * once[i] * step[i]
        value = np.empty((kappa.size, z.size), dtype=complex)
        slope = np.empty_like(value)
        owner = self.at(z)
        for i in np.unique(owner):
            here = owner == i
            across = q[i][:, None]
            down = amplitude[i][:, None] * np.exp(1j * across * (tops[i] - z[here]))
            up = np.zeros_like(down)
            if np.isfinite(bottoms[i]):
                share = (amplitude[i] * back[i] * once[i])[:, None]
                up = share * np.exp(1j * across * (z[here] - bottoms[i]))
            value[:, here], slope[:, here] = down + up, 1j * across * (up - down)
        return value, slope

    def guided(self, kind: Kind, k0: float) -> list[float]:
        """kappa of the waves that the layers guide, the largest first."""
        layers = range(self.eps.size)
        highest = max(self.largest_along(kind, k0, i) for i in layers)
        ends = ((self.lower, 0), (self.upper, self.eps.size - 1))
        lowest = max(
            (self.largest_along(kind, k0, i) for end, i in ends if end == "open"), default=0.0
        )
        if highest <= lowest * (1 + 1e-12):
            return []
        inner = self._thickness()
        steep = math.sqrt(highest**2 - lowest**2)
        count = max(_LEAST_STEPS, math.ceil(_STEPS_A_RADIAN * steep * float(inner.sum())))
        s = np.linspace(0.0, 1.0, count + 2)[1:-1]
        kappa = np.sqrt(highest**2 - (steep * s) ** 2)
        kappa = np.concatenate([[highest * (1 + _BEYOND)], kappa])
        condition = self._condition(kind, k0, kappa)
        found = []
        for i in np.flatnonzero(condition[:-1] * condition[1:] < 0):
            found.append(
                float(
                    brentq(
                        lambda x: float(self._condition(kind, k0, np.array([x]))[0]),
                        kappa[i + 1],
                        kappa[i],
                        xtol=1e-14 * highest,
                    )
                )
            )
        return found

    def _thickness(self) -> Array:
        edges = np.concatenate([[self.lower_um], self.heights_um, [self.upper_um]])
        thick = np.diff(edges)
        return np.where(np.isfinite(thick), thick, 0.0)

    def _condition(self, kind: Kind, k0: float, kappa: Array) -> Array:
        """What vanishes at a guided wave, smooth in kappa; scaled where it would grow."""
        value, slope = self._climb(kind, k0, kappa)
        q, y = self.across(kind, k0, kappa), (1.0 if kind == "s" else 1.0 / self.eps[-1])
        if self.upper == "open":
            return np.asarray(slope[-1] + (y * q[-1].imag) * value[-1])
        return np.asarray(value[-1] if _wall(kind, self.upper) < 0 else slope[-1])

    def _climb(self, kind: Kind, k0: float, kappa: Array) -> tuple[list[Array], list[Array]]:
        """f and Y f' at the bottom of the first layer and at the top of each layer, from the lower
        end's condition.
        """
        q = self.across(kind, k0, kappa)
        one, nil = np.ones_like(kappa), np.zeros_like(kappa)
        y = np.ones(self.eps.size) if kind == "s" else 1.0 / self.eps
        if self.lower == "open":
            f, g = one, y[0] * q[0].imag
        else:
            f, g = (nil, one) if _wall(kind, self.lower) < 0 else (one, nil)
        values, slopes = [f], [g]
        for i, thick in enumerate(self._thickness()):
            if thick > 0:
                c = np.cos(q[i] * thick).real
                s = (thick * np.sinc(q[i] * thick / math.pi)).real
                square = (q[i] ** 2).real
                f, g = c * f + s / y[i] * g, c * g - y[i] * square * s * f
                size = np.maximum(abs(f), abs(g))
                f, g = f / size, g / size
            values.append(f)
            slopes.append(g)
        return values, slopes

    def guided_profile(
        self, kind: Kind, k0: float, kappa: float, z: Array
    ) -> tuple[Array, Array, float]:
        """f and df/dz of a guided wave at heights, and the integral of f^2 (s) or f^2 / eps_z (p).

        The layers are climbed from both ends and meet in the medium of the highest index, so that
        neither half grows against its decay.
        """
        count = self.eps.size
        best = max(range(count), key=lambda i: self.largest_along(kind, k0, i))
        lower, upper = (
            self._pieces(kind, k0, kappa, best),
            self.turned._pieces(kind, k0, kappa, count - 1 - best),
        )
        meeting = np.array([0.5 * sum(self._span(best))])
        (f_low, g_low), (f_up, g_up) = lower[best].at(meeting), upper[-1].at(-meeting)
        steep = abs(lower[best].q) * abs(f_low[0]) < abs(g_low[0])
        ratio = float(-g_low[0] / g_up[0] if steep else f_low[0] / f_up[0])
        value, slope, total = np.empty(z.size), np.empty(z.size), 0.0
        owner = self.at(z)
        for i in range(count):
            low = i <= best
            piece = lower[i] if low else upper[count - 1 - i]
            sign, scale = (1.0, 1.0) if low else (-1.0, ratio)
            here = owner == i
            f, g = piece.at(sign * z[here])
            value[here], slope[here] = scale * f, sign * scale * g
            ends = sorted(sign * end for end in self._span(i))
            weight = 1.0 if kind == "s" else 1.0 / float(self.eps_z[i])
            total += weight * scale**2 * piece.square(ends[0], ends[1])
        return value, slope, total

    def _span(self, i: int) -> tuple[float, float]:
        """Lower and upper end of a layer."""
        edges = np.concatenate([[self.lower_um], self.heights_um, [self.upper_um]])
        return float(edges[i]), float(edges[i + 1])

    def _pieces(self, kind: Kind, k0: float, kappa: float, last: int) -> list[_Piece]:
        """The guided wave in each layer up to one, climbed from the lower end."""
        q = self.across(kind, k0, np.array([kappa]))[:, 0]
        y = np.ones(self.eps.size) if kind == "s" else 1.0 / self.eps
        pieces: list[_Piece] = []
        if self.lower == "open":
            decay = float(q[0].imag)
            pieces.append(_Piece(self._span(0)[1], 1.0, decay, complex(q[0]), True))
            f, g = 1.0, decay * float(y[0])
        else:
            f, g = (0.0, 1.0) if _wall(kind, self.lower) < 0 else (1.0, 0.0)
        for i in range(len(pieces), last + 1):
            low, high = self._span(i)
            piece = _Piece(low, f, g / float(y[i]), complex(q[i]))
            pieces.append(piece)
            if i < last:
                end, slope = piece.at(np.array([high]))
                f, g = float(end[0]), float(slope[0]) * float(y[i])
        return pieces


@dataclass(frozen=True)
class _Piece:
    """f = value cos q (z - origin) + slope sin q (z - origin) / q, or a tail below its origin."""

    origin: float
    value: float
    slope: float
    q: complex
    tail: bool = False

    def at(self, z: Array) -> tuple[Array, Array]:
        """f and df/dz."""
        d = z - self.origin
        if self.tail:
            f = self.value * np.exp(self.q.imag * d)
            return f, self.q.imag * f
        phase = self.q * d
        cosine, sine = np.cos(phase), d * np.sinc(phase / math.pi)
        return (
            (self.value * cosine + self.slope * sine).real,
            (self.slope * cosine - self.value * self.q**2 * sine).real,
        )

    def square(self, low: float, high: float) -> float:
        """Integral of f^2 between two heights."""
        if self.tail:
            return self.value**2 / (2 * self.q.imag)
        x, w = np.polynomial.legendre.leggauss(
            _POINTS_OF_SQUARE + math.ceil(abs(self.q) * (high - low))
        )
        f, _ = self.at(0.5 * (low + high) + 0.5 * (high - low) * x)
        return float(0.5 * (high - low) * (w @ f**2))


def _wall(kind: Kind, end: End) -> float:
    """Reflection of f at the end of the layers."""
    if end == "open":
        return 0.0
    return -1.0 if (kind == "s") == (end == "electric") else 1.0
