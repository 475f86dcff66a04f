"""The sections in meshes/: gmsh takes each, names are complete, and volumes are those of the exact
shapes.
"""

import math
import re
from pathlib import Path

import numpy as np
import pytest

from cavitydesign.geometry import droplet_of

try:
    import gmsh
except (ImportError, OSError) as error:
    pytest.skip(f"gmsh cannot be loaded: {error}", allow_module_level=True)

FOLDER = Path(__file__).parents[3] / "meshes"
SECTIONS = sorted(p.stem for p in FOLDER.glob("*.geo") if p.stem != "size_field")


def solid(
    name: str, **parameters: float
) -> tuple[dict[str, tuple[float, float]], dict[str, int], set[str], float]:
    """Area and volume of revolution of each region, elements of each, curve names, area of the
    bounding box.
    """
    gmsh.initialize(interruptible=False)
    try:
        gmsh.option.setNumber("General.Terminal", 0)
        for key, value in parameters.items():
            gmsh.onelab.setNumber(key, [value])
        gmsh.open(str(FOLDER / f"{name}.geo"))
        gmsh.model.mesh.generate(2)
        sizes, counts = {}, {}
        for dimension, group in gmsh.model.getPhysicalGroups(2):
            region = gmsh.model.getPhysicalName(dimension, group)
            area = volume = 0.0
            count = 0
            for surface in gmsh.model.getEntitiesForPhysicalGroup(dimension, group):
                kinds, tags, _ = gmsh.model.mesh.getElements(2, surface)
                assert list(kinds) == [9], "second-order triangles only"
                local, weights = gmsh.model.mesh.getIntegrationPoints(9, "Gauss8")
                _, determinants, points = gmsh.model.mesh.getJacobians(9, local, surface)
                share = np.tile(weights, len(tags[0])) * np.array(determinants)
                assert share.min() > 0 or share.max() < 0, "no element is folded"
                area += abs(share.sum())
                volume += abs(2 * math.pi * float(share @ np.array(points).reshape(-1, 3)[:, 0]))
                count += len(tags[0])
            sizes[region], counts[region] = (area, volume), count
        curves = {gmsh.model.getPhysicalName(*group) for group in gmsh.model.getPhysicalGroups(1)}
        coordinates = np.array(gmsh.model.mesh.getNodes()[1]).reshape(-1, 3)
        box = float(np.prod(np.ptp(coordinates, axis=0)[:2]))
        return sizes, counts, curves, box
    finally:
        gmsh.finalize()


def tube(outer: float, inner: float, axial: float, half: float, wall: bool) -> float:
    """Volume between r = outer - z^2/(2 axial) and the cylinder (or the parallel parabola) inside,
    |z| < half.
    """
    z, weight = np.polynomial.legendre.leggauss(6)
    sag = (half * z) ** 2 / (2 * axial)
    inside = inner - sag if wall else inner
    return float(math.pi * half * weight @ ((outer - sag) ** 2 - inside**2))


def ball(radius: float, stem: float) -> float:
    """Sphere less the cap where the stem begins."""
    cap = radius - math.sqrt(radius**2 - stem**2)
    return 4 / 3 * math.pi * radius**3 - math.pi * cap**2 * (3 * radius - cap) / 3


LEAN = 0.1275 * math.tan(math.radians(26.0))
FRUSTUM = (
    math.pi * 0.255 / 3 * ((1.06 + LEAN) ** 2 + (1.06 + LEAN) * (1.06 - LEAN) + (1.06 - LEAN) ** 2)
)
# Tolerances: straight edges and parabolas are exact in second-order elements; circles and the drop
# err by the fourth power of the angle or step that an element spans (coarse ones: 0.2 rad and
# less).
VOLUMES = [
    ("microsphere_on_stem", ball(7.5, 2.0), 1e-4),
    ("microdisk_on_pedestal", FRUSTUM, 1e-12),
    ("microtoroid", 2 * math.pi**2 * 6.5 * 1.5**2, 1e-4),
    ("ring", 2 * math.pi * 19.5 * 1.0 * 0.6, 1e-12),
    ("bottle", tube(7.5, 4.0, 60.0, 8.0, False), 1e-7),
    ("droplet", droplet_of(8.0, diameter_um=15.0, contact_angle_deg=15.0).volume_um3, 1e-5),
    ("capillary", tube(15.0, 13.0, 200.0, 10.0, True), 1e-7),
]


@pytest.mark.parametrize(("name", "volume", "tolerance"), VOLUMES)
def test_volume_names_and_cover(name: str, volume: float, tolerance: float) -> None:
    sizes, counts, curves, box = solid(name)
    print(f"{name}: {sizes['body'][1]:.6f}, exact {volume:.6f}, elements {sum(counts.values())}")
    assert sizes["body"][1] == pytest.approx(volume, rel=tolerance)
    assert sum(area for area, _ in sizes.values()) == pytest.approx(box, rel=1e-9)
    assert "surround" in sizes
    assert {"rim", "outer"} <= curves
    assert sum(counts.values()) < 4000


def test_every_section_is_tested() -> None:
    assert sorted(name for name, _, _ in VOLUMES) == SECTIONS


def test_toroid_with_its_membrane() -> None:
    sizes, _, curves, _ = solid("microtoroid")
    held, _, curves_held, _ = solid(
        "microtoroid", **{"thickness of the membrane inside, 0: none (um)": 0.6}
    )
    assert curves == curves_held
    assert held["body"][0] > sizes["body"][0] + 0.6 * 2.9


@pytest.mark.parametrize("name", SECTIONS)
def test_the_table_of_parameters_is_complete(name: str) -> None:
    """Every parameter and its default stand in meshes/README.md, and the surfaces too."""
    source = (FOLDER / f"{name}.geo").read_text()
    readme = (FOLDER / "README.md").read_text()
    parameters = re.findall(r"^  (\w+) = \{([-\d.]+), Name", source, re.MULTILINE)
    assert parameters
    for parameter, default in parameters:
        rows = [line for line in readme.splitlines() if f"`{parameter}`" in line]
        assert rows, parameter
        assert any(re.search(rf"\| {float(default):g} \|", row) for row in rows), (
            parameter,
            default,
        )
    line = next(
        line
        for line in readme.splitlines()
        if line.startswith(f"| `{name}.geo`") and "`body`" in line
    )
    assert set(re.findall(r'Physical Surface\("(\w+)"\)', source)) == set(
        re.findall(r"`(\w+)`", line.split("|")[3])
    )
    assert (FOLDER / f"{name}.png").exists()
