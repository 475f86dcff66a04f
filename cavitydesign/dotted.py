"""Values in nested tables by dotted keys, such as "cavity.body.index" or "cavity.coatings.0.name".

Everything that reads or sets a key of a design by its dotted name comes here, so that the command
line, studies, goals and the explorer mean the same by it.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterable, Mapping
from typing import Any


def entry_at(table: Any, key: str) -> Any:
    """What stands at a dotted key; None where nothing does.

    Parameters
    ----------
    table : mapping or list
        Nested tables and lists.
    key : str
        Names parted by dots; an entry of a list goes by its number, counted from 0.

    Examples
    --------
    >>> entry_at({"cavity": {"coatings": [{"name": "shell"}]}}, "cavity.coatings.0.name")
    'shell'
    >>> entry_at({"cavity": {}}, "cavity.body.index") is None
    True
    """
    for name in key.split("."):
        if isinstance(table, list):
            table = table[int(name)] if name.isdecimal() and int(name) < len(table) else None
        else:
            table = table.get(name) if isinstance(table, Mapping) else None
    return table


def number_at(table: Any, key: str) -> float:
    """A number by its dotted key, without its spread.

    An absent number is 0, as an offset that is not given is; where a text stands the result is
    not-a-number.

    Examples
    --------
    >>> number_at({"cavity": {"diameter_um": {"value": 15.0, "sd": 0.2}}}, "cavity.diameter_um")
    15.0
    """
    found = entry_at(table, key)
    if isinstance(found, Mapping):
        found = found.get("value")
    if isinstance(found, str):
        return math.nan
    return 0.0 if found is None else float(found)


def set_entry(table: Any, key: str, value: Any) -> None:
    """Put a value at a dotted key, in place.

    A number with a spread, ``{ value, sd }``, keeps its spread where a plain number replaces it. A
    medium that is given by its name alone becomes a table of that name where a key inside it is
    set. Tables that are missing on the way are made.

    Raises
    ------
    KeyError
        If the key leads into a list that has no such entry, or through a number.

    Examples
    --------
    >>> design = {"cavity": {"body": "PMMA"}}
    >>> set_entry(design, "cavity.body.absorption_per_cm", 1.0)
    >>> design
    {'cavity': {'body': {'name': 'PMMA', 'absorption_per_cm': 1.0}}}
    """
    names = key.split(".")
    if not all(names):
        raise KeyError(key)
    for name, following in itertools.pairwise(names):
        if isinstance(table, list):
            table = table[_list_index(table, name, key)]
            continue
        if not isinstance(table, dict):
            raise KeyError(key)
        if not isinstance(table.get(name), dict | list):
            named = isinstance(table.get(name), str) and following != "name"
            table[name] = {"name": table[name]} if named else {}
        table = table[name]
    if not isinstance(table, dict | list):
        raise KeyError(key)
    last: Any = _list_index(table, names[-1], key) if isinstance(table, list) else names[-1]
    old = table.get(last) if isinstance(table, dict) else table[last]
    if isinstance(old, dict) and "value" in old and not isinstance(value, dict):
        value = {**old, "value": value}
    table[last] = value


def drop_entry(table: Any, key: str) -> None:
    """Take away what stands at a dotted key of tables, in place; nothing where nothing does.

    Examples
    --------
    >>> design = {"modes": {"span_nm": 4.0, "wavelength_nm": 540.0}}
    >>> drop_entry(design, "modes.span_nm")
    >>> design
    {'modes': {'wavelength_nm': 540.0}}
    """
    head, _, last = key.rpartition(".")
    holder = entry_at(table, head) if head else table
    if isinstance(holder, dict):
        holder.pop(last, None)


def _list_index(entries: list[Any], name: str, key: str) -> int:
    """Number of an entry of a list."""
    if not name.isdecimal() or int(name) >= len(entries):
        raise KeyError(key)
    return int(name)


_PLAIN = frozenset({float, int, str, bool, type(None)})
_ABSENT = object()


def flattened(nested: Mapping[str, Any], head: str = "") -> dict[str, Any]:
    """Numbers, texts and booleans of nested tables by their dotted keys; lists are left out.

    Examples
    --------
    >>> flattened({"log10_q": {"total": 6.5}, "slopes": [1.0, 2.0]})
    {'log10_q.total': 6.5}
    """
    flat: dict[str, Any] = {}
    for key, value in nested.items():
        # The exact type first: most cells are plain, and ten thousand points have a million of
        # them.
        if type(value) in _PLAIN:
            flat[head + key] = value
        elif isinstance(value, Mapping):
            flat |= flattened(value, f"{head}{key}.")
    return flat


def flattened_at(nested: Mapping[str, Any], keys: Iterable[str]) -> dict[str, Any]:
    """What `flattened` has at some dotted keys, without the others.

    Examples
    --------
    >>> flattened_at({"log10_q": {"total": 6.5}, "m": 5}, ["log10_q.total", "p"])
    {'log10_q.total': 6.5}
    """
    flat: dict[str, Any] = {}
    for key in keys:
        if type(value := nested.get(key, _ABSENT)) in _PLAIN:
            flat[key] = value
            continue
        head, dot, rest = key.partition(".")
        if dot and isinstance(inner := nested.get(head), Mapping):
            flat.update(
                (f"{head}.{name}", one) for name, one in flattened_at(inner, [rest]).items()
            )
    return flat
