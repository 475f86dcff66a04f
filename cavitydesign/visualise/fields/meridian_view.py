"""Pictures of a mode in the meridian plane: energy density and field components, linear or
logarithmic.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection, QuadMesh
from matplotlib.colors import Colormap, LogNorm, Normalize, TwoSlopeNorm
from matplotlib.figure import Figure

from ...arrays import Array
from ...errors import InputError, nearest
from ...geometry.cavity import Cavity
from ...modes.derived.sampled_field import FieldSamples
from ...modes.mode import Mode
from ..theme import LIGHT, ONE_COLUMN_IN, TWO_COLUMNS_IN, Theme, figure, sequential_map, themed
from .field_frame import (
    LINEAR_FRAME,
    add_caustics,
    add_interfaces,
    density_frame,
    draw_scale_bar,
    explain_lines,
    line_colour,
    name_regions,
    panel_size_in,
)

COMPONENTS = {
    "energy": r"$\varepsilon|E|^2$ / max",
    "e_r": r"Re $E_r$ / max|E|",
    "e_phi": r"Im $E_\varphi$ / max|E|",
    "e_z": r"Re $E_z$ / max|E|",
}


def sampled(mode: Mode, n_out: int, n_along: int) -> FieldSamples:
    """The field of a mode on a curvilinear grid.

    Raises
    ------
    InputError
        For a mode without a field (one read back from a results file).
    """
    if mode.sample_field is None:
        raise InputError(
            f"mode {mode.label}: its field was not kept; solve the design again to draw it"
        )
    return mode.sample_field(n_out, n_along)


def component_values(field: FieldSamples, component: str) -> Array:
    """What a picture shows of a field: the energy density, or one component in its natural phase.

    E_r and E_z of a lossless mode are in phase and E_phi is a quarter period behind; the common
    phase is removed, so that E_r and E_z show as real parts and E_phi as its imaginary part.

    Parameters
    ----------
    field : FieldSamples
    component : {"energy", "e_r", "e_phi", "e_z"}

    Returns
    -------
    (n, k) array
        Energy density with a maximum of 1, or a field between -1 and 1.

    Raises
    ------
    InputError
        For an unknown component.
    """
    if component == "energy":
        return field.energy_density
    if component not in COMPONENTS:
        known = ", ".join(COMPONENTS)
        raise InputError(
            f"field component {component!r} is not known; {known}{nearest(component, COMPONENTS)}"
        )
    stacked = np.stack([field.e_r, field.e_z])
    strongest = stacked.flat[int(np.argmax(np.abs(stacked)))]
    turn = np.conj(strongest) / abs(strongest)
    values = {"e_r": field.e_r, "e_phi": field.e_phi, "e_z": field.e_z}[component] * turn
    return np.asarray(values.imag if component == "e_phi" else values.real, dtype=np.float64)


def _norm_and_map(
    values: Sequence[Array], component: str, floor: float | None, theme: Theme
) -> tuple[Normalize, Colormap | str]:
    """One scale for all panels."""
    if floor is not None:
        return LogNorm(floor, 1.0), theme.sequential
    if component == "energy":
        return Normalize(0.0, 1.0), sequential_map(theme)
    peak = max(float(np.abs(one).max()) for one in values) or 1.0
    return TwoSlopeNorm(0.0, -peak, peak), theme.diverging


def _draw_panel(
    ax: Axes,
    field: FieldSamples,
    values: Array,
    norm: Normalize,
    cmap: Colormap | str,
    mesh: bool,
    line: str,
) -> QuadMesh:
    shown = np.clip(values, norm.vmin, None) if isinstance(norm, LogNorm) else values
    painted = ax.pcolormesh(
        field.r_um,
        field.z_um,
        shown,
        norm=norm,
        cmap=cmap,
        shading="gouraud",
        rasterized=True,
        zorder=1,
    )
    if isinstance(norm, TwoSlopeNorm):
        # Both signs are dark in grey: a line at half of the largest value tells them apart.
        half = 0.5 * float(norm.vmax or 1.0)
        ax.contour(
            field.r_um,
            field.z_um,
            values,
            levels=[-half, half],
            colors=line,
            linewidths=0.8,
            linestyles=["--", "-"],
            zorder=2,
        )
    if mesh:
        ax.add_collection(
            LineCollection(
                list(field.mesh_lines_um),
                colors=line,
                linewidths=0.35,
                alpha=0.6,
                zorder=3,
                label="mesh",
            )
        )
    add_interfaces(ax, field, line)
    ax.set_aspect("equal")
    return painted


@themed
def draw_meridian(
    modes: Mode | Sequence[Mode],
    cavity: Cavity | None = None,
    *,
    component: str = "energy",
    logarithmic: bool = False,
    floor: float = 1e-12,
    mesh: bool = False,
    show_caustics: bool = True,
    samples: tuple[int, int] = (170, 150),
    theme: Theme = LIGHT,
) -> Figure:
    """One or several modes in the meridian plane, side by side on one colour scale and one length
    scale.

    Parameters
    ----------
    modes : Mode or sequence of Mode
    cavity : Cavity or None
        Needed for the caustics.
    component : {"energy", "e_r", "e_phi", "e_z"}
        Energy density eps |E|^2 (each mode's maximum is 1) or a field component over the largest
        |E|.
    logarithmic : bool
        Show the energy density by its logarithm, down to `floor`: the evanescent tails.
    floor : float
        Lower end of the logarithmic scale.
    mesh : bool
        Overlay the edges of the elements.
    show_caustics : bool
        Draw the turning points of the ray picture.
    samples : tuple of int
        Points outwards and along the rim.
    theme : Theme
        Light or dark.

    Returns
    -------
    Figure
        The first axes of each mode hold a `QuadMesh` with the values shown.

    Raises
    ------
    InputError
        No modes, an unknown component, or a logarithm of a signed component.
    """
    shown = [modes] if isinstance(modes, Mode) else list(modes)
    if not shown:
        raise InputError("field picture: no modes to draw")
    if logarithmic and component != "energy":
        raise InputError(
            f"field picture: the logarithmic scale is for the energy density, not for {component}"
        )
    fields = [sampled(mode, *samples) for mode in shown]
    values = [component_values(field, component) for field in fields]
    norm, cmap = _norm_and_map(values, component, floor if logarithmic else None, theme)
    line = line_colour(component, logarithmic, theme)
    frames = [density_frame(field, floor if logarithmic else LINEAR_FRAME) for field in fields]
    frame = tuple(
        float(pick(column))
        for pick, column in zip((min, max, min, max), zip(*frames, strict=True), strict=True)
    )
    width, height = panel_size_in((frame[0], frame[1], frame[2], frame[3]))
    width = len(shown) * (width + 0.25) + 1.25
    fig = figure(min(max(width, ONE_COLUMN_IN), TWO_COLUMNS_IN), height + 0.9)
    # panels keep their shape: what a narrow one leaves of the page lies on both sides of it
    fig.set_layout_engine("compressed")
    axes = np.atleast_1d(fig.subplots(1, len(shown), sharex=True, sharey=True))
    for ax, mode, field, value in zip(axes, shown, fields, values, strict=True):
        painted = _draw_panel(ax, field, value, norm, cmap, mesh, line)
        ax.set_xlim(frame[0], frame[1])
        ax.set_ylim(frame[2], frame[3])
        upright = (
            add_caustics(ax, mode, cavity, line) if cavity is not None and show_caustics else ()
        )
        name_regions(ax, field, line, upright)
        draw_scale_bar(ax, line)
        ax.set_title(f"{mode.label}\n{mode.wavelength_nm:.3f} nm")
        ax.set_xlabel("r (µm)")
        ax.locator_params(axis="x", nbins=4)
        if logarithmic:
            ax.set_facecolor(fig.axes[0].collections[0].get_cmap()(0.0))
    axes[0].set_ylabel("z (µm)")
    explain_lines(fig, cavity is not None and show_caustics, theme, component != "energy")
    fig.colorbar(painted, ax=list(axes), label=COMPONENTS[component], pad=0.02, aspect=28)
    return fig


@themed
def draw_components(
    mode: Mode,
    cavity: Cavity | None = None,
    *,
    samples: tuple[int, int] = (150, 130),
    theme: Theme = LIGHT,
) -> Figure:
    """Energy density and the three field components of one mode, with the share of the energy that
    each carries.

    Parameters
    ----------
    mode : Mode
    cavity : Cavity or None
        Needed for the caustics.
    samples : tuple of int
        Points outwards and along the rim.
    theme : Theme
    """
    field = sampled(mode, *samples)
    frame = density_frame(field, LINEAR_FRAME)
    _, height = panel_size_in(frame)
    fig = figure(TWO_COLUMNS_IN, min(height, 3.6) + 0.9)
    shares = {"e_r": "radial", "e_phi": "azimuthal", "e_z": "axial"}
    for ax, component in zip(fig.subplots(1, 4, sharex=True, sharey=True), COMPONENTS, strict=True):
        values = component_values(field, component)
        norm, cmap = _norm_and_map([values], component, None, theme)
        line = line_colour(component, False, theme)
        painted = _draw_panel(ax, field, values, norm, cmap, False, line)
        ax.set_xlim(frame[0], frame[1])
        ax.set_ylim(frame[2], frame[3])
        if cavity is not None:
            add_caustics(ax, mode, cavity, line)
        if component == "energy":
            ax.set_title(f"{mode.label}\n{mode.wavelength_nm:.3f} nm")
        else:
            share = mode.energy_fraction[shares[component]]
            ax.set_title(f"{shares[component]} part\n{100 * share:.3g} % of energy", pad=8.0)
        ax.set_xlabel("r (µm)")
        ax.locator_params(axis="x", nbins=4)
        fig.colorbar(painted, ax=ax, label=COMPONENTS[component], aspect=28)
    fig.axes[0].set_ylabel("z (µm)")
    explain_lines(fig, cavity is not None, theme, signed=True)
    draw_scale_bar(fig.axes[0], line_colour("energy", False, theme))
    return fig
