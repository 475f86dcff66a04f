"""What one point of a study of designs computes, and the rows that it gives in the table.

The study itself knows no physics: it is handed these functions. Workers in other processes import
them by name.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..columns import lasing_columns, mode_columns
from ..columns.column import Column, derived
from ..design.files.named_files import files_of_design
from ..design.files.toml_file import read_toml
from ..errors import InputError
from ..study import DesignSchema
from .code_digest import relevant_version

if TYPE_CHECKING:
    from ..design import Design
    from ..modes.mode_set import ModeSet

TASKS = ("modes", "threshold", "lase")
USUAL_PICTURE = {
    "modes": ("fsr_nm", "q_total"),
    "threshold": ("q_total", "gain_equals_loss_mj_cm2"),
    "lase": ("threshold_mj_cm2.lasing", "modes_lasing"),
}
WORKER_MODULES = (
    "cavitydesign.workflow.study_point",
    "cavitydesign.workflow.steps",
    "cavitydesign.lasing",
)


def evaluate_point(
    design: Mapping[str, Any], task: str, folder: Path | None = None
) -> dict[str, Any]:
    """Result of one design as JSON holds it, without the times it took: the same design gives the
    same record.

    Parameters
    ----------
    design : mapping
        Tables of the design file.
    task : {"modes", "threshold", "lase"}
        Modes with their loss budgets; with the static threshold of each too; or with light curve
        and regime.
    folder : Path, optional
        Where file names in the design start; the current folder by default.

    Raises
    ------
    InputError, SolverError
        As the steps raise them; the study keeps the text beside the point.
    """
    from ..design import parse_design
    from .steps import find_modes, predict_lasing

    if task not in TASKS:
        raise InputError(f"task = {task!r}: must be one of {', '.join(TASKS)}")
    checked = parse_design(design, path=None if folder is None else folder / "design.toml")
    found = find_modes(checked)
    modes = found.to_json_dict()
    modes.pop("seconds", None)
    if task == "modes":
        return modes
    if task == "threshold":
        return {"modes": modes, "static": _static(found, checked)}
    lasing = predict_lasing(found, checked).to_json_dict()
    lasing.pop("seconds", None)
    return {"modes": modes, "lasing": lasing}


def _static(found: ModeSet, design: Design) -> dict[str, dict[str, Any]]:
    """Static thresholds of each mode, with what the draws of a calibration leave in them."""
    from .calibrated_lasing import static_over_draws
    from .steps import static_thresholds

    static: dict[str, dict[str, Any]] = {**static_thresholds(found, design)}
    if design.samples is not None:
        for label, drawn in static_over_draws(found, design).items():
            static[label] = {**static.get(label, {}), "calibrated": drawn}
    return static


def modes_of_point(design: Mapping[str, Any], folder: Path) -> ModeSet:
    """Modes of one design with their fields, solved anew.

    Parameters
    ----------
    design : mapping
        Tables of the design file.
    folder : Path
        Where file names in the design start.
    """
    from ..design import parse_design
    from .steps import find_modes

    return find_modes(parse_design(design, path=folder / "design.toml"))


def fields_of_point(
    design: Mapping[str, Any], folder: Path, resolution: tuple[int, int] = (120, 160)
) -> dict[str, Any]:
    """Fields of all modes of one design, solved anew: arrays named "label/quantity", as
    `FieldSamples` has them.

    Parameters
    ----------
    design : mapping
        Tables of the design file.
    folder : Path
        Where file names in the design start.
    resolution : tuple of int
        Points outwards and along the rim.
    """
    arrays: dict[str, Any] = {}
    for mode in modes_of_point(design, folder):
        if mode.sample_field is None:
            continue
        samples = mode.sample_field(*resolution)
        for name in ("r_um", "z_um", "e_r", "e_phi", "e_z", "permittivity", "region"):
            arrays[f"{mode.label}/{name}"] = getattr(samples, name)
    return arrays


def usual_columns() -> frozenset[str]:
    """What the screen shows of a table, beside the axes and the columns of the study's own."""
    columns = (*mode_columns.COLUMNS, *lasing_columns.OUTCOMES)
    return frozenset(column.key for column in columns if "study" in column.shown)


def rows_of_point(result: Mapping[str, Any], task: str) -> Sequence[Mapping[str, Any]]:
    """Rows of the table: one a mode (tasks modes and threshold), or one a point (task lase)."""
    if task != "lase":
        made = _made_of_modes()
        modes, static = (
            (result["modes"], {})
            if task == "modes"
            else (result["modes"]["modes"], result["static"])
        )
        return [
            {name: value for name, value in mode.items() if name != "label"}
            | (derived(made, mode) if made else {})
            | static.get(mode["label"], {})
            | {"mode": mode["label"]}
            for mode in modes
        ]
    lasing = result["lasing"]
    told = lasing | derived(lasing_columns.OUTCOMES, lasing)
    outcomes = {name: value for name, value in told.items() if not isinstance(value, list | dict)}
    slopes = {f"slope_{index}": slope for index, slope in enumerate(lasing["slopes"], start=1)}
    thresholds = {
        name: lasing[name]
        for name in ("threshold_mj_cm2", "threshold_uw", "numerical_error")
        if name in lasing
    }
    # What draws and spreads leave, without the band of each fluence and the part of each number.
    drawn = {
        name: {key: value for key, value in lasing[name].items() if key not in left_out}
        for name, left_out in (("calibrated", ("light_curve",)), ("spread", ("parts",)))
        if lasing.get(name) is not None
    }
    found = {"modes_found": len(result["modes"]["modes"])}
    return [{**found, **outcomes, **thresholds, **slopes, **drawn}]


def _made_of_modes() -> list[Column]:
    """Columns that modes do not hold: those that do are not asked for, a million times."""
    return [column for column in mode_columns.COLUMNS if column.of is not None]


def parts_of_point(names: Sequence[str], task: str) -> Mapping[str, Any] | None:
    """The parts of a stored result from which `rows_of_point` makes some columns; None for all.

    Parameters
    ----------
    names : sequence of str
        Columns.
    task : str
    """
    if task == "lase":
        # Of the modes their number alone.
        return {"lasing": None, "modes": {"modes": [{}]}}
    if _made_of_modes():
        return None  # made from what this place does not know
    entries = dict.fromkeys(
        name for column in names for name in ("label", column, column.partition(".")[0])
    )
    modes = {"modes": [entries]}
    return modes if task == "modes" else {"modes": modes, "static": None}


def design_schema(checked: bool = True) -> DesignSchema:
    """What a study must be told of designs.

    Parameters
    ----------
    checked : bool
        False to read designs and keys as they stand, without loading the physics that checks them:
        enough to look at a store whose study has run, and so has been checked.
    """
    if not checked:
        return DesignSchema(
            read_toml, read_toml, lambda key: None, TASKS, relevant_version(), files_of_design
        )
    from ..design import key_problem, value_problem

    return DesignSchema(
        read_toml,
        _read,
        key_problem,
        TASKS,
        relevant_version(),
        files_of_design,
        value_problem,
        _regions,
    )


def _read(path: Path) -> Mapping[str, Any]:
    from ..design import load_design

    return load_design(path).raw


def _regions(design: Mapping[str, Any], folder: Path) -> Sequence[str]:
    from ..design import parse_design

    return tuple(
        name for name, _ in parse_design(design, path=folder / "design.toml").cavity.regions
    )
