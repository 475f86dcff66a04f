"""The resonance of a radial problem without losses: a root counted by the nodes of its field."""

from __future__ import annotations

import math

import numpy as np
from scipy.optimize import brentq

from ..errors import InputError, SolverError
from .functions.radial import RadialProblem, mismatch, radial_field
from .functions.size_parameters import size_parameter


def node_count(problem: RadialProblem, k: float) -> int:
    """Zeros of the regular solution between the axis and the outermost interface, by its signs."""
    radius = problem.radii_um[-1]
    nu = problem.bessel_order
    peak = max(complex(n).real for n in problem.indices[:-1])
    inner = nu / (peak * k)
    if inner >= radius:
        return 0
    waves = (math.sqrt((peak * k * radius) ** 2 - nu**2) - nu * math.acos(inner / radius)) / math.pi
    # points even in the WKB phase, which grows as depth^(3/2) near the caustic and linearly further
    # out
    depth = np.linspace(0.0, 1.0, 16 + 12 * math.ceil(waves))[1:] ** (2.0 / 3.0)
    u, _ = radial_field(problem, k, inner + (radius - inner) * depth, outgoing=False)
    signs = np.sign(u.real)
    return int(np.count_nonzero(signs[1:] * signs[:-1] < 0))


def _phase(problem: RadialProblem, k: float, nodes: int) -> float:
    """Pruefer phase in units of pi: grows with k through p - 1/2 at the resonance of radial order
    p.
    """
    return nodes + 0.5 - math.atan(mismatch(problem, k, opened=0.0).real / problem.order) / math.pi


def real_wavenumber(problem: RadialProblem, p: int) -> float:
    """Wavenumber of radial order p without losses (indices made real, Y outside), in um^-1.

    The Pruefer phase of a Sturm-Liouville problem grows with k, so that the p-th root is unique and
    none is skipped.

    Raises
    ------
    SolverError
        If order p is not held: its k would lie above the outer barrier m/(n_surround R).
    """
    if p < 1 or problem.order < 1:
        raise InputError(f"order {problem.order}, p {p}: both count from 1")
    problem = problem.without_loss
    target = p - 0.5
    low, high, low_nodes, high_nodes = _bracket(problem, p)
    while low_nodes != p - 1 or high_nodes != p - 1:
        middle = 0.5 * (low + high)
        nodes = node_count(problem, middle)
        if _phase(problem, middle, nodes) < target:
            low, low_nodes = middle, nodes
        else:
            high, high_nodes = middle, nodes
        if high - low < 1e-13 * high:
            raise SolverError(
                f"order {problem.order}, p = {p}: two radial orders are too close to be told apart"
            )
    return float(
        brentq(
            lambda k: _phase(problem, k, p - 1) - target, low, high, xtol=1e-15 * high, rtol=1e-15
        )
    )


def _bracket(problem: RadialProblem, p: int) -> tuple[float, float, int, int]:
    """Wavenumbers with the phase below and above that of order p, with their nodes; first around a
    guess.
    """
    radius = problem.radii_um[-1]
    surround = complex(problem.indices[-1]).real
    peak = max(complex(n).real for n in problem.indices[:-1])
    lowest = math.sqrt(problem.angular) / (peak * radius)
    highest = math.sqrt(problem.angular) / (surround * radius) * (1.0 - 1e-9)
    contrast = complex(problem.indices[-2]).real / surround
    trials = []
    if contrast > 1.0:
        guess = size_parameter(problem.bessel_order, contrast, p, problem.transverse_electric) / (
            surround * radius
        )
        width = 0.03 * guess * problem.bessel_order ** (-2.0 / 3.0)
        trials.append((max(lowest, guess - width), min(highest, guess + width)))
    trials.append((lowest, highest))
    for low, high in trials:
        if low < high:
            low_nodes, high_nodes = node_count(problem, low), node_count(problem, high)
            if _phase(problem, low, low_nodes) < p - 0.5 < _phase(problem, high, high_nodes):
                return low, high, low_nodes, high_nodes
    raise SolverError(
        f"order {problem.order}, p = {p}: no such resonance below the outer barrier; take a "
        "larger order or fewer p"
    )
