"""Axial orders of a range in bands, and raises of the resolution that gain nothing."""

from dataclasses import replace

import pytest

from cavitydesign.analytic.resonance import Resonator, find_resonance
from cavitydesign.geometry.cavity import Cavity
from cavitydesign.geometry.spheroid import Spheroid
from cavitydesign.materials import ConstantIndex
from cavitydesign.modes import ModeRequest, find, find_modes
from cavitydesign.modes.estimates.seeds import family_seeds
from cavitydesign.modes.finish import sure_modes
from cavitydesign.modes.rim.resolution import Raises
from cavitydesign.modes.rim.solve import SolvedClass
from cavitydesign.modes.rim.window_problem import Resolution

INDEX = 1.45
SPHERE = Cavity(Spheroid(10.0, 10.0), ConstantIndex.of(INDEX), ConstantIndex.of(1.0))
LOW_NM, HIGH_NM = 1521.0, 1579.0
MANY = ModeRequest("TM", 1550.0, HIGH_NM - LOW_NM, None, 1, 20, 1e-6)


def test_bands_hold_every_mode_of_the_range() -> None:
    """On a sphere l = m + q: a band of each q has the azimuthal order of every exact resonance in
    the range, and its neighbour; no band reaches over more than a third of its first order.
    """
    seeds = family_seeds(SPHERE, MANY, "TM", 1)
    exact = {
        order: find_resonance(Resonator((10.0,), (INDEX, 1.0), True), order, 1, "TM").wavelength_nm
        for order in range(45, 60)
    }
    inside = [order for order, nm in exact.items() if LOW_NM < nm < HIGH_NM]
    assert inside == [52, 53]
    assert [q for seed in seeds for q in seed.axial] == list(range(20))
    for seed in seeds:
        assert seed.orders[-1] < 1.34 * seed.orders[0]
        for q in seed.axial:
            for order in inside:
                assert {order - q, order - q + 1} <= set(seed.orders)
                assert seed.wants(order - q, q) and seed.wants(order - q + 1, q)


def test_modes_far_outside_the_range_are_not_wanted() -> None:
    """What lies seven azimuthal orders beyond the range is neither corrected nor listed."""
    (seed,) = [one for one in family_seeds(SPHERE, MANY, "TM", 1) if 0 in one.axial]
    assert not seed.wants(60, 0)


def test_a_few_axial_orders_are_one_band() -> None:
    """Where all axial orders want the same azimuthal orders nothing is split."""
    assert len(family_seeds(SPHERE, replace(MANY, axial_orders=2), "TM", 1)) == 1
    assert len(family_seeds(SPHERE, replace(MANY, span_nm=None, azimuthal_order=52), "TM", 1)) == 1


def test_raises_without_gain_end() -> None:
    """Two raises of the order in a row that leave more than half of the error: the order stays, the
    functions along the outline may still rise.
    """
    raises = Raises()
    for order, error in ((7, 1e-4), (8, 9e-5), (9, 8e-5)):
        raises = raises.after(Resolution(order, 6), {0: error}, {0: 1e-5})
    assert raises.without_gain(Resolution(10, 8)) == Resolution(9, 8)


def test_one_raise_without_gain_may_be_chance() -> None:
    """An odd-even effect does not end the search."""
    raises = Raises()
    for order, error in ((7, 1e-4), (8, 9e-5), (9, 1e-6), (10, 9e-7)):
        raises = raises.after(Resolution(order, 6), {0: error}, {0: 1e-5})
    assert raises.without_gain(Resolution(11, 6)) == Resolution(11, 6)


def test_leaky_orders_far_apart_are_each_found() -> None:
    """p = 4 of a high-index sphere, Q of 23 to 400 from m = 6 to 9: in one window for all of them
    TE 8 4 0 was lost, TE 7 4 0 left out, and the rest told to 0.2 to 8 %.
    """
    radius, index = 1.5751852213277842, 3.4358048290716656
    cavity = Cavity(Spheroid(radius, radius), ConstantIndex.of(index), ConstantIndex.of(1.0))
    request = ModeRequest("TE", 1550.0, 289.0, None, 4, 1, 1e-6)
    found = {mode.m: mode for mode in find_modes(cavity, request) if mode.p == 4}
    resonator = Resonator((radius,), (index, 1.0), True)
    # m = 6 lies above its barrier, where the exact solver follows it from a hint
    assert {7, 8} <= set(found) <= {6, 7, 8}
    for m in (7, 8):
        exact = find_resonance(resonator, m, 4, "TE")
        assert found[m].accuracy_met
        assert found[m].wavelength_nm == pytest.approx(exact.wavelength_nm, rel=1e-6)
        # layers tell log10 Q of so leaky modes to some 1e-5
        assert found[m].losses.radiation == pytest.approx(exact.log10_q, abs=1e-4)


def test_what_was_solved_before_a_stop_is_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    """Time runs out after the first family: its modes are listed, the list is not complete, and the
    first line says so.
    """
    cavity = Cavity(Spheroid(7.5, 7.5), ConstantIndex.of(1.49), ConstantIndex.of(1.0))
    request = ModeRequest("TM", 540.0, None, 122, 2, 1, 1e-4)
    solve = find.solve_radial_family

    def and_then_late(*args: object) -> list[SolvedClass]:
        out = solve(*args)  # type: ignore[arg-type]
        args[3]._most = 0.0  # type: ignore[attr-defined]
        return out

    monkeypatch.setattr(find, "solve_radial_family", and_then_late)
    found = find_modes(cavity, request)
    assert [mode.label for mode in found] == ["TM 122 1 0"]
    assert found[0].accuracy_met
    assert not found.complete
    assert found.warnings[0].startswith("stopped after 0 s of computing, before the TM modes of p")


def test_modes_that_are_left_out_are_named() -> None:
    """A field of the other polarisation, or a bar of a tenth of the wavelength; a bar as wide as the
    spacing lambda / m is shown as it is.
    """
    cavity = Cavity(Spheroid(7.5, 7.5), ConstantIndex.of(1.49), ConstantIndex.of(1.0))
    (mode,) = find_modes(cavity, ModeRequest("TM", 540.0, None, 122, 1, 1, 1e-4))
    assert sure_modes([mode]) == ([mode], [])
    turned = replace(mode, polarisation="TE")
    spaced = replace(mode, wavelength_error_nm=mode.wavelength_nm / 122)
    wide = replace(mode, wavelength_error_nm=mode.wavelength_nm / 10)
    kept, lines = sure_modes([mode, turned, spaced, wide])
    assert kept == [mode, spaced]
    assert [line.split(":")[0] for line in lines] == ["TE 122 1 0", "TM 122 1 0"]
