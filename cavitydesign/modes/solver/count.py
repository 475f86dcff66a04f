"""The count of eigenvalues by inertia, held against the list of those found."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from ...eigen.lanczos import shift_invert_lanczos
from .problem import EigenProblem
from .snapshot import Snapshot

_RESIDUAL = 1e-5  # of the inverted problem; eigenvalues are right to its square
_MOST_WANTED = 60  # eigenpairs: a list that lacks more is called incomplete


def counted_modes(problem: EigenProblem, snapshot: Snapshot) -> tuple[int, bool, str]:
    """`count_modes`; where the list falls short, after one more search.

    Of two close eigenvalues an iteration may find the one long before the other, and end when it
    has as many as it was asked for.
    """
    counted, complete, note = count_modes(problem, snapshot)
    if complete or problem.is_complex or not snapshot.chosen:
        return counted, complete, note
    return count_modes(problem, _searched_again(snapshot, counted))


def count_modes(problem: EigenProblem, snapshot: Snapshot) -> tuple[int, bool, str]:
    """Eigenvalues from the lowest wanted mode up to the shift by inertia, against those found.

    Counted at the first azimuthal order, where the modes are found and named, two orders below the
    final one: every mode is lifted from there and followed to the other azimuthal orders by
    overlap.
    """
    if not snapshot.chosen:
        return 0, False, ""
    if problem.is_complex:
        note = (
            "modes that leak (log10 Q below about 10) are searched for, not counted: that none is "
            "missing is not certified"
        )
        return len(snapshot.chosen), False, note
    below, above = _range(snapshot)
    at_top = (
        snapshot.factor.negative
        if above == snapshot.shift.real
        else snapshot.pencil.factor(above).negative
    )
    at_bottom = snapshot.pencil.factor(below).negative
    if at_top is None or at_bottom is None:
        return 0, False, "the factorisation left its diagonal: modes could not be counted"
    found, counted = _found(snapshot), at_top - at_bottom
    if counted == found:
        return counted, True, ""
    return counted, False, f"{counted} eigenvalues in the range of the wanted modes, {found} found"


def _range(snapshot: Snapshot) -> tuple[float, float]:
    """k0^2 from just below the lowest wanted mode to the shift, or just above the highest wanted
    one.
    """
    wanted = sorted(float(snapshot.values[column].real) for column in snapshot.chosen.values())
    return wanted[0] * (1 - 1e-6), max(snapshot.shift.real, wanted[-1] * (1 + 1e-6))


def _found(snapshot: Snapshot) -> int:
    below, above = _range(snapshot)
    return int(np.count_nonzero((snapshot.values.real > below) & (snapshot.values.real < above)))


def _searched_again(snapshot: Snapshot, counted: int) -> Snapshot:
    """The snapshot of a wider search."""
    wanted = counted + 2
    while True:
        again = searched_wider(snapshot, wanted)
        wanted *= 2
        if _found(again) >= counted or wanted > _MOST_WANTED:
            return again


def searched_wider(snapshot: Snapshot, wanted: int) -> Snapshot:
    """The snapshot with so many eigenpairs, searched from another starting vector, its named modes
    those of the nearest eigenvalues.
    """
    pairs = shift_invert_lanczos(
        snapshot.factor.solve,
        snapshot.pencil.mass.__matmul__,
        snapshot.shift,
        np.random.default_rng(21).standard_normal((snapshot.vectors.shape[0],)),
        wanted,
        _RESIDUAL,
    )
    chosen = {
        q: int(np.argmin(abs(pairs.values - snapshot.values[column])))
        for q, column in snapshot.chosen.items()
    }
    return replace(snapshot, values=pairs.values, vectors=pairs.vectors, chosen=chosen)
