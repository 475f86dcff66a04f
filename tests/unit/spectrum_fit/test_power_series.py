"""A made-up power series is read in every form, its lines followed, and its faults told."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from cavitydesign.errors import InputError
from cavitydesign.spectrum_fit.spectra.series import measured_series
from cavitydesign.spectrum_fit.spectra.series_file import load_series

FLUENCES = np.geomspace(1.5, 5.0, 12)
LINES_NM = np.array([533.1, 537.2, 541.3])
THRESHOLDS = np.array([3.4, 2.4, 4.0])
WAVELENGTH = np.arange(525.0, 550.0, 0.05)


def light_of(line, fluence):
    """Area of a line: a power law of slope 3 that becomes a straight laser above its threshold."""
    x = fluence / THRESHOLDS[line]
    return 200.0 * (0.02 * x**3 + np.maximum(x**3 - 1.0, 0.0))


def spectrum(fluence, rng):
    """Three lines of 0.4 nm that move to the blue by 0.3 nm, photoluminescence, noise."""
    counts = 60.0 + 40.0 * fluence * np.exp(-0.5 * ((WAVELENGTH - 538.0) / 6.0) ** 2)
    for line, place in enumerate(LINES_NM):
        centre = place - 0.1 * (fluence - 1.5) / 3.5 * 3.0
        profile = np.exp(-4.0 * np.log(2.0) * ((WAVELENGTH - centre) / 0.4) ** 2)
        counts = counts + light_of(line, fluence) / (0.4 * 1.064) * profile
    return counts + rng.standard_normal(len(counts))


@pytest.fixture(scope="module")
def spectra():
    rng = np.random.default_rng(4)
    return [spectrum(float(fluence), rng) for fluence in FLUENCES]


def write_csv(path, columns, head=""):
    rows = "\n".join(
        ",".join(f"{x:.5g}" for x in row) for row in zip(*columns.values(), strict=True)
    )
    path.write_text(f"{head}{','.join(columns)}\n{rows}\n")


def write_folder(folder, spectra, **settings):
    for fluence, counts in zip(FLUENCES, spectra, strict=True):
        head = f"# fluence_mj_cm2 = {fluence:.6f}\n"
        head += "".join(f"# {key} = {value}\n" for key, value in settings.items())
        write_csv(
            folder / f"s{fluence:.3f}.csv", {"wavelength_nm": WAVELENGTH, "intensity": counts}, head
        )


def test_lines_are_followed_with_their_light_width_and_shift(tmp_path, spectra):
    write_folder(tmp_path, spectra)
    found = measured_series(load_series(tmp_path))
    strong = [track for track in found.tracks if np.nanmax(track.light) > 100.0]
    assert len(strong) == 3
    for line, track in enumerate(strong):
        last = LINES_NM[line] - 0.3
        assert track.wavelength_nm[-1] == pytest.approx(last, abs=0.01)
        # Noise of one count under lines of a thousand: areas to 5 %, widths to 3 %.
        assert track.light[-1] == pytest.approx(light_of(line, FLUENCES[-1]), rel=0.05)
        assert track.fwhm_nm[-1] == pytest.approx(0.4, rel=0.03)
    # Lines appear near their thresholds, where their area passes ten counts.
    appears = [FLUENCES[int(np.argmax(track.light > 10.0))] for track in strong]
    assert np.all(np.abs(np.log(np.array(appears) / THRESHOLDS)) < 0.15)
    assert found.modes[-1] == 3
    shown = found.to_json_dict()
    assert shown["lines"][0]["shift_nm"] < 0
    assert found.light[-1] > found.light[0]


def test_a_folder_a_wide_table_and_a_list_of_files_say_the_same(tmp_path, spectra):
    folder = tmp_path / "folder"
    folder.mkdir()
    write_folder(folder, spectra)
    wide = tmp_path / "wide.csv"
    columns = {f"{f:.6f}": counts for f, counts in zip(FLUENCES, spectra, strict=True)}
    write_csv(wide, {"wavelength_nm": WAVELENGTH, **columns})
    listed = folder / "list.txt"
    names = [f"s{f:.3f}.csv,{f:.6f}" for f in FLUENCES]
    rows = "file,fluence_mj_cm2\n" + "\n".join(names)
    by_list = tmp_path / "folder" / "series.dat"
    by_list.write_text(rows)
    first = load_series(folder)
    for other in (load_series(wide), load_series(by_list)):
        assert [one.fluence_mj_cm2 for one in other.shots] == pytest.approx(FLUENCES, rel=1e-5)
        for one, two in zip(first.shots, other.shots, strict=True):
            assert one.light == pytest.approx(two.light)
    assert not listed.exists()


def test_exposure_filter_and_dark_counts_are_taken_out(tmp_path, spectra):
    write_folder(tmp_path, spectra, exposure_s=0.5, filter_transmission=0.1, dark=60.0)
    shot = load_series(tmp_path).shots[3]
    assert shot.light == pytest.approx((spectra[3] - 60.0) / 0.05, rel=1e-3, abs=0.1)


def test_the_fluence_may_stand_in_the_name(tmp_path, spectra):
    for fluence, counts in zip(FLUENCES[:4], spectra[:4], strict=True):
        name = f"dot_{fluence:.3f}mJ.csv"
        write_csv(tmp_path / name, {"wavelength_nm": WAVELENGTH, "intensity": counts})
    shots = load_series(tmp_path).shots
    assert [one.fluence_mj_cm2 for one in shots] == pytest.approx(FLUENCES[:4], abs=1e-3)


def test_stitched_ranges_are_joined_and_repeats_averaged(tmp_path, spectra):
    write_folder(tmp_path, spectra)
    half = len(WAVELENGTH) // 2
    head = f"# fluence_mj_cm2 = {FLUENCES[0]:.6f}\n"
    first = tmp_path / f"s{FLUENCES[0]:.3f}.csv"
    for name, part in (("a", slice(0, half)), ("b", slice(half, None))):
        columns = {"wavelength_nm": WAVELENGTH[part], "intensity": spectra[0][part]}
        write_csv(tmp_path / f"part_{name}.csv", columns, head)
    first.unlink()
    series = load_series(tmp_path)
    assert len(series.shots) == len(FLUENCES)
    assert series.shots[0].light == pytest.approx(spectra[0], rel=1e-3)
    assert any("stitched" in note for note in series.notes)


def test_repeats_weigh_alike_however_many(tmp_path, spectra):
    """Three repeats of 1, 2 and 6 times the light have the mean 3; one by one it was 3.75. Exact
    up to the five digits of the file.
    """
    write_folder(tmp_path, spectra)
    (tmp_path / f"s{FLUENCES[0]:.3f}.csv").unlink()
    head = f"# fluence_mj_cm2 = {FLUENCES[0]:.6f}\n"
    for factor in (1, 2, 6):
        columns = {"wavelength_nm": WAVELENGTH, "intensity": factor * spectra[0]}
        write_csv(tmp_path / f"repeat_{factor}.csv", columns, head)
    series = load_series(tmp_path)
    assert series.shots[0].light == pytest.approx(3.0 * spectra[0], rel=1e-4)
    assert sum("averaged" in note for note in series.notes) == 2


def test_saturation_a_jumping_background_and_missing_samples_are_told(tmp_path, spectra):
    cut = [counts.copy() for counts in spectra]
    cut[-1] = np.minimum(cut[-1], 0.5 * cut[-1].max())
    cut[5] = cut[5] + 400.0
    cut[2][7] = np.nan
    write_folder(tmp_path, cut)
    found = measured_series(load_series(tmp_path))
    told = " ".join(found.warnings)
    assert "saturated" in told
    assert "counts drifted" in told
    assert f"s{FLUENCES[5]:.3f}.csv: the background" in told
    assert any("1 samples without a number" in note for note in found.notes)


@pytest.mark.parametrize(
    ("exposure", "bias", "dark_current"),
    [(1.0, 0.0, 0.0), (1.0, 1000.0, 0.0), (0.1, 100.0, 0.0), (0.1, 100.0, 20.0), (0.1, -60.0, 0.0)],
    ids=["clean", "bias", "shorter when bright", "dark current", "camera took it away"],
)
def test_backgrounds_of_one_detector_are_no_drift(tmp_path, spectra, exposure, bias, dark_current):
    """Bright spectra are exposed for a shorter time: their counts between the lines jump, as a
    bias, a dark current and a light that rises with the fluence make them."""
    for number, (fluence, counts) in enumerate(zip(FLUENCES, spectra, strict=True)):
        seconds = exposure if number > 7 else 1.0
        raw = bias + (dark_current + counts) * seconds
        head = f"# fluence_mj_cm2 = {fluence:.6f}\n# exposure_s = {seconds}\n"
        write_csv(tmp_path / f"{number}.csv", {"wavelength_nm": WAVELENGTH, "intensity": raw}, head)
    assert not measured_series(load_series(tmp_path)).warnings


@pytest.mark.parametrize(
    ("head", "words"),
    [
        ("", "no fluence"),
        ("# fluence_mj_cm2 = -1\n", "a number above 0"),
        ("# fluence_mj_cm2 = 2\n# exposure_s = 0\n", "exposure_s = '0'"),
    ],
)
def test_what_is_no_series_is_refused_with_the_file(tmp_path, spectra, head, words):
    write_csv(tmp_path / "a.csv", {"wavelength_nm": WAVELENGTH, "intensity": spectra[0]}, head)
    with pytest.raises(InputError, match=r"a\.csv") as error:
        load_series(tmp_path)
    assert words in str(error.value)


def test_two_fluences_are_no_series(tmp_path, spectra):
    for fluence in (1.0, 2.0):
        name = f"s_{fluence}mJ.csv"
        write_csv(tmp_path / name, {"wavelength_nm": WAVELENGTH, "intensity": spectra[0]})
    with pytest.raises(InputError, match="2 fluences"):
        load_series(tmp_path)


def test_a_comb_that_explains_nothing_leaves_the_light_curves(tmp_path, spectra, monkeypatch):
    """The lines are told without labels, and why."""
    from cavitydesign.cli.commands import measure_series
    from cavitydesign.errors import SolverError

    def nothing(*_):
        raise SolverError("fit: no comb of this design explains the peaks")

    monkeypatch.setattr("cavitydesign.spectrum_fit.of_design.fit_design", nothing)
    write_folder(tmp_path, spectra)
    measured = measured_series(load_series(tmp_path))
    design = Path(__file__).parents[3] / "studies" / "quickstart" / "design.toml"
    labelled, told = measure_series._labelled(measured, design, 1)
    assert labelled is measured
    assert told == ["no labels: fit: no comb of this design explains the peaks"]


def test_counts_are_light_and_a_fault_of_all_files_is_told_once(tmp_path, spectra):
    """Three files with one wrong header once made three lines of the same words."""
    write_folder(tmp_path, spectra)
    files = sorted(tmp_path.iterdir())
    usual = load_series(tmp_path)
    for file in files:
        text = file.read_text(encoding="utf-8")
        file.write_text(text.replace("intensity", "counts"), encoding="utf-8")
    assert all(
        np.array_equal(one.light, other.light)
        for one, other in zip(load_series(tmp_path).shots, usual.shots, strict=True)
    )
    for file in files:
        text = file.read_text(encoding="utf-8")
        file.write_text(text.replace("counts", "height"), encoding="utf-8")
    with pytest.raises(InputError) as refused:
        load_series(tmp_path)
    (line,) = refused.value.problems
    assert line.startswith(f"{files[0].name} and {len(files) - 1} more: header: ")


@pytest.mark.parametrize("unit", [1e-3, 1e3], ids=["um", "pm"])
def test_wavelengths_of_another_unit_are_refused(tmp_path, spectra, unit):
    """Lines of 0.533 nm were followed."""
    write_csv(tmp_path / "s_2mJ.csv", {"wavelength_nm": unit * WAVELENGTH, "intensity": spectra[0]})
    with pytest.raises(InputError, match=r"s_2mJ\.csv: wavelength_nm = .*100 to 100000 nm"):
        load_series(tmp_path)


def test_names_in_another_unit_are_told(tmp_path, spectra):
    head = "# fluence_uj_cm2 = 2000\n"
    write_csv(tmp_path / "a.csv", {"wavelength_nm": WAVELENGTH, "intensity": spectra[0]}, head)
    with pytest.raises(InputError, match=r"mJ/cm2 \(fluence_uj_cm2 is in another unit\)"):
        load_series(tmp_path)
    (tmp_path / "a.csv").unlink()
    write_csv(tmp_path / "s_2mJ.csv", {"wavelength_um": WAVELENGTH, "intensity": spectra[0]})
    with pytest.raises(InputError, match="needed; wavelength_um is in another unit"):
        load_series(tmp_path)


def test_an_empty_file_is_told_as_empty(tmp_path, spectra):
    """That its fluence is missing was told."""
    write_folder(tmp_path, spectra)
    (tmp_path / "z.csv").write_text("")
    with pytest.raises(InputError, match=r"z\.csv: empty"):
        load_series(tmp_path)


def test_light_that_stays_the_same_shows_no_break(tmp_path, spectra):
    """Rounding of its logarithm made one, of a hundredth of its fluence."""
    write_folder(tmp_path, [spectra[5]] * len(spectra))
    found = measured_series(load_series(tmp_path))
    assert found.breaks.breaks_mj_cm2 == ()
