"""Pumps that the explorer proposes for another number of photons."""

from __future__ import annotations

import pytest

from cavitydesign.app.usual_pumps import usual_pumps
from cavitydesign.gain.medium_library import find_medium, medium_names
from cavitydesign.gain.pump import Pump


@pytest.mark.parametrize("photons", [1, 2, 3])
def test_fluences_reach_from_below_to_above_the_thresholds_of_the_dots(photons: int) -> None:
    """A quarter of an exciton a dot gives glow alone, twenty are above every published threshold;
    told to two digits (5 %).
    """
    usual = usual_pumps("CsPbBr3-PMMA")[str(photons)]
    pump = Pump(photons=photons, wavelength_nm=usual["wavelength_nm"])
    found = [
        float(pump.excitons(fluence, find_medium("CsPbBr3-PMMA").absorber))
        for fluence in usual["fluence_mj_cm2"]
    ]
    assert found == pytest.approx([0.25, 20.0], rel=0.05 * photons), (
        f"{usual} gives {found} excitons a dot, expected 0.25 and 20"
    )


def test_photons_together_carry_more_than_the_emission() -> None:
    for name in medium_names():
        for photons, usual in usual_pumps(name).items():
            assert (
                usual["wavelength_nm"] / int(photons) < find_medium(name).emission_wavelength_nm
            ), f"{name}: {photons} photons of {usual}"


def test_a_dye_has_no_fluences_of_dots() -> None:
    assert usual_pumps("rhodamine-6G-PMMA") == {
        "1": {"wavelength_nm": 530.0, "fluence_mj_cm2": None}
    }
