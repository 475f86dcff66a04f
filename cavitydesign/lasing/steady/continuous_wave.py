"""Steady state of emitters of one excitation, or of carriers, under a continuous pump, for any
number of modes and classes.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from ...arrays import Array
from ...errors import InputError, SolverError
from ..pulses.rate_model import RateModel

# Newton steps: from the state of the pump before 4 to 8 are taken; 40 are a failure.
_ITERATIONS = 40
# Relative to gain, absorption and loss of each mode: rounding of their sum.
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
    """(C,) share of the emitters in the upper level under a pump rate and photons; of carriers the
    density over that of transparency.
    """
    return model.ladder.steady_level(
        rate * pump.up,
        rate * pump.down,
        model.emission @ (photons + 1.0 / model.emitters),
        model.absorption @ photons,
    )


def steady_photons(model: RateModel, pump_per_ps: ArrayLike, pump_emission: float = 0.0) -> Array:
    """Photons in each mode, for one emitter, at each pump rate.

    An emitter is excited at the pump rate out of its ground state, and by absorption; leaves the
    upper level by its life time, by emission, and where the pump lies within the emission band by
    that. Newton's method in the logarithm of the photon
    numbers, from low to high pump, each from the last answer.

    Parameters
    ----------
    model : RateModel
        With one excitation for an emitter (a four-level ladder), or with carriers.
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
        raise InputError("steady state: needs a four-level medium or carriers, and one comb")
    if np.any(pump <= 0) or np.any(np.diff(pump) <= 0):
        raise InputError("steady state: pump rates must be positive and rise")
    answer = np.empty((model.modes, len(pump)))
    shape = steady_pump(model, pump_emission)
    last, logarithm = _dark_start(model, shape, float(pump[0]))
    for column, rate in enumerate(pump):
        logarithm = _continued(model, shape, last, float(rate), logarithm)
        last = float(rate)
        answer[:, column] = np.exp(logarithm)
    return answer


def _dark_start(model: RateModel, pump: SteadyPump, rate: float) -> tuple[float, Array]:
    """A pump rate, the first asked or one low enough for every gain to stay below half of its
    losses, and logarithms of the photons there without their effect on the emitters.
    """
    gain, lost = model.weight @ model.emission, model.weight @ model.absorption
    strongest = float((gain / (model.loss + lost)).max())
    # a quarter of the level at which the strongest gain would meet its losses, or half of
    # transparency
    part = np.array(min(0.25 / strongest, 0.5))
    low = min(rate, float(model.ladder.level_weights(part)[3]))
    level = excited_share(model, pump, low, np.zeros(model.modes))
    emission, absorption, _, _ = model.ladder.level_weights(level) * model.weight
    seed = emission @ model.emission / model.emitters
    net = model.loss + absorption @ model.absorption - emission @ model.emission
    return low, np.log(seed / np.maximum(net, 0.5 * model.loss))


def _continued(
    model: RateModel,
    pump: SteadyPump,
    last: float,
    rate: float,
    start: Array,
    halvings: int = 12,
) -> Array:
    """Newton's method at a pump rate, from the answer at a lower one; by a rate between where it
    does not converge at once.
    """
    try:
        return _newton(model, pump, rate, start)
    except SolverError:
        if halvings == 0 or rate <= last * (1.0 + 1e-9):
            raise
    # Halfway in the logarithm, in which light curves are even.
    between = float(np.sqrt(last * rate))
    middle = _continued(model, pump, last, between, start, halvings - 1)
    return _continued(model, pump, between, rate, middle, halvings - 1)


def _residual(
    model: RateModel, pump: SteadyPump, rate: float, logarithm: Array
) -> tuple[Array, Array]:
    """Imbalance of every mode over all that it gains and loses, and its derivative by the
    logarithms.

    Where absorption is strong beside the loss, rounding of the one alone exceeds any small share of
    the other.
    """
    photons = np.exp(logarithm)
    level = excited_share(model, pump, rate, photons)
    emitting, absorbing, _, _ = model.ladder.level_weights(level)
    of_emission, of_absorption, _, of_decay = model.ladder.level_slopes(level)
    # how the balance of a class changes with its level, and so the level with a photon of each mode
    stiff = (
        of_decay
        + of_emission * (model.emission @ (photons + 1.0 / model.emitters))
        - of_absorption * (model.absorption @ photons)
        - rate * (pump.up + pump.down) * model.ladder.pump_slope
    )
    slope = (model.absorption * absorbing[:, None] - model.emission * emitting[:, None]) / stiff[
        :, None
    ]
    gain, lost = model.emission * model.weight[:, None], model.absorption * model.weight[:, None]
    seed = gain.T @ emitting / model.emitters
    gained, absorbed = gain.T @ emitting, lost.T @ absorbing
    residual = gained - absorbed - model.loss + seed / photons
    scale = gained + absorbed + model.loss + seed / photons
    more = gain.T @ (of_emission[:, None] * slope)
    change = more - lost.T @ (of_absorption[:, None] * slope)
    change += more / model.emitters / photons[:, None]
    jacobian = change * photons[None, :]
    jacobian[np.diag_indices(len(photons))] -= seed / photons
    return residual / scale, jacobian / scale[:, None]


def _newton(model: RateModel, pump: SteadyPump, rate: float, start: Array) -> Array:
    logarithm = start
    residual, jacobian = _residual(model, pump, rate, logarithm)
    for _ in range(_ITERATIONS):
        step = np.linalg.solve(jacobian, -residual)
        # No photon number changes by more than exp(2) in one step: farther off, the gain that the
        # slope was taken at no longer holds.
        step *= min(1.0, 2.0 / float(np.abs(step).max() + 1e-300))
        for _ in range(30):
            trial, slope = _residual(model, pump, rate, logarithm + step)
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
