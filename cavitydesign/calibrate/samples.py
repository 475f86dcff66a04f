"""Draws of a calibration as a table that a design reads: `[gain] samples = "samples.csv"`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

_DIGITS = 8  # Far below what any constant is known to, and equal draws stay apart.


def samples_csv(answer: Mapping[str, Any]) -> str:
    """The draws of the constants, one row a draw.

    Parameters
    ----------
    answer : mapping
        JSON object of ``calibrate``.

    Returns
    -------
    str
        The header has design keys. Numbers that each cavity or session has of its own are draws of
        their prior: those found say nothing of another cavity.
    """
    shared = [
        (column, each["key"])
        for column, each in enumerate(answer["constants"])
        if each["key"] and each["name"] == each["key"]
    ]
    unmeasured = answer["draws"]["unmeasured"]
    rows = [",".join([*(key for _, key in shared), *unmeasured])]
    for number, values in enumerate(answer["draws"]["values"]):
        row = [
            *(values[column] for column, _ in shared),
            *(one[number] for one in unmeasured.values()),
        ]
        rows.append(",".join(f"{value:.{_DIGITS}g}" for value in row))
    return "\n".join(rows) + "\n"
