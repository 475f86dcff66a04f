"""Closed cans as sections of quadrilaterals, and the exact wavenumbers of what fills their height.

Between plates at z = 0 and L fields vary as E_z ~ cos(b z), H_z ~ sin(b z), b = n pi / L (metal), or
with cos and sin exchanged (magnetic plates). With eps across and eps_z along the axis, time
exp(-i w t), H in units of E and H_z = i times a real amplitude, each layer has

    E_z: radial wavenumber^2 (eps_z/eps)(k^2 eps - b^2);   H_z: h^2 = k^2 eps - b^2
    E_phi ~ [ (m b/r) E_z - k dH_z/dr ] / h^2,   H_phi ~ [ k eps dE_z/dr - (m b/r) H_z ] / h^2

and E_z, H_z, E_phi, H_phi are continuous; at a wall of metal E_z = E_phi = 0.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np
from grid_sections import Rectangle, grid_section
from scipy.optimize import brentq
from scipy.special import iv, ivp, jn_zeros, jnp_zeros, jv, jvp, kv, kvp, yv, yvp

from cavitydesign.materials import ConstantIndex
from cavitydesign.mesh.section_cavity import SectionCavity

Index = tuple[float, float]  # across and along the axis


def can(
    r: Sequence[float],
    z: Sequence[float],
    rectangles: Sequence[Rectangle],
    media: Mapping[str, Index],
    magnetic: tuple[str, ...] = (),
) -> SectionCavity:
    """A section from the axis to walls all around: metal, or magnetic where named ("outer",
    "lower", "upper").
    """
    number = np.arange(len(r) * len(z)).reshape(len(r), len(z))
    ends = {"outer": number[-1], "lower": number[:, 0], "upper": number[:, -1]}
    walls = {name: np.stack([line[:-1], line[1:]], axis=1) for name, line in ends.items()}
    return SectionCavity.of(
        replace(grid_section(r, z, rectangles), boundary=walls),
        {
            name: ConstantIndex.of(across, 0.0, along if along != across else None)
            for name, (across, along) in media.items()
        },
        magnetic=magnetic,
        electric=tuple(name for name in walls if name not in magnetic),
    )


def even_lines(marks: Sequence[float], cell: float) -> list[float]:
    """Lines through all marks, at most a cell apart."""
    parts = [np.linspace(a, b, 1 + math.ceil((b - a) / cell)) for a, b in itertools.pairwise(marks)]
    return [float(x) for x in np.unique(np.concatenate(parts))]


def one_medium(
    radius: float, height: float, index: float, m: int, magnetic: tuple[str, ...] = ()
) -> list[tuple[float, str, int, int]]:
    """Wavenumbers of a can filled with one medium, with "TM" (E_z alone) or "TE" (H_z alone), zero
    of J_m or J_m' and half waves along z: k^2 = x^2/R^2 + (n pi/L)^2, over the index.
    """
    out = []
    count, plates, outer = 8, "lower" in magnetic, "outer" in magnetic
    zeros = {False: jn_zeros(m, count), True: jnp_zeros(m, count)}
    for kind, half_waves, place in itertools.product(("TM", "TE"), range(count), range(count)):
        if half_waves == 0 and (kind == "TE") != plates:  # E_z ~ cos, H_z ~ sin at metal plates
            continue
        x = zeros[(kind == "TE") != outer][place]
        k = math.hypot(x / radius, half_waves * math.pi / height) / index
        out.append((k, kind, place + 1, half_waves))
    return sorted(out)


def mismatch(k: float, radii: Sequence[float], media: Sequence[Index], m: int, b: float) -> float:
    """Determinant of the conditions at all radii, of which the last is metal; its columns and rows
    scaled.
    """
    size = 4 * len(radii) - 2
    rows = np.zeros((size, size))
    for i, radius in enumerate(radii):
        own = _fields(k, radius, media[i], m, b, first=i == 0)
        column, row = max(4 * i - 2, 0), 4 * i
        if i == len(radii) - 1:
            rows[row : row + 2, column : column + own.shape[1]] = own[[0, 2]]
            continue
        rows[row : row + 4, column : column + own.shape[1]] = own
        beyond = _fields(k, radius, media[i + 1], m, b, first=False)
        rows[row : row + 4, 4 * i + 2 : 4 * i + 6] = -beyond
    rows /= np.linalg.norm(rows, axis=0)
    rows /= np.linalg.norm(rows, axis=1)[:, None]
    return float(np.linalg.det(rows))


def nearest_root(
    k: float,
    radii: Sequence[float],
    media: Sequence[Index],
    m: int,
    height: float,
    within: float = 1e-4,
) -> float:
    """The exact wavenumber nearest to one, of any number of half waves along z; infinite if there
    is none within a relative distance.
    """
    best = math.inf
    highest = max(across for across, _ in media) * k * height / math.pi
    for half_waves in range(int(highest) + 1):
        b = half_waves * math.pi / height
        at = np.linspace(k * (1 - within), k * (1 + within), 8)
        values = [mismatch(x, radii, media, m, b) for x in at]
        for i in range(at.size - 1):
            if values[i] * values[i + 1] < 0:
                given = (radii, media, m, b)
                root = brentq(mismatch, at[i], at[i + 1], args=given, xtol=1e-16, rtol=1e-14)
                best = min(best, float(root), key=lambda one: abs(one - k))
    return best


def _fields(k: float, r: float, index: Index, m: int, b: float, first: bool) -> np.ndarray:
    """E_z, H_z, E_phi and H_phi of each solution in a layer, shape (4, solutions)."""
    eps, eps_z = index[0] ** 2, index[1] ** 2
    square = k**2 * eps - b**2
    electric, magnetic = _radial(m, eps_z / eps * square, r), _radial(m, square, r)
    if first:
        electric, magnetic = electric[:1], magnetic[:1]
    turn = m * b / r
    columns = [[f, 0.0, turn * f / square, k * eps * d / square] for f, d in electric]
    columns += [[0.0, f, -k * d / square, -turn * f / square] for f, d in magnetic]
    return np.array(columns).T


def _radial(m: int, square: float, r: float) -> list[tuple[float, float]]:
    """Both radial functions of a square wavenumber and their derivatives, the one that is finite on
    the axis first.
    """
    q = math.sqrt(abs(square))
    if square > 0:
        return [(jv(m, q * r), q * jvp(m, q * r)), (yv(m, q * r), q * yvp(m, q * r))]
    return [(iv(m, q * r), q * ivp(m, q * r)), (kv(m, q * r), q * kvp(m, q * r))]
