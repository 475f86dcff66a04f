"""Fibres that are no cylinders: against the straight and the conical one, a gmsh section of the
same cavity, and scaling.
"""

import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from cavitydesign.geometry import Cavity, Coating, Parabola, fibre_from_points
from cavitydesign.materials import ConstantIndex
from cavitydesign.modes import ModeRequest, find_modes

try:
    import gmsh  # noqa: F401

    NO_GMSH = ""
except (ImportError, OSError) as error:
    NO_GMSH = f"gmsh cannot be loaded: {error}"

BODY, FIBRE, AIR = ConstantIndex.of(1.49), ConstantIndex.of(1.46), ConstantIndex.of(1.0)
Z = np.linspace(-12.0, 12.0, 60)
REQUEST = ModeRequest("TM", 540.0, None, 120, 1, 2, 1e-8)


def bottle(fibre_um: float, **given: object) -> Cavity:
    return Cavity(Parabola(7.5, 60.0), BODY, AIR, FIBRE, fibre_um, **given)  # type: ignore[arg-type]


@pytest.mark.parametrize("taper", [0.0, 0.03])
def test_straight_and_conical_fibres_by_points(taper: float) -> None:
    """The same matrices to rounding: wavelengths to 1e-11, shares to 1e-9."""
    by_points = find_modes(bottle(6.6, fibre_shape=fibre_from_points(Z, 6.6 + taper * Z)), REQUEST)
    by_slope = find_modes(bottle(6.6, fibre_taper=taper), REQUEST)
    assert (
        [mode.label for mode in by_points]
        == [mode.label for mode in by_slope]
        == ["TM 120 1 0", "TM 120 1 1"]
    )
    for ours, known in zip(by_points, by_slope, strict=True):
        assert ours.wavelength_nm == pytest.approx(known.wavelength_nm, rel=1e-11)
        assert ours.confinement["fibre"] == pytest.approx(known.confinement["fibre"], abs=1e-9)


@pytest.mark.parametrize(("taper", "bend"), [(0.0, -0.01), (0.02, 0.004)])
def test_curved_fibre_agrees_with_its_section(tmp_path: Path, taper: float, bend: float) -> None:
    """r = 6.75 um + taper z + bend z^2, a Bezier curve in gmsh: 3e-8 (1e-6 asked of the section,
    1e-9 of the window), where the curve moves the wavelength by 6e-6 and more.
    """
    if NO_GMSH:
        pytest.skip(NO_GMSH)
    from cavitydesign.mesh.files.section_file import read_section
    from cavitydesign.mesh.section_cavity import SectionCavity

    meshes = Path(__file__).parents[2] / "meshes"
    # scripts include files of their own folder alone
    shutil.copy(meshes / "size_field.geo", tmp_path)
    text = (meshes / "bottle.geo").read_text()
    text = text.replace("fibre_diameter = {8.0", "fibre_diameter = {13.5").replace(
        "inner_radius = {1.0", "inner_radius = {5.6"
    )
    text = text.replace("half_length = {8.0", "half_length = {6.5")
    ends = {"Point(1) = {f,": f"Point(1) = {{f - {taper} * half_length + {bend} * half_length^2,"}
    ends["Point(5) = {f,"] = f"Point(5) = {{f + {taper} * half_length + {bend} * half_length^2,"
    ends["Line(4) = {5, 1};"] = (
        f"Point(11) = {{f - {bend} * half_length^2, 0, 0}};\nBezier(4) = {{5, 11, 1}};"
    )
    for old, new in ends.items():
        assert old in text
        text = text.replace(old, new)
    file = tmp_path / "tapered.geo"
    file.write_text(text)
    section = SectionCavity.of(read_section(file), {"body": BODY, "fibre": FIBRE, "surround": AIR})
    shape = fibre_from_points(Z, 6.75 + taper * Z + bend * Z**2)
    request = replace(REQUEST, axial_orders=1)
    window = find_modes(
        bottle(6.75, fibre_shape=shape), replace(request, relative_accuracy=1e-9)
    ).modes[0]
    straight = find_modes(bottle(6.75), request).modes[0]
    found = find_modes(section, replace(request, relative_accuracy=1e-6)).modes[0]
    error, moved = (
        found.wavelength_nm / window.wavelength_nm - 1,
        window.wavelength_nm / straight.wavelength_nm - 1,
    )
    print(
        f"section against window {error:.1e}, stated "
        f"{found.wavelength_error_nm / found.wavelength_nm:.1e}; moved {moved:.1e}"
    )
    assert abs(error) < 3e-8
    assert abs(moved) > 1e-6
    assert found.confinement["fibre"] == pytest.approx(window.confinement["fibre"], abs=1e-6)


def test_coatings_follow_the_wall() -> None:
    """A coating of the body's own medium changes nothing, on any fibre."""
    shape = fibre_from_points(Z, 6.3 + 0.01 * Z + 0.005 * Z**2)
    plain = find_modes(bottle(6.3, fibre_shape=shape), REQUEST)
    coated = find_modes(
        bottle(6.3, fibre_shape=shape, coatings=(Coating("primer", 0.3, BODY),)), REQUEST
    )
    for ours, known in zip(coated, plain, strict=True):
        assert ours.wavelength_nm == pytest.approx(known.wavelength_nm, rel=2e-8)
        assert ours.confinement["primer"] + ours.confinement["body"] == pytest.approx(
            known.confinement["body"], abs=1e-7
        )


def test_a_fibre_that_swells_into_the_mode_is_seen() -> None:
    """Too deep at the equator, within reach of the field beside it, at slopes up to 0.7: the stated
    error holds.
    """
    near = Z[np.abs(Z) < 8]
    shape = fibre_from_points(near, 6.0 + 0.06 * near**2)
    coarse, fine = (
        find_modes(bottle(6.0, fibre_shape=shape), replace(REQUEST, relative_accuracy=a))
        for a in (1e-6, 1e-10)
    )
    straight = find_modes(bottle(6.0), REQUEST)
    for ours, better in zip(coarse, fine, strict=True):
        error = ours.wavelength_nm / better.wavelength_nm - 1
        print(
            f"{ours.label}: {error:.1e}, stated {ours.wavelength_error_nm / ours.wavelength_nm:.1e}"
        )
        assert abs(error) < ours.wavelength_error_nm / ours.wavelength_nm
    print(fine.modes[1].wavelength_nm / straight.modes[1].wavelength_nm - 1)
    assert fine.modes[1].confinement["fibre"] > 3 * straight.modes[1].confinement["fibre"]


def test_wavelengths_scale_with_the_whole_cavity() -> None:
    """Everything 1.3 times as large at constant indices: every wavelength 1.3 times as long."""
    shape = fibre_from_points(Z, 6.6 + 0.02 * Z + 0.004 * Z**2)
    small = find_modes(bottle(6.6, fibre_shape=shape), REQUEST)
    large = find_modes(
        Cavity(
            Parabola(7.5 * 1.3, 60.0 * 1.3),
            BODY,
            AIR,
            FIBRE,
            6.6 * 1.3,
            fibre_shape=shape.scaled(1.3),
        ),
        replace(REQUEST, wavelength_nm=540.0 * 1.3),
    )
    for ours, known in zip(large, small, strict=True):
        assert ours.wavelength_nm == pytest.approx(1.3 * known.wavelength_nm, rel=1e-9)


def test_derivative_by_the_radius_of_a_curved_fibre() -> None:
    """First order from the solved field, against solves at 3 nm on either side, whose second order
    is 3e-4 of the slope.
    """
    from cavitydesign.modes.changes.change import fibre_radius_change
    from cavitydesign.modes.changes.sensitivity import wavelength_derivatives

    shape = fibre_from_points(Z, 6.6 + 0.02 * Z + 0.004 * Z**2)
    cavity = bottle(6.6, fibre_shape=shape)
    request = replace(REQUEST, axial_orders=1, relative_accuracy=1e-9)
    slope = wavelength_derivatives(
        find_modes(cavity, request).modes[0], fibre_radius_change(cavity)
    ).wavelength_nm
    step = 0.003
    low, high = (
        find_modes(replace(cavity, fibre_radius_um=6.6 + d), request).modes[0].wavelength_nm
        for d in (-step, step)
    )
    print(slope, (high - low) / (2 * step))
    assert slope == pytest.approx((high - low) / (2 * step), rel=1e-3)
