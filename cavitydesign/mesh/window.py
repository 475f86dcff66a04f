"""Build the window of a mode family: which part of the meridian plane is meshed, and with which
elements.

Few elements of high order: two inside the rim, one outside, two along half the mode (measured: 500
unknowns for 1e-6, 930 for 1e-8; an expert's elements of order 3 to 5 needed 709 and 2211).
Interfaces are element edges. Where a mode leaks, the window reaches past the caustic into a
complex-stretched layer.
"""

from __future__ import annotations

import functools
import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from ..arrays import Array, Values
from ..geometry.cavity import Cavity
from .rim_layer import Reach
from .rim_map import Along, Curve, FibreCurve, Layer, OffsetCurve, Window

# Rate of the logarithmic map outside the rim over the decay of the field there, see `_logarithmic`;
# with it the tail is the power 1 / 0.4 = 2.5 of the mapped coordinate. Tuned on exact cylinders.
_TAIL_POWER = 0.4
# Power by which element boundaries inside the rim crowd towards it. Tuned on exact cylinders.
_INNER_GRADING = 1.3
# By how much of a wanted element those of a layer may be longer than wanted, so that a thin one
# beside it costs none more. With 0.2 random cores behind gaps are no nearer, and with 0.35 the
# worst is 2.2 bars off.
_STRETCHED = 0.35
# E-folds of the field across an element between a core and the rim. What a core's mode radiates is
# told by its field at the rim, which is as many e-folds below that of the core.
_MOST_FOLDS = 2.5
_SAME_UM = 1e-9  # between an interface and itself
# Of an offset curve's length against the outline's: below it the curve all but folds over, and so
# it does in places where its stretch is so much less than in others. A sphere's is even.
_LEAST_STRETCH, _LEAST_OF_LARGEST = 0.02, 0.15
# How far a window that would end inside the fibre reaches into it, as a share of its depth at the
# equator; nobody has measured what another share costs.
_INTO_FIBRE = 0.3
_NEAREST_CAUSTIC = 0.1  # in wavelengths from the rim


@dataclass(frozen=True)
class Sizing:
    """What the window must hold.

    Parameters
    ----------
    reach : Reach
        Extent of the modes.
    radial_orders, axial_orders : int
        Highest p, and number of q.
    wavelength_um : float
        Vacuum wavelength, for the absorbing layer.
    leaky : bool
        Whether the modes radiate enough to need an absorbing layer.
    half : bool
        Whether to use the mirror plane z = 0.
    surround_index : float
        Index of the surround, for the absorbing layer.
    damping : float
        Nepers that the absorbing layer takes from a wave on its way out.
    refinement : float
        Factor on the number of elements in each direction.
    """

    reach: Reach
    radial_orders: int
    axial_orders: int
    wavelength_um: float
    leaky: bool
    half: bool
    surround_index: float = 1.0
    damping: float = 12.0
    refinement: float = 1.0


def build_window(cavity: Cavity, sizing: Sizing) -> Window:
    """The window of a cavity for modes of a given reach."""
    reach = sizing.reach
    outline = cavity.outline
    radius = outline.equator_radius_um
    body = len(cavity.regions) - 2
    t_breaks = (0.0, 1.0) if cavity.sliced else _along_breaks(sizing)
    if cavity.sliced:  # one wavelength across would let kz = 2 pi / height in; a tenth does not
        t_breaks = (0.0, 0.1 * sizing.wavelength_um)

    inner_s = -min(reach.inner_depth, 0.999 * radius)
    interfaces = [edge - radius for edge in cavity.inner_radii_um]
    touched = [s for s in interfaces if s + _nearest(cavity, t_breaks[-1], inner_s) > inner_s]
    if touched and touched[0] <= inner_s:  # only where the fibre is thicker than at the equator
        inner_s = max(touched[0] + _INTO_FIBRE * inner_s, -0.999 * radius)
    straight = bool(touched) or _straight_cut_needed(cavity, inner_s, t_breaks[-1])
    if straight and not touched and interfaces:
        inner_s = interfaces[-1]

    def inner_curve(s: float) -> Curve:
        if straight:
            inside = s < -radius + cavity.fibre_radius_um and not cavity.straight_fibre
            share = (radius + s) / cavity.fibre_radius_um if inside else 1.0
            return FibreCurve(outline, radius + s, cavity.fibre_taper, cavity.fibre_shape, share)
        return OffsetCurve(outline, s)

    rim = OffsetCurve(outline, 0.0)
    edges = [inner_s, *touched, 0.0]
    curves: list[Curve] = [*(inner_curve(s) for s in edges[:-1]), rim]
    layers: list[Layer] = []
    for number in range(len(edges) - 1):
        region = body - (len(edges) - 2 - number)
        folds = reach.folds[region - 1] if region > 0 else 0.0
        breaks = _inner_breaks(sizing, edges[number], edges[number + 1], inner_s, folds)
        layers.append(Layer(curves[number], curves[number + 1], breaks, region))
    layers += _outside(sizing, rim, body + 1)
    return Window(tuple(layers), t_breaks, sizing.half and not cavity.sliced, cavity.sliced)


def _straight_cut_needed(cavity: Cavity, inner_s: float, t_end: float) -> bool:
    """Whether an offset of the outline by inner_s would meet the fibre, or fold over, within the
    window.
    """
    if cavity.sliced:
        return False
    t = np.linspace(-t_end, t_end, 101)
    r, z, r_t, z_t = OffsetCurve(cavity.outline, inner_s).evaluate(Along(cavity.outline, t))
    along = cavity.outline.tangent(t)
    unfolded = (r_t * along[0] + z_t * along[1]) / (along[0] ** 2 + along[1] ** 2)
    wall = cavity.interface_um(max(cavity.inner_radii_um, default=0.0), z)
    least = max(_LEAST_STRETCH, _LEAST_OF_LARGEST * float(np.max(unfolded)))
    return bool(np.min(r - wall) <= 0.0 or np.min(unfolded) < least)


def _nearest(cavity: Cavity, t_end: float, inner_s: float) -> float:
    """How much nearer to the field the fibre's wall comes beside the equator, where the field
    reaches less deep; 0 if straight.
    """
    if cavity.straight_fibre:
        return 0.0
    t = np.linspace(-t_end, t_end, 101)
    _, z = cavity.outline.point(t)
    return max(0.0, float(np.max(cavity.interface_um(0.0, z) + inner_s * (t / t_end) ** 2)))


def _along_breaks(sizing: Sizing) -> tuple[float, ...]:
    end = sizing.reach.along
    count = max(1, math.ceil(sizing.refinement * (2 + (sizing.axial_orders - 1) // 4)))
    share = np.linspace(0.0, 1.0, count + 1)
    right = end * (0.8 * share + 0.2 * share**2)
    if sizing.half:
        return tuple(float(t) for t in right)
    return tuple(float(t) for t in np.concatenate([-right[:0:-1], right]))


def _inner_breaks(
    sizing: Sizing, low: float, high: float, inner_s: float, folds: float
) -> tuple[float, ...]:
    """Element boundaries of a layer inside the rim: few and of high order, denser at the rim that
    the layer belongs to (the powers were tuned on exact cylinders).

    That is the outline, or an interface out of which the index falls. A layer has as many elements
    as it spans of those of the whole depth below its rim. A boundary that would lie near an
    interface is not merely left out, as the element in its place would reach from there to the next
    one: a core of 4.63 um behind a gap had one element where its mode lies, and was 3.8e-6 off with
    8.4e-7 stated.

    Between a core and the rim an element spans few e-folds of the field besides (`folds` are those
    of the layer): a field of order 5 across five of them was right to a hundredth of the core's,
    which is all that there is at the rim, and log10 Q of TM 88 1 was 24.00 where 24.38 is right.
    """
    rim = min([-depth for depth in sizing.reach.inner_rims if high < _SAME_UM - depth], default=0.0)
    whole = rim - inner_s
    count = max(1, math.ceil(sizing.refinement * (2 + sizing.radial_orders // 2)))

    def place(s: float) -> float:
        """In elements below the rim."""
        return count * math.pow(max(rim - s, 0.0) / whole, 1.0 / _INNER_GRADING)

    first, last = place(high), place(low)
    pieces = max(1, math.ceil(last - first - _STRETCHED))
    held = [-depth for depth in sizing.reach.inner_rims if inner_s < -depth - _SAME_UM]
    if held and low > min(held) - _SAME_UM:
        pieces = max(pieces, math.ceil(sizing.refinement * folds / _MOST_FOLDS))
    places = (last + (first - last) * i / pieces for i in range(1, pieces))
    return (low, *(rim - whole * (x / count) ** _INNER_GRADING for x in places), high)


def _logarithmic(end: float, rate_per_um: float) -> Callable[[Array], tuple[Values, Values]]:
    """Offset -log(1 - c s)/rate with offset(end) = end: a tail exp(-kappa d) becomes the power
    kappa/rate of 1 - c s.
    """
    return functools.partial(_stretched, -math.expm1(-rate_per_um * end) / end, rate_per_um)


def _stretched(c: float, rate_per_um: float, s: Array) -> tuple[Values, Values]:
    """Offset and its derivative."""
    return -np.log1p(-c * s) / rate_per_um, c / (rate_per_um * (1.0 - c * s))


def _absorbed(start: float, thickness: float, strength: float, s: Array) -> tuple[Values, Values]:
    """Complex offset s + i a x^2 of the absorbing layer, x the depth in it, and its derivative."""
    depth = (s - start) / thickness
    return s + 1j * strength * depth**2, 1.0 + 2j * strength * depth / thickness


def _outside(sizing: Sizing, rim: OffsetCurve, region: int) -> list[Layer]:
    """Layers outside the rim: evanescent, and past the caustic an absorbing one where the mode
    leaks.
    """
    reach = sizing.reach
    if not sizing.leaky:
        end = reach.outer
        count = max(1, math.ceil(sizing.refinement))
        breaks = tuple(float(x) for x in np.linspace(0.0, end, count + 1))
        return [
            Layer(
                rim,
                OffsetCurve(rim.outline, end),
                breaks,
                region,
                _logarithmic(end, _TAIL_POWER * reach.decay_per_um),
            )
        ]
    turn = max(min(reach.caustic, reach.outer), 0.0)
    start = turn + 0.25 * sizing.wavelength_um
    waves = sizing.refinement * turn / sizing.wavelength_um
    pieces = max(1, min(2, math.ceil(waves / 0.55)), math.ceil(waves / 0.8))
    share = np.linspace(0.0, 1.0, pieces + 1)
    # energies are counted up to the caustic: an element ends there, where one has room before it
    real: tuple[float, ...] = (0.0, start)
    if turn > _NEAREST_CAUSTIC * sizing.wavelength_um:
        real = (*(float(turn * (0.7 * x + 0.3 * x * x)) for x in share), start)
    thickness = 1.5 * sizing.wavelength_um
    # past the caustic a wave goes round more than it goes out: what counts is its radial wavenumber
    # in the layer
    turning = rim.outline.equator_radius_um + max(reach.caustic, 0.0)
    outwards = math.sqrt(
        1.0 - (turning / (turning + 0.25 * sizing.wavelength_um + 0.6 * thickness)) ** 2
    )
    strength = (
        sizing.damping * sizing.wavelength_um / (2 * math.pi * sizing.surround_index * outwards)
    )
    count = max(2, math.ceil(2 * sizing.refinement))
    absorbing = tuple(float(start + thickness * i / count) for i in range(count + 1))
    stretch = functools.partial(_absorbed, start, thickness, strength)
    far = OffsetCurve(rim.outline, start + thickness + 1j * strength)
    return [
        Layer(rim, OffsetCurve(rim.outline, start), real, region),
        Layer(OffsetCurve(rim.outline, start), far, absorbing, region, stretch, absorbing=True),
    ]
