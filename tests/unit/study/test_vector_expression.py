"""Conditions over whole columns say of each row what they say of it alone, or nothing."""

import random

import numpy as np
import pytest

from cavitydesign.study.expression import Expression, ExpressionError
from cavitydesign.study.vector_expression import rows_that_hold

NUMBERS = [0.0, -0.0, 1.0, -1.0, 0.1, 3.5, 1e308, -1e308, 5e-324, 1e-300, 2.0**53]
WHOLE = [0, 1, -1, 7, 2**53 + 1, 2**62, -(2**63)]
ROWS = 200


def columns_of(chance):
    return {
        "a": np.array([chance.choice(NUMBERS) for _ in range(ROWS)]),
        "b.c": np.array([chance.choice([*NUMBERS, chance.gauss(0, 1)]) for _ in range(ROWS)]),
        "n": np.array([chance.choice(WHOLE) for _ in range(ROWS)], np.int64),
    }


def text_of(chance, depth, leaves=("a", "b.c", "n", "0.0", "2", "True", "1e308")):
    if depth == 0:
        return chance.choice(leaves)
    parts = [text_of(chance, depth - 1, leaves) for _ in range(3)]
    shape = chance.choice(
        [
            *(f"({{}} {sign} {{}})" for sign in "+-*/"),
            *(f"({{}} {sign} {{}})" for sign in ("<", "<=", ">", ">=", "==", "!=")),
            *("({} and {})", "({} or {})", "({} and {} and {})", "({} or {} or {})"),
            *("(not {})", "(-{})", "(+{})", "({} < {} <= {})"),
        ]
    )
    return shape.format(*parts)


def alone(expression, columns):
    """What the rows say one by one."""
    holds = []
    for row in range(ROWS):
        try:
            given = {name: column[row].item() for name, column in columns.items()}
            holds.append(bool(expression.value(given)))
        except ExpressionError:
            holds.append(False)
    return holds


def test_columns_say_what_rows_say():
    """600 conditions at random with division by zero, overflow, whole numbers beyond 2^53 and parts
    that are not asked.
    """
    chance, asked, without = random.Random(4), 0, 0
    for _ in range(600):
        expression = Expression(text_of(chance, chance.randrange(1, 4)))
        columns = columns_of(chance)
        found = rows_that_hold(expression, columns)
        if found is None:
            assert not expression.names
            continue
        told = alone(expression, columns)
        assert found.tolist() == told, expression.text
        asked += 1
        without += not all(told)
    assert asked > 500 and without > 300


@pytest.mark.parametrize(
    "text", ["a ** 2 > 1", "a % 2 > 1", "sqrt(a) > 1", "a == 'x'", "a > pi", "t == 1", "1 > 0"]
)
def test_what_columns_cannot_say_is_left_to_rows(text):
    columns = columns_of(random.Random(1)) | {"t": np.array(["x"] * ROWS, object)}
    assert rows_that_hold(Expression(text), columns) is None
