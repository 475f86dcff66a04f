"""Modes that hold no energy where the emitters are: no light, no heat, and a plain answer."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from cavitydesign.gain import DotMedium, Pump, find_medium
from cavitydesign.lasing import LasingRequest, predict_continuous, predict_lasing

DYE = find_medium("rhodamine-6G-PMMA")
ASKED = LasingRequest(comb_phases=0, fluences=12, extend_comb=False)


def predicted(modes, continuous: bool):
    if continuous:
        pump = Pump(kind="continuous", photons=1, wavelength_nm=532.0, power_uw=(1.0, 1e6))
        return predict_continuous(modes, DYE, pump, ASKED, 15.0)
    return predict_lasing(modes, DotMedium(), Pump(fluence_mj_cm2=(1.0, 6.0)), ASKED, 15.0)


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("continuous", [False, True], ids=["pulses", "continuous"])
@pytest.mark.parametrize("count", [1, None], ids=["one mode", "a comb"])
def test_nothing_lases_where_no_mode_meets_an_emitter(make_comb, continuous, count) -> None:
    """An error of the heat, or a division by zero, stood here."""
    comb = make_comb(15.0, centre_nm=580.0 if continuous else 537.6)[:count]
    found = predicted([replace(mode, confinement=0.0) for mode in comb], continuous)
    assert found.regime.name == "below threshold"
    assert found.thresholds.gain_equals_loss is None and found.thresholds.lasing is None
    assert any("no mode has energy in the region" in words for words in found.warnings)
    text = json.dumps(found.to_json_dict())
    assert "NaN" not in text and "Infinity" not in text
    if not continuous:
        assert found.heat is None


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("continuous", [False, True], ids=["pulses", "continuous"])
def test_a_mode_without_emitters_changes_nothing_for_the_others(make_comb, continuous) -> None:
    """The threshold of five modes is that of six, one of which meets no emitters: 1e-9."""
    comb = make_comb(15.0, centre_nm=580.0 if continuous else 537.6)
    dark = [
        replace(mode, confinement=0.0 if place == 0 else 0.99) for place, mode in enumerate(comb)
    ]
    with_it, without = predicted(dark, continuous), predicted(dark[1:], continuous)
    for name in ("gain_equals_loss", "lasing"):
        ours, theirs = (getattr(one.thresholds, name) for one in (with_it, without))
        assert theirs is not None and ours == pytest.approx(theirs, rel=1e-9)
