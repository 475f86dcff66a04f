"""What study and goal files share: the design that they name, dotted keys, arithmetic, and problems
told all at once.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from ...errors import InputError, nearest
from ...file_kind import check_kind
from ...texts import Refused, check_within
from ..axes import RANGE_KEYS
from ..expression import Expression, ExpressionError
from ..records.store_mark import is_store_or_empty
from ..study_definition import Study

Read = TypeVar("Read")

_DEEPEST_KEY = 3  # tables in one another, as in cavity.coatings.0.thickness_um


def _never(key: str) -> bool:
    return False


def _no_value_problem(
    design: Mapping[str, Any], key: str, value: Any, folder: Path, varied: Collection[str]
) -> str | None:
    return None


def _no_files(design: Mapping[str, Any], folder: Path) -> Sequence[Path]:
    return ()


def _no_regions(design: Mapping[str, Any], folder: Path) -> Sequence[str] | None:
    return None


@dataclass(frozen=True)
class DesignSchema:
    """What a study must be told of designs.

    Parameters
    ----------
    read_toml : callable
        From the path of a TOML file to its content.
    read : callable
        From the path of a design file to its checked content, nested tables.
    key_problem : callable
        From a dotted key to what is wrong with it as a design key (with the nearest right one), or
        None.
    tasks : tuple of str
        What can be computed.
    version : str
        Version of whatever decides the numbers.
    files_of : callable
        From a design and the folder where its file names start to the files that it reads, those
        included by others too.
    value_problem : callable
        From a design, a dotted key, a value of it, the folder where file names start, and all keys
        that vary, to what is wrong with the value whatever the other keys hold, or None.
    regions_of : callable
        From a design and that folder to the names of the regions of its cavity, or None where
        nobody knows.
    """

    read_toml: Callable[[Path], dict[str, Any]]
    read: Callable[[Path], Mapping[str, Any]]
    key_problem: Callable[[str], str | None]
    tasks: tuple[str, ...]
    version: str
    files_of: Callable[[Mapping[str, Any], Path], Sequence[Path]] = _no_files
    value_problem: Callable[[Mapping[str, Any], str, Any, Path, Collection[str]], str | None] = (
        _no_value_problem
    )
    regions_of: Callable[[Mapping[str, Any], Path], Sequence[str] | None] = _no_regions


class UserFile:
    """A TOML file beside a design, being read: its content, and its problems, so that the user
    meets them all at once.

    Parameters
    ----------
    path : Path
    schema : DesignSchema
        How designs are read and which keys they have.
    kind : {"study", "goal"}
        What the file is read as.
    keys : sequence of str
        Allowed at the top of the file.
    texts : sequence of str
        Those of them that hold a text.
    """

    def __init__(
        self,
        path: Path,
        schema: DesignSchema,
        kind: str,
        keys: Sequence[str],
        texts: Sequence[str] = (),
    ) -> None:
        self.path, self.name, self.schema = path, path.name, schema
        self.content = schema.read_toml(path)
        check_kind(self.content, kind, str(path))
        self.lines: list[str] = []
        for key in self.content:
            if key not in keys:
                self.add(key, f": unknown key; allowed: {', '.join(keys)}{nearest(key, keys)}")
        for key in texts:
            if not isinstance(self.content.get(key, ""), str):
                self.add(key, f" = {self.content[key]!r}: a text is needed")

    def add(self, key: str, text: str) -> None:
        """Note one problem of a key."""
        self.lines.append(f"{self.name}: {key}{text}")

    def collect(self, work: Callable[..., Read], *given: Any) -> Read | None:
        """Result of `work(*given)`, or None with its problems noted."""
        try:
            return work(*given)
        except InputError as error:
            self.lines += error.problems
            return None

    def raise_if_any(self) -> None:
        """End reading if anything was wrong."""
        if self.lines:
            raise InputError(self.lines)

    def table(self, key: str) -> Mapping[str, Any]:
        """A table of the file, empty if it is absent; a problem if it is no table."""
        table = self.content.get(key, {})
        if isinstance(table, dict):
            return table
        self.add(key, f" = {table!r}: a table is needed")
        return {}

    def entries(
        self, key: str, leaves: Sequence[str] = RANGE_KEYS, ends: Callable[[str], bool] = _never
    ) -> dict[str, Any]:
        """`dotted_entries` of a table."""
        return dotted_entries(self.table(key), leaves, ends)

    def names_design_key(self, key: str) -> bool:
        """Whether a dotted key is one of a design."""
        return self.schema.key_problem(key) is None

    def design(self) -> Mapping[str, Any]:
        """The checked design that the file names; empty, with a problem noted, if there is none."""
        name = self.content.get("design")
        if not isinstance(name, str):
            self.add("design", ": missing; name the design file beside this file")
            return {}
        return self.collect(self.schema.read, self.path.parent / name) or {}

    def store(self, usual: str) -> Path:
        """The folder of the records that the file names.

        A file of a stranger's may name any folder: outside its own, only one is taken that is a
        store already, or empty, so that nothing is strewn among what somebody keeps there.
        """
        name = self.content.get("store", usual)
        folder = self.path.parent / str(name)
        own = self.path.parent.resolve()
        try:
            check_within(folder)
        except Refused as error:
            self.add("store", f" = {name!r}: {error}")
            return folder
        if not folder.resolve().is_relative_to(own) and not is_store_or_empty(folder):
            self.add(
                "store",
                f" = {name!r}: lies outside the folder of this file; there, give a folder that is "
                "a store already, or make an empty one first",
            )
        return folder

    @property
    def folder(self) -> Path:
        """Where file names in the design start."""
        return (self.path.parent / str(self.content.get("design", ""))).parent

    def wrong_key(self, location: str, key: str) -> bool:
        """Whether a dotted key is no key of a design; the problem is noted."""
        problem = self.schema.key_problem(key)
        if problem is not None:
            self.add(location, f": {problem}")
        return problem is not None

    def expressions(self, key: str) -> dict[str, Expression]:
        """A table of arithmetic, by dotted name."""
        read: dict[str, Expression] = {}
        for name, text in self.entries(key).items():
            if not isinstance(text, str):
                self.add(f'{key}."{name}"', f" = {text!r}: a text with arithmetic is needed")
                continue
            try:
                read[name] = Expression(text)
            except ExpressionError as error:
                self.add(f'{key}."{name}"', f" = {error}")
        return read

    def check_derived(self, study: Study, what: str) -> None:
        """Tell of arithmetic of derived keys that names what is not there, or has no value at the
        first point.

        Parameters
        ----------
        study : Study
        what : str
            What its axes are to the user, such as "an axis".
        """
        known, told = study.known_quantities, len(self.lines)
        for key, expression in study.derived.items():
            for name in sorted(expression.names - known):
                text = f"{name!r} is neither in the design nor {what}{nearest(name, known)}"
                self.add(f'derived."{key}"', f" = {expression.text!r}: {text}")
            known = known | {key}
        if len(self.lines) == told:
            try:
                study.point(0)
            except ExpressionError as error:
                self.lines.append(f"{self.name}: {error}")


def dotted_entries(
    table: Mapping[str, Any],
    leaves: Sequence[str] = RANGE_KEYS,
    ends: Callable[[str], bool] = _never,
    head: str = "",
) -> dict[str, Any]:
    """Entries by dotted key: ``cavity.diameter_um`` without quotes is a nested table in TOML; both
    spellings are read.

    Parameters
    ----------
    table : mapping
    leaves : sequence of str
        Keys that tell an entry from a nested table.
    ends : callable
        Whether a dotted key is complete, so that a table of plain values there is an entry whose
        keys are misspelt.
    head : str
        What stands before the keys.
    """
    flat: dict[str, Any] = {}
    for key, entry in table.items():
        nested = isinstance(entry, dict) and entry and not set(leaves) & set(entry)
        complete = (
            nested
            and ends(head + key)
            and not any(isinstance(item, dict | list) for item in entry.values())
        )
        if nested and not complete and "." not in key and head.count(".") < _DEEPEST_KEY:
            flat |= dotted_entries(entry, leaves, ends, f"{head}{key}.")
        else:
            flat[head + key] = entry
    return flat
