"""Far fields of many modes at once are those of each alone, direction by direction."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from cavitydesign.geometry.cavity import Cavity
from cavitydesign.geometry.spheroid import Spheroid
from cavitydesign.materials import ConstantIndex
from cavitydesign.modes import ModeRequest, find_modes
from cavitydesign.modes.losses import comb_radiation
from cavitydesign.modes.rim import far_source, window_measures
from cavitydesign.modes.rim.window_problem import WindowProblem
from cavitydesign.modes.solver.snapshot import RawMode
from cavitydesign.modes.solver.solved_vectors import SolvedVectors


@pytest.mark.parametrize(
    ("diameter_um", "index", "surround", "wavelength_nm", "span_nm", "polarisation"),
    [
        (15.0, 1.49, 1.0, 540.0, 18.0, "TM"),
        (4.0, 2.4, 1.0, 600.0, 36.0, "TE"),
        (60.0, 1.49, 1.33, 600.0, 1.5, "TM"),
    ],
)
@pytest.mark.parametrize("layered", [False, True])
def test_together_and_alone(
    monkeypatch: pytest.MonkeyPatch,
    diameter_um: float,
    index: float,
    surround: float,
    wavelength_nm: float,
    span_nm: float,
    polarisation: str,
    layered: bool,
) -> None:
    """log10 Q to 1e-10, a hundredth of what the quadrature of the sources leaves (2e-9).

    Alone, J_m and the phases are taken at every quadrature point.
    """
    radius = diameter_um / 2
    body, outside = ConstantIndex.of(index), ConstantIndex.of(surround)
    cavity = Cavity(Spheroid(radius, radius), body, outside)
    if layered:
        # near enough to the rim for the far field to be read in both layers
        fibre = ConstantIndex.of(index - 0.02)
        cavity = replace(cavity, fibre=fibre, fibre_radius_um=0.93 * radius)
    request = ModeRequest(polarisation, wavelength_nm, span_nm, None, 1, 4, 1e-6)
    ways: list[bool] = []
    together_at_once = comb_radiation._amplitudes

    def counted(*given: object) -> object:
        found = together_at_once(*given)  # type: ignore[arg-type]
        ways.append(found is not None)
        return found

    monkeypatch.setattr(comb_radiation, "_amplitudes", counted)
    together = {mode.label: mode.losses.radiation for mode in find_modes(cavity, request)}
    assert any(ways)
    monkeypatch.setattr(comb_radiation, "_amplitudes", lambda *given: None)
    alone = {mode.label: mode.losses.radiation for mode in find_modes(cavity, request)}
    assert together.keys() == alone.keys()
    assert len(together) > 3
    for label, log10_q in together.items():
        assert log10_q == pytest.approx(alone[label], abs=1e-10), label


@pytest.mark.parametrize(
    ("radius_um", "index", "request_"),
    [
        # layers so thick that twelve points did not tell the phases: 1.6e-6 and 1.3e-7 of log10 Q
        (6.0, 1.45, ModeRequest("TE", 600.0, None, 60, 2, 11, 1e-4)),
        (6.0, 1.59, ModeRequest("TM", 600.0, 12.0, None, 3, 10, 1e-4)),
        # a body whose modes reach far down, where J_m' over J_m is steep: 1.8e-7
        (2.0, 4.0, ModeRequest("both", 1500.0, 60.0, None, 3, 2, 1e-4)),
    ],
)
def test_thick_layers(
    monkeypatch: pytest.MonkeyPatch, radius_um: float, index: float, request_: ModeRequest
) -> None:
    """log10 Q of the same sources to 1e-9, which every bar of it holds."""
    off = []
    read = window_measures.log10_radiation_qs

    def both_ways(*given: object) -> object:
        together = read(*given)  # type: ignore[arg-type]
        with monkeypatch.context() as patch:
            patch.setattr(comb_radiation, "_amplitudes", lambda *given: None)
            alone = read(*given)  # type: ignore[arg-type]
        off.extend(abs(together[0][0] - alone[0][0]))
        return together

    monkeypatch.setattr(window_measures, "log10_radiation_qs", both_ways)
    material, air = ConstantIndex.of(index), ConstantIndex.of(1.0)
    assert len(find_modes(Cavity(Spheroid(radius_um, radius_um), material, air), request_)) > 5
    print(f"{len(off)} readings, {max(off):.1e} apart")
    assert np.max(off) < 1e-9


def test_other_axial_orders_are_other_patterns() -> None:
    """TM 60 1 0 and TM 60 1 2 of a sphere are the multipoles l = 60 and 62, whose patterns are
    orthogonal: 1e-3 holds what closed walls and directions leave of that. A mode is like itself.
    """
    media = ConstantIndex.of(1.5), ConstantIndex.of(1.0)
    request = ModeRequest("TM", 600.0, None, 60, 1, 3, 1e-8)
    found = find_modes(Cavity(Spheroid(4.2, 4.2), *media), request)
    first, third = (mode.solved() for mode in found if mode.q in (0, 2))
    problem = first.problem
    assert third.problem is problem
    assert isinstance(problem, WindowProblem)

    def alike(raw: RawMode) -> float:
        taken = SolvedVectors.one(
            first.corrected + raw.corrected, 60, 0, first.k_per_um.real, first.eps, raw.corrected
        )
        field = problem.probe.grid.electric(taken.corrected, taken.m)
        sources = far_source.far_sources(problem, problem.probe, field, taken)
        around = comb_radiation.Surroundings(taken.n_surround, problem.mirror)
        numbers = taken.m, taken.q, taken.k_per_um
        _, found = comb_radiation.log10_radiation_qs(sources, np.ones(1), *numbers, around)
        return float(found[1, 0])

    assert alike(first) == pytest.approx(1.0, abs=1e-12)
    assert alike(third) < 1e-3
