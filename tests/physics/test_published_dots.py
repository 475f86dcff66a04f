"""Published facts of the dots and of their measurements, beside what the package computes: rows
A1-A3, A12-A16, B1.

Paper A: Adv. Funct. Mater. 2024, doi 10.1002/adfm.202401247; paper B: J. Am. Chem. Soc. 2016, 138,
3761. Each assertion names the row, the published and the computed value and the reason of the
tolerance. What cannot be met is asserted as such: the test then fails if the model should ever
drift into "meeting" it, or if the stated discrepancy is wrong.
"""

from __future__ import annotations

import numpy as np
import pytest
from scipy.optimize import brentq

from cavitydesign.gain import (
    Cascade,
    DotLevels,
    DotMedium,
    Pump,
    Resonance,
    bleaching,
    cascade_gain_bracket,
    gain_peak_nm,
    printed_gain_bracket,
    transition_allowed,
)
from cavitydesign.gain.heat import heat_load, quantum_defect
from cavitydesign.gain.measured.stripe import fit_stripe_gain, modal_gain_per_cm, stripe_emission
from cavitydesign.gain.measured.z_scan import ZScan
from cavitydesign.units import photon_energy_ev

DOTS, LEVELS, CASCADE = DotMedium(), DotLevels(), Cascade()


def side_by_side(row: str, published: float, computed: float, within: float, reason: str) -> None:
    """Assert with both values in the message."""
    difference = abs(computed - published)
    assert difference <= within, (
        f"{row}: published {published:g}, computed {computed:.5g}, allowed {within:g} ({reason})"
    )


def excitons(fluence: float) -> float:
    """<N> of the named calibration."""
    return float(Pump().excitons(fluence, DOTS.absorber))


@pytest.mark.parametrize(
    ("what", "published", "computed"),
    [
        ("S-S transition, eV", 2.434, LEVELS.transition_ev("S", "S")),
        ("S-P transition, eV", 2.523, LEVELS.transition_ev("S", "P")),
        ("electron S-P spacing, eV", 0.089, LEVELS.spacing_ev("electron")),
        ("hole S-P spacing, eV", 0.095, LEVELS.spacing_ev("hole")),
    ],
)
def test_a1_box_levels(what: str, published: float, computed: float) -> None:
    side_by_side(f"A1 {what}", published, computed, 5e-4, "rounding of the published digits")


def test_a1_size_spread_alone_would_be_wider_than_the_line() -> None:
    """1.2 nm of 9.2 nm with all edges together: 113 meV; the whole measured line is 81.5 meV, so
    the width stays an input.
    """
    side_by_side(
        "A1 FWHM, edges together, eV", 0.113, LEVELS.size_broadening_fwhm_ev(), 5e-4, "rounding"
    )
    side_by_side(
        "A1 FWHM, edges independent, eV",
        0.065,
        LEVELS.size_broadening_fwhm_ev("independent"),
        5e-4,
        "rounding",
    )
    assert LEVELS.size_broadening_fwhm_ev() > 1e-3 * DOTS.emission_fwhm_mev


def test_a1_level_chain_ends_at_the_biexciton_line() -> None:
    side_by_side(
        "A1 2.480 - 0.126 - 0.044 eV",
        2.480 - 0.126 - 0.044,
        DOTS.emission_energy_ev,
        1e-9,
        "the chain closes",
    )
    side_by_side("A1 biexciton line, nm", 536.7, DOTS.emission_wavelength_nm, 0.05, "rounding")


@pytest.mark.parametrize(
    ("shape", "convention", "pulse_fs"),
    [("gaussian", "photons", 51.5), ("square", "excitations", 124.9)],
)
def test_a2_sigma_3_agrees_with_the_calibration_at_one_pulse_length(
    shape: str, convention: str, pulse_fs: float
) -> None:
    """sigma_3 gives <N> = 1.5 at 2.2 mJ/cm2 for 51.5 fs or 124.9 fs; the pulse length itself is not
    published.
    """
    pump = Pump(calibration="cross_section", shape=shape, convention=convention, pulse_fs=pulse_fs)
    side_by_side(
        "A2 <N> at 2.2 mJ/cm2",
        1.5,
        float(pump.excitons(2.2, DOTS.absorber)),
        0.005,
        "pulse length to 0.1 fs",
    )


def test_a2_the_two_cross_sections_disagree_at_the_published_thresholds() -> None:
    """Not reproducible: at the pulse length that suits sigma_3, sigma_2 gives a third of the
    excitons at its own threshold.
    """
    three = Pump(calibration="cross_section", pulse_fs=51.5)
    two = Pump(photons=2, wavelength_nm=970.0, calibration="cross_section", pulse_fs=51.5)
    ratio = float(two.excitons(0.6, DOTS.absorber)) / float(three.excitons(3.0, DOTS.absorber))
    assert ratio < 0.4, (
        f"A2: <N>(0.6, 2P) / <N>(3.0, 3P) = {ratio:.2f}; one threshold filling would need 1"
    )


@pytest.mark.parametrize(
    ("photons", "wavelength", "sigma"), [(2, 970.0, 1.88e-44), (3, 1500.0, 5.10e-75)]
)
def test_a3_z_scan_returns_the_published_cross_sections(
    photons: int, wavelength: float, sigma: float
) -> None:
    """The measured traces are not published: a curve made with sigma_n and 0.5 % noise gives it
    back within 4 errors.
    """
    scan = ZScan(photons, wavelength, 1000.0, 51.5, 30.0, {2: 2e14, 3: 2e13}[photons], 1.0)
    place = np.linspace(-10, 10, 41)
    noise = 1 + 0.005 * np.random.default_rng(photons).standard_normal(41)
    fit = scan.fitted(place, scan.transmittance(place, sigma) * noise)
    side_by_side(
        f"A3 sigma_{photons}", sigma, fit.sigma, 4 * fit.sigma_error, "four standard errors"
    )
    assert fit.sigma_error < 0.05 * sigma


def test_a12_pump_minima_lie_at_allowed_transitions() -> None:
    """Two photons of 970 nm reach S-P (2.523 eV), three of 1500 nm the absorption edge 2.480 eV;
    the line is 113 meV wide at most.
    """
    two, three = 2 * photon_energy_ev(970.0), 3 * photon_energy_ev(1500.0)
    side_by_side(
        "A12 two photons, eV",
        LEVELS.transition_ev("S", "P"),
        two,
        0.057,
        "half the widest size broadening",
    )
    side_by_side("A12 three photons, eV", 2.480, three, 0.001, "published absorption edge")
    assert transition_allowed(2, "S", "P")
    assert not transition_allowed(2, "S", "S")
    assert transition_allowed(3, "S", "S")


@pytest.mark.parametrize(("photons", "minimum"), [(2, 970.0), (3, 1500.0)])
def test_a12_threshold_is_lowest_at_the_resonance(photons: int, minimum: float) -> None:
    """With a resonance (the user's table: Lorentzian, its width is not published) centred there,
    the least fluence is there too.

    The factor l0/l of the photon number shifts it by less than 10 nm.
    """
    place = np.linspace(0.9 * minimum, 1.1 * minimum, 401)
    table = Resonance(tuple(place), tuple(0.1 + 1 / (1 + ((place - minimum) / 30.0) ** 2)))
    fluence = table.threshold_ratio(place, minimum, photons)
    side_by_side(
        "A12 minimum, nm", minimum, float(place[fluence.argmin()]), 10.0, "photon-number factor"
    )


@pytest.mark.parametrize(
    ("wavelength", "published", "within"), [(537.0, 1.000, 1e-3), (525.0, 0.0, 1.0)]
)
def test_a13_bleaching_at_transparency(wavelength: float, published: float, within: float) -> None:
    """537 nm, 5 ps, <N> = 1.5: 1.000 (the one calibration of the spectral law); 525 nm still
    absorbs.
    """
    side_by_side(
        f"A13 -da/a0 at {wavelength:g} nm",
        published,
        float(bleaching(DOTS, wavelength, 1.5, 5.0)),
        within,
        "calibration",
    )


def test_a13_saturation_below_one_at_525_above_at_537() -> None:
    """Published: 525 nm saturates below 1, 537 nm shows gain above 2.2 mJ/cm2. Computed: 0.89 and
    1.65.
    """
    blue, green = (float(bleaching(DOTS, place, 60.0, 5.0)) for place in (525.0, 537.0))
    assert blue < 1.0 < green, f"A13: 525 nm {blue:.3f}, 537 nm {green:.3f}"
    side_by_side("A13 525 nm saturates at", 0.89, blue, 0.01, "design value of the same law")
    side_by_side("A13 537 nm saturates at", 1.65, green, 0.01, "design value of the same law")
    onset = brentq(lambda f: float(bleaching(DOTS, 537.0, excitons(f), 5.0)) - 1, 1.0, 4.0)
    side_by_side("A13 onset of gain, mJ/cm2", 2.2, onset, 0.01, "calibration")


def ladder_bleaching(place: float, mean: float, delay: float = 5.0) -> float:
    """By the kinetics that lase."""
    return float(bleaching(DOTS, place, mean, delay, "ladder"))


def test_a13_by_the_kinetics_that_lase() -> None:
    """537 nm turns transparent at <N> = 1.41, 2.155 mJ/cm2 (published 1.5, 2.2), and saturates
    above 1. **Not reproduced**: at 525 nm, where figure 3c stays below 1, the ladder reaches 1.07
    and 1.22 at 3.0 and 3.7 mJ/cm2. Values of an independent integration, two digits.
    """
    onset = brentq(lambda mean: ladder_bleaching(537.0, mean) - 1.0, 0.5, 3.0)
    side_by_side("A13 <N> at transparency", 1.41, onset, 0.005, "independent integration")
    fluence = 2.2 * (onset / 1.5) ** (1 / 3)
    side_by_side("A13 onset of gain, mJ/cm2", 2.2, fluence, 0.05, "2 %, as published digits")
    for pump, expected in ((3.0, 1.08), (3.7, 1.22)):
        found = ladder_bleaching(525.0, excitons(pump))
        side_by_side(f"A13 525 nm at {pump}", expected, found, 0.01, "independent integration")
    side_by_side("A13 525 nm, saturated", 1.27, ladder_bleaching(525.0, 40.0), 0.01, "the same")
    side_by_side("A13 537 nm, saturated", 2.10, ladder_bleaching(537.0, 40.0), 0.01, "the same")


def test_a13_no_ladder_reproduces_figure_3c_with_classes_of_20_mev() -> None:
    """The bound behind that: a ladder goes down one rung at a time, so that a dot which starts
    higher than a pair stands at no delay lower than one that starts as a pair, and bleaches no
    less. With the lines of the classes even the latter saturates at 1.00 at 525 nm; only one line
    for all dots gives the paper's 0.89.
    """
    pair = CASCADE.populations(60.0, 5.0)
    lines = DOTS.class_lines(525.0)
    ratio = float((lines.weight @ lines.emission / (lines.weight @ lines.absorption))[0])
    least = float(1.0 + (pair[1] + 0.5 * pair[2]) * ratio - (pair[3] + 0.5 * pair[2]))
    side_by_side("A13 least saturation, classes", 1.00, least, 0.005, "two digits")
    assert least < ladder_bleaching(525.0, 40.0)


def test_a13_gain_peak_moves_to_the_blue() -> None:
    """542.4, 538.7, 538.0 nm at 2.2, 3.0, 3.7 mJ/cm2 when the pair is fullest (2.8 ps): paper A
    reports a slight blue shift.
    """
    delay = CASCADE.best_delay_ps()[0]
    for fluence, expected in ((2.2, 542.4), (3.0, 538.7), (3.7, 538.0)):
        side_by_side(
            f"A13 gain peak at {fluence}",
            expected,
            gain_peak_nm(DOTS, excitons(fluence), delay)[0],
            0.15,
            "delay",
        )


def test_a14_cascade() -> None:
    delay, height = CASCADE.best_delay_ps()
    side_by_side("A14 largest f1", 0.66874, height, 5e-6, "rounding")
    side_by_side("A14 its delay, ps", 2.816, delay, 6e-4, "rounding")
    side_by_side("A14 f1 at 18 ps", 0.09553, float(CASCADE.relaxed_pair(18.0)), 5e-6, "rounding")
    side_by_side(
        "A14 fed exciton at 18 ps", 0.48846, float(CASCADE.fed_exciton(18.0)), 5e-6, "rounding"
    )


def test_a14_printed_equation_has_its_threshold_near_the_published_one() -> None:
    found = brentq(lambda mean: float(printed_gain_bracket(mean, 5.0, CASCADE)), 1.0, 2.0)
    side_by_side(
        "A14 <N> at threshold, 5 ps", 1.5, found, 0.07, "1.44: equation (2) with twice Poisson"
    )


def test_a14_eighteen_picoseconds_are_no_zero_crossing() -> None:
    """Not reproducible: the printed form has net gain up to 6.3 ps, the cascade up to 12 ps, at any
    pump; 1/gamma_nr is 17.5 ps.
    """
    time = np.linspace(0.5, 40, 4000)
    last = {
        name: max(
            float(time[law(mean, time, CASCADE) > 0].max())
            for mean in (2.0, 3.0, 4.0, 8.0, 20.0, 60.0)
        )
        for name, law in (("printed", printed_gain_bracket), ("cascade", cascade_gain_bracket))
    }
    side_by_side("A14 end of gain, printed", 6.3, last["printed"], 0.05, "design value")
    side_by_side("A14 end of gain, cascade", 12.0, last["cascade"], 0.5, "design value 12 to 13")
    assert max(last.values()) < 18.0
    side_by_side(
        "A14 1/gamma_nr against 18 ps", 18.0, DOTS.nonradiative_ps, 0.5, "the likely meaning"
    )


def test_a15_quantum_defect() -> None:
    side_by_side(
        "A15 3P at 1500 nm, %",
        6.8,
        100 * quantum_defect(536.7, 3, 1500.0),
        0.1,
        "rounding and line centre",
    )
    side_by_side(
        "A15 2P at 940 nm, %",
        12.4,
        100 * quantum_defect(536.7, 2, 940.0),
        0.1,
        "the published 12.4 % belongs to 940 nm",
    )
    at_970 = 100 * quantum_defect(536.7, 2, 970.0)
    side_by_side("A15 2P at 970 nm, %", 9.64, at_970, 0.03, "design value")
    assert abs(at_970 - 12.4) > 2, "not reproducible: 12.4 % at 970 nm"


@pytest.mark.parametrize(("diameter", "volume", "fluence"), [(15.0, 35.0, 3.7), (88.0, 920.0, 3.0)])
def test_a16_heat_does_not_move_the_comb(diameter: float, volume: float, fluence: float) -> None:
    """At threshold and 1 kHz the comb drifts by less than the line shown (0.17 nm), by a pulse and
    in steady state.

    The published 80-90 % after 1e7 pulses is photodegradation: no rate of it is published and none
    is modelled.
    """
    emitters = DOTS.emitters(diameter)
    load = heat_load(
        excitons=excitons(fluence), emitters=emitters, volume_um3=volume, length_um=volume / (np.pi * diameter * 0.5),
        diameter_um=diameter, photons=3, pump_nm=1500.0, emission_nm=537.6, light_yield=0.0, repetition_rate_hz=1000.0,
    )  # fmt: skip
    side_by_side(
        "A16 cooling time, us",
        90.0 * (diameter / 15.0) ** 2,
        load.cooling_time_us,
        2.0 * (diameter / 15.0) ** 2,
        "R^2",
    )
    for name in ("pulse_drift_nm", "steady_drift_nm"):
        drift = getattr(load, name)
        assert abs(drift) < 0.02, (
            f"A16 {name} at {diameter:g} um: {drift:.2g} nm against a line of 0.17 nm"
        )
    assert 0 < load.pulse_rise_k < 50


def test_b1_film_gain_scale() -> None:
    """Published: modal gain above 500 per cm in films.

    Close packing allows 2.5e3 per cm (Fuechtbauer-Ladenburg); with a confinement of 0.7 in the film
    and the fitted peak gain, the stripe method reads 521 per cm at high pump off the computed
    curve.
    """
    side_by_side(
        "B1 close-packed limit, per cm",
        2540,
        DOTS.dense_gain_limit_per_cm(),
        50,
        "index of the host, 'about'",
    )
    _, peak = gain_peak_nm(DOTS, 20.0, CASCADE.best_delay_ps()[0])
    net = modal_gain_per_cm(peak, 0.7)
    length = np.linspace(20, 100, 17)
    read = fit_stripe_gain(length, stripe_emission(length, net)).net_gain_per_cm
    side_by_side("B1 read off the stripe, per cm", net, read, 1e-3 * net, "exact curve")
    assert read > 500, f"B1: published above 500 per cm, computed {read:.0f}"
