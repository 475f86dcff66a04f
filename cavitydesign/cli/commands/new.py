"""`cavitydesign new`: commented files to start from, out of the installed package."""

from __future__ import annotations

from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ...errors import InputError, nearest
from ..exit_codes import DONE, say

if TYPE_CHECKING:
    from importlib.resources.abc import Traversable


@dataclass(frozen=True)
class Starter:
    """Files that are written together, and the command that uses them.

    Attributes
    ----------
    names : tuple of str
        Files, as they are called in the folder that they are written to.
    command : str
        What to type next.
    tells : str
        One line about the kind.
    """

    names: tuple[str, ...]
    command: str
    tells: str


STARTERS = {
    "bottle": Starter(
        ("bottle.toml",), "cavitydesign run bottle.toml", "a bottle on a fibre, with its laser"
    ),
    "sphere": Starter(("sphere.toml",), "cavitydesign modes sphere.toml", "a glass sphere in air"),
    "section": Starter(
        ("section.toml", "microtoroid.geo", "size_field.geo"),
        "cavitydesign modes section.toml",
        "a toroid from a gmsh script",
    ),
    "study": Starter(
        ("study.toml", "bottle.toml"),
        "cavitydesign study run study.toml",
        "mode spacing and Q against the diameter of a bottle",
    ),
    "goal": Starter(
        ("goal.toml", "bottle.toml"),
        "cavitydesign design goal.toml",
        "the diameter that lases in a single mode",
    ),
}
# Files that stand in other folders of the repository and are copied into the wheel when it is made.
_ELSEWHERE = {name: Path("meshes", name) for name in ("microtoroid.geo", "size_field.geo")}

Kind = Annotated[
    str, typer.Argument(metavar="[KIND]", help=f"One of: {', '.join(STARTERS)}; default: bottle.")
]
Folder = Annotated[
    Path, typer.Option("--folder", metavar="DIR", help="Where the files go; default: here.")
]


def new(kind: Kind = "bottle", folder: Folder = Path()) -> int:
    """Write a commented design, study or goal to start from."""
    if kind not in STARTERS:
        raise InputError(
            f"{kind!r}: must be one of {', '.join(STARTERS)}{nearest(kind, tuple(STARTERS))}"
        )
    starter = STARTERS[kind]
    own, *other_names = starter.names
    if (folder / own).exists():
        raise InputError(
            f"{folder / own}: exists already and is not overwritten; move it, or give --folder"
        )
    # A study or goal after a design: the design that is there stays, and is what they use.
    kept = [name for name in other_names if (folder / name).exists()]
    contents = {name: _source(name).read_bytes() for name in starter.names if name not in kept}
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name, content in contents.items():
            _write_new(folder / name, content)
    except OSError as problem:
        raise InputError(f"{folder}: cannot be written: {problem.strerror}") from None
    say(f"written: {', '.join(str(folder / name) for name in contents)} ({starter.tells})")
    for name in kept:
        say(f"kept as it is: {folder / name}")
    change_folder = "" if folder == Path() else f"cd {folder} && "
    say(f"next: {change_folder}{starter.command}")
    return DONE


def _write_new(path: Path, content: bytes) -> None:
    """Write a file that is not there yet, whole or not at all.

    A link to nothing would lead the words to wherever it names, so it is refused as a file that is
    there.
    """
    stream = path.open("xb")
    try:
        with stream:
            stream.write(content)
    except BaseException:
        path.unlink(missing_ok=True)
        raise


def _source(name: str) -> Traversable | Path:
    """The file inside the package; in a checkout, some stand beside the package instead."""
    package = files("cavitydesign.cli") / "templates" / name
    if package.is_file() or name not in _ELSEWHERE:
        return package
    return Path(__file__).parents[3] / _ELSEWHERE[name]
