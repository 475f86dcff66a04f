"""Which modes a section holds near a wavenumber, before the solve: all families at once.

At a fixed k the weak form is linear in m^2: (K0 - k^2 Bt) x = -m^2 (K2 - k^2 Bphi) x. The largest
m^2 below (k n R)^2 are the modes of the body, p = 1 and q = 0 first, with m not yet whole; no
azimuthal order needs to be guessed. Estimates at low order: they choose the orders m, the window
and the shifts, and are never reported.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
from scipy.sparse.linalg import ArpackNoConvergence, LinearOperator, eigs

from ....arrays import Values
from ....eigen.factor import Matrix, combination, factorise
from ....eigen.refine import krylov_block, ritz
from ....errors import SolverError
from ...estimates.seeds import radial_guess
from ...permittivities import Permittivities, permittivities
from ...solver.identity import Identity
from ...stopwatch import check_time
from ..section_identity import belongs, identify_section
from ..section_problem import SectionProblem
from ..supermodes import ranked

LEAST_PURITY = 0.4  # share of a field in one product below which its name means nothing
_MOST = 64  # eigenpairs of a search, whose vectors are kept
_MOST_SEARCHES = 8  # one below the other, from the rim inwards
# Share of the azimuthal order asked for below which modes are not looked at: they would need half
# the wavelength of the survey.
_LEAST_SHARE = 0.5
_ALIKE = 0.9  # cosine of two vectors of one mode
_ABOVE = 1.02  # of the largest m^2 that can be: eigenvalues are looked for from there downwards
# m^2 below which a mode is none of m = 1: beside the wavelength asked for it is less.
_LEAST_SQUARE = 0.2
# Of k n R of the surround, below which a mode has no m: those of Q = 2 to 10 with a few axial
# orders lie at two thirds of it, where walls around hold nothing that resembles them.
_LEAKIEST = 0.5
# 1/Q: below a Q of 2 there is no resonance to speak of. Of Im m^2 / Re m^2, as much at high
# m and more at m = 1 (0.63 of a sphere's l = 2, q = 1 with Q = 4.9), a first look.
_MOST_LOSS, _MOST_TURNED = 0.6, 1.5
_TOLERANCE = 1e-4  # relative, of the eigenvalues of the survey, which is coarse itself
# Azimuthal orders that the shift of an inverse iteration lies above the modes, and that absorbing
# layers may move one (as much as a mode of Q = 10 is wide at m = 6).
_BESIDE, _MOVED = 0.05, 0.3
_STEPS = 3  # of the block, from vectors that are all but the modes
_SAME = 1e-3  # relative distance of m below which two searches may have found one mode


class NothingSeenError(SolverError):
    """A survey that went through all it had to look at, and saw no mode of the body."""


@dataclass(frozen=True)
class SurveyedMode:
    """One mode at a wavenumber, of an azimuthal order that is not whole.

    Attributes
    ----------
    square_slope : float
        d(k^2)/d(m^2) along the family.
    loss : float
        |Im m^2| / m^2, the relative loss with absorbing layers.
    vector : (n,) array
        On the surveyed problem.
    """

    identity: Identity
    k_per_um: float
    m: float
    square_slope: float
    loss: float
    vector: Values = field(repr=False)

    @property
    def label(self) -> tuple[str, int, int]:
        """Polarisation, p and q."""
        return self.identity.label

    @property
    def merit(self) -> float:
        """How clearly this is the mode of its name: of an absorbing layer's modes, which may carry
        the name too, all lose more.
        """
        return -self.loss if self.loss else self.identity.inside * self.identity.purity

    def wavenumber(self, m: float) -> float:
        """Estimate of k at another azimuthal order."""
        return math.sqrt(max(self.k_per_um**2 + self.square_slope * (m**2 - self.m**2), 1e-12))

    @property
    def inverse_q(self) -> float:
        """Estimate of 1/Q at the order of the mode; 0 where it was seen without layers."""
        return self.square_slope * self.loss * self.m**2 / self.k_per_um**2

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
    least: float = 0.0,
    late: Callable[[], bool] = lambda: False,
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
    least : float
        Lowest m of interest.
    late : callable
        Whether to leave it at what was found.

    Raises
    ------
    SolverError
        If no mode of the body is found.
    """
    cavity = problem.cavity
    left, right, eps = _pencil(problem, k_per_um)
    near = near or _highest_order(problem, k_per_um, eps)
    closed = cavity.ends.closed  # nothing radiates there: m may be as low as it likes
    leaky = 0.0 if closed else k_per_um * float(eps.index[-1]) * cavity.rim_um[0]
    if problem.is_complex:
        leaky *= _LEAKIEST
    lowest = max(leaky, least) ** 2
    found: list[SurveyedMode] = []
    ordered: list[SurveyedMode] = []
    shift, wanted = _ABOVE * near**2, min(first, _MOST)
    for _ in range(_MOST_SEARCHES):
        check_time()
        factor = factorise(combination([(1.0, left), (-shift, right)]))
        values, vectors = _nearest(problem, factor.solve, right.__matmul__, shift, wanted)
        modes = _named(problem, values, vectors, k_per_um, eps.ordinary)
        found += [mode for mode in modes if not any(_same(mode, old) for old in found)]
        ordered = named_over_all(found, cavity.bodies)
        reached = float(values.real.min())
        if enough(ordered) or reached < lowest or late():
            break
        far = wanted == _MOST or not ordered
        shift = max(reached, lowest) if far else 0.5 * (shift + reached)
        wanted = min(2 * wanted, _MOST)
    if not ordered:
        raise NothingSeenError(
            f"{cavity.source}: no mode of the body near {2e3 * math.pi / k_per_um:.1f} nm; "
            "is the body's index the highest, and the mesh fine enough at its rim?"
        )
    return ordered


def followed(problem: SectionProblem, modes: Sequence[SurveyedMode]) -> list[SurveyedMode]:
    """Known modes on a problem of the same section with absorbing layers, by inverse iteration;
    only those that keep their names and hardly move.

    Parameters
    ----------
    problem : SectionProblem
    modes : sequence of SurveyedMode
        With their vectors on this problem, each at its wavenumber.
    """
    out = []
    for k in sorted({mode.k_per_um for mode in modes}):
        same = [mode for mode in modes if mode.k_per_um == k]
        left, right, eps = _pencil(problem, k)
        shift = (max(mode.m for mode in same) + _BESIDE) ** 2
        factor = factorise(combination([(1.0, left), (-shift, right)]))
        start = np.stack([mode.vector for mode in same], axis=1).astype(complex)
        basis = krylov_block(factor.solve, right.__matmul__, start, _STEPS)
        values, weights = ritz(basis.T @ (left @ basis), basis.T @ (right @ basis))
        near = np.flatnonzero(abs(values - shift) < 2 * abs(shift - min(m.m for m in same) ** 2))
        found = _named(problem, values[near], basis @ weights[:, near], k, eps.ordinary)
        named = {mode.label: mode for mode in named_over_all(found, problem.cavity.bodies)}
        for mode in same:
            other = named.get(mode.label)
            if other is not None and abs(other.m - mode.m) < _MOVED:
                out.append(other)
    return out


def named_over_all(found: Sequence[SurveyedMode], bodies: int) -> list[SurveyedMode]:
    """Modes at one wavenumber with their labels over all bodies, largest m first; of several with
    one label the clearest.
    """
    merit, m = np.array([mode.merit for mode in found]), np.array([mode.m for mode in found])
    labels = ranked([mode.identity for mode in found], -m, merit, bodies)
    named = [
        replace(found[index], identity=replace(found[index].identity, q=q))
        for index, (_, _, q) in labels.items()
    ]
    return sorted(named, key=lambda mode: -mode.m)


def _pencil(problem: SectionProblem, k_per_um: float) -> tuple[Matrix, Matrix, Permittivities]:
    """K and B of the eigenproblem for m^2, and the media."""
    forms, square = problem.forms, k_per_um**2
    eps = permittivities(problem.cavity, k_per_um)
    left = forms.matrix(curl=1.0, plane=-square * eps.ordinary, axial=-square * eps.axial)
    return left, forms.matrix(gradient=-1.0, azimuthal=square * eps.ordinary), eps


def _same(one: SurveyedMode, other: SurveyedMode) -> bool:
    """Whether two searches found one mode."""
    if abs(one.m - other.m) > _SAME * other.m:
        return False
    x, y = one.vector, other.vector
    return bool(abs(np.vdot(x, y)) > _ALIKE * np.linalg.norm(x) * np.linalg.norm(y))


def _highest_order(problem: SectionProblem, k: float, eps: Permittivities) -> float:
    """Azimuthal order above which no body has a mode: the highest Airy estimate, with the higher
    index of a uniaxial medium.
    """
    mesh, numbers = problem.mesh, problem.body_numbers
    index = np.sqrt(np.maximum(eps.ordinary, eps.axial))
    radius = mesh.nodes[..., 0].max(axis=(1, 2))
    orders = []
    for number in range(problem.cavity.bodies):
        of_body = numbers == number
        largest = float(index[mesh.region[of_body]].max())
        rim = float(radius[of_body].max())
        orders.append(_whispering_order(k, rim, largest, float(eps.index[-1])))
    return max(orders)


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

    def inverted(vector: Values) -> Values:
        check_time()
        return solve(right(vector))

    operator = LinearOperator((problem.size,) * 2, matvec=inverted, dtype=dtype)
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
    turned = abs(values.imag) < _MOST_TURNED * values.real
    good = np.flatnonzero((values.real > _LEAST_SQUARE) & turned)
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
        if not belongs(problem, identity) or identity.purity < LEAST_PURITY:
            continue
        x = columns[:, i]
        mass = forms.mass(float(m[i]), eps.ordinary, eps.axial)
        slope = complex((x @ (turn @ x)) / (x @ (mass @ x))).real
        if slope > 0:
            loss = abs(values[good[i]].imag) / values[good[i]].real if problem.is_complex else 0.0
            mode = SurveyedMode(identity, k, float(m[i]), slope, float(loss), x)
            if mode.inverse_q < _MOST_LOSS:
                modes.append(mode)
    return modes


def _real(vectors: Values) -> Values:
    """Eigenvectors of real eigenvalues turned to their real phase."""
    row = np.argmax(abs(vectors), axis=0)
    peak = vectors[row, np.arange(vectors.shape[1])]
    return np.asarray((vectors * (np.conj(peak) / abs(peak))).real)
