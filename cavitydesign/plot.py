"""Pictures under short names, for daily work: `cd.plot.comb(modes)`.

Each name is a function of `cavitydesign.visualise` that returns a matplotlib `Figure`; `space`
writes a picture, and `vtk` fields for ParaView. The functions load when they are first used.

Examples
--------
>>> import cavitydesign as cd
>>> figure = cd.plot.materials([cd.find_material("silica")])
>>> cd.plot.save(figure, "silica.pdf")  # doctest: +SKIP
"""

from __future__ import annotations

import importlib
from typing import Any

_HOMES = {
    "calibrated_curves": ("lasers.calibration", "draw_calibrated_curves"),
    "calibrated_spectra": ("lasers.calibrated_spectra", "draw_calibrated_spectra"),
    "cavity": ("fields.cavity_view", "draw_cavity"),
    "comb": ("spectra.comb_view", "draw_comb"),
    "comb_dispersion": ("spectra.comb_dispersion_view", "draw_comb_dispersion"),
    "components": ("fields.meridian_view", "draw_components"),
    "convergence": ("studies.mode_convergence", "draw_mode_convergence"),
    "corner": ("lasers.calibration", "draw_corner"),
    "coupling": ("spectra.coupling", "draw_coupling"),
    "cuts": ("fields.cuts", "draw_cuts"),
    "deviation": ("spectra.deviation_view", "draw_deviation"),
    "dip": ("spectra.coupling", "draw_dip"),
    "dispersion": ("spectra.dispersion_view", "draw_dispersion"),
    "emission": ("fields.emission_view", "draw_emission"),
    "field": ("fields.meridian_view", "draw_meridian"),
    "fit": ("spectra.fit_view", "draw_fit"),
    "goal": ("studies.goal_view", "draw_goal"),
    "line": ("fields.line", "draw_line"),
    "light_curve": ("lasers.light_curve_view", "draw_light_curve"),
    "loss_budget": ("spectra.loss_budget", "draw_loss_budget"),
    "materials": ("spectra.material_view", "draw_materials"),
    "measured_curve": ("lasers.measured_curve", "draw_measured_curve"),
    "output_shares": ("lasers.light_curve_view", "draw_output_shares"),
    "regime_map": ("studies.map", "draw_regime_map"),
    "save": ("files", "save_figure"),
    "series": ("spectra.series_view", "draw_series"),
    "space": ("three_d.space", "save_space"),
    "study": ("studies.study_view", "draw_study"),
    "sweep": ("studies.sweep_view", "draw_sweep"),
    "threshold_temperature": ("lasers.threshold_temperature", "draw_threshold_temperature"),
    "vtk": ("three_d.vtk_file", "save_vtk"),
    "waterfall": ("spectra.waterfall", "draw_waterfall"),
}

__all__ = list(_HOMES)


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    module, function = _HOMES[name]
    return getattr(importlib.import_module(f".visualise.{module}", __package__), function)


def __dir__() -> list[str]:
    return sorted(__all__)
