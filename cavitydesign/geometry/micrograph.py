"""Silhouette of a body of revolution in a micrograph: both edges to a fraction of a pixel, axis,
and r against z.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ..arrays import Array
from ..errors import InputError, MissingLibraryError

_SMALLEST_SIDE_PX = 32  # Pixels a side, and points of an edge: fewer resolve no curvature.
_SMALLEST_CONTRAST = 0.1  # Of the grey levels of the picture: with less, noise makes edges.
_BORDER_PX = 2  # An edge ends at the border of the picture, where no grey level lies beyond.
# Two passes and an extrapolation each: three of them bring tilted ellipses to 1e-6 of the slope.
_AXIS_ROUNDS = 8
_AXIS_RESTS = 1e-6  # Change of slope: a thousandth of a pixel over a picture of a thousand.
# Of (b/a)^2 from 1: an ellipse rounder than 100 by 95 pixels has hardly an axis, and noise of its
# edges would be made twenty times larger.
_HARDLY_AN_AXIS = 0.1
# Slope of the axis (27 degrees): beyond it columns no longer part the two edges.
_LARGEST_TILT = 0.5
# A printed scale bar: a filled rectangle of one grey level, at least this wide and this many times
# wider than high.
_BAR_WIDTH_PX = 20
_BAR_ASPECT = 4.0  # Letters and arrow heads are less wide for their height.
# Marks of the size of a bar that are looked at: letters beside it are dozens.
_MOST_MARKS = 1000
_BAR_FILLING = 0.98  # A rectangle is filled but for single pixels of its corners.


@dataclass(frozen=True, eq=False)
class MicrographOutline:
    """Points of the two edges of a silhouette about its axis.

    Parameters
    ----------
    z_um, r_um : array (n,)
        Along the axis and away from it, both edges together.
    columns, rows : array (n,)
        The same points in the picture, in pixels, for drawing them over it.
    um_per_pixel : float
        Scale.
    axis_row, axis_slope : float
        Axis of revolution in the picture: row = axis_row + axis_slope * column.
    asymmetry_um : float
        Root mean square difference between the two edges' radii at the same place; large for a body
        that is no body of revolution, or seen askew.
    """

    z_um: Array
    r_um: Array
    columns: Array
    rows: Array
    um_per_pixel: float
    axis_row: float
    axis_slope: float
    asymmetry_um: float


def outline_of_image(image: Array, um_per_pixel: float, upright: bool = False) -> MicrographOutline:
    """Find the edges of the largest object of a picture.

    Parameters
    ----------
    image : array (rows, columns)
        Grey levels of any scale; the body may be darker or brighter than the ground.
    um_per_pixel : float
        Scale.
    upright : bool
        Whether the fibre stands upright in the picture; it lies along the rows otherwise.

    Raises
    ------
    InputError
        If the picture is too small, without contrast, or without an object that has two edges.
    MissingLibraryError
        Without scikit-image.

    Notes
    -----
    Otsu's threshold parts the grey levels; at half height between their medians, marching squares
    place the edge between pixels. The axis is the straight line through the middle of the two
    edges, found together with them because r and z are measured by it.
    """
    grey = _checked(image, um_per_pixel)
    if upright:
        grey = grey.T
    upper, lower = _edges(grey)
    intercept, slope = _axis(upper, lower)
    columns, rows = np.r_[upper[0], lower[0]], np.r_[upper[1], lower[1]]
    cosine = 1.0 / np.hypot(1.0, slope)
    across = (rows - intercept - slope * columns) * cosine
    along = (columns + slope * (rows - intercept)) * cosine
    asymmetry = _asymmetry(along, across) * um_per_pixel
    if upright:
        columns, rows = rows, columns
    return MicrographOutline(
        z_um=_frozen(along * um_per_pixel),
        r_um=_frozen(np.abs(across) * um_per_pixel),
        columns=_frozen(columns),
        rows=_frozen(rows),
        um_per_pixel=um_per_pixel,
        axis_row=intercept,
        axis_slope=slope,
        asymmetry_um=asymmetry,
    )


def scale_bar_pixels(image: Array) -> tuple[int, NDArray[np.bool_]]:
    """Length of the printed scale bar, and where it lies.

    Parameters
    ----------
    image : array (rows, columns)
        Grey levels.

    Returns
    -------
    length : int
        Pixels from the first to the last column of the bar.
    mask : array of bool (rows, columns)
        The bar, to be painted over before edges are looked for.

    Raises
    ------
    InputError
        If no solid bar in the lightest or darkest grey is found.
    """
    from scipy.ndimage import find_objects, label

    best = 0
    mask = np.zeros(image.shape, dtype=bool)
    for level in (image.max(), image.min()):
        labels = _largest_marks(np.asarray(label(image == level)[0], dtype=np.int32))
        for number, box in enumerate(find_objects(labels), start=1):
            height, width = (part.stop - part.start for part in box)
            filling = np.count_nonzero(labels[box] == number) / (height * width)
            whole = width == image.shape[1] or height == image.shape[0]
            bar = (
                width >= max(_BAR_WIDTH_PX, _BAR_ASPECT * height)
                and filling >= _BAR_FILLING
                and not whole
            )
            if bar and width > best:
                best = width
                mask = labels == number
    if best == 0:
        raise InputError(
            "micrograph: no scale bar found (a solid bar, pure black or white); give um_per_pixel "
            "instead"
        )
    return best, mask


def _largest_marks(labels: NDArray[np.int32]) -> NDArray[np.int32]:
    """Numbers of those marks that are as large as a bar, of the largest first: of noise in black
    and white every fourth pixel is a mark.
    """
    sizes = np.bincount(labels.ravel())
    sizes[0] = 0
    kept = np.flatnonzero(sizes >= _BAR_FILLING * _BAR_WIDTH_PX)
    kept = kept[np.argsort(sizes[kept], kind="stable")][::-1][:_MOST_MARKS]
    numbers = np.zeros(len(sizes), dtype=np.int32)
    numbers[kept] = np.arange(1, len(kept) + 1)
    return np.asarray(numbers[labels])


def _checked(image: Array, um_per_pixel: float) -> Array:
    grey = np.asarray(image, dtype=np.float64)
    if grey.ndim != 2 or min(grey.shape) < _SMALLEST_SIDE_PX:
        raise InputError(
            f"micrograph: {' x '.join(map(str, grey.shape))} is no grey picture of "
            f"{_SMALLEST_SIDE_PX} or more pixels a side"
        )
    if not np.isfinite(grey).all():
        raise InputError("micrograph: some grey levels are not finite numbers")
    if not 0.0 < um_per_pixel < np.inf:
        raise InputError(f"micrograph: um_per_pixel = {um_per_pixel!r} must be above 0")
    return grey


def _edges(grey: Array) -> tuple[tuple[Array, Array], tuple[Array, Array]]:
    """Columns and rows of the upper and the lower edge of the largest object."""
    try:
        from skimage.filters import threshold_otsu
        from skimage.measure import find_contours
    except ImportError:
        raise MissingLibraryError(
            "micrographs need scikit-image: pip install 'cavitydesign[images]'"
        ) from None
    low, high = np.percentile(grey, [0.5, 99.5])
    if not high > low:
        raise InputError("micrograph: the picture has no contrast")
    level = float(threshold_otsu(grey))
    light, dark = float(np.median(grey[grey > level])), float(np.median(grey[grey <= level]))
    level = 0.5 * (light + dark)
    signed = grey - level
    ground = float(np.median(np.r_[signed[0], signed[-1]]))
    if ground > 0:
        signed = -signed
    if (light - dark) < _SMALLEST_CONTRAST * (grey.max() - grey.min()):
        raise InputError("micrograph: body and ground differ too little in grey level")
    signed = _largest_object(signed)
    contours = find_contours(signed, 0.0)
    points = np.concatenate(contours) if contours else np.zeros((0, 2))
    height, width = grey.shape
    inside = (np.abs(points[:, 0] - (height - 1) / 2) < (height - 1) / 2 - _BORDER_PX) & (
        np.abs(points[:, 1] - (width - 1) / 2) < (width - 1) / 2 - _BORDER_PX
    )
    points = points[inside]
    rows, columns = np.nonzero(signed > 0)
    middle = np.bincount(columns, rows, width) / np.maximum(
        np.bincount(columns, minlength=width), 1
    )
    is_upper = points[:, 0] < middle[np.rint(points[:, 1]).astype(int)]
    upper, lower = points[is_upper], points[~is_upper]
    if min(len(upper), len(lower)) < _SMALLEST_SIDE_PX:
        raise InputError("micrograph: no object with an upper and a lower edge inside the picture")
    return (upper[:, 1], upper[:, 0]), (lower[:, 1], lower[:, 0])


def _largest_object(signed: Array) -> Array:
    """The picture with holes filled and everything but the largest object pushed below the
    level.
    """
    from scipy.ndimage import binary_dilation, binary_fill_holes, label

    labels, count = label(signed > 0)
    if count == 0:
        raise InputError("micrograph: no object found")
    sizes = np.bincount(labels.ravel())
    sizes[0] = 0
    body = binary_fill_holes(labels == int(np.argmax(sizes)))
    # Keep the grey levels of the body's own rim, which place the edge between pixels; flatten all
    # else.
    rim = binary_dilation(body, iterations=2)
    depth = float(np.abs(signed).max())
    filled = np.where(body, np.maximum(signed, 1e-9 * depth), np.minimum(signed, -1e-9 * depth))
    return np.where(rim, filled, -depth)


def _axis(upper: tuple[Array, Array], lower: tuple[Array, Array]) -> tuple[float, float]:
    """Row at column 0 and slope of the middle line between two edges.

    Each pass compares the edges at the same place along the axis found so far. The middle of
    slanted chords lies on the conjugate diameter: of an ellipse a long and b across, a pass leaves
    (b/a)^2 of the error of the slope, and more than all of it where the body is wider than long.
    Two passes tell that factor, and with it the slope that a pass would leave as it is. A sphere
    has no axis to be missed.
    """
    intercept, slope = 0.0, 0.0
    for _ in range(_AXIS_ROUNDS):
        column, row, first = _middle_line(upper, lower, intercept, slope)
        change = first - slope
        if abs(change) < _AXIS_RESTS:
            intercept, slope = row - first * column, first
            break
        column, row, second = _middle_line(upper, lower, row - first * column, first)
        factor = (second - first) / change
        if abs(1.0 - factor) < _HARDLY_AN_AXIS:
            intercept, slope = row - second * column, second
            break
        slope += change / (1.0 - factor)
        intercept = row - slope * column
    if abs(slope) > _LARGEST_TILT:
        raise InputError(
            f"micrograph: the axis is tilted by {np.degrees(np.arctan(slope)):.0f} degrees; turn "
            "the picture (or say upright)"
        )
    return float(intercept), float(slope)


def _middle_line(
    upper: tuple[Array, Array], lower: tuple[Array, Array], intercept: float, slope: float
) -> tuple[float, float, float]:
    """Column and row of a point of the line through the middle of chords across an axis, and the
    slope of that line.
    """
    cosine = 1.0 / np.hypot(1.0, slope)
    sides = []
    for columns, rows in (upper, lower):
        along = (columns + slope * (rows - intercept)) * cosine
        across = (rows - intercept - slope * columns) * cosine
        order = np.argsort(along)
        sides.append((along[order], across[order]))
    grid = _common(sides)
    middle = 0.5 * sum(np.interp(grid, along, across) for along, across in sides)
    tilt, shift = np.polyfit(grid, middle, 1)
    # From the rotated frame back to the picture
    along = float(grid.mean())
    across = float(shift + tilt * along)
    column = cosine * (along - slope * across)
    row = intercept + cosine * (slope * along + across)
    return column, row, float((slope + tilt) / (1.0 - slope * tilt))


def _common(sides: list[tuple[Array, Array]]) -> Array:
    low, high = max(side[0][0] for side in sides), min(side[0][-1] for side in sides)
    if not high > low:
        raise InputError("micrograph: the two edges share no part of the axis")
    return np.linspace(low, high, 400)


def _asymmetry(along: Array, across: Array) -> float:
    sides = []
    for side in (across < 0, across >= 0):
        order = np.argsort(along[side])
        sides.append((along[side][order], np.abs(across[side][order])))
    if min(len(side[0]) for side in sides) == 0:
        raise InputError("micrograph: both edges lie on one side of the axis")
    grid = _common(sides)
    first, second = (np.interp(grid, position, radius) for position, radius in sides)
    return float(np.sqrt(np.mean((first - second) ** 2)))


def _frozen(values: Array) -> Array:
    values = np.array(values, dtype=np.float64)
    values.setflags(write=False)
    return values
