"""The table of outlines: the keys of each profile of [cavity], how it is built, and the controls of
the explorer.

A new outline is a file in `geometry` with its curve, and an entry here: the design file, its
messages, studies, goals and the explorer take names, keys, types and bounds from this table.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal, TypeAlias

import numpy as np

from ..geometry import Cosine, Cylinder, Outline, Parabola, Spheroid, dried, droplet_of
from .files.micrograph_file import is_micrograph, load_micrograph
from .files.outline_file import FibrePoints, load_outline, read_outline
from .key_types import Angle, Length, Positive, Share

DROP_MEASURES = ("diameter_um", "contact_angle_deg", "length_um", "volume_um3")
SCALES = ("um_per_pixel", "scale_bar_um")
FIBRE_POINTS = ("fibre_points_um", "fibre_file")
_ANY_FIBRE = ("fibre_taper", *FIBRE_POINTS)
_MICROGRAPH = (*SCALES, "upright")

Build: TypeAlias = Callable[[Any, Path], Outline]
"""From the checked table [cavity] and the folder of its files to the outline; may raise
InputError."""


@dataclass(frozen=True)
class Control:
    """A slider of the explorer, or a choice.

    Attributes
    ----------
    label, hint : str
    low, high, step : float
    logarithmic : bool
    options : tuple of str
        Of a choice.
    of_diameter : float or None
        What it begins with where the profile is chosen, as a multiple of the diameter.
    fallback : object
        What is shown where the key is absent.
    only_given : bool
        Whether it is shown only where the design has the key.
    """

    label: str
    hint: str
    low: float = 0.0
    high: float = 1.0
    step: float = 0.1
    logarithmic: bool = False
    options: tuple[str, ...] = ()
    of_diameter: float | None = None
    fallback: Any = None
    only_given: bool = False


@dataclass(frozen=True)
class ShapeKey:
    """A key of a profile: its type, its meaning, and its control in the explorer."""

    kind: Any
    description: str
    control: Control | None = None


@dataclass(frozen=True)
class Profile:
    """One profile of [cavity].

    Attributes
    ----------
    keys : mapping of str to ShapeKey
        Those that describe the shape.
    required : tuple of str
    build : callable, optional
        None of a section, which is no outline.
    also : tuple of str
        Further keys of [cavity] that it may have.
    sliced : bool
        Whether it is a slice of a body that is straight along the axis.
    in_explorer : bool
        Whether the explorer offers it; one from a file is shown, not offered.
    start : mapping
        Keys that the explorer sets where the profile is chosen.
    """

    keys: Mapping[str, ShapeKey]
    required: tuple[str, ...]
    build: Build | None
    also: tuple[str, ...] = ()
    sliced: bool = False
    in_explorer: bool = False
    start: Mapping[str, Any] = field(default_factory=dict)

    @property
    def allowed(self) -> tuple[str, ...]:
        """All its own keys."""
        return (*self.keys, *self.also)


def _radius(table: Any) -> float:
    # without a diameter the outline refuses its radius, beside the line on the absent key
    return 0.5 * float(table.diameter_um or 0.0)


def _droplet(table: Any, folder: Path) -> Outline:
    drop = droplet_of(table.fibre_diameter_um or 0.0, **given(table, *DROP_MEASURES))
    if table.solid_fraction is None:
        return drop
    return dried(drop, table.solid_fraction, **given(table, "contact_line"))


def _measured(table: Any, folder: Path) -> Outline:
    file, points = folder / str(table.file), fibre_points(table, folder)
    fibre = 0.5 * (table.fibre_diameter_um or 0.0) if points is None else points
    if is_micrograph(file.name):
        return load_micrograph(file, fibre, **given(table, *_MICROGRAPH))
    return load_outline(file, fibre)


def fibre_points(table: Any, folder: Path) -> FibrePoints | None:
    """Points of a fibre that is no cylinder, from the table or its file; None without any."""
    if table.fibre_file is not None:
        return read_outline(folder / table.fibre_file)
    if table.fibre_points_um is None:
        return None
    z_um, radius_um = np.array(table.fibre_points_um, dtype=np.float64).reshape(-1, 2).T
    return z_um, radius_um


def given(table: Any, *names: str) -> dict[str, Any]:
    """The named keys that the user gave; the others keep the default of the domain object."""
    return {name: value for name in names if (value := getattr(table, name)) is not None}


# Keys that several profiles share; the last numbers of a control are its ends and its step.
_DIAMETER = ShapeKey(Length, "outer diameter at the equator, um")
# The slider covers the shipped designs: nearly round ones to bottles of 1 mm.
_AXIAL_RADIUS = ShapeKey(
    Length,
    "radius of curvature of the outline at the equator, um",
    Control(
        "axial radius (µm)",
        "radius of curvature of the outline at the equator",
        5,
        1000,
        0.5,
        logarithmic=True,
        of_diameter=4.0,
    ),
)
# As wide as the slider of the diameter, halved
_POLAR_RADIUS = ShapeKey(
    Length,
    "half height of the spheroid, um",
    Control("polar radius (µm)", "half height", 2, 200, 0.1, logarithmic=True, of_diameter=0.5),
)
_BOTTLE = {"diameter_um": _DIAMETER, "axial_radius_um": _AXIAL_RADIUS}
_DROP = {
    "diameter_um": _DIAMETER,
    "contact_angle_deg": ShapeKey(
        Angle,
        "contact angle of the drop on the fibre, degrees",
        Control("contact angle (°)", "of the drop on the fibre", 1, 90, 0.5, only_given=True),
    ),
    "length_um": ShapeKey(
        Length,
        "wetted length of the drop, um",
        Control("length (µm)", "wetted length of the drop", 2, 500, 0.5, True, only_given=True),
    ),
    "volume_um3": ShapeKey(
        Positive,
        "volume of the drop, um^3",
        Control("volume (µm³)", "of the drop", 50, 1e6, 10, True, only_given=True),
    ),
    "solid_fraction": ShapeKey(
        Share,
        "share of the drop's volume that stays on drying, 0 to 1",
        Control(
            "solid fraction",
            "share of the volume that stays when the drop dries",
            0.05,
            1,
            0.01,
            fallback=1,
        ),
    ),
    "contact_line": ShapeKey(
        Literal["pinned", "receding"],
        "what drying keeps: length or angle",
        Control(
            "contact line",
            "what drying keeps: the length, or the angle",
            options=("pinned", "receding"),
            fallback="pinned",
        ),
    ),
}
_SECTION_KEYS = (
    "file",
    "length_unit",
    "materials",
    "region_names",
    "parameters",
    "magnetic_walls",
    "electric_walls",
)

PROFILES: dict[str, Profile] = {
    "parabola": Profile(
        _BOTTLE,
        ("diameter_um", "axial_radius_um"),
        lambda table, folder: Parabola(_radius(table), table.axial_radius_um),
        _ANY_FIBRE,
        in_explorer=True,
    ),
    "cosine": Profile(
        _BOTTLE,
        ("diameter_um", "axial_radius_um"),
        lambda table, folder: Cosine(_radius(table), table.axial_radius_um),
        _ANY_FIBRE,
        in_explorer=True,
    ),
    "spheroid": Profile(
        {"diameter_um": _DIAMETER, "polar_radius_um": _POLAR_RADIUS},
        ("diameter_um",),
        lambda table, folder: Spheroid(_radius(table), table.polar_radius_um or _radius(table)),
        _ANY_FIBRE,
        in_explorer=True,
    ),
    "cylinder": Profile(
        {"diameter_um": _DIAMETER},
        ("diameter_um",),
        lambda table, folder: Cylinder(_radius(table)),
        sliced=True,
    ),
    "droplet": Profile(
        _DROP,
        ("fibre_diameter_um",),
        _droplet,
        in_explorer=True,
        start={"contact_angle_deg": 20},
    ),
    "outline": Profile({}, ("file",), _measured, ("file", *_MICROGRAPH, *_ANY_FIBRE)),
    "section": Profile({}, ("file",), None, _SECTION_KEYS),
}


def shape_keys() -> dict[str, ShapeKey]:
    """The keys of all profiles, each once."""
    return {name: key for profile in PROFILES.values() for name, key in profile.keys.items()}
