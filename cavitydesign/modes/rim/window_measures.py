"""Measures of the modes of a window, from their fields on a grid of it.

Energies are int eps |E|^2 up to the outer caustic: the turning circle r_c of the surround, where a
leaky mode's evanescent field ends and its radiation begins; k n_s r_c is the angular order.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from ...analytic.leak import log10_slice_qs
from ...arrays import Array
from ...fem.field import ElectricField, squared
from ...mesh.rim_layer import caustic_distance_um
from ..losses.comb_radiation import Surroundings, log10_radiation_qs
from ..losses.measures import Measures, rim_scattering, wall_terms
from ..solver.solved_vectors import SolvedVectors
from ..stopwatch import check_time
from .far_source import far_sources, tangential_at_rim, wall_in_far
from .own_order import own_order
from .peak import energy_densities, peak_densities
from .window_problem import Probe, WindowProblem

# Error of log10 Q by what a reduced basis lacks, above which the modes of an azimuthal order are
# solved for themselves
_HEARD = 3e-4
# What is left in other patterns, over what a correction takes there, squared: the factors of
# another azimuthal order take up to three times too much of a mode beside the shift.
_OTHER_PATTERNS = 4.0
# Of what a correction radiates, the least part that counts as the mode's own pattern: patterns of
# opposite signs may cancel in it and not in what is left (8 combs of spheres at 1e-6 and 1e-7: no
# error beyond three stated ones with 0.1; two modes of p = 2 at 3.1 and 3.6 times with 0).
_LEAST_ALIKE = 0.1
_OF_TAIL = 0.3  # error of a tail that is not in the window, told from the field at its end


def measure_all(
    problem: WindowProblem, modes: SolvedVectors, with_far: bool = True
) -> list[Measures]:
    """Measure modes of one window; `with_far`: what they radiate too.

    The far field depends on parts of the field that no energy shows. In a mode of axial order q
    whose log10 Q is five above that of q = 0, a share of 5e-6 in the norm of the mass is 3e-2 of
    log10 Q. The far field is read from the corrected field therefore, and how much the correction
    radiates besides is its error. Where that would count, the modes of that azimuthal order are
    solved for themselves (`own_order`).
    """
    out = _measured(problem, modes, with_far)
    corrected = [bool(column.any()) for column in modes.corrections.T]
    loud = {
        m
        for m, one, known in zip(modes.m, out, corrected, strict=True)
        if known and one.far_error > _HEARD
    }
    again = [i for i, m in enumerate(modes.m) if m in loud and corrected[i]]
    if again:
        sharper = own_order(problem, modes.part(again))
        for i, one in zip(again, _measured(problem, sharper), strict=True):
            out[i] = one
    return out


def _measured(
    problem: WindowProblem, modes: SolvedVectors, with_far: bool = True
) -> list[Measures]:
    """Measures of modes whose far fields are those of the corrected vectors."""
    groups: dict[tuple[float, ...], list[int]] = {}
    for number, end in enumerate(_caustics(problem, modes)):
        groups.setdefault(_cut(problem.real_breaks, end), []).append(number)
    out: dict[int, Measures] = {}
    for breaks, members in groups.items():
        check_time()
        probe = problem.probe if breaks == problem.real_breaks else Probe.build(problem, breaks)
        group = _Group.of(problem, probe, modes.part(members))
        out |= dict(zip(members, group.measures(with_far), strict=True))
    return [out[i] for i in range(modes.count)]


def wall_shift(problem: WindowProblem, mode: SolvedVectors) -> float:
    """Bound of the relative change of k of one mode, x^T B x = 1, by the walls of its window."""
    walls, _, _ = _walls(problem, problem.probe, mode)
    if problem.is_complex:  # x^T B x holds the layer's share, and is no energy
        group = _Group.of(problem, problem.probe, mode)
        walls /= (group.density * group.r_weight).sum(axis=(1, 2))
    return float(0.5 * walls[0] / mode.k_per_um[0] ** 2)


def _caustics(problem: WindowProblem, modes: SolvedVectors) -> list[float]:
    """Distance of each mode's outer caustic from the rim, um."""
    return [
        caustic_distance_um(problem.cavity, int(m), int(q), float(k), float(n))
        for m, q, k, n in zip(modes.m, modes.q, modes.k_per_um, modes.n_surround, strict=True)
    ]


def _cut(breaks: tuple[float, ...], end: float) -> tuple[float, ...]:
    """Element boundaries cut at the caustic, if it lies within; the body is counted whole."""
    end = max(end, 0.0)
    return breaks if end >= breaks[-1] else (*(b for b in breaks if b < end), end)


@dataclass(frozen=True)
class _Group:
    """Modes on one probe; arrays have one row for each."""

    problem: WindowProblem
    probe: Probe
    modes: SolvedVectors
    field: ElectricField
    density: Array

    @classmethod
    def of(cls, problem: WindowProblem, probe: Probe, modes: SolvedVectors) -> _Group:
        """With their fields on the whole grid, and eps |E|^2 at the quadrature points proper."""
        field = probe.grid.electric(modes.corrected, modes.m)
        density = energy_densities(field, probe.grid.region, modes)
        inner = density[:, probe.inner_s, probe.inner_t]
        return cls(problem, probe, modes, field, inner)

    @property
    def r_weight(self) -> Array:
        """Quadrature weights of r dr dz."""
        probe = self.probe
        return np.asarray(probe.weight * probe.grid.r.real[probe.inner_s, probe.inner_t])

    def measures(self, with_far: bool) -> list[Measures]:
        """All numbers of the modes."""
        problem, probe, modes = self.problem, self.probe, self.modes
        peaks = peak_densities(problem, probe, self.density, modes)
        region = probe.grid.region[probe.inner_s]
        weight = self.r_weight
        by_row = (self.density * weight).sum(axis=2)
        tail = self._tail()
        energy = by_row.sum(axis=1) + tail
        by_region = by_row @ (region[:, None] == np.arange(modes.ordinary.shape[1]))
        by_region[:, -1] += tail
        # of the energy whose components are known: the tail's are not
        axial, radial = (
            (
                values[:, region]
                * (squared(part[:, probe.inner_s, probe.inner_t]) * weight).sum(axis=2)
            ).sum(axis=1)
            / (energy - tail)
            for values, part in ((modes.axial, self.field.e_z), (modes.ordinary, self.field.e_r))
        )
        breaks = problem.window.t_breaks
        length = breaks[-1] - breaks[0] if problem.cavity.sliced else 1.0
        both = 2.0 if problem.mirror else 1.0
        walls, of_k, beyond = _walls(problem, probe, modes)
        far, far_errors = (
            self._radiation(energy * both / length)
            if with_far
            else np.full((2, modes.count), math.nan)
        )
        n_k = modes.k_per_um * modes.n_surround
        bound, shift = 0.5 * np.stack((walls, of_k)) / energy / modes.k_per_um**2
        return [
            Measures(
                np.array([axial[j], radial[j], 1.0 - axial[j] - radial[j]]),
                by_region[j] / energy[j],
                2 * math.pi * both / length * float(energy[j]) / peaks[j],
                float(far[j]),
                self._scattering(j, float(energy[j])),
                float(shift[j]),
                float(far_errors[j]),
                float((beyond[j] + _OF_TAIL * tail[j]) / energy[j]),
                float(bound[j]),
                wall_in_far=wall_in_far(problem, int(modes.m[j]), int(modes.q[j]), float(n_k[j])),
            )
            for j in range(modes.count)
        ]

    def _radiation(self, energy: Array) -> tuple[Array, Array]:
        """log10 Q of the modes, (k,), and its errors by what their corrections radiate besides; the
        energy of a slice is that per length.
        """
        problem, modes = self.problem, self.modes
        if problem.cavity.sliced:
            x = modes.k_per_um * modes.n_surround * problem.cavity.outline.equator_radius_um
            rim = tangential_at_rim(problem, modes)
            far = log10_slice_qs(rim, energy, modes.m, modes.k_per_um, x)
            return far[0], _errors_by(far[0], far[1], np.ones(modes.count))
        sources = far_sources(problem, self.probe, self.field, modes)
        around = Surroundings(modes.n_surround, problem.mirror)
        far, alike = log10_radiation_qs(sources, energy, modes.m, modes.q, modes.k_per_um, around)
        return far[0], _errors_by(far[0], far[1], alike[1])

    def _tail(self) -> Array:
        """Energy between an absorbing layer that begins within the barrier and the caustic: a
        mode that leaks less has decayed there.
        """
        problem, probe, grid, modes = self.problem, self.probe, self.probe.grid, self.modes
        if not problem.is_complex:
            return np.zeros(modes.count)
        caustic = _caustics(problem, modes)
        beyond = np.array(caustic)[:, None] - float(grid.s_um[-1])
        r = grid.r.real[-1, probe.inner_t]
        ends = ElectricField(
            *(
                part[:, -1:, probe.inner_t]
                for part in (self.field.e_r, self.field.e_z, self.field.e_azimuthal)
            )
        )
        density = energy_densities(ends, grid.region[-1:], modes)[:, 0]
        wave = modes.k_per_um**2 * modes.ordinary[:, -1]
        kappa = np.sqrt(np.maximum((modes.m[:, None] / r) ** 2 - wave[:, None], 0.0))
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
        k, eps = float(self.modes.k_per_um[j]), self.modes.eps[j]
        return rim_scattering(cavity, eps, k, (e_r, e_z, e_az), (r_t, z_t), area, energy)


def _walls(
    problem: WindowProblem, probe: Probe, modes: SolvedVectors
) -> tuple[Array, Array, Array]:
    """Sums over closed walls of both `wall_terms`, kappa from the local decay; and the first of the
    outer wall times d eps / kappa, the change of the energy there.

    Before a wall at the distance d the tail exp(-kappa s) is less by exp(kappa (s - 2 d)), and its
    energy by 2 d exp(-2 kappa d): 2 d eps k^2 / kappa times the relative change of k.
    """
    grid, radius = probe.grid, problem.cavity.outline.equator_radius_um
    bound, of_k, beyond = np.zeros((3, modes.count))
    m = modes.m[:, None, None]
    rows = np.array(probe.walls_s)
    inner = np.arange(grid.t_um.size)[probe.inner_t]
    ends = np.array(probe.walls_t, dtype=np.int64)
    for across, lines, columns in ((True, rows, inner), (False, probe.inner_s, ends)):
        if not columns.size:
            continue
        wall = grid.lines(lines, columns)
        r = abs(wall.r)
        local = modes.ordinary[:, wall.region][:, :, None]
        wave = (modes.k_per_um**2)[:, None, None] * local
        barrier = (m / r) ** 2 - (wave if across else (m / radius) ** 2)
        kappa = np.sqrt(np.maximum(barrier, (0.5 / radius) ** 2))
        weight = (
            probe.weight_t * wall.length_t if across else probe.weight_s[:, None] * wall.length_s
        )
        terms, own = weight * r * wall_terms(wall.evaluate(modes.corrected, modes.m), wave, kappa)
        bound += terms.sum(axis=(1, 2))
        of_k += own.sum(axis=(1, 2))
        if across and rows[-1] != rows[0]:
            outer = (terms * local / kappa)[:, -1].sum(axis=1)
            beyond += problem.real_breaks[-1] * outer
    return bound, of_k, beyond


def _errors_by(far: Array, of_taken: Array, alike: Array) -> Array:
    """Errors of log10 Q by what corrections took from the fields.

    Parameters
    ----------
    far, of_taken : (k,) arrays
        log10 Q of the modes, and by what the corrections alone radiate.
    alike : (k,) array
        The part of the corrections' amplitude that has the modes' own pattern.
    """
    known = np.isfinite(far)
    share = 10.0 ** (np.where(known, far, 0.0) - of_taken)
    changed = 2.0 * np.maximum(alike, _LEAST_ALIKE) * np.sqrt(share) + _OTHER_PATTERNS * share
    return np.where(known, np.log10(1.0 + changed), 0.0)
