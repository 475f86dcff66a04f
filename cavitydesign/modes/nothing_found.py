"""Why a search found no mode, or not one that was asked for, in one plain sentence."""

from __future__ import annotations

import math
from collections.abc import Sequence

from ..units import wavelength_nm
from .label import Label
from .mode_set import ModeRequest
from .solver.solved import SolvedClass


def not_found(labels: Sequence[str]) -> str:
    """That some modes were not found, and what that does not show."""
    return (
        f"{', '.join(labels)} {'was' if len(labels) == 1 else 'were'} not found: no such mode was "
        "seen near the estimate; that it does not exist is not shown by this"
    )


def why_nothing(request: ModeRequest, results: Sequence[SolvedClass]) -> str:
    """What the nearest modes outside the range are, or that none of the azimuthal order was seen.

    Parameters
    ----------
    results : sequence of SolvedClass
        All that was solved. Families are solved a little beyond the range on either side.
    """
    if request.azimuthal_order is not None:
        return (
            f"no mode was found: of azimuthal order {request.azimuthal_order} none of the "
            "polarisations, radial and axial orders asked for was seen near its estimate"
        )
    low, high = request.range_nm
    head = f"no mode was found: none of those asked for lies between {low:.9g} and {high:.9g} nm"
    beside = [
        (
            wavelength_nm(mode.k_per_um.real),
            Label(one.seed.polarisation, mode.m, one.seed.p, mode.q),
        )
        for one in results
        for mode in one.modes
    ]
    above = min((mode for mode in beside if mode[0] > high), default=None, key=lambda one: one[0])
    below = max((mode for mode in beside if mode[0] < low), default=None, key=lambda one: one[0])
    near = " and ".join(
        f"{label} at {at:.{_digits(at, high - low)}f} nm"
        for at, label in (one for one in (below, above) if one is not None)
    )
    if not near:
        return f"{head}, and none was seen beside it"
    return f"{head}; the nearest beside it: {near}"


def _digits(at_nm: float, span_nm: float) -> int:
    """Decimals that tell a wavelength from the end of the range."""
    return min(max(1 - math.floor(math.log10(max(span_nm, 1e-6 * at_nm))), 0), 6)
