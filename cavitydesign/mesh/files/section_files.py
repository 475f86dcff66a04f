"""The files that a section reads: the section itself, what its script includes, the data files of
an .xdmf, what an Abaqus file includes; and their copies in an empty folder, for its reader.

Readers see the copies alone. So the files that are named here are all that can decide what a
section is, and what is checked is what is read.
"""

from __future__ import annotations

import re
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from ...errors import InputError
from ...texts import Refused, check_within
from .script import Script, read_script, rewritten, with_values

SCRIPT_SUFFIXES = (".geo", ".geo_unrolled")
MESH_SUFFIXES = (".msh", ".msh2", ".msh4")
SOLID_SUFFIXES = (".step", ".stp", ".brep")
SHAPE_SUFFIXES = (*SCRIPT_SUFFIXES, *SOLID_SUFFIXES)
GMSH_SUFFIXES = (*SHAPE_SUFFIXES, *MESH_SUFFIXES)
_NO_SCRIPTS = (*MESH_SUFFIXES, *SOLID_SUFFIXES)
# Files that a section may read, so that scripts which include each other in turns end.
_MOST_FILES = 100
# Of one file: a section of a few thousand elements takes below 1 MB.
LARGEST_BYTES = 200_000_000
# How .msh files begin. Under that name gmsh runs anything else as a script.
_MSH_BEGINS = (b"$MeshFormat", b"$Comments")
_DECIMAL_COMMA = re.compile(rb"\d{1,9},\d{1,9}")
_DATA_ITEM = re.compile(r"<DataItem\b([^>]*)>([^<]*)<", re.DOTALL | re.IGNORECASE)
_FORMAT = re.compile(r"""\bFormat\s*=\s*["'](\w+)["']""")
_INCLUDE = re.compile(r"^\s*\*\s*INCLUDE\b[^\n]*", re.MULTILINE | re.IGNORECASE)


def section_files(path: Path) -> tuple[Path, ...]:
    """All files that a section reads, each once, itself first.

    Raises
    ------
    InputError
        If a script names a file otherwise than in quotes, or there are too many.
    """
    return tuple(_named_files(path))


def _named_files(path: Path) -> dict[Path, list[Path]]:
    """All files that a section reads, and what each of them names."""
    found: dict[Path, list[Path]] = {}
    pending = [(path, path.suffix.lower() in (*SCRIPT_SUFFIXES, ".inc"))]
    while pending:
        one, script = pending.pop(0)
        if one in found:
            continue
        named = _named_in(one, script) if one.is_file() else []
        found[one] = named
        if len(found) > _MOST_FILES:
            raise InputError(f"{path}: reads more than {_MOST_FILES} files")
        # What a script includes is a script, whatever its name, unless it is a mesh or a solid.
        pending += [(inner, script and inner.suffix not in _NO_SCRIPTS) for inner in named]
    return found


def _named_in(path: Path, script: bool) -> list[Path]:
    """Files that a file names."""
    if script:
        return [file for _, file in read_script(path).named_files()]
    return [path.parent / name for name in _companions(path)]


def _companions(path: Path) -> list[str]:
    """Names of files that a mesh names beside itself."""
    suffix = path.suffix.lower()
    if suffix not in (".xdmf", ".xmf", ".inp") or path.stat().st_size > LARGEST_BYTES:
        return []
    text = path.read_text(errors="replace")
    if suffix == ".inp":
        return [match[0].split("=")[-1].strip() for match in _INCLUDE.finditer(text)]
    names = []
    for attributes, content in _DATA_ITEM.findall(text):
        form = _FORMAT.search(attributes)
        if form is not None and form[1] != "XML":
            names.append(content.strip().split(":")[0])
    return list(dict.fromkeys(names))


@dataclass(frozen=True, eq=False)
class Staged:
    """A section's copy in a folder of its own.

    Parameters
    ----------
    path : Path
        Of the copy.
    constants : mapping of str to float
        That gmsh takes before it reads.
    names : mapping of str to str
        What the copies are called, and their own names, for messages.
    """

    path: Path
    constants: Mapping[str, float]
    names: Mapping[str, str]

    def told(self, text: str) -> str:
        """A message with the files' own names."""
        for copy, own in self.names.items():
            text = text.replace(copy, own)
        return text


def stage(path: Path, folder: Path, parameters: Mapping[str, float]) -> Staged:
    """Check a section and what it reads, and copy all into a folder.

    Parameters
    ----------
    path : Path
    folder : Path
        Empty.
    parameters : mapping of str to float
        Values of a script's constants.

    Raises
    ------
    InputError
        One line: what is missing, too large, or not allowed in a section.
    """
    if path.suffix in SCRIPT_SUFFIXES:
        return _staged_script(path, folder, parameters)
    _check_file(path, path)
    if path.suffix in GMSH_SUFFIXES:
        copy = folder / f"section{path.suffix}"
        shutil.copyfile(path, copy)
        return Staged(copy, {}, {str(copy): str(path)})
    copies = {}
    for file in section_files(path):
        inside = PurePosixPath(
            file.relative_to(path.parent) if file.is_relative_to(path.parent) else file
        )
        if inside.is_absolute() or ".." in inside.parts:
            raise InputError(
                f"{path}: names {str(file)[:80]!r}, which does not lie in its own folder; data "
                "files"
                " are named beside the section or below it"
            )
        _check_file(file, path)
        copy = folder / inside
        copy.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(file, copy)
        copies[str(copy)] = str(file)
    return Staged(folder / path.name, {}, copies)


def _staged_script(path: Path, folder: Path, parameters: Mapping[str, float]) -> Staged:
    """Scripts under names of ours, with the values that the design gives."""
    files = _named_files(path)
    scripts: dict[Path, Script] = {}
    copies: dict[Path, Path] = {}
    _check_circles(path, files)
    for number, file in enumerate(files):
        _check_within_folder(file, path)
        _check_file(file, path)
        suffix = file.suffix if file.suffix in GMSH_SUFFIXES else ".geo"
        copies[file] = folder / f"{number}{suffix}"
        if suffix in SCRIPT_SUFFIXES:
            scripts[file] = read_script(file)
        else:
            shutil.copyfile(file, copies[file])
    known = frozenset().union(*(script.own_names() for script in scripts.values()))
    for script in scripts.values():
        script.check(known)
    changes, constants = with_values(scripts, parameters)
    for file, script in scripts.items():
        edits = list(changes[file])
        for token, named in script.named_files():
            edits.append((token.start, token.end, f'"{copies[named].name}"'))
        copies[file].write_text(rewritten(script.text, edits))
    return Staged(copies[path], constants, {str(copy): str(own) for own, copy in copies.items()})


def _check_within_folder(file: Path, section: Path) -> None:
    """Refuse a file elsewhere, links followed: a section reads its own folder and those below."""
    if file != section and not file.resolve().is_relative_to(section.parent.resolve()):
        raise InputError(
            f"{section}: names {str(file)[:80]!r}, which does not lie in its own folder; other "
            "files are named beside the section or below it"
        )


def _check_circles(path: Path, named: Mapping[Path, list[Path]]) -> None:
    """Refuse a script that includes itself by whatever way: gmsh would read for ever."""
    left = dict(named)
    while left:
        # Those that name nothing that is left are in no circle.
        ends = [one for one, inner in left.items() if not any(name in left for name in inner)]
        if not ends:
            raise InputError(f"{path}: its includes go round in a circle")
        for one in ends:
            del left[one]


def _check_file(file: Path, section: Path) -> None:
    """Regular, not too large; a .msh that is one; no options of gmsh's beside it."""
    if not file.is_file():
        raise InputError(f"{section}: reads {file}, which is no file")
    try:
        check_within(file)
    except Refused as error:
        raise InputError(f"{file}: {error}") from None
    if file.stat().st_size > LARGEST_BYTES:
        raise InputError(
            f"{file}: larger than {LARGEST_BYTES // 10**6} MB; a section needs a few thousand "
            "elements"
        )
    if file.suffix in GMSH_SUFFIXES and file.with_name(file.name + ".opt").exists():
        raise InputError(
            f"{file}: {file.name}.opt lies beside it: options of gmsh are not read with a section;"
            " put them into the script, or move the file"
        )
    if file.suffix in MESH_SUFFIXES:
        with file.open("rb") as start:
            head = start.read(20).lstrip()
        if not head.startswith(_MSH_BEGINS):
            raise InputError(f"{file}: no mesh: a .msh file begins with $MeshFormat")
    if file.suffix == ".brep" and (comma := _DECIMAL_COMMA.search(file.read_bytes())):
        # Its reader waits for the rest of such a number for ever.
        raise InputError(
            f"{file}: {comma[0].decode()!r}: a number with a decimal comma; .brep files have points"
        )
