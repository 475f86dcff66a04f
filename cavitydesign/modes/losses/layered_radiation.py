"""Radiation of a mode of any Q into plane layers: a substrate below, slabs that guide, plates.

By reciprocity the far field of a polarisation P = (eps - eps_layers(z)) E in one direction is k0^2
int P . E_in dV / 4 pi r, with E_in the field that a plane wave from there drives in the layers
alone. Of an azimuthal order m, with J = J_m(kappa r), J' its derivative, and f(z) of
analytic/layers:

    F_s = int f [ (m/x) J P_r + J' P_a ] dV / 2 pi,    x = kappa r,  P_a = P_phi / i
    F_p = int { (f'/eps) [ J' P_r + (m/x) J P_a ] + (kappa/eps_z) f J P_z } dV / (2 pi k0)
    P = (pi/4) k0^3 sum over open half spaces int ( |F_s|^2 + eps_z |F_p|^2 ) dq
      + (pi^2/2) k0^3 sum over guided waves |F|^2 / (int f^2 dz, or int f^2 / eps_z dz)

(the last from the pole 1/(kappa^2 - kappa_g^2 - i0)); Q = k0 U / P as in `radiation`, to which this
comes down where all layers are one medium.
"""

from __future__ import annotations

import math
from itertools import pairwise

import numpy as np

from ...analytic.bessel import log_bessel_j
from ...analytic.layers import Kind, Layers
from ...fem.legendre import Array, gauss
from .radiation import Source, Values, scaled_bessel

_KINDS: tuple[Kind, Kind] = ("s", "p")
# Directions are a belt about the horizon: J_m falls away from it, and is cut at this exponent,
# where the power is 2e-12 of the belt's.
_BELT, _BELT_SAMPLES = 13.5, 64
_BELOW_TURNING = 0.98  # share of m up to which J_m falls inwards all along
_POINTS, _POINTS_A_RADIAN = 32, 0.7
_AT_ONCE = 1_000_000  # points times directions held in memory
_NOTHING = -math.inf


def log10_layered_q(
    source: Source, energy: float, m: int, k0_per_um: float, layers: Layers
) -> float:
    """log10 of the radiative Q of one mode among plane layers; infinite if nothing radiates.

    Parameters
    ----------
    source : Source
        With the permittivities less those of the layers at each height.
    energy : float
        int eps |E|^2 r dr dz of the whole mode.
    m : int
    k0_per_um : float
        Vacuum wavenumber.
    layers : Layers
    """
    if not source.r.size:
        return math.inf
    parts = []
    for stack, flip in ((layers, False), (layers.turned, True)):
        if stack.upper == "open":
            parts += [_into_half_space(source, m, k0_per_um, stack, flip, kind) for kind in _KINDS]
    parts += [_guided(source, m, k0_per_um, layers, kind) for kind in _KINDS]
    largest = max(parts)
    if largest == _NOTHING:
        return math.inf
    log_power = largest + math.log(sum(math.exp(part - largest) for part in parts))
    return (math.log(k0_per_um * math.pi * energy) - log_power) / math.log(10.0)


def _into_half_space(
    source: Source, m: int, k0: float, layers: Layers, flip: bool, kind: Kind
) -> float:
    """Logarithm of the power into the upper half space of some layers."""
    eps, eps_z = float(layers.eps[-1]), float(layers.eps_z[-1])
    ratio = eps_z / eps if kind == "p" else 1.0
    steepest = layers.largest_along(kind, k0, -1)
    source = source.heard(m, steepest)
    if not source.r.size:
        return _NOTHING
    height = float(np.ptp(np.concatenate([source.z, layers.heights_um])))
    q, weight = _directions(source, m, k0, layers, kind, height)
    kappa = np.sqrt(np.maximum(steepest**2 - ratio * q**2, 0.0))
    scale, reaction = _reactions(source, m, k0, layers, flip, kind, kappa)
    power = float(weight @ (abs(reaction) ** 2 * (1.0 if kind == "s" else eps_z)))
    return _logarithm(math.pi / 4 * k0**3 * power) + 2 * scale


def _guided(source: Source, m: int, k0: float, layers: Layers, kind: Kind) -> float:
    """Logarithm of the power into the guided waves of one kind."""
    parts = [_NOTHING]
    for kappa in layers.guided(kind, k0):
        heard = source.heard(m, kappa)
        if not heard.r.size:
            continue
        value, slope, norm = layers.guided_profile(kind, k0, kappa, heard.z)
        scale, j, turn = scaled_bessel(m, kappa * heard.r)
        reaction = _reaction(
            heard, m, k0, layers, kind, np.array([kappa]), (value, slope), (j, turn)
        )
        power = math.pi**2 / 2 * k0**3 * float(abs(reaction[0]) ** 2) / norm
        parts.append(_logarithm(power) + 2 * scale)
    largest = max(parts)
    if largest == _NOTHING:
        return _NOTHING
    return largest + math.log(sum(math.exp(part - largest) for part in parts))


def _reactions(
    source: Source, m: int, k0: float, layers: Layers, flip: bool, kind: Kind, kappa: Array
) -> tuple[float, Values]:
    """Logarithmic scale and F over its exponential for waves from the upper half space; of a
    flipped stack the source's heights change their sign.
    """
    z = -source.z if flip else source.z
    turned = Source(
        source.r,
        z,
        source.weight,
        source.e_r,
        -source.e_z if flip else source.e_z,
        source.e_azimuthal,
    )
    step = max(1, _AT_ONCE // source.r.size)
    scales, out = [], []
    for begin in range(0, kappa.size, step):
        some = kappa[begin : begin + step]
        scale, j, turn = scaled_bessel(m, np.outer(some, source.r))
        fields = layers.driven(kind, k0, some, z)
        scales.append(np.full(some.size, scale))
        out.append(_reaction(turned, m, k0, layers, kind, some, fields, (j, turn)))
    all_scales, values = np.concatenate(scales), np.concatenate(out)
    scale = float(all_scales.max())
    return scale, values * np.exp(all_scales - scale)


def _reaction(
    source: Source,
    m: int,
    k0: float,
    layers: Layers,
    kind: Kind,
    kappa: Array,
    fields: tuple[Values, Values],
    bessel: tuple[Array, Array],
) -> Values:
    """F of the waves f, f' at wavenumbers kappa; J_m and its derivative as they come."""
    (value, slope), (j, turn) = fields, bessel
    over_x = m / np.outer(kappa, source.r).reshape(j.shape) * j
    w = source.weight
    if kind == "s":
        terms = value * (over_x * (w * source.e_r) + turn * (w * source.e_azimuthal))
    else:
        owner = layers.at(source.z)
        across, along = 1.0 / layers.eps[owner], 1.0 / layers.eps_z[owner]
        terms = slope * (
            turn * (w * across * source.e_r) + over_x * (w * across * source.e_azimuthal)
        )
        terms = terms + kappa.reshape(-1, *([1] * (j.ndim - 1))) * value * j * (
            w * along * source.e_z
        )
        terms = terms / k0
    return np.asarray(np.atleast_2d(terms).sum(axis=1))


def _directions(
    source: Source, m: int, k0: float, layers: Layers, kind: Kind, height: float
) -> tuple[Array, Array]:
    """q in the upper half space and weights: the belt about the horizon, in panels that end where
    another layer's wave begins to travel, each denser towards its ends (q of that layer is a root
    there).
    """
    eps, eps_z = float(layers.eps[-1]), float(layers.eps_z[-1])
    ratio = eps_z / eps if kind == "p" else 1.0
    steepest = layers.largest_along(kind, k0, -1)
    widest = steepest / math.sqrt(ratio) * _belt(m, steepest * float(source.r.max()))
    others = [layers.largest_along(kind, k0, i) for i in range(layers.eps.size - 1)]
    breaks = [math.sqrt((steepest**2 - other**2) / ratio) for other in others if other < steepest]
    edges = np.unique([0.0, *(b for b in breaks if 1e-9 * widest < b < widest), widest])
    out = []
    for low, high in pairwise(edges):
        x, w = gauss(_POINTS + math.ceil(_POINTS_A_RADIAN * (high - low) * height))
        s = 0.25 * math.pi * (x + 1)
        out.append(
            (
                low + (high - low) * np.sin(s) ** 2,
                (high - low) * np.sin(2 * s) * w * 0.25 * math.pi,
            )
        )
    q, weight = (np.concatenate(part) for part in zip(*out, strict=True))
    return q, weight


def _belt(m: int, x_rim: float) -> float:
    """Cosine of the polar angle beyond which J_m at the rim is too small to matter."""
    u = np.linspace(0.0, 1.0, _BELT_SAMPLES + 1)[1:-1]
    highest = _BELOW_TURNING * m
    x = np.minimum(x_rim * np.sqrt(1.0 - u**2), highest)
    reference = float(log_bessel_j(m, np.array([min(x_rim, highest)]))[0])
    falls = log_bessel_j(m, x) < reference - _BELT
    return float(u[np.argmax(falls)]) if falls.any() else 1.0


def _logarithm(power: float) -> float:
    return math.log(power) if power > 0.0 else _NOTHING
