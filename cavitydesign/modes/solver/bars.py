"""Error bars: what two resolutions and more say, the walls of the window, the reduced basis,
rounding.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from ..losses.measures import Measures
from .error import GAIN_FOR_LOG_Q, LEAST
from .projected import Nearer, far_field_error, share_error, volume_error

if TYPE_CHECKING:
    from .solved import ComparedSnapshot

_ROUNDING = 3e-13  # relative, of k: what rounding leaves, a thousand times that of a float
# Two orders more reduce changes of shares as those of k at order 5 (`error`); that of the volume
# half as much, as its largest density is that of a point.
_GAIN_FOR_CONFINEMENT, _GAIN_FOR_VOLUME = 10.0, 5.0
# By how much less than that of k the errors of shares and of log10 Q fall over two orders, with a
# margin (exact spheres as sections: shares 1.2 to 3.8 times as much, log10 Q 0.3 to 1.5 times).
_LESS_OF_SHARES, LESS_OF_LOG_Q = 3.0, 4.5
_WALL_OF_CLASS = 0.1  # of the largest shift by walls: modes of high axial orders reach farthest
_SHARE_OF_CLASS = 0.3  # of the largest error of the class: one mode's can be small by chance
# Of the relative error of a field: absolute error of confinement, relative one of the volume. That
# of log10 Q is measured.
_CONFINEMENT_OF_FIELD, _VOLUME_OF_FIELD = 0.002, 0.1
# The energy that a volume counts errs as its shares do, also where the largest density changed
# little by chance (305 random exact modes: one beyond three bars where four were, none wider than
# thirty times the true error that was not before).
_VOLUME_OF_SHARES = 2.0
# Of the shift of k by closed walls, in the shares of the energy: by all of them, and by the inner
# one alone, where a layer absorbs what goes out
_WALLS_IN_SHARES, _INNER_WALL_IN_SHARES = 30.0, 5.0
# Of the shift of k by closed walls, that may be one of its imaginary part (a hole of 0.02 radii in
# the middle of a sphere of Q = 8, l = 2: 0.9 of it)
_WALLS_IN_LEAK = 1.0
# The same where the shares' own error is known to be less (spheres and cylinders at 1e-6 and 1e-8:
# up to 63 times, where the wall's shift of TM modes is 1.7 times its estimate)
_WALLS_ALONE_IN_SHARES = 25.0


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
    layer_log10_q_by_q : mapping of int to float, or None
        Absolute, by axial order, where Q is read from complex wavenumbers.
    unseen_by_q : mapping of int to float, optional
        Parts of the errors of k that no compared resolution shows in log10 Q; the whole, if not
        given.
    layer_change_by_q : mapping of int to float, optional
        What the last resolution changed of log10 Q by complex wavenumbers.
    """

    m: int
    by_q: Mapping[int, float]
    fields_by_q: Mapping[int, FieldErrors]
    layer_log10_q_by_q: Mapping[int, float] | None = None
    unseen_by_q: Mapping[int, float] | None = None
    layer_change_by_q: Mapping[int, float] = field(default_factory=dict)

    @property
    def worst(self) -> float:
        """Largest relative error of the wavenumber."""
        return max(self.by_q.values(), default=0.0)

    def relative(self, q: int) -> float:
        """Relative error of the wavenumber of axial order q."""
        return self.by_q.get(q, self.worst)

    def layer_log10_q(self, q: int) -> float | None:
        """Error of log10 Q of axial order q read from its complex wavenumber; None where no layer
        tells it.
        """
        if self.layer_log10_q_by_q is None:
            return None
        known = self.layer_log10_q_by_q
        return known.get(q, max(known.values(), default=0.0))

    def layer_change(self, q: int) -> float:
        """What the last resolution changed of the log10 Q of axial order q by its complex
        wavenumber; infinite where that is not known.
        """
        return self.layer_change_by_q.get(q, math.inf)

    def unseen(self, q: int) -> float | None:
        """What no compared resolution shows of the error of k in log10 Q; None where it is not
        known.
        """
        if self.unseen_by_q is None:
            return None
        return self.unseen_by_q.get(q, max(self.unseen_by_q.values(), default=0.0))

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
        """Error bars of an azimuthal order between this one's and that of `other`.

        Their logarithms run straight in m.
        """
        share = min(max((m - self.m) / (other.m - self.m), 0.0), 1.0)

        def between(here: float, there: float) -> float:
            return float(max(here, LEAST) ** (1.0 - share) * max(there, LEAST) ** share)

        layers = None
        if self.layer_log10_q_by_q is not None and other.layer_log10_q_by_q is not None:
            layers = {
                q: between(error, other.layer_log10_q(q) or 0.0)
                for q, error in self.layer_log10_q_by_q.items()
            }
        unseen = None
        if self.unseen_by_q is not None and other.unseen_by_q is not None:
            most = max(other.unseen_by_q.values(), default=0.0)
            unseen = {
                q: between(error, other.unseen_by_q.get(q, most))
                for q, error in self.unseen_by_q.items()
            }
        return ErrorBars(
            m,
            {q: between(error, other.relative(q)) for q, error in self.by_q.items()},
            {q: one.joined(other.fields(q), between) for q, one in self.fields_by_q.items()},
            layers,
            unseen,
            self.layer_change_by_q,
        )


@dataclass(frozen=True)
class Readings:
    """What is read of one mode at several resolutions.

    Attributes
    ----------
    high, low : Measures
        At its own and two orders lower.
    nearer, fewer : Measures or None
        One order lower, and two orders and a function along lower (None of a slice).
    """

    high: Measures
    low: Measures
    nearer: Measures | None = None
    fewer: Measures | None = None


def error_bars(end: ComparedSnapshot, basis: float, readings: Mapping[int, Readings]) -> ErrorBars:
    """Error bars of one azimuthal order of a family.

    Parameters
    ----------
    end : ComparedSnapshot
        Its modes at several resolutions.
    basis : float
        Relative error of k by the reduced basis.
    readings : mapping of int to Readings
        By axial order.
    """
    walls = {q: one.high.wall_shift for q, one in readings.items()}
    worst = max(walls.values(), default=0.0)
    walls = {q: max(walls.get(q, worst), _WALL_OF_CLASS * worst) for q in {*walls, *end.discrete}}
    bound = max((one.high.wall_bound for one in readings.values()), default=0.0)
    unseen = {q: end.geometry.get(q, 0.0) + walls[q] + basis + _ROUNDING for q in end.discrete}
    by_q = {q: error + unseen[q] for q, error in end.discrete.items()}
    shape = max(end.geometry.values(), default=0.0)
    fields = {}
    for q, one in readings.items():
        of_k = end.discrete.get(q, 0.0)
        if end.nearer is None or one.nearer is None:
            fields[q] = _bounded(one, of_k, walls[q], end.gain.get(q))
        else:
            fewer = one.fewer or one.low
            at_walls = walls[q], bound
            fields[q] = _sharp(one.high, one.nearer, one.low, fewer, end.nearer, of_k, at_walls, q)
    by_chance = ErrorBars(end.snapshot.m, by_q, fields).fields(-1)
    for q, own in fields.items():
        least = own.joined(by_chance, lambda one, all_: max(one, _SHARE_OF_CLASS * all_))
        fields[q] = FieldErrors(
            least.confinement + shape + 1e-12,
            least.log10_q + 1e-9,
            max(least.volume, _VOLUME_OF_SHARES * least.confinement) + 3.0 * shape,
        )
    sharp = None if end.nearer is None else unseen
    layers = end.layer_log10_q_error
    if layers is not None and sharp is None:
        layers = {q: error + _of_wall(end, q, walls.get(q, worst)) for q, error in layers.items()}
    return ErrorBars(end.snapshot.m, by_q, fields, layers, sharp, end.layer_changes)


def _of_wall(end: ComparedSnapshot, q: int, wall: float) -> float:
    """Error of log10 Q by absorbing layers, of a wall that shifts a complex k."""
    k = end.snapshot.wavenumber(q)
    return _WALLS_IN_LEAK * wall * abs(k.real / k.imag) / math.log(10.0) if k.imag else 0.0


def _bounded(one: Readings, of_k: float, wall: float, gain: float | None) -> FieldErrors:
    """Errors of what is read at the higher order, from what two orders changed, and by how much
    they reduced the error of k, where that is known.
    """
    high, low = one.high, one.low
    of_shares = _GAIN_FOR_CONFINEMENT if gain is None else max(gain / _LESS_OF_SHARES, 1.0)
    of_log_q = GAIN_FOR_LOG_Q if gain is None else max(gain / LESS_OF_LOG_Q, 1.0)
    far = abs(high.log10_q_far - low.log10_q_far)
    shares = float(abs(high.region_share - low.region_share).max()) / of_shares
    return FieldErrors(
        # a share depends on the depth of the rim's layer as k does
        max(shares, of_k) + _WALLS_IN_SHARES * wall,
        far / of_log_q if math.isfinite(far) else 0.0,
        # the largest density is that of a point, where the field is right to the root of the error
        # of k
        max(abs(low.volume_um3 / high.volume_um3 - 1.0) / _GAIN_FOR_VOLUME, math.sqrt(of_k)),
    )


def _sharp(
    high: Measures,
    nearer: Measures,
    low: Measures,
    fewer: Measures,
    how: Nearer,
    of_k: float,
    walls: tuple[float, float],
    q: int,
) -> FieldErrors:
    """Errors of what is read at the higher order, where one order less was solved too; walls: what
    they do to k, and what bounds what they do to shares.
    """
    wall, bound = walls
    of_wall = _WALLS_ALONE_IN_SHARES if how.cuts is None else _INNER_WALL_IN_SHARES
    return FieldErrors(
        share_error(high, nearer, low, fewer, how, of_k + wall, q)
        + max(of_wall * bound, high.wall_in_shares),
        far_field_error(high, nearer, low, fewer, how),
        volume_error(high, nearer, low, fewer, how),
    )


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
        for other, neighbour in zip(orders, measured, strict=True):
            more = neighbour.log10_q_far - one.log10_q_far
            if other == m and math.isfinite(more) and more > 0.0:
                far = max(far, neighbour.far_error * float(10.0 ** (-0.5 * more)))
        out.append(far)
    return out


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
    unseen = bars.unseen_by_q
    if unseen is not None:
        unseen = {**unseen, q: unseen.get(q, 0.0) + k_error}
    return replace(
        bars,
        by_q={**bars.by_q, q: bars.relative(q) + k_error},
        fields_by_q={**bars.fields_by_q, q: more},
        unseen_by_q=unseen,
    )
