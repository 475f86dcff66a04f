"""Solve one radial family (polarisation, p) for all its azimuthal and axial orders in one window.

Snapshots at a few azimuthal orders span a reduced basis; the small problem gives every other order, with dispersion; the residual
of the full problem decides whether a snapshot is missing.
"""

from __future__ import annotations

import math
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
    residual : float
        |K x - k^2 B x| relative to |k^2 B x|.
    """

    problem: WindowProblem = field(repr=False)
    m: int
    q: int
    k_per_um: complex
    k_absorbing_per_um: complex
    vector: Values = field(repr=False)
    eps: Permittivities = field(repr=False)
    identity: Identity
    residual: float


def snapshot(problem: WindowProblem, seed: FamilySeed, m: int, qs: Sequence[int]) -> Snapshot:
    """Eigenpairs of all wanted axial orders at one azimuthal order, searching wider until each is found."""
    guesses = [seed.k_per_um(m, q) for q in qs]
    centre = 0.5 * (min(guesses) + max(guesses))
    eps = permittivities(problem.cavity, centre)
    spread = max(max(guesses) - min(guesses), 0.02 * centre * seed.axial_rate_per_um / max(seed.index * centre, 1e-9))
    shift = (centre + 0.1137 * spread) ** 2 * (1 + 1e-7)
    factor = problem.factor(m, eps, shift)
    wanted = len(qs) + 2
    while True:
        pairs = problem.eigenpairs(factor, m, eps, shift, wanted, None)
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
    images: tuple[Values, Values, Values, Values, Values] = field(repr=False)

    @classmethod
    def span(cls, problem: WindowProblem, seed: FamilySeed, snapshots: Sequence[Snapshot]) -> ReducedFamily:
        """Project the affine matrices onto the snapshots' eigenvectors."""
        basis = orthonormal(np.concatenate([shot.vectors for shot in snapshots], axis=1))
        forms = problem.forms
        regions = forms.b_radial.shape[0]

        def image(data: Values) -> Values:
            return np.asarray(problem.matrix(data) @ basis)

        images = (
            image(forms.k0),
            image(forms.k2),
            np.stack([image(forms.b_radial[j]) for j in range(regions)]),
            np.stack([image(forms.b_axial[j]) for j in range(regions)]),
            np.stack([image(forms.b_azimuthal[j]) for j in range(regions)]),
        )
        pencil = ReducedPencil(basis, *(np.asarray(basis.T @ part) for part in images))
        return cls(problem, seed, tuple(snapshots), pencil, images)

    def residual(self, m: int, k: complex, weights: Values, eps: Permittivities) -> Values:
        """K x - k^2 B x of the full problem for x = basis @ weights."""
        k0, k2, radial, axial, azimuthal = (part @ weights for part in self.images)
        mass = eps.ordinary @ (radial + m**2 * azimuthal) + eps.axial @ axial
        square = k**2 if np.iscomplexobj(k0) else (k**2).real
        return np.asarray(k0 + m**2 * k2 - square * mass)

    def follow(self, orders: Sequence[int], qs: Sequence[int]) -> list[RawMode]:
        """Every (m, q) of the family, each followed by overlap from the first snapshot."""
        first = self.snapshots[0]
        found: list[RawMode] = []
        track = {q: self.pencil.basis.T @ first.vectors[:, column] for q, column in first.chosen.items() if q in qs}
        k_last = {q: complex(np.sqrt(complex(first.values[first.chosen[q]]))) for q in track}
        start = first.m
        ladder = [m for m in sorted(orders) if m >= start] + [m for m in sorted(orders, reverse=True) if m < start]
        tracks = dict(track)
        for m in ladder:
            if m == max((n for n in orders if n < start), default=None):
                tracks = dict(track)
                k_last = {q: complex(np.sqrt(complex(first.values[first.chosen[q]]))) for q in track}
            found += self._at_order(m, tracks, k_last)
        return found

    def _at_order(self, m: int, tracks: dict[int, Values], k_last: dict[int, complex]) -> list[RawMode]:
        if not tracks:
            return []
        guess = float(np.mean([self.seed.k_per_um(m, q) for q in tracks]))
        eps = permittivities(self.problem.cavity, guess)
        values, vectors = self.pencil.solve(m, eps.ordinary, eps.axial)
        mass = self.pencil.mass(m, eps.ordinary, eps.axial)
        modes = []
        for q, reference in list(tracks.items()):
            overlap = abs(reference @ mass @ vectors)
            column = int(np.argmax(overlap))
            weights = vectors[:, column]
            k, here = self._disperse(m, weights, complex(np.sqrt(complex(values[column]))))
            tracks[q], k_last[q] = weights, k
            residual = self.residual(m, k, weights, here)
            scale = np.linalg.norm(k**2 * (here.ordinary @ (self.images[2] @ weights)))
            vector = self.pencil.basis @ weights
            identity = identify(self.problem, vector[:, None], m, here.ordinary)[0]
            lossy = self._absorbing(m, k, weights, here)
            modes.append(
                RawMode(self.problem, m, q, k, lossy, vector, here, identity, float(np.linalg.norm(residual) / scale))
            )
        return modes

    def _disperse(self, m: int, weights: Values, k: complex) -> tuple[complex, Permittivities]:
        """Wavenumber with the media at the mode's own wavelength: fixed point of k^2 = y^T K y / y^T B(k) y."""
        stiffness = weights @ self.pencil.stiffness(m) @ weights
        eps = permittivities(self.problem.cavity, k.real)
        for _ in range(40):
            eps = permittivities(self.problem.cavity, k.real)
            new = complex(np.sqrt(stiffness / (weights @ self.pencil.mass(m, eps.ordinary, eps.axial) @ weights) + 0j))
            done = abs(new - k) < 1e-14 * abs(k)
            k = new
            if done:
                break
        return (k if k.imag <= 0 else k.conjugate()), eps

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


def relative_residual_error(family: ReducedFamily, mode: RawMode) -> float:
    """Estimate of the relative error of k that the basis causes: r^T (K - s B)^-1 r with the nearest snapshot's factor."""
    shot = min(family.snapshots, key=lambda s: abs(s.m - mode.m))
    weights = family.pencil.basis.T @ mode.vector
    r = family.residual(mode.m, mode.k_per_um, weights, mode.eps)
    square = abs(complex(r @ shot.factor.solve(r)))
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
    shots = [snapshot(problem, seed, m, qs) for m in nodes]
    while True:
        family = ReducedFamily.span(problem, seed, shots)
        modes = family.follow(orders, qs)
        solved = {shot.m for shot in shots}
        probes = [mode for mode in modes if mode.m in _probes(orders, solved)]
        errors = [(relative_residual_error(family, mode), mode.m) for mode in probes]
        worst, where = max(errors, default=(0.0, orders[0]))
        if worst <= 0.1 * accuracy or where in solved or len(shots) >= 8:
            return family, modes, worst
        shots.append(snapshot(problem, seed, where, qs))


def _probes(orders: Sequence[int], solved: set[int]) -> set[int]:
    """The orders farthest from any snapshot."""
    distance = {m: min(abs(m - s) for s in solved) for m in orders}
    most = max(distance.values())
    return {m for m, d in distance.items() if d == most} if most else set()


