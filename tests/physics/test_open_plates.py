"""Rods between metal plates that are open at the side, with b = n pi / L along the axis, against
the closed form: waves of the air between turn at m / sqrt(k^2 - b^2), not at m / k, or nowhere.

E_z ~ cos(b z), H_z ~ sin(b z), both J_m inside and H_m outside; E_z, H_z, E_phi and H_phi are
continuous at the rod (H in units of E over i, as in `cans.py`).
"""

from __future__ import annotations

import cmath
import math
from dataclasses import replace

import numpy as np
import pytest
from cans import even_lines
from grid_sections import grid_section
from scipy.integrate import quad
from scipy.special import h1vp, hankel1, jv, jvp

from cavitydesign.materials import ConstantIndex
from cavitydesign.mesh.section_cavity import SectionCavity
from cavitydesign.modes import ModeRequest, find_modes

CELL = 0.35  # um: a fifth of the wavelengths


@pytest.mark.parametrize(
    ("m", "radius", "index", "height", "hint", "room"),
    [
        (8, 2.0, 2.0, 1.3, 2300.0, 1.5),  # log10 Q = 4.50, 4.38; the fourth never runs out
        (12, 2.0, 2.0, 1.0, 1700.0, 2.5),  # 6.23, 6.21; the same
        (5, 1.5, 3.0, 1.0, 2500.0, 2.0),  # Q = 600, and three that never run out
    ],
)
def test_rod_between_open_plates(
    m: int, radius: float, index: float, height: float, hint: float, room: float
) -> None:
    """Two axial orders of TM and TE, 1e-6 asked: wavelengths within three bars; the share of the
    energy in the rod, all counted to its own turning radius, to 1e-6 and 0.2/Q (2e-5 to 2e-2 too
    much was in the rod where waves have nodes along the axis); log10 Q within three bars of the
    pole, bars below 5/Q and 1e-4.
    """
    section = rod(radius, index, height, room)
    found = find_modes(section, ModeRequest("both", hint, None, m, 1, 2, 1e-6))
    assert len(found) == 4
    nodes = []
    for mode in found:
        k = 2e3 * math.pi / mode.wavelength_nm
        poles = {n: pole(k, radius, index, m, n * math.pi / height) for n in range(4)}
        n = min(poles, key=lambda one: abs(poles[one].real - k))
        right, b = poles[n], n * math.pi / height
        nodes.append(n)
        stated = mode.wavelength_error_nm / mode.wavelength_nm
        assert abs(right.real / k - 1) < 3 * stated < 3e-6
        leaks = right.real > b
        inverse_q = -2 * right.imag / right.real if leaks else 0.0
        share = share_in_rod(right.real, radius, index, m, b)
        print(mode.label, n, mode.confinement["body"] - share, inverse_q)
        assert mode.confinement["body"] == pytest.approx(share, abs=1e-6 + 0.2 * inverse_q)
        if leaks:
            off = abs(mode.losses.radiation + math.log10(inverse_q))
            assert off < 3 * mode.losses.radiation_error
            assert mode.losses.radiation_error < 5 * inverse_q + 1e-4
        else:
            # waves with fewer nodes run outwards, and rounding alone sends them: 10^33.8 +- 0.3 and
            # 10^31 +- 3 were told
            assert mode.losses.radiation is None
            assert mode.extra["log10_q_radiation_at_least"] >= 10.0
            assert any("not known, at least 10^" in line for line in found.warnings)
    assert sorted(nodes) == [0, 1, 1, 2]


def test_no_wave_runs_between_near_unlike_plates() -> None:
    """Metal below and a mirror above, 0.5 um apart: waves of the air need k > pi / 1 um, the mode
    has 1.8 / um, and nothing radiates. Its wavelength is that of b = pi / 2 L.
    """
    section = rod(1.5, 3.0, 0.5, 2.5, mirror_above=True)
    found = find_modes(section, ModeRequest("TM", 3242.0, None, 5, 1, 1, 1e-6))
    (mode,) = found
    k = 2e3 * math.pi / mode.wavelength_nm
    right = pole(k, 1.5, 3.0, 5, math.pi).real
    assert k < math.pi
    assert abs(right / k - 1) < 3 * mode.wavelength_error_nm / mode.wavelength_nm < 1e-5
    assert mode.losses.radiation is None
    assert mode.extra["log10_q_radiation_at_least"] is None
    assert not any("not known" in line for line in found.warnings)


def rod(
    radius: float, index: float, height: float, room: float, mirror_above: bool = False
) -> SectionCavity:
    """A rod from plate to plate in air."""
    r, z = even_lines((0.0, radius, radius + room), CELL), even_lines((0.0, height), CELL)
    number = np.arange(len(r) * len(z)).reshape(len(r), len(z))
    plates = {
        name: np.stack([number[:-1, j], number[1:, j]], axis=1)
        for name, j in (("lower", 0), ("upper", -1))
    }
    mesh = replace(grid_section(r, z, [("body", 0.0, radius, 0.0, height)]), boundary=plates)
    media = {"body": ConstantIndex.of(index), "surround": ConstantIndex.of(1.0)}
    mirrors = ("upper",) if mirror_above else ()
    metal = tuple(name for name in plates if name not in mirrors)
    return SectionCavity.of(mesh, media, magnetic=mirrors, electric=metal)


def solutions(k: complex, r: float, eps: float, m: int, b: float, outside: bool) -> np.ndarray:
    """E_z, H_z, E_phi, H_phi and E_r of the solution with E_z and of that with H_z, in columns."""
    square = k * k * eps - b * b
    h = cmath.sqrt(square)
    if outside:
        # outgoing where it runs, decaying where it does not
        h = h if h.real > abs(h.imag) or h.imag > 0 else -h
        f, d = hankel1(m, h * r), h * h1vp(m, h * r)
    else:
        f, d = jv(m, h * r), h * jvp(m, h * r)
    turn = m * b / r
    electric = [f, 0.0, turn * f / square, k * eps * d / square, b * d / square]
    magnetic = [0.0, f, -k * d / square, -turn * f / square, -k * m / r * f / square]
    return np.array([electric, magnetic]).T


def conditions(k: complex, radius: float, index: float, m: int, b: float) -> np.ndarray:
    """What is continuous at the rod, of two solutions inside and two outside."""
    inside = solutions(k, radius, index**2, m, b, False)[:4]
    return np.concatenate([inside, -solutions(k, radius, 1.0, m, b, True)[:4]], axis=1)


def pole(k: float, radius: float, index: float, m: int, b: float) -> complex:
    """The zero of the determinant near k, by secants."""
    scale = np.linalg.norm(conditions(k, radius, index, m, b), axis=0)

    def determinant(at: complex) -> complex:
        return complex(np.linalg.det(conditions(at, radius, index, m, b) / scale))

    points = [complex(k), k * (1 + 1e-6 - 1e-8j)]
    values = [determinant(one) for one in points]
    for _ in range(60):
        if values[0] == values[1]:
            break
        step = values[1] * (points[1] - points[0]) / (values[1] - values[0])
        points = [points[1], points[1] - step]
        values = [values[1], determinant(points[1])]
        if abs(step) < 1e-15 * k:
            break
    return points[1]


def share_in_rod(k: float, radius: float, index: float, m: int, b: float) -> float:
    """eps |E|^2 in the rod over all up to m / h, or over all where nothing runs out."""
    matrix = conditions(k, radius, index, m, b)
    scale = np.linalg.norm(matrix, axis=0)
    weights = np.linalg.svd(matrix / scale)[2][-1].conj() / scale
    square = k * k - b * b
    end = m / math.sqrt(square) if square > 0 else radius + 40.0 / math.sqrt(-square)

    def density(r: float, inside: bool) -> float:
        eps = index**2 if inside else 1.0
        own = weights[:2] if inside else weights[2:]
        e_z, _, e_phi, _, e_r = abs(solutions(k, r, eps, m, b, not inside) @ own) ** 2
        # cos^2 over the height is twice as much where b = 0, sin^2 nothing
        return float(eps * r * (2.0 * e_z if b == 0 else e_z + e_phi + e_r))

    part, rest = (
        quad(density, low, high, args=(inside,), epsabs=0.0, epsrel=1e-10, limit=400)[0]
        for low, high, inside in ((0.0, radius, True), (radius, end, False))
    )
    return float(part / (part + rest))
