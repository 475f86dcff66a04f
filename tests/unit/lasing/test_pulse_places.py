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
    """The differential efficiency rises more than fourfold from 0.15 before the corner to 0.15
    behind it, in ln <N>, and less than twofold from there to 0.3: the solved corner lies within
    0.15 of the told one.
    """
    medium, centre = (DOTS, 537.6) if name == "dots" else (DYE, 580.0)
    comb = make_comb(15.0, centre_nm=centre, span_nm=9.0, quality=quality)
    solver = PulseSolver(comb, medium, 1.7e7, StepControl())
    dark = DarkGain(solver.model(medium.ladder_top(8.0)), medium)
    static = min(one for one in dark.threshold_excitons_each() if one is not None)
    corner = dark.onset_excitons(static, 1.7e7)
    assert corner is not None and corner > static
    excitons = corner * np.exp(np.array([-0.2, -0.1, 0.1, 0.2, 0.4]))
    light = solver.outcomes(excitons).emitted.sum(axis=0)
    before, _, behind, far = np.diff(light) / np.diff(excitons)
    print(f"{name}, Q = {quality:g}: {before / behind:.3g} before, {far / behind:.3g} far behind")
    assert before < 0.25 * behind
    assert far < 2.0 * behind


def test_a_wider_range_adds_pulses_and_moves_none() -> None:
    narrow = curve._pulses_about_corner(-1.8, 2.0, 0.31)
    wide = curve._pulses_about_corner(-3.0, 4.0, 0.31)
    assert len(wide) > len(narrow)
    assert set(narrow) <= set(wide)
    assert np.diff(wide).max() <= curve._WIDEST * curve._SPACING * (1.0 + 1e-9)
    assert np.log(curve.START) in narrow
