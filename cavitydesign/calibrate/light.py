"""Light of pulses for many sets of constants at once."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ..arrays import Array


@dataclass(frozen=True, eq=False)
class Light:
    """What the rate equations say of k sets of constants.

    Attributes
    ----------
    laser, glow : (k, n) arrays
        Logarithms of the photons for each emitter that leave all modes, and that are sent out
        beside them, against excitations.
    log_static : (k,) array
        Logarithm of the excitations at which gain equals loss, infinite where it never does.
    log_least : (k,) array
        Logarithm of the photons for each further excitation at the peak that a laser sends at best,
        at least, to have a threshold (decision 13).
    shares : (k, m, c) array or None
        Share of each of m modes of the laser light, at the coarse grid of excitations; None where
        no spectrum asks for it.
    """

    laser: Array
    glow: Array
    log_static: Array
    log_least: Array
    shares: Array | None = None

    def __len__(self) -> int:
        return len(self.laser)

    def taken(self, rows: NDArray[np.int64] | NDArray[np.bool_]) -> Light:
        """Some of the sets."""
        return Light(
            self.laser[rows],
            self.glow[rows],
            self.log_static[rows],
            self.log_least[rows],
            None if self.shares is None else self.shares[rows],
        )

    def joined(self, other: Light) -> Light:
        """These, and after them the others."""
        return Light(
            np.concatenate([self.laser, other.laser]),
            np.concatenate([self.glow, other.glow]),
            np.concatenate([self.log_static, other.log_static]),
            np.concatenate([self.log_least, other.log_least]),
            None
            if self.shares is None or other.shares is None
            else np.concatenate([self.shares, other.shares]),
        )
