"""Arithmetic of study files."""

import math

import pytest

from cavitydesign.study.expression import Expression, ExpressionError


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("4 * cavity.diameter_um", 60.0),
        ("-x + 2**3 / 4 % 2", -3.0),
        ("sqrt(pi * x**2)", 3 * math.sqrt(math.pi)),
        ("max(x, cavity.diameter_um) > 10 and not x == 4", True),
        ("1 < x <= 3 or x > 100", True),
        ("body == 'PMMA'", True),
    ],
)
def test_value(text, expected):
    assert Expression(text).value(
        {"x": 3, "cavity.diameter_um": 15, "body": "PMMA"}
    ) == pytest.approx(expected, rel=1e-15)


def test_names():
    assert Expression("sqrt(a.b) + c * pi").names == {"a.b", "c"}


@pytest.mark.parametrize(
    "text",
    [
        "open('x')",
        "().__class__",
        "[1]",
        "x[0]",
        "lambda: 1",
        "f'{x}'",
        "x if y else z",
        "1 +",
        "a = 1",
    ],
)
def test_nothing_else_of_python(text):
    with pytest.raises(ExpressionError):
        Expression(text)


@pytest.mark.parametrize("text", ["1 / zero", "y", "9**9**9**9", "word * word", "log(zero)"])
def test_no_value(text):
    with pytest.raises(ExpressionError):
        Expression(text).value({"zero": 0, "word": "a"})


def test_signs_of_conditions_are_numbers():
    """Minus a condition is a number that arithmetic goes on with."""
    assert Expression("2 - -(a > 1)").value({"a": 3.0}) == 3.0
    assert Expression("-(a > 1) < 0").value({"a": 3.0}) is True


@pytest.mark.parametrize("text", ["1e999", "-1e999 < 1", "a < " + "9" * 400])
def test_numbers_are_finite(text):
    """One that is not ended as a derived key in a traceback."""
    with pytest.raises(ExpressionError, match="a number that is not finite"):
        Expression(text)
