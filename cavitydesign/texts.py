"""What is read from files and shown to people: regular files of bounded size, values of bounded
depth, texts without letters that act on a terminal.
"""

from __future__ import annotations

import hashlib
import os
import re
import stat
import tomllib
from io import BufferedReader
from pathlib import Path
from typing import Any

# Of any file that is read; no limit of a kind is higher.
LARGEST_BYTES = 1_000_000_000
# Variable of the environment: the folder that reading is held to. Workers inherit it.
WITHIN = "CAVITYDESIGN_WITHIN"
# Of the package, in a checkout with what lies beside it.
_OWN_FOLDER = (
    Path(__file__)
    .resolve()
    .parents[1 if (Path(__file__).parents[1] / "pyproject.toml").is_file() else 0]
)
# TOML's whole numbers have 64 bits; Python reads thousands of digits and then cannot print them.
_LARGEST_WHOLE = 2**63
# Letters of a key; the longest dotted key of a design has 40.
_LONGEST_KEY = 1000
# Of one table; a line is made for each key that nobody knows, which takes 30 us.
_MOST_KEYS = 10_000
# Escape sequences move the cursor, set the title of the window and, in old terminals, type; marks
# of direction make a name read as another one; halves of letters, as file names that are no UTF-8
# give them, cannot be printed at all.
_ACTING = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff\ud800-\udfff]"
)

# Where `str.splitlines` ends a line.
_LINE_ENDS = "\n\r\x0b\x0c\x1c\x1d\x1e\x85\u2028\u2029"
# What spreadsheets take for a formula.
_COMPUTED = ("=", "+", "-", "@")


class Refused(ValueError):
    """A file or value beyond the bounds; the text says which."""


def counted(number: int, noun: str) -> str:
    """The number and the noun: "1 mode", "3 modes"."""
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def check_within(path: Path) -> None:
    """Refuse a file outside the folder that reading is held to (`--within`, or what the explorer
    was given), links followed; without such a folder files lie where they are named.

    Raises
    ------
    Refused
    """
    folder = os.environ.get(WITHIN)
    if folder is None:
        return
    real = Path(os.path.realpath(path))
    if not (real.is_relative_to(folder) or real.is_relative_to(_OWN_FOLDER)):
        raise Refused(f"lies outside {folder}, the folder that reading is held to")


def hold_reading(folder: Path) -> None:
    """Hold reading to a folder, here and in workers; never to a wider one than it is held to.

    Raises
    ------
    Refused
    """
    check_within(folder)
    os.environ[WITHIN] = os.path.realpath(folder)


def open_regular(path: Path, most: int = LARGEST_BYTES) -> BufferedReader:
    """A regular file of at most so many bytes, opened to be read.

    A pipe or a device would keep the reader waiting for ever, or never end.

    Raises
    ------
    Refused
        For anything else than a regular file, a larger one, or one outside the folder that reading
        is held to.
    OSError
        If it cannot be read.
    """
    check_within(Path(path))
    descriptor = os.open(
        path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
    )
    stream = os.fdopen(descriptor, "rb")
    try:
        found = os.fstat(descriptor)
        if not stat.S_ISREG(found.st_mode):
            raise Refused("is no regular file")
        if found.st_size == 0:
            # Files of the kernel's (/proc/kmsg) call themselves empty, and a read of them waits or
            # gives what nobody should take; what is empty is read as such.
            stream.close()
            return open(os.devnull, "rb")
        if found.st_size > most:
            raise Refused(f"{found.st_size / 1e6:.3g} MB; at most {most / 1e6:.3g} MB are read")
    except BaseException:
        stream.close()
        raise
    return stream


def read_bytes(path: Path, most: int) -> bytes:
    """Content of a regular file of at most so many bytes.

    Raises
    ------
    Refused
        For anything else than a regular file, or a larger one.
    OSError
        If it cannot be read.
    """
    with open_regular(path, most) as stream:
        return stream.read(most + 1)[:most]


def unread(error: Exception) -> str:
    """Why a text file cannot be read, in words."""
    if isinstance(error, FileNotFoundError):
        return "no such file"
    if isinstance(error, IsADirectoryError):
        return "is a folder"
    if isinstance(error, UnicodeDecodeError):
        return f"not UTF-8 text (byte {error.start}); save the file as UTF-8"
    return f"cannot be read: {getattr(error, 'strerror', None) or error}"


def bounded_lines(text: str, most: int) -> list[str]:
    """Lines of a text that has at most so many: in memory a line of two letters takes 20 times what
    it takes in its file.

    Raises
    ------
    Refused
        For more of them, before they are made.
    """
    ends = sum(text.count(mark) for mark in _LINE_ENDS) - text.count("\r\n")
    if ends > most:
        raise Refused(f"{ends} lines; at most {most} are read")
    return text.splitlines()


def file_digest(path: Path) -> str | None:
    """Digest of what is in a regular file, None where there is none that can be read."""
    try:
        with open_regular(path) as content:
            return hashlib.file_digest(content, "sha256").hexdigest()
    except (OSError, Refused):
        return None


def parsed_toml(text: str) -> dict[str, Any]:
    """Tables of a TOML text, within the bounds.

    Raises
    ------
    Refused
        If it is not TOML, or beyond the bounds.
    """
    try:
        content = tomllib.loads(text)
        check_bounded(content)
    except RecursionError:
        raise Refused("nested too deeply") from None
    except Refused:
        raise
    except ValueError as error:  # Python refuses whole numbers of more than 4300 digits
        what = str(error) if "digits" not in str(error) else "a whole number of too many digits"
        raise Refused(" ".join(what[:300].split())) from None
    return content


def check_bounded(value: Any, deepest: int = 32, whole: bool = True) -> None:
    """Refuse tables and lists nested deeper than any design and, if `whole`, whole numbers of more
    than 64 bits, which cannot be printed.

    Raises
    ------
    Refused
        The text says where.
    """
    _check_value(value, 1, "", deepest, whole)


def _check_value(value: Any, level: int, where: str, deepest: int, whole: bool) -> None:
    """`check_bounded` of a value so many levels down; nothing is copied on the way, since a file of
    empty lists takes 20 times its size in memory already.
    """
    if isinstance(value, dict):
        if whole and len(value) > _MOST_KEYS:
            what = f"a table of {len(value)} keys; at most {_MOST_KEYS} are read"
            raise Refused(f"{where[:80]}{what}")
        if value and level >= deepest:
            raise Refused(f"{where[:80]}nested more than {deepest} levels deep")
        for key, inner in value.items():
            if len(str(key)) > _LONGEST_KEY:
                raise Refused(f"{where[:80]}a key of {len(key)} letters ({key[:20]!r}...)")
            if type(inner) is float or type(inner) is str:
                continue
            # The first keys on the way say where it is.
            inside = where
            if level < 4:
                inside = f"{where[:-2]}.{key}: " if where else f"{key}: "
            _check_value(inner, level + 1, inside, deepest, whole)
    elif isinstance(value, list | tuple):
        if value and level >= deepest:
            raise Refused(f"{where[:80]}nested more than {deepest} levels deep")
        for inner in value:
            # Of results nearly all are floats, in which nothing can be wrong.
            if type(inner) is not float:
                _check_value(inner, level + 1, where, deepest, whole)
    elif whole and isinstance(value, int) and not -_LARGEST_WHOLE <= value < _LARGEST_WHOLE:
        digits = round(value.bit_length() * 0.30103)
        raise Refused(f"{where[:80]}a whole number of about {digits} digits; 64 bits are allowed")


def visible(text: str) -> str:
    """A text in which control characters and marks of direction are spelled out.

    Examples
    --------
    >>> visible("a" + chr(27) + "[2Jb")
    'a\\\\x1b[2Jb'
    """
    return _ACTING.sub(lambda found: ascii(found.group())[1:-1], text)


def acting(text: str) -> bool:
    """Whether a text holds letters that act on a terminal, line ends and tabs among them."""
    return bool(_ACTING.search(text)) or any(letter in text for letter in "\t\n")


def csv_cell(cell: Any) -> Any:
    """A cell as CSV holds it; a text that a spreadsheet would compute (``=cmd()``) is marked as
    text by an apostrophe, as spreadsheets do. Numbers stay numbers.
    """
    if isinstance(cell, bool):
        return str(cell).lower()
    if not isinstance(cell, str):
        return cell
    plain = visible(cell)
    return f"'{plain}" if plain.lstrip().startswith(_COMPUTED) else plain
