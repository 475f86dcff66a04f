"""The uncertain numbers of a design's cavity, as changes that the modes can be derived by."""

from __future__ import annotations

from typing import Any

from ..errors import InputError
from ..geometry import Cavity
from ..modes.change import CavityChange
from ..modes.uncertainty import Spread
from .design import Design, parse_design

_RELATIVE_STEP, _STEP_OF_SPREAD = 4e-5, 1e-2


def cavity_spreads(design: Design) -> tuple[Spread, ...]:
    """Each number of the [cavity] table that carries a spread; spreads of other tables do not move the modes.

    A design is read again with the number a step below and above: 4e-5 of itself, or a hundredth of its spread if more. Where
    one of the two is not allowed (an absorption below 0) the derivative is one-sided.
    """
    spreads = []
    for key, sd in design.spreads.items():
        if not key.startswith("cavity."):
            continue
        value = _value(design.raw, key)
        half = max(_RELATIVE_STEP * abs(value), _STEP_OF_SPREAD * sd)
        sides = [_beside(design, key, value + step) for step in (-half, half)]
        width = half * sum(side is not None for side in sides)
        lower, upper = (design.cavity if side is None else side for side in sides)
        if width > 0:
            spreads.append(Spread(CavityChange(key, lower, upper, width), sd))
    return tuple(spreads)


def _beside(design: Design, key: str, value: float) -> Cavity | None:
    """The cavity with another value of a key, None if the value is not allowed."""
    try:
        return parse_design(design.raw, overrides={key: value}, path=design.path).cavity
    except InputError:
        return None


def _value(raw: dict[str, Any], key: str) -> float:
    entry: Any = raw
    for part in key.split("."):
        entry = entry[int(part)] if isinstance(entry, list) else entry[part]
    return float(entry["value"])
