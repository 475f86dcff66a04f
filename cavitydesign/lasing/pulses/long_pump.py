"""How emitters emit and absorb during a long pump pulse while the modes are dark."""

from __future__ import annotations

import itertools

import numpy as np

from ...arrays import Array
from ...gain.carrier_kinetics import CarrierLadder
from ...gain.ladder import Ladder
from ..pumped.pump_profile import PumpProfile

# Over the pulse; 3000 move gain = loss by less than 1e-4.
_STEPS = 300
# Output times after the pulse, spaced like a geometric series: emission fades exponentially.
_AFTER = 40
# Newton steps of one implicit step, which starts from the state before it and converges
# quadratically: the sixth is below rounding.
_NEWTON = 6
# Of the L-stable SDIRK of two stages and order 2: no rate of the upper rungs shortens a step.
_GAMMA = 1.0 - np.sqrt(0.5)


def weights_under_pump(
    ladder: Ladder, profile: PumpProfile, excitons: Array, backwards: float
) -> Array:
    """Weights of emission and of absorption against time.

    Parameters
    ----------
    ladder : Ladder
    profile : PumpProfile
    excitons : (n,) array
        Mean excitations of an emitter over the whole pulse.
    backwards : float
        Emission that the pump stimulates, over absorption; of emitters of one excitation.

    Returns
    -------
    (2, k, n) array
    """
    if isinstance(ladder, CarrierLadder):
        return _of_carriers(ladder, profile, excitons)
    end = profile.end_ps
    # Gain fades with the lowest rung that emits: rung 2 of a dot (the pair), rung 1 of a dye.
    fade = 3.0 / float(ladder.decay_per_ps[min(2, ladder.top)] or 1.0 / end)
    times = np.r_[
        np.linspace(0.0, end, _STEPS + 1), end + min(fade, end) * np.geomspace(1e-2, 1.0, _AFTER)
    ]
    rungs = np.zeros((ladder.top + 1, len(excitons)))
    rungs[0] = 1.0
    found = np.empty((2, len(times), len(excitons)))
    both = np.stack([ladder.emission, ladder.absorption])
    found[:, 0] = both @ rungs
    for row, (begin, until) in enumerate(itertools.pairwise(times), start=1):
        step = until - begin
        for_stage: list[Array] = []
        start = rungs
        for node in (_GAMMA, 1.0):
            rate = profile.rate_per_ps(np.array([begin + node * step]))[0] * excitons
            if for_stage:
                start = rungs + (1.0 - _GAMMA) * step * for_stage[0]
            solved = _implicit(ladder, rate, backwards, _GAMMA * step, start)
            for_stage.append((solved - start) / (_GAMMA * step))
        rungs = solved
        found[:, row] = both @ rungs
    return found


def _of_carriers(ladder: CarrierLadder, profile: PumpProfile, excitons: Array) -> Array:
    """Weights of emission and of absorption against time, of carriers under a long pump.

    Their gain is greatest during the pulse: steps are by the implicit midpoint rule.
    """
    times = np.linspace(0.0, profile.end_ps, _STEPS + 1)
    density = np.zeros(len(excitons))
    found = [ladder.weights(density)[:2]]
    for begin, until in itertools.pairwise(times):
        step = until - begin
        fed = step * profile.rate_per_ps(np.array([0.5 * (begin + until)]))[0] * excitons
        middle = density + 0.5 * fed
        for _ in range(_NEWTON):
            off = middle - density - 0.5 * (fed - step * ladder.weights(middle)[3])
            middle = np.maximum(middle - off / (1.0 + 0.5 * step * ladder.slopes(middle)[3]), 0.0)
        density = 2.0 * middle - density
        found.append(ladder.weights(density)[:2])
    return np.stack(found, axis=1)


def _implicit(ladder: Ladder, lift: Array, backwards: float, step: float, right: Array) -> Array:
    """(1 - step A) x = right with A the ladder under the pump: Thomas's algorithm along the rungs,
    for all columns at once.
    """
    top = ladder.top
    down = np.repeat(ladder.decay_per_ps[:, None], len(lift), axis=1)
    if backwards:
        down[1] += backwards * lift
    diagonal = 1.0 + step * down
    diagonal[:top] += step * lift
    above, below = -step * down[1:], -step * lift
    ratio, out = np.empty_like(right), np.empty_like(right)
    ratio[0], out[0] = above[0] / diagonal[0], right[0] / diagonal[0]
    for rung in range(1, top + 1):
        pivot = diagonal[rung] - below * ratio[rung - 1]
        if rung < top:
            ratio[rung] = above[rung] / pivot
        out[rung] = (right[rung] - below * out[rung - 1]) / pivot
    for rung in range(top - 1, -1, -1):
        out[rung] -= ratio[rung] * out[rung + 1]
    return out
