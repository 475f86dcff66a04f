"""The whole prediction on formula combs: contract of the JSON, warnings, bad input, thresholds and
regimes.
"""

from __future__ import annotations

import json
import math
from dataclasses import replace

import numpy as np
import pytest

from cavitydesign.errors import InputError
from cavitydesign.gain import DotMedium, Pump, find_medium
from cavitydesign.lasing import (
    LasingMode,
    LasingRequest,
    energy_group_index,
    lasing_mode,
    predict_lasing,
)
from cavitydesign.lasing.outcomes.regime_map import regime_map
from cavitydesign.lasing.pumped.averaging import averaging_kernel
from cavitydesign.modes.losses.budget import LossBudget
from cavitydesign.modes.mode import Mode

DOTS = DotMedium()
QUICK = LasingRequest(quality={"per_um": 24.0}, fluences=30, comb_phases=0)


@pytest.fixture(scope="module")
def small(make_comb):
    """15 um, one mode at 537.6 nm."""
    return predict_lasing(
        make_comb(15.0, span_nm=20.0, comb_index=1.47),
        DOTS,
        Pump(fluence_mj_cm2=(1.2, 5.5)),
        LasingRequest(),
        15.0,
    )


def test_json_has_every_key_of_the_contract_and_is_valid(small) -> None:
    plain = json.loads(json.dumps(small.to_json_dict(), allow_nan=False))
    assert plain["regime"] in ("single", "multi", "below threshold")
    assert {"gain_equals_loss", "ase", "lasing"} == set(plain["threshold_mj_cm2"])
    assert len(plain["slopes"]) == 3
    assert {"lower_break_mj_cm2", "upper_break_mj_cm2", "visibility"} <= set(plain["light_curve"])
    assert plain["threshold_mj_cm2"]["ase"] == plain["light_curve"]["lower_break_mj_cm2"]
    assert (
        len(plain["light_curve"]["fluence_mj_cm2"]) == len(plain["light_curve"]["emission"]) == 60
    )
    first = plain["per_mode"][0]
    assert {
        "label",
        "wavelength_nm",
        "threshold_gain_per_cm",
        "confinement",
        "output_share",
    } <= set(first)
    assert sum(mode["output_share"] for mode in plain["per_mode"]) == pytest.approx(1.0, abs=1e-9)
    assert 0 <= plain["single_mode_probability"] <= 1


def test_thresholds_are_apart_and_in_order(small) -> None:
    thresholds = small.thresholds
    assert thresholds.gain_equals_loss < thresholds.ase < thresholds.lasing, thresholds
    assert small.breaks.lower_mj_cm2 == thresholds.ase
    assert thresholds.lasing < small.breaks.upper_mj_cm2
    assert small.regime.fluence_mj_cm2 == pytest.approx(1.1 * thresholds.lasing)
    assert small.balance_error < 5e-4
    assert small.pulse_fwhm_ps > 0
    assert small.transform_limit_nm > 0.17


def test_fits_and_assumptions_are_named(small) -> None:
    assert "gain.peak_gain_per_cm" in small.calibrations
    assert small.calibrations["gain.peak_gain_per_cm"].startswith("fitted")
    assert "gain.cooling_ps" not in small.calibrations
    assert any("a fit" in text for text in small.warnings)
    assert any("ends within one line width" in text for text in small.warnings)


def test_doubling_the_output_points_moves_no_threshold(make_comb) -> None:
    """60 against 120 points: thresholds within 0.5 %, the interpolation on the nodes."""
    comb = make_comb(88.0, span_nm=12.0)
    found = [
        predict_lasing(
            comb,
            DOTS,
            Pump(fluence_mj_cm2=(1.2, 4.8)),
            LasingRequest(fluences=n, comb_phases=0),
            88.0,
        ).thresholds
        for n in (60, 120)
    ]
    for name in ("gain_equals_loss", "ase", "lasing"):
        assert getattr(found[0], name) == pytest.approx(getattr(found[1], name), rel=5e-3), name


def test_halving_the_tolerance_moves_no_threshold(make_comb) -> None:
    comb = make_comb(15.0, span_nm=12.0)
    pump = Pump(fluence_mj_cm2=(1.2, 5.5))
    found = [
        predict_lasing(
            comb, DOTS, pump, LasingRequest(relative_tolerance=t, comb_phases=0), 15.0
        ).thresholds
        for t in (1e-4, 5e-5)
    ]
    assert found[0].lasing == pytest.approx(found[1].lasing, rel=2e-3)
    assert found[0].ase == pytest.approx(found[1].ase, rel=2e-3)


def test_below_threshold(make_comb) -> None:
    found = predict_lasing(make_comb(15.0, quality=60.0), DOTS, Pump(), QUICK, 15.0)
    assert found.regime.name == "below threshold"
    assert found.regime.modes_lasing == 0
    assert found.thresholds.lasing is None
    assert found.single_mode_probability is None
    assert found.fit is None
    assert found.to_json_dict()["slopes"] == []


def test_a_window_that_ends_early_says_so(make_comb) -> None:
    found = predict_lasing(make_comb(15.0), DOTS, Pump(fluence_mj_cm2=(1.2, 2.0)), QUICK, 15.0)
    assert found.regime.name == "below threshold"


def test_a_faint_laser_is_flagged(make_comb) -> None:
    """10.6 um: the laser stays below the photoluminescence; the light curve shows no breaks, and the
    result says so.
    """
    found = predict_lasing(
        make_comb(10.6, span_nm=20.0), DOTS, Pump(fluence_mj_cm2=(1.2, 6.0)), QUICK, 10.6
    )
    assert found.fit is None and found.thresholds.ase is None
    assert found.breaks.visibility < 0.5
    assert found.thresholds.lasing is not None
    assert any("faint beside the photoluminescence" in text for text in found.warnings)


def test_regime_at_a_given_fluence(make_comb) -> None:
    request = LasingRequest(at_fluence_mj_cm2=3.0, comb_phases=0, fluences=30)
    found = predict_lasing(
        make_comb(88.0, span_nm=12.0), DOTS, Pump(fluence_mj_cm2=(1.2, 4.8)), request, 88.0
    )
    assert found.regime.fluence_mj_cm2 == 3.0


@pytest.mark.parametrize("photons", [1, 2])
def test_breaks_scale_as_the_power_three_over_n(make_comb, photons: int) -> None:
    """Same excitations at the same multiple: F_n = F_3^(3/n) in units where <N> = 1 at F = 1;
    slopes n/3.

    Without spot and jitter the curves are the same function of <N>: only the grid differs (0.5 %).
    With both, the kernel acts on the n-th power, hence 3 %.
    """
    comb = make_comb(88.0, span_nm=12.0)
    flat = {
        "spot": "flat",
        "energy_jitter": 0.0,
        "calibration": "reference",
        "reference_excitons": 1.0,
        "reference_fluence_mj_cm2": 1.0,
    }
    low, high = 0.3, 12.0
    found = {
        n: predict_lasing(
            comb,
            DOTS,
            Pump(
                photons=n,
                wavelength_nm=500.0 * n,
                fluence_mj_cm2=(low ** (1 / n), high ** (1 / n)),
                **flat,
            ),
            QUICK,
            88.0,
        )
        for n in (photons, 3)
    }
    three, other = found[3].fit, found[photons].fit
    assert other.slopes == pytest.approx([slope * photons / 3 for slope in three.slopes], rel=5e-3)
    assert other.breaks_mj_cm2 == pytest.approx(
        [place ** (3 / photons) for place in three.breaks_mj_cm2], rel=5e-3
    )


def test_diameter_spread_goes_from_certain_to_unknown(make_comb) -> None:
    """A computed comb with no spread is single or not; with a wide spread the probability is that
    of an unknown place.
    """
    comb = make_comb(15.0, span_nm=12.0, comb_index=1.47)
    pump = Pump(fluence_mj_cm2=(1.2, 5.5))
    found = [
        predict_lasing(
            comb,
            DOTS,
            pump,
            LasingRequest(fluences=30, comb_place=place, diameter_sd_um=spread),
            15.0,
        )
        for place, spread in (("computed", 0.0), ("computed", 1.0), ("unknown", 0.0))
    ]
    certain, wide, unknown = (prediction.single_mode_probability for prediction in found)
    assert certain == 1.0
    assert found[0].regime.name == "single"
    assert wide == pytest.approx(unknown, abs=0.02)
    assert 0.2 < unknown < 1.0


def test_dye_lases_with_one_photon(make_comb) -> None:
    dye = find_medium("rhodamine-6G-PMMA")
    comb = make_comb(33.0, centre_nm=570.0, span_nm=24.0, quality=2000.0)
    found = predict_lasing(
        comb, dye, Pump(photons=1, wavelength_nm=532.0, fluence_mj_cm2=(0.05, 1.0)), QUICK, 33.0
    )
    assert found.regime.name in ("single", "multi")
    assert found.balance_error < 5e-4
    best = max(found.modes, key=lambda mode: mode.output_share)
    assert best.wavelength_nm > dye.emission_wavelength_nm, (
        "reabsorption moves the laser to the red of the line"
    )


def test_regime_map_agrees_with_single_predictions(make_comb) -> None:
    cavities = [(diameter, make_comb(diameter, span_nm=10.0)) for diameter in (20.0, 60.0)]
    pump = Pump(fluence_mj_cm2=(1.5, 5.0))
    found = regime_map(cavities, DOTS, pump, QUICK, fluences=20)
    assert found.modes_lasing.shape == (20, 2)
    single = predict_lasing(
        cavities[1][1],
        DOTS,
        pump,
        LasingRequest(quality={"per_um": 24.0}, fluences=20, comb_phases=0),
        60.0,
    )
    assert found.modes_lasing[:, 1].tolist() == single.modes_lasing_at.tolist()
    assert found.thresholds_mj_cm2["lasing"][1] == single.thresholds.lasing
    assert found.thresholds_mj_cm2["lasing"][0] > found.thresholds_mj_cm2["lasing"][1]
    with pytest.raises(InputError, match="one cavity"):
        regime_map([], DOTS, pump, QUICK)


def _mode(**changes: object) -> Mode:
    given = {
        "polarisation": "TM", "m": 122, "p": 1, "q": 0, "wavelength_nm": 538.0, "wavelength_error_nm": 1e-6, "n_eff": 1.4,
        "group_index": 1.49, "fsr_nm": 4.2, "energy_fraction": {"axial": 0.99, "radial": 0.01, "azimuthal": 0.0},
        "confinement": {"body": 0.9, "surround": 0.1}, "confinement_error": 1e-6, "mode_volume_um3": 35.0,
        "losses": LossBudget(4.0),
    } | changes  # fmt: skip
    return Mode(**given)  # type: ignore[arg-type]


def test_a_solved_mode_as_the_rate_equations_see_it() -> None:
    seen = lasing_mode(_mode(), "budget", 15.0)
    assert (seen.q_passive, seen.confinement, seen.family) == (
        pytest.approx(1e4),
        0.9,
        ("TM", 1, 0),
    )
    assert (
        lasing_mode(_mode(), 100.0, 15.0).threshold_gain_exact_per_cm is None
    )  # no solved field behind it
    with pytest.raises(
        InputError, match="'shell' is not a region of mode TM 122 1 0; body, surround"
    ):
        lasing_mode(_mode(), "budget", 15.0, doped_region="shell")


def test_energy_group_index_of_media_without_dispersion_is_the_index() -> None:
    """n sum Gamma_j n_gj / n_j = n of the doped region where no medium disperses."""
    from cavitydesign.geometry.cavity import Cavity
    from cavitydesign.geometry.parabola import Parabola
    from cavitydesign.materials.material import ConstantIndex

    cavity = Cavity(
        Parabola(7.5, 60.0), body=ConstantIndex.of(1.49), surround=ConstantIndex.of(1.0)
    )
    assert energy_group_index(_mode(), cavity, "body") == pytest.approx(1.49, rel=1e-9)
    with pytest.raises(InputError, match="not a region of the cavity"):
        energy_group_index(_mode(), cavity, "core")


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"modes": []}, "no modes in the range"),
        ({"pump": Pump(photons=3, wavelength_nm=2000.0)}, "less than the emission"),
        ({"diameter_um": -1.0}, "must be positive"),
        ({"diameter_um": None}, "give diameter_um"),
        (
            {"request": LasingRequest(quality="budget"), "modes": [_mode(losses=LossBudget(None))]},
            "no loss at all",
        ),
    ],
)
def test_bad_input_is_one_clear_line(changes: dict[str, object], message: str) -> None:
    given = {
        "modes": [_mode()],
        "medium": DOTS,
        "pump": Pump(),
        "request": QUICK,
        "diameter_um": 15.0,
    } | changes
    with pytest.raises(InputError, match=message):
        predict_lasing(**given)  # type: ignore[arg-type]


def test_a_mode_without_sense_is_refused() -> None:
    with pytest.raises(InputError, match=r"confinement 1\.2"):
        LasingMode("TM 1 1 0", 538.0, 1.2, 1.5, 100.0)
    with pytest.raises(InputError, match=r"q_passive 0\.0"):
        LasingMode("TM 1 1 0", 538.0, 0.9, 1.5, 0.0)


def test_too_high_a_gain_is_warned_of(make_comb) -> None:
    found = predict_lasing(
        make_comb(33.0, span_nm=6.0), DotMedium(peak_gain_per_cm=9000.0), Pump(), QUICK, 33.0
    )
    assert any("rate equations do not hold" in text for text in found.warnings)
    assert any("close-packed" in text for text in found.warnings)
    assert np.isfinite(found.emission).all()


def test_modes_beyond_the_spectral_law_are_warned_of() -> None:
    mode = LasingMode("TM 140 1 0", 510.0, 0.99, 1.525, 360.0, m=140, fsr_nm=4.0)
    found = predict_lasing([mode], DOTS, Pump(), QUICK, 15.0)
    assert any("does not hold" in text for text in found.warnings)
    assert math.isfinite(found.modes[0].threshold_gain_per_cm)


def test_a_laser_at_the_red_edge_is_warned_of(make_comb) -> None:
    """Q = 1e9: photons outlive the gain, spent emitters absorb all but the red edge of the line."""
    request = LasingRequest(fluences=12, comb_phases=0, at_fluence_mj_cm2=3.5)
    pump = Pump(fluence_mj_cm2=(1.0, 2.5), spot="flat", energy_jitter=0.0)
    found = predict_lasing(make_comb(15.0, span_nm=9.0, quality=1e9), DOTS, pump, request, 15.0)
    assert any("line widths from the emission's centre" in text for text in found.warnings)
    assert any("photons outlive the gain" in text for text in found.warnings)
    assert found.balance_error < 5e-4


def test_heat_of_the_strongest_mode(small) -> None:
    """Absorbed energy = excitations x emitters x 3 pump photons; what leaves as light is not heat.

    Emitters: density x 1.397940 (Airy) x sqrt 2 (Gauss) mode volumes of 35 um3, 0.99 of them doped.
    """
    assert small.heat is not None
    mean = 1.5 * (small.regime.fluence_mj_cm2 / 2.2) ** 3
    volume_cm3 = 0.99 * 35.0e-12 * 1.3979398552 * 2**0.5
    dots = DOTS.density_per_cm3() * volume_cm3
    absorbed = mean * dots * 3 * 1239.841984332 / 1500 * 1.602176634e-19 * 1e12
    assert small.heat.absorbed_pj == pytest.approx(absorbed, rel=1e-9)
    assert 0.5 * absorbed < small.heat.heat_pj < absorbed
    assert small.to_json_dict()["heat"]["pulse_rise_k"] == small.heat.pulse_rise_k


@pytest.mark.parametrize(
    ("photons", "near", "far"), [(3, (1.2, 4.8), (1.2, 30.0)), (2, (0.15, 1.5), (0.15, 6.0))]
)
def test_range_far_beyond_the_threshold_moves_no_threshold(
    make_comb, photons: int, near, far
) -> None:
    """Full emitters bend the curve once more: the breaks are those at the laser's onset all the
    same, 3 %.
    """
    comb = make_comb(88.0, span_nm=12.0)
    pump = {3: 1500.0, 2: 970.0}[photons]
    found = [
        predict_lasing(
            comb,
            DOTS,
            Pump(photons=photons, wavelength_nm=pump, fluence_mj_cm2=range_),
            QUICK,
            88.0,
        ).thresholds
        for range_ in (near, far)
    ]
    assert found[0].ase is not None
    assert found[1].ase == pytest.approx(found[0].ase, rel=0.03)
    assert found[1].lasing == pytest.approx(found[0].lasing, rel=0.03)


def test_range_far_above_the_threshold_finds_it_all_the_same(make_comb) -> None:
    """One photon, 1 to 6 mJ/cm2 where 0.03 suffices: the curve is continued downwards, 3 % off a
    range about the onset.
    """
    comb = make_comb(88.0, span_nm=12.0)
    about, above = (
        predict_lasing(
            comb, DOTS, Pump(photons=1, wavelength_nm=400.0, fluence_mj_cm2=range_), QUICK, 88.0
        ).thresholds
        for range_ in ((0.006, 0.3), (1.0, 6.0))
    )
    assert above.lasing == pytest.approx(about.lasing, rel=0.03)
    assert above.ase == pytest.approx(about.ase, rel=0.03)


def test_all_light_in_the_body_may_round_above_one() -> None:
    mode = replace(_mode(), confinement={"body": 1.0 + 2.3e-16, "surround": 0.0})
    assert mode.confinement["body"] > 1.0
    assert lasing_mode(mode, 1e4, 15.0).confinement == 1.0


def test_any_jitter_of_the_pulse_energy(make_comb) -> None:
    """Mean 1 and the asked deviation at every jitter (above 0.222 had negative energies); 1e-3 by
    nine nodes.
    """
    for jitter in (0.05, 0.15, 0.23, 0.3):
        factors, weights = averaging_kernel(Pump(spot="flat", energy_jitter=jitter))
        mean = float(weights @ factors)
        assert factors.min() > 0
        assert mean == pytest.approx(1.0, abs=1e-6)
        assert math.sqrt(weights @ (factors - mean) ** 2) == pytest.approx(jitter, rel=1e-3)
    pump = Pump(fluence_mj_cm2=(1.2, 5.5), energy_jitter=0.29)
    found = predict_lasing(make_comb(15.0, span_nm=12.0), DOTS, pump, QUICK, 15.0)
    assert np.isfinite(found.emission).all() and found.thresholds.lasing is not None


def test_what_never_lases_says_so(make_comb) -> None:
    """Gain below the loss at any fluence, and gain = loss far beyond the fluences asked, stood
    beside empty thresholds without a word.
    """
    lossy = make_comb(15.0, span_nm=12.0, quality=30.0)
    never = predict_lasing(lossy, DOTS, Pump(), QUICK, 15.0)
    assert never.thresholds.gain_equals_loss is None
    assert any("the loss of no mode, at any fluence" in text for text in never.warnings)
    weak = Pump(calibration="cross_section", cross_section=1e-95)
    late = predict_lasing(make_comb(15.0, span_nm=12.0), DOTS, weak, QUICK, 15.0)
    assert late.thresholds.gain_equals_loss > 1e6 and late.thresholds.lasing is None
    assert any("beyond pump.fluence_mj_cm2; nothing lases" in text for text in late.warnings)
