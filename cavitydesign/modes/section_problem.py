"""The eigenproblem of a section on some of its elements at one polynomial order."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
from scipy import sparse

from ..fem.legendre import Array, gauss
from ..fem.quad_field import PointField, on_grid
from ..fem.quad_forms import QuadForms, assemble_section
from ..fem.quad_space import QuadSpace, section_space
from ..fem.stretch import BoxStretch
from ..mesh.corners import singular_vertices
from ..mesh.section import SectionMesh
from ..mesh.section_cavity import SectionCavity
from .media import Permittivities
from .problem import Pencil, Values


@dataclass(frozen=True, eq=False)
class SectionProblem:
    """Matrices of a section; the counterpart of `WindowProblem`.

    Parameters
    ----------
    cavity : SectionCavity
    mesh : SectionMesh
        All elements of the section, or those where the modes live; cuts are electric walls.
    order : int
        Polynomial order.
    stretch : BoxStretch or None
        Absorbing layers.
    """

    cavity: SectionCavity
    mesh: SectionMesh
    order: int
    stretch: BoxStretch | None
    forms: QuadForms = field(repr=False)
    mirror = None

    @classmethod
    def build(cls, cavity: SectionCavity, mesh: SectionMesh, order: int, stretch: BoxStretch | None = None) -> SectionProblem:
        """Assemble (once per geometry: m, wavelength and index come later)."""
        space = section_space(mesh, order, cavity.magnetic)
        extra = 2 if stretch is None else 3
        forms = assemble_section(space, len(cavity.regions), cavity.uniaxial, stretch, extra)
        return cls(cavity, mesh, order, stretch, forms)

    def lowered(self, order: int) -> SectionProblem:
        """The same problem at a lower order."""
        return SectionProblem(
            self.cavity, self.mesh, order, self.stretch, self.forms.restricted(self.space.lowered(order))
        )

    def embed(self, lower: SectionProblem, vectors: Values) -> Values:
        """Vectors of a lower order as vectors of this one: the same fields."""
        out = np.zeros((self.size, vectors.shape[1]), dtype=vectors.dtype)
        out[self.space.numbers_of(lower.space)] = vectors
        return out

    @property
    def space(self) -> QuadSpace:
        """The discrete space."""
        return self.forms.space

    @property
    def size(self) -> int:
        """Unknowns."""
        return self.space.size

    @property
    def is_complex(self) -> bool:
        """Whether an absorbing layer makes the matrices complex."""
        return self.stretch is not None

    def matrix(self, data: Values) -> sparse.csc_matrix:
        """A sparse matrix on the shared pattern."""
        pattern = self.space.pattern
        return sparse.csc_matrix((data, pattern.indices, pattern.indptr), shape=(self.size, self.size))

    def pencil(self, m: float, eps: Permittivities) -> Pencil:
        """K and B at azimuthal order m."""
        forms = self.forms
        return Pencil(self.matrix(forms.stiffness(m)), self.matrix(forms.mass(m, eps.ordinary, eps.axial)))

    @cached_property
    def quadrature(self) -> tuple[Array, Array]:
        """Gauss points and weights of a direction for the measures."""
        return gauss(self.order + 2)

    @cached_property
    def corner_points(self) -> Array:
        """Positions of the sharp corners, where |E| has no bound, shape (k, 2)."""
        place = np.zeros((self.mesh.vertices, 2))
        place[self.mesh.corners] = self.mesh.nodes[:, [0, -1, -1, 0], [0, 0, -1, -1]]
        return np.asarray(place[singular_vertices(self.mesh)])

    def fields(self, vectors: Values, m: float | Array) -> PointField:
        """Fields at the quadrature points of all elements; positions (n, q, q)."""
        x, _ = self.quadrature
        return on_grid(self.space, vectors, m, x, x, self.stretch)

    def lossless(self, r: Array, z: Array) -> Values:
        """Whether points lie outside all absorbing layers."""
        if self.stretch is None:
            return np.ones(r.shape, dtype=bool)
        box = self.stretch
        return (r <= box.r_um) & (z >= box.low_um) & (z <= box.high_um)
