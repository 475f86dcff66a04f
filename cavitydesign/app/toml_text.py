"""A design as the text of a TOML file."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from typing import Any

from ..errors import InputError

_BARE = re.compile(r"[A-Za-z0-9_-]+\Z")


def _key(name: str) -> str:
    return name if _BARE.match(name) else json.dumps(name)


def _value(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return repr(value)
    if isinstance(value, str):
        return json.dumps(value, ensure_ascii=False)
    if isinstance(value, Mapping):
        return (
            "{ "
            + ", ".join(f"{_key(name)} = {_value(inner)}" for name, inner in value.items())
            + " }"
        )
    if isinstance(value, Sequence):
        return "[" + ", ".join(_value(inner) for inner in value) + "]"
    raise InputError(f"design: {type(value).__name__} cannot be written as TOML")


def design_toml(design: Mapping[str, Any]) -> str:
    """The tables of a design as TOML that `load_design` reads back to the same design.

    Parameters
    ----------
    design : mapping
        Top-level tables of plain values, lists and inline tables.

    Raises
    ------
    InputError
        For a value that TOML does not know.
    """
    blocks = []
    for table, keys in design.items():
        if not isinstance(keys, Mapping):
            raise InputError(f"design: {table} must be a table")
        lines = [
            f"{_key(name)} = {_value(value)}" for name, value in keys.items() if value is not None
        ]
        blocks.append("\n".join([f"[{_key(table)}]", *lines]))
    return "\n\n".join(blocks) + "\n"
