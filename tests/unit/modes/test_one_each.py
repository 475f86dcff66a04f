"""Modes that are followed by overlap get a column each."""

import numpy as np

from cavitydesign.modes.solver.family import one_each


def test_each_takes_its_largest_overlap() -> None:
    overlap = np.array([[0.1, 0.9, 0.0], [0.8, 0.2, 0.1]])
    assert one_each(overlap).tolist() == [1, 0]


def test_two_never_take_one_column() -> None:
    """The largest sum decides: 0.7 + 0.6 against 0.65 + 0.1."""
    overlap = np.array([[0.7, 0.1], [0.65, 0.6]])
    assert one_each(overlap).tolist() == [0, 1]
