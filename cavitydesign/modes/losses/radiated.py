"""Radiation as a loss: told by the far field or by the absorbing layer, whichever errs less."""

from __future__ import annotations

import math

from ..solver.error import LAYER_TRUSTED_BELOW, tunnelling_error
from .mechanism import Loss, SolvedLosses


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
    found = mode.discretisation.radiation(raw, far, by_pole, relative)
    error = bars.fields(raw.q).log10_q + mode.measures.far_error
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
    unknown = found.log10_q is None
    return Loss(
        found.log10_q,
        0.0 if unknown else error,
        {
            "log10_q_radiation_far_field": far if math.isfinite(far) else None,
            "log10_q_radiation_absorbing_layer": by_pole,
            "log10_q_radiation_at_least": (
                LAYER_TRUSTED_BELOW if math.isnan(far) and unknown else None
            ),
        },
    )
