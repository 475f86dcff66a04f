"""Radiation as a loss: told by the far field or by the absorbing layer, whichever errs less."""

from __future__ import annotations

import math

from ..solver.error import LAYER_TRUSTED_BELOW, tunnelling_error
from .mechanism import Loss, SolvedLosses

# Error of log10 Q above which what parts of a mode send to the waves between plates cancels so far
# that its Q is not known: a factor of three.
_HARDLY_KNOWN = 0.5


def radiated(mode: SolvedLosses) -> Loss:
    """log10 Q by radiation, as the discretisation judges far field and absorbing layer."""
    raw, bars = mode.raw, mode.bars
    k = raw.k_per_um
    far = mode.measures.log10_q_far + mode.log10_dispersion
    by_pole = None
    if raw.problem.is_complex and k.imag != 0:
        # the pole is that of indices continued to complex k: it counts the medium's energy itself
        by_pole = math.log10(abs(k.real / (2 * k.imag)))
    relative = bars.relative(raw.q)
    found = mode.discretisation.radiation(raw, far, by_pole, relative, bars.layer_change(raw.q))
    error = bars.fields(raw.q).log10_q + mode.measures.far_error + mode.measures.wall_in_far
    by_layers = bars.layer_log10_q(raw.q)
    if found.by_layer and by_layers is not None:
        error = by_layers
    x = k.real * float(raw.eps.index[-1]) * 0.5 * raw.problem.cavity.diameter_um
    unseen = bars.unseen(raw.q) if found.by_layer else None
    if unseen is None:
        error += tunnelling_error(raw.m, x, relative, by_pole if found.by_layer else None)
    else:
        error += tunnelling_error(raw.m, x, unseen, None)
    if found.by_layer and by_pole is not None:
        # a whole error of k may lie in its imaginary part
        error += 2.0 * 10.0**by_pole * raw.basis_error / math.log(10.0)
    # Absorption moves Re k by (Im k / k)^2 or so: which wavelength "by radiation alone" is that of
    # is a choice of that size.
    lossy = (raw.k_absorbing_per_um.imag - k.imag) / k.real
    error += tunnelling_error(raw.m, x, 2.0 * lossy**2, None)
    error = max(error, found.apart)
    value = found.log10_q
    least = LAYER_TRUSTED_BELOW if math.isnan(far) and value is None else None
    cancelled = 0.0 if found.by_layer else _cancelled(mode, relative)
    if value is not None and cancelled:
        if error + cancelled > _HARDLY_KNOWN:
            # an amplitude off by its own share at most may be larger by so much
            noise = max(error, 2.0 * math.log10(1.0 + 0.5 * math.log(10.0) * cancelled))
            least, value, far = float(math.floor(far - noise)), None, math.nan
        error += cancelled
    return Loss(
        value,
        0.0 if value is None else error,
        {
            "log10_q_radiation_far_field": far if math.isfinite(far) else None,
            "log10_q_radiation_absorbing_layer": by_pole,
            "log10_q_radiation_at_least": least,
        },
    )


def _cancelled(mode: SolvedLosses, relative: float) -> float:
    """Error of log10 Q between plates, where parts of a mode take back what others send: of each
    amplitude the share that k errs by, as the far field of what is polarised errs by the square of
    the field's error. 0 where the mode is not between plates.
    """
    cancels = mode.measures.log10_q_far - mode.measures.log10_q_uncancelled
    if not math.isfinite(cancels):
        return 0.0
    return float(2.0 / math.log(10.0) * relative * 10.0 ** (0.5 * cancels))
