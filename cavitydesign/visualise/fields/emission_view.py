"""Where the light of a mode goes, with an objective's cone."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np
from matplotlib.figure import Figure

from ..theme import LIGHT, ONE_COLUMN_IN, Theme, colour, figure, themed

if TYPE_CHECKING:
    from ...modes.derived.pattern import EmissionPattern

_LOWEST_DB = -40.0  # Detectors of a pattern see little below; the room is for the lobes.


@themed
def draw_emission(
    pattern: EmissionPattern,
    numerical_aperture: float | None = 0.5,
    direction: str = "across",
    *,
    theme: Theme = LIGHT,
) -> Figure:
    """Power by polar angle in decibels of its largest, by polarisation, with an objective's cone.

    Parameters
    ----------
    pattern : EmissionPattern
        From `Mode.emission`.
    numerical_aperture : float or None
        Of the objective; None draws no cone.
    direction : {"across", "along"}
        Where the objective stands.
    theme : Theme
    """
    fig = figure(ONE_COLUMN_IN, 3.4)
    ax: Any = fig.add_subplot(projection="polar")
    ax.set_theta_zero_location("N")
    ax.set_theta_direction(-1)
    largest = float(max((pattern.axial + pattern.azimuthal).max(), 1e-300))
    angle = np.deg2rad(pattern.polar_angle_deg)
    curves = (("E along the fibre", pattern.axial), ("E across it", pattern.azimuthal))
    for index, (name, power) in enumerate(curves):
        level = np.maximum(10.0 * np.log10(np.maximum(power / largest, 1e-30)), _LOWEST_DB)
        both = np.concatenate([angle, 2.0 * np.pi - angle[::-1]])
        ax.plot(
            both,
            np.concatenate([level, level[::-1]]),
            color=colour(index),
            ls=("-", "--")[index],
            label=name,
        )
    if numerical_aperture is not None:
        half = math.asin(min(numerical_aperture / pattern.surround_index, 1.0))
        middle = 0.5 * math.pi if direction == "across" else 0.0
        share = pattern.collected(numerical_aperture, direction)
        cone = np.linspace(middle - half, middle + half, 60)
        ax.fill_between(
            cone,
            _LOWEST_DB,
            2.0,
            color=theme.muted,
            alpha=0.2,
            lw=0,
            label=f"objective NA {numerical_aperture:g}: {100 * share:.1f} %",
        )
    ax.set_rlim(_LOWEST_DB, 2.0)
    ax.set_rticks([-20, -10, 0], ["", "", ""])
    for ring in (-10, 0):  # along the axis, where curves dip and leave room
        ax.text(
            np.pi,
            ring,
            f"{ring}".replace("-", "\N{MINUS SIGN}"),
            ha="center",
            va="center",
            bbox={"facecolor": theme.ground, "edgecolor": "none", "pad": 0.6, "alpha": 0.85},
        )
    ax.set_title(f"{pattern.label}: light by angle from the fibre axis (dB)")
    fig.legend(loc="outside lower center", ncols=2)
    return fig
