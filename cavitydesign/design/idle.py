"""Keys of a design that are right by themselves and change nothing beside the others: one line
each. What contradicts another key is refused by `consistency` instead.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from ..errors import InputError
from ..gain import CarrierMedium, FourLevelMedium, GainMedium, Pump, TabledMedium
from ..lasing.pumped.pump_profile import pump_profile
from .spread import split_spreads

if TYPE_CHECKING:
    from .spec import Design

# What describes a pulse or its absorption, and is of no use to continuous light.
_OF_PULSES = (
    *("calibration", "cross_section", "convention", "resonance_nm", "resonance_strength"),
    *("reference_excitons", "pulse_fs", "shape", "energy_jitter", "repetition_rate_hz"),
)
_OF_CALIBRATION = ("cross_section", "convention", "pulse_fs", "shape")
# What else a pump may say, to see whether its excitations change.
_OTHER: dict[str, Callable[[Any], tuple[Any, ...]]] = {
    "cross_section": lambda value: (2.0 * (value or 1.0),),
    "convention": lambda _: ("photons", "excitations"),
    "pulse_fs": lambda value: (0.5 * value, 2.0 * value),
    "shape": lambda _: ("gaussian", "sech2", "square"),
}


def idle_keys(design: Design) -> tuple[str, ...]:
    """A line for each key of a design that changes nothing beside its other keys.

    Parameters
    ----------
    design : Design
    """
    plain, _, _ = split_spreads(dict(design.raw))
    found = [*_cavity(plain), *_sensing(plain)]
    if design.medium is None:
        found += _passive(plain)
    else:
        found += [
            *_medium(plain.get("gain", {}), design.medium, design.pump, "temperature" in plain),
            *_pump(plain.get("pump", {}), design.pump, design.medium),
            *_lasing(plain.get("lasing", {}), design),
        ]
    return tuple(found)


def _lines(table: str, given: Mapping[str, Any], keys: Iterable[str], why: str) -> Iterator[str]:
    for key in keys:
        if key in given:
            yield f"{table}.{key} changes nothing here: {why}"


def _cavity(plain: Mapping[str, Any]) -> Iterator[str]:
    cavity = plain.get("cavity", {})
    if not cavity.get("roughness_nm"):
        yield from _lines("cavity", cavity, ("correlation_nm",), "roughness_nm is 0")
    fibre = ("fibre_diameter_um", "fibre_points_um", "fibre_file")
    if cavity.get("profile") != "section" and not any(cavity.get(key) for key in fibre):
        yield from _lines("cavity", cavity, ("fibre",), "the cavity has no fibre")
    if "solid_fraction" not in cavity:
        yield from _lines(
            "cavity", cavity, ("contact_line",), "without solid_fraction nothing dries"
        )


def _sensing(plain: Mapping[str, Any]) -> Iterator[str]:
    sensing = plain.get("sensing", {})
    if not sensing.get("layer_nm"):
        yield from _lines("sensing", sensing, ("layer_index", "layer_on"), "layer_nm is 0")


def _passive(plain: Mapping[str, Any]) -> Iterator[str]:
    why = "without [gain] nothing lases"
    for table in ("pump", "lasing"):
        if table in plain:
            yield f"[{table}] changes nothing here: {why}"
    keys = ("gap_shift_mev_per_k", "phonon_width_mev", "phonon_mev", "activation_mev")
    yield from _lines("temperature", plain.get("temperature", {}), keys, why)


def _medium(gain: Mapping[str, Any], medium: GainMedium, pump: Pump, warmed: bool) -> Iterator[str]:
    yield from _lines("gain", gain, ("host_group_index",), "the cavity gives the group index")
    if medium.inhomogeneous_sd_mev == 0.0:
        yield from _lines("gain", gain, ("size_classes",), "inhomogeneous_sd_mev is 0")
    if not warmed and isinstance(medium, TabledMedium | CarrierMedium):
        why = "the constants are those at any; [temperature] moves carriers"
        yield from _lines("gain", gain, ("temperature_k",), why)
    if isinstance(medium, CarrierMedium):
        if medium.gain_law == "linear":
            why = "the linear law absorbs peak_gain_per_cm at rest"
            yield from _lines("gain", gain, ("rest_absorption_per_cm",), why)
    elif isinstance(medium, TabledMedium):
        yield from _lines("gain", gain, ("crossing_energy_ev",), "the table has the absorption")
    elif isinstance(medium, FourLevelMedium) and medium.reabsorption == 0.0:
        keys = ("crossing_energy_ev", "temperature_k")
        yield from _lines("gain", gain, keys if not warmed else keys[:1], "reabsorption is 0")
    if pump.kind == "continuous":
        why = "in steady light as many emitters arrive as are lifted"
        yield from _lines("gain", gain, ("relaxation_ps",), why)
        own = ["absorption_per_cm"] if isinstance(medium, CarrierMedium) else []
        if isinstance(medium, FourLevelMedium) and medium.reabsorption > 0.0:
            own = ["pump_cross_section_cm2"]
        yield from _lines("gain", gain, own, "powers are told by what emitters at rest absorb")


def _pump(given: Mapping[str, Any], pump: Pump, medium: GainMedium) -> Iterator[str]:
    if pump.kind == "continuous":
        yield from _lines("pump", given, _OF_PULSES, 'it speaks of pulses, kind is "continuous"')
        if pump.spot_radius_um is None:
            why = "a spot of continuous light is told by spot_radius_um"
            yield from _lines("pump", given, ("spot",), why)
        return
    if pump.cross_section is not None or pump.calibration == "reference":
        own = "cross_section" if pump.cross_section is not None else "calibration"
        table = ("resonance_nm", "resonance_strength")
        yield from _lines("pump", given, table, f"{own} is told at this wavelength")
    for key in _OF_CALIBRATION:
        if key in given and _same_excitations(key, pump, medium):
            yield from _lines("pump", given, (key,), _why_same(key, pump, medium))


def _why_same(key: str, pump: Pump, medium: GainMedium) -> str:
    if pump.calibration == "reference":
        return 'calibration is "reference"'
    published = medium.absorber.calibration(pump.photons)
    if pump.calibration == "published" and published is not None and pump.cross_section is None:
        return 'the published calibration holds; calibration = "cross_section" asks for it'
    if key == "convention":
        return "one photon makes one excitation"
    return "the pulse is over before emitters cool"


def _same_excitations(key: str, pump: Pump, medium: GainMedium) -> bool:
    """Whether another value of the key leaves what the pump does to an emitter as it is; not of a
    pump that excites none, which is refused where it is used.
    """
    try:
        others = [replace(pump, **{key: value}) for value in _OTHER[key](getattr(pump, key))]
        return all(_excites(other, medium) == _excites(pump, medium) for other in others)
    except (InputError, ArithmeticError):
        return False


def _excites(pump: Pump, medium: GainMedium) -> tuple[object, ...]:
    return pump.excitons_per_unit(medium.absorber), pump_profile(pump, medium)


def _lasing(given: Mapping[str, Any], design: Design) -> Iterator[str]:
    request = design.lasing
    if not request.extend_comb:
        yield from _lines("lasing", given, ("line_reach",), "extend_comb is false")
    if request.comb_phases == 0:
        keys = ("comb_place", "diameter_sd_um")
        yield from _lines("lasing", given, keys, "comb_phases is 0")
    elif request.comb_place == "unknown":
        why = 'comb_place is "unknown"'
        yield from _lines("lasing", given, ("diameter_sd_um",), why)
    place = "at_power_uw" if design.pump.kind == "continuous" else "at_fluence_mj_cm2"
    if getattr(request, place) is not None:
        yield from _lines("lasing", given, ("regime_factor",), f"{place} says where")
    if design.pump.kind == "continuous":
        why = "steady states are not integrated"
        yield from _lines("lasing", given, ("relative_tolerance",), why)
