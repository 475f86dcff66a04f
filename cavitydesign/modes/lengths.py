"""Whether a cavity's lengths can be meant, beside the wavelength that is asked for."""

from __future__ import annotations

import math

import numpy as np

from ..errors import InputError
from ..geometry.cavity import Cavity
from ..mesh.section_cavity import SectionCavity
from .mode_set import ModeRequest

# times: a size so far from the one that fits the order is another unit of length
_FARTHEST_FROM_HINT = 30.0
# Phase k n L, rad, along the shortest element at the rim: beyond it no polynomial of the highest
# degree (12, which holds about 24) follows the field.  Sections that solve stay below 40.
_LONGEST_PHASE = 300.0
_PLAUSIBLE_ORDERS = (3.0, 5000.0)  # azimuthal orders of a cavity that the units are guessed for
# A search of 60 s lists some thousand.  Each takes about 0.1 MB.
_MOST_MODES = 10_000
# Last over first wavelength.  500 nm around 537.6 nm (2.7) take 4 s and 0.24 GB for a family of
# 15 um, 1,000 nm (27) over 80 s and 2.4 GB: the orders at the short end are 30 times those at the
# other, and one basis serves them all.
_WIDEST_RANGE = 4.0
_UNITS = {1e-3: "nm", 1e3: "mm", 1e6: "m"}


def check_lengths(cavity: Cavity, request: ModeRequest) -> None:
    """Refuse a cavity whose lengths are in another unit than um.

    Raises
    ------
    InputError
        If half a wavelength in the body is longer than the diameter, one azimuthal order lies far
        from the hint, or the elements of a section are far too long for the wavelength.
    """
    diameter, wavelength_um = cavity.diameter_um, 1e-3 * request.wavelength_nm
    index = cavity.body.index(request.wavelength_nm)
    at = f"modes.wavelength_nm = {request.wavelength_nm:g}"
    if request.azimuthal_order is not None:
        expected = request.azimuthal_order * wavelength_um / (math.pi * index)
        if not 1.0 / _FARTHEST_FROM_HINT < diameter / expected < _FARTHEST_FROM_HINT:
            order = f"modes.azimuthal_order = {request.azimuthal_order}"
            raise InputError(
                f"cavity: a diameter of {diameter:.4g} um with {order} is far from {at},"
                f" where it would be about {expected:.3g} um: are the lengths in um?"
                + _unit(cavity, expected, expected)
            )
    elif 2.0 * index * diameter < wavelength_um:
        raise InputError(
            f"cavity: a diameter of {diameter:.4g} um is less than half a wavelength in the body,"
            f" at {at}: are the lengths in um?" + _unit(cavity, *_plausible(wavelength_um / index))
        )
    if isinstance(cavity, SectionCavity):
        phase = 2 * math.pi * index * _rim_element_um(cavity) / wavelength_um
        if phase > _LONGEST_PHASE:
            raise InputError(
                f"{cavity.source}: a diameter of {diameter:.4g} um with elements of"
                f" {_rim_element_um(cavity):.3g} um at its rim is far too coarse for {at}: are the"
                " lengths in um?" + _unit(cavity, *_plausible(wavelength_um / index))
            )


def check_count(cavity: Cavity, request: ModeRequest) -> None:
    """Refuse a request for more modes than a search can list.

    Raises
    ------
    InputError
        One line: how many they are about, and what makes them fewer.
    """
    if request.span_nm is None or request.azimuthal_order is not None:
        return
    index = cavity.body.index(request.wavelength_nm)
    low = request.wavelength_nm - 0.5 * request.span_nm
    high = request.wavelength_nm + 0.5 * request.span_nm
    if high > _WIDEST_RANGE * low:
        raise InputError(
            f"modes.span_nm = {request.span_nm:g}: from {max(low, 0.0):.4g} to {high:.4g} nm is "
            f"wider than a factor of {_WIDEST_RANGE:g}; ask for several ranges"
        )
    orders = math.pi * 1e3 * cavity.diameter_um * index * (1.0 / low - 1.0 / high)
    families = (
        len(request.polarisations)
        * request.radial_orders
        * (1 if cavity.sliced else request.axial_orders)
    )
    if orders * families > _MOST_MODES:
        raise InputError(
            f"modes: about {orders:.0f} azimuthal orders of {families} families lie in the range;"
            f" up to {_MOST_MODES} modes are searched for at once: lower modes.span_nm or the"
            " radial and axial orders, or give modes.azimuthal_order"
        )


def _plausible(wavelength_inside_um: float) -> tuple[float, float]:
    """Diameters between which the units are guessed."""
    low, high = _PLAUSIBLE_ORDERS
    return low * wavelength_inside_um / math.pi, high * wavelength_inside_um / math.pi


def _unit(cavity: Cavity, low_um: float, high_um: float) -> str:
    """The unit with which a section would have a plausible diameter."""
    if not isinstance(cavity, SectionCavity):
        return ""
    for factor, unit in _UNITS.items():
        scaled = factor * cavity.diameter_um
        if low_um / _FARTHEST_FROM_HINT**0.5 < scaled < high_um * _FARTHEST_FROM_HINT**0.5:
            return (
                f' With cavity.length_unit = "{unit}" instead of "um" it would be {scaled:.4g} um'
            )
    return " cavity.length_unit says otherwise"


def _rim_element_um(cavity: SectionCavity) -> float:
    """Shortest edge of the elements at the body's point farthest from the axis."""
    mesh = cavity.mesh
    ends = mesh.corner_nodes
    lengths = np.linalg.norm(ends - np.roll(ends, 1, axis=1), axis=2).min(axis=1)
    apart = np.linalg.norm(ends - np.array(cavity.rim_um), axis=2).min(axis=1)
    return float(lengths[np.argmin(apart)])
