"""Modes of sections are found wherever the hint lies, and wherever the section does."""

import numpy as np
import pytest
from grid_sections import grid_section
from section_sources import holed_sphere

from cavitydesign.analytic.resonance import Resonator, find_resonance
from cavitydesign.materials import ConstantIndex
from cavitydesign.mesh.section_cavity import SectionCavity
from cavitydesign.mesh.section_outline import SectionOutline
from cavitydesign.modes import ModeRequest, find_modes


def disk() -> SectionCavity:
    """A free disk of index 3.4, 2 um across and 0.2 um thick."""
    r = [0, 0.3, 0.5, 0.7, 0.85, 1.0, 1.1, 1.3, 1.6, 2.0, 2.6, 3.2]
    half = [0.1, 0.2, 0.4, 0.7, 1.2, 1.7, 2.3]
    z = [*(-x for x in reversed(half)), *half]
    mesh = grid_section(r, z, [("body", 0.0, 1.0, -0.1, 0.1)])
    return SectionCavity.of(
        mesh, {"body": ConstantIndex.of(3.4), "surround": ConstantIndex.of(1.0)}
    )


@pytest.mark.parametrize("hint_nm", [1300.0, 1500.0, 1800.0])
def test_a_leaky_mode_is_found_from_any_hint(hint_nm: float) -> None:
    """TE 7 1 0 at 1523.507 +- 0.003 nm, log10 Q 4.119 +- 0.01 (an independent finite-element code,
    two meshes and two layers). Modes of the absorbing layer, whose products without conjugation
    have no bound, were taken for it from a hint 1.5 % off.
    """
    (mode,) = find_modes(disk(), ModeRequest("TE", hint_nm, None, 7, relative_accuracy=1e-4))
    assert mode.label == "TE 7 1 0"
    off = abs(mode.wavelength_nm - 1523.507)
    assert off < 3 * mode.wavelength_error_nm + 0.003, (mode.wavelength_nm, off)
    assert mode.wavelength_error_nm < 0.16
    assert abs(mode.losses.radiation - 4.119) < 0.01, mode.losses


@pytest.mark.parametrize("accuracy", [1e-2, 1e-3])
def test_the_coarsest_accuracy_finds_the_same_mode(accuracy: float) -> None:
    """At 1e-2 the lowest degrees lost modes that 1e-3 finds, with "may exist" for an answer."""
    (mode,) = find_modes(disk(), ModeRequest("TE", 1500.0, None, 7, relative_accuracy=accuracy))
    assert mode.label == "TE 7 1 0"
    off = abs(mode.wavelength_nm - 1523.507)
    assert off < 3 * mode.wavelength_error_nm + 0.003 and off < accuracy * 1523.507


@pytest.mark.parametrize(
    ("radius", "index", "surround", "m", "p"),
    [
        (1.9737551552101202, 2.0474828964599716, 1.0, 23, 2),  # Q = 2.5e5, mixed with TM 23 2 3
        (1.0, 1.9015, 1.0, 19, 2),  # Q = 2.1e3, with TE 19 1 4
        (1.8903994388347427, 3.8505221047122755, 1.33, 16, 3),  # Q = 4.3e5
    ],
)
def test_a_mode_that_the_lowest_degrees_mix_with_its_neighbour(
    radius: float, index: float, surround: float, m: int, p: int
) -> None:
    """Exact spheres at 1e-4: degrees that suffice for that mix another family into the mode, and
    neither half had its name: "no such mode was seen near the estimate".
    """
    exact = find_resonance(Resonator((radius,), (index, surround), True), m, p, "TE")
    sphere = holed_sphere(radius, index, surround, 1e-3 * exact.wavelength_nm)
    found = find_modes(sphere, ModeRequest("TE", exact.wavelength_nm, None, m, p, 1, 1e-4))
    assert f"TE {m} {p} 0" in {mode.label for mode in found}, found.warnings
    mode = found[f"TE {m} {p} 0"]
    off = abs(mode.wavelength_nm - exact.wavelength_nm)
    print(off, mode.wavelength_error_nm, mode.losses)
    assert off < 3 * mode.wavelength_error_nm < 1e-4 * exact.wavelength_nm
    assert mode.losses.radiation is not None
    assert abs(mode.losses.radiation - exact.log10_q) < 3 * mode.losses.radiation_error


@pytest.mark.parametrize("height_um", [0.0, 1e3, -1e5])
def test_outline_of_a_section_far_from_the_origin(height_um: float) -> None:
    """A rectangle has its radius at every height, wherever it lies: 1e-12 um is less than the
    rounding of a coordinate of 100 um.
    """
    z = height_um + np.array([-3.0, -0.7, 0.0, 0.3, 2.0])
    mesh = grid_section(
        [0.0, 170.3, 200.0], z, [("body", 0.0, 170.3, height_um - 0.7, height_um + 0.3)]
    )
    outline = SectionOutline.of(mesh, 0)
    assert np.all(abs(outline.radius_um / 170.3 - 1.0) < 1e-12), outline.radius_um.min()
    assert abs(outline.equator_radius_um / 170.3 - 1.0) < 1e-12


@pytest.mark.slow
def test_axial_orders_that_lie_far_apart() -> None:
    """A disk of index 2, 5 um and 0.4 um thick, has q = 1 a quarter below the wavelength of q = 0:
    each is solved around its own shift. Right value of q = 0: 1090.14 nm (independent
    finite-element solution, five digits and a half).
    """
    half = [0.0, 0.2, 0.4, 0.7, 1.2, 1.8, 2.4]
    mesh = grid_section(
        [2.0, 3.2, 4.0, 4.4, 4.7, 5.0, 5.2, 5.6, 6.2, 7.0],
        [*(-x for x in reversed(half[1:])), *half],
        [("body", 0.0, 5.0, -0.2, 0.2)],
    )
    media = {"body": ConstantIndex.of(2.0), "surround": ConstantIndex.of(1.0)}
    cavity = SectionCavity.of(mesh, media)
    found = find_modes(cavity, ModeRequest("TE", 1000.0, None, 45, 1, 2, 1e-4))
    assert {mode.label for mode in found} == {"TE 45 1 0", "TE 45 1 1"}, found.warnings
    first, second = found["TE 45 1 0"], found["TE 45 1 1"]
    assert abs(first.wavelength_nm - 1090.14) < 3 * first.wavelength_error_nm + 0.005
    assert 0.7 < second.wavelength_nm / first.wavelength_nm < 0.85
