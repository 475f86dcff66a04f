"""Hostile values at keys of designs, files of media and calibrations: one line, or the right thing.

`python tests/hostile/fuzz_schema.py` sets every key to every value (24,000 inputs).
"""

import random

import pytest
from fuzz_schema import VALUES, keys, told, with_value

from cavitydesign.design import parse_design
from cavitydesign.design.schema import TABLES
from cavitydesign.errors import InputError
from cavitydesign.materials.dataset import read_material
from cavitydesign.texts import Refused, check_bounded, visible


def test_no_value_at_any_key_is_more_than_a_refusal(tmp_path, tally) -> None:
    """Each key with one of the values, drawn anew for each table."""
    chance = random.Random(7)
    wrong = []
    for top, table in TABLES.items():
        for place in [(top,), *keys(table, (top,))]:
            value = chance.choice(VALUES)
            end = told(with_value(place, value), place, tmp_path)
            if end not in ("refused", "taken"):
                wrong.append(f"{'.'.join(place)} = {value!r:.60}: {end}")
            tally.add()
    assert not wrong, "\n".join(wrong[:10])


@pytest.mark.parametrize("name", ["nan", " ", "../x"])
def test_a_guide_of_no_medium_is_one_line(name: str) -> None:
    """It was a traceback."""
    table = {"kind": "taper", "gap_um": 0.2, "diameter_um": 1.0, "medium": name}
    with pytest.raises(InputError) as refused:
        parse_design(with_value(("coupling",), table), "design")
    [line] = refused.value.problems
    assert line.startswith("design: coupling.medium = ")


def test_thousands_of_wrong_numbers_are_forty_lines() -> None:
    with pytest.raises(InputError) as refused:
        parse_design(with_value(("cavity", "fibre_points_um"), [1.0] * 10_000), "design")
    assert len(refused.value.problems) == 41
    assert refused.value.problems[-1] == "... and 9962 further problems"


def test_what_is_out_of_bounds_is_named() -> None:
    with pytest.raises(Refused, match=r"^a\.b: a whole number of about 30 digits"):
        check_bounded({"a": {"b": [1, 10**30]}})
    with pytest.raises(InputError, match="nested more than 32 levels deep"):
        parse_design(with_value(("cavity", "body"), VALUES[-1]), "design")


def test_halves_of_letters_are_spelled_out() -> None:
    """File names that are no UTF-8 hold them, and no terminal can be told of them."""
    assert visible("a\ud800\udcffb") == r"a\ud800\udcffb"


ROWS = "wavelength_um,n\n" + "".join(f"{x / 10},1.5\n" for x in range(4, 12))
YAML = "DATA:\n  - type: tabulated n\n    data: |\n        0.4 1.5\n        0.8 1.49\n        1.2 1.48\n"
MATERIALS = {
    "nan.csv": ROWS.replace("0.6,1.5", "0.6,nan"),
    "inf.csv": ROWS.replace("0.6,1.5", "0.6,1e999"),
    "zero.csv": ROWS.replace("0.6,1.5", "0,1.5"),
    "large.csv": ROWS.replace("0.6,1.5", "0.6,1e300"),
    "small.csv": ROWS.replace("0.6,1.5", "1e-300,1.5"),
    "empty.csv": "",
    "header.csv": "wavelength_um,n\n",
    "binary.csv": "\x00\x01\x02",
    "twice.csv": ROWS + "0.6,1.7\n",
    "alias.yml": "DATA: &a [*a, *a]\n",
    "object.yml": "DATA: !!python/object/apply:os.system ['touch reached']\n",
    "deep.yml": "[" * 50_000,
    "formula.yml": "DATA:\n  - type: formula 1\n    range: 0.4 1.2\n    coefficients: 0 1e300 1e300\n",
    "power.yml": "DATA:\n  - type: formula 4\n    range: 0.4 1.2\n    coefficients: 1 2 0 9 1e60\n",
    "short.yml": "DATA:\n  - type: formula 2\n    wavelength_range: 0.4 1.2\n    coefficients:\n",
    "words.yml": YAML.replace("1.49", "abc"),
    "nan.yml": YAML.replace("1.49", "nan"),
    "infinite.yml": YAML.replace("1.49", "1e999"),
    "backwards.yml": YAML.replace("0.8", "1.3"),
    "unknown.yml": YAML.replace("tabulated n", "formula 99"),
    "long.yml": YAML + "x" * 6_000_000,
    "tables.toml": 'name = "a"\n[index]\nkind = "table"\nwavelength_nm = []\nvalue = []\n',
    "law.toml": 'name = "a"\nrange_nm = [400, 800]\n[index]\nkind = "sellmeier"\nstrengths = [nan]\n',
    "range.toml": 'name = "a"\nrange_nm = [800, 400]\n[index]\nkind = "constant"\nvalue = 1.5\n',
}


@pytest.mark.parametrize("name", MATERIALS)
def test_files_of_media_are_one_line(name: str, tmp_path, monkeypatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / name).write_text(MATERIALS[name])
    with pytest.raises(InputError) as refused:
        read_material(tmp_path / name)
    for line in refused.value.problems:
        assert name in line and len(line) < 600 and len(line.splitlines()) == 1
    assert not (tmp_path / "reached").exists()
