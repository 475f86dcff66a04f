"""Which elements of a section a family of modes needs, and where absorbing layers stand."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from ...fem.field import on_grid
from ...fem.legendre import Array
from ...fem.stretch import BoxStretch
from ...mesh.section import BoolArray, SectionMesh
from ...mesh.section_cavity import SectionCavity
from ..media import Permittivities, permittivities
from ..solver.problem import Values
from .measure import far_log10_q
from .problem import SectionProblem
from .survey import SurveyedMode

_PML_BELOW_LOG10_Q = 10.0
_LAYER_SHARE = 0.6
_LAYER_WAVELENGTHS = 1.5
# The imaginary part takes away what runs outwards, the real one what decays: a decaying field that
# meets the end of an imaginary stretch turns its phase, which reads as loss (3 % at Q of 4e6, 3 % at
# 3e8, measured on rings on oxide; with both parts 1e-3 and 3e-6).
# Where a layer cuts a pedestal it is imaginary alone: a real stretch shortens the waves that run
# down there.
_STRENGTH_WAVELENGTHS = 2.5 + 2.5j
# Of the largest energy density, above which a piece of the section holds a mode itself: the noise
# of the survey is below 1e-4, the modes of a second body reach 1.
_HOLDS_A_MODE = 0.1


def absorbing_box(cavity: SectionCavity, wavelength_um: float) -> BoxStretch | None:
    """Layers along the sides where the section is cut, within the gap between them and the body;
    none where it ends at metal or mirrors all around.
    """
    _, high_r, low_z, high_z = cavity.mesh.extent_um
    ends, walls = cavity.ends, ("electric", "magnetic", "none")
    all_gaps, gaps = (
        (high_r - reach[1], reach[2] - low_z, high_z - reach[3])
        for reach in (_reach(cavity, of_body=False), _reach(cavity, of_body=True))
    )
    right, down, up = (
        gap > 1e-6 * high_r and side not in walls
        for gap, side in zip(gaps, (ends.outer, ends.lower, ends.upper), strict=True)
    )
    open_gaps = [gap for gap, is_open in zip(gaps, (right, down, up), strict=True) if is_open]
    if not open_gaps:
        return None
    thickness = min(_LAYER_SHARE * min(open_gaps), _LAYER_WAVELENGTHS * wavelength_um)
    strength = _STRENGTH_WAVELENGTHS * wavelength_um
    if min(all_gaps) < thickness:
        strength = 1j * strength.imag
    return BoxStretch(
        high_r - thickness if right else math.inf,
        low_z + thickness if down else -math.inf,
        high_z - thickness if up else math.inf,
        thickness,
        strength,
    )


def _reach(cavity: SectionCavity, of_body: bool) -> tuple[float, float, float, float]:
    """Extent of the body, or of every element that is of another region than the surroundings at
    its height.
    """
    mesh, chain = cavity.mesh, cavity.ends.regions
    inside = cavity.bodies_of(mesh) >= 0
    if not of_body and chain is not None:
        middle = mesh.nodes[..., 1].mean(axis=(1, 2))
        layer = np.searchsorted(np.array(cavity.ends.heights_um), middle)
        inside = inside | (mesh.region != np.array(chain)[layer])
    return mesh.chosen(inside).extent_um


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
    return not log10_q >= max(_PML_BELOW_LOG10_Q, 2 - math.log10(accuracy))


def _carried_off(problem: SectionProblem, mode: SurveyedMode, eps: Permittivities) -> bool:
    mesh = problem.mesh
    outer = np.zeros(mesh.edges.shape[0], dtype=bool)
    outer[mesh.outer_edges] = True
    at_wall = outer[mesh.element_edges].any(axis=1) & (
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
    return problem.mesh.with_neighbours(keep)


def element_density(problem: SectionProblem, vector: Values, m: float, k_per_um: float) -> Array:
    """Largest eps |E|^2 of each element, relative to the largest of all outside absorbing layers."""
    eps = permittivities(problem.cavity, k_per_um)
    x = np.linspace(-0.95, 0.95, 5)
    field = on_grid(problem.space, vector[:, None], m, x, x)
    square = abs(field.e_r[0]) ** 2 + abs(field.e_z[0]) ** 2 + abs(field.e_azimuthal[0]) ** 2
    density = (eps.ordinary[problem.mesh.region][:, None, None] * square).max(axis=(1, 2))
    return np.asarray(density / density[problem.body_numbers >= 0].max())


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
