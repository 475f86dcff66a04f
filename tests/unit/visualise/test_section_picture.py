"""The picture of a section fills each region with its own elements and names it."""

import numpy as np

from cavitydesign.visualise.fields.section_view import draw_section


def test_regions_are_filled_and_named() -> None:
    points = np.array([[0.0, 0.0], [1.0, 0.0], [1.0, 1.0], [0.0, 1.0], [2.0, 0.0]])
    triangles = np.array([[0, 1, 2], [0, 2, 3], [1, 4, 2]])
    fig = draw_section(points, triangles, ["body", "body", "surround"], title="three elements")
    ax = fig.axes[0]
    body, surround = ax.collections[:2]
    assert [len(c.get_paths()) for c in (body, surround)] == [2, 1]
    assert len(body.get_facecolor()) and not len(surround.get_facecolor())
    legend = ax.get_legend()
    assert legend is not None
    assert [text.get_text() for text in legend.get_texts()] == ["body", "surround"]
    assert ax.get_title(loc="left") == "three elements"
