"""A lasing prediction over the draws of a calibration that a design names."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from ..design import Design, parse_design
from ..design.files.samples_file import Samples
from ..errors import InputError
from ..lasing import LasingPrediction
from ..lasing import predict_lasing as predict
from ..lasing.outcomes.calibrated_outcome import CalibratedOutcome
from ..lasing.outcomes.calibrated_quantiles import calibrated_outcome, quantiles_over
from ..modes import ModeSet
from ..progress import Progress
from .competing import competing_modes
from .steps import static_thresholds

DRAWS = 24
"""Predictions of one design: the ends of a 68 % interval are then known to a quarter of its width,
and a probability to 0.1."""


def lasing_over_draws(
    modes: ModeSet, design: Design, progress: Progress | None = None
) -> CalibratedOutcome:
    """Predict with evenly chosen draws in place of the design's constants.

    Parameters
    ----------
    modes : ModeSet
        Modes of the design.
    design : Design
        With `samples`.
    progress : callable, optional
        Called with a message and the fraction done.
    """
    drawn = designs_of_draws(design)
    # The families that compete under the draw of the strongest gain: under the others some of them
    # stay dark, which costs time and changes nothing.
    competitors = competing_modes(modes, min(drawn, key=lambda one: _gain_equals_loss(modes, one)))
    found: list[LasingPrediction] = []
    for number, each in enumerate(drawn):
        if progress is not None:
            progress("draws of the calibration", number / len(drawn))
        request = replace(each.lasing, exact_thresholds=0)
        found.append(
            predict(competitors.modes, each.needed_medium(), each.pump, request, cavity=each.cavity)
        )
    return calibrated_outcome(found)


def _gain_equals_loss(modes: ModeSet, design: Design) -> float:
    """Fluence at which the first mode reaches gain = loss, infinite where none does."""
    each = static_thresholds(modes, design).values()
    return min((one.get("gain_equals_loss_mj_cm2", math.inf) for one in each), default=math.inf)


def designs_of_draws(design: Design) -> list[Design]:
    """The design with each of evenly chosen draws in place of its constants.

    Raises
    ------
    InputError
        If the design does not allow what a draw says.
    """
    assert design.samples is not None
    plain = without_samples(design.raw)
    return drawn_designs(plain, design.samples, design.samples.evenly(DRAWS), design.path)


def drawn_designs(
    plain: Mapping[str, Any],
    samples: Samples,
    draws: Sequence[Mapping[str, float]],
    path: Path | None,
) -> list[Design]:
    """The design of some tables with each of the draws; a wrong one is told of its file."""
    try:
        return [parse_design(plain, overrides=values, path=path) for values in draws]
    except InputError as error:
        raise InputError(
            [f"{samples.name}: a draw does not fit the design: {line}" for line in error.problems]
        ) from None


def without_samples(raw: Mapping[str, Any]) -> dict[str, Any]:
    """Tables of a design without the draws that its medium names."""
    return {
        name: {key: value for key, value in table.items() if key != "samples"}
        if name == "gain"
        else table
        for name, table in raw.items()
    }


def static_over_draws(modes: ModeSet, design: Design) -> dict[str, dict[str, Any]]:
    """What the draws leave of the fluence at which gain equals loss, by mode label.

    Parameters
    ----------
    modes : ModeSet
    design : Design
        With `samples`.

    Returns
    -------
    dict of str to dict
        reaches_probability: share of the draws in which the gain of the mode reaches its loss;
        gain_equals_loss_mj_cm2: quantiles over these, None where there are none.
    """
    each = [static_thresholds(modes, drawn) for drawn in designs_of_draws(design)]
    found: dict[str, dict[str, Any]] = {}
    for label in dict.fromkeys(label for one in each for label in one):
        values = [one.get(label, {}).get("gain_equals_loss_mj_cm2") for one in each]
        known = [value for value in values if value is not None]
        found[label] = {
            "reaches_probability": len(known) / len(each),
            "gain_equals_loss_mj_cm2": quantiles_over(known),
        }
    return found
