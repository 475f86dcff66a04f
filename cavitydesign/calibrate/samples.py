"""Draws of a calibration as a table that a design reads: `[gain] samples = "samples.csv"`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

_DIGITS = 8


def samples_csv(answer: Mapping[str, Any]) -> str:
    """The draws of the constants that every cavity shares, one row a draw.

    Parameters
    ----------
    answer : mapping
        JSON object of ``calibrate``.

    Returns
    -------
    str
        The header has design keys. Numbers of single cavities or sessions are left out: they say
        nothing of another cavity.
    """
    shared = [
        (place, each["key"])
        for place, each in enumerate(answer["constants"])
        if each["key"] and each["name"] == each["key"]
    ]
    rows = [",".join(key for _, key in shared)]
    for values in answer["draws"]["values"]:
        rows.append(",".join(f"{values[place]:.{_DIGITS}g}" for place, _ in shared))
    return "\n".join(rows) + "\n"
