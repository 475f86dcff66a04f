"""Modes of a cavity: what was asked, what was found, and what each mode carries."""

from .find import find_modes
from .mode import FieldSamples, LossBudget, Mode
from .mode_set import ModeRequest, ModeSet

__all__ = ["FieldSamples", "LossBudget", "Mode", "ModeRequest", "ModeSet", "find_modes"]
