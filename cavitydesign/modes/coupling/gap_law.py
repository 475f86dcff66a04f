"""1/Q of a guide against its gap, known for all gaps at once: every wave of the near field falls by
its own exp(-kappa gap).
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy.optimize import brentq

from ...arrays import Array, Values

_FARTHEST_UM = 1e3  # a bound for the search of the critical gap: fields fade within some um


@dataclass(frozen=True, eq=False)
class GapLaw:
    """1/Q = sum over channels of |sum over waves of a exp(-kappa gap)|^2.

    Attributes
    ----------
    amplitude : (c, w) array
        Of each wave in each channel: a polarisation of a guided mode, or a plane wave in a prism.
    decay_per_um : (c, w) array
    """

    amplitude: Values
    decay_per_um: Array

    def log10_q(self, gap_um: ArrayLike) -> Array:
        """log10 of the external Q; infinite where nothing is coupled."""
        gap = np.asarray(gap_um, dtype=float)
        slowest = float(self.decay_per_um.min())
        beyond = (self.decay_per_um - slowest)[..., None]
        waves = self.amplitude[..., None] * np.exp(-beyond * gap.ravel())
        share = (abs(waves.sum(axis=1)) ** 2).sum(axis=0)
        with np.errstate(divide="ignore"):
            log10_q = 2.0 * slowest * gap.ravel() / math.log(10.0) - np.log10(share)
        return np.asarray(log10_q.reshape(gap.shape))

    def gap_um(self, log10_q: float) -> float | None:
        """The gap of an external Q; None where it is above that in contact already."""
        if not float(self.log10_q(0.0)) < log10_q < float(self.log10_q(_FARTHEST_UM)):
            return None

        def misfit(gap: float) -> float:
            return float(self.log10_q(gap)) - log10_q

        return float(brentq(misfit, 0.0, _FARTHEST_UM, xtol=1e-9))
