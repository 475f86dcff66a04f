"""Solve one radial family of a section for all its azimuthal and axial orders on the elements where it lives.

As for the windows: eigenpairs at a few azimuthal orders span a reduced basis, the affine matrices projected onto it give every
other order with dispersion, and the residual of the full problem bounds what the basis misses.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from scipy import linalg

from ..eigen.lanczos import shift_invert_lanczos
from .media import Permittivities, permittivities
from .problem import Values
from .section_identity import identify_section
from .section_problem import SectionProblem
from .section_seed import SectionSeed
from .snapshot import RawMode, Snapshot

_MOST_WANTED = 48
_LEAST_INSIDE = 0.25
_MOST_ROUNDS = 8


def first_shot(problem: SectionProblem, seed: SectionSeed, m: int, qs: Sequence[int]) -> Snapshot:
    """Eigenpairs of the wanted axial orders from nothing, searched wider until each is found."""
    guesses = [seed.k_per_um(m, q) for q in qs]
    eps = permittivities(problem.cavity, 0.5 * (min(guesses) + max(guesses)))
    shift = (max(guesses) * (1 + 0.1 / m)) ** 2
    pencil = problem.pencil(m, eps)
    factor = pencil.factor(shift)
    start = np.random.default_rng(20).standard_normal(problem.size).astype(pencil.mass.dtype)
    wanted = len(qs) + 3
    while True:
        pairs = shift_invert_lanczos(factor.solve, pencil.mass.__matmul__, shift, start, wanted, 1e-6)
        chosen = _choose(problem, seed, m, qs, pairs.values, pairs.vectors, eps)
        if len(chosen) == len(qs) or wanted >= min(_MOST_WANTED, problem.size // 3):
            return Snapshot(m, shift, eps, pencil, factor, pairs.values, pairs.vectors, chosen)
        wanted = 2 * wanted


def _choose(
    problem: SectionProblem,
    seed: SectionSeed,
    m: int,
    qs: Sequence[int],
    values: Values,
    vectors: Values,
    eps: Permittivities,
) -> dict[int, int]:
    """Columns with the wanted labels; of several the clearest, or with an absorbing layer the least leaky."""
    chosen: dict[int, int] = {}
    merit: dict[int, float] = {}
    k = np.sqrt(values.astype(complex))
    for column, identity in enumerate(identify_section(problem, vectors, m, eps.ordinary)):
        if (identity.polarisation, identity.p) != (seed.polarisation, seed.p) or identity.q not in qs:
            continue
        if identity.inside < _LEAST_INSIDE or abs(k[column].real / seed.k_per_um(m, identity.q) - 1) > 0.1:
            continue
        good = -abs(k[column].imag / k[column].real) if problem.is_complex else identity.inside * identity.purity
        if identity.q not in chosen or good > merit[identity.q]:
            chosen[identity.q], merit[identity.q] = column, good
    return chosen


def lifted_shot(
    problem: SectionProblem,
    seed: SectionSeed,
    m: int,
    guess: Snapshot,
    start: Values,
    steps: int = 2,
    close_to: int | None = None,
) -> Snapshot:
    """Eigenpairs from those of a lower order or of another azimuthal order: block Krylov steps, labels kept by overlap.

    Parameters
    ----------
    start : (n, k) array
        The wanted vectors of `guess`, in the order of its `chosen`, as vectors of this problem.
    steps : int
        Length of the block Krylov sequence.
    close_to : int or None
        An axial order next to whose eigenvalue the shift is set, to part it from neighbours in frequency.
    """
    k_old = {q: guess.wavenumber(q).real for q in guess.chosen}
    expected = {q: k * seed.k_per_um(m, q) / seed.k_per_um(guess.m, q) for q, k in k_old.items()}
    middle = float(np.mean(list(expected.values())))
    eps = guess.eps if m == guess.m else permittivities(problem.cavity, middle)
    shift = (max(expected.values()) * (1 + 0.03 / m)) ** 2 if close_to is None else expected[close_to] ** 2 * (1 + 1e-6)
    pencil = problem.pencil(m, eps)
    factor = pencil.factor(shift)
    blocks = [start]
    for _ in range(steps):
        block = factor.solve(np.asarray(pencil.mass @ blocks[-1]))
        blocks.append(block / np.linalg.norm(block, axis=0))
    basis = np.linalg.qr(np.concatenate(blocks[::-1], axis=1))[0]
    values, weights = ritz(basis.T @ (pencil.stiffness @ basis), basis.T @ (pencil.mass @ basis))
    vectors = np.asarray(basis @ weights)
    overlap = abs(start.T @ (pencil.mass @ vectors))
    columns = [int(np.argmax(row)) for row in overlap]
    chosen = {q: place for place, q in enumerate(guess.chosen)}
    return Snapshot(m, shift, eps, pencil, factor, values[columns], vectors[:, columns], chosen)


def ritz(a: Values, b: Values) -> tuple[Values, Values]:
    """Eigenpairs of a small (complex-)symmetric pencil, vectors scaled to y^T b y = 1."""
    if np.iscomplexobj(a) or np.iscomplexobj(b):
        values, vectors = linalg.eig(a, b)
        return values, np.asarray(vectors / np.sqrt(np.einsum("ij,ij->j", vectors, b @ vectors)))
    values, vectors = linalg.eigh(0.5 * (a + a.T), 0.5 * (b + b.T))
    return values, np.asarray(vectors)


@dataclass(frozen=True, eq=False)
class SectionFamily:
    """Snapshots of a family and the affine matrices on their span.

    Attributes
    ----------
    small : tuple of arrays
        Projected K0, K2, B_plane, B_azimuthal and B_axial (or None).
    """

    problem: SectionProblem
    seed: SectionSeed
    snapshots: tuple[Snapshot, ...]
    basis: Values = field(repr=False)
    small: tuple[Values, Values, Values, Values, Values | None] = field(repr=False)

    @classmethod
    def span(cls, problem: SectionProblem, seed: SectionSeed, snapshots: Sequence[Snapshot]) -> SectionFamily:
        """Project the affine matrices onto the snapshots' eigenvectors."""
        left, singular, _ = np.linalg.svd(np.concatenate([shot.wanted for shot in snapshots], axis=1), full_matrices=False)
        basis = left[:, singular > 1e-10 * singular[0]]
        forms = problem.forms

        def project(data: Values) -> Values:
            if data.ndim == 2:
                return np.stack([project(one) for one in data])
            return np.asarray(basis.T @ (problem.matrix(data) @ basis))

        parts = tuple(map(project, (forms.k0, forms.k2, forms.b_plane, forms.b_azimuthal)))
        axial = None if forms.b_axial is None else project(forms.b_axial)
        return cls(problem, seed, tuple(snapshots), basis, (*parts, axial))  # type: ignore[arg-type]

    def _mass(self, m: int, ordinary: Values, axial: Values) -> Values:
        active = list(self.problem.forms.active)
        data = np.tensordot(ordinary[active], self.small[2] + m**2 * self.small[3], 1)
        if self.small[4] is not None:
            data = data + np.tensordot(axial[active], self.small[4], 1)
        return np.asarray(data)

    def follow(self, orders: Sequence[int], qs: Sequence[int]) -> list[RawMode]:
        """Every (m, q), each followed by overlap from the first snapshot outwards."""
        first = self.snapshots[0]
        begin = {q: self.basis.conj().T @ first.vectors[:, column] for q, column in first.chosen.items() if q in qs}
        modes = []
        for ladder in ([m for m in orders if m >= first.m], [m for m in reversed(orders) if m < first.m]):
            tracks = dict(begin)
            for m in ladder:
                for q in tracks:
                    mode, tracks[q] = self._mode(m, q, tracks[q])
                    modes.append(mode)
        return modes

    def _mode(self, m: int, q: int, track: Values) -> tuple[RawMode, Values]:
        """One mode with the media at its own wavelength, and its weights in the basis."""
        problem, cavity = self.problem, self.problem.cavity
        stiffness = self.small[0] + m**2 * self.small[1]
        k = complex(self.seed.k_per_um(m, q))
        for _ in range(12):
            eps = permittivities(cavity, k.real)
            mass = self._mass(m, eps.ordinary, eps.axial)
            values, vectors = ritz(stiffness, mass)
            column = int(np.argmax(abs(track @ mass @ vectors)))
            before, k = k, complex(np.sqrt(complex(values[column])))
            track = vectors[:, column]
            if abs(k - before) < 1e-14 * abs(k):
                break
        k = k if k.imag <= 0 else k.conjugate()
        lossy = self._absorbing(stiffness, mass, m, k, track, eps)
        vector = np.asarray(self.basis @ track)
        pencil = problem.pencil(m, eps)
        square = k**2 if problem.is_complex else k.real**2
        image = square * (pencil.mass @ vector)
        residual = np.asarray(pencil.stiffness @ vector - image)
        relative = float(np.linalg.norm(residual) / np.linalg.norm(image))
        raw = RawMode(problem, m, q, k, lossy, vector, eps, residual, relative)  # type: ignore[arg-type]
        return raw, track

    def _absorbing(self, stiffness: Values, mass: Values, m: int, k: complex, y: Values, eps: Permittivities) -> complex:
        """Wavenumber with the imaginary permittivities too: Rayleigh-quotient iteration of the small problem."""
        if not eps.loss.any():
            return k
        mass = mass + 1j * self._mass(m, eps.loss, eps.loss)
        value, y = k**2, y.astype(complex)
        for _ in range(3):
            y = np.linalg.solve(stiffness - value * (1 + 1e-9) * mass, mass @ y)
            y = y / np.linalg.norm(y)
            value = complex((y @ stiffness @ y) / (y @ mass @ y))
        root = complex(np.sqrt(value))
        return root if root.real > 0 else -root

    def basis_error(self, mode: RawMode) -> float:
        """Estimate of the relative error of k that the basis causes: r^T (K - s B)^-1 r with the nearest snapshot's factor."""
        shot = min(self.snapshots, key=lambda s: abs(s.m - mode.m))
        correction = shot.factor.solve(mode.residual)
        return 0.5 * abs(complex(mode.residual @ correction)) / abs(mode.k_per_um) ** 2


def solved_family(
    problem: SectionProblem, seed: SectionSeed, first: Snapshot, qs: Sequence[int], accuracy: float
) -> tuple[SectionFamily, list[RawMode], float]:
    """All modes of a family, snapshots added where the residual is largest until the basis is good enough.

    Returns
    -------
    family, modes, error
        Error: the largest relative error of k that the basis causes.
    """
    shots = [first]
    if len(seed.orders) > 1 and first.chosen:
        shots.append(lifted_shot(problem, seed, seed.orders[-1], first, first.wanted, 4))
    for _ in range(_MOST_ROUNDS):
        family = SectionFamily.span(problem, seed, shots)
        modes = family.follow(seed.orders, qs)
        errors = [(family.basis_error(mode), mode.m, mode.q) for mode in modes]
        worst, where, q = max(errors, default=(0.0, first.m, 0))
        if worst <= 0.05 * accuracy:
            break
        near = min(range(len(shots)), key=lambda i: abs(shots[i].m - where))
        again = shots[near].m == where  # neighbours in frequency held it up
        better = lifted_shot(problem, seed, where, shots[near], shots[near].wanted, 4, q if again else None)
        if again:
            shots[near] = better
        else:
            shots.append(better)
    return family, modes, worst
