"""All modes of one azimuthal order and one mirror class in a range of wavenumbers, whatever their
labels, counted.

`find_modes` looks for labels; near an avoided crossing labels mean nothing, so here every
eigenvalue of the range is taken, in one window for all families, and labels are only read off.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from ...arrays import Array, Values
from ...eigen.lanczos import shift_invert_lanczos
from ...errors import SolverError
from ...fem.field import FieldGrid
from ...geometry.cavity import Cavity
from ...mesh.rim_layer import Reach, reach_of
from ...mesh.rim_map import Window
from ...mesh.window import Sizing, build_window
from ...units import wavelength_nm
from ..estimates.seeds import FamilySeed, family_seed
from ..label import Label
from ..mode_set import ModeRequest
from ..permittivities import Permittivities, permittivities
from ..solver.identity import Identity
from ..solver.problem import Pencil
from .window_identity import identify
from .window_problem import Resolution, WindowProblem

_EXPONENT = 9.0  # nepers to the wall: fields there are 1e-4 of those at the rim, for looks alone
_ROOM = 1e-3  # of k, beside the lowest and the highest estimate
_MOST_WANTED = 120  # eigenpairs of a window
_WALLS = ("electric", "magnetic")
_MORE_ALONG = 10  # families that cross have other axial orders


@dataclass(frozen=True)
class OrderSpectrum:
    """Modes of one azimuthal order and mirror class, by rising wavenumber.

    Attributes
    ----------
    wavelengths_nm : (k,) array
        With the media at each mode's own wavelength.
    vectors : (n, k) array
        Scaled to x^T B x = 1.
    identities : tuple of Identity
        What each field looks like here.
    region_shares : (k, regions) array
        Shares of int eps |E|^2 over the whole window.
    """

    problem: WindowProblem = field(repr=False)
    m: int
    eps: Permittivities
    wavelengths_nm: Array
    vectors: Values = field(repr=False)
    identities: tuple[Identity, ...]
    region_shares: Array

    def labels(self) -> tuple[str, ...]:
        """Polarisation m p q as the fields look."""
        return tuple(str(Label(one.polarisation, self.m, one.p, one.q)) for one in self.identities)

    def sampled(self, depth: Array, along: Array) -> Values:
        """Fields sqrt(eps r J) E at depths and lengths in units of the equator's radius, one column
        a mode.
        """
        radius = self.problem.cavity.outline.equator_radius_um
        grid = FieldGrid.build(
            self.problem.window, self.problem.space, depth * radius, along * radius
        )
        fields = grid.evaluate(self.vectors, self.m)
        weight = np.sqrt(self.eps.ordinary[grid.region][:, None] * abs(grid.r * grid.jacobian))
        parts = [
            (part * weight).reshape(part.shape[0], -1)
            for part in (fields.e_r, fields.e_z, fields.e_azimuthal)
        ]
        return np.concatenate(parts, axis=1).T

    @property
    def span(self) -> tuple[float, float, float]:
        """Inner and outer end of the lossless window, and its end along the outline, in units of
        the radius.
        """
        radius = self.problem.cavity.outline.equator_radius_um
        breaks = self.problem.real_breaks
        return breaks[0] / radius, breaks[-1] / radius, self.problem.window.t_breaks[-1] / radius


def order_spectra(
    cavity: Cavity, request: ModeRequest, m: int, order: int = 9
) -> dict[str, OrderSpectrum]:
    """All modes of an azimuthal order that may belong to the families asked for, by mirror class.

    Parameters
    ----------
    cavity : Cavity
        Lossless walls: modes that need an absorbing layer (Q below about 1e6) carry the error of a
        closed wall here.
    request : ModeRequest
        Polarisations, radial and axial orders; the wavelength as a hint.
    m : int
    order : int
        Polynomial order across the rim; 9 gives about 1e-8.

    Raises
    ------
    SolverError
        If the modes found do not agree with their number by inertia.
    """
    seeds = _seeds(cavity, request, m)
    highest_q = 0 if cavity.sliced else request.axial_orders - 1
    ranges = _ranges(seeds, m, highest_q)
    eps = permittivities(cavity, 0.5 * (ranges[0][0] + ranges[-1][1]))
    window = _window(cavity, request, seeds, m, eps, highest_q)
    along = 1 if cavity.sliced else (highest_q // 2 if window.half else highest_q) + _MORE_ALONG
    rate = float(np.mean([seed.index * seed.slice_k_per_um[m] for seed in seeds]))
    walls = _WALLS if window.half else ("magnetic",)
    problems = {
        wall: WindowProblem.build(
            cavity, window, Resolution(order, along, rate), wall, limited=True
        )
        for wall in walls
    }
    return {wall: _solved(problem, m, eps, ranges) for wall, problem in problems.items()}


def _ranges(seeds: Sequence[FamilySeed], m: int, highest_q: int) -> list[tuple[float, float]]:
    """Wavenumbers of each family with an axial spacing to spare on either side; ranges that touch
    are one.
    """
    out: list[tuple[float, float]] = []
    for seed in sorted(seeds, key=lambda seed: seed.k_per_um(m, 0)):
        room = seed.axial_rate_per_um / seed.index + _ROOM * seed.slice_k_per_um[m]
        low, high = seed.k_per_um(m, 0) - room, seed.k_per_um(m, highest_q) + room
        if out and low <= out[-1][1]:
            out[-1] = out[-1][0], max(high, out[-1][1])
        else:
            out.append((low, high))
    return out


def _seeds(cavity: Cavity, request: ModeRequest, m: int) -> list[FamilySeed]:
    one = ModeRequest(
        request.polarisation,
        request.wavelength_nm,
        None,
        m,
        request.radial_orders,
        request.axial_orders,
    )
    return [family_seed(cavity, one, polarisation, p) for polarisation, p in request.families]


def _window(
    cavity: Cavity,
    request: ModeRequest,
    seeds: Sequence[FamilySeed],
    m: int,
    eps: Permittivities,
    highest_q: int,
) -> Window:
    indices = tuple(float(n) for n in eps.index)
    reaches = [
        reach_of(cavity, m, [seed.k_per_um(m, q) for q in range(highest_q + 1)], indices, _EXPONENT)
        for seed in seeds
    ]
    reach = Reach.joined(reaches)
    shortest = min(2 * math.pi / seed.slice_k_per_um[m] for seed in seeds)
    return build_window(
        cavity,
        Sizing(reach, request.radial_orders, highest_q + 1, shortest, False, cavity.symmetric),
    )


def _solved(
    problem: WindowProblem, m: int, eps: Permittivities, ranges: Sequence[tuple[float, float]]
) -> OrderSpectrum:
    """Every eigenpair of the ranges, with wavelengths at each mode's own media."""
    pencil = problem.pencil(m, eps)
    parts = [_in_range(problem, pencil, m, low, high) for low, high in ranges]
    squares, vectors = (np.concatenate(part, axis=-1) for part in zip(*parts, strict=True))
    identities = tuple(identify(problem, vectors, m, eps.ordinary)) if squares.size else ()
    wavelengths, shares = _self_consistent(problem, pencil, m, vectors, squares)
    return OrderSpectrum(problem, m, eps, wavelengths, vectors, identities, shares)


def _in_range(
    problem: WindowProblem, pencil: Pencil, m: int, low: float, high: float
) -> tuple[Array, Values]:
    """Every eigenpair between two wavenumbers, as many as the inertia counts."""
    factor, top = pencil.factor_near(high**2)
    below, bottom = pencil.factor_near(low**2)
    if factor.negative is None or below.negative is None:
        raise SolverError(
            f"m = {m}: the factorisation left its diagonal, so the modes cannot be counted"
        )
    count = factor.negative - below.negative
    start = np.random.default_rng(20).standard_normal(problem.size)
    wanted = count + 2
    while True:
        pairs = shift_invert_lanczos(factor.solve, pencil.mass.__matmul__, top, start, wanted, 1e-9)
        inside = np.flatnonzero((pairs.values > bottom) & (pairs.values < top))
        if inside.size >= count or wanted >= min(_MOST_WANTED, problem.size // 2):
            break
        wanted *= 2
    if inside.size != count:
        raise SolverError(
            f"m = {m}: {inside.size} modes found where {count} are counted; ask for fewer orders"
        )
    inside = inside[np.argsort(pairs.values[inside])]
    return pairs.values[inside], pairs.vectors[:, inside]


def _self_consistent(
    problem: WindowProblem, pencil: Pencil, m: int, vectors: Values, squares: Array
) -> tuple[Array, Array]:
    """Wavelengths with each mode's own media, k^2 = x^T K x / x^T B(k) x by fixed point, and energy
    shares by region.
    """
    forms = problem.forms
    unit = np.eye(len(problem.cavity.regions))
    none = np.zeros_like(unit)

    def of(across: Array, along: Array) -> Array:
        masses = (forms.mass(m, a, b) for a, b in zip(across, along, strict=True))
        return np.array([np.einsum("ij,ij->j", vectors, mass @ vectors) for mass in masses])

    in_plane = of(unit, none)
    axial = of(none, unit) if forms.uniaxial else np.zeros_like(in_plane)
    energy = np.einsum("ij,ij->j", vectors, pencil.mass @ vectors) * squares
    out, shares = [], []
    for i, square in enumerate(squares):
        k = math.sqrt(square)
        for _ in range(12):  # contraction: the dispersion of the media, about 0.1
            eps = permittivities(problem.cavity, k)
            parts = eps.ordinary * in_plane[:, i] + eps.axial * axial[:, i]
            k, last = math.sqrt(energy[i] / parts.sum()), k
            if abs(k - last) < 1e-14 * k:
                break
        out.append(wavelength_nm(k))
        shares.append(parts / parts.sum())
    return np.array(out), np.array(shares).reshape(-1, len(unit))
