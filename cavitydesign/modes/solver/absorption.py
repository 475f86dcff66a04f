"""Modes of absorbing media, to every order in kappa: the reduced basis gains what absorption adds
to the fields.

The basis is made of fields of the real permittivities. Absorption turns their phase across the
body by a share kappa/n, which moves k at second order: 6e-8 at kappa = 5e-3. The residual of the
complex problem says so, and (K - s B)^-1 of it is what the basis lacks.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from ...arrays import Values
from ...eigen.refine import inverse_iterated
from ..permittivities import Permittivities
from .snapshot import RawMode

if TYPE_CHECKING:
    from .family import ReducedFamily

_SHARE = 0.02  # of the accuracy: what absorption may add to the error of k
_MOST_ROUNDS = 6  # of corrections; weak absorption needs none
_AT_ONCE = 3  # modes of one q whose corrections are taken in a round
_BESIDE, _STEPS = 1e-8, 2  # relative, of k^2: of the shift of inverse iterations; their number
_ITERATIONS = 4  # of the quotient, which converges cubically, with the media following k


def with_absorption(
    family: ReducedFamily, modes: Sequence[RawMode], accuracy: float
) -> tuple[list[RawMode], float]:
    """The modes with their complex wavenumbers, and the largest relative error of those.

    Parameters
    ----------
    family : ReducedFamily
        Good enough for the real permittivities.
    modes : sequence of RawMode
        All modes of it.
    accuracy : float
        Relative, of k.
    """
    if not any(mode.eps.loss.any() for mode in modes):
        return list(modes), 0.0
    error = 0.0
    for _ in range(_MOST_ROUNDS):
        solved = [_absorbing(family, mode) for mode in modes]
        k = np.array([one[0] for one in solved])
        residuals, vectors, fields = _corrections(family, modes, solved)
        errors = 0.5 * abs(np.einsum("ij,ij->j", residuals, vectors)) / abs(k) ** 2
        error = float(errors.max())
        modes = [
            replace(mode, k_absorbing_per_um=complex(value), absorbing=field)
            for mode, value, field in zip(modes, k, fields.T, strict=True)
        ]
        if error <= _SHARE * accuracy:
            break
        chosen = _worst(modes, errors, _SHARE * accuracy)
        parts = vectors[:, chosen]
        fresh = np.concatenate([parts.real, parts.imag], axis=1)
        if family.problem.is_complex:
            fresh = parts
        size = family.pencil.basis.shape[1]
        family = family.enriched(fresh[:, np.linalg.norm(fresh, axis=0) > 0])
        if family.pencil.basis.shape[1] == size:
            break
    if family.problem.is_complex:
        media = [eps for _, _, eps in solved]
        modes = [_alone(family, *pair) for pair in zip(modes, media, strict=True)]
    return list(modes), error


def _alone(family: ReducedFamily, mode: RawMode, eps: Permittivities) -> RawMode:
    """The mode with its absorbing field to rounding.

    The field of a leaky mode has a phase, with which what absorption adds to it counts at first
    order in the shares of the energy; the basis holds it well enough for k alone, at second order.
    """
    media = replace(eps, ordinary=eps.ordinary + 1j * eps.loss, axial=eps.axial + 1j * eps.loss)
    pencil, value = family.problem.pencil(mode.m, media), mode.k_absorbing_per_um**2
    factor = pencil.factor(value * (1.0 + _BESIDE))
    assert mode.absorbing is not None
    now = inverse_iterated(factor.solve, pencil.mass.__matmul__, mode.absorbing, _STEPS)
    return replace(mode, absorbing=now)


def _absorbing(family: ReducedFamily, mode: RawMode) -> tuple[complex, Values, Permittivities]:
    """Wavenumber, weights and media of one mode, by Rayleigh-quotient iteration of the complex
    small problem.
    """
    pencil = family.pencil
    stiffness = pencil.stiffness(mode.m)
    y = (pencil.basis.conj().T @ mode.vector).astype(complex)
    value, eps = mode.k_absorbing_per_um**2, mode.eps
    for _ in range(_ITERATIONS):
        if family.media.dispersive:
            # the leak has the indices of its own complex wavenumber: the difference is absorption
            off = mode.k_per_um.imag if family.problem.is_complex else 0.0
            eps = family.media.at(np.array([np.sqrt(value).real + 1j * off]))[0]
        mass = pencil.mass(mode.m, eps.ordinary + 1j * eps.loss, eps.axial + 1j * eps.loss)
        y = np.linalg.solve(stiffness - value * (1 + 1e-9) * mass, mass @ y)
        y = y / np.linalg.norm(y)
        value = complex((y @ stiffness @ y) / (y @ mass @ y))
    root = complex(np.sqrt(value))
    return (root if root.real > 0 else -root), y, eps


def _corrections(
    family: ReducedFamily,
    modes: Sequence[RawMode],
    solved: Sequence[tuple[complex, Values, Permittivities]],
) -> tuple[Values, Values, Values]:
    """Residuals of the complex problem, (K - s B)^-1 of each from the nearest snapshot, and the
    fields without it.
    """
    k = np.array([one[0] for one in solved])
    y = np.stack([one[1] for one in solved], axis=1)
    m = np.array([mode.m for mode in modes])
    residuals, _ = family.problem.forms.residual_and_mass(
        family.images.combined(y),
        m,
        k**2,
        [eps.ordinary + 1j * eps.loss for _, _, eps in solved],
        [eps.axial + 1j * eps.loss for _, _, eps in solved],
    )
    # the scale of the modes is that of x^T B x = 1
    scale = np.array(
        [
            np.sqrt(w @ family.pencil.mass(one.m, eps.ordinary, eps.axial) @ w)
            for one, (_, w, eps) in zip(modes, solved, strict=True)
        ]
    )
    residuals = residuals / scale
    vectors = np.empty(residuals.shape, dtype=complex)
    orders = np.array([snapshot.m for snapshot in family.snapshots])
    for column, at in enumerate(m):
        factor = family.snapshots[int(np.argmin(abs(orders - at)))].factor
        right = residuals[:, column]
        vectors[:, column] = (
            factor.solve(right)
            if family.problem.is_complex
            else factor.solve(right.real) + 1j * factor.solve(right.imag)
        )
    return residuals, vectors, family.pencil.basis @ y / scale - vectors


def _worst(modes: Sequence[RawMode], errors: Values, enough: float) -> NDArray[np.int64]:
    """The modes that lack most, a few of each q, spread over the azimuthal orders."""
    apart = max(1, len({mode.m for mode in modes}) // _AT_ONCE)
    chosen: list[int] = []
    for i in np.argsort(-errors):
        if errors[i] <= enough:
            break
        if all(modes[i].q != modes[j].q or abs(modes[i].m - modes[j].m) >= apart for j in chosen):
            chosen.append(int(i))
    return np.array(chosen)
