"""The mark that makes a folder a store: written first, read before anything is touched."""

from __future__ import annotations

import json
from pathlib import Path

from ...errors import InputError
from ...texts import read_bytes
from .disk import sync_folder, told, write_whole

FORMAT = 1  # raised only where older versions could not read the records
MARK = "store.json"
SEGMENTS = "segments"
_MOST_MARK_BYTES = 100_000  # it has 60


def check_mark(folder: Path) -> None:
    """Refuse a folder that holds a store of another format, or something else.

    Raises
    ------
    InputError
        With what stands there.
    """
    if folder.exists() and not folder.is_dir():
        raise InputError(f"{folder}: is a file, the store needs a folder")
    try:
        mark = json.loads(read_bytes(folder / MARK, _MOST_MARK_BYTES))
        found = mark["format"]
    except FileNotFoundError:
        if folder.is_dir() and (folder / SEGMENTS).is_dir():
            raise InputError(f"{folder}: a store without its {MARK}; nothing was changed") from None
        return
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise InputError(
            f"{folder / MARK}: not the mark of a store; nothing was changed"
        ) from error
    except OSError as error:
        raise InputError(f"{folder}: cannot be read ({error.strerror})") from error
    if found != FORMAT:
        text = f"a store of format {found}, this version reads format {FORMAT}; name another folder"
        raise InputError(f"{folder}: {text}. Nothing was changed")


def is_store_or_empty(folder: Path) -> bool:
    """Whether records may be put into a folder that somebody else named."""
    try:
        return (folder / MARK).is_file() or (folder.is_dir() and not any(folder.iterdir()))
    except OSError:
        return False


def create_store(folder: Path) -> None:
    """Make the folder of a store, unless it is there."""
    mark = folder / MARK
    with told(folder):
        # The mark first: another process that looks now finds no store or a whole one.
        folder.mkdir(parents=True, exist_ok=True)
        if not mark.exists():
            text = json.dumps({"format": FORMAT, "what": "records of a cavitydesign study"})
            write_whole(mark, f"{text}\n".encode())
        segments = folder / SEGMENTS
        if not segments.is_dir():
            segments.mkdir(exist_ok=True)
            sync_folder(folder)
