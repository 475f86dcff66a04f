"""Seeds of one radial family of a section, from the survey: orders, estimates of k, and where the
modes live.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from ...errors import InputError
from ...mesh.section_cavity import SectionCavity
from ..mode_set import ModeRequest
from ..permittivities import permittivities
from .surveys.survey import SurveyedMode

_SPARE = 0.6  # azimuthal orders beside a range, what the estimates of the survey err by
# Axial orders farther apart are solved apart: in azimuthal orders, and relative to k. One
# factorisation serves what lies around its shift; a thin disk's q = 0 and 1 lie a tenth apart. Of
# the lowest azimuthal orders one is half the wavenumber.
_APART_IN_ORDERS, _APART, _MOST_APART = 1.5, 0.03, 0.2
_ESTIMATE = 3e-3  # relative: what the survey's estimates of k are right to


@dataclass(frozen=True)
class SectionSeed:
    """The radial family (polarisation, p) of a section; the counterpart of `FamilySeed`.

    Attributes
    ----------
    orders : tuple of int
        Azimuthal orders whose modes may be wanted, and one more for the free spectral range.
    surveyed : mapping of int to SurveyedMode
        By axial order: those that are solved together.
    family : mapping of int to SurveyedMode
        All axial orders that are asked for; those solved together, unless given.
    bodies : int
        Of the section: q = bodies j + s, with j the order in one body (`supermodes`).
    """

    polarisation: str
    p: int
    orders: tuple[int, ...]
    surveyed: Mapping[int, SurveyedMode]
    family: Mapping[int, SurveyedMode] = field(default_factory=dict)
    bodies: int = 1

    def __post_init__(self) -> None:
        if not self.family:
            object.__setattr__(self, "family", self.surveyed)

    def k_per_um(self, m: int, q: int) -> float:
        """Estimate of the wavenumber of the mode (m, p, q)."""
        return self._known(q).wavenumber(m)

    def inverse_q(self, q: int) -> float:
        """Estimate of 1/Q of an axial order; 0 where absorbing layers were not looked at."""
        return self._known(q).inverse_q

    def _known(self, q: int) -> SurveyedMode:
        known = self.family.get(q)
        return known or self.surveyed[min(self.surveyed, key=lambda other: abs(other - q))]


def section_seeds(
    request: ModeRequest, modes: Sequence[SurveyedMode], bodies: int
) -> list[SectionSeed]:
    """Seeds of all families asked for that the survey found; axial orders far from each other have
    a seed each.
    """
    seeds = []
    for polarisation, p in request.families:
        family = {
            mode.identity.q: mode
            for mode in sorted(modes, key=lambda mode: mode.merit)
            if (mode.identity.polarisation, mode.identity.p) == (polarisation, p)
            and mode.identity.q < request.axial_orders * bodies
        }
        for surveyed in _together(request, family):
            orders = _orders(request, surveyed)
            if orders:
                seeds.append(SectionSeed(polarisation, p, orders, surveyed, family, bodies))
    return seeds


def _together(
    request: ModeRequest, family: Mapping[int, SurveyedMode]
) -> list[dict[int, SurveyedMode]]:
    """The axial orders of a family in groups of neighbouring wavenumbers."""
    if not family:
        return []
    m = request.azimuthal_order or max(mode.m for mode in family.values())
    by_k = sorted(family, key=lambda q: family[q].wavenumber(m))
    groups, last = [{by_k[0]: family[by_k[0]]}], family[by_k[0]].wavenumber(m)
    for q in by_k[1:]:
        k = family[q].wavenumber(m)
        if k / last - 1.0 > max(_APART, min(_APART_IN_ORDERS / m, _MOST_APART)):
            groups.append({})
        groups[-1][q], last = family[q], k
    return groups


def _orders(request: ModeRequest, surveyed: Mapping[int, SurveyedMode]) -> tuple[int, ...]:
    if not surveyed:
        return ()
    if request.azimuthal_order is not None:
        return (request.azimuthal_order, request.azimuthal_order + 1)
    low_k, high_k = request.wavenumbers_per_um
    low = min(math.ceil(mode.order(low_k) - _SPARE) for mode in surveyed.values())
    high = max(math.floor(mode.order(high_k) + _SPARE) for mode in surveyed.values())
    return tuple(range(max(low, 1), max(high, low) + 2))


def labels(modes: Sequence[SurveyedMode]) -> set[tuple[str, int, int]]:
    """Polarisation, p and q of the modes found."""
    return {(mode.identity.polarisation, mode.identity.p, mode.identity.q) for mode in modes}


def orders_within_data(
    cavity: SectionCavity, seed: SectionSeed, request: ModeRequest
) -> tuple[tuple[int, ...], tuple[str, ...]]:
    """Azimuthal orders of a family whose wavelengths lie within the data of all media, and the
    first: a neighbour beyond them only tells the spacing. Of the others, a line for those that hold
    modes of the range.
    """
    kept, lost = [seed.orders[0]], []
    for m in seed.orders[1:]:
        estimates = [seed.k_per_um(m, q) for q in seed.surveyed]
        try:
            for k in (min(estimates) * (1 - _ESTIMATE), max(estimates) * (1 + _ESTIMATE)):
                permittivities(cavity, k)
        except InputError:
            if request.azimuthal_order is None:
                low, high = request.wavenumbers_per_um
                wanted = [
                    q for q, k in zip(seed.surveyed, estimates, strict=True) if low < k < high
                ]
                lost += [f"{seed.polarisation} {m} {seed.p} {q}" for q in sorted(wanted)]
            continue
        kept.append(m)
    if not lost:
        return tuple(kept), ()
    return tuple(kept), (
        f"{', '.join(lost)}: not solved, because other axial orders of the same m lie beyond the "
        "data of a medium; ask for fewer axial orders, or give data of a wider range",
    )
