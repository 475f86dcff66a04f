"""One rule for every file that another file names: on the command line it is read where it lies,
within the bounds of its kind; with `--within`, and in the explorer, nowhere outside one folder.
"""

import json
import os

import pytest
from small_folder import DESIGN

from cavitydesign.app.calibrations import calibrations_beside
from cavitydesign.errors import InputError
from cavitydesign.texts import WITHIN

MEASURED = "fluence_mj_cm2,emission\n" + "".join(
    f"{0.5 + 0.25 * n},{(0.5 + 0.25 * n) ** (2 if n < 10 else 6):.6g}\n" for n in range(20)
)
# What a file names, what it must hold, and the file that names it.
STUDY = 'design = "design.toml"\ntask = "modes"\n'
SWEEP = STUDY + '[axes]\n"cavity.diameter_um" = [5.0, 6.0]\n'
FREE = '[free]\n"gain.peak_gain_per_cm" = { value = 5000.0, sd = 500.0 }\n'
CAVITY = '[[cavities]]\nname = "a"\ndesign = "lase.toml"\n'
LASE = DESIGN + '[gain]\nmedium = "CsPbBr3-PMMA"\n[pump]\nfluence_mj_cm2 = [0.4, 6.0]\n'
OUTLINE = "z_um,r_um\n" + "".join(f"{z},{7.5 - z * z / 120}\n" for z in range(-12, 13))
BOTTLE = DESIGN.replace('"cylinder"', '"parabola"\naxial_radius_um = 60.0')
SERIES = json.dumps(
    {"spectra": [{"fluence_mj_cm2": 1.0, "lines": [{"wavelength_nm": 537.0, "area": 1.0}]}]}
)
NAMED = {
    "points of a study": ("points.csv", "cavity.diameter_um\n5.0\n6.0\n", STUDY + '[points]\ncsv = "NAME"\n'),
    "overlay of a study": ("over.csv", "cavity.diameter_um,n\n5.0,1\n", SWEEP + '[plot]\ny = ["n"]\noverlay = "NAME"\n'),
    "design of a study": ("other.toml", DESIGN, SWEEP.replace("design.toml", "NAME")),
    "outline": ("outline.csv", OUTLINE, DESIGN.replace('"cylinder"\ndiameter_um = 6.0', '"outline"\nfile = "NAME"')),
    "fibre": ("fibre.csv", "z_um,r_um\n-20,1.0\n0,1.0\n20,1.0\n", BOTTLE.replace("body", 'fibre_file = "NAME"\nfibre = "silica"\nbody')),
    "medium": ("glass.csv", "wl,n\n0.4,1.5\n0.5,1.49\n0.6,1.48\n0.7,1.47\n", DESIGN.replace("index = 1.5", 'file = "NAME"')),
    "section": ("a.geo", "Point(1) = {0, 0, 0};\n", DESIGN.replace('"cylinder"\ndiameter_um = 6.0', '"section"\nfile = "NAME"')),
    "draws": ("draws.csv", "gain.peak_gain_per_cm\n5000\n5100\n5200\n", LASE.replace("[pump]", 'samples = "NAME"\n[pump]')),
    "curve of a calibration": ("curve.csv", MEASURED, CAVITY + 'light_curve = "NAME"\n' + FREE),
    "lines of a calibration": ("lines.csv", "wavelength_nm,output_share\n536.0,0.6\n538.0,0.4\n", CAVITY + 'light_curve = "own.csv"\n[[cavities.spectra]]\nfluence_mj_cm2 = 2.0\noutput_shares = "NAME"\n' + FREE),
    "series of a calibration": ("series.json", SERIES, CAVITY + 'light_curve = "own.csv"\n[[cavities.spectra]]\nfluence_mj_cm2 = 2.0\nseries = "NAME"\n' + FREE),
}  # fmt: skip


def reads(path) -> None:
    """Read the file as its command does."""
    from cavitydesign.calibrate.calibration_file import load_calibration
    from cavitydesign.design import load_design
    from cavitydesign.study.files.study_file import load_study
    from cavitydesign.workflow.study_point import design_schema

    text = path.read_text()
    if "[[cavities]]" in text:
        load_calibration(path)
    elif "task" in text:
        load_study(path, design_schema())
    else:
        load_design(path)


@pytest.mark.parametrize("manner", ["above", "absolute", "link", "far above"])
@pytest.mark.parametrize("what", NAMED)
def test_files_that_files_name(what, manner, tmp_path, monkeypatch, tally) -> None:
    """The same name is read without a folder that reading is held to, and refused with one."""
    monkeypatch.delenv(WITHIN, raising=False)
    here = tmp_path / "here"
    here.mkdir()
    name, content, naming = NAMED[what]
    outside = tmp_path / name
    outside.write_text(content)
    (here / "design.toml").write_text(DESIGN)
    (here / "lase.toml").write_text(LASE)
    (here / "own.csv").write_text(MEASURED)
    written = {
        "above": f"../{name}",
        "absolute": str(outside),
        "link": name,
        "far above": f"below/../../{name}",
    }[manner]
    (here / "below").mkdir()
    if manner == "link":
        (here / name).symlink_to(outside)
    path = here / "given.toml"
    path.write_text(naming.replace("NAME", written))
    free = told_by(path)
    assert "outside" not in free and "No such" not in free and "no such" not in free, free
    monkeypatch.setenv(WITHIN, str(here))
    held = told_by(path)
    assert f"outside {here}" in held and len(held) < 600, held
    monkeypatch.setenv(WITHIN, str(tmp_path))
    assert told_by(path) == free
    tally.add()


def test_a_store_outside_is_one_line(tmp_path, monkeypatch, tally) -> None:
    """An empty folder elsewhere may become a store, but for a study that is held to its folder."""
    here = tmp_path / "here"
    for folder in (here, tmp_path / "kept"):
        folder.mkdir()
    (here / "design.toml").write_text(DESIGN)
    path = here / "given.toml"
    path.write_text(SWEEP.replace("[axes]", 'store = "../kept"\n[axes]'))
    monkeypatch.delenv(WITHIN, raising=False)
    assert told_by(path) == ""
    monkeypatch.setenv(WITHIN, str(here))
    assert told_by(path).startswith("given.toml: store = '../kept': lies outside")
    tally.add()


def told_by(path) -> str:
    """What reading it is refused with; nothing where it is read."""
    try:
        reads(path)
    except InputError as error:
        return "; ".join(error.problems)
    return ""


def test_a_pipe_beside_a_design_stops_no_list_of_draws(tmp_path, tally) -> None:
    """The page looked for draws of a calibration by opening every table beside the design."""
    if not hasattr(os, "mkfifo"):
        pytest.skip("named pipes are of POSIX")
    os.mkfifo(tmp_path / "draws.csv")
    (tmp_path / "found.csv").write_text("gain.peak_gain_per_cm\n1\n")
    assert calibrations_beside(tmp_path / "design.toml") == ["found.csv"]
    tally.add()


def test_the_option_holds_workers_and_the_confined_reader_too(tmp_path, command, tally) -> None:
    """By the command itself."""
    here = tmp_path / "here"
    here.mkdir()
    (tmp_path / "outline.csv").write_text("xyzzy,plugh\n1,2\n")
    (here / "design.toml").write_text(NAMED["outline"][2].replace("NAME", "../outline.csv"))
    asked = ["modes", str(here / "design.toml")]
    assert "xyzzy" in command(asked).err
    told = command(["--within", str(here), *asked])
    assert told.code == 2 and "xyzzy" not in told.err and "outside" in told.err
    told = command(["--within", str(tmp_path / "none"), *asked])
    assert told.code == 2 and "no such folder" in told.err
    tally.add(3)


def test_the_explorer_is_held_to_no_wider_folder(tmp_path, command, tally) -> None:
    """Its own folder took the place of the option's."""
    here = tmp_path / "here"
    here.mkdir()
    (here / "design.toml").write_text(DESIGN)
    asked = ["view", str(here / "design.toml"), "--folder", str(tmp_path), "--no-browser"]
    told = command(["--within", str(here), *asked])
    assert told.code == 2 and f"outside {here}" in told.err
    tally.add()
