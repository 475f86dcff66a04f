"""Exact fields of layered cylinders and spheres at points, in cylindrical components."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.special import eval_gegenbauer

from ..arrays import Array, ComplexArray
from .functions.radial import RadialProblem, radial_field
from .resonance import Resonance


@dataclass(frozen=True, eq=False)
class ExactFields:
    """E and Z0 H of exp(i m phi) at phi = 0, in one arbitrary unit.

    Attributes
    ----------
    e, h : (n, 3) complex arrays
        Components along r, phi and z.
    """

    e: ComplexArray
    h: ComplexArray


def exact_fields(resonance: Resonance, m: int, r_um: Array, z_um: Array) -> ExactFields:
    """Fields of a resonance at points off the axis.

    Parameters
    ----------
    resonance : Resonance
        Of a cylinder of azimuthal order m, or of a sphere of degree l = m + q.
    m : int
    r_um, z_um : (n,) arrays
        Cylindrical radius and height; at an interface the inner side is taken.

    Notes
    -----
    With u = E_z, or H_z, of a cylinder the rest is curl E = i k Z0 H and curl Z0 H = -i k eps E. On
    a sphere curl(r (u/r) Y) is E for TM here (Mie's TE), and H for TE, and its curl the other. Y =
    sin^m C_q^(m + 1/2)(cos) in Gegenbauer polynomials, which neither grow nor fall beyond floats.
    """
    problem = resonance.problem
    k = resonance.wavenumber_per_um
    r, z = (np.asarray(one, dtype=np.float64) for one in (r_um, z_um))
    radius = np.hypot(r, z) if problem.spherical else r
    layer = np.searchsorted(np.array(problem.radii_um), radius, side="left")
    eps = np.array(problem.indices, dtype=np.complex128)[layer] ** 2
    u, du = radial_field(problem, k, radius)
    turn = _on_sphere if problem.spherical else _on_cylinder
    first, curl = turn(problem, m, r, z, u, du)
    if problem.transverse_electric:
        return ExactFields(1j / k / eps[:, None] * curl, first)
    return ExactFields(first, -1j / k * curl)


def _on_cylinder(
    problem: RadialProblem, m: int, r: Array, z: Array, u: ComplexArray, du: ComplexArray
) -> tuple[ComplexArray, ComplexArray]:
    """u along z, and its curl."""
    none = np.zeros_like(u)
    return np.stack([none, none, u], -1), np.stack([1j * m / r * u, -du, none], -1)


def _on_sphere(
    problem: RadialProblem, m: int, r: Array, z: Array, u: ComplexArray, du: ComplexArray
) -> tuple[ComplexArray, ComplexArray]:
    """curl(r (u/r) Y), and its curl, from spherical components."""
    radius = np.hypot(r, z)
    sine, cosine = r / radius, z / radius
    q, half = problem.order - m, m + 0.5
    y = eval_gegenbauer(q, half, cosine)
    slope = 2.0 * half * eval_gegenbauer(q - 1, half + 1.0, cosine) if q else np.zeros_like(r)
    power = sine ** (m - 1)
    by_sine = power * y  # Y / sin
    by_angle = power * (m * cosine * y - sine**2 * slope)  # dY / d theta
    first = np.zeros_like(u), 1j * m * by_sine * u / radius, -by_angle * u / radius
    out = problem.angular * u / radius**2 * sine * by_sine
    curl = out, du / radius * by_angle, 1j * m * by_sine * du / radius
    return _turned(first, sine, cosine), _turned(curl, sine, cosine)


def _turned(parts: tuple[ComplexArray, ...], sine: Array, cosine: Array) -> ComplexArray:
    """Components along r, phi and z of those along the radius, theta and phi."""
    out, down, around = parts
    return np.stack([out * sine + down * cosine, around, out * cosine - down * sine], -1)
