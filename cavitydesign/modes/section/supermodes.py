"""Axial orders over all bodies of a section.

N like bodies that are coupled split every mode of one of them into N supermodes of the same
polarisation, p and axial order j of each body. They are told apart by their place s = 0 .. N - 1 in
the order of falling wavelength, and called q = N j + s: for two equal bodies as many sign changes
as the field has along z over both. With one body q = j.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from ...arrays import Array
from ..solver.identity import Identity

Family = tuple[str, int, int]


def groups(identities: Sequence[Identity], merit: Array, bodies: int) -> dict[Family, list[int]]:
    """Indices of the modes with one polarisation, p and order in their body, the clearest of each
    group, not more than there are bodies.
    """
    found: dict[Family, list[int]] = {}
    for index in np.argsort(-merit, kind="stable"):
        group = found.setdefault(identities[index].label, [])
        if len(group) < bodies:
            group.append(int(index))
    return found


def ranked(
    identities: Sequence[Identity], k: Array, merit: Array, bodies: int
) -> dict[int, tuple[str, int, int]]:
    """Labels over all bodies by index in the list, of modes that lie in the order of k.

    Parameters
    ----------
    identities : sequence of Identity
        Within the body that holds most of each mode.
    k : (n,) array
        Anything that rises as the modes' wavelengths fall.
    merit : (n,) array
        How clearly each is the mode that it is named.
    bodies : int
    """
    out = {}
    for (polarisation, p, j), group in groups(identities, merit, bodies).items():
        for s, index in enumerate(sorted(group, key=lambda index: float(k[index]))):
            out[index] = (polarisation, p, bodies * j + s)
    return out


def matched(k: Array, expected: dict[int, float], farthest: float) -> dict[int, int]:
    """The axial order of each found mode of one group: that of the nearest estimates, in the order
    of k where several are near.

    Parameters
    ----------
    k : (n,) array
        Wavenumbers found.
    expected : dict of int to float
        Estimates by axial order.
    farthest : float
        Relative distance beyond which a mode is none of these.
    """
    from scipy.optimize import linear_sum_assignment

    qs = sorted(expected)
    off = abs(np.asarray(k)[:, None] / np.array([expected[q] for q in qs]) - 1.0)
    rows, columns = linear_sum_assignment(np.minimum(off, farthest) ** 2)
    return {qs[j]: int(i) for i, j in zip(rows, columns, strict=True) if off[i, j] < farthest}
