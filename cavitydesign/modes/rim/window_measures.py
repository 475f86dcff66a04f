"""Measures of the modes of a window, from their fields on a grid of it.

Energies are int eps |E|^2 up to the outer caustic: the turning circle r_c of the surround, where a
leaky mode's evanescent field ends and its radiation begins; k n_s r_c is the angular order.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from ...arrays import Array, Values
from ...fem.field import GridField
from ...mesh.rim_layer import angular_order
from ..losses.measures import Measures, rim_scattering, wall_terms
from ..losses.radiation import Source, log10_radiation_qs
from ..permittivities import Permittivities
from ..stopwatch import check_time
from .far_source import far_sources
from .own_order import own_order
from .peak import energy_density, peak_densities
from .window_problem import Probe, WindowProblem

# Error of log10 Q by what a reduced basis lacks, above which the modes of an azimuthal order are
# solved for themselves
_HEARD = 3e-4
_OF_TAIL = 0.3  # error of a tail that is not in the window, told from the field at its end


def caustic_distance_um(
    problem: WindowProblem, m: int, q: int, k_per_um: float, n_surround: float
) -> float:
    """Distance of the outer caustic from the rim."""
    cavity = problem.cavity
    outer = angular_order(cavity, m, q) / (k_per_um * n_surround)
    return outer - cavity.outline.equator_radius_um


def measure_all(
    problem: WindowProblem,
    vectors: Values,
    orders: Sequence[int],
    qs: Sequence[int],
    k_per_um: Sequence[float],
    eps: Sequence[Permittivities],
    corrections: Values | None = None,
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
    """
    corrections = np.zeros_like(vectors) if corrections is None else corrections
    out = _measured(problem, vectors, orders, qs, k_per_um, eps, corrections)
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
) -> list[Measures]:
    """Measures of modes whose far fields are those of the corrected vectors."""
    groups: dict[tuple[float, ...], list[int]] = {}
    for number, (m, q, k, e) in enumerate(zip(orders, qs, k_per_um, eps, strict=True)):
        end = caustic_distance_um(problem, m, q, k, float(e.index[-1]))
        groups.setdefault(_cut(problem.real_breaks, end), []).append(number)
    out: dict[int, Measures] = {}
    for breaks, members in groups.items():
        check_time()
        probe = problem.probe if breaks == problem.real_breaks else Probe.build(problem, breaks)
        columns, chosen = vectors[:, members], np.array([orders[i] for i in members])
        corrected = columns - corrections[:, members]
        field = probe.grid.evaluate(corrected, chosen)
        media = [eps[i] for i in members]
        densities = np.stack([_density(probe, field, j, media[j]) for j in range(len(members))])
        peaks = peak_densities(problem, probe, densities, corrected, chosen, media)
        ks = [k_per_um[i] for i in members]
        sources = far_sources(
            problem, probe, field, columns, chosen.tolist(), ks, media, corrections[:, members]
        )
        for j, i in enumerate(members):
            check_time()
            one = _Reading(problem, probe, field, j, orders[i], qs[i], k_per_um[i], eps[i])
            out[i] = one.measures(densities[j], peaks[j], sources[0][j], sources[1][j])
    return [out[i] for i in range(len(orders))]


def wall_shift(
    problem: WindowProblem, vector: Values, m: int, k_per_um: float, eps: Permittivities
) -> float:
    """Estimate of the relative change of k of one mode by the closed walls of its window."""
    probe = problem.probe
    field = probe.grid.evaluate(vector, m)
    weight = probe.weight * probe.grid.r.real[probe.inner_s, probe.inner_t]
    reading = _Reading(problem, probe, field, 0, m, 0, k_per_um, eps)
    return reading.wall_shift(float((_density(probe, field, 0, eps) * weight).sum()))


def _cut(breaks: tuple[float, ...], end: float) -> tuple[float, ...]:
    """Element boundaries cut at the caustic, if it lies within; the body is counted whole."""
    end = max(end, 0.0)
    return breaks if end >= breaks[-1] else (*(b for b in breaks if b < end), end)


def _density(probe: Probe, field: GridField, j: int, eps: Permittivities) -> Array:
    """eps |E|^2 at the quadrature points of one mode."""
    everywhere = energy_density(field, j, probe.grid.region, eps)
    return np.asarray(everywhere[probe.inner_s, probe.inner_t])


@dataclass(frozen=True)
class _Reading:
    """One mode on a probe."""

    problem: WindowProblem
    probe: Probe
    field: GridField
    j: int
    m: int
    q: int
    k_per_um: float
    eps: Permittivities

    def measures(self, density: Array, peak: float, taken: Source, corrected: Source) -> Measures:
        """All numbers of the mode; `taken` is what a correction took from it."""
        problem, probe = self.problem, self.probe
        rows, columns = probe.inner_s, probe.inner_t
        region = probe.grid.region[rows]
        r_weight = probe.weight * probe.grid.r.real[rows, columns]
        weighted = density * r_weight
        tail = self._tail()
        energy = float(weighted.sum()) + tail
        by_region = np.bincount(
            region, weights=weighted.sum(axis=1), minlength=self.eps.ordinary.size
        )
        by_region[-1] += tail
        share = by_region / energy
        e_z, e_r = (
            abs(e[self.j][rows, columns]) ** 2 * r_weight for e in (self.field.e_z, self.field.e_r)
        )
        # of the energy whose components are known: the tail's are not
        axial = float((self.eps.axial[region] @ e_z).sum()) / (energy - tail)
        radial = float((self.eps.ordinary[region] @ e_r).sum()) / (energy - tail)
        breaks = problem.window.t_breaks
        length = breaks[-1] - breaks[0] if problem.cavity.sliced else 1.0
        both = 2.0 if problem.mirror else 1.0
        walls, beyond = self._walls()
        far, of_taken = log10_radiation_qs(
            [corrected, taken],
            energy * both,
            self.m,
            self.q,
            self.k_per_um,
            float(self.eps.index[-1]),
            problem.mirror,
            problem.cavity.sliced,
        )
        return Measures(
            np.array([axial, radial, 1.0 - axial - radial]),
            np.asarray(share),
            2 * math.pi * both / length * energy / peak,
            far + math.log10(length),
            self._scattering(energy),
            self._shift(walls, energy),
            2.0 * math.log10(1.0 + 10.0 ** (0.5 * (far - of_taken))) if math.isfinite(far) else 0.0,
            (beyond + _OF_TAIL * tail) / energy,
        )

    def _tail(self) -> float:
        """Energy between an absorbing layer that begins within the barrier and the caustic: a
        mode that leaks less has decayed there.
        """
        problem, probe, grid = self.problem, self.probe, self.probe.grid
        beyond = caustic_distance_um(
            problem, self.m, self.q, self.k_per_um, float(self.eps.index[-1])
        )
        beyond -= float(grid.s_um[-1])
        if not problem.is_complex or beyond <= 0.0:
            return 0.0
        at = (grid.s_um.size - 1, probe.inner_t)
        r = grid.r.real[at]
        density = energy_density(self.field, self.j, grid.region, self.eps)[at]
        kappa = np.sqrt(
            np.maximum((self.m / r) ** 2 - self.k_per_um**2 * self.eps.ordinary[-1], 0.0)
        )
        depth = 1.0 / np.maximum(2.0 * kappa, 1.0 / beyond)
        return float((probe.weight_t * abs(grid.length_t[at]) * r * density * depth).sum())

    def _scattering(self, energy: float) -> float | None:
        """Scattering Q from the field just inside the outline."""
        cavity, probe = self.problem.cavity, self.probe
        if cavity.roughness_nm <= 0.0:
            return None
        grid, columns = probe.grid, probe.inner_t
        t = grid.t_um[columns]
        r_t, z_t = cavity.outline.tangent(t)
        fields = (self.field.e_r, self.field.e_z, self.field.e_azimuthal)
        e_r, e_z, e_az = (e[self.j][probe.rim, columns] for e in fields)
        area = probe.weight_t * np.hypot(r_t, z_t) * grid.r.real[probe.rim, columns]
        return rim_scattering(
            cavity, self.eps, self.k_per_um, (e_r, e_z, e_az), (r_t, z_t), area, energy
        )

    def wall_shift(self, energy: float) -> float:
        """Relative change of k by the closed walls."""
        return self._shift(self._walls()[0], energy)

    def _shift(self, walls: float, energy: float) -> float:
        return 0.5 * walls / energy / self.k_per_um**2

    def _walls(self) -> tuple[float, float]:
        """Sum over closed walls of int (|curl E|^2 + k^2 eps |E|^2) dA / (2 kappa), kappa from the
        local decay; and that of the outer wall times d eps / kappa, the change of the energy there.

        Before a wall at the distance d the tail exp(-kappa s) is less by exp(kappa (s - 2 d)), and
        its energy by 2 d exp(-2 kappa d): 2 d eps k^2 / kappa times the relative change of k.
        """
        probe, grid = self.probe, self.probe.grid
        radius = self.problem.cavity.outline.equator_radius_um
        eps = self.eps.ordinary[grid.region][:, None]
        total = beyond = 0.0
        lines: list[tuple[Any, Any, Array, Array]] = [
            (row, probe.inner_t, probe.weight_t, grid.length_t) for row in probe.walls_s
        ]
        lines += [
            (probe.inner_s, column, probe.weight_s, grid.length_s) for column in probe.walls_t
        ]
        for rows, columns, weight, length in lines:
            at = (rows, columns)
            r = abs(grid.r[at])
            local = np.broadcast_to(eps, grid.r.shape)[at]
            wave = self.k_per_um**2 * local
            barrier = (self.m / r) ** 2 - (
                wave if isinstance(rows, int) else (self.m / radius) ** 2
            )
            kappa = np.sqrt(np.maximum(barrier, (0.5 / radius) ** 2))
            terms = weight * length[at] * r * wall_terms(self.field, self.j, at, wave, kappa)
            total += float(terms.sum())
            if isinstance(rows, int) and rows == probe.walls_s[-1] != probe.walls_s[0]:
                beyond += self.problem.real_breaks[-1] * float((terms * local / kappa).sum())
        return total, beyond
