"""Which modes of a section leak, and which elements a family of modes needs."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from ...arrays import Array, BoolArray, IntArray, Values
from ...fem.field import on_grid
from ...mesh.corners import graded, singular_vertices
from ...mesh.section import SectionMesh
from ..permittivities import Permittivities, permittivities
from ..solver.error import least_closed_log10_q
from .section_measures import far_log10_q
from .section_problem import SectionProblem
from .seed import SectionSeed
from .surveys.survey import SurveyedMode

# Of the largest energy density, above which a piece of the section holds a mode itself: the noise
# of the survey is below 1e-4, the modes of a second body reach 1.
_HOLDS_A_MODE = 0.1
_CORNER_DENSITY = 1e-5  # of the largest energy density: a corner in less field is not graded


def leaks(problem: SectionProblem, mode: SurveyedMode, accuracy: float) -> bool:
    """Whether a mode radiates enough to need absorbing layers.

    It does if its far-field Q is low or not known, or if another medium than the surround carries
    waves to a side where the section is cut.
    """
    if problem.cavity.ends.closed:
        return False
    eps = permittivities(problem.cavity, mode.k_per_um)
    if _carried_off(problem, mode, eps):
        return True
    log10_q = far_log10_q(problem, mode.vector, mode.m, mode.identity.q, mode.k_per_um, eps)
    return not log10_q >= least_closed_log10_q(accuracy)


def _carried_off(problem: SectionProblem, mode: SurveyedMode, eps: Permittivities) -> bool:
    mesh = problem.mesh
    at_wall = mesh.at_boundary()[mesh.element_edges].any(axis=1) & (
        mesh.region != len(problem.cavity.regions) - 1
    )
    r = mesh.nodes[..., 0].max(axis=(1, 2))
    waves = mode.k_per_um**2 * eps.ordinary[mesh.region] > (mode.m / np.maximum(r, 1e-9)) ** 2
    waves &= problem.body_numbers < 0
    return bool((at_wall & waves).any())


def kept_elements(
    problem: SectionProblem, modes: Sequence[SurveyedMode], threshold: float
) -> BoolArray:
    """Elements where any mode's energy density exceeds a share of its maximum, with their
    neighbours.
    """
    density = np.zeros(problem.mesh.elements)
    for mode in modes:
        density = np.maximum(density, element_density(problem, mode.vector, mode.m, mode.k_per_um))
    keep = _main_pieces(problem.mesh, density > threshold, density)
    if problem.is_complex and not all(mode.loss for mode in modes):
        # A mode seen without the layers does not tell where in them its wave ends.
        r, z = problem.mesh.nodes[..., 0], problem.mesh.nodes[..., 1]
        keep |= ~problem.lossless(r, z).all(axis=(1, 2))
    return problem.mesh.with_neighbours(keep)


def element_density(problem: SectionProblem, vector: Values, m: float, k_per_um: float) -> Array:
    """Largest eps |E|^2 of each element, relative to the largest of all outside absorbing
    layers.
    """
    eps = permittivities(problem.cavity, k_per_um)
    x = np.linspace(-0.95, 0.95, 5)
    field = on_grid(problem.space, vector[:, None], m, x, x)
    square = abs(field.e_r[0]) ** 2 + abs(field.e_z[0]) ** 2 + abs(field.e_azimuthal[0]) ** 2
    density = (eps.ordinary[problem.mesh.region][:, None, None] * square).max(axis=(1, 2))
    where = (problem.body_numbers >= 0) | problem.cavity.ends.closed
    return np.asarray(density / density[where].max())


def _main_pieces(mesh: SectionMesh, keep: BoolArray, density: Array) -> BoolArray:
    """The connected pieces of chosen elements that hold a mode, one for each of distant bodies:
    noise elsewhere is left out.
    """
    from scipy.sparse import csr_array
    from scipy.sparse.csgraph import connected_components

    grown = mesh.with_neighbours(keep)
    elements = np.flatnonzero(grown)
    rows = np.repeat(elements, 4)
    incidence = csr_array(
        (np.ones(rows.size), (rows, mesh.corners[elements].ravel())),
        shape=(mesh.elements, mesh.vertices),
    )
    label = connected_components(incidence @ incidence.T, directed=False)[1]
    strong = np.unique(label[keep & (density > _HOLDS_A_MODE)])
    best = np.bincount(label[elements]).argmax()
    return np.asarray(keep & ((label == best) | np.isin(label, strong)))


def graded_towards_corners(
    surveyed: SectionProblem, seed: SectionSeed, keep: BoolArray, accuracy: float
) -> tuple[SectionMesh, IntArray]:
    """The kept elements, smaller towards the corners that the modes touch (fields are singular
    there), and what they come from.
    """
    density = np.max(
        [element_density(surveyed, s.vector, s.m, s.k_per_um) for s in seed.surveyed.values()],
        axis=0,
    )
    mesh = surveyed.mesh
    corners = singular_vertices(mesh)
    near = np.zeros(mesh.vertices)
    np.maximum.at(near, mesh.corners.ravel(), np.repeat(density, 4))
    kept_number = np.full(mesh.vertices, -1)
    kept_number[np.unique(mesh.corners[keep])] = np.arange(np.unique(mesh.corners[keep]).size)
    touched = corners[(near[corners] > _CORNER_DENSITY) & (kept_number[corners] >= 0)]
    layers = max(2, math.ceil(-0.5 * math.log10(accuracy)))
    fine, origin = graded(mesh.chosen(keep), kept_number[touched], layers)
    return fine, np.flatnonzero(keep)[origin]
