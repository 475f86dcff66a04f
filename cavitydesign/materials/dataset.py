"""The material file: one TOML table of dispersion data, checked in full before anything is made of
it.

The same format serves the shipped library and a user's own data; docs/materials.md explains it.
"""

from __future__ import annotations

from collections.abc import Mapping
from itertools import pairwise
from pathlib import Path
from typing import Any

from ..errors import InputError, is_number, nearest
from ..texts import Refused, parsed_toml, read_bytes, unread
from ..units import NM_PER_UM
from .catalogue_file import read_catalogue_file
from .dispersion import Cauchy, Dispersion, Gas, PowerSeries, Sellmeier, Table
from .dispersive import DispersiveMaterial, Expansion, ThermoOptic
from .law_check import WAVELENGTHS_NM, Problems, check_laws, short
from .table_file import read_table_file

_TEXT_KEYS = ("name", "title", "source", "licence")
_OPTIONAL_KEYS = (
    "aliases",
    "family",
    "temperature_c",
    "index_error",
    "thermo_optic",
    "expansion",
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
_MOST_BYTES = 4_000_000  # a table of 10,000 wavelengths has 300 kB
_LARGEST_POLE_UM2 = 1e8  # A resonance at 1 cm; lattices resonate at 10 to 100 um.


TABLE_SUFFIXES = (".csv", ".txt", ".dat", ".tsv")
CATALOGUE_SUFFIXES = (".yml", ".yaml")
MATERIAL_SUFFIXES = (".toml", *TABLE_SUFFIXES, *CATALOGUE_SUFFIXES)


def read_material(path: Path) -> DispersiveMaterial:
    """Read one material file.

    Parameters
    ----------
    path : Path
        A TOML file of this package; a table of wavelength, index and extinction (.csv, .txt, .dat,
        .tsv); or a page of refractiveindex.info (.yml, .yaml).

    Raises
    ------
    InputError
        One line for each problem: file, key, value, what is allowed.
    """
    suffix = path.suffix.lower()
    if suffix in TABLE_SUFFIXES:
        return read_table_file(path)
    if suffix in CATALOGUE_SUFFIXES:
        return read_catalogue_file(path)
    try:
        text = read_bytes(path, _MOST_BYTES).decode("utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"{path}: {unread(error)}") from None
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
    problems = Problems(source)
    problems.unknown(data, _KEYS, "")
    texts = {key: problems.text(data, key) for key in _TEXT_KEYS}
    range_nm = _range(data, problems)
    ordinary = _law(data, "index", problems, required=True)
    extraordinary = _law(data, "extraordinary", problems)
    absorption = _law(data, "extinction", problems, monotone=True)
    thermo = _thermo_optic(data, problems)
    expansion = _expansion(data, problems)
    temperature = problems.number(data, "temperature_c", "a number in degrees Celsius")
    index_error = problems.number(data, "index_error", "a number of at least 0", low=0.0)
    family = problems.text(data, "family") if "family" in data else texts["name"]
    if range_nm is not None:
        check_laws(ordinary, extraordinary, absorption, range_nm, problems)
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
        expansion=expansion,
    )


def _range(data: Mapping[str, Any], problems: Problems) -> tuple[float, float] | None:
    value = data.get("range_nm")
    pair = isinstance(value, list) and len(value) == 2 and all(is_number(v) for v in value)
    if value is None or not (
        pair and WAVELENGTHS_NM[0] <= value[0] < value[1] <= WAVELENGTHS_NM[1]
    ):
        shown = "missing" if value is None else short(value)
        least, most = WAVELENGTHS_NM
        problems.add(
            "range_nm",
            f"{shown}; two wavelengths in nm are needed, the shorter first, {least:g} to {most:g}",
        )
        return None
    return float(value[0]), float(value[1])


def _law(
    data: Mapping[str, Any],
    key: str,
    problems: Problems,
    required: bool = False,
    monotone: bool = False,
) -> Dispersion | None:
    table = data.get(key)
    if table is None:
        if required:
            problems.add(key, "missing, a table [index] with kind and coefficients is needed")
        return None
    if not isinstance(table, Mapping):
        problems.add(key, f"{short(table)} is not a table with kind and coefficients")
        return None
    kind = table.get("kind")
    if kind not in _LAW_KEYS:
        hint = nearest(str(kind), _LAW_KEYS)
        problems.add(f"{key}.kind", f"{kind!r} is unknown{hint} (allowed: {', '.join(_LAW_KEYS)})")
        return None
    first, second, *rest = _LAW_KEYS[kind]
    problems.unknown(table, ("kind", *_LAW_KEYS[kind]), f"{key}.")
    first_numbers = problems.numbers(table, first, f"{key}.")
    second_numbers = problems.numbers(table, second, f"{key}.")
    offset = problems.number(table, "offset", "a finite number", f"{key}.") if rest else None
    if first_numbers is None or second_numbers is None:
        return None
    if len(first_numbers) != len(second_numbers):
        problems.add(
            key,
            f"{first} has {len(first_numbers)} numbers and {second} {len(second_numbers)}; "
            "they must be as many",
        )
        return None
    if kind == "table":
        return _table(first_numbers, second_numbers, key, problems, monotone)
    if kind == "sellmeier":
        far = next((pole for pole in second_numbers if not 0.0 <= pole <= _LARGEST_POLE_UM2), None)
        if far is not None:
            allowed = f"allowed is 0 to {_LARGEST_POLE_UM2:g}"
            problems.add(
                f"{key}.poles_um2", f"{far:g} um^2 is no resonance's wavelength squared; {allowed}"
            )
            return None
        return Sellmeier(first_numbers, second_numbers, offset or 0.0)
    if kind == "power_series":
        return PowerSeries(first_numbers, second_numbers)
    return (
        Cauchy(first_numbers, second_numbers)
        if kind == "cauchy"
        else Gas(first_numbers, second_numbers)
    )


def _table(
    wavelength_nm: tuple[float, ...],
    values: tuple[float, ...],
    key: str,
    problems: Problems,
    monotone: bool,
) -> Dispersion | None:
    if len(wavelength_nm) < 4:
        problems.add(key, f"a table needs at least 4 points, not {len(wavelength_nm)}")
        return None
    if any(b <= a for a, b in pairwise(wavelength_nm)):
        problems.add(f"{key}.wavelength_nm", "the wavelengths must increase, none twice")
        return None
    return Table(tuple(w / NM_PER_UM for w in wavelength_nm), values, monotone)


def _expansion(data: Mapping[str, Any], problems: Problems) -> Expansion | None:
    table = data.get("expansion")
    if table is None:
        return None
    if not isinstance(table, Mapping):
        problems.add("expansion", f"{short(table)} is not a table with per_k and source")
        return None
    problems.unknown(table, ("per_k", "source"), "expansion.")
    if "per_k" not in table:
        problems.add("expansion.per_k", "missing, a number is needed")
    per_k = problems.number(table, "per_k", "a finite number", "expansion.")
    source = problems.text(table, "source", "expansion.")
    return None if per_k is None else Expansion(per_k, source)


def _thermo_optic(data: Mapping[str, Any], problems: Problems) -> ThermoOptic | None:
    table = data.get("thermo_optic")
    if table is None:
        return None
    if not isinstance(table, Mapping):
        problems.add(
            "thermo_optic", f"{short(table)} is not a table with per_k, wavelength_nm and source"
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
