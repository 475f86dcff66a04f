"""Numbers of a design that are right as numbers and unlikely as lengths, fluences or times: those a
thousand times off are of another unit.

They are told, not refused: somebody works there.
"""

from __future__ import annotations

import copy
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from ..dotted import set_entry
from ..errors import is_number
from .input_problem import Location, dotted
from .spread import split_spreads

# Optical cavities; all lengths that go with the wavelength are scaled beyond it, for infrared and
# microwave ones.
_OPTICAL_NM = 2000.0
_PREFIX = 1e3  # ratio of neighbouring units: nm, um and mm; uJ and mJ; fs, ps and ns


@dataclass(frozen=True)
class _Usual:
    """Where a key's numbers usually lie.

    Parameters
    ----------
    keys : str
        Pattern of whole dotted keys.
    low, high : float
        In the key's unit; 0 is no number of it.
    unit, smaller, larger : str
        The key's unit, and those a thousand times smaller and larger.
    scaled : bool
        Whether the range moves with the wavelength that is asked for.
    """

    keys: str
    low: float
    high: float
    unit: str
    smaller: str
    larger: str
    scaled: bool = False


_USUAL = (
    # polished crystals of 10 mm are the largest, dots of 0.2 um the smallest of published lasers
    _Usual(r"cavity\.(diameter|polar_radius|length)_um", 0.05, 12e3, "um", "nm", "mm", True),
    # bottles as flat as a fibre drawn to 0.1 % over its diameter
    _Usual(r"cavity\.axial_radius_um", 0.05, 1e5, "um", "nm", "mm", True),
    # a layer of atoms is 0.2 nm
    _Usual(r"cavity\.coatings\.\d+\.thickness_um", 2e-4, 1e3, "um", "nm", "mm", True),
    _Usual(r"cavity\.fibre_diameter_um", 0.05, 5e3, "um", "nm", "mm", True),
    # crystals are polished to 0.1 nm; more than 50 nm is no perturbation of visible light
    _Usual(r"cavity\.roughness_nm", 0.02, 50.0, "nm", "pm", "um", True),
    _Usual(r"cavity\.correlation_nm", 1.0, 2e4, "nm", "pm", "um", True),
    # from X-rays to microwaves
    _Usual(r"(modes|pump)\.wavelength_nm", 100.0, 1e9, "nm", "pm", "um"),
    # solids are ablated by 0.1 to 1 J/cm^2 of short pulses; one nJ/cm^2 excites nothing
    _Usual(
        r"pump\.(fluence|reference_fluence)_mj_cm2(\.\d+)?",
        1e-6,
        3e2,
        "mJ/cm2",
        "uJ/cm2",
        "J/cm2",
    ),
    # an optical cycle is 2 fs; Q-switched lasers have 10 to 100 ns
    _Usual(r"pump\.pulse_fs", 2.0, 1e9, "fs", "as", "ps"),
    _Usual(r"pump\.spot_radius_um", 0.2, 1e5, "um", "nm", "mm"),
)


def unlikely_values(raw: Mapping[str, Any]) -> tuple[str, ...]:
    """A line for each number that is far from what its key usually has, with the likely unit.

    Parameters
    ----------
    raw : mapping
        Tables of a design file, as `Design.raw`.
    """
    plain, _, _ = split_spreads(dict(raw))
    asked = plain.get("modes", {}).get("wavelength_nm")
    stretch = max(1.0, float(asked) / _OPTICAL_NM) if is_number(asked) else 1.0
    out = []
    for location, value in _numbers(plain, ()):
        for usual in _USUAL:
            if value != 0 and re.fullmatch(usual.keys, dotted(location)):
                out += _told(dotted(location), value, usual, stretch if usual.scaled else 1.0)
    return tuple(out)


def unlikely_in_ranges(
    raw: Mapping[str, Any], varied: Mapping[str, Iterable[Any]]
) -> tuple[str, ...]:
    """A line for each unlikely number of a design whose keys vary: of the smallest and the largest
    value of each.

    Parameters
    ----------
    raw : mapping
        The base design.
    varied : mapping of str to iterable
        Values of dotted keys; other than numbers are passed over.
    """
    base = unlikely_values(raw)
    told = [line for line in base if line.split(" = ")[0] not in varied]
    for key, values in varied.items():
        numbers = [float(value) for value in values if is_number(value)]
        for value in sorted({min(numbers), max(numbers)}) if numbers else ():
            changed = copy.deepcopy(dict(raw))
            set_entry(changed, key, value)
            lines = unlikely_values(changed)
            told += [one for one in lines if one not in base or one.startswith(f"{key} = ")]
    return tuple(dict.fromkeys(told))


def _told(key: str, value: float, usual: _Usual, stretch: float) -> list[str]:
    """The line about one number, if it is unlikely."""
    high = usual.high * stretch
    if usual.low <= value <= high:
        return []
    factor, unit = (1 / _PREFIX, usual.smaller) if value > high else (_PREFIX, usual.larger)
    meant = value * factor
    likely = f": {meant:.4g} {usual.unit} if {unit} was meant" if usual.low <= meant <= high else ""
    return [
        f"{key} = {value:g} lies outside the usual {usual.low:g} to {high:.4g} {usual.unit}{likely}"
    ]


def _numbers(item: Any, location: Location) -> Iterator[tuple[Location, float]]:
    """Numbers of nested tables and lists with their locations."""
    if is_number(item):
        yield location, float(item)
    elif isinstance(item, Mapping):
        for name, part in item.items():
            yield from _numbers(part, (*location, name))
    elif isinstance(item, list | tuple):
        for index, part in enumerate(item):
            yield from _numbers(part, (*location, index))
