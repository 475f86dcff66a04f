"""Threshold gain of the strongest modes by the complex eigenproblem."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from ...arrays import Array
from ...gain import GainMedium
from ...modes.mode import Mode
from ..competition.lasing_mode import LasingMode
from ..request import LasingRequest
from ..steady.exact_threshold import exact_threshold_gain_per_cm


def strongest_thresholds(
    modes: Sequence[Mode | LasingMode],
    comb: Sequence[LasingMode],
    emitted: Array,
    medium: GainMedium,
    request: LasingRequest,
) -> dict[str, float | None]:
    """Threshold gain by the complex eigenproblem of the strongest solved modes, by label; the comb
    starts with the solved.
    """
    found: dict[str, float | None] = {}
    for mode_index in np.argsort(-emitted[: len(modes)])[: request.exact_thresholds]:
        mode = modes[mode_index]
        if isinstance(mode, Mode):
            given = None if request.quality == "budget" else comb[mode_index].q_passive
            found[mode.label] = exact_threshold_gain_per_cm(mode, medium.doped_region, given)
    return found
