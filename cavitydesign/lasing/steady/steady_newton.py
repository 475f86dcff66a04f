"""The steady light of many modes: Newton's method in the logarithms of the photons, and a central
path to where it converges.
"""

from __future__ import annotations

import numpy as np

from ...arrays import Array
from ...errors import SolverError
from ..pulses.rate_model import RateModel
from .steady_balance import SteadyBalance, SteadyPump

# Newton steps: from the state of a pump a little lower 4 to 8 are taken.
_ITERATIONS = 20
# Halvings of a step that does not lower the imbalance, after which it is no step towards an answer.
_HALVINGS = 8
# Relative to gain, absorption and loss of each mode: rounding of their sum.
_RESIDUAL = 1e-12
# Of the central path: steps at most (8 to 20 are taken), and how far they may lead towards the
# bounds.
_PATH, _INSIDE = 60, 0.95
# By how much a step lowers the mean of light times loss, over the seed, and where it ends: within
# that factor of each seed, and the losses right to that part.
_LOWERED, _NEAR, _LOSSES = 0.1, 1.5, 1e-3
# Loss that a mode with gain starts from, over all that it gains and loses.
_FIRST_LOSS = 1e-3


def newton(model: RateModel, pump: SteadyPump, rate: float, start: Array) -> Array:
    """Logarithms of the photons at rest, from others near them.

    Raises
    ------
    SolverError
        Where a step lowers the imbalance at no length, or the steps run out.
    """
    logarithm, photons = start, np.exp(start)
    balance = SteadyBalance.of(model, pump, rate, photons)
    largest = float(np.abs(balance.residual(photons)).max())
    for _ in range(_ITERATIONS):
        step = np.linalg.solve(balance.residual_slope(photons), -balance.residual(photons))
        # No photon number changes by more than exp(2) in one step: farther off, the gain that the
        # slope was taken at no longer holds.
        step *= min(1.0, 2.0 / float(np.abs(step).max() + 1e-300))
        for _ in range(_HALVINGS):
            trial = np.exp(logarithm + step)
            balance = SteadyBalance.of(model, pump, rate, trial)
            now, length = float(np.abs(balance.residual(trial)).max()), float(np.abs(step).max())
            if now < largest or length < 1e-9:
                break
            step *= 0.5
        else:
            break
        logarithm, photons, largest = logarithm + step, trial, now
        if largest < _RESIDUAL or length < 1e-14:
            return logarithm
    raise SolverError(f"steady state: no convergence at a pump rate of {rate:g} per ps")


def central_path(model: RateModel, pump: SteadyPump, rate: float, start: Array) -> Array:
    """Logarithms of photons near those at rest, from any others.

    The net loss of a mode is taken for an unknown of its own beside the photons, and neither may
    become negative: a mode has light and hardly any loss, or loss and hardly any light. Their
    product, the same number of seeds for all modes at first, is lowered to the seed (an interior
    point method of the complementarity problem that the steady state is without seed). Newton's
    method in the photons alone creeps where many modes come to threshold together.
    """
    photons = np.exp(start)
    balance = SteadyBalance.of(model, pump, rate, photons)
    loss = np.maximum(balance.lost, _FIRST_LOSS * balance.size)
    for _ in range(_PATH):
        ratio = photons * loss / balance.seed
        # Too much light for numbers, which leaves no seed: the caller goes by a rate between.
        if not np.all(ratio > 0.0):
            break
        wrong = float((np.abs(balance.lost - loss) / (balance.size + loss)).max())
        if ratio.max() < _NEAR and ratio.min() > 1.0 / _NEAR and wrong < _LOSSES:
            break
        mean = float(np.exp(np.log(ratio).mean()))
        aim = balance.seed * max(1.0, _LOWERED * mean)
        system = balance.lost_slope + np.diag(loss / photons)
        step = np.linalg.solve(system, aim / photons - balance.lost)
        fall = aim / photons - loss - loss * step / photons
        photons = photons + _reach(step / photons) * step
        loss = loss + _reach(fall / loss) * fall
        balance = SteadyBalance.of(model, pump, rate, photons)
    return np.log(photons)


def _reach(relative: Array) -> float:
    """Part of a step that keeps every number positive."""
    return min(1.0, _INSIDE / max(float(-relative.min()), 1e-300))
