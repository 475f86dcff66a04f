"""Threshold gain of a mode by the complex eigenproblem, for the same passive Q as the rate
equations use.
"""

from __future__ import annotations

import math

from ...errors import SolverError
from ...modes.complex_threshold import static_threshold
from ...modes.mode import Mode


def exact_threshold_gain_per_cm(
    mode: Mode, doped_region: str, q_passive: float | None
) -> float | None:
    """Material gain of the doped region at which the mode's frequency is real, in cm^-1.

    Parameters
    ----------
    mode : Mode
    doped_region : str
    q_passive : float or None
        The passive Q, where it is not that of the mode's own loss budget.

    Returns
    -------
    float or None
        None for a mode without a solved field, without loss, or with no threshold (no field in the
        doped region).
    """
    if mode.raw is None:
        return None
    if q_passive is None and (mode.q_total is None or math.isinf(mode.q_total)):
        return None
    # A threshold that the eigenproblem does not find is left empty beside the first-order one; it
    # must not end a prediction.
    try:
        return static_threshold(mode, doped_region, q_passive).gain_per_cm
    except SolverError:
        return None
