"""Modes of sections are found wherever the hint lies, and wherever the section does."""

import numpy as np
import pytest
from grid_sections import grid_section

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
    two meshes and two layers). Modes of the absorbing layer, whose products without conjugation have
    no bound, were taken for it from a hint 1.5 % off.
    """
    (mode,) = find_modes(disk(), ModeRequest("TE", hint_nm, None, 7, relative_accuracy=1e-4))
    assert mode.label == "TE 7 1 0"
    off = abs(mode.wavelength_nm - 1523.507)
    assert off < 3 * mode.wavelength_error_nm + 0.003, (mode.wavelength_nm, off)
    assert mode.wavelength_error_nm < 0.16
    assert abs(mode.losses.radiation - 4.119) < 0.01, mode.losses


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
