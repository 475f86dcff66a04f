"""A cavity at another temperature than that of its lengths and indices, and the shift of its modes
with temperature, expansion included.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from ...errors import InputError, nearest
from ...geometry.cavity import Cavity
from ...geometry.deformed import StretchedOutline
from ...geometry.surroundings.temperature import Temperature
from ...materials.material import Material
from ...materials.shifted import ShiftedMedium
from ...mesh.section_cavity import SectionCavity
from ..changes.change import CavityChange, with_media
from ..changes.first_order import polished, wavelength_derivative_nm
from ..late_values import LateValues
from ..mode import Mode
from ..mode_set import ModeSet

_HALF_K = 0.5  # of the difference that gives a slope; all laws are straight in T


@dataclass(frozen=True)
class Warming:
    """What one degree does to a cavity at the reference.

    Attributes
    ----------
    thermo_optic_per_k : mapping of str to float
        dn/dT by region.
    expansion_per_k : mapping of str to float
        Linear, of the reference length, by region inside the rim.
    words : tuple of str
        What was held for want of data.
    """

    thermo_optic_per_k: Mapping[str, float]
    expansion_per_k: Mapping[str, float]
    words: tuple[str, ...]

    @classmethod
    def of(cls, cavity: Cavity, table: Temperature) -> Warming:
        """The numbers of a table, and those of the library where it has none.

        Raises
        ------
        InputError
            If a number is missing, does not belong to a region, or is asked beyond its data.
        """
        regions = dict(cavity.regions)
        inside = [name for name in regions if name != "surround"]
        _demand_regions("thermo_optic_per_k", table.thermo_optic_per_k, list(regions))
        _demand_regions("expansion_per_k", table.expansion_per_k, inside)
        words: list[str] = []
        slopes = {name: _slope(name, medium, table, words) for name, medium in regions.items()}
        grown = {name: _expansion(name, regions[name], table) for name in inside}
        return cls(slopes, grown, tuple(words))

    def applied(
        self, cavity: Cavity, rise_k: float, after_k: float = 0.0, named: str = "{}"
    ) -> Cavity:
        """A cavity some degrees warmer.

        Parameters
        ----------
        cavity : Cavity
        rise_k : float
        after_k : float
            By which it is above the reference already.
        named : str
            What its media are called; "{}" holds their name.

        Raises
        ------
        InputError
            If a section would expand.
        """
        if rise_k == 0.0:
            return cavity
        media = {
            name: ShiftedMedium.of(
                medium, self.thermo_optic_per_k[name] * rise_k, named.format(medium.name)
            )
            for name, medium in cavity.regions
            if self.thermo_optic_per_k[name]
        }
        warm = with_media(cavity, media)
        factors = {
            name: (1.0 + rate * (after_k + rise_k)) / (1.0 + rate * after_k)
            for name, rate in self.expansion_per_k.items()
        }
        if all(factor == 1.0 for factor in factors.values()):
            return warm
        if isinstance(cavity, SectionCavity):
            raise InputError(
                "temperature.expansion_per_k: the shape of a section file does not expand; give 0 "
                "for each of its regions"
            )
        body, fibre = factors["body"], factors.get("fibre", 1.0)
        coatings = tuple(
            replace(one, thickness_um=factors[one.name] * one.thickness_um) for one in warm.coatings
        )
        shape = None if warm.fibre_shape is None else warm.fibre_shape.scaled(fibre)
        return replace(
            warm,
            outline=StretchedOutline(warm.outline, body, body),
            fibre_radius_um=fibre * warm.fibre_radius_um,
            fibre_shape=shape,
            coatings=coatings,
        )


def with_thermal_shift(modes: ModeSet, cavity: Cavity, table: Temperature) -> ModeSet:
    """Modes of a warm cavity with their shift by one degree more, expansion included.

    Parameters
    ----------
    modes : ModeSet
    cavity : Cavity
        At the temperature of the table.
    table : Temperature
    """
    law = Warming.of(cavity, table)
    sides = [law.applied(cavity, step, table.rise_k) for step in (-_HALF_K, _HALF_K)]
    change = CavityChange("temperature_k", sides[0], sides[1], 2.0 * _HALF_K)
    moved = any(law.thermo_optic_per_k.values()) or any(law.expansion_per_k.values())
    found = tuple(_with_shift(mode, change if moved else None) for mode in modes)
    return replace(modes, modes=found, warnings=(*modes.warnings, *law.words))


def _with_shift(mode: Mode, change: CavityChange | None) -> Mode:
    def late() -> Mapping[str, float | None]:
        shift = 0.0
        if change is not None:
            shift = 1e3 * wavelength_derivative_nm(polished(mode.solved()), change)
        return {"thermal_shift_pm_per_k": shift}

    known = {key: mode.extra[key] for key in mode.extra if key != "thermal_shift_pm_per_k"}
    return replace(mode, extra=LateValues(known, ("thermal_shift_pm_per_k",), late))


def _demand_regions(key: str, given: Mapping[str, float], regions: list[str]) -> None:
    for name in given:
        if name not in regions:
            raise InputError(
                f"temperature.{key}.{name}: no region that has it; {', '.join(regions)}"
                f"{nearest(name, regions)}"
            )


def _slope(name: str, medium: Material, table: Temperature, words: list[str]) -> float:
    """dn/dT of a region."""
    if name in table.thermo_optic_per_k:
        return table.thermo_optic_per_k[name]
    if medium.thermo_optic_per_k is None:
        if name == "surround":
            words.append(f"temperature: no dn/dT of the surround ({medium.name}); it is held")
            return 0.0
        raise InputError(
            f"temperature.thermo_optic_per_k.{name}: missing; the library has no dn/dT of "
            f"{medium.name}"
        )
    if medium.uniaxial:
        raise InputError(
            f"temperature.thermo_optic_per_k.{name}: missing; {medium.name} is uniaxial, and both "
            "of its indices are moved alike: give the dn/dT of the one that the modes see"
        )
    _check(table, medium, "dn/dT")
    return medium.thermo_optic_per_k


def _expansion(name: str, medium: Material, table: Temperature) -> float:
    """Linear expansion of a region."""
    if name in table.expansion_per_k:
        return table.expansion_per_k[name]
    if medium.expansion_per_k is None:
        raise InputError(
            f"temperature.expansion_per_k.{name}: missing; the library has no expansion of "
            f"{medium.name} (0 holds its size)"
        )
    _check(table, medium, "expansion")
    return medium.expansion_per_k


def _check(table: Temperature, medium: Material, what: str) -> None:
    for key in ("temperature_k", "reference_k"):
        table.check(key, medium.thermal_range_k, f"{medium.name} ({what})")
