"""The comb's own ripple: what a threshold does when the comb alone moves under the gain.

It is the same function of the excitations for any number of photons, so that one photon shows most
of it in fluence. It is told from a rule that changes by three things: it has no jump, however small
the step; it comes back after one spacing; and nothing of it is left when the comb is held.
"""

from __future__ import annotations

import math

import numpy as np

from cavitydesign.gain import DotMedium, Pump
from cavitydesign.lasing import LasingMode, LasingRequest, predict_lasing

DIAMETER_UM, INDEX = 11.34, 1.47
ORDER = math.pi * DIAMETER_UM * 1e3 * INDEX / 537.5
"""At 11.34 um the competing modes change places with the gain at its weakest."""


def place(shift_um: float, diameter_um: float = DIAMETER_UM) -> tuple[float, float]:
    """Threshold and gain = loss of one photon, with the comb of a diameter `shift_um` larger."""
    path_nm = math.pi * (DIAMETER_UM + shift_um) * 1e3 * INDEX
    comb = [
        LasingMode(
            f"TM {m} 1 0",
            path_nm / m,
            0.99,
            1.525,
            24.0 * diameter_um,
            20.0,
            m=m,
            fsr_nm=path_nm / m**2,
        )
        for m in range(math.ceil(path_nm / 548.0), math.floor(path_nm / 527.0) + 1)
    ]
    pump = Pump(photons=1, wavelength_nm=400.0, fluence_mj_cm2=(0.004, 3.0))
    request = LasingRequest(comb_phases=0, fluences=12)
    found = predict_lasing(comb, DotMedium(), pump, request, diameter_um).thresholds
    assert found.lasing is not None and found.gain_equals_loss is not None
    return found.lasing, found.gain_equals_loss


def largest(shifts_um: np.ndarray) -> float:
    """Largest change of threshold over gain = loss from one shift of the comb to the next."""
    ratio = np.array([threshold / static for threshold, static in map(place, shifts_um)])
    return float(np.abs(np.diff(np.log(ratio))).max())


def test_the_ripple_has_no_jump() -> None:
    """Where the modes change places the ratio changes by 2.7 % in a step of 0.0033 um; a quarter of
    the step changes it by a quarter (0.4 is the limit), and a quarter of that again. A rule that
    changed would keep its jump.
    """
    coarse = largest(np.arange(-0.01, 0.0134, 1 / 300))
    fine = largest(np.arange(0.0033, 0.0085, 1 / 1200))
    finest = largest(np.arange(0.0058, 0.0076, 1 / 4800))
    print(coarse, fine, finest)
    assert fine < 0.4 * coarse
    assert finest < 0.4 * fine


def test_nothing_is_left_with_the_comb_held() -> None:
    """Diameter, Q and emitters 0.02 um on, the comb where it was: 0.3 %, where the comb's own step
    is 6.5 %. One spacing on, the ratio is back to within what m + 1 modes change.
    """
    threshold, static = place(0.0)
    held = place(0.0, DIAMETER_UM + 0.02)
    step = abs(held[0] / held[1] * static / threshold - 1.0)
    moved = place(0.02)
    ripple = abs(moved[0] / moved[1] * static / threshold - 1.0)
    period = place(DIAMETER_UM / ORDER)
    back = abs(period[0] / period[1] * static / threshold - 1.0)
    print(step, ripple, back)
    assert step < 0.005 < 0.05 < ripple
    assert back < 0.02
