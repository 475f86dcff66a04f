"""What measurements come in by: series of spectra, curves to be fitted, scale bars of micrographs."""

import math
import os
import time

import numpy as np
import pytest
from bounded import within

from cavitydesign.errors import InputError
from cavitydesign.gain.measured.decay import fit_decay
from cavitydesign.gain.measured.emission_line import fit_emission_line
from cavitydesign.gain.measured.stripe import fit_stripe_gain
from cavitydesign.geometry.micrograph import scale_bar_pixels
from cavitydesign.lasing.outcomes.break_count import count_breaks
from cavitydesign.spectrum_fit.spectra.series_file import load_series


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="named pipes are of POSIX")
def test_series_of_spectra_are_bounded(tmp_path, tally) -> None:
    """Pipes, lists and tables of thousands of spectra, names elsewhere, numbers at the ends of
    what floats hold.
    """
    spectra = tmp_path / "spectra"
    spectra.mkdir()
    os.mkfifo(spectra / "s_1mJ.csv")
    (spectra / "s_2mJ.csv").write_text("# exposure_s = 1e-300\nwavelength_nm,intensity\n1,1\n")
    (tmp_path / "secret.csv").write_text("xyzzy\n1\n")
    one = "file,fluence_mj_cm2\n"
    wide = "wavelength_nm," + ",".join(map(str, range(1, 2100))) + "\n"
    files = {
        "list.csv": one + "a.csv,1\n" * 2100,
        "wide.csv": wide + ",".join(["1"] * 2100) + "\n",
        "outside.csv": "file,fluence_mj_cm2\n../secret.csv,1\n",
    }
    for name, content in files.items():
        (spectra.parent / "here").mkdir(exist_ok=True)
        (tmp_path / "here" / name).write_text(content)
    for place in (spectra, *(tmp_path / "here" / name for name in files)):
        error = within(20.0, lambda place=place: load_series(place))
        assert isinstance(error, InputError) and "xyzzy" not in str(error), error
        assert all(len(line) < 300 for line in error.problems)
        tally.add()


CURVES = {
    "emission": (fit_emission_line, [500.0 + n for n in range(16)]),
    "decay": (fit_decay, list(map(float, range(16)))),
    "stripe": (fit_stripe_gain, [1.0 + n for n in range(16)]),
    "light curve": (count_breaks, [1.0, 2.0] * 8),
}


@pytest.mark.parametrize("name", CURVES)
def test_curves_that_allow_no_fit_are_one_line(name: str) -> None:
    """Flat, jumping by 120 decades, and fluences of two places only."""
    fit, place = CURVES[name]
    for light in ([0.0] * 16, [1.0] * 16, [1e60, 1e-60] * 8):
        try:
            found = fit(place, light)
        except InputError as error:
            assert len(str(error).splitlines()) == 1
        else:
            numbers = [one for one in vars(found).values() if isinstance(one, float)]
            assert all(map(math.isfinite, numbers)), found


def test_a_scale_bar_is_not_sought_among_millions_of_marks() -> None:
    """Noise in black and white: every eighth pixel is a mark."""
    noise = 255.0 * np.random.default_rng(0).integers(0, 2, size=(1000, 1000))
    start = time.process_time()
    with pytest.raises(InputError, match="no scale bar found"):
        scale_bar_pixels(noise)
    noise[90:115, 190:410] = 128.0
    noise[100:105, 200:400] = 0.0
    assert scale_bar_pixels(noise)[0] == 200
    assert time.process_time() - start < 20.0


def test_a_cell_of_thousands_of_letters_is_told_in_part(tmp_path) -> None:
    """As a lost piece or zeros in a file make them."""
    from cavitydesign.design.files.column_file import read_columns

    (tmp_path / "t.csv").write_text("time_ps\n1.0\n" + "7\x00" * 3000 + "\n")
    with pytest.raises(InputError, match=r"line 3: time_ps = .*\.\.\.': a finite") as refused:
        read_columns(tmp_path / "t.csv", ["time_ps"])
    assert all(len(line) < 300 for line in refused.value.problems)
