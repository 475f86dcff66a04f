"""Tables of a medium: every usual separator, header and unit says the same; ranges are kept; what is
not clear is asked about.
"""

import itertools
from pathlib import Path

import pytest

from cavitydesign.errors import InputError
from cavitydesign.materials import read_material

ROWS = [(400.0, 1.530, 4e-6), (500.0, 1.520, 3e-6), (600.0, 1.515, 2e-6), (900.0, 1.510, 1e-6)]
NAMES_NM = ("wavelength_nm", "Wavelength (nm)", "wl_nm", "lambda [nm]", "wvl/nm")
NAMES_UM = ("wl", "wl (um)", "wavelength_um", "Wavelength (\u00b5m)", "\u03bb (\u03bcm)", "lambda")
HEADERS = {"nm": NAMES_NM, "um": NAMES_UM}


@pytest.mark.parametrize(
    ("separator", "decimal"),
    [(",", "."), (";", "."), (";", ","), ("\t", "."), ("\t", ","), ("  ", ".")],
)
@pytest.mark.parametrize("unit", ["nm", "um"])
def test_separators_headers_and_units(
    tmp_path: Path, separator: str, decimal: str, unit: str
) -> None:
    file = tmp_path / "glass.csv"
    for header, backwards in itertools.product(HEADERS[unit], (False, True)):
        rows = [[w if unit == "nm" else w / 1000, n, k] for w, n, k in ROWS]
        lines = [separator.join(str(x).replace(".", decimal) for x in row) for row in rows]
        lines = lines[::-1] if backwards else lines
        names = separator.join([header, "n", "k"])
        file.write_text("\n".join(["# today", names, *lines, "", ""]), encoding="utf-8")
        glass = read_material(file)
        assert glass.range_nm == pytest.approx((400.0, 900.0), rel=1e-12), header
        assert glass.index(500.0) == pytest.approx(1.52, rel=1e-12)
        assert glass.extinction(500.0) == pytest.approx(3e-6, rel=1e-12)
        for outside in (399.0, 901.0):
            with pytest.raises(InputError, match="outside its data"):
                glass.index(outside)


def test_other_shapes_of_the_same_table(tmp_path: Path) -> None:
    """Without a header; two blocks as refractiveindex.info saves them; a header in a comment;
    UTF-16 from a spreadsheet; more columns; an extraordinary index.
    """
    n_rows = "\n".join(f"{w / 1000},{n}" for w, n, _ in ROWS)
    k_rows = "\n".join(f"{w / 1000},{k}" for w, _, k in ROWS)
    plain = "\n".join(f"{w} {n} {k}" for w, n, k in ROWS)
    more = "\n".join(f"{n};{w};{k};7" for w, n, k in ROWS)
    file = tmp_path / "glass.txt"
    for content in (
        plain,
        f"wl,n\n{n_rows}\n\nwl,k\n{k_rows}\n",
        f"% ellipsometer\n% wavelength(nm) n k\n{plain}",
        f"Sample A\nindex;wavelength_nm;kappa;eps1\n{more}",
    ):
        for encoding in ("utf-8", "utf-8-sig", "utf-16"):
            file.write_bytes(content.encode(encoding))
            glass = read_material(file)
            assert glass.index(600.0) == pytest.approx(1.515, rel=1e-12)
            assert glass.extinction(600.0) == pytest.approx(2e-6, rel=1e-12)
    along = "\n".join(f"{w},{n},{n + 0.01}" for w, n, _ in ROWS)
    file.write_text(f"wavelength_nm,n_o,n_e\n{along}\n")
    crystal = read_material(file)
    assert crystal.uniaxial
    assert crystal.index_extraordinary(600.0) == pytest.approx(1.525, rel=1e-12)


def rows(*lines: str, head: str = "wavelength_nm,n") -> str:
    """A table's text."""
    return "\n".join([head, *lines, ""])


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "no column of the index n; a header such as"),
        (rows("500,1.5"), "at least 4 points, not 1"),
        (rows(*4 * ("500,1.5",)), "the wavelength 500 stands twice"),
        (rows("20,1.5", "40,1.5", "60,1.5", "90,1.5", head="wl,n"), "may be nm or um; say which"),
        (rows("1,1.5", "2,1.5", head="wavelength (eV),n"), "give them in nm or um"),
        (rows("500,1.5", "600,x"), "line 3: '600,x': numbers are needed"),
        (rows("500,1.5", "600,nan"), "a finite number is needed"),
        (rows("500,1.5", head="wavelength_nm,n,k"), "line 2: '500,1.5': 3 numbers are needed"),
        (rows("-5,1.5", "600,1.5", "700,1.5", "800,1.5"), "not above 0"),
        (rows("400,1.5", "500,15", "600,1.5", "700,1.5"), "allowed is 1 to 10"),
        (rows("400,1.5", "500,1.6", "600,1.7", "700,1.8"), "rises with the wavelength"),
        (rows("400,1.5,1.5", head="wavelength_nm,n,index"), "two columns are n"),
        (rows("400,2", "500,2", "600,2", "700,2", head="energy_eV,n"), "no column of wavelengths"),
    ],
)
def test_what_is_not_clear_is_told(tmp_path: Path, text: str, words: str) -> None:
    file = tmp_path / "odd.csv"
    file.write_text(text)
    with pytest.raises(InputError, match=words) as refused:
        read_material(file)
    assert all(line.startswith(str(file)) for line in refused.value.problems)


def test_wherever_a_medium_is_read(tmp_path: Path) -> None:
    """Body, fibre and surround of a design by their files, whose contents are in its fingerprint;
    the page gives every worker the same files (`app.limits.check_files`).
    """
    from cavitydesign.app.web.request_limits import check_files
    from cavitydesign.design import parse_design
    from cavitydesign.design.files.named_files import files_of_design

    lines = [f"{w};{n};{k}" for w, n, k in ROWS]
    (tmp_path / "glass.csv").write_text("\n".join(["wavelength_nm;n;k", *lines, ""]))
    page = "DATA:\n  - type: formula 5\n    wavelength_range: 0.4 0.9\n    coefficients: 1.45\n"
    (tmp_path / "silica.yml").write_text(page)
    cavity = {
        "profile": "parabola",
        "diameter_um": 12.0,
        "axial_radius_um": 50.0,
        "fibre_diameter_um": 5.0,
        "body": {"file": "glass.csv"},
        "fibre": {"file": "silica.yml"},
        "surround": "air",
    }
    design = {"cavity": cavity, "modes": {"wavelength_nm": 537.6, "span_nm": 12.0}}
    made = parse_design(design, path=tmp_path / "design.toml")
    media = dict(made.cavity.regions)
    assert media["body"].index(500.0) == pytest.approx(1.52)
    assert media["fibre"].index(500.0) == 1.45
    names = {file.name for file in files_of_design(design, tmp_path)}
    assert names == {"glass.csv", "silica.yml"}
    check_files(design, tmp_path, tmp_path / "design.toml")
