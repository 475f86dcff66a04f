"""What a section's box leaves out: the energy that decays into absorbing layers, and matter that
runs on behind a cut.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ....arrays import Array, IntArray, Values
from ....fem.field import ON_AXIS, PointField
from ....fem.pieces.within import Bounds, PointsWithin, points_by_piece
from ...permittivities import Permittivities
from ..section_problem import SectionProblem

# More than the degree of an element, of a rule on a part of it: the part's map is no polynomial.
MORE_POINTS = 4


@dataclass(frozen=True)
class Tail:
    """Energy in absorbing layers: of E_z, E_r and E_phi, of each region, and int |curl E|^2."""

    components: Array
    regions: Array
    magnetic: float

    @classmethod
    def nothing(cls, regions: int) -> Tail:
        """No layers."""
        return cls(np.zeros(3), np.zeros(regions), 0.0)

    def plus(self, field: PointField, weight: Values, region: Values, eps: Permittivities) -> Tail:
        """With the energy at more points of given complex weights."""
        across, along = eps.ordinary[region][:, None, None], eps.axial[region][:, None, None]
        parts = np.stack(
            [
                (weight * along * field.e_z[0] ** 2).real,
                (weight * across * field.e_r[0] ** 2).real,
                (weight * across * field.e_azimuthal[0] ** 2).real,
            ]
        )
        curl = (field.curl_r[0], field.curl_z[0], field.curl_azimuthal[0])
        square = sum(np.nan_to_num(part) ** 2 for part in curl)
        by_element = parts.sum(axis=(0, 2, 3))
        return Tail(
            self.components + parts.sum(axis=(1, 2, 3)),
            self.regions + np.bincount(region, weights=by_element, minlength=self.regions.size),
            self.magnetic + float((weight * square).real.sum()),
        )


def in_layers(problem: SectionProblem, radius_um: float) -> tuple[IntArray, PointsWithin]:
    """What lies in absorbing layers up to a radius: whole elements, and points of those that a face
    of the layers or the radius cuts.
    """
    mesh, box = problem.mesh, problem.stretch
    assert box is not None
    r, z = mesh.nodes[..., 0], mesh.nodes[..., 1]
    within = Bounds.of(np.full(mesh.elements, radius_um), None)
    whole, cut = within.divided(mesh, np.flatnonzero(box.beyond(r, z).any(axis=(1, 2))))
    faced = problem.space.faced[whole]
    cut = np.union1d(cut, whole[faced])
    count = int(problem.space.orders[cut].max(initial=0)) + MORE_POINTS
    points = points_by_piece(mesh, cut, (*Bounds.faces_of(mesh.elements, box), within), count)
    r, z, *_ = mesh.positions_at(points.element, points.s, points.t)
    return whole[~faced], points.chosen(box.beyond(r, z) & (r < radius_um))


def runs_on(problem: SectionProblem, matter: Values) -> Values:
    """Of elements with matter, those at a cut and the last before an absorbing layer that it
    enters: it runs on there, and what they radiate tells how much is missing.
    """
    mesh = problem.mesh
    outer = mesh.at_boundary(but=(*problem.cavity.magnetic, *problem.cavity.electric))
    on_axis = mesh.vertex_positions[:, 0] < ON_AXIS * mesh.extent_um[1]
    outer &= ~on_axis[mesh.edges].all(axis=1)
    inside = problem.lossless(mesh.nodes[..., 0], mesh.nodes[..., 1]).all(axis=(1, 2))
    entered = ~inside & np.isin(mesh.region, np.unique(mesh.region[matter]))
    entered = matter & mesh.with_neighbours(np.asarray(entered))
    return np.asarray(outer[mesh.element_edges].any(axis=1) | entered)
