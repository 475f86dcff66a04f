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

On a closed surface around all that is polarised the same F comes from the tangential fields alone
(k0^2 int P . A dV = oint [E x curl A - A x curl E] . n dS, for any wave A of the layers): with
electric and magnetic currents J and M of `SurfaceSource`, F_s = F_s(J) + F_p(M) / k0 and
F_p = F_p(J) - F_s(M) / k0, where M sees no permittivity.
"""

from __future__ import annotations

import math
from itertools import pairwise

import numpy as np

from ...analytic.functions.bessel import log_bessel_j
from ...analytic.layers import Kind, Layers
from ...arrays import Array, Values
from ...fem.legendre import gauss
from .currents import Currents, WeighedBessel
from .gathered import gathered
from .radiation import Source

_KINDS: tuple[Kind, Kind] = ("s", "p")
# Directions are a belt about the horizon: J_m falls away from it, and is cut at this exponent,
# where the power is 2e-12 of the belt's.
_BELT, _BELT_SAMPLES = 13.5, 64
_BELOW_TURNING = 0.98  # share of m up to which J_m falls inwards all along
# Gauss points of a panel, and further ones for each radian by which a wave turns over the panel: in
# the middle of a panel points lie pi/2 times farther apart than in the mean, and the square of a
# cosine needs half a point a radian. Of rings in which J_m turns by 50 to 1200 radians 0.7 leaves
# up to 0.035 of log10 Q, 1.0 as much as 0.01, 1.2 some 3e-6, and 1.6 rounding.
_POINTS, _POINTS_A_RADIAN = 32, 1.6
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
    weights = source.weight[:, None]
    return float(log10_layered_qs(source, weights, energy, m, k0_per_um, layers)[0])


def log10_layered_qs(
    source: Source, weights: Array, energy: float, m: int, k0_per_um: float, layers: Layers
) -> Array:
    """log10 of the radiative Q among plane layers for several sets of weights.

    The source's own weights are the largest set.

    Parameters
    ----------
    source, energy, m, k0_per_um, layers
        As for `log10_layered_q`.
    weights : (n, sets) array
        r dr dz of each point, or less.
    """
    sets = weights.shape[1]
    nothing = np.full(sets, math.inf)
    if not source.r.size:
        return nothing
    parts = [np.full(sets, _NOTHING)]
    # Without layers both halves, and without a preferred axis both kinds, have the same directions.
    one_medium = layers.eps.size == 1 and layers.lower == layers.upper == "open"
    alike = bool((layers.eps == layers.eps_z).all())
    for kinds in (_KINDS,) if alike else (("s",), ("p",)):
        for stack, flip in ((layers, False), (layers.turned, True)):
            if stack.upper == "open" and not (one_medium and flip):
                parts.append(
                    _into_half_space(source, weights, m, k0_per_um, stack, flip, kinds, one_medium)
                )
    parts += [_guided(source, weights, m, k0_per_um, layers, kind) for kind in _KINDS]
    log_power = np.logaddexp.reduce(np.stack(parts), axis=0)
    radiating = np.isfinite(log_power)
    out = nothing
    out[radiating] = math.log(k0_per_um * math.pi * energy) - log_power[radiating]
    return np.asarray(out / math.log(10.0))


def log10_uncancelled_q(
    source: Source, energy: float, m: int, k0_per_um: float, layers: Layers
) -> float:
    """log10 of the Q by guided waves, if no part of the source took back what another one sends.

    A field right to a relative error tells amplitudes to that share of these alone: between plates
    a mode may be orthogonal to all waves that run outwards, and what its error sends is no leak.

    Parameters
    ----------
    source, energy, m, k0_per_um, layers
        As for `log10_layered_q`.
    """
    weights = source.weight[:, None]
    parts = [_guided(source, weights, m, k0_per_um, layers, kind, False) for kind in _KINDS]
    log_power = float(np.logaddexp.reduce(np.stack(parts), axis=0)[0])
    if not math.isfinite(log_power):
        return math.inf
    return (math.log(k0_per_um * math.pi * energy) - log_power) / math.log(10.0)


def _into_half_space(
    source: Source,
    weights: Array,
    m: int,
    k0: float,
    layers: Layers,
    flip: bool,
    kinds: tuple[Kind, ...],
    one_medium: bool,
) -> Array:
    """Logarithm of the power of some kinds into the upper half space of some layers, of flipped
    ones where the source's heights change their sign; into both where all is one medium.
    """
    eps, eps_z = float(layers.eps[-1]), float(layers.eps_z[-1])
    ratio = eps_z / eps if "s" not in kinds else 1.0
    steepest = layers.largest_along(kinds[0], k0, -1)
    reaching = source.reaches_far(m, steepest)
    if not reaching.any():
        return np.full(weights.shape[1], _NOTHING)
    source = source.part(reaching)
    height = float(np.ptp(np.concatenate([source.z, layers.heights_um])))
    q, q_weight = _directions(source, m, k0, layers, kinds[0], height)
    kappa = np.sqrt(np.maximum(steepest**2 - ratio * q**2, 0.0))
    currents = Currents.of(source, weights[reaching])
    currents = currents.turned if flip else currents
    currents = gathered(currents, m, k0, kappa, layers, kinds)
    scale, bessel = WeighedBessel.of(m, kappa, currents.r)
    waves = _travelling(q, currents.z) if one_medium else ()
    power = np.zeros((kappa.size, weights.shape[1]))
    for kind in kinds:
        seen = currents if kind == "s" else currents.over(layers)
        for each in waves or (layers.driven(kind, k0, kappa, currents.z),):
            reaction = _reaction(kind, k0, kappa, seen, *each, bessel)
            power += (1.0 if kind == "s" else eps_z) * abs(reaction) ** 2
    return _logarithm(math.pi / 4 * k0**3 * (q_weight @ power)) + 2 * scale


def _travelling(q: Array, z: Array) -> tuple[tuple[Values, Values], ...]:
    """f and f' of the waves down and up through one medium, shape (kappa, z)."""
    phase = np.outer(q, z)
    wave = np.empty(phase.shape, dtype=complex)
    wave.real, wave.imag = np.cos(phase), np.sin(phase)
    slope = 1j * q[:, None] * wave
    return (wave.conj(), slope.conj()), (wave, slope)


def _guided(
    source: Source,
    weights: Array,
    m: int,
    k0: float,
    layers: Layers,
    kind: Kind,
    cancels: bool = True,
) -> Array:
    """Logarithm of the power into the guided waves of one kind; of the sizes of all parts of the
    source, where these shall not cancel.
    """
    parts = [np.full(weights.shape[1], _NOTHING)]
    for kappa in layers.guided(kind, k0):
        reaching = source.reaches_far(m, kappa)
        if not reaching.any():
            continue
        currents = Currents.of(source.part(reaching), weights[reaching])
        currents = currents if kind == "s" else currents.over(layers)
        value, slope, norm = layers.guided_profile(kind, k0, kappa, currents.z)
        along = np.array([kappa])
        scale, bessel = WeighedBessel.of(m, along, currents.r)
        if not cancels:
            currents, value, slope, bessel = currents.sizes, abs(value), abs(slope), bessel.sizes
        reaction = _reaction(kind, k0, along, currents, value, slope, bessel)
        power = math.pi**2 / 2 * k0**3 * abs(reaction[0]) ** 2 / norm
        parts.append(_logarithm(power) + 2 * scale)
    return np.asarray(np.logaddexp.reduce(np.stack(parts), axis=0))


def _reaction(
    kind: Kind,
    k0: float,
    kappa: Array,
    currents: Currents,
    value: Values,
    slope: Values,
    bessel: WeighedBessel,
) -> Values:
    """F of the waves f, f' at wavenumbers kappa, shape (kappa, sets)."""
    p_r, p_z, p_azimuthal = currents.components
    if kind == "s":
        out = currents.weighed(p_r, value, bessel.over_x)
        out = out + currents.weighed(p_azimuthal, value, bessel.turn)
    else:
        out = currents.weighed(p_r, slope, bessel.turn)
        out = out + currents.weighed(p_azimuthal, slope, bessel.over_x)
        out = out + kappa[:, None] * currents.weighed(p_z, value, bessel.value)
        out = out / k0
    if currents.magnetic is not None:
        other: Kind = "p" if kind == "s" else "s"
        turned = _reaction(other, k0, kappa, currents.magnetic, value, slope, bessel) / k0
        out = out + turned if kind == "s" else out - turned
    return np.asarray(out)


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
    farthest = float(source.r.max())
    for low, high in pairwise(edges):
        along = [math.sqrt(max(steepest**2 - ratio * q**2, 0.0)) for q in (low, high)]
        turns = (high - low) * height + sum(
            sign * _bessel_phase(m, kappa * farthest)
            for sign, kappa in zip((1.0, -1.0), along, strict=True)
        )
        x, w = gauss(_POINTS + math.ceil(_POINTS_A_RADIAN * turns))
        s = 0.25 * math.pi * (x + 1)
        out.append(
            (
                low + (high - low) * np.sin(s) ** 2,
                (high - low) * np.sin(2 * s) * w * 0.25 * math.pi,
            )
        )
    q, weight = (np.concatenate(part) for part in zip(*out, strict=True))
    return q, weight


def _bessel_phase(m: int, x: float) -> float:
    """Radians by which J_m has turned at x (Debye): none below its turning point x = m.

    A substrate denser than the mode takes waves there: of a wire of silicon on 1 um of oxide on
    silicon J_m turns by 95 over the directions (R = 40 um), and the points of its heights alone
    left 0.13 of log10 Q.
    """
    return math.sqrt(x**2 - m**2) - m * math.acos(m / x) if x > m else 0.0


def _belt(m: int, x_rim: float) -> float:
    """Cosine of the polar angle beyond which J_m at the rim is too small to matter."""
    u = np.linspace(0.0, 1.0, _BELT_SAMPLES + 1)[1:-1]
    highest = _BELOW_TURNING * m
    x = np.minimum(x_rim * np.sqrt(1.0 - u**2), highest)
    reference = float(log_bessel_j(m, np.array([min(x_rim, highest)]))[0])
    falls = log_bessel_j(m, x) < reference - _BELT
    return float(u[np.argmax(falls)]) if falls.any() else 1.0


def _logarithm(power: Array) -> Array:
    with np.errstate(divide="ignore"):
        return np.asarray(np.log(power))
