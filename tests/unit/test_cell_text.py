"""Numbers with their errors in plain letters."""

import math

import pytest

from cavitydesign.columns.cell_text import cell, plain_with_error
from cavitydesign.columns.column import Column
from cavitydesign.columns.mode_columns import COLUMNS


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


@pytest.mark.parametrize(
    ("form", "error", "words"),
    [
        (".3f", 0.0009, "7.773"),
        (".3f", 0.12, "7.77 +- 0.12"),
        (".5g", 0.00009, "7.7725"),
        (".5g", 0.004, "7.7725 +- 0.0040"),
        (".3f", None, "7.773"),
    ],
)
def test_an_error_beyond_the_last_digit_stands_beside_the_value(
    form: str, error: float | None, words: str
) -> None:
    """A log10 Q of 7.77 +- 0.12 was printed as 7.773."""
    column = Column("x", "x", "", form=form, error="x_error")
    assert cell(column, {"x": 7.77253, "x_error": error}) == words
    relative = Column("x", "x", "", form=form, error="x_error", error_is_relative=True)
    share = None if error is None else error / 7.77253
    assert cell(relative, {"x": 7.77253, "x_error": share}) == words


def test_the_error_of_all_losses_is_the_mean_of_theirs_by_their_shares() -> None:
    """Two equal losses, one of them with an error, have half of it; a loss of 1e300 has none."""
    total = next(column for column in COLUMNS if column.key == "log10_q_total_error")
    assert total.of is not None
    low = 6.0 - math.log10(2.0)
    parts = {"radiation": 6.0, "absorption": 6.0, "scattering": 300.0, "total": low}
    record = {"log10_q": parts, "log10_q_radiation_error": 0.1, "log10_q_scattering_error": 2.0}
    assert total.of(record) == pytest.approx(0.05, rel=1e-12)
    assert total.of({"log10_q": {"radiation": None, "total": None}}) is None
