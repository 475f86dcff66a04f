"""What a study draws of its table: the table [plot] of a study file."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ...errors import InputError, nearest

KEYS = ("x", "y", "by", "map", "where", "log", "overlay", "title")


@dataclass(frozen=True)
class PlotSpec:
    """Columns to draw.

    Parameters
    ----------
    x : str
        Across; the first axis where it is empty.
    y : tuple of str
        One panel for each column; for a map, the column upwards, by default the second axis.
    by : str
        One line for each value of this column; where it is empty, of the second axis that varies.
    map : str
        Column painted over x and y; empty for lines.
    where : str
        Only rows that meet this condition.
    log : tuple of str
        Columns with a logarithmic axis.
    overlay : str
        CSV of published points beside the study file: columns named as those drawn, and ``label``.
    title : str
    """

    x: str = ""
    y: tuple[str, ...] = ()
    by: str = ""
    map: str = ""
    where: str = ""
    log: tuple[str, ...] = ()
    overlay: str = ""
    title: str = ""


def read_plot(table: Mapping[str, Any], file: str) -> PlotSpec:
    """Check the table [plot].

    Raises
    ------
    InputError
        One line for each problem.
    """
    problems = [
        f"{file}: plot.{key}: unknown key; allowed: {', '.join(KEYS)}{nearest(key, KEYS)}"
        for key in table
        if key not in KEYS
    ]
    for key, value in table.items():
        texts = value if key in ("y", "log") and isinstance(value, list) else [value]
        if key in KEYS and not all(isinstance(text, str) for text in texts):
            kind = "a text or a list of texts" if key in ("y", "log") else "a text"
            problems.append(f"{file}: plot.{key} = {value!r}: {kind} is needed")
    if "map" in table and len(_texts(table.get("y"))) > 1:
        problems.append(f"{file}: plot.y: a map has one column upwards, by default the second axis")
    elif not _texts(table.get("y")) and "map" not in table:
        problems.append(f"{file}: plot.y: missing; name the columns to draw")
    if problems:
        raise InputError(problems)
    lists = {key: _texts(table.get(key)) for key in ("y", "log")}
    return PlotSpec(
        **{key: value for key, value in table.items() if key not in lists},
        y=lists["y"],
        log=lists["log"],
    )


def _texts(value: Any) -> tuple[str, ...]:
    return (value,) if isinstance(value, str) else tuple(value or ())
