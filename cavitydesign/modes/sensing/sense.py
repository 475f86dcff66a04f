"""Sensitivities, figures of merit and detection limits of modes.

The noise of a line of full width w read from a spectrum of signal over noise SNR is w / (4.5
SNR^0.25) (I. M. White and X. Fan, Opt. Express 16, 1020, 2008); with further noise of the
wavelength added in squares, three standard deviations are the resolution, and over the sensitivity
the detection limit.
"""

from __future__ import annotations

import math
from dataclasses import replace

from ...errors import InputError, nearest
from ...units import NM_PER_UM, PM_PER_NM
from ..each_asked import each_asked
from ..mode import Mode
from ..mode_set import ModeSet
from .layer import layer_shift_nm
from .sensed_mode import SensedMode
from .sensing_spec import Sensing

_OF_WIDTH = 4.5  # White and Fan 2008, equation 9, from spectra with noise added
_SIGMAS = 3.0  # The usual convention: noise alone exceeds them in 3 of 1000 readings.
# Of the shift: two eigenvalues of one mesh on the rim, of two meshes on a wall (7e-8 and 3e-7 seen)
_LAYER_ERROR = {"rim": 1e-6, "wall": 1e-5}
_LAYER_FLOOR = 2e-12  # of the wavelength: their rounding


def sensed_mode(mode: Mode, sensing: Sensing) -> SensedMode:
    """What a mode senses; see `Mode.sensing`."""
    known = mode.sensitivity_nm_per_riu
    if sensing.region not in known:
        raise InputError(
            f"sensing.region: {sensing.region!r} is not one of {', '.join(known)}"
            f"{nearest(sensing.region, list(known))}"
        )
    bulk = known[sensing.region]
    width = mode.linewidth_nm if sensing.linewidth_nm is None else sensing.linewidth_nm
    by_width = 0.0 if width is None else width / (_OF_WIDTH * 10.0 ** (0.025 * sensing.snr_db))
    resolution = _SIGMAS * math.hypot(PM_PER_NM * by_width, sensing.noise_pm)
    told = SensedMode(
        mode.label,
        sensing.region,
        bulk,
        float(mode.extra.get("sensitivity_error_nm_per_riu") or 0.0),
        width,
        None if not width else bulk / width,
        resolution,
        None if bulk == 0.0 else 1e-3 * resolution / abs(bulk),
    )
    if sensing.layer_nm == 0.0:
        return told
    shift = PM_PER_NM * layer_shift_nm(
        mode, sensing.layer_nm / NM_PER_UM, sensing.layer_index, sensing.layer_on
    )
    slope = shift / sensing.layer_nm
    error = (
        _LAYER_ERROR[sensing.layer_on] * abs(shift) + PM_PER_NM * _LAYER_FLOOR * mode.wavelength_nm
    )
    return replace(
        told,
        layer_shift_pm=shift,
        layer_error_pm=error,
        layer_pm_per_nm=slope,
        layer_detection_limit_pm=None if slope == 0.0 else 1e3 * resolution / abs(slope),
    )


def with_sensing(modes: ModeSet, sensing: Sensing) -> ModeSet:
    """The modes with what each senses; a warning says where that is not known.

    Parameters
    ----------
    modes : ModeSet
        With their fields.
    sensing : Sensing

    Returns
    -------
    ModeSet
    """
    return each_asked(modes, lambda mode: replace(mode, sensed=sensed_mode(mode, sensing)))
