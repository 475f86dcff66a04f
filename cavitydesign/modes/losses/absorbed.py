"""Absorption as a loss: what lossy media add to the imaginary part of the wavenumber."""

from __future__ import annotations

import math

from .mechanism import Loss, SolvedLosses


def absorbed(mode: SolvedLosses) -> Loss:
    """log10 Q by absorption in the media; none where they are transparent."""
    raw = mode.raw
    if not raw.eps.loss.any():
        return Loss(None)
    change = raw.k_absorbing_per_um.imag - raw.k_per_um.imag
    if change >= 0:
        return Loss(None)
    log10_q = math.log10(raw.k_absorbing_per_um.real / (2 * -change))
    return Loss(log10_q + mode.log10_dispersion)
