"""Points and published values in CSV files: a header, rows, and the line of each for messages."""

from __future__ import annotations

import csv
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from ...errors import InputError
from ...texts import Refused, bounded_lines, read_bytes
from ..axes import Axis, Value, paired_axis

# A spectrum of a million points has 30 MB; in memory it has ten times that.
MOST_BYTES = 64_000_000
_MOST_LINES = 1_100_000  # a study of a million points, its header and its comments
_MOST_CELLS = 8_000_000  # 0.3 GB, ten seconds
_LONGEST_WHOLE = 19  # letters of 2^63, a whole number's end
# What a column may be called in a message. Other files, such as lists of passwords, are not quoted.
_COLUMN_NAME = re.compile(r"[^\W\d_][\w .()\[\]/^*%-]{0,39}")
_MOST_NAMES = 12  # that a message quotes
_LONGEST_CELL = 131_072  # letters; the limit of Python's csv module


@dataclass(frozen=True)
class CsvTable:
    """A CSV file as it was read.

    Attributes
    ----------
    name : str
        Of the file.
    header : tuple of str
    rows : tuple of tuple
        Numbers where the text is one, else texts.
    lines : tuple of int
        Line of the file on which each row stands.
    """

    name: str
    header: tuple[str, ...]
    rows: tuple[tuple[Value, ...], ...]
    lines: tuple[int, ...]

    @property
    def told_header(self) -> str:
        """The header as messages tell it.

        A file that is no table is not quoted: it may hold what nobody should read in a log. A
        header has names of letters, beside which numbers may stand; one name alone stands above
        numbers.

        Examples
        --------
        >>> CsvTable("a.csv", ("wavelength_nm", "counts"), ((500, 1),), (2,)).told_header
        'header: wavelength_nm, counts'
        >>> CsvTable("shadow", ("root:*:19000:0:",), (("bin:*:19000:0:",),), (2,)).told_header
        'no header that names columns'
        """
        names = self.header
        known = [bool(_COLUMN_NAME.fullmatch(one)) for one in names]
        numbers = [not isinstance(_read_value(one), str) for one in names]
        told = any(known) and all(map(max, known, numbers))
        if len(names) == 1:
            told = told and not any(isinstance(row[0], str) for row in self.rows)
        if not told:
            return "no header that names columns"
        more = f" and {len(names) - _MOST_NAMES} more" if len(names) > _MOST_NAMES else ""
        return f"header: {', '.join(names[:_MOST_NAMES])}{more}"


def read_csv(path: Path, where: str = "", any_separator: bool = False) -> CsvTable:
    """Header and rows of a CSV file; empty lines and those that begin with # are left out.

    Parameters
    ----------
    path : Path
    where : str
        File and key that name it, for the message; empty where a command does.
    any_separator : bool
        Whether semicolons and tabs may part the columns too, as the header shows; numbers may have
        decimal commas then.

    Raises
    ------
    InputError
        If the file cannot be read, is empty, or has ragged rows.
    """
    try:
        text = read_bytes(path, MOST_BYTES).decode("utf-8-sig")
        lines = [
            (number, line)
            for number, line in enumerate(bounded_lines(text, _MOST_LINES), start=1)
            if _holds_something(line)
        ]
    except (OSError, UnicodeDecodeError, Refused) as error:
        reason = error.strerror if isinstance(error, OSError) else str(error)
        if isinstance(error, UnicodeDecodeError):
            reason = f"not a text in UTF-8, {error}"
        named = f"{where} = {path.name!r}" if where else path.name
        raise InputError(f"{named}: cannot be read ({reason})") from error
    if len(lines) < 2:
        held = " (no rows below the header)" if lines else ""
        raise InputError(f"{path.name}: empty; a header and at least one row are needed{held}")
    between = _separator(lines[0][1]) if any_separator else ","
    header = tuple(key.strip() for key in _cells(path.name, lines[0][1], between))
    _check_header(path.name, header, lines)
    rows = []
    for number, line in lines[1:]:
        cells = _cells(path.name, line, between)
        if len(cells) != len(header):
            raise InputError(
                f"{path.name}: line {number} has {len(cells)} entries, the header has {len(header)}"
            )
        if between != ",":
            cells = [_with_point(cell) for cell in cells]
        rows.append(tuple([_read_value(cell) for cell in cells]))
    return CsvTable(path.name, header, tuple(rows), tuple(number for number, _ in lines[1:]))


def _cells(name: str, line: str, between: str) -> list[str]:
    """Texts between the separators of one line."""
    if '"' not in line and len(line) <= _LONGEST_CELL:
        return line.split(between)
    try:
        return next(csv.reader([line], delimiter=between))
    except csv.Error as error:  # a cell of more than 128 kB among them
        raise InputError(f"{name}: not a CSV table ({error})") from None


def _check_header(name: str, header: tuple[str, ...], lines: Sequence[tuple[int, str]]) -> None:
    """Refuse columns without names or of one name, and tables too large for the memory."""
    first = lines[0][0]
    if len(header) == 1 and ";" in header[0]:
        raise InputError(
            f"{name}: line {first}: columns are parted by semicolons; commas are needed"
        )
    for number, key in enumerate(header, start=1):
        if not key:
            raise InputError(f"{name}: line {first}: column {number} of the header has no name")
    if len(set(header)) != len(header):
        raise InputError(f"{name}: a column name appears twice in the header")
    if len(header) * len(lines) > _MOST_CELLS:
        raise InputError(
            f"{name}: {len(header)} columns of {len(lines) - 1} rows; at most {_MOST_CELLS} cells "
            "are read"
        )


def check_keys(table: CsvTable) -> None:
    """Refuse a header that cannot name design keys, without a word of what it holds instead.

    Raises
    ------
    InputError
        One line.
    """
    if not all(_COLUMN_NAME.fullmatch(name) for name in table.header):
        raise InputError(
            f"{table.name}: no header that names design keys (table.key, parted by commas)"
        )


def csv_axis(path: Path, where: str) -> Axis:
    """Axis of the rows of a CSV file whose header names design keys.

    Raises
    ------
    InputError
        As `read_csv`, for a header that names no keys, for an empty cell, and for a row that stands
        there twice.
    """
    table = read_csv(path, where)
    check_keys(table)
    for line, row in zip(table.lines, table.rows, strict=True):
        for key, value in zip(table.header, row, strict=True):
            if value == "":
                raise InputError(
                    f"{table.name}: line {line}: {key}: empty; each point needs a value"
                )
    columns = {key: [row[index] for row in table.rows] for index, key in enumerate(table.header)}
    return paired_axis(columns, table.name, [f"line {line}" for line in table.lines])


def _separator(header: str) -> str:
    return next((one for one in (";", "\t") if one in header), ",")


def _with_point(text: str) -> str:
    """A number with a decimal comma as one with a point; any other text as it is."""
    whole, comma, part = text.strip().partition(",")
    number = (
        comma
        and "." not in text
        and (whole.lstrip("+-").isdigit() or not whole.lstrip("+-"))
        and part[:1].isdigit()
    )
    return f"{whole}.{part}" if number else text


def _holds_something(line: str) -> bool:
    stripped = line.strip()
    return bool(stripped) and not stripped.startswith("#")


def _read_value(text: str) -> Value:
    text = text.strip()
    # Whole numbers beyond 64 bits are floats: Python cannot print those of 5,000 digits.
    for read in (int, float) if len(text) < _LONGEST_WHOLE else (float,):
        try:
            return read(text)
        except ValueError:
            continue
    return {"true": True, "false": False}.get(text.lower(), text)
