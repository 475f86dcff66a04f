"""From a solved mode and a guide to the law of the external Q against the gap.

The polarisation of the cavity, J = -i w eps0 (eps - eps_s) E, is a source beside a guide in the
unbounded surround. By reciprocity the amplitude that it sends into a guided mode E_f of unit power
is b = (i w eps0 / 4) int (eps - eps_s) E . E_f* dV; with the energy U of the mode, Q = w U / |b|^2.
Nothing else is neglected than what the guide does back to the mode: its shift, and waves that go to
and fro in the gap. The derivation stands in docs/coupling.md.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from scipy.optimize import brentq

from ...arrays import Array, Values
from ...errors import InputError
from ...fem.legendre import gauss
from ...geometry.cavity import Cavity
from ...geometry.surroundings.coupler import Coupler
from ...mesh.section_cavity import SectionCavity
from ...units import wavelength_nm
from ..changes.first_order import norm_um3
from ..losses.radiation import Source, log10_summed_q
from ..solver.snapshot import RawMode
from .fibre_mode import FibreMode
from .gap_law import GapLaw
from .near_field import Contact, near_spectrum, near_waves
from .prism import refracted
from .waveguide_mode import WaveguideMode

# In standard deviations of a mode's bell, beyond the 2 q + 1 of its order: where its spectrum along
# the axis, and its field, end (exp(-32) of their squares)
_BELLS = 8.0
_FOLDS = 35.0  # of the field of the guide along t, over which two of its images stay apart
_BETAS, _ACROSS = 32, 32  # directions into a prism; half of them change Q by less than 1e-6
# Standard deviations of the bell of directions along the rim, exp(-b^2/2): one more than
# `_BELLS`, as crossing the gap moves its top towards small beta.
_BETA_BELLS = 9.0
_NEAR_RIM = 1e-2  # of the radius: elements that may hold the widest point
_PER_EDGE, _SAME = 201, 1e-12  # points along an edge: a rim of 10 um is found to 1e-6 um
_FARTHEST_T = 1e6  # um; the reach of outlines that never end


@dataclass(frozen=True)
class ExternalCoupling:
    """What a guide does to one mode.

    Attributes
    ----------
    law : GapLaw
    mismatch_per_um : float or None
        Propagation constant of the guide less m over the radius of the contact; None of a prism,
        which has a match for every mode slower than its own light.
    guide_index : float
        Effective index of the guide, or index of the prism.
    single : bool
        Whether the guide has no other mode; a prism takes all its plane waves.
    """

    law: GapLaw
    mismatch_per_um: float | None
    guide_index: float
    single: bool


def external_coupling(raw: RawMode, coupler: Coupler) -> ExternalCoupling:
    """The coupling of a mode to a guide.

    Raises
    ------
    InputError
        If the guide guides nothing, a slice has no such guide, or the cavity stands on a substrate.
    """
    cavity = raw.problem.cavity
    _demand_unbounded(cavity, coupler)
    index = coupler.medium.index(wavelength_nm(raw.k_per_um.real))
    near = _NearField.of(raw, coupler)
    if coupler.kind == "prism":
        return _prism(near, index)
    if coupler.kind == "taper":
        return _taper(near, coupler, index)
    return _waveguide(near, coupler, index)


def contact_of(cavity: Cavity, z_um: float) -> Contact:
    """The point of the rim at a height above the equator.

    Raises
    ------
    InputError
        If the outline does not reach so far.
    """
    outline = cavity.outline
    if isinstance(cavity, SectionCavity):
        return _rim_of_section(cavity, z_um)
    r_0, z_0 = (float(one[0]) for one in outline.point(np.zeros(1)))
    if z_um == 0.0:
        return Contact(r_0, z_0, (1.0, 0.0))

    def height(t: float) -> float:
        return float(outline.point(np.array([t]))[1][0]) - z_0 - z_um

    low, high = outline.reach_um
    # the tangent of an outline that closes has no direction at its very ends
    low, high = 0.999 * max(low, -_FARTHEST_T), 0.999 * min(high, _FARTHEST_T)
    if not height(low) < 0.0 < height(high):
        reach = ", ".join(f"{height(end) + z_um:.4g}" for end in (low, high))
        raise InputError(f"coupling.z_um: {z_um:g} is beyond the outline, which reaches {reach} um")
    t = np.array([float(brentq(height, low, high, xtol=1e-12))])
    (r,), (z,) = outline.point(t)
    (t_r,), (t_z,) = outline.tangent(t)
    length = math.hypot(t_r, t_z)
    return Contact(float(r), float(z), (float(t_z) / length, -float(t_r) / length))


def _rim_of_section(cavity: SectionCavity, z_um: float) -> Contact:
    """The widest point of a section's body, between the points at which its outline is tabled.

    Raises
    ------
    InputError
        Off the equator, where the table does not tell the rim's direction finely enough.
    """
    if z_um != 0.0:
        raise InputError(
            "coupling.z_um: the outline of a section is not followed finely enough off its "
            "equator; 0"
        )
    mesh, (r_0, z_0) = cavity.mesh, cavity.rim_um
    body = mesh.region == len(cavity.regions) - 2
    near = body & (mesh.nodes[..., 0].max(axis=(1, 2)) > (1.0 - _NEAR_RIM) * r_0)
    line = np.linspace(-1.0, 1.0, _PER_EDGE)
    r, z, *_ = mesh.positions(line, line, np.flatnonzero(near))
    widest = float(r.max())
    heights = z[r >= widest * (1.0 - _SAME)]
    # a straight rim has many widest points; its middle is the one that the section tells
    z_rim = z_0 if float(np.ptp(heights)) > _PER_EDGE * _SAME * widest else float(heights.mean())
    return Contact(widest, z_rim, (1.0, 0.0))


def _demand_unbounded(cavity: Cavity, coupler: Coupler) -> None:
    if "substrate" in [name for name, _ in cavity.regions]:
        raise InputError("coupling: a guide beside a cavity on a substrate is not computed")
    if cavity.sliced and (coupler.kind == "taper" or coupler.height_um is not None):
        raise InputError(
            "coupling.kind: beside a slice of an infinite cylinder only a prism or a waveguide "
            "without height_um runs along all of it; give the cavity an axial radius"
        )
    if cavity.sliced and coupler.z_um != 0.0:
        raise InputError("coupling.z_um: a slice of an infinite cylinder has no heights")
    if not cavity.sliced and coupler.kind == "waveguide" and coupler.height_um is None:
        raise InputError(
            "coupling.height_um: missing; a waveguide without it is a slab, whose light is lost "
            "along it"
        )


@dataclass(frozen=True, eq=False)
class _NearField:
    """What the near field of a mode is computed from."""

    source: Source
    contact: Contact
    m: int
    k: float
    surround: float
    rate: float
    middle: float
    steepness: float
    order: int
    sliced: bool

    @classmethod
    def of(cls, raw: RawMode, coupler: Coupler) -> _NearField:
        k, surround = raw.k_per_um.real, float(raw.eps.index[-1])
        source = raw.problem.polarised(raw.corrected, raw.m, k, raw.eps)
        source = source.part(source.reaches_far(raw.m, k * surround))
        source = _whole(source, raw.problem.mirror)
        contact = contact_of(raw.problem.cavity, coupler.z_um)
        if raw.m <= k * surround * contact.r_um:
            raise InputError(
                f"coupling: m = {raw.m} radiates freely at the rim; nothing evanescent is left to "
                "couple to"
            )
        c, s = contact.normal
        along = (source.z - contact.z_um) * c - (source.r - contact.r_um) * s
        weight = source.weight * (
            abs(source.e_r) ** 2 + abs(source.e_z) ** 2 + abs(source.e_azimuthal) ** 2
        )
        sliced = raw.problem.cavity.sliced
        # A slice is even along the axis: its one wave is q = 0, and the spread of its points is
        # nothing or rounding.
        middle, steepness = 0.0, 0.0
        if not sliced:
            middle = float((weight * along).sum() / weight.sum())
            variance = float((weight * (along - middle) ** 2).sum() / weight.sum())
            steepness = math.sqrt((2 * raw.q + 1) / (2.0 * variance))
        # 1/Q = rate |b|^2, b without its factor i k / 4
        energy = 0.5 * abs(norm_um3(raw))
        length = 1.0 / raw.problem.plane_share if sliced else 1.0
        rate = (0.25 * k / length) ** 2 / (k * energy)
        if sliced:  # all that is outside is one wave, which its tangential field tells better
            summed = log10_summed_q(source, raw.m, k, surround, energy * length**2)
            told = raw.problem.far_log10_q(raw.corrected, raw.m, raw.q, k, raw.eps)
            rate *= float(10.0 ** (summed - told))
        return cls(source, contact, raw.m, k, surround, rate, middle, steepness, raw.q, sliced)

    def across(self, guide_decay: float, guide_height: float) -> tuple[Array, float]:
        """Wavenumbers q along t that matter, evenly, and their distance.

        Parameters
        ----------
        guide_decay : float
            Rate at which the guide's own field falls along t.
        guide_height : float
            What it fills along t.
        """
        if self.sliced:
            return np.zeros(1), 1.0
        bell = math.sqrt(2 * self.order + 1) + _BELLS
        most = self.steepness * bell
        half = bell / self.steepness + abs(self.middle) + 0.5 * guide_height
        step = min(math.pi / half, 2.0 * math.pi * guide_decay / _FOLDS)
        count = math.ceil(most / step)
        return np.asarray(step * np.arange(-count, count + 1), dtype=np.float64), step

    def spectrum(self, beta: Array, q: Array) -> Values:
        """N at waves."""
        return near_spectrum(self.source, self.m, self.k * self.surround, self.contact, beta, q)

    def kappa(self, beta: Any, q: Array) -> Array:
        """Decay rates of waves."""
        return np.asarray(np.sqrt(beta**2 + q**2 - (self.k * self.surround) ** 2))

    def mismatch(self, beta: float) -> float:
        """beta less that of the mode at the contact."""
        return beta - self.m / self.contact.r_um


def _whole(source: Source, mirror: str | None) -> Source:
    """Both halves of a body of which z > 0 is given."""
    if mirror is None:
        return source
    # an electric wall leaves E_z, a magnetic one the others
    axial = 1.0 if mirror == "electric" else -1.0
    other = replace(
        source,
        z=-source.z,
        e_r=-axial * source.e_r,
        e_z=axial * source.e_z,
        e_azimuthal=-axial * source.e_azimuthal,
    )
    return Source(
        *(
            np.concatenate([getattr(one, name) for one in (source, other)])
            for name in ("r", "z", "weight", "e_r", "e_z", "e_azimuthal")
        )
    )


def _taper(near: _NearField, coupler: Coupler, index: float) -> ExternalCoupling:
    """Both circular polarisations of HE11."""
    assert coupler.diameter_um is not None
    mode = FibreMode.of(coupler.diameter_um, near.k, index, near.surround)
    q, step = near.across(mode.decay_per_um, coupler.diameter_um)
    beta = np.full(q.size, mode.beta_per_um)
    spectrum = near.spectrum(beta, q)
    channels = [
        (mode.plane_waves(q, turn).conj() * spectrum).sum(axis=0) * step for turn in (1, -1)
    ]
    amplitude = math.sqrt(near.rate) * np.stack(channels)
    decay = np.broadcast_to(near.kappa(mode.beta_per_um, q), amplitude.shape)
    return ExternalCoupling(
        GapLaw(amplitude, decay),
        near.mismatch(mode.beta_per_um),
        mode.beta_per_um / near.k,
        mode.single,
    )


def _waveguide(near: _NearField, coupler: Coupler, index: float) -> ExternalCoupling:
    """Both polarisations of a slab or of a rectangular guide."""
    assert coupler.width_um is not None
    amplitudes, decays, modes, strengths = [], [], [], []
    for across in (False, True):
        mode = WaveguideMode.of(
            coupler.width_um, coupler.height_um, near.k, index, near.surround, across
        )
        q, step = near.across(mode.near.decay_per_um, coupler.height_um or 0.0)
        beta = mode.beta_per_um
        waves = near_waves(near.spectrum(np.full(q.size, beta), q), near.k, near.surround, beta, q)
        kappa = near.kappa(beta, q)
        share = step / (2.0 * math.pi) if not near.sliced else 1.0
        amplitudes.append((waves * mode.taken_up(q, kappa)).sum(axis=0) * share)
        decays.append(kappa)
        modes.append(mode)
        strengths.append(abs((amplitudes[-1] * np.exp(-kappa * coupler.gap_um)).sum()))
    waves_in_each = max(one.size for one in decays)
    amplitude = np.stack([np.pad(one, (0, waves_in_each - one.size)) for one in amplitudes])
    decay = np.stack([np.pad(one, (0, waves_in_each - one.size), mode="edge") for one in decays])
    best = modes[int(np.argmax(strengths))]
    return ExternalCoupling(
        GapLaw(math.sqrt(near.rate) * amplitude, decay),
        near.mismatch(best.beta_per_um),
        best.beta_per_um / near.k,
        best.single,
    )


def _prism(near: _NearField, index: float) -> ExternalCoupling:
    """All plane waves of a half space."""
    k, k_s = near.k, near.k * near.surround
    if not index > near.surround:
        raise InputError(
            f"coupling.medium: index {index:.5g} is not above the surround's {near.surround:.5g}: "
            "nothing is refracted into the prism"
        )
    own = near.m / near.contact.r_um
    width = math.sqrt(math.sqrt(own**2 - k_s**2) / near.contact.r_um)
    low, high = max(k_s, own - _BETA_BELLS * width), min(index * k, own + _BETA_BELLS * width)
    if low >= high:
        low = max(k_s, high - width)
    nodes, weights = gauss(_BETAS)
    betas = 0.5 * (low + high) + 0.5 * (high - low) * nodes
    share = 0.5 * (high - low) * weights / (2.0 * math.pi)
    if near.sliced:
        beta, q, share = betas, np.zeros_like(betas), share
    else:
        bell = near.steepness * (math.sqrt(2 * near.order + 1) + _BELLS)
        most = np.minimum(np.sqrt(np.maximum((index * k) ** 2 - betas**2, 0.0)), bell)
        nodes, weights = gauss(_ACROSS)
        beta = np.repeat(betas, nodes.size)
        q = np.outer(most, nodes).ravel()
        share = np.outer(share * most, weights).ravel() / (2.0 * math.pi)
    waves = near_waves(near.spectrum(beta, q), k, near.surround, beta, q)
    taken = refracted(waves, k, near.surround, index, beta, q)
    # power P of the source J: |b|^2 with b = (i k / 4) ..., so that the factor k / 4 is given back
    amplitude = math.sqrt(near.rate) * 4.0 / k * np.sqrt(share) * taken
    decay = np.broadcast_to(near.kappa(beta, q), amplitude.shape)
    return ExternalCoupling(
        GapLaw(amplitude.reshape(-1, 1), decay.reshape(-1, 1)), None, index, True
    )
