"""A cavity measured point by point has the modes of the shape that the points were taken from."""

import numpy as np
import pytest

from cavitydesign.geometry import Cavity, Outline, Parabola, droplet_of, outline_from_points
from cavitydesign.materials import find_material
from cavitydesign.modes import ModeRequest, find_modes

REQUEST = ModeRequest(
    polarisation="TM",
    wavelength_nm=537.6,
    azimuthal_order=122,
    radial_orders=1,
    axial_orders=2,
    relative_accuracy=1e-6,
)


def wavelengths(outline: Outline) -> np.ndarray:
    cavity = Cavity(
        outline=outline,
        body=find_material("PMMA"),
        surround=find_material("air"),
        fibre=find_material("silica"),
        fibre_radius_um=4.0,
    )
    return np.array([mode.wavelength_nm for mode in find_modes(cavity, REQUEST).modes])


@pytest.mark.parametrize(
    "shape",
    [Parabola(7.5, 60.0), droplet_of(8.0, diameter_um=15.0, contact_angle_deg=15.0)],
    ids=["parabola", "drop"],
)
def test_200_points_give_the_modes_of_their_shape(shape: Outline) -> None:
    """Within the asked 1e-6.

    Nine digits determine the parabola to 1e-10. The drop needs many spline pieces, which leave its
    curvature known to 1e-5, and with it the axial zero-point shift, 2e-3 of the wavelength; it is
    solved without mirror symmetry.
    """
    low, high = (max(-12.0, shape.reach_um[0]), min(12.0, shape.reach_um[1]))
    r, z = shape.point(np.linspace(low, high, 200))
    order = np.random.default_rng(4).permutation(200)
    measured = outline_from_points(np.round(z, 9)[order], np.round(r, 9)[order], 4.0)
    found, expected = wavelengths(measured), wavelengths(shape)
    print(f"relative differences {found / expected - 1}, tolerance 1e-6")
    assert len(found) == len(expected) == 2
    assert np.max(np.abs(found / expected - 1)) < 1e-6
