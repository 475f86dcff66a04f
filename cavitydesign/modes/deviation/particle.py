"""A small sphere on the rim: a Rayleigh scatterer in the evanescent field of a mode.

With the polarisability alpha = 4 pi a^3 n^2 (n_p^2 - n^2) / (n_p^2 + 2 n^2) in a surround of index
n and its radiation damping, alpha / (1 - i n k^3 alpha / 6 pi), first order in the pair +m and -m
is

    d(k^2) int n n_g E.E dV = -k^2 alpha E.E

between each two fields at the centre of the sphere. For one transverse component these are g and
Gamma of A. Mazzei and others, Phys. Rev. Lett. 99, 173603 (2007), and J. Zhu and others,
Nat. Photonics 4, 46 (2010): one standing wave has an antinode at the particle and moves by 2 g, the
other a node. E along the rim, which a TE mode has, turns with the sense of the wave and takes the
node's position.
"""

from __future__ import annotations

import cmath
import math
from dataclasses import dataclass

import numpy as np

from ...arrays import Array
from ...errors import InputError
from ...units import NM_PER_UM
from ..changes.first_order import norm_um3, window_problem
from ..derived.point_field import read_points
from ..rim.window_problem import WindowProblem
from ..solver.snapshot import RawMode
from .deviation_spec import Particle

RAYLEIGH_UP_TO = 0.3
"""2 pi n a / lambda, up to which the next term of Mie's series changes the dipole by less than a
tenth (0.6 x^2)."""


@dataclass(frozen=True)
class Scattered:
    """Relative changes of k0 by a particle.

    Attributes
    ----------
    each : complex
        Of either travelling wave.
    couplings : tuple of two complex
        From +m to -m and back.
    size : float
        2 pi n a / lambda in the surround.
    """

    each: complex
    couplings: tuple[complex, complex]
    size: float


def particle_scattering(raw: RawMode, particle: Particle) -> Scattered:
    """What a particle does to a pair of travelling waves.

    Raises
    ------
    InputError
        If it is not on the outline, or the cavity is a slice of an infinite cylinder.
    """
    problem, k = window_problem(raw), raw.k_per_um.real
    cavity = problem.cavity
    if cavity.sliced:
        raise InputError(
            "cavity.deviation.particle: a slice of an infinite cylinder has no single particle"
        )
    radius = particle.radius_nm / NM_PER_UM
    t = _outline_parameter(problem, particle.z_um)
    (r, z), (r_t, z_t) = cavity.outline.point(t), cavity.outline.tangent(t)
    length = np.hypot(r_t, z_t)
    reading = read_points(raw, r + radius * z_t / length, z - radius * r_t / length)
    size = float(raw.eps.index[-1]) * k * radius
    if reading.field is None or not reading.known[0]:
        return Scattered(0.0, (0.0, 0.0), size)
    e_r, e_phi, e_z = (
        complex(part[0, 0])
        for part in (reading.field.e_r, reading.field.e_azimuthal, reading.field.e_z)
    )
    n = float(raw.eps.index[-1])
    contrast = (particle.index**2 - n**2) / (particle.index**2 + 2.0 * n**2)
    alpha = 4.0 * math.pi * radius**3 * n**2 * contrast
    damped = alpha / (1.0 - 1j * n * k**3 * alpha / (6.0 * math.pi))
    scale = -0.5 * damped / norm_um3(raw)
    turn = cmath.exp(2j * raw.m * math.radians(particle.azimuth_deg))
    meridian = e_r**2 + e_z**2
    coupling = scale * (meridian - e_phi**2)
    return Scattered(scale * (meridian + e_phi**2), (turn * coupling, coupling / turn), size)


def _outline_parameter(problem: WindowProblem, z_um: float) -> Array:
    """Parameter of the outline at a height."""
    outline = problem.cavity.outline
    low, high = (float(edge) for edge in np.clip(outline.reach_um, -1e6, 1e6))
    t = np.linspace(low, high, 20001)
    z = outline.point(t)[1]
    rising = np.flatnonzero(np.diff(z) > 0)
    if not rising.size or not z[rising].min() <= z_um <= z[rising].max():
        raise InputError(
            f"cavity.deviation.particle.z_um: {z_um:g} is not on the outline, which runs from "
            f"{z.min():.4g} to {z.max():.4g} um"
        )
    return np.array([np.interp(z_um, z[rising], t[rising])])
