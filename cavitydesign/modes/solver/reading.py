"""Fields of a solved vector at single points, whatever it is discretised by."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ...fem.field import PointField

# Why no field is known at a point.
KNOWN = ""
ABSORBING = "in an absorbing layer, which damps the field on its way out"
UNSOLVED = (
    "outside the solved elements, where |E| over its largest value is about the root of "
    "modes.relative_accuracy or less"
)
OUTSIDE = "outside the section of the file"


@dataclass(frozen=True, eq=False)
class PointReading:
    """What a problem tells of n points.

    Attributes
    ----------
    field : PointField or None
        At the points where it is known, in their order; None where there is none.
    region : (n,) int array
        Number of the medium; -1 where it is not known.
    why : (n,) array of str
        Why no field is known; empty where it is.
    """

    field: PointField | None
    region: NDArray[np.int64]
    why: NDArray[Any]

    @property
    def known(self) -> NDArray[np.bool_]:
        """Where the field is known."""
        return np.asarray(self.why == KNOWN)
