"""The identity of a point: a content hash that any study, machine or order of keys gives alike."""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Mapping
from typing import Any

EXACT_INTEGERS = 2.0**53  # Whole numbers below are exact as floats.


def canonical(value: Any) -> Any:
    """A value in its one spelling: 20 and 20.0 alike, tuples as lists, keys as text.

    Raises
    ------
    ValueError
        For a number that is not finite, or a value that TOML and JSON do not have.
    """
    if value is None or isinstance(value, bool | str | int):
        return value
    if isinstance(value, float):
        if not math.isfinite(value):
            raise ValueError(f"{value!r} is not a finite number")
        return int(value) if value.is_integer() and abs(value) < EXACT_INTEGERS else value
    if isinstance(value, Mapping):
        return {str(key): canonical(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [canonical(item) for item in value]
    raise ValueError(f"{value} ({type(value).__name__}) has no place in a design")


def canonical_text(value: Any) -> str:
    """JSON text of `canonical(value)` with sorted keys and no blanks; floats in their shortest
    exact form.
    """
    return json_of_canonical(canonical(value))


def json_of_canonical(value: Any) -> str:
    """`canonical_text` of a value that is canonical already."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), allow_nan=False)


def fingerprint(design: Mapping[str, Any], task: str, version: str) -> str:
    """Content hash of a point, 32 hexadecimal digits.

    Parameters
    ----------
    design : mapping
        The design of the point, nested tables as in its TOML file.
    task : str
        What is computed.
    version : str
        Version of whatever decides the numbers; another gives another hash, so that old numbers
        never pass as new.
    """
    return text_fingerprint(canonical_text(design), task, version)


def text_fingerprint(design_text: str, task: str, version: str) -> str:
    """`fingerprint` of a design that is already canonical text."""
    whole = hashlib.sha256(f"{text_head(task, version)}{design_text}".encode())
    return whole.hexdigest()[:32]


def text_head(task: str, version: str) -> str:
    """What stands before the text of a design in the hash."""
    return f"{json.dumps([task, version])}\n"
