"""Radiation of a mode of any Q, from the far field of its polarisation current.

With J = (eps - eps_s) E and n = (sin a, 0, cos a), in units c = eps0 = mu0 = 1 and k = k0 n_s:

    F(a) = int J exp(-i k n.x) dV,   P = n_s k0^4 / (32 pi^2) int |F_perp|^2 dOmega,   U = 1/2 int eps |E|^2 dV,   Q = k0 U / P

The azimuthal integrals are 2 pi (-i)^m J_m(k r sin a) and its derivative (Jackson, Classical Electrodynamics, ch. 9; derivation in
docs/theory-modes.md). J_m is exponentially small, so it is taken relative to its value at the rim and the result is a logarithm.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.polynomial import chebyshev
from numpy.typing import NDArray

from ..analytic.bessel import bessel_j_scaled, log_bessel_j, log_derivative_j
from ..fem.field import GridField
from ..fem.legendre import Array, gauss

Values = NDArray[np.generic]
_ANGLES = 24
_NODES = 24


@dataclass(frozen=True)
class BesselPair:
    """J_m and J_m' over a range of arguments, divided by exp(log_scale)."""

    order: int
    low: float
    high: float
    log_scale: float

    def __call__(self, x: Array) -> tuple[Array, Array]:
        """Values at arguments within the range; by Chebyshev interpolation of the logarithm below the turning point."""
        if self.high > 0.96 * self.order:
            return bessel_j_scaled(self.order, x, self.log_scale)
        nodes = chebyshev.chebpts1(_NODES)
        at = 0.5 * (self.low + self.high) + 0.5 * (self.high - self.low) * nodes
        samples = np.stack([log_bessel_j(self.order, at), log_derivative_j(self.order, at)], axis=1)
        coefficients = chebyshev.chebfit(nodes, samples, _NODES - 1)
        log_value, slope = chebyshev.chebval((2 * x - self.low - self.high) / (self.high - self.low), coefficients)
        value = np.exp(log_value - self.log_scale)
        return value, slope * value


def log10_radiation_q(
    field: GridField, weight: Array, energy: float, m: int, k0_per_um: float, contrast: Array, n_surround: float, mirror: str | None, sliced: bool
) -> float:
    """log10 of the radiative Q of one mode.

    Parameters
    ----------
    field : GridField
        Field of one mode on quadrature points inside the outline, first axis of length 1.
    weight : (S, T) array
        Quadrature weights times |dr dz / ds dt|.
    energy : float
        int eps |E|^2 r dr dz of the whole mode.
    contrast : (S,) array
        eps - eps_s of the rows.
    n_surround : float
        Index of the surround.
    mirror : {"electric", "magnetic"} or None
        Kind of the mirror plane, if only z > 0 is meshed.
    sliced : bool
        Whether the mode is that of an infinite cylinder.
    """
    k = k0_per_um * n_surround
    r, z = field.r.real, field.z.real
    source = (weight * r * contrast[:, None]).ravel()
    e_r, e_z, e_az = field.e_r[0].ravel(), field.e_z[0].ravel(), field.e_azimuthal[0].ravel()
    r, z = r.ravel(), z.ravel()
    cosines, angle_weight = _directions(m, k * float(r.max()), sliced, mirror is not None)
    sines = np.sqrt(1.0 - cosines**2)
    low, high = k * float(r.min()) * float(sines.min()), k * float(r.max())
    scale = float(log_bessel_j(m, np.array([high]))[0]) if high < m else 0.0
    x = k * np.outer(sines, r)
    j, slope = BesselPair(m, low * (1 - 1e-12), high * (1 + 1e-12), scale)(x)
    j, slope = j * source, slope * source
    over_x = m / x * j
    along, across = _phases(k * np.outer(cosines, z), mirror)
    theta = cosines * (1j * _sum(slope * across, e_r) + 1j * _sum(over_x * across, e_az)) - sines * _sum(j * along, e_z)
    phi = -_sum(over_x * across, e_r) - _sum(slope * across, e_az)
    pattern = abs(theta) ** 2 + abs(phi) ** 2
    if sliced:
        power = k0_per_um**3 / 8.0 * (2 * math.pi) ** 2 * float(pattern[0])
    else:
        power = n_surround * k0_per_um**4 / (32 * math.pi**2) * 2 * math.pi * (2 * math.pi) ** 2 * float(angle_weight @ pattern)
    stored = 0.5 * energy * 2 * math.pi
    if power <= 0.0:
        return math.inf
    return math.log10(k0_per_um * stored / power) - 2 * scale / math.log(10.0)


def _sum(kernel: Values, component: Values) -> Values:
    return np.asarray(kernel @ component)


def _phases(kz: Array, mirror: str | None) -> tuple[Values, Values]:
    """Factors of E_z, and of E_r and E_phi, that stand for exp(-i k z cos a) integrated over both halves."""
    if mirror is None:
        phase = np.exp(-1j * kz)
        return phase, phase
    even, odd = 2 * np.cos(kz), -2j * np.sin(kz)
    return (even, odd) if mirror == "electric" else (odd, even)


def _directions(m: int, x_rim: float, sliced: bool, mirrored: bool) -> tuple[Array, Array]:
    """Cosines of the polar angles at which the far field is taken, and their weights; the pattern is a narrow belt at high m."""
    if sliced:
        return np.zeros(1), np.ones(1)
    steep = math.sqrt(max(m**2 - x_rim**2, 1.0))
    widest = min(1.0, math.sqrt(32.0 / steep))
    points, weights = gauss(_ANGLES)
    if mirrored:
        return 0.5 * widest * (points + 1), weights * widest
    return np.concatenate([-0.5 * widest * (points + 1), 0.5 * widest * (points + 1)]), np.tile(0.5 * weights * widest, 2)
