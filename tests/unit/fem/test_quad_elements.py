"""The quadrilateral elements: exact sequence, continuity, mixed degrees."""

import tempfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from meridian_sources import curved
from section_sources import annular_sector, unit_square

from cavitydesign.errors import MissingLibraryError
from cavitydesign.fem.assemble import assemble_section
from cavitydesign.fem.field import at_points
from cavitydesign.fem.section_space import SectionSpace
from cavitydesign.mesh.corners import graded, singular_vertices
from cavitydesign.mesh.files.gmsh_reader import Meshing
from cavitydesign.mesh.files.section_file import read_section
from cavitydesign.mesh.files.splitting import conforming_mesh
from cavitydesign.mesh.section import EDGE_CORNERS, SectionMesh

M = 7.0
MESHES = Path(__file__).parents[3] / "meshes"
DISK = """
Point(1) = {1, 0, 0}; Point(2) = {2, 0, 0}; Point(3) = {1, 1, 0}; Circle(1) = {2, 1, 3}; Line(2) = {3, 1}; Line(3) = {1, 2};
Curve Loop(1) = {1, 2, 3}; Plane Surface(1) = {1}; Physical Surface("body") = {1}; Mesh.MeshSizeMax = 0.6;
"""


@pytest.mark.parametrize("order", [1, 2, 4, 7])
def test_gradients_lie_in_the_curl_space(order: int) -> None:
    """K2 applied to (grad psi, psi) is zero: its energy is below 1e-11 of that of grad psi
    (rounding).
    """
    mesh = curved()
    space = SectionSpace.of(mesh, order, np.zeros(mesh.edges.shape[0], dtype=bool))
    forms = assemble_section(space, 1)
    k2 = forms.matrix(gradient=1.0) @ np.eye(space.size)
    scalar_rows = np.unique(space.numbers[:, 2 * order * (order + 1) :])
    vector_rows = np.unique(space.numbers[:, : 2 * order * (order + 1)])
    psi = np.random.default_rng(1).standard_normal(scalar_rows.size)
    right = -k2[np.ix_(vector_rows, scalar_rows)] @ psi
    gradient = np.linalg.solve(k2[np.ix_(vector_rows, vector_rows)], right)
    x = np.zeros(space.size)
    x[scalar_rows], x[vector_rows] = psi, gradient
    whole = float(psi @ k2[np.ix_(scalar_rows, scalar_rows)] @ psi)
    print(f"order {order}: {x @ k2 @ x / whole:.1e}")
    assert abs(x @ k2 @ x) < 1e-11 * whole


def mixed(mesh: SectionMesh, low: int) -> np.ndarray:
    """An order for each element, of four following ones, at random."""
    return low + np.random.default_rng(9).integers(0, 4, mesh.elements)


@pytest.mark.parametrize("order", [1, 2, 3, 6, "mixed"])
def test_no_jump_across_facets(order: int | str) -> None:
    """Tangential E and psi of a random field agree on both sides of every edge, to rounding."""
    mesh = curved()
    orders = mixed(mesh, 1) if isinstance(order, str) else order
    space = SectionSpace.of(mesh, orders, np.zeros(mesh.edges.shape[0], dtype=bool))
    vector = np.random.default_rng(2).standard_normal((space.size, 1))
    largest, jump = facet_jump(space, vector)
    print(f"order {order}: jump {jump:.1e} of {largest:.1e}")
    assert jump < 1e-11 * largest


def test_mixed_orders_lie_between_uniform_ones() -> None:
    """A space of orders 2 to 5 is part of that of order 5 and holds that of order 2: its matrices
    are those of the fields as the whole space has them, to rounding (the same Gauss points in all).
    """
    mesh = curved()
    walls = np.zeros(mesh.edges.shape[0], dtype=bool)
    walls[mesh.outer_edges[::2]] = True
    spaces = [SectionSpace.of(mesh, orders, walls) for orders in (5, mixed(mesh, 2), 2)]
    points = [8 - int(space.order) for space in spaces]
    whole, part, least = (
        assemble_section(space, 1, extra_points=n) for space, n in zip(spaces, points, strict=True)
    )
    assert least.space.size < part.space.size < whole.space.size
    for small, large in ((part, whole), (least, part), (least, whole)):
        here, there = large.space.shared_with(small.space)
        assert np.array_equal(np.sort(there), np.arange(small.space.size))
        x = np.random.default_rng(4).standard_normal((small.space.size, 2))
        lifted = np.zeros((large.space.size, 2))
        lifted[here] = x[there]
        factors = {"curl": 1.0, "gradient": 3.0, "plane": np.ones(1), "azimuthal": np.full(1, 2.0)}
        low, high = (one.matrix(**factors) for one in (small, large))
        expected = x.T @ (low @ x)
        assert abs(lifted.T @ (high @ lifted) - expected).max() < 1e-7 * abs(expected).max()


def sources() -> dict[str, Callable[[], SectionMesh]]:
    """Every way in which a section mesh comes about."""
    return {
        "triangles split in three": lambda: conforming_mesh(unit_square("triangles", 1)),
        "quadrilaterals": lambda: conforming_mesh(unit_square("quadrilaterals", 1)),
        "both side by side": lambda: conforming_mesh(unit_square("both", 1)),
        "polar": lambda: annular_sector(np.array([1.0, 1.4, 2.0]), np.array([-0.4, 0.0, 0.3]), 1.4),
        "graded to corners": _graded_square,
        "part of a mesh": lambda: (lambda mesh: mesh.chosen(mesh.region == 0))(
            conforming_mesh(unit_square("both", 2))
        ),
        "gmsh, fifth order": lambda: _by_gmsh(Meshing(5, 1.0)),
        "gmsh, recombined": lambda: _by_gmsh(
            Meshing(4, quadrilaterals=True), MESHES / "bottle.geo"
        ),
    }


def _graded_square() -> SectionMesh:
    mesh = conforming_mesh(unit_square("quadrilaterals", 2))
    mesh = replace(mesh, region=(np.arange(mesh.elements) % 5 == 1).astype(np.int64))
    return graded(mesh, singular_vertices(mesh)[:2], 2)[0]


def _by_gmsh(meshing: Meshing, file: Path | None = None) -> SectionMesh:
    """Some neighbouring elements of a section that gmsh meshes: a file, or a quarter of a disk."""
    try:
        with tempfile.TemporaryDirectory() as folder:
            if file is None:
                file = Path(folder) / "disk.geo"
                file.write_text(DISK)
            mesh = read_section(file, meshing)
    except MissingLibraryError as error:
        pytest.skip(str(error))
    near = np.arange(mesh.elements) == mesh.elements // 2
    for _ in range(2):
        near = mesh.with_neighbours(near)
    return mesh.chosen(near)


@pytest.mark.parametrize("source", list(sources()))
def test_no_jump_across_facets_of_any_source(source: str) -> None:
    """Tangential E and psi on both sides of every edge, to rounding, whatever made the mesh."""
    mesh = sources()[source]()
    space = SectionSpace.of(mesh, 3, np.zeros(mesh.edges.shape[0], dtype=bool))
    largest, jump = facet_jump(space, np.random.default_rng(5).standard_normal((space.size, 1)))
    print(f"{source}: {mesh.elements} elements, jump {jump:.1e} of {largest:.1e}")
    assert jump < 1e-9 * largest


def facet_jump(space: SectionSpace, vector: np.ndarray) -> tuple[float, float]:
    """Largest tangential E or E_phi on interior edges, and their largest jump."""
    mesh = space.mesh
    x = np.linspace(-0.93, 0.91, 5)
    seen: dict[int, tuple[np.ndarray, np.ndarray]] = {}
    largest = jump = 0.0
    for element in range(mesh.elements):
        for side, (a, b) in enumerate(EDGE_CORNERS):
            forward = mesh.corners[element, a] < mesh.corners[element, b]
            u = x if forward else -x
            one = np.ones_like(u)
            s, t = [(u, -one), (one, u), (u, one), (-one, u)][side]
            where = np.full(u.size, element)
            field = at_points(space, vector, M, where, s, t)
            _, _, r_s, z_s, r_t, z_t = mesh.positions_at(where, s, t)
            d_r, d_z = (r_s, z_s) if side in (0, 2) else (r_t, z_t)
            tangential = (field.e_r[0] * d_r + field.e_z[0] * d_z) * (1 if forward else -1)
            values = np.concatenate([tangential, field.e_azimuthal[0]])
            place = np.stack([field.r, field.z])
            edge = int(mesh.element_edges[element, side])
            if edge in seen:
                assert np.allclose(seen[edge][0], place, atol=1e-12), (
                    "both sides run along the same curve"
                )
                jump = max(jump, abs(values - seen[edge][1]).max())
                largest = max(largest, abs(values).max())
            seen[edge] = (place, values)
    assert largest > 0
    return largest, jump
