"""One plain sentence for each kind of answer, with units, from the JSON alone."""

import pytest

from cavitydesign.columns.plain_words import (
    design_in_words,
    fit_in_words,
    lasing_in_words,
    modes_in_words,
    rests_on,
    unmeasured_inputs,
)

ROW = {"label": "TM 123 1 0", "wavelength_nm": 536.946354, "output_share": 0.98}


def lasing(**changes):
    base = {
        "regime": "single",
        "modes_lasing": 1,
        "single_mode_probability": 0.56,
        "threshold_mj_cm2": {"gain_equals_loss": 2.74, "ase": 2.9, "lasing": 3.85},
        "regime_fluence_mj_cm2": 4.24,
        "per_mode": [ROW, ROW | {"label": "TM 122 1 0", "output_share": 0.02}],
    }
    return base | changes


def test_a_single_mode() -> None:
    assert lasing_in_words(lasing()) == (
        "It lases in a single mode (TM 123 1 0 at 536.946 nm) above 3.85 mJ/cm2; the chance of a "
        "single mode is 56 %, for an unknown position of the comb under the gain."
    )


def test_a_single_mode_among_the_families_asked_for() -> None:
    left_out = lasing(warnings=["families: only those asked for compete (TM p = 1 q = 0)"])
    assert "in a single mode of the families asked for (TM 123 1 0" in lasing_in_words(left_out)


def test_several_modes() -> None:
    told = lasing_in_words(lasing(regime="multi", modes_lasing=14))
    assert told.startswith("It lases above 3.85 mJ/cm2, in 14 modes at 4.24 mJ/cm2; the chance")


@pytest.mark.parametrize(
    ("gain", "told"),
    [(None, "the gain reaches the loss of no mode"), (3.4, "gain equals loss at 3.4 mJ/cm2")],
)
def test_no_threshold(gain: float | None, told: str) -> None:
    thresholds = {"gain_equals_loss": gain, "ase": None, "lasing": None}
    silent = lasing(regime="below threshold", modes_lasing=0, threshold_mj_cm2=thresholds)
    assert told in lasing_in_words(silent)


def test_modes() -> None:
    mode = {"label": "TE 40 1 0", "wavelength_nm": 600.0, "log10_q": {"total": 6.572}}
    told = modes_in_words({"wavelength_range_nm": [590, 610], "modes": [mode]})
    assert told == (
        "One mode was found between 590 and 610 nm; the highest Q, 3.73e6, is that of "
        "TE 40 1 0 at 600 nm."
    )
    absorbed = {"radiation": 9.0, "absorption": 6.573, "total": 6.572}
    lossy = {**mode, "log10_q": absorbed}
    assert modes_in_words({"wavelength_range_nm": [590, 610], "modes": [lossy]}) == told
    clear = {**mode, "log10_q": {"radiation": 6.572, "absorption": None, "total": 6.572}}
    told = modes_in_words({"wavelength_range_nm": [590, 610], "modes": [clear]})
    assert told.endswith("at 600 nm (radiation alone: no absorption and no roughness is given).")
    unsure = {**clear, "log10_q_total_error": 0.12}
    told = modes_in_words({"wavelength_range_nm": [590, 610], "modes": [unsure]})
    assert "the highest Q, 10^(6.57 +- 0.12), is that of TE 40 1 0" in told
    assert "No mode" in modes_in_words({"wavelength_range_nm": [590, 610], "modes": []})


def test_a_fit_that_contradicts_itself_leads_with_that() -> None:
    best = {"diameter_um": 14.4065, "diameter_error_um": 0.0112, "probability": 1.0}
    fit = {"candidates": [best], "identified": False, "diameter_um": 14.4, "diameter_error_um": 0.1}
    told = fit_in_words(fit | {"contradictions": ["15 of 30 peaks belong to no line"]})
    assert told.startswith("The model contradicts itself") and "15 of 30 peaks" in told
    certain = fit_in_words(fit | {"identified": True})
    assert certain == "The diameter is 14.4065 +- 0.011 um (probability 1.000)."


def test_a_design_leads_with_what_bears_the_spreads() -> None:
    found = {"single_mode_probability": 0.83, "threshold_mj_cm2.lasing": 3.6, "n_eff": 1.4}
    entry = {"values": {"cavity.diameter_um": 11.5}, "outcomes": found}
    sharp = {"values": {"cavity.diameter_um": 10.88}, "outcomes": found}
    answer = {
        "goal": "maximise single_mode_probability",
        "second": None,
        "recommended": sharp,
        "constraints": ["threshold_mj_cm2.lasing below 4"],
        "limits": [{"outcome": "threshold_mj_cm2.lasing", "below": 4.0, "above": None}],
        "robust": entry,
        "robust_yield": [0.85, 0.03],
        "yield": {"by_solves": 0.27},
    }
    assert design_in_words(answer) == (
        "Make diameter 11.5 um: 85 % of the cavities meet lasing threshold below 4 mJ/cm2, with "
        "probability of a single mode 0.83 and lasing threshold 3.6 mJ/cm2; the sharp optimum, "
        "diameter 10.88 um, holds in 27 %."
    )
    alone = design_in_words(answer | {"robust": None, "yield": None})
    assert alone == (
        "Make diameter 10.88 um: probability of a single mode 0.83 and lasing threshold 3.6 mJ/cm2."
    )


def test_fits_are_told_beside_the_numbers() -> None:
    """In one sentence, by kind; the kinds are those of `calibrations`."""
    words = rests_on(
        {
            "calibrations": {
                "gain.peak_gain_per_cm": "fitted: to a curve",
                "lasing.quality": "empirical: Q = 24 per um of diameter",
                "pump.energy_jitter": "fitted: to light curves",
            }
        }
    )
    assert words == (
        "Not measured: these numbers rest on inputs that are fitted (gain.peak_gain_per_cm, "
        "pump.energy_jitter); empirical (lasing.quality)."
    )
    assert rests_on({}) == ""
    assert unmeasured_inputs({}) == {}
