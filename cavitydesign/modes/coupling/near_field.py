"""The evanescent field of a mode over the plane that touches its rim, wave by wave.

What is polarised, J = (eps - eps_s) E exp(i m phi), sends into the half space beyond the rim the
waves exp(i beta y + i q t - kappa n) with kappa^2 = beta^2 + q^2 - k_s^2, where y runs along the
rim, n away from it and t across both. A guide of propagation constant beta hears nothing but

    N(beta, q) = int J exp(-i beta y - i q t + kappa n) dV,

which holds overlap and phase mismatch together. In cylindrical coordinates its azimuthal integrals
are int exp(i m phi + r (kappa_x cos phi - i beta sin phi)) dphi, a Bessel function of the complex
direction (kappa_x, beta): smooth and without zeros along r below the turning point, so that a few
radii tell all others. They are taken along the line of constant imaginary part through the saddle
point, where nothing oscillates and nothing cancels.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.polynomial import chebyshev

from ...arrays import Array, Values
from ..losses.radiation import Source

_RADII = 24  # Chebyshev nodes along r; 16 leave 1e-11
_STEP, _REACH = 0.75, 9.0  # of the azimuthal integral, in widths of its bell: left out 1e-14
_NODES = 4096  # points (r, z) times waves taken at once, in thousands


@dataclass(frozen=True)
class Contact:
    """The point of the rim next to the guide.

    Attributes
    ----------
    r_um, z_um : float
    normal : (float, float)
        Outward unit vector, along r and z.
    """

    r_um: float
    z_um: float
    normal: tuple[float, float]


def near_spectrum(
    source: Source,
    m: int,
    surround_per_um: float,
    contact: Contact,
    beta_per_um: Array,
    q_per_um: Array,
) -> Values:
    """N at pairs (beta, q), with n and t counted from the contact.

    Parameters
    ----------
    source : Source
        The whole polarised body.
    m : int
        Azimuthal order.
    surround_per_um : float
        Wavenumber in the surround.
    contact : Contact
    beta_per_um, q_per_um : (w,) arrays

    Returns
    -------
    (3, w) array
        Along n, y and t.
    """
    normal_x, normal_z = contact.normal
    kappa = np.sqrt(np.asarray(beta_per_um**2 + q_per_um**2 - surround_per_um**2) + 0j)
    kappa_x, kappa_z = (
        kappa * normal_x + 1j * q_per_um * normal_z,
        kappa * normal_z - 1j * q_per_um * normal_x,
    )
    low, high = float(source.r.min()), float(source.r.max())
    low = min(low, high * (1.0 - 1e-6))
    at = 0.5 * (low + high) + 0.5 * (high - low) * chebyshev.chebpts1(_RADII)
    log_g, cosine, sine = _around(m, at, kappa_x, beta_per_um)
    # relative to the value at the contact, whose own exponent is taken out
    log_g -= m * np.log(at / contact.r_um)[:, None] + kappa_x * contact.r_um
    series = np.linalg.inv(chebyshev.chebvander(chebyshev.chebpts1(_RADII), _RADII - 1))
    x = (source.r - 0.5 * (low + high)) / (0.5 * (high - low))
    out = np.empty((3, kappa.size), dtype=complex)
    size = max(1, 1000 * _NODES // max(source.r.size, 1))
    to_points = chebyshev.chebvander(np.clip(x, -1.0, 1.0), _RADII - 1) @ series
    growth = (m * np.log(source.r / contact.r_um))[:, None]
    for start in range(0, kappa.size, size):
        part = slice(start, start + size)
        height = (source.z - contact.z_um)[:, None] * kappa_z[part]
        g = np.exp(to_points @ log_g[:, part] + growth + height) * source.weight[:, None]
        g_cos, g_sin = g * (to_points @ cosine[:, part]), g * (to_points @ sine[:, part])
        e_r, e_az = source.e_r[:, None], 1j * source.e_azimuthal[:, None]
        along_x = (e_r * g_cos - e_az * g_sin).sum(axis=0)
        along_y = (e_r * g_sin + e_az * g_cos).sum(axis=0)
        along_z = (source.e_z[:, None] * g).sum(axis=0)
        out[:, part] = (
            normal_x * along_x + normal_z * along_z,
            along_y,
            -normal_z * along_x + normal_x * along_z,
        )
    return out


def _around(m: int, r: Array, kappa_x: Values, beta: Array) -> tuple[Values, Values, Values]:
    """Logarithm of int exp(i m phi + r (kappa_x cos phi - i beta sin phi)) dphi at radii and waves,
    (r, w), and the means of cos phi and sin phi under it.
    """
    x = r[:, None]
    # saddle at phi = i ln u: (kappa + beta) u^2 - (2 m / r) u + beta - kappa = 0
    square = beta**2 - kappa_x**2
    bell = np.sqrt(m**2 - square * x**2 + 0j)
    u = (m + bell) / (x * (kappa_x + beta))
    width = 1.0 / math.sqrt(max(float(bell.real.min()), 0.25))
    narrow = 1.0 / math.sqrt(float(abs(bell).max()))
    reach = min(_REACH * width, math.pi)
    count = max(8, math.ceil(2.0 * reach / (_STEP * narrow)))
    step = 2.0 * reach / count
    total, cosine, sine = (np.zeros(u.shape, dtype=complex) for _ in range(3))
    saddle = 1j * np.log(u)
    head = 1j * m * saddle + x * (kappa_x * np.cos(saddle) - 1j * beta * np.sin(saddle))
    for angle in (np.arange(count) + 0.5) * step - reach:
        phi = saddle + angle
        cos, sin = np.cos(phi), np.sin(phi)
        value = np.exp(1j * m * phi + x * (kappa_x * cos - 1j * beta * sin) - head)
        total += value
        cosine += value * cos
        sine += value * sin
    return head + np.log(total * step), cosine / total, sine / total


def wave_vectors(kappa: Array, beta: Any, q: Array) -> Values:
    """Complex wave vectors (i kappa, beta, q) along n, y and t, (3, w)."""
    return np.stack([1j * kappa, np.broadcast_to(beta, kappa.shape) + 0j, q + 0j])


def near_waves(spectrum: Values, k_per_um: float, surround: float, beta: Any, q: Array) -> Values:
    """The field E of each wave at the contact for dbeta dq / 4 pi^2, from N.

    E = (k^2 / 2 kappa) (1 - k k / k_s^2) N, the plane waves of the dyadic Green function of the
    surround.
    """
    kappa = np.sqrt(beta**2 + q**2 - (surround * k_per_um) ** 2)
    wave = wave_vectors(kappa, beta, q)
    along = (wave * spectrum).sum(axis=0) / (surround * k_per_um) ** 2
    return np.asarray(k_per_um**2 / (2.0 * kappa) * (spectrum - wave * along))
