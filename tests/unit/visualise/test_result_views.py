"""Views of results: each figure holds the numbers of the record that it was drawn from."""

from __future__ import annotations

import json
import math
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg

from cavitydesign.errors import InputError
from cavitydesign.modes.mode import Mode
from cavitydesign.modes.mode_set import ModeSet
from cavitydesign.visualise.labels import MINUS, TIMES
from cavitydesign.visualise.lasers.kinetics_view import (
    draw_bleaching,
    draw_kinetics,
    draw_polariser,
)
from cavitydesign.visualise.lasers.light_curve_view import (
    broken_power_law,
    draw_light_curve,
    draw_output_shares,
)
from cavitydesign.visualise.result_record import load_results, mode_records, record_families
from cavitydesign.visualise.spectra.comb_view import draw_comb
from cavitydesign.visualise.spectra.dispersion_view import draw_against_diameter, draw_dispersion
from cavitydesign.visualise.spectra.loss_budget import draw_loss_budget, loss_shares
from cavitydesign.visualise.spectra.waterfall import draw_waterfall
from cavitydesign.visualise.studies.convergence_view import draw_convergence, observed_rate
from cavitydesign.visualise.studies.decision import draw_pareto, draw_tornado, pareto_front
from cavitydesign.visualise.studies.map import draw_regime_map
from cavitydesign.visualise.studies.study_view import draw_study
from cavitydesign.visualise.theme import DARK


def curve(ax: Any, label: str) -> np.ndarray:
    """The data of the line with this label."""
    (line,) = [one for one in ax.get_lines() if one.get_label() == label]
    return np.column_stack(line.get_data())


def test_comb_has_one_tooth_a_mode_at_its_wavelength_and_gain(mode_set: ModeSet) -> None:
    wavelength = np.linspace(500.0, 560.0, 601)
    gain = 900.0 - (wavelength - 535.0) ** 2
    figure = draw_comb(mode_set, (wavelength, gain))
    teeth = {
        one.get_label(): one.get_segments()
        for one in figure.axes[0].collections
        if "TM" in one.get_label()
    }
    assert set(teeth) == {"TM p=1 q=0", "TM p=2 q=0"}
    drawn = sorted(
        (segment[1][0], segment[1][1]) for segments in teeth.values() for segment in segments
    )
    expected = sorted(
        (mode.wavelength_nm, 900.0 - (mode.wavelength_nm - 535.0) ** 2) for mode in mode_set
    )
    np.testing.assert_allclose(drawn, expected, rtol=1e-4)
    assert {text.get_text() for text in figure.axes[0].texts} >= {mode.label for mode in mode_set}
    totals = np.concatenate(
        [line.get_ydata() for line in figure.axes[1].get_lines() if line.get_marker() == "o"]
    )
    np.testing.assert_allclose(totals, mode_set.modes[0].losses.total)


def test_labels_of_every_family_stand_in_rows_within_the_axes(
    make_mode: Callable[..., Mode],
) -> None:
    """Two families whose modes all but coincide: their labels stand in two rows, inside the
    axes.
    """
    found = [make_mode(m, p, 0) for p in (1, 2) for m in range(118, 126)]
    figure = draw_comb(found)
    canvas = FigureCanvasAgg(figure)
    canvas.draw()
    frame = figure.axes[0].get_window_extent(canvas.get_renderer())
    labels = [text for text in figure.axes[0].texts if text.get_text().startswith("TM")]
    assert {text.get_text() for text in labels} == {mode.label for mode in found}
    boxes = [text.get_window_extent(canvas.get_renderer()) for text in labels]
    assert all(box.y1 <= frame.y1 + 1 for box in boxes), "a label leaves the axes"


@pytest.mark.parametrize("radiation", [12.0, 190.0])
def test_a_quality_beyond_the_axis_is_told_and_flattens_nothing(
    mode_set: ModeSet, radiation: float
) -> None:
    """At 10^190 beside a total near 10^5 the axis still spans a few decades, and says what lies
    above it.
    """
    content = json.loads(json.dumps(mode_set.to_json_dict()))
    for mode in content["modes"]:
        mode["log10_q"]["radiation"] = radiation
    for figure in (draw_comb(content), draw_loss_budget(content)):
        lower = figure.axes[1]
        assert np.ptp(lower.get_ylim()) < 8.0
        assert f"10^{{{radiation:g}}}" in lower.get_title(loc="right")
        assert lower.get_ylabel() == "quality factor Q"


def test_comb_of_many_modes_does_not_label_each(make_mode: Callable[..., Mode]) -> None:
    figure = draw_comb([make_mode(m) for m in range(600, 700)])
    labels = [text.get_text() for text in figure.axes[0].texts if text.get_text().startswith("TM")]
    assert 5 < len(labels) <= 14


def test_comb_of_one_mode_shows_the_gain_about_it_alone(mode_set: ModeSet) -> None:
    """A gain curve that falls far below zero elsewhere leaves the limits of what is seen as they
    are.
    """
    lone = mode_set.to_json_dict()
    lone["modes"] = lone["modes"][:1]
    place = lone["modes"][0]["wavelength_nm"]
    lone["wavelength_range_nm"] = [place - 3.0, place + 2.0]
    wavelength = np.linspace(place - 60.0, place + 60.0, 241)
    top = draw_comb(lone, (wavelength, 40.0 - (wavelength - place) ** 2)).axes[0]
    assert top.get_xlim() == pytest.approx((place - 3.0, place + 2.0))
    np.testing.assert_allclose(top.get_ylim(), (0.0, 60.0), atol=1e-6)
    drawn = curve(top, "gain")
    assert drawn[0, 0] == pytest.approx(place - 3.0) and drawn[-1, 1] == pytest.approx(36.0)


def test_light_curve_shows_data_fit_and_thresholds(prediction_record: dict[str, Any]) -> None:
    ax = draw_light_curve(prediction_record).axes[0]
    data, fit = curve(ax, "computed"), curve(ax, "slopes 3.00, 6.00, 3.00")
    np.testing.assert_array_equal(data[:, 1], prediction_record["light_curve"]["emission"])
    # the record is an exact broken power law, so the fitted line must pass through every point
    np.testing.assert_allclose(fit[:, 1], data[:, 1], rtol=1e-10)
    named = {"lasing 2.2": 2.2, "ASE 2": 2.0, "upper break 3": 3.0}
    for words, value in named.items():
        assert curve(ax, words)[0, 0] == value
    assert ax.get_title(loc="left") == "one mode, the next 16.5 dB down"
    fitted = {**prediction_record, "fit": {"breaks_error_mj_cm2": [0.02, 0.03]}}
    assert {"ASE 2.000 ± 0.020", "upper break 3.000 ± 0.030", "lasing 2.2"} <= {
        text.get_text() for text in draw_light_curve(fitted).legends[0].get_texts()
    }
    several = {
        **prediction_record,
        "regime": "multi",
        "modes_lasing": 7,
        "regime_fluence_mj_cm2": 3.3,
    }
    assert draw_light_curve(several).axes[0].get_title(loc="left") == "7 modes at 3.3 mJ/cm²"


def test_light_curve_without_thresholds_still_draws(prediction_record: dict[str, Any]) -> None:
    bare = {**prediction_record, "threshold_mj_cm2": {"ase": None, "lasing": None}, "slopes": None}
    bare["light_curve"] = {**bare["light_curve"], "upper_break_mj_cm2": None}
    ax = draw_light_curve(bare, theme=DARK).axes[0]
    assert [line.get_label() for line in ax.get_lines()] == ["computed"]
    with pytest.raises(InputError, match="fewer than two"):
        draw_light_curve({"light_curve": {"fluence_mj_cm2": [1.0], "emission": [1.0]}})


def test_broken_power_law_is_continuous_with_the_given_slopes() -> None:
    x = np.array([1.0, 1.5, 2.0, 2.4, 3.0, 4.0])
    y = broken_power_law(x, [2.0, 3.0], [3.0, 6.0, 2.0])
    slopes = np.diff(np.log(y)) / np.diff(np.log(x))
    np.testing.assert_allclose(slopes, [3, 3, 6, 6, 2], rtol=1e-12)


def test_output_shares(prediction_record: dict[str, Any]) -> None:
    figure = draw_output_shares(prediction_record)
    shares = curve(figure.axes[0], "output share")
    np.testing.assert_allclose(shares, [[533.8, 0.02], [538.0, 0.97], [542.2, 0.01]])
    assert curve(figure.axes[1], "threshold gain")[1, 1] == 470.0


def test_loss_shares_sum_to_one_and_survive_any_size() -> None:
    shares = loss_shares({"radiation": 4.0, "absorption": 4.0, "scattering": None, "total": 3.7})
    assert shares == {"radiation": 0.5, "absorption": 0.5}
    huge = loss_shares({"radiation": 690.0, "scattering": 6.0})
    assert huge["scattering"] == 1.0 and huge["radiation"] == 0.0
    assert loss_shares({"radiation": None}) == {}


def test_loss_budget_bars_are_the_shares(mode_set: ModeSet) -> None:
    figure = draw_loss_budget(mode_set)
    heights = np.array([[bar.get_height() for bar in stack] for stack in figure.axes[0].containers])
    np.testing.assert_allclose(heights.sum(axis=0), 1.0, rtol=1e-12)
    # log10 Q 6.0 against 5.3: the shares stand as 1 : 10^0.7
    np.testing.assert_allclose(heights[2] / heights[1], 10.0**0.7, rtol=1e-10)


def test_dispersion_lines_by_family(mode_set: ModeSet) -> None:
    figure = draw_dispersion(mode_set)
    drawn = curve(figure.axes[0], "TM p=1 q=0")
    np.testing.assert_allclose(drawn, [[121, 4.21], [122, 4.19], [123, 4.17]])
    np.testing.assert_allclose(
        curve(figure.axes[1], "TM p=2 q=0"), [[m, 1.47] for m in (121, 122, 123)]
    )


def test_published_points_are_overlaid() -> None:
    figure = draw_against_diameter(
        [15.0, 88.0], [4.19, 0.71], {"radiation": [19.0, 131.0], "absorption": [None, None]}
    )
    np.testing.assert_allclose(curve(figure.axes[0], "computed"), [[15.0, 4.19], [88.0, 0.71]])
    np.testing.assert_allclose(
        curve(figure.axes[0], "measured (paper A)"), [[15.0, 4.2], [88.0, 0.75]]
    )
    np.testing.assert_allclose(
        curve(figure.axes[1], "radiation, computed"), [[15.0, 19.0], [88.0, 131.0]]
    )
    assert "absorption, computed" not in [line.get_label() for line in figure.axes[1].get_lines()]
    np.testing.assert_allclose(
        curve(figure.axes[1], "Q = 24 D (paper A)")[:, 1], np.log10([360.0, 2112.0])
    )
    with pytest.raises(InputError, match="same length"):
        draw_against_diameter([15.0], [4.2, 1.0], {})


def test_regime_map_counts_and_lines() -> None:
    counts = [[0, 0, 1], [0, 1, 5]]
    figure = draw_regime_map([10, 20, 30], [2.0, 4.0], counts, {"lasing": [None, 3.0, 2.0]})
    np.testing.assert_array_equal(
        np.asarray(figure.axes[0].collections[0].get_array()).reshape(2, 3), counts
    )
    hatched = figure.axes[0].collections[1]
    assert hatched.get_hatch(), "in grey one mode has the colour of 4 to 7"
    boxes = [path.get_extents().bounds for path in hatched.get_paths()]
    assert boxes == [(25.0, 1.0, 10.0, 2.0), (15.0, 3.0, 10.0, 2.0)]
    line = curve(figure.axes[0], "lasing")[:, 1]
    assert math.isnan(line[0]) and list(line[1:]) == [3.0, 2.0]
    with pytest.raises(InputError, match="shape"):
        draw_regime_map([10, 20], [2.0], counts)


def test_tornado_orders_by_swing() -> None:
    figure = draw_tornado(4.2, {"index": (4.19, 4.21), "diameter": (4.4, 4.0)}, "FSR (nm)")
    assert [label.get_text() for label in figure.axes[0].get_yticklabels()] == ["index", "diameter"]
    ends = sorted(bar.get_x() + bar.get_width() for bar in figure.axes[0].patches)
    np.testing.assert_allclose(ends, [4.0, 4.19, 4.21, 4.4])
    words = [text.get_text() for text in figure.axes[0].texts]
    assert words == [f"{MINUS}0.01", "+0.01", "+0.2", f"{MINUS}0.2"], (
        "the change at either end, row by row"
    )
    assert figure.axes[0].get_title(loc="left") == "nominal 4.2 nm"
    both = draw_tornado(4.2, {"index": (4.25, 4.3), "fibre": (4.2, 4.2)}, "FSR (nm)")
    assert [text.get_text() for text in both.axes[0].texts] == ["0", "+0.05, +0.1"]


def test_pareto_front_by_hand() -> None:
    points = [[1.0, 1.0], [2.0, 3.0], [3.0, 2.0], [1.5, 2.0]]
    front = pareto_front(points, (False, True))
    assert list(front) == [True, True, False, True]
    figure = draw_pareto(points, ("threshold", "probability"), maximise=(False, True), chosen=1)
    np.testing.assert_allclose(
        curve(figure.axes[0], "Pareto front"), [[1.0, 1.0], [1.5, 2.0], [2.0, 3.0]]
    )


def test_convergence_rate_in_the_legend() -> None:
    size, error = [100.0, 200.0, 400.0], [1e-4, 1e-4 / 64, 1e-4 / 4096]
    assert observed_rate(size, error) == pytest.approx(-6.0, abs=1e-9)
    figure = draw_convergence({"order 6": (size, error)}, asked=1e-6, stated={"order 6": error})
    assert (
        next(text.get_text() for text in figure.axes[0].get_legend().get_texts())
        == f"order 6, rate {MINUS}6.00"
    )
    np.testing.assert_array_equal(
        curve(figure.axes[0], f"order 6, rate {MINUS}6.00"), np.column_stack([size, error])
    )
    np.testing.assert_array_equal(
        curve(figure.axes[0], "order 6, stated"), np.column_stack([size, error])
    )
    assert curve(figure.axes[0], "asked")[0, 1] == 1e-6


def test_medium_views_hold_their_lines() -> None:
    time = [0.0, 1.0, 2.0]
    kinetics = draw_kinetics(time, {"f2": [1.0, 0.5, 0.2]})
    np.testing.assert_array_equal(curve(kinetics.axes[0], "f2")[:, 1], [1.0, 0.5, 0.2])
    bleaching = draw_bleaching(time, {"537 nm": [0.2, 0.9, 1.5]})
    assert bleaching.axes[0].get_ylim()[1] > 1.5
    np.testing.assert_array_equal(
        curve(bleaching.axes[0], "537 nm"), [[0.0, 0.2], [1.0, 0.9], [2.0, 1.5]]
    )
    angle = np.arange(0, 361, 10)
    light = 4.0 * (0.95 * np.cos(np.deg2rad(angle)) ** 2 + 0.05)
    polariser = draw_polariser(angle, light, measured=([0.0, 90.0], [10.0, 1.0]))
    np.testing.assert_allclose(
        curve(polariser.axes[0], "computed"), np.column_stack([np.deg2rad(angle), light / 4.0])
    )
    np.testing.assert_allclose(curve(polariser.axes[0], "measured"), [[0.0, 1.0], [np.pi / 2, 0.1]])
    assert "90.5 %" in polariser.axes[0].get_title(loc="left"), "contrast (1 - 0.05)/(1 + 0.05)"
    with pytest.raises(InputError):
        draw_kinetics(time, {"f2": [1.0]})


def test_waterfall_stacks_each_spectrum() -> None:
    wavelength = np.linspace(530.0, 545.0, 31)
    spectra = [np.exp(-((wavelength - 538.0) ** 2)) * scale for scale in (1.0, 50.0)]
    figure = draw_waterfall(wavelength, [2.0, 4.0], spectra, lasing_mj_cm2=3.0)
    first, second = curve(figure.axes[0], "2 mJ/cm²"), curve(figure.axes[0], "4 mJ/cm²")
    np.testing.assert_allclose(
        first[:, 1] - first[:, 1].min(), second[:, 1] - second[:, 1].min(), atol=1e-12
    )
    np.testing.assert_allclose(
        first, np.column_stack([wavelength, spectra[0] / spectra[0].max()]), atol=1e-12
    )
    assert f"2  ({TIMES} 50)" in [text.get_text() for text in figure.axes[0].texts]
    with pytest.raises(InputError, match="shape"):
        draw_waterfall(wavelength, [2.0], spectra)


def test_records_from_memory_and_from_file_agree(mode_set: ModeSet, tmp_path: Path) -> None:
    (tmp_path / "results.json").write_text(json.dumps({"modes": mode_set.to_json_dict()}))
    read = mode_records(load_results(tmp_path))
    assert read == json.loads(json.dumps(mode_records(mode_set)))
    assert list(record_families(read)) == [("TM", 1, 0), ("TM", 2, 0)]
    for bad, words in (("[1, 2]", "not a results.json"), ("{", "not a readable")):
        (tmp_path / "results.json").write_text(bad)
        with pytest.raises(InputError, match=words):
            load_results(tmp_path)
    with pytest.raises(InputError, match="no such file"):
        load_results(tmp_path / "elsewhere.json")


def test_study_columns_in_order_without_gaps() -> None:
    figure = draw_study(
        [30.0, 10.0, 20.0, None], [1.0, 200.0, 3.0, 4.0], "cavity.diameter_um", "fsr_nm"
    )
    ax = figure.axes[0]
    np.testing.assert_array_equal(curve(ax, "fsr_nm"), [[10.0, 200.0], [20.0, 3.0], [30.0, 1.0]])
    assert ax.get_xlabel() == "diameter (µm)" and ax.get_yscale() == "log"
    assert ax.get_xscale() == "linear"
    wide = draw_study([15.0, 33.0, 125.0], [34.0, 150.0, 1800.0], "cavity.diameter_um", "x")
    assert wide.axes[0].get_xscale() == wide.axes[0].get_yscale() == "log"
    with pytest.raises(InputError, match="no row"):
        draw_study([None], ["text"], "a", "b")


@pytest.mark.parametrize("draw", [draw_comb, draw_dispersion], ids=["comb", "dispersion"])
def test_many_families_leave_the_axes_their_height_and_can_be_told_apart(
    draw: Any, make_mode: Callable[..., Mode]
) -> None:
    kinds = [
        (polarisation, p, q) for polarisation in ("TM", "TE") for p in (1, 2, 3) for q in (0, 1, 2)
    ]
    modes = [
        make_mode(m, p, q, 530.0 + 0.3 * place + m / 50, polarisation)
        for place, (polarisation, p, q) in enumerate(kinds)
        for m in (120, 121)
    ]
    figure = draw(modes)
    FigureCanvasAgg(figure).draw()
    assert min(ax.get_position().height for ax in figure.axes) > 0.2, "the legend takes no height"
    listed = [text.get_text() for legend in figure.legends for text in legend.get_texts()]
    drawn = [
        (one, name)
        for one, name in zip(*figure.axes[0].get_legend_handles_labels(), strict=True)
        if "p=" in name
    ]
    assert len(drawn) == len(kinds) and {name for _, name in drawn} <= set(listed)
    looks = {(str(one.get_color()), str(one.get_linestyle())) for one, _ in drawn}
    assert len(looks) == len(kinds), "each family has a look of its own"
