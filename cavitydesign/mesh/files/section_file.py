"""A meridian section from a file, whatever its format."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np

from ...errors import InputError, MissingLibraryError, nearest_file
from ..facets import facets_of
from ..locate import Locator
from ..section import SectionMesh, folded_elements
from .flat import without_doubles
from .gmsh_reader import Meshing
from .reader_process import read_file_mesh
from .section_check import check_section
from .section_files import LARGEST_BYTES, MESH_SUFFIXES, SHAPE_SUFFIXES
from .splitting import FileMesh, conforming_mesh

# Element size, over the one asked, below which a shape is not meshed more finely: curves that still
# fold then are a fault of the shape, and are told.
_LEAST_FACTOR = 0.2


def read_section(path: Path, meshing: Meshing | None = None, unit_um: float = 1.0) -> SectionMesh:
    """Curved quadrilaterals, regions and tagged curves of a section.

    Parameters
    ----------
    path : Path
        .msh (formats 2 and 4), .geo, .step or .brep through gmsh, anything else through meshio.
    meshing : Meshing or None
        How a .geo, .step or .brep file is meshed.
    unit_um : float
        Length of the coordinates' unit, um.

    Raises
    ------
    InputError
        One line: file and what is wrong with it.
    MissingLibraryError
        If gmsh is needed and cannot be loaded.
    """
    if not path.is_file():
        there = [file.name for file in path.parent.iterdir()] if path.parent.is_dir() else []
        raise InputError(f"{path}: no such file{nearest_file(path.name, there)}")
    if path.stat().st_size > LARGEST_BYTES:
        raise InputError(
            f"{path}: larger than {LARGEST_BYTES // 10**6} MB; a section needs a few thousand "
            "elements"
        )
    if path.suffix in SHAPE_SUFFIXES:
        mesh = _meshed(path, meshing or Meshing(), unit_um)
        check_section(mesh, str(path))
        return mesh
    given = without_doubles(_scaled(_read_mesh(path), unit_um))
    mesh = _conforming(path, given)
    check_section(mesh, str(path))
    if path.suffix not in MESH_SUFFIXES:
        check_points(path, mesh, given)
    return mesh


def check_points(path: Path, mesh: SectionMesh, given: FileMesh) -> None:
    """Refuse a file of which a point lies outside all elements: some are missing, and no name tells
    where the boundary is.
    """
    used = np.zeros(len(given.points), dtype=bool)
    for group in given.groups:
        used[group.nodes] = True
    idle = given.points[~used]
    if idle.size and (Locator(mesh).find(idle[:, 0], idle[:, 1])[0] < 0).any():
        raise InputError(
            f"{path}: {len(idle)} points belong to no element and lie outside; elements are "
            "missing, or points are left over: delete those that no element uses"
        )


def _read_mesh(path: Path) -> FileMesh:
    """A mesh file as it is; .msh through gmsh, or through meshio where gmsh cannot be loaded."""
    try:
        return read_file_mesh(path, Meshing())
    except MissingLibraryError:
        return read_file_mesh(path, Meshing(), with_meshio=True)


def _scaled(given: FileMesh, unit_um: float) -> FileMesh:
    """The mesh of a file with its positions in um."""
    return given if unit_um == 1.0 else replace(given, points=unit_um * given.points)


def _meshed(path: Path, meshing: Meshing, unit_um: float) -> SectionMesh:
    """A shape meshed by gmsh, finer where a coarse mesh would fold its curved elements."""
    factor = meshing.size_factor
    while True:
        given = _scaled(read_file_mesh(path, replace(meshing, size_factor=factor)), unit_um)
        mesh = _conforming(path, given)
        if factor < _LEAST_FACTOR * meshing.size_factor or not folded_elements(mesh).size:
            return mesh
        # Half of the area of the elements.
        factor *= 0.7


def _conforming(path: Path, given: FileMesh) -> SectionMesh:
    try:
        return replace(conforming_mesh(given), facets=facets_of(given))
    except InputError as error:
        raise InputError([f"{path}: {line}" for line in error.problems]) from None
