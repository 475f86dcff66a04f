"""Patterns of standing waves along the circumference, as zones have them."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from scipy.linalg import hadamard

from ...arrays import Array

# Of the intensity in the zones of a pattern about its mean: its square is <u^2> - 1 = 1/2 of cos^2.
_CONTRAST = math.sqrt(0.5)


@dataclass(frozen=True)
class Patterns:
    """Zones in runs of `size`: a mode has 1 + 1/sqrt(2) or 1 - 1/sqrt(2) of its mean intensity in
    each of a run, by the signs of its row of Hadamard's matrix in the order of Sylvester.

    Sums over such zones are Walsh and Hadamard's transforms, and those of products of two modes
    stand in the row that is the exclusive or of theirs, which compiled steps make use of.

    Attributes
    ----------
    rows : (M,) array of int
        Of each mode; the first row, 0, is constant and stands for no pattern.
    size : int
        A power of 2.
    inner : int
        Classes of emitters in each zone, which run fastest.
    """

    rows: NDArray[np.int64]
    size: int
    inner: int = 1

    @property
    def contrast(self) -> Array:
        """(M,) of each mode: 1/sqrt(2), or 0 without a pattern."""
        return np.where(self.rows > 0, _CONTRAST, 0.0)

    @property
    def local(self) -> Array:
        """(M, size) intensity of each mode in the zones of a run, over its mean."""
        signs = hadamard(self.size)[self.rows]
        return np.asarray(1.0 + self.contrast[:, None] * signs)

    def repeated(self, order: Sequence[int]) -> Patterns:
        """The patterns of a list of modes, each given by its index in this one."""
        return replace(self, rows=self.rows[list(order)])

    def of_means(self, coefficients: Array) -> Array:
        """(..., C / size, M) coefficients of the classes (..., C, M) without their patterns.

        All signs of the first zone of a run are positive.
        """
        *columns, classes, modes = coefficients.shape
        runs = coefficients.reshape(*columns, -1, self.size, self.inner, modes)
        first = runs[..., 0, :, :] / (1.0 + self.contrast)
        return np.ascontiguousarray(first.reshape(*columns, classes // self.size, modes))
