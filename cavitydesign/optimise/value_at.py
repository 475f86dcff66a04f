"""A number of a design by its dotted key."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any


def value_at(design: Mapping[str, Any], key: str) -> float:
    """A number of a design by its dotted key; 0 where it is absent (an offset, say), not-a-number
    where a text stands.
    """
    table: Any = design
    for name in key.split("."):
        table = (
            table[int(name)]
            if isinstance(table, list)
            else table.get(name)
            if isinstance(table, Mapping)
            else None
        )
    if isinstance(table, Mapping):
        table = table.get("value")
    if isinstance(table, str):
        return math.nan
    return 0.0 if table is None else float(table)
