"""The comb model of a design, from full solves at a few diameters and indices about it."""

from __future__ import annotations

import copy
import itertools
import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from ..arrays import Array
from ..design.spread import split_spreads
from ..dotted import number_at, set_entry
from ..errors import InputError, SolverError
from ..progress import Progress
from ..study import Executor, Record
from ..study.executors.executor import Evaluate, Task
from ..study.records.record import FAILED
from .comb_model import CombModel, CombSample, Family, fit_comb_model
from .fit_prior import FitPrior

_SIGMAS = 3.6  # just beyond `_SIGMAS` of `fit_search`, so that the scan never leaves the samples
# Offsets of a spectrometer are tenths of a nm: lines that they move into the window are solved
# too.
_MARGIN_NM = 1.0
_ACCURACY = 2e-6  # 1e-3 nm at 600 nm, a twentieth of what a listed peak is known to
_FEW_ABOVE = 0.01  # half width of ln D up to which three diameters tell the curvature of a comb
_MEDIA_NODES = 4  # of the index of a medium beside the body: the model is cubic in it
_BODY = "cavity.body"


def solved_comb(
    design: Mapping[str, Any],
    diameter_um: float,
    window_nm: tuple[float, float],
    prior: FitPrior,
    evaluate: Evaluate,
    executor: Executor,
    progress: Progress | None = None,
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
    nodes = _diameter_and_index_nodes(half_v, [_SIGMAS * sd for sd in prior.offset_sds])
    keys = (_BODY, *(key for key, _ in prior.media))
    tasks = {
        str(number): Task(
            str(number),
            _moved(design, diameter_um * math.exp(v), dict(zip(keys, w, strict=True)), window_nm),
            "modes",
        )
        for number, (v, w) in enumerate(nodes)
    }
    samples: list[CombSample] = []
    done = 0
    for records in executor.run(evaluate, tasks.values()):
        for record in records:
            samples += _samples(record, *nodes[int(record.fingerprint)])
        done += len(records)
        if progress is not None:
            progress(f"combs solved: {done} of {len(tasks)}", done / len(tasks))
    samples.sort(key=lambda sample: (sample.family, sample.log_diameter, sample.offsets, sample.m))
    return fit_comb_model(diameter_um, samples)


def _diameter_and_index_nodes(
    half_v: float, halves: Sequence[float]
) -> list[tuple[float, tuple[float, ...]]]:
    """Nodes in ln(D/D0) and the index offsets: all diameters with each offset alone, and the
    corners of each pair of offsets at one diameter, which tell how the two act together.
    """
    count = 4 if half_v > _FEW_ABOVE else 3
    diameters = (half_v * _nodes(count)).tolist()
    none = (0.0,) * len(halves)

    def with_offsets(of: Mapping[int, float]) -> tuple[float, ...]:
        return tuple(of.get(j, 0.0) for j in range(len(halves)))

    offsets = [none, *(with_offsets({0: sign * halves[0]}) for sign in (-1, 1))]
    for j, half in enumerate(halves[1:], start=1):
        offsets += [with_offsets({j: float(x) * half}) for x in _nodes(_MEDIA_NODES)]
    nodes = [(v, w) for v in diameters for w in offsets]
    for i, j in itertools.combinations(range(len(halves)), 2):
        for sign, other in itertools.product((-1, 1), repeat=2):
            corner = {i: sign * halves[i], j: other * halves[j]}
            nodes.append((diameters[count // 2], with_offsets(corner)))
    return nodes


def _nodes(count: int) -> Array:
    """Chebyshev's, the outermost at -1 and 1."""
    nodes = np.cos(math.pi * (np.arange(count) + 0.5) / count)
    return np.asarray(nodes / nodes.max(), dtype=np.float64)


def free_media(design: Mapping[str, Any], spreads: Mapping[str, float]) -> dict[str, float]:
    """Media of a design whose indices carry a spread, the body's among them, by their keys.

    Parameters
    ----------
    design : mapping
        Tables of the design file.
    spreads : mapping of str to float
        By dotted key, as `Design.spreads`.
    """
    free: dict[str, float] = {}
    for key in media_keys(design):
        sds = [spreads.get(f"{key}.{name}", 0.0) for name in ("index", "index_offset")]
        if any(sds):
            free[key] = math.hypot(*sds)
    return free


def media_keys(design: Mapping[str, Any]) -> list[str]:
    """Dotted keys of the media that a design gives."""
    cavity = design["cavity"]
    keys = [f"cavity.{name}" for name in ("body", "fibre", "surround") if name in cavity]
    keys += [
        f"cavity.coatings.{index}.material" for index, _ in enumerate(cavity.get("coatings", ()))
    ]
    return keys + [f"cavity.materials.{name}" for name in cavity.get("materials", {})]


def _moved(
    design: Mapping[str, Any],
    diameter_um: float,
    index_offsets: Mapping[str, float],
    window_nm: tuple[float, float],
) -> dict[str, Any]:
    """The design at another diameter and indices of media, asked for all its modes in the
    window.
    """
    # Spreads of the design are priors here, not something to carry to the modes.
    moved: dict[str, Any] = split_spreads(copy.deepcopy(dict(design)))[0]
    cavity, modes = moved["cavity"], moved["modes"]
    cavity["diameter_um"] = diameter_um
    for key, offset in index_offsets.items():
        own = f"{key}.index_offset"
        set_entry(moved, own, number_at(moved, own) + offset)
    low, high = window_nm[0] - _MARGIN_NM, window_nm[1] + _MARGIN_NM
    modes.pop("azimuthal_order", None)
    asked = float(modes.get("relative_accuracy", _ACCURACY))
    modes.update(
        wavelength_nm=(low + high) / 2, span_nm=high - low, relative_accuracy=max(_ACCURACY, asked)
    )
    return moved


def _samples(record: Record, log_diameter: float, offsets: tuple[float, ...]) -> list[CombSample]:
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
            offsets[0],
            offsets[1:],
        )
        for mode in record.result["modes"]
    ]
