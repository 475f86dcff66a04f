"""Draws of a calibration that lie beside a design, for the page to offer."""

from __future__ import annotations

import itertools
from pathlib import Path

from ..texts import Refused, open_regular

_MOST = 20  # names that a menu of the page shows without scrolling far
# Keeps the look at a folder of thousands of tables short; each file is opened for its first line.
_MOST_ENTRIES = 2000
_TABLES = ("gain.", "pump.", "lasing.")
# A header of draws names some dozens of keys; a table without line ends is not read whole.
_HEAD_BYTES = 2000


def calibrations_beside(source: Path | None) -> list[str]:
    """Names of the tables of draws beside a design and one folder below, as `[gain] samples` takes
    them.

    Parameters
    ----------
    source : Path or None
        The file of the design; None: a design without a folder.
    """
    if source is None:
        return []
    folder = source.parent
    found: list[str] = []
    tables = itertools.chain(folder.glob("*.csv"), folder.glob("*/*.csv"))
    for path in sorted(itertools.islice(tables, _MOST_ENTRIES)):
        if path.resolve().is_relative_to(folder.resolve()) and _holds_draws(path):
            found.append(path.relative_to(folder).as_posix())
    return sorted(found, key=lambda name: (name.count("/"), name))[:_MOST]


def _holds_draws(path: Path) -> bool:
    """Whether the first line names design keys of the tables that draws may hold."""
    try:
        with open_regular(path) as file:
            head = file.readline(_HEAD_BYTES).decode("utf-8", "replace").strip()
    except (OSError, Refused):
        return False
    return bool(head) and all(key.strip().startswith(_TABLES) for key in head.split(","))
