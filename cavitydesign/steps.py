"""The steps from a design to its answer, each usable alone."""

from __future__ import annotations

from collections.abc import Callable

from .design_file import Design
from .modes import ModeSet
from .modes import find_modes as solve_modes

Progress = Callable[[str, float], None]


def find_modes(design: Design, progress: Progress | None = None) -> ModeSet:
    """Modes of a design's cavity.

    Parameters
    ----------
    design : Design
        From `load_design` or `parse_design`.
    progress : callable, optional
        Called with a message and the fraction done, 0 to 1.

    Raises
    ------
    SolverError
        If the computation cannot reach an answer; the text says what to change.
    """
    return solve_modes(design.cavity, design.modes, progress)
