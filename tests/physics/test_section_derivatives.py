"""Derivatives and thresholds of modes solved on sections, against the exact sphere."""

import numpy as np
import pytest
from section_sources import annular_sector

from cavitydesign.analytic.resonance import Resonator, find_resonance
from cavitydesign.errors import InputError
from cavitydesign.materials import ConstantIndex
from cavitydesign.mesh.section_cavity import SectionCavity
from cavitydesign.modes import ModeRequest, ModeSet, find_modes
from cavitydesign.modes.changes.change import diameter_change, index_change
from cavitydesign.modes.changes.sensitivity import wavelength_derivatives
from cavitydesign.modes.complex_threshold import static_threshold

RHO, THETA = [5.3, 6.1, 6.8, 7.5, 8.3, 9.3], [-0.75, -0.5, -0.3, -0.12, 0.08, 0.25, 0.5, 0.75]


@pytest.fixture(scope="module")
def sphere() -> SectionCavity:
    """A sphere of 15 um as a section of its rim."""
    mesh = annular_sector(np.array(RHO), np.array(THETA), 7.5)
    return SectionCavity.of(
        mesh, {"body": ConstantIndex.of(1.49), "surround": ConstantIndex.of(1.0)}
    )


@pytest.fixture(scope="module")
def solved(sphere: SectionCavity) -> ModeSet:
    """Its TM 120 1 0 mode to 1e-6."""
    return find_modes(sphere, ModeRequest("TM", 500.0, None, 120, 1, 1, 1e-6))


@pytest.mark.parametrize("region", ["body", "surround"])
def test_index_of_a_region(sphere: SectionCavity, solved: ModeSet, region: str) -> None:
    """d lambda/dn of either side of the surface against differences of the exact resonance (good to
    1e-8).
    """
    slope = wavelength_derivatives(solved.modes[0], index_change(sphere, region)).wavelength_nm
    step = 1e-4
    indices = [(1.49 + d, 1.0) if region == "body" else (1.49, 1.0 + d) for d in (-step, step)]
    low, high = (
        find_resonance(Resonator((7.5,), pair, True), 120, 1, "TM").wavelength_nm
        for pair in indices
    )
    expected = (high - low) / (2 * step)
    assert abs(slope - expected) < 1e-6 * 500.0, (
        f"{region}: measured {slope!r}, expected {expected!r}; asked 1e-6 lambda"
    )


def test_threshold_for_a_given_q(solved: ModeSet) -> None:
    """Uniform loss 1/Q, gain in the body: kappa = n / (2 Q Gamma), Gamma the share of the whole
    window (1e-6 of a stated share).
    """
    mode = solved.modes[0]
    found = static_threshold(mode, q_passive=1e5)
    expected = 1.49 / (2 * 1e5 * mode.confinement["body"])
    assert abs(found.extinction / expected - 1) < 3e-5, (
        f"measured {found.extinction!r}, expected {expected!r}"
    )


def test_shape_of_a_section_cannot_be_moved(sphere: SectionCavity, solved: ModeSet) -> None:
    """One line that says so."""
    other = annular_sector(np.array(RHO) * 1.001, np.array(THETA), 7.5075)
    moved = SectionCavity.of(other, dict(sphere.media))
    change = index_change(sphere, "body")
    with pytest.raises(InputError, match="only its media"):
        wavelength_derivatives(solved.modes[0], type(change)("size", sphere, moved, 1.0))
    with pytest.raises(InputError, match="only its media"):
        diameter_change(sphere)
