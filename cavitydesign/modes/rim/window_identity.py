"""Identities of modes of a window, from their fields on a grid (s, t) of it.

Components are taken along the outline and across it: at the equator these are E_z and E_r, and on a
small sphere, whose modes reach high up, they are what Mie's modes are named and counted by.

Where TM and TE mix half and half both may look alike; then the one that is less of it takes the
other's name.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from ...arrays import Array, Values
from ...fem.field import ElectricField, FieldGrid
from ...mesh.rim_map import normal
from ..estimates.seeds import FamilySeed
from ..label import Label
from ..solver.identity import HYBRID, Identity, component_densities, extrema
from ..solver.snapshot import Snapshot
from .window_problem import WindowProblem

# Distance of k from its estimate, in spacings of azimuthal orders (1/m of k), from which on a name
# is looked at in a finer space too
_FAR_FROM_ESTIMATE = 0.3
# Purity below which its name may be that of a space too coarse: of two modes of one name the true
# ones had 0.68 and 0.79, those that a finer space calls otherwise 0.42 and 0.55
_UNSURE = 0.6
GUIDED = 0.3  # share of the energy in the guiding media below which a field is a mode of the walls


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
    field = grid.electric(vectors, m)
    weight = _weight(grid, permittivity)
    fractions = _shares(field, weight)
    field = _turned(problem, grid, field)
    identities = [
        _one(problem, grid, field, i, weight, permittivity, fractions[i])
        for i in range(len(fractions))
    ]
    taken = {one.label for one in identities}
    for i, one in enumerate(identities):
        twins = [
            other
            for other in identities
            if other.label == one.label and other is not one and other.inside > GUIDED
        ]
        if (
            one.dominance < HYBRID
            and one.inside > GUIDED
            and any(other.dominance > one.dominance for other in twins)
        ):
            other_name = "TE" if one.polarisation == "TM" else "TM"
            renamed = _one(problem, grid, field, i, weight, permittivity, fractions[i], other_name)
            if renamed.label not in taken:
                identities[i] = renamed
                taken.add(renamed.label)
    return identities


def _turned(problem: WindowProblem, grid: FieldGrid, field: ElectricField) -> ElectricField:
    """The field with its part across the outline in the place of E_r, along it in that of E_z."""
    if problem.cavity.sliced:
        return field
    n_r, n_z, _, _ = normal(problem.cavity.outline, grid.t_um)
    across = n_r * field.e_r + n_z * field.e_z
    return replace(field, e_r=across, e_z=n_r * field.e_z - n_z * field.e_r)


def leanings(
    problem: WindowProblem, vectors: Values, m: float | Array, permittivity: Array
) -> Array:
    """How much each field is TM (1) or TE (-1), shape (k,); parameters as of `identify`.

    Read where the energies are, whose points are known already.
    """
    probe = problem.probe
    grid = probe.grid
    weight = np.zeros(grid.r.shape)
    weight[probe.inner_s, probe.inner_t] = probe.weight
    weight *= grid.r.real * permittivity[grid.region][:, None]
    field = grid.electric(vectors, m)
    return np.array(
        [
            _leaning(*fractions)
            for fractions in zip(
                _shares(field, weight), _shares(_turned(problem, grid, field), weight), strict=True
            )
        ]
    )


def _shares(field: ElectricField, weight: Array) -> Array:
    """Shares of int eps |E|^2 in the three components, shape (k, 3)."""
    squares = component_densities(field, weight)
    parts = np.stack([square.sum(axis=(1, 2)) for square in squares], axis=1)
    return np.asarray(parts / parts.sum(axis=1, keepdims=True))


def _leaning(fractions: Array, turned: Array) -> float:
    """Difference of the shares along the outline and across it, or, where they are nearly equal
    (TM and TE mix), of E_z and E_r: that is what TM and TE mean.
    """
    first, second = (float((x[0] - x[1]) / (x[0] + x[1])) for x in (turned, fractions))
    return first if abs(first) > HYBRID else second


def _weight(grid: FieldGrid, permittivity: Array) -> Array:
    """Weights of eps |E|^2 at the points of the grid."""
    along = np.ones(1) if grid.t_um.size == 1 else np.gradient(grid.t_um)
    weight = np.gradient(grid.s_um)[:, None] * along * abs(grid.jacobian * grid.r)
    return np.asarray(weight * permittivity[grid.region][:, None])


def _one(
    problem: WindowProblem,
    grid: FieldGrid,
    field: ElectricField,
    i: int,
    weight: Array,
    permittivity: Array,
    fractions: Array,
    polarisation: str | None = None,
) -> Identity:
    squares = component_densities(field, weight, i)
    parts = np.array([square.sum() for square in squares])
    turned = parts / parts.sum()
    if polarisation is None:
        polarisation = "TM" if _leaning(fractions, turned) >= 0.0 else "TE"
    component = field.e_z[i] if polarisation == "TM" else field.e_r[i]
    rows = grid.region <= len(problem.cavity.regions) - 2
    # a field in a hollow core of the surround's index is held by the window's walls alone
    guiding = rows & (permittivity[grid.region] > permittivity[-1])
    inside = float(sum(square[guiding].sum() for square in squares) / parts.sum())
    component = (component * np.sqrt(weight))[rows]
    p, along, purity = extrema(component)
    odd = problem.mirror is not None and (problem.mirror == "electric") == (polarisation == "TE")
    q = along - 1 if problem.mirror is None else 2 * (along - 1) + int(odd)
    return Identity(polarisation, p, q, fractions, purity, inside, turned)


def misnamed(problem: WindowProblem, seed: FamilySeed, snapshot: Snapshot) -> bool:
    """Whether a mode far from its estimate has another name in the fine space than in the coarse
    one, or none that is sure: its field could not be told.

    In an oblate body radial and axial orders mix: in a spheroid of 12.2 by 4.4 um (n = 2.23) at
    1e-4 the eigenvalue of TM 108 2 6 was called TM 108 2 2, which lies 4.3 nm lower. Among the
    modes of an absorbing layer names are those of the least loss.
    """
    return any(
        one.label != (seed.polarisation, seed.p, q) or one.purity < _UNSURE
        for q, one in _far_from_estimates(problem, seed, snapshot)
    )


def called_otherwise(problem: WindowProblem, seed: FamilySeed, snapshot: Snapshot) -> list[str]:
    """A line for the modes far from their estimates whose fields have another name in this space
    than the one they were found by: where radial and axial orders mix, one field is two names'.
    """
    other = [
        f"{Label(seed.polarisation, snapshot.m, seed.p, q)} (by its field {one.polarisation} "
        f"{snapshot.m} {one.p} {one.q})"
        for q, one in _far_from_estimates(problem, seed, snapshot)
        if one.label != (seed.polarisation, seed.p, q)
    ]
    if not other:
        return []
    return [
        f"{', '.join(other)}: radial and axial orders mix, and the label holds for neither; that "
        "no other mode has as good a claim to it is not certified"
    ]


def _far_from_estimates(
    problem: WindowProblem, seed: FamilySeed, snapshot: Snapshot
) -> list[tuple[int, Identity]]:
    """The modes of closed windows far from their estimates, by axial order, as they look here."""
    far = {
        q: column
        for q, column in snapshot.chosen.items()
        if abs(snapshot.wavenumber(q).real / seed.k_per_um(snapshot.m, q) - 1.0)
        > _FAR_FROM_ESTIMATE / snapshot.m
    }
    if problem.is_complex or not far:
        return []
    vectors = snapshot.vectors[:, list(far.values())]
    found = identify(problem, vectors, snapshot.m, snapshot.eps.ordinary)
    return list(zip(far, found, strict=True))
