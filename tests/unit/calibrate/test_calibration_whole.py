"""A whole calibration on a laser with a closed formula, and what is refused before it starts.

The pulses of a steady four-level laser stand for the rate equations: with r the pump over that at
threshold and beta the spontaneous emission factor, its photons are ((r - 1) + sqrt((r - 1)^2 +
4 beta r)) / 2. The threshold is r = 1, at N = loss / gain.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from scipy import stats

from cavitydesign.calibrate import solves
from cavitydesign.calibrate.calibration_file import load_calibration
from cavitydesign.calibrate.calibration_run import calibrate
from cavitydesign.calibrate.detector import fine_grid
from cavitydesign.calibrate.layout import layout_of
from cavitydesign.calibrate.light import Light
from cavitydesign.calibrate.posterior.likelihood import Comparison
from cavitydesign.calibrate.posterior.student import POINT_WORTH
from cavitydesign.calibrate.pulses import grid_of_task
from cavitydesign.calibrate.setup import prepare
from cavitydesign.errors import InputError
from cavitydesign.gain import Pump
from cavitydesign.lasing.outcomes.output_threshold import LEAST_EFFICIENCY
from cavitydesign.lasing.pumped.averaging import averaged
from cavitydesign.study import SerialExecutor
from cavitydesign.workflow.study_point import design_schema

BETA = 1e-4
COLLECTION = 20.0
DESIGN = """
[cavity]
profile = "cylinder"
diameter_um = 15.0
body = { index = 1.49 }
[modes]
polarisation = "TM"
wavelength_nm = 537.6
span_nm = 8.0
[gain]
medium = "CsPbBr3-PMMA"
laser_collection = 20.0
[pump]
photons = 3
wavelength_nm = 1500.0
fluence_mj_cm2 = [1.2, 5.5]
energy_jitter = 0.03
[lasing]
families = "asked"
quality = { per_um = 24.0 }
"""
CALIBRATION = """
solves = 32
samples = 60
[[cavities]]
name = "ball"
design = "design.toml"
light_curve = "curve.csv"
relative_noise = 0.05
[sessions]
session = { fluence_scale_sd = 0.0 }
[free]
"gain.peak_gain_per_cm" = { median = 1000, factor = 1.5 }
"""


def steady_light(gain, per_um, excitons):
    """Laser and photoluminescence of the closed formula."""
    r = excitons * gain / (600.0 * 24.0 / per_um)
    laser = 0.5 * ((r - 1.0) + np.sqrt((r - 1.0) ** 2 + 4.0 * BETA * r))
    return laser, excitons


def steady_pulses(design, task, folder=None):
    excitons = np.exp(grid_of_task(task).log_excitons)
    per_um = design["lasing"]["quality"]["per_um"]
    laser, glow = steady_light(design["gain"]["peak_gain_per_cm"], per_um, excitons)
    static = 600.0 * 24.0 / per_um / design["gain"]["peak_gain_per_cm"]
    return {
        "laser": laser.tolist(),
        "glow": glow.tolist(),
        "static_excitons": static,
        "least_efficiency": LEAST_EFFICIENCY,
    }


@pytest.fixture
def laboratory(tmp_path, monkeypatch):
    monkeypatch.setattr(solves, "evaluate_pulses", steady_pulses)
    (tmp_path / "design.toml").write_text(DESIGN)
    (tmp_path / "calibration.toml").write_text(CALIBRATION)
    write_curve(tmp_path, 800.0, 0.05)
    return tmp_path


def write_curve(folder, gain, noise, outlier=True):
    """Twenty points as the detector sees them, one of them far off."""
    pump = Pump(photons=3, wavelength_nm=1500.0, energy_jitter=0.03)
    nodes = np.geomspace(0.2, 20.0, 800)
    per_unit = 1.5 / 2.2**3
    laser, glow = steady_light(gain, 24.0, per_unit * nodes**3)
    fluence = np.geomspace(1.3, 4.5, 20)
    light = averaged(pump, nodes, glow + COLLECTION * laser, fluence)
    light = 7e3 * light * np.exp(noise * np.random.default_rng(5).standard_normal(20))
    if outlier:
        light[6] *= 1.7
    rows = "\n".join(f"{x:.5f},{y:.6g}" for x, y in zip(fluence, light, strict=True))
    (folder / "curve.csv").write_text(f"fluence_mj_cm2,emission\n{rows}\n")


def asked(folder):
    return load_calibration(folder / "calibration.toml", design_schema())


def assert_refused(laboratory, file, old, new, words):
    """With one text of a file replaced, the calibration is refused in these words."""
    path = laboratory / file
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new, 1))
    with pytest.raises(InputError) as error:
        asked(laboratory)
    assert words in str(error.value)


def test_the_gain_and_the_threshold_of_the_closed_formula_are_found(laboratory):
    told = []
    answer = calibrate(asked(laboratory), SerialExecutor(), None, told.append)
    gain = answer.constants[0]
    assert gain.key == "gain.peak_gain_per_cm"
    # 20 points of 5 % and one outlier: the 90 % interval holds the truth and is narrow.
    assert gain.quantiles[0] < 800.0 < gain.quantiles[4]
    assert gain.quantiles[4] / gain.quantiles[0] < 1.15
    assert gain.decided_by == "data"
    assert answer.reliable
    # r = 1 at N = 600 / 800; mean excitations are 1.5 (F / 2.2)^3. The definition of the threshold,
    # half of the greatest efficiency, is r = 1 to 1 % in N at this beta.
    right = 2.2 * (600.0 / 800.0 / 1.5) ** (1.0 / 3.0)
    threshold = answer.curves[0].threshold_mj_cm2
    assert threshold[2] == pytest.approx(right, rel=0.02)
    assert answer.curves[0].lases == pytest.approx(1.0)
    assert "peak_gain" in told[0]
    again = calibrate(asked(laboratory), SerialExecutor())
    assert again.constants[0].quantiles == gain.quantiles


def test_an_unknown_scale_of_the_light_leaves_the_scatter_alone(laboratory):
    """The scale of a curve has a flat prior: over it, the likelihood of the scatter s of points
    d_i is the integral of the product of t((d_i - a) / s) / s over a, each to the power that a point
    counts."""
    calibration = asked(laboratory)
    layout = layout_of(calibration)
    ready = prepare(calibration, layout, calibration.cavities[0])
    grid = fine_grid(ready.grid.log_excitons)
    light = Light(
        *(np.array([row]) for row in (grid - 30.0, grid)), *(np.array([x]) for x in (np.inf, -4.6))
    )
    one = Comparison(ready, float(grid[0]), layout)
    deviation = one.deviations(np.zeros((1, len(layout))), light, calibration.cavities[0].curve)
    deviation = deviation[0][0]
    places = np.linspace(-12.0, 12.0, 4001)
    scale, scatter = (layout.index_of(f"{name} of ball") for name in ("scale", "scatter"))
    found, right = [], []
    for z in (4.0, 5.0):
        rows = np.zeros((len(places), len(layout)))
        rows[:, scale], rows[:, scatter] = places, z
        level = one.log_likelihood(rows, light.taken(np.zeros(len(places), dtype=int)))
        found.append(np.log(np.exp(level - 0.5 * places**2).sum()))
        s = float(layout.unknowns[scatter].prior.value(z))
        shift = s * 2.0 * places
        density = stats.t(4.0, shift[:, None], s).pdf(deviation) ** POINT_WORTH
        right.append(np.log(density.prod(axis=1).sum() * s))
    # The prior of the scale is two scatters wide: it counts by 1e-2 of the ratio.
    assert found[1] - found[0] == pytest.approx(right[1] - right[0], abs=0.03)


def test_a_cold_line_width_tells_the_quality(laboratory):
    path = laboratory / "calibration.toml"
    path.write_text(
        path.read_text().replace(
            'light_curve = "curve.csv"',
            "dark_up_to_mj_cm2 = 1.0\ncold_line_width_nm = { value = 1.3, sd = 0.1 }",
        )
        + '"lasing.quality.per_um" = { value = 24, sd = 4 }\n'
    )
    calibration = asked(laboratory)
    layout = layout_of(calibration)
    ready = prepare(calibration, layout, calibration.cavities[0])
    z = np.zeros((3, len(layout)))
    z[:, layout.index_of("lasing.quality.per_um")] = (-1.0, 0.0, 1.0)
    # lambda / Q of the mode nearest to the line, Q = per_um x 15 um
    width = ready.line_width_nm(z)
    assert width * 15.0 * np.array([20.0, 24.0, 28.0]) == pytest.approx(width[1] * 360.0, rel=1e-9)
    assert width[1] * 360.0 == pytest.approx(537.0, abs=6.0)  # half a comb of 11 nm
    grid = fine_grid(ready.grid.log_excitons)
    light = Light(*(np.array([grid] * 3) for _ in range(2)), np.full(3, np.inf), np.full(3, -4.6))
    plain = replace(ready, cavity=replace(ready.cavity, cold_line_width_nm=None))
    with_it, without = (
        Comparison(one, float(grid[0]), layout).log_likelihood(z, light) for one in (ready, plain)
    )
    assert with_it - without == pytest.approx(-0.5 * ((width - 1.3) / 0.1) ** 2)


def test_a_dark_cavity_bounds_the_gain_from_one_side(laboratory):
    text = (laboratory / "calibration.toml").read_text()
    text = text.replace('light_curve = "curve.csv"', "dark_up_to_mj_cm2 = 2.0").replace(
        "relative_noise = 0.05\n", ""
    )
    (laboratory / "calibration.toml").write_text(text)
    answer = calibrate(asked(laboratory), SerialExecutor())
    # N(2.0) = 1.127: dark means gain < 600 / 1.127 = 532 per cm; the median of the prior is 1000.
    gain = answer.constants[0].quantiles
    assert gain[4] < 600.0
    assert gain[4] > 500.0


def test_a_curve_that_lases_and_a_cavity_that_stayed_dark_contradict_each_other(laboratory):
    """The threshold of the curve lies at 1.74 mJ/cm2: no gain leaves the cavity dark up to 4.5."""
    path = laboratory / "calibration.toml"
    dark = "relative_noise = 0.05\ndark_up_to_mj_cm2 = 4.5"
    path.write_text(path.read_text().replace("relative_noise = 0.05", dark))
    answer = calibrate(asked(laboratory), SerialExecutor())
    warnings = "\n".join(answer.contradictions)
    assert set(answer.contradictions) <= set(answer.warnings)
    assert "standard deviations from its prior; the prior is wrong, or data contradict" in warnings
    assert "cannot follow the curve" in warnings


@pytest.mark.parametrize(
    ("reads", "words"),
    [(0.8, "fluence scale of June: 1.2"), (0.3, "again: the model cannot follow the curve")],
)
def test_sessions_that_disagree_are_told_with_the_first_answer(laboratory, reads, words):
    """The power meter of June reads less. 1 / 0.8 is 3.3 standard deviations of what June states, and
    its scale takes it; at 1 / 0.3 no scale does. A quarter of the solves is enough to say so."""
    rows = (laboratory / "curve.csv").read_text().splitlines()
    less = [f"{reads * float(x):.5f},{y}" for x, y in (row.split(",") for row in rows[1:])]
    (laboratory / "june.csv").write_text("\n".join([rows[0], *less]))
    path = laboratory / "calibration.toml"
    second = """[[cavities]]
name = "again"
design = "design.toml"
light_curve = "june.csv"
session = "June"
[sessions]
June = { fluence_scale_sd = 0.07 }
"""
    path.write_text(path.read_text().replace("[sessions]\n", second))
    told = []
    answer = calibrate(asked(laboratory), SerialExecutor(), None, told.append)
    assert told[0].startswith("first answer by least squares")
    assert any(line.startswith(f"first answer, already: {words}") for line in told[1:])
    assert any(line.startswith(words) for line in answer.contradictions)


def test_a_model_of_another_shape_is_noticed(laboratory):
    path = laboratory / "curve.csv"
    lines = path.read_text().splitlines()
    rows = [tuple(map(float, line.split(","))) for line in lines[1:]]
    # A laser that rises half as steeply as any that the model has.
    bent = [f"{x},{y**0.7 * x**2}" for x, y in rows]
    path.write_text("\n".join([lines[0], *bent]))
    answer = calibrate(asked(laboratory), SerialExecutor())
    assert any("cannot follow" in line or "scatter" in line for line in answer.warnings)


@pytest.mark.parametrize(
    ("file", "old", "new", "words"),
    [
        ("calibration.toml", "solves = 32", "solves = 3", "solves = 3"),
        ("calibration.toml", "peak_gain_per_cm", "peak_gain_per_cn", "peak_gain_per_cm"),
        ("calibration.toml", "light_curve", "light_curv", "did you mean 'light_curve'"),
        ("calibration.toml", '"design.toml"', '"nothing.toml"', "nothing.toml"),
        ("calibration.toml", "factor = 1.5", "factor = 0.5", "factor above 1"),
        ("calibration.toml", "session = {", "May = {", "no cavity has this session"),
        ("calibration.toml", "[free]", "[fre]", "did you mean 'free'"),
        ("curve.csv", "emission", "light", "no column emission"),
        ("curve.csv", "1.30000,", "1.30000,-", "every value must be positive"),
        ("curve.csv", "1.30000", "nan", "finite number"),
        ("calibration.toml", "relative_noise", "z_scan", "entry [[measurements]]"),
        ("curve.csv", "fluence_mj_cm2", "power", "no column fluence_mj_cm2"),
        ("calibration.toml", "relative_noise = 0.0", "relative_noise = 5.0", "0.05 is 5 %"),
        ("calibration.toml", '"curve.csv"', '"."', "is a folder; a CSV file is needed"),
    ],
)
def test_what_cannot_be_calibrated_is_refused_before_anything_is_computed(
    laboratory, file, old, new, words
):
    assert_refused(laboratory, file, old, new, words)


def test_one_point_and_no_fluence_range_are_refused(laboratory):
    (laboratory / "curve.csv").write_text("fluence_mj_cm2,emission\n2.0,1.0\n")
    with pytest.raises(InputError, match="1 point; a light curve needs 3") as error:
        asked(laboratory)
    assert len(error.value.problems) == 1
    (laboratory / "curve.csv").write_text("fluence_mj_cm2,emission\n2,1\n2,1.1\n2,0.9\n")
    with pytest.raises(InputError, match="all points lie at one fluence"):
        asked(laboratory)


def test_one_curve_of_two_cavities_is_refused(laboratory):
    path = laboratory / "calibration.toml"
    text = path.read_text()
    again = text[text.index("[[cavities]]") : text.index("[sessions]")]
    path.write_text(
        text.replace("[sessions]", again.replace("name = ", "name = 'other ' #") + "[sessions]")
    )
    with pytest.raises(InputError, match="its points are those of") as error:
        asked(laboratory)
    assert len(error.value.problems) == 1


def test_a_curve_in_another_encoding_is_told_by_its_name(laboratory):
    (laboratory / "curve.csv").write_bytes("# µJ\nfluence_mj_cm2,emission\n1,2\n".encode("latin-1"))
    with pytest.raises(InputError, match=r"^curve.csv: cannot be read \(not a text in UTF-8"):
        asked(laboratory)


def curve_of(folder, fluence, light):
    rows = "\n".join(f"{x!r},{y!r}" for x, y in zip(fluence, light, strict=True))
    (folder / "curve.csv").write_text(f"fluence_mj_cm2,emission\n{rows}\n")


FLUENCE = np.geomspace(1.3, 4.5, 12)


@pytest.mark.parametrize(
    ("fluence", "light", "words"),
    [
        (1000.0 * FLUENCE, FLUENCE**4, "lie a factor of 941 from pump.fluence_mj_cm2"),
        (1e-3 * FLUENCE, FLUENCE**4, "correct the unit"),
        ([*FLUENCE, *FLUENCE[:6]], [*FLUENCE**4, *FLUENCE[:6] ** 4], "6 of 18 rows repeat another"),
        (
            [*FLUENCE, *FLUENCE * (1 + 1e-9)],
            [*FLUENCE**4, *FLUENCE**4],
            "12 of 24 rows repeat another to six digits",
        ),
    ],
    ids=["uj", "j", "pasted twice", "twice, rounded otherwise"],
)
def test_wrong_units_and_rows_that_stand_twice_are_told_in_one_line(
    laboratory, fluence, light, words
):
    curve_of(laboratory, map(float, fluence), map(float, light))
    with pytest.raises(InputError) as error:
        asked(laboratory)
    assert len(error.value.problems) == 1
    assert words in str(error.value)


@pytest.mark.parametrize(
    ("data", "words"),
    [
        ("dark_up_to_mj_cm2 = 4000.0", "dark_up_to_mj_cm2: 4000 mJ/cm2 lies a factor of 1.56e+03"),
        (
            "figures = { upper_break_mj_cm2 = { value = 3000, sd = 1 } }",
            "figures.upper_break_mj_cm2: 3000 mJ/cm2 lies a factor of",
        ),
        (
            "figures = { upper_break_mj_cm2 = { value = 2, sd = 0.1 }, "
            "lower_break_mj_cm2 = { value = 3, sd = 0.1 } }",
            "lower_break_mj_cm2 = 3 must be below upper_break_mj_cm2 = 2",
        ),
        ('light_curve = "curve.csv"\nrelative_noise = 1e-9 #', "0.0001 at least"),
    ],
    ids=["dark in uj", "break in uj", "breaks swapped", "noise of nothing"],
)
def test_impossible_figures_are_told_in_one_line(laboratory, data, words):
    path = laboratory / "calibration.toml"
    text = path.read_text().replace("relative_noise = 0.05", "")
    path.write_text(text.replace('light_curve = "curve.csv"', data))
    with pytest.raises(InputError) as error:
        asked(laboratory)
    assert len(error.value.problems) == 1
    assert words in str(error.value)


def test_the_order_of_the_rows_and_points_at_one_fluence_do_not_matter(laboratory):
    fluence = [2.0, 1.0, 3.0, 2.0]
    curve_of(laboratory, fluence, [4.0, 1.0, 9.0, 5.0])
    read = asked(laboratory).cavities[0].curve
    assert read.fluence_mj_cm2.tolist() == [1.0, 2.0, 2.0, 3.0]
    assert read.emission.tolist() == [1.0, 4.0, 5.0, 9.0]


def test_a_curve_without_a_threshold_gives_a_weak_answer_and_says_so(laboratory):
    """Photoluminescence alone, N = F^3: the gain can only be small."""
    light = 5.0 * FLUENCE**3 * np.exp(0.05 * np.random.default_rng(2).standard_normal(12))
    curve_of(laboratory, FLUENCE.tolist(), light.tolist())
    answer = calibrate(asked(laboratory), SerialExecutor())
    # threshold above 4.5: gain below 600 / (1.5 (4.5 / 2.2)^3) = 46.7 per cm, far from the prior:
    # the collected laser is then faint; nothing but a bound or a doubt may come of it
    assert any("no threshold lies within" in line for line in answer.warnings)


def test_the_next_measurement_is_one_that_tells_of_the_threshold(laboratory):
    """Below the threshold the light does not know the gain; above it, it does."""
    (laboratory / "far_below.toml").write_text(DESIGN.replace("[1.2, 5.5]", "[0.3, 0.5]"))
    path = laboratory / "calibration.toml"
    path.write_text(
        path.read_text().replace('light_curve = "curve.csv"', "dark_up_to_mj_cm2 = 1.0")
        + """
[next]
predict = { name = "asked", design = "design.toml" }
[[next.candidates]]
name = "far below"
design = "far_below.toml"
[[next.candidates]]
name = "across the threshold"
design = "design.toml"
"""
    )
    advice = calibrate(asked(laboratory), SerialExecutor()).advice
    assert [each.name for each in advice.candidates] == ["across the threshold", "far below"]
    # The prior of a factor of 1.5 in the gain is one of 1.5^(1/3) in the threshold: 14 %.
    assert advice.sd_now == pytest.approx(np.log(1.5) / 3.0, rel=0.25)
    assert advice.candidates[0].share_left < 0.3
    assert advice.candidates[1].share_left > 0.8
