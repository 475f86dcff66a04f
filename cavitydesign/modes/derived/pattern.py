"""Power of a mode by direction, as a result, and what an objective takes of it."""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from dataclasses import dataclass

import numpy as np

from ...arrays import Array
from ...fem.legendre import gauss
from ..losses.radiation import FarAmplitudes, Source, far_amplitudes
from .objective import check_objective

# Gauss points over a cone: the belt of a mode of m = 10,000 is a hundredth of the half sphere wide,
# and is cut out first, so that 40 suffice for 1e-10; odd axial orders have more maxima.
_NODES = 120


# Cosine next to the axis, where Bessel functions of no argument have no logarithm. A mode of m > 1
# sends nothing there.
_POLE = 1.0 - 1e-9


# Share of the strongest direction below which a belt ends.
_FAINT = 1e-14


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
    _belt: Belt
    _dipoles: Dipoles | None

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
        # Rounding may lift NA / n just above 1 for a full half sphere.
        half_angle = math.asin(min(numerical_aperture / self.surround_index, 1.0))
        total = self.radiated_share * self._belt.collected(half_angle, direction, polariser)
        if self._dipoles is not None:
            total += self.scattered_share * self._dipoles.collected(
                half_angle, direction, polariser
            )
        return float(total)

    def collected_over_even(
        self, numerical_aperture: float, direction: str = "across", polariser: str = "none"
    ) -> float:
        """`collected` over what the same objective takes of light that is sent out evenly, in all
        directions and polarisations, as photoluminescence is before the cavity refracts it.

        Parameters
        ----------
        numerical_aperture, direction, polariser
            As in `collected`.
        """
        taken = self.collected(numerical_aperture, direction, polariser)
        # (1 - cos) / 2 without its cancellation at small apertures
        half_angle = math.asin(min(numerical_aperture / self.surround_index, 1.0))
        even = math.sin(0.5 * half_angle) ** 2
        return taken / (even if polariser == "none" else 0.5 * even)

    def __repr__(self) -> str:
        """The mode, and where most of its light goes."""
        return (
            f"EmissionPattern of {self.label}: {self.radiated_share:.3g} radiated, "
            f"{self.scattered_share:.3g} scattered; an objective of 0.5 from the side takes "
            f"{self.collected(0.5) if self.surround_index >= 0.5 else math.nan:.3g}"
        )


class Distribution(ABC):
    """Powers per steradian by u = cos(polar angle), of a whole of 1."""

    reach: float

    @abstractmethod
    def parts(self, cosine: Array) -> tuple[Array, Array]:
        """Axial and azimuthal power per steradian."""

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
            # Along the fibre the cone is around u = 1; a belt at the equator may not reach it at
            # all.
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
class Belt(Distribution):
    """Radiation of a polarised body."""

    source: Source
    m: int
    k: float
    mirror: str | None
    scale: float
    total: float
    reach: float

    @classmethod
    def of(cls, source: Source, m: int, k: float, mirror: str | None) -> Belt:
        """Find how far the belt reaches, and its whole power."""
        equator = far_amplitudes([source], m, k, np.array([0.0, 1e-3]), mirror)[0]
        scale = equator.scale
        # The belt narrows like 1/sqrt(m): shrink the range until the loud directions fill it.
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
class Dipoles(Distribution):
    """Dipoles along the rim, averaged over the azimuth: shares of their power along the axis and
    across it."""

    along: float
    reach: float = 1.0

    def parts(self, cosine: Array) -> tuple[Array, Array]:
        # A dipole sends 3 sin^2 / 8 pi; one that turns with the azimuth is averaged over it.
        unit = 3.0 / (8.0 * math.pi)
        across = 1.0 - self.along
        axial = unit * (self.along * (1.0 - cosine**2) + 0.5 * across * cosine**2)
        return np.asarray(axial), np.full_like(cosine, 0.5 * unit * across)


def _power(found: FarAmplitudes, scale: float) -> Array:
    lift = math.exp(2.0 * (found.scale - scale))
    return np.asarray((abs(found.theta) ** 2 + abs(found.phi) ** 2) * lift)
