"""Polynomial order of each element of a section: high where a mode needs it, low elsewhere, from
the mode's own error.

An element's part of the error of k^2 goes like the energy int |curl E|^2 + k^2 eps |E|^2 of what
the orders so far miss there. Before any solve that is read from the highest functions of the
survey; afterwards from the difference between two solutions, of which one has two orders less in
every element.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from ...arrays import Array, IntArray, Values
from ...fem.field import on_grid
from ...mesh.corners import singular_vertices
from ...mesh.section import SectionMesh
from ..permittivities import permittivities
from ..solver.snapshot import Snapshot
from .section_problem import SectionProblem
from .surveys.survey import SurveyedMode

# Order 3 carries the tails about a mode, and lets a space of two orders less tell its error;
# beyond 12, a bound of cost, more elements are the answer.
LEAST_ORDER, HIGHEST_ORDER = 3, 12
STEP = 2  # degrees between a space and the one that tells its error
# How much two orders more gain, by how fast the energy of a mode falls with the degree: errors are
# 0.3 to 1.3 times what follows without the margin (exact spheres, k 1e-4 to 1e-12 off; gains from
# 6, where corners rule, to 1900). No gain beyond these limits is believed.
_MARGIN, _LEAST_GAIN, _MOST_GAIN = 1.5, 3.0, 1000.0
# Of the energy of what two orders change, the least change of k that is believed: changes are 0.03
# to 0.4 of it, unless parts of them cancel by chance.
_LEAST_CHANGE = 0.01
# Beside absorbing layers modes are complex, and parts of a change cancel more often: of the energy
# outside the layers, the least that is believed there (TE 8 1 2 of a sphere of Q = 4.6e4: 0.04,
# k 3.8 times as far off as stated; TE 14 of Q = 3e4: 0.02, 1.8 times).
_LEAST_CHANGE_BY_LAYERS = 0.08
# Elements whose highest two degrees hold more than so many times the energy of what those degrees
# change tell no gain: beside a singular corner, functions of all degrees cancel each other there
# (2e-3 of a disk's energy at every order, where the change falls from 1e-3 to 2e-8).
_CANCELLED = 10.0
# Energy of the wave in the layers, times Q: it runs out within about half a wavelength of them.
_WAVE_IN_LAYERS = 3.0
# What such an element may leave: of its energy of change, the upper end of the 0.03 to 0.4 above;
# over the least gain.
_MOST_CHANGE = 0.4
# Of the energy of what two orders change in elements that reach into a layer, the most that these
# leave of k. Where they leave most of the error, exact spheres are 2.5e-4 to 5.6e-3 of it off (79
# of Q 6 to 1e6, at 1e-4 and 1e-6), whatever the lowest degrees tell of their gain.
_MOST_LEFT_IN_LAYERS = 0.01
# What two orders more are expected to gain before any is measured, and of what is left after.
_LIKELY_GAIN, _SURE_GAIN = 40.0, 15.0
_SHARE_OF_ACCURACY = 0.3  # that one element would take if errors added up in squares
# degrees; the lower one rules on the common edge, so that more would be spent in vain
_LARGEST_STEP_TO_NEIGHBOUR = 2
_SMALLER_BY_LAYER = 0.15**2  # area of an element over that of the next layer away from a corner


def first_orders(
    surveyed: SectionProblem,
    modes: Sequence[SurveyedMode],
    accuracy: float,
    mesh: SectionMesh,
    origin: IntArray,
) -> IntArray:
    """Orders for the first solve.

    Parameters
    ----------
    surveyed : SectionProblem
    modes : sequence of SurveyedMode
        Whose fields are wanted.
    accuracy : float
        Asked of the wavelength.
    mesh : SectionMesh
        To be solved on: elements of the survey's, some cut towards corners.
    origin : (n,) int array
        Element of the survey's mesh that each comes from.
    """
    order = surveyed.order
    held = surveyed.space.shared_with(surveyed.space.lowered(STEP))[0]
    missed = np.zeros(surveyed.mesh.elements)
    for mode in modes:
        top = mode.vector.copy()
        top[held] = 0.0
        both = element_energies(
            surveyed, np.stack([top, mode.vector], axis=1), mode.m, mode.k_per_um
        )
        missed = np.maximum(missed, both[0] / both[1].sum())
    allowed = _SHARE_OF_ACCURACY * accuracy / math.sqrt(mesh.elements)
    wanted = (
        order
        - STEP
        + STEP * np.log(np.maximum(missed[origin], 1e-300) / allowed) / math.log(_LIKELY_GAIN)
    )
    # Towards a corner the field is singular: small elements of low order (Babuska and Guo 1986).
    area = element_areas(mesh) / element_areas(surveyed.mesh)[origin]
    layers = np.floor(np.log(np.minimum(area, 1.0)) / math.log(_SMALLER_BY_LAYER) + 0.25)
    orders = np.clip(np.ceil(wanted) - layers, LEAST_ORDER, HIGHEST_ORDER).astype(np.int64)
    return graded_orders(mesh, orders)


def graded_orders(mesh: SectionMesh, orders: IntArray) -> IntArray:
    """Orders raised until neighbours differ by two at most: an edge has the lower of two."""
    out = orders.copy()
    while True:
        at_edge = np.zeros(mesh.edges.shape[0], dtype=np.int64)
        np.maximum.at(at_edge, mesh.element_edges.ravel(), np.repeat(out, 4))
        raised = np.maximum(
            out, at_edge[mesh.element_edges].max(axis=1) - _LARGEST_STEP_TO_NEIGHBOUR
        )
        if np.array_equal(raised, out):
            return out
        out = raised


def element_areas(mesh: SectionMesh) -> Array:
    """Areas in the meridian plane."""
    return np.asarray(np.abs(mesh.determinants(3)).mean(axis=(1, 2)))


def element_energies(problem: SectionProblem, vectors: Values, m: float, k_per_um: float) -> Array:
    """int |curl E|^2 + k^2 eps |E|^2 r dr dz over each element, shape (k, elements); absorbing
    layers by absolute values.
    """
    eps = permittivities(problem.cavity, k_per_um).ordinary[problem.mesh.region][:, None, None]
    x, w = problem.quadrature
    out = np.empty((vectors.shape[1], problem.mesh.elements))
    # By degree: most elements have few functions, and fields of all at once are the most memory
    # that a solve takes.
    for same in problem.space.by_order.values():
        field = on_grid(problem.space, vectors, m, x, x, same)
        curl = abs(field.curl_r) ** 2 + abs(field.curl_z) ** 2 + abs(field.curl_azimuthal) ** 2
        square = abs(field.e_r) ** 2 + abs(field.e_z) ** 2 + abs(field.e_azimuthal) ** 2
        weight = np.outer(w, w) * abs(field.det) * abs(field.r)
        out[:, same] = ((curl + k_per_um**2 * eps[same] * square) * weight).sum(axis=(2, 3))
    return out


@dataclass(frozen=True)
class DiscreteError:
    """What the orders of the elements leave of one mode's error.

    Attributes
    ----------
    by_element : (n,) array
        Relative error of k.
    gain : float
        Factor by which the last two orders reduced it.
    """

    by_element: Array
    gain: float

    @property
    def total(self) -> float:
        """Relative error of k."""
        return float(self.by_element.sum())


def discrete_errors(
    high: Snapshot, low: Snapshot, problem: SectionProblem, below: SectionProblem
) -> Mapping[int, DiscreteError]:
    """What the orders leave, by axial order; low has two orders less in every element.

    An element that reaches into an absorbing layer gains as its own field says: where a layer
    begins within it the field is smooth to second order only, and of waves that grow outwards most
    of the change lies there (spheres of Q 8 to 40: errors were up to ten times what the gain of all
    elements together says, and are 0.05 to 2 times this). It leaves no more than the energy of that
    wave, some 1/Q (a ring of Q = 3e8, whose elements there have the lowest degree, which tells no
    gain: 6e-7 of k was stated, and 2e-9 true).

    Nor do elements at a singular corner gain as the others do, or tell what they gain. Each has the
    least gain, and the most that its energy of change may mean (a disk with sharp edges stated 280
    to 1000 times its error, as those few elements set the gain of all; 20 to 200 times now).
    """
    before = problem.embed(below, low.vectors)
    nodes = problem.mesh.nodes
    in_layer = ~problem.lossless(nodes[..., 0], nodes[..., 1]).all(axis=(1, 2))
    held = [problem.space.shared_with(problem.space.lowered(less))[0] for less in (2, 4)]
    cornered = np.isin(problem.mesh.corners, singular_vertices(problem.mesh)).any(axis=1)
    out = {}
    for q, column in low.chosen.items():
        after, old = high.vectors[:, high.chosen[q]], before[:, column]
        image = high.pencil.mass @ old
        k = high.wavenumber(q)
        tops = [after.copy() for _ in held]
        for top, lower in zip(tops, held, strict=True):
            top[lower] = 0.0
        changed = after - old * (after @ image) / (old @ image)
        columns = np.stack([changed, after, *tops], axis=1)
        energy, whole, last, before_too = element_energies(problem, columns, high.m, k.real)
        share = energy / float(whole.sum())
        in_all = max(float(share.sum()), 1e-300)
        moved = max(abs(k - low.wavenumber(q)) / abs(k), _LEAST_CHANGE * in_all)
        if problem.is_complex:
            moved = max(moved, _LEAST_CHANGE_BY_LAYERS * float(share[~in_layer].sum()))
        change = moved * share / in_all
        tells = in_layer | (~cornered & (last <= _CANCELLED * energy))
        gain = float(gain_of_two_orders(last[tells].sum(), before_too[tells].sum()))
        singular = np.maximum(change, _MOST_CHANGE * share) / _LEAST_GAIN
        plain = np.where(tells, change / gain, singular)
        own = np.where(in_layer, change / gain_of_two_orders(last, before_too), plain)
        more = float(np.maximum(own - plain, 0.0).sum())
        part = min(1.0, _WAVE_IN_LAYERS * abs(2.0 * k.imag / k.real) / max(more, 1e-300))
        by_element = _MARGIN * np.where(own > plain, plain + part * (own - plain), own)
        by_element = np.minimum(
            by_element, np.where(in_layer, _MOST_LEFT_IN_LAYERS * share, math.inf)
        )
        # of the part whose shares and volume are asked for
        left = max(float(by_element[~in_layer].sum()), 1e-300)
        seen = _MARGIN * float(change[~in_layer].sum()) / left
        out[q] = DiscreteError(by_element, min(max(seen, 1.0), gain))
    return out


def gain_of_two_orders(last_two: Array, last_four: Array) -> Array:
    """Factor by which two orders more reduce the error of k, from the energies that a mode has in
    its last two degrees and in its last four: those of the two before over those of the last two.

    Two and two: in an element that straddles a mirror plane a mode has every other degree only.
    """
    gain = (last_four - last_two) / np.maximum(last_two, 1e-300)
    return np.asarray(np.clip(gain, _LEAST_GAIN, _MOST_GAIN))


def higher_orders(mesh: SectionMesh, orders: IntArray) -> IntArray:
    """All orders raised by a step, as far as they go."""
    return graded_orders(mesh, np.minimum(orders + STEP, HIGHEST_ORDER))


def raised_orders(
    mesh: SectionMesh, orders: IntArray, errors: Mapping[int, DiscreteError], accuracy: float
) -> IntArray:
    """Higher orders where the error still lies."""
    worst = np.max([error.by_element for error in errors.values()], axis=0)
    allowed = _SHARE_OF_ACCURACY * accuracy / math.sqrt(mesh.elements)
    steps = np.ceil(STEP * np.log(np.maximum(worst / allowed, 1e-300)) / math.log(_SURE_GAIN))
    return graded_orders(
        mesh, np.minimum(orders + np.clip(steps, 0, STEP + 1).astype(np.int64), HIGHEST_ORDER)
    )
