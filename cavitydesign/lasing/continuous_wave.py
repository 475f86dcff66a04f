"""Steady state of a four-level medium under a continuous pump, any number of modes and classes."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ..errors import InputError, SolverError
from .rate_model import RateModel

Array = NDArray[np.float64]

_ITERATIONS = 60
_RESIDUAL = 1e-12


def steady_photons(model: RateModel, pump_per_ps: ArrayLike) -> Array:
    """Photons in each mode, for one emitter, at each pump rate.

    An emitter is excited at the pump rate out of its ground state, and by absorption; leaves the
    upper level by its life time and by emission. Newton's method in the logarithm of the photon
    numbers, from low to high pump, each from the last answer.

    Parameters
    ----------
    model : RateModel
        With one excitation for an emitter (a four-level ladder).
    pump_per_ps : (F,) array
        Rising, positive.

    Returns
    -------
    (M, F) array

    Raises
    ------
    InputError
        A ladder of more than one rung, or pump rates that do not rise.
    SolverError
        If Newton's method does not converge.
    """
    pump = np.atleast_1d(np.asarray(pump_per_ps, dtype=float))
    if model.ladder.top != 1 or model.emission.ndim != 2:
        raise InputError("steady state: needs a four-level medium and one comb")
    if np.any(pump <= 0) or np.any(np.diff(pump) <= 0):
        raise InputError("steady state: pump rates must be positive and rise")
    answer = np.empty((model.modes, len(pump)))
    decay = float(model.ladder.decay_per_ps[1])
    seed = model.weight @ model.emission / model.emitters
    logarithm = np.log(seed * pump[0] / (pump[0] + decay) / model.loss)
    for place, rate in enumerate(pump):
        logarithm = _newton(model, float(rate), decay, logarithm)
        answer[:, place] = np.exp(logarithm)
    return answer


def _residual(model: RateModel, rate: float, decay: float, logarithm: Array) -> tuple[Array, Array]:
    """Relative imbalance of every mode, and its derivative by the logarithms."""
    photons = np.exp(logarithm)
    up = rate + model.absorption @ photons
    down = decay + model.emission @ (photons + 1.0 / model.emitters)
    excited = up / (up + down)
    # d excited / d photon of each mode
    slope = (model.absorption * down[:, None] - model.emission * up[:, None]) / ((up + down) ** 2)[
        :, None
    ]
    gain, lost = model.emission * model.weight[:, None], model.absorption * model.weight[:, None]
    seed = gain.T @ excited / model.emitters
    residual = gain.T @ excited - lost.T @ (1.0 - excited) - model.loss + seed / photons
    change = (gain + lost).T @ slope + (gain.T @ slope) / model.emitters / photons[:, None]
    jacobian = change * photons[None, :]
    jacobian[np.diag_indices(len(photons))] -= seed / photons
    return residual / model.loss, jacobian / model.loss[:, None]


def _newton(model: RateModel, rate: float, decay: float, start: Array) -> Array:
    logarithm = start
    residual, jacobian = _residual(model, rate, decay, logarithm)
    for _ in range(_ITERATIONS):
        step = np.linalg.solve(jacobian, -residual)
        step *= min(1.0, 2.0 / float(np.abs(step).max() + 1e-300))
        for _ in range(30):
            trial, slope = _residual(model, rate, decay, logarithm + step)
            if np.abs(trial).max() < np.abs(residual).max() or np.abs(step).max() < 1e-9:
                break
            step *= 0.5
        logarithm, residual, jacobian = logarithm + step, trial, slope
        if np.abs(residual).max() < _RESIDUAL or np.abs(step).max() < 1e-14:
            return logarithm
    raise SolverError(
        f"steady state: no convergence at a pump rate of {rate:g} per ps; use a finer series of pump rates"
    )
