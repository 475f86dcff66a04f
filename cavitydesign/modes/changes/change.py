"""Small changes of a cavity, named: what a derivative is taken with respect to."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

import numpy as np

from ...arrays import Array
from ...errors import InputError, nearest
from ...geometry.cavity import Cavity
from ...geometry.deformed import ShiftedOutline, StretchedOutline
from ...materials.material import Material
from ...materials.shifted import ShiftedMedium
from ...mesh.section_cavity import SectionCavity

# Of a length, by which it is changed to either side: what bends a response leaves about the square,
# 2e-9, and a rounding of 1e-13 over the step as much.
RELATIVE_STEP = 4e-5
_INDEX_STEP = 1e-4  # of an index, whose second derivatives are of the order of one
_TEMPERATURE_STEP_K = 1.0  # K; dn/dT is a constant of the medium, so that the step does not matter


@dataclass(frozen=True)
class CavityChange:
    """Two cavities on either side of the nominal one, and how far they are apart in the quantity
    that changes.

    Parameters
    ----------
    name : str
        The quantity, with its unit: "diameter_um".
    lower, upper : Cavity
        The same regions in the same order as the nominal cavity.
    width : float
        Value at `upper` minus value at `lower`, positive.
    """

    name: str
    lower: Cavity
    upper: Cavity
    width: float

    def __post_init__(self) -> None:
        if not self.width > 0:
            raise InputError(
                f"{self.name}: the width of a change must be positive, not {self.width!r}"
            )


def _demand_outline(cavity: Cavity) -> None:
    if isinstance(cavity, SectionCavity):
        raise InputError("change: the shape of a section file cannot be moved, only its media")


def _between(name: str, make: Callable[[float], Cavity], half: float) -> CavityChange:
    return CavityChange(name, make(-half), make(half), 2.0 * half)


def diameter_change(
    cavity: Cavity, fibre: str = "held", axial_radius: str = "held"
) -> CavityChange:
    """Change of the diameter at fixed shape.

    Parameters
    ----------
    cavity : Cavity
    fibre : {"held", "scaled"}
        Whether the fibre and its coatings keep their size.
    axial_radius : {"held", "scaled"}
        Whether the outline keeps its axial radius (z grows like the square root of r), or all of it
        scales.

    Raises
    ------
    InputError
        If a word is not one of the two.
    """
    for word, key in ((fibre, "fibre"), (axial_radius, "axial_radius")):
        if word not in ("held", "scaled"):
            raise InputError(
                f"{key}: {word!r} is not allowed; held or scaled{nearest(word, ('held', 'scaled'))}"
            )
    _demand_outline(cavity)

    def at(step: float) -> Cavity:
        factor = 1.0 + step / cavity.diameter_um
        # The axial radius goes with b^2/a (a, b: the factors of r and z), so b = sqrt(a) holds it.
        outline = StretchedOutline(
            cavity.outline, factor, factor if axial_radius == "scaled" else factor**0.5
        )
        if fibre == "held":
            return replace(cavity, outline=outline)
        return replace(_scaled_fibre(cavity, factor), outline=outline)

    return _between("diameter_um", at, RELATIVE_STEP * cavity.diameter_um)


def _scaled_fibre(cavity: Cavity, factor: float) -> Cavity:
    """The cavity with its fibre and coatings larger by a factor."""
    coatings = tuple(
        replace(one, thickness_um=factor * one.thickness_um) for one in cavity.coatings
    )
    shape = None if cavity.fibre_shape is None else cavity.fibre_shape.scaled(factor)
    return replace(
        cavity,
        fibre_radius_um=factor * cavity.fibre_radius_um,
        fibre_shape=shape,
        coatings=coatings,
    )


def axial_radius_change(cavity: Cavity) -> CavityChange:
    """Change of the outline's axial radius: the outline stretched along z.

    Raises
    ------
    InputError
        For a cylinder, which has none.
    """
    if cavity.sliced:
        raise InputError("cavity.profile: a cylinder has no axial radius to change")
    _demand_outline(cavity)
    start = cavity.outline.axial_radius_um

    def at(step: float) -> Cavity:
        return replace(
            cavity, outline=StretchedOutline(cavity.outline, 1.0, (1.0 + step / start) ** 0.5)
        )

    return _between("axial_radius_um", at, RELATIVE_STEP * start)


def outline_change(
    cavity: Cavity, shift: Callable[[Array], Array], even: bool = True
) -> CavityChange:
    """Shift of the outline along its outward normal by amount * shift(t); the derivative is for an
    amount of 1.

    Parameters
    ----------
    shift : callable
        Maps the outline's parameter t (um, 0 at the equator, arc length there) to a distance;
        smooth.
    even : bool
        Whether shift(-t) = shift(t). An uneven shift changes the wavelength of a symmetric cavity
        by its even part only.

    Raises
    ------
    InputError
        If the cavity has no outline, or the shift vanishes along it.
    """
    _demand_outline(cavity)
    radius = cavity.outline.equator_radius_um
    # The step is set by the largest shift, so that a localised bump moves the rim as far as a
    # change of the diameter would.
    largest = float(np.abs(shift(np.linspace(-0.5 * radius, 0.5 * radius, 101))).max())
    if largest == 0.0:
        raise InputError("shift: vanishes along the outline; there is nothing to change")
    half = RELATIVE_STEP * radius / largest

    def at(step: float) -> Cavity:
        return replace(cavity, outline=ShiftedOutline(cavity.outline, shift, step, even))

    return _between("outline shift", at, half)


def fibre_radius_change(cavity: Cavity) -> CavityChange:
    """Change of the fibre's radius; coatings keep their thickness.

    Raises
    ------
    InputError
        Without a fibre.
    """
    if cavity.fibre is None or cavity.fibre_radius_um <= 0:
        raise InputError(
            "cavity.fibre_diameter_um: the cavity has no fibre whose radius could change"
        )

    def at(step: float) -> Cavity:
        return replace(cavity, fibre_radius_um=cavity.fibre_radius_um + step)

    return _between("fibre_radius_um", at, RELATIVE_STEP * cavity.fibre_radius_um)


def with_media(cavity: Cavity, media: Mapping[str, Material]) -> Cavity:
    """The cavity with other media in some regions.

    Raises
    ------
    InputError
        If a region does not exist.
    """
    names = [name for name, _ in cavity.regions]
    for name in media:
        if name not in names:
            raise InputError(
                f"region {name!r} is not one of {', '.join(names)}{nearest(name, names)}"
            )
    coatings = tuple(
        replace(one, material=media.get(one.name, one.material)) for one in cavity.coatings
    )
    if isinstance(cavity, SectionCavity):
        changed = tuple((name, media.get(name, old)) for name, old in cavity.media)
        cavity = replace(cavity, media=changed)
    return replace(
        cavity,
        body=media.get("body", cavity.body),
        surround=media.get("surround", cavity.surround),
        fibre=media.get("fibre", cavity.fibre),
        coatings=coatings,
    )


def index_change(cavity: Cavity, region: str) -> CavityChange:
    """Change of the real index of one region, the same at all wavelengths.

    Parameters
    ----------
    cavity : Cavity
    region : str

    Returns
    -------
    CavityChange
        For a change of the index by 1.
    """
    media = dict(cavity.regions)

    def at(step: float) -> Cavity:
        old = media.get(region, cavity.body)
        return with_media(cavity, {region: ShiftedMedium.of(old, step)})

    return _between(f"index of {region}", at, _INDEX_STEP)


def temperature_change(
    cavity: Cavity,
    thermo_optic_per_k: Mapping[str, float] | None = None,
    expansion_per_k: float = 0.0,
) -> CavityChange:
    """Change of temperature: thermo-optic in every region, and linear expansion of the whole.

    Parameters
    ----------
    thermo_optic_per_k : mapping of str to float, optional
        dn/dT by region; for regions left out, the published value of the medium, else 0.
    expansion_per_k : float
        Linear expansion coefficient of the body; outline, fibre and coatings scale with it.

    Raises
    ------
    InputError
        If nothing would change.
    """
    given = dict(thermo_optic_per_k or {})
    slopes = {
        name: given.pop(name, material.thermo_optic_per_k or 0.0)
        for name, material in cavity.regions
    }
    if given:
        raise InputError(
            f"thermo_optic_per_k: {next(iter(given))!r} is not a region of {', '.join(slopes)}"
        )
    if not any(slopes.values()) and expansion_per_k == 0.0:
        raise InputError(
            "thermo_optic_per_k: no region has a temperature coefficient; give one, or "
            "expansion_per_k"
        )

    def at(step: float) -> Cavity:
        media = {
            name: ShiftedMedium.of(material, slopes[name] * step)
            for name, material in cavity.regions
            if slopes[name]
        }
        factor = 1.0 + expansion_per_k * step
        warm = with_media(cavity, media)
        # Sections have no outline to stretch; without expansion they need none.
        if factor == 1.0:
            return warm
        _demand_outline(cavity)
        return replace(
            _scaled_fibre(warm, factor), outline=StretchedOutline(warm.outline, factor, factor)
        )

    return _between("temperature_k", at, _TEMPERATURE_STEP_K)
