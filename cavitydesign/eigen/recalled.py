"""Large values that are made again when they are asked for after others took their room.

Matrices and factors of a family are needed while it is solved, and seldom after. Held for every
family, of ten in a small leaky cavity, they took 3 GB; made again they take milliseconds.
"""

from __future__ import annotations

import threading
import weakref
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

import numpy as np

T = TypeVar("T")
ROOM_BYTES = 224 * 2**20  # all recalled values together; combs of bottles take 5 to 50 MB
_WITHOUT_ARRAYS = frozenset((int, float, complex, str, bool, type(None)))
_lock = threading.Lock()
_recent: OrderedDict[int, weakref.ref[Recalled[Any]]] = OrderedDict()


@dataclass
class _Held:
    """Bytes of the values at the last sum, and of those made since: no fewer than are held."""

    at_most: int = 0


_held = _Held()


class Recalled(Generic[T]):
    """A value and how it is made; the least recently asked for are let go beyond `ROOM_BYTES`.

    Parameters
    ----------
    make : callable
        Gives the value, the same each time.
    """

    def __init__(self, make: Callable[[], T]) -> None:
        self._make = make
        self._value: T | None = None
        self._bytes = 0

    def get(self) -> T:
        """The value."""
        value = self._value
        if value is not None:
            with _lock:
                if id(self) in _recent:
                    # nothing new takes room
                    _recent.move_to_end(id(self))
                    return value
        if value is None:
            value = self._make()
            self._bytes = array_bytes(value)
        with _lock:
            self._value = value
            _recent[id(self)] = weakref.ref(self)
            _recent.move_to_end(id(self))
            _held.at_most += self._bytes
            if _held.at_most <= ROOM_BYTES:
                return value
            alive = [one for one in (ref() for ref in _recent.values()) if one is not None]
            held = sum(one._bytes for one in alive)
            for oldest in alive[:-1]:
                if held <= ROOM_BYTES:
                    break
                held -= oldest._bytes
                oldest._value = None
                _recent.pop(id(oldest), None)
            _held.at_most = held
        return value

    def let_go(self) -> None:
        """Make room; the value is made again when it is asked for."""
        with _lock:
            self._value = None
            _recent.pop(id(self), None)

    def __getstate__(self) -> Callable[[], T]:
        """How the value is made: it is made again where it is unpickled."""
        return self._make

    def __setstate__(self, make: Callable[[], T]) -> None:
        self.__init__(make)  # type: ignore[misc]

    def __del__(self) -> None:
        _recent.pop(id(self), None)


def array_bytes(value: Any, depth: int = 4) -> int:
    """Bytes of the arrays within an object, its attributes, tuples and dictionaries."""
    if isinstance(value, np.ndarray):
        return int(value.nbytes)
    if isinstance(value, tuple | list):
        parts: Any = value
    else:
        parts = (value if isinstance(value, dict) else getattr(value, "__dict__", {})).values()
    total = 0
    for one in parts:
        kind = type(one)
        if kind is np.ndarray:
            total += one.nbytes
        # Numbers and names are most of the parts, and arrays most of the rest.
        elif depth > 1 and kind not in _WITHOUT_ARRAYS:
            total += array_bytes(one, depth - 1)
    return total
