"""The design file's tables and keys, as pydantic models: what is a key, of which type, within which
bounds.

Optional keys left out are None here: default values live in the domain specs, in one place.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal, get_args, get_origin

from pydantic import BeforeValidator, Field, PlainValidator, create_model
from pydantic.fields import FieldInfo

from ..errors import is_number
from ..gain import Pump
from ..gain.medium_library import KINDS
from ..geometry.surroundings.temperature import Temperature
from ..lasing.request import LasingRequest
from ..modes.derived.objective import Collection
from ..modes.deviation.deviation_spec import Deviation, Particle, Wave
from ..modes.sensing.sensing_spec import Sensing
from .files.section_media import LengthUnit
from .key_types import (
    Accuracy,
    AzimuthalOrder,
    Correlation,
    Index,
    Length,
    NotNegative,
    Number,
    Positive,
    Roughness,
    Share,
    Table,
    Text,
    Wavelength,
    Whole,
    table_of,
)
from .outlines import PROFILES, shape_keys

# Shells; each is an interface of the mesh and a region of every table. Sixteen are a Bragg mirror.
MOST_COATINGS = 64


def _medium(given: Any) -> Any:
    if isinstance(given, str):
        return {"name": given}
    if isinstance(given, dict):
        return given
    raise ValueError(
        "must be a name from the material library, or { index = 1.49, absorption_per_cm = 0.0 }"
    )


class MediumTable(Table):
    """A medium: a name from the library, an explicit index, a file, or inclusions in a host."""

    name: Text | None = Field(None, description="name from the material library")
    index: Index | None = Field(None, description="refractive index")
    absorption_per_cm: NotNegative | None = Field(None, description="intensity absorption, cm^-1")
    index_extraordinary: Index | None = Field(
        None, description="index for E along the axis, where it differs"
    )
    file: Text | None = Field(None, description="material file (TOML)")
    index_offset: Number | None = Field(
        None, description="added to the index of the medium: its uncertainty"
    )
    database: Text | None = Field(None, description="page of refractiveindex.info: shelf/book/page")
    host: Text | None = Field(None, description="name of the host medium")
    inclusion: Text | None = Field(None, description="name of the medium of the inclusions")
    volume_fraction: Share | None = Field(
        None, description="share of the volume taken by the inclusions, 0 to 1"
    )
    rule: Literal["maxwell_garnett", "bruggeman"] | None = Field(None, description="mixing rule")


Medium = Annotated[MediumTable, BeforeValidator(_medium)]


class CoatingTable(Table):
    """One shell between fibre and body."""

    name: Text = Field(description="name of the region in the confinement table")
    thickness_um: Length = Field(description="radial thickness, um")
    material: Medium = Field(description="medium of the shell")


class DeviationTable(table_of("DeviationFields", Deviation)):  # type: ignore[misc]
    """How the cavity is not round."""

    waves: tuple[table_of("WaveTable", Wave), ...] | None = Field(  # type: ignore[valid-type]
        None, description="harmonics of the outline: order, amplitude, phase_deg"
    )
    particle: table_of("ParticleTable", Particle) | None = Field(  # type: ignore[valid-type]
        None, description="a particle on the rim: radius_nm, index, azimuth_deg, z_um"
    )


class CavityTable(Table):
    """Media of the cavity, and what else describes it but the keys of its profile."""

    # Narrowed to the names of the profiles by `cavity_table`.
    profile: str = Field(description="shape of the outline")
    file: Text | None = Field(
        None, description="CSV of the outline (z_um, r_um), micrograph (PNG, TIFF) or section"
    )
    length_unit: LengthUnit | None = Field(
        None, description="unit of the coordinates of a section: nm, um, mm or m"
    )
    um_per_pixel: Positive | None = Field(None, description="scale of the micrograph, um")
    scale_bar_um: Positive | None = Field(
        None, description="length of the scale bar printed in the micrograph, um"
    )
    upright: bool | None = Field(
        None, description="whether the fibre stands upright in the micrograph"
    )
    fibre_diameter_um: NotNegative | None = Field(
        None, description="diameter of the fibre at the equator, um; 0: none"
    )
    fibre_taper: Number | None = Field(None, description="slope d(radius)/dz of a tapered fibre")
    fibre_points_um: tuple[tuple[Number, Positive], ...] | None = Field(
        None, description="points [z, radius] of a fibre that is no cylinder, um"
    )
    fibre_file: Text | None = Field(None, description="CSV of such points (z_um, r_um)")
    body: Medium = Field(description="medium of the body")
    fibre: Medium | None = Field(None, description="medium of the fibre")
    surround: Medium | None = Field(None, description="medium outside")
    coatings: Annotated[tuple[CoatingTable, ...], Field(max_length=MOST_COATINGS)] | None = Field(
        None, description="shells between fibre and body, from the inside out"
    )
    materials: dict[Text, Medium] | None = Field(
        None, description="media of a section's other regions, by name"
    )
    region_names: dict[Text, Text] | None = Field(
        None, description="a section's own names of regions, and ours"
    )
    parameters: dict[Text, Number] | None = Field(
        None, description="values of the constants of a .geo section"
    )
    deviation: DeviationTable | None = Field(
        None, description="how it is not round: eccentric, elliptic, tilted, wavy, a particle"
    )
    magnetic_walls: tuple[Text, ...] | None = Field(
        None, description="named curves of a section that are mirrors"
    )
    electric_walls: tuple[Text, ...] | None = Field(
        None, description="named curves of a section that are metal"
    )
    roughness_nm: Roughness | None = Field(None, description="r.m.s. roughness of the rim, nm")
    correlation_nm: Correlation | None = Field(
        None, description="correlation length of the roughness, nm"
    )


class CouplingTable(Table):
    """A guide beside the cavity."""

    kind: Literal["taper", "prism", "waveguide"] = Field(description="kind of the guide")
    gap_um: NotNegative = Field(description="nearest distance from the rim, um")
    medium: Medium | None = Field(None, description="medium of the guide; of a taper, silica")
    index: Index | None = Field(None, description="refractive index of the guide, in its place")
    diameter_um: Length | None = Field(None, description="diameter of a taper at the cavity, um")
    width_um: Length | None = Field(None, description="width of a waveguide across the gap, um")
    height_um: Length | None = Field(
        None, description="height of a waveguide along the fibre's axis, um"
    )
    z_um: Number | None = Field(None, description="height above the equator, um")


class ModesTable(Table):
    """Which modes are wanted."""

    polarisation: Literal["TM", "TE", "both"] | None = Field(
        None, description="TM: E along the fibre axis"
    )
    wavelength_nm: Wavelength = Field(description="centre of the range, or a hint, nm")
    span_nm: Positive | None = Field(None, description="full width of the range, nm")
    azimuthal_order: AzimuthalOrder | None = Field(
        None, description="one m, given instead of span_nm"
    )
    radial_orders: Annotated[Whole, Field(le=20)] | None = Field(
        None, description="p = 1 .. radial_orders"
    )
    axial_orders: Annotated[Whole, Field(le=100)] | None = Field(
        None, description="q = 0 .. axial_orders - 1"
    )
    relative_accuracy: Accuracy | None = Field(
        None, description="relative accuracy of the wavelength"
    )


def _quality(given: Any) -> Any:
    """Left to the spec, but for numbers that are none."""
    if given == "budget" or is_number(given):
        return given
    if isinstance(given, dict) and set(given) == {"per_um"} and is_number(given["per_um"]):
        return given
    raise ValueError(
        'must be "budget" (from the solved losses), { per_um = 24.0 } (Q = 24 x diameter in um) '
        "or a number"
    )


class LasingTable(table_of("LasingFields", LasingRequest)):  # type: ignore[misc]
    """How the modes lase: the fields of the spec, with the three ways to say where Q comes from."""

    quality: Annotated[Any, PlainValidator(_quality)] = None


def cavity_table() -> type[CavityTable]:
    """The table [cavity] with the keys of all profiles of `outlines.PROFILES`."""
    names: Any = tuple(PROFILES)
    profile: Any = (Literal[names], Field(description="shape of the outline"))
    fields: dict[str, Any] = {
        name: (key.kind | None, Field(None, description=key.description))
        for name, key in shape_keys().items()
    }
    # Messages list the keys in their order: the shape first, then what it is made of.
    bases: Any = (CavityTable, create_model("Shape", __base__=Table, profile=profile, **fields))
    made: type[CavityTable] = create_model("Cavity", __base__=bases, profile=profile)
    return made


class TemperatureTable(table_of("TemperatureFields", Temperature)):  # type: ignore[misc]
    """The temperature of cavity and gain: the fields of the spec, with numbers by region."""

    temperature_k: Number
    valid_k: tuple[Number, Number] | None = None
    thermo_optic_per_k: dict[Text, Number] | None = None
    expansion_per_k: dict[Text, Number] | None = None


TABLES: dict[str, type[Table]] = {
    "cavity": cavity_table(),
    "modes": ModesTable,
    "gain": table_of(
        "GainTable",
        *KINDS.values(),
        medium=str,
        kind=str,
        cross_sections_file=str,
        samples=str,
    ),
    "pump": table_of("PumpTable", Pump),
    "lasing": LasingTable,
    "coupling": CouplingTable,
    "temperature": TemperatureTable,
    "collection": table_of("CollectionTable", Collection),
    "sensing": table_of("SensingTable", Sensing),
}
REQUIRED_TABLES = ("cavity", "modes")


def _table_in(annotation: Any) -> type[Table] | None:
    if isinstance(annotation, type) and issubclass(annotation, Table):
        return annotation
    for part in get_args(annotation):
        found = _table_in(part)
        if found is not None:
            return found
    return None


def table_at(location: tuple[str | int, ...]) -> type[Table] | None:
    """Schema of the table at a path such as ("cavity", "coatings", 0), None if there is none."""
    named = [part for part in location if isinstance(part, str)]
    table = TABLES.get(named[0]) if named else None
    free = False
    for part in named[1:]:
        if free:  # the user's own name of an entry
            free = False
            continue
        if table is None or part not in table.model_fields:
            return None
        annotation = table.model_fields[part].annotation
        free, table = _has_free_names(annotation), _table_in(annotation)
    return table


def _has_free_names(annotation: Any) -> bool:
    """Whether a key holds entries under names of the user's own."""
    return get_origin(annotation) is dict or any(
        _has_free_names(part) for part in get_args(annotation)
    )


# The one key that may hold a number or a table with a number; each may vary, and carry a spread.
QUALITY_PER_UM = ("lasing", "quality", "per_um")


def field_at(location: tuple[str | int, ...]) -> FieldInfo | None:
    """Schema of the key at a path, None if there is none."""
    named = tuple(part for part in location if isinstance(part, str))
    if named == QUALITY_PER_UM:
        named = named[:-1]
    table = table_at(named[:-1])
    if len(named) > 2:
        holder = table_at(named[:-2])
        above = None if holder is None else holder.model_fields.get(named[-2])
        if above is not None and _has_free_names(above.annotation):
            return above
    return None if table is None else table.model_fields.get(named[-1])


def tables_with(name: str) -> tuple[str, ...]:
    """Top tables that know a key of this name."""
    return tuple(top for top, table in TABLES.items() if name in table.model_fields)


def all_keys() -> tuple[str, ...]:
    """Dotted keys of all tables of the file."""
    return tuple(f"{top}.{key}" for top, table in TABLES.items() for key in table.model_fields)


# What is asked, and where limits are drawn: numbers that nobody measures.
_SETTINGS = {
    "modes": tuple(ModesTable.model_fields),
    "pump": ("fluence_mj_cm2", "power_uw"),
    "collection": ("numerical_aperture",),
    "temperature": tuple(TemperatureTable.model_fields),
    "sensing": ("layer_nm", "layer_index", "linewidth_nm", "snr_db", "noise_pm"),
    "lasing": (
        "regime_factor",
        "single_mode_db",
        "diameter_sd_um",
        "line_reach",
        "relative_tolerance",
    ),
}


def is_setting(location: tuple[str | int, ...]) -> bool:
    """Whether a number says what is asked of the computation rather than what the cavity, the
    medium or the pump is.
    """
    if len(location) < 2 or location[1] not in _SETTINGS.get(str(location[0]), ()):
        return False
    field = field_at(location)
    return field is not None and "float" in str(field.annotation)


def carries_spread(location: tuple[str | int, ...]) -> bool:
    """Whether the key is a number with a unit, which may have a standard deviation."""
    if is_setting(location):
        return False
    if location[:2] == QUALITY_PER_UM[:2]:
        return location in (QUALITY_PER_UM[:2], QUALITY_PER_UM)
    field = field_at(location)
    return field is not None and "float" in str(field.annotation)
