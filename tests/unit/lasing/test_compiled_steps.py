"""The compiled steps against those of NumPy: two implementations of the same equations, that agree
to rounding.
"""

from __future__ import annotations

import copy
import runpy
import shutil
import subprocess
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from cavitydesign.gain import CarrierMedium, DotMedium, find_medium
from cavitydesign.lasing.competition.overlap import ModeOverlap
from cavitydesign.lasing.competition.standing_waves import standing
from cavitydesign.lasing.pulses import marching
from cavitydesign.lasing.pulses.compiled import compiled_steps
from cavitydesign.lasing.pulses.compiled.names import LIBRARY
from cavitydesign.lasing.pulses.integrate import StepControl
from cavitydesign.lasing.pulses.marching import _stepped
from cavitydesign.lasing.pulses.pulse_solver import PulseSolver
from cavitydesign.lasing.pumped.pump_profile import PumpProfile

ROOT = Path(__file__).parents[3]
DOTS, DYE = DotMedium(), find_medium("rhodamine-6G-PMMA")
CARRIERS = CarrierMedium(
    emission_energy_ev=2.306,
    emission_fwhm_mev=80.0,
    gain_law="logarithmic",
    peak_gain_per_cm=2000.0,
    transparency_per_cm3=1.5e18,
    rest_absorption_per_cm=3000.0,
    monomolecular_per_s=1e7,
    bimolecular_cm3_per_s=1e-10,
    auger_cm6_per_s=1e-29,
    refractive_index=2.2,
    host_group_index=3.0,
    absorption_per_cm=5e4,
    absorption_nm=400.0,
)
TOLERANCE = 1e-3
LINEAR = replace(CARRIERS, gain_law="linear", rest_absorption_per_cm=0.0)


@pytest.fixture(scope="module")
def kernel(tmp_path_factory):
    """The kernel of this processor; compiled anew where none is installed, as fast as that goes."""
    found = compiled_steps.library()
    if found is not None:
        return found
    hook = ROOT / "cavitydesign/lasing/pulses/compiled/build_hook.py"
    build = runpy.run_path(str(hook), run_name="build")
    into = tmp_path_factory.mktemp("kernel")
    flags = tuple(part for part in build["_FLAGS"] if part != "-O3")
    try:
        build["compiled"](ROOT / build["SOURCES"], into, flags)
    except (OSError, subprocess.SubprocessError) as error:
        pytest.skip(f"no C compiler that takes the kernel: {error}")
    return compiled_steps.loaded(into / LIBRARY)


def zones(modes: int) -> ModeOverlap:
    """Three zones that modes see unlike each other."""
    intensity = np.linspace(0.5, 1.5, 3 * modes).reshape(modes, 3)
    return ModeOverlap(np.full(3, 1 / 3), np.array([1.0, 0.8, 0.5]), intensity, 30.0)


CASES = {
    "few modes": (DOTS, 15.0, 9.0, 400.0, (0.5, 2.0, 4.0, 9.0, 22.0), None, False),
    "more modes than twice the classes": (DOTS, 60.0, 14.0, 1e5, (1.0, 3.0, 9.0), None, False),
    "a comb for each pulse": (DOTS, 15.0, 9.0, 1e5, (3.0, 4.0, 5.0), (-0.5, 0.0, 0.9), False),
    "many modes and combs": (DOTS, 60.0, 9.0, 1e4, (3.0, 5.0), (-0.2, 0.1), False),
    "zones": (DOTS, 15.0, 9.0, 400.0, (2.0, 5.0, 9.0), None, True),
    "a dye": (DYE, 15.0, 9.0, 1e6, (0.01, 0.1, 1.0), None, False),
    # more than a strip of modes, with rows and classes left over beside groups of four and pairs
    "strips of modes": (DOTS, 125.0, 20.0, 1e6, (2.0, 9.0), None, True),
    "strips of modes, a comb for each": (DOTS, 125.0, 20.0, 1e6, (5.0, 6.0), (-0.2, 0.1), True),
    # coefficients of one class came in the order of the modes, which compiled steps refused
    "zones of a dye": (DYE, 15.0, 40.0, 1e6, (0.01, 0.1, 1.0), None, True),
    "carriers": (CARRIERS, 15.0, 9.0, 3e3, (0.1, 1.5, 4.0, 30.0), None, False),
    "carriers of linear gain in zones": (LINEAR, 15.0, 9.0, 1e5, (0.5, 2.0, 9.0), None, True),
    "carriers, many modes": (CARRIERS, 60.0, 14.0, 1e5, (2.0, 9.0), None, True),
    "carriers, a comb for each": (CARRIERS, 15.0, 9.0, 1e4, (2.0, 9.0), (-0.3, 0.4), False),
}
STANDING = {
    "alike": (DOTS, 15.0, 9.0, 400.0, (2.0, 9.0, 20.0), None, False),
    "zones": (DOTS, 33.0, 9.0, 1e5, (2.0, 9.0), None, True),
    "a comb for each": (DYE, 15.0, 40.0, 1e5, (0.1, 1.0), (-0.3, 0.4), True),
    # 85 patterns at most in three zones, so that the last modes have none
    "more modes than patterns": (CARRIERS, 125.0, 60.0, 1e4, (2.0, 9.0), None, True),
}
LONG = {
    "a dye that the pump empties again": (DYE, 1e6, "gaussian", 5e3, 0.07, (0.03, 0.3, 3.0)),
    "a dye under a square pulse": (DYE, 3e4, "square", 500.0, 0.0, (0.1, 1.0)),
    "dots": (DOTS, 400.0, "sech2", 30.0, 0.0, (3.0, 9.0, 22.0)),
    "carriers ": (CARRIERS, 3e3, "gaussian", 50.0, 0.0, (1.0, 6.0, 40.0)),
    "carriers of linear gain": (LINEAR, 1e5, "square", 2e3, 0.0, (4.0, 40.0)),
}


def test_both_kinds_of_systems_are_among_the_cases(make_comb) -> None:
    """Fewer modes than twice the classes, and more: of these, more than 32."""
    counts = {
        name: (len(make_comb(diameter, centre_nm=537.6, span_nm=span, quality=quality)), zoned)
        for name, (medium, diameter, span, quality, _, _, zoned) in CASES.items()
        if medium is DOTS
    }
    classes = {True: 15, False: 5}
    assert counts["few modes"][0] < 10
    assert counts["more modes than twice the classes"][0] > 10
    assert all(
        modes > max(2 * classes[zoned], 32)
        for name, (modes, zoned) in counts.items()
        if name.startswith("strips")
    )


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_outcomes_are_those_of_numpy(make_comb, kernel, monkeypatch, case) -> None:
    """Light, photoluminescence and balance to 1e-10: steps are the same while rounding, 1e-16 a
    sum, decides none; sums of steps grow it a hundredfold or so.
    """
    medium, diameter, span, quality, excitons, shift, zoned = case
    centre = 580.0 if medium is DYE else 537.6
    comb = make_comb(diameter, centre_nm=centre, span_nm=span, quality=quality)
    overlap = zones(len(comb)) if zoned else None
    solver = PulseSolver(comb, medium, 1.7e7, StepControl(1e-3), overlap)
    shifts = None if shift is None else np.array(shift)
    same_outcomes(solver, np.array(excitons), shifts, kernel, monkeypatch)


@pytest.mark.parametrize("case", STANDING.values(), ids=STANDING)
def test_standing_waves_are_those_of_numpy(make_comb, kernel, monkeypatch, case) -> None:
    """Compiled steps transform the patterns, those of NumPy sum over every zone: 1e-10 as above."""
    medium, diameter, span, quality, excitons, shift, zoned = case
    centre = 580.0 if medium is DYE else 537.6
    comb = make_comb(diameter, centre_nm=centre, span_nm=span, quality=quality)
    overlap, own = standing(zones(len(comb)) if zoned else None, comb, range(len(comb))[::-1])
    assert (own < len(comb)) == (medium is CARRIERS)
    solver = PulseSolver(comb, medium, 1.7e7, StepControl(1e-3), overlap)
    shifts = None if shift is None else np.array(shift)
    same_outcomes(solver, np.array(excitons), shifts, kernel, monkeypatch)


@pytest.mark.parametrize("zoned", [False, True], ids=["alike", "zones"])
@pytest.mark.parametrize("case", LONG.values(), ids=LONG)
def test_outcomes_under_long_pulses_are_those_of_numpy(
    make_comb, kernel, monkeypatch, case, zoned
) -> None:
    """Emitters that are pumped while they emit: every four steps from the same state are those of
    NumPy to rounding, and the whole to the tolerance. At the limit of stability of an explicit
    step its length follows from rounding, so that the whole agrees no better.
    """
    medium, quality, shape, length_ps, backwards, excitons = case
    centre = 580.0 if medium is DYE else 537.6
    comb = make_comb(15.0, centre_nm=centre, span_nm=9.0, quality=quality)
    cooling_ps = 1.0 / medium.ladder(1).cooling_per_ps
    profile = PumpProfile(length_ps, shape, 1, cooling_ps)
    overlap = zones(len(comb)) if zoned else None
    control = StepControl(TOLERANCE)
    solver = PulseSolver(comb, medium, 1.7e7, control, overlap, backwards, profile)
    monkeypatch.setattr(compiled_steps, "library", lambda: kernel)
    monkeypatch.setattr(marching, "_LOOK", 4)  # what rounding decides grows from step to step
    advance, worst = compiled_steps.CompiledSteps.advance, []

    def both(self, batch, norm, floor, until, count, traced=False):
        other = copy.copy(batch)
        for name in ("time", "step", "state", "slope", "net"):
            setattr(other, name, getattr(batch, name).copy())
        found = advance(self, batch, norm, floor, until, count, traced)
        for _ in range(count):
            _stepped(other, self._stepper, norm, floor, until)
        allowed = np.abs(other.state) + floor
        worst.append(np.abs((batch.state - other.state) / allowed).max())
        worst.append(np.abs(batch.step / other.step - 1.0).max())
        return found

    monkeypatch.setattr(compiled_steps.CompiledSteps, "advance", both)
    ours = solver.outcomes(np.array(excitons))
    print(len(worst), max(worst))
    assert len(worst) > 20
    assert max(worst) < 1e-8
    monkeypatch.setattr(compiled_steps, "library", lambda: None)
    theirs = solver.outcomes(np.array(excitons))
    assert ours.emitted == pytest.approx(theirs.emitted, rel=2.0 * TOLERANCE)
    assert ours.spontaneous == pytest.approx(theirs.spontaneous, rel=TOLERANCE)
    assert ours.balance_error == pytest.approx(theirs.balance_error, abs=1e-10)


def same_outcomes(solver, excitons, shifts, kernel, monkeypatch) -> None:
    """Both kinds of steps leave the same."""
    asked = []
    monkeypatch.setattr(compiled_steps, "library", lambda: asked.append(1) or kernel)
    ours = solver.outcomes(excitons, shifts)
    assert asked
    monkeypatch.setattr(compiled_steps, "library", lambda: None)
    theirs = solver.outcomes(excitons, shifts)
    assert ours.emitted == pytest.approx(theirs.emitted, rel=1e-10)
    assert ours.spontaneous == pytest.approx(theirs.spontaneous, rel=1e-10)
    assert ours.left_error == pytest.approx(theirs.left_error, rel=1e-6, abs=1e-12)
    assert ours.balance_error == pytest.approx(theirs.balance_error, abs=1e-10)


def test_traces_have_the_same_times(make_comb, kernel, monkeypatch) -> None:
    """Every step of a trace, at the same time and with the same photons."""
    solver = PulseSolver(make_comb(15.0, span_nm=9.0), DOTS, 1.7e7, StepControl(1e-3))
    runs = []
    for found in (kernel, None):
        monkeypatch.setattr(compiled_steps, "library", lambda found=found: found)
        runs.append(solver.traced(np.array([4.0, 5.0])))
    assert runs[0].trace_ps == pytest.approx(runs[1].trace_ps, rel=1e-10)
    assert runs[0].trace_photons == pytest.approx(runs[1].trace_photons, rel=1e-9, abs=1e-300)


def test_a_library_of_other_sources_is_not_used(tmp_path, monkeypatch, kernel) -> None:
    """A kernel left from an older checkout would read today's numbers wrongly."""
    copy = tmp_path / LIBRARY
    shutil.copy(kernel._name, copy)
    assert compiled_steps.loaded(copy) is not None
    monkeypatch.setattr(compiled_steps, "sources_digest", lambda: "another")
    assert compiled_steps.loaded(copy) is None
    other = tmp_path / "other.so"
    other.write_bytes(b"no library")
    assert compiled_steps.loaded(other) is None
    assert compiled_steps.loaded(tmp_path / "none.so") is None
