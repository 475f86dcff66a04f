"""The eigenproblem of a section on some of its elements, each at its own polynomial order."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np

from ...arrays import Array, IntArray, Values
from ...fem.affine import AffineForms
from ...fem.assemble import assemble_section
from ...fem.basis import MeridianBasis, line_rule, tensor_rule
from ...fem.field import at_points
from ...fem.legendre import gauss
from ...fem.section_space import SectionSpace
from ...fem.stretch import BoxStretch
from ...mesh.corners import singular_vertices
from ...mesh.locate import Locator
from ...mesh.section import SectionMesh
from ...mesh.section_cavity import SectionCavity
from ..losses.radiation import Source
from ..permittivities import Permittivities
from ..solver.problem import EigenProblem
from ..solver.reading import ABSORBING, KNOWN, OUTSIDE, UNSOLVED, PointReading
from .surveys.face_frame import FaceFrame, face_frame


@dataclass(frozen=True, eq=False)
class SectionProblem(EigenProblem):
    """Matrices of a section; the counterpart of `WindowProblem`.

    Parameters
    ----------
    cavity : SectionCavity
    mesh : SectionMesh
        All elements of the section, or those where the modes live; cuts are electric walls.
    stretch : BoxStretch or None
        Absorbing layers.
    space : SectionSpace
    above : SectionProblem or None
        The problem of higher degrees whose matrices hold those of this one.
    """

    cavity: SectionCavity
    mesh: SectionMesh
    stretch: BoxStretch | None
    space: SectionSpace = field(repr=False)
    above: SectionProblem | None = field(default=None, repr=False)
    mirror = None

    @classmethod
    def build(
        cls,
        cavity: SectionCavity,
        mesh: SectionMesh,
        orders: int | IntArray,
        stretch: BoxStretch | None = None,
    ) -> SectionProblem:
        """Assemble at one polynomial order, or one for each element (once per geometry: m,
        wavelength and index come later).
        """
        space = SectionSpace.of(mesh, orders, mesh.at_boundary(but=cavity.magnetic), stretch)
        made = cls(cavity, mesh, stretch, space)
        _ = made.forms  # once more only after `let_go`
        return made

    def lowered(self, steps: int) -> SectionProblem:
        """The problem on its own elements at so many polynomial orders less in each."""
        space = self.space.lowered(steps)
        return SectionProblem(self.cavity, self.mesh, self.stretch, space, self)

    @cached_property
    def forms(self) -> AffineForms[SectionSpace]:
        """The affine matrices."""
        if self.above is not None:
            return self.above.forms.restricted(self.space, when_asked=True)
        extra = 2 if self.stretch is None else 3
        return assemble_section(self.space, len(self.cavity.regions), self.cavity.uniaxial, extra)

    def let_go(self) -> None:
        """Forget the matrices, which are made again when they are asked for."""
        vars(self).pop("forms", None)

    @property
    def order(self) -> int:
        """The highest order of an element."""
        return self.space.order

    @property
    def is_complex(self) -> bool:
        """Whether an absorbing layer makes the matrices complex."""
        return self.stretch is not None

    @cached_property
    def basis(self) -> MeridianBasis:
        """All unknowns of the highest degree, for scikit-fem."""
        space, rule = self.space, line_rule(self.order + 3)
        return MeridianBasis(
            self.mesh.topology,
            space.dofs.element,
            space.mapping,
            quadrature=tensor_rule(rule, rule),
            dofs=space.dofs,
        )

    @cached_property
    def quadrature(self) -> tuple[Array, Array]:
        """Gauss points and weights of a direction for the measures."""
        return gauss(self.order + 2)

    @cached_property
    def locator(self) -> Locator:
        """Where points lie in the mesh."""
        return Locator(self.mesh)

    @cached_property
    def surfaces(self) -> dict[Any, Any]:
        """Points of the last closed surfaces around modes, by what they were made for."""
        return {}

    plane_share = 1.0

    def at_degree(self, step: int) -> SectionProblem:
        """At other degrees of all elements, 1 at least."""
        orders = np.maximum(self.space.orders + step, 1)
        return SectionProblem.build(self.cavity, self.mesh, orders, self.stretch)

    def far_log10_q(
        self, vector: Values, m: int, q: int, k_per_um: float, eps: Permittivities
    ) -> float:
        """From the far field of one mode."""
        from .section_measures import far_log10_q

        return far_log10_q(self, vector, m, q, k_per_um, eps)

    def polarised(self, vector: Values, m: int, k_per_um: float, eps: Permittivities) -> Source:
        """All regions but the surround, at the quadrature points of the elements."""
        parts = []
        basis = self.basis
        for number, (name, _) in enumerate(self.cavity.regions[:-1]):
            if not len(basis.mesh.subdomains.get(name, ())):
                continue
            here = basis.with_elements(name)
            plane, psi = (np.asarray(one) for one in here.interpolate(self.whole(vector)))
            r, z = np.real(np.asarray(here.global_coordinates()))
            across = eps.ordinary[number] - eps.ordinary[-1]
            along = eps.axial[number] - eps.ordinary[-1]
            # E_phi = i m psi / r; a source takes E_phi / i
            fields = across * plane[0], along * plane[1], across * m * psi / r
            parts.append([np.ravel(one) for one in (r, z, r * np.real(here.dx), *fields)])
        return Source(*(np.concatenate(one) for one in zip(*parts, strict=True)))

    def reading(self, vector: Values, m: int, r_um: Array, z_um: Array) -> PointReading:
        """Fields of one vector at points, off the axis by what rounding asks for."""
        element, s, t, region = self.located(r_um, z_um)
        inside = element >= 0
        why = np.where(inside, KNOWN, UNSOLVED).astype(object)
        why[region < 0] = OUTSIDE
        why[inside & ~self.lossless(r_um, z_um)] = ABSORBING
        known = why == KNOWN
        if not known.any():
            return PointReading(None, region, why)
        points = element[known], s[known], t[known]
        return PointReading(at_points(self.space, vector[:, None], m, *points), region, why)

    def located(self, r_um: Array, z_um: Array) -> tuple[IntArray, Array, Array, IntArray]:
        """Element, s and t of points, and their region: -1 where no element is solved, and outside
        the section.
        """
        element, s, t = self.locator.find(r_um, z_um)
        region = np.where(element >= 0, self.mesh.region[np.maximum(element, 0)], -1)
        missed = np.flatnonzero(element < 0)
        if missed.size:
            whole = self.cavity.mesh
            owner = Locator(whole).find(r_um[missed], z_um[missed])[0]
            region[missed] = np.where(owner >= 0, whole.region[np.maximum(owner, 0)], -1)
        return element, s, t, region

    @cached_property
    def body_numbers(self) -> IntArray:
        """Number of the body that each element belongs to; -1 outside all."""
        return self.cavity.bodies_of(self.mesh)

    @cached_property
    def face_frames(self) -> tuple[FaceFrame | None, ...]:
        """Polar coordinates of each body's outer face, where that is round."""
        numbers = range(self.cavity.bodies)
        return tuple(face_frame(self.mesh, self.body_numbers == number) for number in numbers)

    @cached_property
    def corner_points(self) -> Array:
        """Positions of the sharp corners, where |E| has no bound, shape (k, 2)."""
        return np.asarray(self.mesh.vertex_positions[singular_vertices(self.mesh)])

    def lossless(self, r: Array, z: Array) -> Values:
        """Whether points lie outside all absorbing layers."""
        if self.stretch is None:
            return np.ones(r.shape, dtype=bool)
        return ~self.stretch.beyond(r, z)
