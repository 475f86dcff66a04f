"""How a cavity is not quite round: eccentric, elliptic, tilted, wavy, a particle on its rim."""

from __future__ import annotations

import math
from dataclasses import dataclass, field, fields, replace
from typing import Any

from ...errors import InputError

_LARGEST = 0.2  # of the radius: beyond it no section is "not quite round"
_MOST_WAVES = 16  # A bound of cost: each couples azimuthal orders of its own.
_LARGEST_TILT_DEG = 20.0  # A section across a fibre tilted so far is an ellipse of 6 %.


@dataclass(frozen=True)
class Wave:
    """One harmonic of the outline, r = r0 (1 + amplitude cos(order (phi - phase))).


    Parameters
    ----------
    order : int
        Waves around the rim.
    amplitude : float
        Of the radius.
    phase_deg : float
        Azimuth of a crest.

    Examples
    --------
    >>> import cavitydesign as cd
    >>> cd.Wave(order=5, amplitude=1e-4).phase_deg
    0.0
    """

    order: int
    amplitude: float
    phase_deg: float = 0.0

    def __post_init__(self) -> None:
        if not (isinstance(self.order, int) and self.order >= 1):
            raise InputError(f"order: {self.order!r} must be a whole number of at least 1")
        _demand("amplitude", self.amplitude, -_LARGEST, _LARGEST)
        _demand("phase_deg", self.phase_deg, -math.inf, math.inf)


@dataclass(frozen=True)
class Particle:
    """A small sphere that touches the rim from outside.

    Parameters
    ----------
    radius_nm : float
        0: none.
    index : float
    azimuth_deg : float
        Where it sits along the rim.
    z_um : float
        How far above the equator.

    Examples
    --------
    >>> import cavitydesign as cd
    >>> cd.Particle(radius_nm=30.0).index
    1.59
    """

    radius_nm: float = 0.0
    index: float = 1.59
    azimuth_deg: float = 0.0
    z_um: float = 0.0

    def __post_init__(self) -> None:
        _demand("radius_nm", self.radius_nm, 0.0, 1000.0)
        _demand("index", self.index, 1.0, 5.0)
        _demand("azimuth_deg", self.azimuth_deg, -math.inf, math.inf)
        _demand("z_um", self.z_um, -math.inf, math.inf)


@dataclass(frozen=True)
class Deviation:
    """What is not round; field names are the keys of the table [cavity.deviation].

    Parameters
    ----------
    fibre_offset_um : float
        How far the fibre (with its coatings) is off the axis of the outline.
    fibre_offset_deg : float
        Azimuth of that offset.
    fibre_tilt_deg : float
        Angle between fibre and axis, about the equator's centre.
    fibre_tilt_azimuth_deg : float
        Towards which azimuth the fibre leans at z > 0.
    ellipticity : float
        Longest less shortest diameter of each section of the outline, over their mean.
    ellipse_deg : float
        Azimuth of the longest diameter.
    waves : tuple of Wave
    particle : Particle

    Examples
    --------
    >>> import cavitydesign as cd
    >>> cd.Deviation(ellipticity=0.004).is_round
    False
    """

    fibre_offset_um: float = 0.0
    fibre_offset_deg: float = 0.0
    fibre_tilt_deg: float = 0.0
    fibre_tilt_azimuth_deg: float = 0.0
    ellipticity: float = 0.0
    ellipse_deg: float = 0.0
    waves: tuple[Wave, ...] = ()
    particle: Particle = field(default_factory=Particle)

    def __post_init__(self) -> None:
        _demand("fibre_offset_um", self.fibre_offset_um, 0.0, math.inf)
        _demand("fibre_tilt_deg", self.fibre_tilt_deg, 0.0, _LARGEST_TILT_DEG)
        _demand("ellipticity", self.ellipticity, 0.0, 2.0 * _LARGEST)
        for name in ("fibre_offset_deg", "fibre_tilt_azimuth_deg", "ellipse_deg"):
            _demand(name, getattr(self, name), -math.inf, math.inf)
        if len(self.waves) > _MOST_WAVES:
            raise InputError(f"waves: {len(self.waves)} given; at most {_MOST_WAVES}")

    @property
    def moves_fibre(self) -> bool:
        """Whether the fibre is not on the axis."""
        return self.fibre_offset_um > 0.0 or self.fibre_tilt_deg > 0.0

    @property
    def is_round(self) -> bool:
        """Whether nothing deviates."""
        wavy = any(one.amplitude for one in self.waves)
        return not (self.moves_fibre or self.ellipticity or wavy or self.particle.radius_nm)

    def scaled(self, share: float) -> Deviation:
        """The shape with all displacements multiplied by a share; the particle stays.

        Parameters
        ----------
        share : float
            0 gives the round body.

        Returns
        -------
        Deviation
        """
        waves = tuple(replace(one, amplitude=share * one.amplitude) for one in self.waves)
        return replace(
            self,
            fibre_offset_um=share * self.fibre_offset_um,
            fibre_tilt_deg=share * self.fibre_tilt_deg,
            ellipticity=share * self.ellipticity,
            waves=waves,
        )


def _demand(name: str, value: Any, low: float, high: float) -> None:
    number = isinstance(value, int | float) and not isinstance(value, bool)
    if not (number and math.isfinite(value) and low <= value <= high):
        bounds = (
            "a finite number"
            if math.isinf(low)
            else f"at least {low:g}"
            if math.isinf(high)
            else f"from {low:g} to {high:g}"
        )
        raise InputError(f"{name}: {value!r} must be {bounds}")


KEYS = tuple(one.name for one in fields(Deviation))
