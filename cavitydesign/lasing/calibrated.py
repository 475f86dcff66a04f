"""What the draws of a calibration leave in a lasing prediction."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from .prediction import LasingPrediction

QUANTILES = {"p5": 0.05, "p16": 0.16, "p50": 0.5, "p84": 0.84, "p95": 0.95}
THRESHOLDS = ("gain_equals_loss", "ase", "lasing")


@dataclass(frozen=True)
class CalibratedOutcome:
    """Intervals and probabilities over draws of calibrated constants.

    Attributes
    ----------
    draws : int
        Predictions made.
    lases_probability : float
        Share of the draws with a lasing threshold within the fluences asked.
    single_mode_probability : float
        Share of the draws that lase in a single mode, the comb's place as each prediction has it:
        the probability over its place where it was asked for.
    threshold_mj_cm2 : mapping of str to mapping of str to float or None
        By threshold, quantiles over those draws that have it; None where none has.
    """

    draws: int
    lases_probability: float
    single_mode_probability: float
    threshold_mj_cm2: dict[str, dict[str, float] | None]

    def to_json_dict(self) -> dict[str, object]:
        """The object `calibrated` of the JSON."""
        return {
            "draws": self.draws,
            "lases_probability": self.lases_probability,
            "single_mode_probability": self.single_mode_probability,
            "threshold_mj_cm2": self.threshold_mj_cm2,
        }


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
        values = [getattr(each.thresholds, name) for each in predictions]
        known = [value for value in values if value is not None]
        thresholds[name] = (
            {key: float(np.quantile(known, share)) for key, share in QUANTILES.items()}
            if known
            else None
        )
    return CalibratedOutcome(
        len(predictions), float(np.mean(lases)), float(np.mean(single)), thresholds
    )
