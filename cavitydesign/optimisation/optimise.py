"""A goal met from Python: the search of `cavitydesign design` as one call."""

from __future__ import annotations

import functools
import tempfile
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from ..design import Design
from ..errors import InputError
from ..progress import Progress
from ..study.files.user_file import DesignSchema
from ..workflow.local_workers import executor_for
from ..workflow.study_point import design_schema, evaluate_point
from .design_answer import DesignAnswer
from .goal import Goal
from .goal_file import load_goal
from .models.linear import linearised
from .optimum import answered
from .trials import Solver


def optimise(
    goal: str | Path | Mapping[str, Any],
    design: Design | None = None,
    workers: int | None = 1,
    store: str | Path | None = None,
    progress: Progress | None = None,
) -> DesignAnswer:
    """Find the values of a design that meet a goal.

    Parameters
    ----------
    goal : path or mapping
        A goal file, or its tables: `variables`, `goal`, and where they are wanted `constraints`,
        `derived`, `spread`, `second` and `search`, with the keys of the file.
    design : Design, optional
        What the goal is about; a goal file names its own.
    workers : int, optional
        Processes; 1 solves here.
    store : str or Path, optional
        Folder of the results; a search that was interrupted goes on from it. That of the goal file,
        or a temporary folder by default.
    progress : callable, optional
        Called with a message and the fraction done.

    Returns
    -------
    DesignAnswer
        The values found, their margins and what limits them; with spreads the yield too.

    Raises
    ------
    InputError
        If the goal is not one, with a line for each problem.
    SolverError
        If no design within the bounds meets the limits.

    Examples
    --------
    >>> import cavitydesign as cd
    >>> asked = {"wavelength_nm": 650.0, "span_nm": 30.0, "polarisation": "TM"}
    >>> ball = cd.sphere(diameter_um=6.0, body={"index": 1.5}, **asked)
    >>> goal = {
    ...     "variables": {"cavity.diameter_um": {"from": 5.5, "to": 7.5}},
    ...     "goal": {"target": 14.0, "of": "fsr_nm"},
    ...     "search": {"solves": 8},
    ... }
    >>> found = cd.optimise(goal, ball)
    >>> abs(found.best.outcomes["fsr_nm"] - 14.0) < 0.1
    True
    """
    read = _read(goal, design, store)
    folder = read.folder.resolve()
    evaluate = functools.partial(evaluate_point, folder=folder)
    linearise = functools.partial(linearised, folder=folder)
    return answered(Solver(read, evaluate, executor_for(workers), linearise, progress))


def _read(
    goal: str | Path | Mapping[str, Any], design: Design | None, store: str | Path | None
) -> Goal:
    if isinstance(goal, Mapping):
        if design is None:
            raise InputError("optimise: a goal given as tables needs the design that it is about")
        read = load_goal(*_as_file(goal, design))
        folder = Path(tempfile.mkdtemp(prefix="cavitydesign-goal-")) if store is None else store
        return replace(read, store=Path(folder))
    if design is not None:
        raise InputError(f"optimise: {goal} names its own design; give no other")
    read = load_goal(Path(goal), design_schema())
    return read if store is None else replace(read, store=Path(store))


def _as_file(goal: Mapping[str, Any], design: Design) -> tuple[Path, DesignSchema]:
    """Tables in place of a goal file beside the design's own, so that both are checked alike."""
    folder = Path() if design.path is None else design.path.resolve().parent
    for key in ("design", "store"):
        if key in goal:
            raise InputError(f"goal: {key}: is given to optimise itself")
    content = {**goal, "design": "design"}
    schema = replace(design_schema(), read_toml=lambda path: content, read=lambda path: design.raw)
    return folder / "goal", schema
