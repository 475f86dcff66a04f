"""Every value that a run used, defaults included, with where the constants and the media come from:
for results.json and report.
"""

from __future__ import annotations

import dataclasses
import hashlib
import json
import math
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ..design import Design


def _plain(value: Any) -> Any:
    """A value as JSON knows it; small specs as mappings, other objects left out (None)."""
    if value is None or isinstance(value, bool | int | str):
        return value
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, Sequence):
        return [_plain(one) for one in value]
    if dataclasses.is_dataclass(value):
        return _fields(value)
    return None


def _fields(spec: Any) -> dict[str, Any]:
    return {
        one.name: _plain(getattr(spec, one.name))
        for one in dataclasses.fields(spec)
        if one.name != "sources"
    }


def applied_values(design: Design) -> dict[str, Any]:
    """What a design came to after reading it.

    Parameters
    ----------
    design : Design

    Returns
    -------
    dict
        Tables cavity, modes, gain, pump, lasing with every value; gain_constants: key, kind
        (published, literature, derived, fitted, assumed) and source of each constant; media:
        region, name, source and range of each medium.
    """
    cavity, outline = design.cavity, design.cavity.outline
    return {
        "cavity": {
            "outline": type(outline).__name__.lower(),
            "diameter_um": cavity.diameter_um,
            "axial_radius_um": _plain(float(outline.axial_radius_um)),
            "fibre_diameter_um": 2.0 * cavity.fibre_radius_um,
            "fibre_taper": _plain(cavity.fibre_taper),
            "roughness_nm": cavity.roughness_nm,
            "correlation_nm": cavity.correlation_nm,
        },
        "modes": _fields(design.modes),
        "gain": {} if design.medium is None else _fields(design.medium),
        "pump": {**_fields(design.pump), "energy_jitter": design.pump.pulse_jitter},
        "lasing": _fields(design.lasing),
        "gain_constants": [
            {"key": one.key, "kind": one.kind, "source": one.source}
            for one in (() if design.medium is None else design.medium.constants)
        ],
        "media": [
            {
                "region": region,
                "name": medium.name,
                "source": medium.source,
                "range_nm": _plain(list(medium.range_nm)),
            }
            for region, medium in cavity.regions
        ],
    }


def input_digest(design: Mapping[str, Any]) -> str:
    """SHA-256 of the design's tables in a fixed order: two runs of the same input share it."""
    return hashlib.sha256(
        json.dumps(design, sort_keys=True, ensure_ascii=False).encode()
    ).hexdigest()
