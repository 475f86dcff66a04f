"""Identities of modes of a window, from their fields on a grid (s, t) of it.

Where TM and TE mix half and half both may look alike; then the one that is less of it takes the
other's name.
"""

from __future__ import annotations

import numpy as np

from ...fem.field import FieldGrid, GridField
from ...fem.legendre import Array
from ..identity import Identity, extrema, polarisation_of
from .problem import Values, WindowProblem

_HYBRID = 0.3
_GUIDED = 0.3


def identify(
    problem: WindowProblem, vectors: Values, m: float | Array, permittivity: Array
) -> list[Identity]:
    """Identities of eigenvectors.

    Parameters
    ----------
    vectors : (n, k) array
    m : float or (k,) array
        Azimuthal order of all or of each.
    permittivity : (regions,) array
    """
    grid = problem.identity_grid
    field = grid.evaluate(vectors, m)
    along = np.ones(1) if grid.t_um.size == 1 else np.gradient(grid.t_um)
    weight = np.gradient(grid.s_um)[:, None] * along * abs(grid.jacobian * grid.r)
    weight = weight * permittivity[grid.region][:, None]
    identities = [_one(problem, grid, field, i, weight) for i in range(field.e_r.shape[0])]
    taken = {one.label for one in identities}
    for i, one in enumerate(identities):
        twins = [
            other
            for other in identities
            if other.label == one.label and other is not one and other.inside > _GUIDED
        ]
        if (
            one.dominance < _HYBRID
            and one.inside > _GUIDED
            and any(other.dominance > one.dominance for other in twins)
        ):
            renamed = _one(
                problem, grid, field, i, weight, "TE" if one.polarisation == "TM" else "TM"
            )
            if renamed.label not in taken:
                identities[i] = renamed
                taken.add(renamed.label)
    return identities


def _one(
    problem: WindowProblem,
    grid: FieldGrid,
    field: GridField,
    i: int,
    weight: Array,
    polarisation: str | None = None,
) -> Identity:
    squares = [abs(e[i]) ** 2 * weight for e in (field.e_z, field.e_r, field.e_azimuthal)]
    parts = np.array([square.sum() for square in squares])
    fractions = parts / parts.sum()
    if polarisation is None:
        polarisation = polarisation_of(fractions)
    component = field.e_z[i] if polarisation == "TM" else field.e_r[i]
    rows = grid.region <= len(problem.cavity.regions) - 2
    inside = float(sum(square[rows].sum() for square in squares) / parts.sum())
    component = (component * np.sqrt(weight))[rows]
    p, along, purity = extrema(component)
    odd = problem.mirror is not None and (problem.mirror == "electric") == (polarisation == "TE")
    q = along - 1 if problem.mirror is None else 2 * (along - 1) + int(odd)
    return Identity(polarisation, p, q, fractions, purity, inside)
