"""Values that are made again: the room they take is bounded, and what they give never changes."""

import numpy as np
import pytest

from cavitydesign.eigen import recalled
from cavitydesign.eigen.recalled import Recalled


def test_room_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of ten values of 8 kB in a room of 20 kB two are held; each is made again when asked for."""
    monkeypatch.setattr(recalled, "ROOM_BYTES", 20_000)
    made: list[int] = []

    def maker(number: int) -> Recalled[np.ndarray]:
        def make() -> np.ndarray:
            made.append(number)
            return np.full(1000, float(number))

        return Recalled(make)

    values = [maker(number) for number in range(10)]
    assert [float(value.get()[0]) for value in values] == list(range(10))
    assert made == list(range(10))
    values[9].get(), values[8].get()
    assert made == list(range(10)), "the two asked for last are held"
    assert float(values[0].get()[0]) == 0.0
    assert made == [*range(10), 0]
