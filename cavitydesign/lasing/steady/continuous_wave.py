"""Steady state of emitters of one excitation, or of carriers, under a continuous pump, for any
number of modes and classes.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import ArrayLike

from ...arrays import Array
from ...errors import InputError, SolverError
from ..pulses.rate_model import RateModel
from .steady_balance import SteadyPump, excited_share, steady_pump
from .steady_newton import central_path, newton


def steady_photons(model: RateModel, pump_per_ps: ArrayLike, pump_emission: float = 0.0) -> Array:
    """Photons in each mode, for one emitter, at each pump rate.

    An emitter is excited at the pump rate out of its ground state, and by absorption; leaves the
    upper level by its life time, by emission, and where the pump lies within the emission band by
    that. From low to high pump, each from the last answer.

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
    answer = np.zeros((model.modes, len(pump)))
    # No light in modes that meet no emitters, or lie where these emit nothing.
    lit = model.weight @ model.emission > 0
    if not lit.any():
        return answer
    model = replace(
        model,
        emission=model.emission[:, lit],
        absorption=model.absorption[:, lit],
        loss=model.loss[lit],
    )
    shape = steady_pump(model, pump_emission)
    last, logarithm = _dark_start(model, shape, float(pump[0]))
    for column, rate in enumerate(pump):
        logarithm = _continued(model, shape, last, float(rate), logarithm)
        last = float(rate)
        answer[lit, column] = np.exp(logarithm)
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
    """Logarithms of the photons at a pump rate, from those at a lower one: by Newton's method where
    that converges at once, else from a central path, else by a rate between. Where light saturates
    what absorbs it, the dark state may end at some rate: the bright one goes on from there.
    """
    try:
        return newton(model, pump, rate, start)
    except SolverError:
        pass
    try:
        return newton(model, pump, rate, central_path(model, pump, rate, start))
    except SolverError:
        if halvings == 0 or rate <= last * (1.0 + 1e-9):
            bright = np.log(rate / model.loss)  # every excitation leaves as light
            return newton(model, pump, rate, central_path(model, pump, rate, bright))
    # Halfway in the logarithm, in which light curves are even.
    between = float(np.sqrt(last * rate))
    middle = _continued(model, pump, last, between, start, halvings - 1)
    return _continued(model, pump, between, rate, middle, halvings - 1)
