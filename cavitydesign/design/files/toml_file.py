"""Reads a TOML file into a dictionary; every way in which that fails is one clear line."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from ...errors import InputError, nearest_file
from ...texts import Refused, parsed_toml, read_bytes

# A study of a thousand listed values has 20 kB.
MOST_BYTES = 4_000_000


def read_toml(path: Path) -> dict[str, Any]:
    """Contents of a TOML file.

    Parameters
    ----------
    path : Path
        The file; UTF-8, with or without a byte order mark.

    Raises
    ------
    InputError
        If there is no such file, if it cannot be read, or if it is not TOML (with line and column).
    """
    try:
        text = read_bytes(path, MOST_BYTES).decode("utf-8-sig")
    except FileNotFoundError:
        raise InputError(f"{path}: no such file{_neighbour(path)}") from None
    except IsADirectoryError:
        raise InputError(f"{path}: is a folder; give a TOML file") from None
    except Refused as error:
        raise InputError(f"{path}: {error}") from None
    except UnicodeDecodeError as error:
        raise InputError(
            f"{path}: not UTF-8 text (byte {error.start}); save the file as UTF-8"
        ) from None
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or error
        raise InputError(f"{path}: cannot be read: {reason}") from None
    try:
        return parsed_toml(text)
    except Refused as error:
        raise InputError(f"{path}: not TOML: {error}") from None


def _neighbour(path: Path) -> str:
    """The nearest file name in the same folder, as a hint."""
    folder = path.parent
    if not folder.is_dir():
        return f" (nor the folder {folder})"
    if path.is_symlink():
        return " (a link to nothing)"
    return nearest_file(path.name, [file.name for file in folder.glob("*.toml")])
