"""Points and published values in CSV files: a header, rows, and the line of each for messages."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from pathlib import Path

from ...errors import InputError
from ...texts import Refused, read_bytes
from ..axes import Axis, Value, paired_axis

# A spectrum of a million points has 30 MB.
MOST_BYTES = 100_000_000
_LONGEST_WHOLE = 19


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


def read_csv(path: Path, where: str, any_separator: bool = False) -> CsvTable:
    """Header and rows of a CSV file; empty lines and those that begin with # are left out.

    Parameters
    ----------
    path : Path
    where : str
        File and key that name it, for the message.
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
    except (OSError, UnicodeDecodeError, Refused) as error:
        reason = error.strerror if isinstance(error, OSError) else str(error)
        if isinstance(error, UnicodeDecodeError):
            reason = f"not a text in UTF-8, {error}"
        raise InputError(f"{where} = {path.name!r}: cannot be read ({reason})") from error
    lines = [
        (number, line)
        for number, line in enumerate(text.splitlines(), start=1)
        if _holds_something(line)
    ]
    if len(lines) < 2:
        held = " (no rows below the header)" if lines else ""
        raise InputError(f"{path.name}: empty; a header and at least one row are needed{held}")
    between = _separator(lines[0][1]) if any_separator else ","
    try:
        table = [next(csv.reader([line], delimiter=between)) for _, line in lines]
    except csv.Error as error:  # a cell of more than 128 kB among them
        raise InputError(f"{path.name}: not a CSV table ({error})") from None
    header = tuple(key.strip() for key in table[0])
    if len(header) == 1 and ";" in header[0]:
        raise InputError(
            f"{path.name}: line {lines[0][0]}: columns are parted by semicolons; commas are needed"
        )
    for number, key in enumerate(header, start=1):
        if not key:
            raise InputError(
                f"{path.name}: line {lines[0][0]}: column {number} of the header has no name"
            )
    if len(set(header)) != len(header):
        raise InputError(f"{path.name}: a column name appears twice in the header")
    for (number, _), row in zip(lines[1:], table[1:], strict=True):
        if len(row) != len(header):
            raise InputError(
                f"{path.name}: line {number} has {len(row)} entries, the header has {len(header)}"
            )
    rows = tuple(
        tuple(_read_value(text if between == "," else _with_point(text)) for text in row)
        for row in table[1:]
    )
    return CsvTable(path.name, header, rows, tuple(number for number, _ in lines[1:]))


def csv_axis(path: Path, where: str) -> Axis:
    """Axis of the rows of a CSV file whose header names design keys.

    Raises
    ------
    InputError
        As `read_csv`, and for an empty cell or a row that stands there twice.
    """
    table = read_csv(path, where)
    for line, row in zip(table.lines, table.rows, strict=True):
        for key, value in zip(table.header, row, strict=True):
            if value == "":
                raise InputError(
                    f"{table.name}: line {line}: {key}: empty; each point needs a value"
                )
    columns = {key: [row[place] for row in table.rows] for place, key in enumerate(table.header)}
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
