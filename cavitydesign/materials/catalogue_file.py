"""A page of refractiveindex.info as its file has it: formulas 1 to 9, and tables of n, k or both.

The files are YAML of one simple shape, read here line by line: nothing in them is run, and no alias
can blow up.
"""

from __future__ import annotations

import html
import math
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from ..errors import InputError
from ..texts import Refused, read_bytes, unread
from ..units import NM_PER_UM
from .catalogue_laws import AgainstAir, Exotic, GeneralPoles, Herzberger, Retro
from .dispersion import Cauchy, Dispersion, Gas, PowerSeries, Sellmeier, Table
from .dispersive import DispersiveMaterial
from .law_check import MOST_BYTES, WAVELENGTHS_NM, Problems, check_laws

# Of a number in any unit; its square, as some formulas take it, is still a float.
_LARGEST = 1e60
# The formulas of the site have 17 at most; the bound keeps what is told of a damaged file short.
_MOST_COEFFICIENTS = 60
_AIR_INDEX = 1.000275  # 400 to 2000 nm, 15 to 20 C: 1.00027 to 1.00028, half a last digit of tables
_LICENCE = "CC0-1.0 (refractiveindex.info)"
_KEY = re.compile(r"^( *)(- )?([^\W\d]\w*):\s*(.*)$")
_TAG = re.compile(r"<[^<>]{0,200}>")


@dataclass
class _Item:
    """One entry of DATA."""

    line: int
    values: dict[str, str] = field(default_factory=dict)


@dataclass
class _Page:
    """What a file says."""

    items: list[_Item] = field(default_factory=list)
    references: str = ""
    comments: str = ""
    conditions: dict[str, str] = field(default_factory=dict)


def read_catalogue_file(path: Path) -> DispersiveMaterial:
    """Read a .yml file of refractiveindex.info.

    Parameters
    ----------
    path : Path

    Raises
    ------
    InputError
        One line for each problem: file, entry, what is allowed.

    Notes
    -----
    The range is that of the index; where the page has an extinction, it holds in its own range and
    asking beyond is an error. A page whose index is against air, or whose wavelengths are in air,
    is converted with an index of air of 1.000275.
    """
    problems = Problems(str(path))
    try:
        text = read_bytes(path, MOST_BYTES).decode("utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"{path}: {unread(error)}") from None
    except Refused as error:
        raise InputError(f"{path}: {error}") from None
    page = _page(text)
    if not page.items:
        raise InputError(
            f"{path}: no entries '- type: ...' under DATA; files of refractiveindex.info have them"
        )
    index: tuple[Dispersion, tuple[float, float]] | None = None
    extinction: tuple[Dispersion, tuple[float, float]] | None = None
    for item in page.items:
        kind = " ".join(item.values.get("type", "").lower().split())
        key = f"DATA, line {item.line}"
        if kind.startswith("formula "):
            found = _formula(item, kind, key, problems)
            index = index or found
        elif kind in ("tabulated n", "tabulated k", "tabulated nk"):
            first, second = _tabulated(item, kind, key, problems)
            index, extinction = index or first, extinction or second
        else:
            allowed = "formula 1 to formula 9, tabulated n, tabulated k, tabulated nk"
            problems.add(key, f"type {kind[:40]!r} is unknown (allowed: {allowed})")
    problems.raise_if_any()
    if index is None:
        raise InputError(f"{path}: the page has an extinction alone; an index is needed")
    law, range_um = _in_vacuum(index, page)
    absorption, absorbing_um = _in_vacuum(extinction, page) if extinction else (None, None)
    range_nm = (range_um[0] * NM_PER_UM, range_um[1] * NM_PER_UM)
    low, high = WAVELENGTHS_NM
    if not low <= range_nm[0] < range_nm[1] <= high:
        told = f"{range_nm[0]:g} to {range_nm[1]:g} nm"
        raise InputError(f"{path}: wavelengths of {told}; allowed are {low:g} to {high:g}")
    check_laws(law, None, None, range_nm, problems, published=True)
    if absorbing_um is not None:
        at_nm = (absorbing_um[0] * NM_PER_UM, absorbing_um[1] * NM_PER_UM)
        check_laws(None, None, absorption, at_nm, problems)
    problems.raise_if_any()
    reaches = None if absorbing_um is None else tuple(x * NM_PER_UM for x in absorbing_um)
    return DispersiveMaterial(
        name=path.stem,
        source=_plain(page.references) or str(path),
        range_nm=range_nm,
        title=_plain(page.comments) or path.stem,
        licence=_LICENCE,
        ordinary=law,
        absorption=absorption,
        absorption_range_nm=None if reaches is None else (reaches[0], reaches[1]),
        family=path.stem,
    )


def _page(text: str) -> _Page:
    """The keys that matter, from the lines of a file."""
    page, section = _Page(), ""
    lines = iter(enumerate(text.splitlines(), start=1))
    pending: tuple[int, str] | None = next(lines, None)
    while pending is not None:
        number, line = pending
        pending = next(lines, None)
        match = _KEY.match(line)
        if match is None:
            if section == "REFERENCES":  # a quoted text goes on
                page.references += f" {line.strip()}"
            continue
        indent, dash, key, value = len(match[1]), match[2], match[3], match[4].strip()
        if value[:1] in ("|", ">"):
            block = []
            while pending is not None and (
                not pending[1].strip() or len(pending[1]) - len(pending[1].lstrip(" ")) > indent
            ):
                block.append(pending[1].strip())
                pending = next(lines, None)
            value = "\n".join(block)
        value = value.strip("\"'")
        if indent == 0 and not dash:
            section = key
            if key == "REFERENCES":
                page.references = value
            elif key == "COMMENTS":
                page.comments = value
        elif section == "DATA":
            if dash:
                page.items.append(_Item(number))
            if page.items:
                page.items[-1].values[key] = value
        elif section in ("CONDITIONS", "INFO", "PROPERTIES", "SPECS"):
            page.conditions[key] = value.lower()
    return page


def _numbers(text: str, key: str, problems: Problems) -> list[float]:
    try:
        values = [float(one) for one in text.split()]
    except ValueError:
        values = [math.nan]
    if not all(abs(one) <= _LARGEST for one in values):
        problems.add(key, f"finite numbers are needed, of at most {_LARGEST:g}, not {text[:40]!r}")
        return []
    return values


def _formula(
    item: _Item, kind: str, key: str, problems: Problems
) -> tuple[Dispersion, tuple[float, float]] | None:
    """The law of a formula and its range in um."""
    number = kind.removeprefix("formula ")
    given = item.values.get("wavelength_range", item.values.get("range", ""))
    limits = _numbers(given, f"{key}: wavelength_range", problems)
    coefficients = _numbers(item.values.get("coefficients", ""), f"{key}: coefficients", problems)
    if number not in _LAWS:
        problems.add(key, f"formula {number[:20]!r} is unknown (allowed: 1 to 9)")
        return None
    if len(limits) != 2 or not 0 < limits[0] < limits[1]:
        problems.add(key, "wavelength_range needs two wavelengths in um, the shorter first")
        return None
    if not 1 <= len(coefficients) <= _MOST_COEFFICIENTS:
        problems.add(key, f"coefficients: 1 to {_MOST_COEFFICIENTS} numbers are needed")
        return None
    if number == "4" and not all(_is_a_pole(*one) for one in _poles_of_4(coefficients)):
        problems.add(key, "coefficients: a pole of formula 4 is no real number")
        return None
    return _LAWS[number](tuple(coefficients)), (limits[0], limits[1])


def _pairs(coefficients: tuple[float, ...]) -> tuple[tuple[float, ...], tuple[float, ...]]:
    """The second, fourth, ... and the third, fifth, ... coefficient; a last one without its
    partner is paired with 0.
    """
    rest = coefficients[1:]
    first, second = rest[::2], rest[1::2]
    return first, (*second, *(len(first) - len(second)) * (0.0,))


def _sellmeier(coefficients: tuple[float, ...], squared: bool) -> Dispersion:
    strengths, poles = _pairs(coefficients)
    poles_um2 = tuple(pole if squared else pole**2 for pole in poles)
    return Sellmeier(strengths, poles_um2, coefficients[0])


def _is_a_pole(pole: float, power: float) -> bool:
    """Whether ``pole**power`` is a real number that floats hold."""
    if pole <= 0 and (power < 0 or power % 1):
        return False
    try:
        return math.isfinite(pole**power)
    except OverflowError:
        return False


def _poles_of_4(coefficients: list[float]) -> list[tuple[float, float]]:
    """Poles of formula 4 and their powers, where there is a fraction."""
    padded = (*coefficients, *(9 - len(coefficients)) * (0.0,))
    return [(padded[i + 2], padded[i + 3]) for i in (1, 5) if padded[i]]


def _general(coefficients: tuple[float, ...]) -> Dispersion:
    padded = (*coefficients, *(9 - len(coefficients)) * (0.0,))
    poles = [padded[i : i + 4] for i in (1, 5)]
    strengths, powers = _pairs((0.0, *padded[9:]))
    return GeneralPoles(
        padded[0],
        tuple((a, b, c, d) for a, b, c, d in poles if a),
        tuple(zip(strengths, powers, strict=True)),
    )


def _series(kind: type[PowerSeries] | type[Cauchy]) -> Callable[[tuple[float, ...]], Dispersion]:
    def law(coefficients: tuple[float, ...]) -> Dispersion:
        first, powers = _pairs(coefficients)
        return kind((coefficients[0], *first), (0.0, *powers))

    return law


_LAWS: dict[str, Callable[[tuple[float, ...]], Dispersion]] = {
    "1": lambda c: _sellmeier(c, squared=False),
    "2": lambda c: _sellmeier(c, squared=True),
    "3": _series(PowerSeries),
    "4": _general,
    "5": _series(Cauchy),
    "6": lambda c: Gas(*_pairs(c), c[0]),
    "7": Herzberger,
    "8": Retro,
    "9": Exotic,
}


def _tabulated(
    item: _Item, kind: str, key: str, problems: Problems
) -> tuple[
    tuple[Dispersion, tuple[float, float]] | None, tuple[Dispersion, tuple[float, float]] | None
]:
    """Index and extinction of a table, each with its range."""
    columns = 3 if kind == "tabulated nk" else 2
    rows = []
    for text in item.values.get("data", "").splitlines():
        if not text.strip():
            continue
        row = _numbers(text, f"{key}: data", problems)
        if len(row) != columns:
            problems.add(key, f"data: {columns} numbers a line are needed, not {text[:40]!r}")
            return None, None
        rows.append(row)
    rows.sort(key=lambda row: row[0])
    wavelengths = tuple(row[0] for row in rows)
    if len(rows) < 4:
        problems.add(key, f"a table needs at least 4 points, not {len(rows)}")
        return None, None
    if len(set(wavelengths)) < len(wavelengths) or wavelengths[0] <= 0:
        problems.add(key, "the wavelengths must be above 0, none twice")
        return None, None
    limits = (wavelengths[0], wavelengths[-1])
    out: list[tuple[Dispersion, tuple[float, float]] | None] = [None, None]
    for quantity in ("n", "k"):
        if quantity in kind.removeprefix("tabulated "):
            column = 2 if kind == "tabulated nk" and quantity == "k" else 1
            values = tuple(row[column] for row in rows)
            out["nk".index(quantity)] = Table(wavelengths, values, quantity == "k"), limits
    return out[0], out[1]


def _in_vacuum(
    given: tuple[Dispersion, tuple[float, float]], page: _Page
) -> tuple[Dispersion, tuple[float, float]]:
    """A law against vacuum, at wavelengths in vacuum."""
    law, (low, high) = given
    in_air = "false" in (
        page.conditions.get(key) for key in ("wavelength_is_vacuum", "\u03bb_is_vacuum")
    )
    against_air = page.conditions.get("n_is_absolute", "true") == "false"
    if not in_air and not against_air:
        return law, (low, high)
    stretch = _AIR_INDEX if in_air else 1.0
    return AgainstAir(law, _AIR_INDEX, in_air, against_air), (low * stretch, high * stretch)


def _plain(text: str) -> str:
    """A text without its HTML, on one line."""
    words = html.unescape(_TAG.sub(" ", text)).split()
    return " ".join(words)[:300]
