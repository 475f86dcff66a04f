"""Outcomes of designs near a nominal one without solving fields again: what the yield and the last
steps of a search ask.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from ...arrays import Array
from ...dotted import number_at
from ...errors import CavityDesignError
from ...lasing.request import LasingRequest
from ...study.records.fingerprint import text_fingerprint
from ..trials import Solver
from .linear import LinearModes, Side

# Half the distance of the designs that a difference is taken of: of the value, well above
# rounding and far below the ripple of the comb,
_RELATIVE_STEP = 4e-5
_STEP_OF_REACH = 0.1  # and at least this share of how far the first order is asked to go.


@dataclass(frozen=True, eq=False)
class FirstOrderModel:
    """Outcomes of a mode as functions over the unit cube, straight from its derivatives.

    Parameters
    ----------
    linear : LinearModes
    offsets_of : callable
        From points of the cube, shape (n, d), to offsets of the numbers from nominal, shape (n, k).
    """

    linear: LinearModes
    offsets_of: Callable[[Array], Array]

    def mean(self, name: str, cube: Array) -> Array:
        """The outcome at points of the cube."""
        return self.linear.outcome(name, self.offsets_of(cube))

    def mean_and_error(self, name: str, cube: Array) -> tuple[Array, Array]:
        """The outcome, and no error: what lies beyond the first order is not known."""
        return self.mean(name, cube), np.zeros(len(cube))


def linear_about(
    solver: Solver, nominal: Mapping[str, float], reach: Mapping[str, float]
) -> LinearModes | None:
    """The modes of the goal's design about nominal values; None where derivatives cannot be had.

    Parameters
    ----------
    solver : Solver
    nominal : mapping of str to float
        Values of all keys that differ from the base design.
    reach : mapping of str to float
        Keys to differentiate by, and how far from nominal each will go.
    """
    if solver.linearise is None:
        return None
    keys = tuple(nominal)
    if solver.goal.task == "lase" and _all_families(solver, nominal):
        # which families compete is found by a solve of its own, design by design
        return None

    def design_with(changed: str, step: float) -> dict[str, Any]:
        study = solver.study(
            keys,
            [tuple(value + (step if key == changed else 0.0) for key, value in nominal.items())],
        )
        return study.design_at(study.point(0))

    sides = []
    for key, far in reach.items():
        half = max(_RELATIVE_STEP * abs(nominal[key]), _STEP_OF_REACH * far)
        sides.append(
            Side(key, nominal[key], far, design_with(key, -half), design_with(key, half), 2 * half)
        )
    try:
        return solver.linearise(design_with("", 0.0), sides)
    except CavityDesignError:
        return None


def _all_families(solver: Solver, nominal: Mapping[str, float]) -> bool:
    study = solver.study(tuple(nominal), [tuple(nominal.values())])
    lasing = study.design_at(study.point(0)).get("lasing", {})
    return bool(lasing.get("families", LasingRequest.families) == "all")


def first_order_solver(solver: Solver, linear: LinearModes, nominal: Mapping[str, float]) -> Solver:
    """A solver of the same goal whose "full solves" are those modes; its results are kept under a
    version of their own.
    """
    study = solver.study(tuple(nominal), [tuple(nominal.values())])
    about = study.point_fingerprint(study.point(0))
    version = text_fingerprint(
        ",".join(linear.keys), f"first order about {about}", solver.goal.version
    )
    evaluate = functools.partial(first_order_result, linear=linear, folder=solver.goal.folder)
    return replace(solver, goal=replace(solver.goal, version=version), evaluate=evaluate)


def first_order_result(
    design: Mapping[str, Any], task: str, linear: LinearModes, folder: Path | None = None
) -> dict[str, Any]:
    """What `survey.evaluate_point` gives, from modes moved to first order.

    Parameters
    ----------
    design : mapping
        Tables of a design near the nominal one.
    task : {"modes", "threshold", "lase"}
    linear : LinearModes
    folder : Path, optional
        Where file names in the design start.
    """
    from ...design import parse_design
    from ...lasing.by_pump import predict_by_pump
    from ...lasing.steady.static_outcomes import static_outcomes

    checked = parse_design(design, path=None if folder is None else folder / "design.toml")
    offsets = np.array([number_at(design, key) for key in linear.keys]) - linear.nominal
    solved, modes = linear.at(offsets)
    listed = {"modes": [mode.to_json_dict() for mode in modes]}
    if task == "modes":
        return listed
    if task == "threshold":
        rule = checked.lasing.quality
        return {
            "modes": listed,
            "static": static_outcomes(
                modes, rule, checked.needed_medium(), checked.pump, checked.cavity
            ),
        }
    lasing = predict_by_pump(
        modes,
        checked.needed_medium(),
        checked.pump,
        replace(checked.lasing, exact_thresholds=0),
        cavity=checked.cavity,
        overlap=None if linear.overlap is None else linear.overlap.repeated(solved),
    ).to_json_dict()
    lasing.pop("seconds", None)
    return {"modes": listed, "lasing": lasing}


def knows_all(linear: LinearModes, names: tuple[str, ...], task: str) -> bool:
    """Whether outcomes follow from the modes alone, so that no responses need be fitted."""
    return task == "modes" and all(linear.knows(name) for name in names)
