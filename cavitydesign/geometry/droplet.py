"""Liquid drop on a fibre: the barrel of constant mean curvature (Carroll, J. Colloid Interface Sci.
57, 488 (1976)).

Without gravity the surface meets r cos(beta) = H r^2 + C (beta: slope angle against the axis, H:
mean curvature). With the equator radius R and s = 1/H - R, the other radius at which the slope
vanishes (the neck of the unduloid; negative for a nodoid, zero for a sphere), the curve in the
angle u is

    r^2 = R^2 cos^2 u + s^2 sin^2 u,    z = s F(u, m) + R E(u, m),    m = 1 - s^2/R^2,

and its arc length is exactly (R + s) u, which therefore serves as parameter. The contact angle at
the fibre's radius f is in s = f (R cos theta - f)/(R - f cos theta).
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from ..arrays import Array
from ..errors import InputError
from .outline import Outline


@dataclass(frozen=True)
class Droplet(Outline):
    """Equilibrium barrel drop; `droplet_of` makes one from any two measured quantities.

    Parameters
    ----------
    radius_um : float
        Radius at the equator.
    fibre_radius_um : float
        Radius of the fibre.
    contact_angle_deg : float
        Angle inside the liquid between its surface and the fibre, 0 to 90 degrees.

    Raises
    ------
    InputError
        If the drop is not thicker than the fibre or the angle is out of range.
    """

    radius_um: float
    fibre_radius_um: float
    contact_angle_deg: float

    def __post_init__(self) -> None:
        if not 0.0 < self.fibre_radius_um < self.radius_um < math.inf:
            raise InputError(
                f"cavity.diameter_um: a drop of {2 * self.radius_um:g} um must be thicker than "
                "its fibre,"
                f" {2 * self.fibre_radius_um:g} um, which must be above 0"
            )
        if not 0.0 <= self.contact_angle_deg <= 90.0:
            raise InputError(
                f"cavity.contact_angle_deg: {self.contact_angle_deg:g} is not within 0 to 90"
            )

    @cached_property
    def neck_radius_um(self) -> float:
        """Second radius s of the unduloid, um; 0 for a sphere, negative for a nodoid."""
        radius, fibre = self.radius_um, self.fibre_radius_um
        cosine = math.cos(math.radians(self.contact_angle_deg))
        return fibre * (radius * cosine - fibre) / (radius - fibre * cosine)

    @property
    def mean_curvature_per_um(self) -> float:
        """Mean of the two principal curvatures, the same all over the surface."""
        return 1.0 / (self.radius_um + self.neck_radius_um)

    @cached_property
    def _contact_angle_on_curve(self) -> float:
        """Parameter u of the contact line, from sine and cosine both, so that neither is a
        difference from 1.
        """
        radius, fibre, neck = self.radius_um, self.fibre_radius_um, self.neck_radius_um
        sine = (radius - fibre) * (radius + fibre)
        cosine = max((fibre - neck) * (fibre + neck), 0.0)
        return math.atan2(math.sqrt(sine), math.sqrt(cosine))

    @cached_property
    def _contact_integrals(self) -> tuple[float, float]:
        """Incomplete elliptic integrals F and E up to the contact line."""
        first, second = _elliptic(
            np.array(self._contact_angle_on_curve), self.radius_um, self.neck_radius_um
        )
        return float(first), float(second)

    @property
    def length_um(self) -> float:
        """Length along the fibre between the contact lines."""
        first, second = self._contact_integrals
        return 2.0 * (self.neck_radius_um * first + self.radius_um * second)

    @property
    def area_um2(self) -> float:
        """Area of the liquid's free surface."""
        return (
            4.0
            * math.pi
            * (self.radius_um + self.neck_radius_um)
            * self.radius_um
            * self._contact_integrals[1]
        )

    @property
    def volume_um3(self) -> float:
        """Volume of the liquid, without the fibre."""
        radius, fibre, neck = self.radius_um, self.fibre_radius_um, self.neck_radius_um
        first, second = self._contact_integrals
        complement = (neck / radius) ** 2
        edge = (
            math.sqrt(max((radius**2 - fibre**2) * (fibre**2 - neck**2), 0.0)) * fibre / radius**3
        )
        cube = (2.0 * (1.0 + complement) * second - complement * first + edge) / 3.0
        whole = 2.0 * math.pi * radius**2 * (radius * cube + neck * second)
        return whole - math.pi * fibre**2 * self.length_um

    @property
    def equator_radius_um(self) -> float:
        return self.radius_um

    @property
    def axial_radius_um(self) -> float:
        return (
            self.radius_um
            * (self.radius_um + self.neck_radius_um)
            / (self.radius_um - self.neck_radius_um)
        )

    @property
    def reach_um(self) -> tuple[float, float]:
        half = (self.radius_um + self.neck_radius_um) * self._contact_angle_on_curve
        return -half, half

    def point(self, t_um: Array) -> tuple[Array, Array]:
        angle = t_um * self.mean_curvature_per_um
        first, second = _elliptic(angle, self.radius_um, self.neck_radius_um)
        return self._radius(angle), self.neck_radius_um * first + self.radius_um * second

    def tangent(self, t_um: Array) -> tuple[Array, Array]:
        angle = t_um * self.mean_curvature_per_um
        sine, cosine, here = np.sin(angle), np.cos(angle), self._radius(angle)
        radial = (self.neck_radius_um - self.radius_um) * sine * cosine / here
        return radial, (self.radius_um * cosine**2 + self.neck_radius_um * sine**2) / here

    def bend(self, t_um: Array) -> tuple[Array, Array]:
        radial, axial = self.tangent(t_um)
        here = self._radius(t_um * self.mean_curvature_per_um)
        curvature = 2.0 * self.mean_curvature_per_um - axial / here
        return -curvature * axial, curvature * radial

    def _radius(self, angle: Array) -> Array:
        return np.hypot(self.radius_um * np.cos(angle), self.neck_radius_um * np.sin(angle))


def _elliptic(angle: Array, radius: float, neck: float) -> tuple[Array, Array]:
    """F and E of the parameter 1 - (s/R)^2 by Carlson's forms, which keep full accuracy as s goes
    to 0.

    Valid for |u| <= pi/2, which holds all the way to the neck.
    """
    from scipy.special import elliprd, elliprf

    sine, cosine = np.sin(angle), np.cos(angle)
    parameter = (1.0 - neck / radius) * (1.0 + neck / radius)
    delta = cosine**2 + (neck / radius * sine) ** 2
    first = sine * elliprf(cosine**2, delta, 1.0)
    return first, first - parameter * sine**3 * elliprd(cosine**2, delta, 1.0) / 3.0
