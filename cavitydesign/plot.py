"""Pictures under short names, for daily work: `cd.plot.comb(modes)`.

Each name is a function of `cavitydesign.visualise` that returns a matplotlib `Figure`, or, for
`space`, writes a picture. The functions load when they are first used.
"""

from __future__ import annotations

import importlib
from typing import Any

_HOMES = {
    "cavity": ("cavity", "draw_cavity"),
    "comb": ("spectrum", "draw_comb"),
    "comb_dispersion": ("comb_dispersion", "draw_comb_dispersion"),
    "components": ("field", "draw_components"),
    "convergence": ("mode_convergence", "draw_mode_convergence"),
    "cuts": ("cuts", "draw_cuts"),
    "dispersion": ("dispersion", "draw_dispersion"),
    "emission": ("emission", "draw_emission"),
    "field": ("field", "draw_meridian"),
    "fit": ("fit", "draw_fit"),
    "goal": ("goal", "draw_goal"),
    "line": ("line", "draw_line"),
    "light_curve": ("lasing", "draw_light_curve"),
    "loss_budget": ("loss_budget", "draw_loss_budget"),
    "materials": ("material", "draw_materials"),
    "output_shares": ("lasing", "draw_output_shares"),
    "regime_map": ("map", "draw_regime_map"),
    "save": ("files", "save_figure"),
    "space": ("space", "save_space"),
    "study": ("study", "draw_study"),
    "waterfall": ("waterfall", "draw_waterfall"),
}

__all__ = list(_HOMES)


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    module, function = _HOMES[name]
    return getattr(importlib.import_module(f".visualise.{module}", __package__), function)


def __dir__() -> list[str]:
    return sorted(__all__)
