"""Which modes take part: those solved, and those beyond the solved range that could win."""

from __future__ import annotations

from collections.abc import Sequence

from ...errors import InputError
from ...gain import GainMedium
from ..pulses.rate_model import rate_model
from ..steady.threshold import DarkGain
from .comb import extended_comb
from .lasing_mode import LasingMode
from .overlap import ModeOverlap

# Static thresholds lie below this filling; more excitons add no gain, only heat.
STATIC_EXCITONS = 8.0

# Full widths from the centre of the line beyond which its shape is anyone's guess.
_FARTHEST = 1.6
# Excitons at gain = loss, relative to the best mode, up to which a mode beyond the asked reach
# still takes part.
_RIVAL = 1.25


def competing_comb(
    modes: Sequence[LasingMode],
    medium: GainMedium,
    diameter_um: float,
    reach_fwhm: float,
    overlap: ModeOverlap | None = None,
) -> tuple[tuple[LasingMode, ...], tuple[int, ...]]:
    """The comb continued over the emission line, and beyond the asked reach as far as modes have
    low thresholds.

    In a cavity of low loss the modes at the red edge, where spent emitters hardly absorb, reach
    gain = loss first.

    Parameters
    ----------
    modes : sequence of LasingMode
    medium : GainMedium
    diameter_um : float
    reach_fwhm : float
        Reach from the centre of the line, in units of its full width at half maximum.
    overlap : ModeOverlap or None
        Of the given modes.

    Returns
    -------
    As `extended_comb`.

    Raises
    ------
    InputError
        If no solved mode lies under the gain: a comb is not continued from elsewhere.
    """
    centre, far = medium.emission_wavelength_nm, _FARTHEST * medium.emission_fwhm_nm
    waves = [mode.wavelength_nm for mode in modes]
    if not any(abs(wave - centre) <= far for wave in waves):
        raise InputError(
            f"lasing: no mode lies under the gain, which reaches from {centre - far:.0f} to"
            f" {centre + far:.0f} nm; the modes solved lie from {min(waves):.6g} to "
            f"{max(waves):.6g} nm:"
            ' move modes.wavelength_nm, or set lasing.families = "all" to have them solved there'
        )
    # First the comb as far as the line has a shape, then the part of it that can lase at all.
    comb, origin = extended_comb(modes, medium, diameter_um, max(reach_fwhm, _FARTHEST))
    shared = None if overlap is None else overlap.repeated(origin)
    model = rate_model(
        comb, medium, medium.emitters(diameter_um), medium.ladder_top(STATIC_EXCITONS), shared
    )
    excitons = DarkGain(model, medium).threshold_excitons_each()
    best = min((value for value in excitons if value is not None), default=0.0)
    offset = [mode.wavelength_nm - medium.emission_wavelength_nm for mode in comb]
    rivals = [
        x
        for x, value in zip(offset, excitons, strict=True)
        if value is not None and value <= _RIVAL * best
    ]
    near = reach_fwhm * medium.emission_fwhm_nm
    short, long = min([-near, *rivals]), max([near, *rivals])
    # Solved modes always take part; copies only as far as the outermost rival, without gaps.
    taken = [
        index for index, x in enumerate(offset) if not comb[index].extended or short <= x <= long
    ]
    return tuple(comb[index] for index in taken), tuple(origin[index] for index in taken)
