"""How the numbers of one mode settle as the polynomial degree of its elements rises.

The mode's own elements are taken at some degrees less and at two more. Its vector is lifted into
each of these spaces and refined there, so that every row of the table is an eigenpair of its own.
"""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any

import numpy as np

from ...arrays import Values
from ...eigen.refine import krylov_block, ritz
from ...errors import InputError
from ...units import wavelength_nm
from ..changes.first_order import Quotient, dispersive_energy
from ..solved_mode import SolvedMode
from ..solver.problem import EigenProblem
from ..solver.snapshot import RawMode
from .convergence_result import MORE, Convergence, ConvergenceRow

_FEWER = 4  # rows below the mode's own degree: enough to see the rate at which numbers settle
_LEAST_DEGREE = 2  # Linear elements resolve no mode of a window.
# Each round is shifted to the last value, which at least squares the error; two vectors of a
# block part the mode from a neighbour.
_ROUNDS, _KRYLOV = 3, 2
_SETTLED = 1e-13  # of k^2: rounding
_BESIDE = 1e-10  # of k^2: a shift at the eigenvalue itself makes the matrix singular
_SAME = 0.7  # of the energy: an eigenvector that shares less with the mode is another one


def convergence_of(mode: SolvedMode, fewer: int = _FEWER) -> Convergence:
    """Wavelength and Q of a mode at rising degrees; see `Mode.convergence`."""
    if fewer < 1:
        raise InputError(f"fewer: at least one lower degree is needed, not {fewer}")
    raw = mode.solved()
    degree = raw.problem.order
    steps = [step for step in range(-fewer, MORE + 1) if degree + step >= _LEAST_DEGREE]
    found = {step: _at_degree(mode, raw, step) for step in steps}
    finest, own = found[MORE][1], found[0][1]
    # Re k with absorption, and what the reduced basis left of k, as the mode has them
    factor = mode.wavelength_nm / wavelength_nm(own.real)
    slope = _frozen_over_dispersive(raw)
    rows = []
    for problem, k, log10_q in found.values():
        changed = own.real + (k.real - own.real) * slope
        wavelength = wavelength_nm(changed) * factor
        change = (finest.real - k.real) * slope / own.real
        rows.append(ConvergenceRow(problem.order, problem.size, wavelength, change, log10_q))
    relative = mode.wavelength_error_nm / mode.wavelength_nm
    return Convergence(mode.label, tuple(rows), degree, relative, mode.losses.radiation_error)


def _at_degree(mode: SolvedMode, raw: RawMode, step: int) -> tuple[EigenProblem, complex, float]:
    """The problem, the wavenumber for the media at the mode's own wavelength, and log10 Q."""
    problem = raw.problem if step == 0 else raw.problem.at_degree(step)
    start = raw.vector[:, None] if step == 0 else problem.embed(raw.problem, raw.vector[:, None])
    found = _refined(problem, raw, start)
    if found is None:
        return problem, complex(math.nan), math.nan
    square, vector = found
    k = complex(np.sqrt(complex(square)))
    return problem, k, _log10_q(mode, raw, problem, k, vector)


def _refined(problem: EigenProblem, raw: RawMode, start: Values) -> tuple[complex, Values] | None:
    """Eigenvalue k^2 and vector that a rough vector becomes; None if it becomes another mode."""
    pencil = problem.pencil(raw.m, raw.eps)
    square = complex(raw.k_per_um**2) if problem.is_complex else complex(raw.k_per_um.real**2)
    block = start
    mine_is: Values | None = None
    for _ in range(_ROUNDS):
        shift: Any = square * (1.0 + _BESIDE) if problem.is_complex else square.real * (1 + _BESIDE)
        factor = pencil.factor(shift)
        if mine_is is None:
            # What a coarse space cuts out of a vector is largely gradients, at k = 0: one inverse
            # step leaves of them what the ratio to the shift leaves.
            mine_is = factor.solve(pencil.mass @ start)
        basis = krylov_block(factor.solve, pencil.mass.__matmul__, block, _KRYLOV)
        values, weights = ritz(
            basis.T @ (pencil.stiffness @ basis), basis.T @ (pencil.mass @ basis)
        )
        vectors = basis @ weights
        vectors = vectors / np.linalg.norm(vectors, axis=0)
        mine = int(np.argmax(abs(mine_is.conj().T @ vectors)[0]))
        before, square, block = square, complex(values[mine]), vectors[:, [mine]]
        if abs(square / before - 1.0) < _SETTLED:
            break
    mass = pencil.mass @ block
    scaled = block[:, 0] / np.sqrt(block[:, 0] @ mass[:, 0])
    # the two fields in the larger of their spaces, which holds both as they are
    larger = raw.problem if raw.problem.size >= problem.size else problem
    first, second = (
        larger.embed(whose, vector[:, None])[:, 0]
        for whose, vector in ((raw.problem, raw.vector), (problem, scaled))
    )
    weighed = larger.pencil(raw.m, raw.eps).mass
    shared = abs(first.conj() @ (weighed @ second)) ** 2
    energies = abs(first.conj() @ (weighed @ first)) * abs(second.conj() @ (weighed @ second))
    return None if shared < _SAME * energies else (square, scaled)


def _log10_q(
    mode: SolvedMode, raw: RawMode, problem: EigenProblem, k: complex, vector: Values
) -> float:
    """Radiative Q, by the kind of reading that the mode's own is nearest to."""
    own = mode.losses.radiation
    if own is None:
        return math.nan
    layer = mode.extra.get("log10_q_radiation_absorbing_layer")
    far = mode.extra.get("log10_q_radiation_far_field")
    by_layer = layer is not None and (far is None or abs(layer - own) <= abs(far - own))
    here = replace(raw, problem=problem, vector=vector)
    dispersion = -math.log10(_frozen_over_dispersive(here))
    if by_layer:
        return math.log10(abs(k.real / (2.0 * k.imag))) + dispersion if k.imag else math.inf
    return problem.far_log10_q(vector, raw.m, raw.q, k.real, raw.eps) + dispersion


def _frozen_over_dispersive(raw: RawMode) -> float:
    """int eps |E|^2 / int n n_g |E|^2: what is left of a change of k where indices follow k."""
    quotient = Quotient.of_mode(raw)
    return float((quotient.weighted(raw.eps) / dispersive_energy(raw, quotient)).real)
