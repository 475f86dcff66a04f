"""Columns of measured files: what another unit makes of a name and of a wavelength."""

from __future__ import annotations

import pytest

from cavitydesign.design.files.column_file import read_columns
from cavitydesign.errors import InputError


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("wavelength_nm,emission\n0.5376,1\n", "line 2: wavelength_nm = 0.5376: must be 100 to"),
        ("wavelength_nm,emission\n2e5,1\n", "line 2: wavelength_nm = 200000: must be 100 to"),
        ("wavelength_um,emission\n0.5376,1\n", "wavelength_um is in another unit: convert"),
        ("wavelenght_nm,emission\n537.6,1\n", "rename the column 'wavelenght_nm' if its"),
        ("Wavelength [um],emission\n0.5376,1\n", "Wavelength [um] is in another unit: convert"),
        ("Wavelength (nm),emission\n537.6,1\n", "rename the column 'Wavelength (nm)' if its"),
    ],
)
def test_wavelengths_of_another_unit_are_refused_in_one_line(tmp_path, text, words):
    (tmp_path / "a.csv").write_text(text)
    with pytest.raises(InputError, match=r"a\.csv") as error:
        read_columns(tmp_path / "a.csv", ("wavelength_nm", "emission"))
    (line,) = error.value.problems
    assert words in line


def test_fluences_of_another_unit_are_named(tmp_path):
    """The header's own column was offered as what was meant."""
    (tmp_path / "a.csv").write_text("fluence_uj_cm2,emission\n1200,1\n")
    with pytest.raises(InputError, match="fluence_uj_cm2 is in another unit: convert its numbers"):
        read_columns(tmp_path / "a.csv", ("fluence_mj_cm2", "emission"))


@pytest.mark.parametrize("micro", ["u", "\N{MICRO SIGN}", "\N{GREEK SMALL LETTER MU}"])
def test_fluences_of_another_unit_are_named_in_the_words_of_a_spreadsheet(tmp_path, micro):
    """Whoever renamed this column as it stands would be wrong by a thousand."""
    (tmp_path / "a.csv").write_text(f"Fluence [{micro}J/cm²];emission\n1200;1\n", encoding="utf-8")
    with pytest.raises(InputError, match="is in another unit: convert its numbers"):
        read_columns(tmp_path / "a.csv", ("fluence_mj_cm2", "emission"))
