"""Measures of the modes of a window, from their fields on a grid of it.

Energies are int eps |E|^2 up to the outer caustic: the turning circle r_c of the surround, where a
leaky mode's evanescent field ends and its radiation begins; k n_s r_c is the angular order.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ...arrays import Array, Values
from ...fem.field import ElectricField, squared
from ...mesh.rim_layer import caustic_distance_um
from ..losses.comb_radiation import Surroundings, log10_radiation_qs
from ..losses.measures import Measures, rim_scattering, wall_terms
from ..permittivities import Permittivities
from ..solver.projected import cut_within
from ..solver.snapshot import Snapshot
from ..stopwatch import check_time
from .far_source import far_sources
from .own_order import own_order
from .peak import energy_densities, peak_densities
from .window_problem import Probe, WindowProblem

# Error of log10 Q by what a reduced basis lacks, above which the modes of an azimuthal order are
# solved for themselves
_HEARD = 3e-4
_OF_TAIL = 0.3  # error of a tail that is not in the window, told from the field at its end


def caustic_cut(problem: WindowProblem, snapshot: Snapshot, q: int) -> float:
    """What the cut at the outer caustic leaves in the shares of a mode's energy."""
    k, n_surround = snapshot.wavenumber(q).real, float(snapshot.eps.index[-1])
    caustic = caustic_distance_um(problem.cavity, snapshot.m, q, k, n_surround)
    radius = problem.cavity.outline.equator_radius_um
    return cut_within(caustic, [end for end in problem.real_breaks if end >= 0.0], radius)


def measure_all(
    problem: WindowProblem,
    vectors: Values,
    orders: Sequence[int],
    qs: Sequence[int],
    k_per_um: Sequence[float],
    eps: Sequence[Permittivities],
    corrections: Values | None = None,
    far: bool = True,
) -> list[Measures]:
    """Measure modes of one window.

    The far field depends on parts of the field that no energy shows. In a mode of axial order q
    whose log10 Q is five above that of q = 0, a share of 5e-6 in the norm of the mass is 3e-2 of
    log10 Q. The far field is read from the corrected field therefore, and how much the correction
    radiates besides is its error. Where that would count, the modes of that azimuthal order are
    solved for themselves (`own_order`).

    Parameters
    ----------
    vectors : (n, k) array
        Unknowns of the modes.
    orders, qs : sequences of int
        Azimuthal and axial orders.
    k_per_um : sequence of float
        Real parts of the vacuum wavenumbers.
    eps : sequence of Permittivities
        At each mode's own wavelength.
    corrections : (n, k) array, optional
        What the full problem asks to take from the vectors.
    far : bool
        Whether what they radiate is asked for.
    """
    corrections = np.zeros_like(vectors) if corrections is None else corrections
    out = _measured(problem, vectors, orders, qs, k_per_um, eps, corrections, far)
    loud = {
        m
        for m, one, column in zip(orders, out, corrections.T, strict=True)
        if one.far_error > _HEARD and column.any()
    }
    again = [i for i, m in enumerate(orders) if m in loud and corrections[:, i].any()]
    if again:
        sharper, left = own_order(
            problem,
            vectors[:, again],
            [orders[i] for i in again],
            [k_per_um[i] for i in again],
            [eps[i] for i in again],
        )
        measured = _measured(
            problem,
            sharper,
            [orders[i] for i in again],
            [qs[i] for i in again],
            [k_per_um[i] for i in again],
            [eps[i] for i in again],
            left,
        )
        for i, one in zip(again, measured, strict=True):
            out[i] = one
    return out


def _measured(
    problem: WindowProblem,
    vectors: Values,
    orders: Sequence[int],
    qs: Sequence[int],
    k_per_um: Sequence[float],
    eps: Sequence[Permittivities],
    corrections: Values,
    far: bool = True,
) -> list[Measures]:
    """Measures of modes whose far fields are those of the corrected vectors."""
    groups: dict[tuple[float, ...], list[int]] = {}
    for number, (m, q, k, e) in enumerate(zip(orders, qs, k_per_um, eps, strict=True)):
        end = caustic_distance_um(problem.cavity, m, q, k, float(e.index[-1]))
        groups.setdefault(_cut(problem.real_breaks, end), []).append(number)
    out: dict[int, Measures] = {}
    for breaks, members in groups.items():
        check_time()
        probe = problem.probe if breaks == problem.real_breaks else Probe.build(problem, breaks)
        group = _Group.of(
            problem,
            probe,
            vectors[:, members] - corrections[:, members],
            [orders[i] for i in members],
            [qs[i] for i in members],
            [k_per_um[i] for i in members],
            [eps[i] for i in members],
        )
        for i, one in zip(members, group.measures(corrections[:, members], far), strict=True):
            out[i] = one
    return [out[i] for i in range(len(orders))]


def wall_shift(
    problem: WindowProblem, vector: Values, m: int, k_per_um: float, eps: Permittivities
) -> float:
    """Bound of the relative change of k of one mode, x^T B x = 1, by the walls of its window."""
    k = np.array([k_per_um])
    fields = vector[:, None], np.array([m]), k, eps.ordinary[None]
    walls, _, _ = _walls(problem, problem.probe, *fields)
    if problem.is_complex:  # x^T B x holds the layer's share, and is no energy
        group = _Group.of(problem, problem.probe, vector[:, None], [m], [0], [k_per_um], [eps])
        walls /= (group.density * group.r_weight).sum(axis=(1, 2))
    return float(0.5 * walls[0] / k_per_um**2)


def _cut(breaks: tuple[float, ...], end: float) -> tuple[float, ...]:
    """Element boundaries cut at the caustic, if it lies within; the body is counted whole."""
    end = max(end, 0.0)
    return breaks if end >= breaks[-1] else (*(b for b in breaks if b < end), end)


@dataclass(frozen=True)
class _Group:
    """Modes on one probe; arrays have one row for each."""

    problem: WindowProblem
    probe: Probe
    vectors: Values
    orders: NDArray[np.int64]
    qs: NDArray[np.int64]
    k_per_um: Array
    eps: Sequence[Permittivities]
    ordinary: Array
    axial: Array
    field: ElectricField
    density: Array

    @classmethod
    def of(
        cls,
        problem: WindowProblem,
        probe: Probe,
        vectors: Values,
        orders: Sequence[int],
        qs: Sequence[int],
        k_per_um: Sequence[float],
        eps: Sequence[Permittivities],
    ) -> _Group:
        """With their fields on the whole grid, and eps |E|^2 at the quadrature points proper."""
        m = np.array(orders)
        ordinary, axial = np.array([e.ordinary for e in eps]), np.array([e.axial for e in eps])
        field = probe.grid.electric(vectors, m)
        density = energy_densities(field, probe.grid.region, ordinary, axial)
        inner = density[:, probe.inner_s, probe.inner_t]
        k = np.array(k_per_um)
        return cls(problem, probe, vectors, m, np.array(qs), k, eps, ordinary, axial, field, inner)

    @property
    def r_weight(self) -> Array:
        """Quadrature weights of r dr dz."""
        probe = self.probe
        return np.asarray(probe.weight * probe.grid.r.real[probe.inner_s, probe.inner_t])

    def measures(self, corrections: Values, with_far: bool) -> list[Measures]:
        """All numbers of the modes; the corrections are what was taken from their vectors."""
        problem, probe = self.problem, self.probe
        peaks = peak_densities(problem, probe, self.density, self.vectors, self.orders, self.eps)
        region = probe.grid.region[probe.inner_s]
        weight = self.r_weight
        by_row = (self.density * weight).sum(axis=2)
        tail = self._tail()
        energy = by_row.sum(axis=1) + tail
        by_region = by_row @ (region[:, None] == np.arange(self.ordinary.shape[1]))
        by_region[:, -1] += tail
        # of the energy whose components are known: the tail's are not
        axial, radial = (
            (
                values[:, region]
                * (squared(part[:, probe.inner_s, probe.inner_t]) * weight).sum(axis=2)
            ).sum(axis=1)
            / (energy - tail)
            for values, part in ((self.axial, self.field.e_z), (self.ordinary, self.field.e_r))
        )
        breaks = problem.window.t_breaks
        length = breaks[-1] - breaks[0] if problem.cavity.sliced else 1.0
        both = 2.0 if problem.mirror else 1.0
        walls, of_k, beyond = _walls(
            problem, probe, self.vectors, self.orders, self.k_per_um, self.ordinary
        )
        far, of_taken = (
            self._radiation(energy * both, corrections)
            if with_far
            else np.full((2, self.orders.size), math.nan)
        )
        bound, shift = 0.5 * np.stack((walls, of_k)) / energy / self.k_per_um**2
        return [
            Measures(
                np.array([axial[j], radial[j], 1.0 - axial[j] - radial[j]]),
                by_region[j] / energy[j],
                2 * math.pi * both / length * float(energy[j]) / peaks[j],
                float(far[j]) + math.log10(length),
                self._scattering(j, float(energy[j])),
                float(shift[j]),
                _error_by(float(far[j]), float(of_taken[j])),
                float((beyond[j] + _OF_TAIL * tail[j]) / energy[j]),
                float(bound[j]),
            )
            for j in range(self.orders.size)
        ]

    def _radiation(self, energy: Array, corrections: Values) -> Array:
        """log10 Q of the modes, and by what the corrections alone radiate: (2, k)."""
        problem, probe = self.problem, self.probe
        sources = far_sources(
            problem,
            probe,
            self.field,
            (self.vectors, corrections),
            self.orders,
            self.k_per_um,
            self.eps,
        )
        n_surround = np.array([e.index[-1] for e in self.eps])
        around = Surroundings(n_surround, problem.mirror, problem.cavity.sliced)
        return log10_radiation_qs(sources, energy, self.orders, self.qs, self.k_per_um, around)

    def _tail(self) -> Array:
        """Energy between an absorbing layer that begins within the barrier and the caustic: a
        mode that leaks less has decayed there.
        """
        problem, probe, grid = self.problem, self.probe, self.probe.grid
        if not problem.is_complex:
            return np.zeros(self.orders.size)
        caustic = [
            caustic_distance_um(problem.cavity, int(m), int(q), float(k), float(e.index[-1]))
            for m, q, k, e in zip(self.orders, self.qs, self.k_per_um, self.eps, strict=True)
        ]
        beyond = np.array(caustic)[:, None] - float(grid.s_um[-1])
        r = grid.r.real[-1, probe.inner_t]
        ends = ElectricField(
            *(
                part[:, -1:, probe.inner_t]
                for part in (self.field.e_r, self.field.e_z, self.field.e_azimuthal)
            )
        )
        density = energy_densities(ends, grid.region[-1:], self.ordinary, self.axial)[:, 0]
        wave = self.k_per_um**2 * self.ordinary[:, -1]
        kappa = np.sqrt(np.maximum((self.orders[:, None] / r) ** 2 - wave[:, None], 0.0))
        room = np.maximum(beyond, 0.0)
        depth = room / np.maximum(2.0 * kappa * room, 1.0)
        area = probe.weight_t * abs(grid.length_t[-1, probe.inner_t]) * r
        return np.asarray((area * density * depth).sum(axis=1))

    def _scattering(self, j: int, energy: float) -> float | None:
        """Scattering Q from the field just inside the outline."""
        cavity, probe = self.problem.cavity, self.probe
        if cavity.roughness_nm <= 0.0:
            return None
        grid, columns = probe.grid, probe.inner_t
        t = grid.t_um[columns]
        r_t, z_t = cavity.outline.tangent(t)
        fields = (self.field.e_r, self.field.e_z, self.field.e_azimuthal)
        e_r, e_z, e_az = (e[j][probe.rim, columns] for e in fields)
        area = probe.weight_t * np.hypot(r_t, z_t) * grid.r.real[probe.rim, columns]
        k = float(self.k_per_um[j])
        return rim_scattering(cavity, self.eps[j], k, (e_r, e_z, e_az), (r_t, z_t), area, energy)


def _walls(
    problem: WindowProblem,
    probe: Probe,
    vectors: Values,
    orders: NDArray[np.int64],
    k_per_um: Array,
    ordinary: Array,
) -> tuple[Array, Array, Array]:
    """Sums over closed walls of both `wall_terms`, kappa from the local decay; and the first of the
    outer wall times d eps / kappa, the change of the energy there.

    Before a wall at the distance d the tail exp(-kappa s) is less by exp(kappa (s - 2 d)), and its
    energy by 2 d exp(-2 kappa d): 2 d eps k^2 / kappa times the relative change of k.
    """
    grid, radius = probe.grid, problem.cavity.outline.equator_radius_um
    bound, of_k, beyond = np.zeros((3, orders.size))
    m = orders[:, None, None]
    rows = np.array(probe.walls_s)
    inner = np.arange(grid.t_um.size)[probe.inner_t]
    ends = np.array(probe.walls_t, dtype=np.int64)
    for across, lines, columns in ((True, rows, inner), (False, probe.inner_s, ends)):
        if not columns.size:
            continue
        wall = grid.lines(lines, columns)
        r = abs(wall.r)
        local = ordinary[:, wall.region][:, :, None]
        wave = (k_per_um**2)[:, None, None] * local
        barrier = (m / r) ** 2 - (wave if across else (m / radius) ** 2)
        kappa = np.sqrt(np.maximum(barrier, (0.5 / radius) ** 2))
        weight = (
            probe.weight_t * wall.length_t if across else probe.weight_s[:, None] * wall.length_s
        )
        terms, own = weight * r * wall_terms(wall.evaluate(vectors, orders), wave, kappa)
        bound += terms.sum(axis=(1, 2))
        of_k += own.sum(axis=(1, 2))
        if across and rows[-1] != rows[0]:
            outer = (terms * local / kappa)[:, -1].sum(axis=1)
            beyond += problem.real_breaks[-1] * outer
    return bound, of_k, beyond


def _error_by(far: float, of_taken: float) -> float:
    """Error of log10 Q by what a correction took from the field."""
    return 2.0 * math.log10(1.0 + 10.0 ** (0.5 * (far - of_taken))) if math.isfinite(far) else 0.0
