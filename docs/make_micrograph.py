"""Draws docs/images/micrograph_overlay.png: a drawn drop, measured as a micrograph is."""

from __future__ import annotations

import tempfile
from pathlib import Path

import numpy as np
from PIL import Image

from cavitydesign.design.files.micrograph_file import measure_micrograph, read_image
from cavitydesign.geometry import droplet_of, outline_from_points
from cavitydesign.visualise.fields.micrograph_view import draw_micrograph
from cavitydesign.visualise.files import save_figure

UM_PER_PIXEL, ROWS, COLUMNS, TILT = 0.05, 400, 900, 0.03
FIBRE_UM, BAR_UM = 8.0, 10.0


def drawn_drop() -> np.ndarray:
    """Grey levels of a drop of 15 um and 15 degrees: tilted, blurred, noisy, with a bright spot
    inside and a scale bar.
    """
    drop = droplet_of(FIBRE_UM, diameter_um=15.0, contact_angle_deg=15.0)
    r, z = drop.point(np.linspace(*drop.reach_um, 2001))
    y, x = (
        np.mgrid[0:ROWS, 0:COLUMNS] - np.array([ROWS / 2, COLUMNS / 2]).reshape(2, 1, 1)
    ) * UM_PER_PIXEL
    along, across = (x + TILT * y) / np.hypot(1, TILT), np.abs(y - TILT * x) / np.hypot(1, TILT)
    edge = np.maximum(np.interp(along, z, r), FIBRE_UM / 2)
    grey = 190 - 175 * np.clip((edge - across) / (3 * UM_PER_PIXEL) + 0.5, 0, 1)
    grey += 140 * np.exp(-(((along / 2.5) ** 2 + (across / 0.8) ** 2) ** 2))
    grey = np.clip(grey + np.random.default_rng(3).normal(0, 4, grey.shape), 1, 254)
    grey[-30:-24, 40 : 40 + round(BAR_UM / UM_PER_PIXEL)] = 255
    return np.round(grey).astype(np.uint8)


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "drop.png"
        Image.fromarray(drawn_drop()).save(path)
        points = measure_micrograph(path, scale_bar_um=BAR_UM)
        outline = outline_from_points(points.z_um, points.r_um, fibre_radius_um=FIBRE_UM / 2)
        figure = draw_micrograph(read_image(path), points, outline)
    print(save_figure(figure, Path(__file__).parent / "images" / "micrograph_overlay.png"))


if __name__ == "__main__":
    main()
