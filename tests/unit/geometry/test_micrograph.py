"""Outline from pictures drawn from known shapes: size, curvature and tilt come back to a hundredth
of a pixel or so.
"""

import math

import numpy as np
import pytest
from scipy.ndimage import gaussian_filter

from cavitydesign.errors import InputError
from cavitydesign.geometry import Outline, Parabola, droplet_of, outline_from_points
from cavitydesign.geometry.micrograph import outline_of_image, scale_bar_pixels

pytest.importorskip("skimage", reason="scikit-image (extra images) is not installed")

UM_PER_PIXEL = 0.05
SUBPIXELS = 4


def picture(
    shape: Outline, fibre_um: float, tilt: float = 0.0, bright: bool = False, bar: int = 0
) -> np.ndarray:
    """Silhouette on a grey ground, blurred by one pixel, with noise, a bright spot inside and dust
    outside.
    """
    rows, columns = 400, 900
    y, x = (np.mgrid[0 : rows * SUBPIXELS, 0 : columns * SUBPIXELS] + 0.5) / SUBPIXELS - 0.5
    y, x = y - rows / 2 - 3.3, x - columns / 2 + 7.7
    along = (x * math.cos(tilt) + y * math.sin(tilt)) * UM_PER_PIXEL
    across = np.abs(y * math.cos(tilt) - x * math.sin(tilt)) * UM_PER_PIXEL
    r, z = shape.point(np.linspace(*shape.reach_um, 4000))
    body = across < np.maximum(np.interp(along, z, r, left=0.0, right=0.0), fibre_um)
    cover = body.reshape(rows, SUBPIXELS, columns, SUBPIXELS).mean(axis=(1, 3))
    grey = 200 - 140 * gaussian_filter(cover, 1.0)
    grey[190:210, 400:480] += 120.0
    grey[30:36, 100:106] = 60.0
    if bright:
        grey = 255 - grey
    grey = np.clip(grey + np.random.default_rng(0).normal(0, 3, grey.shape), 5, 250)
    if bar:
        grey[-30:-22, 40 : 40 + bar] = 255
    return np.round(grey)


DROP = droplet_of(8.0, diameter_um=15.0, contact_angle_deg=15.0)


@pytest.mark.parametrize(
    ("shape", "fibre", "tilt", "bright"),
    [(DROP, 4.0, 0.0, False), (DROP, 4.0, -0.1, True), (Parabola(7.5, 60.0), 3.0, 0.03, False)],
)
def test_known_shapes_come_back(shape: Outline, fibre: float, tilt: float, bright: bool) -> None:
    """A pixel is 50 nm: radius within 2 nm, axial radius within 2 %, tilt within 1e-4, scatter a
    tenth of a pixel.
    """
    points = outline_of_image(picture(shape, fibre, tilt, bright), UM_PER_PIXEL)
    outline = outline_from_points(points.z_um, points.r_um, fibre)
    assert points.axis_slope == pytest.approx(math.tan(tilt), abs=1e-4)
    assert outline.equator_radius_um == pytest.approx(7.5, abs=2e-3)
    assert outline.axial_radius_um == pytest.approx(shape.axial_radius_um, rel=0.02)
    assert outline.rms_um < 0.1 * UM_PER_PIXEL
    assert points.asymmetry_um < 0.2 * UM_PER_PIXEL


@pytest.mark.parametrize(
    ("long_px", "short_px", "degrees"),
    [(110.0, 100.0, 22.0), (100.0, 115.0, 0.0), (100.0, 120.0, 3.0), (100.0, 105.0, 0.0)],
)
def test_tilted_short_body_has_its_axis_found(
    long_px: float, short_px: float, degrees: float
) -> None:
    """Ellipses along and across the axis, tilted, blurred by a pixel: edges agree to 0.15
    pixels, the largest radius is right to 0.06, and the slope to 2e-3. The middle of slanted
    chords turns slowly where a body is nearly round, and away from the axis where it is wider than
    long: four passes left 4 pixels and 0.36 of the first, 60 turned the second by 86 degrees.
    """
    tilt = math.radians(degrees)
    y, x = np.mgrid[0 : 300 * SUBPIXELS, 0 : 300 * SUBPIXELS] / SUBPIXELS - 149.6
    along = x * math.cos(tilt) + y * math.sin(tilt)
    across = y * math.cos(tilt) - x * math.sin(tilt)
    body = (along / long_px) ** 2 + (across / short_px) ** 2 < 1.0
    cover = body.reshape(300, SUBPIXELS, 300, SUBPIXELS).mean(axis=(1, 3))
    found = outline_of_image(200.0 - 140.0 * gaussian_filter(cover, 1.0), UM_PER_PIXEL)
    assert found.axis_slope == pytest.approx(math.tan(tilt), abs=2e-3)
    assert found.asymmetry_um < 0.15 * UM_PER_PIXEL
    assert found.r_um.max() == pytest.approx(short_px * UM_PER_PIXEL, abs=0.06 * UM_PER_PIXEL)


def test_upright_picture_is_the_same() -> None:
    grey = picture(DROP, 4.0, 0.02)
    lying, upright = (
        outline_of_image(grey, UM_PER_PIXEL),
        outline_of_image(grey.T, UM_PER_PIXEL, upright=True),
    )
    assert np.allclose(lying.r_um, upright.r_um)
    assert np.allclose(lying.columns, upright.rows)


def test_scale_bar_is_found_and_masked() -> None:
    length, mask = scale_bar_pixels(picture(DROP, 4.0, bar=200))
    assert length == 200
    assert np.count_nonzero(mask) == 200 * 8
    with pytest.raises(InputError, match="no scale bar"):
        scale_bar_pixels(picture(DROP, 4.0))


def test_two_different_edges_show_as_asymmetry() -> None:
    """Ten pixels taken from one edge over half the length: the axis is refitted, some of it stays
    as asymmetry.
    """
    grey = picture(Parabola(7.5, 60.0), 3.0)
    grey[: 150 + 10, 450:] = 200.0
    assert outline_of_image(grey, UM_PER_PIXEL).asymmetry_um > UM_PER_PIXEL


@pytest.mark.parametrize(
    ("grey", "scale", "words"),
    [
        (np.full((100, 100), 7.0), 0.1, "no contrast"),
        (np.zeros((100, 100, 3)), 0.1, "no grey picture"),
        (np.zeros((10, 100)), 0.1, "no grey picture"),
        (np.full((100, 100), np.nan), 0.1, "finite"),
        (np.random.default_rng(0).normal(0, 1, (100, 100)), -1.0, "above 0"),
        (np.r_[np.zeros((50, 100)), np.ones((50, 100))], 0.1, "upper and a lower edge"),
    ],
)
def test_pictures_without_a_silhouette(grey: np.ndarray, scale: float, words: str) -> None:
    with pytest.raises(InputError, match=words) as caught:
        outline_of_image(grey, scale)
    assert "\n" not in str(caught.value)
