"""Gain media by name, and a user's own medium from the keys of a table."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from typing import Any

from ..errors import InputError, nearest
from .emitters.carriers import CarrierMedium
from .emitters.dots import DotMedium
from .emitters.dyes import DYES
from .emitters.four_level import FourLevelMedium
from .emitters.ions import IONS
from .emitters.tabled import TabledMedium
from .medium import GainMedium

KINDS: dict[str, type[DotMedium] | type[FourLevelMedium] | type[CarrierMedium]] = {
    "dots": DotMedium,
    "four-level": FourLevelMedium,
    "tabled": TabledMedium,
    "carriers": CarrierMedium,
}

_LIBRARY: dict[str, GainMedium] = {medium.name: medium for medium in (DotMedium(), *DYES, *IONS)}


def medium_names() -> tuple[str, ...]:
    """Names that `find_medium` knows."""
    return tuple(_LIBRARY)


def medium_kind(medium: GainMedium) -> str:
    """The `kind` under which a medium of this form is described."""
    return next(kind for kind, form in KINDS.items() if type(medium) is form)


def find_medium(name: str) -> GainMedium:
    """Gain medium of the library by name.

    Raises
    ------
    InputError
        If there is none of this name.
    """
    if name not in _LIBRARY:
        raise InputError(
            f"gain.medium: {name!r} is not in the library; "
            f"{', '.join(_LIBRARY)}{nearest(name, _LIBRARY)}"
        )
    return _LIBRARY[name]


def medium_from_dict(table: Mapping[str, Any]) -> GainMedium:
    """A medium from the keys of the table [gain].

    Parameters
    ----------
    table : mapping
        `medium`: a name of the library whose constants the other keys replace (default
        "CsPbBr3-PMMA"); or `kind` ("dots", "four-level", "tabled", "carriers") for a medium of
        one's own, named by `name`.

    Raises
    ------
    InputError
        Unknown keys, wrong types, impossible values; one line each.
    """
    keys = dict(table)
    kind = keys.pop("kind", None)
    base = keys.pop("medium", None)
    if kind is not None and base is not None:
        raise InputError(
            "gain.kind: give medium (from the library) or kind (of your own), not both"
        )
    if kind is not None and kind not in KINDS:
        raise InputError(
            f"gain.kind: {kind!r} is not known; {', '.join(KINDS)}{nearest(str(kind), KINDS)}"
        )
    if kind == "tabled":
        return _tabled(keys)
    start = (
        find_medium(str(base if base is not None else "CsPbBr3-PMMA"))
        if kind is None
        else KINDS[kind]()
    )
    allowed = {field.name: field for field in dataclasses.fields(start) if field.name != "sources"}
    problems = []
    for key, value in keys.items():
        if key not in allowed:
            problems.append(
                f"gain.{key}: unknown key for the medium {start.name}{nearest(key, allowed)}"
            )
        elif not _fits(value, _example(start, key)):
            problems.append(f"gain.{key}: {value!r} must be {_kind_of(_example(start, key))}")
    if problems:
        raise InputError(problems)
    if {
        "emission_cross_section_cm2",
        "concentration_per_cm3",
    } & keys.keys() and "peak_gain_per_cm" not in keys:
        keys["peak_gain_per_cm"] = 0.0
    return dataclasses.replace(start, **keys)


def _tabled(keys: Mapping[str, Any]) -> TabledMedium:
    """A medium of tables, which has no form without them."""
    allowed = {field.name: field for field in dataclasses.fields(TabledMedium)}
    problems = [
        f"gain.{key}: unknown key for a medium of tables{nearest(key, allowed)}"
        for key in keys
        if key not in allowed or key == "sources"
    ]
    for key, value in keys.items():
        default = allowed[key].default if key in allowed else value
        example = 0.0 if default is None else default
        listed = isinstance(value, (list, tuple)) and isinstance(example, tuple)
        if not listed and not _fits(value, example):
            problems.append(f"gain.{key}: {value!r} must be {_kind_of(example)}")
    if problems:
        raise InputError(problems)
    whole: dict[str, Any] = {
        key: tuple(value) if isinstance(value, (list, tuple)) else value
        for key, value in keys.items()
    }
    return TabledMedium(**whole)


def _example(medium: GainMedium, key: str) -> object:
    """A value of the kind that a key holds: what it has, a number where it has none."""
    value = getattr(medium, key)
    return 0.0 if value is None else value


def _fits(value: object, example: object) -> bool:
    if isinstance(value, bool):
        return False
    if isinstance(example, float):
        return isinstance(value, (int, float))
    return isinstance(value, type(example))


def _kind_of(example: object) -> str:
    return {float: "a number", int: "a whole number", str: "a text"}.get(
        type(example), "of another type"
    )
