"""Checks between keys. They run on the raw numbers, so that they speak up beside all other
problems.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ..errors import is_number
from ..geometry.surroundings.coupler import SIZES
from .files.micrograph_file import IMAGE_SUFFIXES, is_micrograph
from .input_problem import Location, Problem
from .medium_entry import medium_problems
from .outlines import DROP_MEASURES, FIBRE_POINTS, PROFILES, SCALES

# Who coats a body on its outside finds here how.
_COATED = (
    "; coatings lie between fibre and body. A rod in a coat is a fibre in a body; a coated sphere "
    "is a section (docs/sections.md)"
)
_RESERVED_REGIONS = ("fibre", "body", "surround")
# Keys that say where light curves lie, and mean nothing beside the other kind of pump.
_OF_KIND: dict[str, dict[str, tuple[str, ...]]] = {
    "pulsed": {"pump": ("fluence_mj_cm2",), "lasing": ("at_fluence_mj_cm2",)},
    "continuous": {"pump": ("power_uw", "absorbed_share"), "lasing": ("at_power_uw",)},
}


def check_consistency(plain: dict[str, Any]) -> list[Problem]:
    """Problems between keys of a design without spreads; wrong types are left to the schema."""
    found: list[Problem] = []
    cavity, modes, pump = (plain.get(name) for name in ("cavity", "modes", "pump"))
    if isinstance(cavity, dict):
        found += [
            *_shape(cavity),
            *_micrograph(cavity),
            *_fibre(cavity),
            *_coatings(cavity),
            *_media(cavity),
        ]
    if isinstance(plain.get("coupling"), dict):
        found += _guide(plain["coupling"])
    if isinstance(modes, dict):
        found += _range(modes)
    if isinstance(pump, dict):
        found += _fluences(pump)
        lasing = plain.get("lasing")
        found += _pump_kind(pump, lasing if isinstance(lasing, dict) else {})
    return found


def _number(table: dict[str, Any], key: str) -> float | None:
    value = table.get(key)
    return float(value) if is_number(value) else None


def _shape(cavity: dict[str, Any]) -> Iterator[Problem]:
    profile = cavity.get("profile")
    if not isinstance(profile, str) or profile not in PROFILES:
        return
    allowed, required = PROFILES[profile].allowed, PROFILES[profile].required
    for key in dict.fromkeys(key for one in PROFILES.values() for key in one.allowed):
        if key in cavity and key not in allowed:
            owners = ", ".join(name for name, one in PROFILES.items() if key in one.allowed)
            text = (
                f"does not belong to profile {profile} (its keys: {', '.join(allowed)}); it is a "
                f"key of {owners}"
            )
            yield Problem(("cavity", key), text, cavity[key])
    if profile == "section":
        for key in ("fibre_diameter_um", "coatings"):
            if cavity.get(key):
                text = (
                    "does not belong to profile section; draw the region and name its medium in "
                    "[cavity.materials]"
                )
                yield Problem(("cavity", key), text, cavity[key])
    for key in required:
        if key not in cavity:
            text = f"missing; profile {profile} needs {', '.join(required)}"
            yield Problem(("cavity", key), text)
    if profile == "droplet":
        given = [key for key in DROP_MEASURES if key in cavity]
        if len(given) != 2:
            names = ", ".join(DROP_MEASURES)
            yield Problem(
                ("cavity",), f"profile droplet needs exactly two of {names}; {len(given)} given"
            )


def _micrograph(cavity: dict[str, Any]) -> Iterator[Problem]:
    """A picture needs one scale; a table of points, whose header has the unit, none."""
    file = cavity.get("file")
    if cavity.get("profile") != "outline" or not isinstance(file, str):
        return
    given = [key for key in SCALES if key in cavity]
    if not is_micrograph(file):
        for key in (*given, *(["upright"] if "upright" in cavity else [])):
            text = (
                f"belongs to a micrograph ({', '.join(IMAGE_SUFFIXES)}); the header of {file} has "
                "the unit"
            )
            yield Problem(("cavity", key), text, cavity[key])
    elif len(given) != 1:
        text = f"the micrograph {file} needs exactly one of {', '.join(SCALES)}; {len(given)} given"
        yield Problem(("cavity",), text)


def _fibre(cavity: dict[str, Any]) -> Iterator[Problem]:
    fibre = _number(cavity, "fibre_diameter_um") or 0.0
    points = [key for key in FIBRE_POINTS if key in cavity]
    for key in points[1:] if fibre <= 0 else points:
        others = ", ".join(
            name
            for name in ("fibre_diameter_um", "fibre_taper", *FIBRE_POINTS)
            if name != key and name in cavity
        )
        yield Problem(
            ("cavity", key), f"says the fibre's radius, as does {others}; give one", cavity[key]
        )
    if points and fibre <= 0 and "fibre_taper" in cavity:
        yield Problem(
            ("cavity", "fibre_taper"),
            f"does not go with {points[0]}, which has the taper in it",
            cavity["fibre_taper"],
        )
    if fibre <= 0 and not points:
        for key, more in (("coatings", _COATED), ("fibre_taper", "")):
            if cavity.get(key):
                text = f"needs a fibre: give fibre_diameter_um above 0 and fibre{more}"
                yield Problem(("cavity", key), text, cavity[key])
        return
    if "fibre" not in cavity:
        given = points[0] if points else "fibre_diameter_um above 0"
        yield Problem(
            ("cavity", "fibre"), f'missing; the fibre ({given}) needs a medium, such as "silica"'
        )
    diameter = _number(cavity, "diameter_um")
    shells = [_number(shell, "thickness_um") or 0.0 for shell in _tables(cavity.get("coatings"))]
    inside = fibre + 2.0 * sum(shells)
    if diameter is not None and 0 < diameter <= inside:
        what = "the fibre with its coatings" if shells else "the fibre"
        text = (
            f"must be greater than the diameter of {what}, {inside:g} um (fibre_diameter_um = "
            f"{fibre:g})"
        )
        yield Problem(("cavity", "diameter_um"), text, diameter)


def _coatings(cavity: dict[str, Any]) -> Iterator[Problem]:
    seen: set[Any] = set()
    for index, shell in enumerate(_tables(cavity.get("coatings"))):
        name = shell.get("name")
        if not isinstance(name, str):
            continue
        if name in _RESERVED_REGIONS or name in seen:
            text = f"must differ from {', '.join(_RESERVED_REGIONS)} and from the other coatings"
            yield Problem(("cavity", "coatings", index, "name"), text, name)
        seen.add(name)


def _guide(coupling: dict[str, Any]) -> Iterator[Problem]:
    kind = coupling.get("kind")
    if not isinstance(kind, str) or kind not in SIZES:
        return
    for key in dict.fromkeys(key for keys in SIZES.values() for key in keys):
        if key in coupling and key not in SIZES[kind]:
            owners = ", ".join(name for name, keys in SIZES.items() if key in keys)
            text = f"does not belong to kind {kind}; it is a key of {owners}"
            yield Problem(("coupling", key), text, coupling[key])
    for key in SIZES[kind][:1]:
        if key not in coupling:
            yield Problem(("coupling", key), f"missing; kind {kind} needs it")
    given = [key for key in ("medium", "index") if key in coupling]
    if len(given) == 2 or (kind != "taper" and not given):
        text = f"give medium or index of the {kind}; {'both are' if given else 'neither is'} given"
        yield Problem(("coupling",), text)
    medium = coupling.get("medium")
    if isinstance(medium, dict):
        yield from medium_problems(("coupling", "medium"), medium)


def _media(cavity: dict[str, Any]) -> Iterator[Problem]:
    media: list[tuple[Location, Any]] = [
        (("cavity", key), cavity.get(key)) for key in _RESERVED_REGIONS
    ]
    for index, shell in enumerate(_tables(cavity.get("coatings"))):
        media.append((("cavity", "coatings", index, "material"), shell.get("material")))
    others = cavity.get("materials")
    media += (
        [(("cavity", "materials", name), medium) for name, medium in others.items()]
        if isinstance(others, dict)
        else []
    )
    for location, medium in media:
        if isinstance(medium, dict):
            yield from medium_problems(location, medium)


def _range(modes: dict[str, Any]) -> Iterator[Problem]:
    if ("span_nm" in modes) == ("azimuthal_order" in modes):
        state = "both are given" if "span_nm" in modes else "neither is given"
        yield Problem(
            ("modes",), f"give span_nm (all modes in a range) or azimuthal_order (one m); {state}"
        )
    span, centre = _number(modes, "span_nm"), _number(modes, "wavelength_nm")
    if span is not None and centre is not None and 0 < centre <= span / 2:
        text = f"must be less than twice wavelength_nm ({centre:g}): the range would reach 0"
        yield Problem(("modes", "span_nm"), text, span)


def _fluences(pump: dict[str, Any]) -> Iterator[Problem]:
    fluences = pump.get("fluence_mj_cm2")
    if not isinstance(fluences, list | tuple):
        return
    backwards = (
        len(fluences) == 2
        and all(is_number(value) for value in fluences)
        and not fluences[0] < fluences[1]
    )
    if len(fluences) != 2 or backwards:
        text = "must be [lowest, highest] in mJ/cm2, such as [1.0, 6.0]"
        yield Problem(("pump", "fluence_mj_cm2"), text, fluences)


def _pump_kind(pump: dict[str, Any], lasing: dict[str, Any]) -> Iterator[Problem]:
    """Ranges and places of the light curve belong to one kind of pump, a reference to the
    calibration of this name, and a radius to a spot that has one.
    """
    kind = pump.get("kind", "pulsed")
    if not isinstance(kind, str) or kind not in _OF_KIND:
        return
    other, own = ("pulsed", "continuous") if kind == "continuous" else ("continuous", "pulsed")
    for table, given in (("pump", pump), ("lasing", lasing)):
        for key in _OF_KIND[other][table]:
            if key in given:
                instead = _OF_KIND[own][table][0]
                text = f'belongs to kind = "{other}"; this pump is {own}: give {instead}'
                yield Problem((table, key), text, given[key])
    if pump.get("calibration") != "reference":
        for key in ("reference_excitons", "reference_fluence_mj_cm2"):
            if key in pump:
                yield Problem(("pump", key), 'belongs to calibration = "reference"', pump[key])
    if pump.get("spot") == "flat" and "spot_radius_um" in pump:
        text = 'belongs to spot = "gaussian"; a flat spot has no radius'
        yield Problem(("pump", "spot_radius_um"), text, pump["spot_radius_um"])


def _tables(given: Any) -> list[dict[str, Any]]:
    return (
        [item for item in given if isinstance(item, dict)]
        if isinstance(given, list | tuple)
        else []
    )
