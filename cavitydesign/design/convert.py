"""From checked tables to the domain objects of the physics."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

from ..errors import InputError
from ..gain import GainMedium, Pump, medium_from_dict
from ..gain.emitters.warm import warm_medium
from ..geometry import (
    Cavity,
    Coating,
    Coupler,
    FibreShape,
    MeasuredOutline,
    Outline,
    fibre_from_points,
)
from ..geometry.fibre import check_span
from ..geometry.surroundings.temperature import Temperature
from ..lasing.request import LasingRequest
from ..materials import ConstantIndex, Material
from ..modes import ModeRequest
from ..modes.derived.objective import Collection
from ..modes.deviation.deviation_spec import Deviation, Particle, Wave
from ..modes.sensing.sensing_spec import Sensing
from ..modes.thermal.warming import Warming
from .files.column_file import read_columns
from .files.samples_file import Samples, read_samples
from .files.section_media import load_section
from .input_problem import Location, Problem
from .key_types import Table
from .medium_entry import build_medium
from .outlines import PROFILES, fibre_points
from .outlines import given as _given
from .schema import CavityTable, CouplingTable, MediumTable, ModesTable

Built = TypeVar("Built")
_CROSS_SECTIONS = ("wavelength_nm", "emission_cm2", "absorption_cm2")


class Converter:
    """Builds the domain objects of one design and collects what goes wrong on the way.

    Parameters
    ----------
    tables : dict of str to Table
        The tables in which nothing is wrong.
    folder : Path
        Where relative file names start.
    """

    def __init__(self, tables: dict[str, Any], folder: Path) -> None:
        self._tables = tables
        self._folder = folder
        self.problems: list[Problem] = []

    def cavity(self) -> Cavity | None:
        """The cavity with its outline and media."""
        table: CavityTable | None = self._tables.get("cavity")
        if table is None:
            return None
        body = self._material(table.body, ("cavity", "body"))
        surround = self._material(
            table.surround or MediumTable.model_validate({"name": "air"}), ("cavity", "surround")
        )
        fibre = (
            self._material(table.fibre, ("cavity", "fibre")) if table.fibre is not None else None
        )
        shells = [
            (shell, self._material(shell.material, ("cavity", "coatings", index, "material")))
            for index, shell in enumerate(table.coatings or ())
        ]
        profile = PROFILES[table.profile]
        if profile.build is None:
            return self._section(table, body, surround, fibre)
        outline = self._built(profile.build, table, self._folder)
        if outline is None or body is None or surround is None or self.problems:
            return None
        radius, shape = 0.5 * (table.fibre_diameter_um or 0.0), None
        if table.fibre_points_um is not None or table.fibre_file is not None:
            shape = self._built(self._fibre, table, outline)
            if shape is None:
                return None
            radius = shape.equator_radius_um
        coatings = tuple(
            Coating(shell.name, shell.thickness_um, medium)
            for shell, medium in shells
            if medium is not None
        )
        given = _given(table, "fibre_taper", "roughness_nm", "correlation_nm")
        coupler = self._coupler()
        try:
            return Cavity(
                outline=outline,
                body=body,
                surround=surround,
                fibre=fibre if radius > 0 else None,
                fibre_radius_um=radius,
                fibre_shape=shape,
                coatings=coatings,
                sliced=profile.sliced,
                coupler=coupler,
                **given,
            )
        except InputError as error:
            self._refused(error)
            return None

    def _section(
        self,
        table: CavityTable,
        body: Material | None,
        surround: Material | None,
        fibre: Material | None,
    ) -> Cavity | None:
        """A cavity of any section, its regions' media by name."""
        media = {"body": body, "surround": surround} | (
            {} if table.fibre is None else {"fibre": fibre}
        )
        for name, medium in (table.materials or {}).items():
            media[name] = self._material(medium, ("cavity", "materials", name))
        known = {name: medium for name, medium in media.items() if medium is not None}
        if self.problems:
            return None
        given = _given(table, "roughness_nm", "correlation_nm")
        given["coupler"] = self._coupler()
        file, walls = (
            self._folder / str(table.file),
            (tuple(table.magnetic_walls or ()), tuple(table.electric_walls or ())),
        )
        names, unit = table.region_names or {}, table.length_unit or "um"
        return self._built(
            load_section, file, table.parameters or {}, names, known, walls, given, unit
        )

    def _coupler(self) -> Coupler | None:
        """The guide beside the cavity; None without a table."""
        table: CouplingTable | None = self._tables.get("coupling")
        if table is None:
            return None
        if table.index is not None:
            medium: Material | None = ConstantIndex.of(table.index)
        else:
            given = table.medium or MediumTable.model_validate({"name": "silica"})
            medium = self._material(given, ("coupling", "medium"))
        if medium is None:
            return None  # told already
        sizes = _given(table, "diameter_um", "width_um", "height_um", "z_um")
        return self._built(Coupler, table.kind, medium, table.gap_um, **sizes)

    def modes(self) -> ModeRequest | None:
        """The modes that are wanted."""
        table: ModesTable | None = self._tables.get("modes")
        if table is None:
            return None
        span = table.span_nm if table.azimuthal_order is None else None
        return self._built(
            ModeRequest,
            span_nm=span,
            **_given(table, *(set(ModesTable.model_fields) - {"span_nm"})),
        )

    def medium(self) -> GainMedium | None:
        """The gain medium; None without a table."""
        table: Table | None = self._tables.get("gain")
        if table is None:
            return None
        given = _given(table, *type(table).model_fields)
        given.pop("samples", None)
        file = given.pop("cross_sections_file", None)
        if file is not None:
            try:
                columns = read_columns(self._folder / file, _CROSS_SECTIONS)
            except InputError as error:
                told = [f"gain.cross_sections_file: {line}" for line in error.problems]
                self._refused(InputError(told))
                return None
            given |= {f"table_{name}": tuple(column.tolist()) for name, column in columns.items()}
        return self._built(medium_from_dict, given)

    def samples(self) -> Samples | None:
        """The draws of a calibration that the medium names."""
        table: Table | None = self._tables.get("gain")
        name = None if table is None else _given(table, "samples").get("samples")
        return None if name is None else self._built(read_samples, self._folder / name)

    def pump(self) -> Pump | None:
        """The pump."""
        table: Table | None = self._tables.get("pump")
        return self._built(
            Pump, **({} if table is None else _given(table, *type(table).model_fields))
        )

    def collection(self) -> Collection | None:
        """The objective; None without a table."""
        table: Table | None = self._tables.get("collection")
        if table is None:
            return None
        return self._built(Collection, **_given(table, *type(table).model_fields))

    def sensing(self) -> Sensing | None:
        """What is sensed; None without a table."""
        table: Table | None = self._tables.get("sensing")
        if table is None:
            return None
        return self._built(Sensing, **_given(table, *type(table).model_fields))

    def deviation(self) -> Deviation | None:
        """How the cavity is not round; None without a table."""
        cavity: CavityTable | None = self._tables.get("cavity")
        table = None if cavity is None else cavity.deviation
        if table is None:
            return None
        given = _given(table, *type(table).model_fields)
        waves = []
        for index, wave in enumerate(given.pop("waves", ())):
            parts = _given(wave, *type(wave).model_fields)
            lacking = [key for key in ("order", "amplitude") if key not in parts]
            if lacking:
                location = ("cavity", "deviation", "waves", index, lacking[0])
                self.problems.append(Problem(location, "missing; a wave needs order and amplitude"))
                return None
            made = self._part(Wave, f"waves.{index}", parts)
            if made is None:
                return None
            waves.append(made)
        particle = given.pop("particle", None)
        if particle is not None:
            parts = _given(particle, *type(particle).model_fields)
            given["particle"] = self._part(Particle, "particle", parts)
            if given["particle"] is None:
                return None
        return self._part(Deviation, "", {**given, "waves": tuple(waves)})

    def _part(self, make: Callable[..., Built], key: str, given: dict[str, Any]) -> Built | None:
        """A part of the deviation, its problems under the name of its key."""
        head = f"cavity.deviation.{key}".rstrip(".")
        try:
            return make(**given)
        except InputError as error:
            self._refused(InputError([f"{head}.{line}" for line in error.problems]))
            return None

    def temperature(self) -> Temperature | None:
        """The temperature; None without a table."""
        table: Table | None = self._tables.get("temperature")
        if table is None:
            return None
        return self._built(Temperature, **_given(table, *type(table).model_fields))

    def warmed(
        self, cavity: Cavity | None, medium: GainMedium | None, temperature: Temperature
    ) -> tuple[Cavity | None, GainMedium | None]:
        """Cavity and medium at a temperature."""
        warm = None
        if cavity is not None:
            law = self._built(Warming.of, cavity, temperature)
            named = f"{{}} at {temperature.temperature_k:g} K"
            warm = (
                None
                if law is None
                else self._built(law.applied, cavity, temperature.rise_k, named=named)
            )
        return warm, None if medium is None else self._built(warm_medium, medium, temperature)

    def lasing(self, diameter_sd_um: float) -> LasingRequest | None:
        """How the modes lase; the spread of the diameter is that of the cavity unless the table has
        its own.
        """
        table: Table | None = self._tables.get("lasing")
        given = {} if table is None else _given(table, *type(table).model_fields)
        return self._built(LasingRequest, **{"diameter_sd_um": diameter_sd_um, **given})

    def _material(self, table: MediumTable, location: Location) -> Material | None:
        try:
            return build_medium(table, self._folder)
        except InputError as error:
            given = table.name or table.file or table.host
            self.problems += [Problem(location, text, given) for text in error.problems]
            return None

    def _fibre(self, table: CavityTable, outline: Outline) -> FibreShape:
        """The fibre through its points, which have the z of a measured outline, or that of the
        equator.
        """
        points = fibre_points(table, self._folder)
        assert points is not None
        source = (
            "cavity.fibre_points_um: "
            if table.fibre_file is None
            else f"{self._folder / table.fibre_file}: "
        )
        middle = outline.equator_z_um if isinstance(outline, MeasuredOutline) else 0.0
        try:
            shape = fibre_from_points(points[0] - middle, points[1])
            check_span(shape, 2.0 * outline.equator_radius_um)
        except InputError as error:
            raise InputError(
                [source + line.removeprefix("fibre: ") for line in error.problems]
            ) from None
        return shape

    def _built(self, make: Callable[..., Built], /, *args: Any, **given: Any) -> Built | None:
        try:
            return make(*args, **given)
        except InputError as error:
            self._refused(error)
            return None

    def _refused(self, error: InputError) -> None:
        self.problems += [Problem((), text) for text in error.problems]
