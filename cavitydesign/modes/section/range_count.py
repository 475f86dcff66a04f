"""The count of a section's eigenvalues over the range where modes are asked for, each held against
the list by its name.
"""

from __future__ import annotations

import math

import numpy as np

from ..mode_set import ModeRequest
from ..solver.count import counted_modes, searched_wider
from ..solver.snapshot import Snapshot
from .section_identity import belongs, identify_section
from .section_problem import SectionProblem
from .seed import SectionSeed

_BEYOND = 0.3  # azimuthal orders that the count reaches beyond the modes, where none is asked for
_MOST = 60  # eigenvalues that are searched for
_CLEAR = 0.7  # purity above which a mode's name is taken for what it is
_OTHER_GROUP = 0.5  # azimuthal orders within which the estimate of a mode that is solved apart lies


def counted_over_range(
    problem: SectionProblem, snapshot: Snapshot, seed: SectionSeed, request: ModeRequest
) -> tuple[int, bool, str]:
    """Eigenvalues over the range asked for and the modes found, at the first azimuthal order, by
    inertia; whether all were found and every one with a name that is asked for is listed; a note
    where not.

    Beyond sixty eigenvalues, or where the factorisation left its diagonal, the count is that
    between the modes alone.
    """
    if problem.is_complex or not snapshot.chosen:
        return counted_modes(problem, snapshot)
    low, high = _range(snapshot, request)
    ends = [snapshot.pencil.factor(end).negative for end in (low, high)]
    if ends[0] is None or ends[1] is None or ends[1] - ends[0] > _MOST:
        return counted_modes(problem, snapshot)
    counted = ends[1] - ends[0]
    whole = _searched(snapshot, low, high, counted)
    inside = np.flatnonzero((whole.values.real > low) & (whole.values.real < high))
    if inside.size != counted:
        note = f"{counted} eigenvalues in the range of the wanted modes, {inside.size} found"
        return counted, False, note
    strays = _strays(problem, whole, seed, request, inside)
    if strays:
        found = ", ".join(f"{2e3 * math.pi / k:.6g} nm" for k in strays)
        note = (
            f"{seed.polarisation} p = {seed.p}, m = {snapshot.m}: the eigenvalue at {found} looks "
            "like a"
            " mode asked for too, and is not in the list"
        )
        return counted, False, note
    return counted, True, ""


def _range(snapshot: Snapshot, request: ModeRequest) -> tuple[float, float]:
    """k0^2 around the modes found and the range asked for."""
    k = [snapshot.wavenumber(q).real for q in snapshot.chosen]
    beyond = 1 + _BEYOND / snapshot.m
    low, high = min(k) / beyond, max(k) * beyond
    if request.azimuthal_order is None:
        asked = request.wavenumbers_per_um
        low, high = min(low, asked[0]), max(high, asked[1])
    return low**2, high**2


def _searched(snapshot: Snapshot, low: float, high: float, counted: int) -> Snapshot:
    """The snapshot with all eigenpairs of the range, if a wider search finds them."""
    again, wanted = snapshot, counted + 2
    while np.count_nonzero((again.values.real > low) & (again.values.real < high)) < counted:
        again = searched_wider(snapshot, wanted)
        if wanted > 2 * _MOST:
            break
        wanted *= 2
    return again


def _strays(
    problem: SectionProblem,
    snapshot: Snapshot,
    seed: SectionSeed,
    request: ModeRequest,
    columns: np.ndarray[tuple[int], np.dtype[np.int64]],
) -> list[float]:
    """Wavenumbers of eigenpairs that have a name asked for and are not listed, nor solved apart."""
    listed = np.isin(columns, list(snapshot.chosen.values()))
    columns = columns[~listed]
    names = identify_section(
        problem, snapshot.vectors[:, columns], snapshot.m, snapshot.eps.ordinary
    )
    apart = {q: seed.k_per_um(snapshot.m, q) for q in seed.family if q not in seed.surveyed}
    out = []
    for column, name in zip(columns, names, strict=True):
        k = math.sqrt(float(snapshot.values[column].real))
        if (
            (name.polarisation, name.p) == (seed.polarisation, seed.p)
            and name.q < request.axial_orders
            and belongs(problem, name)
            and name.purity >= _CLEAR
            # Half an azimuthal order is half of k at m = 1: a mode solved apart has its own q too.
            and not (name.q in apart and abs(k / apart[name.q] - 1) < _OTHER_GROUP / snapshot.m)
        ):
            out.append(k)
    return out
