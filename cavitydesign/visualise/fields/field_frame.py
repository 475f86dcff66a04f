"""What stands around a painted field: scale bar, interfaces, names of regions and caustics."""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import pairwise

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from ...geometry.cavity import Cavity
from ...modes.derived.sampled_field import FieldSamples
from ...modes.mode import Mode
from ..labels import SCALE_BARS_UM
from ..theme import Theme, halo
from .caustic import caustics

# share of the peak below which a linear picture shows nothing, so that its frame can end there
LINEAR_FRAME = 2e-4


def density_frame(field: FieldSamples, threshold: float) -> tuple[float, float, float, float]:
    """The box (r0, r1, z0, z1) in um that holds all density above a threshold, with a margin."""
    seen = field.energy_density >= threshold
    r, z = field.r_um[seen], field.z_um[seen]
    margin = 0.08 * max(float(np.ptp(r)), 0.2 * float(np.ptp(z)))
    low_r, high_r = float(r.min()) - margin, float(r.max()) + margin
    low_z, high_z = float(z.min()) - margin, float(z.max()) + margin
    return (
        max(low_r, float(field.r_um.min())),
        min(high_r, float(field.r_um.max())),
        max(low_z, float(field.z_um.min())),
        min(high_z, float(field.z_um.max())),
    )


def _under(line: str) -> str:
    """The colour that lies under letters of a line's colour."""
    return "#00204c" if line == "#ffffff" else "#ffffff"


def draw_scale_bar(ax: Axes, colour: str) -> None:
    """A bar of a round length in the lower left corner."""
    left, right = ax.get_xlim()
    bottom, top = ax.get_ylim()
    wanted = 0.3 * (right - left)
    length = max([one for one in SCALE_BARS_UM if one <= wanted], default=wanted)
    x, y = left + 0.06 * (right - left), bottom + 0.035 * (top - bottom)
    ax.plot(
        [x, x + length],
        [y, y],
        color=colour,
        lw=2.5,
        solid_capstyle="butt",
        label="scale bar",
        zorder=6,
    )
    ax.text(
        x,
        y + 0.012 * (top - bottom),
        f"{length:g} µm",
        color=colour,
        ha="left",
        va="bottom",
        fontsize=7,
        zorder=6,
        bbox={"facecolor": _under(colour), "edgecolor": "none", "pad": 0.8, "alpha": 0.8},
    )


def add_interfaces(ax: Axes, field: FieldSamples, colour: str) -> None:
    for name, curve in field.interfaces_um.items():
        ax.plot(curve[:, 0], curve[:, 1], color=colour, lw=0.9, zorder=4, label=name)


def name_regions(
    ax: Axes, field: FieldSamples, colour: str, upright_lines_um: Sequence[float] = ()
) -> None:
    """Region names along the upper edge of the frame, each in the middle of the widest part of its
    stretch that no upright line divides.
    """
    left, right = ax.get_xlim()
    bottom, top = ax.get_ylim()
    height = top - 0.05 * (top - bottom)
    column = int(np.argmin(np.abs(field.z_um[field.z_um.shape[0] // 2] - height)))
    r, region = field.r_um[:, column], field.region[:, column]
    for position, name in enumerate(field.region_names):
        inside = r[(region == position) & (r >= left) & (r <= right)]
        if inside.size and np.ptp(inside) > 0.1 * (right - left):
            low, high = float(inside.min()), float(inside.max())
            ends = sorted([low, high, *(one for one in upright_lines_um if low < one < high)])
            width, low = max((b - a, a) for a, b in pairwise(ends))
            ax.text(
                low + 0.5 * width,
                height,
                name,
                color=colour,
                ha="center",
                va="top",
                rotation=90 if width < 0.42 * (right - left) else 0,
                fontsize=7,
                zorder=6,
                path_effects=halo(_under(colour)),
            )


def add_caustics(ax: Axes, mode: Mode, cavity: Cavity, colour: str) -> tuple[float, float]:
    """The lines where rays of a mode turn; the radii of the upright ones."""
    turning = caustics(mode, cavity)
    for radius, name in (
        (turning.inner_radius_um, "inner caustic"),
        (turning.outer_radius_um, "outer caustic"),
    ):
        ax.axvline(radius, color=colour, lw=0.8, ls=(0, (4, 2)), zorder=4, label=name)
    if math.isfinite(turning.axial_um):
        for z in (-turning.axial_um, turning.axial_um):
            ax.axhline(
                z, color=colour, lw=0.8, ls=(0, (1, 2)), zorder=4, label="axial turning point"
            )
    return turning.inner_radius_um, turning.outer_radius_um


def explain_lines(fig: Figure, turning: bool, theme: Theme, signed: bool = False) -> None:
    """What the lines over the field are, below the panels."""
    told = [("surface", "-"), ("ray caustics", (0, (4, 2))), ("axial turning points", (0, (1, 2)))]
    strokes = [
        Line2D([], [], color=theme.ink, lw=0.9, ls=style, label=name)
        for name, style in told[: 3 if turning else 1]
    ]
    if signed:
        strokes += [
            Line2D([], [], color=theme.ink, lw=0.8, ls=style, label=f"{sign} half of the largest")
            for sign, style in (("+", "-"), ("\N{MINUS SIGN}", "--"))
        ]
    fig.legend(handles=strokes, loc="outside lower center", ncols=3)


def line_colour(component: str, logarithmic: bool, theme: Theme) -> str:
    """White on dark maps, black on light ones (the signed map is light in its middle on either
    ground).
    """
    if component != "energy":
        return "#1a1a1a"
    return "#ffffff" if logarithmic or theme.name == "dark" else theme.ink


def panel_size_in(frame: tuple[float, float, float, float]) -> tuple[float, float]:
    """Width and height in inches of one panel, from the shape of what it shows."""
    shape = (frame[3] - frame[2]) / (frame[1] - frame[0])
    height = min(max(2.0, 1.8 * shape), 3.8)
    return max(height / shape, 0.75), height
