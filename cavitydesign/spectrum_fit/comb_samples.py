"""The comb model of a design, from full solves at a few diameters and indices about it."""

from __future__ import annotations

import copy
import math
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from ..design.spread import split_spreads
from ..errors import InputError, SolverError
from ..study import Executor, Record
from ..study.executor import Evaluate, Task
from ..study.record import FAILED
from .comb import CombModel, CombSample, Family, fit_comb_model
from .fit_prior import FitPrior

_SIGMAS = 3.6
_MARGIN_NM = 1.0
_ACCURACY = 2e-6
_FEW_ABOVE = 0.01


def solved_comb(
    design: Mapping[str, Any],
    diameter_um: float,
    window_nm: tuple[float, float],
    prior: FitPrior,
    evaluate: Evaluate,
    executor: Executor,
    progress: Callable[[str, float], None] | None = None,
) -> CombModel:
    """Solve the families of a design over a window at nodes of diameter and index, and model what
    lies between.

    Parameters
    ----------
    design : mapping
        Tables of the design file; its polarisation, radial and axial orders say which families may
        be there.
    diameter_um : float
        Of the design.
    window_nm : tuple of float
        Of the spectrum.
    prior : FitPrior
        The nodes reach 3.6 standard deviations.
    evaluate, executor
        What solves a design, and where.
    progress : callable, optional

    Raises
    ------
    InputError
        If the design has no key ``cavity.diameter_um``.
    SolverError
        If a node cannot be solved, or holds too few modes.
    """
    if "diameter_um" not in design["cavity"]:
        raise InputError("fit: the design has no cavity.diameter_um, which is what is fitted")
    half_v = _SIGMAS * (prior.diameter_sd_um / diameter_um + prior.index_sd / 1.4)
    half_w = _SIGMAS * prior.index_sd
    count = 4 if half_v > _FEW_ABOVE else 3
    nodes = np.cos(math.pi * (np.arange(count) + 0.5) / count)
    places = [(float(v), w) for v in nodes / nodes.max() * half_v for w in (-half_w, 0.0, half_w)]
    tasks = {
        str(number): Task(
            str(number), _moved(design, diameter_um * math.exp(v), w, window_nm), "modes"
        )
        for number, (v, w) in enumerate(places)
    }
    samples: list[CombSample] = []
    done = 0
    for records in executor.run(evaluate, tasks.values()):
        for record in records:
            samples += _samples(record, *places[int(record.fingerprint)])
        done += len(records)
        if progress is not None:
            progress(f"combs solved: {done} of {len(tasks)}", done / len(tasks))
    samples.sort(
        key=lambda sample: (sample.family, sample.log_diameter, sample.index_offset, sample.m)
    )
    return fit_comb_model(diameter_um, samples)


def _moved(
    design: Mapping[str, Any],
    diameter_um: float,
    index_offset: float,
    window_nm: tuple[float, float],
) -> dict[str, Any]:
    """The design at another diameter and index of the body, asked for all its modes in the window."""
    # Spreads of the design are priors here, not something to carry to the modes.
    moved: dict[str, Any] = split_spreads(copy.deepcopy(dict(design)))[0]
    cavity, modes = moved["cavity"], moved["modes"]
    cavity["diameter_um"] = diameter_um
    body = cavity["body"] if isinstance(cavity["body"], dict) else {"name": cavity["body"]}
    cavity["body"] = {**body, "index_offset": index_offset + float(body.get("index_offset", 0.0))}
    low, high = window_nm[0] - _MARGIN_NM, window_nm[1] + _MARGIN_NM
    modes.pop("azimuthal_order", None)
    asked = float(modes.get("relative_accuracy", _ACCURACY))
    modes.update(
        wavelength_nm=(low + high) / 2, span_nm=high - low, relative_accuracy=max(_ACCURACY, asked)
    )
    return moved


def _samples(record: Record, log_diameter: float, index_offset: float) -> list[CombSample]:
    if record.status == FAILED:
        raise SolverError(
            f"fit: at {100 * math.expm1(log_diameter):+.2g} % of the diameter: {record.error}"
        )
    return [
        CombSample(
            Family(mode["polarisation"], mode["p"], mode["q"]),
            mode["m"],
            mode["wavelength_nm"],
            log_diameter,
            index_offset,
        )
        for mode in record.result["modes"]
    ]
