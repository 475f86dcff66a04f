"""What a reader sees of the letters of a figure: cut by the edge, over each other, crossed, small."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.collections import LineCollection
from matplotlib.figure import Figure
from matplotlib.path import Path as PixelPath
from matplotlib.text import Text
from matplotlib.transforms import Bbox


def written(figure: Figure) -> list[Text]:
    """Every text that is seen; ticks outside the limits of their axis, or of one turned off, are
    not.
    """
    unseen = set()
    for ax in figure.axes:
        for axis in (ax.xaxis, ax.yaxis):
            low, high = sorted(axis.get_view_interval())
            for tick in (*axis.get_major_ticks(), *axis.get_minor_ticks()):
                if not (ax.axison and low <= tick.get_loc() <= high):
                    unseen |= {tick.label1, tick.label2}
    texts = [one for one in figure.findobj(Text) if isinstance(one, Text) and one not in unseen]
    return [one for one in texts if one.get_visible() and one.get_text().strip()]


def off_paper(figure: Figure, canvas: FigureCanvasAgg) -> list[str]:
    """Texts that the edge of the picture cuts, by more than a pixel."""
    width, height = figure.bbox.size
    boxes = [
        (one.get_text(), one.get_window_extent(canvas.get_renderer())) for one in written(figure)
    ]
    return [
        text
        for text, box in boxes
        if box.x0 < -1 or box.y0 < -1 or box.x1 > width + 1 or box.y1 > height + 1
    ]


def overlapping(figure: Figure, canvas: FigureCanvasAgg) -> list[tuple[str, str]]:
    """Pairs of texts whose boxes share more than a pixel both ways."""
    renderer = canvas.get_renderer()
    boxes = [(one.get_text(), shrunken(one, renderer)) for one in written(figure)]
    return [
        (first, second)
        for (first, a), (second, b) in itertools.combinations(boxes, 2)
        if a.overlaps(b)
    ]


def crossed(figure: Figure, canvas: FigureCanvasAgg) -> list[str]:
    """Texts that a line, a marker's stem, an arrow or a frame crosses, unless they stand on a ground
    of their own.
    """
    renderer = canvas.get_renderer()
    paths = [
        path for ax in figure.axes for path in (*drawn_lines(ax), *frame_lines(ax)) if len(path)
    ]
    return [
        text.get_text()
        for text in written(figure)
        if text.get_bbox_patch() is None
        and any(path.intersects_bbox(shrunken(text, renderer), filled=False) for path in paths)
    ]


def drawn_lines(ax: Axes) -> Iterator[PixelPath]:
    """Lines of an axes in pixels, cut at its edge."""
    for one in ax.get_lines():
        if one.get_visible() and one.get_linestyle() not in ("None", "", " "):
            yield clipped(one.get_transform().transform_path(one.get_path()), ax)
    for many in ax.collections:
        if isinstance(many, LineCollection):
            for path in many.get_paths():
                yield clipped(many.get_transform().transform_path(path), ax)


def clipped(path: PixelPath, ax: Axes) -> PixelPath:
    """The part of a line within the axes."""
    cut = list(path.iter_segments(clip=tuple(ax.bbox.extents), simplify=False))
    corners = [(tuple(points[-2:]), code) for points, code in cut]
    return PixelPath(
        np.array([point for point, _ in corners]).reshape(-1, 2), [code for _, code in corners]
    )


def frame_lines(ax: Axes) -> Iterator[PixelPath]:
    """The visible sides of the frame of an axes."""
    for spine in ax.spines.values():
        if spine.get_visible():
            yield spine.get_transform().transform_path(spine.get_path())


def shrunken(text: Text, renderer: Any) -> Bbox:
    """The box of a text less a pixel on each side, which smooth edges of letters take."""
    box = text.get_window_extent(renderer)
    return Bbox.from_extents(box.x0 + 1, box.y0 + 1, box.x1 - 1, box.y1 - 1)


def small_letters(figure: Figure) -> list[str]:
    """Texts in letters under 7 pt, before indices are made smaller."""
    return [one.get_text() for one in written(figure) if one.get_fontsize() < 7.0]
