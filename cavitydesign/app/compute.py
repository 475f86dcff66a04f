"""What the explorer computes, in plain data: runs in a worker process and knows nothing of the web."""

from __future__ import annotations

import base64
import json
import time
from collections import OrderedDict
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike

from ..errors import InputError

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from ..design_file import Design
    from ..lasing import LasingPrediction
    from ..modes import Mode, ModeSet

Progress = Callable[[str, float], None]
Task = Callable[[Mapping[str, Any], Progress], dict[str, Any]]

_KEPT = 6
_SAMPLES = (110, 120)
_DECADES = 12

_designs: OrderedDict[str, Design] = OrderedDict()
_mode_sets: OrderedDict[str, ModeSet] = OrderedDict()
_predictions: OrderedDict[str, LasingPrediction] = OrderedDict()


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


def _design(payload: Mapping[str, Any]) -> Design:
    from ..design_file import parse_design

    raw, source = payload["design"], payload.get("source")
    path = None if source is None else Path(source)
    made = _remembered(_designs, _key(raw, source), lambda: parse_design(raw, "design", path=path))
    return made  # type: ignore[no-any-return]


def _modes(payload: Mapping[str, Any], progress: Progress) -> ModeSet:
    from ..steps import find_modes

    design, raw = _design(payload), payload["design"]
    key = _key(raw.get("cavity"), raw.get("modes"), payload.get("source"))
    return _remembered(_mode_sets, key, lambda: find_modes(design, progress))  # type: ignore[no-any-return]


def _mode(found: ModeSet, label: Any) -> Mode:
    if not isinstance(label, str):
        raise InputError("label: name a mode, such as 'TM 122 1 0'")
    try:
        return found[label]
    except KeyError:
        raise InputError(f"label {label[:40]!r}: no such mode in this design") from None


def _packed(values: ArrayLike) -> str:
    """Numbers as base64 of little-endian 32-bit floats, which the page reads without parsing."""
    return base64.b64encode(np.ascontiguousarray(values, dtype="<f4").tobytes()).decode("ascii")


def warm_up() -> None:
    """Import what every task needs, so that the first request does not wait for it."""
    from .. import steps  # noqa: F401
    from ..lasing import predict_lasing  # noqa: F401
    from ..visualise import caustic, field, spectrum  # noqa: F401


def solve_modes(payload: Mapping[str, Any], progress: Progress) -> dict[str, Any]:
    """The modes of a design, as the contract's record."""
    start = time.perf_counter()
    found = _modes(payload, progress)
    return {"modes": found.to_json_dict(), "seconds": time.perf_counter() - start}


def sample_mode(payload: Mapping[str, Any], progress: Progress) -> dict[str, Any]:
    """The field of one mode on its curvilinear grid, packed, with outlines and caustics."""
    from ..visualise.caustic import caustics
    from ..visualise.field import component_values, sampled

    start = time.perf_counter()
    design = _design(payload)
    mode = _mode(_modes(payload, progress), payload.get("label"))
    field = sampled(mode, *_SAMPLES)
    turning = caustics(mode, design.cavity)
    return {
        "label": mode.label,
        "shape": list(field.r_um.shape),
        "r_um": _packed(field.r_um),
        "z_um": _packed(field.z_um),
        "energy": _packed(np.maximum(field.energy_density, 10.0 ** (-2 * _DECADES))),
        **{name: _packed(component_values(field, name)) for name in ("e_r", "e_phi", "e_z")},
        "region": _packed(field.region),
        "region_names": list(field.region_names),
        "interfaces_um": {name: np.asarray(curve).tolist() for name, curve in field.interfaces_um.items()},
        "caustics_um": [turning.inner_radius_um, turning.outer_radius_um],
        "seconds": time.perf_counter() - start,
    }


def _prediction(payload: Mapping[str, Any], progress: Progress) -> LasingPrediction:
    from ..steps import predict_lasing

    found, design = _modes(payload, progress), _design(payload)
    key = _key(payload["design"], payload.get("source"))
    return _remembered(  # type: ignore[no-any-return]
        _predictions, key, lambda: predict_lasing(found, design, progress)
    )


def solve_lasing(payload: Mapping[str, Any], progress: Progress) -> dict[str, Any]:
    """Gain, thresholds, light curve and regime of a design, as the contract's record."""
    start = time.perf_counter()
    record = _prediction(payload, progress).to_json_dict()
    curve = _gain(payload, record, progress)
    if curve is not None:
        record["gain_curve"] = {"wavelength_nm": curve[0], "gain_per_cm": curve[1]}
    return {"lasing": record, "seconds": time.perf_counter() - start}


def _gain(
    payload: Mapping[str, Any], lasing: Mapping[str, Any], progress: Progress
) -> tuple[list[float], list[float]] | None:
    from ..visualise.spectrum import gain_curve

    return gain_curve(lasing, _design(payload).medium, _modes(payload, progress).wavelength_range_nm)


def _figure(payload: Mapping[str, Any], progress: Progress) -> Figure:
    from ..visualise import cuts, field, lasing, loss_budget, spectrum

    kind = payload.get("kind")
    design, found = _design(payload), _modes(payload, progress)
    if kind == "field":
        component, logarithmic = payload.get("component", "energy"), payload.get("logarithmic") is True
        chosen = _mode(found, payload.get("label"))
        return field.draw_meridian(
            chosen, design.cavity, component=component, logarithmic=logarithmic and component == "energy"
        )
    if kind == "cuts":
        return cuts.draw_cuts(_mode(found, payload.get("label")))
    if kind == "loss_budget":
        return loss_budget.draw_loss_budget(found)
    if kind in ("comb", "light_curve"):
        prediction = _prediction(payload, progress).to_json_dict()
        if kind == "comb":
            return spectrum.draw_comb(found, _gain(payload, prediction, progress))
        return lasing.draw_light_curve(prediction)
    raise InputError("kind: one of field, cuts, comb, light_curve, loss_budget")


def draw_figure(payload: Mapping[str, Any], progress: Progress) -> dict[str, Any]:
    """A journal figure of the design, as the bytes of a file."""
    from ..visualise.files import FORMATS, figure_bytes

    kind = payload.get("format", "png")
    if kind not in FORMATS:
        raise InputError("format: one of png, pdf, svg")
    return {"content": figure_bytes(_figure(payload, progress), kind), "name": f"{payload.get('kind')}.{kind}"}


def write_vtk(payload: Mapping[str, Any], progress: Progress) -> dict[str, Any]:
    """The field of one mode as a file that ParaView opens."""
    from ..visualise.vtk_file import meridian_vtu

    mode = _mode(_modes(payload, progress), payload.get("label"))
    return {"content": meridian_vtu(mode), "name": f"{mode.label.replace(' ', '_')}.vtu"}


def write_table(payload: Mapping[str, Any], progress: Progress) -> dict[str, Any]:
    """The table of modes as CSV."""
    from .mode_csv import mode_csv

    return {"content": mode_csv(_modes(payload, progress).to_json_dict()["modes"]), "name": "modes.csv"}


TASKS: Mapping[str, Task] = {
    "modes": solve_modes,
    "field": sample_mode,
    "lasing": solve_lasing,
    "figure": draw_figure,
    "vtk": write_vtk,
    "table": write_table,
}
