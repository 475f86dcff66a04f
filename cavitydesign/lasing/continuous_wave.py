"""Steady state of a four-level medium under a continuous pump, any number of modes and classes."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ..errors import InputError, SolverError
from .rate_model import RateModel

Array = NDArray[np.float64]

_ITERATIONS = 40
_RESIDUAL = 1e-12


@dataclass(frozen=True)
class SteadyPump:
    """What a pump rate does to each class of emitters.

    Attributes
    ----------
    up : (C,) array
        Excitation out of the ground state, relative to the rate at the peak.
    down : (C,) array
        Emission that the pump stimulates, relative to the same.
    """

    up: Array
    down: Array


def steady_pump(model: RateModel, pump_emission: float = 0.0) -> SteadyPump:
    """The pump of a model, with stimulated emission over absorption at its wavelength."""
    share = np.asarray(model.pump_share, dtype=float)
    return SteadyPump(share, pump_emission * share)


def excited_share(model: RateModel, pump: SteadyPump, rate: float, photons: Array) -> Array:
    """(C,) share of the emitters in the upper level under a pump rate and photons."""
    up = rate * pump.up + model.absorption @ photons
    down = (
        rate * pump.down
        + float(model.ladder.decay_per_ps[1])
        + model.emission @ (photons + 1.0 / model.emitters)
    )
    return np.asarray(up / (up + down))


def steady_photons(model: RateModel, pump_per_ps: ArrayLike, pump_emission: float = 0.0) -> Array:
    """Photons in each mode, for one emitter, at each pump rate.

    An emitter is excited at the pump rate out of its ground state, and by absorption; leaves the
    upper level by its life time, by emission, and where the pump lies within the emission band by
    that. Newton's method in the logarithm of the photon
    numbers, from low to high pump, each from the last answer.

    Parameters
    ----------
    model : RateModel
        With one excitation for an emitter (a four-level ladder).
    pump_per_ps : (F,) array
        Rising, positive: of emitters at the peak of the pump.
    pump_emission : float
        Stimulated emission over absorption at the pump.

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
    shape = steady_pump(model, pump_emission)
    last, logarithm = _dark_start(model, shape, float(pump[0]), decay)
    for place, rate in enumerate(pump):
        logarithm = _continued(model, shape, last, float(rate), decay, logarithm)
        last = float(rate)
        answer[:, place] = np.exp(logarithm)
    return answer


def _dark_start(
    model: RateModel, pump: SteadyPump, rate: float, decay: float
) -> tuple[float, Array]:
    """A pump rate, the first asked or one low enough for every gain to stay below half of its
    losses, and logarithms of the photons there without their effect on the emitters.
    """
    gain, lost = model.weight @ model.emission, model.weight @ model.absorption
    strongest = float((gain / (model.loss + lost)).max())
    low = min(rate, 0.25 * decay / strongest)
    excited = excited_share(model, pump, low, np.zeros(model.modes)) * model.weight
    seed = excited @ model.emission / model.emitters
    net = model.loss + (model.weight - excited) @ model.absorption - excited @ model.emission
    return low, np.log(seed / np.maximum(net, 0.5 * model.loss))


def _continued(
    model: RateModel,
    pump: SteadyPump,
    last: float,
    rate: float,
    decay: float,
    start: Array,
    halvings: int = 12,
) -> Array:
    """Newton's method at a pump rate, from the answer at a lower one; by a rate between where it
    does not converge at once.
    """
    try:
        return _newton(model, pump, rate, decay, start)
    except SolverError:
        if halvings == 0 or rate <= last * (1.0 + 1e-9):
            raise
    between = float(np.sqrt(last * rate))
    middle = _continued(model, pump, last, between, decay, start, halvings - 1)
    return _continued(model, pump, between, rate, decay, middle, halvings - 1)


def _residual(
    model: RateModel, pump: SteadyPump, rate: float, decay: float, logarithm: Array
) -> tuple[Array, Array]:
    """Imbalance of every mode over all that it gains and loses, and its derivative by the
    logarithms.

    Where absorption is strong beside the loss, rounding of the one alone exceeds any small share of
    the other.
    """
    photons = np.exp(logarithm)
    up = rate * pump.up + model.absorption @ photons
    down = rate * pump.down + decay + model.emission @ (photons + 1.0 / model.emitters)
    excited = up / (up + down)
    # d excited / d photon of each mode
    slope = (model.absorption * down[:, None] - model.emission * up[:, None]) / ((up + down) ** 2)[
        :, None
    ]
    gain, lost = model.emission * model.weight[:, None], model.absorption * model.weight[:, None]
    seed = gain.T @ excited / model.emitters
    gained, absorbed = gain.T @ excited, lost.T @ (1.0 - excited)
    residual = gained - absorbed - model.loss + seed / photons
    scale = gained + absorbed + model.loss + seed / photons
    change = (gain + lost).T @ slope + (gain.T @ slope) / model.emitters / photons[:, None]
    jacobian = change * photons[None, :]
    jacobian[np.diag_indices(len(photons))] -= seed / photons
    return residual / scale, jacobian / scale[:, None]


def _newton(model: RateModel, pump: SteadyPump, rate: float, decay: float, start: Array) -> Array:
    logarithm = start
    residual, jacobian = _residual(model, pump, rate, decay, logarithm)
    for _ in range(_ITERATIONS):
        step = np.linalg.solve(jacobian, -residual)
        step *= min(1.0, 2.0 / float(np.abs(step).max() + 1e-300))
        for _ in range(30):
            trial, slope = _residual(model, pump, rate, decay, logarithm + step)
            if np.abs(trial).max() < np.abs(residual).max() or np.abs(step).max() < 1e-9:
                break
            step *= 0.5
        logarithm, residual, jacobian = logarithm + step, trial, slope
        if np.abs(residual).max() < _RESIDUAL or np.abs(step).max() < 1e-14:
            return logarithm
    raise SolverError(
        f"steady state: no convergence at a pump rate of {rate:g} per ps; use a finer series of "
        "pump rates"
    )
