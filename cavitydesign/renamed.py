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
# Modules that went into rooms of their own: package, room, names.
_ROOMS = {
    "modes": {
        "changes": "change first_order sensitivity shifts uncertainty",
    },
    "optimisation": {
        "models": "gaussian_process response linear first_order expectation",
    },
    "analytic": {
        "functions": "bessel bessel_complex series radial",
    },
    "app": {
        "web": "server lane guard limits consent launch protocol workspace",
    },
    "calibrate": {
        "posterior": "prior likelihood emulator sampler reweigh next_measurement doubts",
    },
    "cli": {
        "commands": (
            "study study_store fit run measure measure_series check design calibrate "
            "materials new media modes view lase"
        ),
    },
    "design": {
        "files": (
            "toml_file micrograph_file outline_file section_file samples_file column_file "
            "named_files"
        ),
    },
    "gain": {
        "emitters": "dots dyes ions four_level carriers tabled levels lineshape filling",
        "measured": "z_scan stripe decay bleaching emission_line gain_curve",
    },
    "lasing": {
        "competition": "lasing_mode overlap comb competitors standing_waves polariser",
        "pumped": (
            "pumped_cavity preparation pump_profile averaging cavity_heat emitters "
            "spontaneous starting_noise"
        ),
        "pulses": (
            "rate_equations rate_model carrier_equations steppers integrate pulse_solver "
            "pulse_memory long_pump afterglow computed_curve pulse pulse_outcomes "
            "numerical_error"
        ),
        "steady": (
            "continuous_wave steady_laser linearised threshold static_outcomes "
            "exact_threshold predict_continuous continuous_prediction"
        ),
        "outcomes": (
            "light_curve break_count output_threshold regime regime_map spectrum spreads "
            "lasing_spread caveats calibrated calibrated_outcome mode_outcome mode_thresholds"
        ),
    },
    "spectrum_fit": {
        "spectra": (
            "spectrum spectrum_file spectrum_noise peak_fit peak_finding series series_file spacing"
        ),
    },
    "study": {
        "records": "store store_mark segment presence record disk fingerprint verify",
        "executors": "executor process_executor dask_executor slurm",
        "files": "study_file user_file csv_file table_file plot_spec design_text",
    },
    "visualise": {
        "fields": "field field_frame cuts line caustic section cavity emission micrograph",
        "spectra": (
            "spectrum waterfall series fit dispersion comb_dispersion material loss_budget "
            "quality_axis"
        ),
        "lasers": "lasing steady kinetics calibration",
        "studies": "study study_panels map goal decision convergence mode_convergence",
        "three_d": "space space_worker vtk_file vtk_plane vtk_vectors",
    },
}

_NEW = {
    "design_file.design": "design.spec",
    "design_file": "design",
    "steps": "workflow.steps",
    "survey": "workflow.study_point",
    "workflow.plain_words": "columns.plain_words",
    "study.records.places": "study.records.locations",
    # One name for one thing: files of different contents had the same name.
    "lasing.outcomes.calibrated": "lasing.outcomes.calibrated_quantiles",
    "lasing.outcomes.spectrum": "lasing.outcomes.emission_spectrum",
    "workflow.calibrated": "workflow.calibrated_lasing",
    "calibrate.outcome": "calibrate.weighted_answer",
    "calibrate.run": "calibrate.calibration_run",
    "calibrate.spec": "calibrate.calibration_spec",
    "study.run": "study.study_run",
    "study.study": "study.study_definition",
    "modes.rim.measure": "modes.rim.window_measures",
    "modes.rim.discretisation": "modes.rim.rim_discretisation",
    "modes.rim.identity": "modes.rim.window_identity",
    "modes.rim.problem": "modes.rim.window_problem",
    "modes.rim.reading": "modes.rim.window_reading",
    "modes.rim.sample": "modes.rim.window_sample",
    "modes.section.measure": "modes.section.section_measures",
    "modes.section.count": "modes.section.range_count",
    "modes.section.discretisation": "modes.section.section_discretisation",
    "modes.section.find": "modes.section.solve_section",
    "modes.section.identity": "modes.section.section_identity",
    "modes.section.problem": "modes.section.section_problem",
    "modes.section.sample": "modes.section.section_sample",
    "modes.section.window": "modes.section.kept_elements",
    "visualise.fields.cavity": "visualise.fields.cavity_view",
    "visualise.fields.emission": "visualise.fields.emission_view",
    "visualise.fields.field": "visualise.fields.meridian_view",
    "visualise.fields.micrograph": "visualise.fields.micrograph_view",
    "visualise.fields.section": "visualise.fields.section_view",
    "visualise.spectra.comb_dispersion": "visualise.spectra.comb_dispersion_view",
    "visualise.spectra.deviation": "visualise.spectra.deviation_view",
    "visualise.spectra.dispersion": "visualise.spectra.dispersion_view",
    "visualise.spectra.fit": "visualise.spectra.fit_view",
    "visualise.spectra.material": "visualise.spectra.material_view",
    "visualise.spectra.series": "visualise.spectra.series_view",
    "visualise.spectra.spectrum": "visualise.spectra.comb_view",
    "visualise.lasers.kinetics": "visualise.lasers.kinetics_view",
    "visualise.lasers.lasing": "visualise.lasers.light_curve_view",
    "visualise.studies.convergence": "visualise.studies.convergence_view",
    "visualise.studies.goal": "visualise.studies.goal_view",
    "visualise.studies.study": "visualise.studies.study_view",
    "columns.deviation": "columns.deviation_columns",
    "columns.lasing": "columns.lasing_columns",
    "columns.modes": "columns.mode_columns",
    "columns.sensing": "columns.sensing_columns",
    "columns.notebook": "columns.html_tables",
    "cli.progress": "cli.progress_line",
    "analytic.bottle": "analytic.bottle_estimate",
    "analytic.cylinder": "analytic.layered_cylinder",
    "gain.library": "gain.medium_library",
    "modes.deviation.spec": "modes.deviation.deviation_spec",
    "modes.deviation.result": "modes.deviation.deviated_mode",
    "modes.deviation.window": "modes.deviation.roomy_window",
    "modes.sensing.spec": "modes.sensing.sensing_spec",
    "modes.sensing.result": "modes.sensing.sensed_mode",
    "modes.coupling.external": "modes.coupling.external_coupling",
    "design.media": "design.medium_entry",
    "design.files.section_file": "design.files.section_media",
    "optimisation.models.first_order": "optimisation.models.first_order_model",
    "spectrum_fit.fit": "spectrum_fit.fit_peaks",
    "columns.cells": "columns.cell_text",
    "columns.version": "columns.code_version",
    "gain.resonance": "gain.resonance_table",
    "report.layout": "report.sheets",
    "optimisation.refine": "optimisation.last_steps",
    "app.web.limits": "app.web.request_limits",
    "app.design_text": "app.toml_text",
    "app.solved": "app.remembered",
    "app.files": "app.page_files",
    "analytic.functions.series": "analytic.functions.size_parameters",
    "lasing.pulses.compiled.steps": "lasing.pulses.compiled.compiled_steps",
    "cli.outcome": "cli.exit_codes",
    "modes.deviation.check": "modes.deviation.possible",
    "visualise.record": "visualise.result_record",
    "modes.derived.comb": "modes.derived.comb_dispersion",
    "spectrum_fit.comb": "spectrum_fit.comb_model",
    "design.problem": "design.input_problem",
    "modes.section.search": "modes.section.asked_modes",
    "modes.media": "modes.permittivities",
    "study.files.table_file": "study.files.table_export",
    "modes.problem": "modes.rim.problem",
    "modes.window_identity": "modes.rim.identity",
    "modes.window_measure": "modes.rim.measure",
    **{f"design.{name}": f"spectrum_fit.{name}" for name in _FIT},
    **{f"design.{name}": f"optimisation.{name}" for name in _OPTIMISE},
    "design.answer": "optimisation.optimum",
    "optimisation.answer": "optimisation.optimum",
    **{f"modes.section_{name}": f"modes.section.{name}" for name in _SECTION},
    "modes.section_family": "modes.section.discretisation",
    "modes.section.survey": "modes.section.surveys.survey",
    **{f"modes.{name}": f"modes.losses.{name}" for name in ("measures", "radiation", "scattering")},
    **{f"modes.{name}": f"modes.rim.{name}" for name in ("peak", "sample", "solve")},
    **{
        f"modes.{name}": f"modes.solver.{name}" for name in ("count", "error", "family", "snapshot")
    },
    **{f"mesh.{name}": f"mesh.files.{name}" for name in _MESH_FILES},
    "modes.seeds": "modes.estimates.seeds",
    "modes.order_spectrum": "modes.rim.order_spectrum",
    **{
        f"{package}.{name}": f"{package}.{room}.{name}"
        for package, rooms in _ROOMS.items()
        for room, names in rooms.items()
        for name in names.split()
    },
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
    'cavitydesign.design.files.outline_file'
    >>> new_path("cavitydesign.units") is None
    True
    """
    found = _one_move(old)
    new = found
    # Some modules moved twice: follow them to where they are now.
    while found is not None:
        new, found = found, _one_move(found)
    return new


def _one_move(old: str) -> str | None:
    """Where a module went when it was last moved from this path."""
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
