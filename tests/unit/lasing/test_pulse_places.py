"""Where the pulses of a light curve lie: about the corner of the output, which growth in the dark
tells.
"""

from __future__ import annotations

import numpy as np
import pytest

from cavitydesign.gain import DotMedium, find_medium
from cavitydesign.lasing.pulses import computed_curve as curve
from cavitydesign.lasing.pulses.pulse_outcomes import StepControl
from cavitydesign.lasing.pulses.pulse_solver import PulseSolver
from cavitydesign.lasing.steady.threshold import DarkGain

DOTS, DYE = DotMedium(inhomogeneous_sd_mev=0.0), find_medium("rhodamine-6G-PMMA")


@pytest.mark.parametrize(("name", "quality"), [("dots", 360.0), ("dots", 3e3), ("dye", 1e4)])
def test_growth_in_the_dark_tells_the_corner(make_comb, name: str, quality: float) -> None:
    """The power with which the output rises falls to less than half from 0.15 before the corner to
    0.15 behind it, in ln <N>: the solved corner lies within that of the told one.
    """
    medium, centre = (DOTS, 537.6) if name == "dots" else (DYE, 580.0)
    comb = make_comb(15.0, centre_nm=centre, span_nm=9.0, quality=quality)
    solver = PulseSolver(comb, medium, 1.7e7, StepControl())
    dark = DarkGain(solver.model(medium.ladder_top(8.0)), medium)
    static = min(one for one in dark.threshold_excitons_each() if one is not None)
    corner = dark.onset_excitons(static, 1.7e7)
    assert corner is not None and corner > static
    places = np.array([-0.2, -0.1, 0.1, 0.2])
    light = np.log(solver.outcomes(corner * np.exp(places)).emitted.sum(axis=0))
    before, _, behind = np.diff(light) / np.diff(places)
    print(f"{name}, Q = {quality:g}: {before:.1f} before, {behind:.1f} behind")
    assert before > 4.0
    assert behind < 0.5 * before


def test_a_wider_range_adds_pulses_and_moves_none() -> None:
    narrow = curve._pulses_about_corner(-1.8, 2.0, 0.31)
    wide = curve._pulses_about_corner(-3.0, 4.0, 0.31)
    assert len(wide) > len(narrow)
    assert set(narrow) <= set(wide)
    assert np.diff(wide).max() <= curve._WIDEST * curve._SPACING * (1.0 + 1e-9)
    assert np.log(curve.START) in narrow
