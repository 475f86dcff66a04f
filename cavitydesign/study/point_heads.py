"""What the rows of a point begin with, its number and what the study sets there, by column."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from .kept_columns import column_of
from .records.cell_columns import Cells
from .study_definition import Study


class PointHeads:
    """Columns of the points of a study.

    Parameters
    ----------
    study : Study
    """

    def __init__(self, study: Study) -> None:
        self._study = study
        self._columns = [
            {
                key: column_of([_cell(row[column]) for row in axis.rows])
                for column, key in enumerate(axis.keys)
            }
            for axis in study.axes
        ]

    def of(self, indices: Sequence[int]) -> dict[str, Cells]:
        """Of some points."""
        numbers = np.array(indices, np.int64)
        heads = {"point": numbers}
        if self._study.derived:
            values = [self._study.point(index).values for index in indices]
            return heads | {
                key: column_of([_cell(one[key]) for one in values]) for key in self._study.keys
            }
        rest, columns = numbers, dict[str, Cells]()
        for axis, of_axis in zip(reversed(self._study.axes), reversed(self._columns), strict=True):
            rest, row = np.divmod(rest, len(axis))
            columns = {key: cells[row] for key, cells in of_axis.items()} | columns
        return heads | columns


def each_head(heads: Mapping[str, Cells]) -> Iterator[dict[str, Any]]:
    """What `PointHeads.of` has, point by point."""
    for cells in zip(*(column.tolist() for column in heads.values()), strict=True):
        yield dict(zip(heads, cells, strict=True))


def _cell(value: Any) -> Any:
    if type(value) in (float, int, str):
        return value
    if isinstance(value, Mapping):
        return ", ".join(f"{key} {item}" for key, item in value.items())
    return " ".join(map(str, value)) if isinstance(value, list | tuple) else value
