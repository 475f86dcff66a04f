"""Every view leaves ink on its paper, light and dark, without a display and without pyplot's global
figures.
"""

from __future__ import annotations

import ast
import itertools
import os
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.collections import LineCollection
from matplotlib.colors import to_rgb
from matplotlib.figure import Figure
from matplotlib.path import Path as PixelPath
from matplotlib.text import Text
from matplotlib.transforms import Bbox

from cavitydesign.geometry import outline_from_points
from cavitydesign.geometry.cavity import Cavity
from cavitydesign.geometry.micrograph import MicrographOutline
from cavitydesign.lasing.outcomes.break_count import count_breaks
from cavitydesign.materials import find_material
from cavitydesign.modes.coupling.coupled_mode import CoupledMode
from cavitydesign.modes.coupling.external_coupling import ExternalCoupling
from cavitydesign.modes.coupling.gap_law import GapLaw
from cavitydesign.modes.derived.comb_result import Coefficients, CombDispersion
from cavitydesign.modes.derived.convergence_result import Convergence, ConvergenceRow
from cavitydesign.modes.derived.field_result import LineFields
from cavitydesign.modes.deviation.deviated_mode import DeviatedMode, Mixed
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


def made_doublet() -> DeviatedMode:
    """Two standing waves 0.4 pm apart with a neighbour mixed in."""
    return DeviatedMode(
        "TM 122 1 0",
        (541.0004, 541.0),
        (6.5, 6.6),
        0.5,
        0.4,
        2.0,
        1.0,
        0.001,
        3.0,
        1e-6,
        (Mixed("TM 120 1 0", 0.01), Mixed("m = 124, others", 0.002)),
        True,
        0.1,
    )


def made_calibration() -> dict[str, Any]:
    """The JSON of a calibration of two constants on one curve."""
    fluence = np.geomspace(1.2, 5.0, 20)
    light = 1e3 * fluence**3
    band = {f"p{p}": (light * (1 + 0.01 * (p - 50))).tolist() for p in (5, 16, 50, 84, 95)}
    quantiles = {"p5": 0.8, "p16": 0.9, "p50": 1.0, "p84": 1.1, "p95": 1.2}
    names = ("gain.peak_gain_per_cm", "lasing.quality.per_um")
    draws = 1.0 + 0.1 * np.random.default_rng(0).standard_normal((60, 2))
    return {
        "constants": [{"name": name, "key": name, "quantiles": quantiles} for name in names],
        "draws": {"names": list(names), "values": draws.tolist()},
        "cavities": [
            {
                "name": "88 um",
                "fluence_mj_cm2": fluence.tolist(),
                "measured": light.tolist(),
                "predicted": {"fluence_mj_cm2": fluence.tolist(), **band},
                "residual": (0.05 * np.sin(np.arange(20))).tolist(),
                "relative_scatter": 0.05,
                "threshold_mj_cm2": {name: 2.0 * value for name, value in quantiles.items()},
                "spectra": [made_spectrum()],
            }
        ],
    }


def made_spectrum() -> dict[str, Any]:
    """The JSON of a laser spectrum of seven lines in a calibration, with one that was not seen."""
    place = 537.0 + 0.68 * np.arange(-3.0, 4.0)
    light = 1e4 * np.exp(-(((place - 537.0) / 1.2) ** 2))
    return {
        "name": "88 um at 3.8 mJ/cm2",
        "wavelength_nm": place.tolist(),
        "measured": light.tolist(),
        "predicted": {f"p{p}": (light * (1 + 0.002 * (p - 50))).tolist() for p in (5, 50, 95)},
        "residual": (0.05 * np.sin(np.arange(7))).tolist(),
        "width": 0.06,
        "detection_floor": 15.0,
        "unseen": [{"wavelength_nm": 539.8, "predicted": 30.0}],
    }


def made_series() -> tuple[dict[str, Any], list[tuple[float, Any, Any]]]:
    """The JSON of a power series of one line, and its spectra."""
    fluence = np.geomspace(1.5, 5.0, 6)
    place = np.linspace(530.0, 545.0, 200)
    shape = np.exp(-(((place - 537.0) / 0.4) ** 2))
    spectra = [(float(f), place, 50.0 + f**5 * shape) for f in fluence]
    line = {
        "label": "TM 122 1 0",
        "wavelength_nm": [537.0] * 6,
        "light": (0.7 * fluence**5).tolist(),
    }
    whole = (20.0 + 0.7 * fluence**5).tolist()
    return {"fluence_mj_cm2": fluence.tolist(), "light": whole, "lines": [line]}, spectra


def made_pattern() -> Any:
    """The light of dipoles along the axis."""
    angle = np.linspace(0.0, 180.0, 181)
    power = 3.0 / (8.0 * np.pi) * np.sin(np.deg2rad(angle)) ** 2
    return SimpleNamespace(
        label="TM 122 1 0",
        polar_angle_deg=angle,
        axial=power,
        azimuthal=0.01 * power,
        surround_index=1.0,
        collected=lambda *_: 0.094,
    )


def made_beside() -> CoupledMode:
    """A mode of Q = 1e6 beside a guide of one wave."""
    law = GapLaw(np.array([[10.0**-2]]), np.array([[5.0]]))
    return CoupledMode(
        "TM 122 1 0", 537.6, "taper", 0.3, 6.0, ExternalCoupling(law, 0.1, 1.2, True)
    )


def written(figure: Figure) -> list[Text]:
    """Every text that is seen; ticks outside the limits of their axis, or of one turned off, are
    not.
    """
    unseen = set()
    for ax in figure.axes:
        for axis in (ax.xaxis, ax.yaxis):
            low, high = sorted(axis.get_view_interval())
            for tick in (*axis.get_major_ticks(), *axis.get_minor_ticks()):
                if not (ax.axison and low <= tick.get_loc() <= high):
                    unseen |= {tick.label1, tick.label2}
    texts = [one for one in figure.findobj(Text) if isinstance(one, Text) and one not in unseen]
    return [one for one in texts if one.get_visible() and one.get_text().strip()]


def off_paper(figure: Figure, canvas: FigureCanvasAgg) -> list[str]:
    """Texts that the edge of the picture cuts, by more than a pixel."""
    width, height = figure.bbox.size
    boxes = [
        (one.get_text(), one.get_window_extent(canvas.get_renderer())) for one in written(figure)
    ]
    return [
        text
        for text, box in boxes
        if box.x0 < -1 or box.y0 < -1 or box.x1 > width + 1 or box.y1 > height + 1
    ]


def overlapping(figure: Figure, canvas: FigureCanvasAgg) -> list[tuple[str, str]]:
    """Pairs of texts whose boxes share more than a pixel both ways."""
    renderer = canvas.get_renderer()
    boxes = [(one.get_text(), shrunken(one, renderer)) for one in written(figure)]
    return [
        (first, second)
        for (first, a), (second, b) in itertools.combinations(boxes, 2)
        if a.overlaps(b)
    ]


def crossed(figure: Figure, canvas: FigureCanvasAgg) -> list[str]:
    """Texts that a line, a marker's stem, an arrow or a frame crosses, unless they stand on a ground
    of their own.
    """
    renderer = canvas.get_renderer()
    paths = [
        path for ax in figure.axes for path in (*drawn_lines(ax), *frame_lines(ax)) if len(path)
    ]
    return [
        text.get_text()
        for text in written(figure)
        if text.get_bbox_patch() is None
        and any(path.intersects_bbox(shrunken(text, renderer), filled=False) for path in paths)
    ]


def drawn_lines(ax: Axes) -> Iterator[PixelPath]:
    """Lines of an axes in pixels, cut at its edge."""
    for one in ax.get_lines():
        if one.get_visible() and one.get_linestyle() not in ("None", "", " "):
            yield clipped(one.get_transform().transform_path(one.get_path()), ax)
    for many in ax.collections:
        if isinstance(many, LineCollection):
            for path in many.get_paths():
                yield clipped(many.get_transform().transform_path(path), ax)


def clipped(path: PixelPath, ax: Axes) -> PixelPath:
    """The part of a line within the axes."""
    cut = list(path.iter_segments(clip=tuple(ax.bbox.extents), simplify=False))
    corners = [(tuple(points[-2:]), code) for points, code in cut]
    return PixelPath(
        np.array([point for point, _ in corners]).reshape(-1, 2), [code for _, code in corners]
    )


def frame_lines(ax: Axes) -> Iterator[PixelPath]:
    """The visible sides of the frame of an axes."""
    for spine in ax.spines.values():
        if spine.get_visible():
            yield spine.get_transform().transform_path(spine.get_path())


def test_letters_on_lines_and_frames_are_seen() -> None:
    figure = Figure(figsize=(3, 3))
    ax = figure.add_axes((0.2, 0.2, 0.6, 0.6))
    ax.axis([0.0, 1.0, 0.0, 1.0])
    ax.plot([0.0, 1.0], [0.5, 0.5])
    ax.vlines([0.8], 0.0, 1.0)
    ax.text(0.1, 0.47, "crossed")
    ax.text(0.1, 0.6, "clear")
    ax.text(0.7, 0.2, "on a stem")
    ax.text(-0.1, 0.9, "on the frame")
    ax.text(0.3, 0.48, "on its own ground", bbox={"facecolor": "white"})
    canvas = FigureCanvasAgg(figure)
    canvas.draw()
    assert crossed(figure, canvas) == ["crossed", "on a stem", "on the frame"]


def shrunken(text: Text, renderer: Any) -> Bbox:
    """The box of a text less a pixel on each side, which smooth edges of letters take."""
    box = text.get_window_extent(renderer)
    return Bbox.from_extents(box.x0 + 1, box.y0 + 1, box.x1 - 1, box.y1 - 1)


def small_letters(figure: Figure) -> list[str]:
    """Texts in letters under 7 pt, before indices are made smaller."""
    return [one.get_text() for one in written(figure) if one.get_fontsize() < 7.0]


def test_letters_beyond_the_edge_and_too_small_are_seen() -> None:
    figure = Figure(figsize=(2, 2))
    figure.text(0.99, 0.5, "beyond")
    figure.text(0.1, 0.5, "small", fontsize=6)
    canvas = FigureCanvasAgg(figure)
    canvas.draw()
    assert off_paper(figure, canvas) == ["beyond"] and small_letters(figure) == ["small"]


def test_letters_over_each_other_are_seen() -> None:
    figure = Figure(figsize=(2, 2))
    figure.text(0.1, 0.5, "below")
    figure.text(0.12, 0.52, "above")
    figure.text(0.1, 0.1, "apart")
    canvas = FigureCanvasAgg(figure)
    canvas.draw()
    assert overlapping(figure, canvas) == [("below", "above")]


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
