"""Number of lasing modes and threshold lines over diameter and fluence."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, replace
from functools import partial

import numpy as np
from numpy.typing import NDArray

from ...arrays import Array
from ...errors import InputError
from ...gain import GainMedium, Pump
from ...modes.mode import Mode
from ...progress import Progress
from ..competition.lasing_mode import LasingMode, Quality, lasing_modes
from ..predict import predict_lasing
from ..prediction import LasingPrediction
from ..request import LasingRequest


@dataclass(frozen=True)
class RegimeMap:
    """Lasing over diameter and fluence.

    Attributes
    ----------
    diameter_um : (D,) array
    fluence_mj_cm2 : (F,) array
    modes_lasing : (F, D) array of int
    thresholds_mj_cm2 : dict of str to list
        gain_equals_loss, ase and lasing, one value (or None) for each diameter.
    """

    diameter_um: Array
    fluence_mj_cm2: Array
    modes_lasing: NDArray[np.int64]
    thresholds_mj_cm2: dict[str, list[float | None]]


def regime_map(
    cavities: Sequence[tuple[float, Sequence[Mode | LasingMode]]],
    medium: GainMedium,
    pump: Pump,
    request: LasingRequest,
    fluences: int = 40,
    workers: int = 1,
    progress: Progress | None = None,
) -> RegimeMap:
    """Predict every cavity over the pump's range of fluences.

    Parameters
    ----------
    cavities : sequence of (diameter_um, modes)
        Modes travel to the processes without their fields: every emitter sees every mode alike.
    medium, pump, request
        As for `predict_lasing`.
    fluences : int
        Points along the fluence.
    workers : int
        Processes.
    progress : callable or None

    Raises
    ------
    InputError
        Without cavities.
    """
    if not cavities:
        raise InputError("regime map: needs one cavity at least")
    asked = replace(request, fluences=fluences, comb_phases=0)

    def rules(diameter_um: float) -> tuple[Quality, float, str, float]:
        return request.quality, diameter_um, medium.doped_region, medium.host_group_index

    # modes of the solver hold their fields, which do not travel between processes
    tasks = [
        (diameter, lasing_modes(modes, *rules(diameter), exact_threshold=False))
        for diameter, modes in cavities
    ]
    one = partial(_predicted, medium, pump, asked)
    found: list[LasingPrediction] = []
    if workers > 1:
        with ProcessPoolExecutor(workers) as pool:
            for prediction in pool.map(one, tasks):
                found.append(prediction)
                _tell(progress, len(found), len(tasks))
    else:
        for task in tasks:
            found.append(one(task))
            _tell(progress, len(found), len(tasks))
    names = ("gain_equals_loss", "ase", "lasing")
    return RegimeMap(
        np.array([diameter for diameter, _ in cavities]),
        found[0].fluence_mj_cm2,
        np.stack([prediction.modes_lasing_at for prediction in found], axis=1),
        {name: [getattr(prediction.thresholds, name) for prediction in found] for name in names},
    )


def _predicted(
    medium: GainMedium, pump: Pump, request: LasingRequest, task: tuple[float, Sequence[LasingMode]]
) -> LasingPrediction:
    diameter, modes = task
    return predict_lasing(modes, medium, pump, request, diameter)


def _tell(progress: Progress | None, done: int, total: int) -> None:
    if progress is not None:
        progress(f"{done} of {total} cavities", done / total)
