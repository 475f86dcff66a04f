"""Electric energy of exact resonances by layer: shares up to the outer caustic, regularised shares,
mode volumes.
"""

from __future__ import annotations

import math

import numpy as np
from scipy.special import gammaln

from ..arrays import Array
from .functions.radial import RadialProblem, radial_field
from .resonance import Resonance

# Gauss points of a panel at most two e-folds wide: 8 leave 1e-13 of the energy, 12 or more leave
# rounding (orders 12 to 700).
_NODES, _WEIGHTS = np.polynomial.legendre.leggauss(16)


def energy_density(resonance: Resonance, radius_um: Array) -> tuple[Array, Array]:
    """Parts of the radial energy density Re(eps) |E|^2, integrated over the angles, per um of
    radius.

    Parameters
    ----------
    resonance : Resonance
    radius_um : array
        Radii of any shape; at an interface the inner side is taken.

    Returns
    -------
    tangential, radial : arrays
        Of E along the layers (E_z, or E_phi; on a sphere both tangential components) and of E_r, in
        one arbitrary unit. With u = E_z: r |u|^2; with u = H_z: (|u'|^2 + m^2 |u|^2 / r^2) r /
        |eps|^2 Re eps; the same on a sphere with u = r E_t or r H_t, l (l + 1) in place of m^2 and
        without the factor r.
    """
    problem = resonance.problem
    r = np.asarray(radius_um, dtype=np.float64)
    u, du = radial_field(problem, resonance.wavenumber_per_um, r)
    layer = np.searchsorted(np.array(problem.radii_um), r, side="left")
    eps = np.array(problem.indices, dtype=np.complex128)[layer] ** 2
    measure = np.ones_like(r) if problem.spherical else r
    if not problem.transverse_electric:
        return eps.real * np.abs(u) ** 2 * measure, np.zeros_like(r)
    front = eps.real / np.abs(eps) ** 2 * measure
    return front * np.abs(du) ** 2, front * problem.angular * np.abs(u / r) ** 2


def _panels(problem: RadialProblem, k: float, layer: int, outer_um: float) -> Array:
    """Panel boundaries of one layer, a few e-folds or a fraction of a wave wide, as far as the
    field reaches.
    """
    nu, index = problem.bessel_order, complex(problem.indices[layer]).real
    end = problem.radii_um[layer] if layer < len(problem.radii_um) else outer_um
    start = problem.radii_um[layer - 1] if layer > 0 else 0.0
    bounds = [end]
    decayed = 0.0
    while bounds[-1] > start and decayed < 40.0:
        r = bounds[-1]
        bend = abs((nu / r) ** 2 - (index * k) ** 2)
        width = 2.0 / math.sqrt(bend + (2.0 * nu**2 / r**3) ** (2.0 / 3.0))
        if nu / r > index * k and layer < len(problem.radii_um):
            decayed += width * math.sqrt(bend)
        following = r - width
        bounds.append(start if following - start < 0.3 * width else following)
    return np.array(bounds[::-1])


def _layer_points(
    problem: RadialProblem, k: float, layer: int, outer_um: float
) -> tuple[Array, Array]:
    bounds = _panels(problem, k, layer, outer_um)
    half = 0.5 * np.diff(bounds)
    radius = (0.5 * (bounds[1:] + bounds[:-1]))[:, None] + half[:, None] * _NODES
    return radius.reshape(-1), (half[:, None] * _WEIGHTS).reshape(-1)


def layer_energies(resonance: Resonance, outer_um: float | None = None) -> tuple[Array, Array]:
    """Tangential and radial parts of the electric energy of every layer, in one arbitrary unit.

    Parameters
    ----------
    resonance : Resonance
    outer_um : float or None
        Where counting ends in the surround; the outer caustic by default.

    Returns
    -------
    tangential, radial : arrays, one entry for each layer from the core outwards
    """
    k = resonance.k_re_per_um
    end = resonance.problem.caustic_um(k) if outer_um is None else outer_um
    tangential, radial = [], []
    for layer in range(len(resonance.problem.indices)):
        radius, weight = _layer_points(resonance.problem, k, layer, end)
        parts = energy_density(resonance, radius)
        tangential.append(float(weight @ parts[0]))
        radial.append(float(weight @ parts[1]))
    return np.array(tangential), np.array(radial)


def energy_shares(resonance: Resonance, outer_um: float | None = None) -> Array:
    """Share of int eps |E|^2 in each layer, from the core outwards, up to the outer caustic (or
    `outer_um`).

    Parameters
    ----------
    resonance : Resonance
    outer_um : float or None
        Radius at which the outermost layer ends; None: the outer caustic.

    Returns
    -------
    (layers,) array
        Sums to 1.
    """
    energy = np.sum(layer_energies(resonance, outer_um), axis=0)
    return np.asarray(energy / energy.sum())


def regularised_shares(resonance: Resonance) -> Array:
    """Real part of the share of int eps E.E in each layer, the outer integral continued in the
    complex plane.

    For a leaky mode the outer field grows with distance; this norm of quasi-normal modes stays
    finite and needs no outer radius. With C = u (cylinder) or u/sqrt(r) (sphere) and q = nk, int r
    C^2 dr = (r^2/2) (C'^2/q^2 + (1 - nu^2/(q r)^2) C^2), and for H parallel to the axis int (u'^2 +
    m^2 u^2/r^2) r dr = [r u u'] + q^2 int r u^2 dr by parts.
    """
    problem = resonance.problem
    k = resonance.wavenumber_per_um
    face = np.array(problem.radii_um)
    nu, last = problem.bessel_order, len(face)
    u, du_inside = radial_field(problem, k, face)
    weights = np.array([problem.weight(j) for j in range(last + 1)])
    flux = du_inside / weights[:-1]
    parts = np.zeros((last + 1, 2), dtype=np.complex128)
    for layer in range(last + 1):
        eps = complex(problem.indices[layer]) ** 2
        q = complex(problem.indices[layer]) * k
        for end, j in enumerate((layer - 1, layer)):
            if 0 <= j < last:
                r, du = face[j], flux[j] * weights[layer]
                c, dc = u[j], du
                if problem.spherical:
                    c, dc = u[j] / math.sqrt(r), (du - 0.5 * u[j] / r) / math.sqrt(r)
                integral = 0.5 * r * r * ((dc / q) ** 2 + (1.0 - (nu / (q * r)) ** 2) * c * c)
                boundary = u[j] * du * (1.0 if problem.spherical else r)
                magnetic = (boundary + q * q * integral) / eps
                parts[layer, end] = magnetic if problem.transverse_electric else eps * integral
    energy = parts[:, 1] - parts[:, 0]
    return np.asarray((energy / energy.sum()).real)


def _angular_powers(power: int) -> float:
    """int_0^pi sin^power d theta = sqrt(pi) Gamma((power+1)/2) / Gamma(power/2 + 1)."""
    return math.sqrt(math.pi) * math.exp(
        float(gammaln(0.5 * (power + 1)) - gammaln(0.5 * power + 1.0))
    )


def mode_volume_um3(resonance: Resonance) -> float:
    """Mode volume int eps |E|^2 dV / max(eps |E|^2) up to the caustic; travelling wave, whole
    azimuth.

    Of a sphere for m = l (one lobe along the meridian), in um^3; of a cylinder per um of length, in
    um^2.

    Notes
    -----
    On a sphere with m = l the angular factors are sin^(2l) for E_r, and l^2 sin^(2l-2) (1 + cos^2)
    / (l (l+1)) for the tangential field; their largest values, 1 and l/(l+1), lie on the equator.
    """
    problem = resonance.problem
    k = resonance.k_re_per_um
    tangential, radial = (float(part.sum()) for part in layer_energies(resonance))
    points = [
        _layer_points(problem, k, layer, problem.caustic_um(k))[0]
        for layer in range(len(problem.indices))
    ]
    faces = np.array(problem.radii_um)
    radius = np.unique(np.concatenate([*points, faces, np.nextafter(faces, np.inf)]))
    peak_tangential, peak_radial = 1.0, 1.0
    if problem.spherical:
        order = problem.order
        polar = _angular_powers(2 * order + 1)
        around = order / (order + 1.0) * (2.0 * _angular_powers(2 * order - 1) - polar)
        peak_tangential, peak_radial = order / (order + 1.0) / around, 1.0 / polar
    return (
        2.0
        * math.pi
        * (tangential + radial)
        / _peak(resonance, radius, peak_tangential, peak_radial)
    )


def _peak(resonance: Resonance, radius: Array, peak_tangential: float, peak_radial: float) -> float:
    """Largest density per volume on the equator: sampled, then refined by parabolas through the
    samples' neighbours.
    """

    def density(r: Array) -> Array:
        tangential, radial = energy_density(resonance, r)
        area = r**2 if resonance.problem.spherical else r
        return np.asarray((peak_tangential * tangential + peak_radial * radial) / area)

    values = density(radius)
    best = int(np.argmax(values))
    low, high = radius[max(best - 1, 0)], radius[min(best + 1, radius.size - 1)]
    largest = float(values[best])
    for _ in range(4):
        grid = np.linspace(low, high, 17)
        values = density(grid)
        best = int(np.argmax(values))
        largest = max(largest, float(values[best]))
        low, high = grid[max(best - 1, 0)], grid[min(best + 1, 16)]
    return largest
