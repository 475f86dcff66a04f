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

from ...analytic.functions.bessel import bessel_j_scaled, log_bessel_j, log_bessel_j_with_slope
from ...arrays import Array, Values
from ...fem.legendre import gauss

_NODES = 20  # of a series of the logarithm of J_m
# Shares of m up to which the logarithm of J_m is smooth enough for one series; where both are
# needed, they part.
_SMOOTH, _SPLIT = 0.96, 0.93
_STEP = 0.02  # of the argument between samples of J_m that oscillates
# share of all sources, by their size, that the far field can do without: 4e-10 of log10 Q at most,
# measured
_NEGLIGIBLE = 1e-7


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
        return np.asarray(strength * max(x.size, 1) > _NEGLIGIBLE * strength.sum())

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


def log10_radiation_qs(
    sources: Sequence[Source],
    energy: float,
    m: int,
    q: int,
    k0_per_um: float,
    n_surround: float,
    mirror: str | None,
    sliced: bool,
) -> list[float]:
    """log10 of the radiative Q by each of several sources at the same points; infinite where
    nothing is polarised.

    All are taken where, and towards where, the first one radiates.

    Parameters
    ----------
    sources : sequence of Source
    energy : float
        int eps |E|^2 r dr dz of the whole mode.
    m, q : int
        Azimuthal and axial order.
    k0_per_um : float
        Vacuum wavenumber.
    n_surround : float
        Index of the surround.
    mirror : {"electric", "magnetic"} or None
        Kind of the mirror plane, if only z > 0 is meshed.
    sliced : bool
        Whether the mode is that of an infinite cylinder, with fields per unit length.
    """
    k = k0_per_um * n_surround
    reaching = sources[0].reaches_far(m, k)
    if not reaching.any():
        return [math.inf for _ in sources]
    chosen = [one.part(reaching) for one in sources]
    source = chosen[0]
    x_rim = k * float(source.r.max())
    cosines, angle_weight = _directions(source, m, q, k, x_rim, sliced, mirror is not None)
    out = []
    for far in far_amplitudes(chosen, m, k, cosines, mirror):
        pattern = abs(far.theta) ** 2 + abs(far.phi) ** 2
        if sliced:
            power = k0_per_um**3 / 8.0 * (2 * math.pi) ** 2 * float(pattern[0])
        else:
            around = (2 * math.pi) ** 3 * float(angle_weight @ pattern)
            power = n_surround * k0_per_um**4 / (32 * math.pi**2) * around
        log10_q = math.inf
        if power > 0.0:
            log10_q = math.log10(k0_per_um * math.pi * energy / power)
            log10_q -= 2 * far.scale / math.log(10.0)
        out.append(log10_q)
    return out


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
    along, across, turn_along, turn_across = _phases(k * np.outer(cosines, source.z), mirror)
    over_x, slope = m / x * j * across, slope * across
    out = []
    for one in sources:
        in_plane = turn_across * (slope @ one.e_r + over_x @ one.e_azimuthal)
        theta = 1j * cosines * in_plane - turn_along * sines * ((j * along) @ one.e_z)
        phi = turn_across * (over_x @ one.e_r + slope @ one.e_azimuthal)
        out.append(FarAmplitudes(scale, np.asarray(theta), np.asarray(phi)))
    return out


def scaled_bessel(m: int, x: Array) -> tuple[float, Array, Array]:
    """Logarithmic scale, and J_m and J_m' divided by its exponential."""
    high = float(x.max())
    if high <= _SMOOTH * m:
        return _evanescent(m, x)
    scale = float(log_bessel_j(m, np.array([high]))[0]) if high < 0.999 * m else 0.0
    value, slope = np.empty_like(x), np.empty_like(x)
    beyond = x > _SPLIT * m
    if not beyond.all():
        at_edge, value[~beyond], slope[~beyond] = _evanescent(m, x[~beyond])
        factor = math.exp(at_edge - scale)
        value[~beyond] *= factor
        slope[~beyond] *= factor
    value[beyond], slope[beyond] = _about_turning_point(m, x[beyond], scale)
    return scale, value, slope


def _evanescent(m: int, x: Array) -> tuple[float, Array, Array]:
    """Logarithmic scale, and J_m and J_m' divided by its exponential, below the turning point.

    They come from one Chebyshev series of the logarithm.

    In x the logarithm falls to minus infinity at 0 and has a branch point at the turning point. It
    is m log x plus a function of w = sqrt(1 - (x/m)^2) that is analytic on 0 < w <= 1 (Debye, DLMF
    10.19.3: m (w - log(1 + w)) - log(w)/2 and less), as x J'/J is: both have short series in w.
    """
    nodes, to_series = _series_of_samples()
    z = x / m
    w = np.sqrt((1.0 - z) * (1.0 + z))
    deep, shallow = float(w.max()), float(w.min())
    middle, half = 0.5 * (deep + shallow), 0.5 * (deep - shallow) + 1e-12 * deep
    at = np.minimum(middle + half * nodes, 1.0 - 1e-15)
    z_at = np.sqrt((1.0 - at) * (1.0 + at))
    log_j, rate = log_bessel_j_with_slope(m, m * z_at)
    series = to_series @ np.stack([log_j - m * np.log(z_at), rate * z_at], axis=1)
    scale = float(chebyshev.chebval((shallow - middle) / half, series[:, 0]))
    scale += m * math.log(float(z.max()))
    series[0, 0] -= scale
    smooth, rate_times_z = _clenshaw((w - middle) / half, series)
    value = np.exp(smooth + m * np.log(z))
    return scale, value, rate_times_z / z * value


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


def _clenshaw(x: Array, series: Array) -> tuple[Array, Array]:
    """Two Chebyshev series at once, as far as their coefficients matter."""
    out = []
    for column in series.T:
        last = int(np.flatnonzero(abs(column) > 1e-13 * abs(column).max())[-1])
        b1, b2 = np.zeros_like(x), np.zeros_like(x)
        twice = 2 * x
        for c in column[last:0:-1]:
            b1, b2 = twice * b1 - b2 + c, b1
        out.append(x * b1 - b2 + column[0])
    return out[0], out[1]


@lru_cache(maxsize=1)
def _series_of_samples() -> tuple[Array, Array]:
    nodes = chebyshev.chebpts1(_NODES)
    return np.asarray(nodes), np.asarray(np.linalg.inv(chebyshev.chebvander(nodes, _NODES - 1)))


def _phases(kz: Array, mirror: str | None) -> tuple[Values, Values, complex, complex]:
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


def _directions(
    source: Source, m: int, q: int, k: float, x_rim: float, sliced: bool, mirrored: bool
) -> tuple[Array, Array]:
    """Cosines of the polar angles at which the far field is taken, and their weights.

    The pattern is a narrow belt in u = cos a: J_m falls off like exp(-u^2 sqrt(m^2 - x^2)), the
    height like exp(-k^2 w^2 u^2).
    """
    if sliced:
        return np.zeros(1), np.ones(1)
    steep = math.sqrt(max(m**2 - x_rim**2, 1.0))
    density = abs(source.weight) * (
        abs(source.e_r) ** 2 + abs(source.e_z) ** 2 + abs(source.e_azimuthal) ** 2
    )
    height = 2.0 * float(density @ source.z**2) / float(density.sum()) / (2 * q + 1)
    widest = min(1.0, math.sqrt((22.0 + 6.0 * q) / (steep + 0.5 * k**2 * height)))
    points, weights = gauss(14 + 2 * q if m > 40 else 40 + 2 * q)
    upper = np.asarray(0.5 * widest * (points + 1))
    if mirrored:
        return upper, np.asarray(weights * widest)
    return np.concatenate([-upper, upper]), np.tile(0.5 * weights * widest, 2)
