"""What a worker has solved lately: designs, mode sets and predictions, each remembered by the part
of the request that it depends on.
"""

from __future__ import annotations

import json
from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..errors import InputError
from ..progress import Progress

if TYPE_CHECKING:
    from ..design import Design
    from ..lasing.outcomes.calibrated_outcome import CalibratedOutcome
    from ..lasing.outcomes.spreads import Prediction
    from ..modes import Mode, ModeSet


# A slider moved to and fro comes back to one of the last few designs; more would only fill
# memory.
_KEPT = 6
# tables of a design that its modes depend on
_OF_MODES = ("cavity", "coupling", "temperature", "modes", "collection", "sensing")

_designs: OrderedDict[str, Design] = OrderedDict()
_mode_sets: OrderedDict[str, ModeSet] = OrderedDict()
_predictions: OrderedDict[str, Prediction] = OrderedDict()
_drawn: OrderedDict[str, CalibratedOutcome] = OrderedDict()
# each draw of a calibration: fewer points than the curve that is shown
_DRAWN: dict[str, Any] = {"fluences": 24, "comb_phases": 8, "relative_tolerance": 1e-3}


def _remembered(store: OrderedDict[str, Any], key: str, make: Callable[[], Any]) -> Any:
    """The value of a key, made if it is not among the last few."""
    if key not in store:
        store[key] = make()
    store.move_to_end(key)
    while len(store) > _KEPT:
        store.popitem(last=False)
    return store[key]


def _key(*parts: Any) -> str:
    return json.dumps(parts, sort_keys=True)


def _files(payload: Mapping[str, Any]) -> str:
    """Digest of all files that a request's design reads: a changed one is another design."""
    from ..design.files.named_files import digest_of, files_of_design

    source, raw = payload.get("source"), payload["design"]
    if source is None or not isinstance(raw, Mapping):
        return ""
    return digest_of(files_of_design(raw, Path(source).parent))


def requested_design(payload: Mapping[str, Any]) -> Design:
    """The design of a request.

    Raises
    ------
    InputError
        With all that is wrong with it.
    """
    from ..design import parse_design

    raw, source = payload["design"], payload.get("source")
    path = None if source is None else Path(source)
    key = _key(raw, source, _files(payload))
    made = _remembered(_designs, key, lambda: parse_design(raw, "design", path=path))
    return made  # type: ignore[no-any-return]


def remembered_modes(payload: Mapping[str, Any], progress: Progress) -> ModeSet:
    """The modes of a request's design; what concerns gain and pump does not make them anew."""
    from ..workflow.steps import find_modes

    design, raw = requested_design(payload), payload["design"]
    tables = [raw.get(name) for name in _OF_MODES]
    if design.deviation is not None or design.spreads:
        # Thresholds of doublets, and what spreads leave in thresholds, are those of the medium.
        tables += [raw.get(name) for name in ("gain", "pump", "lasing")]
    key = _key(*tables, payload.get("source"), _files(payload))
    return _remembered(_mode_sets, key, lambda: find_modes(design, progress))  # type: ignore[no-any-return]


def mode_of(found: ModeSet, label: Any) -> Mode:
    """One of these modes.

    Raises
    ------
    InputError
        If there is none of that name.
    """
    if not isinstance(label, str):
        raise InputError("label: name a mode, such as 'TM 122 1 0'")
    try:
        return found[label]
    except KeyError:
        raise InputError(f"label {label[:40]!r}: no such mode in this design") from None


def prediction_of(payload: Mapping[str, Any], progress: Progress, **changed: Any) -> Prediction:
    """The lasing of a request's design.

    Parameters
    ----------
    payload : mapping
        design, source.
    progress : callable
    **changed
        Fields of `LasingRequest` that are asked differently than in the design.
    """
    from ..workflow.steps import predict_lasing

    design = requested_design(payload)
    found = remembered_modes(payload, progress)
    # The draws of a calibration take longer and are asked for apart.
    asked = replace(design, samples=None, lasing=replace(design.lasing, **changed))
    key = _key(payload["design"], payload.get("source"), changed, _files(payload))
    return _remembered(_predictions, key, lambda: predict_lasing(found, asked, progress))  # type: ignore[no-any-return]


def drawn_of(payload: Mapping[str, Any], progress: Progress) -> CalibratedOutcome | None:
    """What the draws of a calibration leave of a request's lasing; None where it names none."""
    from ..workflow.calibrated_lasing import lasing_over_draws

    design = requested_design(payload)
    if design.samples is None:
        return None
    found = remembered_modes(payload, progress)
    asked = replace(design, lasing=replace(design.lasing, **_DRAWN))
    key = _key(payload["design"], payload.get("source"), _files(payload))
    return _remembered(_drawn, key, lambda: lasing_over_draws(found, asked, progress))  # type: ignore[no-any-return]
