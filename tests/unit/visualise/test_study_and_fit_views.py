"""Pictures of studies, goals and fits: what is drawn is read back from the artists."""

import numpy as np
import pytest

from cavitydesign.errors import InputError
from cavitydesign.study.files.plot_spec import PlotSpec
from cavitydesign.study.table import Table
from cavitydesign.visualise.files import figure_bytes
from cavitydesign.visualise.spectra.fit_view import draw_fit
from cavitydesign.visualise.studies.goal_view import draw_goal
from cavitydesign.visualise.studies.study_panels import draw_panels
from cavitydesign.visualise.theme import DARK

COLUMNS = ("point", "cavity.diameter_um", "p", "fsr_nm", "regime", "status", "error")


def table():
    rows = []
    for point, diameter in enumerate((10.0, 20.0, 40.0)):
        rows += [
            {
                "point": point,
                "cavity.diameter_um": diameter,
                "p": p,
                "fsr_nm": 60.0 / diameter + 0.1 * p,
                "status": "ok",
            }
            for p in (1, 2, 2)
        ]
    rows.append({"point": 3, "cavity.diameter_um": 50.0, "status": "failed", "error": "why"})
    return Table("a study", COLUMNS, ("cavity.diameter_um",), tuple(rows))


def test_lines_by_a_column_with_published_points():
    overlay = [
        {"cavity.diameter_um": 15, "fsr_nm": 4.2, "label": "measured"},
        {"cavity.diameter_um": 88, "fsr_nm": ""},
    ]
    figure = draw_panels(table(), PlotSpec(y=("fsr_nm",), by="p", log=("fsr_nm",)), overlay)
    (ax,) = figure.axes
    assert (
        ax.get_xlabel() == "diameter (µm)"
        and ax.get_ylabel() == "FSR (nm)"
        and ax.get_yscale() == "log"
    )
    labelled = {line.get_label(): line for line in ax.lines if not line.get_label().startswith("_")}
    assert set(labelled) == {"p 1", "p 2", "measured"}
    assert list(labelled["p 1"].get_ydata()) == pytest.approx([6.1, 3.1, 1.6])
    assert len(labelled["p 2"].get_xdata()) == 6
    assert list(labelled["measured"].get_xdata()) == [15] and list(
        labelled["measured"].get_ydata()
    ) == [4.2]


def test_a_panel_for_each_column_and_none_without_numbers():
    assert len(draw_panels(table(), PlotSpec(y=("fsr_nm", "p")), theme=DARK).axes) == 2
    with pytest.raises(InputError, match="no number in the column regime"):
        draw_panels(table(), PlotSpec(y=("regime",)))
    with pytest.raises(InputError, match="did you mean 'fsr_nm'"):
        draw_panels(table(), PlotSpec(y=("fsr",)))


def test_a_zero_has_no_place_on_a_logarithmic_axis():
    rows = tuple({"x": x, "modes_lasing": n} for x, n in ((1.0, 0), (2.0, 1), (3.0, 4)))
    counted = Table("a study", ("x", "modes_lasing"), ("x",), rows)
    for log, expected in (((), [0, 1, 4]), (("modes_lasing",), [1, 4])):
        (ax,) = draw_panels(counted, PlotSpec(y=("modes_lasing",), log=log)).axes
        assert all(list(line.get_ydata()) == expected for line in ax.lines)
    none = Table("a study", ("x", "modes_lasing"), ("x",), rows[:1])
    with pytest.raises(InputError, match="nothing above 0"):
        draw_panels(none, PlotSpec(y=("modes_lasing",), log=("modes_lasing",)))


@pytest.mark.parametrize(
    ("column", "values"), [("modes_lasing", [1, 2, 3, 4, 5, 6]), ("regime", list("abcabc"))]
)
def test_a_map_over_two_axes(column, values):
    places = [(x, y) for x in (1.0, 2.0, 3.0) for y in (5.0, 6.0)]
    rows = tuple(
        {"x": x, "y": y, column: value} for (x, y), value in zip(places, values, strict=True)
    )
    figure = draw_panels(
        Table("map", ("x", "y", column), ("x", "y"), rows), PlotSpec(y=("y",), map=column)
    )
    mesh = figure.axes[0].collections[0]
    words = sorted(set(values))
    expected = (
        np.array([words.index(v) if isinstance(v, str) else v for v in values], dtype=float)
        .reshape(3, 2)
        .T
    )
    assert np.array_equal(np.asarray(mesh.get_array()).reshape(2, 3), expected)
    with pytest.raises(InputError, match="at least two values"):
        draw_panels(
            Table("map", ("x", "y", column), ("x", "y"), rows[:1]), PlotSpec(y=("y",), map=column)
        )


def fit_answer():
    candidates = [
        {
            "probability": 0.7,
            "diameter_um": 15.1,
            "diameter_error_um": 0.03,
            "labels": ["TM 123 1 0", None, "TM 122 1 0", "TE 121 1 0"],
            "deviation_nm": [0.01, None, -0.02, 0.005],
        },
        {"probability": 0.3, "diameter_um": 15.2},
    ]
    return {"peaks_nm": [534.0, 535.5, 538.0, 539.2], "candidates": candidates}


def test_a_fit_shows_peaks_deviations_and_probabilities():
    sticks, below, beside = draw_fit(fit_answer()).axes
    assert sorted(line.get_xdata()[0] for line in sticks.lines) == [534.0, 535.5, 538.0, 539.2]
    drawn = {tuple(line.get_ydata()) for line in below.lines}
    assert {(0.01, -0.02), (0.005,)} <= drawn
    assert [bar.get_width() for bar in beside.patches] == [0.7, 0.3]
    assert sticks.get_title(loc="left") == "diameter 15.100 ± 0.030 µm"
    barred = draw_fit({**fit_answer(), "peaks_error_nm": [0.02, 0.02, 0.03, 0.01]}).axes[1]
    bars = {
        tuple(np.round(segment[:, 1], 6))
        for one in barred.collections
        for segment in one.get_segments()
    }
    assert bars == {(-0.01, 0.03), (-0.05, 0.01), (-0.005, 0.015)}, (
        "the error of each peak about its deviation"
    )


def goal_answer():
    def entry(diameter, threshold, single):
        outcomes = {"threshold_mj_cm2.lasing": threshold, "single_mode_probability": single}
        return {"values": {"cavity.diameter_um": diameter}, "outcomes": outcomes}

    trials = [
        entry(10.0, 4.2, 0.9),
        entry(12.0, 3.9, 0.8),
        entry(20.0, 3.5, 0.1),
        entry(30.0, None, None),
    ]
    row = {
        "key": "cavity.diameter_um",
        "sd": 0.2,
        "low": 0.85,
        "high": 0.75,
        "first": 0.9,
        "total": 1.0,
    }
    found = {
        "by_response": 0.6, "by_solves": 0.58, "by_solves_error": 0.07, "nominal": 0.8,
        "outcome_quantiles": [0.7, 0.8, 0.88], "sensitivities": [row],
    }  # fmt: skip
    return {
        "goal": "maximise single_mode_probability",
        "second": "minimise threshold_mj_cm2.lasing",
        "recommended": trials[1],
        "margins": {"cavity.diameter_um": [11.8, 12.5]},
        "pareto": trials[1:3],
        "alternatives": [trials[2]],
        "trials": trials,
        "yield": found,
        "robust": entry(14.0, 3.8, 0.6),
        "robust_yield": [0.92, 0.05],
    }


def test_a_goal_shows_search_front_and_spreads():
    figure = draw_goal(goal_answer())
    search, front, spreads = figure.axes
    by_label = {line.get_label(): line for line in search.lines}
    assert list(by_label["full solves"].get_ydata()) == [0.9, 0.8, 0.1]
    assert list(by_label["recommended"].get_xdata()) == [12.0]
    assert list(by_label["bears the spreads, yield 0.92 ± 0.05"].get_xdata()) == [14.0]
    on_front = next(line for line in front.lines if line.get_label() == "Pareto front")
    assert list(on_front.get_xdata()) == [0.1, 0.8] and on_front.get_drawstyle() == "steps-pre"
    assert sorted(
        round(bar.get_width(), 9)
        for bar in spreads.patches
        if bar.get_height() == pytest.approx(0.3)
    ) == [-0.05, 0.05]
    assert "0.580" in spreads.get_title(loc="left")
    assert figure_bytes(figure)[:4] == b"\x89PNG"
    assert len(draw_goal({**goal_answer(), "yield": None, "robust": None, "pareto": []}).axes) == 1


def test_a_goal_tells_the_solves_beyond_its_limits_and_where_the_limit_lies():
    limits = [{"outcome": "threshold_mj_cm2.lasing", "below": 4.0, "above": None}]
    search, front, _ = draw_goal({**goal_answer(), "limits": limits}).axes
    for axes, met, broken in ((search, [0.8, 0.1], [0.9]), (front, [3.5, 3.9], [4.2])):
        drawn = {line.get_label(): list(line.get_ydata()) for line in axes.lines}
        assert drawn["full solves"] == met and drawn["beyond a limit"] == broken, drawn
    (line,) = [line for line in front.lines if line.get_label() == "limit"]
    assert list(line.get_ydata()) == [4.0, 4.0]
    (line,) = [
        line
        for line in draw_goal({**goal_answer(), "target": 0.7}).axes[0].lines
        if line.get_label() == "target"
    ]
    assert list(line.get_ydata()) == [0.7, 0.7]


def grid_table(rows_per_point: int = 1) -> Table:
    """A grid of two axes: the outcome is 10 a + b, plus a thousandth for each further row."""
    rows = [
        {"point": 3 * i + j, "a": a, "b": b, "out": 10 * a + b + k / 1000, "status": "ok"}
        for i, a in enumerate((1.0, 2.0))
        for j, b in enumerate((1.0, 2.0, 3.0))
        for k in range(rows_per_point)
    ]
    return Table("grid", ("point", "a", "b", "out", "status"), ("a", "b"), tuple(rows))


def test_a_second_axis_parts_the_lines_and_nothing_is_averaged() -> None:
    (ax,) = draw_panels(grid_table(), PlotSpec(x="b", y=("out",))).axes
    lines = {line.get_label(): list(line.get_ydata()) for line in ax.get_lines()}
    assert lines == {"a 1.0": [11.0, 12.0, 13.0], "a 2.0": [21.0, 22.0, 23.0]}


def test_many_values_of_a_second_axis_become_colour() -> None:
    rows = tuple(
        {"point": 12 * i + j, "a": float(i), "b": float(j), "out": i + j, "status": "ok"}
        for i in range(12)
        for j in range(12)
    )
    table = Table("grid", ("point", "a", "b", "out", "status"), ("a", "b"), rows)
    figure = draw_panels(table, PlotSpec(x="b", y=("out",)))
    points, bar = figure.axes
    assert len(points.collections[0].get_offsets()) == 144 and bar.get_ylabel() == "a"


def test_keys_that_vary_together_are_one_axis() -> None:
    rows = tuple(
        {"point": i, "a": float(i), "b": 4.0 * i, "out": i, "status": "ok"} for i in range(5)
    )
    table = Table("line", ("point", "a", "b", "out", "status"), ("a", "b"), rows)
    (ax,) = draw_panels(table, PlotSpec(x="a", y=("out",))).axes
    assert [len(line.get_xdata()) for line in ax.get_lines()] == [5]


def test_three_axes_need_a_choice() -> None:
    rows = tuple(
        {"point": 0, "a": float(i), "b": float(j), "c": float(k), "out": 1.0, "status": "ok"}
        for i in range(2)
        for j in range(2)
        for k in range(2)
    )
    table = Table("cube", ("point", "a", "b", "c", "out", "status"), ("a", "b", "c"), rows)
    with pytest.raises(InputError, match="b, c vary beside a; choose one as --by"):
        draw_panels(table, PlotSpec(x="a", y=("out",)))


def test_several_rows_at_one_place_are_points_without_a_line() -> None:
    (ax,) = draw_panels(grid_table(2).filtered("a == 1"), PlotSpec(x="b", y=("out",))).axes
    (line,) = ax.get_lines()
    assert line.get_linestyle() == "None" and len(line.get_xdata()) == 6


def test_a_map_has_the_second_axis_up() -> None:
    figure = draw_panels(grid_table(), PlotSpec(x="a", map="out"))
    painted = figure.axes[0].collections[0].get_array()
    np.testing.assert_array_equal(painted, [[11, 21], [12, 22], [13, 23]])


@pytest.mark.parametrize(
    ("table", "spec", "told"),
    [
        (grid_table(2), PlotSpec(x="a", map="out"), "several rows at a = 1, b = 1"),
        (grid_table(), PlotSpec(x="a", y=("out",), map="out"), "three different columns"),
        (grid_table(), PlotSpec(x="a", y=("log10_q",), log=("log10_q",)), "a logarithm already"),
    ],
)
def test_what_no_map_can_show_is_refused(table: Table, spec: PlotSpec, told: str) -> None:
    with pytest.raises(InputError, match=told):
        draw_panels(table, spec)


def test_whole_numbers_have_whole_ticks() -> None:
    rows = tuple({"point": i, "a": float(i), "n": 1 + i % 2, "status": "ok"} for i in range(4))
    table = Table("line", ("point", "a", "n", "status"), ("a",), rows)
    figure = draw_panels(table, PlotSpec(x="a", y=("n",)))
    figure.canvas.draw()
    assert all(float(tick).is_integer() for tick in figure.axes[0].get_yticks())
