"""One ball in every format of a section: the same mesh, the same numbers; shapes give the exact
sphere.
"""

from pathlib import Path

import numpy as np
import pytest
from damaged_inputs import BALL, SECTION, region_names, section_bytes

from cavitydesign.analytic.resonance import find_resonance
from cavitydesign.analytic.sphere import coated_sphere
from cavitydesign.design import load_design
from cavitydesign.mesh.files.section_file import read_section
from cavitydesign.workflow.steps import find_modes

SHAPES = ("ball.geo", "ball.step", "ball.brep")
MESHES = (
    "ball22a.msh",
    "ball22b.msh",
    "ball41a.msh",
    "ball41b.msh",
    "ball.vtu",
    "ball.vtk",
    "ball.xdmf",
    "ball.inp",
)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """All the files."""
    where = tmp_path_factory.mktemp("formats")
    if not section_bytes(where):
        pytest.skip("gmsh cannot be loaded")
    (where / "ball.geo").write_text(BALL)
    return where


def nodes_of(file: Path) -> np.ndarray:
    """Positions of all nodes of all elements with the size of their region, in an order that does
    not hang on the file.
    """
    mesh = read_section(file)
    size = np.bincount(mesh.region)[mesh.region]
    flat = np.column_stack([mesh.nodes.reshape(-1, 2), np.repeat(size, (mesh.degree + 1) ** 2)])
    return flat[np.lexsort(np.round(flat.T, 9))]


def test_every_format_holds_the_same_mesh(folder: Path) -> None:
    """Written with 16 digits by gmsh and meshio: equal to 1e-12 um."""
    first = nodes_of(folder / MESHES[0])
    for name in MESHES[1:]:
        other = nodes_of(folder / name)
        assert other.shape == first.shape, name
        assert np.abs(other - first).max() < 1e-11, name


def wavelength(folder: Path, name: str, accuracy: float) -> tuple[float, float]:
    """Wavelength of TM 16 1 0 and its error."""
    design = folder / f"{name}.toml"
    text = SECTION.replace("FILE", name).replace("NAMES", region_names(name))
    design.write_text(text.replace("relative_accuracy = 1e-2", f"relative_accuracy = {accuracy}"))
    mode = find_modes(load_design(design))["TM 16 1 0"]
    return mode.wavelength_nm, mode.wavelength_error_nm


@pytest.mark.slow
def test_every_format_gives_the_same_wavelength(folder: Path) -> None:
    """The factorisation's order of elements is all that differs."""
    found = {name: wavelength(folder, name, 1e-2)[0] for name in MESHES}
    print(found)
    assert max(found.values()) / min(found.values()) - 1 < 1e-9


@pytest.mark.slow
@pytest.mark.parametrize("name", SHAPES)
def test_shapes_give_the_exact_sphere(folder: Path, name: str) -> None:
    exact = find_resonance(coated_sphere((2.0,), (2.0, 1.0)), 16, 1, "TM").wavelength_nm
    found, error = wavelength(folder, name, 1e-6)
    print(f"{name}: {found / exact - 1:.1e}, stated {error / exact:.1e}")
    assert abs(found / exact - 1) < 1e-6
