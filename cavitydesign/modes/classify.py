"""Read a mode's identity from its field: polarisation from the energy fractions, p and q from the extrema.

TM: E along the fibre axis (E_z carries more energy than E_r); TE: E across it. The dominant component on a grid (s, t) is nearly a
product f(s) g(t); its leading singular vectors give the number of radial extrema p of f and of axial ones q + 1 of g.
Where TM and TE mix half and half both may look alike; then the one that is less of it takes the other's name.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ..fem.field import FieldGrid, GridField
from ..fem.legendre import Array
from .problem import Values, WindowProblem

_NOISE = 0.02
_HYBRID = 0.3
_GUIDED = 0.3


@dataclass(frozen=True)
class Identity:
    """Polarisation and orders of one eigenvector, with the evidence.

    Attributes
    ----------
    fractions : (3,) array
        Shares of int eps |E|^2 in E_z, E_r, E_phi.
    purity : float
        Share of the dominant component that the leading product f(s) g(t) carries; low near an avoided crossing.
    inside : float
        Share of the energy in the window's lossless part that is inside the outline.
    """

    polarisation: str
    p: int
    q: int
    fractions: Array
    purity: float
    inside: float

    @property
    def label(self) -> tuple[str, int, int]:
        """Polarisation, p and q."""
        return self.polarisation, self.p, self.q

    @property
    def dominance(self) -> float:
        """How clearly the polarisation is what it is: 1 for one component alone, 0 for equal shares."""
        axial, radial = float(self.fractions[0]), float(self.fractions[1])
        return abs(axial - radial) / (axial + radial)


def identify(problem: WindowProblem, vectors: Values, m: float | Array, permittivity: Array) -> list[Identity]:
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
        twins = [other for other in identities if other.label == one.label and other is not one and other.inside > _GUIDED]
        if one.dominance < _HYBRID and one.inside > _GUIDED and any(other.dominance > one.dominance for other in twins):
            renamed = _one(problem, grid, field, i, weight, "TE" if one.polarisation == "TM" else "TM")
            if renamed.label not in taken:
                identities[i] = renamed
                taken.add(renamed.label)
    return identities


def _one(
    problem: WindowProblem, grid: FieldGrid, field: GridField, i: int, weight: Array, polarisation: str | None = None
) -> Identity:
    squares = [abs(e[i]) ** 2 * weight for e in (field.e_z, field.e_r, field.e_azimuthal)]
    parts = np.array([square.sum() for square in squares])
    fractions = parts / parts.sum()
    if polarisation is None:
        polarisation = "TM" if fractions[0] >= fractions[1] else "TE"
    component = field.e_z[i] if polarisation == "TM" else field.e_r[i]
    rows = grid.region <= len(problem.cavity.regions) - 2
    inside = float(sum(square[rows].sum() for square in squares) / parts.sum())
    component = (component * np.sqrt(weight))[rows]
    if np.iscomplexobj(component):
        peak = component.ravel()[np.argmax(abs(component))]
        component = (component * np.conj(peak) / abs(peak)).real
    left, singular, right = np.linalg.svd(component, full_matrices=False)
    purity = float(singular[0] ** 2 / (singular**2).sum())
    along = sign_changes(right[0])
    odd = problem.mirror is not None and (problem.mirror == "electric") == (polarisation == "TE")
    q = along if problem.mirror is None else 2 * along + int(odd)
    return Identity(polarisation, sign_changes(left[:, 0]) + 1, q, fractions, purity, inside)


def sign_changes(values: Array, noise: float = _NOISE) -> int:
    """Sign changes between parts of a profile that rise above the noise."""
    strong = values[abs(values) > noise * abs(values).max()]
    return int(np.count_nonzero(np.diff(np.sign(strong))))
