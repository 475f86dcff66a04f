"""One house style for every picture: type, colours that the colour-blind can tell apart, light and
dark ground.

No function touches pyplot or its global figure list: every view makes its own
`matplotlib.figure.Figure`.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, ParamSpec

import matplotlib as mpl
from cycler import cycler
from matplotlib.axes import Axes
from matplotlib.colors import Colormap, LinearSegmentedColormap
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

P = ParamSpec("P")

# Okabe and Ito's palette (Color Universal Design, 2008), ordered so that neighbours differ in
# lightness too.
OKABE_ITO = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#8C6D1F")
_ON_DARK = ("#56B4E9", "#E8853D", "#2FBF96", "#DDA0C4", "#E6C229", "#8FA8FF", "#C9A86A")
REGION_ALPHA = 0.16  # a tint on which lines and letters of the same colour still stand out
# Widths of figures in inches: one column of a journal is 89 mm, two are 183 mm, so that letters
# and lines are printed at the size in which they are drawn.
ONE_COLUMN_IN = 3.5
TWO_COLUMNS_IN = 7.2  # 183 mm, as said above
CURVE_POINTS = 400  # of a smooth curve: closer than the dots of a printed column
_MOST_ROWS = 24  # rows of a legend in the height of a figure
_LEAST_TICKS = 3  # two ends and one between, to see whether an axis is logarithmic
_MOST_ABOVE = 6  # two rows of three names fit above one column
_LEGEND_WIDTH_IN = 1.2  # inches for a name of a dozen letters and its line


@dataclass(frozen=True)
class Theme:
    """Colours of one ground.

    Attributes
    ----------
    name : str
        "light" or "dark".
    ground, ink, muted, grid : str
        Paper, text and lines, secondary text, grid lines.
    sequential, diverging : str
        Names of matplotlib colour maps, of even perceived steps and safe for the colour-blind.
    series : tuple of str
        Colours of lines and bars, in order.
    """

    name: str
    ground: str
    ink: str
    muted: str
    grid: str
    sequential: str
    diverging: str
    series: tuple[str, ...]

    @property
    def rc(self) -> dict[str, Any]:
        """The matplotlib settings of this theme."""
        return {
            "figure.facecolor": self.ground,
            "axes.facecolor": self.ground,
            "axes.edgecolor": self.ink,
            "axes.labelcolor": self.ink,
            "axes.titlecolor": self.ink,
            "text.color": self.ink,
            "xtick.color": self.ink,
            "ytick.color": self.ink,
            "grid.color": self.grid,
            "legend.edgecolor": self.grid,
            "legend.labelcolor": self.ink,
            "font.family": ["DejaVu Sans"],
            "font.size": 7.5,
            "axes.titlesize": 7.5,
            "axes.titlelocation": "left",
            "axes.labelsize": 8,
            "legend.fontsize": 7,
            "legend.frameon": False,
            "xtick.labelsize": 7,
            "ytick.labelsize": 7,
            "xtick.direction": "in",
            "ytick.direction": "in",
            "xtick.top": True,
            "ytick.right": True,
            "axes.linewidth": 0.8,
            "lines.linewidth": 1.2,
            "lines.markersize": 4.0,
            "grid.linewidth": 0.5,
            "axes.prop_cycle": cycler(color=self.series),
            "image.cmap": self.sequential,
            "axes.formatter.useoffset": False,
            "figure.constrained_layout.use": True,
            "figure.dpi": 110,
            "mathtext.fontset": "dejavusans",
        }


LIGHT = Theme("light", "#ffffff", "#1a1a1a", "#5f5f5f", "#d9d9d9", "cividis", "RdBu_r", OKABE_ITO)
DARK = Theme("dark", "#14171c", "#e8e8e8", "#a0a6ad", "#3a4048", "cividis", "RdBu_r", _ON_DARK)


def themed(draw: Callable[P, Figure]) -> Callable[P, Figure]:
    """Run a drawing function under the settings of its `theme` argument (light if it is not
    given).
    """

    @functools.wraps(draw)
    def run(*args: P.args, **kwargs: P.kwargs) -> Figure:
        theme = kwargs.get("theme", LIGHT)
        assert isinstance(theme, Theme)
        with mpl.rc_context(theme.rc):
            return draw(*args, **kwargs)

    return run


def colour(position: int) -> str:
    """The colour of a series by its position, in the theme being drawn, repeating after seven."""
    series: list[str] = mpl.rcParams["axes.prop_cycle"].by_key()["color"]
    return series[position % len(series)]


def stroke(position: int) -> str:
    """The line style of a series by its position: neighbours differ in print without colour, and
    no pair of colour and line comes again before the 28th series.
    """
    return ("-", "--", "-.", ":")[position % 4]


def mark(position: int) -> str:
    """The marker of a series by its position."""
    return "os^Dv<>P"[position % 8]


def legend_beside(ax: Axes, title: str | None = None) -> None:
    """The legend of an axes outside the picture's axes: short ones above, long ones on the right,
    where their length takes nothing from the height of the axes.
    """
    handles, names = ax.get_legend_handles_labels()
    fig = ax.get_figure(root=True)
    assert fig is not None
    if len(names) <= _MOST_ABOVE:
        fig.legend(
            handles, names, loc="outside upper center", title=title, ncols=min(len(names), 3)
        )
        return
    fig.set_figwidth(fig.get_figwidth() + _LEGEND_WIDTH_IN * (1 + len(names) // _MOST_ROWS))
    fig.legend(
        handles, names, loc="outside right upper", title=title, ncols=1 + len(names) // _MOST_ROWS
    )


def sequential_map(theme: Theme) -> Colormap:
    """The map of densities: from the ground's own end, so that empty space recedes."""
    if theme.name == "dark":
        return mpl.colormaps["inferno"]
    # magma upside down with a white end: lightness falls steadily, hue changes little for the
    # colour-blind
    return _light_density_map()


@functools.cache
def _light_density_map() -> Colormap:
    samples = mpl.colormaps["magma_r"]
    colours = [(1.0, 1.0, 1.0), *[samples(x)[:3] for x in (0.12, 0.25, 0.4, 0.55, 0.7, 0.85, 0.97)]]
    return LinearSegmentedColormap.from_list("density_on_white", colours)


class _ShownFigure(Figure):
    """A figure that notebooks show at the end of a cell, without pyplot and without any magic."""

    def _repr_png_(self) -> tuple[bytes, dict[str, int]]:
        """The picture, and the width at which a notebook shows it."""
        from .files import figure_bytes, screen_width_px

        return figure_bytes(self), {"width": screen_width_px(self)}


def figure(width_in: float, height_in: float) -> Figure:
    """An empty figure of the current theme, laid out without overlaps."""
    return _ShownFigure(figsize=(width_in, height_in), layout="constrained")


def halo(colour_under: str) -> list[Any]:
    """Path effects that keep letters legible where lines cross them: a rim of the colour under
    them.
    """
    from matplotlib.patheffects import withStroke

    return [withStroke(linewidth=2.2, foreground=colour_under)]


def label_panel(ax: Axes, letter: str) -> None:
    """A panel's letter in its upper left corner, outside the axes, as journals ask for."""
    ax.text(-0.02, 1.03, letter, transform=ax.transAxes, fontweight="bold", ha="right", va="bottom")


def plain_ticks(ax: Axes, axis: str = "y") -> None:
    """Decimal numbers, not powers of ten, on a logarithmic axis whose numbers are short."""
    low, high = ax.get_ylim() if axis == "y" else ax.get_xlim()
    if not 1e-3 <= low < high <= 1e5:
        return
    span = high / low
    steps = (1, 1.5, 2, 3, 4, 5, 7) if span < 12 else (1, 2, 5) if span < 150 else (1,)
    ticks = [
        step * 10.0**power
        for power in range(-3, 5)
        for step in steps
        if low <= step * 10.0**power <= high
    ]
    if len(ticks) < _LEAST_TICKS:  # a range of a few per cent falls between them
        ticks = [float(one) for one in MaxNLocator(4).tick_values(low, high) if low <= one <= high]
    put = ax.set_yticks if axis == "y" else ax.set_xticks
    put(ticks, [f"{value:g}" for value in ticks])
    put([], [], minor=True)
