"""How many breaks a measured light curve has, and how well they are known.

A power law with two breaks can be fitted to anything, a straight line included. Here laws with no,
one and two breaks are fitted; a break counts where the smaller law, with noise of the measured
size, seldom leaves so much misfit that a further break removes (an F-test whose distribution is
drawn, since breaks are no regular parameters). Errors are the scatter of fits to curves drawn from
the law found (a parametric bootstrap); those of the linearised fit cover 24 to 60 % instead of 68.
"""

from __future__ import annotations

import functools
from dataclasses import dataclass
from itertools import combinations

import numpy as np
from numpy.typing import ArrayLike

from ...arrays import Array
from ...errors import InputError
from .light_curve import check_curve, fit_two_breaks

# Share of curves without a break in which one is seen.
CHANCE = 0.01
_GRID = 90  # cells of the grid of breaks along ln fluence; twice as many move no error by 3 %
_APART = 3  # cells between two breaks, and from a break to the ends
_DRAWS = 400  # curves drawn: 3.5 % on a standard error, p-values down to 1/400
_AT_ONCE = 50  # curves fitted at a time: 6 MB of shares
_MOST_POINTS = 300  # neighbours of longer curves are averaged: 40 MB of laws
# Relative noise below that of any light: rounding of a constant curve is no break.
_ROUNDING = 1e-10


@dataclass(frozen=True)
class CountedBreaks:
    """A power law with as many breaks as a curve shows.

    Attributes
    ----------
    breaks_mj_cm2, breaks_error_mj_cm2 : tuple of float
        None, one or two.
    slopes, slopes_error : tuple of float
        One more than breaks.
    chance : tuple of two floats
        Chance that a law without breaks, or with one, gives way as much to one with two by noise
        alone.
    rms : float
        Of the deviations in ln emission.
    """

    breaks_mj_cm2: tuple[float, ...]
    breaks_error_mj_cm2: tuple[float, ...]
    slopes: tuple[float, ...]
    slopes_error: tuple[float, ...]
    chance: tuple[float, float]
    rms: float

    @property
    def onset(self) -> bool:
        """Whether the curve steepens at the lower of two breaks and flattens at the upper, as that
        of a laser does. One that flattens twice is photoluminescence that saturates.
        """
        if len(self.slopes) < 3:
            return False
        below, between, above = self.slopes
        return between > max(below, above)

    @property
    def break_names(self) -> tuple[str, ...]:
        """What each break is called: two are thresholds only where the curve is that of a laser."""
        if self.onset:
            return ("ASE threshold (lower break)", "lasing threshold (upper break)")
        return ((), ("break",), ("lower break", "upper break"))[len(self.breaks_mj_cm2)]


def count_breaks(fluence_mj_cm2: ArrayLike, emission: ArrayLike, seed: int = 0) -> CountedBreaks:
    """Fit as many breaks as are there.

    Parameters
    ----------
    fluence_mj_cm2, emission : (n,) arrays
        Positive; n at least 8.
    seed : int
        Of the drawn curves.

    Raises
    ------
    InputError
        As `fit_two_breaks`.
    """
    x, y = (_averaged(values) for values in check_curve(fluence_mj_cm2, emission))
    laws = [_laws(x.tobytes(), count) for count in (0, 1, 2)]
    random = np.random.default_rng(seed)
    noise = random.standard_normal((_DRAWS, len(x)))
    misfits = [law.fitted(y[None])[0][0] for law in laws]
    least = len(x) * _ROUNDING**2
    chance = []
    for count in (0, 1):
        drawn = laws[count].curve(y) + laws[count].sd(y) * noise
        drawn_misfits = [laws[k].fitted(drawn)[0] for k in (count, 2)]
        gained = _gain(drawn_misfits[0], drawn_misfits[1], least)
        seen = float(_gain(misfits[count], misfits[2], least))
        chance.append(float((1 + (gained >= seen).sum()) / (1 + _DRAWS)))
    # one break is enough where a second adds nothing, none where two add nothing
    count = 0 if chance[0] > CHANCE else (1 if chance[1] > CHANCE else 2)
    law = laws[count]
    drawn = law.curve(y) + law.sd(y) * random.standard_normal((_DRAWS, len(x)))
    _, breaks, slopes = law.fitted(y[None])
    _, many_breaks, many_slopes = law.fitted(drawn)
    at, chosen = np.exp(breaks[0]), slopes[0]
    if count == 2:
        # between the points of the grid
        fit = fit_two_breaks(fluence_mj_cm2, emission)
        at, chosen = np.array(fit.breaks_mj_cm2), np.array(fit.slopes)
    # what the grid leaves open is even over one of its steps
    spread = np.hypot(np.std(many_breaks, axis=0), law.step / np.sqrt(12.0))
    return CountedBreaks(
        breaks_mj_cm2=tuple(at.tolist()),
        breaks_error_mj_cm2=tuple((at * spread).tolist()),
        slopes=tuple(chosen.tolist()),
        slopes_error=tuple(np.std(many_slopes, axis=0).tolist()),
        chance=(chance[0], chance[1]),
        rms=float(np.sqrt(misfits[count] / len(x))),
    )


def _gain(small: ArrayLike, large: ArrayLike, least: float) -> Array:
    """Misfit of the smaller law over that of the larger, less one; both are above `least`."""
    return np.asarray((np.asarray(small) + least) / (np.asarray(large) + least) - 1.0)


def _averaged(values: Array) -> Array:
    """Means of neighbours, as many as leave `_MOST_POINTS`."""
    parts = min(len(values), _MOST_POINTS)
    return np.array([part.mean() for part in np.array_split(values, parts)])


@functools.lru_cache(maxsize=6)
def _laws(x: bytes, count: int) -> _Laws:
    return _Laws(np.frombuffer(x), count)


class _Laws:
    """All laws with a number of breaks at the points of a grid, fitted to many curves at once."""

    def __init__(self, x: Array, count: int) -> None:
        grid = np.linspace(x[0], x[-1], _GRID + 1)
        self.step = float(grid[1] - grid[0])
        inner = range(_APART, _GRID + 1 - _APART)
        # All choices of grid points that lie apart: every law is fitted, so that none is missed.
        choices = list(combinations(inner, count))
        every = np.array(choices, dtype=int).reshape(len(choices), count)
        chosen = every[(np.diff(every, axis=1) >= _APART).all(axis=1)]
        self._breaks = grid[chosen]
        hinges = np.maximum(x[:, None] - self._breaks[:, None, :], 0.0)
        line = np.broadcast_to(np.stack([np.ones_like(x), x], axis=-1), (len(chosen), len(x), 2))
        columns = np.concatenate([line, hinges], axis=-1)
        self._basis, self._triangle = np.linalg.qr(columns)
        # breaks with no point between them leave a law that no points decide
        diagonal = np.abs(np.diagonal(self._triangle, axis1=1, axis2=2))
        sound = diagonal.min(axis=1) > 1e-6 * diagonal.max()
        if not sound.any():
            raise InputError(
                f"light curve: the fluences lie at too few values ({len(np.unique(x))}) to tell "
                f"{count} breaks"
            )
        self._breaks, self._basis = self._breaks[sound], self._basis[sound]
        self._triangle = self._triangle[sound]
        self._parameters = 2 + 2 * count

    def fitted(self, curves: Array) -> tuple[Array, Array, Array]:
        """Least misfit, breaks and slopes of each curve (k, n)."""
        misfits, breaks, slopes = [], [], []
        for part in np.array_split(curves, max(1, len(curves) // _AT_ONCE)):
            share = np.einsum("lnj,kn->klj", self._basis, part, optimize=True)
            best = (share**2).sum(axis=-1).argmax(axis=1)
            chosen = share[np.arange(len(part)), best]
            left = part - np.einsum("knj,kj->kn", self._basis[best], chosen)
            weights = np.linalg.solve(self._triangle[best], chosen[..., None])[..., 0]
            misfits.append((left**2).sum(axis=1))
            breaks.append(self._breaks[best])
            slopes.append(np.cumsum(weights[:, 1:], axis=1))
        return np.concatenate(misfits), np.concatenate(breaks), np.concatenate(slopes)

    def curve(self, y: Array) -> Array:
        """Best law of one curve."""
        share = np.einsum("lnj,n->lj", self._basis, y)
        best = int((share**2).sum(axis=1).argmax())
        return np.asarray(self._basis[best] @ share[best])

    def sd(self, y: Array) -> float:
        """Noise that the misfit speaks of."""
        left = y - self.curve(y)
        noise = float(np.sqrt(left @ left / max(len(y) - self._parameters, 1)))
        return max(noise, _ROUNDING)
