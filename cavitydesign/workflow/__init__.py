"""The workflow: from a design to its modes and its lasing, and one point of a study.

Each name brings its own module when first used: a study that only reads its table loads no physics.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .steps import find_modes, predict_lasing, static_thresholds

_HOMES = {"find_modes": "steps", "predict_lasing": "steps", "static_thresholds": "steps"}

__all__ = ["find_modes", "predict_lasing", "static_thresholds"]


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(importlib.import_module(f".{_HOMES[name]}", __name__), name)
