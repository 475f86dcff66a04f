"""CPU time of a light curve, a whole prediction, and a regime map, on combs by formula.

    python tests/benchmarks/time_lasing.py

Goals: light curve of 60 fluences, 23 modes, 5 classes 0.3 s; map of 25 diameters x 40 fluences 20 s
on two cores.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from functools import partial

import numpy as np

from cavitydesign.gain import DotMedium, Pump
from cavitydesign.lasing import LasingMode, LasingRequest, predict_lasing
from cavitydesign.lasing.outcomes.regime_map import regime_map
from cavitydesign.lasing.pulses.compiled.steps import library
from cavitydesign.lasing.pulses.integrate import StepControl
from cavitydesign.lasing.pulses.pulse_solver import PulseSolver


def comb(diameter_um: float, span_nm: float = 16.0) -> tuple[LasingMode, ...]:
    """Even spacing lambda^2 / (pi D 1.5), Q = 24 D."""
    fsr = 537.6**2 / (math.pi * diameter_um * 1e3 * 1.5)
    count = int(span_nm / 2 / fsr)
    return tuple(
        LasingMode(
            f"TM {1000 - k} 1 0",
            537.6 + k * fsr,
            0.99,
            1.525,
            24.0 * diameter_um,
            m=1000 - k,
            fsr_nm=fsr,
        )
        for k in range(-count, count + 1)
    )


def main() -> None:
    """Print the best of three CPU times (process time: other work on the machine does not
    count).
    """
    print(f"steps: {'NumPy' if library() is None else 'compiled'}")
    medium, pump = DotMedium(), Pump(fluence_mj_cm2=(1.2, 4.8))
    excitons = np.asarray(pump.excitons(np.geomspace(1.2, 4.8, 60), medium.absorber))
    for quality in (24.0 * 88, 1e6):
        modes = tuple(
            LasingMode(m.label, m.wavelength_nm, 0.99, 1.525, quality, m=m.m, fsr_nm=m.fsr_nm)
            for m in comb(88.0)
        )
        solver = PulseSolver(modes, medium, 1e8, StepControl())
        best = min(_seconds(partial(solver.outcomes, excitons)) for _ in range(3))
        print(f"light curve, 60 fluences, {len(modes)} modes, Q = {quality:.0f}: {best:.2f} s")
    request = LasingRequest()
    best = min(
        _seconds(partial(predict_lasing, comb(88.0), medium, pump, request, 88.0)) for _ in range(3)
    )
    print(f"whole prediction at 88 um: {best:.2f} s")
    cavities = [(float(diameter), comb(float(diameter))) for diameter in np.linspace(10, 130, 25)]
    print(
        "map of 25 x 40, one core: "
        f"{_seconds(partial(regime_map, cavities, medium, pump, request)):.1f} s"
    )


def _seconds(task: Callable[[], object]) -> float:
    start = time.process_time()
    task()
    return time.process_time() - start


if __name__ == "__main__":
    main()
