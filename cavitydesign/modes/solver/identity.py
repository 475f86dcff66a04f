"""What a mode is called: polarisation from the energy fractions, p and q from the extrema of its
dominant component.

TM: E along the fibre axis (E_z carries more energy than E_r); TE: E across it. The dominant
component on a grid outwards x along is nearly a product f g; its leading singular vectors give the
number of radial extrema p of f and of axial ones of g.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from ...arrays import Array, Values

# Of the largest value: signs of what lies below are those of tails and of the solver's error.
_NOISE = 0.02
# Difference of the energies of E_z and E_r, over their sum, below which a mode is neither TM nor
# TE: one of them has less than twice the other (0.65 to 0.35).
HYBRID = 0.3


@dataclass(frozen=True)
class Identity:
    """Polarisation and orders of one eigenvector, with the evidence.

    Attributes
    ----------
    fractions : (3,) array
        Shares of int eps |E|^2 in E_z, E_r, E_phi.
    purity : float
        Share of the dominant component that the leading product f(s) g(t) carries; low near an
        avoided crossing.
    inside : float
        Share of the energy in the window's lossless part that is inside the outline, in media of an
        index above the surround's.
    turned : (3,) array or None
        In windows the shares along the outline, across it and around, by which modes are named.
    """

    polarisation: str
    p: int
    q: int
    fractions: Array
    purity: float
    inside: float
    turned: Array | None = None

    @property
    def label(self) -> tuple[str, int, int]:
        """Polarisation, p and q."""
        return self.polarisation, self.p, self.q

    @property
    def dominance(self) -> float:
        """How clearly the polarisation is what it is: 1 for one component alone, 0 for equal
        shares.
        """
        shares = self.fractions if self.turned is None else self.turned
        axial, radial = float(shares[0]), float(shares[1])
        return abs(axial - radial) / (axial + radial)


def component_densities(field: Any, weight: Array, column: int | None = None) -> list[Array]:
    """Weighted squares of E_z, E_r and E_phi, of all columns of a field or of one.

    Parameters
    ----------
    field : object
        With `e_z`, `e_r` and `e_azimuthal`, one column of the solver first.
    weight : array
        Of eps |E|^2 at the points.
    column : int, optional
    """
    parts = (field.e_z, field.e_r, field.e_azimuthal)
    chosen = parts if column is None else tuple(part[column] for part in parts)
    return [np.asarray(abs(part) ** 2 * weight) for part in chosen]


def polarisation_of(fractions: Array) -> str:
    """TM where E_z carries more energy than E_r.

    Parameters
    ----------
    fractions : (3,) array
        Shares, or sums, of int eps |E|^2 in E_z, E_r, E_phi.
    """
    return "TM" if fractions[0] >= fractions[1] else "TE"


def extrema(component: Values, noise: float = _NOISE) -> tuple[int, int, float]:
    """Extrema outwards and along of a field that is nearly a product, and the share of that
    product.

    Parameters
    ----------
    component : (S, T) array
        On a grid outwards x along; a complex one is turned to the phase of its largest value.
    noise : float
        Share of the largest value of a profile below which its signs mean nothing.
    """
    if np.iscomplexobj(component):
        peak = component.ravel()[np.argmax(abs(component))]
        component = (component * np.conj(peak) / abs(peak)).real
    left, singular, right = np.linalg.svd(component, full_matrices=False)
    purity = float(singular[0] ** 2 / max(float((singular**2).sum()), 1e-300))
    return _sign_changes(left[:, 0], noise) + 1, _sign_changes(right[0], noise) + 1, purity


def _sign_changes(values: Array, noise: float) -> int:
    """Sign changes between parts of a profile that rise above the noise."""
    strong = values[abs(values) > noise * abs(values).max()]
    return int(np.count_nonzero(np.diff(np.sign(strong))))
