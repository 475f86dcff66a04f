"""An objective that takes light of a mode: its numerical aperture, direction and polariser."""

from __future__ import annotations

import math
from dataclasses import dataclass

from ...errors import InputError, nearest

DIRECTIONS = ("across", "along")


POLARISERS = ("none", "axial", "azimuthal")


# Beyond the index of every transparent surround; the surround's own is known with the modes.
_LARGEST_INDEX = 4.5


@dataclass(frozen=True)
class Collection:
    """An objective; field names are the keys of the table [collection].

    Parameters
    ----------
    numerical_aperture : float
        n sin(half angle) in the surround.
    direction : {"across", "along"}
        Optical axis: in the equator's plane, or along the fibre.
    polariser : {"none", "axial", "azimuthal"}
        What it passes: everything, E in the plane of fibre axis and direction, or E across it.
    """

    numerical_aperture: float = 0.5
    direction: str = "across"
    polariser: str = "none"

    def __post_init__(self) -> None:
        given = (self.numerical_aperture, _LARGEST_INDEX, self.direction, self.polariser)
        try:
            check_objective(*given, "above which no surround is")
        except InputError as error:
            raise InputError([f"collection.{line}" for line in error.problems]) from None


def check_objective(
    aperture: float,
    index: float,
    direction: str,
    polariser: str,
    index_of: str = "the index of the surround",
) -> None:
    """Refuse an impossible objective.

    Raises
    ------
    InputError
        One line: key, value, what is allowed.
    """
    if not (math.isfinite(aperture) and 0.0 < aperture <= index):
        raise InputError(
            f"numerical_aperture: {aperture!r} must be above 0 and at most {index:g}, {index_of}"
        )
    for name, value, allowed in (
        ("direction", direction, DIRECTIONS),
        ("polariser", polariser, POLARISERS),
    ):
        if value not in allowed:
            near = nearest(str(value), allowed)
            raise InputError(f"{name}: {value!r} is not allowed; {', '.join(allowed)}{near}")
