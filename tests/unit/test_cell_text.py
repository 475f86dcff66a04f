"""Numbers with their errors in plain letters."""

import math

import pytest

from cavitydesign.columns.cell_text import plain_with_error


@pytest.mark.parametrize(
    ("value", "error", "words"),
    [
        (144.53, 81.2, "145 +- 81"),
        (2.339281, 6.3e-5, "2.339281 +- 0.000063"),
        (66.34, 0.21, "66.34 +- 0.21"),
        (7.8561e-77, 2.04e-78, "7.86e-77 +- 0.20e-77"),
        (-7.8561e-77, 2.04e-78, "-7.86e-77 +- 0.20e-77"),
        (80.0, 9e-15, "80 +- 9.0e-15"),
        (0.0, 0.5, "0.00 +- 0.50"),
        (12.5, math.nan, "12.5 +- -"),
        (3.2e8, 1.1e7, "3.20e+08 +- 0.11e+08"),
    ],
)
def test_two_digits_of_the_error_decide(value: float, error: float, words: str) -> None:
    """ "144.5 +- 8e+01" once stood for the first of these."""
    assert plain_with_error(value, error) == words
