"""The material file: one TOML table of dispersion data, checked in full before anything is made of
it.

The same format serves the shipped library and a user's own data; docs/materials.md explains it.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from itertools import pairwise
from pathlib import Path
from typing import Any

from ..errors import InputError, nearest
from ..texts import Refused, parsed_toml, read_bytes
from ..units import NM_PER_UM
from .dispersion import Cauchy, Dispersion, Gas, PowerSeries, Sellmeier, Table
from .dispersive import DispersiveMaterial, ThermoOptic

_TEXT_KEYS = ("name", "title", "source", "licence")
_OPTIONAL_KEYS = (
    "aliases",
    "family",
    "temperature_c",
    "index_error",
    "thermo_optic",
    "extraordinary",
    "extinction",
)
_KEYS = (*_TEXT_KEYS, "range_nm", "index", *_OPTIONAL_KEYS)
_LAW_KEYS: dict[str, tuple[str, ...]] = {
    "sellmeier": ("strengths", "poles_um2", "offset"),
    "power_series": ("coefficients", "powers"),
    "cauchy": ("coefficients", "powers"),
    "gas": ("strengths", "poles_per_um2"),
    "table": ("wavelength_nm", "value"),
}
_SAMPLES = 64
_MOST_BYTES = 4_000_000  # a table of 10,000 wavelengths has 300 kB
_LARGEST_INDEX = 10.0
_WAVELENGTHS_NM = (30.0, 1e7)
_LARGEST_POLE_UM2 = 1e8
_STRONG_EXTINCTION = 1e-2
# Published fits rise by up to 8e-4 at the end of their range.
_LARGEST_RISE = 2e-3


def read_material(path: Path) -> DispersiveMaterial:
    """Read one material file.

    Parameters
    ----------
    path : Path
        A TOML file.

    Raises
    ------
    InputError
        One line for each problem: file, key, value, what is allowed.
    """
    try:
        text = read_bytes(path, _MOST_BYTES).decode("utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"{path}: cannot be read as text ({error.__class__.__name__})") from None
    except Refused as error:
        raise InputError(f"{path}: {error}") from None
    try:
        data = parsed_toml(text)
    except Refused as error:
        raise InputError(f"{path}: not a TOML file: {error}") from None
    return material_from_table(data, str(path))


def material_from_table(data: Mapping[str, Any], source: str) -> DispersiveMaterial:
    """Check the table of a material file and make the medium of it.

    Parameters
    ----------
    data : mapping
        The parsed TOML.
    source : str
        Name of the file, for messages.

    Raises
    ------
    InputError
        All problems at once, a line each.
    """
    problems = _Problems(source)
    problems.unknown(data, _KEYS, "")
    texts = {key: problems.text(data, key) for key in _TEXT_KEYS}
    range_nm = _range(data, problems)
    ordinary = _law(data, "index", problems, required=True)
    extraordinary = _law(data, "extraordinary", problems)
    absorption = _law(data, "extinction", problems, monotone=True)
    thermo = _thermo_optic(data, problems)
    temperature = problems.number(data, "temperature_c", "a number in degrees Celsius")
    index_error = problems.number(data, "index_error", "a number of at least 0", low=0.0)
    family = problems.text(data, "family") if "family" in data else texts["name"]
    if range_nm is not None:
        for key, law in (
            ("index", ordinary),
            ("extraordinary", extraordinary),
            ("extinction", absorption),
        ):
            if law is not None and _free_of_poles(law, key, range_nm, problems):
                # A transparent medium cannot have an index below 1; an absorbing one can.
                lowest = 0.0 if key == "extinction" or _absorbs(absorption, range_nm) else 1.0
                _check_values(law, key, range_nm, lowest, problems)
                if key != "extinction" and absorption is None:
                    _check_slope(law, key, range_nm, problems)
    problems.raise_if_any()
    assert range_nm is not None and ordinary is not None
    return DispersiveMaterial(
        name=texts["name"],
        source=texts["source"],
        range_nm=range_nm,
        title=texts["title"],
        licence=texts["licence"],
        ordinary=ordinary,
        extraordinary=extraordinary,
        absorption=absorption,
        family=family,
        temperature_c=temperature,
        index_error=index_error,
        thermo_optic=thermo,
    )


class _Problems:
    """What is wrong with one file, gathered so that all of it is told at once."""

    def __init__(self, source: str) -> None:
        self.source = source
        self.lines: list[str] = []

    def add(self, key: str, text: str) -> None:
        self.lines.append(f"{self.source}: {key}: {text}")

    def raise_if_any(self) -> None:
        if self.lines:
            raise InputError(self.lines)

    def unknown(self, table: Mapping[str, Any], allowed: tuple[str, ...], prefix: str) -> None:
        for key in table:
            if key not in allowed:
                self.add(
                    f"{prefix}{key}",
                    f"unknown key{nearest(key, allowed)} (allowed: {', '.join(allowed)})",
                )

    def text(self, table: Mapping[str, Any], key: str, prefix: str = "") -> str:
        value = table.get(key)
        if not isinstance(value, str) or not value.strip():
            self.add(
                f"{prefix}{key}",
                "missing, a text is needed" if value is None else f"{value!r} is not a text",
            )
            return ""
        return value

    def number(
        self,
        table: Mapping[str, Any],
        key: str,
        allowed: str,
        prefix: str = "",
        low: float = -math.inf,
    ) -> float | None:
        value = table.get(key)
        if value is None:
            return None
        if not _is_number(value) or value < low:
            self.add(f"{prefix}{key}", f"{value!r} is not {allowed}")
            return None
        return float(value)

    def numbers(self, table: Mapping[str, Any], key: str, prefix: str) -> tuple[float, ...] | None:
        value = table.get(key)
        if not isinstance(value, list) or not value or not all(_is_number(v) for v in value):
            found = "" if value is None else f", not {_short(value)}"
            self.add(f"{prefix}{key}", f"a list of finite numbers is needed{found}")
            return None
        return tuple(float(v) for v in value)


def _range(data: Mapping[str, Any], problems: _Problems) -> tuple[float, float] | None:
    value = data.get("range_nm")
    pair = isinstance(value, list) and len(value) == 2 and all(_is_number(v) for v in value)
    if value is None or not (
        pair and _WAVELENGTHS_NM[0] <= value[0] < value[1] <= _WAVELENGTHS_NM[1]
    ):
        shown = "missing" if value is None else _short(value)
        least, most = _WAVELENGTHS_NM
        problems.add(
            "range_nm",
            f"{shown}; two wavelengths in nm are needed, the shorter first, {least:g} to {most:g}",
        )
        return None
    return float(value[0]), float(value[1])


def _law(
    data: Mapping[str, Any],
    key: str,
    problems: _Problems,
    required: bool = False,
    monotone: bool = False,
) -> Dispersion | None:
    table = data.get(key)
    if table is None:
        if required:
            problems.add(key, "missing, a table [index] with kind and coefficients is needed")
        return None
    if not isinstance(table, Mapping):
        problems.add(key, f"{_short(table)} is not a table with kind and coefficients")
        return None
    kind = table.get("kind")
    if kind not in _LAW_KEYS:
        hint = nearest(str(kind), _LAW_KEYS)
        problems.add(f"{key}.kind", f"{kind!r} is unknown{hint} (allowed: {', '.join(_LAW_KEYS)})")
        return None
    first, second, *rest = _LAW_KEYS[kind]
    problems.unknown(table, ("kind", *_LAW_KEYS[kind]), f"{key}.")
    a = problems.numbers(table, first, f"{key}.")
    b = problems.numbers(table, second, f"{key}.")
    offset = problems.number(table, "offset", "a finite number", f"{key}.") if rest else None
    if a is None or b is None:
        return None
    if len(a) != len(b):
        problems.add(
            key, f"{first} has {len(a)} numbers and {second} {len(b)}; they must be as many"
        )
        return None
    if kind == "table":
        return _table(a, b, key, problems, monotone)
    if kind == "sellmeier":
        far = next((pole for pole in b if not 0.0 <= pole <= _LARGEST_POLE_UM2), None)
        if far is not None:
            allowed = f"allowed is 0 to {_LARGEST_POLE_UM2:g}"
            problems.add(
                f"{key}.poles_um2", f"{far:g} um^2 is no resonance's wavelength squared; {allowed}"
            )
            return None
        return Sellmeier(a, b, offset or 0.0)
    if kind == "power_series":
        return PowerSeries(a, b)
    return Cauchy(a, b) if kind == "cauchy" else Gas(a, b)


def _table(
    wavelength_nm: tuple[float, ...],
    values: tuple[float, ...],
    key: str,
    problems: _Problems,
    monotone: bool,
) -> Dispersion | None:
    if len(wavelength_nm) < 4:
        problems.add(key, f"a table needs at least 4 points, not {len(wavelength_nm)}")
        return None
    if any(b <= a for a, b in pairwise(wavelength_nm)):
        problems.add(f"{key}.wavelength_nm", "the wavelengths must increase, none twice")
        return None
    return Table(tuple(w / NM_PER_UM for w in wavelength_nm), values, monotone)


def _absorbs(extinction: Dispersion | None, range_nm: tuple[float, float]) -> bool:
    """Whether a medium absorbs so strongly somewhere that its index may lie below 1."""
    if extinction is None:
        return False
    places = (range_nm[0] + (range_nm[1] - range_nm[0]) * i / _SAMPLES for i in range(_SAMPLES + 1))
    return any(extinction.value(place / NM_PER_UM) > _STRONG_EXTINCTION for place in places)


def _free_of_poles(
    law: Dispersion, key: str, range_nm: tuple[float, float], problems: _Problems
) -> bool:
    """Whether no resonance lies within the stated range, where the law has no value."""
    if isinstance(law, Sellmeier):
        places = [
            NM_PER_UM * math.sqrt(pole)
            for pole, strength in zip(law.poles_um2, law.strengths, strict=True)
            if strength
        ]
    elif isinstance(law, Gas):
        places = [NM_PER_UM / math.sqrt(pole) for pole in law.poles_per_um2 if pole > 0]
    else:
        return True
    inside = next((place for place in places if range_nm[0] <= place <= range_nm[1]), None)
    if inside is not None:
        limits = f"{range_nm[0]:g} to {range_nm[1]:g}"
        problems.add(
            key, f"gives nan at {inside:.4g} nm, a pole within range_nm, {limits} (swapped lists?)"
        )
    return inside is None


def _check_values(
    law: Dispersion, key: str, range_nm: tuple[float, float], lowest: float, problems: _Problems
) -> None:
    """The law must give a possible value everywhere in the stated range, and a table must reach
    over it.
    """
    low, high = (edge / NM_PER_UM for edge in range_nm)
    slack = 1e-9 * high
    if isinstance(law, Table) and (
        law.wavelengths_um[0] > low + slack or law.wavelengths_um[-1] < high - slack
    ):
        have = f"{law.wavelengths_um[0] * NM_PER_UM:g} to {law.wavelengths_um[-1] * NM_PER_UM:g} nm"
        problems.add(
            "range_nm",
            f"{range_nm[0]:g} to {range_nm[1]:g} nm reaches beyond the table of {key}, {have}",
        )
        return
    for i in range(_SAMPLES + 1):
        wavelength_um = low + (high - low) * i / _SAMPLES
        try:
            value = law.value(wavelength_um)
        except (ZeroDivisionError, OverflowError):
            value = math.nan
        if not lowest <= value <= _LARGEST_INDEX:
            limits = f"{lowest:g} to {_LARGEST_INDEX:g}"
            place = f"{wavelength_um * NM_PER_UM:.4g} nm"
            problems.add(
                key,
                f"gives {value:.6g} at {place}; allowed is {limits} (are the units um and um^2?)",
            )
            return


def _check_slope(
    law: Dispersion, key: str, range_nm: tuple[float, float], problems: _Problems
) -> None:
    """Where nothing absorbs, the index falls with the wavelength (Kramers and Kronig); what rises
    has a wrong sign or column.
    """
    lowest = math.inf
    for i in range(_SAMPLES + 1):
        wavelength_nm = range_nm[0] + (range_nm[1] - range_nm[0]) * i / _SAMPLES
        try:
            value = law.value(wavelength_nm / NM_PER_UM)
        except (ZeroDivisionError, OverflowError):
            return
        lowest = min(lowest, value)
        if value > lowest + _LARGEST_RISE:
            text = (
                f"rises with the wavelength to {value:.5g} at {wavelength_nm:.4g} nm, after "
                f"{lowest:.5g}"
            )
            problems.add(
                key,
                f"{text}; no transparent medium does (a wrong sign, swapped columns, or "
                "[extinction] missing?)",
            )
            return


def _thermo_optic(data: Mapping[str, Any], problems: _Problems) -> ThermoOptic | None:
    table = data.get("thermo_optic")
    if table is None:
        return None
    if not isinstance(table, Mapping):
        problems.add(
            "thermo_optic", f"{_short(table)} is not a table with per_k, wavelength_nm and source"
        )
        return None
    problems.unknown(
        table, ("per_k", "per_k_extraordinary", "wavelength_nm", "source"), "thermo_optic."
    )
    for key in ("per_k", "wavelength_nm"):
        if key not in table:
            problems.add(f"thermo_optic.{key}", "missing, a number is needed")
    per_k = problems.number(table, "per_k", "a finite number", "thermo_optic.")
    per_k_extraordinary = problems.number(
        table, "per_k_extraordinary", "a finite number", "thermo_optic."
    )
    wavelength = problems.number(
        table, "wavelength_nm", "a wavelength in nm", "thermo_optic.", low=0.0
    )
    source = problems.text(table, "source", "thermo_optic.")
    if per_k is None or wavelength is None:
        return None
    return ThermoOptic(per_k, wavelength, source, per_k_extraordinary)


def _is_number(value: object) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool) and math.isfinite(value)


def _short(value: object) -> str:
    text = repr(value)
    return text if len(text) <= 40 else text[:37] + "..."
