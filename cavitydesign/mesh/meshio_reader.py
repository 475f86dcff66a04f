"""Sections in the formats of meshio: its cells and named groups as a section's elements, regions
and curves.
"""

from __future__ import annotations

import contextlib
import io
from pathlib import Path
from typing import Any

import numpy as np

from ..errors import InputError
from .section import IntArray
from .splitting import FileElements, FileMesh

_TRIANGLES = {"triangle": 1, "triangle6": 2}
_SQUARES = {"quad": 1, "quad8": 2, "quad9": 2}
_LINES = ("line", "line3", "line4", "line5", "line6")
_TRIANGLE_NODES = np.array([[0, 0], [1, 0], [0, 1], [0.5, 0], [0.5, 0.5], [0, 0.5]])
_SQUARE_NODES = np.array(
    [[-1, -1], [1, -1], [1, 1], [-1, 1], [0, -1], [1, 0], [0, 1], [-1, 0], [0, 0]], dtype=float
)
_IDLE = ("vertex", *_LINES)


def read_meshio(path: Path) -> FileMesh:
    """Elements, regions and tagged curves of a file that meshio reads.

    Regions are cell sets, or integer cell data (physical, medit:ref, ...) with the names of
    `field_data`; numbers without a name are called "region 1", "region 2".

    Raises
    ------
    InputError
        One line: file and what is wrong with it.
    """
    import meshio

    quiet = io.StringIO()
    try:
        with contextlib.redirect_stdout(quiet), contextlib.redirect_stderr(quiet):
            mesh = meshio.read(path)
    except (
        SystemExit,
        Exception,
    ) as error:  # meshio exits the process on a format that it does not know
        said = (
            " ".join(str(error).split())
            if str(error) not in ("", "1")
            else " ".join(quiet.getvalue().split())
        )
        if isinstance(error, LookupError):  # whose text is the bare key
            said = f"it holds {said[:60]}, which meshio does not know (an unknown kind of element, or a damaged file)"
        raise InputError(
            f"{path}: meshio cannot read it: {said[:140] or type(error).__name__}"
        ) from None
    points = np.asarray(mesh.points, dtype=float)
    if points.ndim != 2 or points.shape[0] == 0:
        raise InputError(f"{path}: no points")
    size = float(np.ptp(points, axis=0).max())
    if points.shape[1] == 3 and float(np.ptp(points[:, 2])) > 1e-6 * size:
        raise InputError(
            f"{path}: not flat: x is the distance from the axis, y runs along it, and all points have one z"
        )
    names, labels = _labels(mesh, path)
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
            name = names.get((2, int(number)), f"region {number}")
            if name not in regions:
                regions.append(name)
            region[label == number] = regions.index(name)
        groups.append(_elements(path, block.type, cells, region))
    if not groups:
        raise InputError(
            f"{path}: no triangles or quadrilaterals; a section needs a mesh of its surfaces"
        )
    boundary = {name: np.concatenate(parts) for name, parts in curves.items()}
    return FileMesh(points[:, :2].copy(), tuple(groups), tuple(regions), boundary)


def _elements(path: Path, kind: str, cells: IntArray, region: IntArray) -> FileElements:
    count = cells.shape[1]
    if kind in _TRIANGLES:
        return FileElements(3, _TRIANGLES[kind], _TRIANGLE_NODES[:count], cells, region)
    if kind in _SQUARES:
        return FileElements(4, _SQUARES[kind], _SQUARE_NODES[:count], cells, region)
    allowed = ", ".join((*_TRIANGLES, *_SQUARES))
    raise InputError(
        f"{path}: cells of kind {kind!r}; allowed are {allowed}; finer ones through .msh and gmsh"
    )


def _labels(mesh: Any, path: Path) -> tuple[dict[tuple[int, int], str], list[IntArray]]:
    """Names by (dimension, number), and the number of each cell of each block."""
    names = {
        (int(value[1]), int(value[0])): str(name)
        for name, value in mesh.field_data.items()
        if len(value) == 2
    }
    for key in (
        "gmsh:physical",
        "medit:ref",
        "cell_tags",
        "physical",
        "region",
        "material",
        "medium",
    ):
        if key in mesh.cell_data:
            found = [np.asarray(part).ravel().astype(np.int64) for part in mesh.cell_data[key]]
            if key == "cell_tags":
                tags = getattr(mesh, "cell_tags", {})
                names |= {
                    (2, int(number)): "_".join(map(str, text)) for number, text in tags.items()
                }
            return names, found
    labels = [np.zeros(len(block.data), dtype=np.int64) for block in mesh.cells]
    for number, (name, parts) in enumerate(sorted(mesh.cell_sets.items()), start=1):
        for label, part in zip(labels, parts, strict=True):
            if part is not None and len(part):
                label[np.asarray(part, dtype=np.int64)] = number
        names |= {(1, number): str(name), (2, number): str(name)}
    if not mesh.cell_sets:
        raise InputError(
            f"{path}: no names of regions; give cell sets or integer cell data named physical or region"
        )
    plane = [
        label for block, label in zip(mesh.cells, labels, strict=True) if block.type not in _IDLE
    ]
    if any((label == 0).any() for label in plane):
        raise InputError(f"{path}: an element belongs to no cell set; name every region")
    return names, labels
