"""Holds a design against the schema and turns every complaint of pydantic into a problem in the
user's words.
"""

from __future__ import annotations

from typing import Any

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from ..errors import nearest
from .input_problem import Location, Problem, unknown_key
from .schema import REQUIRED_TABLES, TABLES, all_keys, field_at, table_at, tables_with

_BOUNDS = {
    "greater_than": ("gt", "must be greater than {}"),
    "greater_than_equal": ("ge", "must be at least {}"),
    "less_than": ("lt", "must be less than {}"),
    "less_than_equal": ("le", "must be at most {}"),
}
_TYPES = {
    "float_type": "must be a number",
    "int_type": "must be a whole number",
    "finite_number": "must be a finite number",
    "bool_type": "must be true or false",
    "string_type": "must be text in quotes",
    "string_too_short": "must not be empty",
    "model_type": "must be a table",
    "dict_type": "must be a table",
    "tuple_type": "must be a list",
    "list_type": "must be a list",
    "missing": "missing",
}


def validate(plain: dict[str, Any]) -> tuple[dict[str, Any], list[Problem]]:
    """Check types and bounds of every key.

    Parameters
    ----------
    plain : dict
        The design without spreads.

    Returns
    -------
    tables : dict of str to Table
        Those in which nothing is wrong.
    problems : list of Problem
    """
    tables: dict[str, Any] = {}
    problems = [
        unknown_key((name,), item, tuple(TABLES), tables_with(name))
        for name, item in plain.items()
        if name not in TABLES
    ]
    for name, schema in TABLES.items():
        if name not in plain:
            if name in REQUIRED_TABLES:
                problems.append(Problem((name,), f"missing; the table [{name}] is needed"))
            continue
        try:
            tables[name] = schema.model_validate(plain[name])
        except ValidationError as error:
            problems += [field_problem(name, detail) for detail in error.errors()]
    return tables, problems


def key_problem(key: str) -> str | None:
    """What is wrong with a dotted key as a key of the design file, with the nearest right one; None
    if it is right.

    Parameters
    ----------
    key : str
        Such as "cavity.diameter_um" or "cavity.coatings.0.thickness_um".
    """
    location = location_of(key)
    table = table_at(location[:-1]) if len(location) > 1 else None
    if field_at(location) is not None:
        return None
    if table is None:
        return f"not a key of the design file; give table.key{nearest(key, all_keys())}"
    return unknown_key(
        location, Problem.ABSENT, tuple(table.model_fields), tables_with(str(location[-1]))
    ).text


def location_of(key: str) -> Location:
    """Path of a dotted key; numbers are indices into a list."""
    return tuple(int(part) if part.isdecimal() else part for part in key.split("."))


def field_problem(table_name: str, detail: ErrorDetails) -> Problem:
    """A complaint of pydantic about a table in the user's words."""
    location: Location = (table_name, *detail["loc"])
    kind, context = detail["type"], detail.get("ctx", {})
    if kind == "extra_forbidden":
        table = table_at(location[:-1])
        allowed = tuple(table.model_fields) if table is not None else ()
        return unknown_key(location, detail["input"], allowed, tables_with(str(location[-1])))
    value = Problem.ABSENT if kind == "missing" else detail["input"]
    if kind == "literal_error":
        allowed = _words(str(context["expected"]))
        hint = nearest(value, allowed) if isinstance(value, str) else ""
        return Problem(location, f"must be one of {', '.join(allowed)}{hint}", value)
    if kind == "value_error":
        return Problem(location, str(context["error"]), value)
    if kind == "too_long":
        text = (
            f"has {context['actual_length']} entries; at most {context['max_length']} are allowed"
        )
        return Problem(location, text)
    if kind in _BOUNDS:
        name, text = _BOUNDS[kind]
        return Problem(location, text.format(context[name]) + _meaning(location), value)
    return Problem(location, _TYPES.get(kind, detail["msg"]) + _meaning(location), value)


def _meaning(location: Location) -> str:
    field = field_at(location)
    return f" ({field.description})" if field is not None and field.description else ""


def _words(expected: str) -> tuple[str, ...]:
    """Pydantic's "'TM', 'TE' or 'both'" as separate words."""
    return tuple(part.strip().strip("'") for part in expected.replace(" or ", ", ").split(","))
