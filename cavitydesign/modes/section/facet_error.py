"""What a mode's wavelength owes to edges that are not the curves they stand for.

By first-order perturbation an interface that moves by h along its normal, from the medium 1 into
the medium 2, changes k by

    dk/k = -1/2 int h [(eps_1 - eps_2) |E_t|^2 + (1/eps_2 - 1/eps_1) |D_n|^2] r ds / int eps |E|^2,

with the tangential field E_t and the normal displacement D_n, which are continuous there.
"""

from __future__ import annotations

import numpy as np

from ...arrays import Values
from ...fem.field import at_points
from ...mesh.locate import Locator
from ...mesh.section_cavity import SectionCavity
from ..solver.snapshot import Snapshot
from .section_problem import SectionProblem

# Of an edge's length: how far beside an edge the media and fields are taken.
_BESIDE = 1e-5
# Of the sum of all moves without their signs, beside the sum with signs: the estimates of single
# edges are right to some per cent only, so that moves which cancel leave something.
_UNSIGNED = 0.1
# On the estimate itself: smooth curves fitted through one neighbour (spheres and ellipses in
# triangles of first to seventh order: 0.6 to 1.3 of the true shift).
_MARGIN = 1.3


def facet_errors(problem: SectionProblem, snapshot: Snapshot) -> dict[int, float]:
    """Relative errors of k by axial order from the geometry of the file's elements."""
    facets = problem.cavity.mesh.facets
    moved = {q: 0.0 for q in snapshot.chosen}
    if facets is None or not facets.offsets_um.any():
        return moved
    offset_um = _BESIDE * facets.lengths_um[:, None] * facets.normals
    below, above = facets.points_um - offset_um, facets.points_um + offset_um
    locator = Locator(problem.mesh)
    here, s, t = locator.find(below[:, 0], below[:, 1])
    there = locator.find(above[:, 0], above[:, 1])[0]
    used = (here >= 0) & (there >= 0)
    if not used.any():
        return moved
    vectors = snapshot.vectors[:, list(snapshot.chosen.values())]
    field = at_points(problem.space, vectors, snapshot.m, here[used], s[used], t[used])
    region_1, region_2 = problem.mesh.region[here[used]], problem.mesh.region[there[used]]
    across, along = (np.asarray(one) for one in (snapshot.eps.ordinary, snapshot.eps.axial))
    n_r, n_z = facets.normals[used].T
    displacement = across[region_1] * field.e_r * n_r + along[region_1] * field.e_z * n_z
    tangential = (field.e_r * n_z - field.e_z * n_r) ** 2 + field.e_azimuthal**2
    eps_1, eps_2 = across[region_1], across[region_2]
    density: Values = (eps_1 - eps_2) * tangential + (1 / eps_2 - 1 / eps_1) * displacement**2
    weight = facets.offsets_um[used] * facets.lengths_um[used] * facets.points_um[used, 0]
    for q, one in zip(snapshot.chosen, density, strict=True):
        moves = 0.5 * one * weight
        moved[q] = _MARGIN * float(abs(moves.sum()) + _UNSIGNED * abs(moves).sum())
    return moved


def facet_notes(
    cavity: SectionCavity, geometry: dict[int, float], accuracy: float
) -> tuple[str, ...]:
    """A line where the file's edges are too far from smooth curves for the accuracy asked for."""
    facets, worst = cavity.mesh.facets, max(geometry.values(), default=0.0)
    if facets is None or worst <= accuracy:
        return ()
    return (
        f"{cavity.source}: its edges lie up to {abs(facets.offsets_um).max():.1e} um off smooth"
        f" curves through their points, which moves wavelengths by {worst:.1e}: shorter elements,"
        " or ones of second order and above, follow a curve better",
    )
