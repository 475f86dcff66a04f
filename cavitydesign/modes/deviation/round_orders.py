"""The round cavity at the azimuthal orders about one mode: matrices and their factors, kept for
several sizes of a deviation.
"""

from __future__ import annotations

import numpy as np

from ...arrays import Values
from ...eigen.factor import Factor
from ..solver.problem import Pencil
from ..solver.snapshot import RawMode
from .sector import Points
from .shape import Displacement

_BESIDE = 1e-7  # of k0^2, where the round problem itself is singular


class RoundOrders:
    """The round problem of each azimuthal order, with the mode's own wavenumber.

    Parameters
    ----------
    raw : RawMode
        Polished.
    points : Points
    displacement : Displacement

    Attributes
    ----------
    square : complex or float
        k0^2 of the mode.
    """

    def __init__(self, raw: RawMode, points: Points, displacement: Displacement) -> None:
        self.raw, self.points, self.displacement = raw, points, displacement
        problem = raw.problem
        self.square = raw.k_per_um**2 if problem.is_complex else raw.k_per_um.real**2
        self._pencils: dict[int, Pencil] = {}
        self._factors: dict[int, Factor] = {}

    def pencil(self, m: int) -> Pencil:
        """The round problem's matrices at an azimuthal order of either sign."""
        size = abs(m)
        if size not in self._pencils:
            self._pencils[size] = self.raw.problem.pencil(size, self.raw.eps)
        return self._pencils[size]

    def solve(self, m: int, right: Values) -> Values:
        """The round problem of an azimuthal order at the mode's own wavenumber."""
        size = abs(m)
        if size not in self._factors:
            shift_factor = 1.0 + _BESIDE if size == self.raw.m else 1.0
            self._factors[size] = self.pencil(m).factor(self.square * shift_factor)
        factor = self._factors[size]
        if np.iscomplexobj(right) and not self.raw.problem.is_complex:
            return np.asarray(factor.solve(right.real) + 1j * factor.solve(right.imag))
        return np.asarray(factor.solve(right))
