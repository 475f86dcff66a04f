"""What an objective takes of each mode's light, for a whole set of modes."""

from __future__ import annotations

from ..each_asked import each_asked
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

    def ask(mode: Mode) -> Mode:
        share = mode.emission().collected(
            collection.numerical_aperture, collection.direction, collection.polariser
        )
        return mode.with_extra({"collected": share})

    return each_asked(
        modes, ask, lambda mode: mode.with_extra({"collected": None}), about="collected: "
    )
