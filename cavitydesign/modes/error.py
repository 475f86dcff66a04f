"""Error bars: the same modes two polynomial orders lower, the walls of the window, the reduced basis, rounding.

Over two orders the eigenvalue's error falls by 37 to 1000 on these meshes at orders 7 and above, by 10 to 100 at 6 (measured on
exact spheres and cylinders, p = 1 .. 3; odd-even effects make a step of one order unreliable), so the difference divided by the
lower end of that range bounds the error of the higher order. The shift by a closed wall follows from Hadamard's formula
d(k^2)/dh = -oint (|curl E|^2 - k^2 eps |E|^2) dA / int eps |E|^2 dV, integrated outwards over the decay exp(-2 kappa h).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from scipy import linalg

from ..fem.field import evaluate
from ..fem.forms import restriction
from ..fem.legendre import Array
from .family import RawMode, ReducedFamily
from .media import Permittivities
from .measure import element_points, measure
from .problem import Values, WindowProblem

_GAIN_OF_TWO_ORDERS = {4: 4.0, 5: 6.0, 6: 12.0, 7: 40.0, 8: 50.0}
_GAIN_AT_HIGH_ORDER = 60.0
_ROUNDING = 3e-13


@dataclass(frozen=True)
class ErrorBars:
    """Relative error of the wavenumber by axial order, and absolute errors of confinement, log10 Q relative of the volume, and the walls' part."""

    by_q: Mapping[int, float]
    confinement: float
    log10_q: float
    volume: float
    wall: float

    @property
    def worst(self) -> float:
        """Largest relative error of the wavenumber."""
        return max(self.by_q.values(), default=0.0)

    def relative(self, q: int) -> float:
        """Relative error of the wavenumber of axial order q."""
        return self.by_q.get(q, self.worst)


def error_bars(family: ReducedFamily, modes: Sequence[RawMode], basis_error: float) -> ErrorBars:
    """Error bars of a family, from its first snapshot solved two orders lower."""
    shot = family.snapshots[0]
    if not shot.chosen:
        return ErrorBars({}, 0.0, 0.0, 0.0, 0.0)
    problem = family.problem
    low = problem.lowered(problem.order - 2)
    start = shot.vectors[restriction(problem.space, low.space)]
    stiffness, mass = low.matrix(low.stiffness(shot.m)), low.matrix(low.mass(shot.m, shot.eps))
    factor = low.factor(shot.m, shot.eps, shot.shift)
    block: Values = start
    for _ in range(2):  # the start is within the truncation error; each step gains the ratio of distances to the shift
        block = np.linalg.qr(factor.solve(np.asarray(mass @ block)))[0]
    values, weights = _ritz(np.asarray(block.T @ (stiffness @ block)), np.asarray(block.T @ (mass @ block)))
    by_q, confinement, log_q, volume, wall = {}, 0.0, 0.0, 0.0, 0.0
    for number, (q, column) in enumerate(sorted(shot.chosen.items())):
        near = int(np.argmin(abs(values - shot.values[column])))
        k_high, k_low = np.sqrt(complex(shot.values[column])), np.sqrt(complex(values[near]))
        gain = _GAIN_OF_TWO_ORDERS.get(problem.order, _GAIN_AT_HIGH_ORDER)
        if family.seed.p > 1 or q > 1:  # more oscillations on the same elements
            gain *= 0.6
        walls = wall_error(problem, shot.vectors[:, column], shot.m, float(k_high.real), shot.eps)
        wall = max(wall, walls)
        by_q[q] = float(abs(k_high - k_low) / abs(k_high)) / gain + walls + basis_error + _ROUNDING
        if number == 0:
            a = measure(problem, shot.vectors[:, column], shot.m, q, float(k_high.real), shot.eps)
            b = measure(low, np.asarray(block @ weights[:, near]), shot.m, q, float(k_low.real), shot.eps)
            confinement = float(abs(a.region_share - b.region_share).max()) / 10.0 + 30.0 * walls + 1e-12
            log_q = abs(a.log10_q_far - b.log10_q_far) / 5.0 + 1e-9
            volume = abs(b.volume_um3 / a.volume_um3 - 1.0) / 5.0
    return ErrorBars(by_q, confinement, log_q, volume, wall)


def wall_error(problem: WindowProblem, vector: Values, m: int, k_per_um: float, eps: Permittivities) -> float:
    """Relative shift of k by the closed walls of the window (not by an absorbing layer's end)."""
    window, sliced = problem.window, problem.cavity.sliced
    real = [layer for layer in window.layers if layer.stretch is None]
    breaks = (*(b for layer in real for b in layer.breaks[:-1]), real[-1].breaks[-1])
    s, w_s = element_points(breaks, problem.order + 1)
    t, w_t = element_points(window.t_breaks, (1 if sliced else problem.order) + 1)
    inside = evaluate(window, problem.space, vector, m, s, t)
    square = abs(inside.e_r[0]) ** 2 + abs(inside.e_z[0]) ** 2 + abs(inside.e_azimuthal[0]) ** 2
    weight = np.outer(w_s, w_t) * abs(inside.jacobian * inside.r)
    energy = float((eps.ordinary[inside.region][:, None] * square * weight).sum())
    total = 0.0
    s_walls = [window.s_breaks[0]] + ([] if window.is_complex else [window.s_breaks[-1]])
    for s_wall in s_walls:
        total += _one_wall(problem, vector, m, k_per_um, eps, np.array([s_wall]), t, w_t)
    if not sliced:
        for t_wall in [window.t_breaks[-1]] if window.half else [window.t_breaks[0], window.t_breaks[-1]]:
            total += _one_wall(problem, vector, m, k_per_um, eps, s, np.array([t_wall]), w_s)
    return 0.5 * total / energy / k_per_um**2


def _one_wall(
    problem: WindowProblem, vector: Values, m: int, k_per_um: float, eps: Permittivities, s: Array, t: Array, weight: Array
) -> float:
    """Integral over one wall of (|curl E|^2 + k^2 eps |E|^2) / (2 kappa), kappa from the local decay."""
    field = evaluate(problem.window, problem.space, vector, m, s, t)
    _, _, r_s, z_s, r_t, z_t = problem.window.map(s, t)
    across = s.size == 1
    length = np.hypot(abs(r_t), abs(z_t)) if across else np.hypot(abs(r_s), abs(z_s))
    line = weight * (abs(field.r) * length).ravel()
    local = eps.ordinary[field.region][:, None] * np.ones_like(line.reshape(field.r.shape))
    curl = (abs(field.curl_r[0]) ** 2 + abs(field.curl_z[0]) ** 2 + abs(field.curl_azimuthal[0]) ** 2).ravel()
    square = (abs(field.e_r[0]) ** 2 + abs(field.e_z[0]) ** 2 + abs(field.e_azimuthal[0]) ** 2).ravel()
    barrier = (m / abs(field.r)).ravel() ** 2 - k_per_um**2 * local.ravel()
    if not across:
        barrier = barrier + k_per_um**2 * local.ravel() - (m / problem.cavity.outline.equator_radius_um) ** 2
    kappa = np.sqrt(np.maximum(barrier, (0.5 / problem.cavity.outline.equator_radius_um) ** 2))
    return float((line * (curl + k_per_um**2 * local.ravel() * square) / (2 * kappa)).sum())


def _ritz(a: Values, b: Values) -> tuple[Values, Values]:
    if np.iscomplexobj(a):
        values, vectors = linalg.eig(a, b)
        return values, vectors
    values, vectors = linalg.eigh(0.5 * (a + a.T), 0.5 * (b + b.T))
    return values, vectors
