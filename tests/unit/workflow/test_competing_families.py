"""Which families compete: found and solved under the gain, wherever the asked range lies."""

from __future__ import annotations

from pathlib import Path

import pytest

from cavitydesign.design import load_design, parse_design
from cavitydesign.errors import InputError
from cavitydesign.workflow import find_modes, predict_lasing
from cavitydesign.workflow.competing import competing_modes, competing_request

QUICKSTART = Path(__file__).parents[3] / "studies" / "quickstart" / "design.toml"
QUICK = {"lasing.fluences": 12, "lasing.exact_thresholds": 0, "lasing.comb_phases": 4}


def test_a_single_mode_of_one_family_is_not_single_among_all() -> None:
    """15 um: asked for TM p = 1 q = 0 alone it is single; twelve families of the same Q share the
    light (an independent model found nine modes among p, q <= 2 of TM alone).
    """
    one = load_design(QUICKSTART, QUICK)
    every = load_design(QUICKSTART, {**QUICK, "lasing.families": "all"})
    modes = find_modes(one)
    alone, among = predict_lasing(modes, one), predict_lasing(modes, every)
    assert alone.regime.name == "single" and alone.single_mode_probability > 0.2
    assert any("only those asked for compete" in text for text in alone.warnings)
    assert among.regime.name == "multi" and among.regime.modes_lasing > 8
    assert among.single_mode_probability == 0.0
    assert len({mode.label.split()[0] for mode in among.modes}) == 2
    assert any(text.startswith("families:") and "TE p = 1 q = 0" in text for text in among.warnings)
    assert among.thresholds.lasing == pytest.approx(alone.thresholds.lasing, rel=0.05)


SILICA = {
    "cavity": {"profile": "spheroid", "diameter_um": 12.0, "body": "silica"},
    "modes": {"polarisation": "TM", "wavelength_nm": 1550.0, "span_nm": 30.0},
    "gain": {"medium": "CsPbBr3-PMMA"},
    "lasing": {"quality": 1000.0},
}


def test_modes_are_solved_under_the_gain_wherever_they_were_asked_for() -> None:
    """The combs of 1550 nm, continued by their spacing to 537 nm, ended at -604 nm."""
    design = parse_design(SILICA)
    modes = find_modes(design)
    found = competing_modes(modes, design)
    waves = [mode.wavelength_nm for mode in found.modes]
    assert 520.0 < min(waves) < max(waves) < 555.0
    asked = parse_design({**SILICA, "lasing": {"quality": 1000.0, "families": "asked"}})
    with pytest.raises(InputError, match="no mode lies under the gain, which reaches from 506"):
        predict_lasing(modes, asked)


def test_data_that_end_under_the_gain_are_told(tmp_path: Path) -> None:
    """A body known to 538 nm under a line at 537 nm: modes beyond were missing without a word."""
    (tmp_path / "short.csv").write_text(
        "wavelength_nm,n\n500,1.495\n510,1.4948\n520,1.4945\n530,1.4942\n538,1.494\n"
    )
    raw = {
        "cavity": {"profile": "spheroid", "diameter_um": 12.0, "body": {"file": "short.csv"}},
        "modes": {"wavelength_nm": 530.0, "span_nm": 12.0},
        "gain": {"medium": "CsPbBr3-PMMA"},
        "lasing": {"quality": 288.0},
    }
    design = parse_design(raw, path=tmp_path / "design.toml")
    modes = find_modes(design)
    low, high = competing_request(design, modes).range_nm
    assert low < 530.0 < high <= 538.0
    (told,) = [text for text in competing_modes(modes, design).words if "end at" in text]
    assert "the data of body end at 538 nm, under the gain" in told


def test_families_without_gain_are_named_with_the_reason() -> None:
    """Q = 24 D of 15 um: no family reaches gain = loss below 2 mJ/cm2; one is kept to tell that."""
    design = load_design(
        QUICKSTART, {"lasing.families": "all", "pump.fluence_mj_cm2": [1.0, 2.0], **QUICK}
    )
    found = competing_modes(find_modes(design), design)
    assert len({(mode.polarisation, mode.p, mode.q) for mode in found.modes}) == 1
    assert any("left out, gain = loss above 2 mJ/cm2" in text for text in found.words)
    request = competing_request(design, found.modes)
    assert (request.polarisation, request.radial_orders, request.axial_orders) == ("both", 2, 3)
