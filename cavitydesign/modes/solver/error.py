"""Error bars: the same modes two polynomial orders lower, the walls of the window, the reduced
basis, rounding.

Over two orders the eigenvalue's error falls by 45 to 4000 on these meshes at orders 7 and above, by
10 to 1400 at 5 and 6 (measured on exact spheres and cylinders, p = 1 .. 3; odd-even effects make a
step of one order unreliable), so the difference divided by the lower end of that range bounds the
error of the higher order.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from ...geometry.cavity import Cavity
from ..estimates.seeds import Seed
from ..losses.measures import Measures
from .snapshot import Snapshot

if TYPE_CHECKING:
    from .solved import ComparedShot

_GAIN_OF_TWO_ORDERS = {4: 4.0, 5: 10.0, 6: 12.0, 7: 50.0, 8: 45.0}
_GAIN_AT_HIGH_ORDER = 60.0
# Gain at the far end of a wide comb over that of fitting elements: measured on exact spheres of 5
# to 30 um at 1e-8, p = 1 and 2 (TE with 2.2: errors of up to 3.2 x the stated ones).
_UNFIT_FROM, _UNFIT = 8, {"TM": 2.2, "TE": 3.3}
_ROUNDING = 3e-13
_GAIN_FOR_LOG_Q, _GAIN_FOR_CONFINEMENT, _GAIN_FOR_VOLUME = 10.0, 10.0, 5.0
_SHARE_OF_CLASS = 0.3  # of the largest change of the class: one mode's can be small by chance
# The same of errors of k, which differ little between axial orders (sphere n = 2.36, TE 16 1 2 at
# 1e-6: 9e-8 off where 2.4e-8 was stated, and 8e-8 of q = 0)
_SHARE_OF_AXIAL_ORDERS = 0.5
_LEAST = 1e-300
# Of the relative error of a field: absolute error of confinement, relative one of the volume. That
# of log10 Q is measured.
_CONFINEMENT_OF_FIELD, _VOLUME_OF_FIELD = 0.01, 0.3
_FILLING_BELOW, _SLOWER = 40, 0.6
_LEAST_SEEN = 1.0  # steps that hardly fall: the rest is taken to be as large as the last step
_GAIN_OF_A_FUNCTION, _LEAST_GAIN, _MOST_GAIN = 0.3, 1.5, 100.0


@dataclass(frozen=True)
class FieldErrors:
    """Errors of what is read from the field of one mode.

    Attributes
    ----------
    confinement, log10_q : float
        Absolute; log10 Q from the far field.
    volume : float
        Relative.
    """

    confinement: float
    log10_q: float
    volume: float

    def joined(self, other: FieldErrors, join: Callable[[float, float], float]) -> FieldErrors:
        """Each of these errors and the other's, joined."""
        return FieldErrors(
            join(self.confinement, other.confinement),
            join(self.log10_q, other.log10_q),
            join(self.volume, other.volume),
        )


@dataclass(frozen=True)
class ErrorBars:
    """Errors of the modes of one azimuthal order.

    Attributes
    ----------
    m : int
    by_q : mapping of int to float
        Relative errors of the wavenumber by axial order.
    fields_by_q : mapping of int to FieldErrors
        Of the axial orders whose fields were compared; the others have the largest of theirs.
    layer_log10_q : float or None
        Absolute, where Q is read from complex wavenumbers.
    """

    m: int
    by_q: Mapping[int, float]
    fields_by_q: Mapping[int, FieldErrors]
    layer_log10_q: float | None = None

    @property
    def worst(self) -> float:
        """Largest relative error of the wavenumber."""
        return max(self.by_q.values(), default=0.0)

    def relative(self, q: int) -> float:
        """Relative error of the wavenumber of axial order q."""
        return self.by_q.get(q, self.worst)

    def fields(self, q: int) -> FieldErrors:
        """Errors of what is read from the field of axial order q."""
        known = self.fields_by_q.get(q)
        if known is not None:
            return known
        out = FieldErrors(0.0, 0.0, 0.0)
        for one in self.fields_by_q.values():
            out = out.joined(one, max)
        return out

    def towards(self, other: ErrorBars, m: int) -> ErrorBars:
        """Those of another azimuthal order, between this one's and those of another: their
        logarithms run straight in m.
        """
        share = min(max((m - self.m) / (other.m - self.m), 0.0), 1.0)

        def between(here: float, there: float) -> float:
            return float(max(here, _LEAST) ** (1.0 - share) * max(there, _LEAST) ** share)

        layers = self.layer_log10_q, other.layer_log10_q
        return ErrorBars(
            m,
            {q: between(error, other.relative(q)) for q, error in self.by_q.items()},
            {q: one.joined(other.fields(q), between) for q, one in self.fields_by_q.items()},
            None if layers[0] is None or layers[1] is None else between(layers[0], layers[1]),
        )


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
    least = _SHARE_OF_AXIAL_ORDERS * max(errors.values(), default=0.0)
    return {q: max(error, least) for q, error in errors.items()}


def along_errors(
    more: Snapshot, fewer: Snapshot, fewest: Snapshot | None, m: int, p: int, cavity: Cavity
) -> dict[int, float]:
    """The same by the number of functions along the outline.

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
        q: change / min(max(before.get(q, 0.0) / max(change, _LEAST) - 1.0, _LEAST_SEEN), gain)
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


def layer_log10_q_error(high: Snapshot, low: Snapshot) -> float:
    """Error of log10 Q of leaky modes, from their complex wavenumbers two orders lower; the largest
    of the modes found.
    """

    def log10_q(shot: Snapshot, q: int) -> float:
        k = shot.wavenumber(q)
        return math.log10(abs(k.real / (2 * k.imag))) if k.imag else math.inf

    pairs = [(log10_q(high, q), log10_q(low, q)) for q in high.chosen]
    return max(
        (abs(a - b) / _GAIN_FOR_LOG_Q for a, b in pairs if math.isfinite(a - b)), default=0.0
    )


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


def error_bars(
    end: ComparedShot, basis: float, high: Mapping[int, Measures], low: Mapping[int, Measures]
) -> ErrorBars:
    """Error bars of one azimuthal order of a family.

    Parameters
    ----------
    end : ComparedShot
        Its modes at two resolutions.
    basis : float
        Relative error of k by the reduced basis.
    high, low : mappings of int to Measures
        The same modes at both orders, by axial order.
    """
    wall = max((one.wall_shift for one in high.values()), default=0.0)
    by_q = {
        q: error + end.geometry.get(q, 0.0) + wall + basis + _ROUNDING
        for q, error in end.discrete.items()
    }
    shape = max(end.geometry.values(), default=0.0)
    seen = {q: _field_changes(high[q], low[q]) for q in high}
    by_chance = ErrorBars(end.shot.m, by_q, seen).fields(-1)
    fields = {}
    for q, own in seen.items():
        least = own.joined(by_chance, lambda one, all_: max(one, _SHARE_OF_CLASS * all_))
        # the largest density is that of a point, where the field is right to the root of the error
        # of k
        fields[q] = FieldErrors(
            # a share hangs on the depth of the rim's layer as k does
            max(least.confinement, end.discrete.get(q, 0.0)) + 30.0 * wall + shape + 1e-12,
            least.log10_q + 1e-9,
            max(least.volume, math.sqrt(end.discrete.get(q, 0.0))) + 3.0 * shape,
        )
    return ErrorBars(end.shot.m, by_q, fields, end.layer_log10_q_error)


def shared_far_errors(orders: Sequence[int], measured: Sequence[Measures]) -> list[float]:
    """Errors of log10 Q by what a reduced basis lacks, of each mode of a class no less than what
    those of its azimuthal order that leak less show of it.

    A correction does not see what is mixed with a neighbour of nearly the same k; what one mode has
    of it the others have too. It radiates alike and the modes do not: its amplitude over theirs
    goes with the root of Q.
    """
    out = []
    for m, one in zip(orders, measured, strict=True):
        far = one.far_error
        for other, beside in zip(orders, measured, strict=True):
            more = beside.log10_q_far - one.log10_q_far
            if other == m and math.isfinite(more) and more > 0.0:
                far = max(far, beside.far_error * float(10.0 ** (-0.5 * more)))
        out.append(far)
    return out


def _field_changes(high: Measures, low: Measures) -> FieldErrors:
    """Errors of what is read at the higher order, from what two orders changed."""
    far = abs(high.log10_q_far - low.log10_q_far)
    return FieldErrors(
        float(abs(high.region_share - low.region_share).max()) / _GAIN_FOR_CONFINEMENT,
        far / _GAIN_FOR_LOG_Q if math.isfinite(far) else 0.0,
        abs(low.volume_um3 / high.volume_um3 - 1.0) / _GAIN_FOR_VOLUME,
    )


def with_basis_errors(bars: ErrorBars, q: int, k_error: float, field_error: float) -> ErrorBars:
    """The error bars of a mode whose k and field a reduced basis holds to relative errors (of the
    field: measured on combs of exact spheres).
    """
    fields = bars.fields(q)
    more = replace(
        fields,
        confinement=fields.confinement + _CONFINEMENT_OF_FIELD * field_error,
        volume=fields.volume + _VOLUME_OF_FIELD * field_error,
    )
    return replace(
        bars,
        by_q={**bars.by_q, q: bars.relative(q) + k_error},
        fields_by_q={**bars.fields_by_q, q: more},
    )
