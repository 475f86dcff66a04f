"""`cavitydesign measure`: known constants back from curves made with them, and one line for bad
files.
"""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner

from cavitydesign.cli.main import app
from cavitydesign.gain.measured.stripe import stripe_emission
from cavitydesign.gain.measured.z_scan import ZScan

SCAN = ZScan(3, 1500.0, 100.0, 100.0, 20.0, 1e18, 1.0)


def written(path: Path, columns: dict[str, np.ndarray]) -> str:
    rows = [
        ",".join(columns),
        *(",".join(f"{v:.12g}" for v in row) for row in zip(*columns.values(), strict=True)),
    ]
    path.write_text("\n".join(rows))
    return str(path)


def answer(*words: str) -> dict[str, object]:
    done = CliRunner().invoke(app, ["measure", *words, "--json"])
    assert done.exit_code == 0, done.output
    return json.loads(done.stdout)


def test_light_curve_of_a_known_power_law(tmp_path: Path) -> None:
    """Slopes 3, 6, 3 and breaks 2.1, 3.0 drawn without noise come back to 1e-6."""
    fluence = np.geomspace(1.0, 6.0, 60)
    law = (
        3 * np.log(fluence)
        + 3 * np.maximum(np.log(fluence / 2.1), 0)
        - 3 * np.maximum(np.log(fluence / 3.0), 0)
    )
    found = answer(
        "light-curve",
        written(tmp_path / "l.csv", {"fluence_mj_cm2": fluence, "emission": np.exp(law)}),
    )
    assert found["breaks_mj_cm2"] == pytest.approx([2.1, 3.0], rel=1e-6)
    assert found["slopes"] == pytest.approx([3.0, 6.0, 3.0], rel=1e-6)
    assert found["onset"] is True


@pytest.mark.parametrize(("slopes", "lines"), [((3.0, 3.0), 0), ((2.0, 5.0), 1)])
def test_a_light_curve_is_drawn(tmp_path: Path, slopes: tuple[float, float], lines: int) -> None:
    """The law passes through the points, whose noise is 2 %, and each break has its line."""
    from cavitydesign.lasing.outcomes.break_count import count_breaks
    from cavitydesign.visualise.lasers.measured_curve import draw_measured_curve

    fluence = np.geomspace(1.0, 6.0, 40)
    law = slopes[0] * np.log(fluence) + np.diff(slopes) * np.maximum(np.log(fluence / 2.5), 0)
    light = 7.0 * np.exp(law + 0.02 * np.random.default_rng(5).standard_normal(40))
    file = written(tmp_path / "l.csv", {"fluence_mj_cm2": fluence, "emission": light})
    picture = tmp_path / "curve.svg"
    done = CliRunner().invoke(app, ["measure", "light-curve", file, "--out", str(picture)])
    assert done.exit_code == 0 and f"picture: {picture}" in done.stderr
    assert picture.stat().st_size > 1000
    ax = draw_measured_curve(fluence, light, count_breaks(fluence, light)).axes[0]
    drawn = next(one for one in ax.lines if str(one.get_label()).startswith("slope"))
    at = np.log(np.asarray(drawn.get_xydata(), dtype=float))
    off = np.log(light) - np.interp(np.log(fluence), at[:, 0], at[:, 1])
    print(off.std(), [one.get_label() for one in ax.lines])
    assert off.std() < 0.03, "2 % of noise, half as much again for the fit"
    upright = [one for one in ax.lines if len(set(np.asarray(one.get_xdata()))) == 1]
    assert len(upright) == lines


def test_a_picture_of_no_kind_is_refused(tmp_path: Path) -> None:
    fluence = np.geomspace(1.0, 6.0, 20)
    file = written(tmp_path / "l.csv", {"fluence_mj_cm2": fluence, "emission": fluence**3})
    done = CliRunner().invoke(app, ["measure", "light-curve", file, "--out", "curve.xyz"])
    assert done.exit_code == 2 and "png, pdf or svg" in done.stderr


def test_saturating_photoluminescence_has_no_threshold(tmp_path: Path) -> None:
    """Slopes of 2, 1.4 and 1, as of carriers that recombine in pairs: two breaks, none of which is
    a threshold (they were named ASE and lasing thresholds).
    """
    fluence = np.geomspace(0.01, 1.0, 60)
    law = (
        2.0 * np.log(fluence)
        - 0.6 * np.maximum(np.log(fluence / 0.05), 0)
        - 0.4 * np.maximum(np.log(fluence / 0.3), 0)
    )
    file = written(tmp_path / "l.csv", {"fluence_mj_cm2": fluence, "emission": np.exp(law)})
    assert answer("light-curve", file)["onset"] is False
    told = CliRunner().invoke(app, ["measure", "light-curve", file]).stdout
    assert "none: the curve does not steepen" in told
    assert "lasing threshold" not in told


def test_z_scan_gives_the_cross_section_back(tmp_path: Path) -> None:
    """sigma_3 = 5.1e-75 cm^6 s^2 put in, without noise: back to 1e-4."""
    place = np.linspace(-6, 6, 61)
    shown = SCAN.transmittance(place, 5.1e-75)
    file = written(tmp_path / "z.csv", {"position_mm": place, "transmittance": shown})
    options = [
        "--photons",
        "3",
        "--wavelength",
        "1500",
        "--energy",
        "100",
        "--pulse",
        "100",
        "--waist",
        "20",
        "--density",
        "1e18",
        "--thickness",
        "1",
    ]
    found = answer("z-scan", file, *options)
    assert found["sigma"] == pytest.approx(5.1e-75, rel=1e-4)


def test_stripe_and_spacings(tmp_path: Path) -> None:
    """Gain of 300 cm^-1 and index 1.5 put in, without noise: back to 1e-6."""
    length = np.linspace(50.0, 200.0, 12)
    file = written(
        tmp_path / "s.csv", {"length_um": length, "emission": stripe_emission(length, 300.0, 1.0)}
    )
    assert answer("stripe", file)["net_gain_per_cm"] == pytest.approx(300.0, rel=1e-6)
    diameter = np.array([15.0, 33.0, 88.0])
    wave = np.full(3, 537.6)
    spacing = wave**2 / (np.pi * diameter * 1e3 * 1.5)
    columns = {"wavelength_nm": wave, "spacing_nm": spacing, "diameter_um": diameter}
    assert answer("spacings", written(tmp_path / "d.csv", columns))["index"] == pytest.approx(
        1.5, rel=1e-6
    )


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("fluence,emission\n1,2\n", "no column fluence_mj_cm2"),
        ("fluence_mj_cm2,emission\n1,x\n", "line 2: emission = 'x'"),
        ("fluence_mj_cm2,emission\n", "no rows"),
        ("", "empty"),
    ],
)
def test_bad_files_get_one_line(tmp_path: Path, text: str, told: str) -> None:
    """Exit code 2 and the file, the line and the value."""
    file = tmp_path / "bad.csv"
    file.write_text(text)
    done = CliRunner().invoke(app, ["measure", "light-curve", str(file)])
    assert done.exit_code == 2
    assert told in done.output + (done.stderr or "")


@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_every_table_that_fit_reads_is_read(tmp_path: Path, separator: str) -> None:
    """Semicolons, tabs, # lines, empty lines, a byte order mark; a decimal comma where none
    parts.
    """
    decimal = "." if separator == "," else ","
    rows = ["# gain of a stripe", "length_um,emission", ""]
    lengths = np.linspace(20.0, 200.0, 12)
    emission = stripe_emission(lengths, 50.0)
    rows += [f"{x:.4f},{y:.10g}" for x, y in zip(lengths, emission, strict=True)]
    text = "\n".join(row.replace(",", separator) for row in rows)
    text = "\n".join(
        line if line.startswith("#") else line.replace(".", decimal) for line in text.split("\n")
    )
    file = tmp_path / "stripe.csv"
    file.write_text("\ufeff" + text, encoding="utf-8")
    assert answer("stripe", str(file))["net_gain_per_cm"] == pytest.approx(50.0, rel=1e-5)


# Per command: columns, and one line of them that it refuses; 500 in all columns is no such line
REFUSED = {
    "light-curve": ("fluence_mj_cm2,emission", "1,-3"),
    "z-scan": ("position_mm,transmittance", "1,0"),
    "emission": ("wavelength_nm,intensity", "500,x"),
    "stripe": ("length_um,emission", "0,1"),
    "spacings": ("wavelength_nm,spacing_nm,diameter_um", "500,-1,15"),
    "temperature": ("temperature_k,threshold", "300,0"),
}
OF_SCAN = (
    "--photons 3 --wavelength 1500 --energy 9 --pulse 9 --waist 9 --density 1e18 --thickness 1"
)


def refusal(words: str, file: Path) -> list[str]:
    more = OF_SCAN.split() if words == "z-scan" else []
    done = CliRunner().invoke(app, ["measure", words, str(file), *more])
    assert done.exit_code == 2, done.output
    return done.stderr.splitlines()


@pytest.mark.parametrize("words", REFUSED)
def test_a_number_that_no_measurement_has_is_told_with_its_line(tmp_path: Path, words: str) -> None:
    head, row = REFUSED[words]
    file = tmp_path / "bad.csv"
    good = ",".join(["500"] * (head.count(",") + 1))
    file.write_text(f"# a comment\n{head}\n{good}\n{row}\n")
    lines = refusal(words, file)
    assert len(lines) == 1 and lines[0].startswith("bad.csv: line 4: ")
    needed = "finite number" if "x" in row else "number above 0"
    assert f"a {needed} is needed" in lines[0]


@pytest.mark.parametrize("words", [*(one for one in REFUSED if one != "spacings"), "decay"])
def test_every_refusal_of_a_curve_names_its_file(tmp_path: Path, words: str) -> None:
    """Two rows are too few for any of them, and equal ones tell nothing: nine points of a Z-scan at
    one place gave a cross-section with an error of 1e-13 of it. Spacings need one row alone.
    """
    head = REFUSED[words][0] if words in REFUSED else "time_ps,signal"
    file = tmp_path / "few.csv"
    for rows in (2, 9):
        file.write_text(head + "\n" + (",".join(["500"] * (head.count(",") + 1)) + "\n") * rows)
        lines = refusal(words, file)
        assert lines and all(line.startswith(f"{file}: ") for line in lines), lines


def test_refusals_of_a_series_name_folder_or_file(tmp_path: Path) -> None:
    """A series without a line; a list whose dark file is not there."""
    wave = np.linspace(500.0, 560.0, 80)
    flat = {"wavelength_nm": wave} | {name: np.ones(80) for name in ("1", "2", "3")}
    table = tmp_path / "flat.csv"
    written(table, flat)
    assert refusal("series", table)[0].startswith(f"{table}: series: no line stands out")
    written(tmp_path / "s.csv", {"wavelength_nm": wave, "intensity": np.ones(80)})
    listed = tmp_path / "list.csv"
    listed.write_text("file,fluence_mj_cm2,dark_file\ns.csv,1,no.csv\n")
    assert refusal("series", listed) == [
        "s.csv: dark_file = 'no.csv': no such file in the same folder"
    ]


SECRET = "root:$y$j9T$abc:19000:0:99999:7:::"


@pytest.mark.parametrize(
    "content", [f"{SECRET}\nbin:*:19000::::::\n", "hunter2\nother\n", f"{SECRET},,,\n1,2,3,4\n"]
)
def test_a_file_that_is_no_table_is_not_quoted(tmp_path: Path, content: str) -> None:
    """A list of passwords, or a word in a line: what is missing is said, not what is there."""
    file = tmp_path / "shadow"
    file.write_text(content)
    for words in (*REFUSED, "decay", "series"):
        said = " ".join(refusal(words, file))
        assert "root" not in said and "hunter2" not in said and "j9T" not in said
        assert "header" in said
