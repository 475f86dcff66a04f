"""The linearly implicit steps: the Jacobian against differences, the order of the method, what it
conserves.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from cavitydesign.gain import DotMedium
from cavitydesign.lasing.pulses.integrate import StepControl
from cavitydesign.lasing.pulses.pulse_solver import PulseSolver
from cavitydesign.lasing.pulses.rate_equations import RateEquations
from cavitydesign.lasing.pulses.steppers import DormandPrince, Rodas, Stepper
from cavitydesign.lasing.steady.linearised import LinearisedRates

DOTS = DotMedium()
SHIFTS = np.array([-0.7, 0.0, 0.4])
EXCITONS = np.array([2.0, 6.0, 9.0])


@pytest.fixture(
    params=[(20.0, False), (20.0, True), (60.0, False)],
    ids=["few modes", "a comb for each column", "many"],
)
def alight(request, make_comb) -> tuple[RateEquations, np.ndarray]:
    """Equations of three pulses with hot and cold emitters, and a state with light in every
    mode.
    """
    span_nm, shifted = request.param
    solver = PulseSolver(make_comb(15.0, span_nm=span_nm, quality=1e5), DOTS, 1.7e7, StepControl())
    model = solver.model(7, SHIFTS if shifted else None)
    occupation = solver._occupation(model, EXCITONS)
    hot = np.where((np.arange(8) >= model.ladder.hot_from)[:, None, None], occupation, 0.0)
    equations = RateEquations(model, hot)
    random = np.random.default_rng(3)
    ladder = np.broadcast_to(occupation, (8, len(model.weight), 3)) * random.uniform(
        0.5, 1.5, (8, len(model.weight), 3)
    )
    light = random.uniform(0.1, 1.0, (model.modes, 3))
    rest = random.uniform(0.0, 1.0, (model.modes + 2, 3))
    return equations, np.concatenate([ladder.reshape(-1, 3), light, rest])


def rate(equations: RateEquations, time: np.ndarray, state: np.ndarray) -> np.ndarray:
    out = np.empty_like(state)
    equations.rate(time, state, out)
    return out


def test_solution_satisfies_the_jacobian_by_differences(alight) -> None:
    """(shift - J) x = b with J x from central differences: the rates are quadratic, so that only
    rounding is left.
    """
    equations, state = alight
    shift, time = np.array([0.3, 1.0, 40.0]), np.array([0.2, 1.0, 3.0])
    right = np.random.default_rng(5).normal(size=state.shape)
    solved = LinearisedRates(equations, state, shift, time).solve(right)
    product = rate(equations, time, state + 0.5 * solved) - rate(
        equations, time, state - 0.5 * solved
    )
    left = shift * solved - product
    scale = np.abs(shift * solved).max(axis=0) + np.abs(product).max(axis=0)
    error = (np.abs(left - right) / scale).max()
    assert error < 1e-11, error


def test_the_hot_emitters_fade_as_the_rate_says(alight) -> None:
    """Change of the rate with time by differences: second order of 1e-4 ps, 1e-8 of the largest."""
    equations, state = alight
    time, small = np.array([0.2, 1.0, 3.0]), 1e-4
    change = (rate(equations, time + small, state) - rate(equations, time - small, state)) / (
        2 * small
    )
    explicit = equations.explicit(time, state)
    assert np.abs(explicit).max() > 0
    assert explicit == pytest.approx(change, abs=1e-8 * float(np.abs(explicit).max()))


def marched(
    equations: RateEquations, stepper: Stepper, state: np.ndarray, steps: int
) -> np.ndarray:
    """The state after 0.4 ps in equal steps."""
    columns = state.shape[1]
    step, time = np.full(columns, 0.4 / steps), np.zeros(columns)
    slope = rate(equations, time, state)
    for _ in range(steps):
        trial = stepper.taken(equations, time, state, slope, step)
        time, state, slope = time + step, trial.state.copy(), trial.slope.copy()
    return state


@pytest.mark.parametrize(("stepper", "order"), [(DormandPrince, 5), (Rodas, 4)])
def test_error_falls_with_the_order_of_the_method(
    alight, stepper: Callable[[], Stepper], order: int
) -> None:
    """Halving the step divides the error by 2^order; the rate seen on steps short of rounding, 0.5
    allowed.
    """
    equations, state = alight
    exact = marched(equations, DormandPrince(), state, 1600)
    errors = [
        np.abs(marched(equations, stepper(), state, steps) - exact).max() for steps in (40, 80)
    ]
    seen = np.log2(errors[0] / errors[1])
    assert seen > order - 0.5, f"order {seen:.2f} of {order}; errors {errors}"


def test_error_estimate_is_of_one_order_less_and_not_too_small(alight) -> None:
    """Over one step: the estimate falls by 2^4, and exceeds the error."""
    equations, state = alight
    time = np.zeros(3)
    slope = rate(equations, time, state)
    estimates = []
    for length in (0.004, 0.002):
        step = np.full(3, length)
        trial = Rodas().taken(equations, time, state, slope, step)
        exact = state.copy()
        fine, at = DormandPrince(), time.copy()
        for _ in range(50):
            part = fine.taken(equations, at, exact, rate(equations, at, exact), step / 50)
            exact, at = part.state.copy(), at + step / 50
        assert np.abs(trial.error).max() > np.abs(trial.state - exact).max()
        estimates.append(np.abs(trial.error).max())
    assert np.log2(estimates[0] / estimates[1]) == pytest.approx(4.0, abs=0.5)


def test_a_step_of_any_length_keeps_excitations_and_photons(alight) -> None:
    """J creates none: weighed by what it books, the solution is the right side over the shift, to
    rounding of its terms.
    """
    equations, state = alight
    rung = np.arange(equations.rungs, dtype=float)

    def booked(change: np.ndarray) -> np.ndarray:
        ladder = change[: equations.populations].reshape(equations.rungs, equations.classes, -1)
        held = np.einsum("j,c,jcf->f", rung, equations.model.weight, ladder)
        return (
            held
            + change[equations.photons].sum(axis=0)
            + change[equations.emitted].sum(axis=0)
            + change[-1]
        )

    right = np.random.default_rng(5).normal(size=state.shape)
    for shift in (0.04 * np.ones(3), np.ones(3), 40.0 * np.ones(3)):
        solved = LinearisedRates(equations, state, shift, np.zeros(3)).solve(right)
        error = np.abs(booked(solved) - booked(right) / shift) / np.abs(solved).max(axis=0)
        assert error.max() < 1e-10, error
