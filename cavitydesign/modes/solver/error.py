"""Bounds of the errors of resolution, from the same modes two polynomial orders lower.

Over two orders the eigenvalue's error falls by 45 to 4000 on these meshes at orders 7 and above, by
10 to 1400 at 5 and 6 (measured on exact spheres and cylinders, p = 1 .. 3; odd-even effects make a
step of one order unreliable), so the difference divided by the lower end of that range bounds the
error of the higher order. By that bound the resolution is chosen; of windows, what is stated is
nearer to the error itself (`projected`).
"""

from __future__ import annotations

import math

from ...geometry.cavity import Cavity
from ..estimates.seeds import Seed
from .snapshot import Snapshot

_GAIN_OF_TWO_ORDERS = {4: 4.0, 5: 10.0, 6: 12.0, 7: 50.0, 8: 45.0}
_GAIN_AT_HIGH_ORDER = 60.0  # from order 9 on, near the lower end of the 45 to 4000 measured
# Gain at the far end of a wide comb over that of fitting elements: measured on exact spheres of 5
# to 30 um at 1e-8, p = 1 and 2 (TE with 2.2: errors of up to 3.2 x the stated ones).
_UNFIT_FROM, _UNFIT = 8, {"TM": 2.2, "TE": 3.3}
# The least that two orders gained in k at order 5 (10 to 1400, as said above)
GAIN_FOR_LOG_Q = 10.0
# Of the largest error of k of the axial orders, which differ little: one mode's change can be small
# by chance (sphere n = 2.36, TE 16 1 2 at 1e-6: 9e-8 off where 2.4e-8 was stated, and 8e-8 of q =
# 0)
SHARE_OF_AXIAL_ORDERS = 0.5
SHARE_OF_DISCRETISATION = 0.8  # of the accuracy; the rest is for walls and the reduced basis
# log10 Q below which an absorbing layer's Q is trusted, and below which it tells that the far field
# errs: 2 Q times the error of k is what it errs by, 2 % at 1e8 where k is right to 1e-10.
LAYER_TRUSTED_BELOW, LAYER_COMPARED_BELOW = 8.0, 9.0
LEAST = 1e-300  # of two solves that agree to the last digit: keeps quotients finite
# Azimuthal order below which a field fills the body, and the share of the gain that its modes of
# more oscillations then have
_FILLING_BELOW, _SLOWER = 40, 0.6
_LEAST_SEEN = 1.0  # steps that hardly fall: the rest is taken to be as large as the last step
# Of m over the aspect, a little below the 0.35 measured on spheres; the limits keep a fit to few
# spheres from being stretched: a half is always gained, and no more than a hundredfold relied on.
_GAIN_OF_A_FUNCTION, _LEAST_GAIN, _MOST_GAIN = 0.3, 1.5, 100.0


def least_closed_log10_q(accuracy: float) -> float:
    """log10 Q from which on closed walls may stand in for the open surround.

    Walls move k by about 1/Q, which must stay a hundredth of the accuracy of k, and Q is read from
    the far field. Below 1e10 the imaginary part of k, 500 times its rounding, tells Q in any case.
    """
    return max(10.0, 2.0 - math.log10(accuracy))


def gain_of_two_orders(
    order: int, m: int, p: int, q: int, fitting: bool = True, polarisation: str = "TM"
) -> float:
    """Factor by which two more polynomial orders reduce the error of k at least, as far as it was
    measured.

    Below m = 60 the layer at the rim is no longer thin against the radius and the factor falls (28
    at order 7 and m = 30, 22 at m = 6). Elements fit the first azimuthal order of a wide comb; at
    the last one they do not, and from order 8 on the factor is less than half of that (20 at order
    8, TE 13).
    """
    gain = _GAIN_OF_TWO_ORDERS.get(order, _GAIN_AT_HIGH_ORDER) * min(
        1.0, max(0.35, math.sqrt(m / 60.0))
    )
    if not fitting and order >= _UNFIT_FROM:
        return (0.6 if p > 1 else 1.0) * gain / _UNFIT[polarisation]
    return 0.6 * gain if p > 2 or q > 1 else gain  # more oscillations on the same elements


def across_errors(
    high: Snapshot, low: Snapshot, order: int, seed: Seed, fitting: bool = True
) -> dict[int, float]:
    """Relative error of k of each axial order by the order across the rim, from the same modes two
    orders lower; no less than half of the largest, as one mode's change can be small by chance.
    """
    errors = {
        q: change / gain_of_two_orders(order, high.m, seed.p, q, fitting, seed.polarisation)
        for q, change in _changes(high, low).items()
    }
    least = SHARE_OF_AXIAL_ORDERS * max(errors.values(), default=0.0)
    return {q: max(error, least) for q, error in errors.items()}


def along_errors(
    more: Snapshot, fewer: Snapshot, fewest: Snapshot | None, m: int, p: int, cavity: Cavity
) -> dict[int, float]:
    """Relative error of k of each axial order by the number of functions along the outline.

    Parameters
    ----------
    more, fewer : Snapshot
        The same modes with one function less (of the mode's own parity).
    fewest : Snapshot or None
        With two less, where the gain of a function is not known beforehand: it is what the last two
        steps show, and not above the measured one.
    """
    if cavity.sliced:
        return dict.fromkeys(more.chosen, 0.0)
    gain, changes = gain_of_a_function(m, cavity), _changes(more, fewer)
    if fewest is None:
        return {q: change / (gain * _oscillating_share(m, p, q)) for q, change in changes.items()}
    before = _changes(fewer, fewest)
    return {
        q: change / min(max(before.get(q, 0.0) / max(change, LEAST) - 1.0, _LEAST_SEEN), gain)
        for q, change in changes.items()
    }


def _oscillating_share(m: int, p: int, q: int) -> float:
    """Share of the gain that modes of more oscillations have where the field fills the body
    (spheres of m = 12, p = 5, q = 2: true error 3.5 times stated without it).
    """
    if m >= _FILLING_BELOW:
        return 1.0
    return (_SLOWER if p > 2 else 1.0) * (_SLOWER if q > 1 else 1.0)


def gain_of_a_function(m: int, cavity: Cavity) -> float:
    """Factor by which one more function along the outline reduces the error of k at least
    (measured: 0.35 m for spheres).
    """
    aspect = max(cavity.outline.equator_radius_um / cavity.outline.axial_radius_um, 0.5)
    return min(max(_GAIN_OF_A_FUNCTION * m / aspect, _LEAST_GAIN), _MOST_GAIN)


def _changes(better: Snapshot, worse: Snapshot) -> dict[int, float]:
    out = {}
    for q in better.chosen:
        if q not in worse.chosen:
            continue
        k, other = better.wavenumber(q), worse.wavenumber(q)
        out[q] = abs(k - other) / abs(k)
    return out


def tunnelling_error(m: int, x: float, relative: float, log10_q: float | None) -> float:
    """Error of log10 Q that an error of k causes: d ln Q / d ln k is -2 sqrt(m^2 - x^2) below the
    barrier.

    Of that, and of the bound 2 Q of a complex eigenvalue, the shares that random exact spheres and
    cylinders ask for (Q of 80 to 1e1250: 3 x the error stated holds the true one in 98 % and more).

    Parameters
    ----------
    m : int
    x : float
        k n_surround R.
    relative : float
        Error of k.
    log10_q : float or None
        Of a mode whose loss is read from its complex wavenumber; None for the far field.
    """
    steep = math.sqrt(max(m**2 - x**2, 1.0))
    if log10_q is None:
        return steep * relative / math.log(10.0)
    widest: float = 10.0 ** min(log10_q, 3.0)
    return 0.2 * (steep + widest) * relative / math.log(10.0)
