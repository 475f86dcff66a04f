"""The uncertain numbers of a design's cavity, as changes that the modes can be derived by."""

from __future__ import annotations

from typing import Any

from ..modes.change import CavityChange
from ..modes.uncertainty import Spread
from .design import Design, parse_design

_RELATIVE_STEP = 4e-5


def cavity_spreads(design: Design) -> tuple[Spread, ...]:
    """Each number of the [cavity] table that carries a spread; spreads of other tables do not move the modes.

    A design is read again with the number 4e-5 of itself (of its spread, if it is 0) below and above.

    Raises
    ------
    InputError
        If a value that close is not allowed.
    """
    spreads = []
    for key, sd in design.spreads.items():
        if not key.startswith("cavity."):
            continue
        value = _value(design.raw, key)
        half = _RELATIVE_STEP * (abs(value) or sd)
        lower, upper = (
            parse_design(design.raw, overrides={key: value + step}, path=design.path).cavity for step in (-half, half)
        )
        spreads.append(Spread(CavityChange(key, lower, upper, 2 * half), sd))
    return tuple(spreads)


def _value(raw: dict[str, Any], key: str) -> float:
    entry: Any = raw
    for part in key.split("."):
        entry = entry[int(part)] if isinstance(entry, list) else entry[part]
    return float(entry["value"])
