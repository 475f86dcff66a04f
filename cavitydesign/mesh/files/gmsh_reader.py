"""Sections as gmsh has them: .msh files, and .geo, .step and .brep files that it meshes first.

Read through gmsh's own interface, which keeps the names of regions and curves also for curved
elements.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from ...arrays import Array, IntArray
from ...errors import InputError
from .flat import flat_positions
from .gmsh_session import gmsh_model
from .section_files import MESH_SUFFIXES, SOLID_SUFFIXES
from .splitting import FileElements, FileMesh

# Nodes along all curves above which a shape is not meshed: the surface would get
# hundreds of thousands of elements.
_MOST_CURVE_NODES = 2000
# First words of gmsh's names of the kinds of elements.
_SIDES = {"Triangle": 3, "Quadrilateral": 4}


@dataclass(frozen=True)
class Meshing:
    """How gmsh meshes a shape.

    Parameters
    ----------
    degree : int
        Of the geometry of the elements.
    size_factor : float
        On the element sizes that the file asks for: those of second-order elements, and ours are of
        higher order.
    quadrilaterals : bool
        Whether triangles are joined to quadrilaterals where that works.
    parameters : mapping of str to float
        Values for the constants of a .geo file (DefineConstant).
    """

    degree: int = 7
    size_factor: float = 4.0
    quadrilaterals: bool = False
    parameters: Mapping[str, float] | None = None


def gmsh_file(path: Path, meshing: Meshing, before: Callable[[], None] = lambda: None) -> FileMesh:
    """Elements, regions and tagged curves of a file, read by gmsh in this process.

    Parameters
    ----------
    path : Path
    meshing : Meshing
    before : callable
        What is done between the start of gmsh and the first look at the file.

    Raises
    ------
    InputError
        One line: file and what is wrong with it.
    MissingLibraryError
        If gmsh cannot be loaded.
    """
    with gmsh_model("section") as gmsh:
        before()
        try:
            _open(gmsh, path, meshing)
        except InputError:
            raise
        except Exception as error:  # gmsh raises plain exceptions with its last message
            text = " ".join(str(error).split()) or "gmsh cannot read it"
            raise InputError(f"{path}: {text[:160]}") from None
        return gmsh_contents(gmsh, str(path))


def _open(gmsh: Any, path: Path, meshing: Meshing) -> None:
    if path.suffix in MESH_SUFFIXES:
        gmsh.merge(str(path))
        return
    for name, value in (meshing.parameters or {}).items():
        gmsh.parser.setNumber(name, [float(value)])
    gmsh.logger.start()
    gmsh.merge(str(path))
    problems = [line for line in gmsh.logger.get() if line.startswith("Error")]
    gmsh.logger.stop()
    if problems:
        raise InputError(f"{path}: {' '.join(problems[0].split())[:160]}")
    if path.suffix in SOLID_SUFFIXES:  # each face has curves of its own until equal ones are joined
        gmsh.model.occ.removeAllDuplicates()
        gmsh.model.occ.synchronize()
    mesh_shape(gmsh, meshing, str(path))


def mesh_shape(gmsh: Any, meshing: Meshing, source: str = "section") -> None:
    """Mesh the current model with elements whose edges follow the curves.

    Raises
    ------
    InputError
        If the curves alone would take thousands of elements.
    """
    gmsh.option.setNumber("Mesh.MeshSizeFactor", meshing.size_factor)
    gmsh.option.setNumber("Mesh.ElementOrder", 1)
    if meshing.quadrilaterals:
        gmsh.option.setNumber("Mesh.RecombineAll", 1)
        gmsh.option.setNumber("Mesh.Algorithm", 8)
    gmsh.model.mesh.generate(1)
    count = len(gmsh.model.mesh.getNodes()[0])
    if count > _MOST_CURVE_NODES:
        raise InputError(
            f"{source}: {count} elements along its curves; the element sizes are far too small "
            "for the section"
        )
    gmsh.model.mesh.generate(2)
    gmsh.model.mesh.setOrder(meshing.degree)


def gmsh_contents(gmsh: Any, source: str) -> FileMesh:
    """Elements, regions and tagged curves of gmsh's current model.

    Raises
    ------
    InputError
        One line that begins with the source.
    """
    tags, coordinates, _ = gmsh.model.mesh.getNodes()
    if len(tags) == 0:
        raise InputError(f"{source}: no nodes; a section needs a mesh, or surfaces to mesh")
    xyz = np.asarray(coordinates).reshape(-1, 3)
    positions = flat_positions(xyz, source)
    row_of = np.full(int(max(tags)) + 1, -1)
    row_of[np.asarray(tags, dtype=np.int64)] = np.arange(len(tags))
    ungrouped = not _script(source) and not gmsh.model.getPhysicalGroups(2)
    names, region_of = _numbered(gmsh) if ungrouped else _regions(gmsh, source)
    groups = []
    for _, surface in gmsh.model.getEntities(2):
        kinds, _, nodes = gmsh.model.mesh.getElements(2, surface)
        for kind, flat in zip(kinds, nodes, strict=True):
            if surface not in region_of:
                raise InputError(
                    f"{source}: surface {surface} has no physical name; name every surface, such "
                    'as Physical Surface("body")'
                )
            groups.append(
                _elements(
                    gmsh,
                    kind,
                    row_of[np.asarray(flat, dtype=np.int64)],
                    region_of[surface],
                    source,
                )
            )
    if not groups:
        raise InputError(
            f"{source}: no triangles or quadrilaterals; a section needs a mesh of its surfaces"
        )
    return FileMesh(positions, tuple(groups), names, _curves(gmsh, row_of))


def _script(source: str) -> bool:
    """Whether a file is a script, whose author can name the surfaces in it."""
    return Path(source).suffix.startswith(".geo")


def _regions(gmsh: Any, source: str) -> tuple[tuple[str, ...], dict[int, int]]:
    """Names of the regions, and the region of each surface; a group that has only a number is
    "surface 10".
    """
    names: list[str] = []
    region_of: dict[int, int] = {}
    for dimension, group in gmsh.model.getPhysicalGroups(2):
        name = gmsh.model.getPhysicalName(dimension, group) or f"surface {group}"
        if name not in names:
            names.append(name)
        for surface in gmsh.model.getEntitiesForPhysicalGroup(dimension, group):
            if region_of.get(int(surface), names.index(name)) != names.index(name):
                raise InputError(
                    f"{source}: surface {surface} has two names, {names[region_of[int(surface)]]} "
                    f"and {name}"
                )
            region_of[int(surface)] = names.index(name)
    return tuple(names), region_of


def _numbered(gmsh: Any) -> tuple[tuple[str, ...], dict[int, int]]:
    """Regions of a file that has no groups of surfaces: "surface 1", "surface 2"."""
    surfaces = [int(tag) for _, tag in gmsh.model.getEntities(2)]
    return tuple(f"surface {tag}" for tag in surfaces), {
        tag: number for number, tag in enumerate(surfaces)
    }


def _elements(gmsh: Any, kind: int, nodes: IntArray, region: int, source: str) -> FileElements:
    name, _, degree, count, local, _ = gmsh.model.mesh.getElementProperties(kind)
    sides = _SIDES.get(name.split()[0])
    if sides is None:
        raise InputError(
            f"{source}: elements of kind {name!r}; allowed are triangles and quadrilaterals"
        )
    numbers = nodes.reshape(-1, count)
    if numbers.min() < 0:
        raise InputError(f"{source}: an element uses a node that the file does not have")
    reference: Array = np.asarray(local).reshape(-1, 2)
    return FileElements(sides, int(degree), reference, numbers, np.full(len(numbers), region))


def _curves(gmsh: Any, row_of: IntArray) -> dict[str, IntArray]:
    """Point pairs of the elements of each named curve."""
    curves: dict[str, list[IntArray]] = {}
    for dimension, group in gmsh.model.getPhysicalGroups(1):
        name = gmsh.model.getPhysicalName(dimension, group) or f"curve {group}"
        for curve in gmsh.model.getEntitiesForPhysicalGroup(dimension, group):
            kinds, _, nodes = gmsh.model.mesh.getElements(1, curve)
            for kind, flat in zip(kinds, nodes, strict=True):
                count = gmsh.model.mesh.getElementProperties(kind)[3]
                curves.setdefault(name, []).append(
                    row_of[np.asarray(flat, dtype=np.int64)].reshape(-1, count)[:, :2]
                )
    return {name: np.concatenate(parts) for name, parts in curves.items()}
