"""Sections meshed by gmsh and written in any format, unit, order and kind of naming, with the
oddities that real files have. For the sweep tests/benchmarks/mesh_sweep.py and quick tests.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import meshio
import numpy as np

UNITS_UM = {"nm": 1e-3, "um": 1.0, "mm": 1e3, "m": 1e6}
# Regions of a shape, inside first: (radius, index), and the index around it.
BALL = ("ball", ((5.0, 1.5),), 1.0)
SHELL = ("shell", ((4.7, 1.45), (5.0, 1.6)), 1.0)
TORUS = ("torus", ((1.5, 1.45),), 1.0)
CENTRE_UM = 6.5  # of the torus's section from the axis, with its radius 1.5 um
_FIRST_SURFACE = 40  # number of gmsh's surface before the inmost


@dataclass(frozen=True)
class Made:
    """What a mesh is to be.

    Parameters
    ----------
    suffix : str
        Of its file.
    shape : tuple
        One of the shapes of this module.
    order : int
    cells : {"triangles", "quadrilaterals", "both"}
    unit : str
    naming : {"named", "numbered", "unnamed"}
        Of its regions.
    binary : bool
    version : str
        Of a .msh file.
    oddity : str
        One of ODDITIES.
    size_um : float
        Of its elements at the rim; 0: short facets, or longer curved edges.
    """

    suffix: str
    shape: tuple[str, tuple[tuple[float, float], ...], float] = BALL
    order: int = 2
    cells: str = "triangles"
    unit: str = "um"
    naming: str = "numbered"
    binary: bool = False
    version: str = "4.1"
    oddity: str = ""
    size_um: float = 0.0


ODDITIES = (
    "off z = 0",
    "z in the third column",
    "tilted",
    "both halves",
    "upper half",
    "left over points",
    "reversed elements",
    "doubled points",
    "empty group",
    "lines and points",
    "no surround",
    "missing element",
    "serendipity",
    "shifted off the axis",
    "by VTK",
)


@dataclass
class _Flat:
    """Points, cells and region numbers of a section."""

    points: np.ndarray
    cells: list[tuple[str, np.ndarray]]
    regions: list[np.ndarray]
    names: tuple[str, ...]
    lines: list[tuple[str, np.ndarray]] = field(default_factory=list)
    line_tags: list[np.ndarray] = field(default_factory=list)


def region_names(made: Made) -> tuple[str, ...]:
    """Names of the regions from the inside outwards."""
    return (*("core", "body")[-len(made.shape[1]) :], "surround")


@contextmanager
def _gmsh() -> Iterator[Any]:
    import gmsh

    gmsh.initialize(interruptible=False)
    try:
        gmsh.option.setNumber("General.Terminal", 0)
        yield gmsh
    finally:
        gmsh.finalize()


def write(made: Made, path: Path) -> None:
    """Mesh a section and write it."""
    with _gmsh() as gmsh:
        _draw(gmsh, made)
        if path.suffix == ".msh" and made.oddity not in _BY_POINTS:
            _save(gmsh, made, path)
            return
        flat = _taken(gmsh, made)
    _write(made, _changed(made, flat), path)


def _draw(gmsh: Any, made: Made) -> None:
    """The section as a meshed model with physical groups 10, 20, 30 from the inside outwards."""
    occ = gmsh.model.occ
    name, bodies, _ = made.shape
    up = 37.0 if made.oddity == "off z = 0" else 0.0
    along = CENTRE_UM if name == "torus" else 0.0
    reach = bodies[-1][0]
    discs = [(2, occ.addDisk(along, up, 0, radius, radius)) for radius, _ in bodies]
    low, high = (up, reach + 2) if made.oddity == "upper half" else (up - reach - 2, 2 * reach + 4)
    wide = along + reach + 2
    inner = 2.0 if name == "torus" else 0.0
    box = (2, occ.addRectangle(inner, low, 0, wide - inner, high))
    if inner == 0 or made.oddity == "upper half":
        discs = [occ.intersect([disc], [box], removeTool=False)[0][0] for disc in discs]
    parts = occ.fragment([box], discs)[0]
    occ.synchronize()
    # a point of each region tells which surface it is
    surfaces = sorted(
        {tag for dimension, tag in parts if dimension == 2},
        key=lambda tag: gmsh.model.occ.getMass(2, tag),
    )
    by_radius = sorted(surfaces, key=lambda tag: _farthest(gmsh, tag, along, up))
    for number, tag in enumerate(by_radius, 1):
        gmsh.model.setTag(2, tag, _FIRST_SURFACE + number)
    by_radius = [_FIRST_SURFACE + number for number, _ in enumerate(by_radius, 1)]
    for number, (tag, called) in enumerate(zip(by_radius, region_names(made), strict=True), 1):
        group = gmsh.model.addPhysicalGroup(2, [tag], 10 * number)
        if made.naming == "named":
            gmsh.model.setPhysicalName(2, group, called)
    if made.naming == "unnamed":
        gmsh.model.removePhysicalGroups()
    if made.oddity in ("lines and points", "empty group"):
        curves = [tag for _, tag in gmsh.model.getBoundary([(2, by_radius[0])], oriented=False)]
        group = gmsh.model.addPhysicalGroup(1, curves, 5)
        gmsh.model.setPhysicalName(1, group, "rim")
        gmsh.model.addPhysicalGroup(0, [gmsh.model.getEntities(0)[0][1]], 7)
    if made.oddity == "empty group":
        gmsh.model.setPhysicalName(2, 90, "nothing")
    option = gmsh.option.setNumber
    size_um = made.size_um or (0.45 if made.order == 1 else 0.8)
    option("Mesh.MeshSizeMax", 2.5 * size_um)
    option("Mesh.MeshSizeMin", 0.2 * size_um)
    rim = [tag for one in by_radius[:-1] for _, tag in gmsh.model.getBoundary([(2, one)], False)]
    fine = gmsh.model.mesh.field
    distance = fine.add("Distance")
    fine.setNumbers(distance, "CurvesList", [abs(tag) for tag in rim])
    growth = fine.add("Threshold")
    fine.setNumber(growth, "InField", distance)
    for key, value in (("SizeMin", 1.0), ("SizeMax", 2.5), ("DistMin", 0.5), ("DistMax", 3.0)):
        length = value * (size_um if key.startswith("Size") else 1.0)
        fine.setNumber(growth, key, length)
    fine.setAsBackgroundMesh(growth)
    option("Mesh.MeshSizeExtendFromBoundary", 0)
    if made.cells != "triangles":
        option("Mesh.Algorithm", 8)
        option("Mesh.RecombineAll", 1)
        option("Mesh.SubdivisionAlgorithm", 1 if made.cells == "quadrilaterals" else 0)
    gmsh.model.mesh.generate(2)
    option("Mesh.SecondOrderIncomplete", float(_serendipity(made)))
    gmsh.model.mesh.setOrder(made.order)
    scale = 1.0 / UNITS_UM[made.unit]
    gmsh.model.mesh.affineTransform([scale, 0, 0, 0, 0, scale, 0, 0, 0, 0, scale, 0])


def _serendipity(made: Made) -> bool:
    """Whether quadrilaterals have no nodes inside, as these formats have it."""
    return made.oddity == "serendipity" or made.suffix in (".med", ".bdf", ".nas", ".fem")


def _farthest(gmsh: Any, surface: int, along: float, up: float) -> float:
    """How far a surface's box reaches from the centre of the bodies."""
    box = np.array(gmsh.model.occ.getBoundingBox(2, surface))
    return float(abs(box[[0, 1, 3, 4]] - np.array([along, up, along, up])).max())


def _save(gmsh: Any, made: Made, path: Path) -> None:
    gmsh.option.setNumber("Mesh.MshFileVersion", float(made.version))
    gmsh.option.setNumber("Mesh.Binary", float(made.binary))
    gmsh.write(str(path))


_KINDS = {
    2: "triangle",
    9: "triangle6",
    21: "triangle10",
    3: "quad",
    16: "quad8",
    10: "quad9",
    36: "quad16",
}


def _taken(gmsh: Any, made: Made) -> _Flat:
    tags, xyz, _ = gmsh.model.mesh.getNodes()
    place = np.zeros(int(max(tags)) + 1, dtype=np.int64)
    place[np.asarray(tags, dtype=np.int64)] = np.arange(len(tags))
    points = np.asarray(xyz).reshape(-1, 3)[:, :2].copy()
    found: dict[str, tuple[list[np.ndarray], list[np.ndarray]]] = {}
    for number, (_, surface) in enumerate(sorted(gmsh.model.getEntities(2)), 1):
        for kind, nodes in zip(*gmsh.model.mesh.getElements(2, surface)[::2], strict=True):
            count = gmsh.model.mesh.getElementProperties(kind)[3]
            rows = place[np.asarray(nodes, dtype=np.int64)].reshape(-1, count)
            cells, regions = found.setdefault(_KINDS[kind], ([], []))
            cells.append(rows)
            regions.append(np.full(len(rows), number))
    flat = _Flat(
        points,
        [(kind, np.concatenate(cells)) for kind, (cells, _) in found.items()],
        [np.concatenate(regions) for _, regions in found.values()],
        region_names(made),
    )
    for _, curve in gmsh.model.getEntities(1):
        for kind, nodes in zip(*gmsh.model.mesh.getElements(1, curve)[::2], strict=True):
            count = gmsh.model.mesh.getElementProperties(kind)[3]
            name = {2: "line", 3: "line3", 4: "line4"}[count]
            flat.lines.append((name, place[np.asarray(nodes, np.int64)].reshape(-1, count)))
            flat.line_tags.append(np.full(len(flat.lines[-1][1]), 100 + curve))
    return flat


_BY_POINTS = (
    "z in the third column",
    "tilted",
    "both halves",
    "left over points",
    "reversed elements",
    "doubled points",
    "no surround",
    "missing element",
    "shifted off the axis",
)


def _changed(made: Made, flat: _Flat) -> _Flat:
    """The section with its oddity, where it is one of points and cells."""
    size = float(np.ptp(flat.points))
    if made.oddity == "left over points":
        more = np.array([[0.31, 0.02], [0.52, 0.11]]) * size
        flat.points = np.concatenate([flat.points, more])
    elif made.oddity == "reversed elements":
        for kind, cells in flat.cells:
            sides = 3 if kind.startswith("t") else 4
            # the corners backwards, and the middles of their edges with them
            corner = [0, *range(sides - 1, 0, -1)]
            middles = [sides + (sides - 1 - i) for i in range(sides)]
            rest = list(range(2 * sides, cells.shape[1]))
            order = corner if cells.shape[1] == sides else [*corner, *middles, *rest]
            cells[::2] = cells[::2][:, order]
    elif made.oddity == "doubled points":
        last = len(flat.names)
        count = len(flat.points)
        for (_, cells), regions in zip(flat.cells, flat.regions, strict=True):
            cells[regions == last] += count
        flat.points = np.concatenate([flat.points, flat.points])
        used = np.unique(np.concatenate([cells.ravel() for _, cells in flat.cells]))
        new = np.full(2 * count, -1)
        new[used] = np.arange(used.size)
        flat.points = flat.points[used]
        flat.cells = [(kind, new[cells]) for kind, cells in flat.cells]
        flat.lines = []
    elif made.oddity == "both halves":
        count = len(flat.points)
        flat.points = np.concatenate([flat.points, flat.points * [-1.0, 1.0]])
        flat.cells += [(kind, cells + count) for kind, cells in flat.cells]
        flat.regions += list(flat.regions)
    elif made.oddity == "no surround":
        last = len(flat.names)
        flat.cells = [
            (kind, cells[regions < last])
            for (kind, cells), regions in zip(flat.cells, flat.regions, strict=True)
        ]
        flat.regions = [regions[regions < last] for regions in flat.regions]
    elif made.oddity == "missing element":
        kind, cells = flat.cells[0]
        middle = flat.points[cells[:, 0]]
        keep = np.ones(len(cells), dtype=bool)
        keep[np.argmin(np.hypot(*(middle - flat.points.mean(axis=0)).T))] = False
        flat.cells[0] = kind, cells[keep]
        flat.regions[0] = flat.regions[0][keep]
    elif made.oddity == "shifted off the axis":
        flat.points = flat.points - [0.3 * size, 0.0]
    return flat


_DATA_NAMES = {
    ".avs": "avsucd:material",
    ".mesh": "medit:ref",
    ".meshb": "medit:ref",
    ".bdf": "nastran:ref",
    ".nas": "nastran:ref",
    ".fem": "nastran:ref",
    ".vol": "netgen:index",
    ".ugrid": "ugrid:ref",
    ".su2": "su2:tag",
}


def _write_nastran(path: Path, mesh: meshio.Mesh, regions: list[np.ndarray]) -> None:
    """Free fields, as preprocessors write them; the regions are property numbers."""
    cards = {"triangle": "CTRIA3", "quad": "CQUAD4", "triangle6": "CTRIA6", "quad8": "CQUAD8"}
    lines = ["$ a section", "BEGIN BULK"]
    lines += [f"GRID,{n},,{x:.9g},{y:.9g},{z:.9g}" for n, (x, y, z) in enumerate(mesh.points, 1)]
    number = itertools.count(1)
    for block, numbers in zip(mesh.cells, regions, strict=True):
        for nodes, region in zip(block.data + 1, numbers, strict=True):
            row = [cards[block.type], next(number), region, *nodes]
            lines.append(",".join(map(str, row[:9])))
            lines += ["+," + ",".join(map(str, row[9:]))] if len(row) > 9 else []
    path.write_text("\n".join([*lines, "ENDDATA", ""]))


def _write_ugrid(path: Path, mesh: meshio.Mesh, regions: list[np.ndarray]) -> None:
    """Counts, points, triangles and quadrilaterals, then their surfaces."""
    kinds = ("triangle", "quad")
    parts = {
        kind: [(b.data + 1, r) for b, r in zip(mesh.cells, regions, strict=True) if b.type == kind]
        for kind in kinds
    }
    counts = [sum(len(cells) for cells, _ in parts[kind]) for kind in kinds]
    rows = [" ".join(map(str, [len(mesh.points), *counts, 0, 0, 0, 0]))]
    rows += [" ".join(f"{x:.16g}" for x in point) for point in mesh.points]
    rows += [" ".join(map(str, one)) for kind in kinds for cells, _ in parts[kind] for one in cells]
    rows += [str(one) for kind in kinds for _, numbers in parts[kind] for one in numbers]
    path.write_text("\n".join([*rows, ""]))


def _write_exodus(path: Path, mesh: meshio.Mesh, regions: list[np.ndarray]) -> None:
    """One block for each region and kind of cell, as Cubit has it."""
    blocks = [
        (block.type, block.data[numbers == one])
        for block, numbers in zip(mesh.cells, regions, strict=True)
        for one in np.unique(numbers)
    ]
    meshio.write(path, meshio.Mesh(mesh.points, blocks))


def _write_by_vtk(path: Path, mesh: meshio.Mesh, regions: list[np.ndarray]) -> None:
    """As ParaView saves it: appended and compressed; cells of third order are Lagrange's."""
    import pyvista

    vtk_kinds = {"triangle": 5, "quad": 9, "triangle6": 22, "quad8": 23, "quad9": 28}
    vtk_kinds |= {"triangle10": 69, "quad16": 70}
    cells = np.concatenate(
        [
            np.column_stack([np.full(len(b.data), b.data.shape[1]), b.data]).ravel()
            for b in mesh.cells
        ]
    )
    kinds = np.concatenate([np.full(len(b.data), vtk_kinds[b.type]) for b in mesh.cells])
    grid = pyvista.UnstructuredGrid(cells, kinds, mesh.points)
    grid.cell_data["region"] = np.concatenate(regions)
    grid.save(path)


_BY_HAND = {
    **dict.fromkeys((".bdf", ".nas", ".fem"), _write_nastran),
    ".ugrid": _write_ugrid,
    **dict.fromkeys((".e", ".exo", ".ex2"), _write_exodus),
}


_NOT_WRITTEN = (".h5m", ".su2", ".f3grid", ".unv", ".txt", ".ele")


def _write(made: Made, flat: _Flat, path: Path) -> None:
    x, y = flat.points.T
    zero = np.zeros(len(x))
    columns = {"z in the third column": (x, zero, y), "tilted": (x, y, 0.3 * y)}
    points = np.stack(columns.get(made.oddity, (x, y, zero)), axis=1)
    cells, regions = list(flat.cells), list(flat.regions)
    if made.oddity == "lines and points":
        cells += [*flat.lines, ("vertex", np.array([[0]]))]
        regions += [*flat.line_tags, np.array([1000])]
    sets: dict[str, list[np.ndarray]] = {}
    data: dict[str, list[np.ndarray]] = {}
    if made.suffix == ".inp" and made.naming == "named":
        for number, name in enumerate(flat.names, 1):
            sets[name] = [np.flatnonzero(one == number) for one in regions]
        if made.oddity == "empty group":
            sets["nothing"] = [np.zeros(0, dtype=np.int64) for _ in regions]
    elif made.naming != "unnamed":
        key = "cell_tags" if path.suffix == ".med" and made.naming == "named" else "region"
        key = "gmsh:physical" if path.suffix == ".msh" else key
        data[_DATA_NAMES.get(path.suffix, key)] = [one.astype(np.int64) for one in regions]
    if path.suffix == ".msh":
        data["gmsh:geometrical"] = data.get("gmsh:physical", regions)
    mesh = meshio.Mesh(points, cells, cell_data=data, cell_sets=sets)
    if made.naming == "named" and path.suffix in (".msh", ".vol"):
        mesh.field_data = {name: np.array([n, 2]) for n, name in enumerate(flat.names, 1)}
        if made.oddity == "empty group":
            mesh.field_data["nothing"] = np.array([90, 2])
    if path.suffix == ".med" and "cell_tags" in data:
        mesh.cell_tags = {n: [name] for n, name in enumerate(flat.names, 1)}
        mesh.point_tags = {}
    if path.suffix in _NOT_WRITTEN:  # they are refused by their names, or in their first line
        path.write_text("# a mesh\n")
    elif made.oddity == "by VTK":
        _write_by_vtk(path, mesh, regions)
    elif path.suffix in _BY_HAND:
        _BY_HAND[path.suffix](path, mesh, next(iter(data.values()), regions))
    elif path.suffix == ".msh":
        meshio.write(path, mesh, file_format="gmsh22", binary=made.binary)
    elif path.suffix in (".vtk", ".vtu"):
        meshio.write(path, mesh, binary=made.binary)
    else:
        meshio.write(path, mesh)


def names_for(made: Made) -> dict[str, str]:
    """What `[cavity.region_names]` says of a file whose regions have numbers only."""
    if made.naming == "named" and made.suffix in (".inp", ".med", ".msh", ".vol"):
        return {}
    names = region_names(made)
    if len(names) == 2:  # of two regions the inner is the body
        return {}
    if made.suffix != ".msh":
        return {f"region {n}": name for n, name in enumerate(names, 1)}
    by_points = made.oddity in _BY_POINTS
    first = _FIRST_SURFACE if made.naming == "unnamed" and not by_points else 0
    step = 10 if made.naming == "numbered" and not by_points else 1
    return {f"surface {first + step * n}": name for n, name in enumerate(names, 1)}
