"""Measures of the modes of any section, from their fields at points of curved quadrilaterals."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, fields
from functools import cached_property
from itertools import chain

import numpy as np

from ...arrays import Array, IntArray, Values
from ...fem.field import PointField, at_points, on_grid
from ...fem.legendre import gauss
from ...fem.pieces.within import Bounds, PointsWithin, points_within
from ..losses.measures import Measures, rim_scattering, wall_terms
from ..permittivities import Permittivities
from ..solver.solved_vectors import SolvedVectors
from ..stopwatch import check_time
from .around.far import FarField
from .around.plates import OpenPlates
from .around.tail import MORE_POINTS, Tail, in_layers
from .section_problem import SectionProblem

# Gauss points in an element: some per cent of Q are enough to see whether a mode leaks.
_ROUGH_POINTS = 12
_AT_ONCE = 8192  # points: some hundred functions at each take 25 MB
# Samples along an edge; two refinements then bring their distance from 0.1 to 0.006 of an edge's
# half.
_FINE = 21
# A twentieth of a wavelength, within which a corner's singular field tops all else
_WAVELENGTH_SHARE = 20.0
# Of the largest sample, below which an element is not looked at finely: five samples across an
# element miss less of a lobe.
_NEAR_LARGEST = 0.8
# Of the relative change of k^2 by cuts to first order, in that of k: half, with a margin of two, as
# a near cut changes the field that tells it (five sections that end within the field, k 2e-6 to
# 6e-3 off: 0.35 to 3.3 times the half).
_OF_WALLS = 1.0
# Reference coordinates along an edge: fixed one, its value, by the order of
# mesh.section.EDGE_CORNERS.
_SIDES = ((1, -1.0), (0, 1.0), (1, 1.0), (0, -1.0))


def measure_section(
    problem: SectionProblem, modes: SolvedVectors, with_far: bool = True
) -> list[Measures]:
    """Measure modes of one section; `with_far`: what they radiate too."""
    out = []
    for i, (m, q, k) in enumerate(zip(modes.m, modes.q, modes.k_per_um, strict=True)):
        check_time()
        vector = modes.corrected[:, [i]]
        out.append(
            Reading(problem, vector, float(m), int(q), float(k), modes.eps[i]).measures(with_far)
        )
    return out


def far_log10_q(
    problem: SectionProblem, vector: Values, m: float, q: int, k_per_um: float, eps: Permittivities
) -> float:
    """Radiative Q of one mode from its far field alone, to some per cent: whether it leaks."""
    reading = Reading(problem, vector[:, None], m, q, k_per_um, eps, _ROUGH_POINTS, False)
    return reading.far[0]


@dataclass(frozen=True, eq=False)
class Reading:
    """One mode on a section."""

    problem: SectionProblem
    vector: Values
    m: float
    q: int
    k_per_um: float
    eps: Permittivities
    most_points: int = 40
    checked: bool = True

    @cached_property
    def points(self) -> list[tuple[PointField, Array, Values, Values]]:
        """Fields, weights r dr dz of the counted volume, regions and elements; elements that a
        bound of the volume cuts on its inner side alone.
        """
        stretch, region = self.problem.stretch, self.problem.mesh.region
        radius = np.full(region.size, math.inf)
        # Within walls all around nothing radiates, and all of the surround counts.
        if not self.problem.cavity.ends.closed:
            radius[region == len(self.problem.cavity.regions) - 1] = self._caustic
        everywhere = np.arange(region.size)
        return [
            (field, (weight * field.det * field.r).real, region[elements], elements)
            for field, weight, elements in self._inside(everywhere, Bounds.of(radius, stretch))
        ]

    @property
    def _caustic(self) -> float:
        """Where waves of the surround begin to run outwards, um; between plates the first ones."""
        return self.m / (self.k_per_um * float(self.eps.index[-1]))

    def _inside(
        self, elements: IntArray, bounds: Bounds
    ) -> Iterator[tuple[PointField, Array, Values]]:
        """Fields, weights ds dt and elements of what lies within bounds: whole elements by grids,
        those that a bound cuts point by point.
        """
        problem, mesh = self.problem, self.problem.mesh
        whole, cut = bounds.divided(mesh, elements)
        yield from self._whole(whole)
        if cut.size:
            count = min(int(problem.space.orders[cut].max()) + MORE_POINTS, self.most_points)
            yield from self._single(points_within(mesh, cut, bounds, count))

    def _whole(self, elements: IntArray) -> Iterator[tuple[PointField, Array, Values]]:
        space = self.problem.space
        for order in np.unique(space.orders[elements]):
            same = elements[space.orders[elements] == order]
            x, w = gauss(int(order) + 2)
            yield on_grid(space, self.vector, self.m, x, x, same), np.outer(w, w)[None], same

    def _single(self, points: PointsWithin) -> Iterator[tuple[PointField, Array, Values]]:
        for at in points.divided(_AT_ONCE):
            field = at_points(self.problem.space, self.vector, self.m, at.element, at.s, at.t)
            parts = {one.name: getattr(field, one.name)[..., None, None] for one in fields(field)}
            yield PointField(**parts), at.weight[:, None, None], at.element

    def measures(self, far: bool = True) -> Measures:
        """All numbers of the mode, those of its radiation with `far` alone."""
        regions = len(self.problem.cavity.regions)
        shares, components, peak = np.zeros(regions), np.zeros(3), 0.0
        for field, weight, region, _ in self.points:
            across, along = (
                self.eps.ordinary[region][:, None, None],
                self.eps.axial[region][:, None, None],
            )
            parts = [
                along * abs(field.e_z[0]) ** 2,
                across * abs(field.e_r[0]) ** 2,
                across * abs(field.e_azimuthal[0]) ** 2,
            ]
            components += [float((part * weight).sum()) for part in parts]
            density = parts[0] + parts[1] + parts[2]
            shares += np.bincount(
                region, weights=(density * weight).sum(axis=(1, 2)), minlength=regions
            )
            peak = max(peak, float((density * (weight > 0) * self._smooth(field)).max()))
        components += self._tail.components
        shares += self._tail.regions
        energy = float(components.sum())
        peak = max(peak, self._peak())
        return Measures(
            components / energy,
            shares / energy,
            2 * math.pi * energy / peak,
            self.far[0] if far else math.nan,
            self._scattering(energy),
            _OF_WALLS * self._walls(energy) / energy / self.k_per_um**2,
            self.far[1] if far else 0.0,
            log10_q_uncancelled=self.far[2] if far else math.nan,
        )

    def _peak(self) -> float:
        """Largest eps |E|^2: the elements whose samples come near the largest, and their
        neighbours, finely, then twice around the best point.
        """
        problem = self.problem
        x = np.linspace(-1.0, 1.0, 5)
        field = on_grid(problem.space, self.vector, self.m, x, x)
        density = self._density(field, problem.mesh.region) * self._smooth(field)
        tops = density.max(axis=(1, 2))
        near = problem.mesh.with_neighbours(tops > _NEAR_LARGEST * tops.max())
        elements = np.flatnonzero(near)
        x = np.linspace(-1.0, 1.0, _FINE)
        field = on_grid(problem.space, self.vector, self.m, x, x, elements)
        density = self._density(field, problem.mesh.region[elements]) * self._smooth(field)
        number, i, j = (int(n) for n in np.unravel_index(int(np.argmax(density)), density.shape))
        best, s, t, step = float(density.max()), x[i], x[j], x[1] - x[0]
        for _ in range(2):
            line_s, line_t = (
                np.clip(c + step * np.linspace(-1.0, 1.0, 9), -1.0, 1.0) for c in (s, t)
            )
            field = on_grid(
                problem.space,
                self.vector,
                self.m,
                line_s,
                line_t,
                elements[[number]],
            )
            density = self._density(field, problem.mesh.region[elements[[number]]]) * self._smooth(
                field
            )
            _, i, j = (int(n) for n in np.unravel_index(int(np.argmax(density)), density.shape))
            best, s, t, step = max(best, float(density.max())), line_s[i], line_t[j], 0.25 * step
        return best

    def _smooth(self, field: PointField) -> Values:
        """Whether points count for the largest density: in no absorbing layer, and a twentieth of
        the wavelength in the densest medium away from sharp corners, where |E| has no bound and no
        maximum means anything.
        """
        r, z = field.r.real, field.z.real
        near = 2 * math.pi / (_WAVELENGTH_SHARE * self.k_per_um * float(self.eps.index.max()))
        good = np.asarray(self.problem.lossless(r, z))
        for corner_r, corner_z in self.problem.corner_points:
            good = good & (np.hypot(r - corner_r, z - corner_z) > near)
        return good

    def _density(self, field: PointField, region: Values) -> Array:
        across, along = (
            self.eps.ordinary[region][:, None, None],
            self.eps.axial[region][:, None, None],
        )
        plane = abs(field.e_r[0]) ** 2 + abs(field.e_azimuthal[0]) ** 2
        return np.asarray(np.nan_to_num(across * plane + along * abs(field.e_z[0]) ** 2))

    @cached_property
    def both_energies(self) -> float:
        """Half the sum of int eps |E|^2 and int |curl E|^2 / k^2 over the counted volume.

        They differ at its ends, by the root of 1/Q at the caustic; their sum obeys Poynting's
        theorem for any volume, to 1/Q.
        """
        electric, magnetic = float(self._tail.regions.sum()), self._tail.magnetic
        for field, weight, region, _ in self.points:
            curl = (field.curl_r, field.curl_z, field.curl_azimuthal)
            square = sum(np.abs(part[0]) ** 2 for part in curl)
            magnetic += float((np.nan_to_num(square) * weight).sum())
            electric += float((self._density(field, region) * weight).sum())
        return 0.5 * (electric + magnetic / self.k_per_um**2)

    @cached_property
    def _tail(self) -> Tail:
        """What decays into absorbing layers, up to the caustic, and between plates beyond it.

        There the product E.E over the stretched volume is that of the field which the layers
        continue, whatever they are (Sauvan et al., Phys. Rev. Lett. 110, 237401, 2013); in a box
        that ends near the rim the tail is a thousandth of the energy.
        """
        problem, mesh, box = self.problem, self.problem.mesh, self.problem.stretch
        tail = self._between_plates[0]
        if box is None or tail.regions[-1] > 0.0:  # between plates waves are known one by one
            return tail
        whole, cut = in_layers(problem, self._caustic if box.r_um >= self._caustic else math.inf)
        for field, weight, of in chain(self._whole(whole), self._single(cut)):
            stretched = weight * field.det * field.r * np.conj(self._phase)
            tail = tail.plus(field, stretched, mesh.region[of], self.eps)
        return tail

    @cached_property
    def _between_plates(self) -> tuple[Tail, float]:
        """What waves hold beyond the caustic that turn farther out, and (k n / h)^2 of theirs."""
        plates = OpenPlates(self.problem, self.vector, self.m, self.k_per_um, self.eps)
        return plates.beyond(self._caustic)

    @cached_property
    def _phase(self) -> complex:
        """Of E.E, where the mode is."""
        total = 0j
        for field, weight, region, _ in self.points:
            along, across = self.eps.axial[region], self.eps.ordinary[region]
            plane = field.e_r[0] ** 2 + field.e_azimuthal[0] ** 2
            square = across[:, None, None] * plane + along[:, None, None] * field.e_z[0] ** 2
            total += complex((np.nan_to_num(square) * weight).sum())
        return total / abs(total)

    @cached_property
    def far(self) -> tuple[float, float, float]:
        """Radiative Q from the far field, its error, and Q if nothing cancelled (`FarField`)."""
        far = FarField(self.problem, self.vector, self.m, self.k_per_um, self.eps)
        value, error, plain = far.log10_q(self.points, self.both_energies, self.checked)
        # It is right to 1/Q of h, (k n / h)^2 of that of k as h dh = n^2 k dk: the 1 is in its bar.
        return value, error + (self._between_plates[1] - 1.0) * 10.0 ** -abs(value), plain

    def _scattering(self, energy: float) -> float | None:
        """Scattering Q from the field just inside the body's face to the surround."""
        cavity, mesh = self.problem.cavity, self.problem.mesh
        if cavity.roughness_nm <= 0.0:
            return None
        surround = len(cavity.regions) - 1
        touches = np.zeros(mesh.edges.shape[0], dtype=bool)
        touches[mesh.element_edges[mesh.region == surround]] = True
        elements, sides = np.nonzero(
            touches[mesh.element_edges] & (mesh.region == surround - 1)[:, None]
        )
        if not elements.size:
            return None
        owner, s, t, weight, side = self._along_edges(elements, sides)
        field = at_points(self.problem.space, self.vector, self.m, owner, s, t)
        d_r, d_z = self._tangents(owner, s, t, side)
        good = self.problem.lossless(field.r.real, field.z.real)
        area = weight * np.hypot(d_r, d_z) * field.r.real * good
        e = (field.e_r[0], field.e_z[0], field.e_azimuthal[0])
        return rim_scattering(cavity, self.eps, self.k_per_um, e, (d_r, d_z), area, energy)

    def _along_edges(
        self, elements: Values, sides: Values
    ) -> tuple[Values, Array, Array, Array, Values]:
        """Gauss points on edges of elements: element, s, t, weight, side of each."""
        x, w = gauss(self.problem.order + 2)
        s, t = np.empty((elements.size, x.size)), np.empty((elements.size, x.size))
        for number, (fixed, value) in enumerate(_SIDES):
            rows = sides == number
            (s if fixed == 0 else t)[rows], (t if fixed == 0 else s)[rows] = value, x
        owner, side = np.repeat(elements, x.size), np.repeat(sides, x.size)
        return owner, s.ravel(), t.ravel(), np.tile(w, elements.size), side

    def _tangents(self, owner: Values, s: Array, t: Array, side: Values) -> tuple[Array, Array]:
        _, _, r_s, z_s, r_t, z_t = self.problem.mesh.positions_at(owner, s, t)
        along_s = (side == 0) | (side == 2)
        return np.where(along_s, r_s, r_t), np.where(along_s, z_s, z_t)

    def _walls(self, energy: float) -> float:
        """Sum over the walls that are cuts of int (|curl E|^2 + k^2 eps |E|^2) dA / (2 kappa),
        kappa from the local decay.
        """
        problem, mesh = self.problem, self.problem.mesh
        wall = mesh.at_boundary(but=(*problem.cavity.magnetic, *problem.cavity.electric))
        elements, sides = np.nonzero(wall[mesh.element_edges])
        if not elements.size:
            return 0.0
        owner, s, t, weight, side = self._along_edges(elements, sides)
        field = at_points(problem.space, self.vector, self.m, owner, s, t)
        d_r, d_z = self._tangents(owner, s, t, side)
        r, z, *_ = mesh.positions_at(owner, s, t)
        good = problem.lossless(r, z) & (r > 1e-6 * mesh.extent_um[1])
        local = self.eps.ordinary[mesh.region[owner]]
        wave = self.k_per_um**2 * local
        kappa = np.sqrt(
            np.maximum((self.m / np.maximum(r, 1e-9)) ** 2 - wave, (1.0 / self._width(energy)) ** 2)
        )
        terms = weight * np.hypot(d_r, d_z) * r * wall_terms(field, wave, kappa)[0, 0]
        return float(terms[good].sum())

    def _width(self, energy: float) -> float:
        """Standard deviation of the energy along z."""
        first = second = 0.0
        for field, weight, region, _ in self.points:
            density = self._density(field, region) * weight / energy
            first += float((density * field.z.real).sum())
            second += float((density * field.z.real**2).sum())
        return math.sqrt(max(second - first**2, 1e-12))
