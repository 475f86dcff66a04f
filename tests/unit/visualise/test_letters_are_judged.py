"""The judges of letters see what they shall see, and let clear letters be."""

from __future__ import annotations

from letters import crossed, off_paper, overlapping, small_letters
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure


def test_letters_on_lines_and_frames_are_seen() -> None:
    figure = Figure(figsize=(3, 3))
    ax = figure.add_axes((0.2, 0.2, 0.6, 0.6))
    ax.axis([0.0, 1.0, 0.0, 1.0])
    ax.plot([0.0, 1.0], [0.5, 0.5])
    ax.vlines([0.8], 0.0, 1.0)
    ax.text(0.1, 0.47, "crossed")
    ax.text(0.1, 0.6, "clear")
    ax.text(0.7, 0.2, "on a stem")
    ax.text(-0.1, 0.9, "on the frame")
    ax.text(0.3, 0.48, "on its own ground", bbox={"facecolor": "white"})
    canvas = FigureCanvasAgg(figure)
    canvas.draw()
    assert crossed(figure, canvas) == ["crossed", "on a stem", "on the frame"]


def test_letters_beyond_the_edge_and_too_small_are_seen() -> None:
    figure = Figure(figsize=(2, 2))
    figure.text(0.99, 0.5, "beyond")
    figure.text(0.1, 0.5, "small", fontsize=6)
    canvas = FigureCanvasAgg(figure)
    canvas.draw()
    assert off_paper(figure, canvas) == ["beyond"] and small_letters(figure) == ["small"]


def test_letters_over_each_other_are_seen() -> None:
    figure = Figure(figsize=(2, 2))
    figure.text(0.1, 0.5, "below")
    figure.text(0.12, 0.52, "above")
    figure.text(0.1, 0.1, "apart")
    canvas = FigureCanvasAgg(figure)
    canvas.draw()
    assert overlapping(figure, canvas) == [("below", "above")]
