"""Which modes a section within walls holds at one azimuthal order: all of them from the longest
wavelength down, band by band.

Nothing radiates there, so that modes need not whisper along a rim: at m = 1 the lowest modes of a
can fill it, and no estimate of a rim tells where they are. At a whole m the pencil (K, B) has
gradients at k = 0 and modes above; of a band of k^2 the middle lies nearer to both its ends than to
0, and the inertia at the ends counts what is in it.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np

from ....arrays import Values
from ....eigen.lanczos import shift_invert_lanczos
from ....errors import SolverError
from ...permittivities import Permittivities, permittivities
from ...solver.problem import Pencil
from ..section_identity import identify_section
from ..section_problem import SectionProblem
from ..supermodes import ranked
from .survey import LEAST_PURITY, SurveyedMode

_FIRST_UP_TO = 1.3  # of the wavenumber asked for: a hint may be a fifth off
_NEXT_UP_TO = 1.25  # of the end of the last band
# Eigenpairs of one factorisation, whose cost grows with their square; bands beyond which a name
# that was asked for is given up.
_MOST_IN_A_BAND, _MOST_BANDS = 48, 8
_LOWEST = 1e-6  # of the k^2 asked for: below it are gradients alone
_SPARE = 2  # eigenpairs
_RESIDUAL = 1e-6  # of the inverted problem; eigenvalues are right to its square
# Of Lanczos: eight for each of the most eigenpairs; a bound that stops what does not converge
_MOST_STEPS = 400
# Relative distance from the wavenumber asked for at which a mode counts 0.6 of one beside it, where
# several have one name.
_FAR = 1.0


def closed_survey(
    problem: SectionProblem,
    m: int,
    k_per_um: float,
    enough: Callable[[Sequence[SurveyedMode]], bool],
    late: Callable[[], bool] = lambda: False,
) -> list[SurveyedMode]:
    """Modes at a whole azimuthal order, longest wavelengths first, until there are
    enough.

    Parameters
    ----------
    problem : SectionProblem
        Within walls, without absorbing layers.
    m : int
    k_per_um : float
        Of the wavelength asked for, whose media are taken.
    enough : callable
        Whether the modes found so far are all that is asked for.
    late : callable
        Whether to leave it at what was found.

    Raises
    ------
    SolverError
        If no mode is found.
    """
    eps = permittivities(problem.cavity, k_per_um)
    pencil = problem.pencil(float(m), eps)
    low = _LOWEST * k_per_um**2
    none = below = _below(pencil, low)
    high = (_FIRST_UP_TO * k_per_um) ** 2
    found: list[SurveyedMode] = []
    named: list[SurveyedMode] = []
    for _ in range(_MOST_BANDS):
        count = _below(pencil, high) - below
        while count > _MOST_IN_A_BAND:
            high = 0.5 * (low + high)
            count = _below(pencil, high) - below
        if count:
            found += _modes(problem, pencil, eps, m, (low, high), count)
            named = _named(found, problem.cavity.bodies, k_per_um)
        if (enough(named) and high > k_per_um**2 * (2 - _FIRST_UP_TO) ** 2) or late():
            break
        below += count
        low, high = high, high * _NEXT_UP_TO**2
    if not named:
        raise SolverError(
            f"{problem.cavity.source}: none of {below - none} modes of m = {m} at wavelengths above"
            f" {2e3 * math.pi / math.sqrt(low):.1f} nm has clear radial and axial orders"
        )
    return named


def _below(pencil: Pencil, square: float) -> int:
    """Eigenvalues k^2 below one, gradients included."""
    factor, _ = pencil.factor_near(square)
    negative = factor.negative
    if negative is None:
        raise SolverError(f"the eigenvalues below k0^2 = {square:.6g} um^-2 could not be counted")
    return int(negative)


def _modes(
    problem: SectionProblem,
    pencil: Pencil,
    eps: Permittivities,
    m: int,
    band: tuple[float, float],
    count: int,
) -> list[SurveyedMode]:
    """The modes of a band that have a clear identity."""
    factor, shift = pencil.factor_near(0.5 * (band[0] + band[1]))
    start = np.random.default_rng(22).standard_normal(problem.size)
    pairs = shift_invert_lanczos(
        factor.solve,
        pencil.mass.__matmul__,
        shift,
        start,
        min(count + _SPARE, problem.size - 2),
        _RESIDUAL,
        _MOST_STEPS,
    )
    inside = np.flatnonzero((pairs.values.real > band[0]) & (pairs.values.real < band[1]))
    vectors: Values = pairs.vectors[:, inside]
    if not inside.size:
        return []
    turn = problem.forms.matrix(gradient=1.0)
    out = []
    identities = identify_section(problem, vectors, float(m), eps.ordinary)
    for identity, x, square in zip(identities, vectors.T, pairs.values.real[inside], strict=True):
        if identity.purity < LEAST_PURITY:
            continue
        azimuthal = problem.forms.matrix(azimuthal=eps.ordinary)
        slope = float(x @ (turn @ x) - square * (x @ (azimuthal @ x))) / float(
            x @ (pencil.mass @ x)
        )
        out.append(SurveyedMode(identity, math.sqrt(square), float(m), max(slope, 1e-12), 0.0, x))
    return out


def _named(found: Sequence[SurveyedMode], bodies: int, k_per_um: float) -> list[SurveyedMode]:
    """Modes with their labels over all bodies, longest wavelength first; of several with one label
    the clearest, or that nearest to the wavenumber asked for.
    """
    k = np.array([mode.k_per_um for mode in found])
    merit = np.array([mode.merit for mode in found])
    merit = merit * np.exp(-0.5 * ((k / k_per_um - 1.0) / _FAR) ** 2)
    labels = ranked([mode.identity for mode in found], k, merit, bodies)
    named = [
        replace(found[index], identity=replace(found[index].identity, q=q))
        for index, (_, _, q) in labels.items()
    ]
    return sorted(named, key=lambda mode: mode.k_per_um)
