"""Sections in the formats of meshio: its cells and named groups as a section's elements, regions
and curves.
"""

from __future__ import annotations

import contextlib
import io
import re
from pathlib import Path
from typing import Any

import numpy as np

from ...arrays import IntArray
from ...errors import InputError
from .abaqus import abaqus_sets, know_plane_elements
from .flat import flat_positions
from .splitting import SQUARE_POINTS, TRIANGLE_POINTS, FileElements, FileMesh

# Degrees of the elements that are read, by meshio's names, and reference positions of their nodes
# in meshio's order.
_TRIANGLES = {"triangle": 1, "triangle6": 2}
_SQUARES = {"quad": 1, "quad8": 2, "quad9": 2}
_LINES = ("line", "line3", "line4", "line5", "line6")
_IDLE = ("vertex", *_LINES)
# Cell data that number the regions, by the names that meshio gives them for each format, those of
# people before those of programs; in lower letters, the first that is there counts.
_REGION_DATA = (
    "region",
    "medium",
    "material",
    "physical",
    "gmsh:physical",
    "medit:ref",
    "cell_tags",
    "netgen:index",
    "nastran:ref",
    "avsucd:material",
    "su2:tag",
    "ugrid:ref",
    "obj:group_ids",
    "flac3d:group",
    "cellentityids",
    "gmsh:geometrical",
)
# Formats of which meshio gives one block of cells for each region, and no names.
_BLOCK_FORMATS = (".e", ".ex2", ".exo")
# Formats that hold no regions, or of which meshio reads none of them. Told before they are read:
# meshio takes minutes over a large .wkt.
_WITHOUT_REGIONS = (
    *(".cgns", ".h5m", ".neuroglancer", ".off", ".ply", ".post", ".dato", ".stl", ".su2", ".svg"),
    *(".ele", ".mdpa", ".node", ".wkt", ".xml"),
)
_WITH_REGIONS = ".msh, .med, .vtu, .vtk, .xdmf, .inp, .mesh, .bdf, .exo, .ugrid, .avs, .vol"
_LIBRARIES = ("netCDF4", "h5py", "lxml")  # that meshio takes if they are there
_MADE_UP = re.compile(r"cd\d+_\d+")  # names that meshio gives to numbers of .vol files
_MOST_REGIONS = 50  # numbers that differ from cell to cell are no regions


def read_meshio(path: Path) -> FileMesh:
    """Elements, regions and tagged curves of a file that meshio reads.

    Regions are cell sets, or cell data of whole numbers (region, physical, medit:ref, ...) with the
    names of `field_data`; numbers without a name are called "region 1", "region 2", in a .msh file
    "surface 1", "surface 2" as gmsh has them.

    Raises
    ------
    InputError
        One line: file and what is wrong with it.
    """
    import meshio

    suffix = path.suffix.lower()
    if suffix in _WITHOUT_REGIONS:
        raise InputError(
            f"{path}: {suffix} files do not say which element belongs to which region; save the "
            f"mesh as one of {_WITH_REGIONS}"
        )
    known = meshio.extension_to_filetypes
    if suffix not in known and "".join(path.suffixes[-2:]).lower() not in known:
        raise InputError(
            f"{path}: meshio cannot read it: an unknown kind of file; sections are .geo, .step, "
            f".brep, or meshes such as {_WITH_REGIONS}"
        )
    quiet = io.StringIO()
    if suffix == ".inp":
        know_plane_elements()
    try:
        with contextlib.redirect_stdout(quiet), contextlib.redirect_stderr(quiet):
            mesh = meshio.read(path)
    except (
        SystemExit,
        Exception,
    ) as error:  # meshio exits the process on a format that it does not know
        raise InputError(f"{path}: meshio cannot read it: {_said(error, quiet)}") from None
    points = np.asarray(mesh.points, dtype=float)
    if points.ndim != 2 or points.shape[0] == 0 or points.shape[1] not in (2, 3):
        raise InputError(f"{path}: no points with two or three coordinates")
    flat = flat_positions(points, str(path))
    if all(block.type in _IDLE or not len(block.data) for block in mesh.cells):
        raise InputError(
            f"{path}: no triangles or quadrilaterals that meshio reads from this format; a section "
            "needs a mesh of its surfaces"
        )
    names, labels = _labels(mesh, path)
    kind = "surface" if path.suffix in (".msh", ".msh2", ".msh4") else "region"
    groups, regions = [], list[str]()
    curves: dict[str, list[IntArray]] = {}
    for block, label in zip(mesh.cells, labels, strict=True):
        cells = np.asarray(block.data, dtype=np.int64)
        if cells.size and (cells.min() < 0 or cells.max() >= len(points)):
            raise InputError(f"{path}: an element uses a point that the file does not have")
        if block.type in _LINES:
            for number in np.unique(label):
                curves.setdefault(names.get((1, int(number)), f"curve {number}"), []).append(
                    cells[label == number, :2]
                )
        if block.type in _IDLE or not cells.size:
            continue
        region = np.empty(len(cells), dtype=np.int64)
        for number in np.unique(label):
            name = names.get((2, int(number)), f"{kind} {number}")
            if name not in regions:
                regions.append(name)
            region[label == number] = regions.index(name)
        groups.append(_elements(path, block.type, cells, region))
    boundary = {name: np.concatenate(parts) for name, parts in curves.items()}
    return FileMesh(flat, tuple(groups), tuple(regions), boundary)


def _said(error: BaseException, quiet: io.StringIO) -> str:
    """What a failure of meshio's means, in one line."""
    if isinstance(error, ModuleNotFoundError) and error.name in _LIBRARIES:
        return f"it needs the library {error.name} for this format (pip install {error.name})"
    said = " ".join(str(error).split())
    if isinstance(error, LookupError) and " " not in said:  # whose text is the bare key
        return (
            f"it holds {said[:60]}, which meshio does not know (an unknown kind of element, or a "
            "damaged file)"
        )
    if said in ("", "1"):
        said = " ".join(quiet.getvalue().split())
    return said[:140] or f"{type(error).__name__} (a damaged file?)"


def _elements(path: Path, kind: str, cells: IntArray, region: IntArray) -> FileElements:
    count = cells.shape[1]
    if kind in _TRIANGLES:
        return FileElements(3, _TRIANGLES[kind], TRIANGLE_POINTS[:count], cells, region)
    if kind in _SQUARES:
        return FileElements(4, _SQUARES[kind], SQUARE_POINTS[:count], cells, region)
    allowed = ", ".join((*_TRIANGLES, *_SQUARES))
    raise InputError(
        f"{path}: cells of kind {kind!r}; allowed are {allowed}; finer ones through .msh and gmsh"
    )


def _labels(mesh: Any, path: Path) -> tuple[dict[tuple[int, int], str], list[IntArray]]:
    """Names by (dimension, number), and the number of each cell of each block."""
    names = _names(mesh)
    found = _numbers(mesh, path)
    if found is not None:
        return names, found
    if path.suffix.lower() in _BLOCK_FORMATS:
        return names, _block_numbers(mesh)
    sets = mesh.cell_sets
    if path.suffix.lower() == ".inp":
        sets = abaqus_sets(path, [block.data.shape for block in mesh.cells]) or sets
    if not sets:
        raise InputError(
            f"{path}: no names of regions; give cell sets or integer cell data named physical or "
            f"region, in a format that keeps them ({_WITH_REGIONS})"
        )
    labels = [np.zeros(len(block.data), dtype=np.int64) for block in mesh.cells]
    for number, (name, parts) in enumerate(_widest_first(sets), start=1):
        for label, part in zip(labels, parts, strict=True):
            if part is not None and len(part):
                label[np.asarray(part, dtype=np.int64)] = number
        names |= {(1, number): str(name), (2, number): str(name)}
    plane = [
        label for block, label in zip(mesh.cells, labels, strict=True) if block.type not in _IDLE
    ]
    if any((label == 0).any() for label in plane):
        raise InputError(f"{path}: an element belongs to no cell set; name every region")
    return names, labels


def _widest_first(sets: Any) -> list[tuple[str, Any]]:
    """Sets with those of most cells first, so that the set of all cells of a file names none of a
    region's; equal ones by name.
    """
    size = {
        name: sum(len(part) for part in parts if part is not None) for name, parts in sets.items()
    }
    return sorted(sets.items(), key=lambda item: (-size[item[0]], item[0]))


def _block_numbers(mesh: Any) -> list[IntArray]:
    """The number of each cell's block among those of plane cells, from 1."""
    number, out = 0, []
    for block in mesh.cells:
        number += block.type not in _IDLE
        out.append(np.full(len(block.data), 0 if block.type in _IDLE else number))
    return out


def _names(mesh: Any) -> dict[tuple[int, int], str]:
    """Names by (dimension, number) from what formats keep beside the cells."""
    names = {}
    for name, value in mesh.field_data.items():
        pair = np.asarray(value, dtype=object).ravel()  # formats keep other things there too
        numbers = all(isinstance(one, int | np.integer) for one in pair)
        if pair.size == 2 and numbers and not _MADE_UP.fullmatch(str(name)):
            names[int(pair[1]), int(pair[0])] = str(name)
    for number, groups in getattr(mesh, "cell_tags", {}).items():  # the families of .med
        called = "_".join(map(str, groups))
        if called:
            names |= {(1, int(number)): called, (2, int(number)): called}
    return names


def _numbers(mesh: Any, path: Path) -> list[IntArray] | None:
    """The number of each cell of each block from the cell data that tell regions, if any does."""
    found = {}
    for key, parts in mesh.cell_data.items():
        numbers = [
            _whole(part, len(block.data)) for block, part in zip(mesh.cells, parts, strict=True)
        ]
        if all(one is not None for one in numbers):
            found[key] = [one for one in numbers if one is not None]
    lower = {key.lower(): key for key in found}
    for key in _REGION_DATA:
        if key in lower and _tells(mesh, found[lower[key]]):
            return found[lower[key]]
    rest = [
        key
        for key in found
        if _tells(mesh, found[key]) and len(np.unique(np.concatenate(found[key]))) <= _MOST_REGIONS
    ]
    if len(rest) > 1 and not mesh.cell_sets:
        raise InputError(
            f"{path}: which of its cell data tells the regions ({', '.join(rest)[:80]})? name it "
            "region"
        )
    if rest and not mesh.cell_sets:
        return found[rest[0]]
    return None


def _whole(part: Any, count: int) -> IntArray | None:
    """Cell data as whole numbers, one a cell; None where they are none."""
    if part is None:
        return np.zeros(count, dtype=np.int64)
    values = np.asarray(part)
    if values.size != count or values.dtype.kind not in "iuf":
        return None
    values = values.ravel()
    if values.dtype.kind == "f" and not (
        np.isfinite(values).all()
        and (values == np.rint(values)).all()
        and (abs(values) < 2**53).all()
    ):
        return None
    return values.astype(np.int64)


def _tells(mesh: Any, numbers: list[IntArray]) -> bool:
    """Whether some plane cell has a number: formats without regions write zeros, or -1."""
    plane = [one for block, one in zip(mesh.cells, numbers, strict=True) if block.type not in _IDLE]
    return any(((one != 0) & (one != -1)).any() for one in plane) or (
        len(np.unique(np.concatenate([np.zeros(0, dtype=np.int64), *plane]))) > 1
    )
