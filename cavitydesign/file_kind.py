"""Which kind of file a TOML file is, told from its tables: a design, a study, a goal or a
calibration.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from .errors import InputError

COMMANDS = {
    "design": "cavitydesign run",
    "study": "cavitydesign study run",
    "goal": "cavitydesign design",
    "calibration": "cavitydesign calibrate",
}
_POINTS = ("axes", "paired", "points", "sample")


def file_kind(content: Mapping[str, Any]) -> str | None:
    """The kind of a file's content; None where nothing tells it.

    Examples
    --------
    >>> file_kind({"design": "design.toml", "axes": {}})
    'study'
    >>> file_kind({"cavity": {}, "modes": {}})
    'design'
    """
    if "cavity" in content:
        return "design"
    if "cavities" in content or "free" in content:
        return "calibration"
    if "goal" in content or "variables" in content:
        return "goal"
    return "study" if any(name in content for name in _POINTS) else None


def check_kind(content: Mapping[str, Any], wanted: str, file: str) -> None:
    """Refuse a file of another kind with the command that takes it.

    Raises
    ------
    InputError
        One line, instead of one for each of its keys.
    """
    kind = file_kind(content)
    if kind is not None and kind != wanted:
        raise InputError(f"{file}: is a {kind}, not a {wanted}; type: {COMMANDS[kind]} {file}")
