"""What each mode does in a prediction, by pulses and under continuous light alike."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import numpy as np

from ...arrays import Array
from ...gain import GainMedium
from ..competition.lasing_mode import LasingMode
from ..prediction import ModeOutcome
from ..pulses.rate_model import RateModel
from ..pumped.spontaneous import purcell_factor, spontaneous_emission_factors
from ..steady.threshold import threshold_gain_per_cm


def mode_outcomes(
    model: RateModel,
    comb: Sequence[LasingMode],
    medium: GainMedium,
    index: float,
    output: Array,
    exact: Mapping[str, float | None],
    reached: Iterable[Mapping[str, float | None]],
) -> tuple[ModeOutcome, ...]:
    """One outcome for each mode of the comb.

    Parameters
    ----------
    model : RateModel
        Gives the spontaneous emission factors.
    comb : sequence of LasingMode
    medium : GainMedium
    index : float
        Of the doped medium.
    output : (M,) array
        Light of each mode, in any unit.
    exact : mapping of str to float or None
        Threshold gain by the complex eigenproblem, by label.
    reached : iterable of mapping
        Where the gain of each mode equals its loss: the fields `gain_equals_loss_...` of its
        outcome.
    """
    factors = spontaneous_emission_factors(model)
    total = float(output.sum())
    # In the dark every share is zero, and not 0 / 0.
    shares = output / total if total > 0 else np.zeros_like(output)
    found = []
    for number, (mode, where) in enumerate(zip(comb, reached, strict=True)):
        found.append(
            ModeOutcome(
                label=mode.label,
                wavelength_nm=mode.wavelength_nm,
                confinement=mode.confinement,
                group_index=mode.group_index,
                q_passive=mode.q_passive,
                threshold_gain_per_cm=threshold_gain_per_cm(mode),
                threshold_gain_exact_per_cm=exact.get(mode.label, mode.threshold_gain_exact_per_cm),
                threshold_gain_sd_per_cm=mode.threshold_gain_sd_per_cm,
                output_share=float(shares[number]),
                spontaneous_emission_factor=float(factors[number]),
                purcell_factor=purcell_factor(mode, medium, index),
                extended=mode.extended,
                **where,
            )
        )
    return tuple(found)
