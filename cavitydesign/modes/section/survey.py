"""Which modes a section holds near a wavenumber, before the solve: all families at once.

At a fixed k the weak form is linear in m^2: (K0 - k^2 Bt) x = -m^2 (K2 - k^2 Bphi) x. The largest
m^2 below (k n R)^2 are the modes of the body, p = 1 and q = 0 first, with m not yet whole; no
azimuthal order needs to be guessed. Estimates at low order: they choose the orders m, the window
and the shifts, and are never reported.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import numpy as np
from scipy.sparse.linalg import ArpackNoConvergence, LinearOperator, eigs

from ...eigen.factor import combination, factorise
from ...errors import SolverError
from ..identity import Identity
from ..media import permittivities
from ..rim.problem import Values
from ..seeds import radial_guess
from .identity import LEAST_INSIDE, identify_section
from .problem import SectionProblem

_LEAST_PURITY = 0.4
_MOST = 64
_ABOVE = 1.02
_TOLERANCE = 1e-4
_SAME = 1e-6  # relative distance of m^2 below which two searches found one mode


@dataclass(frozen=True)
class SurveyedMode:
    """One mode at a wavenumber, of an azimuthal order that is not whole.

    Attributes
    ----------
    square_slope : float
        d(k^2)/d(m^2) along the family.
    vector : (n,) array
        On the surveyed problem.
    """

    identity: Identity
    k_per_um: float
    m: float
    square_slope: float
    vector: Values = field(repr=False)

    def wavenumber(self, m: float) -> float:
        """Estimate of k at another azimuthal order."""
        return math.sqrt(max(self.k_per_um**2 + self.square_slope * (m**2 - self.m**2), 1e-12))

    def order(self, k_per_um: float) -> float:
        """Estimate of m at another wavenumber."""
        return math.sqrt(max(self.m**2 + (k_per_um**2 - self.k_per_um**2) / self.square_slope, 0.0))


Enough = Callable[[Sequence[SurveyedMode]], bool]


def survey(
    problem: SectionProblem,
    k_per_um: float,
    enough: Enough,
    near: float | None = None,
    first: int = 8,
) -> list[SurveyedMode]:
    """Modes of the body at a wavenumber, largest m first, searched until there are enough or none
    is left.

    Parameters
    ----------
    problem : SectionProblem
    k_per_um : float
    enough : callable
        Whether the modes found so far are all that is asked for.
    near : float or None
        Highest m known of them, where the search begins; otherwise it does at the Airy estimate for
        the rim's radius, which lies above all modes of flatter and smaller bodies.
    first : int
        Modes searched for at first.

    Raises
    ------
    SolverError
        If no mode of the body is found.
    """
    cavity, forms = problem.cavity, problem.forms
    eps = permittivities(cavity, k_per_um)
    square = k_per_um**2
    left = forms.matrix(curl=1.0, plane=-square * eps.ordinary, axial=-square * eps.axial)
    right = forms.matrix(gradient=-1.0, azimuthal=square * eps.ordinary)
    near = near or _whispering_order(
        k_per_um, cavity.rim_um[0], float(eps.index[-2]), float(eps.index[-1])
    )
    lowest = (k_per_um * float(eps.index[-1]) * cavity.rim_um[0]) ** 2
    found: list[SurveyedMode] = []
    looked_at = np.zeros(0)
    shift, wanted = _ABOVE * near**2, first
    while True:
        factor = factorise(combination([(1.0, left), (-shift, right)]))
        values, vectors = _nearest(problem, factor.solve, right.__matmul__, shift, wanted)
        new = (abs(values.real[:, None] - looked_at) > _SAME * abs(values.real[:, None])).all(
            axis=1
        )
        found += _named(problem, values[new], vectors[:, new], k_per_um, eps.ordinary)
        looked_at = np.concatenate([looked_at, values.real])
        ordered = sorted(found, key=lambda mode: -mode.m)
        reached = float(values.real.min())
        if enough(ordered) or wanted >= _MOST or reached < lowest:
            break
        wanted *= 2
        shift = 0.5 * (shift + reached) if ordered else max(reached, lowest)
    if not ordered:
        raise SolverError(
            f"{cavity.source}: no mode of the body near {2e3 * math.pi / k_per_um:.1f} nm; "
            "is the body's index the highest, and the mesh fine enough at its rim?"
        )
    return ordered


def _whispering_order(k: float, radius: float, index: float, surround: float) -> float:
    """Azimuthal order of TM p = 1 of a cylinder of the rim's radius, by the Airy estimate."""
    m = k * index * radius
    for _ in range(8):
        m *= k / radial_guess(radius, index, surround, m, 1, "TM")
    return m


def _nearest(
    problem: SectionProblem,
    solve: Callable[[Values], Values],
    right: Callable[[Values], Values],
    shift: float,
    wanted: int,
) -> tuple[Values, Values]:
    """Eigenvalues m^2 nearest the shift and their vectors."""
    dtype = complex if problem.is_complex else float
    start = np.random.default_rng(20).standard_normal(problem.size).astype(dtype)
    operator = LinearOperator((problem.size,) * 2, matvec=lambda v: solve(right(v)), dtype=dtype)
    inverse: Values
    vectors: Values
    try:
        inverse, vectors = eigs(
            operator, k=min(wanted, problem.size - 2), which="LM", tol=_TOLERANCE, v0=start
        )
    except ArpackNoConvergence as partial:
        inverse, vectors = partial.eigenvalues, partial.eigenvectors
    return shift + 1.0 / inverse, vectors


def _named(
    problem: SectionProblem, values: Values, vectors: Values, k: float, permittivity: Values
) -> list[SurveyedMode]:
    """The modes among eigenvectors that belong to the body and have a clear identity."""
    good = np.flatnonzero((values.real > 1.0) & (abs(values.imag) < 0.2 * values.real))
    if not good.size:
        return []
    m = np.sqrt(values[good].real)
    columns = vectors[:, good]
    if not problem.is_complex:
        columns = _real(columns)
    identities = identify_section(problem, columns, m, permittivity)
    eps = permittivities(problem.cavity, k)
    forms, modes = problem.forms, []
    turn = forms.matrix(gradient=1.0, azimuthal=-(k**2) * eps.ordinary)
    for i, identity in enumerate(identities):
        if identity.inside < LEAST_INSIDE or identity.purity < _LEAST_PURITY:
            continue
        x = columns[:, i]
        mass = forms.mass(float(m[i]), eps.ordinary, eps.axial)
        slope = complex((x @ (turn @ x)) / (x @ (mass @ x))).real
        if slope > 0:
            modes.append(SurveyedMode(identity, k, float(m[i]), slope, x))
    return modes


def _real(vectors: Values) -> Values:
    """Eigenvectors of real eigenvalues turned to their real phase."""
    place = np.argmax(abs(vectors), axis=0)
    peak = vectors[place, np.arange(vectors.shape[1])]
    return np.asarray((vectors * (np.conj(peak) / abs(peak))).real)
