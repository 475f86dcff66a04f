"""The uncertain numbers of a design: as changes of its cavity that the modes can be derived by, and
as designs beside it.
"""

from __future__ import annotations

from dataclasses import dataclass

from ..dotted import number_at
from ..errors import InputError
from ..mesh.section_cavity import SectionCavity
from ..modes.changes.change import RELATIVE_STEP, CavityChange
from ..modes.changes.uncertainty import Spread
from .spec import Design, parse_design

# Of a spread: differences go over a hundredth of it, where that is more than `RELATIVE_STEP`.
_STEP_OF_SPREAD = 1e-2
# Shapes meshed anew differ by the errors of two meshes: a step as large as the spread allows.
_STEP_OF_SECTION_SPREAD = 0.5


@dataclass(frozen=True)
class Beside:
    """Designs on either side of an uncertain number.

    Attributes
    ----------
    key : str
    lower, upper : Design
        The design itself where a side is not allowed.
    width : float
        How far apart they are, in the number's unit.
    """

    key: str
    lower: Design
    upper: Design
    width: float


def moves_modes(key: str) -> bool:
    """Whether a key belongs to the cavity or to the guide beside it; numbers of other tables leave
    the modes as they are.
    """
    return key.startswith(("cavity.", "coupling.")) and not is_deviation(key)


def is_deviation(key: str) -> bool:
    """Whether a key says how the cavity is not round: the round modes stay where they are."""
    return key.startswith("cavity.deviation.")


def beside(design: Design, key: str, half: float) -> Beside:
    """The designs with a number half a width lower and higher.

    Where one of the two is not allowed (an absorption below 0) the other and the design itself
    remain.

    Raises
    ------
    InputError
        If neither is allowed, so that the spread cannot be carried.
    """
    value = number_at(design.raw, key)
    sides = [_with(design, key, value + step) for step in (-half, half)]
    width = half * sum(side is not None for side in sides)
    if not width > 0:
        sides_told = f"neither {value - half:g} nor {value + half:g} is allowed"
        raise InputError(f"{key} = {value:g}: its spread cannot be carried: {sides_told}")
    lower, upper = (design if side is None else side for side in sides)
    return Beside(key, lower, upper, width)


def cavity_spreads(design: Design) -> tuple[Spread, ...]:
    """Each number of the tables [cavity] and [coupling] that carries a spread.

    A design is read again with the number a step below and above: 4e-5 of itself, or a hundredth of
    its spread if more; half of its spread for a constant of a .geo section.
    """
    spreads = []
    for key, sd in design.spreads.items():
        if not moves_modes(key):
            continue
        meshed = isinstance(design.cavity, SectionCavity) and key.startswith("cavity.parameters.")
        share = _STEP_OF_SECTION_SPREAD if meshed else _STEP_OF_SPREAD
        pair = beside(design, key, max(RELATIVE_STEP * abs(number_at(design.raw, key)), share * sd))
        spreads.append(
            Spread(CavityChange(key, pair.lower.cavity, pair.upper.cavity, pair.width), sd)
        )
    return tuple(spreads)


def _with(design: Design, key: str, value: float) -> Design | None:
    """The design with another value of a key, None if the value is not allowed."""
    try:
        return parse_design(design.raw, overrides={key: value}, path=design.path)
    except InputError:
        return None
