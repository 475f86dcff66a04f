"""A discrete eigenproblem K x = k0^2 B x, whatever it is discretised by; its pencil and factors."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from functools import cached_property
from typing import Any, Protocol, TypeVar

import numpy as np

from ...arrays import Array, Values
from ...eigen.factor import Factor, Matrix, combination, factorise
from ...eigen.recalled import Recalled
from ...errors import SolverError
from ...fem.affine import ProjectedForms
from ...fem.basis import MeridianBasis
from ...geometry.cavity import Cavity
from ..losses.radiation import Source
from ..permittivities import Permittivities
from ..stopwatch import check_time
from .reading import PointReading

Shift = TypeVar("Shift", float, complex)
# Of a distance, what makes no difference beside it: at a right angle, half a per cent.
_LITTLE = 0.1


class Pencil:
    """Matrices K and B of one azimuthal order and one wavelength's media.

    Parameters
    ----------
    make : callable
        Gives both.
    """

    def __init__(self, make: Callable[[], tuple[Matrix, Matrix]]) -> None:
        self._both = Recalled(make)

    @property
    def stiffness(self) -> Matrix:
        """K."""
        return self._both.get()[0]

    @property
    def mass(self) -> Matrix:
        """B."""
        return self._both.get()[1]

    def let_go(self) -> None:
        """Make room; both are made again when they are asked for."""
        self._both.let_go()

    def factor(self, shift: complex) -> Factor:
        """Factorisation of K - shift B."""
        return RecalledFactor(self, shift)

    def factor_near(self, shift: Shift) -> tuple[Factor, Shift]:
        """Factorisation at a shift, or at one beside it where the matrix is singular, and the shift
        used.
        """
        for nudge in (0.0, 1e-6, -1e-6, 1e-4):
            try:
                return self.factor(shift * (1 + nudge)), shift * (1 + nudge)
            except RuntimeError:  # exactly singular
                continue
        raise SolverError(
            f"the matrix is singular at every shift near k0^2 = {shift.real:.6g} um^-2"
        )


def real_where_far(shift: complex, distance: float) -> complex:
    """A shift without its imaginary part, where that is little beside its relative distance from
    the modes: matrices outside absorbing layers then stay real, which takes a quarter of the work.
    """
    return shift.real if abs(shift.imag) < _LITTLE * distance * shift.real else shift


class RecalledFactor:
    """Factors of a pencil at a shift, made again if they were let go."""

    def __init__(self, pencil: Pencil, shift: complex) -> None:
        def make() -> Factor:
            return factorise(combination([(1.0, pencil.stiffness), (-shift, pencil.mass)]))

        self._factor = Recalled(make)
        self._factor.get()

    @cached_property
    def negative(self) -> int | None:
        """Negative eigenvalues, counted where they are asked for."""
        return self._factor.get().negative

    def solve(self, right: Values) -> Values:
        """Solve for one or several right-hand sides; every iteration passes here."""
        check_time()
        return self._factor.get().solve(right)

    def let_go(self) -> None:
        """Make room; the factors are made again when they are asked for."""
        self._factor.let_go()


class Forms(Protocol):
    """Affine matrices by element, of a window or of a section."""

    @property
    def active(self) -> tuple[int, ...]:
        """Media that are present, in the order of the projected masses."""

    @property
    def uniaxial(self) -> bool:
        """Whether E_z has a mass of its own."""

    def stiffness(self, m: float) -> Any:
        """a at azimuthal order m."""

    def mass(self, m: float, permittivity: Values, permittivity_axial: Values) -> Any:
        """b at azimuthal order m for permittivities by region, across and along z."""

    def images(self, vectors: Values) -> Any:
        """Products of every matrix with the columns of an (n, k) array."""

    def projected(self, images: Any) -> ProjectedForms:
        """All affine matrices in the span of the vectors whose images are given."""

    def residual_and_mass(
        self,
        images: Any,
        m: Values,
        square: Values,
        ordinary: Sequence[Values],
        axial: Sequence[Values],
    ) -> tuple[Values, Values]:
        """Columns K x - k^2 B x and B x of the modes whose images are given."""


class EigenProblem(ABC):
    """A discrete eigenproblem: of a window at one resolution, or of a section's elements."""

    cavity: Cavity
    space: Any

    @property
    @abstractmethod
    def forms(self) -> Forms:
        """Affine matrices on it."""

    @property
    @abstractmethod
    def order(self) -> int:
        """Polynomial degree; of a section, the highest of its elements."""

    @property
    @abstractmethod
    def is_complex(self) -> bool:
        """Whether an absorbing layer makes the matrices complex."""

    @property
    @abstractmethod
    def mirror(self) -> str | None:
        """Kind of the mirror plane, "electric" or "magnetic", if only z > 0 is meshed."""

    @property
    @abstractmethod
    def basis(self) -> MeridianBasis:
        """All unknowns for scikit-fem, those on walls included."""

    @abstractmethod
    def reading(self, vector: Values, m: int, r_um: Array, z_um: Array) -> PointReading:
        """Fields of one vector at points of shape (n,), r from 0, any z."""

    @abstractmethod
    def at_degree(self, step: int) -> EigenProblem:
        """The problem on its own elements with so many polynomial degrees more or less."""

    @abstractmethod
    def far_log10_q(
        self, vector: Values, m: int, q: int, k_per_um: float, eps: Permittivities
    ) -> float:
        """log10 of the radiative Q from the far field, without the factor of dispersion."""

    @abstractmethod
    def polarised(self, vector: Values, m: int, k_per_um: float, eps: Permittivities) -> Source:
        """The polarised body (eps - eps_surround) E of a mode, at points that resolve what a field
        falling from the rim as J_m inwards takes of it.
        """

    @property
    @abstractmethod
    def plane_share(self) -> float:
        """Integrals over the meridian plane (of a slice: per um of length) over those that a vector
        of this problem holds.
        """

    @property
    def size(self) -> int:
        """Unknowns."""
        return int(self.space.size)

    def whole(self, vector: Values) -> Values:
        """A vector as `basis` numbers its unknowns."""
        return np.asarray(self.space.whole(vector))

    def embed(self, other: EigenProblem, vectors: Values) -> Values:
        """Vectors of another resolution as vectors of this one: the same fields, without what this
        one does not hold.
        """
        mine, theirs = self.space.shared_with(other.space)
        out = np.zeros((self.size, vectors.shape[1]), dtype=vectors.dtype)
        out[mine] = vectors[theirs]
        return out

    def pencil(self, m: float, eps: Permittivities) -> Pencil:
        """K and B at azimuthal order m."""

        def make() -> tuple[Matrix, Matrix]:
            forms = self.forms
            return forms.stiffness(m), forms.mass(m, eps.ordinary, eps.axial)

        return Pencil(make)
