"""Cuts through a mode: energy density along radius and rim, with the share of the energy in each
region.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from numpy.typing import NDArray

from ...arrays import Array
from ...errors import InputError
from ...modes.derived.sampled_field import FieldSamples
from ...modes.mode import Mode
from ..theme import LIGHT, REGION_ALPHA, TWO_COLUMNS_IN, Theme, colour, figure, label_panel, themed
from .meridian_view import sampled


def radial_cut(field: FieldSamples) -> tuple[Array, Array, NDArray[np.int64]]:
    """Radius in um, energy density and region along the grid line through the strongest point,
    outwards.
    """
    density = field.energy_density
    column = int(np.unravel_index(int(np.argmax(density)), density.shape)[1])
    return field.r_um[:, column], density[:, column], field.region[:, column]


def axial_cut(field: FieldSamples) -> tuple[Array, Array]:
    """Axial position in um and energy density along the rim, through the strongest point."""
    density = field.energy_density
    row = int(np.unravel_index(int(np.argmax(density)), density.shape)[0])
    return field.z_um[row], density[row]


def _shade_regions(
    ax: Axes, mode: Mode, field: FieldSamples, r: Array, region: NDArray[np.int64], theme: Theme
) -> None:
    """Tint each region and write the solver's share of the energy in it."""
    low, high = ax.get_xlim()
    for position, name in enumerate(field.region_names):
        inside = r[region == position]
        if not inside.size:
            continue
        left, right = max(float(inside.min()), low), min(float(inside.max()), high)
        if right <= left:
            continue
        ax.axvspan(
            left,
            right,
            color=colour(position + 4),
            alpha=REGION_ALPHA,
            lw=0,
            zorder=0,
            label=f"region {name}",
        )
        share = mode.confinement.get(name)
        if share is not None and right - left > 0.08 * (high - low):
            words = f"{name}\n{_percent(share)}"
            ax.text(
                (left + right) / 2,
                0.97,
                words,
                transform=ax.get_xaxis_transform(),
                ha="center",
                va="top",
                fontsize=7.5,
                color=theme.ink,
            )


def _percent(share: float) -> str:
    """A share of the energy: 99.59 %, 0.411 %, 3.2e-06."""
    return f"{100 * share:.{4 if share > 0.1 else 3}g} %" if share >= 1e-4 else f"{share:.1e}"


def _interesting(r: Array, density: Array, threshold: float) -> tuple[float, float]:
    """The stretch that holds what can be seen, with a margin where there is field to show."""
    seen = r[density >= threshold * density.max()]
    margin = 0.12 * float(np.ptp(seen))
    return max(float(seen.min()) - margin, float(r.min())), min(
        float(seen.max()) + margin, float(r.max())
    )


@themed
def draw_cuts(
    modes: Mode | Sequence[Mode],
    *,
    logarithmic: bool = False,
    floor: float = 1e-12,
    samples: tuple[int, int] = (400, 241),
    theme: Theme = LIGHT,
) -> Figure:
    """Radial and axial cuts through one or several modes, one row each.

    Parameters
    ----------
    modes : Mode or sequence of Mode
    logarithmic : bool
        Logarithmic density down to `floor`.
    floor : float
    samples : tuple of int
        Points outwards and along the rim.
    theme : Theme

    Raises
    ------
    InputError
        Without modes.
    """
    shown = [modes] if isinstance(modes, Mode) else list(modes)
    if not shown:
        raise InputError("cuts: no modes to draw")
    fig = figure(TWO_COLUMNS_IN, 2.3 * len(shown) + 0.5)
    axes = fig.subplots(len(shown), 2, squeeze=False, gridspec_kw={"width_ratios": [1.35, 1.0]})
    threshold = floor if logarithmic else 2e-4
    for row, mode in enumerate(shown):
        field = sampled(mode, *samples)
        r, density, region = radial_cut(field)
        radial, axial = axes[row]
        radial.plot(r, density, color=colour(0), label=mode.label)
        radial.set_xlim(*_interesting(r, density, threshold))
        _shade_regions(radial, mode, field, r, region, theme)
        radial.set_title(f"{mode.label}, {mode.wavelength_nm:.3f} nm: along the radius")
        z, along = axial_cut(field)
        axial.plot(z, along, color=colour(1), label=mode.label)
        axial.set_xlim(*_interesting(z, along, threshold))
        axial.set_title("along the rim")
        for ax in (radial, axial):
            if logarithmic:
                ax.set_yscale("log")
                ax.set_ylim(floor, 3e2 if ax is radial else 3.0)
            else:
                ax.set_ylim(0.0, 1.32 if ax is radial else 1.08)
        radial.set_ylabel(r"$\varepsilon|E|^2$ / max")
    axes[-1][0].set_xlabel("r (µm)")
    axes[-1][1].set_xlabel("z (µm)")
    label_panel(axes[0][0], "a")
    label_panel(axes[0][1], "b")
    return fig
