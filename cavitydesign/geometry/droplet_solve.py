"""Which drop on a given fibre has two measured quantities: of contact angle, length, volume and
diameter.
"""

from __future__ import annotations

from collections.abc import Callable

from ..errors import InputError
from .droplet import Droplet

_LARGEST_ANGLE_DEG = 90.0  # Beyond a right angle the outline overhangs: r is no function of z.
# The thinnest and thickest drops considered, in radii of the fibre.
_THINNEST = 1.0 + 1e-7
_THICKEST = 1e5  # radii of the fibre: 10 cm on a fibre of 2 um
# Two roundings of a float; `brentq` below gets four times as much, as it takes no tolerance under
# 8.9e-16.
_ROUNDING = 4e-16
# What the radius of a drop of given length leaves of its volume, so that the flattest and the
# steepest drop are still met.
_ROUNDING_AT_LENGTH = 1e-10


def droplet_of(
    fibre_diameter_um: float,
    *,
    diameter_um: float | None = None,
    contact_angle_deg: float | None = None,
    length_um: float | None = None,
    volume_um3: float | None = None,
) -> Droplet:
    """The barrel drop with two given quantities.

    Parameters
    ----------
    fibre_diameter_um : float
        Diameter of the fibre.
    diameter_um, contact_angle_deg, length_um, volume_um3 : float, two of them
        Largest diameter; contact angle; length between the contact lines; volume of the liquid.

    Raises
    ------
    InputError
        If not exactly two are given, or no barrel has them; the line names the allowed range.

    Notes
    -----
    At a given diameter, length and volume fall as the angle grows; at a given angle, both rise with
    the diameter. So each pair has one solution at most, found by bracketing; the tests check the
    monotony on a grid.
    """
    given = {
        "diameter_um": diameter_um,
        "contact_angle_deg": contact_angle_deg,
        "length_um": length_um,
        "volume_um3": volume_um3,
    }
    known = {name: value for name, value in given.items() if value is not None}
    if len(known) != 2:
        raise InputError(
            f"cavity: a drop needs exactly two of {', '.join(given)}; {len(known)} given"
        )
    for name, value in {"fibre_diameter_um": fibre_diameter_um, **known}.items():
        if not (0.0 <= value < float("inf")) or (value == 0.0 and name != "contact_angle_deg"):
            raise InputError(f"cavity.{name}: {value!r} must be above 0")
    fibre = 0.5 * fibre_diameter_um
    if diameter_um is not None:
        if contact_angle_deg is not None:
            return Droplet(0.5 * diameter_um, fibre, contact_angle_deg)
        key, target = (
            ("length_um", length_um) if length_um is not None else ("volume_um3", volume_um3)
        )
        return _at_diameter(0.5 * diameter_um, fibre, key, float(target or 0.0))
    if contact_angle_deg is not None:
        key, target = (
            ("length_um", length_um) if length_um is not None else ("volume_um3", volume_um3)
        )
        return _at_angle(contact_angle_deg, fibre, key, float(target or 0.0))
    return _at_length(float(length_um or 0.0), fibre, float(volume_um3 or 0.0))


def dried(droplet: Droplet, solid_fraction: float, contact_line: str = "pinned") -> Droplet:
    """The drop after its solvent has gone, as another equilibrium barrel of the remaining volume.

    Parameters
    ----------
    droplet : Droplet
        The wet drop.
    solid_fraction : float
        Share of the wet volume that stays, above 0 and at most 1.
    contact_line : str
        "pinned" keeps the length on the fibre, "receding" the contact angle.

    Raises
    ------
    InputError
        For a share out of range, or where no barrel of that volume and length exists.
    """
    if not 0.0 < solid_fraction <= 1.0:
        raise InputError(f"solid_fraction: {solid_fraction!r} is not above 0 and at most 1")
    fibre, volume = 2.0 * droplet.fibre_radius_um, solid_fraction * droplet.volume_um3
    if contact_line == "pinned":
        return droplet_of(fibre, length_um=droplet.length_um, volume_um3=volume)
    if contact_line == "receding":
        return droplet_of(fibre, contact_angle_deg=droplet.contact_angle_deg, volume_um3=volume)
    raise InputError(f"contact_line: {contact_line!r} is unknown (allowed: pinned, receding)")


def _measure(drop: Droplet, key: str) -> float:
    return drop.length_um if key == "length_um" else drop.volume_um3


def _unit(key: str) -> str:
    return "um" if key == "length_um" else "um^3"


def _at_diameter(radius: float, fibre: float, key: str, target: float) -> Droplet:
    most = _measure(Droplet(radius, fibre, 0.0), key)
    least = _measure(Droplet(radius, fibre, _LARGEST_ANGLE_DEG), key)
    _demand(
        key, target, least, most, f"a drop {2 * radius:g} um thick on a fibre of {2 * fibre:g} um"
    )
    angle = _root(
        lambda a: _measure(Droplet(radius, fibre, a), key) - target, 0.0, _LARGEST_ANGLE_DEG
    )
    return Droplet(radius, fibre, angle)


def _at_angle(angle: float, fibre: float, key: str, target: float) -> Droplet:
    least = _measure(Droplet(_THINNEST * fibre, fibre, angle), key)
    most = _measure(Droplet(_THICKEST * fibre, fibre, angle), key)
    _demand(
        key,
        target,
        least,
        most,
        f"a drop of contact angle {angle:g} deg on a fibre of {2 * fibre:g} um",
    )
    return Droplet(_radius_at_angle(angle, fibre, key, target), fibre, angle)


def _radius_at_angle(angle: float, fibre: float, key: str, target: float) -> float:
    thick = 2.0 * fibre
    while _measure(Droplet(thick, fibre, angle), key) < target:
        thick *= 2.0
    return _root(
        lambda r: _measure(Droplet(r, fibre, angle), key) - target, _THINNEST * fibre, thick
    )


def _at_length(length: float, fibre: float, volume: float) -> Droplet:
    def drop(angle: float) -> Droplet:
        return Droplet(_radius_at_angle(angle, fibre, "length_um", length), fibre, angle)

    flattest = _flattest_angle(length, fibre)
    least, most = drop(flattest).volume_um3, drop(_LARGEST_ANGLE_DEG).volume_um3
    what = f"a drop {length:g} um long on a fibre of {2 * fibre:g} um"
    _demand("volume_um3", volume, least, most, what, _ROUNDING_AT_LENGTH)
    return drop(_root(lambda a: drop(a).volume_um3 - volume, flattest, _LARGEST_ANGLE_DEG))


def _flattest_angle(length: float, fibre: float) -> float:
    """Smallest contact angle of a drop of this length: 0 from the length pi times the fibre's
    diameter on.

    Shorter drops thin out to nothing as the angle falls, at a length that the thinnest drop
    considered bounds.
    """

    def shortest(angle: float) -> float:
        return Droplet(_THINNEST * fibre, fibre, angle).length_um

    if length >= shortest(0.0):
        return 0.0
    if length <= shortest(_LARGEST_ANGLE_DEG):
        raise InputError(
            f"cavity.length_um: {length:g} is too short against a fibre of {2 * fibre:g} um"
        )
    angle = _root(lambda a: shortest(a) - length, 0.0, _LARGEST_ANGLE_DEG)
    return min(angle * (1.0 + 1e-9), _LARGEST_ANGLE_DEG)


def _demand(
    key: str, value: float, least: float, most: float, what: str, rounding: float = _ROUNDING
) -> None:
    if not least * (1.0 - rounding) <= value <= most * (1.0 + rounding):
        unit = _unit(key)
        raise InputError(
            f"cavity.{key}: {value:g} {unit} is impossible for {what}; a barrel has {least:.6g} "
            f"to {most:.6g} {unit}"
        )


def _root(residual: Callable[[float], float], low: float, high: float) -> float:
    from scipy.optimize import brentq

    at_low, at_high = residual(low), residual(high)
    if at_low * at_high >= 0.0:
        return low if abs(at_low) < abs(at_high) else high
    return float(brentq(residual, low, high, xtol=1e-15 * high, rtol=_ROUNDING * 4, maxiter=200))
