"""Published cavities and lasers beside what the package computes from solved fields: rows A4-A11,
B2.

Combs come from the field solver; Q = 24 D is the empirical rule; peak gain, inhomogeneous width,
collection and jitter are fits to these very light curves (named so in the result). Tolerances of
the light curves are those stated for the model before it was run.
"""

from __future__ import annotations

import numpy as np
import pytest

from cavitydesign.gain import DotMedium, Pump
from cavitydesign.geometry import Cavity, Parabola, Spheroid
from cavitydesign.lasing import (
    LasingPrediction,
    LasingRequest,
    fit_effective_index,
    lasing_modes,
    predict_lasing,
)
from cavitydesign.lasing.competition.polariser import emitted_polarisation
from cavitydesign.lasing.outcomes.emission_spectrum import shown_quality, shown_width_nm
from cavitydesign.materials import find_material
from cavitydesign.modes import ModeRequest, ModeSet, find_modes

DOTS = DotMedium()
WINDOWS = {15.0: (1.2, 5.5), 33.0: (1.2, 5.0), 88.0: (1.2, 4.8), 125.0: (1.2, 4.8)}
EMPIRICAL = {"per_um": 24.0}


def side_by_side(row: str, published: float, computed: float, within: float, reason: str) -> None:
    """Assert with both values in the message."""
    difference = abs(computed - published)
    assert difference <= within, (
        f"{row}: published {published:g}, computed {computed:.5g}, allowed {within:g} ({reason})"
    )


def published_cavity(diameter_um: float) -> Cavity:
    """PMMA drop as a parabola on a silica fibre of half its diameter (the fibre is out of reach of
    p = 1).
    """
    return Cavity(
        Parabola(0.5 * diameter_um, 4.0 * diameter_um),
        body=find_material("PMMA"),
        surround=find_material("air"),
        fibre=find_material("silica"),
        fibre_radius_um=0.25 * diameter_um,
    )


def same_excitons(window: tuple[float, float]) -> tuple[float, float]:
    """Two-photon fluences that leave as many excitons as three photons do at the ends of the
    window.
    """
    two, three = Pump(photons=2, wavelength_nm=970.0), Pump()
    mean = three.excitons(np.array(window), DOTS.absorber)
    low, high = np.sqrt(mean / two.excitons_per_unit(DOTS.absorber))
    return float(low), float(high)


@pytest.fixture(scope="module")
def solved() -> dict[float, ModeSet]:
    """TM combs over 20 nm of the four published diameters."""
    request = ModeRequest("TM", 537.6, 20.0)
    return {diameter: find_modes(published_cavity(diameter), request) for diameter in WINDOWS}


@pytest.fixture(scope="module")
def lasers(solved: dict[float, ModeSet]) -> dict[float, LasingPrediction]:
    """Three photons at 1500 nm."""
    return {
        diameter: predict_lasing(
            solved[diameter],
            DOTS,
            Pump(fluence_mj_cm2=window),
            LasingRequest(quality=EMPIRICAL),
            cavity=published_cavity(diameter),
        )
        for diameter, window in WINDOWS.items()
    }


@pytest.fixture(scope="module")
def two_photon(solved: dict[float, ModeSet]) -> LasingPrediction:
    """88 um, two photons at 970 nm, the same range of excitons."""
    pump = Pump(photons=2, wavelength_nm=970.0, fluence_mj_cm2=same_excitons(WINDOWS[88.0]))
    request = LasingRequest(quality=EMPIRICAL, comb_phases=0)
    return predict_lasing(solved[88.0], DOTS, pump, request, cavity=published_cavity(88.0))


def test_a4_cavities_are_the_published_ones() -> None:
    for diameter in WINDOWS:
        cavity = published_cavity(diameter)
        side_by_side("A4 diameter, um", diameter, cavity.diameter_um, 1e-12, "input")
        assert [name for name, _ in cavity.regions] == ["fibre", "body", "surround"]


def test_a5_energy_inside_and_second_radial_order(solved: dict[float, ModeSet]) -> None:
    """Up to 99 % of the energy inside; the second radial order has two maxima along the radius and
    lies deeper.
    """
    for diameter, modes in solved.items():
        inside = max(mode.confinement["body"] for mode in modes)
        assert inside > 0.99, f"A5 at {diameter:g} um: published up to 0.99, computed {inside:.4f}"
    both = find_modes(
        published_cavity(15.0), ModeRequest("TM", 537.6, None, azimuthal_order=122, radial_orders=2)
    )
    peaks = {}
    for mode in both:
        assert mode.sample_field is not None
        field = mode.sample_field(200, 41)
        profile = field.energy_density[:, 20]
        rising = np.flatnonzero(
            (profile[1:-1] > profile[:-2]) & (profile[1:-1] >= profile[2:]) & (profile[1:-1] > 0.05)
        )
        peaks[mode.p] = (len(rising), float((field.r_um[:, 20] * profile).sum() / profile.sum()))
    assert (peaks[1][0], peaks[2][0]) == (1, 2), peaks
    assert peaks[2][1] < peaks[1][1], peaks


def test_a6_mode_spacing(solved: dict[float, ModeSet]) -> None:
    """The paper's formula with 1.46 gives 4.2 and 0.72 nm; solved modes carry the dispersion of
    PMMA (n_g 1.525): up to 4 % less.

    The measured 0.75 nm at 88 um needs an index of 1.39 or 84 um: not met, and named so.
    """
    for diameter, published in ((15.0, 4.2), (88.0, 0.72)):
        spacing = np.diff([mode.wavelength_nm for mode in solved[diameter]])
        computed = float(np.abs(spacing).mean())
        side_by_side(
            f"A6 FSR at {diameter:g} um, nm",
            published,
            computed,
            0.045 * published,
            "dispersion: n_g/n",
        )
    at_88 = float(np.abs(np.diff([mode.wavelength_nm for mode in solved[88.0]])).mean())
    assert 0.75 - at_88 > 0.05, "A6: 0.75 nm measured is not met"


def test_a6_index_fitted_to_the_solved_series(solved: dict[float, ModeSet]) -> None:
    """Paper: 1.47 fitted to its series. Solved series, neighbouring pairs of all four diameters:
    1.48 to 1.52, the group index.
    """
    place, spacing, diameter = [], [], []
    for size, modes in solved.items():
        waves = np.array([mode.wavelength_nm for mode in modes])
        place += list(np.sqrt(waves[1:] * waves[:-1]))
        spacing += list(np.abs(np.diff(waves)))
        diameter += [size] * (len(waves) - 1)
    fit = fit_effective_index(place, spacing, diameter)
    side_by_side(
        "A6 fitted index", 1.47, fit.index, 0.03, "dispersion of the PMMA data (Beadie 2015)"
    )
    assert fit.error < 0.005


def test_a7_polarisation(
    solved: dict[float, ModeSet], lasers: dict[float, LasingPrediction]
) -> None:
    """TM: over 99 % of the energy along the fibre. Extinction 93 % published; the modes alone give
    99.6 %, and 7 % of unpolarised light (photoluminescence collected with the laser, strain) bring
    it to 93 %: how much was collected is not published.
    """
    modes = lasing_modes(solved[15.0], EMPIRICAL, 15.0)
    shares = {mode.label: mode.output_share for mode in lasers[15.0].modes}
    output = np.array([shares[mode.label] for mode in modes])
    pure = emitted_polarisation(modes, output)
    assert pure.contrast > 0.99, f"A7: modes alone {pure.contrast:.4f}"
    mixed = emitted_polarisation(modes, output, unpolarised=0.07 * output.sum())
    side_by_side("A7 extinction", 0.93, mixed.contrast, 0.01, "7 % unpolarised light")
    assert min(mode.energy_fraction["axial"] for mode in solved[15.0]) > 0.99


def test_a8_width_shown_and_transform_limit(
    solved: dict[float, ModeSet], lasers: dict[float, LasingPrediction]
) -> None:
    """Q > 3000 at most and linear in D: the rule's 24 D. The published widths of 0.17 to 0.19 nm at
    every pump are not met: pulses as short as those computed cannot be narrower than 0.3 nm, and
    537.6/0.17 = 3162 is what an instrument of 0.17 nm shows of any higher Q.
    """
    side_by_side("A8 Q at 125 um", 3000, 24.0 * 125, 1e-9, "empirical rule, a fit")
    side_by_side("A8 Q read at 0.17 nm", 3162, shown_quality(537.6, 1e-6, 0.17), 1, "instrument")
    for diameter in (15.0, 88.0):
        upper = lasers[diameter].breaks.upper_mj_cm2
        assert upper is not None
        # well above threshold, where the published spectra were taken
        limit = predict_lasing(
            solved[diameter],
            DOTS,
            Pump(fluence_mj_cm2=WINDOWS[diameter]),
            LasingRequest(
                quality=EMPIRICAL, comb_phases=0, fluences=12, at_fluence_mj_cm2=1.1 * upper
            ),
            cavity=published_cavity(diameter),
        ).transform_limit_nm
        assert limit is not None
        assert limit > 0.3, (
            f"A8 at {diameter:g} um: transform limit {limit:.2f} nm, published line 0.17-0.19 nm"
        )
        assert float(shown_width_nm(limit, 0.17)) > 0.3


@pytest.mark.parametrize(
    ("place", "published", "within"), [(0, 3.1, 0.2), (1, 5.6, 0.6), (2, 2.9, 0.4)]
)
def test_a9_slopes(
    lasers: dict[float, LasingPrediction], place: int, published: float, within: float
) -> None:
    fit = lasers[88.0].fit
    assert fit is not None
    side_by_side(
        f"A9 slope {place + 1} at 88 um", published, fit.slopes[place], within, "stated beforehand"
    )


def test_a9_thresholds(lasers: dict[float, LasingPrediction]) -> None:
    """Published thresholds are breaks of the light curve, and compare with breaks."""
    thresholds, breaks = lasers[88.0].thresholds, lasers[88.0].breaks
    assert breaks.lower_mj_cm2 is not None
    assert breaks.upper_mj_cm2 is not None
    side_by_side("A9 P_ASE at 88 um, mJ/cm2", 2.1, breaks.lower_mj_cm2, 0.2, "stated beforehand")
    side_by_side("A9 P_th at 88 um, mJ/cm2", 3.0, breaks.upper_mj_cm2, 0.25, "stated beforehand")
    assert thresholds.gain_equals_loss is not None
    assert thresholds.lasing is not None
    assert thresholds.gain_equals_loss < thresholds.lasing < breaks.upper_mj_cm2


def test_a9_blue_shift_with_fluence(lasers: dict[float, LasingPrediction]) -> None:
    """A slight blue shift: the centre of the laser spectrum moves to shorter wavelengths, by less
    than the mode spacing times ten.
    """
    prediction = lasers[88.0]
    wavelength = np.array([mode.wavelength_nm for mode in prediction.modes])
    output = prediction.mode_output
    centre = wavelength @ output / output.sum(axis=0)
    at_threshold = np.searchsorted(prediction.fluence_mj_cm2, prediction.thresholds.lasing)
    shift = centre[-1] - centre[at_threshold]
    assert -7.0 < shift < 0.0, f"A9: shift {shift:.2f} nm between threshold and 4.8 mJ/cm2"


def test_a10_two_photons(
    lasers: dict[float, LasingPrediction], two_photon: LasingPrediction
) -> None:
    """P_th 0.6: the two-photon calibration is fitted to it (sigma_2 does not give it, row A2).
    Slopes and breaks follow from the order.

    Slopes n/3 and ratio of the breaks to the power 3/n, within 3 %: the same function of <N>,
    averaged alike; what is left is the grid of the fit (unit test without spot and jitter: 0.5 %).
    """
    three, two = lasers[88.0].fit, two_photon.fit
    assert three is not None
    assert two is not None
    side_by_side("A10 P_th, mJ/cm2", 0.6, two.breaks_mj_cm2[1], 0.018, "fit, 3 %")
    for place, within in ((0, 0.03), (1, 0.03), (2, 0.03)):
        expected = three.slopes[place] * 2 / 3
        side_by_side(
            f"A10 slope {place + 1}", expected, two.slopes[place], within * expected, "n/3"
        )
    ratio = (three.breaks_mj_cm2[1] / three.breaks_mj_cm2[0]) ** 1.5
    side_by_side(
        "A10 ratio of breaks",
        ratio,
        two.breaks_mj_cm2[1] / two.breaks_mj_cm2[0],
        0.03 * ratio,
        "power 3/n",
    )


def test_a11_single_mode_at_15_um(
    lasers: dict[float, LasingPrediction], solved: dict[float, ModeSet]
) -> None:
    laser = lasers[15.0]
    assert laser.regime.name == "single", laser.regime
    upper = laser.breaks.upper_mj_cm2
    assert upper is not None
    side_by_side("A11 P_th at 15 um, mJ/cm2", 3.7, upper, 0.25, "stated beforehand")
    best = max(laser.modes, key=lambda mode: mode.output_share)
    half = 0.5 * float(np.abs(np.diff([mode.wavelength_nm for mode in solved[15.0]])).mean())
    side_by_side(
        "A11 wavelength, nm",
        537.6,
        best.wavelength_nm,
        half,
        "half a mode spacing: the comb phase is not known",
    )
    assert laser.regime.side_mode_suppression_db is not None
    assert laser.regime.side_mode_suppression_db > 10


def test_a11_single_mode_is_a_probability(lasers: dict[float, LasingPrediction]) -> None:
    """Over the unknown comb phase: possible at 15 um, out of reach at 33 um and above."""
    chance = {diameter: laser.single_mode_probability for diameter, laser in lasers.items()}
    assert chance[15.0] is not None
    assert 0.2 < chance[15.0] <= 1.0, chance
    for diameter in (33.0, 88.0, 125.0):
        assert chance[diameter] is not None
        assert chance[diameter] <= 0.05, chance


@pytest.mark.parametrize(
    ("diameter", "expected", "within"), [(15.0, 1, 0), (33.0, 3, 1), (88.0, 14, 3), (125.0, 22, 4)]
)
def test_number_of_modes(
    lasers: dict[float, LasingPrediction], diameter: float, expected: int, within: int
) -> None:
    """Fewer modes with smaller diameter; counts of the design's reference model with the tolerances
    stated there.
    """
    side_by_side(
        f"modes at {diameter:g} um",
        expected,
        lasers[diameter].regime.modes_lasing,
        within,
        "stated beforehand",
    )


def test_order_of_thresholds(lasers: dict[float, LasingPrediction]) -> None:
    found = [lasers[diameter].thresholds.lasing for diameter in (125.0, 88.0, 33.0, 15.0)]
    assert found == sorted(found), found


def test_balance_of_every_run(
    lasers: dict[float, LasingPrediction], two_photon: LasingPrediction
) -> None:
    worst = max(laser.balance_error for laser in (*lasers.values(), two_photon))
    assert worst < 5e-4, worst


def test_b2_two_photon_laser_in_a_sphere() -> None:
    """Two-photon pumping in another cavity, a sphere: it lases, and below the three-photon
    threshold in fluence.

    Paper B's own cavity data are not among the facts: the row is qualitative ("lowest thresholds of
    up-converted lasers").
    """
    sphere = Cavity(Spheroid(7.5, 7.5), body=find_material("PMMA"), surround=find_material("air"))
    modes = find_modes(sphere, ModeRequest("TM", 537.6, 12.0))
    request = LasingRequest(quality=EMPIRICAL, comb_phases=0, fluences=30)
    two, three = (
        predict_lasing(modes, DOTS, pump, request, cavity=sphere)
        for pump in (
            Pump(photons=2, wavelength_nm=970.0, fluence_mj_cm2=same_excitons(WINDOWS[15.0])),
            Pump(fluence_mj_cm2=WINDOWS[15.0]),
        )
    )
    assert two.thresholds.lasing is not None
    assert three.thresholds.lasing is not None
    expected = (
        0.6
        * (
            DOTS.absorber.calibrations[0][1]
            * (three.thresholds.lasing / 2.2) ** 3
            / DOTS.two_photon_excitons
        )
        ** 0.5
    )
    side_by_side(
        "B2 P_th from the same excitons",
        expected,
        two.thresholds.lasing,
        0.03 * expected,
        "power 3/n",
    )
    assert two.thresholds.lasing < three.thresholds.lasing
