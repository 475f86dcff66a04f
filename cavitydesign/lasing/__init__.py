"""Lasing: thresholds, rate equations, light curves and regimes of the modes of a cavity."""

from .competition.comb import EffectiveIndexFit, extended_comb, fit_effective_index
from .competition.lasing_mode import (
    EmpiricalQuality,
    LasingMode,
    energy_group_index,
    lasing_mode,
    lasing_modes,
)
from .competition.overlap import ModeOverlap, mode_overlap
from .outcomes.light_curve import TwoBreakFit, fit_two_breaks
from .outcomes.regime import Regime
from .predict import predict_lasing
from .prediction import LasingPrediction, ModeOutcome, Thresholds
from .request import LasingRequest
from .steady.continuous_prediction import ContinuousPrediction
from .steady.predict_continuous import predict_continuous
from .steady.threshold import threshold_gain_per_cm

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
