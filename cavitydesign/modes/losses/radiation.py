"""Radiation of a mode of any Q, from the far field of its polarisation current.

With J = (eps - eps_s) E and n = (sin a, 0, cos a), in units c = eps0 = mu0 = 1 and k = k0 n_s:

    F(a) = int J exp(-i k n.x) dV,      P = n_s k0^4 / (32 pi^2) int |F_perp|^2 dOmega,
    U = 1/2 int eps |E|^2 dV,           Q = k0 U / P

The azimuthal integrals are 2 pi (-i)^m J_m(k r sin a) and its derivative (Jackson, Classical
Electrodynamics, ch. 9; derivation in docs/theory-modes.md). J_m is exponentially small, so it is
taken relative to its value at the rim and the result is a logarithm. Below the turning point one
short Chebyshev series a mode of what is smooth in the logarithm replaces tens of thousands of
Bessel calls; about it a table does.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from dataclasses import fields as fields_of
from functools import lru_cache

import numpy as np
from numpy.polynomial import chebyshev
from numpy.typing import NDArray
from scipy.interpolate import CubicHermiteSpline

from ...analytic.functions.bessel import (
    bessel_j_scaled,
    log_bessel_j,
    log_bessel_j_of_orders,
)
from ...arrays import Array, Values

_NODES = 20  # of a series of the logarithm of J_m
# Shares of m up to which the logarithm of J_m is smooth enough for one series; where both are
# needed, they part.
SMOOTH, _SPLIT = 0.96, 0.93
_STEP = 0.02  # of the argument between samples of J_m that oscillates
# share of all sources, by their size, that the far field can do without: 4e-10 of log10 Q at most,
# measured
NEGLIGIBLE = 1e-7


@dataclass(frozen=True)
class Source:
    """The polarised body of one mode, at quadrature points inside the outline (flat arrays).

    Attributes
    ----------
    r, z : (n,) arrays
    weight : (n,) array
        r dr dz.
    e_r, e_z, e_azimuthal : (n,) arrays
        (eps - eps_s) times E_r, E_z and E_phi / i, each with the permittivity that its component
        sees.
    """

    r: Array
    z: Array
    weight: Array
    e_r: Values
    e_z: Values
    e_azimuthal: Values

    def reaches_far(self, m: float, k: float) -> NDArray[np.bool_]:
        """Which points matter far away, where the wavenumber is k: J_m(k r) falls steeply inwards,
        faster than its tangent's exponential at the outermost point.
        """
        x = k * self.r
        steepness = math.sqrt(max((m / float(x.max(initial=1e-300))) ** 2 - 1.0, 0.0))
        strength = abs(self.weight) * self._size(k)
        strength = strength * np.exp(steepness * (x - x.max(initial=0.0)))
        return np.asarray(strength * max(x.size, 1) > NEGLIGIBLE * strength.sum())

    def _size(self, k: float) -> Array:
        return np.asarray(abs(self.e_r) + abs(self.e_z) + abs(self.e_azimuthal))

    def part(self, kept: NDArray[np.bool_]) -> Source:
        """Some of the points."""
        return type(self)(*(getattr(self, one.name)[kept] for one in fields_of(self)))


@dataclass(frozen=True)
class SurfaceSource(Source):
    """What radiates like a mode from a closed surface around it; the weight is r dl.

    With the outward normal n, E_phi = i e and curl E = (i c_r, c_phi, i c_z), the electric currents
    over k0^2 are (e_r, e_azimuthal, e_z) = (-n_z c_phi, n_z c_r - n_r c_z, n_r c_phi) / k0^2, and

    Attributes
    ----------
    m_r, m_z, m_azimuthal : (n,) arrays
        Magnetic currents n_z e, -n_r e and n_z E_r - n_r E_z.
    """

    m_r: Values
    m_z: Values
    m_azimuthal: Values

    @classmethod
    def of(
        cls,
        points: tuple[Array, Array],
        normal: tuple[Array, Array],
        weight: Array,
        e: tuple[Values, Values, Values],
        curl: tuple[Values, Values, Values],
        k0_per_um: float,
    ) -> SurfaceSource:
        """From E_r, E_z, E_phi / i, and curl E over i, i and 1, at points of the surface."""
        (n_r, n_z), (e_r, e_z, e_phi), (c_r, c_z, c_phi) = normal, e, curl
        square = k0_per_um**2
        return cls(
            *points,
            weight,
            -n_z * c_phi / square,
            n_r * c_phi / square,
            (n_z * c_r - n_r * c_z) / square,
            n_z * e_phi,
            -n_r * e_phi,
            n_z * e_r - n_r * e_z,
        )

    def _size(self, k: float) -> Array:
        magnetic = abs(self.m_r) + abs(self.m_z) + abs(self.m_azimuthal)
        return np.asarray(super()._size(k) + magnetic / k)


@dataclass(frozen=True)
class FarAmplitudes:
    """Far field of a polarised body by direction, over exp(scale) and up to a common phase.

    Attributes
    ----------
    scale : float
        Natural logarithm.
    theta, phi : (a,) arrays
        Along the polar and the azimuthal direction.
    """

    scale: float
    theta: Values
    phi: Values


def far_amplitudes(
    sources: Sequence[Source], m: int, k: float, cosines: Array, mirror: str | None
) -> list[FarAmplitudes]:
    """Far fields of several sources at the same points.

    Parameters
    ----------
    sources : sequence of Source
    m : int
        Azimuthal order.
    k : float
        Wavenumber in the surround, um^-1.
    cosines : (a,) array
        Of the polar angles.
    mirror : {"electric", "magnetic"} or None
        Kind of the mirror plane, if the sources hold z > 0 alone.
    """
    source = sources[0]
    sines = np.sqrt(1.0 - cosines**2)
    x = k * np.outer(sines, source.r)
    scale, j, slope = scaled_bessel(m, x)
    j, slope = j * source.weight, slope * source.weight
    along, across, turn_along, turn_across = phases(k * np.outer(cosines, source.z), mirror)
    over_x, slope = m / x * j * across, slope * across
    out = []
    for one in sources:
        in_plane = turn_across * (slope @ one.e_r + over_x @ one.e_azimuthal)
        theta = 1j * cosines * in_plane - turn_along * sines * ((j * along) @ one.e_z)
        phi = turn_across * (over_x @ one.e_r + slope @ one.e_azimuthal)
        out.append(FarAmplitudes(scale, np.asarray(theta), np.asarray(phi)))
    return out


def log10_summed_q(
    source: Source, m: int, k0_per_um: float, n_surround: float, energy: float
) -> float:
    """log10 of the radiative Q of one mode by what is polarised inside.

    Parameters
    ----------
    source : Source
        With weights r dr dz.
    energy : float
        Half of int eps |E|^2 dV per length, times the square of the length that the source has.
    """
    (far,) = far_amplitudes([source], m, k0_per_um * n_surround, np.zeros(1), None)
    pattern = float(abs(far.theta[0]) ** 2 + abs(far.phi[0]) ** 2)
    power = 0.5 * math.pi**2 * k0_per_um**3 * pattern
    return math.log10(k0_per_um * energy / power) - 2.0 * far.scale / math.log(10.0)


def scaled_bessel(m: int, x: Array) -> tuple[float, Array, Array]:
    """Logarithmic scale, and J_m and J_m' divided by its exponential."""
    high = float(x.max())
    if high <= SMOOTH * m:
        return _of_one(m, x)
    scale = float(log_bessel_j(m, np.array([high]))[0]) if high < 0.999 * m else 0.0
    value, slope = np.empty_like(x), np.empty_like(x)
    beyond = x > _SPLIT * m
    if not beyond.all():
        at_edge, value[~beyond], slope[~beyond] = _of_one(m, x[~beyond])
        factor = math.exp(at_edge - scale)
        value[~beyond] *= factor
        slope[~beyond] *= factor
    value[beyond], slope[beyond] = _about_turning_point(m, x[beyond], scale)
    return scale, value, slope


def _of_one(m: int, x: Array) -> tuple[float, Array, Array]:
    """Scale, J_m and J_m' of one order below its turning point."""
    found = Evanescent.of(np.array([float(m)]), np.array([x.min()]), np.array([x.max()]))
    value, slope = found.value_and_slope(x[None])
    return float(found.scale[0]), value[0], slope[0]


@dataclass(frozen=True)
class Evanescent:
    """J_m of several orders below their turning points, over an exponential of each: from one
    Chebyshev series of the logarithm.

    In x the logarithm falls to minus infinity at 0 and has a branch point at the turning point. It
    is m log x plus a function of w = sqrt(1 - (x/m)^2) that is analytic on 0 < w <= 1 (Debye, DLMF
    10.19.3: m (w - log(1 + w)) - log(w)/2 and less), as x J'/J is: both have short series in w.

    Attributes
    ----------
    orders, scale : (k,) arrays
        The scale is the logarithm of J_m at the end of the range.
    middle, half : (k, 1) arrays
        Range of the series.
    smooth, times_z : (k, nodes) arrays
        Coefficients.
    """

    orders: Array
    scale: Array
    middle: Array
    half: Array
    smooth: Array
    times_z: Array

    @classmethod
    def of(cls, orders: Array, low: Array, high: Array) -> Evanescent:
        """For arguments from `low` to `high`, each (k,)."""
        nodes, to_series = _series_of_samples()
        m, ends = orders[:, None], np.stack([low, high], axis=1) / orders[:, None]
        deep, shallow = np.sqrt((1.0 - ends) * (1.0 + ends)).T[:, :, None]
        middle, half = 0.5 * (deep + shallow), 0.5 * (deep - shallow) + 1e-12 * deep
        at = np.minimum(middle + half * nodes, 1.0 - 1e-15)
        z_at = np.sqrt((1.0 - at) * (1.0 + at))
        log_j, rate = log_bessel_j_of_orders(orders, m * z_at)
        smooth = (log_j - m * np.log(z_at)) @ to_series.T
        scale = _clenshaw((shallow - middle) / half, smooth) + m * np.log(ends[:, 1:])
        smooth[:, :1] -= scale
        return cls(orders, scale[:, 0], middle, half, smooth, (rate * z_at) @ to_series.T)

    def value(self, x: Array) -> Array:
        """J_m over its scale at (k, *P) arguments."""
        return self._value(*self._places(x)).reshape(x.shape)

    def value_and_slope(self, x: Array) -> tuple[Array, Array]:
        """J_m and J_m' over the scale at (k, *P) arguments."""
        z, place = self._places(x)
        value = self._value(z, place)
        slope = _clenshaw(place, self.times_z) / z * value
        return value.reshape(x.shape), slope.reshape(x.shape)

    def _places(self, x: Array) -> tuple[Array, Array]:
        z = x.reshape(self.orders.size, -1) / self.orders[:, None]
        return z, (np.sqrt((1.0 - z) * (1.0 + z)) - self.middle) / self.half

    def _value(self, z: Array, place: Array) -> Array:
        logarithm = _clenshaw(place, self.smooth) + self.orders[:, None] * np.log(z)
        return np.asarray(np.exp(logarithm))


def _about_turning_point(m: int, x: Array, scale: float) -> tuple[Array, Array]:
    """J_m and J_m' over exp(scale), from Hermite cubics on fewer nodes where there are many points.

    The error is step^4 / 384 of the value, as the fourth derivative is no larger than J_m itself.
    """
    low, high = float(x.min()), float(x.max())
    count = math.ceil((high - low) / _STEP) + 2
    if count > 0.5 * x.size:
        return bessel_j_scaled(m, x, scale)
    nodes = np.linspace(low, high, count)
    value, slope = bessel_j_scaled(m, nodes, scale)
    bend = (m**2 / nodes**2 - 1.0) * value - slope / nodes
    return CubicHermiteSpline(nodes, value, slope)(x), CubicHermiteSpline(nodes, slope, bend)(x)


def _clenshaw(x: Array, series: Array) -> Array:
    """Chebyshev series, one for each row of x, as far as their coefficients matter."""
    size = abs(series)
    matters = (size > 1e-13 * size.max(axis=1, keepdims=True)).any(axis=0)
    b1, b2 = np.zeros_like(x), np.zeros_like(x)
    twice = 2 * x
    for column in range(int(np.flatnonzero(matters)[-1]), 0, -1):
        b1, b2 = twice * b1 - b2 + series[:, column : column + 1], b1
    return np.asarray(x * b1 - b2 + series[:, :1])


@lru_cache(maxsize=1)
def _series_of_samples() -> tuple[Array, Array]:
    nodes = chebyshev.chebpts1(_NODES)
    return np.asarray(nodes), np.asarray(np.linalg.inv(chebyshev.chebvander(nodes, _NODES - 1)))


def phases(kz: Array, mirror: str | None) -> tuple[Values, Values, complex, complex]:
    """Factors of E_z, and of E_r and E_phi, that stand for exp(-i k z cos a) integrated over both
    halves; real ones with a mirror, and what each is still to be multiplied with.
    """
    if mirror is None:
        phase = np.exp(-1j * kz)
        return phase, phase, 1.0, 1.0
    even, odd = 2 * np.cos(kz), 2 * np.sin(kz)
    # -2i sin for the odd components; a common phase of all of theta's and of all of phi's terms
    # drops out of |F|^2, but theta mixes both kinds, so the factor i stays with the odd ones.
    return (even, odd, 1.0, -1j) if mirror == "electric" else (odd, even, -1j, 1.0)
