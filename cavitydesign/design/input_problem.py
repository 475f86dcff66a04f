"""One problem of a design file as one line: file, key, value, what is allowed, the nearest right
name.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from ..errors import InputError, nearest, told

# A line of a terminal has room for a value of this length beside its key and what is allowed.
_LONGEST_VALUE = 60

Location = tuple[str | int, ...]


def dotted(location: Iterable[str | int]) -> str:
    """Key as the user would say it: cavity.coatings.0.thickness_um."""
    parts = (str(part) for part in location)
    return ".".join(part if len(part) <= _LONGEST_VALUE else f"{part[:40]}..." for part in parts)


def shown(value: Any) -> str:
    """The user's value, shortened and in TOML's spelling."""
    if isinstance(value, bool):
        text = str(value).lower()
    elif isinstance(value, int):
        text = told(value)
    elif isinstance(value, str):
        text = '"' + " ".join(value.split()) + '"'
    elif isinstance(value, dict):
        text = "{ " + ", ".join(f"{key} = {shown(item)}" for key, item in value.items()) + " }"
    elif isinstance(value, list | tuple):
        text = "[" + ", ".join(shown(item) for item in value) + "]"
    else:
        text = str(value)
    return text if len(text) <= _LONGEST_VALUE else text[: _LONGEST_VALUE - 3] + "..."


@dataclass(frozen=True)
class Problem:
    """What is wrong with one key.

    Parameters
    ----------
    location : tuple of str or int
        Path of the key from the top of the file; empty for the whole file.
    text : str
        What is allowed.
    value : object
        The user's value, or `Problem.ABSENT`.
    """

    ABSENT = object()

    location: Location
    text: str
    value: Any = ABSENT

    def line(self, source: str) -> str:
        """The line the user reads."""
        key = dotted(self.location)
        if not key:
            return f"{source}: {self.text}"
        if self.value is Problem.ABSENT:
            return f"{source}: {key}: {self.text}"
        return f"{source}: {key} = {shown(self.value)}: {self.text}"

    def text_below(self, location: Location) -> str:
        """The text for whoever knows the key, with what follows it where the problem lies
        deeper.
        """
        rest = dotted(self.location[len(location) :])
        return f"{rest}: {self.text}" if rest else self.text


def input_error(source: str, problems: Sequence[Problem]) -> InputError:
    """All problems of one file as one error."""
    lines = dict.fromkeys(problem.line(source) for problem in problems)
    return InputError(tuple(lines))


def unknown_key(
    location: Location, value: Any, allowed: Sequence[str], homes: Sequence[str] = ()
) -> Problem:
    """A key that its table does not know.

    Parameters
    ----------
    location : tuple of str or int
        Path of the key.
    value : object
        What the user gave it.
    allowed : sequence of str
        The keys of that table.
    homes : sequence of str
        Tables where this very key would be right.
    """
    name = str(location[-1])
    hint = f"; it belongs in [{homes[0]}]" if homes else nearest(name, allowed)
    kind = "table" if isinstance(value, dict) and len(location) == 1 else "key"
    return Problem(location, f"unknown {kind} (allowed: {', '.join(allowed)}){hint}", value)
