"""What a leak and absorbing layers mean for the errors of a section's mode: how sharply k is
solved, and the bars of k and of log10 Q.
"""

from __future__ import annotations

import math
from collections.abc import Mapping

import numpy as np

from ...fem.field import ON_AXIS
from ..permittivities import permittivities
from ..solver.bars import LESS_OF_LOG_Q
from ..solver.snapshot import Snapshot
from .orders import DiscreteError
from .section_problem import SectionProblem

# Of 1/Q that k is solved to where Q is read from it, but not to less than some of the accuracy
# asked for. Above a Q of 1e4 k only checks the far field, right to 1/Q: its imaginary part serves
# for that without more digits of the real one (a disk of Q = 1e7: 7e-4 of log10 Q, at 4e-7 of k).
_OF_INVERSE_Q, _CHECKS_BELOW, _STRICTEST = 1e-3, 1e-4, 0.03
# Of 1/Q, what layers that have the room they need leave of k whatever its orders, beside what
# their ends send back: 3e-9 to 4e-8 on exact spheres of Q 3 to 40 at 1e-8.
_REFLECTED = 1e-8
# Cosine between a ray and a side's normal, above which a wave meets the side: sides of a sector of
# a sphere lie along the rays, and edges of many degrees cut their curve by less than this.
_MET = 0.2
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
    if problem.stretch is None:
        return 0.0
    if problem.stretch.full:
        return (_REFLECTED + _sent_back(k, problem)) * inverse_q
    by_round = 0.0 if problem.cavity.ends.straight else _REFLECTED_BY_ROUND * inverse_q**1.5
    return float(_REFLECTED_CRAMPED * inverse_q + by_round)


def _sent_back(k: complex, problem: SectionProblem) -> float:
    """Amplitude, over that of the wave that leaves, of what the ends of the layers send back.

    A wave runs as exp(i k n rho), with rho the stretched distance; metal at its end sends back an
    amplitude of exp(2 i k n rho), to first order in which k shifts by that share of 1/Q. Of a mode
    with Im k < 0 it grows over the real part of rho. Waves of m > 0 turn out of the barrier first
    and decay more.
    """
    mesh, box = problem.mesh, problem.stretch
    assert box is not None
    edge = mesh.at_boundary(but=(*problem.cavity.magnetic, *problem.cavity.electric))
    corners = mesh.edges[edge]
    owner = np.zeros(mesh.edges.shape[0], dtype=np.int64)
    owner[mesh.element_edges] = np.arange(mesh.elements)[:, None]
    r, z = mesh.vertex_positions[corners].transpose(2, 0, 1)
    index = np.sqrt(permittivities(problem.cavity, k.real).ordinary[mesh.region[owner[edge]]])
    bodies = mesh.nodes[problem.body_numbers >= 0][..., 1]
    middle = 0.5 * (bodies.min() + bodies.max())
    ends = np.sqrt(box.radial(r)[0] ** 2 + (box.axial(z)[0] - middle) ** 2)
    back = np.exp(np.minimum(-2.0 * (k * index[:, None] * ends).imag, 0.0))
    # Not sides towards the axis, where waves of m > 0 do not run, nor those that waves run along.
    start = np.array([0.0, middle])
    ray = mesh.vertex_positions[corners].mean(axis=1) - start
    inside = mesh.nodes.mean(axis=(1, 2))[owner[edge]] - start
    along = mesh.vertex_positions[corners[:, 1]] - mesh.vertex_positions[corners[:, 0]]
    across = np.stack((along[:, 1], -along[:, 0]), axis=1)
    across *= np.sign(((ray - inside) * across).sum(axis=1))[:, None]
    met = (ray * across).sum(axis=1)
    outer = met > _MET * np.linalg.norm(ray, axis=1) * np.linalg.norm(across, axis=1)
    cut = box.beyond(r, z) & outer[:, None] & (r > ON_AXIS * mesh.extent_um[1])
    return float(back[cut].max(initial=0.0))


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
        # an error of k holds its imaginary part
        out[q] = min(max(changes.get(q, 0.0) / gain, share * by_k), by_k)
    return out
