"""What can go wrong, in the words of the user who met it.

Every error that a user can cause or repair is a `CavityDesignError` and carries the exit code of
the command line: 1 an asked accuracy or a check was missed, 2 bad input, 130 interrupted.
"""

from __future__ import annotations

import difflib
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any, TypeGuard

# A list of ten thousand wrong numbers is one mistake; nobody reads a line for each.
_MOST_PROBLEMS = 40
# Faulty lines of a table that are told: enough to see of what kind they are.
MOST_TOLD = 10
# Letters of a word that may be a misspelt one.
_LONGEST_WORD = 80


class CavityDesignError(Exception):
    """Base of all errors that reach the user as one clear line.

    Examples
    --------
    >>> import cavitydesign as cd
    >>> try:
    ...     cd.sphere(diameter_um=-6.0, wavelength_nm=620.0)
    ... except cd.CavityDesignError as error:
    ...     print(type(error).__name__)
    InputError
    """

    exit_code = 1


class InputError(CavityDesignError):
    """Bad input: one line for each problem (file, key, value, what is allowed, the nearest right
    name).

    Parameters
    ----------
    problems : str or sequence of str
        One complete line for each problem found.

    Examples
    --------
    >>> import cavitydesign as cd
    >>> try:
    ...     cd.sphere(diameter_um=6.0, body="silca", wavelength_nm=620.0, span_nm=9.0)
    ... except cd.InputError as error:
    ...     print(error.problems[0].split("; ")[1].partition(" (")[0])
    did you mean 'silica'?
    """

    exit_code = 2

    def __init__(self, problems: str | Sequence[str]) -> None:
        self.problems: tuple[str, ...] = (
            (problems,) if isinstance(problems, str) else tuple(problems)
        )
        if (more := len(self.problems) - _MOST_PROBLEMS) > 1:
            self.problems = (*self.problems[:_MOST_PROBLEMS], f"... and {more} further problems")
        super().__init__("\n".join(self.problems))


class SolverError(CavityDesignError):
    """The computation could not reach an answer; the text says what to change.

    Examples
    --------
    >>> import cavitydesign as cd
    >>> try:
    ...     raise cd.SolverError("the window could not grow; ask for less accuracy")
    ... except cd.CavityDesignError as error:
    ...     print(error)
    the window could not grow; ask for less accuracy
    """


class MissingLibraryError(CavityDesignError):
    """An optional library or a system package is absent; the text names what to install.

    Examples
    --------
    >>> import cavitydesign as cd
    >>> issubclass(cd.MissingLibraryError, cd.CavityDesignError)
    True
    """


def nearest(name: str, allowed: Iterable[str]) -> str:
    """Text that names the closest allowed word, empty if none is close.

    Parameters
    ----------
    name : str
        What the user wrote.
    allowed : iterable of str
        The right words.
    """
    close = closest(name, allowed)
    return f"; did you mean {close!r}?" if close else ""


def nearest_file(name: str, there: Iterable[str]) -> str:
    """Text that names the closest file; suffixes, which are alike by nature, are left out.

    Examples
    --------
    >>> nearest_file("desing.toml", ["design.toml", "pyproject.toml"])
    "; did you mean 'design.toml'?"
    >>> nearest_file("nothere.toml", ["pyproject.toml"])
    ''
    """
    stems = {Path(file).stem: file for file in there}
    close = closest(Path(name).stem, stems)
    return f"; did you mean {stems[close]!r}?" if close else ""


def closest(name: str, allowed: Iterable[str]) -> str:
    """The closest allowed word itself, empty if none is close; parameters as for `nearest`."""
    if len(name) > _LONGEST_WORD:
        return ""  # the search grows as the square of the length
    words = {word.lower(): word for word in allowed}
    close = difflib.get_close_matches(name.lower(), list(words), n=1, cutoff=0.5)
    return words[close[0]] if close else ""


def told(value: object, most: int = 60) -> str:
    """A value in a message, cut where it is long; whole numbers of thousands of digits have no
    text in Python at all.

    Examples
    --------
    >>> told("a" * 100, 10)
    "'aaaaaaaaa..."
    """
    if isinstance(value, int) and value.bit_length() > 3 * most:
        return f"a whole number of about {round(value.bit_length() * 0.30103)} digits"
    text = repr(value)
    return text if len(text) <= most else f"{text[:most]}..."


def is_number(value: Any) -> TypeGuard[float]:
    """Whether a value of a file is a finite number (true and false are none)."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return False
    return abs(value) <= sys.float_info.max
