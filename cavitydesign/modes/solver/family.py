"""Solve one radial family (polarisation, p) for all its azimuthal and axial orders in one window.

A low-order solve finds and names the modes; block Krylov steps lift them to the full order (the
difference is the error bar); a reduced basis of few azimuthal orders gives every other one, with
dispersion; `family_corrections` makes it good.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from ...arrays import Array, Values
from ...eigen.factor import Factor
from ...eigen.reduced_basis import ReducedPencil, orthonormal
from ...eigen.refine import krylov_block, polished_pairs, ritz
from ...fem.affine import Images
from ..estimates.seeds import Seed
from ..permittivities import MediaTable, Permittivities, permittivities
from .problem import EigenProblem, Pencil
from .snapshot import RawMode, Snapshot

Beside = TypeVar("Beside")
_ROOM_BELOW, _ROOM_ABOVE = 0.99, 1.01  # of the estimates of k
_LEAKY_TOLERANCE, _MOST_ROUNDS = 1e-11, 6  # of k^2; a round costs a tenth of a factorisation
# Relative distance in k^2 from the shift up to which its factors serve a leaky mode, and of its
# own shift from a mode that they do not serve
_NEAR_SHIFT, _BESIDE = 3e-3, 1e-5
_DEPENDENT = 1e-10  # of the largest singular value: below it directions are rounding


def lifted(
    problem: EigenProblem, seed: Seed, m: int, guess: Snapshot, start: Values, steps: int = 2
) -> Snapshot:
    """Eigenpairs from approximate ones (of a lower order, or of another azimuthal order), labels
    kept by overlap.

    Parameters
    ----------
    guess : Snapshot
        Where the labels come from.
    start : (n, k) array
        Its vectors as vectors of this problem.
    steps : int
        Block Krylov steps: two from a nested space, more from another azimuthal order.
    """
    values = guess.values.real if not problem.is_complex else guess.values
    ratio = float(
        np.mean([(seed.k_per_um(m, q) / seed.k_per_um(guess.m, q)) ** 2 for q in guess.chosen])
    )
    eps = (
        guess.eps
        if m == guess.m
        else permittivities(problem.cavity, float(np.sqrt(ratio * values[0].real)))
    )
    shift = guess.shift * ratio
    pencil = problem.pencil(m, eps)
    factor, shift = pencil.factor_near(shift)
    basis = krylov_block(factor.solve, pencil.mass.__matmul__, start, steps)
    mass = basis.T @ (pencil.mass @ basis)
    found, weights = ritz(basis.T @ (pencil.stiffness @ basis), mass)
    rough = basis.conj().T @ start
    if problem.is_complex:
        # Without conjugation the products of modes of an absorbing layer have no bound, and would
        # outdo every mode of the body: here the products are those of amplitudes.
        metric, weighed = np.eye(mass.shape[0]), weights / np.linalg.norm(weights, axis=0)
    else:
        metric, weighed = mass, weights
    overlap = rough.conj().T @ metric @ weighed
    # the Ritz vectors that the rough ones became: others of the block space may have meaningless
    # values near the shift. Rough ones may be dependent: a space with fewer functions along holds
    # less of the high axial orders, and of two it may hold the same.
    inner = np.linalg.pinv(rough.conj().T @ metric @ rough, rcond=_DEPENDENT) @ overlap
    score = np.einsum("ij,ij->j", overlap.conj(), inner)
    kept = np.argsort(-abs(score))[: start.shape[1]]
    kept = kept[np.argsort(abs(found[kept] - shift))]
    named = one_each(abs(overlap[list(guess.chosen.values())][:, kept]))
    chosen = {q: int(column) for q, column in zip(guess.chosen, named, strict=True)}
    found, vectors = found[kept], np.asarray(basis @ weights[:, kept])
    if problem.is_complex:
        for column in set(chosen.values()):
            found[column], vectors[:, column] = _sharpened(
                pencil, factor, shift, found[column], vectors[:, column]
            )
    return Snapshot(m, shift, eps, pencil, factor, found, vectors, chosen)


def _sharpened(
    pencil: Pencil, factor: Factor, shift: complex, value: complex, vector: Values
) -> tuple[complex, Values]:
    """An eigenpair after the steps that it needs among the many modes of an absorbing layer.

    The block steps leave 1e-8 to 1e-7 of k there, whatever the resolution (sphere of n = 2.5, TE
    12 5 1, Q = 29), and more where the shift is that of another axial order.
    """
    if abs(value / shift - 1.0) > _NEAR_SHIFT:
        factor = pencil.factor(complex(value) * (1.0 + _BESIDE))
    values, vectors = polished_pairs(
        factor.solve,
        pencil.stiffness.__matmul__,
        pencil.mass.__matmul__,
        np.array([value]),
        vector[:, None],
        _LEAKY_TOLERANCE,
        _MOST_ROUNDS,
    )
    return complex(values[0]), vectors[:, 0]


@dataclass(frozen=True)
class ReducedFamily:
    """Snapshots of a family and the reduced problem of their span.

    Attributes
    ----------
    images : Images
        Of the basis vectors.
    """

    problem: EigenProblem
    seed: Seed
    snapshots: tuple[Snapshot, ...]
    pencil: ReducedPencil
    images: Images = field(repr=False)
    media: MediaTable = field(repr=False)

    @classmethod
    def span(
        cls, problem: EigenProblem, seed: Seed, snapshots: Sequence[Snapshot]
    ) -> ReducedFamily:
        """Project the affine matrices onto the snapshots' eigenvectors."""
        basis = orthonormal(np.concatenate([snapshot.vectors for snapshot in snapshots], axis=1))
        forms = problem.forms
        images = forms.images(basis)
        pencil = ReducedPencil.of(basis, forms.active, forms.projected(images))
        k = [
            seed.k_per_um(m, q)
            for m in (seed.orders[0], seed.orders[-1])
            for q in snapshots[0].chosen or (0,)
        ]
        media = MediaTable.of(problem.cavity, _ROOM_BELOW * min(k), _ROOM_ABOVE * max(k))
        return cls(problem, seed, tuple(snapshots), pencil, images, media)

    def enriched(self, vectors: Values) -> ReducedFamily:
        """The family with more vectors in its basis."""
        fresh = orthonormal(vectors, self.pencil.basis)
        if fresh.shape[1] == 0:
            return self
        forms = self.problem.forms
        images = self.images.joined(forms.images(fresh))
        basis = np.concatenate([self.pencil.basis, fresh], axis=1)
        return replace(
            self,
            pencil=ReducedPencil.of(basis, forms.active, forms.projected(images)),
            images=images,
        )

    def follow(self, orders: Sequence[int], qs: Sequence[int]) -> list[RawMode]:
        """Every (m, q) of the family, each followed by overlap from the first snapshot outwards."""
        first = self.snapshots[0]
        names = [q for q in first.chosen if q in qs]
        if not names or not orders:
            return []
        begin = np.stack(
            [self.pencil.basis.conj().T @ first.vectors[:, first.chosen[q]] for q in names]
        )
        ladder = np.array(sorted(orders))
        guesses = np.array([np.mean([self.seed.k_per_um(m, q) for q in names]) for m in ladder])
        media = self.media.at(guesses)
        values, vectors, masses = self.pencil.solve_all(
            ladder, [e.ordinary for e in media], [e.axial for e in media]
        )
        columns = _tracked(begin, masses, vectors, int(np.searchsorted(ladder, first.m)))
        m = np.repeat(ladder, len(names))
        order_index = np.repeat(np.arange(ladder.size), len(names))
        weights = vectors[order_index, :, columns.ravel()].T
        k, eps = self._dispersed(m, weights, np.sqrt(values[order_index, columns.ravel()] + 0j))
        if (
            self.media.dispersive
        ):  # the vectors are those of the media at the mean wavelength of their azimuthal order
            squares = k**2 if self.problem.is_complex else (k**2).real
            weights = self.pencil.improved(
                m, squares, weights, [e.ordinary for e in eps], [e.axial for e in eps]
            )
            k, eps = self._dispersed(m, weights, k)
        return self._finished(m, names * ladder.size, k, weights, eps)

    def _finished(
        self,
        m: NDArray[np.int64],
        qs: Sequence[int],
        k: Values,
        weights: Values,
        eps: Sequence[Permittivities],
    ) -> list[RawMode]:
        """Full vectors and residuals of all modes at once."""
        square = k**2 if self.problem.is_complex else (k**2).real
        vectors = self.pencil.basis @ weights
        residuals, masses = self.problem.forms.residual_and_mass(
            self.images.combined(weights),
            m,
            square,
            [e.ordinary for e in eps],
            [e.axial for e in eps],
        )
        relative = np.linalg.norm(residuals, axis=0) / (
            abs(square) * np.linalg.norm(masses, axis=0)
        )
        real = self.media.at(k.real) if self.problem.is_complex else list(eps)
        return [
            RawMode(
                self.problem,
                int(m[i]),
                q,
                complex(k[i]),
                complex(k[i]),
                vectors[:, i],
                real[i],
                residuals[:, i],
                float(relative[i]),
            )
            for i, q in enumerate(qs)
        ]

    def _dispersed(
        self, m: NDArray[np.int64], weights: Values, k: Values
    ) -> tuple[Values, list[Permittivities]]:
        """Wavenumbers with the media at each mode's own wavelength: the fixed point of k^2 = y^T K
        y / y^T B(k) y (Steffensen).
        """
        stiffness, across, along = self.pencil.quotients(m, weights)
        active = list(self.pencil.active)

        def next_k(now: Values) -> tuple[Values, list[Permittivities]]:
            # a leaking mode sees the indices at its complex wavenumber
            eps = self.media.at(now if self.problem.is_complex else now.real)
            mass = (np.stack([e.ordinary for e in eps])[:, active] * across).sum(axis=1)
            mass = mass + (np.stack([e.axial for e in eps])[:, active] * along).sum(axis=1)
            return np.sqrt(stiffness / mass + 0j), eps

        k, eps = steffensen(next_k, k) if self.media.dispersive else next_k(k)
        return np.where(k.imag <= 0, k, k.conj()), eps


def steffensen(
    advance: Callable[[Values], tuple[Values, Beside]], begin: Values
) -> tuple[Values, Beside]:
    """Fixed points of independent contractions, to rounding, and what came with the last step
    (Steffensen's method).

    Parameters
    ----------
    advance : callable
        From (n,) values to the next ones and anything that belongs to them.
    begin : (n,) array
    """
    first, companion = advance(begin)
    for _ in range(20):
        second, companion = advance(first)
        step, change = first - begin, second - first
        if (abs(change) < 1e-15 * abs(second)).all():
            break
        # Dispersion contracts by some per cent a step; what does not contract is rounding, of a
        # value that stands already.
        contracts = 2.0 * abs(change) < abs(step)
        rate = np.where(contracts, change, 0.0) / np.where(contracts, step, 1.0)
        begin, first = first, second + change * rate / (1.0 - rate)
    return first, companion


def one_each(overlap: Array) -> NDArray[np.int64]:
    """Column of the largest overlap of each row; where two rows want one, a column each with the
    largest sum: neighbours that nearly cross, or modes of coupled bodies.
    """
    best: NDArray[np.int64] = np.argmax(overlap, axis=1)
    if np.unique(best).size == best.size or overlap.shape[0] > overlap.shape[1]:
        return best
    from scipy.optimize import linear_sum_assignment

    return np.asarray(linear_sum_assignment(overlap, maximize=True)[1])


def _tracked(begin: Values, masses: Values, vectors: Values, start: int) -> NDArray[np.int64]:
    """Columns, of shape (orders, modes), that carry the modes from the order `start` outwards, by
    overlap with the last order's.
    """
    columns = np.empty((masses.shape[0], begin.shape[0]), dtype=np.int64)
    for ladder in (range(start, masses.shape[0]), range(start - 1, -1, -1)):
        tracks = begin
        for order_index in ladder:
            columns[order_index] = one_each(
                abs(tracks @ masses[order_index] @ vectors[order_index])
            )
            tracks = vectors[order_index][:, columns[order_index]].T
    return columns
