"""The rate equations where the emitters are carriers: gain and recombination by laws of their
density instead of rungs of a ladder. Steps, sums and balance are those of all media.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from ...arrays import Array
from ...gain.carrier_kinetics import CarrierLadder
from .rate_equations import RateEquations, Source
from .rate_model import RateModel


class CarrierEquations(RateEquations):
    """Rate equations of carriers and photons: the density of each class stands on rung 1.

    Parameters
    ----------
    model : RateModel
        With a `CarrierLadder`.
    hot : (2, C or 1, F) array
    source : Source or None
    """

    def __init__(self, model: RateModel, hot: Array, source: Source | None = None) -> None:
        super().__init__(model, hot, source)
        assert isinstance(model.ladder, CarrierLadder)
        self._laws = model.ladder

    def flux(self, ladder: Array, down: Array, up: Array) -> Array:
        """Recombination and stimulated emission less absorption, (1, C, F)."""
        # Each law is a nonlinear function of the density, where a rung's rate would be linear.
        emission, absorption, _, decay = self._laws.weights(ladder[1:])
        return np.asarray(decay + emission * down - absorption * up)

    def sums_of(self, ladder: Array) -> Array:
        """(4, C, F) weights by the laws."""
        return self._laws.weights(ladder[1])

    def flux_slopes(self, ladder: Array, down: Array, up: Array) -> tuple[Array, Array]:
        """With the density; what is left of transparency acts on nothing."""
        emission, absorption, _, decay = self._laws.slopes(ladder[1:])
        falling = decay + emission * down - absorption * up
        return falling, np.zeros_like(falling)

    def light_slopes(self, ladder: Array) -> tuple[Array, Array]:
        """Weights of emission and absorption."""
        emission, absorption, _, _ = self._laws.weights(ladder[1:])
        return emission, absorption

    def sum_slopes(self, ladder: Array) -> Callable[[Array, slice], Array]:
        """By the slopes of the laws."""
        slopes = self._laws.slopes(ladder[1])

        def changed(change: Array, which: slice) -> Array:
            return np.asarray(slopes[which] * change[1])

        return changed


def equations_of(model: RateModel, hot: Array, source: Source | None = None) -> RateEquations:
    """The rate equations of a medium's kinetics."""
    kind = CarrierEquations if isinstance(model.ladder, CarrierLadder) else RateEquations
    return kind(model, hot, source)
