"""Which modes of a family a range holds by their estimates: what a list is held against."""

from __future__ import annotations

from .seeds import FamilySeed

_WIDER = 5e-3  # relative: estimates are right to 3e-3 down to a Q of 30


def expected_in_range(seed: FamilySeed) -> list[tuple[int, int]]:
    """Azimuthal and axial orders of the modes that may lie in the range by their estimates; none
    where no range was asked for.

    Only modes that `FamilySeed.wants` are told: a family is followed to those, and at high
    azimuthal orders they lie much nearer the range than the error of an estimate of low ones.
    """
    low, high = seed.k_range_per_um
    if low == 0.0:
        return []
    low, high = low * (1.0 - _WIDER), high * (1.0 + _WIDER)
    return [
        (m, q)
        for m in seed.orders
        for q in seed.axial
        if seed.wants(m, q) and low <= seed.k_per_um(m, q) <= high
    ]
