"""A spot of given radius under one family of modes: light against an integration written out, zone
by zone, and how much the transverse hole burning that is left out would change.
"""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy.integrate import solve_ivp

from cavitydesign.gain import DotMedium, Pump, find_medium
from cavitydesign.lasing import LasingMode, LasingRequest, predict_lasing
from cavitydesign.lasing.competition.overlap import ModeOverlap
from cavitydesign.lasing.pulses.pulse_outcomes import StepControl
from cavitydesign.lasing.pulses.pulse_solver import PulseSolver

DYE = find_medium("rhodamine-6G-PMMA")
EMITTERS = 1.7e7
QUALITY = 2e3
WAVELENGTH_NM = 580.0
C_UM_PER_PS = 299.792458
HC_EV_NM = 1239.841984
BOLTZMANN_EV = 8.617333262e-5


def _mode(wavelength_nm: float, quality: float) -> LasingMode:
    return LasingMode("TM 122 1 0", wavelength_nm, 0.99, 1.525, quality, 35.0, "TM", 122, 1, 0, 4.0)


def _zones(photons: int, radius_um: float) -> ModeOverlap:
    """Eight zones of like width along a mode of amplitude exp(-z^2 / 2 w^2), w = 2 um."""
    edges = np.linspace(0.0, 6.0, 9)
    z = 0.5 * (edges[1:] + edges[:-1])
    weight, bright = np.full(8, 1.0 / 8.0), np.exp(-((z / 2.0) ** 2))
    pump = np.exp(-2.0 * photons * (z / radius_um) ** 2)
    return ModeOverlap(weight, pump, (bright / (weight @ bright))[None], 35.0)


def by_hand(zones: ModeOverlap, excitons: float) -> float:
    """Photons for each emitter that leave the mode, by LSODA: excited x, in the dark p, photons s.

    dx/dt = h exp(-t/r)/r - x/tau - e u x (s + 1/N) + a u p s, ds/dt = <e u x - a u p> s - kappa s +
    <e u x>/N, with u the mode's intensity in the zone, h what the pulse left hot there.
    """
    energy = HC_EV_NM / WAVELENGTH_NM
    sd = 1e-3 * DYE.emission_fwhm_mev / (2.0 * math.sqrt(2.0 * math.log(2.0)))
    line = math.exp(-0.5 * ((energy - DYE.emission_energy_ev) / sd) ** 2)
    # cm^-1 to um^-1
    e = 0.99 * C_UM_PER_PS * 1e-4 * DYE.peak_gain_per_cm / 1.525 * line
    thermal = BOLTZMANN_EV * DYE.temperature_k
    a = e * DYE.reabsorption * math.exp((energy - DYE.crossing_energy_ev) / thermal)
    kappa = 2.0 * math.pi * C_UM_PER_PS * 1e3 / (WAVELENGTH_NM * QUALITY)
    u, weight, seed = zones.intensity[0], zones.weight, 1.0 / EMITTERS
    hot, relaxing = -np.expm1(-excitons * zones.pump), DYE.relaxation_ps

    def rate(time: float, y: np.ndarray) -> np.ndarray:
        x, s = y[:-2], y[-2]
        still = hot * math.exp(-time / relaxing)
        dark = 1.0 - x - still
        made, taken = e * u * x, a * u * dark
        grown = weight @ (made - taken) * s - kappa * s + weight @ made * seed
        lost = x / DYE.fluorescence_ps + made * (s + seed) - taken * s
        return np.r_[still / relaxing - lost, grown, kappa * s]

    start = np.zeros(len(weight) + 2)
    found = solve_ivp(rate, (0.0, 6e4), start, method="LSODA", rtol=1e-9, atol=1e-15)
    return float(found.y[-1, -1])


@pytest.mark.parametrize("alike", [False, True])
@pytest.mark.parametrize("radius_um", [4.0, 1e6])
def test_light_under_a_spot_by_hand(alike: bool, radius_um: float) -> None:
    """To 3e-4 (7e-5 at worst when written; 1e-3 is promised): zones as they are, and weighed by the mode's energy with all
    emitters alike, which a prediction of one family takes.
    """
    zones = _zones(1, radius_um)
    if alike:
        own = zones.weight * zones.intensity[0]
        by_energy = ModeOverlap(own, zones.pump, np.ones_like(zones.intensity), math.nan)
        zones = zones.alike()
        assert zones.weight == pytest.approx(by_energy.weight, rel=1e-12)
        assert own.sum() == pytest.approx(1.0, rel=1e-12)
    solver = PulseSolver((_mode(WAVELENGTH_NM, QUALITY),), DYE, EMITTERS, StepControl(), zones, 0.0)
    excitons = np.array([0.1, 0.3, 0.6, 2.0])
    found = solver.outcomes(excitons).emitted[0]
    right = np.array([by_hand(zones, float(mean)) for mean in excitons])
    print(alike, radius_um, found / right - 1.0, right)
    assert found == pytest.approx(right, rel=3e-4)
    assert right[1] / right[0] > 40.0  # from below threshold to above


def test_transverse_holes_of_one_family_are_a_hundredth() -> None:
    """A mode burns its hole where it is strong. Left out for one family, so that spots go over into
    a flat one: gain = loss is the same, and the threshold would move by 1 % (an earlier audit found
    2 to 8 % of a break, with a slice average on top of the zones).
    """
    pump = Pump(fluence_mj_cm2=(1.0, 9.0), spot="flat")
    request = LasingRequest(comb_phases=0, fluences=12, extend_comb=False)
    zones = _zones(3, 1e6)
    own, alike = (
        predict_lasing([_mode(538.0, 400.0)], DotMedium(), pump, request, 15.0, overlap=one)
        for one in (zones, zones.alike())
    )
    static = [one.thresholds.gain_equals_loss for one in (own, alike)]
    assert static[0] == pytest.approx(static[1], rel=1e-9)
    moved = own.thresholds.lasing / alike.thresholds.lasing - 1.0
    print(moved)
    assert 2e-3 < abs(moved) < 0.02
