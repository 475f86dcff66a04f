"""What the eigen-solves leave: eigenpairs at one azimuthal order, and single modes before they are
measured.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from ...arrays import Values
from ...eigen.factor import Factor
from ..permittivities import Permittivities
from .problem import EigenProblem, Pencil

# Relative distance in k^2 of two that are one mode found twice: each is right to 1e-12
_SAME = 1e-9
_NEIGHBOURS = 1  # of the named modes, which the reduced basis needs where they are coupled


@dataclass(frozen=True)
class Snapshot:
    """Eigenpairs computed at one azimuthal order.

    Attributes
    ----------
    values : (k,) array
        k0^2, nearest the shift first.
    vectors : (n, k) array
        Scaled to x^T B x = 1.
    chosen : dict of int to int
        Column of each axial order found.
    """

    m: int
    shift: complex
    eps: Permittivities
    pencil: Pencil = field(repr=False)
    factor: Factor = field(repr=False)
    values: Values = field(repr=False)
    vectors: Values = field(repr=False)
    chosen: dict[int, int]

    def wavenumber(self, q: int) -> complex:
        """k0 of an axial order, for the media of the snapshot."""
        return complex(np.sqrt(complex(self.values[self.chosen[q]])))

    @property
    def wanted(self) -> Values:
        """Vectors of the axial orders found."""
        return np.asarray(self.vectors[:, list(self.chosen.values())])

    def nearest(self) -> Snapshot:
        """The named modes and the few closest to any of them; a wide search leaves many others."""
        named = sorted(self.chosen.values())
        distance = np.min(abs(self.values[:, None] - self.values[named]), axis=1)
        kept = np.argsort(distance, kind="stable")[: len(named) + _NEIGHBOURS]
        new_columns = {int(column): new_column for new_column, column in enumerate(kept)}
        chosen = {q: new_columns[column] for q, column in self.chosen.items()}
        return replace(self, values=self.values[kept], vectors=self.vectors[:, kept], chosen=chosen)


def joined(parts: Sequence[Snapshot]) -> Snapshot:
    """Eigenpairs of one azimuthal order from several shifts as those of the first one."""
    if len(parts) == 1:
        return parts[0]
    named = [(part, q, column) for part in parts for q, column in part.chosen.items()]
    values = [part.values[column] for part, _, column in named]
    vectors = [part.vectors[:, [column]] for part, _, column in named]
    for part in parts:
        for column, value in enumerate(part.values):
            if all(abs(value - other) > _SAME * abs(value) for other in values):
                values.append(value)
                vectors.append(part.vectors[:, [column]])
    chosen = {q: number for number, (_, q, _) in enumerate(named)}
    return replace(
        parts[0], values=np.array(values), vectors=np.concatenate(vectors, axis=1), chosen=chosen
    )


@dataclass(frozen=True)
class RawMode:
    """One solved mode before it is measured.

    Attributes
    ----------
    k_per_um : complex
        Vacuum wavenumber; the imaginary part is negative for a leaky mode.
    k_absorbing_per_um : complex
        The same with the imaginary permittivities.
    residual : (n,) array
        K x - k^2 B x of the full problem.
    relative_residual : float
        Its norm over that of k^2 B x.
    basis_error, field_error : float
        Relative errors of k, and of the field in the norm of B, that the reduced basis causes.
    correction : (n,) array or None
        What the full problem asks to take from the vector, to first order; None where it is not
        known.
    absorbing : (n,) array or None
        The field with the imaginary permittivities, corrected; None where nothing absorbs.
    """

    problem: EigenProblem = field(repr=False)
    m: int
    q: int
    k_per_um: complex
    k_absorbing_per_um: complex
    vector: Values = field(repr=False)
    eps: Permittivities = field(repr=False)
    residual: Values = field(repr=False)
    relative_residual: float
    basis_error: float = 0.0
    field_error: float = 0.0
    correction: Values | None = field(default=None, repr=False)
    absorbing: Values | None = field(default=None, repr=False)

    @property
    def corrected(self) -> Values:
        """The best vector known: without what the full problem asks to take away."""
        return self.vector if self.correction is None else self.vector - self.correction
