"""Views of the gain medium: populations against time, bleaching against fluence, the polariser
curve.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from matplotlib.figure import Figure
from matplotlib.projections.polar import PolarAxes

from ...errors import InputError
from ..theme import LIGHT, ONE_COLUMN_IN, Theme, colour, figure, stroke, themed


@themed
def draw_kinetics(
    time_ps: Sequence[float],
    populations: Mapping[str, Sequence[float]],
    *,
    y_label: str = "population per dot",
    theme: Theme = LIGHT,
) -> Figure:
    """Populations (or net gain) against time after the pump pulse.

    Parameters
    ----------
    time_ps : (n,) sequence
    populations : mapping of str to (n,) sequence
        One line each.
    y_label : str
    theme : Theme

    Raises
    ------
    InputError
        If a length disagrees.
    """
    fig = figure(ONE_COLUMN_IN, 2.5)
    ax = fig.subplots()
    for position, (name, values) in enumerate(populations.items()):
        if len(values) != len(time_ps):
            raise InputError(f"kinetics: {name} has {len(values)} values for {len(time_ps)} times")
        ax.plot(
            time_ps,
            values,
            color=colour(position),
            ls=stroke(position),
            label=name,
        )
    ax.axhline(0.0, color=theme.muted, lw=0.6)
    ax.set_xlabel("time after the pulse (ps)")
    ax.set_ylabel(y_label)
    ax.set_xlim(float(time_ps[0]), float(time_ps[-1]))
    ax.legend()
    return fig


@themed
def draw_bleaching(
    fluence_mj_cm2: Sequence[float],
    bleaching: Mapping[str, Sequence[float]],
    *,
    theme: Theme = LIGHT,
) -> Figure:
    """Relative bleaching -da/a0 against fluence; above 1 there is gain.

    Parameters
    ----------
    fluence_mj_cm2 : (n,) sequence
    bleaching : mapping of str to (n,) sequence
        One line a wavelength, named with its unit.
    theme : Theme

    Raises
    ------
    InputError
        If a length disagrees.
    """
    fig = figure(ONE_COLUMN_IN, 2.5)
    ax = fig.subplots()
    top = 1.1
    for position, (name, values) in enumerate(bleaching.items()):
        if len(values) != len(fluence_mj_cm2):
            raise InputError(
                f"bleaching: {name} has {len(values)} values for {len(fluence_mj_cm2)} fluences"
            )
        ax.plot(fluence_mj_cm2, values, color=colour(position), ls=stroke(position), label=name)
        top = max(top, 1.08 * max(values))
    ax.axhspan(1.0, top, color=colour(2), alpha=0.12, lw=0)
    ax.axhline(1.0, color=theme.muted, ls=(0, (4, 2)), lw=0.9)
    ax.text(
        0.99,
        1.01,
        "gain: above this line",
        transform=ax.get_yaxis_transform(),
        ha="right",
        va="bottom",
        fontsize=7,
        color=theme.muted,
    )
    ax.set_ylim(0.0, top)
    ax.set_xlim(float(fluence_mj_cm2[0]), float(fluence_mj_cm2[-1]))
    ax.set_xlabel("fluence (mJ/cm²)")
    ax.set_ylabel(r"bleaching $-\Delta\alpha/\alpha_0$")
    ax.legend()
    return fig


@themed
def draw_polariser(
    angle_deg: Sequence[float],
    intensity: Sequence[float],
    *,
    measured: tuple[Sequence[float], Sequence[float]] | None = None,
    theme: Theme = LIGHT,
) -> Figure:
    """Emission through a polariser against its angle from the fibre axis.

    Parameters
    ----------
    angle_deg, intensity : (n,) sequences
        0 degrees: along the fibre axis (TM).
    measured : tuple of (angle_deg, intensity) or None
        Points to overlay.
    theme : Theme

    Raises
    ------
    InputError
        If the lengths disagree.
    """
    if len(angle_deg) != len(intensity):
        raise InputError(f"polariser: {len(intensity)} intensities for {len(angle_deg)} angles")
    values = np.asarray(intensity, dtype=float)
    top = float(values.max())
    fig = figure(ONE_COLUMN_IN, 3.5)
    ax = fig.add_subplot(projection="polar")
    assert isinstance(ax, PolarAxes)
    ax.set_theta_zero_location("N")
    ax.plot(np.deg2rad(angle_deg), values / top, color=colour(0), label="computed")
    if measured is not None:
        points = np.asarray(measured[1], dtype=float)
        ax.plot(
            np.deg2rad(measured[0]),
            points / points.max(),
            "o",
            mfc="none",
            mec=colour(1),
            label="measured",
        )
        ax.legend(loc="lower left", bbox_to_anchor=(-0.12, -0.12))
    contrast = (top - float(values.min())) / (top + float(values.min()))
    ax.set_ylim(0.0, 1.05)
    ax.set_yticks([0.5, 1.0], ["0.5", "1"])
    ax.set_rlabel_position(90.0)
    ax.set_xlabel("intensity / max")
    ax.grid(True)
    ax.set_title(f"polarisation contrast {100 * contrast:.1f} %\n0° along the fibre")
    return fig
