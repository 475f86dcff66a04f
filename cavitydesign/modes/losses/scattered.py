"""Scattering as a loss: the rough rim sends light out of the mode."""

from __future__ import annotations

from .mechanism import Loss, SolvedLosses


def scattered(mode: SolvedLosses) -> Loss:
    """log10 Q by scattering at the roughness; none of a smooth rim."""
    log10_q = mode.measures.log10_q_scattering
    return Loss(None if log10_q is None else log10_q + mode.log10_dispersion)
