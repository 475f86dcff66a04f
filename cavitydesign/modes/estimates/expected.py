"""Which modes of a family a range holds by their estimates: what a list is held against."""

from __future__ import annotations

from collections.abc import Mapping

from .seeds import FamilySeed

_WIDER = 5e-3  # relative: estimates are right to 3e-3 down to a Q of 30
# Distance of a mode found from its estimate, in spacings of azimuthal orders (1/m of k), from which
# on others may lie in the range by it; how well it tells them, relative; and how many azimuthal
# orders beside those of the seed are looked at
_OFF_BY, _LEFT, _MOST_BESIDE = 0.3, 2e-3, 12


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


def shifted_into_range(
    seed: FamilySeed, found: Mapping[tuple[int, int], float]
) -> list[tuple[int, int]]:
    """Azimuthal and axial orders, not found yet, of the modes that may lie in the range if each is
    as far from its estimate as the nearest mode found of its axial order.

    In a strongly oblate body radial and axial orders mix, and estimates are off by several
    azimuthal orders (spheroid of 12.2 by 4.4 um, p = 2, q = 2: 3 %, four orders).

    Parameters
    ----------
    found : mapping of two ints to float
        Wavenumbers in um^-1 by azimuthal and axial order.
    """
    low, high = seed.k_range_per_um
    if low == 0.0:
        return []
    out = []
    for q in seed.axial:
        off = {m: k / seed.k_per_um(m, q) for (m, other), k in found.items() if other == q}
        far = {m for m, ratio in off.items() if m * abs(ratio - 1.0) > _OFF_BY}
        if not far:  # the estimates are right, as most are
            continue
        beyond = range(max(1, seed.orders[0] - _MOST_BESIDE), seed.orders[-1] + _MOST_BESIDE)
        for m in beyond:
            nearest = min(off, key=lambda one: abs(one - m))
            left = min(_LEFT, _OFF_BY / m)
            if (
                (m, q) not in found
                and nearest in far
                and low * (1.0 - left) <= off[nearest] * seed.k_per_um(m, q) <= high * (1.0 + left)
            ):
                out.append((m, q))
    return out
