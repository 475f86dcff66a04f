"""A medium as a table of its own: wavelength, index and perhaps extinction, as spectrometers, data
sheets and refractiveindex.info write it.

Columns are parted by commas, semicolons, tabs or spaces; beside the latter three, numbers may have
decimal commas. A header names them; without one, they are wavelength, n and k. The unit of the
wavelength is told in its name (`wavelength_nm`, `wl (um)`) or by its size.
"""

from __future__ import annotations

import itertools
import math
import re
from dataclasses import dataclass
from pathlib import Path

from ..errors import MOST_TOLD, InputError
from ..texts import Refused, read_bytes
from ..units import NM_PER_UM
from .dispersion import Table
from .dispersive import DispersiveMaterial
from .law_check import MOST_BYTES, WAVELENGTHS_NM, Problems, check_laws

_MOST_ROWS = 100_000  # of a spectrometer: thousands
_FEWEST = 4  # points that a curve needs
# Wavelengths without a unit: all below are um, all from the second on are nm; between lie the far
# ultraviolet in nm and the far infrared in um.
_SURELY_UM, _SURELY_NM = 30.0, 100.0
_WAVELENGTH = ("wl", "wvl", "wavelength", "lambda", "lam", "\u03bb")
_INDEX = ("n", "n_o", "no", "index", "refractive_index", "refractiveindex", "nd", "real")
_ALONG = ("n_e", "ne", "index_extraordinary")
_EXTINCTION = ("k", "kappa", "extinction", "extinction_coefficient", "\u03ba", "imag")
_UNITS_NM = {"nm": 1.0, "um": NM_PER_UM, "\u00b5m": NM_PER_UM, "\u03bcm": NM_PER_UM}
_UNITS_NM |= {"micron": NM_PER_UM, "microns": NM_PER_UM, "micrometer": NM_PER_UM, "nanometer": 1.0}
_UNITS_NM |= {"micrometre": NM_PER_UM, "nanometre": 1.0}
_OTHER_UNITS = ("ev", "cm-1", "1/cm", "thz", "hz", "mm", "m", "a", "angstrom", "\u00e5", "pm")
_COMMENT = ("#", "%", "//", "!", "*")
_ALLOWED = "a header such as wavelength_nm,n,k or wl_um;n is read; without one: wavelength, n, k"


@dataclass(frozen=True)
class _Header:
    """What the columns are; the factor to nm is 0 where nothing tells the unit."""

    names: tuple[str, ...]
    factor: float


def read_table_file(path: Path) -> DispersiveMaterial:
    """A medium of a table, with its range that of the wavelengths.

    Parameters
    ----------
    path : Path

    Raises
    ------
    InputError
        One line for each problem: file, line, value, what is allowed.

    Examples
    --------
    A file `glass.csv` of the lines `wavelength_nm,n` and `500,1.52`, `600,1.515`, `700,1.512`,
    `800,1.510` is a medium of 500 to 800 nm.
    """
    problems = Problems(str(path))
    columns, factor = _columns(_text(path), problems)
    problems.raise_if_any()
    index = columns.get("n")
    if index is None:
        raise InputError(f"{path}: no column of the index n; {_ALLOWED}")
    factor = factor or _by_size([row[0] for row in index], str(path))
    laws, ranges = {}, {}
    for name, rows in columns.items():
        found = _sorted_rows(rows, factor, name, problems)
        if found is not None:
            wavelengths_nm, values = found
            laws[name] = Table(tuple(w / NM_PER_UM for w in wavelengths_nm), values, name == "k")
            ranges[name] = (wavelengths_nm[0], wavelengths_nm[-1])
    problems.raise_if_any()
    range_nm = ranges["n"]
    if "n_e" in ranges:
        range_nm = (max(range_nm[0], ranges["n_e"][0]), min(range_nm[1], ranges["n_e"][1]))
    low, high = WAVELENGTHS_NM
    if not low <= range_nm[0] < range_nm[1] <= high:
        told = f"{range_nm[0]:g} to {range_nm[1]:g} nm"
        raise InputError(f"{path}: wavelengths of {told}; allowed are {low:g} to {high:g}")
    same = ranges.get("k") == range_nm
    check_laws(
        laws["n"], laws.get("n_e"), laws.get("k") if same else None, range_nm, problems, "k" in laws
    )
    if "k" in laws and not same:
        check_laws(None, None, laws["k"], ranges["k"], problems)
    problems.raise_if_any()
    return DispersiveMaterial(
        name=path.stem,
        source=str(path.name),
        range_nm=range_nm,
        title=path.stem,
        licence="the user's own",
        ordinary=laws["n"],
        extraordinary=laws.get("n_e"),
        absorption=laws.get("k"),
        absorption_range_nm=None if same or "k" not in laws else ranges["k"],
        family=path.stem,
    )


def _text(path: Path) -> str:
    try:
        content = read_bytes(path, MOST_BYTES)
    except OSError as error:
        raise InputError(f"{path}: cannot be read ({error.__class__.__name__})") from None
    except Refused as error:
        raise InputError(f"{path}: {error}") from None
    if content[:2] in (b"\xff\xfe", b"\xfe\xff"):  # what spreadsheets call Unicode text
        return content.decode("utf-16", errors="replace")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("latin-1")


def _columns(text: str, problems: Problems) -> tuple[dict[str, list[tuple[float, float]]], float]:
    """Rows (wavelength, value) of each quantity, and the factor to nm (0: not told)."""
    header: _Header | None = None
    factor, decimal_comma = 0.0, _decimal_commas(text)
    out: dict[str, list[tuple[float, float]]] = {}
    rows, last_words = 0, (0, "")
    for number, line in enumerate(text.splitlines(), start=1):
        told = line.strip()
        comment = told.startswith(_COMMENT)
        if comment:
            told = told.lstrip("#%/!* ")
        if not told:
            continue
        values = _numbers(told, decimal_comma)
        if values is None:
            named = _header(told, problems, number)
            if named is not None:
                header, factor = named, named.factor or factor
            elif not comment:
                last_words = number, told
            if named is None and not comment and rows:
                problems.add(f"line {number}", f"{told[:40]!r}: numbers are needed; {_ALLOWED}")
            continue
        if comment:
            continue
        if header is None and not rows and len(_parts(last_words[1], False)) == len(values):
            line_number, words = last_words
            problems.add(
                f"line {line_number}", f"{words[:40]!r}: no column of wavelengths; {_ALLOWED}"
            )
        names = header.names if header else ("wavelength", "n", "k")[: len(values)]
        if len(values) < len(names) or len(values) < 2:
            problems.add(f"line {number}", f"{told[:40]!r}: {len(names)} numbers are needed")
        elif not all(math.isfinite(one) for one in values[: len(names)]):
            problems.add(f"line {number}", f"{told[:40]!r}: a finite number is needed")
        else:
            wavelength = values[names.index("wavelength")]
            for name, value in zip(names, values, strict=False):
                if name not in ("wavelength", ""):
                    out.setdefault(name, []).append((wavelength, value))
        rows += 1
        if rows > _MOST_ROWS or len(problems.lines) >= MOST_TOLD:
            problems.add(f"line {number}", "reading ends here")
            break
    return out, factor


def _decimal_commas(text: str) -> bool:
    """Whether commas stand within numbers: where semicolons, tabs or spaces part the columns."""
    pattern = re.compile(r"^\s*[-+]?\d+,\d+(e[-+]?\d+)?\s*[;\t ]\s*[-+]?\d", re.IGNORECASE)
    return any(pattern.match(line) for line in text.splitlines())


def _parts(line: str, decimal_comma: bool) -> list[str]:
    for separator in (";", "\t"):
        if separator in line:
            return [one.strip() for one in line.split(separator)]
    if "," in line and not decimal_comma:
        return [one.strip() for one in line.split(",")]
    return line.split()


def _numbers(line: str, decimal_comma: bool) -> list[float] | None:
    """The numbers of a row; None where it is none."""
    parts = _parts(line, decimal_comma)
    while parts and not parts[-1]:
        parts.pop()  # a separator at the end
    if decimal_comma or ";" in line or "\t" in line:
        parts = [one.replace(",", ".") for one in parts]
    try:
        return [float(one) for one in parts] or None
    except ValueError:
        return None


def _header(line: str, problems: Problems, number: int) -> _Header | None:
    """The columns that a line names; None where it names no wavelength."""
    names, factor = [], 0.0
    for part in _parts(line, False) if not re.search(r"\s[(\[]", line) else _split_units(line):
        word, unit = _word_and_unit(part)
        if word in _WAVELENGTH:
            names.append("wavelength")
            if unit in _OTHER_UNITS:
                problems.add(f"line {number}", f"wavelengths in {unit}: give them in nm or um")
            factor = _UNITS_NM.get(unit, 0.0)
        elif word in _INDEX:
            names.append("n")
        elif word in _ALONG:
            names.append("n_e")
        elif word in _EXTINCTION:
            names.append("k")
        else:
            names.append("")
    if names.count("wavelength") != 1 or not {"n", "k", "n_e"} & set(names):
        return None
    for name in ("n", "n_e", "k"):
        if names.count(name) > 1:
            problems.add(f"line {number}", f"two columns are {name}; give one")
    while names and not names[-1]:
        names.pop()
    return _Header(tuple(names), factor)


def _split_units(line: str) -> list[str]:
    """Parts of a header whose units stand in brackets after a space."""
    return _parts(re.sub(r"\s+([(\[])", r"\1", line), False)


def _word_and_unit(part: str) -> tuple[str, str]:
    """The name of a column in small letters, and its unit if it has one."""
    text = part.strip().strip("\"'").lower()
    match = re.fullmatch(r"([^\s(\[/,]+)[\s_]*[(\[/,]\s*([^)\]]*)[)\]]?", text)
    word, unit = (match[1], match[2].strip()) if match else (text, "")
    word = word.strip("_. ").replace(" ", "_").replace("-", "_")
    if not unit and "_" in word and word.rpartition("_")[2] in (*_UNITS_NM, *_OTHER_UNITS):
        word, _, unit = word.rpartition("_")
    return word, unit


def _by_size(wavelengths: list[float], source: str) -> float:
    """The factor to nm of wavelengths whose header tells no unit."""
    if max(wavelengths) < _SURELY_UM:
        return NM_PER_UM
    if min(wavelengths) >= _SURELY_NM:
        return 1.0
    raise InputError(
        f"{source}: wavelengths of {min(wavelengths):g} to {max(wavelengths):g} may be nm or um; "
        "say which in the header: wavelength_nm or wavelength_um"
    )


def _sorted_rows(
    rows: list[tuple[float, float]], factor: float, name: str, problems: Problems
) -> tuple[tuple[float, ...], tuple[float, ...]] | None:
    """Wavelengths in nm, rising, and the values there."""
    rows = sorted(rows)
    wavelengths_nm = tuple(factor * wavelength for wavelength, _ in rows)
    if len(rows) < _FEWEST:
        problems.add(name, f"a table needs at least {_FEWEST} points, not {len(rows)}")
        return None
    if wavelengths_nm[0] <= 0:
        problems.add(name, f"the wavelength {rows[0][0]:g} is not above 0")
        return None
    twice = next((a for a, b in itertools.pairwise(wavelengths_nm) if a == b), None)
    if twice is not None:
        problems.add(name, f"the wavelength {twice / factor:g} stands twice")
        return None
    return wavelengths_nm, tuple(value for _, value in rows)
