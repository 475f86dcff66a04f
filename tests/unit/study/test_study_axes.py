"""Axes, samples and study files: what is read, and what is refused before anything runs."""

import textwrap

import numpy as np
import pytest
from toy_points import SCHEMA

from cavitydesign.errors import InputError
from cavitydesign.study import load_study
from cavitydesign.study.axes import Bounds
from cavitydesign.study.sampling import unit_points

DESIGN = '[cavity]\ndiameter_um = 15.0\nbody = "PMMA"\n[modes]\nwavelength_nm = 537.6\n'


def study_of(folder, text, design=DESIGN):
    (folder / "design.toml").write_text(design)
    (folder / "study.toml").write_text('design = "design.toml"\n' + textwrap.dedent(text))
    return load_study(folder / "study.toml", SCHEMA)


def problems_of(folder, text):
    with pytest.raises(InputError) as caught:
        study_of(folder, text)
    return "\n".join(caught.value.problems)


def values(study, key="cavity.diameter_um"):
    return [point.values[key] for point in study]


def test_linear_range_holds_both_ends_exactly(tmp_path):
    study = study_of(
        tmp_path, '[axes]\n"cavity.diameter_um" = { from = 10.1, to = 130.3, points = 25 }\n'
    )
    assert len(study) == 25
    assert values(study)[0] == 10.1 and values(study)[-1] == 130.3
    assert np.allclose(np.diff(values(study)), (130.3 - 10.1) / 24, rtol=1e-12, atol=0)


def test_geometric_range_has_one_ratio(tmp_path):
    study = study_of(
        tmp_path,
        '[axes]\n"cavity.diameter_um" = { from = 10.0, to = 160.0, points = 5, spacing = '
        '"geometric" }\n',
    )
    assert np.allclose(values(study), [10, 20, 40, 80, 160], rtol=1e-14, atol=0)


def test_whole_ends_and_steps_give_whole_numbers(tmp_path):
    study = study_of(tmp_path, '[axes]\n"modes.radial_orders" = { from = 1, to = 4, points = 4 }\n')
    assert [type(v) for v in values(study, "modes.radial_orders")] == [int] * 4


def test_grid_runs_the_last_axis_fastest_and_pairs_columns(tmp_path):
    study = study_of(
        tmp_path,
        """
        [axes]
        "cavity.body" = ["PMMA", { index = 1.49 }]
        [paired]
        cavity.diameter_um = [15, 33, 88]
        cavity.axial_radius_um = [60, 130, 300]
        """,
    )
    assert len(study) == 6
    assert values(study) == [15, 33, 88, 15, 33, 88]
    assert values(study, "cavity.axial_radius_um") == [60, 130, 300, 60, 130, 300]
    assert values(study, "cavity.body")[3] == {"index": 1.49}
    assert study.design_at(study.point(5))["cavity"] == {
        "diameter_um": 88,
        "body": {"index": 1.49},
        "axial_radius_um": 300,
    }


def test_csv_points_and_derived_keys(tmp_path):
    (tmp_path / "points.csv").write_text("cavity.diameter_um,cavity.body\n15,PMMA\n33.5,silica\n")
    study = study_of(
        tmp_path,
        '[points]\ncsv = "points.csv"\n[derived]\n"cavity.axial_radius_um" = "4 * '
        'cavity.diameter_um"\n',
    )
    assert values(study, "cavity.axial_radius_um") == [60, 134]
    assert values(study, "cavity.body") == ["PMMA", "silica"]


@pytest.mark.parametrize("method", ["sobol", "latin_hypercube"])
def test_samples_fill_their_bounds_and_repeat(tmp_path, method):
    text = f"""
        [sample]
        method = "{method}"
        points = 50
        seed = 3
        [sample.bounds]
        "cavity.diameter_um" = {{ from = 8.0, to = 40.0 }}
        "cavity.axial_radius_um" = {{ from = 10.0, to = 1000.0, spacing = "geometric" }}
        "cavity.body" = ["PMMA", "silica"]
        """
    study = study_of(tmp_path, text)
    assert values(study) == values(study_of(tmp_path, text))
    diameters, radii = np.array(values(study)), np.array(values(study, "cavity.axial_radius_um"))
    assert (
        diameters.min() >= 8 and diameters.max() <= 40 and radii.min() >= 10 and radii.max() <= 1000
    )
    # Space-filling: every tenth of each range holds a point; half of the geometric range lies below
    # its geometric mean.
    assert len(set(((diameters - 8) / 3.2).astype(int))) == 10
    assert abs(int((radii < 100).sum()) - 25) <= 3
    assert abs(values(study, "cavity.body").count("PMMA") - 25) <= 5


def test_sobol_points_stay_when_more_are_asked_for():
    assert np.array_equal(unit_points("sobol", 12, 3, 5)[:7], unit_points("sobol", 7, 3, 5))


def test_bounds_spread_by_logarithm():
    assert np.isclose(Bounds(1.0, 100.0, "geometric").at(np.array([0.5]))[0], 10.0, rtol=1e-14)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            '[axes]\n"cavity.diametr_um" = [1.0]',
            "cavity.diametr_um\": unknown key of a design; did you mean 'cavity.diameter_um'?",
        ),
        ('[axes]\n"cavity.diameter_um" = []', "empty axis"),
        ("[axes]\n", "axes: empty"),
        ("", "axes: missing"),
        (
            '[axes]\n"cavity.diameter_um" = { from = 1.0, to = 2.0, points = 1000000000 }',
            "points = 1000000000: 2 to 1000000 points are allowed",
        ),
        (
            '[axes]\n"cavity.diameter_um" = { from = 1.0, to = 2.0, points = 1001 }\n'
            '"cavity.axial_radius_um" = { from = 1.0, to = 2.0, points = 1001 }',
            "1001 x 1001 = 1002001 points; at most 1000000",
        ),
        (
            '[axes]\n"cavity.diameter_um" = { from = 30.0, to = 10.0, points = 5 }',
            "bounds reversed, from = 30 must be below to = 10",
        ),
        ('[axes]\n"cavity.diameter_um" = { from = 30.0, to = 40.0 }', "points: missing"),
        (
            '[axes]\n"cavity.diameter_um" = { from = 0.0, to = 40.0, points = 3, spacing = '
            '"geometric" }',
            "needs a positive start",
        ),
        (
            '[axes]\n"cavity.diameter_um" = { from = 1.0, to = 40.0, points = 3, spacing = '
            '"geometrik" }',
            "did you mean 'geometric'?",
        ),
        (
            '[axes]\n"cavity.diameter_um" = { form = 1.0, to = 40.0, points = 3 }',
            "did you mean 'from'?",
        ),
        (
            '[axes]\n"cavity.diameter_um" = { from = 1.0, to = inf, points = 3 }',
            "a finite number is needed",
        ),
        ('[axes]\n"cavity.diameter_um" = 3.0', "a list of values or"),
        ('[axes]\n"cavity.diameter_um" = [1.0, 1]', "value 2 repeats value 1"),
        ('[axes]\n"cavity.diameter_um" = [nan]', "not a finite number"),
        (
            '[paired]\n"cavity.diameter_um" = [1.0, 2.0]\n"cavity.axial_radius_um" = [1.0]',
            "the same length",
        ),
        ('[points]\ncsv = "none.csv"', "cannot be read"),
        (
            'task = "modez"\n[axes]\n"cavity.diameter_um" = [1.0]',
            "task = 'modez': not allowed; modes or lase; did you mean 'modes'?",
        ),
        ('stoer = "r"\n[axes]\n"cavity.diameter_um" = [1.0]', "did you mean 'store'?"),
        (
            '[axes]\n"cavity.diameter_um" = [1.0]\n[paired]\n"cavity.diameter_um" = [1.0]',
            "set by more than one axis",
        ),
        (
            '[axes]\n"cavity.diameter_um" = [1.0]\n[derived]\n"cavity.axial_radius_um" = '
            '"__import__(1)"',
            "is not allowed",
        ),
        (
            '[sample]\npoints = 4\nmethod = "sobl"\n[sample.bounds]\n"cavity.diameter_um" = {from '
            "= 2.0, to = 1.0}",
            "did you mean 'sobol'?",
        ),
        (
            '[sample]\npoints = 4\n[sample.bounds]\n"cavity.diameter_um" = {from = 2.0, to = 1.0}',
            "bounds reversed",
        ),
        (
            '[axes]\n"cavity.diameter_um" = { points = 4 }',
            "from: missing; a finite number is needed",
        ),
        (
            '[axes]\n"cavity.diameter_um" = { from = 2.0, to = 2.0, points = 4 }',
            "give a list of one value",
        ),
        ('[axes]\n"cavity.diameter_um" = [1.0, -2.0]', "value 2 = -2.0: must be positive"),
        (
            '[axes]\n"cavity.diameter_um" = { from = -2.0, to = 3.0, points = 4 }',
            "value 1 = -2.0: must be positive",
        ),
        (
            '[paired]\n"cavity.diameter_um" = [1.0, "two"]',
            "paired.\"cavity.diameter_um\": value 2 = 'two': must be positive",
        ),
        (
            '[axes]\n"cavity.diameter_um" = [1.0]\n[derived]\n"cavity.axial_radius_um" = "4 * '
            'cavity.diametr_um"',
            "'cavity.diametr_um' is neither in the design nor an axis; did you mean "
            "'cavity.diameter_um'?",
        ),
        (
            '[axes]\n"cavity.diameter_um" = [1.0]\n[derived]\n"cavity.axial_radius_um" = "1 / '
            '(cavity.diameter_um - 1)"',
            "has no value here",
        ),
        (
            '[axes]\n"cavity.diameter_um" = [1.0]\n[plot]\ny = "fsr_nm"\noverlay = "none.csv"',
            "plot.overlay = 'none.csv'",
        ),
        ("[sample]\npoints = 4000000000\n[sample.bounds]\n", "1 to 1000000 points are allowed"),
    ],
)
def test_bad_study_files_are_refused_with_the_key(tmp_path, text, expected):
    told = problems_of(tmp_path, text)
    assert expected in told and "study.toml" in told, told


HEAD = "cavity.diameter_um,cavity.axial_radius_um"


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        ("", "empty; a header and at least one row"),
        (f"{HEAD}\n", "empty; a header and at least one row"),
        (f"{HEAD}\n10,40\n20\n", "line 3 has 1 entries, the header has 2"),
        (f"{HEAD}\n10,40\n\n# a note\n20,nan\n", "line 5: nan is not a finite number"),
        (f"{HEAD}\n10,40\n,80\n", "line 3: cavity.diameter_um: empty"),
        (f"{HEAD}\n10,40\n20,80\n10,40.0\n", "line 4 repeats line 2"),
        (f"{HEAD}\n10,40\nten,80\n", "\"cavity.diameter_um\": line 3 = 'ten': must be positive"),
        (f"{HEAD}\n10,40\n-3,80\n", '"cavity.diameter_um": line 3 = -3: must be positive'),
        (f'{HEAD}\n10,40\n"20,80\n', "line 3 has 1 entries"),
        ("cavity.diametr_um\n10\n", '"cavity.diametr_um": unknown key of a design; did you mean'),
        ("cavity.diameter_um,\n10,40\n", "line 1: column 2 of the header has no name"),
        ("cavity.diameter_um,cavity.diameter_um\n10,40\n", "a column name appears twice"),
        (f"{HEAD.replace(',', ';')}\n10;40\n", "line 1: columns are parted by semicolons"),
    ],
)
def test_bad_points_in_a_csv_are_told_with_their_line(tmp_path, content, expected):
    (tmp_path / "points.csv").write_text(content)
    told = problems_of(tmp_path, '[points]\ncsv = "points.csv"')
    assert expected in told and told.startswith("points.csv: ") and len(told.splitlines()) == 1, (
        told
    )


def test_a_csv_of_a_spreadsheet_is_read(tmp_path):
    """Byte order mark, Windows line ends, blanks, notes."""
    content = (
        "\ufeff# measured\r\ncavity.diameter_um, cavity.body\r\n10.5, PMMA\r\n\r\n20, silica\r\n"
    )
    (tmp_path / "points.csv").write_bytes(content.encode())
    study = study_of(tmp_path, '[points]\ncsv = "points.csv"')
    assert [dict(point.values) for point in study] == [
        {"cavity.diameter_um": 10.5, "cavity.body": "PMMA"},
        {"cavity.diameter_um": 20, "cavity.body": "silica"},
    ]


def test_all_problems_are_told_at_once(tmp_path):
    told = problems_of(
        tmp_path,
        'task = "x"\nstoer = "r"\n[axes]\n"cavity.diameter_um" = []\n"cavity.bodi" = ["a"]\n',
    )
    assert len(told.splitlines()) == 4, told
