"""Old import paths of the package, which go on working for one release and warn.

The rooms were renamed in version 0.2 to the words of the field. A script that imports by an old
path gets the module of the new path and a `DeprecationWarning` that names it.
"""

from __future__ import annotations

import importlib
import sys
import warnings
from collections.abc import Sequence
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec
from types import ModuleType

_FIT = (
    "comb",
    "comb_samples",
    "fit",
    "fit_advice",
    "fit_moves",
    "fit_prior",
    "fit_refine",
    "fit_search",
    "peak_finding",
    "peak_fit",
    "spacing",
    "spectrum",
    "spectrum_file",
    "spectrum_noise",
)
_OPTIMISE = (
    "answer",
    "expectation",
    "first_order",
    "gaussian_process",
    "goal",
    "goal_file",
    "linear",
    "margins",
    "outcome",
    "refine",
    "response",
    "robust",
    "search",
    "tolerance",
    "trials",
)
_SECTION = (
    "family",
    "find",
    "identity",
    "measure",
    "orders",
    "problem",
    "sample",
    "seed",
    "survey",
    "window",
)
_MESH_FILES = (
    "gmsh_reader",
    "meshio_reader",
    "reader_process",
    "script",
    "section_file",
    "section_files",
    "splitting",
)
_NEW = {
    "design_file.design": "design.spec",
    "design_file": "design",
    "steps": "workflow.steps",
    "survey": "workflow.study_point",
    "modes.problem": "modes.rim.problem",
    "modes.window_identity": "modes.rim.identity",
    "modes.window_measure": "modes.rim.measure",
    **{f"design.{name}": f"spectrum_fit.{name}" for name in _FIT},
    **{f"design.{name}": f"optimise.{name}" for name in _OPTIMISE},
    **{f"modes.section_{name}": f"modes.section.{name}" for name in _SECTION},
    "modes.section_family": "modes.section.discretisation",
    **{f"modes.{name}": f"modes.losses.{name}" for name in ("measures", "radiation", "scattering")},
    **{f"modes.{name}": f"modes.rim.{name}" for name in ("peak", "sample", "solve")},
    **{
        f"modes.{name}": f"modes.solver.{name}" for name in ("count", "error", "family", "snapshot")
    },
    **{f"mesh.{name}": f"mesh.files.{name}" for name in _MESH_FILES},
    "modes.seeds": "modes.estimates.seeds",
    "modes.order_spectrum": "modes.rim.order_spectrum",
}


def new_path(old: str) -> str | None:
    """Today's path of a module that was renamed; None for one that was not.

    Parameters
    ----------
    old : str
        Dotted path of a module, with the package's name.

    Examples
    --------
    >>> new_path("cavitydesign.design_file.outline_file")
    'cavitydesign.design.outline_file'
    >>> new_path("cavitydesign.units") is None
    True
    """
    package, _, inner = old.partition(".")
    parts = inner.split(".")
    for length in range(len(parts), 0, -1):
        head, rest = ".".join(parts[:length]), parts[length:]
        if head in _NEW:
            return ".".join([package, _NEW[head], *rest])
    return None


class _Alias(Loader):
    """Loads a renamed module by handing out the module of its new path."""

    def __init__(self, new: str) -> None:
        self.new = new

    def create_module(self, spec: ModuleSpec) -> ModuleType:
        """The module of the new path, which has been executed there."""
        module = importlib.import_module(self.new)
        self.spec = module.__spec__
        return module

    def exec_module(self, module: ModuleType) -> None:
        """Execute nothing; give the module its own specification back."""
        module.__spec__ = self.spec


class RenamedModules(MetaPathFinder):
    """Finds modules by the paths that they had in the last release."""

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        """The specification of a renamed module, None for every other name."""
        if not fullname.startswith("cavitydesign."):
            return None
        new = new_path(fullname)
        if new is None:
            return None
        warnings.warn(f"{fullname} is now {new}", DeprecationWarning, stacklevel=2)
        return ModuleSpec(fullname, _Alias(new), is_package=True)


def install() -> None:
    """Let old paths be found after all others; calling it twice changes nothing."""
    if not any(isinstance(finder, RenamedModules) for finder in sys.meta_path):
        sys.meta_path.append(RenamedModules())
