"""What an objective takes of each mode's light, for a whole set of modes."""

from __future__ import annotations

from dataclasses import replace

from ...errors import CavityDesignError
from ..mode import Mode
from ..mode_set import ModeSet
from .objective import Collection


def with_collected(modes: ModeSet, collection: Collection) -> ModeSet:
    """The modes with the share of their light that an objective takes.

    Where a mode has no pattern (a slice of an infinite cylinder, a substrate) it has no share, and
    a warning says why.

    Parameters
    ----------
    modes : ModeSet
    collection : Collection
    """
    words: list[str] = []
    found = tuple(_with_share(mode, collection, words) for mode in modes)
    told = tuple(dict.fromkeys(words))[:1]
    return replace(modes, modes=found, warnings=(*modes.warnings, *told))


def _with_share(mode: Mode, collection: Collection, words: list[str]) -> Mode:
    try:
        share: float | None = mode.emission().collected(
            collection.numerical_aperture, collection.direction, collection.polariser
        )
    except CavityDesignError as error:
        words.append(f"collected: {error}")
        share = None
    return mode.with_extra({"collected": share})
