"""Index, group index and absorption of media against wavelength, each over the range of its
data.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from matplotlib.figure import Figure

from ...errors import InputError
from ...materials import Material
from ..theme import (
    CURVE_POINTS,
    LIGHT,
    ONE_COLUMN_IN,
    Theme,
    colour,
    figure,
    label_panel,
    legend_beside,
    stroke,
    themed,
)

# Index at every wavelength (vacuum, an explicit index) would stretch the axis without end.
_SHOWN_NM = (200.0, 2500.0)


@themed
def draw_materials(media: Sequence[Material], *, theme: Theme = LIGHT) -> Figure:
    """Dispersion of media, side by side.

    Parameters
    ----------
    media : sequence of Material
        Up to a dozen stay legible.
    theme : Theme

    Raises
    ------
    InputError
        Without a medium, or with one that has no data between 200 and 2500 nm.
    """
    if not media:
        raise InputError("materials: no medium to draw")
    absorbing = [
        m
        for m in media
        if any(m.extinction(wavelength_nm) > 0 for wavelength_nm in _wavelengths(m))
    ]
    panels = 3 if absorbing else 2
    fig = figure(ONE_COLUMN_IN, 1.25 * panels + 0.8)
    axes = fig.subplots(panels, 1, sharex=True)
    for position, medium in enumerate(media):
        x = _wavelengths(medium)
        line = {"color": colour(position), "ls": stroke(position)}
        axes[0].plot(
            x, [medium.index(wavelength_nm) for wavelength_nm in x], **line, label=medium.name
        )
        if medium.uniaxial:
            along = [medium.index_extraordinary(wavelength_nm) for wavelength_nm in x]
            thin = {**line, "lw": 0.7}
            axes[0].plot(x, along, **thin, label=f"{medium.name}, along z")
        axes[1].plot(x, [medium.group_index(wavelength_nm) for wavelength_nm in x], **line)
        if medium in absorbing:
            axes[2].plot(
                x, [medium.absorption_per_cm(wavelength_nm) for wavelength_nm in x], **line
            )
    axes[0].set_ylabel("index")
    axes[1].set_ylabel("group index")
    if absorbing:
        axes[2].set_yscale("log")
        axes[2].set_ylabel("absorption (cm$^{-1}$)")
    axes[-1].set_xlabel("wavelength (nm)")
    legend_beside(axes[0])
    for letter, ax in zip("abc", axes, strict=False):
        label_panel(ax, letter)
    return fig


def _wavelengths(medium: Material) -> list[float]:
    low, high = max(medium.range_nm[0], _SHOWN_NM[0]), min(medium.range_nm[1], _SHOWN_NM[1])
    if low >= high:
        raise InputError(
            f"materials: {medium.name} has no data between {_SHOWN_NM[0]:g} and {_SHOWN_NM[1]:g} nm"
        )
    return [float(w) for w in np.linspace(low, high, CURVE_POINTS)]
