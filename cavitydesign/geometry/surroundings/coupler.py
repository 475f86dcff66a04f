"""A guide beside the cavity, through which light goes in and out: a tapered fibre, a prism or a bus
waveguide.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from ...errors import InputError, nearest
from ...materials.material import Material

SIZES = {
    "taper": ("diameter_um",),
    "prism": (),
    "waveguide": ("width_um", "height_um"),
}
"""The kinds of guide, and the lengths that each has."""

KINDS = tuple(SIZES)

_LARGEST_UM = 1e6  # as every length of a design


@dataclass(frozen=True)
class Coupler:
    """A guide at a gap from the rim; it runs along the rim, across the fibre's axis.

    Parameters
    ----------
    kind : {"taper", "prism", "waveguide"}
        A fibre drawn thin, a half space that is denser than the cavity's mode, or a straight guide
        of rectangular section.
    medium : Material
        Of the guide; around it lies the surround of the cavity.
    gap_um : float
        Nearest distance of the surfaces.
    diameter_um : float or None
        Of a taper, where it passes the cavity.
    width_um : float or None
        Of a waveguide, across the gap.
    height_um : float or None
        Of a waveguide, along the fibre's axis; none beside a slice of an infinite cylinder, where
        it is a slab.
    z_um : float
        Height of the nearest point of the rim above the equator.
    """

    kind: str
    medium: Material
    gap_um: float
    diameter_um: float | None = None
    width_um: float | None = None
    height_um: float | None = None
    z_um: float = 0.0

    def __post_init__(self) -> None:
        if self.kind not in SIZES:
            raise InputError(
                f"coupling.kind: {self.kind!r} is not allowed; {', '.join(KINDS)}"
                f"{nearest(str(self.kind), KINDS)}"
            )
        if not (math.isfinite(self.gap_um) and 0.0 <= self.gap_um <= _LARGEST_UM):
            raise InputError(f"coupling.gap_um: {self.gap_um!r} must be 0 or positive")
        if not math.isfinite(self.z_um):
            raise InputError(f"coupling.z_um: {self.z_um!r} must be a finite number")
        for name in ("diameter_um", "width_um", "height_um"):
            value = getattr(self, name)
            if value is None:
                continue
            if name not in SIZES[self.kind]:
                raise InputError(f"coupling.{name}: does not belong to kind {self.kind}")
            if not (math.isfinite(value) and 0.0 < value <= _LARGEST_UM):
                raise InputError(f"coupling.{name}: {value!r} must be positive")
        for name in SIZES[self.kind][:1]:
            if getattr(self, name) is None:
                raise InputError(f"coupling.{name}: missing; kind {self.kind} needs it")
