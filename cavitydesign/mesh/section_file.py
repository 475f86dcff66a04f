"""A meridian section from a file, whatever its format."""

from __future__ import annotations

from pathlib import Path

from ..errors import InputError, MissingLibraryError, nearest
from .gmsh_process import read_gmsh
from .gmsh_reader import MESH_SUFFIXES, SHAPE_SUFFIXES, Meshing
from .meshio_reader import read_meshio
from .section import SectionMesh, check_section
from .splitting import conforming_mesh

_LARGEST_BYTES = 200_000_000


def read_section(path: Path, meshing: Meshing | None = None) -> SectionMesh:
    """Curved quadrilaterals, regions and tagged curves of a section.

    Parameters
    ----------
    path : Path
        .msh (formats 2 and 4), .geo, .step or .brep through gmsh, anything else through meshio; coordinates are um.
    meshing : Meshing or None
        How a .geo, .step or .brep file is meshed.

    Raises
    ------
    InputError
        One line: file and what is wrong with it.
    MissingLibraryError
        If gmsh is needed and cannot be loaded.
    """
    if not path.is_file():
        there = [file.name for file in path.parent.iterdir()] if path.parent.is_dir() else []
        raise InputError(f"{path}: no such file{nearest(path.name, there)}")
    if path.stat().st_size > _LARGEST_BYTES:
        raise InputError(f"{path}: larger than {_LARGEST_BYTES // 10**6} MB; a section needs a few thousand elements")
    if path.suffix in SHAPE_SUFFIXES:
        given = read_gmsh(path, meshing or Meshing())
    elif path.suffix in MESH_SUFFIXES:
        try:
            given = read_gmsh(path, Meshing())
        except MissingLibraryError:
            given = read_meshio(path)
    else:
        given = read_meshio(path)
    try:
        mesh = conforming_mesh(given)
    except InputError as error:
        raise InputError([f"{path}: {line}" for line in error.problems]) from None
    check_section(mesh, str(path))
    return mesh
