"""Solve one radial family (polarisation, p) for all its azimuthal and axial orders in one window.

Snapshots at a few azimuthal orders span a reduced basis; the small problem gives every other order, with dispersion; the residual
of the full problem decides whether a snapshot is missing.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from ..eigen.factor import Factor
from ..eigen.reduced_basis import ReducedPencil, orthonormal
from .classify import Identity, identify
from .media import Permittivities, permittivities
from .problem import Values, WindowProblem
from .seeds import FamilySeed

Array = NDArray[np.float64]

_MOST_WANTED = 60


@dataclass(frozen=True)
class Snapshot:
    """Eigenpairs computed at one azimuthal order.

    Attributes
    ----------
    values : (k,) array
        k0^2, nearest the shift first.
    chosen : dict of int to int
        Column of each axial order found.
    """

    m: int
    shift: float
    eps: Permittivities
    factor: Factor = field(repr=False)
    values: Values = field(repr=False)
    vectors: Values = field(repr=False)
    identities: tuple[Identity, ...] = field(repr=False)
    chosen: dict[int, int]


@dataclass(frozen=True)
class RawMode:
    """One solved mode before it is measured.

    Attributes
    ----------
    k_per_um : complex
        Vacuum wavenumber; the imaginary part is negative for a leaky or absorbing mode.
    residual : (n,) array
        K x - k^2 B x of the full problem.
    """

    problem: WindowProblem = field(repr=False)
    m: int
    q: int
    k_per_um: complex
    k_absorbing_per_um: complex
    vector: Values = field(repr=False)
    eps: Permittivities = field(repr=False)
    identity: Identity
    residual: Values = field(repr=False)


def snapshot(problem: WindowProblem, seed: FamilySeed, m: int, qs: Sequence[int], start: Values | None = None) -> Snapshot:
    """Eigenpairs of all wanted axial orders at one azimuthal order, searching wider until each is found.

    The shift lies just above the highest estimate, so that its inertia also bounds the count of modes.
    """
    guesses = [seed.k_per_um(m, q) for q in qs]
    eps = permittivities(problem.cavity, 0.5 * (min(guesses) + max(guesses)))
    step = 0.2 * max(guesses) / m if problem.cavity.sliced else 0.6 * seed.axial_rate_per_um / seed.index
    if problem.window.is_complex:
        step *= 0.1
    shift = (max(guesses) + min(step, 0.5 * max(guesses) / m)) ** 2
    factor = problem.factor(m, eps, shift)
    wanted = len(qs) + 2
    while True:
        pairs = problem.eigenpairs(factor, m, eps, shift, wanted, start)
        identities = tuple(identify(problem, pairs.vectors, m, eps.ordinary))
        chosen = _choose(identities, pairs.values, seed, m, qs, problem.window.is_complex)
        if len(chosen) == len(qs) or wanted >= min(_MOST_WANTED, problem.size // 2):
            return Snapshot(m, shift, eps, factor, pairs.values, pairs.vectors, identities, chosen)
        wanted = 2 * wanted + 2


def _choose(
    identities: tuple[Identity, ...], values: Values, seed: FamilySeed, m: int, qs: Sequence[int], leaky: bool
) -> dict[int, int]:
    """Columns that carry the wanted labels; of several (fringes of an absorbing layer) the one with the least loss."""
    chosen: dict[int, int] = {}
    k = np.sqrt(values.astype(complex))
    for column, identity in enumerate(identities):
        if identity.polarisation != seed.polarisation or identity.p != seed.p or identity.q not in qs:
            continue
        if identity.inside < 0.3 or abs(k[column].real / seed.k_per_um(m, identity.q) - 1) > 0.1:
            continue
        old = chosen.get(identity.q)
        if old is None or _merit(identity, k[column], leaky) > _merit(identities[old], k[old], leaky):
            chosen[identity.q] = column
    return chosen


def _merit(identity: Identity, k: complex, leaky: bool) -> float:
    return -abs(k.imag / k.real) if leaky else identity.inside * identity.purity


@dataclass(frozen=True)
class ReducedFamily:
    """Snapshots of a family and the reduced problem that they span, with the images of the basis under the affine matrices."""

    problem: WindowProblem
    seed: FamilySeed
    snapshots: tuple[Snapshot, ...]
    pencil: ReducedPencil
    images: tuple[Values, Values, Values, Values, Values | None] = field(repr=False)

    @classmethod
    def span(cls, problem: WindowProblem, seed: FamilySeed, snapshots: Sequence[Snapshot]) -> ReducedFamily:
        """Project the affine matrices onto the snapshots' eigenvectors."""
        basis = orthonormal(np.concatenate([shot.vectors for shot in snapshots], axis=1))
        forms = problem.forms

        def image(data: Values) -> Values:
            if data.ndim == 1:
                return np.asarray(problem.matrix(data) @ basis)
            return np.stack([problem.matrix(one) @ basis for one in data])

        axial = None if forms.b_axial is None else image(forms.b_axial)
        images = (image(forms.k0), image(forms.k2), image(forms.b_plane), image(forms.b_azimuthal), axial)
        small = [None if part is None else np.asarray(basis.T @ part) for part in images]
        pencil = ReducedPencil(basis, forms.active, *small)  # type: ignore[arg-type]
        return cls(problem, seed, tuple(snapshots), pencil, images)

    def residual(self, m: Array, square: Values, weights: Values, eps: Sequence[Permittivities]) -> Values:
        """Columns K x - k^2 B x of the full problem for x = basis @ weights.

        Parameters
        ----------
        m, square : (k,) arrays
            Azimuthal orders and k0^2 of the modes.
        weights : (b, k) array
        """
        k0, k2, plane, azimuthal = (part @ weights for part in self.images[:4] if part is not None)
        active = list(self.problem.forms.active)
        ordinary = np.array([e.ordinary[active] for e in eps]).T[:, None, :]
        mass = (ordinary * (plane + m**2 * azimuthal)).sum(axis=0)
        if self.images[4] is not None:
            along = np.array([e.axial[active] for e in eps]).T[:, None, :]
            mass = mass + (along * (self.images[4] @ weights)).sum(axis=0)
        return np.asarray(k0 + m**2 * k2 - square * mass)

    def follow(self, orders: Sequence[int], qs: Sequence[int]) -> list[RawMode]:
        """Every (m, q) of the family, each followed by overlap from the first snapshot outwards."""
        first = self.snapshots[0]
        begin = {q: self.pencil.basis.T @ first.vectors[:, column] for q, column in first.chosen.items() if q in qs}
        if not begin:
            return []
        found: list[tuple[int, int, complex, Values, Permittivities]] = []
        for ladder in (sorted(m for m in orders if m >= first.m), sorted((m for m in orders if m < first.m), reverse=True)):
            tracks = dict(begin)
            for m in ladder:
                found += self._at_order(m, tracks)
        return self._finished(found)

    def _at_order(self, m: int, tracks: dict[int, Values]) -> list[tuple[int, int, complex, Values, Permittivities]]:
        """Modes of one azimuthal order, chosen by their overlap with those of the last order; updates the tracks."""
        guess = float(np.mean([self.seed.k_per_um(m, q) for q in tracks]))
        eps = permittivities(self.problem.cavity, guess)
        values, vectors = self.pencil.solve(m, eps.ordinary, eps.axial)
        mass = self.pencil.mass(m, eps.ordinary, eps.axial)
        modes = []
        for q, reference in tracks.items():
            column = int(np.argmax(abs(reference @ mass @ vectors)))
            weights = vectors[:, column]
            k, here = self._disperse(m, weights, complex(np.sqrt(complex(values[column]))))
            tracks[q] = weights
            modes.append((m, q, k, weights, here))
        return modes

    def _finished(self, found: Sequence[tuple[int, int, complex, Values, Permittivities]]) -> list[RawMode]:
        """Full vectors, residuals and identities of all modes at once."""
        weights = np.stack([w for _, _, _, w, _ in found], axis=1)
        orders = np.array([m for m, *_ in found], dtype=float)
        eps = [e for *_, e in found]
        square = np.array([k**2 for _, _, k, _, _ in found])
        if not np.iscomplexobj(self.pencil.basis):
            square = square.real
        vectors = self.pencil.basis @ weights
        residuals = self.residual(orders, square, weights, eps)
        identities = identify(self.problem, vectors, orders, eps[len(eps) // 2].ordinary)
        modes = []
        for i, (m, q, k, w, here) in enumerate(found):
            lossy = self._absorbing(m, k, w, here)
            modes.append(RawMode(self.problem, m, q, k, lossy, vectors[:, i], here, identities[i], residuals[:, i]))
        return modes

    def _disperse(self, m: int, weights: Values, k: complex) -> tuple[complex, Permittivities]:
        """Wavenumber with the media at the mode's own wavelength: the fixed point of k^2 = y^T K y / y^T B(k) y (Steffensen)."""
        stiffness = weights @ self.pencil.stiffness(m) @ weights
        pencil, active = self.pencil, list(self.pencil.active)
        across = np.einsum("i,jik,k->j", weights, pencil.b_plane + m**2 * pencil.b_azimuthal, weights)
        along = 0.0 * across if pencil.b_axial is None else np.einsum("i,jik,k->j", weights, pencil.b_axial, weights)

        def next_k(now: complex) -> tuple[complex, Permittivities]:
            eps = permittivities(self.problem.cavity, now.real)
            mass = eps.ordinary[active] @ across + eps.axial[active] @ along
            return complex(np.sqrt(stiffness / mass + 0j)), eps

        first, eps = next_k(k)
        for _ in range(20):
            second, eps = next_k(first)
            change = second - first
            if abs(change) < 1e-15 * abs(second):
                break
            rate = change / (first - k) if first != k else 0.0
            k, first = first, second + change * rate / (1.0 - rate)
        return (first if first.imag <= 0 else first.conjugate()), eps

    def _absorbing(self, m: int, k: complex, weights: Values, eps: Permittivities) -> complex:
        """Wavenumber with the imaginary permittivities too, by first order in the full small problem's left and right vectors."""
        if not eps.loss.any():
            return k
        change = 1j * self.pencil.mass(m, eps.loss, eps.loss)
        small_k = self.pencil.stiffness(m)
        small_b = self.pencil.mass(m, eps.ordinary, eps.axial) + change
        value = k**2
        y = weights.astype(complex)
        for _ in range(3):  # Rayleigh-quotient iteration of the complex-symmetric pencil
            y = np.linalg.solve(small_k - value * (1 + 1e-9) * small_b, small_b @ y)
            y = y / np.linalg.norm(y)
            value = (y @ small_k @ y) / (y @ small_b @ y)
        root = complex(np.sqrt(value))
        return root if root.real > 0 else -root


def relative_basis_error(family: ReducedFamily, mode: RawMode) -> float:
    """Estimate of the relative error of k that the basis causes: r^T (K - s B)^-1 r with the nearest snapshot's factor."""
    shot = min(family.snapshots, key=lambda s: abs(s.m - mode.m))
    square = abs(complex(mode.residual @ shot.factor.solve(mode.residual)))
    mass = abs(complex(mode.vector @ family.problem.matrix(family.problem.mass(mode.m, mode.eps)) @ mode.vector))
    return 0.5 * square / (mass * abs(mode.k_per_um) ** 2)


def solve_family(
    problem: WindowProblem, seed: FamilySeed, orders: Sequence[int], qs: Sequence[int], accuracy: float
) -> tuple[ReducedFamily, list[RawMode], float]:
    """All modes of a family of one mirror class, snapshots added until the basis is good enough.

    Returns
    -------
    family, modes, error
        Error: the largest relative error of k that the reduced basis causes.
    """
    nodes = [orders[0]] if len(orders) == 1 else [orders[0], orders[-1]]
    shots = [snapshot(problem, seed, nodes[0], qs)]
    shots += [snapshot(problem, seed, m, qs, shots[0].vectors.sum(axis=1)) for m in nodes[1:]]
    while True:
        family = ReducedFamily.span(problem, seed, shots)
        modes = family.follow(orders, qs)
        solved = {shot.m for shot in shots}
        probes = [mode for mode in modes if mode.m in _probes(orders, solved)]
        errors = [(relative_basis_error(family, mode), mode.m) for mode in probes]
        worst, where = max(errors, default=(0.0, orders[0]))
        if worst <= 0.1 * accuracy or where in solved or len(shots) >= 8:
            return family, modes, worst
        shots.append(snapshot(problem, seed, where, qs, shots[0].vectors.sum(axis=1)))


def _probes(orders: Sequence[int], solved: set[int]) -> set[int]:
    """The orders farthest from any snapshot."""
    distance = {m: min(abs(m - s) for s in solved) for m in orders}
    most = max(distance.values())
    return {m for m, d in distance.items() if d == most} if most else set()


