"""What predictions beside each other share: pulses of the same rate equations, and whole
predictions of the same inputs.
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Hashable
from dataclasses import fields, replace

import numpy as np

from ...arrays import Array
from ...gain import GainMedium, Pump
from ..prediction import LasingPrediction
from ..request import LasingRequest
from .pulse_outcomes import PulseOutcomes
from .pulse_solver import PulseSolver

# Relative difference of excitons below which pulses are the same.
_SAME = 1e-10


class PulseMemory:
    """Outcomes of pulses by rate equations and excitons, and predictions by all that thresholds and
    regime follow from.

    The pulses of a light curve lie on a ladder of excitons from gain = loss: numbers that change
    the pump or what is collected, and not the rate equations, ask for pulses that are known.
    """

    def __init__(self) -> None:
        self._pulses: dict[bytes, dict[int, PulseOutcomes]] = {}
        self._predictions: dict[Hashable, LasingPrediction] = {}

    def outcomes(self, solver: PulseSolver, excitons: Array) -> PulseOutcomes:
        """Outcomes of pulses, of which only those that are not known are solved."""
        known = self._pulses.setdefault(rate_equations_digest(solver), {})
        # Whole numbers as keys: the same excitons come out of other sums with other rounding.
        keys = [round(math.log(value) / _SAME) for value in excitons]
        unknown = [index for index, key in enumerate(keys) if key not in known]
        if unknown:
            solved = solver.outcomes(excitons[unknown])
            for column, index in enumerate(unknown):
                known[keys[index]] = solved.taken(np.array([column]))
        found = [known[key] for key in keys]
        return PulseOutcomes(
            np.concatenate([one.emitted for one in found], axis=1),
            np.concatenate([one.spontaneous for one in found]),
            np.concatenate([one.balance_error for one in found]),
            np.concatenate([one.left_error for one in found]),
        )

    def prediction(self, inputs: Hashable) -> LasingPrediction | None:
        """The prediction kept for the same inputs."""
        return self._predictions.get(inputs)

    def keep(self, inputs: Hashable, prediction: LasingPrediction) -> None:
        """Keep a prediction for its inputs."""
        self._predictions[inputs] = prediction


def rate_equations_digest(solver: PulseSolver) -> bytes:
    """Of every number that a pulse's outcome follows from, but its excitons.

    How many rungs serve some excitons, and how these occupy them, is the medium's kind alone.
    """
    model = solver.model(solver.medium.ladder_top(math.inf))
    digest = hashlib.blake2b(
        repr(
            (
                type(solver.medium),
                model.emitters,
                solver.control,
                solver.pump_emission,
                solver.profile,
            )
        ).encode()
    )
    # Names and shapes go in with the numbers, so that two fields cannot stand for each other.
    for part in (model, model.ladder):
        for field in fields(part):
            value = getattr(part, field.name)
            if isinstance(value, (np.ndarray, float, int)):
                digest.update(
                    f"{field.name} {np.shape(value)}".encode()
                    + np.asarray(value, dtype=float).tobytes()
                )
    return digest.digest()


def inputs_of_thresholds(
    solver: PulseSolver,
    pump: Pump,
    excitons_per_unit: float,
    medium: GainMedium,
    request: LasingRequest,
) -> Hashable:
    """All that thresholds and side-mode suppression follow from.

    What is asked besides (points shown, comb places, exact thresholds) is left out, and so is the
    rule for Q, which is in the rate equations.
    """
    asked = replace(
        request,
        quality=1.0,
        fluences=60,
        comb_phases=0,
        comb_place="unknown",
        diameter_sd_um=0.0,
        exact_thresholds=0,
    )
    seen = (pump.photons, excitons_per_unit, pump.spot, pump.pulse_jitter, pump.fluence_mj_cm2)
    return rate_equations_digest(solver), seen, medium.laser_collection, asked
