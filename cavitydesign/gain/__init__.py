"""Gain media: dot levels, pump, state filling, spectra and kinetics; four-level emitters."""

from .absorber import Absorber
from .emitters.carriers import CarrierMedium
from .emitters.dots import DotMedium
from .emitters.filling import poisson_occupation, two_fold_bleaching, two_fold_transparency
from .emitters.four_level import FourLevelMedium
from .emitters.levels import DotLevels, box_level_ev, transition_allowed
from .emitters.tabled import TabledMedium
from .kinetics import Cascade, cascade_gain_bracket, printed_gain_bracket
from .ladder import Ladder
from .measured.bleaching import bleaching, gain_peak_nm, gain_spectrum_per_cm
from .medium import ClassLines, Constant, GainMedium
from .medium_library import find_medium, medium_from_dict, medium_names
from .pulse_shape import photons_per_cm2, shape_number
from .pump import Pump
from .resonance_table import Resonance

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
