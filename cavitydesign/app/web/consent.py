"""Scripts that did not come with cavitydesign: the page runs them once its user has agreed to what
is in them.

A script is confined in any case (`mesh.files.reader_process`). Whoever opens a stranger's folder
still decides what runs: agreement is to the content of a file, so that a changed file is asked for
again.
"""

from __future__ import annotations

import functools
from collections.abc import Iterable, Mapping
from hashlib import sha256
from importlib import resources
from pathlib import Path
from typing import Any

from ...design.files.named_files import scripts_of_design
from ...errors import InputError
from ...texts import Refused, file_digest, read_bytes, visible

# Those that are read are held to 5 MB, sections take some kB.
_MOST_BYTES = 5_000_000
# About 400 lines, far more than a section takes; of longer scripts the page says that the rest is
# not shown.
_MOST_LETTERS_SHOWN = 20_000
# A folder of sections holds dozens; the bound keeps a page that agrees without end from filling
# memory.
_MOST_AGREED = 1000
WHY = (
    "a gmsh script is a program that draws the section; this one did not come with cavitydesign "
    "and has not been agreed to"
)


def _content(path: Path) -> bytes | None:
    try:
        return read_bytes(path, _MOST_BYTES)
    except (OSError, Refused):
        return None  # its reader says what is wrong with it


@functools.cache
def shipped_digests() -> frozenset[str]:
    """Digests of the scripts that came with the package."""
    package = Path(str(resources.files("cavitydesign")))
    # In a checkout some stand beside the package, whence the wheel takes them.
    folders = [package / "cli" / "templates"]
    if (package.parent / "pyproject.toml").is_file():
        folders.append(package.parent / "meshes")
    found = (file_digest(one) for folder in folders for one in folder.glob("*.geo"))
    return frozenset(digest for digest in found if digest is not None)


def unknown_scripts(
    design: Mapping[str, Any], folder: Path, agreed: Iterable[str]
) -> dict[Path, str]:
    """Scripts of a design, with their digests, that neither came with the package nor were agreed
    to.
    """
    known = shipped_digests().union(agreed)
    digests = {path: file_digest(path) for path in scripts_of_design(design, folder)}
    return {path: one for path, one in digests.items() if one is not None and one not in known}


class Consent:
    """What the user of one explorer has agreed to, until it ends."""

    def __init__(self) -> None:
        self._shown: set[str] = set()
        self.agreed: set[str] = set()

    def shown(self, design: Mapping[str, Any], folder: Path, within: Path) -> list[dict[str, Any]]:
        """What the page shows of each script that it asks for.

        Parameters
        ----------
        design : mapping
            Tables of the design.
        folder : Path
            Where its file names start.
        within : Path
            The folder that the explorer was given, for the names.

        Returns
        -------
        list of dict
            name, digest, bytes, lines, text (its beginning, where it is long; letters that act are
            spelled out), whole (whether that is all of it).
        """
        asked = []
        for path in unknown_scripts(design, folder, self.agreed):
            content = _content(path)
            if content is None:
                continue
            # Of what is shown, not of what the file may have become since.
            digest, text = sha256(content).hexdigest(), content.decode("utf-8", errors="replace")
            asked.append(
                {
                    "name": path.resolve().relative_to(within.resolve()).as_posix(),
                    "digest": digest,
                    "bytes": len(content),
                    "lines": len(text.splitlines()),
                    "text": visible(text[:_MOST_LETTERS_SHOWN].replace("\r\n", "\n")),
                    "whole": len(text) <= _MOST_LETTERS_SHOWN,
                }
            )
            self._shown.add(digest)
        return asked

    def agree(self, digests: Iterable[str]) -> None:
        """Note that the user has agreed to scripts that were shown.

        Raises
        ------
        InputError
            For one that was not shown.
        """
        given = set(digests)
        if not given <= self._shown:
            raise InputError("digests: only scripts that were shown can be agreed to")
        if len(self.agreed | given) > _MOST_AGREED:
            raise InputError(f"more than {_MOST_AGREED} scripts; start the explorer anew")
        self.agreed |= given
