"""What an objective takes of each mode's light, for a whole set of modes."""

from __future__ import annotations

from dataclasses import replace

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

    asked = (collection.numerical_aperture, collection.direction, collection.polariser)

    def ask(mode: Mode) -> Mode:
        pattern = mode.emission()
        return mode.with_extra(
            {
                "collected": pattern.collected(*asked),
                "collected_over_even": pattern.collected_over_even(*asked),
            }
        )

    def silent(mode: Mode) -> Mode:
        return mode.with_extra({"collected": None, "collected_over_even": None})

    return each_asked(modes, ask, silent, about="collected: ")


def beside_fit(modes: ModeSet, laser_collection: float) -> ModeSet:
    """The modes with a word that sets the computed collection beside that of the gain medium.

    Parameters
    ----------
    modes : ModeSet
        From `with_collected`.
    laser_collection : float
        Collection of the laser over that of the photoluminescence which the light curve uses.
    """
    told = [mode for mode in modes if mode.extra.get("collected_over_even") is not None]
    if not told:
        return modes
    value = told[0].extra["collected_over_even"]
    word = (
        f"collected: the objective takes {value:.3g} times as much of {told[0].label} as of light "
        f"that is sent out evenly; the light curve uses gain.laser_collection = "
        f"{laser_collection:.3g}, which holds too what share of the lost light comes out at all"
    )
    return replace(modes, warnings=(*modes.warnings, word))
