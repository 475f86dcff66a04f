"""Error bars: the same modes two polynomial orders lower, plus the reduced basis, plus rounding.

Over two orders the eigenvalue's error falls by a factor of 100 to 600 on these meshes (measured on exact spheres and cylinders,
orders 4 to 10; odd-even effects make a step of one order unreliable), so the difference divided by a conservative factor bounds
the error of the higher order.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from scipy import linalg

from .family import RawMode, ReducedFamily
from .measure import measure
from .problem import Values, lower_order

_GAIN_OF_TWO_ORDERS = 50.0
_ROUNDING = 3e-13


@dataclass(frozen=True)
class ErrorBars:
    """Relative error of the wavenumber by axial order, and absolute errors of confinement, log10 Q and relative of the volume."""

    by_q: Mapping[int, float]
    confinement: float
    log10_q: float
    volume: float

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
        return ErrorBars({}, 0.0, 0.0, 0.0)
    problem = family.problem
    low, keep = lower_order(problem, problem.order - 2)
    start = shot.vectors[keep]
    stiffness, mass = low.matrix(low.stiffness(shot.m)), low.matrix(low.mass(shot.m, shot.eps))
    factor = low.factor(shot.m, shot.eps, shot.shift)
    block: Values = start
    for _ in range(2):  # the start is within the truncation error; each step gains the ratio of distances to the shift
        block = np.linalg.qr(factor.solve(np.asarray(mass @ block)))[0]
    values, weights = _ritz(np.asarray(block.T @ (stiffness @ block)), np.asarray(block.T @ (mass @ block)))
    by_q, confinement, log_q, volume = {}, 0.0, 0.0, 0.0
    for number, (q, column) in enumerate(sorted(shot.chosen.items())):
        near = int(np.argmin(abs(values - shot.values[column])))
        k_high, k_low = np.sqrt(complex(shot.values[column])), np.sqrt(complex(values[near]))
        by_q[q] = float(abs(k_high - k_low) / abs(k_high)) / _GAIN_OF_TWO_ORDERS + basis_error + _ROUNDING
        if number == 0:
            a = measure(problem, shot.vectors[:, column], shot.m, q, float(k_high.real), shot.eps)
            b = measure(low, np.asarray(block @ weights[:, near]), shot.m, q, float(k_low.real), shot.eps)
            confinement = float(abs(a.region_share - b.region_share).max()) / 10.0 + 1e-12
            log_q = abs(a.log10_q_far - b.log10_q_far) / 5.0 + 1e-9
            volume = abs(b.volume_um3 / a.volume_um3 - 1.0) / 5.0
    return ErrorBars(by_q, confinement, log_q, volume)


def _ritz(a: Values, b: Values) -> tuple[Values, Values]:
    if np.iscomplexobj(a):
        values, vectors = linalg.eig(a, b)
        return values, vectors
    values, vectors = linalg.eigh(0.5 * (a + a.T), 0.5 * (b + b.T))
    return values, vectors
