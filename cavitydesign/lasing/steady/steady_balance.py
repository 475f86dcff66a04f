"""What the modes gain and lose in a given light under a continuous pump, once the emitters have
come to rest in it.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ...arrays import Array
from ..pulses.rate_model import RateModel


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


@dataclass(frozen=True)
class SteadyBalance:
    """Rates of every mode in some light; a mode rests where `lost` times its photons is `seed`.

    Attributes
    ----------
    lost : (M,) array
        Loss and absorption, less what is gained.
    lost_slope : (M, M) array
        Its change with a photon of each mode.
    seed : (M,) array
        Spontaneous emission into the mode.
    seed_slope : (M, M) array
    size : (M,) array
        Sum of gain, absorption and loss, whose rounding `lost` has.
    """

    lost: Array
    lost_slope: Array
    seed: Array
    seed_slope: Array
    size: Array

    @classmethod
    def of(cls, model: RateModel, pump: SteadyPump, rate: float, photons: Array) -> SteadyBalance:
        """That of given photons under a pump rate."""
        level = excited_share(model, pump, rate, photons)
        emitting, absorbing, _, _ = model.ladder.level_weights(level)
        of_emission, of_absorption, _, of_decay = model.ladder.level_slopes(level)
        # how the balance of a class changes with its level, and so the level with a photon of each
        # mode
        stiff = (
            of_decay
            + of_emission * (model.emission @ (photons + 1.0 / model.emitters))
            - of_absorption * (model.absorption @ photons)
            - rate * (pump.up + pump.down) * model.ladder.pump_slope
        )
        level_slope = model.absorption * absorbing[:, None] - model.emission * emitting[:, None]
        level_slope /= stiff[:, None]
        gain, loss = (
            model.emission * model.weight[:, None],
            model.absorption * model.weight[:, None],
        )
        gained, absorbed = gain.T @ emitting, loss.T @ absorbing
        more = gain.T @ (of_emission[:, None] * level_slope)
        return cls(
            model.loss + absorbed - gained,
            loss.T @ (of_absorption[:, None] * level_slope) - more,
            gained / model.emitters,
            more / model.emitters,
            gained + absorbed + model.loss,
        )

    def residual(self, photons: Array) -> Array:
        """Imbalance of every mode over all that it gains and loses.

        Where absorption is strong beside the loss, rounding of the one alone exceeds any small
        share of the other.
        """
        return (self.seed / photons - self.lost) / (self.size + self.seed / photons)

    def residual_slope(self, photons: Array) -> Array:
        """Derivative of the residual by the logarithms of the photons."""
        change = self.seed_slope / photons[:, None] - self.lost_slope
        slope = change * photons[None, :]
        slope[np.diag_indices(len(photons))] -= self.seed / photons
        return slope / (self.size + self.seed / photons)[:, None]
