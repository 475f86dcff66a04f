"""What a leak and absorbing layers mean for the errors of a section's mode: how sharply k is
solved, and the bars of k and of log10 Q.
"""

from __future__ import annotations

import math
from collections.abc import Mapping

from ..solver.bars import LESS_OF_LOG_Q
from ..solver.snapshot import Snapshot
from .orders import DiscreteError
from .section_problem import SectionProblem

# Of 1/Q that k is solved to where Q is read from it, but not to less than some of the accuracy
# asked for. Above a Q of 1e4 k only checks the far field, right to 1/Q: its imaginary part serves
# for that without more digits of the real one (a disk of Q = 1e7: 7e-4 of log10 Q, at 4e-7 of k).
_OF_INVERSE_Q, _CHECKS_BELOW, _STRICTEST = 1e-3, 1e-4, 0.03
# Of 1/Q, what absorbing layers that have the room they need leave of k whatever its orders: 2e-7 to
# 1.7e-6 on exact spheres of Q 8 to 40 at 1e-7, most where waves leave askew and the outermost
# elements are longer than they; what more there is at coarser accuracies is that of the elements of
# the layers, which their orders tell. Of k 1e-9, what spheres of higher Q were off, as far as that
# is not above the share of 1/Q that was ever seen.
_REFLECTED, _LEAST_OF_K, _MOST_REFLECTED = 1e-6, 1e-9, 5e-5
# Waves that grow outwards come back larger, on exact spheres 4e-4 of 1/Q at Q = 3.25 and below
# 1.1e-5 at 4.4: by the exponential of (8 / Q)^2, up to a twentieth.
_GROWN_AT, _MOST_GROWN = 8.0, 5e-2
# Cramped layers: 2e-3, and where they follow r and z within a round section k errs by 0.6 Q^(-3/2)
# too (spheres of Q 90 to 5600: half to 2.4 times that).
_REFLECTED_CRAMPED, _REFLECTED_BY_ROUND = 2e-3, 0.6
# Of the error of k, that 1/Q has at least: its change between two orders can be small by chance (a
# disk between plates, Q = 1600: k 6e-9 off, 1/2Q 5e-8, where 1e-7 is stated of k; a sphere of Q =
# 4.4, TE 2: log10 Q 7.5e-6 off, where all of the bar of k is 3.8e-6). All of it below a Q of
# 100 (of 64, TM 11 1 3: 9.6e-6 off, where six tenths were 3.2e-6); above, most of the error of k is
# real (of 1e4, TM 5 1 3: 2.3e-5 off, 1.6e-3 by all of it).
_SHARE_IN_Q, _ALL_BELOW = 0.6, 100.0


def goal_of(k: complex, accuracy: float) -> float:
    """Accuracy of k that a mode needs: what is asked of the wavelength, and of a leaky one some of
    1/Q, where k tells that.
    """
    inverse_q = _inverse_q(k)
    if inverse_q < _CHECKS_BELOW:
        return accuracy
    return min(accuracy, max(_OF_INVERSE_Q * inverse_q, _STRICTEST * accuracy))


def _inverse_q(k: complex) -> float:
    return abs(2 * k.imag / k.real)


def reflected(k: complex, problem: SectionProblem) -> float:
    """Relative error of k by what absorbing layers reflect."""
    inverse_q = _inverse_q(k)
    if problem.stretch is None or problem.stretch.full:
        grown = _REFLECTED * math.exp(min((_GROWN_AT * inverse_q) ** 2, 50.0))
        least = min(_MOST_REFLECTED * inverse_q, _LEAST_OF_K)
        return float(max(min(grown, _MOST_GROWN) * inverse_q, least))
    by_round = 0.0 if problem.cavity.ends.straight else _REFLECTED_BY_ROUND * inverse_q**1.5
    return float(_REFLECTED_CRAMPED * inverse_q + by_round)


def leak_errors(
    high: Snapshot,
    changes: Mapping[int, float],
    errors: Mapping[int, DiscreteError],
    of_k: Mapping[int, float],
) -> dict[int, float]:
    """Errors of log10 Q of leaky modes by their complex wavenumbers: what two orders change of Q,
    and no less than a share of what the whole error of k, by layers too, can be of 1/Q (exact
    sphere of Q = 5: 2.6e-4 off, where 5e-5 was stated without them).

    Each axial order has its own: between plates one leaks with Q = 600 and the next not at all.
    """
    gain = max(min(error.gain for error in errors.values()) / LESS_OF_LOG_Q, 1.0)
    out = {}
    for q, error in of_k.items():
        inverse_q = _inverse_q(high.wavenumber(q))
        by_k = 2.0 * error / (math.log(10.0) * inverse_q) if inverse_q else 0.0
        share = _SHARE_IN_Q + (1.0 - _SHARE_IN_Q) * min(_ALL_BELOW * inverse_q, 1.0)
        out[q] = max(changes.get(q, 0.0) / gain, share * by_k)
    return out
