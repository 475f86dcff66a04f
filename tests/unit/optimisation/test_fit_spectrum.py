"""Spectra, the comb model, and the parts of the fit that the calibration does not reach."""

import math

import numpy as np
import pytest
from asymptotic_comb import ALL_FAMILIES, comb, model_of

from cavitydesign.errors import InputError, SolverError
from cavitydesign.spectrum_fit.comb_model import CombSample, Family, fit_comb_model
from cavitydesign.spectrum_fit.fit_peaks import fit_peaks
from cavitydesign.spectrum_fit.fit_prior import FitPrior
from cavitydesign.spectrum_fit.spectra.spectrum import (
    Peaks,
    found_peaks,
    is_sampled,
    without_distant,
)
from cavitydesign.spectrum_fit.spectra.spectrum_file import load_peaks, vacuum_wavelength_nm

WINDOW = (517.6, 557.6)
TM1, TE1 = Family("TM", 1, 0), Family("TE", 1, 0)


def model(diameter_um=15.0):
    return model_of(ALL_FAMILIES, diameter_um, 0.08, 0.0144, (516.6, 558.6), 4 * diameter_um)


def sampled(lines_nm, heights, rng, width_nm=0.17, step_nm=0.02, noise=0.01):
    """A spectrum as a spectrometer gives it: Lorentzian lines on a slope, with noise."""
    x = np.arange(515.0, 560.0, step_nm)
    y = sum(
        h / (1 + ((x - line) / (width_nm / 2)) ** 2)
        for line, h in zip(lines_nm, heights, strict=True)
    )
    return x, y + 0.2 + 0.002 * (x - 515) + noise * rng.standard_normal(len(x))


def test_comb_model_between_its_nodes():
    """Cubic in wavelength and diameter, quadratic in the index: 1e-3 nm is a twentieth of the noise
    that the fit meets.
    """
    fitted = model()
    for v, w in ((0.031, 0.0), (-0.052, 0.007), (0.07, -0.011)):
        for place, family in enumerate(fitted.families):
            orders, lines = comb(family, 15.0 * math.exp(v), w, WINDOW, 60.0)
            found = fitted.wavelengths(place, orders.astype(float), v, w)
            assert np.abs(found - lines).max() < 1e-3
    assert fitted.errors_nm.max() < 1e-3


def test_slopes_of_the_comb_model_against_differences():
    fitted = model()
    place, at = np.array([0, 2]), np.array([530.0, 545.0])
    _, slopes = fitted.order_and_slopes(place, at, 0.02, 0.003)
    for row, (dx, dv, dw) in enumerate(((1e-3, 0, 0), (0, 1e-6, 0), (0, 0, 1e-6))):
        high, _ = fitted.order_and_slopes(place, at + dx, 0.02 + dv, 0.003 + dw)
        low, _ = fitted.order_and_slopes(place, at - dx, 0.02 - dv, 0.003 - dw)
        assert slopes[row] == pytest.approx((high - low) / (2 * (dx + dv + dw)), rel=1e-5)


def test_too_few_samples_are_refused():
    with pytest.raises(SolverError, match="no modes in the range"):
        fit_comb_model(15.0, [])
    few = [
        CombSample(TM1, 120 + j, 530.0 + j, v, w)
        for j in range(2)
        for v in (-0.1, 0.1)
        for w in (-0.01, 0.01)
    ]
    with pytest.raises(SolverError, match="too few modes"):
        fit_comb_model(15.0, few)


def test_peaks_of_a_sampled_spectrum():
    """Tops within 0.01 nm, a twentieth of the line width, at a noise of 1 % of the strongest
    line.
    """
    rng = np.random.default_rng(4)
    lines, heights = [519.313, 523.877, 531.2, 540.05, 552.431], [0.4, 1.0, 0.3, 0.8, 0.5]
    peaks = found_peaks(*sampled(lines, heights, rng), 0.02)
    assert len(peaks) == 5 and np.abs(peaks.wavelength_nm - lines).max() < 0.02
    assert np.sqrt(np.mean((peaks.wavelength_nm - lines) ** 2)) < 0.01


def test_a_list_of_peaks_is_not_taken_for_a_spectrum(tmp_path):
    x, y = sampled([530.0, 535.0, 541.0], [1.0, 1.0, 1.0], np.random.default_rng(0))
    assert is_sampled(x, y) and not is_sampled(x, None) and not is_sampled(x[:40], y[:40])
    assert not is_sampled(np.concatenate([x[:100], x[-100:]]), np.ones(200))
    rows = "\n".join(f"{a:.3f},{b:.5f}" for a, b in zip(x, y, strict=True))
    (tmp_path / "s.csv").write_text(f"wavelength_nm,intensity\n{rows}\n")
    assert load_peaks(tmp_path / "s.csv", 0.02).wavelength_nm == pytest.approx(
        [530.0, 535.0, 541.0], abs=0.02
    )
    (tmp_path / "p.csv").write_text(
        "wavelength_nm,polarisation,error_nm\n541,TE,0.01\n530,TM,0.02\n535,,0.03\n"
    )
    peaks = load_peaks(tmp_path / "p.csv", 0.02)
    assert list(peaks.wavelength_nm) == [530, 535, 541] and peaks.polarisation == ("TM", None, "TE")
    assert list(peaks.error_nm) == [0.02, 0.03, 0.01]


def test_columns_as_spectrometers_part_them(tmp_path):
    """A byte order mark, semicolons with decimal commas, tabs, notes, columns of others, Windows
    line ends.
    """
    for number, content in enumerate(
        (
            "wavelength_nm,polarisation,error_nm\n530.1,TM,0.01\n535.2,TE,0.02\n541.3,,0.03\n",
            "\ufeffwavelength_nm;polarisation;error_nm\r\n530,1;TM;0,01\r\n535,2;TE;0,02\r\n541,3;;0,03\r\n",
            "# of today\nwavelength_nm\tname\tpolarisation\terror_nm\n530,1\ta,b\tTM\t1e-2\n535.2\tc\tTE\t,02\n541,3\td\t\t0,03\n",
            "error_nm; wavelength_nm; "
            "polarisation\n0,03;541,3;\n0,01;530,1;TM\n0,02;535,2;TE\n0,05;535,2;TE\n",
        )
    ):
        path = tmp_path / f"{number}.csv"
        path.write_bytes(content.encode())
        peaks = load_peaks(path)
        assert list(peaks.wavelength_nm) == [530.1, 535.2, 541.3] and peaks.polarisation == (
            "TM",
            "TE",
            None,
        )
        assert list(peaks.error_nm) == [0.01, 0.02, 0.03]
        assert peaks.notes == (
            ("3.csv: peaks named twice are taken once (line 5)",) if number == 3 else ()
        )


def test_a_dense_list_of_peaks_is_a_list(tmp_path):
    """Seventy peaks of one comb, 0.6 nm apart, with intensities: as even as samples, but no
    spectrometer has such steps.
    """
    rows = "\n".join(f"{520 + 0.6 * j:.2f},{1 + (j % 7)}" for j in range(70))
    (tmp_path / "p.csv").write_text(f"wavelength_nm,intensity\n{rows}\n")
    assert len(load_peaks(tmp_path / "p.csv")) == 70


def test_peaks_of_another_range_are_left_out():
    """A pump line and its second order beside five peaks at 4 nm; two halves of a spectrum both
    stay.
    """
    x = np.array([540.0, 536.0, 532.0, 544.0, 548.0, 266.0, 1064.0])
    peaks = without_distant(Peaks(x, np.full(7, 0.02), ("TM",) * 4 + ("TE", None, None)), 4.1)
    assert list(peaks.wavelength_nm) == [532, 536, 540, 544, 548] and peaks.polarisation == (
        "TM",
    ) * 4 + ("TE",)
    assert peaks.notes == (
        "left out: 266, 1064 nm, more than 8 mode spacings from the other peaks",
    )
    halves = Peaks(np.concatenate([x[:5], x[:5] + 100.0]), np.full(10, 0.02), (None,) * 10)
    assert without_distant(halves, 4.1) is halves


def test_rows_of_a_spectrum_in_any_order_and_twice(tmp_path):
    x, y = sampled([530.0, 535.0, 541.0], [1.0, 1.0, 1.0], np.random.default_rng(0))
    order = np.random.default_rng(1).permutation(len(x))
    for name, rows in (("a", np.arange(len(x))), ("b", order), ("c", np.repeat(order, 2))):
        lines = "\n".join(f"{x[row]:.3f};{y[row]:.5f}".replace(".", ",") for row in rows)
        (tmp_path / f"{name}.csv").write_text(f"wavelength_nm;intensity\n{lines}\n")
    first, *others = (load_peaks(tmp_path / f"{name}.csv") for name in "abc")
    assert first.notes == (f"a spectrum of {len(x)} samples; 3 peaks found",)
    for other in others:
        assert np.array_equal(first.wavelength_nm, other.wavelength_nm) and np.array_equal(
            first.error_nm, other.error_nm
        )


def test_wavelengths_of_air_become_those_of_vacuum(tmp_path):
    """Lines of sodium (D2, D1), helium-neon and mercury in standard air and in vacuum, as tabulated
    by NIST to 1e-4 nm.
    """
    air, vacuum = [435.8335, 588.9950, 589.5924, 632.8161], [435.9560, 589.1583, 589.7558, 632.9911]
    assert vacuum_wavelength_nm(np.array(air)) == pytest.approx(vacuum, abs=3e-4)
    (tmp_path / "a.csv").write_text("wavelength_air_nm\n" + "\n".join(map(str, air)) + "\n")
    (tmp_path / "v.csv").write_text("wavelength_vacuum_nm\n" + "\n".join(map(str, vacuum)) + "\n")
    in_air, in_vacuum = (load_peaks(tmp_path / name, 0.02) for name in ("a.csv", "v.csv"))
    assert in_air.wavelength_nm == pytest.approx(in_vacuum.wavelength_nm, abs=3e-4)
    assert (in_air.measured_in, in_vacuum.measured_in) == ("air", "vacuum")


def test_a_sampled_spectrum_in_air(tmp_path):
    x, y = sampled([530.0, 535.0, 541.0], [1.0, 1.0, 1.0], np.random.default_rng(0))
    rows = "\n".join(f"{a:.3f},{b:.5f}" for a, b in zip(x, y, strict=True))
    (tmp_path / "s.csv").write_text(f"# spectrometer 2\nwavelength_air_nm,intensity\n{rows}\n")
    peaks = load_peaks(tmp_path / "s.csv", 0.02)
    expected = vacuum_wavelength_nm(np.array([530.0, 535.0, 541.0]))
    assert peaks.wavelength_nm == pytest.approx(expected, abs=0.02) and peaks.measured_in == "air"


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        ("wavelength_nm,wavelength_air_nm\n530,530\n", "give one column of wavelengths"),
        ("wavelength\n530\n", "a column wavelength_nm is needed"),
        (
            "wavelength_nm;intensity\n530,1;1\n531;\n",
            "line 3: intensity = '': a finite number is needed",
        ),
        ("wavelength_nm\n530,1\n531,2\n", "line 2 has 2 entries, the header has 1"),
        (
            "wavelength (nm)\tcounts\n530\t1\n",
            "header: wavelength (nm), counts; a column wavelength_nm is needed",
        ),
        (
            "wavelength_nm,intensity\n530,1\n531,nan\n",
            "line 3: intensity = 'nan': a finite number is needed",
        ),
        ("wavelength_nm,intensity\n530\n531,1\n", "line 2 has 1 entries, the header has 2"),
        (
            "wavelength_nm,error_nm\n530,0\n531,1\n",
            "line 2: error_nm = '0': a finite number above 0",
        ),
        (
            "wavelength_nm,error_nm\n530,0.1\n531,20\n",
            "line 3: error_nm = 20: must be at most 5 nm (units?)",
        ),
        (
            "wavelength_nm\n0.53\n0.54\n",
            "line 2: wavelength_nm = 0.53: must be 100 to 100000 nm (units?)",
        ),
        ("wavelength_nm\n", "empty; a header and at least one row are needed"),
        ("", "empty; a header and at least one row are needed"),
        ("wavelength_nm\n530\n530\n531\n", "2 peaks; a fit needs at least 3"),
        (
            "wavelength_nm\n" + "\n".join(f"{500 + 0.1 * j:.1f}" for j in range(501)),
            "501 peaks; at most 500 are fitted",
        ),
        (
            "wavelength_nm\n530\n\n# off\n-3\n",
            "line 5: wavelength_nm = '-3': a finite number above 0",
        ),
        (
            "wavelength_nm,polarisation\n530,TM\n531,tm\n",
            "line 3: polarisation = 'tm': TM, TE or empty; did you mean 'TM'?",
        ),
        ("wavelength_nm\n530\n531\n", "2 peaks; a fit needs at least 3"),
    ],
)
def test_bad_spectra_are_told_with_their_line(tmp_path, content, expected):
    (tmp_path / "s.csv").write_text(content)
    with pytest.raises(InputError) as caught:
        load_peaks(tmp_path / "s.csv", 0.02)
    assert expected in str(caught.value), str(caught.value)


def lines_of(families, diameter_um, offset_nm, rng):
    found = []
    for family in families:
        orders, lines = comb(family, diameter_um, 0.001, WINDOW, 60.0)
        found += [
            (x + offset_nm + 0.02 * rng.standard_normal(), family, m)
            for m, x in zip(orders, lines, strict=True)
        ]
    return sorted(found, key=lambda row: row[0])


def test_a_spectrometer_off_by_0_3_nm_leaves_the_labels():
    """Three times its prior: most of it goes into the diameter (0.3 / 537 = 0.06 %), none into the
    orders.
    """
    rows = lines_of((TM1, TE1), 15.1, 0.3, np.random.default_rng(2))
    peaks = Peaks(np.array([r[0] for r in rows]), np.full(len(rows), 0.02), (None,) * len(rows))
    best = fit_peaks(peaks, model(), FitPrior(0.3)).candidates[0]
    assert best.labels == tuple(family.label(int(m)) for _, family, m in rows)
    assert abs(best.diameter_um - 15.1) < 3 * best.diameter_error_um


def test_a_measured_polarisation_decides_between_families():
    """Peaks said to be TE are labelled TE; said to be TM, the same peaks are labelled TM at another
    diameter or not at all.
    """
    rows = lines_of((TE1,), 15.1, 0.0, np.random.default_rng(5))
    x = np.array([r[0] for r in rows])
    as_te = fit_peaks(Peaks(x, np.full(len(x), 0.02), ("TE",) * len(x)), model(), FitPrior(0.3))
    assert as_te.candidates[0].labels == tuple(family.label(int(m)) for _, family, m in rows)
    as_tm = fit_peaks(Peaks(x, np.full(len(x), 0.02), ("TM",) * len(x)), model(), FitPrior(0.3))
    labels = {
        label.split()[0] for candidate in as_tm.candidates for label in candidate.labels if label
    }
    assert labels == {"TM"}
    assert as_tm.candidates[0].rms_nm > as_te.candidates[0].rms_nm


def test_peaks_that_are_no_comb_are_refused():
    """Spacings of 0.3 to 3 nm, where the only family of the design has 4.1 nm."""
    x = np.array([520.0, 520.4, 521.3, 523.0, 525.9])
    only = model_of((TM1,), 15.0, 0.02, 3.6e-4, (516.6, 558.6), 60.0)
    with pytest.raises(SolverError, match=r"known to 0\.002 nm; give a larger --noise"):
        fit_peaks(Peaks(x, np.full(5, 0.002), (None,) * 5), only, FitPrior(0.05, index_sd=1e-4))


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({"diameter_sd_um": 0.0}, "diameter_sd_um = 0: must be above 0"),
        ({"diameter_sd_um": 0.1, "missed": 1.0}, "missed = 1: must lie between 0 and 1"),
        ({"diameter_sd_um": 0.1, "index_sd": -1.0}, "index_sd = -1: must be above 0"),
    ],
)
def test_impossible_priors(given, expected):
    with pytest.raises(InputError, match=expected):
        FitPrior(**given)


def test_the_asymptotic_model_of_these_tests_has_the_published_spacing():
    """That the synthetic spectra are of such cavities: 4.1 nm at 15 um, 0.69 nm at 88 um, solved
    with PMMA's dispersion.
    """
    for diameter, spacing in ((15.0, 4.1), (88.0, 0.69)):
        _, lines = comb(TM1, diameter, 0.0, (532.0, 543.0), 4 * diameter)
        assert np.mean(-np.diff(lines)) == pytest.approx(spacing, rel=0.03)
