"""Reads a micrograph (PNG or TIFF) and its scale."""

from __future__ import annotations

import warnings
from pathlib import Path

import numpy as np

from ...arrays import Array
from ...errors import InputError, MissingLibraryError
from ...geometry import MeasuredOutline, outline_from_points
from ...geometry.micrograph import MicrographOutline, outline_of_image, scale_bar_pixels
from ...texts import Refused, open_regular
from .outline_file import FibrePoints, fibre_radius_at

IMAGE_SUFFIXES = (".png", ".tif", ".tiff")
# Others, such as EPS, would be handed to programs that interpret them.
_FORMATS = ("PNG", "TIFF")
# Largest cameras have 24 million. Finding edges takes 50 bytes a pixel: 1.7 GB.
_LARGEST_PIXELS = 32_000_000
# Share of the radius: a drop that sags or sits askew differs by per cents, a fibre or a neighbour
# across the picture by far more.
_LARGEST_ASYMMETRY = 0.1


def is_micrograph(name: str) -> bool:
    """Whether a file name is that of a picture."""
    return name.lower().endswith(IMAGE_SUFFIXES)


def read_image(path: Path) -> Array:
    """Grey levels of a picture, 8 or 16 bits or colour.

    Parameters
    ----------
    path : Path
        PNG or TIFF; of several pages the first.

    Returns
    -------
    image : array (rows, columns)

    Raises
    ------
    InputError
        If the file is missing or no picture.
    MissingLibraryError
        Without Pillow.
    """
    try:
        from PIL import Image, UnidentifiedImageError
    except ImportError:
        raise MissingLibraryError(
            "micrographs need Pillow: pip install 'cavitydesign[images]'"
        ) from None
    try:
        with open_regular(path) as content, warnings.catch_warnings():
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)  # our limit is stated
            picture = Image.open(content, formats=_FORMATS)
            if picture.width * picture.height > _LARGEST_PIXELS:
                raise InputError(
                    f"{path}: {picture.width} x {picture.height} pixels are too many; reduce the "
                    "picture"
                )
            grey = (
                picture
                if picture.mode in ("L", "I", "F", "I;16", "I;16B")
                else picture.convert("L")
            )
            return np.asarray(grey, dtype=np.float64)
    except FileNotFoundError:
        raise InputError(f"{path}: no such file") from None
    except Image.DecompressionBombError:
        raise InputError(
            f"{path}: more than {_LARGEST_PIXELS // 10**6} million pixels are too many; reduce the"
            " picture"
        ) from None
    except Refused as error:
        raise InputError(f"{path}: {error}") from None
    except UnidentifiedImageError:
        raise InputError(f"{path}: not a picture (PNG or TIFF)") from None
    except (OSError, ValueError, SyntaxError) as error:
        raise InputError(f"{path}: the picture cannot be read: {error}") from None


def measure_micrograph(
    path: Path,
    *,
    um_per_pixel: float | None = None,
    scale_bar_um: float | None = None,
    upright: bool = False,
) -> MicrographOutline:
    """Edges of the body in a micrograph.

    Parameters
    ----------
    path : Path
        The picture.
    um_per_pixel, scale_bar_um : float, one of them
        Scale, or length of the scale bar that is printed in the picture.
    upright : bool
        Whether the fibre stands upright in the picture.

    Raises
    ------
    InputError
        If not exactly one scale is given, no bar is found, or no silhouette.
    """
    given = {"um_per_pixel": um_per_pixel, "scale_bar_um": scale_bar_um}
    if sum(value is not None for value in given.values()) != 1:
        raise InputError(f"{path}: a micrograph needs either um_per_pixel or scale_bar_um")
    image = read_image(path)
    try:
        if scale_bar_um is not None:
            if not 0.0 < scale_bar_um < float("inf"):
                raise InputError(f"micrograph: scale_bar_um = {scale_bar_um!r} must be above 0")
            length, bar = scale_bar_pixels(image)
            um_per_pixel = scale_bar_um / length
            image = np.where(bar, np.median(np.r_[image[0], image[-1]]), image)
        return outline_of_image(image, float(um_per_pixel or 0.0), upright)
    except InputError as error:
        raise InputError(
            [f"{path}: {line.removeprefix('micrograph: ')}" for line in error.problems]
        ) from None


def load_micrograph(
    path: Path,
    fibre_radius_um: float | FibrePoints = 0.0,
    *,
    um_per_pixel: float | None = None,
    scale_bar_um: float | None = None,
    upright: bool = False,
) -> MeasuredOutline:
    """Smooth outline of the body in a micrograph; parameters as in `measure_micrograph` and
    `load_outline`.

    Parameters
    ----------
    path : Path
    fibre_radius_um : float or points of z and radius
    um_per_pixel : float or None
        Scale of the picture; this or the scale bar.
    scale_bar_um : float or None
        Length of the scale bar in the picture.
    upright : bool
        Whether the axis runs up the picture.

    Returns
    -------
    MeasuredOutline

    Raises
    ------
    InputError
        As `measure_micrograph` and `outline_from_points`, and if the two edges are those of no body
        of revolution.
    """
    points = measure_micrograph(
        path, um_per_pixel=um_per_pixel, scale_bar_um=scale_bar_um, upright=upright
    )
    widest = float(points.r_um.max())
    if points.asymmetry_um > _LARGEST_ASYMMETRY * widest:
        raise InputError(
            f"{path}: the two edges differ by {points.asymmetry_um:.3g} um (r.m.s.), too much for "
            "a body of revolution of radius"
            f" {widest:.3g} um; does something lie across it?"
        )
    try:
        return outline_from_points(
            points.z_um, points.r_um, fibre_radius_at(points.z_um, fibre_radius_um)
        )
    except InputError as error:
        raise InputError(
            [f"{path}: {line.removeprefix('outline: ')}" for line in error.problems]
        ) from None
