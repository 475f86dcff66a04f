"""Fields along a line through a mode."""

from __future__ import annotations

from typing import Any

import numpy as np
from matplotlib.figure import Figure

from ...errors import InputError
from ...modes.derived.field_result import LineFields
from ..theme import LIGHT, ONE_COLUMN_IN, Theme, colour, figure, stroke, themed

_FLOOR_DB = -120.0  # a millionth of the largest field, about what a solve leaves
_COMPONENTS = (r"$|E_r|$", r"$|E_\varphi|$", r"$|E_z|$")


@themed
def draw_line(
    line: LineFields, *, decibels: bool = False, components: bool = False, theme: Theme = LIGHT
) -> Figure:
    """|E| along a line, with the interfaces that it crosses.

    Parameters
    ----------
    line : LineFields
        From `mode.line`.
    decibels : bool
        20 log10 of |E| over its largest value on the line, down to -120 dB.
    components : bool
        Also the three components.
    theme : Theme

    Raises
    ------
    InputError
        If no field is known on the line.
    """
    if not line.known.any():
        raise InputError(f"line: no field is known on it: {line.why[0]}")
    total = line.e_abs_v_per_m
    parts: list[tuple[str, Any]] = [(r"$|E|$", total)]
    if components:
        parts += [(name, abs(line.e_v_per_m[:, index])) for index, name in enumerate(_COMPONENTS)]
    largest = np.nanmax(total)
    fig = figure(ONE_COLUMN_IN, 2.6)
    ax = fig.subplots()
    for number, (name, values) in enumerate(parts):
        shown = values
        if decibels:
            with np.errstate(divide="ignore"):
                shown = np.maximum(20.0 * np.log10(values / largest), _FLOOR_DB)
        ax.plot(line.distance_um, shown, color=colour(number), ls=stroke(number), label=name)
    for index in np.flatnonzero(line.region[1:] != line.region[:-1]):
        if line.known[index] and line.known[index + 1]:
            middle = 0.5 * (line.distance_um[index] + line.distance_um[index + 1])
            ax.axvline(middle, color=theme.muted, lw=0.8, ls=(0, (1, 2)))
            words = f"{line.region[index]} | {line.region[index + 1]}"
            ax.text(
                middle, 1.01, words, transform=ax.get_xaxis_transform(), ha="center", fontsize=7
            )
    if components:
        ax.legend()
    (r_0, r_1), (z_0, z_1) = line.r_um[[0, -1]], line.z_um[[0, -1]]
    ax.set_xlabel(f"from (r, z) = ({r_0:g}, {z_0:g}) to ({r_1:g}, {z_1:g}) µm: distance (µm)")
    ax.set_ylabel("|E| / largest (dB)" if decibels else f"|E| (V/m) at {line.energy_j:.3g} J")
    ax.grid(True, which="major")
    return fig
