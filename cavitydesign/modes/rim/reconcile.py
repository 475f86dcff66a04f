"""Families are searched apart; here their modes are held against each other and against their
fields.

Near an avoided crossing of TM and TE two families may follow one eigenvector, and its partner is
lost; or a family that was lifted past a neighbour carries the neighbour's field. Both show: two
modes of one azimuthal order and mirror class have one eigenvalue, which the matrix has once; or a
field is clearly of the other polarisation. Such modes are searched for again, by their labels, and
a mode that is not found is not listed but named.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np

from ...arrays import Values
from ...eigen.lanczos import shift_invert_lanczos
from ..label import Label
from ..permittivities import permittivities
from ..solver.identity import Identity
from ..solver.snapshot import RawMode
from ..solver.solved import SolvedClass
from .window_identity import GUIDED, identify, leanings
from .window_problem import WindowProblem

_CLEAR = 0.55  # |E_z| against |E_r| energy; a little below what `finish` takes for another mode
_OF_BARS = 3.0  # eigenvalues that agree within so many error bars may be one
_LEAST_APART = 1e-11  # relative: closer ones may always be one
_PAIRS, _RESIDUAL = 10, 1e-7  # eigenpairs near k that are looked at; k is right to the square
_NEAR = 0.02  # relative distance in k within which the mode of a label is sought
_HYBRID = 0.6  # dominance below which a mode without its own label may stand for it


@dataclass(frozen=True)
class _ModeIndex:
    """Which mode: the index of its result, and its own among the modes of that."""

    result: int
    mode: int


def reconciled(results: Sequence[SolvedClass]) -> list[SolvedClass]:
    """The results with modes that two families share, or that carry another's field, searched for
    again.
    """
    kept = list(results)
    contradicted = _of_another_polarisation(kept)
    twice = set(_twice(kept))
    lost: dict[int, set[int]] = defaultdict(set)
    certain = {index for index, more in contradicted.items() if more > _CLEAR} | twice
    suspects = certain | set(contradicted)
    for index in sorted(suspects, key=lambda index: (index.result, index.mode)):
        sure = index in certain
        found = _searched(kept, index, certain if sure else suspects, by_name_only=not sure)
        if found is not None:
            modes = list(kept[index.result].modes)
            modes[index.mode] = found
            kept[index.result] = replace(kept[index.result], modes=modes)
        elif sure:
            lost[index.result].add(index.mode)
    for number, gone in lost.items():
        kept[number] = _without(kept[number], gone)
    return kept


def _without(result: SolvedClass, gone: set[int]) -> SolvedClass:
    """The result without some of its modes, which are named."""
    names = ", ".join(
        str(Label(result.seed.polarisation, result.modes[i].m, result.seed.p, result.modes[i].q))
        for i in sorted(gone)
    )
    return replace(
        result,
        modes=[mode for i, mode in enumerate(result.modes) if i not in gone],
        complete=False,
        notes=(*result.notes, f"{names}: lost to a neighbour near an avoided crossing"),
    )


def _of_another_polarisation(results: Sequence[SolvedClass]) -> dict[_ModeIndex, float]:
    """Modes whose field is more of the other polarisation than of their label, and how much more: 1
    for that alone, 0 for equal shares. Where both partners of a crossing lean to one polarisation,
    the name of that goes to the one that leans more.
    """
    lean: dict[_ModeIndex, float] = {}
    for number, result in enumerate(results):
        problem = result.family.problem
        if not isinstance(problem, WindowProblem) or not result.modes:
            continue
        vectors = np.stack([mode.vector for mode in result.modes], axis=1)
        m = np.array([mode.m for mode in result.modes], dtype=float)
        sign = 1.0 if result.seed.polarisation == "TM" else -1.0
        found = sign * leanings(problem, vectors, m, result.modes[0].eps.ordinary)
        lean |= {_ModeIndex(number, i): float(own) for i, own in enumerate(found)}
    wrong = {index: -own for index, own in lean.items() if own < 0.0}
    for indices in _standing(results):
        for pair in pairwise(indices):
            names = {results[index.result].seed.polarisation for index in pair}
            of_one_p = len({results[index.result].seed.p for index in pair}) == 1
            mixed = max(abs(lean[index]) for index in pair) < _HYBRID
            k = [_mode(results, index).k_per_um.real for index in pair]
            near = abs(k[1] / k[0] - 1.0) < _NEAR
            if len(names) == 2 and of_one_p and mixed and near and sum(lean[x] for x in pair) < 0.0:
                for index in pair:
                    wrong.setdefault(index, 0.0)
    return wrong


def _standing(results: Sequence[SolvedClass]) -> list[list[_ModeIndex]]:
    """Modes of each azimuthal order and mirror class, by rising wavenumber."""
    groups: dict[tuple[int, str | None], list[_ModeIndex]] = defaultdict(list)
    for number, result in enumerate(results):
        problem = result.family.problem
        if isinstance(problem, WindowProblem):
            for i, mode in enumerate(result.modes):
                groups[mode.m, problem.mirror].append(_ModeIndex(number, i))
    for indices in groups.values():
        indices.sort(key=lambda index: _mode(results, index).k_per_um.real)
    return list(groups.values())


def _twice(results: Sequence[SolvedClass]) -> Iterator[_ModeIndex]:
    """Of two modes with one eigenvalue that the matrix has once, the one that it is not."""
    for indices in _standing(results):
        for one, other in pairwise(indices):
            # the neighbour that tells one order's spacing is the next order's own mode
            named_alike = _label(results, one) == _label(results, other)
            if one.result != other.result and not named_alike and _may_be_one(results, one, other):
                false = _false_one(results, one, other)
                if false is not None:
                    yield false


def _may_be_one(results: Sequence[SolvedClass], one: _ModeIndex, other: _ModeIndex) -> bool:
    modes = _mode(results, one), _mode(results, other)
    bars = sum(
        results[index.result].relative_error(mode)
        for index, mode in zip((one, other), modes, strict=True)
    )
    k = [mode.k_per_um.real for mode in modes]
    return abs(k[0] - k[1]) < max(_OF_BARS * bars, _LEAST_APART) * k[0]


def _false_one(
    results: Sequence[SolvedClass], one: _ModeIndex, other: _ModeIndex
) -> _ModeIndex | None:
    """Which of two modes with one eigenvalue carries the other's field; None if the matrix has both
    eigenvalues.
    """
    mode = _mode(results, one)
    problem, square = mode.problem, mode.k_per_um.real**2
    assert isinstance(problem, WindowProblem)
    values, identities, _ = _pairs(problem, mode)
    gap = abs(_mode(results, other).k_per_um.real / mode.k_per_um.real - 1.0)
    within = max(2.0 * _OF_BARS * results[one.result].relative_error(mode), 3.0 * gap, _LEAST_APART)
    near = np.flatnonzero(abs(values.real / square - 1.0) < 2.0 * within)
    if near.size != 1:
        return None
    label = identities[int(near[0])].label
    if label == _label(results, other):
        return one
    if label == _label(results, one):
        return other
    # neither name fits: the field goes to its polarisation
    return one if label[0] != results[one.result].seed.polarisation else other


def _searched(
    results: Sequence[SolvedClass], index: _ModeIndex, suspects: set[_ModeIndex], by_name_only: bool
) -> RawMode | None:
    """The mode of a suspect's label, from the eigenpairs near it that no mode in good standing has;
    or, where the label itself is not there, the nearest one in which TM and TE mix.
    """
    mode, label = _mode(results, index), _label(results, index)
    problem = mode.problem
    assert isinstance(problem, WindowProblem)
    taken = [
        other.k_per_um.real**2
        for number, result in enumerate(results)
        for i, other in enumerate(result.modes)
        if other.m == mode.m
        and _label(results, _ModeIndex(number, i)) != label
        and _ModeIndex(number, i) not in suspects
        and getattr(result.family.problem, "mirror", None) == problem.mirror
    ]
    values, identities, vectors = _pairs(problem, mode)
    k = np.sqrt(values.astype(complex)).real
    off = abs(k / mode.k_per_um.real - 1.0)
    bar = max(_OF_BARS * 2.0 * results[index.result].relative_error(mode), 10.0 * _LEAST_APART)
    free = {
        i for i, identity in enumerate(identities) if off[i] < _NEAR and identity.inside > GUIDED
    }
    for square in taken:
        apart = {i: abs(k[i] ** 2 / square - 1.0) for i in free}
        theirs = [i for i in free if apart[i] < 2.0 * bar]
        if theirs:  # each takes one
            free.remove(min(theirs, key=lambda i: (identities[i].label == label, apart[i])))
    named = [i for i in free if identities[i].label == label]
    if not named and not by_name_only:
        named = [
            i for i in free if identities[i].p == label[1] and identities[i].dominance < _HYBRID
        ]
    if not named:
        return None
    best = min(named, key=lambda i: off[i])
    return _raw(problem, mode, complex(values[best]), vectors[:, best])


def _pairs(problem: WindowProblem, mode: RawMode) -> tuple[Values, list[Identity], Values]:
    """Eigenpairs near a mode, with its media, and what they are."""
    pencil = problem.pencil(mode.m, mode.eps)
    factor, shift = pencil.factor_near(float(mode.k_per_um.real**2) * (1.0 + 1e-7))
    start = np.random.default_rng(22).standard_normal(problem.size).astype(pencil.mass.dtype)
    start = start + mode.vector / max(float(abs(mode.vector).max()), 1e-300)
    wanted = min(_PAIRS, problem.size // 2)
    pairs = shift_invert_lanczos(
        factor.solve, pencil.mass.__matmul__, shift, start, wanted, _RESIDUAL
    )
    identities = identify(problem, pairs.vectors, mode.m, mode.eps.ordinary)
    return pairs.values, identities, pairs.vectors


def _raw(problem: WindowProblem, old: RawMode, square: complex, vector: Values) -> RawMode:
    """A mode of the full problem, with the media of its own wavelength."""
    eps = old.eps
    for _ in range(3):
        k = complex(np.sqrt(square))
        eps = permittivities(problem.cavity, k.real)
        pencil = problem.pencil(old.m, eps)
        factor, _ = pencil.factor_near(float(k.real**2) * (1.0 + 1e-9))
        image = pencil.mass @ vector
        vector = factor.solve(image)
        image = pencil.mass @ vector
        vector = vector / np.sqrt(vector @ image)
        stiff = pencil.stiffness @ vector
        square = complex(vector @ stiff)
    k = complex(np.sqrt(square))
    k = k if k.imag <= 0 else k.conjugate()
    image = pencil.mass @ vector
    residual = stiff - (square if problem.is_complex else square.real) * image
    relative = float(np.linalg.norm(residual) / (abs(square) * np.linalg.norm(image)))
    k_absorbing, error = k, 0.0
    if eps.loss.any():  # to first order; what is left is of second
        lossy = problem.forms.mass(old.m, eps.loss, eps.loss)
        share = complex(vector @ (lossy @ vector))
        k_absorbing = complex(np.sqrt(square / (1.0 + 1j * share)))
        error = 0.25 * abs(share) ** 2
    return replace(
        old,
        k_per_um=k,
        k_absorbing_per_um=k_absorbing,
        vector=vector,
        eps=eps,
        residual=residual,
        relative_residual=relative,
        basis_error=error,
        field_error=0.0,
        absorbing=None,
    )


def _mode(results: Sequence[SolvedClass], index: _ModeIndex) -> RawMode:
    return results[index.result].modes[index.mode]


def _label(results: Sequence[SolvedClass], index: _ModeIndex) -> tuple[str, int, int]:
    seed = results[index.result].seed
    return seed.polarisation, seed.p, _mode(results, index).q
