"""The overlay lies on the silhouette: its curves are the fitted radii in the picture's own
coordinates.
"""

import numpy as np

from cavitydesign.geometry import outline_from_points
from cavitydesign.geometry.micrograph import MicrographOutline
from cavitydesign.visualise.fields.micrograph_view import draw_micrograph


def test_overlay_is_where_the_outline_is() -> None:
    z = np.linspace(-12.0, 12.0, 200)
    r = 7.5 - z**2 / 120.0
    scale, slope, row = 0.1, 0.05, 110.0
    cosine = 1 / np.hypot(1, slope)
    columns = np.r_[z, z] / scale * cosine - np.r_[-r, r] / scale * slope * cosine
    rows = row + np.r_[z, z] / scale * slope * cosine + np.r_[-r, r] / scale * cosine
    points = MicrographOutline(np.r_[z, z], np.r_[r, r], columns, rows, scale, row, slope, 0.0)
    fig = draw_micrograph(
        np.zeros((220, 401)), points, outline_from_points(points.z_um, points.r_um)
    )
    dots, upper, lower, _axis = fig.axes[0].lines
    for line, side in ((upper, slice(200, None)), (lower, slice(0, 200))):
        order = np.argsort(dots.get_xdata()[side])
        x, y = np.asarray(dots.get_xdata())[side][order], np.asarray(dots.get_ydata())[side][order]
        assert np.max(np.abs(np.interp(line.get_xdata(), x, y) - line.get_ydata())) < 1e-3
    assert "15.000" in fig.axes[0].get_title(loc="left")
