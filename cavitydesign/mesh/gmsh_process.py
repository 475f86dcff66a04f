"""gmsh in a process of its own: a damaged file can break it down (double free) or hold it up, but
not us.
"""

from __future__ import annotations

import dataclasses
import json
import os
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path
from typing import Any

import numpy as np

from ..errors import InputError, MissingLibraryError
from .gmsh_reader import Meshing, gmsh_file
from .splitting import FileElements, FileMesh

_LONGEST_SECONDS = 60.0


def read_gmsh(path: Path, meshing: Meshing) -> FileMesh:
    """Elements, regions and tagged curves of a .msh, .geo, .step or .brep file.

    Parameters
    ----------
    path : Path
    meshing : Meshing
        For shapes; a .msh file stays as it is.

    Raises
    ------
    InputError
        One line: file and what is wrong with it.
    MissingLibraryError
        If gmsh cannot be loaded.
    """
    root = str(Path(__file__).resolve().parents[2])
    paths = os.pathsep.join([root, *filter(None, [os.environ.get("PYTHONPATH")])])
    with tempfile.TemporaryDirectory() as folder:
        answer = Path(folder) / "mesh.npz"
        content = {
            "path": str(path),
            "answer": str(answer),
            "meshing": dataclasses.asdict(meshing),
            "parent": os.getpid(),
        }
        order = json.dumps(content)
        try:
            done = subprocess.run(
                [sys.executable, "-m", __name__],
                input=order,
                env={**os.environ, "PYTHONPATH": paths},
                capture_output=True,
                text=True,
                timeout=_LONGEST_SECONDS,
                check=False,
            )
        except subprocess.TimeoutExpired:
            raise InputError(f"{path}: gmsh did not finish within {_LONGEST_SECONDS:g} s") from None
        if answer.exists():
            return _load(answer)
    said = done.stdout.strip().splitlines()[-1:] or [""]
    kind, _, line = said[0].partition(" ")
    if kind == "input":
        raise InputError(line)
    if kind == "library":
        raise MissingLibraryError(line)
    raise InputError(
        f"{path}: gmsh broke down on it (exit code {done.returncode}); the file is damaged"
    )


def _load(file: Path) -> FileMesh:
    with np.load(file) as data:
        head = json.loads(str(data["head"]))
        groups = [
            FileElements(sides, degree, data[f"local{n}"], data[f"nodes{n}"], data[f"region{n}"])
            for n, (sides, degree) in enumerate(head["groups"])
        ]
        boundary = {name: data[f"curve{n}"] for n, name in enumerate(head["curves"])}
        return FileMesh(data["points"], tuple(groups), tuple(head["regions"]), boundary)


def _save(file: Path, mesh: FileMesh) -> None:
    arrays: dict[str, Any] = {"points": mesh.points}
    for n, group in enumerate(mesh.groups):
        arrays |= {f"local{n}": group.local, f"nodes{n}": group.nodes, f"region{n}": group.region}
    for n, pairs in enumerate(mesh.boundary.values()):
        arrays[f"curve{n}"] = pairs
    head = {
        "groups": [(group.sides, group.degree) for group in mesh.groups],
        "curves": list(mesh.boundary),
        "regions": mesh.region_names,
    }
    whole = file.with_name("part.npz")
    np.savez(whole, head=np.array(json.dumps(head)), **arrays)
    whole.replace(file)


def _serve() -> None:
    """The other side: one order on standard input, a file or one line in return."""
    order = json.loads(sys.stdin.read())
    threading.Thread(target=_end_with, args=(order["parent"],), daemon=True).start()
    try:
        _save(Path(order["answer"]), gmsh_file(Path(order["path"]), Meshing(**order["meshing"])))
    except InputError as error:
        print("input", " ".join(str(error).splitlines()))
    except MissingLibraryError as error:
        print("library", error)


def _end_with(parent: int) -> None:
    """A command that was killed leaves no gmsh at work."""
    while os.getppid() == parent:
        time.sleep(0.2)
    os._exit(1)


if __name__ == "__main__":
    _serve()
