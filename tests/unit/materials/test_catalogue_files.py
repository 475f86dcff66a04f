"""Pages of refractiveindex.info: each formula against its own expression, slopes against
differences, published indices, ranges that are kept, and what is refused.
"""

import math
from pathlib import Path

import pytest

from cavitydesign.errors import InputError
from cavitydesign.materials import find_material, read_material

L = 0.6  # um
S = L * L
_NEAR = 1 / (S - 0.028)
_SHARE = 0.452505 + 0.09939 * S / (S - 0.070537) - 0.00015 * S
# Coefficients of each formula, and the index at 0.6 um.
FORMULAS = {
    "1": (
        "0.1 0.9 0.11 0.8 9.0",
        math.sqrt(1 + 0.1 + 0.9 * S / (S - 0.11**2) + 0.8 * S / (S - 81.0)),
    ),
    "2": (
        "0.1 0.9 0.011 0.8 81.0",
        math.sqrt(1 + 0.1 + 0.9 * S / (S - 0.011) + 0.8 * S / (S - 81.0)),
    ),
    "3": ("2.25 0.01 -2 -0.004 2", math.sqrt(2.25 + 0.01 / S - 0.004 * S)),
    "4": (
        "2.4 0.3 2 0.1 2 0.2 0 0.15 1 -0.01 2 0.001 -4",
        math.sqrt(2.4 + 0.3 * S / (S - 0.01) + 0.2 / (S - 0.15) - 0.01 * S + 0.001 / S**2),
    ),
    "5": ("1.5 0.004 -2 0.0001 -4", 1.5 + 0.004 / S + 0.0001 / S**2),
    "6": (
        "1e-5 0.05792105 238.0185 0.00167917 57.362",
        1 + 1e-5 + 0.05792105 / (238.0185 - 1 / S) + 0.00167917 / (57.362 - 1 / S),
    ),
    "7": (
        "1.5 0.002 1e-5 -0.001 1e-5 -1e-7",
        1.5 + 0.002 * _NEAR + 1e-5 * _NEAR**2 - 0.001 * S + 1e-5 * S**2 - 1e-7 * S**3,
    ),
    "8": (
        "0.452505 0.09939 0.070537 -0.000150",
        math.sqrt((1 + 2 * _SHARE) / (1 - _SHARE)),
    ),
    "9": (
        "2.3 0.01 0.02 0.05 1.8 0.4",
        math.sqrt(2.3 + 0.01 / (S - 0.02) + 0.05 * (L - 1.8) / ((L - 1.8) ** 2 + 0.4)),
    ),
}
MALITSON = "0 0.6961663 0.0684043 0.4079426 0.1162414 0.8974794 9.896161"
N_BK7 = "0 1.03961212 0.00600069867 0.231792344 0.0200179144 1.01046945 103.560653"
RUTILE = "5.913 0.2441 0 0.0803 1 0 0 0 1"


def page(entries: str, rest: str = "") -> str:
    """A file of the catalogue."""
    return (
        '# a comment\n\nREFERENCES: |\n    A. Author. <a href="x"><i>J.</i> <b>1</b>, 2</a>\n'
        f'COMMENTS: "a sample: bulk"\nDATA:\n{entries}{rest}'
    )


def formula(number: str, coefficients: str, limits: str = "0.4 1.1") -> str:
    """One entry of DATA."""
    return (
        f"  - type: formula {number} \n    wavelength_range: {limits}\n"
        f"    coefficients: {coefficients}\n"
    )


def table(kind: str, *rows: str) -> str:
    """A tabulated entry of DATA."""
    lines = "\n".join(f"        {row}" for row in rows)
    return f"  - type: tabulated {kind}\n    data: |\n{lines}\n"


@pytest.mark.parametrize("number", FORMULAS)
def test_each_formula_and_its_slope(tmp_path: Path, number: str) -> None:
    """The expression to rounding; the slope against a difference of fourth order, whose own error
    is h^4 n^(5)/30, below 1e-9 per nm for h = 1 nm.
    """
    coefficients, expected = FORMULAS[number]
    file = tmp_path / "glass.yml"
    file.write_text(page(formula(number, coefficients)))
    glass = read_material(file)
    assert glass.index(600.0) == pytest.approx(expected, rel=1e-14)
    ends = [glass.index(600.0 + j) for j in (-2, -1, 1, 2)]
    slope = (ends[0] - 8 * ends[1] + 8 * ends[2] - ends[3]) / 12
    print(number, glass.index(600.0), glass.index_slope_per_nm(600.0), slope)
    assert glass.index_slope_per_nm(600.0) == pytest.approx(slope, abs=1e-9)
    assert glass.range_nm == (400.0, 1100.0)
    assert glass.source == "A. Author. J. 1 , 2" and glass.title == "a sample: bulk"
    for outside in (399.9, 1100.1):
        with pytest.raises(InputError, match="outside its data, 400 to 1100 nm"):
            glass.index(outside)


def test_published_indices(tmp_path: Path) -> None:
    """Schott's own index of N-BK7 at the helium line, 1.5168; DeVore's rutile, 2.613 at the sodium
    line; silica as the library has it.
    """
    file = tmp_path / "glass.yml"
    file.write_text(page(formula("2", N_BK7)))
    assert read_material(file).index(587.5618) == pytest.approx(1.5168, abs=5e-6)
    file.write_text(page(formula("4", RUTILE, "0.43 1.53")))
    assert read_material(file).index(589.3) == pytest.approx(2.613, abs=2e-3)
    file.write_text(page(formula("1", MALITSON, "0.21 6.7")))
    silica = find_material("silica").index(633.0)
    assert read_material(file).index(633.0) == pytest.approx(silica, rel=1e-12)


def test_tables_and_their_own_ranges(tmp_path: Path) -> None:
    """Tabulated n or k beside a formula: the extinction is not extrapolated; a metal's index may be
    below 1.
    """
    file = tmp_path / "mixed.yaml"
    absorbing = table("k", "0.5 1e-6", "0.6 2e-6", "0.7 3e-6", "0.8 4e-6")
    file.write_text(page(formula("5", "1.5"), absorbing + "SPECS:\n    nd: 1\n"))
    glass = read_material(file)
    assert glass.index(1000.0) == 1.5
    assert glass.extinction(600.0) == pytest.approx(2e-6)
    with pytest.raises(InputError, match="outside its extinction data, 500 to 800 nm"):
        glass.extinction(1000.0)
    file.write_text(page(table("nk", "0.4 0.3 2", "0.5 0.2 3", "0.6 0.25 4", "0.7 0.4 5")))
    metal = read_material(file)
    assert (metal.index(500.0), metal.extinction(500.0)) == pytest.approx((0.2, 3.0))
    assert metal.range_nm == (400.0, 700.0)


def test_air_as_reference_is_taken_out(tmp_path: Path) -> None:
    """An index against air is 1.000275 times larger; wavelengths in air are longer by that in
    vacuum.
    """
    file = tmp_path / "air.yml"
    said = "SPECS:\n    n_is_absolute: false\n    wavelength_is_vacuum: false\n"
    file.write_text(page(formula("5", "1.4 0.1 -1"), said))
    glass = read_material(file)
    assert glass.index(600.0) == pytest.approx(1.000275 * (1.4 + 0.1 * 1.000275 / 0.6), rel=1e-12)
    assert glass.range_nm == pytest.approx((400.11, 1100.3025))


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (page(""), "no entries"),
        (page(formula("10", "1.5")), "formula '10' is unknown"),
        (page("  - type: tabulated q\n"), "type 'tabulated q' is unknown"),
        (page(formula("5", "1.5 x")), "finite numbers are needed"),
        (page(formula("5", "1.5 nan")), "finite numbers are needed"),
        (page(formula("5", "1.5", "0.4")), "two wavelengths in um"),
        (page(formula("5", "15.0")), "gives 15 at 400 nm"),
        (page(formula("2", "0 1 0.36")), "a pole within range_nm"),
        (page(formula("9", "2 0.1 0.36")), "a pole within range_nm"),
        (page(formula("4", "2 0.1 2 -0.1 0.5")), "no real number"),
        (page(table("n", "0.5 1.5")), "at least 4 points"),
        (page(table("k", *4 * ("0.5 1.5",))), "none twice"),
        (page(table("nk", "0.5 1.5")), "3 numbers a line"),
        ("DATA: &a\n" + "  - *a\n" * 50, "no entries"),
    ],
)
def test_what_is_no_page_is_refused_in_lines(tmp_path: Path, text: str, words: str) -> None:
    file = tmp_path / "odd.yml"
    file.write_text(text)
    with pytest.raises(InputError, match=words) as refused:
        read_material(file)
    assert all(line.startswith(str(file)) for line in refused.value.problems)
