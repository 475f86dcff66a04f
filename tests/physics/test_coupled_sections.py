"""Bodies of a section that share their modes: every supermode has a label of its own, and is found
and counted.

Right values of two disks over each other (radius 5 um, thickness 0.4 um, gap 0.3 um, index 2 in
vacuum, cut off at r = 2 um): an independent finite-element solution, right to 0.003 nm.
"""

import numpy as np
import pytest
from grid_sections import grid_section, two_disks

from cavitydesign.materials import ConstantIndex
from cavitydesign.mesh.section_cavity import SectionCavity
from cavitydesign.modes import ModeRequest, find_modes
from cavitydesign.modes.section.supermodes import matched, ranked
from cavitydesign.modes.solver.identity import Identity

KNOWN_TO_NM = 0.003
TE_45 = {"TE 45 1 0": 1095.555, "TE 45 1 1": 1084.889}


@pytest.mark.parametrize("name_of_upper", ["upper", "body"])
def test_both_supermodes_of_one_azimuthal_order(name_of_upper: str) -> None:
    """Whether the disks are two regions or one, from a hint 4 % off: both modes, each with its
    label, and a count of two. Within 3 bars and what the reference knows.
    """
    cavity = two_disks(name_of_upper)
    assert cavity.bodies == 2
    found = find_modes(cavity, ModeRequest("TE", 1050.0, None, 45, relative_accuracy=1e-5))
    assert found.complete and found.counted == 2, found.warnings
    assert {mode.label for mode in found} == set(TE_45)
    for label, right_nm in TE_45.items():
        off = abs(found[label].wavelength_nm - right_nm)
        assert off < 3 * found[label].wavelength_error_nm + KNOWN_TO_NM, (label, off)


def test_supermodes_of_distant_bodies_keep_their_order() -> None:
    """A gap of 1.6 um leaves a splitting of 4e-4 nm, which low orders do not resolve: q rises as
    the wavelength falls all the same. Both lie within 2e-3 nm of the lone disk's 1090.1434 nm.
    """
    cavity = two_disks(gap_um=1.6)
    found = find_modes(cavity, ModeRequest("TE", 1085.0, None, 45, relative_accuracy=1e-6))
    first, second = found["TE 45 1 0"].wavelength_nm, found["TE 45 1 1"].wavelength_nm
    assert first > second, (first, second)
    assert first - second == pytest.approx(4e-4, abs=1e-4)
    assert abs(0.5 * (first + second) - 1090.1434) < 2e-3


def test_supermodes_in_a_range() -> None:
    """One supermode of m = 45 and one of m = 46 lie between 1071 and 1089 nm, the other two do
    not.
    """
    found = find_modes(two_disks(), ModeRequest("TE", 1080.0, 18.0, relative_accuracy=1e-5))
    right = {"TE 45 1 1": 1084.889, "TE 46 1 0": 1076.218}
    assert found.complete and {mode.label for mode in found} == set(right), found.warnings
    for label, right_nm in right.items():
        off = abs(found[label].wavelength_nm - right_nm)
        assert off < 3 * found[label].wavelength_error_nm + KNOWN_TO_NM, (label, off)


def test_modes_of_unlike_bodies_are_those_of_each() -> None:
    """An upper disk of index 1.9 has modes of its own, 5 % shorter: none is lost for lying outside
    the region named body, and each lies in one disk, as the coupling (5 nm) is a tenth of the
    distance (about 50 nm): a share of (5/50)^2 = 1 % in the other one.
    """
    found = find_modes(
        two_disks(upper_index=1.9), ModeRequest("TE", 1060.0, None, 45, relative_accuracy=1e-4)
    )
    assert [mode.label for mode in found] == ["TE 45 1 0", "TE 45 1 1"]
    lower, upper = found
    assert lower.confinement["body"] > 0.9 and upper.confinement["upper"] > 0.9
    assert lower.confinement["upper"] < 0.03 and upper.confinement["body"] < 0.03


def test_pieces_that_are_no_bodies() -> None:
    """A stem touches the body, a substrate ends with the section, a small grain has no mode of the
    same azimuthal order: one body.
    """
    r = np.linspace(0.0, 6.0, 13)
    z = np.linspace(-3.0, 3.0, 13)
    mesh = grid_section(
        r,
        z,
        [
            ("body", 0.0, 5.0, -0.5, 0.5),
            ("stem", 0.0, 1.0, -2.0, -0.5),
            ("substrate", 0.0, 6.0, -3.0, -2.0),
            ("grain", 0.0, 2.0, 1.5, 2.0),
        ],
    )
    media = dict.fromkeys(("body", "stem", "substrate", "grain"), ConstantIndex.of(2.0))
    assert SectionCavity.of(mesh, {**media, "surround": ConstantIndex.of(1.0)}).bodies == 1


def _identity(q: int) -> Identity:
    return Identity("TM", 1, q, np.array([1.0, 0.0, 0.0]), 1.0, 1.0)


def test_axial_orders_count_over_all_bodies() -> None:
    """q = N j + s: s rises as the wavelength falls, j is the order within a body."""
    k = np.array([2.0, 1.0, 3.0, 2.5])
    labels = ranked([_identity(q) for q in (0, 0, 1, 1)], k, np.ones(4), 2)
    assert {place: label[2] for place, label in labels.items()} == {1: 0, 0: 1, 3: 2, 2: 3}


def test_a_lone_supermode_takes_the_nearest_label() -> None:
    """Where only one of two was found, its estimate tells which it is."""
    expected = {0: 1.0, 1: 1.01}
    assert matched(np.array([1.0098]), expected, 0.03) == {1: 0}
    assert matched(np.array([1.02, 1.0098]), expected, 0.03) == {0: 1, 1: 0}


def test_a_stranger_takes_no_label() -> None:
    """The first of two supermodes 5 % apart was not found, a stranger beside the second was."""
    assert matched(np.array([1.0497, 1.0560]), {0: 1.0, 1: 1.05}, 0.03) == {1: 0}
