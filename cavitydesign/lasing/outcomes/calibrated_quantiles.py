"""What the draws of a calibration leave in a lasing prediction."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from ..prediction import LasingPrediction
from .calibrated_outcome import CalibratedOutcome

QUANTILES = {"p5": 0.05, "p16": 0.16, "p50": 0.5, "p84": 0.84, "p95": 0.95}
# Of a band: as many as a light curve has by default; between them it is straight in logarithms.
_FLUENCES = 48
# Stands for no light in logarithms; far below a photon in any unit.
_DARK = 1e-300
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
        thresholds[name] = quantiles_over([value for value in values if value is not None])
    return CalibratedOutcome(
        len(predictions),
        float(np.mean(lases)),
        float(np.mean(single)),
        thresholds,
        _light_curve(predictions),
    )


def quantiles_over(values: Sequence[float]) -> dict[str, float] | None:
    """At `QUANTILES`, None of no values."""
    if not values:
        return None
    return {name: float(np.quantile(values, share)) for name, share in QUANTILES.items()}


def _light_curve(predictions: Sequence[LasingPrediction]) -> dict[str, list[float]]:
    """Quantiles of the collected light over the fluences that all predictions share."""
    low = max(float(each.fluence_mj_cm2[0]) for each in predictions)
    high = min(float(each.fluence_mj_cm2[-1]) for each in predictions)
    fluence = np.geomspace(low, high, _FLUENCES)
    light = [
        np.interp(
            np.log(fluence), np.log(each.fluence_mj_cm2), np.log(np.maximum(each.emission, _DARK))
        )
        for each in predictions
    ]
    rows = np.exp(np.quantile(light, tuple(QUANTILES.values()), axis=0))
    found = {name: row.tolist() for name, row in zip(QUANTILES, rows, strict=True)}
    return {"fluence_mj_cm2": fluence.tolist(), **found}
