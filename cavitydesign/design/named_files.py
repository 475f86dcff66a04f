"""The files that a design reads: what its keys ``file`` name, and what gmsh scripts among them
include.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from ..errors import InputError

_SCRIPTS = (".geo", ".geo_unrolled")
_COMMENT_OR_TEXT = re.compile(r"//[^\n]*|/\*.*?\*/|\"[^\"\n]*\"", re.DOTALL)
_WORDS = r"(?:Include|Merge|MergeFile|MergeWithBoundingBox|ShapeFromFile)"
_INCLUDING = re.compile(rf'(?:^|[;{{}}=])\s*({_WORDS}\b\s*\(?\s*("[^"\n]*")?[^;\n]*)', re.MULTILINE)


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
    pending = [folder / name for name in _named(design)]
    while pending:
        path = pending.pop(0)
        if path in found:
            continue
        found[path] = None
        if path.suffix in _SCRIPTS and path.is_file():
            pending += included_files(path)
    return tuple(found)


def included_files(script: Path) -> list[Path]:
    """Files that a gmsh script includes or merges; their names start in its own folder.

    Raises
    ------
    InputError
        If a name is not written out in quotes.
    """
    found = []
    for match in _INCLUDING.finditer(_without_comments(script.read_text(errors="replace"))):
        statement, quoted = match.groups()
        if quoted is None:
            line = " ".join(statement.split())
            raise InputError(
                f"{script.name}: {line[:80]}: write the file name in quotes, so that a change of the file is noticed"
            )
        found.append(script.parent / quoted.strip('"'))
    return found


def _without_comments(text: str) -> str:
    """Comments blanked, texts kept: two slashes in a quoted name are no comment."""
    return _COMMENT_OR_TEXT.sub(lambda match: match[0] if match[0].startswith('"') else " ", text)


def _named(table: Any) -> Iterator[str]:
    """Texts under keys called file, however deep."""
    if isinstance(table, Mapping):
        for key, value in table.items():
            if key == "file" and isinstance(value, str):
                yield value
            else:
                yield from _named(value)
    elif isinstance(table, list):
        for item in table:
            yield from _named(item)
