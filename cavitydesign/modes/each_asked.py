"""A question to every mode of a set, of which some modes may refuse the answer."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from ..errors import CavityDesignError
from ..progress import Progress
from .mode import Mode
from .mode_set import ModeSet


def each_asked(
    modes: ModeSet,
    ask: Callable[[Mode], Mode],
    refused: Callable[[Mode], Mode] = lambda mode: mode,
    about: str = "",
    progress: Progress | None = None,
) -> ModeSet:
    """The modes with what each answers; a warning tells the first reason of those that refuse.

    Parameters
    ----------
    modes : ModeSet
    ask : callable
        Gives a mode with its answer; an error that a user can repair is a refusal.
    refused : callable
        Gives a mode that has no answer; by default it stays as it is.
    about : str
        What stands before the reason in the warning.
    progress : callable, optional
        Called with the mode that is asked and the share of those asked before.
    """
    reasons: list[str] = []

    def answer(mode_index: int, mode: Mode) -> Mode:
        if progress is not None:
            progress(f"{about}{mode.label}", mode_index / len(modes))
        try:
            return ask(mode)
        except CavityDesignError as error:
            reasons.append(f"{about}{error}")
            return refused(mode)

    found = tuple(answer(mode_index, mode) for mode_index, mode in enumerate(modes))
    return replace(modes, modes=found, warnings=(*modes.warnings, *reasons[:1]))
