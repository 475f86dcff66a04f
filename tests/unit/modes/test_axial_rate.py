"""The rate of the functions along the outline: that of the angular functions on a sphere, beta of a
slender bottle.
"""

from __future__ import annotations

import numpy as np
import pytest

from cavitydesign.eigen.lanczos import shift_invert_lanczos
from cavitydesign.geometry import Cavity, Parabola, Spheroid
from cavitydesign.materials.material import ConstantIndex
from cavitydesign.mesh.rim_layer import reach_of
from cavitydesign.mesh.window import Sizing, build_window
from cavitydesign.modes import ModeRequest
from cavitydesign.modes.estimates.seeds import FamilySeed, family_seeds
from cavitydesign.modes.permittivities import permittivities
from cavitydesign.modes.rim.resolution import axial_rate
from cavitydesign.modes.rim.window_problem import Resolution, WindowProblem

INDEX = 1.49


def seeded(outline: Spheroid | Parabola, m: int, axial: int) -> tuple[Cavity, FamilySeed, float]:
    """A cavity of 5 um radius, its TM seed of one azimuthal order and beta."""
    cavity = Cavity(outline, ConstantIndex.of(INDEX), ConstantIndex.of(1.0))
    request = ModeRequest("TM", 2e3 * np.pi * 5.0 * INDEX / (1.1 * m), None, m, 1, axial, 1e-8)
    (seed,) = family_seeds(cavity, request, "TM", 1)
    return cavity, seed, INDEX * seed.slice_k_per_um[m]


def test_rate_of_a_sphere_and_of_a_slender_bottle() -> None:
    """m / R of the one azimuthal order asked for to rounding; beta of a bottle of R_axial
    = 1000 R to 1e-3; beta of a flat spheroid.
    """
    cavity, seed, beta = seeded(Spheroid(5.0, 5.0), 60, 1)
    assert axial_rate(cavity, seed, beta) == pytest.approx(60.0 / 5.0, rel=1e-12)
    cavity, seed, beta = seeded(Parabola(5.0, 5000.0), 60, 1)
    assert axial_rate(cavity, seed, beta) == pytest.approx(beta, rel=1e-3)
    cavity, seed, beta = seeded(Spheroid(5.0, 2.5), 60, 1)
    assert axial_rate(cavity, seed, beta) == beta


def test_few_functions_carry_a_mode_of_a_sphere() -> None:
    """TM of m = 40, q = 2: three functions leave out less than 1e-6 of k (measured 3e-8 to 1e-7
    for q = 3), with beta a hundred times as much.
    """
    cavity, seed, beta = seeded(Spheroid(5.0, 5.0), 40, 3)
    k = seed.k_per_um(40, 2)
    eps = permittivities(cavity, k)
    indices = tuple(float(n) for n in eps.index)
    reach = reach_of(cavity, 40, [seed.k_per_um(40, q) for q in range(3)], indices, 9.0)
    window = build_window(cavity, Sizing(reach, 1, 3, 2 * np.pi / k, False, True))
    left_out = []
    for rate in (axial_rate(cavity, seed, beta), beta):
        whole = WindowProblem.build(cavity, window, Resolution(6, 9, rate), "electric")
        near = [
            _nearest(problem, 40, eps, k)
            for problem in (whole, whole.lowered(Resolution(6, 3, rate)))
        ]
        left_out.append(abs(near[1] / near[0] - 1.0))
    assert left_out[0] < 1e-6 and left_out[1] > 30.0 * left_out[0], left_out


def _nearest(problem: WindowProblem, m: int, eps: object, k: float) -> float:
    """Wavenumber nearest an estimate."""
    pencil = problem.pencil(m, eps)  # type: ignore[arg-type]
    factor, shift = pencil.factor_near(k**2)
    start = np.random.default_rng(3).standard_normal(problem.size)
    pairs = shift_invert_lanczos(factor.solve, pencil.mass.__matmul__, shift, start, 2, 1e-7)
    roots = np.sqrt(pairs.values.real)
    return float(roots[np.argmin(abs(roots - k))])
