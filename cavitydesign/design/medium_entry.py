"""Media of a design: from the library, by an explicit index, from a file of the user's, or
mixed.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from ..materials import (
    ConstantIndex,
    EffectiveMedium,
    Material,
    database_material,
    find_material,
    read_material,
)
from ..materials.shifted import ShiftedMedium
from .input_problem import Location, Problem
from .schema import MediumTable

# The key that says which way a medium is given, and the keys that go with it.
_WAYS = {
    "name": ("name",),
    "index": ("index", "absorption_per_cm", "index_extraordinary"),
    "file": ("file",),
    "database": ("database",),
    "host": ("host", "inclusion", "volume_fraction", "rule"),
}
_CHOICE = (
    'give a name from the library ("PMMA"), { index = 1.49 }, { file = "medium.toml" }, '
    '{ database = "main/SiO2/Malitson" } or '
    '{ host = "PMMA", inclusion = "CsPbBr3", volume_fraction = 0.01 }'
)


def medium_problems(location: Location, medium: dict[str, Any]) -> Iterator[Problem]:
    """What is wrong between the keys of one medium's table."""
    ways = [way for way in _WAYS if way in medium]
    if len(ways) != 1:
        yield Problem(location, _CHOICE, medium)
        return
    known = {key for keys in _WAYS.values() for key in keys}
    for key in medium:
        if key in known and key not in _WAYS[ways[0]]:
            yield Problem((*location, key), f"does not go with {ways[0]}; {_CHOICE}", medium[key])
    if ways == ["host"]:
        for key in ("inclusion", "volume_fraction"):
            if key not in medium:
                yield Problem((*location, key), f"missing; {_CHOICE}")


def build_medium(table: MediumTable, folder: Path) -> Material:
    """The medium of a checked table, its index shifted where the table says so.

    Parameters
    ----------
    table : MediumTable
    folder : Path
        Where relative file names start.

    Raises
    ------
    InputError
        For a name that is not in the library, or a file that cannot be read.
    """
    medium = _unshifted(table, folder)
    return ShiftedMedium.of(medium, table.index_offset) if table.index_offset else medium


def _unshifted(table: MediumTable, folder: Path) -> Material:
    if table.index is not None:
        return ConstantIndex.of(
            table.index, table.absorption_per_cm or 0.0, table.index_extraordinary
        )
    if table.file is not None:
        return read_material(folder / table.file)
    if table.database is not None:
        return database_material(table.database)
    if table.host is not None:
        host, inclusion = find_material(table.host), find_material(str(table.inclusion))
        return EffectiveMedium.of(
            host, inclusion, table.volume_fraction or 0.0, table.rule or "maxwell_garnett"
        )
    return find_material(str(table.name))
