"""Exact pulses of many sets of constants, computed once and kept in a store as a study's points
are.
"""

from __future__ import annotations

import copy
import functools
import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from ..arrays import Array
from ..design.files.named_files import files_of_design
from ..dotted import set_entry
from ..errors import InputError
from ..progress import Progress
from ..study import Axis, Executor, Study, run_study
from ..study.records.record import told_of
from ..study.study_run import stored_records
from ..workflow.code_digest import relevant_version
from .calibration_spec import Calibration
from .layout import Layout
from .light import Light
from .pulses import evaluate_pulses
from .setup import Prepared

# Significant digits of a constant: equal draws meet in the store.
_DIGITS = 12


def solved_light(
    asked: Calibration,
    layout: Layout,
    ready: Prepared,
    z: Array,
    executor: Executor,
    progress: Progress | None = None,
) -> Light:
    """Logarithms of laser and photoluminescence, solved exactly.

    Parameters
    ----------
    asked : Calibration
    layout : Layout
    ready : Prepared
        Of the cavity.
    z : (k, d) array
        Standard normal numbers of all unknowns; only those that the rate equations know count.
    executor : Executor
    progress : callable or None

    Returns
    -------
    Light
        On the cavity's grid of excitations.

    Raises
    ------
    InputError
        If some set of constants has no solution; the text has the first reason.
    """
    study = _study(asked, layout, ready, z)
    evaluate = functools.partial(evaluate_pulses, folder=asked.folder)
    run_study(study, evaluate, executor, progress=progress)
    results = []
    for record in stored_records(study):
        if record.error:
            raise InputError(f"{ready.cavity.name}: {record.error}")
        results.append(record.result)
    with told_of(study.store):
        static = [one["static_excitons"] for one in results]
        light = Light(
            np.log(np.array([one["laser"] for one in results], dtype=np.float64)),
            np.log(np.array([one["glow"] for one in results], dtype=np.float64)),
            np.log(np.array([math.inf if one is None else one for one in static])),
            np.log(np.array([one["least_efficiency"] for one in results])),
            _shares(ready, results) if ready.grid.by_mode else None,
        )
    # Without free numbers in the rate equations all rows are one.
    return light if len(light) == len(z) else light.taken(np.zeros(len(z), dtype=np.int64))


def _shares(ready: Prepared, results: Sequence[Mapping[str, Any]]) -> Array:
    """(k, m, c) of the modes of a cavity; none for one that a record does not name."""
    dark = [0.0] * ready.grid.count
    rows = [[one["shares"].get(label, dark) for label, _ in ready.modes] for one in results]
    return np.array(rows, dtype=np.float64)


def _study(asked: Calibration, layout: Layout, ready: Prepared, z: Array) -> Study:
    design = copy.deepcopy(dict(ready.cavity.design))
    for key, index in ready.keys.items():
        if key not in ready.rate_keys:
            # What the rate equations do not know must not tell two equal points apart.
            set_entry(design, key, float(layout.unknowns[index].prior.value(np.array(0.0))))
    columns = [layout.unknowns[index].prior.value(z[:, index]) for index in ready.rate_indices]
    rows = tuple(tuple(float(f"{x:.{_DIGITS}g}") for x in row) for row in np.array(columns).T)
    axes = (Axis(ready.rate_keys, rows),) if ready.rate_keys else ()
    return Study(
        design,
        ready.grid.task,
        axes,
        relevant_version(),
        asked.store,
        name=ready.cavity.name,
        files_of=files_of_design,
        folder=asked.folder,
    )
