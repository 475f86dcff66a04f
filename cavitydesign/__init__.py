"""cavitydesign: from the outline of a microcavity on a fibre to the fluence at which it lases, and
in which modes.

    import cavitydesign as cd
    design = cd.load_design("design.toml")
    modes = cd.find_modes(design)
    lasing = cd.predict_lasing(modes, design)

Without a file: `cd.bottle`, `cd.sphere`, `cd.drop` and `cd.section` build designs,
`design.with_values({"cavity.diameter_um": 12.0})` changes them, `cd.sweep` solves them over values
of their keys, `cd.fit` and `cd.optimise` answer measured spectra and goals, and `cd.plot` draws.
A mode has `field`, `line`, `purcell_factor`, `convergence`, `coupling`, `emission` and `sensing`; a
`ModeSet` has `nearest`, `select`, `dispersion`, `to_dataframe` and `to_xarray`. `dir` lists all
names, and `help(cd.sweep)` has an example that runs.

Importing the package is cheap: each public name brings its own module when first used.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

from .renamed import install
from .version import __version__

if TYPE_CHECKING:
    from . import materials, plot
    from .design import Design, load_design, parse_design
    from .errors import CavityDesignError, InputError, MissingLibraryError, SolverError
    from .gain import Pump
    from .geometry import Cavity
    from .lasing import LasingPrediction, LasingRequest
    from .materials import Material, find_material
    from .modes import Deviation, Mode, ModeRequest, ModeSet, Particle, Sensing, Wave
    from .optimisation.design_answer import DesignAnswer
    from .optimisation.optimise import optimise
    from .spectrum_fit.fit_answer import FitAnswer
    from .spectrum_fit.of_design import GivenPriors, fit
    from .study import Study
    from .workflow.archive import load, save
    from .workflow.build import bottle, drop, section, sphere
    from .workflow.steps import find_modes, predict_lasing, static_thresholds
    from .workflow.sweep import SweepResult, sweep

install()

# Each name and the module that it comes from; None: the module itself.
_HOMES: dict[str, str | None] = {
    "Cavity": "geometry",
    "CavityDesignError": "errors",
    "Design": "design",
    "DesignAnswer": "optimisation.design_answer",
    "Deviation": "modes",
    "FitAnswer": "spectrum_fit.fit_answer",
    "GivenPriors": "spectrum_fit.of_design",
    "InputError": "errors",
    "LasingPrediction": "lasing",
    "LasingRequest": "lasing",
    "Material": "materials",
    "MissingLibraryError": "errors",
    "Mode": "modes",
    "ModeRequest": "modes",
    "ModeSet": "modes",
    "Particle": "modes",
    "Pump": "gain",
    "Sensing": "modes",
    "SolverError": "errors",
    "Study": "study",
    "SweepResult": "workflow.sweep",
    "Wave": "modes",
    "bottle": "workflow.build",
    "drop": "workflow.build",
    "find_material": "materials",
    "find_modes": "workflow.steps",
    "fit": "spectrum_fit.of_design",
    "load": "workflow.archive",
    "load_design": "design",
    "materials": None,
    "optimise": "optimisation.optimise",
    "parse_design": "design",
    "plot": None,
    "predict_lasing": "workflow.steps",
    "save": "workflow.archive",
    "section": "workflow.build",
    "sphere": "workflow.build",
    "static_thresholds": "workflow.steps",
    "sweep": "workflow.sweep",
}

__all__ = [
    "Cavity",
    "CavityDesignError",
    "Design",
    "DesignAnswer",
    "Deviation",
    "FitAnswer",
    "GivenPriors",
    "InputError",
    "LasingPrediction",
    "LasingRequest",
    "Material",
    "MissingLibraryError",
    "Mode",
    "ModeRequest",
    "ModeSet",
    "Particle",
    "Pump",
    "Sensing",
    "SolverError",
    "Study",
    "SweepResult",
    "Wave",
    "__version__",
    "bottle",
    "drop",
    "find_material",
    "find_modes",
    "fit",
    "load",
    "load_design",
    "materials",
    "optimise",
    "parse_design",
    "plot",
    "predict_lasing",
    "save",
    "section",
    "sphere",
    "static_thresholds",
    "sweep",
]


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    home = _HOMES[name]
    if home is None:
        return importlib.import_module(f".{name}", __name__)
    return getattr(importlib.import_module(f".{home}", __name__), name)


def __dir__() -> list[str]:
    return sorted(__all__)
