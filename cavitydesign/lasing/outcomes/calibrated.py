"""What the draws of a calibration leave in a lasing prediction."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from ..prediction import LasingPrediction
from .calibrated_outcome import CalibratedOutcome

QUANTILES = {"p5": 0.05, "p16": 0.16, "p50": 0.5, "p84": 0.84, "p95": 0.95}
THRESHOLDS = ("gain_equals_loss", "ase", "lasing", "upper_break")


def calibrated_outcome(predictions: Sequence[LasingPrediction]) -> CalibratedOutcome:
    """Summarise predictions of equal draws.

    Parameters
    ----------
    predictions : sequence of LasingPrediction
        At least one.
    """
    lases = [each.thresholds.lasing is not None for each in predictions]
    single = [
        0.0
        if each.thresholds.lasing is None
        else float(each.regime.modes_lasing == 1)
        if each.single_mode_probability is None
        else each.single_mode_probability
        for each in predictions
    ]
    thresholds: dict[str, dict[str, float] | None] = {}
    for name in THRESHOLDS:
        values = [
            each.breaks.upper_mj_cm2 if name == "upper_break" else getattr(each.thresholds, name)
            for each in predictions
        ]
        known = [value for value in values if value is not None]
        thresholds[name] = (
            {key: float(np.quantile(known, share)) for key, share in QUANTILES.items()}
            if known
            else None
        )
    return CalibratedOutcome(
        len(predictions), float(np.mean(lases)), float(np.mean(single)), thresholds
    )
