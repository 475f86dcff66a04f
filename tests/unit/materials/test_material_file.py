"""A user's own material file: what it takes, and one clear line for each thing that is wrong."""

from pathlib import Path
from typing import Any

import pytest

from cavitydesign.errors import InputError
from cavitydesign.materials import material_from_table, read_material

GOOD: dict[str, Any] = {
    "name": "my glass",
    "title": "test",
    "source": "own measurement",
    "licence": "CC0-1.0",
    "range_nm": [400.0, 900.0],
    "index": {"kind": "cauchy", "coefficients": [1.5, 0.004], "powers": [0.0, -2.0]},
}
TABLE = {
    "kind": "table",
    "wavelength_nm": [400.0, 500.0, 700.0, 900.0],
    "value": [1.52, 1.51, 1.50, 1.495],
}


def changed(**changes: Any) -> dict[str, Any]:
    return {key: value for key, value in {**GOOD, **changes}.items() if value is not None}


def test_a_good_file_from_disk(tmp_path: Path) -> None:
    file = tmp_path / "glass.toml"
    file.write_text(
        'name = "my glass"\ntitle = "t"\nsource = "s"\nlicence = "l"\nrange_nm = [400, '
        "900]\ntemperature_c = 20\n"
        '[index]\nkind = "table"\nwavelength_nm = [400, 500, 700, 900]\nvalue = [1.52, 1.51, '
        "1.50, 1.495]\n"
        '[extinction]\nkind = "table"\nwavelength_nm = [400, 500, 700, 900]\nvalue = [1e-6, 1e-7, '
        "1e-7, 1e-6]\n"
        '[extraordinary]\nkind = "cauchy"\ncoefficients = [1.6]\npowers = [0.0]\n'
        "[thermo_optic]\nper_k = 1e-5\nper_k_extraordinary = 2e-5\nwavelength_nm = 589.3\nsource "
        '= "s"\n'
    )
    glass = read_material(file)
    assert glass.index(500.0) == pytest.approx(1.51, rel=1e-14)
    assert glass.index_extraordinary(500.0) == 1.6
    assert glass.group_index_extraordinary(500.0) == pytest.approx(1.6)
    assert glass.extinction(500.0) == pytest.approx(1e-7)
    assert glass.absorption_per_cm(500.0) == pytest.approx(0.02513, rel=1e-3)
    assert glass.temperature_c == 20.0
    assert glass.thermo_optic is not None
    assert glass.thermo_optic.per_k_extraordinary == 2e-5


@pytest.mark.parametrize(
    ("table", "words"),
    [
        (changed(name=None), "name: missing"),
        (changed(source="  "), "source: '  ' is not a text"),
        (changed(rangenm=[1, 2]), "rangenm: unknown key; did you mean 'range_nm'"),
        (changed(range_nm=None), "range_nm: missing"),
        (changed(range_nm=[900.0, 400.0]), "range_nm: .* the shorter first"),
        (changed(range_nm=[0.4, float("inf")]), "range_nm"),
        (changed(index=None), "index: missing"),
        (changed(index=1.5), "index: 1.5 is not a table"),
        (
            changed(index={"kind": "selmeier"}),
            "index.kind: 'selmeier' is unknown; did you mean 'sellmeier'",
        ),
        (
            changed(index={"kind": "cauchy", "coefficients": [1.5], "powers": [0, 2]}),
            "1 numbers and powers 2",
        ),
        (
            changed(index={"kind": "cauchy", "coefficients": "1.5", "powers": [0]}),
            "coefficients: a list of finite",
        ),
        (
            changed(index={"kind": "cauchy", "coefficients": [float("nan")], "powers": [0]}),
            "coefficients: a list",
        ),
        (changed(index={**GOOD["index"], "colour": 1}), "index.colour: unknown key"),
        (
            changed(index={"kind": "cauchy", "coefficients": [-1.5], "powers": [0]}),
            "gives -1.5 at 400 nm",
        ),
        (
            changed(index={"kind": "sellmeier", "strengths": [1.2], "poles_um2": [0.3]}),
            "gives nan at|gives .* allowed",
        ),
        (
            changed(index={"kind": "sellmeier", "strengths": [1.2], "poles_um2": [11313.0]}),
            "units um and um",
        ),
        (changed(index={**TABLE, "wavelength_nm": [400, 500, 500, 900]}), "must increase"),
        (
            changed(index={"kind": "table", "wavelength_nm": [400, 900], "value": [1.5, 1.5]}),
            "at least 4 points",
        ),
        (
            changed(index=TABLE, range_nm=[300.0, 900.0]),
            "reaches beyond the table of index, 400 to 900 nm",
        ),
        (changed(extinction={**TABLE, "value": [1e-6, -1e-6, 0, 0]}), "extinction: gives -"),
        (changed(index_error=-1.0), "index_error: -1.0 is not a number of at least 0"),
        # whole numbers beyond what a float holds ended with a traceback
        (changed(index_error=10**400), "index_error: a whole number of about 400 digits is not"),
        (changed(range_nm=[400, 10**400]), "range_nm"),
        (
            changed(index={"kind": "cauchy", "coefficients": [10**400], "powers": [0]}),
            "coefficients: a list of finite",
        ),
        (changed(thermo_optic={"per_k": 1e-5}), "thermo_optic.wavelength_nm: missing"),
        (changed(thermo_optic=1e-5), "thermo_optic: 1e-05 is not a table"),
    ],
)
def test_what_is_wrong_is_said(table: dict[str, Any], words: str) -> None:
    with pytest.raises(InputError, match=words) as caught:
        material_from_table(table, "glass.toml")
    for line in caught.value.problems:
        assert line.startswith("glass.toml: ")
        assert "\n" not in line


def test_all_problems_at_once() -> None:
    with pytest.raises(InputError) as caught:
        material_from_table(
            {"name": 3, "range_nm": [1], "index": {"kind": "x"}, "nmae": 1}, "glass.toml"
        )
    assert len(caught.value.problems) >= 6


def test_files_that_are_no_toml(tmp_path: Path) -> None:
    for name, data in (("a.toml", b"name = "), ("b.toml", b"\xff\xfe\x00"), ("c.toml", b"")):
        (tmp_path / name).write_bytes(data)
        with pytest.raises(InputError, match=name):
            read_material(tmp_path / name)
    with pytest.raises(InputError, match=r"missing\.toml"):
        read_material(tmp_path / "missing.toml")
