"""Draws of calibrated constants, read from the table that `calibrate` writes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from ...arrays import Array
from ...errors import InputError
from ...study.files.csv_file import check_keys, read_csv
from ..validate import key_problem
from .column_file import columns_of

# Draws below which an interval of 68 % rests on one or two of them at either end.
_FEWEST = 16


@dataclass(frozen=True, eq=False)
class Samples:
    """Equal draws of correlated constants.

    Attributes
    ----------
    keys : tuple of str
        Dotted design keys.
    values : (k, n) array
        One row a draw.
    name : str
        The file that they stand in, for messages.
    """

    keys: tuple[str, ...]
    values: Array
    name: str = "samples"

    def __len__(self) -> int:
        return len(self.values)

    def evenly(self, count: int) -> list[Mapping[str, float]]:
        """So many of the draws, evenly spread over the table."""
        rows = np.unique(np.linspace(0, len(self) - 1, min(count, len(self))).round())
        return [
            dict(zip(self.keys, map(float, self.values[int(row)]), strict=True)) for row in rows
        ]


def read_samples(path: Path) -> Samples:
    """Read a table of draws.

    Parameters
    ----------
    path : Path
        CSV whose header has design keys of the tables [gain], [pump] or [lasing].

    Raises
    ------
    InputError
        One line for each problem: keys that no design has or that belong to the cavity, too few
        draws, values that are no numbers.
    """
    if not path.is_file():
        raise InputError(f"gain.samples: {path.name}: no such file beside the design")
    table = read_csv(path, any_separator=True)
    check_keys(table)
    header = table.header
    problems = []
    for key in header:
        wrong = key_problem(key)
        if wrong is not None:
            problems.append(f"{path.name}: header: {key}: {wrong}")
        elif key.startswith(("cavity.", "modes.")):
            problems.append(
                f"{path.name}: header: {key}: draws hold constants of the medium, the "
                "pump and the lasing, not of the cavity"
            )
    if problems:
        raise InputError(problems)
    columns = columns_of(table, header)
    values = np.stack([columns[key] for key in header], axis=1)
    if len(values) < _FEWEST:
        raise InputError(f"{path.name}: {len(values)} draws; {_FEWEST} or more are needed")
    return Samples(tuple(header), values, path.name)
