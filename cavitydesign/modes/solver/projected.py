"""The errors that are stated where the same modes were solved one order lower too.

Changes over one and over two orders, each carried on by the usual gain of so many, are two guesses
of what is left. Even and odd orders converge apart, so that either can be small by chance; their
geometric mean follows the error of single modes two to three times as closely. What is an integral
over the field (k, log10 Q, shares of the energy) errs like products of two fields, as duality has
it, and gains alike; the largest density is read at a point, errs like the field, and gains the root
of that.

Measured on 495 random exact spheres and cylinders, 0.8 to 200 um, Q of 10 and above, accuracies of
1e-4, 1e-6 and 1e-8.
"""

from __future__ import annotations

import bisect
import math
from collections.abc import Sequence
from dataclasses import dataclass, field

from ...arrays import Values
from ..losses.measures import Measures
from .snapshot import Snapshot

# Usual gain of one order of what converges like k; below order 7 elements hold less of a wave.
_GAIN, _GAIN_AT_LOW_ORDERS, _LOW_ORDERS = 10.0, 7.0, 7
# Of the mean and of the nearer guess, so that three times the error stated holds all true ones.
_ABOVE_MEAN = 1.75

# The energy of a leaky mode is counted up to its caustic. Where that lies within an element, the
# error of the field does not cancel over the part that counts, and two orders gain little more than
# ten: a share of the change over two orders, and so many times the error of k, where the caustic is
# at 1.4 radii (1 / 0.72) and beyond; a nearer one cuts less. Elements end at the caustic of the
# highest axial order, where nothing of this is left.
_CUT_OF_TWO_ORDERS, _CUT_OF_K, _CUT_FROM, _CUT_RATE = 0.05, 3.0, 0.72, 20.0
_CUT_IN_FULL = 4.0  # a quarter of an element from its end the cut counts in full
# Where J_m(k r) falls by more e-folds across the element at the rim than the order holds, what it
# sums of a field errs as the field and not as its square: over two orders by less than its usual
# gain, in the ratio of both (TE of spheres of n = 3.4 and 470 um at order 5: 34 e-folds, log10 Q
# changed by 1.0 over two orders and 0.36 off, where one order had changed it by 0.14 by chance).
_UNHELD = 1.3
_LEAST_GAIN_OF_PEAK = 4.0  # of the largest density, by a function along the outline


@dataclass(frozen=True)
class Nearer:
    """Modes of one azimuthal order one order lower, and two orders and a function along lower.

    Attributes
    ----------
    vectors, fewer : dict of int to (n,) array
        Embedded, by axial order.
    order : int
        Across the rim, of the modes whose errors are sought.
    along : float
        Least gain of a function along the outline.
    cuts : dict of int to float, or None
        By axial order, what the cut at the caustic leaves in the shares of leaky modes: from 0 at
        an element's end to 1 within one (`cut_within`).
    folds : float
        Of J_m(k r) across the element at the rim, where what radiates is summed against it.
    """

    vectors: dict[int, Values] = field(repr=False)
    fewer: dict[int, Values] = field(repr=False)
    order: int
    along: float
    cuts: dict[int, float] | None
    folds: float = 0.0


def gain_of_one_order(order: int) -> float:
    """Usual gain of one more order of what converges like k."""
    return _GAIN if order >= _LOW_ORDERS else _GAIN_AT_LOW_ORDERS


def projected(one: float, two: float, gain: float) -> float:
    """What is left of an error whose last one and last two orders changed so much.

    Parameters
    ----------
    one, two : float
        Absolute changes over one and two orders.
    gain : float
        Usual gain of one order.
    """
    mean = math.sqrt(one * two / gain**3)
    return max(_ABOVE_MEAN * max(mean, one / gain), two / gain**2)


def projected_k_errors(
    high: Snapshot, nearer: Snapshot, low: Snapshot, order: int
) -> dict[int, float]:
    """Relative error of k of each axial order by the order across the rim."""
    gain = gain_of_one_order(order)
    out = {}
    for q in high.chosen:
        if q in nearer.chosen and q in low.chosen:
            k = high.wavenumber(q)
            one, two = (abs(snapshot.wavenumber(q) - k) / abs(k) for snapshot in (nearer, low))
            out[q] = projected(one, two, gain)
    return out


def projected_layer_error(
    high: Snapshot, nearer: Snapshot, low: Snapshot, fewer: Snapshot, order: int, along: float
) -> float:
    """Error of log10 Q of leaky modes, from their complex wavenumbers; the largest of the modes.

    Parameters
    ----------
    fewer : Snapshot
        The modes of `low` with one function less along the outline.
    """
    one, two = layer_changes(high, nearer), layer_changes(high, low)
    function = layer_changes(low, fewer)
    return max(
        (
            projected(one[q], two[q], gain_of_one_order(order)) + function.get(q, 0.0) / along
            for q in one
            if q in two
        ),
        default=0.0,
    )


def layer_changes(better: Snapshot, worse: Snapshot) -> dict[int, float]:
    """Changes of log10 Q as complex wavenumbers tell it, by axial order."""

    def log10_q(snapshot: Snapshot, q: int) -> float:
        k = snapshot.wavenumber(q)
        return math.log10(abs(k.real / (2 * k.imag))) if k.imag else math.inf

    both = [q for q in better.chosen if q in worse.chosen]
    changes = {q: abs(log10_q(better, q) - log10_q(worse, q)) for q in both}
    return {q: change for q, change in changes.items() if math.isfinite(change)}


def cut_within(caustic: float, ends: Sequence[float], radius: float) -> float:
    """How much of the error of a cut within an element a caustic brings into the shares.

    Parameters
    ----------
    caustic : float
        Its distance from the rim.
    ends : sequence of float
        Of the elements outside the rim, rising.
    radius : float
        Of the rim.
    """
    if not ends[0] < caustic < ends[-1]:
        return 0.0
    index = bisect.bisect_left(ends, caustic)
    low, high = ends[index - 1], ends[index]
    off = min(caustic - low, high - caustic) / (high - low)
    far = math.exp(_CUT_RATE * (_CUT_FROM - radius / (radius + caustic)))
    return min(1.0, far) * min(1.0, _CUT_IN_FULL * off)


def share_error(
    high: Measures,
    nearer: Measures,
    low: Measures,
    fewer: Measures,
    how: Nearer,
    of_k: float,
    q: int,
) -> float:
    """Absolute error of the shares of the energy of a mode of axial order q.

    Parameters
    ----------
    of_k : float
        Relative error of k.
    """
    one, two = (float(abs(high.region_share - x.region_share).max()) for x in (nearer, low))
    function = float(abs(low.region_share - fewer.region_share).max())
    error = projected(one, two, gain_of_one_order(how.order)) + function / how.along
    if how.cuts is None:
        return error
    cut = how.cuts.get(q, 1.0)
    return error + cut * (_CUT_OF_TWO_ORDERS * two + _CUT_OF_K * of_k)


def far_field_error(
    high: Measures, nearer: Measures, low: Measures, fewer: Measures, how: Nearer
) -> float:
    """Error of log10 Q of the far field."""
    one, two, function = (
        abs(a.log10_q_far - b.log10_q_far) for a, b in ((high, nearer), (high, low), (low, fewer))
    )
    if not math.isfinite(one + two + function):
        return 0.0
    gain = gain_of_one_order(how.order)
    unheld = two / gain**2 * _UNHELD * how.folds / how.order
    return max(projected(one, two, gain), unheld) + function / how.along


def volume_error(
    high: Measures, nearer: Measures, low: Measures, fewer: Measures, how: Nearer
) -> float:
    """Relative error of the mode volume."""
    one, two, function = (
        abs(b.volume_um3 / a.volume_um3 - 1.0)
        for a, b in ((high, nearer), (high, low), (low, fewer))
    )
    of_peak = max(math.sqrt(how.along), _LEAST_GAIN_OF_PEAK)
    return projected(one, two, math.sqrt(gain_of_one_order(how.order))) + function / of_peak
