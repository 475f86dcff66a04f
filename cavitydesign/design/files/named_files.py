"""The files that a design reads: what its keys ``file`` and ``fibre_file`` name, and what sections
among them read besides.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from ...mesh.files.script import read_script
from ...mesh.files.section_files import SCRIPT_SUFFIXES, section_files
from ...texts import file_digest


def files_of_design(design: Mapping[str, Any], folder: Path) -> tuple[Path, ...]:
    """All files that decide what a design is, each once, in the order of the design.

    Parameters
    ----------
    design : mapping
        Tables of the design file.
    folder : Path
        Where its file names start.

    Raises
    ------
    InputError
        If a gmsh script includes a file whose name is not written out, so that changes of it would
        go unnoticed.
    """
    found: dict[Path, None] = {}
    for name in file_names(design):
        found |= dict.fromkeys(section_files(folder / name))
    return tuple(found)


def digest_of(files: Iterable[Path]) -> str:
    """Digest of what is in files, and of which are missing."""
    whole = hashlib.sha256()
    for path in files:
        whole.update(str(path).encode(errors="replace") + b"\0")
        whole.update((file_digest(path) or "missing").encode())
    return whole.hexdigest()


def scripts_of_design(design: Mapping[str, Any], folder: Path) -> tuple[Path, ...]:
    """The gmsh scripts that a design runs, and whatever they include under any name: whoever opens
    a stranger's design may ask first.
    """
    found: dict[Path, None] = {}
    for name in file_names(design):
        if name.lower().endswith(SCRIPT_SUFFIXES):
            found |= dict.fromkeys(section_files(folder / name))
    return tuple(found)


def included_files(script: Path) -> list[Path]:
    """Files that a gmsh script includes or merges; their names start in its own folder.

    Raises
    ------
    InputError
        If a name is not written out in quotes.
    """
    return [file for _, file in read_script(script).named_files()]


def file_names(table: Any) -> Iterator[str]:
    """Texts under keys that name files (``file``, ``samples``, ``something_file``), however deep.

    Whoever guards what a design may read asks this, so that no reader knows a key that its guard
    does not.
    """
    if isinstance(table, Mapping):
        for key, value in table.items():
            if names_file(str(key)) and isinstance(value, str):
                yield value
            else:
                yield from file_names(value)
    elif isinstance(table, list):
        for item in table:
            yield from file_names(item)


def names_file(key: str) -> bool:
    """Whether a key of a design, the last part of a dotted one, names a file."""
    return key in ("file", "samples") or key.endswith("_file")
