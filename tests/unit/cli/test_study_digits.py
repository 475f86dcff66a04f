"""The table of a study in the terminal: digits that the errors allow, from one row."""

import pytest

from cavitydesign.cli.study_tables import _table_cell

ROW = {
    "wavelength_nm": 539.24427983,
    "wavelength_error_nm": 3.58016e-05,
    "fsr_nm": 5.155390123,
    "fsr_sd_nm": 0.0123456,
    "q_total": 2956343.2,
    "mode": "TM 97 1 0",
    "point": 3,
    "nothing": None,
}


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("wavelength_nm", "539.244280"),
        ("wavelength_error_nm", "3.6e-05"),
        ("fsr_nm", "5.15539"),
        ("fsr_sd_nm", "0.012"),
        ("q_total", "2956343"),
        ("mode", "TM 97 1 0"),
        ("point", "3"),
        ("nothing", ""),
        ("absent", ""),
    ],
)
def test_an_error_has_two_digits_and_its_value_as_many_as_it_leaves(name: str, words: str) -> None:
    """539.2443 +- 3.58016e-05 once stood in the first two columns."""
    assert _table_cell(name, ROW, False) == words


def test_what_the_study_gives_keeps_its_digits() -> None:
    """Values of 45.25 and 45.75 of this axis once both stood as errors of two digits."""
    row = {"gain.inhomogeneous_sd_mev": 45.25}
    assert _table_cell("gain.inhomogeneous_sd_mev", row, True) == "45.25"
