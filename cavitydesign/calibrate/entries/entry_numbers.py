"""Numbers of an entry of a calibration file, checked."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from ...study.files.user_file import UserFile
from ..calibration_spec import Figure
from ..posterior.prior import prior_of

# A point that scatters by as much as it is says nothing; 5 is 5 % as a rule.
_MOST_NOISE = 1.0
# Nothing is measured better: a pulse's light is computed to 7e-4.
_LEAST_NOISE = 1e-4


def number_of(
    file: UserFile, entry: Mapping[str, Any], entry_name: str, usual: float, positive: bool = True
) -> float:
    """A number of an entry; the usual one, with the problem noted, where it is none.

    Parameters
    ----------
    file : UserFile
    entry : mapping
    entry_name : str
        Name of the entry with the key at its end.
    usual : float
        Where the key is left out.
    positive : bool
        Whether it must lie above 0; finite it must be.
    """
    key = entry_name.rsplit(".", 1)[1]
    if key not in entry:
        return usual
    value = entry[key]
    number = isinstance(value, int | float) and not isinstance(value, bool)
    if not number or not math.isfinite(value) or (positive and value <= 0):
        file.add(
            entry_name,
            f" = {value!r}: a {'number above 0' if positive else 'finite number'} is needed",
        )
        return usual
    return float(value)


def share_of(
    file: UserFile, entry: Mapping[str, Any], entry_name: str, usual: float, zero: bool = False
) -> float:
    """A scatter or error as a share, which may be 0 where `zero` says so."""
    value = number_of(file, entry, entry_name, usual, positive=False)
    least = 0.0 if zero else _LEAST_NOISE
    if not least <= value < _MOST_NOISE:
        file.add(
            entry_name,
            f" = {value:g}: a share is needed, {least:g} at least and less than {_MOST_NOISE:g}; "
            "0.05 is 5 %",
        )
    return value


def figure_of(file: UserFile, entry: Any, entry_name: str) -> Figure | None:
    """A measured number with its standard deviation."""
    prior = file.collect(prior_of, entry, f"{file.name}: {entry_name}")
    if prior is None:
        return None
    if prior.shape != "normal" or prior.first <= 0:
        file.add(entry_name, f" = {entry!r}: must be {{ value, sd }} with a value above 0")
        return None
    return Figure(prior.first, prior.second)
