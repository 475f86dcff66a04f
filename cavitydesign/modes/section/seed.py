"""Seeds of one radial family of a section, from the survey: orders, estimates of k, and where the
modes live.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from ...units import wavenumber_per_um
from ..mode_set import ModeRequest
from .survey import SurveyedMode

_SPARE = 0.6


@dataclass(frozen=True)
class SectionSeed:
    """The radial family (polarisation, p) of a section; the counterpart of `FamilySeed`.

    Attributes
    ----------
    orders : tuple of int
        Azimuthal orders whose modes may be wanted, and one more for the free spectral range.
    surveyed : mapping of int to SurveyedMode
        By axial order.
    """

    polarisation: str
    p: int
    orders: tuple[int, ...]
    surveyed: Mapping[int, SurveyedMode]

    def k_per_um(self, m: int, q: int) -> float:
        """Estimate of the wavenumber of the mode (m, p, q)."""
        known = self.surveyed.get(q)
        if known is None:
            known = self.surveyed[min(self.surveyed, key=lambda other: abs(other - q))]
        return known.wavenumber(m)


def section_seeds(request: ModeRequest, modes: Sequence[SurveyedMode]) -> list[SectionSeed]:
    """Seeds of all families asked for that the survey found."""
    seeds = []
    for polarisation in request.polarisations:
        for p in range(1, request.radial_orders + 1):
            surveyed = {
                mode.identity.q: mode
                for mode in reversed(modes)
                if (mode.identity.polarisation, mode.identity.p) == (polarisation, p)
                and mode.identity.q < request.axial_orders
            }
            orders = _orders(request, surveyed)
            if orders:
                seeds.append(SectionSeed(polarisation, p, orders, surveyed))
    return seeds


def _orders(request: ModeRequest, surveyed: Mapping[int, SurveyedMode]) -> tuple[int, ...]:
    if not surveyed:
        return ()
    if request.azimuthal_order is not None:
        return (request.azimuthal_order, request.azimuthal_order + 1)
    assert request.span_nm is not None
    low_k = wavenumber_per_um(request.wavelength_nm + 0.5 * request.span_nm)
    high_k = wavenumber_per_um(request.wavelength_nm - 0.5 * request.span_nm)
    low = min(math.ceil(mode.order(low_k) - _SPARE) for mode in surveyed.values())
    high = max(math.floor(mode.order(high_k) + _SPARE) for mode in surveyed.values())
    return tuple(range(max(low, 1), max(high, low) + 2))


def labels(modes: Sequence[SurveyedMode]) -> set[tuple[str, int, int]]:
    """Polarisation, p and q of the modes found."""
    return {(mode.identity.polarisation, mode.identity.p, mode.identity.q) for mode in modes}
