"""Random small and leaky spheres, cylinders and coated cylinders against exact resonances, other
ones every day.

Diameters 0.8 to 6 um, indices 1.3 to 3.5 in air and water, Q of 10 to 1e6. The seed is the date; it
is printed, and CAVITYDESIGN_SWEEP_SEED replays it.
"""

from __future__ import annotations

import datetime
import os
import random

import pytest
from drawn_resonators import cavity_of, drawn_small

from cavitydesign.modes import ModeRequest, find_modes

SEED = os.environ.get("CAVITYDESIGN_SWEEP_SEED") or datetime.date.today().isoformat()
CASES = 12


@pytest.mark.parametrize("number", range(CASES))
def test_random_small_cavity(number: int) -> None:
    """Right within three times the bar, and log10 Q within five times its own; or a plain no."""
    dice = random.Random(f"{SEED} {number}")
    exact, q = drawn_small(dice)
    m = exact.order - q
    print(f"CAVITYDESIGN_SWEEP_SEED={SEED} case {number}: {exact.polarisation} {m} {exact.p} {q}")
    hint = float(f"{exact.wavelength_nm * dice.uniform(0.95, 1.05):.4g}")
    request = ModeRequest(exact.polarisation, hint, None, m, exact.p, q + 1, 1e-6)
    found = find_modes(cavity_of(exact.resonator), request)
    label = f"{exact.polarisation} {m} {exact.p} {q}"
    text = (
        f"seed {SEED}, {exact.resonator} {label} at {exact.wavelength_nm} nm, log10 Q "
        f"{exact.log10_q}"
    )
    mine = [mode for mode in found if mode.label == label]
    if not mine:
        assert any(label in line for line in found.warnings), f"lost without a word: {text}"
        return
    off = abs(mine[0].wavelength_nm / exact.wavelength_nm - 1.0)
    stated = mine[0].wavelength_error_nm / exact.wavelength_nm
    assert off <= max(3.0 * stated, 1e-12), f"off {off:.1e}, stated {stated:.1e}: {text}"
    off_q = abs((mine[0].losses.radiation or 0.0) - exact.log10_q)
    said = mine[0].losses.radiation_error
    assert off_q <= max(5.0 * said, 1e-8), f"log10 Q off {off_q:.1e}, stated {said:.1e}: {text}"
