"""Leaky resonators of published figures: the ring of MEEP's tutorial (E along the axis), a sphere
of index 2.5 in 1.45.
"""

import numpy as np
import pytest

from cavitydesign.analytic.layered_cylinder import layered_cylinder
from cavitydesign.analytic.resonance import find_resonance
from cavitydesign.analytic.sphere import coated_sphere
from cavitydesign.geometry import Cavity, Cylinder, Spheroid
from cavitydesign.materials import ConstantIndex
from cavitydesign.mesh.section import SectionMesh
from cavitydesign.mesh.section_cavity import SectionCavity
from cavitydesign.modes import Mode, ModeRequest, find_modes

# m, frequency in c/um, Q: the exact poles of the ring of index 3.4 between r = 1 and 2.
POLES = [
    (3, 0.118191693734, 77.2554),
    (4, 0.147431032867, 343.916),
    (5, 0.175779373723, 1634.206),
    (6, 0.203509052672, 8111.77),
]
# Polarisation, wavelength in nm, Q of the sphere of R = 2.5 um, l = 21; TM has no radial E.
SPHERE = [("TE", 1486.304887588, 33873.3), ("TM", 1531.691430905, 51893.0)]
AIR = ConstantIndex.of(1.0)


def held(mode: Mode, wavelength_nm: float, q_factor: float, q_tolerance: float) -> None:
    """Wavelength to the asked 1e-6, and Q."""
    error, ratio = mode.wavelength_nm / wavelength_nm - 1, 10**mode.losses.radiation / q_factor - 1
    print(
        f"{mode.label}: wavelength {error:.1e} stated "
        f"{mode.wavelength_error_nm / mode.wavelength_nm:.1e}, Q {ratio:.1e}"
    )
    assert abs(error) < 1e-6
    assert abs(error) < 3 * mode.wavelength_error_nm / mode.wavelength_nm
    assert abs(ratio) < q_tolerance


@pytest.mark.parametrize(("m", "frequency", "q_factor"), POLES)
def test_ring(m: int, frequency: float, q_factor: float) -> None:
    """As a slice: Q to 3e-4 (absorbing layers), for a mode that loses 8 % of its energy in a cycle
    too.
    """
    ring = Cavity(Cylinder(2.0), ConstantIndex.of(3.4), AIR, AIR, 1.0, sliced=True)
    mode = find_modes(ring, ModeRequest("TM", 1e3 / frequency, None, m, 1, 1, 1e-6)).modes[0]
    assert mode.label == f"TM {m} 1 0"
    held(mode, 1e3 / frequency, q_factor, 3e-4)


@pytest.mark.parametrize(("m", "frequency", "q_factor"), POLES[1:])
def test_ring_as_a_section(m: int, frequency: float, q_factor: float) -> None:
    """The same between metal plates, by the solver of general sections, with layers that absorb
    along r: Q to 2e-3.
    """
    r, height = np.array([0.05, 0.5, 1.0, 1.5, 2.0, 2.7, 3.6, 4.8, 6.2]), 0.3
    number = np.arange(2 * r.size).reshape(r.size, 2)
    corners = np.array(
        [
            [number[i, 0], number[i + 1, 0], number[i + 1, 1], number[i, 1]]
            for i in range(r.size - 1)
        ]
    )
    nodes = np.array(
        [[[(x, z) for z in (0.0, height)] for x in r[i : i + 2]] for i in range(r.size - 1)]
    )
    region = np.select([r[:-1] < 1.0 - 1e-9, r[:-1] < 2.0 - 1e-9], [0, 1], 2)
    plates = np.concatenate([np.stack([number[:-1, j], number[1:, j]], axis=1) for j in (0, 1)])
    mesh = SectionMesh(corners, nodes, region, ("core", "body", "surround"), {"plates": plates})
    ring = SectionCavity.of(
        mesh, {"core": AIR, "body": ConstantIndex.of(3.4), "surround": AIR}, electric=("plates",)
    )
    found = find_modes(ring, ModeRequest("TM", 1e3 / frequency, None, m, 1, 1, 1e-6))
    held(found[f"TM {m} 1 0"], 1e3 / frequency, q_factor, 2e-3)


@pytest.mark.parametrize(("polarisation", "wavelength_nm", "q_factor"), SPHERE)
def test_sphere_of_high_index(polarisation: str, wavelength_nm: float, q_factor: float) -> None:
    """By its window: Q to 5e-4. (By its section: test_section_spheres.)"""
    sphere = Cavity(Spheroid(2.5, 2.5), ConstantIndex.of(2.5), ConstantIndex.of(1.45))
    found = find_modes(
        sphere, ModeRequest(polarisation, wavelength_nm + 10.0, None, 21, 1, 1, 1e-6)
    )
    held(found[f"{polarisation} 21 1 0"], wavelength_nm, q_factor, 5e-4)


def test_closed_forms_give_the_figures() -> None:
    """All digits of the figures above: 12 of the frequencies and wavelengths, 6 of Q."""
    for m, frequency, q_factor in POLES:
        exact = find_resonance(layered_cylinder((1.0, 2.0), (1.0, 3.4, 1.0)), m, 1, "TM")
        assert 1e3 / exact.wavelength_nm == pytest.approx(frequency, rel=1e-11)
        assert 10**exact.log10_q == pytest.approx(q_factor, rel=1e-5)
    for polarisation, wavelength_nm, q_factor in SPHERE:
        exact = find_resonance(coated_sphere((2.5,), (2.5, 1.45)), 21, 1, polarisation)
        assert exact.wavelength_nm == pytest.approx(wavelength_nm, rel=1e-11)
        assert 10**exact.log10_q == pytest.approx(q_factor, rel=1e-5)
