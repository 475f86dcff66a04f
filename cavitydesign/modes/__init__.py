"""Modes of a cavity: what was asked, what was found, and what each mode carries."""

from .change import (
    CavityChange,
    axial_radius_change,
    diameter_change,
    fibre_radius_change,
    index_change,
    outline_change,
    temperature_change,
)
from .complex_threshold import StaticThreshold, static_threshold
from .derivatives import ModeDerivative, all_derivatives, derivatives, wavelength_derivatives
from .find import find_modes
from .mode import FieldSamples, LossBudget, Mode
from .mode_set import ModeRequest, ModeSet
from .track import Crossing, Sweep, Track, follow_modes

__all__ = [
    "CavityChange",
    "Crossing",
    "FieldSamples",
    "LossBudget",
    "Mode",
    "ModeDerivative",
    "ModeRequest",
    "ModeSet",
    "StaticThreshold",
    "Sweep",
    "Track",
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
