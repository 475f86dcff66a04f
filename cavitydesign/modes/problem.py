"""One mirror class of one radial family: a window, a space, its affine matrices, and the solves on them."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from ..eigen.factor import Factor, factorise
from ..eigen.lanczos import Eigenpairs, shift_invert_lanczos
from ..fem.forms import AffineForms, assemble, space_of
from ..fem.tensor_space import TensorSpace
from ..geometry.cavity import Cavity
from ..mesh.rim_map import Window
from .media import Permittivities

Values = NDArray[np.generic]


@dataclass(frozen=True)
class WindowProblem:
    """The eigenproblem of a cavity in a window at one polynomial order and mirror class.

    Parameters
    ----------
    wall : {"electric", "magnetic"}
        Mirror plane: electric holds E_z even (TM of even q, TE of odd q), magnetic E_z odd.
    """

    cavity: Cavity
    window: Window
    order: int
    wall: str
    forms: AffineForms = field(repr=False)

    @classmethod
    def build(cls, cavity: Cavity, window: Window, order: int) -> dict[str, WindowProblem]:
        """Assemble the problems of both mirror classes (once per geometry: m, wavelength and index come later)."""
        magnetic = _space(cavity, window, order, "magnetic")
        forms = assemble(window, magnetic, cavity.uniaxial)
        problems = {"magnetic": cls(cavity, window, order, "magnetic", forms)}
        if window.half:
            problems["electric"] = cls(
                cavity, window, order, "electric", forms.restricted(_space(cavity, window, order, "electric"))
            )
        return problems

    def lowered(self, order: int) -> WindowProblem:
        """The same problem at a lower order."""
        space = _space(self.cavity, self.window, order, self.wall)
        return WindowProblem(self.cavity, self.window, order, self.wall, self.forms.restricted(space))

    @property
    def space(self) -> TensorSpace:
        """The discrete space."""
        return self.forms.space

    @property
    def size(self) -> int:
        """Unknowns."""
        return self.space.size

    def stiffness(self, m: float) -> Values:
        """Data of K at azimuthal order m."""
        return self.forms.stiffness(m)

    def mass(self, m: float, eps: Permittivities) -> Values:
        """Data of B at azimuthal order m."""
        return self.forms.mass(m, eps.ordinary, eps.axial)

    def matrix(self, data: Values) -> sparse.csc_matrix:
        """A sparse matrix on the shared pattern."""
        pattern = self.space.pattern
        return sparse.csc_matrix((data, pattern.indices, pattern.indptr), shape=(self.size, self.size))

    def factor(self, m: float, eps: Permittivities, shift: complex) -> Factor:
        """Factorisation of K - shift B."""
        return factorise(self.matrix(self.stiffness(m) - shift * self.mass(m, eps)))

    def eigenpairs(self, factor: Factor, m: float, eps: Permittivities, shift: complex, wanted: int, start: Values | None) -> Eigenpairs:
        """Modes nearest the shift, scaled to x^T B x = 1."""
        mass = self.matrix(self.mass(m, eps))
        if start is None:
            start = np.random.default_rng(20).standard_normal(self.size)
        return shift_invert_lanczos(factor.solve, lambda v: mass @ v, shift, start.astype(mass.dtype), wanted)

    def count_below(self, m: float, eps: Permittivities, shift: float) -> int | None:
        """Eigenvalues below the shift, by the inertia of the factorisation; None where it left the diagonal."""
        return self.factor(m, eps, shift).negative


def _space(cavity: Cavity, window: Window, order: int, wall: str) -> TensorSpace:
    along = 1 if cavity.sliced else order - 1
    return space_of(window, order, along, wall, extra_points=3 if window.is_complex else 2)
