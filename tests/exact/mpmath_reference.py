"""Exact resonances in arbitrary precision: where the reference numbers of the tests and of `check`
come from.

Nothing of the package's mathematics is used: the condition is the determinant of the complete
boundary matrix (not a march of admittances), in mpmath with 45 digits more than log10 Q. The
derivation stands in tests/README.md, and `write_reference_cases.py` beside this file writes the
table. The package enters once, for the first guess of the root; the radial order p is then counted
again from the signs of u.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from itertools import pairwise
from typing import Any

import mpmath as mp
import numpy as np

SELLMEIER: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    # n^2 = 1 + sum B l^2/(l^2 - C), l in um: Szczurowski 2013 (PMMA)
    "PMMA-Szczurowski2013": (("0.99654", "0.18964", "0.00411"), ("0.00787", "0.02191", "3.85727")),
}


def sellmeier_index(name: str, wavelength_um: Any) -> Any:
    """Index of a named set at a real or complex vacuum wavelength."""
    strengths, poles = SELLMEIER[name]
    square = wavelength_um**2
    terms = (
        mp.mpf(b) * square / (square - mp.mpf(c)) for b, c in zip(strengths, poles, strict=True)
    )
    return mp.sqrt(1 + sum(terms))


@dataclass(frozen=True)
class ReferenceProblem:
    """Radii (um) from inside out; indices from the core: a decimal string, a pair [n, kappa], or
    the name of a set.
    """

    spherical: bool
    radii_um: tuple[str, ...]
    indices: tuple[Any, ...]
    order: int
    p: int
    polarisation: str

    def index(self, layer: int, k: Any) -> Any:
        """Refractive index of a layer at a complex wavenumber."""
        entry = self.indices[layer]
        if isinstance(entry, (list, tuple)):
            return mp.mpc(mp.mpf(entry[0]), mp.mpf(entry[1]))
        return sellmeier_index(entry, 2 * mp.pi / k) if entry in SELLMEIER else mp.mpf(entry)

    @property
    def nu(self) -> Any:
        """Order of the Bessel functions."""
        return mp.mpf(self.order) + (mp.mpf(1) / 2 if self.spherical else 0)

    def weight(self, layer: int, k: Any) -> Any:
        """u'/weight is continuous."""
        return self.index(layer, k) ** 2 if self.polarisation == "TE" else mp.mpf(1)

    def functions(self, kind: str, layer: int, k: Any, r: Any) -> tuple[Any, Any]:
        """u and u'/weight of one Bessel function of a layer at radius r."""
        n = self.index(layer, k)
        z = n * k * r
        value, above = bessel_neighbours(kind, self.order, self.spherical, z)
        slope = n * k * (self.nu / z * value - above)
        if self.spherical:
            slope = mp.sqrt(r) * (slope + value / (2 * r))
            value = mp.sqrt(r) * value
        return value, slope / self.weight(layer, k)


def bessel_neighbours(kind: str, order: int, half: bool, z: Any) -> tuple[Any, Any]:
    """J, Y or H1 of orders nu and nu + 1, nu = order, or order + 1/2 if `half`, at any precision.

    The ratios J_{nu+1}/J_nu come from the recurrence run down from far above max(nu, |z|), where it
    is stable; Y from the recurrence run up from two low orders. Half orders start from sines and
    cosines. Integer orders start from J, normalised by J_0 + 2 J_2 + 2 J_4 + ... = 1, and Neumann's
    series of Y_0 (DLMF 10.12.4, 10.23.17, 10.5.2). Thirty guard digits.
    """
    with mp.extradps(30):
        size = max(float(order), float(abs(z)))
        top = int(size + 40 + 3 * mp.mp.dps + 8 * size ** (1 / 3) * (1 + mp.mp.dps / 60))
        shift = mp.mpf(1) / 2 if half else mp.mpf(0)
        ratios = [mp.mpf(0)] * (top + 1)
        for n in range(top, 0, -1):
            ratios[n - 1] = 1 / (2 * (n + shift) / z - ratios[n])
        # low, high: Y of orders shift - 1 and shift for half orders, 0 and 1 for integers
        if half:
            root = mp.sqrt(2 / (mp.pi * z))
            low, high, start = root * mp.sin(z), -root * mp.cos(z), 0
        else:
            low, high = _y0_y1(ratios, z)
            start = 1
        for n in range(start, order):
            low, high = high, 2 * (n + shift) / z * high - low
        y, y_above = high, 2 * (order + shift) / z * high - low
        j = 2 / (mp.pi * z) / (ratios[order] * y - y_above)
        if kind == "J":
            return j, ratios[order] * j
        return (y, y_above) if kind == "Y" else (j + 1j * y, ratios[order] * j + 1j * y_above)


def _y0_y1(ratios: list[Any], z: Any) -> tuple[Any, Any]:
    """Y_0 and Y_1 from the ratios J_{n+1}/J_n."""
    term, norm, series = mp.mpf(1), mp.mpf(1), mp.mpf(0)
    for n in range(1, len(ratios)):
        term *= ratios[n - 1]
        if n % 2 == 0:
            norm += 2 * term
            series += (-1) ** (n // 2) * term / (n // 2)
    j0 = 1 / norm
    y0 = 2 / mp.pi * (mp.log(z / 2) + mp.euler) * j0 - 4 / mp.pi * series * j0
    y1 = ratios[0] * y0 - 2 / (mp.pi * z) / j0
    return y0, y1


def boundary_matrix(problem: ReferenceProblem, k: Any) -> Any:
    """Unknowns: J in the core, (J, Y) in every shell, H1 outside; rows: u and u'/weight continuous
    at every interface.

    Each column is divided by its largest entry, so that the determinant is of order one away from a
    resonance.
    """
    radii = [mp.mpf(r) for r in problem.radii_um]
    size = 2 * len(radii)
    matrix = mp.zeros(size)
    column = 0
    for layer in range(len(radii) + 1):
        kinds = "J" if layer == 0 else "H" if layer == len(radii) else "JY"
        for kind in kinds:
            if layer > 0:
                matrix[2 * layer - 2, column], matrix[2 * layer - 1, column] = (
                    -f for f in problem.functions(kind, layer, k, radii[layer - 1])
                )
            if layer < len(radii):
                above, below = problem.functions(kind, layer, k, radii[layer])
                matrix[2 * layer, column], matrix[2 * layer + 1, column] = above, below
            largest = max(abs(matrix[row, column]) for row in range(size))
            for row in range(size):
                matrix[row, column] /= largest
            column += 1
    return matrix


def exact_wavenumber(problem: ReferenceProblem, guess: float, log10_q: float) -> Any:
    """Complex root of the determinant, 40 digits beyond the imaginary part."""
    with mp.workdps(45 + max(0, int(log10_q))):
        start = mp.mpf(guess) * mp.mpc(1, -(mp.mpf(10) ** (-log10_q)) / 2)
        last, k = start, start * (1 + mp.mpf(10) ** -9)
        value_last, value = (mp.det(boundary_matrix(problem, point)) for point in (last, k))
        enough = mp.mpf(10) ** (-42 - max(0, int(log10_q)))
        for _ in range(30):
            step = value * (k - last) / (value - value_last)
            last, value_last, k = k, value, k - step
            if abs(step) < enough * abs(k):
                return k
            value = mp.det(boundary_matrix(problem, k))
    raise ArithmeticError(f"no root near {guess} for {problem}")


def coefficients(problem: ReferenceProblem, k: Any) -> list[tuple[Any, Any]]:
    """(J, Y) coefficients of every layer of the real or complex solution, marched outwards;
    outside: of H1.
    """
    radii = [mp.mpf(r) for r in problem.radii_um]
    found = [(mp.mpf(1), mp.mpf(0))]
    u, v = problem.functions("J", 0, k, radii[0])
    for layer in range(1, len(radii)):
        j, dj = problem.functions("J", layer, k, radii[layer - 1])
        y, dy = problem.functions("Y", layer, k, radii[layer - 1])
        det = j * dy - dj * y
        a, b = (u * dy - v * y) / det, (j * v - dj * u) / det
        found.append((a, b))
        j, dj = problem.functions("J", layer, k, radii[layer])
        y, dy = problem.functions("Y", layer, k, radii[layer])
        u, v = a * j + b * y, a * dj + b * dy
    found.append((u / problem.functions("H", len(radii), k, radii[-1])[0], mp.mpf(0)))
    return found


def field(
    problem: ReferenceProblem, k: Any, layer: int, parts: list[tuple[Any, Any]], r: Any
) -> tuple[Any, Any]:
    """u and u'/weight at radius r of a layer."""
    a, b = parts[layer]
    if layer == len(problem.radii_um):
        h, dh = problem.functions("H", layer, k, r)
        return a * h, a * dh
    j, dj = problem.functions("J", layer, k, r)
    if b == 0:
        return a * j, a * dj
    y, dy = problem.functions("Y", layer, k, r)
    return a * j + b * y, a * dj + b * dy


def energy_density(problem: ReferenceProblem, k: Any, layer: int, parts: Any, r: Any) -> Any:
    """Radial density of Re(eps) |E|^2 integrated over the angles (tests/README.md)."""
    u, v = field(problem, k, layer, parts, r)
    measure = 1 if problem.spherical else r
    eps = problem.index(layer, mp.re(k)) ** 2
    if problem.polarisation == "TM":
        return mp.re(eps) * abs(u) ** 2 * measure
    angular = problem.order * (problem.order + 1) if problem.spherical else problem.order**2
    # v = u'/eps here, so that |E_tangential|^2 eps = eps |v|^2 and E_radial = sqrt(angular) u/(eps
    # r)
    return mp.re(eps) * (abs(v) ** 2 + angular * abs(u / (eps * r)) ** 2) * measure


def count_extrema(problem: ReferenceProblem, k: Any) -> int:
    """Radial order: sign changes of Re u between the axis and the surface, plus one."""
    with mp.workdps(25):
        parts = coefficients(problem, mp.re(k))
        radii = [mp.mpf(r) for r in problem.radii_um]
        inner = radii[-1] * mp.mpf("0.02")
        signs = []
        steps = 60 + 40 * problem.p
        peak = max(float(mp.re(problem.index(j, mp.re(k)))) for j in range(len(radii)))
        caustic = float(problem.nu) / (peak * float(mp.re(k)))
        inner = mp.mpf(max(0.02 * float(radii[-1]), caustic - 0.3 * (float(radii[-1]) - caustic)))
        for step in range(1, steps + 1):
            r = inner + (radii[-1] - inner) * step / steps
            layer = next(j for j, edge in enumerate(radii) if r <= edge)
            signs.append(mp.sign(mp.re(field(problem, mp.re(k), layer, parts, r)[0])))
        return 1 + sum(1 for a, b in pairwise(signs) if a * b < 0)


def _edges(problem: ReferenceProblem, k: Any) -> list[Any]:
    """Radii of the layers from the axis to the outer caustic sqrt(l (l + 1))/(k n), or m/(k n)."""
    angular = problem.order * (problem.order + 1) if problem.spherical else problem.order**2
    caustic = mp.sqrt(angular) / (mp.re(k) * mp.re(problem.index(len(problem.radii_um), mp.re(k))))
    return [mp.mpf(0), *(mp.mpf(r) for r in problem.radii_um), caustic]


def integrated_shares(problem: ReferenceProblem, k: Any) -> list[float]:
    """Share of each layer up to the outer caustic, by composite Gauss-Legendre rules on a few
    e-folds each.
    """
    with mp.workdps(25):
        k = mp.mpc(k)
        parts = coefficients(problem, k)
        radii = _edges(problem, k)
        last = len(problem.radii_um)
        airy = problem.nu ** (mp.mpf(1) / 3) / (mp.re(k) * mp.re(problem.index(last - 1, mp.re(k))))
        energies = []
        for layer in range(last + 1):
            low, high = radii[layer], radii[layer + 1]
            if layer < last:
                low = max(low, high - airy * (8 + 6 * problem.p))
            count = max(4, math.ceil(float((high - low) / (airy * 2))))
            edges = [low + (high - low) * mp.mpf(i) / count for i in range(count + 1)]
            if layer == last:
                edges = [low + (high - low) * (mp.mpf(i) / 14) ** 3 for i in range(15)]
            density = partial(energy_density, problem, k, layer, parts)
            energies.append(sum(_gauss(density, a, b) for a, b in pairwise(edges)))
        total = sum(energies)
        return [float(e / total) for e in energies]


def closed_shares(problem: ReferenceProblem, k: Any) -> list[float]:
    """The same for Q above 1e14, where the field is real (Y outside): Lommel's integrals at the
    faces.
    """
    with mp.workdps(40):
        k = mp.re(k)
        parts = coefficients(problem, k)
        radii = _edges(problem, k)
        last = len(problem.radii_um)
        face = problem.functions("Y", last, k, radii[last])[0]
        outer = parts[last][0] * problem.functions("H", last, k, radii[last])[0] / face
        energies = []
        for layer in range(last + 1):
            ends = []
            for r in radii[layer : layer + 2]:
                if r == 0:
                    ends.append(mp.mpf(0))
                    continue
                if layer == last:
                    u, v = (outer * part for part in problem.functions("Y", layer, k, r))
                else:
                    u, v = field(problem, k, layer, parts, r)
                ends.append(mp.re(_primitive(problem, layer, k, r, u, v)))
            energies.append(ends[1] - ends[0])
        total = sum(energies)
        return [float(e / total) for e in energies]


def _primitive(problem: ReferenceProblem, layer: int, k: Any, r: Any, u: Any, v: Any) -> Any:
    """Primitive of the energy density at r, from u and v = u'/weight (tests/README.md)."""
    n = mp.re(problem.index(layer, k))
    q, du = n * k, v * problem.weight(layer, k)
    stretch = mp.sqrt(r) if problem.spherical else mp.mpf(1)
    c = u / stretch
    dc = du / stretch - (c / (2 * r) if problem.spherical else 0)
    lommel = (r * r * dc * dc / (q * q) + (r * r - (problem.nu / q) ** 2) * c * c) / 2
    if problem.polarisation == "TM":
        return n * n * lommel
    return (u * du * (1 if problem.spherical else r) + q * q * lommel) / (n * n)


def energy_shares(problem: ReferenceProblem, k: Any, log10_q: float) -> list[float]:
    """Share of each layer up to the outer caustic."""
    return closed_shares(problem, k) if log10_q > 14 else integrated_shares(problem, k)


def _gauss(function: Callable[[Any], Any], low: Any, high: Any) -> Any:
    """16-point Gauss-Legendre rule."""
    half, middle = (high - low) / 2, (high + low) / 2
    return half * sum(w * function(middle + half * x) for x, w in _rule())


_RULES: list[tuple[Any, Any]] = []


def _rule() -> list[tuple[Any, Any]]:
    if not _RULES:
        with mp.workdps(40):
            for guess in np.polynomial.legendre.leggauss(16)[0]:
                x = mp.findroot(
                    lambda t: mp.legendre(16, t), (mp.mpf(guess), mp.mpf(guess) + mp.mpf(10) ** -9)
                )
                slope = 16 * (x * mp.legendre(16, x) - mp.legendre(15, x)) / (x * x - 1)
                _RULES.append((x, 2 / ((1 - x * x) * slope**2)))
    return _RULES
