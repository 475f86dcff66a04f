"""Every photon takes an excitation: photoluminescence of dots against an integration that shares no
code with the package, and against closed forms.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from scipy.integrate import solve_ivp
from scipy.stats import poisson

from cavitydesign.errors import InputError
from cavitydesign.gain import DotMedium
from cavitydesign.lasing.pulses.integrate import StepControl
from cavitydesign.lasing.pulses.pulse_solver import PulseSolver

RADIATIVE_PS = 5000.0


def dots(nonradiative_ps: float) -> DotMedium:
    return DotMedium(inhomogeneous_sd_mev=0.0, nonradiative_ps=nonradiative_ps)


def photons_of_ladder(nonradiative_ps: float, excitons: float, top: int) -> float:
    """Photons for each dot, by LSODA on the ladder written out: hot dots cool in 1.4 ps, j excitons
    lose one by Auger in 7 ps / (j (j - 1) / 2) and by light in 5 ns / j^2.
    """
    number = np.arange(top + 1)
    light = number**2 / RADIATIVE_PS
    dark = np.where(number >= 2, 0.5 * number * (number - 1) / 7.0, number / nonradiative_ps)
    start = poisson.pmf(number, excitons)
    start[-1] = poisson.sf(top - 1, excitons)
    hot = np.where(number >= 2, start, 0.0)

    def rate(time: float, state: np.ndarray) -> np.ndarray:
        down = (light + dark) * state[:-1]
        change = -down + hot / 1.4 * np.exp(-time / 1.4)
        change[:-1] += down[1:]
        return np.append(change, light @ state[:-1])

    life = 1.0 / (1.0 / nonradiative_ps + 1.0 / RADIATIVE_PS)
    begin = np.append(start - hot, 0.0)
    found = solve_ivp(rate, (0.0, 40.0 * life), begin, method="LSODA", rtol=1e-10, atol=1e-16)
    return float(found.y[-1, -1])


@pytest.mark.parametrize("nonradiative_ps", [17.5, 5e3, 5e4, 1e6])
@pytest.mark.parametrize("excitons", [0.01, 3.0])
def test_photoluminescence_of_dots(make_comb, nonradiative_ps: float, excitons: float) -> None:
    """To 1e-3, which is promised of light below threshold; a lone exciton gives the yield
    radiative rate / all rates: 0.0035, 0.50, 0.91, 0.995 (it gave 0.98, 9.8 and 195).
    """
    medium = dots(nonradiative_ps)
    top = medium.ladder_top(excitons)
    weak = [replace(mode, confinement=1e-9) for mode in make_comb(15.0, span_nm=1.0)]
    solver = PulseSolver(weak, medium, 1.7e7, StepControl())
    found = solver.outcomes(np.array([excitons]))
    right = photons_of_ladder(nonradiative_ps, excitons, top)
    print(nonradiative_ps, excitons, found.spontaneous[0] / excitons, right / excitons)
    assert found.spontaneous[0] == pytest.approx(right, rel=1e-3)
    assert found.spontaneous[0] < excitons
    if excitons < 0.1:
        lone = nonradiative_ps / (nonradiative_ps + RADIATIVE_PS)
        assert right / excitons == pytest.approx(lone, rel=0.01)  # pairs: <N>/2 of the dots


def test_no_ladder_radiates_faster_than_it_decays() -> None:
    ladder = dots(17.5).ladder(4)
    with pytest.raises(InputError, match="each photon takes an excitation"):
        replace(ladder, radiative_per_ps=ladder.decay_per_ps * 1.01)
