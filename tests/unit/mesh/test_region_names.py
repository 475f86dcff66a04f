"""Regions of every format that meshio reads and writes: by their names, or by numbers that the
design names; two regions that nothing names; lengths in another unit.
"""

from pathlib import Path

import meshio
import numpy as np
import pytest
from section_sources import annular_sector, unit_square

from cavitydesign.errors import InputError
from cavitydesign.materials import ConstantIndex
from cavitydesign.mesh.files.meshio_reader import read_meshio
from cavitydesign.mesh.files.section_file import read_section
from cavitydesign.mesh.files.splitting import FileMesh, conforming_mesh
from cavitydesign.mesh.section import SectionMesh
from cavitydesign.mesh.section_cavity import SectionCavity, body_in_surround
from cavitydesign.modes import ModeRequest, find_modes


def areas(given: FileMesh) -> dict[str, float]:
    """Area of each named region."""
    mesh = conforming_mesh(given)
    x, w = np.polynomial.legendre.leggauss(mesh.degree + 1)
    _, _, r_s, z_s, r_t, z_t = mesh.positions(x, x)
    share = np.einsum("nij,i,j->n", r_s * z_t - r_t * z_s, w, w)
    return {name: float(share[mesh.region == i].sum()) for i, name in enumerate(mesh.region_names)}


def square(kind: str, order: int, key: str) -> meshio.Mesh:
    """The bent unit square with its regions as numbers under a key, and as names of numbers."""
    given = unit_square(kind, 2)
    group = given.groups[0]
    nodes = group.nodes if order == 2 else group.nodes[:, : group.sides]
    used, place = np.unique(nodes, return_inverse=True)
    name = {(3, 1): "triangle", (3, 2): "triangle6", (4, 1): "quad", (4, 2): "quad9"}
    points = np.column_stack([given.points, np.zeros(len(given.points))])[used]
    cells = [(name[group.sides, order], place.reshape(nodes.shape))]
    mesh = meshio.Mesh(points, cells, cell_data={key: [group.region + 1]})
    mesh.field_data = {"body": np.array([1, 2]), "surround": np.array([2, 2])}
    if key == "cell_tags":
        mesh.cell_tags, mesh.point_tags = {1: ["body"], 2: ["surround"]}, {}
    return mesh


# Of body and surround, with the bent sides straightened (order 1) and not.
SQUARE_AREAS = {1: (0.5016015625, 0.5140234375), 2: (0.502083333333, 0.514583333333)}
NUMBERED, NAMED = ("region 1", "region 2"), ("body", "surround")
CASES = [
    (".avs", "avsucd:material", (1,), NUMBERED),
    (".hmf", "region", (1, 2), NUMBERED),
    (".med", "cell_tags", (1,), NAMED),
    (".med", "region", (1,), NUMBERED),
    (".mesh", "medit:ref", (1,), NUMBERED),
    (".bdf", "nastran:ref", (1,), NUMBERED),
    (".vol", "netgen:index", (1,), NAMED),
    (".dat", "region", (1,), NUMBERED),
    (".vtk", "Material", (1, 2), NUMBERED),
    (".vtu", "CellEntityIds", (1, 2), NUMBERED),
    (".vtu", "zone", (1, 2), NUMBERED),
    (".xdmf", "physical", (1, 2), NUMBERED),
]


@pytest.mark.parametrize(("suffix", "key", "orders", "names"), CASES)
@pytest.mark.parametrize("kind", ["triangles", "quadrilaterals"])
def test_every_format_with_numbers_or_names(
    tmp_path: Path,
    suffix: str,
    key: str,
    orders: tuple[int, ...],
    names: tuple[str, str],
    kind: str,
) -> None:
    """Written with 7 digits or more: areas of regions to 1e-6."""
    for order in orders:
        file = tmp_path / f"part{order}{suffix}"
        mesh = square(kind, order, key)
        mesh.write(file)
        found = areas(read_meshio(file))
        print(suffix, key, order, found)
        assert set(found) == set(names)
        expected = SQUARE_AREAS[order]
        assert [found[name] for name in names] == pytest.approx(expected, rel=1e-6)


def test_names_that_meshio_makes_up_are_numbers(tmp_path: Path) -> None:
    file = tmp_path / "part.vol"
    mesh = square("triangles", 1, "netgen:index")
    mesh.field_data = {}
    mesh.write(file)
    assert set(areas(read_meshio(file))) == set(NUMBERED)


@pytest.mark.parametrize(
    ("suffix", "words"),
    [(one, "no names of regions") for one in (".obj", ".inp")]
    + [(one, "which element belongs to which region") for one in (".off", ".ply", ".mdpa", ".wkt")],
)
def test_formats_without_regions_are_refused_in_one_line(
    tmp_path: Path, suffix: str, words: str
) -> None:
    """The line names what to save instead; a .wkt that meshio takes minutes over is not read."""
    file = tmp_path / f"part{suffix}"
    square("triangles", 1, "region").write(file)
    with pytest.raises(InputError, match=words) as refused:
        read_meshio(file)
    assert len(str(refused.value).splitlines()) == 1
    assert str(file) in str(refused.value) and ".vtu" in str(refused.value)


def test_files_of_unknown_kind_are_told_what_is_read(tmp_path: Path) -> None:
    file = tmp_path / "part.unv"
    file.write_text("    -1\n")
    with pytest.raises(
        InputError, match=r"unknown kind of file; sections are \.geo, .*\.med"
    ) as refused:
        read_section(file)
    assert len(str(refused.value).splitlines()) == 1


def test_two_tables_of_numbers_are_asked_about(tmp_path: Path) -> None:
    file = tmp_path / "part.vtu"
    mesh = square("triangles", 1, "left")
    mesh.cell_data["right"] = [mesh.cell_data["left"][0] + 3]
    mesh.write(file)
    with pytest.raises(InputError, match="which of its cell data tells the regions"):
        read_meshio(file)


def test_repeated_sets_of_abaqus_are_all_their_parts(tmp_path: Path) -> None:
    """Triangles and quadrilaterals of one set, ranges, sets of sets, and a set of everything."""
    given = unit_square("both", 2)
    points = "\n".join(f"{n}, {r:.17g}, {z:.17g}" for n, (r, z) in enumerate(given.points, 1))
    kinds = {3: "CAX6M", 4: "S9R5"}
    parts, first, numbers = [], 1, dict[int, list[int]]()
    for group in given.groups:
        rows = [f"{first + i}, {', '.join(map(str, one + 1))}" for i, one in enumerate(group.nodes)]
        parts.append("\n".join([f"*Element, type={kinds[group.sides]}, elset=Part", *rows]))
        for i, region in enumerate(group.region):
            numbers.setdefault(int(region), []).append(first + i)
        first += len(rows)
    body, surround = numbers[0], numbers[1]
    sets = ["*ELSET, ELSET=BODY", *(f"{one}," for one in body[: len(body) // 2])]
    sets += ["*ELSET, ELSET=more", *(f"{one}," for one in body[len(body) // 2 :])]
    sets += [
        "*Elset, elset=BODY",
        "more,",
        "*Elset, elset=more, generate",
        f"{body[0]}, {body[-1]}, 1",
    ]
    sets += ["*ELSET, ELSET=surround, GENERATE", f"{surround[0]}, {surround[-1]}, 1"]
    file = tmp_path / "part.inp"
    file.write_text("\n".join(["*HEADING", "a part", "*NODE", points, *parts, *sets, ""]))
    found = areas(read_meshio(file))
    print(found)
    assert [found["more"], found["surround"]] == pytest.approx(SQUARE_AREAS[2], rel=1e-9)


def half_disk_in_shell(rim: float, outer: float) -> SectionMesh:
    """A half disk without its centre, "surface 1", in a half ring, "surface 2"."""
    rho = np.array([0.2 * rim, rim, 0.5 * (rim + outer), outer])
    mesh = annular_sector(rho, np.linspace(-1.2, 1.2, 9), rim)
    return mesh.renamed({"body": "surface 1", "surround": "surface 2"}, "test")


def test_the_inner_of_two_numbered_regions_is_the_body() -> None:
    """The sector's ends are cut, so the body reaches no edge of the section's extent."""
    mesh = half_disk_in_shell(3.0, 4.5)
    assert body_in_surround(mesh) == {"surface 1": "body", "surface 2": "surround"}
    three = mesh.renamed({"surface 1": "stem"}, "test")
    assert body_in_surround(three) == {}, "a region with a name is not guessed"


def numbered_msh(named: bool) -> str:
    """Four squares in format 2.2: physical surfaces 10 and 20, or none."""
    points = [(x, y) for y in (0.0, 1.0, 2.0) for x in (1.0, 2.0, 3.0)]
    nodes = "\n".join(f"{i} {x} {y} 0" for i, (x, y) in enumerate(points, start=1))
    squares = [(1, 2, 5, 4), (2, 3, 6, 5), (4, 5, 8, 7), (5, 6, 9, 8)]
    rows = []
    for i, corners in enumerate(squares):
        surface = 1 + i % 2
        tags = f"2 {10 * surface if named else 0} {surface}"
        rows.append(f"{i + 1} 3 {tags} {' '.join(map(str, corners))}")
    elements = "\n".join(rows)
    head = "$MeshFormat\n2.2 0 8\n$EndMeshFormat"
    return f"{head}\n$Nodes\n9\n{nodes}\n$EndNodes\n$Elements\n4\n{elements}\n$EndElements\n"


@pytest.mark.parametrize(
    ("named", "names"), [(True, ("surface 10", "surface 20")), (False, ("surface 1", "surface 2"))]
)
def test_numbered_groups_of_msh_are_surfaces(
    tmp_path: Path, named: bool, names: tuple[str, str]
) -> None:
    pytest.importorskip("gmsh")
    file = tmp_path / "four.msh"
    file.write_text(numbered_msh(named))
    mesh = read_section(file)
    assert set(mesh.region_names) == set(names)
    assert set(mesh.renamed({names[0]: "body"}, "four").region_names) == {"body", names[1]}


def test_lengths_in_another_unit_are_scaled(tmp_path: Path) -> None:
    file = tmp_path / "part.vtu"
    square("triangles", 2, "region").write(file)
    one, thousand = read_section(file), read_section(file, unit_um=1e3)
    assert np.allclose(thousand.nodes, 1e3 * one.nodes, rtol=1e-15)


@pytest.mark.parametrize(
    ("scale", "request_of", "words"),
    [
        (1e3, {"span_nm": 20.0}, ["far too coarse", 'length_unit = "nm"']),
        (1e3, {"azimuthal_order": 40}, ["azimuthal_order = 40", 'length_unit = "nm"']),
        (1e-3, {"span_nm": 20.0}, ["less than half a wavelength", 'length_unit = "mm"']),
        (1e-3, {"azimuthal_order": 40}, ["azimuthal_order = 40", 'length_unit = "mm"']),
        (1e-6, {"span_nm": 20.0}, ["less than half a wavelength", 'length_unit = "m"']),
    ],
)
def test_lengths_far_from_the_wavelength_are_questioned(
    scale: float, request_of: dict[str, float], words: list[str]
) -> None:
    """A sphere of 6 um, index 1.8, whose file is in another unit than um."""
    mesh = half_disk_in_shell(3.0 * scale, 4.5 * scale)
    named = mesh.renamed({"surface 1": "body", "surface 2": "surround"}, "ball")
    media = {"body": ConstantIndex.of(1.8), "surround": ConstantIndex.of(1.33)}
    cavity = SectionCavity.of(named, media, "ball.msh")
    with pytest.raises(InputError) as refused:
        find_modes(cavity, ModeRequest(wavelength_nm=746.0, **request_of))
    print(refused.value)
    assert len(refused.value.problems) == 1
    assert all(word in str(refused.value) for word in words)
