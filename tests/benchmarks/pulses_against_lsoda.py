"""Light of pulses, short and long, against LSODA from 0.3 to 10 times gain = loss: worst error of
modes above a tenth of the strongest, and of the photoluminescence.

    python tests/benchmarks/pulses_against_lsoda.py [--only dyes|dots|long] [--quality Q ...]

Short pulses are integrated by LSODA with the package's right-hand side, long ones on a dye with the
equations written out anew (`tests/unit/lasing`). 1e-3 is promised; more ends the script with 1.
"""

from __future__ import annotations

import argparse
import sys
import time
from functools import partial
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).parents[1] / "unit" / "lasing"))

from conftest import formula_comb
from test_end_of_pulse import DOTS, DYE
from test_end_of_pulse import by_lsoda as short_by_lsoda
from test_long_pulses import by_lsoda as long_by_lsoda

from cavitydesign.lasing.pulses.pulse_outcomes import StepControl
from cavitydesign.lasing.pulses.pulse_solver import PulseSolver
from cavitydesign.lasing.pumped.pump_profile import PumpProfile
from cavitydesign.lasing.steady.threshold import DarkGain

PROMISED = 1e-3
TIMES = np.array([0.3, 0.7, 1.0, 1.5, 3.0, 10.0])
LONG = ((300.0, "gaussian"), (3e3, "sech2"), (1e4, "gaussian"), (2e4, "square"))


def worst(solver, medium, excitons, reference) -> float:  # type: ignore[no-untyped-def]
    """Largest relative error of the light of strong modes, and of the photoluminescence."""
    found = solver.outcomes(excitons)
    errors = []
    for place, mean in enumerate(excitons):
        light, glow = reference(float(mean))
        strong = light > 0.1 * light.max()
        errors.append(np.abs(found.emitted[strong, place] / light[strong] - 1.0).max())
        errors.append(abs(found.spontaneous[place] / glow - 1.0))
    return float(max(errors))


def by_rates(solver, medium, top, horizon, mean):  # type: ignore[no-untyped-def]
    """LSODA with the package's right-hand side."""
    return short_by_lsoda(solver, medium, mean, top, horizon)


def by_hand(solver, medium, horizon, mean):  # type: ignore[no-untyped-def]
    """LSODA with the equations written out anew."""
    return long_by_lsoda(solver, medium, mean, horizon)


def static(solver, medium) -> float | None:  # type: ignore[no-untyped-def]
    """Excitations at gain = loss of the first mode."""
    model = solver.model(medium.ladder_top(8.0))
    dark = DarkGain(model, medium, solver.pump_emission, solver.profile)
    return min((one for one in dark.threshold_excitons_each() if one is not None), default=None)


def main() -> int:
    """Print the worst error of each case."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--only", choices=("dyes", "dots", "long"), nargs="*")
    parser.add_argument("--quality", type=float, nargs="*")
    asked = parser.parse_args()
    began, late = time.process_time(), 0
    for kind, medium, centre, top, qualities in (
        ("dyes", DYE, 580.0, 1, (1e3, 1e4, 1e5, 1e6, 1e7, 1e8)),
        ("dots", DOTS, 537.6, 24, (300.0, 1e3, 1e4, 1e6, 1e8)),
        ("long", DYE, 580.0, 1, (2e3, 1e4, 1e5, 1e6, 1e8)),
    ):
        if asked.only and kind not in asked.only:
            continue
        for quality in asked.quality or qualities:
            comb = formula_comb(15.0, centre_nm=centre, span_nm=9.0, quality=quality)
            horizon = 3e3 if medium is DOTS else 6e4 if quality < 1e7 else 3e5
            for length, shape in LONG if kind == "long" else ((None, ""),):
                profile = None if length is None else PumpProfile(length, shape, 1, 1.0)
                backwards = medium.pump_emission(532.0) if profile is not None else 0.0
                solver = PulseSolver(comb, medium, 1.7e7, StepControl(), None, backwards, profile)
                first = static(solver, medium)
                if first is None:
                    print(f"{kind} Q = {quality:g}: gain never reaches the loss")
                    continue

                if profile is None:
                    reference = partial(by_rates, solver, medium, top, horizon)
                else:
                    reference = partial(by_hand, solver, medium, horizon + 10.0 * profile.pulse_ps)
                error = worst(solver, medium, first * TIMES, reference)
                late += error > PROMISED
                words = "" if length is None else f", {shape} of {length:g} ps"
                print(f"{kind} Q = {quality:g}{words}: {error:.1e}", flush=True)
    print(f"{time.process_time() - began:.0f} s of one core")
    return int(late > 0)


if __name__ == "__main__":
    sys.exit(main())
