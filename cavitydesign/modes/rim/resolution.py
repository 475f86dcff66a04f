"""How finely a family is resolved at first: the order across the rim and the functions along it.

Both rules are fits to errors measured on exact spheres and cylinders and on converged bottles; the
solver raises what falls short.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace

from ...analytic.functions.size_parameters import airy_zero
from ...geometry.cavity import Cavity
from ...mesh.rim_map import Window
from ..estimates.seeds import FamilySeed
from ..solver.error import gain_of_a_function
from .local_slice import has_inner_interface, tightening
from .window_problem import Resolution

# Of the first solve: 5 is the lowest order whose gain was measured on spheres (`solver.error`),
# and 12 leaves room for one raise to `converge._HIGHEST_ORDER`.
_LOWEST_ORDER, _HIGHEST_ORDER = 5, 12
# Of the accuracy: what the functions may leave; the rest is for the order across the rim.
_SHARE_ALONG = 0.2
_MOST_FUNCTIONS = 24  # a bound of cost for the first guess and for raises
# The gain of a function is a lower bound, so that more at once would mostly be spent in vain.
_MOST_AT_ONCE = 4
# Aspects R / R_axial up to which functions of the angular rate serve better than those of beta
# (spheroids of m = 60: at 2 ten to a thousand times less of k is left out, at 4 and 11 twice as
# much), and those that are as good as spheres for the first guess
_ANGULAR_UP_TO = 3.0
_LIKE_SPHERES = (0.8, 1.25)  # the second pair of aspects
# Functions beyond that of an axial order of the next lower radial order, where the two mix: with
# them what one more gains is regular
_BEYOND_MIXED = 2
# Azimuthal orders of a seed that is wanted of one: it and the next, which the free spectral range
# takes; and the share of the accuracy of that one that counts
_OF_ONE, _OF_NEXT = 2, 0.1
# A raise that leaves more than so much of the worst error gained nothing; after so many of them in
# a row the resolution rises no more (one may be an odd-even effect). A mode that leaks at once
# among those of the absorbing layer does not converge at any order.
_GAINS, _MOST_VAIN = 0.5, 2


@dataclass(frozen=True)
class Raises:
    """What raises of the resolution gained at one azimuthal order.

    Attributes
    ----------
    last : tuple or None
        The last resolution, and its worst errors across the rim and along the outline.
    vain : tuple of int
        Successive raises in either direction that gained nothing.
    """

    last: tuple[Resolution, float, float] | None = None
    vain: tuple[int, int] = (0, 0)

    def after(
        self, resolution: Resolution, across: Mapping[int, float], along: Mapping[int, float]
    ) -> Raises:
        """With the errors by axial order at one more resolution."""
        worst = [max(part.values(), default=0.0) for part in (across, along)]
        now = (resolution, worst[0], worst[1])
        if self.last is None:
            return Raises(now)
        old, *before = self.last
        raised = (resolution.order > old.order, (resolution.along or 0) > (old.along or 0))
        vain = [
            0 if raised[i] and worst[i] < _GAINS * before[i] else self.vain[i] + raised[i]
            for i in range(2)
        ]
        return Raises(now, (vain[0], vain[1]))

    def finer(
        self,
        across: Mapping[int, float],
        along: Mapping[int, float],
        wanted: float,
        highest: int,
        gain: float,
    ) -> Resolution:
        """The resolution to try after the last one; arguments as of `refined`."""
        assert self.last is not None
        return self.without_gain(refined(self.last[0], across, along, wanted, highest, gain))

    def without_gain(self, finer: Resolution) -> Resolution:
        """A finer resolution, without the directions in which raises were in vain."""
        assert self.last is not None
        here = self.last[0]
        order = here.order if self.vain[0] >= _MOST_VAIN else finer.order
        along = here.along if self.vain[1] >= _MOST_VAIN else finer.along
        return replace(finer, order=order, along=along)


def first_resolution(
    cavity: Cavity,
    accuracy: float,
    seed: FamilySeed,
    window: Window,
    wall: str,
    qs: list[int],
    rate_per_um: float,
) -> Resolution:
    """Resolution at which the error of a family is expected to meet the accuracy.

    Parameters
    ----------
    rate_per_um : float
        beta = n k of the modes.
    """
    order = _first_order(accuracy, seed.p)
    rate_per_um = axial_rate(cavity, seed, rate_per_um)
    if cavity.sliced:
        return Resolution(order, 1, rate_per_um)
    functions = _functions(cavity, accuracy, seed, window, wall, max(qs))
    if has_inner_interface(cavity, window):  # the gain of a function is observed, from two fewer
        functions += 1 if window.half else 2
    return Resolution(order, functions, rate_per_um, tightening(cavity, seed, window))


def axial_rate(cavity: Cavity, seed: FamilySeed, rate_per_um: float) -> float:
    """Rate of the functions along the outline: between beta = n k of a slender body and m / R of a
    sphere.

    Along a slender bottle the profile keeps its depth in the local slice, k_c(t) R(t) = const, and
    the potential is beta^2 [(R(0)/R)^2 - 1]. On a sphere the angular functions are those of
    m^2 / r^2. At the mean depth d of the field, 1 - d/R = m / (beta R), the outline is shorter by
    1 - d/R_axial, and so is the rate. A sphere of m = 12, q = 2 takes five functions to 6e-9 with
    it, and twelve with beta.
    """
    outline = cavity.outline
    aspect = outline.equator_radius_um / outline.axial_radius_um
    if cavity.sliced or rate_per_um <= 0.0 or aspect > _ANGULAR_UP_TO:
        return rate_per_um
    # of one azimuthal order, the next stands there for the free spectral range alone
    one = len(seed.orders) <= _OF_ONE
    m = seed.orders[0] if one else 0.5 * (seed.orders[0] + seed.orders[-1])
    depth = max(1.0 - m / (rate_per_um * outline.equator_radius_um), 0.0)
    return rate_per_um * (1.0 - min(aspect, 1.0) * depth)


def to_name(start: Resolution, leaky: bool) -> list[Resolution]:
    """Resolutions at which modes are searched for that were not found at the first one: it may be
    too coarse to name them. Searches for modes that leak are long; one more is made.
    """
    steps = ((2, 1),) if leaky else ((2, 1), (4, 2))
    return [start.changed(*step) for step in steps]


def refined(
    resolution: Resolution,
    across: Mapping[int, float],
    along: Mapping[int, float],
    wanted: float,
    highest: int,
    gain: float,
) -> Resolution:
    """The resolution to try next; the same one if the errors by axial order meet what is wanted, or
    nothing finer is allowed.

    Parameters
    ----------
    gain : float
        By which a function along the outline reduces the error there.
    """
    worst_across, worst_along = max(across.values(), default=0.0), max(along.values(), default=0.0)
    orders = functions = 0
    if worst_along > 0.5 * wanted and (resolution.along or 0) < _MOST_FUNCTIONS:
        lacking = math.log(worst_along / (0.5 * wanted)) / math.log(gain)
        least = 1 if worst_along < 30 * wanted else 2
        functions = min(max(least, math.ceil(lacking)), _MOST_AT_ONCE)
    if worst_across + (0.0 if functions else worst_along) > wanted:
        orders = min(1 if worst_across < 12 * wanted else 2, highest - resolution.order)
    return resolution.changed(orders, functions)


def _first_order(accuracy: float, p: int) -> int:
    """Order at which the stated error of a p = 1 mode meets the accuracy on these meshes
    (measured).
    """
    digits = -math.log10(accuracy)
    order = math.ceil(digits + 0.99) if digits < 6.01 else math.ceil(0.5 * digits + 3.99)
    return min(max(_LOWEST_ORDER, order + (1 if p > 2 else 0)), _HIGHEST_ORDER)


def _functions(
    cavity: Cavity, accuracy: float, seed: FamilySeed, window: Window, wall: str, q: int
) -> int:
    """Functions along t: those up to the mode's own, and so many more that one less is within reach
    of the error bar.

    With j functions more, k is off by A r^(j - 1). The coupling between the functions sets A and r,
    and so does a rate beta that is not the mode's own (it is that of the middle azimuthal order).
    """
    m = seed.orders[0]
    outline = cavity.outline
    aspect = outline.equator_radius_um / outline.axial_radius_um
    one = len(seed.orders) <= _OF_ONE
    off = (1.0 if one else 0.5) * math.log(seed.orders[-1] / m)
    mixed = _mixed_axial_order(cavity, seed, q) // 2 + 1 + _BEYOND_MIXED
    error = (0.25 + q**2) * (
        0.36 * min(max(1.5 * aspect, 0.15), 1.0) ** 2 / m**2 + 0.3 * off**2 / m
    )
    ratio = 0.04 * (30.0 * max(aspect, 1.0) / m) ** 1.7 + 1.5 * off**2
    more, most = 2, 0.5
    if _LIKE_SPHERES[0] <= aspect <= _LIKE_SPHERES[1] and not cavity.inner_radii_um:
        # The functions are the sphere's own; what is left is a rate of another azimuthal order,
        # against m over the radius of the field (measured on spheres of m = 12 and 40, q = 0 to 3:
        # half an order off, one function leaves 1e-9 to 3e-6 of k).
        inner = m**2 / (seed.k_per_um(m, q) * seed.index * outline.equator_radius_um)
        error = (0.25 + q**2) * (0.02 if one else 0.1) * off**2 / m
        ratio = 0.6 / inner + 1.5 * off**2
        more, most = 1, 0.4
        error *= _OF_NEXT if one else 1.0
    wanted = _SHARE_ALONG * accuracy * gain_of_a_function(m, cavity)
    while error > wanted and more < _MOST_FUNCTIONS:
        error *= min(ratio, most)
        more += 1
    if not window.half:
        return max(q + 1 + 2 * more, 2 * mixed)
    own = q // 2 + 1
    more = max(more, mixed - own)
    # odd TM modes live in edge functions, of which the magnetic class has one less; and they cross
    # even TE ones there, as even TM modes of the next q cross odd TE ones
    # of one function, one less tells nothing of the error
    return max(own + more - int(wall == "electric" and seed.polarisation == "TM"), 2)


def _mixed_axial_order(cavity: Cavity, seed: FamilySeed, q: int) -> int:
    """Axial order of the next lower radial order at the wavenumber of axial order q; -1 where the
    two do not mix.

    In a body of sharper bend than a sphere radial and axial motion mix, and functions that do not
    hold the mode of the lower radial order put it elsewhere, which moves the one that it mixes
    with: TM 80 2 1 of a spheroid of 8.8 by 5.2 um lies 0.2 % from TM 80 1 5, and is 9.5e-6 off with
    three functions, 6e-6 with four, 1.4e-7 with five, and nine times less with each more.
    """
    outline = cavity.outline
    aspect = outline.equator_radius_um / outline.axial_radius_um
    if seed.p == 1 or aspect <= _LIKE_SPHERES[1]:
        return -1
    m = seed.orders[0]
    order = seed.levels.order(m, q)
    order += (airy_zero(seed.p) - airy_zero(seed.p - 1)) * math.cbrt(0.5 * order)
    return math.ceil(0.5 * ((order**2 - m**2) / (m * math.sqrt(aspect)) - 1.0))
