"""What the explorer computes, in plain data: runs in a worker process and knows nothing of the
web.
"""

from __future__ import annotations

import base64
import math
import time
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from ..errors import InputError
from ..progress import Progress
from .mode_rows import mode_rows
from .page_files import begin, design_file, open_item, weigh_item
from .remembered import drawn_of, mode_of, prediction_of, remembered_modes, requested_design
from .saved import draw_figure, gain_at, write_table, write_vtk

Task = Callable[[Mapping[str, Any], Progress], dict[str, Any]]

# Across and along the section: about the pixels of the page's picture, in 0.4 MB of numbers
_SAMPLES = (110, 120)
# Of |E| below its peak: a logarithmic picture shows fewer, and the energy (1e-24) stays within
# the single precision that the page receives.
_DECADES = 12
_PROFILE_POINTS = 241  # of the outline that the page draws to scale
# a first look at a light curve, and one diameter of a scan: fewer points, no exact threshold gains
_FIRST_LOOK = {
    "families": "asked",
    "fluences": 14,
    "comb_phases": 0,
    "exact_thresholds": 0,
    "relative_tolerance": 1e-3,
}
_SCANNED = {"fluences": 24, "comb_phases": 8, "exact_thresholds": 0, "relative_tolerance": 1e-3}


def _packed(values: ArrayLike) -> str:
    """Numbers as base64 of little-endian 32-bit floats, which the page reads without parsing."""
    return base64.b64encode(np.ascontiguousarray(values, dtype="<f4").tobytes()).decode("ascii")


def _points(curve: ArrayLike) -> list[list[float] | None]:
    """Points of a curve; None where it breaks off (curves of a section come in parts)."""
    values = np.asarray(curve, dtype=float)
    return [
        point.tolist() if whole else None
        for point, whole in zip(values, np.isfinite(values).all(axis=1), strict=True)
    ]


def warm_up() -> None:
    """Import what every task needs, so that the first request does not wait for it."""
    from ..lasing import predict_lasing  # noqa: F401
    from ..visualise.fields import caustic, meridian_view  # noqa: F401
    from ..visualise.spectra import comb_view  # noqa: F401
    from ..workflow import steps  # noqa: F401


def solve_modes(payload: Mapping[str, Any], progress: Progress) -> dict[str, Any]:
    """The modes of a design, as the contract's record and as the table that the page shows, with
    what is unlikely of its numbers and what of its keys changes nothing.
    """
    from ..design.idle import idle_keys
    from ..design.unlikely import unlikely_values

    start = time.perf_counter()
    record: dict[str, Any] = remembered_modes(payload, progress).to_json_dict()
    design = requested_design(payload)
    told = (*unlikely_values(design.raw), *idle_keys(design))
    record["warnings"] = [*told, *record["warnings"]]
    table = mode_rows(record["modes"])
    return {"modes": record, "table": table, "seconds": time.perf_counter() - start}


def packed_mode(payload: Mapping[str, Any], progress: Progress) -> dict[str, Any]:
    """The field of one mode on its curvilinear grid, packed, with outlines and caustics."""
    from ..visualise.fields.caustic import caustics
    from ..visualise.fields.meridian_view import component_values, sampled

    start = time.perf_counter()
    mode = mode_of(remembered_modes(payload, progress), payload.get("label"))
    field = sampled(mode, *_SAMPLES)
    turning = caustics(mode, requested_design(payload).cavity)
    return {
        "label": mode.label,
        "shape": list(field.r_um.shape),
        "r_um": _packed(field.r_um),
        "z_um": _packed(field.z_um),
        "energy": _packed(np.maximum(field.energy_density, 10.0 ** (-2 * _DECADES))),
        **{name: _packed(component_values(field, name)) for name in ("e_r", "e_phi", "e_z")},
        "region": _packed(field.region),
        "region_names": list(field.region_names),
        "interfaces_um": {name: _points(curve) for name, curve in field.interfaces_um.items()},
        "cavity_um": _cavity_um(requested_design(payload).cavity),
        "caustics_um": [
            one for one in (turning.inner_radius_um, turning.outer_radius_um) if math.isfinite(one)
        ],
        "seconds": time.perf_counter() - start,
    }


def _cavity_um(cavity: Any) -> dict[str, Any]:
    """The whole section on one side of the axis, to be drawn to scale: the outline of the body and
    the surfaces inside it; of a meshed section its interfaces say that.
    """
    from ..mesh.section_cavity import SectionCavity
    from ..visualise.fields.cavity_view import meridian_profile

    bend = float(cavity.outline.axial_radius_um)
    facts = {
        "diameter_um": float(cavity.diameter_um),
        "axial_radius_um": bend if math.isfinite(bend) else None,
    }
    if isinstance(cavity, SectionCavity):
        return facts | {"profile": None, "inside": [], "rim_z_um": cavity.rim_um[1]}
    profile = meridian_profile(cavity, _PROFILE_POINTS)
    height = 1.12 * float(np.abs(profile[:, 1]).max())
    z = np.linspace(-height, height, 41)
    inside = [
        np.stack([np.maximum(cavity.interface_um(radius, z), 0.0), z], axis=1).tolist()
        for radius in cavity.inner_radii_um
    ]
    return facts | {"profile": profile.tolist(), "inside": inside, "rim_z_um": 0.0}


def _lasing(payload: Mapping[str, Any], progress: Progress, **changed: Any) -> dict[str, Any]:
    start = time.perf_counter()
    record = prediction_of(payload, progress, **changed).to_json_dict()
    curve = gain_at(payload, record, progress)
    if curve is not None:
        record["gain_curve"] = {"wavelength_nm": curve[0], "gain_per_cm": curve[1]}
    return {"lasing": record, "seconds": time.perf_counter() - start}


def solve_lasing(payload: Mapping[str, Any], progress: Progress) -> dict[str, Any]:
    """Gain, thresholds, light curve and regime of a design, as the contract's record."""
    return _lasing(payload, progress)


def first_look(payload: Mapping[str, Any], progress: Progress) -> dict[str, Any]:
    """A first lasing answer from few fluences: thresholds and slopes within some per cent, no
    probability."""
    return _lasing(payload, progress, **_FIRST_LOOK)


def bands(payload: Mapping[str, Any], progress: Progress) -> dict[str, Any]:
    """Bands of the light curve and intervals of the thresholds by the draws of a calibration."""
    start = time.perf_counter()
    drawn = drawn_of(payload, progress)
    if drawn is None:
        raise InputError("gain.samples: missing; the design names no draws of a calibration")
    return {"calibrated": drawn.to_json_dict(), "seconds": time.perf_counter() - start}


def scan_point(payload: Mapping[str, Any], progress: Progress) -> dict[str, Any]:
    """What a scan shows of one design: how many modes lase at each fluence, thresholds, chance of a
    single mode.

    A design that lases nowhere, or whose modes are not confined, is an answer too (no thresholds).
    """
    start = time.perf_counter()
    record: dict[str, Any] = prediction_of(payload, progress, **_SCANNED).to_json_dict()
    strongest = max(record["per_mode"], key=lambda mode: mode["output_share"] or 0.0)
    steady = record.get("pump_kind") == "continuous"
    quantity, unit = ("power", "uw") if steady else ("fluence", "mj_cm2")
    return {
        "regime": record["regime"],
        "modes_lasing": record["modes_lasing"],
        "name": quantity,
        "unit": "µW" if steady else "mJ/cm²",
        "at": record[f"regime_{quantity}_{unit}"],
        "single_mode_probability": record["single_mode_probability"],
        "threshold": record[f"threshold_{unit}"],
        "places": record["light_curve"][f"{quantity}_{unit}"],
        "counts": record["light_curve"]["modes_lasing"],
        "strongest": strongest["label"],
        "seconds": time.perf_counter() - start,
    }


TASKS: Mapping[str, Task] = {
    "modes": solve_modes,
    "field": packed_mode,
    "lasing": solve_lasing,
    "preview": first_look,
    "bands": bands,
    "scan": scan_point,
    "figure": draw_figure,
    "vtk": write_vtk,
    "table": write_table,
    "start": begin,
    "weigh": weigh_item,
    "open": open_item,
    "design": design_file,
}
