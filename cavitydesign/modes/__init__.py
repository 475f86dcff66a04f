"""Modes of a cavity: what was asked, what was found, and what each mode carries.

Each name brings its own module when first used: who reads modes from a file, or only asks for some,
loads neither the solver nor scikit-fem.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .changes.change import (
        CavityChange,
        axial_radius_change,
        diameter_change,
        fibre_radius_change,
        index_change,
        outline_change,
        temperature_change,
    )
    from .changes.sensitivity import (
        ModeDerivative,
        all_derivatives,
        derivatives,
        wavelength_derivatives,
    )
    from .complex_threshold import StaticThreshold, static_threshold
    from .derived.sampled_field import FieldSamples
    from .deviation.deviated_mode import DeviatedMode
    from .deviation.deviation_spec import Deviation, Particle, Wave
    from .find import find_modes
    from .losses.budget import LossBudget
    from .mode import Mode
    from .mode_set import ModeRequest, ModeSet
    from .sensing.sensed_mode import SensedMode
    from .sensing.sensing_spec import Sensing
    from .track import Crossing, Sweep, Track, follow_modes

_HOMES = {
    "CavityChange": "changes.change",
    "Crossing": "track",
    "DeviatedMode": "deviation.deviated_mode",
    "Deviation": "deviation.deviation_spec",
    "FieldSamples": "derived.sampled_field",
    "LossBudget": "losses.budget",
    "Mode": "mode",
    "ModeDerivative": "changes.sensitivity",
    "ModeRequest": "mode_set",
    "ModeSet": "mode_set",
    "Particle": "deviation.deviation_spec",
    "SensedMode": "sensing.sensed_mode",
    "Sensing": "sensing.sensing_spec",
    "StaticThreshold": "complex_threshold",
    "Sweep": "track",
    "Track": "track",
    "Wave": "deviation.deviation_spec",
    "all_derivatives": "changes.sensitivity",
    "axial_radius_change": "changes.change",
    "derivatives": "changes.sensitivity",
    "diameter_change": "changes.change",
    "fibre_radius_change": "changes.change",
    "find_modes": "find",
    "follow_modes": "track",
    "index_change": "changes.change",
    "outline_change": "changes.change",
    "static_threshold": "complex_threshold",
    "temperature_change": "changes.change",
    "wavelength_derivatives": "changes.sensitivity",
}

__all__ = [
    "CavityChange",
    "Crossing",
    "DeviatedMode",
    "Deviation",
    "FieldSamples",
    "LossBudget",
    "Mode",
    "ModeDerivative",
    "ModeRequest",
    "ModeSet",
    "Particle",
    "SensedMode",
    "Sensing",
    "StaticThreshold",
    "Sweep",
    "Track",
    "Wave",
    "all_derivatives",
    "axial_radius_change",
    "derivatives",
    "diameter_change",
    "fibre_radius_change",
    "find_modes",
    "follow_modes",
    "index_change",
    "outline_change",
    "static_threshold",
    "temperature_change",
    "wavelength_derivatives",
]


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(importlib.import_module(f".{_HOMES[name]}", __name__), name)
