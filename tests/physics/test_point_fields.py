"""Fields at points against the exact fields of spheres and cylinders, and against Maxwell."""

from __future__ import annotations

import math

import numpy as np
import pytest
from section_sources import annular_sector

from cavitydesign.analytic.energy import mode_volume_um3
from cavitydesign.analytic.fields import exact_fields
from cavitydesign.analytic.resonance import Resonance, Resonator, find_resonance
from cavitydesign.errors import InputError, SolverError
from cavitydesign.geometry import Cavity, Cylinder, Spheroid
from cavitydesign.materials.material import ConstantIndex
from cavitydesign.mesh.section_cavity import SectionCavity
from cavitydesign.modes import Mode, ModeRequest, find_modes
from cavitydesign.units import (
    SPEED_OF_LIGHT_UM_PER_PS,
    VACUUM_IMPEDANCE_OHM,
    VACUUM_PERMITTIVITY_F_PER_M,
    wavenumber_per_um,
)

GLASS, AIR = ConstantIndex.of(1.5), ConstantIndex.of(1.0)


def ball(radius_um: float, body: ConstantIndex = GLASS, around: ConstantIndex = AIR) -> Cavity:
    return Cavity(Spheroid(radius_um, radius_um), body, around)


def meshed_ball() -> Cavity:
    """A sphere of index 2.5 in 1.45, R = 2.5 um, as a section."""
    rho = [0.8, 1.5, 2.05, 2.5, 3.1, 3.8, 4.5]
    theta = [-1.35, -1.0, -0.65, -0.3, 0.0, 0.3, 0.65, 1.0, 1.35]
    mesh = annular_sector(np.array(rho), np.array(theta), 2.5)
    return SectionCavity.of(
        mesh, {"body": ConstantIndex.of(2.5), "surround": ConstantIndex.of(1.45)}
    )


def places(radius_um: float, spherical: bool) -> tuple[np.ndarray, np.ndarray]:
    """Points on either side of the rim, above and below the equator."""
    random = np.random.default_rng(7)
    out = radius_um * random.uniform(0.8, 1.1, 200)
    turn = random.uniform(-0.25, 0.25, 200)
    return (out * np.cos(turn), out * np.sin(turn)) if spherical else (out, turn)


def off_exact(mode: Mode, exact: Resonance) -> tuple[float, float]:
    """Largest errors of E and Z0 H / n over the largest |E|; one common factor is free."""
    r, z = places(exact.problem.radii_um[-1], exact.problem.spherical)
    found = mode.field(r, z)
    assert found.known.all()
    right = exact_fields(exact, mode.m, r, z)
    factor = np.vdot(right.e, found.e_v_per_m) / np.vdot(right.e, right.e)
    largest = abs(factor) * np.sqrt((abs(right.e) ** 2).sum(-1)).max()
    e = abs(found.e_v_per_m - factor * right.e).max()
    h = abs(VACUUM_IMPEDANCE_OHM * found.h_a_per_m - factor * right.h)
    return e / largest, (h / found.index[:, None]).max() / largest


@pytest.mark.parametrize("polarisation", ["TM", "TE"])
@pytest.mark.parametrize("accuracy", [1e-4, 1e-6, 1e-8])
def test_sphere_within_its_bar(polarisation: str, accuracy: float) -> None:
    """E and H of q = 0, 1, 2 at 200 points, both mirror classes and both sides of the equator.

    The bar is the root of the wavelength's error, so it falls tenfold for two decades asked; two
    thirds of it was the most seen.
    """
    found = find_modes(
        ball(3.0), ModeRequest(polarisation, 650.0, None, 40, 1, 3, relative_accuracy=accuracy)
    )
    sphere = Resonator((3.0,), (1.5, 1.0), True)
    for mode in found:
        exact = find_resonance(sphere, mode.m + mode.q, 1, polarisation, 650.0)
        bar = mode.field(2.9, 0.0).relative_error
        assert bar < 15 * math.sqrt(accuracy)
        assert max(off_exact(mode, exact)) < bar, mode.label


@pytest.mark.parametrize("polarisation", ["TM", "TE"])
def test_cylinder_behind_an_inner_interface(polarisation: str) -> None:
    """A shell of 1.46 on a core of 1.6, in which the light runs; E_r jumps at both interfaces."""
    cavity = Cavity(Cylinder(5.0), ConstantIndex.of(1.46), AIR, ConstantIndex.of(1.6), 4.8)
    sliced = Cavity(**{**vars(cavity), "sliced": True})
    (mode,) = find_modes(sliced, ModeRequest(polarisation, 650.0, None, 60, 1, 1, 1e-8))
    exact = find_resonance(Resonator((4.8, 5.0), (1.6, 1.46, 1.0)), 60, 1, polarisation, 650.0)
    assert max(off_exact(mode, exact)) < mode.field(4.9, 0.0).relative_error < 5e-4
    assert list(mode.field([4.7, 4.9, 5.1], 0.0).region) == ["fibre", "body", "surround"]


@pytest.mark.parametrize("polarisation", ["TM", "TE"])
@pytest.mark.parametrize("meshed", [False, True])
def test_leaky_sphere(meshed: bool, polarisation: str) -> None:
    """Index 2.5 in 1.45, Q of 3e4: within the bar, in a window and in a section."""
    cavity = meshed_ball() if meshed else ball(2.5, ConstantIndex.of(2.5), ConstantIndex.of(1.45))
    (mode,) = find_modes(cavity, ModeRequest(polarisation, 1500.0, None, 21, 1, 1, 1e-6))
    exact = find_resonance(Resonator((2.5,), (2.5, 1.45), True), 21, 1, polarisation, 1500.0)
    bar = mode.field(2.4, 0.0).relative_error
    assert max(off_exact(mode, exact)) < bar < 3e-3
    check_rim(mode, 2.5, bar)
    check_flux(mode, 2.5)


def check_rim(mode: Mode, radius_um: float, bar: float) -> None:
    """Across the rim E along it continues to rounding over 2e-9 um, D through it to the bar.

    The elements share E along their edges; D through them is continuous in the limit only.
    """
    turn = np.linspace(-0.2, 0.2, 41)
    out = np.stack([np.cos(turn), 0 * turn, np.sin(turn)], -1)
    along = np.stack([-np.sin(turn), 0 * turn, np.cos(turn)], -1)
    inside, outside = (
        mode.field(radius_um * (1 + side) * np.cos(turn), radius_um * (1 + side) * np.sin(turn))
        for side in (-1e-9, 1e-9)
    )
    assert set(inside.region) == {"body"} and set(outside.region) == {"surround"}
    e, d = (
        [getattr(side, name) for side in (inside, outside)] for name in ("e_v_per_m", "d_c_per_m2")
    )
    for direction in (along, [0.0, 1.0, 0.0]):
        jump = abs(((e[1] - e[0]) * direction).sum(-1)).max()
        assert jump < 1e-7 * abs(e[0]).max()
    assert abs(((d[1] - d[0]) * out).sum(-1)).max() < 2 * bar * abs(d[0]).max()


def check_flux(mode: Mode, radius_um: float) -> None:
    """What flows through a sphere of 1.15 R is what the energy within loses: P = w U / Q.

    Exact for a field that decays as exp(-w t / 2 Q), at any sphere in the lossless part, if U is
    the energy within the sphere. 6e-3: the flux is of first order in the error of the field, whose
    square is what a Q is asked to (a section that stops there is 4e-3 off).
    """
    x, weight = np.polynomial.legendre.leggauss(80)
    turn = 0.5 * math.pi * x
    end = 1.15 * radius_um
    surface = mode.field(end * np.cos(turn), end * np.sin(turn))
    out = np.stack([np.cos(turn), 0 * turn, np.sin(turn)], -1)
    flow = np.nan_to_num((surface.poynting_w_per_m2 * out).sum(-1))
    power = math.pi**2 * (end * 1e-6) ** 2 * (weight * flow * np.cos(turn)).sum()
    stored = 0.0
    for low, high in ((0.3 * radius_um, radius_um), (radius_um, end)):
        across, weigh = np.polynomial.legendre.leggauss(20)
        rho = (0.5 * (high + low) + 0.5 * (high - low) * across)[:, None]
        volume = 0.5 * (high - low) * weigh[:, None] * math.pi**2 * weight * rho**2 * np.cos(turn)
        u = mode.field(rho * np.cos(turn), rho * np.sin(turn)).energy_density_j_per_m3
        stored += 1e-18 * (np.nan_to_num(u) * volume).sum()
    assert stored == pytest.approx(surface.energy_j, rel=2e-3)
    frequency = 1e12 * SPEED_OF_LIGHT_UM_PER_PS * wavenumber_per_um(mode.wavelength_nm)
    assert frequency * stored / power == pytest.approx(10**mode.losses.radiation, rel=6e-3)


def test_one_photon_by_the_exact_volume() -> None:
    """eps |E|^2 at its largest is 2 U / (eps0 V), with the exact mode volume of the sphere (5e-4:
    the point of the largest density has an error of the order of the bar).
    """
    (mode,) = find_modes(ball(3.0), ModeRequest("TM", 650.0, None, 40, 1, 1, 1e-8))
    exact = find_resonance(Resonator((3.0,), (1.5, 1.0), True), 40, 1, "TM", 650.0)
    cut = mode.line((2.3, 0.0), (3.1, 0.0), 1601)
    density = (cut.e_abs_v_per_m**2 * cut.index**2).max()
    volume = 2 * cut.energy_j / VACUUM_PERMITTIVITY_F_PER_M / density * 1e18
    assert volume == pytest.approx(mode_volume_um3(exact), rel=5e-4)
    assert cut.energy_j == pytest.approx(6.62607015e-34 * 299792458 / (1e-9 * mode.wavelength_nm))
    more = mode.line((2.3, 0.0), (3.1, 0.0), 1601, energy_j=9 * cut.energy_j)
    assert more.e_abs_v_per_m == pytest.approx(3 * cut.e_abs_v_per_m)


def test_dispersive_energy_is_stored() -> None:
    """The energy density of a dispersive body, summed over space, is the energy stated (2e-5)."""
    from cavitydesign.materials import find_material

    (mode,) = find_modes(
        ball(3.0, find_material("PMMA")), ModeRequest("TM", 560.0, None, 46, 1, 1, 1e-8)
    )
    x, weight = np.polynomial.legendre.leggauss(48)
    turn, stored = 0.35 * math.pi * x, 0.0
    for low, high in ((1.6, 3.0), (3.0, 3.8)):
        rho = (0.5 * (high + low) + 0.5 * (high - low) * x)[:, None]
        area = 0.5 * (high - low) * weight[:, None] * 0.35 * math.pi * weight * rho
        found = mode.field(rho * np.cos(turn), rho * np.sin(turn))
        area = area * 2 * math.pi * rho * np.cos(turn)
        stored += 1e-18 * (np.nan_to_num(found.energy_density_j_per_m3) * area).sum()
    assert stored == pytest.approx(found.energy_j, rel=2e-5)


def test_where_no_field_is_known() -> None:
    """NaN with the reason: deep inside, in the absorbing layer, beyond the section of a file."""
    (mode,) = find_modes(
        ball(2.5, ConstantIndex.of(2.5), ConstantIndex.of(1.45)),
        ModeRequest("TM", 1500.0, None, 21, 1, 1),
    )
    found = mode.field([0.1, 2.4, 4.5, 90.0], 0.0)
    assert list(found.known) == [False, True, False, False]
    assert "relative_accuracy" in found.why[0] and "absorbing layer" in found.why[2]
    assert np.isnan(found.e_v_per_m[0]).all() and np.isfinite(found.e_v_per_m[1]).all()
    assert "2 not known" in repr(found) or "1 not known" in repr(found)
    (meshed,) = find_modes(meshed_ball(), ModeRequest("TM", 1500.0, None, 21, 1, 1))
    assert "section of the file" in meshed.field(0.1, 9.0).why[()]
    for wrong in ((-1.0, 0.0), (float("nan"), 0.0), ("two", 0.0)):
        with pytest.raises(InputError, match="r_um"):
            mode.field(*wrong)
    with pytest.raises(InputError, match="energy_j"):
        mode.field(2.4, 0.0, energy_j=0.0)
    with pytest.raises(SolverError, match="no solved field"):
        Mode(**{**vars(mode), "raw": None}).field(2.4, 0.0)


def test_tables_of_points() -> None:
    """Data frame and dataset keep places, units and reasons."""
    (mode,) = find_modes(ball(3.0), ModeRequest("TM", 650.0, None, 40, 1, 1))
    line = mode.line((2.0, 0.0), (3.0, 0.0), 5)
    frame, cube = line.to_dataframe(), line.to_xarray()
    assert frame["distance_um"].tolist() == pytest.approx([0, 0.25, 0.5, 0.75, 1.0])
    assert frame["e_z_v_per_m"].to_numpy() == pytest.approx(line.e_v_per_m[:, 2], nan_ok=True)
    assert cube["E"].attrs["units"] == "V/m" and cube["E"].dims == ("point", "component")
    assert line.e_db.max() == 0.0 and "<table" in line._repr_html_()
    around = mode.field(2.8, 0.0, [0.0, math.pi / 40])
    assert around.e_v_per_m[1] == pytest.approx(-around.e_v_per_m[0])
