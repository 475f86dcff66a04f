"""Whether a value suits a key of the design file on its own, whatever the other keys hold: asked of
each axis of a study.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from ..errors import InputError
from ..gain import Pump, medium_from_dict
from ..lasing.request import LasingRequest
from .input_problem import Location
from .key_types import Table
from .medium_entry import build_medium, medium_problems
from .schema import TABLES, MediumTable, table_at
from .spread import split_spreads
from .validate import field_problem, location_of

_FILES = ("file", "fibre_file", "cross_sections_file", "samples")
_SPECS: dict[str, Callable[..., object]] = {
    "pump": Pump,
    "lasing": LasingRequest,
    # the columns of a file are looked at where the design is built
    "gain": lambda cross_sections_file=None, samples=None, **table: medium_from_dict(table),
}


def value_problem(
    design: Mapping[str, Any], key: str, value: Any, folder: Path, varied: Collection[str] = ()
) -> str | None:
    """What is wrong with a value as one of a key, None if nothing is.

    Types, bounds, names of the library and files are looked at; what only shows beside other keys
    (a cavity thinner than its fibre) is not.

    Parameters
    ----------
    design : mapping
        The tables about it.
    key : str
        Dotted, and a right key of the design file.
    value : object
        As TOML has it.
    folder : Path
        Where file names start.
    varied : collection of str
        Keys whose values differ from those of `design` as well.
    """
    location = location_of(key)
    table = str(location[0])
    plain, _, problems = split_spreads({table: _nested(location[1:], value)})
    if problems:
        return problems[0].text
    checked: Table | None = None
    try:
        checked = TABLES[table].model_validate(plain[table])
    except ValidationError as error:
        for problem in (field_problem(table, detail) for detail in error.errors()):
            if problem.location[: len(location)] == location:
                return problem.text_below(location)
    if table_at(location) is MediumTable and location != ("cavity", "materials"):
        return _medium_problem(value, location, folder)
    if location[-1] in _FILES and isinstance(value, str) and not (folder / value).is_file():
        return "no such file beside the design"
    alone = not any(other != key and other.startswith(f"{table}.") for other in varied)
    if table in _SPECS and checked is not None and alone:
        return _spec_problem(table, key, design.get(table, {}), checked)
    return None


def _nested(location: Location, value: Any) -> Any:
    """Tables and lists that hold a value at a location."""
    for part in reversed(location):
        value = [{}] * part + [value] if isinstance(part, int) else {part: value}
    return value


def _medium_problem(value: Any, location: Location, folder: Path) -> str | None:
    keys = {"name": value} if isinstance(value, str) else value
    for problem in medium_problems(location, keys):
        return problem.text_below(location)
    try:
        build_medium(MediumTable.model_validate(keys), folder)
    except InputError as error:
        return error.problems[0]
    return None


def _spec_problem(table: str, key: str, about: Mapping[str, Any], checked: Table) -> str | None:
    """What the spec of the physics says of the key itself, the others as in the design."""
    plain, _, _ = split_spreads({table: dict(about)})
    try:
        _SPECS[table](**(plain[table] | checked.model_dump(exclude_none=True)))
    except InputError as error:
        for text in error.problems:
            if text.startswith(f"{key}:"):
                return text.removeprefix(f"{key}:").strip()
    return None
