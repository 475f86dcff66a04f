"""Micrographs through the design file: scale, formats, and what is refused."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from cavitydesign.design import parse_design
from cavitydesign.design.files.micrograph_file import (
    load_micrograph,
    measure_micrograph,
    read_image,
)
from cavitydesign.errors import InputError
from cavitydesign.geometry import MeasuredOutline

image_library = pytest.importorskip("PIL.Image", reason="Pillow (extra images) is not installed")
pytest.importorskip("skimage", reason="scikit-image (extra images) is not installed")


def silhouette() -> np.ndarray:
    """A parabola of R = 75 and axial radius 600 pixels, edges antialiased, with a bar of 100
    pixels.
    """
    y, x = np.mgrid[0:220, 0:401]
    edge = 75.0 - (x - 200.0) ** 2 / 1200.0
    grey = 200.0 - 150.0 * np.clip(edge - np.abs(y - 110.0) + 0.5, 0.0, 1.0)
    grey[205:211, 20:120] = 255.0
    return grey


@pytest.fixture
def png(tmp_path: Path) -> Path:
    path = tmp_path / "drop.png"
    image_library.fromarray(np.round(silhouette()).astype(np.uint8)).save(path)
    return path


def design(file: str, **scale: Any) -> dict[str, Any]:
    cavity = {"profile": "outline", "file": file, "body": "PMMA", "surround": "air", **scale}
    return {
        "cavity": cavity,
        "modes": {"polarisation": "TM", "wavelength_nm": 537.6, "span_nm": 5.0},
    }


def test_scale_bar_and_pixel_size_agree(png: Path) -> None:
    by_bar = load_micrograph(png, scale_bar_um=10.0)
    by_pixel = load_micrograph(png, um_per_pixel=0.1)
    assert by_bar.equator_radius_um == pytest.approx(7.5, abs=5e-3)
    assert by_bar.axial_radius_um == pytest.approx(60.0, rel=5e-3)
    assert by_bar.equator_radius_um == pytest.approx(by_pixel.equator_radius_um, rel=1e-5)


def test_sixteen_bit_tiff_and_colour(tmp_path: Path) -> None:
    deep = tmp_path / "drop.tif"
    image_library.fromarray(np.round(silhouette() * 200).astype(np.uint16)).save(deep)
    assert load_micrograph(deep, um_per_pixel=0.1).equator_radius_um == pytest.approx(7.5, abs=5e-3)
    colour = tmp_path / "drop_colour.png"
    image_library.fromarray(
        np.repeat(np.round(silhouette()).astype(np.uint8)[..., None], 3, axis=2)
    ).save(colour)
    assert read_image(colour).shape == (220, 401)


def test_design_with_a_micrograph(png: Path) -> None:
    made = parse_design(design(str(png), scale_bar_um=10.0)).cavity
    assert isinstance(made.outline, MeasuredOutline)
    assert made.diameter_um == pytest.approx(15.0, abs=0.01)


@pytest.mark.parametrize(
    ("scale", "words"),
    [({}, "exactly one of"), ({"um_per_pixel": 0.1, "scale_bar_um": 10.0}, "exactly one of")],
)
def test_design_without_one_scale(png: Path, scale: dict[str, float], words: str) -> None:
    with pytest.raises(InputError, match=words):
        parse_design(design(str(png), **scale))


def test_scale_belongs_to_pictures(tmp_path: Path) -> None:
    (tmp_path / "o.csv").write_text(
        "z_um,r_um\n" + "\n".join(f"{z},{7.5 - z * z / 120}" for z in range(-9, 10))
    )
    assert parse_design(design(str(tmp_path / "o.csv"))).cavity.diameter_um == pytest.approx(15.0)
    with pytest.raises(InputError, match="belongs to a micrograph"):
        parse_design(design(str(tmp_path / "o.csv"), um_per_pixel=0.1))


def test_damaged_pictures(png: Path, tmp_path: Path) -> None:
    """Cut short, not a picture, empty, missing: one line each, beginning with the file's name."""
    cut = tmp_path / "cut.png"
    cut.write_bytes(png.read_bytes()[:400])
    text = tmp_path / "text.png"
    text.write_text("no picture")
    empty = tmp_path / "empty.tif"
    empty.write_bytes(b"")
    for path in (cut, text, empty, tmp_path / "missing.png"):
        with pytest.raises(InputError) as caught:
            measure_micrograph(path, um_per_pixel=0.1)
        assert str(caught.value).startswith(str(path))
        assert "\n" not in str(caught.value)
    with pytest.raises(InputError, match="either um_per_pixel or scale_bar_um"):
        measure_micrograph(png)
