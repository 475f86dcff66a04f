"""Why a search found no mode, or not one that was asked for, in one plain sentence."""

from __future__ import annotations

import math
from collections.abc import Sequence

from ...units import wavelength_nm
from ..estimates.expected import expected_in_range
from ..estimates.seeds import FamilySeed
from ..label import Label
from ..mode import Mode
from ..mode_set import ModeRequest
from ..solver.solved import SolvedClass


def not_found(labels: Sequence[str]) -> str:
    """That some modes were not found, and what that does not show."""
    return (
        f"{', '.join(labels)} {'was' if len(labels) == 1 else 'were'} not found: no such mode was "
        "seen near the estimate; that it does not exist is not shown by this"
    )


def lacking(
    seeds: Sequence[FamilySeed],
    results: Sequence[SolvedClass],
    modes: Sequence[Mode],
    lines: Sequence[str],
) -> list[str]:
    """One line for the modes that a range should hold by their estimates, and that were neither
    listed, nor found outside it, nor named by another line.
    """
    seen = {mode.label for mode in modes}
    for result in results:
        own, low, high = result.seed, *_range(seeds)
        seen |= {
            str(Label(own.polarisation, raw.m, own.p, raw.q))
            for raw in result.modes
            if result.alone in (None, raw.m) and not low <= raw.k_per_um.real <= high
        }
    named = " ".join(lines).replace(",", " ").replace(":", " ").split()
    told = {" ".join(named[i : i + 4]) for i in range(len(named))}
    lost = [
        str(Label(seed.polarisation, m, seed.p, q))
        for seed in seeds
        for m, q in expected_in_range(seed)
    ]
    lost = [label for label in dict.fromkeys(lost) if label not in seen and label not in told]
    if not lost:
        return []
    return [f"{not_found(lost)}, nor that it lies in the range, near which its estimate is"]


def _range(seeds: Sequence[FamilySeed]) -> tuple[float, float]:
    """Wavenumbers of the range that all seeds are of."""
    return seeds[0].k_range_per_um if seeds else (0.0, math.inf)


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
            + _also(request)
        )
    low, high = request.range_nm
    head = f"no mode was found: none of those asked for lies between {low:.9g} and {high:.9g} nm"
    outside = [
        (
            wavelength_nm(mode.k_per_um.real),
            Label(one.seed.polarisation, mode.m, one.seed.p, mode.q),
        )
        for one in results
        for mode in one.modes
    ]
    above = min((mode for mode in outside if mode[0] > high), default=None, key=lambda one: one[0])
    below = max((mode for mode in outside if mode[0] < low), default=None, key=lambda one: one[0])
    near = " and ".join(
        f"{label} at {at:.{_digits(at, high - low)}f} nm"
        for at, label in (one for one in (below, above) if one is not None)
    )
    if not near:
        return f"{head}, and none was seen beside it{_also(request)}"
    return f"{head}; the nearest beside it: {near}"


def ended_without(request: ModeRequest, limit_s: float) -> str:
    """That a search used up its computing time before it saw a mode that was asked for."""
    which = request.polarisation if request.polarisation in ("TM", "TE") else "such"
    order = request.azimuthal_order
    of_order = "" if order is None else f" of azimuthal order {order}"
    return (
        f"no {which} mode{of_order} was seen near {request.wavelength_nm:.9g} nm in the time of "
        f"the search, which is part of {limit_s:g} s of computing; that there is none is not shown "
        f"by this{_also(request)}"
    )


def _also(request: ModeRequest) -> str:
    """How to ask for the other polarisation, where one is asked for."""
    other = {"TM": "TE", "TE": "TM"}.get(request.polarisation)
    return f'; modes.polarisation = "both" asks for {other} as well' if other else ""


def _digits(at_nm: float, span_nm: float) -> int:
    """Decimals that tell a wavelength from the end of the range."""
    return min(max(1 - math.floor(math.log10(max(span_nm, 1e-6 * at_nm))), 0), 6)
