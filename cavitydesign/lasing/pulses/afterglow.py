"""What a pulse still sends out when every gain is below its loss: closed form, with its error.

From then on the emitters decay on their own: the time integral of each rung is what stands at or
above it over its decay rate, and so is that of the spontaneous emission into a mode known exactly.
A photon in a mode leaves at the passive loss kappa out of the total rate of loss, -net, which ends
at K = kappa + absorption by emitters at rest, and differs from it by the relative e = (net + K) / K
now. To first order in e a mode sends out

    kappa / K  ( s (1 + e K / (K + gamma))  +  seed (1 + e / 2 K / (K + gamma)) )

with s photons inside, `seed` still to come from spontaneous emission, and gamma the slowest decay
of the emitters. What emitters absorb of it they send out again: the share beta of that into the
modes, of which kappa / K leaves and the rest is absorbed once more, a geometric series.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ...arrays import Array
from .rate_equations import RateEquations

# Cooling times after which no gain is still to come.
SETTLED = 8.0
# Error of what is still to come, relative to the whole of each strong mode, with which a pulse is
# over: dots and dyes agree with LSODA to 7e-4 from 0.3 to 10 times gain = loss and Q = 300 to 1e8.
LEFT = 2e-4
# Weight of the photoluminescence: it may be five times less certain.
_GLOW = 0.2
# Absorption, and absorbed light, of no emitter at all: divided by, it leaves nothing.
_NO_LOSS = 1e-300
# A mode with less than this share of the strongest need not be known that well.
_WEAK = 1e-2


@dataclass(frozen=True)
class Afterglow:
    """What is still to come.

    Attributes
    ----------
    emitted : (M, F) array
        Photons that will leave each mode.
    spontaneous : (F,) array
        Photoluminescence to come, that of emitters which absorb photons left inside among it.
    error : (F,) array
        Estimated error of that, relative to the whole light of a mode; infinite while a gain
        exceeds its loss.
    """

    emitted: Array
    spontaneous: Array
    error: Array


def afterglow(
    equations: RateEquations, hot: Array, time: Array, state: Array, net: Array
) -> Afterglow:
    """What the given states will still send out.

    Parameters
    ----------
    equations : RateEquations
    hot : (J + 1, C, F) array
        Emitters that started hot.
    time : (F,) array
    state : (rows, F) array
    net : (M, F) array
        Net gain rates there.
    """
    ladder = equations.model.ladder
    columns = state.shape[1]
    rungs = state[: equations.populations].reshape(equations.rungs, equations.classes, columns)
    rungs = rungs + hot * np.exp(-equations.cooling * time)
    still = ladder.to_come(rungs, equations.seed)
    seed = equations.times(equations.gain, still.glowing) / equations.model.emitters
    dark = equations.model.weight @ still.dark
    rest = np.full((equations.classes, columns), ladder.absorption[0])
    settled_loss = equations.loss + equations.times(equations.lost, rest)
    lossy = still.slowest_per_ps > 0
    slowest = still.slowest_per_ps if lossy else 1.0
    photons = state[equations.photons]
    excess = np.maximum((net + settled_loss) / settled_loss, 0.0)
    bend = excess * settled_loss / (settled_loss + slowest)
    out = equations.loss / settled_loss
    light = out * photons * (1.0 + bend)
    coming = light + out * seed * (1.0 + 0.5 * bend)
    # Emitters absorb where a mode is strong: each class its part of what the mode leaves inside.
    left = np.maximum(photons + seed - coming, 0.0)
    lost = np.maximum(settled_loss - equations.loss, _NO_LOSS)
    taken = rest * equations.times(equations.up, left / lost)
    taken = equations.model.weight[:, None] * taken
    absorbed = taken.sum(axis=0)
    share = taken / np.maximum(absorbed, _NO_LOSS)
    # What they absorb they send out again from there, a share of it into the modes, and so on.
    again = equations.times(np.swapaxes(equations.down, -1, -2), still.relit_glowing * share)
    again /= equations.model.emitters
    absorbed = absorbed / np.maximum(1.0 - (again * (1.0 - out)).sum(axis=0), 1e-12)
    coming += out * again * absorbed
    dark = dark + (still.relit * share).sum(axis=0) * absorbed
    # light that is strong beside the decays changes the emitters, and what they absorb
    acting = equations.times(equations.down, photons) + equations.times(equations.up, photons)
    strength = np.minimum(acting.max(axis=0) / slowest, 1.0)
    whole = state[equations.emitted] + coming
    scale = whole + _WEAK * whole.max(axis=0)
    wrong = coming * np.minimum(bend**2, 1.0) + coming * strength
    error = (wrong / np.where(scale > 0, scale, 1.0)).max(axis=0)
    glow = state[-2] + dark
    error = np.maximum(error, _GLOW * dark * strength / np.where(glow > 0, glow, 1.0))
    # emitters that never decay feed the modes for ever
    growing = (not lossy) | (net.max(axis=0) >= 0) | (time * equations.cooling < SETTLED)
    return Afterglow(coming, dark, np.where(growing, np.inf, error))
