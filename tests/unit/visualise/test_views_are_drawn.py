"""Every view leaves ink on its paper, light and dark, without a display and without pyplot's global
figures.
"""

from __future__ import annotations

import ast
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from letters import crossed, off_paper, overlapping, small_letters
from made_results import (
    made_beside,
    made_calibration,
    made_doublet,
    made_pattern,
    made_series,
)
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.colors import to_rgb
from matplotlib.figure import Figure

from cavitydesign.geometry import outline_from_points
from cavitydesign.geometry.cavity import Cavity
from cavitydesign.geometry.micrograph import MicrographOutline
from cavitydesign.lasing.outcomes.break_count import count_breaks
from cavitydesign.materials import find_material
from cavitydesign.modes.derived.comb_result import Coefficients, CombDispersion
from cavitydesign.modes.derived.convergence_result import Convergence, ConvergenceRow
from cavitydesign.modes.derived.field_result import LineFields
from cavitydesign.modes.mode import Mode
from cavitydesign.modes.mode_set import ModeSet
from cavitydesign.study.files.plot_spec import PlotSpec
from cavitydesign.study.table import Table
from cavitydesign.visualise.fields import (
    cavity_view,
    cuts,
    emission_view,
    line,
    meridian_view,
    micrograph_view,
    section_view,
)
from cavitydesign.visualise.lasers import (
    calibrated_spectra,
    calibration,
    kinetics_view,
    light_curve_view,
    measured_curve,
    threshold_temperature,
)
from cavitydesign.visualise.spectra import (
    comb_dispersion_view,
    comb_view,
    coupling,
    deviation_view,
    dispersion_view,
    fit_view,
    loss_budget,
    material_view,
    series_view,
    waterfall,
)
from cavitydesign.visualise.studies import (
    convergence_view,
    decision,
    goal_view,
    map,
    mode_convergence,
    study_panels,
    study_view,
    sweep_view,
)
from cavitydesign.visualise.theme import DARK, LIGHT, TWO_COLUMNS_IN, Theme
from cavitydesign.workflow.sweep import SweepResult

VISUALISE = Path(__file__).parents[3] / "cavitydesign" / "visualise"
NOT_VIEWS = {"draw_scale_bar"}
Draw = Callable[..., Figure]


@pytest.fixture
def views(
    make_mode: Callable[..., Mode],
    mode_set: ModeSet,
    cavity: Cavity,
    prediction_record: dict[str, Any],
) -> dict[str, Draw]:
    """Each view on small data, by the name of its function."""
    time, fluence = np.linspace(0.0, 40.0, 30), np.linspace(0.5, 4.0, 30)
    wavelength, angle = np.linspace(530.0, 545.0, 60), np.arange(0.0, 361.0, 10.0)
    z = np.linspace(-12.0, 12.0, 200)
    r = 7.5 - z**2 / 120.0
    edge = MicrographOutline(
        np.r_[z, z],
        np.r_[r, r],
        np.r_[z, z] * 10 + 150,
        np.r_[-r, r] * 10 + 100,
        0.1,
        100.0,
        0.0,
        0.0,
    )
    rows = tuple({"x": x, "fsr_nm": 60.0 / x} for x in (10.0, 20.0, 30.0))
    entry = {"values": {"x": 10.0}, "outcomes": {"fsr_nm": 4.0}}
    answer = {
        "goal": "fsr_nm near 4.2",
        "trials": [entry],
        "alternatives": [entry],
        "recommended": entry,
    }
    peaks = {
        "peaks_nm": [534.0, 538.0],
        "candidates": [{"probability": 1.0, "diameter_um": 15.0, "diameter_error_um": 0.1}],
    }
    peaks["candidates"][0] |= {
        "labels": ["TM 123 1 0", "TM 122 1 0"],
        "deviation_nm": [0.01, -0.01],
    }  # type: ignore[index]
    settled = Convergence(
        "TM 122 1 0",
        tuple(
            ConvergenceRow(degree, 100 * degree, 540.0, 10.0 ** (3 - 2 * degree), 6.0 + 0.1**degree)
            for degree in range(4, 10)
        ),
        7,
        1e-7,
        1e-5,
    )
    mu = np.arange(-3, 4)
    comb = CombDispersion(
        "TM 122 1 0",
        122 + mu,
        550.0 + 4.3 * mu,
        -1.0 * mu**2,
        Coefficients(4300.0, -2000.0, 5.0),
        Coefficients(0.1, 1.0, 0.1),
    )
    share = np.linspace(0.0, 1.0, 101)
    e = np.exp(-((share[:, None] - 0.5) ** 2) * np.array([40.0, 80.0, 160.0])) * (1 + 0j)
    cut = LineFields(
        7.0 + share,
        0 * share,
        0 * share,
        3.7e-19,
        e,
        e,
        e,
        e.real,
        share,
        np.where(share < 0.5, "body", "surround"),
        np.full(101, ""),
        1.5 + 0 * share,
        1e-4,
        distance_um=share,
    )
    corners = np.array([[0.0, 0.0], [1.0, 0.0], [1.0, 1.0], [0.0, 1.0]])
    calibrated = made_calibration()
    followed, spectra = made_series()
    pattern, beside = made_pattern(), made_beside()
    doublet = made_doublet()
    return {
        "draw_cavity": lambda **k: cavity_view.draw_cavity(cavity, **k),
        "draw_meridian": lambda **k: meridian_view.draw_meridian(
            make_mode(), cavity, samples=(60, 50), **k
        ),
        "draw_components": lambda **k: meridian_view.draw_components(
            make_mode(), cavity, samples=(60, 50), **k
        ),
        "draw_cuts": lambda **k: cuts.draw_cuts(make_mode(), samples=(80, 51), **k),
        "draw_comb": lambda **k: comb_view.draw_comb(mode_set, **k),
        "draw_waterfall": lambda **k: waterfall.draw_waterfall(
            wavelength,
            [1.0, 2.0],
            [wavelength - 529, wavelength],
            gain_mj_cm2=0.8,
            lasing_mj_cm2=1.6,
            **k,
        ),
        "draw_loss_budget": lambda **k: loss_budget.draw_loss_budget(mode_set, **k),
        "draw_dispersion": lambda **k: dispersion_view.draw_dispersion(mode_set, **k),
        "draw_against_diameter": lambda **k: dispersion_view.draw_against_diameter(
            [15, 88], [4.2, 0.7], {"total": [6, 7]}, **k
        ),
        "draw_materials": lambda **k: material_view.draw_materials([find_material("PMMA")], **k),
        "draw_light_curve": lambda **k: light_curve_view.draw_light_curve(prediction_record, **k),
        "draw_measured_curve": lambda **k: measured_curve.draw_measured_curve(
            fluence, fluence**3, count_breaks(fluence, fluence**3), **k
        ),
        "draw_output_shares": lambda **k: light_curve_view.draw_output_shares(
            prediction_record, **k
        ),
        "draw_regime_map": lambda **k: map.draw_regime_map(
            [10, 20], [2.0, 4.0], [[0, 1], [1, 3]], **k
        ),
        "draw_kinetics": lambda **k: kinetics_view.draw_kinetics(
            time, {"f": np.exp(-time / 10.0)}, **k
        ),
        "draw_bleaching": lambda **k: kinetics_view.draw_bleaching(
            fluence, {"537 nm": fluence / 2}, **k
        ),
        "draw_polariser": lambda **k: kinetics_view.draw_polariser(
            angle, np.cos(np.deg2rad(angle)) ** 2, **k
        ),
        "draw_tornado": lambda **k: decision.draw_tornado(
            4.2, {"index": (4.1, 4.3)}, "FSR (nm)", **k
        ),
        "draw_pareto": lambda **k: decision.draw_pareto(
            [[1, 2], [2, 3]], ("a", "b"), maximise=(False, True), **k
        ),
        "draw_convergence": lambda **k: convergence_view.draw_convergence(
            {"a": ([100, 200], [1e-3, 1e-5])}, **k
        ),
        "draw_comb_dispersion": lambda **k: comb_dispersion_view.draw_comb_dispersion(comb, **k),
        "draw_mode_convergence": lambda **k: mode_convergence.draw_mode_convergence(settled, **k),
        "draw_line": lambda **k: line.draw_line(cut, decibels=True, components=True, **k),
        "draw_study": lambda **k: study_view.draw_study([1.0, 2.0], [3.0, 4.0], "a", "b", **k),
        "draw_panels": lambda **k: study_panels.draw_panels(
            Table("t", ("x", "fsr_nm"), ("x",), rows), PlotSpec(y=("fsr_nm",)), **k
        ),
        "draw_sweep": lambda **k: sweep_view.draw_sweep(
            SweepResult(None, Table("sweep", ("x", "fsr_nm"), ("x",), rows)),
            "fsr_nm",
            title="spacing of the comb",
            **k,
        ),
        "draw_goal": lambda **k: goal_view.draw_goal(
            {**answer, "margins": {"x": [9.0, 11.0]}, "pareto": [], "yield": None, "second": None},
            **k,
        ),
        "draw_fit": lambda **k: fit_view.draw_fit(peaks, **k),
        "draw_calibrated_curves": lambda **k: calibration.draw_calibrated_curves(calibrated, **k),
        "draw_calibrated_spectra": lambda **k: calibrated_spectra.draw_calibrated_spectra(
            calibrated, **k
        ),
        "draw_corner": lambda **k: calibration.draw_corner(calibrated, **k),
        "draw_series": lambda **k: series_view.draw_series(followed, spectra, **k),
        "draw_deviation": lambda **k: deviation_view.draw_deviation(doublet, **k),
        "draw_emission": lambda **k: emission_view.draw_emission(pattern, **k),
        "draw_coupling": lambda **k: coupling.draw_coupling(beside, **k),
        "draw_dip": lambda **k: coupling.draw_dip(beside, **k),
        "draw_threshold_temperature": lambda **k: threshold_temperature.draw_threshold_temperature(
            [290.0, 340.0, 400.0],
            {"gain = loss": [1.0, 1.3, 2.0]},
            threshold_temperature.PUBLISHED_T0_K,
            **k,
        ),
        "draw_section": lambda **k: section_view.draw_section(
            corners, np.array([[0, 1, 2], [0, 2, 3]]), ["body", "surround"], **k
        ),
        "draw_micrograph": lambda **k: micrograph_view.draw_micrograph(
            np.zeros((200, 300)), edge, outline_from_points(edge.z_um, edge.r_um), **k
        ),
    }


def test_every_view_is_tried(views: dict[str, Draw]) -> None:
    known = {
        node.name
        for file in VISUALISE.rglob("*.py")
        for node in ast.parse(file.read_text(encoding="utf-8")).body
        if isinstance(node, ast.FunctionDef) and node.name.startswith("draw_")
    }
    assert set(views) == known - NOT_VIEWS


@pytest.mark.parametrize("theme", [LIGHT, DARK], ids=lambda theme: theme.name)
def test_nothing_is_blank(
    views: dict[str, Draw], theme: Theme, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("DISPLAY", raising=False)
    crowded = {}
    for name, draw in views.items():
        figure = draw(theme=theme)
        canvas = FigureCanvasAgg(figure)
        canvas.draw()
        pixels = np.asarray(canvas.buffer_rgba())[..., :3].astype(int)
        ground = np.round(255 * np.array(to_rgb(theme.ground)))
        inked = np.abs(pixels - ground).max(axis=2) > 40
        assert inked.mean() > 0.01, f"{name} is blank on {theme.name}"
        # in thirds of the picture: none is empty from edge to edge
        for part in np.array_split(inked, 3, axis=1):
            assert part.any(), f"{name} leaves a third of its width empty"
        assert off_paper(figure, canvas) == [], f"{name}: letters beyond the edge"
        crowded[name] = [*overlapping(figure, canvas), *crossed(figure, canvas)]
        assert small_letters(figure) == [], f"{name}: under 7 pt"
        assert figure.get_figwidth() <= TWO_COLUMNS_IN, f"{name}: wider than two columns"
    assert {name: pairs for name, pairs in crowded.items() if pairs} == {}, "letters collide"
    assert "DISPLAY" not in os.environ
    assert (
        "matplotlib.pyplot" not in sys.modules or not sys.modules["matplotlib.pyplot"].get_fignums()
    )
