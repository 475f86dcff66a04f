"""The radial equation of layered cylinders (kz = 0) and spheres: Bessel functions layer by layer.

With u = E_z or H_z (cylinder), or r E_tangential or r H_tangential (sphere: Riccati-Bessel
functions, order l + 1/2), every polarisation obeys the same conditions at an interface: u and u'/w
are continuous, with w = 1 where E is parallel to the axis (TM here) and w = n^2 where H is (TE
here). A resonance is a k at which the regular solution from the axis meets the outgoing one. Time
dependence exp(-i omega t): an absorbing index is n + i kappa, a decaying one has Im k < 0.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import ArrayLike

from ...arrays import ComplexArray
from .bessel_complex import ScaledPair, bessel_pair

_LARGEST_LOG = 700.0  # exp of it is a float


@dataclass(frozen=True)
class RadialProblem:
    """A resonator at fixed indices, azimuthal (or spherical) order and polarisation.

    Parameters
    ----------
    order : int
        m of a cylinder, l of a sphere.
    radii_um : tuple of float
        Interfaces from the inside out.
    indices : tuple of complex
        Refractive indices from the core outwards, one more than radii.
    transverse_electric : bool
        True where H is parallel to the axis ("TE" here).
    spherical : bool
        Sphere instead of cylinder.
    """

    order: int
    radii_um: tuple[float, ...]
    indices: tuple[complex, ...]
    transverse_electric: bool
    spherical: bool

    @property
    def bessel_order(self) -> float:
        """Order of the Bessel functions: m, or l + 1/2."""
        return self.order + 0.5 if self.spherical else float(self.order)

    @property
    def angular(self) -> float:
        """Eigenvalue of the angular part: m^2, or l (l + 1)."""
        return float(self.order * (self.order + 1) if self.spherical else self.order**2)

    @property
    def lossless(self) -> bool:
        """Whether every index is real."""
        return all(complex(n).imag == 0.0 for n in self.indices)

    @property
    def without_loss(self) -> RadialProblem:
        """The problem of the same layers without loss: only the real parts of the indices."""
        return replace(self, indices=tuple(complex(n).real for n in self.indices))

    def caustic_um(self, wavenumber_per_um: float) -> float:
        """Outer caustic sqrt(angular)/(k n_surround), up to which energies are counted."""
        return math.sqrt(self.angular) / (wavenumber_per_um * complex(self.indices[-1]).real)

    def weight(self, layer: int) -> complex:
        """w of one layer: 1 or n^2."""
        return complex(self.indices[layer]) ** 2 if self.transverse_electric else 1.0 + 0.0j


@dataclass(frozen=True)
class LayerSolution:
    """u/sqrt(r) = (a j + b y) exp(log_size) in one layer, j and y scaled so that J = j at the inner
    face.

    `reference` is the scale of the Bessel pair at that face.
    """

    a: complex
    b: complex
    reference: float
    log_size: float


@dataclass(frozen=True)
class InnerSolution:
    """The regular solution: its layers, and value and flux u'/w at the outermost interface, up to
    exp(log_size); and at every interface u' / (w u) and the logarithm of |u|.
    """

    layers: tuple[LayerSolution, ...]
    value: complex
    flux: complex
    log_size: float
    ratios: tuple[complex, ...]
    log_sizes: tuple[float, ...]


def _interface_pairs(problem: RadialProblem, wavenumber_per_um: complex) -> ScaledPair:
    """Bessel pairs at every interface: row 0 seen from inside it, row 1 from outside."""
    radii = np.array(problem.radii_um)
    indices = np.array(problem.indices, dtype=np.complex128)
    return bessel_pair(
        problem.bessel_order,
        np.stack([indices[:-1] * radii, indices[1:] * radii]) * wavenumber_per_um,
    )


def _inner_solution(problem: RadialProblem, k: complex, pairs: ScaledPair) -> InnerSolution:
    """March the regular solution outwards; sizes are kept as logarithms."""
    radii = problem.radii_um
    extra = 0.5 if problem.spherical else 0.0
    log_size = 0.0
    layers = [LayerSolution(1.0, 0.0, float(pairs.scale[0, 0]), 0.0)]
    value, slope = complex(pairs.j[0, 0]), complex(pairs.dj[0, 0])
    ratios: list[complex] = []
    sizes: list[float] = []
    for face, radius in enumerate(radii):
        inner, outer = complex(problem.indices[face]) * k, complex(problem.indices[face + 1]) * k
        flux = (inner * slope + extra / radius * value) / problem.weight(face)
        ratios.append(flux / value if value else complex(math.inf))
        sizes.append(log_size + math.log(abs(value)) if value else -math.inf)
        if face == len(radii) - 1:
            return InnerSolution(tuple(layers), value, flux, log_size, tuple(ratios), tuple(sizes))
        slope = (problem.weight(face + 1) * flux - extra / radius * value) / outer
        j, dj, y, dy = (complex(part[1, face]) for part in (pairs.j, pairs.dj, pairs.y, pairs.dy))
        half = 0.5 * math.pi * outer * radius
        a, b = half * (value * dy - slope * y), half * (slope * j - value * dj)
        size = math.hypot(abs(a), abs(b))
        a, b, log_size = a / size, b / size, log_size + math.log(size)
        start = float(pairs.scale[1, face])
        layers.append(LayerSolution(a, b, start, log_size))
        growth = start - float(pairs.scale[0, face + 1])
        damped = math.exp(-2.0 * growth) if growth < 350.0 else 0.0
        value = a * complex(pairs.j[0, face + 1]) + b * damped * complex(pairs.y[0, face + 1])
        slope = a * complex(pairs.dj[0, face + 1]) + b * damped * complex(pairs.dy[0, face + 1])
        log_size += growth
    raise AssertionError("a resonator has at least one interface")


def mismatch(problem: RadialProblem, wavenumber_per_um: complex, opened: float = 1.0) -> complex:
    """R (u'/(w u)) inside minus outside at the outermost interface; zero at a resonance,
    dimensionless.

    Parameters
    ----------
    problem : RadialProblem
    wavenumber_per_um : complex
        Vacuum wavenumber.
    opened : float
        1: H1 outside (radiating). 0: Y outside, which is real on the real axis and differs by 1/Q.
        Between them: Y - i J times this.

    Returns
    -------
    complex
        Real and imaginary part are exact separately, near the real axis.
    """
    inside, outside = _both_sides(problem, complex(wavenumber_per_um), opened)
    return problem.radii_um[-1] * inside.flux / inside.value - outside


def smooth_mismatch(
    problem: RadialProblem, wavenumber_per_um: complex, opened: float, log_size: float
) -> complex:
    """The mismatch times the value at the outermost interface, over exp(log_size): it has the same
    zeros, and no pole beside the zero of a mode that an inner layer holds.
    """
    inside, outside = _both_sides(problem, complex(wavenumber_per_um), opened)
    size = math.exp(min(inside.log_size - log_size, _LARGEST_LOG))
    return (problem.radii_um[-1] * inside.flux - outside * inside.value) * size


def log_size_at(problem: RadialProblem, wavenumber_per_um: complex) -> float:
    """Logarithm of the size of the regular solution at the outermost interface."""
    return _both_sides(problem, complex(wavenumber_per_um), 0.0)[0].log_size


def _both_sides(problem: RadialProblem, k: complex, opened: float) -> tuple[InnerSolution, complex]:
    """The regular solution, and R u'/(w u) outside."""
    pairs = _interface_pairs(problem, k)
    h, dh = complex(pairs.y[1, -1]), complex(pairs.dy[1, -1])
    if opened:
        damped = opened * math.exp(-2.0 * float(pairs.scale[1, -1]))
        h -= 1j * damped * complex(pairs.j[1, -1])
        dh -= 1j * damped * complex(pairs.dj[1, -1])
    radius = problem.radii_um[-1]
    extra = 0.5 if problem.spherical else 0.0
    outside = (complex(problem.indices[-1]) * k * radius * dh / h + extra) / problem.weight(-1)
    return _inner_solution(problem, k, pairs), outside


def _closed_solution(
    problem: RadialProblem, k: complex, pairs: ScaledPair
) -> list[tuple[complex, float]]:
    """The solution that is Y outside, at every interface: u' / (w u), and the logarithm of its size
    over that at the outermost one; it is marched inwards, where it grows.

    The size is |u|, and in spheres |u| / sqrt(r): the mismatch holds the radius, and so the square
    of this size is what divides its imaginary part in both.
    """
    radii, extra = problem.radii_um, 0.5 if problem.spherical else 0.0
    last = len(radii) - 1
    value, slope = complex(pairs.y[1, -1]), complex(pairs.dy[1, -1])
    size = -math.log(abs(value))
    out: list[tuple[complex, float]] = []
    for face in range(last, -1, -1):
        radius = radii[face]
        outer, inner = complex(problem.indices[face + 1]) * k, complex(problem.indices[face]) * k
        flux = (outer * slope + extra / radius * value) / problem.weight(face + 1)
        out.append((flux / value, size + math.log(abs(value))))
        if face == 0:
            break
        slope = (problem.weight(face) * flux - extra / radius * value) / inner
        j, dj, y, dy = (complex(part[0, face]) for part in (pairs.j, pairs.dj, pairs.y, pairs.dy))
        half = 0.5 * math.pi * inner * radius
        a, b = half * (value * dy - slope * y), half * (slope * j - value * dj)
        growth = float(pairs.scale[1, face - 1]) - float(pairs.scale[0, face])
        damped = math.exp(-2.0 * growth) if growth < 350.0 else 0.0
        value = b * complex(pairs.y[1, face - 1]) + a * damped * complex(pairs.j[1, face - 1])
        slope = b * complex(pairs.dy[1, face - 1]) + a * damped * complex(pairs.dj[1, face - 1])
        size += growth
    return out[::-1]


def mismatch_inside(problem: RadialProblem, wavenumber_per_um: complex) -> tuple[complex, float]:
    """What `mismatch` of the closed problem is at the interface where the mode is largest, and the
    logarithm of the mode's size there over that at the outermost one.

    A mode that an inner layer holds has the zero of the outermost mismatch beside a pole, no
    further from it in k than its energy beyond; the mismatch where the mode is large has none.
    The regular solution goes astray beyond the mode, where it should fall, and the outer one within
    it: their product, Green's function at one place, is largest where the mode is.
    """
    k = complex(wavenumber_per_um)
    pairs = _interface_pairs(problem, k)
    inside, outside = _inner_solution(problem, k, pairs), _closed_solution(problem, k, pairs)
    face = max(range(len(outside)), key=lambda i: inside.log_sizes[i] + outside[i][1])
    beyond, size = outside[face]
    return problem.radii_um[face] * (inside.ratios[face] - beyond), size


def log_leak(problem: RadialProblem, wavenumber_per_um: float) -> float:
    """Natural logarithm of -Im mismatch at a real wavenumber: 2/(pi w |H|^2), by the Wronskian,
    whatever its size.
    """
    x = complex(problem.indices[-1]).real * wavenumber_per_um * problem.radii_um[-1]
    pair = bessel_pair(problem.bessel_order, np.array([x]))
    h = abs(complex(pair.hankel[0][0]))
    return math.log(2.0 / math.pi / problem.weight(-1).real) - 2.0 * (
        float(pair.scale[0]) + math.log(h)
    )


def radial_field(
    problem: RadialProblem, wavenumber_per_um: complex, radius_um: ArrayLike, outgoing: bool = True
) -> tuple[ComplexArray, ComplexArray]:
    """u(r) and du/dr: regular on the axis, outgoing outside, u = 1 at the outermost interface.

    Parameters
    ----------
    problem : RadialProblem
    wavenumber_per_um : complex
        A resonance; elsewhere du/dr jumps at the outermost interface.
    radius_um : array_like
        Positive radii, any shape. At an interface the values of its inner side are returned.
    outgoing : bool
        As in `mismatch`.

    Returns
    -------
    u, du/dr : complex arrays, the shape of `radius_um`
    """
    k = complex(wavenumber_per_um)
    r = np.asarray(radius_um, dtype=np.float64)
    radii = np.array(problem.radii_um)
    layer = np.searchsorted(radii, r, side="left")
    indices = np.array(problem.indices, dtype=np.complex128)
    pairs = bessel_pair(problem.bessel_order, indices[layer] * k * r)
    faces = _interface_pairs(problem, k)
    inside = _inner_solution(problem, k, faces)
    c = np.zeros(r.shape, dtype=np.complex128)
    dc = np.zeros(r.shape, dtype=np.complex128)
    for number, solution in enumerate(inside.layers):
        here = layer == number
        log_j = solution.reference - pairs.scale[here] + solution.log_size - inside.log_size
        grown = np.exp(np.maximum(log_j, -745.0)) / inside.value * solution.a
        c[here], dc[here] = grown * pairs.j[here], grown * pairs.dj[here]
        if solution.b != 0.0:
            log_y = pairs.scale[here] - solution.reference + solution.log_size - inside.log_size
            decayed = np.exp(np.clip(log_y, -745.0, 700.0)) / inside.value * solution.b
            c[here] += decayed * pairs.y[here]
            dc[here] += decayed * pairs.dy[here]
    here = layer == len(problem.radii_um)
    if here.any():
        h, dh = pairs.hankel if outgoing else (pairs.y, pairs.dy)
        at_face = complex((faces.hankel[0] if outgoing else faces.y)[1, -1])
        decay = np.exp(pairs.scale[here] - float(faces.scale[1, -1])) / at_face
        c[here], dc[here] = decay * h[here], decay * dh[here]
    dc *= indices[layer] * k
    if problem.spherical:
        stretch = np.sqrt(r / radii[-1])
        return stretch * c, stretch * (dc + 0.5 * c / r)
    return c, dc
