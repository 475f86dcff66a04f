"""Meshes as people have them: made by gmsh, in any order, plane and unit, with points of their own
for each part; the area of each region is that of its disc.
"""

import math
from pathlib import Path

import meshio
import numpy as np
import pytest

pytest.importorskip("gmsh")

from made_meshes import BALL, ODDITIES, SHELL, TORUS, UNITS_UM, Made, names_for, write
from section_sources import unit_square

from cavitydesign.errors import InputError
from cavitydesign.mesh.files import section_file
from cavitydesign.mesh.files.flat import flat_positions, without_doubles
from cavitydesign.mesh.files.gmsh_reader import Meshing
from cavitydesign.mesh.files.meshio_reader import read_meshio
from cavitydesign.mesh.files.reader_process import read_file_mesh
from cavitydesign.mesh.files.section_file import read_section
from cavitydesign.mesh.files.splitting import FileMesh, conforming_mesh
from cavitydesign.mesh.section_cavity import body_in_surround


@pytest.fixture(autouse=True)
def in_this_process(monkeypatch: pytest.MonkeyPatch) -> None:
    """meshio reads here and not in a process of its own, which takes most of the time."""

    def read(path: Path, meshing: Meshing, with_meshio: bool = False) -> FileMesh:
        return read_file_mesh(path, meshing) if path.suffix == ".msh" else read_meshio(path)

    monkeypatch.setattr(section_file, "read_file_mesh", read)


REFUSED = {
    "tilted": "not flat",
    "both halves": "a section is one half",
    "left over points": "delete those that no element uses",
    "missing element": "the section has a hole",
    "shifted off the axis": "the axis at x = 0",
    "no surround": "points belong to no element",
}


def areas_of(made: Made, folder: Path) -> dict[str, float]:
    """Area of each region, um^2, of a mesh that is written and read."""
    file = folder / f"part{made.suffix}"
    write(made, file)
    mesh = read_section(file, unit_um=UNITS_UM[made.unit])
    mesh = mesh.renamed(names_for(made) or body_in_surround(mesh), str(file))
    x, w = np.polynomial.legendre.leggauss(mesh.degree + 1)
    _, _, r_s, z_s, r_t, z_t = mesh.positions(x, x)
    share = np.einsum("nij,i,j->n", r_s * z_t - r_t * z_s, w, w)
    return {name: float(share[mesh.region == i].sum()) for i, name in enumerate(mesh.region_names)}


@pytest.mark.parametrize("oddity", ["", *ODDITIES])
def test_odd_meshes_are_right_or_refused(tmp_path: Path, oddity: str) -> None:
    """Half discs of second order: pi R^2/2 (half of it above z = 0) to 2e-3, which is the geometry
    of edges of 0.8 um at R = 5 um, h^4/(180 R^4) for each, with room.
    """
    made = Made(".vtu", BALL, 2, naming="numbered", oddity=oddity, binary=True)
    if oddity in REFUSED:
        with pytest.raises(InputError, match=REFUSED[oddity]) as refused:
            areas_of(made, tmp_path)
        assert len(str(refused.value).splitlines()) == 1
        return
    expected = 0.5 * math.pi * 5.0**2 * (0.5 if oddity == "upper half" else 1.0)
    found = areas_of(made, tmp_path)
    print(oddity, found, expected)
    assert found["body"] == pytest.approx(expected, rel=2e-3)
    assert set(found) == {"body", "surround"}


@pytest.mark.parametrize(
    "made",
    [
        Made(".msh", TORUS, 3, "triangles", "nm", "named", True),
        Made(".msh", SHELL, 2, "quadrilaterals", "mm", "numbered", False, "2.2"),
        Made(".msh", SHELL, 2, "triangles", "m", "unnamed", False, "4.0"),
        Made(".bdf", SHELL, 2, "both", "mm"),
        Made(".ugrid", TORUS, 1, "both", "m"),
        Made(".inp", SHELL, 2, "both", "um", "named"),
        Made(".med", SHELL, 2, "triangles", "um", "named"),
    ],
    ids=lambda made: f"{made.suffix} {made.shape[0]} {made.order} {made.unit} {made.naming}",
)
def test_formats_units_and_orders(tmp_path: Path, made: Made) -> None:
    """Area of the body of the torus and of the shell, to 2e-3, of facets (order 1) to 2e-2."""
    found = areas_of(made, tmp_path)
    rim = math.pi * made.shape[1][-1][0] ** 2 * (1.0 if made.shape is TORUS else 0.5)
    inner = 0.5 * math.pi * made.shape[1][0][0] ** 2 if made.shape is SHELL else 0.0
    print(found, rim - inner)
    assert found["body"] == pytest.approx(rim - inner, rel=2e-2 if made.order == 1 else 2e-3)


def test_points_at_one_place_are_one_unless_an_element_has_both() -> None:
    """Two halves with points of their own, 1e-9 of the size apart, become one piece again; the
    corners of a sliver 1e-9 high stay two.
    """
    given = unit_square("quadrilaterals", 2)
    group = given.groups[0]
    count = len(given.points)
    nodes = group.nodes.copy()
    nodes[group.region == 1] += count
    doubled = type(given)(
        np.concatenate([given.points, given.points + 1e-9]),
        (type(group)(4, 2, group.local, nodes, group.region),),
        given.region_names,
        given.boundary,
    )
    one = conforming_mesh(without_doubles(doubled))
    assert one.vertices == conforming_mesh(given).vertices
    low = np.array([[1.0, 0.0], [2.0, 0.0], [2.0, 1e-9], [1.0, 1e-9]])
    corners = np.array([[-1, -1], [1, -1], [1, 1], [-1, 1]], dtype=float)
    sliver = type(group)(4, 1, corners, np.array([[0, 1, 2, 3]]), np.zeros(1, dtype=np.int64))
    thin = type(given)(low, (sliver,), ("body",), {})
    assert without_doubles(thin) is thin


def test_flat_in_y_is_a_section_too() -> None:
    points = np.array([[1.0, 0.5, 3.0], [2.0, 0.5, 4.0], [1.5, 0.5, 5.0]])
    assert (flat_positions(points, "part") == points[:, [0, 2]]).all()
    with pytest.raises(InputError, match="part: not flat"):
        flat_positions(points * [[1, 1, 1], [1, 1.1, 1], [1, 1, 1]], "part")


def test_blocks_of_exodus_are_regions(tmp_path: Path) -> None:
    """Cubit saves one block for each material: their order numbers the regions."""
    pytest.importorskip("netCDF4")
    found = areas_of(Made(".exo", SHELL, 2), tmp_path)
    assert set(found) == {"core", "body", "surround"}


def test_a_library_that_is_missing_is_named(tmp_path: Path) -> None:
    try:
        import netCDF4  # noqa: F401
    except ImportError:
        file = tmp_path / "part.exo"
        file.write_bytes(b"CDF\x01")
        with pytest.raises(InputError, match="pip install netCDF4"):
            read_section(file)
    else:
        pytest.skip("netCDF4 is here")


@pytest.mark.parametrize("value", [1e300, -1e308, 1.1e9, np.inf, np.nan])
@pytest.mark.parametrize("suffix", [".inp", ".vtu", ".vtk", ".mesh", ".med", ".msh"])
def test_a_coordinate_beyond_bounds_is_one_line(tmp_path: Path, suffix: str, value: float) -> None:
    """Of every format, with file, point and value, before anything squares it: the search of near
    points ended in an error of SciPy's at 1e308.
    """
    if suffix == ".med":
        pytest.importorskip("h5py")
    corners = np.array([[0.0, 0.0, 0.0], [2.0, 0.0, 0.0], [2.0, 2.0, 0.0], [0.0, 2.0, 0.0]])
    corners[2, 1] = value
    file = tmp_path / f"part{suffix}"
    kind = "gmsh22" if suffix == ".msh" else None
    meshio.Mesh(corners, [("quad", [[0, 1, 2, 3]])]).write(file, file_format=kind)
    with pytest.raises(InputError) as refused:
        read_section(file)
    (line,) = refused.value.problems
    assert line.startswith(f"{file}: y = {value:g} at point 3: coordinates are finite numbers")
