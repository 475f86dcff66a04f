"""What became of a cavity that was given by points, by a picture or as a drop: one line on standard
error.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from .exit_codes import say

if TYPE_CHECKING:
    from ..design import Design

# Of the diameter: light of the first axial orders reaches over about a fifth of it.
SHORT_SPAN = 0.2


def tell_design(design: Design) -> None:
    """Say what of a design is unlikely or changes nothing, and what its outline is known to be."""
    from ..design.idle import idle_keys
    from ..design.unlikely import unlikely_values

    for line in (*unlikely_values(design.raw), *idle_keys(design)):
        say(f"warning: {line}")
    tell_fibre(design)
    tell_outline(design)


def tell_fibre(design: Design) -> None:
    """Say where the points of a fibre cover little of its cavity: the rest is carried on."""
    shape, diameter = design.cavity.fibre_shape, design.cavity.diameter_um
    if shape is None:
        return
    low, high = shape.span_um
    if high - low < SHORT_SPAN * diameter:
        say(
            f"warning: the fibre's points reach from z = {low:.4g} to {high:.4g} um in a cavity of "
            f"{diameter:.5g} um; beyond them the fibre goes straight on"
        )


def tell_unlikely(base: Mapping[str, Any], varied: Mapping[str, Iterable[Any]]) -> None:
    """Say what is unlikely of a design of which some keys vary."""
    from ..design.unlikely import unlikely_in_ranges

    for line in unlikely_in_ranges(base, varied):
        say(f"warning: {line}")


def tell_outline(design: Design) -> None:
    """Say how well a measured outline is known, or which drop the given quantities make; nothing
    for other shapes.
    """
    from ..columns.cell_text import plain_with_error
    from ..geometry import Droplet, MeasuredOutline, axial_spacing

    outline = design.cavity.outline
    if isinstance(outline, MeasuredOutline):
        wavelength = design.modes.wavelength_nm
        spacing = axial_spacing(outline, wavelength, design.cavity.body.index(wavelength))
        diameter = plain_with_error(2 * outline.equator_radius_um, 2 * outline.radius_sd_um)
        axial = plain_with_error(outline.axial_radius_um, outline.axial_radius_sd_um)
        say(
            f"outline: {outline.points} points, r.m.s. scatter {1e3 * outline.rms_um:.2g} nm;"
            f" diameter {diameter} um,"
            f" axial radius {axial} um,"
            f" axial spacing about {plain_with_error(spacing.spacing_nm, spacing.sd_nm)} nm"
        )
    elif isinstance(outline, Droplet):
        say(
            f"drop: diameter {2 * outline.radius_um:.5g} um, contact angle "
            f"{outline.contact_angle_deg:.4g} deg, length"
            f" {outline.length_um:.5g} um, volume {outline.volume_um3:.5g} um^3,"
            f" axial radius {outline.axial_radius_um:.5g} um"
        )
