"""Gain media: dot levels, pump, state filling, spectra and kinetics; four-level emitters."""

from .bleaching import bleaching, gain_peak_nm, gain_spectrum_per_cm
from .carriers import CarrierMedium
from .dots import DotMedium
from .filling import poisson_occupation, two_fold_bleaching, two_fold_transparency
from .four_level import FourLevelMedium
from .kinetics import Cascade, Ladder, cascade_gain_bracket, printed_gain_bracket
from .levels import DotLevels, box_level_ev, transition_allowed
from .library import find_medium, medium_from_dict, medium_names
from .medium import ClassLines, Constant, GainMedium
from .pump import Absorber, Pump, photons_per_cm2, shape_number
from .resonance import Resonance
from .tabled import TabledMedium

__all__ = [
    "Absorber",
    "CarrierMedium",
    "Cascade",
    "ClassLines",
    "Constant",
    "DotLevels",
    "DotMedium",
    "FourLevelMedium",
    "GainMedium",
    "Ladder",
    "Pump",
    "Resonance",
    "TabledMedium",
    "bleaching",
    "box_level_ev",
    "cascade_gain_bracket",
    "find_medium",
    "gain_peak_nm",
    "gain_spectrum_per_cm",
    "medium_from_dict",
    "medium_names",
    "photons_per_cm2",
    "poisson_occupation",
    "printed_gain_bracket",
    "shape_number",
    "transition_allowed",
    "two_fold_bleaching",
    "two_fold_transparency",
]
