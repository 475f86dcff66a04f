"""What a section's mode radiates into the plane layers around it: by what is polarised against
them, checked by the fields on closed surfaces.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ....analytic.layers import Layers
from ....arrays import Array, Values
from ....fem.field import PointField, at_points
from ....fem.legendre import gauss
from ....mesh.section_cavity import SectionCavity
from ...losses.layered_radiation import log10_layered_qs, log10_uncancelled_q
from ...losses.radiation import Source, SurfaceSource
from ...permittivities import Permittivities
from ..section_problem import SectionProblem
from .tail import runs_on

_UNKNOWN = 3.0  # of log10 Q: what hardly says anything
# Of log10 Q, what the far field between plates owes to layers: a rod of Q = 1.7e6 was 2.7e-6 off.
# Spheres owe nothing to them: 1e-11 to 1e-7 off at Q of 1e6 to 2e9.
_BETWEEN_PLATES = 3e-6
# Wavelengths in the thinnest medium: from the matter to the surfaces; the length of a panel of
# points on them, and how many points it has.
_DISTANCES = (0.1, 0.25)
# As said above: ten panels a wavelength, whose five points integrate ninth powers exactly
_PANEL, _POINTS = 0.1, 5
_STEP = 1.1  # between the wavelengths that surfaces are made for
# log10 Q above which surfaces are looked at; below absorbing layers check the far field.
_CHECKED_ABOVE = 7.0
# The nearer surface agrees with what is polarised to between 1e-8 and 1e-2 (exact spheres of Q 3e6
# to 1e26, and all sections that ship). Its error is that of the field, the other's the square of
# it: 0.02 to 0.6 of the square of their distance, in units of Q, which is a bar where that is less
# than a share of the distance. Farther apart one of them is wrong.
_OF_SQUARE, _SHARE, _CONTRADICTS = 1.5, 0.05, 0.1
_INSIDE = 1e-9  # of the section's size, that a surface lies within its cuts

Points = Sequence[tuple[PointField, Array, Values, Values]]


@dataclass(frozen=True, eq=False)
class FarField:
    """Of one mode: its vector, azimuthal order, wavenumber and media."""

    problem: SectionProblem
    vector: Values
    m: float
    k_per_um: float
    eps: Permittivities

    def log10_q(self, points: Points, energy: float, checked: bool) -> tuple[float, float, float]:
        """Radiative Q and its error by matter that runs on where the section is cut, and, where it
        is to be checked, by what surfaces around the mode say; infinite in a closed cavity, no
        number where the section does not tell the layers. Of a mode between plates, that is
        checked, also what Q would be if nothing cancelled.

        Parameters
        ----------
        points : sequence of (field, weight, region, element)
            The counted volume; the weight is r dr dz.
        energy : float
        checked : bool
        """
        if self.problem.cavity.ends.closed:
            return math.inf, 0.0, math.nan
        layers = layers_of(self.problem.cavity, self.eps)
        if layers is None:
            return math.nan, 0.0, math.nan
        source, owner = self._polarised(points, layers)
        order: int = self.m  # type: ignore[assignment]
        matter = np.bincount(owner, minlength=self.problem.mesh.elements) > 0
        at_cut = runs_on(self.problem, matter)[owner]
        kept = [np.ones(owner.size), ~at_cut] if at_cut.any() else [np.ones(owner.size)]
        weights = source.weight[:, None] * np.stack(kept, axis=1)
        both = log10_layered_qs(source, weights, energy, order, self.k_per_um, layers).tolist()
        value = both[0]
        if not math.isfinite(value):
            return value, 0.0, math.nan
        plain = math.nan
        plates = "open" not in (layers.lower, layers.upper)
        if checked and plates:
            plain = log10_uncancelled_q(source, energy, order, self.k_per_um, layers)
        error = min(abs(value - both[-1]), _UNKNOWN)
        if self.problem.is_complex and plates:
            error += _BETWEEN_PLATES
        if checked and value > _CHECKED_ABOVE:
            others = self.on_surfaces(matter, layers, energy)
            error = max(error, _doubt(float(abs(others - value).min())))
        return value, error, plain

    def on_surfaces(self, matter: Values, layers: Layers, energy: float) -> Array:
        """log10 Q from the tangential fields on closed surfaces around some elements, the nearest
        surface first.
        """
        source, shares = self._surfaces(matter)
        order: int = self.m  # type: ignore[assignment]
        return log10_layered_qs(source, shares, energy, order, self.k_per_um, layers)

    def _polarised(self, points: Points, layers: Layers) -> tuple[Source, Values]:
        """What is polarised against the layers, and the element of each point."""
        parts: list[list[Values]] = [[] for _ in range(6)]
        chosen = []
        for field, weight, region, elements in points:
            r, z = field.r.real, field.z.real
            layer = layers.at(z)
            across = self.eps.ordinary[region][:, None, None] - layers.eps[layer]
            along = self.eps.axial[region][:, None, None] - layers.eps_z[layer]
            used = ((across != 0) | (along != 0)) & (weight > 0)
            polarised = across * field.e_r[0], along * field.e_z[0], across * field.e_azimuthal[0]
            for part, value in zip(parts, (r, z, weight, *polarised), strict=True):
                part.append(value[used])
            chosen.append(np.broadcast_to(elements[:, None, None], used.shape)[used])
        return Source(*(np.concatenate(part) for part in parts)), np.concatenate(chosen)

    def _surfaces(self, matter: Values) -> tuple[SurfaceSource, Array]:
        """The fields on closed surfaces around some elements, and r dl on each, shape (n, 2)."""
        # Modes of nearly the same wavelength share their surfaces, whose points take longer to
        # find than fields.
        wave = 2 * math.pi / (self.k_per_um * math.sqrt(float(self.eps.ordinary.min())))
        wave = _STEP ** round(math.log(wave) / math.log(_STEP))
        known = self.problem.surfaces
        key = (wave, matter.tobytes())
        if key not in known:
            known.clear()
            known[key] = _around(self.problem, matter, wave)
        at = known[key]
        points = at.element, at.s, at.t
        field = at_points(self.problem.space, self.vector, self.m, *points)
        source = SurfaceSource.of(
            (at.r, at.z),
            at.normal,
            at.weight,
            (field.e_r[0], field.e_z[0], field.e_azimuthal[0]),
            (field.curl_r[0], field.curl_z[0], field.curl_azimuthal[0]),
            self.k_per_um,
        )
        return source, at.weight[:, None] * (at.owner[:, None] == np.arange(len(_DISTANCES)))


@dataclass(frozen=True)
class _Points:
    """Points of the surfaces: positions, outward normals, r dl, surface, element and point in
    it.
    """

    r: Array
    z: Array
    normal: tuple[Array, Array]
    weight: Array
    owner: Values
    element: Values
    s: Array
    t: Array


def _around(problem: SectionProblem, matter: Values, wave: float) -> _Points:
    """Points of rectangles around some elements, within the absorbing layers and cuts."""
    mesh = problem.mesh
    low_r, high_r, low_z, high_z = mesh.extent_um
    if problem.stretch is not None:
        box = problem.stretch
        high_r = min(high_r, box.r_um)
        low_z, high_z = max(low_z, box.low_um), min(high_z, box.high_um)
    slack = _INSIDE * max(high_r, high_z - low_z)
    nodes = mesh.nodes[matter].reshape(-1, 2)
    near, far = nodes.min(axis=0), nodes.max(axis=0)
    sides, owners = [], []
    for number, distance in enumerate(_DISTANCES):
        room = distance * wave
        left, right = max(near[0] - room, low_r + slack), min(far[0] + room, high_r - slack)
        low, high = max(near[1] - room, low_z + slack), min(far[1] + room, high_z - slack)
        for side in _sides(left, right, low, high, _PANEL * wave):
            sides.append(side)
            owners.append(np.full(side.shape[1], number))
    r, z, n_r, n_z, weight = np.concatenate(sides, axis=1)
    element, s, t = problem.locator.find(r, z)
    known = element >= 0  # the field ends where the window does
    r, z, n_r, n_z, weight = (one[known] for one in (r, z, n_r, n_z, weight))
    owner = np.concatenate(owners)[known]
    return _Points(r, z, (n_r, n_z), weight, owner, element[known], s[known], t[known])


def _doubt(apart: float) -> float:
    """What the far field may err by, where the nearest surface says another log10 Q."""
    if apart > _CONTRADICTS:
        return min(apart, _UNKNOWN)
    return min(_OF_SQUARE * math.log(10.0) * apart, _SHARE) * apart


def _sides(left: float, right: float, low: float, high: float, panel: float) -> list[Array]:
    """Points r, z, outward normals n_r, n_z and r dl on the sides of a rectangle; (5, n) each."""
    out = []
    for start, end, normal in (
        ((right, low), (right, high), (1.0, 0.0)),
        ((left, low), (left, high), (-1.0, 0.0)),
        ((left, low), (right, low), (0.0, -1.0)),
        ((left, high), (right, high), (0.0, 1.0)),
    ):
        length = math.dist(start, end)
        count = max(1, math.ceil(length / panel))
        x, w = gauss(_POINTS)
        share = ((np.arange(count)[:, None] + 0.5 * (x + 1)) / count).ravel()
        r = start[0] + (end[0] - start[0]) * share
        z = start[1] + (end[1] - start[1]) * share
        weight = np.tile(0.5 * w * length / count, count) * r
        out.append(np.stack([r, z, np.full_like(r, normal[0]), np.full_like(r, normal[1]), weight]))
    return out


def layers_of(cavity: SectionCavity, eps: Permittivities) -> Layers | None:
    """The layers that run on outwards; None where the section does not tell them: walls at its
    outer side, or walls that are partly cuts.
    """
    ends = cavity.ends
    if ends.regions is None or not ends.told:
        return None
    chain = list(ends.regions)
    across, along = eps.ordinary[chain], eps.axial[chain]
    differ = (across[1:] != across[:-1]) | (along[1:] != along[:-1])
    first = np.concatenate([[True], differ])
    _, _, low_z, high_z = cavity.mesh.extent_um
    return Layers(
        across[first],
        along[first],
        np.array(ends.heights_um)[differ],
        ends.lower if ends.lower in ("electric", "magnetic") else "open",
        ends.upper if ends.upper in ("electric", "magnetic") else "open",
        low_z,
        high_z,
    )
