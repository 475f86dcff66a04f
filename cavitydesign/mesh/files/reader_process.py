"""gmsh and meshio in a process of their own, which may read the section and nothing else: a damaged
file can break them down or hold them up, and a hostile one has nobody to command.
"""

from __future__ import annotations

import contextlib
import io
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

from ...errors import InputError, MissingLibraryError
from ..confinement import MOST_MEMORY_BYTES, MOST_SECONDS, confine
from .gmsh_reader import Meshing, gmsh_file
from .meshio_reader import read_meshio
from .section_files import GMSH_SUFFIXES, Staged, stage
from .splitting import FileElements, FileMesh

# By the clock, on a busy machine: with the start and the end of the command less than a minute.
_LONGEST_SECONDS = 45.0
_WITH_HDF5 = (".xdmf", ".xmf", ".med", ".hmf", ".h5m", ".cgns")
_MOST_ELEMENTS = 60_000  # of a file; the solver ends at 250,000 unknowns


def read_file_mesh(path: Path, meshing: Meshing, with_meshio: bool = False) -> FileMesh:
    """Elements, regions and tagged curves of any section file.

    Parameters
    ----------
    path : Path
    meshing : Meshing
        For shapes; a mesh stays as it is.
    with_meshio : bool
        Whether meshio reads also what gmsh could.

    Raises
    ------
    InputError
        One line: file and what is wrong with it.
    MissingLibraryError
        If gmsh is needed and cannot be loaded.
    """
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        staging = Path(folder).resolve()
        staged = stage(path, staging, meshing.parameters or {})
        content = {
            "path": str(staged.path),
            "by": "gmsh" if path.suffix in GMSH_SUFFIXES and not with_meshio else "meshio",
            "degree": meshing.degree,
            "size_factor": meshing.size_factor,
            "quadrilaterals": meshing.quadrilaterals,
            "constants": dict(staged.constants),
            "parent": os.getpid(),
        }
        mesh = _answered(path, staging, staged, json.dumps(content))
    count = sum(len(group.nodes) for group in mesh.groups)
    if count > _MOST_ELEMENTS:
        raise InputError(
            f"{path}: {count} elements; up to {_MOST_ELEMENTS} are read, a section needs a few "
            "thousand"
        )
    return mesh


def _answered(path: Path, folder: Path, staged: Staged, order: str) -> FileMesh:
    # -P: the current folder's own modules are not imported; PYTHONPATH is the user's own, but an
    # empty or relative entry would be that folder again.
    root = str(Path(__file__).resolve().parents[3])
    given = [
        one for one in os.environ.get("PYTHONPATH", "").split(os.pathsep) if os.path.isabs(one)
    ]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([root, *given])}
    environment |= {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", "MKL_NUM_THREADS": "1"}
    try:
        done = subprocess.run(
            [sys.executable, "-P", "-m", __name__],
            input=order.encode(),
            cwd=folder,
            env=environment,
            capture_output=True,
            timeout=_LONGEST_SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise InputError(f"{path}: not read within {_LONGEST_SECONDS:g} s") from None
    kind, _, rest = done.stdout.partition(b"\n")
    if kind == b"mesh":
        return _loaded(rest)
    text = staged.told(rest.decode(errors="replace").strip())
    if kind == b"input":
        raise InputError(text)
    if kind == b"library":
        raise MissingLibraryError(text)
    limits = f"{MOST_MEMORY_BYTES / 1e9:g} GB or {MOST_SECONDS} s"
    raise InputError(
        f"{path}: its reader broke down on it (exit code {done.returncode}): the file is damaged, "
        "or"
        f" asks for more than {limits}"
    )


def _loaded(content: bytes) -> FileMesh:
    with np.load(io.BytesIO(content), allow_pickle=False) as data:
        head = json.loads(str(data["head"]))
        groups = [
            FileElements(sides, degree, data[f"local{n}"], data[f"nodes{n}"], data[f"region{n}"])
            for n, (sides, degree) in enumerate(head["groups"])
        ]
        boundary = {name: data[f"curve{n}"] for n, name in enumerate(head["curves"])}
        return FileMesh(data["points"], tuple(groups), tuple(head["regions"]), boundary)


def _packed(mesh: FileMesh) -> bytes:
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
    whole = io.BytesIO()
    np.savez(whole, head=np.array(json.dumps(head)), **arrays)
    return whole.getvalue()


def _serve() -> None:
    """What the child process does: it reads one order and answers with a mesh or one line."""
    order = json.loads(sys.stdin.read())
    threading.Thread(target=_end_with, args=(order["parent"],), daemon=True).start()
    answer = os.fdopen(os.dup(1), "wb")
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)  # libraries print what they like
    try:
        answer.write(b"mesh\n" + _packed(_read(order)))
    except InputError as error:
        answer.write(b"input\n" + " ".join(str(error).splitlines()).encode())
    except MissingLibraryError as error:
        answer.write(b"library\n" + str(error).encode())
    except MemoryError:
        line = f"{order['path']}: asks for more than {MOST_MEMORY_BYTES / 1e9:g} GB of memory"
        answer.write(b"input\n" + line.encode())
    answer.flush()
    os._exit(0)  # the libraries' own ends want what is given up


def _read(order: dict[str, Any]) -> FileMesh:
    path = Path(order["path"])
    readable = [path.parent, *_library_folders()]
    if order["by"] == "meshio":
        import meshio  # noqa: F401

        if path.suffix.lower() in _WITH_HDF5:
            with contextlib.suppress(ImportError):
                import h5py  # noqa: F401
        confine(readable)
        return read_meshio(path)
    meshing = Meshing(
        order["degree"], order["size_factor"], order["quadrilaterals"], order["constants"]
    )
    return gmsh_file(path, meshing, lambda: confine(readable))


def _library_folders() -> list[Path]:
    """Where Python and libraries lie, which may be loaded late."""
    own = [Path(one) for one in (*sys.path, sys.prefix, sys.base_prefix) if os.path.isabs(one)]
    system = [Path(one) for one in ("/lib", "/lib64", "/usr/lib", "/usr/lib64", "/dev/null")]
    return [one for one in (*own, *system) if one.exists()]


def _end_with(parent: int) -> None:
    """A command that was killed leaves no reader at work."""
    while os.getppid() == parent:
        time.sleep(0.2)
    os._exit(1)


if __name__ == "__main__":
    _serve()
