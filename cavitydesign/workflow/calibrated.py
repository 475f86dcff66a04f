"""A lasing prediction over the draws of a calibration that a design names."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from ..design import Design, parse_design
from ..lasing import LasingPrediction
from ..lasing import predict_lasing as predict
from ..lasing.outcomes.calibrated import calibrated_outcome
from ..lasing.outcomes.calibrated_outcome import CalibratedOutcome
from ..modes import ModeSet

Progress = Callable[[str, float], None]

DRAWS = 24
"""Predictions of one design: the ends of a 68 % interval are then known to a quarter of its width,
and a probability to 0.1."""


def over_draws(
    modes: ModeSet, design: Design, progress: Progress | None = None
) -> CalibratedOutcome:
    """Predict with evenly chosen draws in place of the design's constants.

    Parameters
    ----------
    modes : ModeSet
        The modes that compete.
    design : Design
        With `samples`.
    progress : callable, optional
        Called with a message and the fraction done.
    """
    assert design.samples is not None
    plain = {
        name: {key: value for key, value in table.items() if key != "samples"}
        if name == "gain"
        else table
        for name, table in design.raw.items()
    }
    found: list[LasingPrediction] = []
    draws = design.samples.evenly(DRAWS)
    for number, values in enumerate(draws):
        if progress is not None:
            progress("draws of the calibration", number / len(draws))
        drawn = parse_design(plain, overrides=values, path=design.path)
        request = replace(drawn.lasing, exact_thresholds=0)
        found.append(
            predict(modes, drawn.needed_medium(), drawn.pump, request, cavity=drawn.cavity)
        )
    return calibrated_outcome(found)
