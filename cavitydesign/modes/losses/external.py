"""Light that a guide beside the cavity takes, as a loss."""

from __future__ import annotations

import math

from ..coupling.external_coupling import external_coupling
from .mechanism import Loss, SolvedLosses


def external(mode: SolvedLosses) -> Loss:
    """log10 Q by coupling to the cavity's guide; none without a guide.

    The error is that of the mode's own field where it radiates: near field and far field are the
    same integral at directions of either side of the real ones.
    """
    coupler = mode.raw.problem.cavity.coupler
    if coupler is None:
        return Loss(None)
    found = external_coupling(mode.raw, coupler)
    log10_q = float(found.law.log10_q(coupler.gap_um))
    if not math.isfinite(log10_q):
        return Loss(None)
    error = mode.bars.fields(mode.raw.q).log10_q + mode.measures.far_error
    error += mode.measures.wall_in_far
    return Loss(
        log10_q,
        error,
        {
            "phase_mismatch_per_um": found.mismatch_per_um,
            "guide_index": found.guide_index,
            **({} if found.single else {"guide_modes_more": 1.0}),
        },
        found.law,
    )
