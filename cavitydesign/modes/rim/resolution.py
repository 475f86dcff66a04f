"""How finely a family is resolved at first: the order across the rim and the functions along it.

Both rules are fits to errors measured on exact spheres and cylinders and on converged bottles; the
solver raises what falls short.
"""

from __future__ import annotations

import math
from collections.abc import Mapping

from ...geometry.cavity import Cavity
from ...mesh.rim_map import Window
from ..estimates.seeds import FamilySeed
from ..solver.error import gain_of_a_function
from .local_slice import has_inner_interface, tightening
from .problem import Resolution

_LOWEST_ORDER, _HIGHEST_ORDER = 5, 12
_SHARE_ALONG = 0.2
_MOST_FUNCTIONS = 24
_MOST_AT_ONCE = 4


def first_resolution(
    cavity: Cavity,
    accuracy: float,
    seed: FamilySeed,
    window: Window,
    wall: str,
    qs: list[int],
    rate_per_um: float,
) -> Resolution:
    """Resolution at which the error of a family is expected to meet the accuracy."""
    order = _first_order(accuracy, seed.p)
    if cavity.sliced:
        return Resolution(order, 1, rate_per_um)
    functions = _functions(cavity, accuracy, seed, window, wall, max(qs))
    if has_inner_interface(cavity, window):  # the gain of a function is observed, from two fewer
        functions += 1 if window.half else 2
    return Resolution(order, functions, rate_per_um, tightening(cavity, seed, window))


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
    off = 0.5 * math.log(seed.orders[-1] / m)
    error = (0.25 + q**2) * (
        0.36 * min(max(1.5 * aspect, 0.15), 1.0) ** 2 / m**2 + 0.3 * off**2 / m
    )
    ratio = 0.04 * (30.0 * max(aspect, 1.0) / m) ** 1.7 + 1.5 * off**2
    wanted = _SHARE_ALONG * accuracy * gain_of_a_function(m, cavity)
    more = 2
    while error > wanted and more < _MOST_FUNCTIONS:
        error *= min(ratio, 0.5)
        more += 1
    if not window.half:
        return q + 1 + 2 * more
    own = q // 2 + 1
    # odd TM modes live in edge functions, of which the magnetic class has one less; and they cross
    # even TE ones there, as even TM modes of the next q cross odd TE ones
    return own + more - int(wall == "electric" and seed.polarisation == "TM")
