"""Transmission past a cavity that is coupled to a guide.

A travelling wave of energy |a|^2 obeys da/dt = -(i w0 + w0 / 2 Q) a + sqrt(w0 / Q_e) s, with the
power |s|^2 of the guide before it and |s - sqrt(w0 / Q_e) a|^2 behind it, 1/Q = 1/Q_i + 1/Q_e
(Haus, Waves and Fields in Optoelectronics, 1984, chapter 7). At a detuning d of the wavelength, in
shares of it,

    T = ((1/Q_i - 1/Q_e)^2 + 4 d^2) / ((1/Q_i + 1/Q_e)^2 + 4 d^2).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from ...arrays import Array

_EVEN = 300.0  # of log10: ratios beyond are all or nothing


def transmission(
    log10_intrinsic: float | None, log10_external: ArrayLike, detuning: ArrayLike = 0.0
) -> Array:
    """Share of the guided power that passes.

    Parameters
    ----------
    log10_intrinsic : float or None
        log10 of the Q without the guide; None: no loss.
    log10_external : array_like
    detuning : array_like
        Detuning over the wavelength times the loaded Q: in line widths.
    """
    external = np.asarray(log10_external, dtype=float)
    ratio = np.zeros_like(external)  # of the two losses, intrinsic over external
    if log10_intrinsic is not None:
        ratio = 10.0 ** np.clip(external - log10_intrinsic, -_EVEN, _EVEN)
    on_resonance = ((ratio - 1.0) / (ratio + 1.0)) ** 2
    square = 4.0 * np.asarray(detuning, dtype=float) ** 2
    return np.asarray((on_resonance + square) / (1.0 + square))
