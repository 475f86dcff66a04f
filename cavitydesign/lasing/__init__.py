"""Lasing: thresholds, rate equations, light curves and regimes of the modes of a cavity."""

from .comb import EffectiveIndexFit, extended_comb, fit_effective_index
from .continuous_prediction import ContinuousPrediction
from .lasing_mode import EmpiricalQuality, LasingMode, energy_group_index, lasing_mode, lasing_modes
from .light_curve import TwoBreakFit, fit_two_breaks
from .overlap import ModeOverlap, mode_overlap
from .predict import predict_lasing
from .predict_continuous import predict_continuous
from .prediction import LasingPrediction, ModeOutcome, Thresholds
from .regime import Regime
from .request import LasingRequest
from .threshold import threshold_gain_per_cm

__all__ = [
    "ContinuousPrediction",
    "EffectiveIndexFit",
    "EmpiricalQuality",
    "LasingMode",
    "LasingPrediction",
    "LasingRequest",
    "ModeOutcome",
    "ModeOverlap",
    "Regime",
    "Thresholds",
    "TwoBreakFit",
    "energy_group_index",
    "extended_comb",
    "fit_effective_index",
    "fit_two_breaks",
    "lasing_mode",
    "lasing_modes",
    "mode_overlap",
    "predict_continuous",
    "predict_lasing",
    "threshold_gain_per_cm",
]
