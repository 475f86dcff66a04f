"""Continuous light from a design to powers: the exact light-light curve, pumps within the emission
band, refusals.
"""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest

from cavitydesign.columns.plain_words import lasing_in_words
from cavitydesign.errors import InputError
from cavitydesign.gain import DotMedium, FourLevelMedium, Pump
from cavitydesign.gain.emitters.tabled import TabledMedium
from cavitydesign.lasing import LasingMode, LasingRequest, predict_continuous, predict_lasing
from cavitydesign.workflow.study_point import evaluate_point, rows_of_point

DYE = FourLevelMedium(
    concentration_per_cm3=6e18, fluorescence_ps=3000.0, quantum_yield=0.8, emitters_per_um=1e6
)
ERBIUM = {
    "kind": "four-level",
    "emission_energy_ev": 0.8,
    "emission_fwhm_mev": 20.0,
    "concentration_per_cm3": 2e19,
    "emission_cross_section_cm2": 5e-21,
    "fluorescence_ps": 1e10,
    "reabsorption": 1.0,
    "crossing_energy_ev": 0.807,
}
EV_PER_PS_IN_UW = 1.602176634e-19 * 1e18
ALONE = LasingRequest(extend_comb=False, comb_phases=0, exact_thresholds=0)


def _mode(quality: float = 2e4) -> LasingMode:
    return LasingMode("TM 100 1 0", DYE.emission_wavelength_nm, 0.9, 1.52, quality, 30.0, m=100)


def _pump(low: float, high: float, wavelength_nm: float = 400.0, share: float = 1.0) -> Pump:
    return Pump(
        kind="continuous",
        photons=1,
        wavelength_nm=wavelength_nm,
        power_uw=(low, high),
        absorbed_share=share,
    )


def test_exact_light_light_curve_in_microwatts() -> None:
    """The positive root of E x (s + 1/N) = kappa s with x = W / (W + 1/tau + E (s + 1/N)), written
    out here in powers: W = P share / (N h nu). 1e-6 from spontaneous to 100 times threshold.
    """
    mode, number, share = _mode(), 1e7, 0.3
    gain = 0.9 * 2.99792458e-2 * 2e-16 * 6e18 / 1.52
    loss = 2.0 * math.pi * 299.792458 * 1e3 / (mode.wavelength_nm * 2e4)
    ev, pump_ev, decay = 1239.841984 / mode.wavelength_nm, 1239.841984 / 400.0, 1 / 3000.0
    power_of = number * pump_ev * EV_PER_PS_IN_UW / share
    at_loss = decay * (loss / gain) / (1.0 - loss / gain) * power_of
    found = predict_continuous(
        [mode], DYE, _pump(0.01 * at_loss, 100.0 * at_loss, share=share), ALONE, 10.0
    )
    pump = found.power_uw / power_of
    a = loss * gain
    b = loss * (pump + decay + gain / number) - pump * gain
    c = -pump * gain / number
    root = np.sqrt(b * b - 4.0 * a * c)
    photons = np.where(b > 0, -2.0 * c / (b + root), (root - b) / (2.0 * a))
    light = number * loss * photons * ev * EV_PER_PS_IN_UW
    assert found.laser_uw == pytest.approx(light, rel=1e-6)
    excited = pump / (pump + decay + gain * (photons + 1.0 / number))
    assert found.excited_share == pytest.approx(excited, rel=1e-6)
    assert found.absorbed_uw == pytest.approx(found.power_uw * share * (1.0 - excited), rel=1e-6)
    glow = 0.8 * decay * excited * number * DYE.emission_energy_ev * EV_PER_PS_IN_UW
    assert found.photoluminescence_uw == pytest.approx(glow, rel=1e-6)
    # far above, every excitation more is a photon more
    assert found.slope_efficiency == pytest.approx(ev / pump_ev, rel=1e-3)
    thresholds = found.thresholds
    # spontaneous emission into the mode adds gain / N to the decay: 1e-3 here
    assert thresholds.gain_equals_loss == pytest.approx(
        at_loss * (1.0 + gain / number / decay), rel=1e-6
    )
    # textbook: 1 - 2 beta times gain = loss, beta = 6.4e-3
    assert thresholds.lasing == pytest.approx(0.987 * thresholds.gain_equals_loss, rel=3e-3)
    assert thresholds.lasing_error is not None
    assert thresholds.lasing_error < 0.01 * thresholds.lasing
    assert found.balance_error < 1e-9


@pytest.mark.parametrize("ratio", [0.0, 0.5, 1.0])
def test_pump_within_the_band_limits_the_inversion(ratio: float) -> None:
    """x = W / (W (1 + r) + 1/tau) where nothing lases, at most 1 / (1 + r); gain = loss from x =
    (loss + A) / (E + A). A medium that needs more never lases. 1e-6.
    """
    sigma, absorbed = 1e-20, 1.0e-20
    table = TabledMedium(
        table_wavelength_nm=(960.0, 975.0, 1000.0, 1030.0, 1060.0),
        table_emission_cm2=(ratio * sigma, ratio * sigma, 0.2 * sigma, 0.3 * sigma, 0.0),
        table_absorption_cm2=(absorbed, absorbed, 0.1 * sigma, 0.1 * sigma, 0.0),
        concentration_per_cm3=1e20,
        fluorescence_ps=1e9,
        pump_cross_section_nm=975.0,
        emitters_per_um=1e8,
    )
    mode = LasingMode("TM 100 1 0", 1030.0, 0.9, 1.46, 9e5, 30.0, m=100)
    found = predict_continuous([mode], table, _pump(1.0, 1e9, 975.0), ALONE, 10.0)
    limit = 1.0 / (1.0 + ratio)
    rate = 0.9 * 2.99792458e-2 / 1.46
    gain, lost = rate * 0.3 * sigma * 1e20, rate * 0.1 * sigma * 1e20
    loss = 2.0 * math.pi * 299.792458 * 1e3 / (1030.0 * 9e5)
    needed = (loss + lost) / (gain + lost)
    assert 0.5 < needed < 0.67
    if needed > limit:
        assert found.thresholds.gain_equals_loss is None
        assert found.excited_share.max() == pytest.approx(limit, rel=1e-3)
        return
    decay = 1e-9 + gain / 1e9
    pump = needed * decay / (1.0 - needed * (1.0 + ratio))
    power = pump * 1e9 * 1239.841984 / 975.0 * EV_PER_PS_IN_UW
    assert found.thresholds.gain_equals_loss == pytest.approx(power, rel=1e-6)
    # above threshold the inversion stays where it is
    assert found.excited_share[-1] == pytest.approx(needed, rel=1e-3)
    assert found.balance_error < 1e-9


def test_pulses_within_the_band_fill_no_more_than_the_limit() -> None:
    """dx/dN = 1 - (1 + r) x by hand at small steps, 1e-5; dots whose band edge is pumped are
    refused in one line.
    """
    excited, steps = 0.0, 100_000
    for _ in range(steps):
        excited += 2.0 / steps * (1.0 - 1.4 * excited)
    assert DYE.pumped(2.0, 1, 0.4)[1, 0] == pytest.approx(excited, rel=1e-5)
    assert DYE.pumped([0.3, 50.0], 1).sum(axis=0) == pytest.approx([1.0, 1.0])
    erbium = FourLevelMedium(**{key: value for key, value in ERBIUM.items() if key != "kind"})
    # McCumber at 1480 nm: exp((0.807 - 0.83773) / 0.025852)
    assert erbium.pump_emission(1480.0) == pytest.approx(0.3045, rel=1e-3)
    assert erbium.pump_emission(980.0) < 1e-7
    mode = LasingMode("TM 122 1 0", 537.6, 0.99, 1.525, 360.0, m=122)
    with pytest.raises(InputError, match="within the emission band"):
        predict_lasing([mode], DotMedium(), Pump(photons=1, wavelength_nm=525.0), ALONE, 15.0)


def test_what_continuous_light_refuses() -> None:
    """One line each: several photons, dots, a share above one."""
    with pytest.raises(InputError, match="photons = 1"):
        Pump(kind="continuous")
    with pytest.raises(InputError, match="absorbed_share"):
        replace(_pump(1.0, 2.0), absorbed_share=1.5)
    with pytest.raises(InputError, match="power_uw"):
        _pump(2.0, 1.0)
    with pytest.raises(InputError, match="one excitation"):
        predict_continuous([_mode()], DotMedium(), _pump(1.0, 2.0), ALONE, 10.0)


def test_an_erbium_sphere_from_design_to_study_row() -> None:
    """40 um, 2e19 ions/cm3, Q = 1e7, the mode at 1549 nm: by N h nu x / tau an independent estimate
    has 0.16 uW absorbed at threshold (6 %, its last digit), where 0.474 of the ions are excited.
    """
    tables = {
        "cavity": {"profile": "spheroid", "diameter_um": {"value": 40.0, "sd": 0.1},
                   "body": "silica", "surround": "air"},
        "modes": {"wavelength_nm": 1550.0, "span_nm": 12.0, "polarisation": "TM"},
        "gain": ERBIUM,
        "pump": {"kind": "continuous", "photons": 1, "wavelength_nm": 980.0,
                 "power_uw": [0.01, 10.0], "absorbed_share": 0.1},
        "lasing": {"quality": 1e7, "families": "asked", "fluences": 20,
                   "extend_comb": False},
    }  # fmt: skip
    record = evaluate_point(tables, "lase")
    lasing = record["lasing"]
    thresholds = lasing["threshold_uw"]
    assert thresholds["lasing_absorbed"] == pytest.approx(0.16, rel=0.06)
    share = lasing["light_curve"]["excited_share"]
    assert max(share) == pytest.approx(0.474, rel=0.01)
    # absorbed: a tenth of the power, less what is excited already
    assert thresholds["lasing_absorbed"] == pytest.approx(
        0.1 * thresholds["lasing"] * (1.0 - max(share)), rel=0.05
    )
    assert lasing["threshold_mj_cm2"] == {"gain_equals_loss": None, "ase": None, "lasing": None}
    assert 0 < lasing["spread"]["threshold_sd_uw"]["lasing"] < 0.1 * thresholds["lasing"]
    assert "uW" in lasing_in_words(lasing)
    assert "mJ" not in lasing_in_words(lasing)
    row = rows_of_point(record, "lase")[0]
    assert row["threshold_uw"]["lasing"] == thresholds["lasing"]
    static = evaluate_point(tables, "threshold")["static"]
    best = min(values["gain_equals_loss_uw"] for values in static.values())
    assert best >= thresholds["gain_equals_loss"] * (1.0 - 1e-9)
