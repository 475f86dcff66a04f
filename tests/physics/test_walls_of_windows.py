"""The closed walls of a window move k by what their fields tell."""

from __future__ import annotations

import math

import numpy as np
import pytest

from cavitydesign.eigen.lanczos import shift_invert_lanczos
from cavitydesign.geometry import Cavity, Cylinder
from cavitydesign.materials import ConstantIndex
from cavitydesign.modes import ModeRequest
from cavitydesign.modes.estimates.seeds import family_seed
from cavitydesign.modes.permittivities import permittivities
from cavitydesign.modes.rim.solve import _window
from cavitydesign.modes.rim.window_identity import identify
from cavitydesign.modes.rim.window_measures import measure_all
from cavitydesign.modes.rim.window_problem import Resolution, WindowProblem
from cavitydesign.modes.solver.solved_vectors import SolvedVectors

# A weakly guiding cylinder: k^2 eps is 0.83 of (m/r)^2 at the outer wall.
ROD = Cavity(Cylinder(85.25), ConstantIndex.of(1.494), ConstantIndex.of(1.33), sliced=True)
ORDER = 1274


def _solved(polarisation: str, accuracy: float) -> tuple[float, float]:
    """k in the window of an accuracy at a degree far beyond it, and the shift by its walls."""
    request = ModeRequest(polarisation, 600.0, None, ORDER, 1, 1, accuracy)
    seed = family_seed(ROD, request, polarisation, 1)
    guess = seed.k_per_um(ORDER, 0)
    eps = permittivities(ROD, guess)
    window, _ = _window(ROD, request, seed, eps, False, 0.0)
    problem = WindowProblem.build(ROD, window, Resolution(14, 1, seed.index * guess), "magnetic")
    pencil = problem.pencil(ORDER, eps)
    factor, shift = pencil.factor_near(guess**2)
    start = np.random.default_rng(3).standard_normal(problem.size)
    pairs = shift_invert_lanczos(factor.solve, pencil.mass.__matmul__, shift, start, 6, 1e-10)
    found = identify(problem, pairs.vectors, ORDER, eps.ordinary)
    (own,) = (i for i, one in enumerate(found) if one.label == (polarisation, 1, 0))
    k = math.sqrt(pairs.values[own].real)
    (read,) = measure_all(problem, SolvedVectors.one(pairs.vectors[:, own], ORDER, 0, k, eps))
    return k, read.wall_shift


@pytest.mark.parametrize("polarisation", ["TM", "TE"])
def test_the_shift_by_walls_is_slaters(polarisation: str) -> None:
    """Against a window whose walls stand where the field is a thousand times fainter: the estimate
    holds the shift and is less than half as much again. The sum of both energies at the walls, in the place
    of their difference, was ten times that of TE.
    """
    near, stated = _solved(polarisation, 1e-4)
    far, _ = _solved(polarisation, 1e-10)
    true = abs(near / far - 1.0)
    assert true < stated < 1.5 * true, (true, stated)
