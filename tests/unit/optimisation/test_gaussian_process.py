"""Gaussian-process regression against functions that it should reproduce, and its own gradient."""

import numpy as np
import pytest

from cavitydesign.optimisation.models.gaussian_process import _cost, fit_process
from cavitydesign.optimisation.models.response import fit_response


def test_a_smooth_function_is_reproduced_between_its_points():
    x = np.linspace(0, 1, 12)[:, None]
    process = fit_process(x, np.sin(4 * x[:, 0]) + 3)
    between = np.linspace(0.02, 0.98, 97)[:, None]
    truth = np.sin(4 * between[:, 0]) + 3
    assert np.abs(process.mean(between) - truth).max() < 3e-3
    mean, error = process.mean_and_error(between)
    assert np.allclose(mean, process.mean(between), rtol=1e-12)
    assert error.max() < 0.05


def test_stated_errors_grow_away_from_the_points():
    x = np.array([[0.0], [0.1], [0.2], [0.3], [0.35]])
    process = fit_process(x, np.cos(9 * x[:, 0]))
    _, error = process.mean_and_error(np.array([[0.15], [0.9]]))
    assert error[1] > 5 * error[0]


def test_gradient_of_the_likelihood_against_differences():
    rng = np.random.default_rng(0)
    inputs, y = rng.random((9, 2)), rng.standard_normal(9)
    parameters = np.log([0.4, 0.8, 1.3, 0.1])
    _, gradient = _cost(parameters, inputs, y)
    step = 1e-5
    for place in range(4):
        moved = np.zeros(4)
        moved[place] = step
        slope = (
            _cost(parameters + moved, inputs, y)[0] - _cost(parameters - moved, inputs, y)[0]
        ) / (2 * step)
        assert gradient[place] == pytest.approx(slope, rel=1e-6, abs=1e-7)


def test_a_ripple_far_finer_than_the_points_is_followed_by_its_phase():
    """Eighty periods over the cube, eighteen points: good to a tenth of the ripple with its phase,
    hopeless without.
    """
    cube = np.linspace(0.01, 0.99, 18)[:, None]
    dense = np.linspace(0.02, 0.98, 400)[:, None]

    def place(u):
        return 40 + 80 * u[:, 0] + 3 * u[:, 0] ** 2

    def outcome(u):
        return 2 + u[:, 0] + 0.3 * np.cos(2 * np.pi * place(u))

    columns = {"x": outcome(cube)}
    with_phase = fit_response(cube, columns, place(cube), ["x"])
    without = fit_response(cube, columns, None, ["x"])
    assert np.abs(with_phase.mean("x", dense) - outcome(dense)).max() < 0.03
    assert np.abs(without.mean("x", dense) - outcome(dense)).max() > 0.2
