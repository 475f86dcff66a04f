"""What the explorer was given: a design file, a folder of results or of a study; and what else lies
in that folder.
"""

from __future__ import annotations

import stat
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from importlib import resources
from pathlib import Path
from typing import Any

from ...errors import InputError
from .request_limits import inside

_MOST_LISTED = 200  # entries that a list of files on the page can still be searched by eye
_DEEPEST = 3  # Studies keep their files one or two folders down (`studies/NAME/store/`).
# A home folder given by mistake has far more; looking through them would keep the page waiting.
_MOST_FOLDERS = 2000
_MOST_DESIGN_BYTES = 1024 * 1024  # Designs take some kB; a larger TOML file is another program's.
# Those of 200 modes with light curves take 20 MB; three times as much is read within seconds.
_MOST_RESULTS_BYTES = 64_000_000
# The page lists every mode with all its columns; a browser draws this table within a second.
_MOST_MODES_SHOWN = 2000
# Of results this is read in 0.02 s, within what a page waits without noticing.
_LIGHT_BYTES = 1_000_000
# Of all files that a list is made of: a folder of designs has some hundreds of kB. Those beyond
# are called designs, and say what they are when they are opened.
_MOST_LISTED_BYTES = 8_000_000


@dataclass(frozen=True)
class Workspace:
    """The folder that the explorer may read, and what it opens first.

    Attributes
    ----------
    folder : Path or None
        None: nothing may be read.
    first : str or None
        Name within the folder of what to open first; None: the quickstart.
    agreed : frozenset of str
        Digests of scripts that may run though they did not come with the package.
    """

    folder: Path | None
    first: str | None
    agreed: frozenset[str] = frozenset()

    @classmethod
    def of(cls, given: Path | None, folder: Path | None = None) -> Workspace:
        """The workspace of the command's argument.

        Parameters
        ----------
        given : Path or None
            What is opened first: a file, or a folder that holds one.
        folder : Path or None
            What may be read; None: the folder itself, or that of the file.

        Raises
        ------
        InputError
            If it does not exist, cannot be opened, or lies outside the folder.
        """
        if folder is not None:
            return cls._within(given, folder)
        if given is None:
            return cls(None, None)
        if not given.exists():
            raise InputError(
                f"{given}: no such file or folder; give a design.toml, a results.json or a folder "
                "of results"
            )
        workspace = (
            cls(given.resolve(), None)
            if given.is_dir()
            else cls(given.resolve().parent, given.name)
        )
        if workspace.first is None:
            names = [entry["name"] for entry in workspace.listing()]
            if not names:
                raise InputError(f"{given}: holds no design (*.toml), results.json or study")
            preferred = [
                name for name in ("results.json", "study.toml", "design.toml") if name in names
            ]
            workspace = cls(workspace.folder, (preferred or names)[0])
        workspace.opened(workspace.first)
        return workspace

    @classmethod
    def _within(cls, given: Path | None, folder: Path) -> Workspace:
        if not folder.is_dir():
            raise InputError(f"--folder {folder}: no such folder")
        if given is None:
            return cls.of(folder)
        if given.is_dir() or not given.exists():
            raise InputError(f"{given}: no such file; with --folder, name the file to open first")
        if not given.resolve().is_relative_to(folder.resolve()):
            raise InputError(f"--folder {folder}: {given} does not lie in it")
        workspace = cls(folder.resolve(), given.resolve().relative_to(folder.resolve()).as_posix())
        workspace.opened(workspace.first)
        return workspace

    def listing(self) -> list[dict[str, str]]:
        """Designs, results and studies in the folder and three levels below, the nearest first."""
        if self.folder is None:
            return []
        found: list[dict[str, str]] = []
        left = _MOST_LISTED_BYTES
        for path in _candidates(self.folder):
            kind = None
            if path.resolve().is_relative_to(self.folder):
                left -= _size(path) if path.suffix == ".toml" else 0
                kind = _kind(path) if left >= 0 else _kind_by_name(path)
            if kind is not None:
                found.append({"name": path.relative_to(self.folder).as_posix(), "kind": kind})
            if len(found) == _MOST_LISTED:
                break
        return found

    def opened(self, name: str | None) -> dict[str, Any]:
        """The content of one item: its design, and the results or study points that come with it.

        Parameters
        ----------
        name : str or None
            Within the folder; None for the quickstart.

        Returns
        -------
        dict
            name, kind, design (the tables), source (file that relative names refer to), results or
            points.

        Raises
        ------
        InputError
            If it is elsewhere, absent, too large or of no known kind.
        """
        if name is None:
            return {"name": "quickstart", "kind": "design", "design": quickstart(), "source": None}
        path = self._file(name)
        kind = _kind(path)
        if kind == "results":
            return _results(path, name)
        if kind == "study":
            assert self.folder is not None
            from ..study_points import opened_study

            return {"name": name, "kind": "study", **opened_study(path, self.folder, self.agreed)}
        if kind == "design":
            return {"name": name, "kind": "design", "design": _toml(path), "source": str(path)}
        raise InputError(f"{name[:80]!r}: neither a design, a results.json nor a study")

    def _file(self, name: str) -> Path:
        """A file of the folder by its name."""
        if self.folder is None:
            raise InputError(f"{name[:80]!r}: the explorer was given no folder to read from")
        path = inside(self.folder, name)
        if not path.is_file():
            raise InputError(
                f"{name[:80]!r}: no such file in the folder that the explorer was given"
            )
        return path

    def takes_long(self, name: str | None) -> bool:
        """Whether opening an item may take seconds: large results, and studies, of which every
        record is read.

        Raises
        ------
        InputError
            If it is elsewhere or absent.
        """
        if name is None:
            return False
        path = self._file(name)
        kind = _kind(path)
        return kind == "study" or (kind == "results" and path.stat().st_size > _LIGHT_BYTES)

    def opened_point(self, name: str, point: int) -> Mapping[str, Any]:
        """The design of one point of a study in the folder.

        Raises
        ------
        InputError
            As `opened` does, and if there is no such point.
        """
        path = self._file(name)
        if _kind(path) != "study":
            raise InputError(
                f"{name[:80]!r}: no such study in the folder that the explorer was given"
            )
        assert self.folder is not None
        from ..study_points import design_of_point

        return design_of_point(path, self.folder, point, self.agreed)


def quickstart() -> dict[str, Any]:
    """The design of the README's quickstart, which ships with the package."""
    return tomllib.loads(
        (resources.files("cavitydesign.app") / "page" / "quickstart.toml").read_text(
            encoding="utf-8"
        )
    )


def _candidates(folder: Path) -> Iterator[Path]:
    """Files by name, level by level; hidden folders and links to folders are not entered."""
    level, visited = [folder], 0
    for _ in range(_DEEPEST + 1):
        below: list[Path] = []
        for folder_here in level:
            visited += 1
            entries = _entries(folder_here) if visited <= _MOST_FOLDERS else []
            below += [
                one
                for one in entries
                if one.is_dir() and not one.is_symlink() and not one.name.startswith((".", "__"))
            ]
            yield from (
                one for one in entries if one.suffix == ".toml" or one.name == "results.json"
            )
        level = below


def _entries(folder: Path) -> list[Path]:
    try:
        return sorted(folder.iterdir())
    except OSError:
        return []


def _toml(path: Path) -> dict[str, Any]:
    from ...design import read_toml

    try:
        return read_toml(path)
    except InputError as error:
        reason = error.problems[0].removeprefix(f"{path}: ")
        raise InputError(f"{path.name}: not a readable TOML file ({reason})") from None


def _kind(path: Path) -> str | None:
    """What a file is, by its name and its tables."""
    if path.suffix == ".json":
        return "results"
    try:
        found = path.stat()
        if path.suffix != ".toml" or found.st_size > _MOST_DESIGN_BYTES:
            return None
        if not stat.S_ISREG(found.st_mode):
            return None
        tables: Mapping[str, Any] = _toml(path)
    except OSError:
        return None
    except InputError:
        return "design"  # opening it will say what is wrong with it
    if "cavity" in tables:
        return "design"
    return "study" if "design" in tables and "axes" in tables else None


def _kind_by_name(path: Path) -> str | None:
    """What a file is called, where it is not looked into."""
    if path.suffix == ".json":
        return "results"
    return "design" if _size(path) <= _MOST_DESIGN_BYTES and path.is_file() else None


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except OSError:
        return 0


def _results(path: Path, name: str) -> dict[str, Any]:
    """What the page shows of results: nothing else of the file is sent."""
    from ...visualise.result_record import load_results

    if (size := _size(path)) > _MOST_RESULTS_BYTES:
        raise InputError(
            f"{name}: {size / 1e6:.3g} MB; the explorer opens results of at most "
            f"{_MOST_RESULTS_BYTES / 1e6:g} MB; ask for fewer modes, or read the file in Python"
        )
    content = load_results(path, _MOST_RESULTS_BYTES)
    modes = content.get("modes")
    listed = modes.get("modes") if isinstance(modes, Mapping) else None
    if isinstance(listed, list) and len(listed) > _MOST_MODES_SHOWN:
        raise InputError(
            f"{name}: {len(listed)} modes; the explorer shows at most {_MOST_MODES_SHOWN}; ask for "
            "fewer, or read the file in Python"
        )
    design = content.get("input")
    if not isinstance(design, Mapping) or "cavity" not in design:
        raise InputError(f"{name}: this results.json does not hold the design that it came from")
    return {
        "name": name,
        "kind": "results",
        "design": design,
        "source": str(path),
        "results": {key: content[key] for key in ("modes", "lasing") if key in content},
    }
