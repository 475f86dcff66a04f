"""Where the light of a mode goes: the angular distribution of what it radiates and of what its
rough rim scatters, and what an objective takes of it.

Radiation is the far field of the mode's polarisation current in its unbounded surround (the
integrals of `losses.radiation`, whose sum is the loss; here they are kept by angle). Scattered
light is that of independent dipoles along the rim (`losses.scattering`), averaged over the azimuth:
a dipole p sends (3 / 8 pi) |p|^2 sin^2(angle) into each steradian. What the cavity and its fibre
refract and shadow of the scattered light is left out.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from ...errors import InputError, SolverError
from ...fem.legendre import gauss
from ..losses.radiation import FarAmplitudes, Source, far_amplitudes
from ..mode import Array, Mode
from .collection import check_objective

_NODES = 120
"""Gauss points over a cone: the belt of a mode of m = 10,000 is a hundredth of the half sphere
wide, and is cut out first, so that 40 suffice for 1e-10; odd axial orders have more maxima."""
_SHOWN = 361
_RIM_NODES = 200
_POLE = 1.0 - 1e-9
"""Cosine next to the axis, where Bessel functions of no argument have no logarithm. A mode of m > 1
sends nothing there."""
_INSIDE = 1e-9
_FAINT = 1e-14
"""Share of the strongest direction below which a belt ends."""


@dataclass(frozen=True, eq=False)
class EmissionPattern:
    """Power of a mode by direction, of a light quantum that leaves it.

    The distribution is the same at every azimuth: a travelling wave has none to prefer. Powers are
    per steradian and have a sum of 1 over the sphere.

    Attributes
    ----------
    label : str
    polar_angle_deg : (n,) array
        From the fibre axis.
    radiated_axial, radiated_azimuthal : (n,) arrays
        Radiation with E in the plane of the axis and the direction (along the axis, seen from the
        side), and across it.
    scattered_axial, scattered_azimuthal : (n,) arrays or None
        The same of light scattered at the rim; None where the rim is smooth or not followed.
    radiated_share, scattered_share : float
        Of the light that leaves the mode without being absorbed.
    surround_index : float
    """

    label: str
    polar_angle_deg: Array
    radiated_axial: Array
    radiated_azimuthal: Array
    scattered_axial: Array | None
    scattered_azimuthal: Array | None
    radiated_share: float
    scattered_share: float
    surround_index: float
    _belt: _Belt
    _dipoles: _Dipoles | None

    @property
    def axial(self) -> Array:
        """All light with E in the plane of the axis and the direction, 1/sr."""
        if self.scattered_axial is None:
            return self.radiated_axial
        return np.asarray(
            self.radiated_share * self.radiated_axial + self.scattered_share * self.scattered_axial
        )

    @property
    def azimuthal(self) -> Array:
        """All light with E across that plane, 1/sr."""
        if self.scattered_azimuthal is None:
            return self.radiated_azimuthal
        return np.asarray(
            self.radiated_share * self.radiated_azimuthal
            + self.scattered_share * self.scattered_azimuthal
        )

    def collected(
        self, numerical_aperture: float, direction: str = "across", polariser: str = "none"
    ) -> float:
        """Share of the emitted light that an objective takes.

        Parameters
        ----------
        numerical_aperture : float
            n sin(half angle) in the surround, above 0 and at most its index.
        direction : {"across", "along"}
            Optical axis of the objective: in the equator's plane, or along the fibre.
        polariser : {"none", "axial", "azimuthal"}
            Polariser that passes E in the plane of fibre axis and direction, or across it. The
            two are those of each ray; what a large aperture mixes in the image is left out.

        Raises
        ------
        InputError
            If an argument is not allowed.
        """
        check_objective(numerical_aperture, self.surround_index, direction, polariser)
        half_angle = math.asin(min(numerical_aperture / self.surround_index, 1.0))
        total = self.radiated_share * self._belt.collected(half_angle, direction, polariser)
        if self._dipoles is not None:
            total += self.scattered_share * self._dipoles.collected(
                half_angle, direction, polariser
            )
        return float(total)

    def __repr__(self) -> str:
        """The mode, and where most of its light goes."""
        return (
            f"EmissionPattern of {self.label}: {self.radiated_share:.3g} radiated, "
            f"{self.scattered_share:.3g} scattered; an objective of 0.5 from the side takes "
            f"{self.collected(0.5) if self.surround_index >= 0.5 else math.nan:.3g}"
        )


class _Distribution:
    """Powers per steradian by u = cos(polar angle), of a whole of 1."""

    reach: float

    def parts(self, cosine: Array) -> tuple[Array, Array]:
        """Axial and azimuthal power per steradian."""
        raise NotImplementedError

    def collected(self, half_angle: float, direction: str, polariser: str) -> float:
        """Integral over a cone."""
        nodes, weights = gauss(_NODES)
        if direction == "across":
            # u = sin(half angle) sin(t) takes the root at the cone's edge away.
            end = math.asin(min(self.reach / max(math.sin(half_angle), 1e-300), 1.0))
            t = end * nodes
            cosine = math.sin(half_angle) * np.sin(t)
            sine = np.sqrt(1.0 - cosine**2)
            azimuth = 2.0 * np.arccos(np.clip(math.cos(half_angle) / sine, -1.0, 1.0))
            measure = end * weights * math.sin(half_angle) * np.cos(t) * azimuth
        else:
            low = math.cos(half_angle)
            high = self.reach
            if low >= high:
                return 0.0
            cosine = low + 0.5 * (high - low) * (nodes + 1.0)
            measure = 0.5 * (high - low) * weights * 2.0 * math.pi
        axial, azimuthal = self.parts(cosine)
        taken = {"none": axial + azimuthal, "axial": axial, "azimuthal": azimuthal}[polariser]
        return float((measure * taken).sum())


@dataclass(frozen=True, eq=False)
class _Belt(_Distribution):
    """Radiation of a polarised body."""

    source: Source
    m: int
    k: float
    mirror: str | None
    scale: float
    total: float
    reach: float

    @classmethod
    def of(cls, source: Source, m: int, k: float, mirror: str | None) -> _Belt:
        """Find how far the belt reaches, and its whole power."""
        equator = far_amplitudes([source], m, k, np.array([0.0, 1e-3]), mirror)[0]
        scale = equator.scale
        reach, nodes, weights = _POLE, *gauss(_NODES)
        for _ in range(6):
            cosine = reach * nodes
            power = _power(far_amplitudes([source], m, k, cosine, mirror)[0], scale)
            loud = np.abs(cosine)[power > _FAINT * power.max()]
            total = 2.0 * math.pi * reach * float((weights * power).sum())
            wide = min(1.3 * float(loud.max()), reach)
            if wide > 0.8 * reach:
                break
            reach = wide
        return cls(source, m, k, mirror, scale, total, reach)

    def parts(self, cosine: Array) -> tuple[Array, Array]:
        (found,) = far_amplitudes([self.source], self.m, self.k, cosine, self.mirror)
        lift = np.exp(2.0 * (found.scale - self.scale)) / self.total
        return np.asarray(abs(found.theta) ** 2 * lift), np.asarray(abs(found.phi) ** 2 * lift)


@dataclass(frozen=True, eq=False)
class _Dipoles(_Distribution):
    """Dipoles along the rim, averaged over the azimuth: shares of their power along the axis and
    across it."""

    along: float
    reach: float = 1.0

    def parts(self, cosine: Array) -> tuple[Array, Array]:
        unit = 3.0 / (8.0 * math.pi)
        across = 1.0 - self.along
        axial = unit * (self.along * (1.0 - cosine**2) + 0.5 * across * cosine**2)
        return np.asarray(axial), np.full_like(cosine, 0.5 * unit * across)


def emission_pattern(mode: Mode) -> EmissionPattern:
    """Angular distribution of a mode's light; see `Mode.emission`."""
    raw = mode.solved()
    cavity = raw.problem.cavity
    if cavity.sliced:
        raise InputError(f"{mode.label}: a slice of an infinite cylinder has no pattern in space")
    names = [name for name, _ in cavity.regions]
    if "substrate" in names:
        raise InputError(f"{mode.label}: the pattern above a substrate is not computed")
    index = float(raw.eps.index[-1])
    k = raw.k_per_um.real * index
    belt = _Belt.of(_source(mode), mode.m, k, getattr(raw.problem, "mirror", None))
    angle = np.linspace(0.0, 180.0, _SHOWN)
    cosine = np.cos(np.deg2rad(angle))
    quiet = np.abs(cosine) > belt.reach
    radiated = np.where(quiet, 0.0, np.stack(belt.parts(np.clip(cosine, -belt.reach, belt.reach))))
    dipoles = _rim_dipoles(mode)
    scattered = None if dipoles is None else dipoles.parts(cosine)
    shares = _shares(mode, dipoles is not None)
    return EmissionPattern(
        mode.label,
        angle,
        radiated[0],
        radiated[1],
        None if scattered is None else scattered[0],
        None if scattered is None else scattered[1],
        *shares,
        index,
        belt,
        dipoles,
    )


def _source(mode: Mode) -> Source:
    """The polarised body at the quadrature points of the solved elements."""
    raw, basis = mode.solved(), mode.basis
    eps = raw.eps
    regions = [name for name, _ in raw.problem.cavity.regions]
    parts = []
    for number, name in enumerate(regions[:-1]):
        if not len(basis.mesh.subdomains.get(name, ())):
            continue
        here = basis.with_elements(name)
        plane, psi = (np.asarray(one) for one in here.interpolate(mode.vector))
        r, z = np.real(np.asarray(here.global_coordinates()))
        step = eps.ordinary[number] - eps.ordinary[-1]
        along = eps.axial[number] - eps.ordinary[-1]
        e_r, e_z = plane
        # E_phi = i m psi / r; the far field takes E_phi / i.
        e_phi = mode.m * psi / r
        flat = (r, z, r * np.real(here.dx), step * e_r, along * e_z, step * e_phi)
        parts.append([np.ravel(one) for one in flat])
    r, z, weight, e_r, e_z, e_phi = (np.concatenate(one) for one in zip(*parts, strict=True))
    whole = Source(r, z, weight, e_r, e_z, e_phi)
    return whole.part(whole.is_heard(mode.m, raw.k_per_um.real * float(eps.index[-1])))


def _rim_dipoles(mode: Mode) -> _Dipoles | None:
    """Dipoles of a rough rim, from the field just inside the outline."""
    raw = mode.solved()
    cavity = raw.problem.cavity
    window, outline = getattr(raw.problem, "window", None), getattr(cavity, "outline", None)
    if mode.losses.scattering is None or window is None or outline is None:
        return None
    grid = window.t_breaks
    nodes, weights = gauss(_RIM_NODES)
    low, high = float(grid[0]), float(grid[-1])
    t = 0.5 * (high + low) + 0.5 * (high - low) * nodes
    r, z = outline.point(t)
    t_r, t_z = outline.tangent(t)
    length = np.hypot(t_r, t_z)
    n_r, n_z = t_z / length, -t_r / length
    inside = _INSIDE * cavity.diameter_um
    e = mode.field(r - inside * n_r, z - inside * n_z).e_v_per_m
    e_r, e_phi, e_z = (e[:, place] for place in range(3))
    inner, outer = float(raw.eps.ordinary[-2]), float(raw.eps.ordinary[-1])
    step = inner - outer
    along = (t_r * e_r + t_z * e_z) / length
    out = (n_r * inner * e_r + n_z * float(raw.eps.axial[-2]) * e_z) / inner
    area = weights * length * r
    p_z = step * (along * t_z / length + out * n_z)
    p_r = step * (along * t_r / length + out * n_r)
    strength = [float((area * abs(one) ** 2).sum()) for one in (p_z, p_r, step * e_phi)]
    return _Dipoles(strength[0] / sum(strength))


def _shares(mode: Mode, rough: bool) -> tuple[float, float]:
    """Radiated and scattered shares of the light that leaves."""
    radiation = mode.losses.radiation
    scattering = mode.losses.scattering if rough else None
    if radiation is None and scattering is None:
        raise SolverError(f"{mode.label}: nothing leaves this mode: no radiation, a smooth rim")
    if scattering is None:
        return 1.0, 0.0
    if radiation is None:
        return 0.0, 1.0
    radiated = 1.0 / (1.0 + 10.0 ** float(np.clip(radiation - scattering, -300.0, 300.0)))
    return radiated, 1.0 - radiated


def _power(found: FarAmplitudes, scale: float) -> Array:
    lift = math.exp(2.0 * (found.scale - scale))
    return np.asarray((abs(found.theta) ** 2 + abs(found.phi) ** 2) * lift)
