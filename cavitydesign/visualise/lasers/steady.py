"""Light against power under continuous light."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from matplotlib.figure import Figure

from ...errors import InputError
from ..theme import ONE_COLUMN_IN, Theme, colour, figure

_NAMES = {"gain_equals_loss": "gain = loss", "lasing": "lasing"}


def power_curve_figure(content: Mapping[str, Any], *, theme: Theme) -> Figure:
    """Laser and photoluminescence against pump power on logarithmic axes, with the thresholds.

    Parameters
    ----------
    content : mapping
        The record of a prediction under continuous light.
    theme : Theme

    Raises
    ------
    InputError
        Without a light curve.
    """
    curve = content.get("light_curve") or {}
    power = np.asarray(curve.get("power_uw", ()), dtype=float)
    if power.size < 2:
        raise InputError("light curve: this result holds fewer than two powers")
    fig = figure(ONE_COLUMN_IN, 3.0)
    ax = fig.subplots()
    for index, (key, name) in enumerate(
        (("laser_uw", "laser"), ("photoluminescence_uw", "photoluminescence"))
    ):
        light = np.asarray(curve[key], dtype=float)
        shown = light > 0
        ax.loglog(power[shown], light[shown], color=colour(index), ls="-" if index == 0 else "--")
        ax.annotate(
            name,
            (power[shown][-1], light[shown][-1]),
            (-4, -4 if index else 4),
            textcoords="offset points",
            ha="right",
            va="top" if index else "bottom",
            fontsize=7,
            color=colour(index),
        )
    low, high = ax.get_ylim()
    ax.set_ylim(low, high * (high / low) ** 0.25)
    thresholds = content.get("threshold_uw") or {}
    for row, (key, name) in enumerate(_NAMES.items()):
        value = thresholds.get(key)
        if value is None or not power[0] <= value <= power[-1]:
            continue
        ax.axvline(value, color=theme.muted, lw=0.8, ls=(0, (4, 2)))
        left = np.log(value / power[0]) > 0.5 * np.log(power[-1] / power[0])
        ax.annotate(
            f"{name} {value:.3g} µW",
            (value, 1.0),
            (-3 if left else 3, -4 - 11 * row),
            xycoords=("data", "axes fraction"),
            textcoords="offset points",
            ha="right" if left else "left",
            va="top",
            fontsize=7,
            color=theme.muted,
            bbox={"facecolor": theme.ground, "edgecolor": "none", "pad": 0.6},
        )
    ax.set_xlabel("pump power (µW)")
    ax.set_ylabel("light (µW)")
    power_uw, regime = content.get("regime_power_uw"), content.get("regime")
    words = {"single": "one mode", "multi": f"{content.get('modes_lasing')} modes"}
    at = "" if power_uw is None else f" at {power_uw:.3g} µW"
    ax.set_title(f"{words.get(str(regime), regime)}{at}")
    return fig
