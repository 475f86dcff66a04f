"""What a section stands in: metal that is meant, where nothing radiates, and plane layers, into
which modes do.
"""

import math
from collections.abc import Callable

import numpy as np
import pytest
from scipy.optimize import brentq
from scipy.special import jv, jvp, yv, yvp

from cavitydesign.materials import ConstantIndex
from cavitydesign.mesh.section import SectionMesh, lobatto
from cavitydesign.mesh.section_cavity import SectionCavity
from cavitydesign.modes import Mode, ModeRequest, find_modes
from cavitydesign.modes.section.around.far import FarField, layers_of
from cavitydesign.modes.section.around.lossy import absorbing_ends
from cavitydesign.modes.section.section_measures import Reading


def rectangles(
    r: list[float], z: list[float], region_of: Callable[[float, float], str]
) -> SectionMesh:
    """Quadrilaterals r x z with named regions; the sides are the curves "outer", "lower",
    "upper".
    """
    x = 0.5 * (lobatto(2) + 1)
    number = np.arange(len(r) * len(z)).reshape(len(r), len(z))
    corners, nodes, names = [], [], []
    for i in range(len(r) - 1):
        for j in range(len(z) - 1):
            corners.append([number[i, j], number[i + 1, j], number[i + 1, j + 1], number[i, j + 1]])
            at = np.meshgrid(
                r[i] + (r[i + 1] - r[i]) * x, z[j] + (z[j + 1] - z[j]) * x, indexing="ij"
            )
            nodes.append(np.stack(at, axis=-1))
            names.append(region_of(0.5 * (r[i] + r[i + 1]), 0.5 * (z[j] + z[j + 1])))
    known = tuple(dict.fromkeys(names))
    boundary = {
        "outer": np.stack([number[-1, :-1], number[-1, 1:]], axis=1),
        "lower": np.stack([number[:-1, 0], number[1:, 0]], axis=1),
        "upper": np.stack([number[:-1, -1], number[1:, -1]], axis=1),
    }
    return SectionMesh(
        np.array(corners),
        np.array(nodes),
        np.array([known.index(n) for n in names]),
        known,
        boundary,
    )


def test_rod_in_a_closed_can() -> None:
    """A rod from plate to plate in a metal can, E along z: J_m(n k r) inside, J_m(k r) Y_m(k c) -
    Y_m(k r) J_m(k c) outside. The can lets nothing out: no absorbing layer, no radiation. 1e-6
    asked; the exact root to 3 times the stated error.
    """
    m, index, rod, can, height = 5, 2.0, 1.0, 1.6, 0.5

    def condition(k: float) -> float:
        x, y, c = index * k * rod, k * rod, k * can
        f, slope = (
            jv(m, y) * yv(m, c) - yv(m, y) * jv(m, c),
            jvp(m, y) * yv(m, c) - yvp(m, y) * jv(m, c),
        )
        return float(index * jvp(m, x) * f - jv(m, x) * slope)

    grid = np.linspace(2.5, 5.5, 400)
    values = [condition(k) for k in grid]
    place = next(i for i in range(399) if values[i] * values[i + 1] < 0)
    k = float(brentq(condition, grid[place], grid[place + 1], xtol=1e-14))
    mesh = rectangles(
        [0.1, 0.5, 0.8, 1.0, 1.2, 1.6],
        [0.0, height],
        lambda r, z: "body" if r < rod else "surround",
    )
    media = {"body": ConstantIndex.of(index), "surround": ConstantIndex.of(1.0)}
    cavity = SectionCavity.of(mesh, media, electric=("outer", "lower", "upper"))
    assert cavity.ends.closed
    mode = find_modes(
        cavity, ModeRequest("TM", 2e3 * math.pi / k + 5.0, None, m, 1, 1, 1e-6)
    ).modes[0]
    error, stated = (
        mode.wavelength_nm * k / (2e3 * math.pi) - 1,
        mode.wavelength_error_nm / mode.wavelength_nm,
    )
    print(f"{error:.1e} stated {stated:.1e}")
    assert abs(error) < 3 * stated and stated < 1e-6
    assert mode.losses.radiation is None and mode.losses.total is None
    assert not mode.raw.problem.is_complex


def ring(margin: float, oxide: float, below: float = 2.0) -> SectionCavity:
    """Silicon wire of 0.5 x 0.22 um, outer radius 2.25 um, on a substrate of some index."""
    r = [0.95, 1.4, 1.75, 2.0, 2.25, 2.25 + 0.45 * margin, 2.25 + margin]
    deep = [-below, -0.8] if below > 1.0 else [-below]
    z = [*deep, -0.35, 0.0, 0.22, 0.22 + 0.45 * margin, 0.22 + margin]

    def region_of(at_r: float, at_z: float) -> str:
        if at_z < 0:
            return "oxide"
        return "body" if 1.75 < at_r < 2.25 and at_z < 0.22 else "surround"

    media = {
        "body": ConstantIndex.of(3.48),
        "surround": ConstantIndex.of(1.0),
        "oxide": ConstantIndex.of(oxide),
    }
    return SectionCavity.of(rectangles(r, z, region_of), media)


def buried_wire(radius: float) -> SectionCavity:
    """Silicon wire of 0.5 x 0.22 um about a radius, in air on 1 um of oxide on silicon."""
    low, high = radius - 0.25, radius + 0.25
    r = [low - 1.0, low - 0.4, low, radius, high, high + 0.4, high + 1.0]
    z = [-2.0, -1.0, -0.4, 0.0, 0.22, 0.6, 1.2]

    def region_of(at_r: float, at_z: float) -> str:
        if at_z < 0:
            return "oxide" if at_z > -1.0 else "silicon"
        return "body" if low < at_r < high and at_z < 0.22 else "surround"

    indices = {"body": 3.5, "surround": 1.0, "oxide": 1.45, "silicon": 3.5}
    media = {name: ConstantIndex.of(n) for name, n in indices.items()}
    return SectionCavity.of(rectangles(r, z, region_of), media)


def test_wire_above_a_dense_substrate() -> None:
    """Light leaks through the oxide into silicon, steeply downwards, where J_m turns by 95 radians.

    The straight wire loses Im n_eff = 2.91e-8 at 1550 nm, to which the solvers of several groups
    converge (P. Bienstman et al., Opt. Quantum Electron. 38, 731 (2006)). Q = n_g / (2 Im n_eff);
    the ring of 40 um is 0.4 nm off that wavelength (the loss rises by 2.3 % a nm) and bent (0.5 %):
    2 % are allowed. With too few directions the far field was 33 % off.
    """
    radius = 40.0
    mode = find_modes(buried_wire(radius), ModeRequest("TE", 1550.4, None, 391, 1, 1, 1e-5))[0]
    assert mode.group_index is not None and mode.losses.radiation is not None
    bent = mode.group_index * (radius + 0.25) / radius
    loss = bent / (2 * 10**mode.losses.radiation)
    straight = loss / math.exp(0.023 * (mode.wavelength_nm - 1550.0))
    index = mode.m * mode.wavelength_nm * 1e-3 / (2 * math.pi * radius)
    print(mode.wavelength_nm, index, loss, straight, mode.losses)
    assert index == pytest.approx(2.4124, abs=1e-3)
    assert straight == pytest.approx(2.91e-8, rel=0.02)
    assert mode.losses.radiation_error < 1e-3


def test_wire_on_its_oxide() -> None:
    """Q of 3.9e6 of a silicon wire, R = 2 um, TE 19: log10 Q = 6.5885 by the far field over the
    oxide (6.588489) and by absorbing layers (6.58900), each at 1e-6 on finer triangles; 0.002 as
    1e-5 is asked here.
    """
    found = find_modes(ring(1.0, 1.46), ModeRequest("TE", 1568.8, None, 19, 1, 1, 1e-5))
    mode = found["TE 19 1 0"]
    print(mode.wavelength_nm, mode.losses, dict(mode.extra))
    assert mode.wavelength_nm == pytest.approx(1568.797, abs=0.03)
    assert mode.losses.radiation == pytest.approx(6.5885, abs=0.002)
    assert abs(mode.losses.radiation - 6.5885) < 3 * mode.losses.radiation_error + 5e-4


@pytest.mark.parametrize(("margin", "below"), [(0.4, 2.0), (1.0, 0.5)])
def test_room_around_the_wire(margin: float, below: float) -> None:
    """The same wire with 0.4 um of air (it was 1.4 decades off), or 0.5 um of oxide, in the file:
    elements are added for the layers. Wavelength and log10 Q as above, where the 1e-5 asked leaves
    0.03 nm and 0.002.
    """
    mode = find_modes(ring(margin, 1.46, below), ModeRequest("TE", 1568.8, None, 19, 1, 1, 1e-5))[
        "TE 19 1 0"
    ]
    print(mode.wavelength_nm, mode.losses)
    assert mode.wavelength_nm == pytest.approx(1568.797, abs=0.03)
    assert mode.losses.radiation == pytest.approx(6.5885, abs=0.002)
    assert abs(mode.losses.radiation - 6.5885) < 3 * mode.losses.radiation_error + 5e-4


@pytest.fixture(scope="module")
def wire_alone() -> Mode:
    """TE 20 of the wire, Q of 7e6, 1e-4 asked."""
    return find_modes(ring(1.0, 1.46), ModeRequest("TE", 1560.0, None, 20, 1, 1, 1e-4))["TE 20 1 0"]


def test_surfaces_around_a_mode_check_its_far_field(wire_alone: Mode) -> None:
    """The tangential fields on a closed surface beside the wire radiate into the oxide what its
    polarisation does: 7e-4 of log10 Q apart at the accuracy of 1e-4, 2e-3 allowed. A far field
    that counts half of the polarisation tells four times the Q, and the surfaces say so.
    """
    raw = wire_alone.raw
    problem, k, m = raw.problem, raw.k_per_um.real, float(raw.m)
    reading = Reading(problem, raw.vector[:, None], m, 0, k, raw.eps)
    far, energy = FarField(problem, raw.vector[:, None], m, k, raw.eps), reading.both_energies
    value, error, _ = far.log10_q(reading.points, energy, True)
    matter = problem.body_numbers >= 0
    surfaces = far.on_surfaces(matter, layers_of(problem.cavity, raw.eps), energy)
    print(value, error, surfaces - value)
    assert abs(surfaces[0] - value) < 2e-3 and error < 1e-4
    half = [
        (field, 0.5 * weight, region, elements)
        for field, weight, region, elements in reading.points
    ]
    wrong, stated, _ = far.log10_q(half, energy, True)
    print(wrong - value, stated)
    assert wrong - value == pytest.approx(math.log10(4.0), abs=1e-9)
    assert stated == pytest.approx(math.log10(4.0), abs=0.02)


def test_a_mode_alone_and_in_a_comb(wire_alone: Mode) -> None:
    """log10 Q of TE 20 does not depend on what is asked beside it: alone, and in a range that holds
    TE 19 and 21 too, where absorbing layers are sized for another wavelength. To 3 times the bars
    of both at 1e-4 asked, which are below 0.02.
    """
    cavity = ring(1.0, 1.46)
    alone = wire_alone
    comb = find_modes(cavity, ModeRequest("TE", 1525.0, 110.0, None, 1, 1, 1e-4))
    assert {"TE 19 1 0", "TE 20 1 0", "TE 21 1 0"} <= {mode.label for mode in comb}
    beside = comb["TE 20 1 0"]
    bars = alone.losses.radiation_error + beside.losses.radiation_error
    assert abs(alone.losses.radiation - beside.losses.radiation) < 3 * bars < 0.06
    waves = alone.wavelength_error_nm + beside.wavelength_error_nm
    assert abs(alone.wavelength_nm - beside.wavelength_nm) < 3 * waves


def test_a_substrate_that_absorbs_is_named() -> None:
    """Waves that end in a medium count as radiation: a line says so where kappa is 0.12, and none
    where it is 1e-6.
    """
    for absorption_per_cm, said in ((1e4, True), (0.1, False)):
        cavity = ring(1.0, 1.46)
        media = {
            name: ConstantIndex.of(1.46, absorption_per_cm) if name == "oxide" else medium
            for name, medium in cavity.regions
        }
        lines = absorbing_ends(SectionCavity.of(cavity.mesh, media), 4.0)
        assert bool(lines) == said and all(line.startswith("oxide absorbs") for line in lines)
