"""Solved modes of one problem as columns, with what reading their fields takes of each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from ...arrays import Array, IntArray, Values
from ..permittivities import Permittivities
from .snapshot import RawMode


@dataclass(frozen=True, eq=False)
class SolvedVectors:
    """Vectors of k modes of one problem.

    Attributes
    ----------
    vectors : (n, k) array
        Unknowns of the modes.
    corrections : (n, k) array
        What the full problem asks to take from the vectors.
    m, q : (k,) arrays
        Azimuthal and axial orders.
    k_per_um : (k,) array
        Real parts of the vacuum wavenumbers.
    eps : tuple of k Permittivities
        At each mode's own wavelength.
    """

    vectors: Values
    corrections: Values
    m: IntArray
    q: IntArray
    k_per_um: Array
    eps: tuple[Permittivities, ...]

    @classmethod
    def one(
        cls,
        vector: Values,
        m: int,
        q: int,
        k_per_um: float,
        eps: Permittivities,
        correction: Values | None = None,
    ) -> SolvedVectors:
        """A single mode, from its (n,) vector."""
        column = vector[:, None]
        taken = np.zeros_like(column) if correction is None else correction[:, None]
        return cls(column, taken, np.array([m]), np.array([q]), np.array([k_per_um]), (eps,))

    @classmethod
    def of(cls, raw: RawMode) -> SolvedVectors:
        """A mode of a family, at the wavenumber without absorption."""
        return cls.one(raw.vector, raw.m, raw.q, raw.k_per_um.real, raw.eps, raw.correction)

    @classmethod
    def joined(cls, parts: Sequence[SolvedVectors]) -> SolvedVectors:
        """The columns of all parts, in their order."""
        return cls(
            np.concatenate([part.vectors for part in parts], axis=1),
            np.concatenate([part.corrections for part in parts], axis=1),
            np.concatenate([part.m for part in parts]),
            np.concatenate([part.q for part in parts]),
            np.concatenate([part.k_per_um for part in parts]),
            tuple(eps for part in parts for eps in part.eps),
        )

    def part(self, numbers: Sequence[int]) -> SolvedVectors:
        """Some of the columns."""
        rows = list(numbers)
        return SolvedVectors(
            self.vectors[:, rows],
            self.corrections[:, rows],
            self.m[rows],
            self.q[rows],
            self.k_per_um[rows],
            tuple(self.eps[row] for row in rows),
        )

    @property
    def count(self) -> int:
        """Number of modes."""
        return self.m.size

    @cached_property
    def corrected(self) -> Values:
        """The vectors less their corrections."""
        return self.vectors - self.corrections

    @cached_property
    def ordinary(self) -> Array:
        """Permittivities across the axis, of shape (k, regions)."""
        return np.array([eps.ordinary for eps in self.eps])

    @cached_property
    def axial(self) -> Array:
        """Permittivities along the axis, of shape (k, regions)."""
        return np.array([eps.axial for eps in self.eps])

    @cached_property
    def n_surround(self) -> Array:
        """Index of the surround at each mode's wavelength."""
        return np.array([float(eps.index[-1]) for eps in self.eps])
