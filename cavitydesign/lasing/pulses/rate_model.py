"""The coefficients of the rate equations, from modes and medium."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from ...arrays import Array
from ...errors import InputError
from ...gain import GainMedium, Ladder
from ...units import SPEED_OF_LIGHT_UM_PER_PS, UM_PER_CM
from ..competition.lasing_mode import LasingMode
from ..competition.overlap import ModeOverlap
from ..competition.patterns import Patterns


@dataclass(frozen=True)
class RateModel:
    """Linear coefficients of the rate equations of M modes and C classes of emitters; all rates in
    ps^-1.

    Attributes
    ----------
    weight : (C,) array
        Share of the emitters in each class (size class, and zone of the cavity where zones are told
        apart).
    emission, absorption : (C, M) or (C, M, F) arrays
        Rate of stimulated emission and of absorption for one photon per emitter: Gamma c g_max /
        n_g times the line of the class (times the mode's intensity in the zone). A third axis gives
        each column of a batch its own comb.
    loss : (M,) array
        Photon loss 2 pi c / (lambda Q).
    emitters : float
        Number of emitters: the spontaneous seed of a mode is one photon in all, 1/emitters per
        emitter.
    ladder : Ladder
        Kinetics of an emitter.
    pump_share : (C,) array
        Excitons of a class relative to the peak.
    patterns : Patterns or None
        Of standing waves that the classes are runs of.
    """

    weight: Array
    emission: Array
    absorption: Array
    loss: Array
    emitters: float
    ladder: Ladder
    pump_share: Array
    patterns: Patterns | None = None

    @property
    def modes(self) -> int:
        """Number of modes."""
        return len(self.loss)


def gain_rate_per_ps(mode: LasingMode, medium: GainMedium) -> float:
    """G0 = Gamma c g_max / n_g: growth of the photons of a mode at the peak gain of the medium."""
    speed_cm_per_ps = SPEED_OF_LIGHT_UM_PER_PS / UM_PER_CM
    return mode.confinement * speed_cm_per_ps * medium.peak_gain_per_cm / mode.group_index


def rate_model(
    modes: Sequence[LasingMode],
    medium: GainMedium,
    emitters: float,
    top: int,
    overlap: ModeOverlap | None = None,
    shift_nm: Array | None = None,
) -> RateModel:
    """Coefficients for the given modes.

    Parameters
    ----------
    modes : sequence of LasingMode
    medium : GainMedium
    emitters : float
        Emitters in reach of the modes.
    top : int
        Highest rung of the ladder.
    overlap : ModeOverlap or None
        Zones of the cavity with the intensities of pump and modes; None: all emitters see every
        mode alike.
    shift_nm : (F,) array or None
        Common shift of the comb, one for each column of a batch.

    Raises
    ------
    InputError
        Without modes.
    """
    if not modes:
        raise InputError("lasing: no modes in the range; widen modes.span_nm")
    wavelength = np.array([mode.wavelength_nm for mode in modes])
    shifted_nm = wavelength[:, None] + (np.zeros(1) if shift_nm is None else shift_nm)[None, :]
    lines = medium.class_lines(shifted_nm.ravel())
    shape = (len(lines.weight), *shifted_nm.shape)
    strength = np.array([gain_rate_per_ps(mode, medium) for mode in modes])[None, :, None]
    emission = strength * lines.emission.reshape(shape)
    absorption = strength * lines.absorption.reshape(shape)
    weight, share, patterns = lines.weight, np.ones(len(lines.weight)), None
    if overlap is not None:
        if overlap.intensity.shape[0] != len(modes):
            raise InputError(
                f"overlap: given for {overlap.intensity.shape[0]} modes, expected {len(modes)}"
            )
        # Each zone holds every size class: classes run fastest, zones slowest.
        local = overlap.intensity.T[:, None, :, None]
        zones = len(overlap.weight)
        emission = (local * emission[None]).reshape(zones * shape[0], *shape[1:])
        absorption = (local * absorption[None]).reshape(zones * shape[0], *shape[1:])
        share = np.repeat(overlap.pump, shape[0])
        weight = np.outer(overlap.weight, weight).ravel()
        if overlap.patterns is not None:
            patterns = replace(overlap.patterns, inner=shape[0])
    if shift_nm is None:
        emission, absorption = emission[..., 0], absorption[..., 0]
    loss = np.array([mode.loss_rate_per_ps for mode in modes])
    ladder = medium.ladder(top)
    return RateModel(weight, emission, absorption, loss, emitters, ladder, share, patterns)
