"""Solves on one thread.

The blocks of SuperLU and of elements are some tens of rows, far too small for several threads of
BLAS: two of them took 1.0 s of processor time for a complex matrix of 4300 rows where one takes
0.04 s, and 23 s for a whole section on a busy machine where one takes 4 s. The command line asks
for one thread before NumPy is read; a program that uses the package does not, and what else it
computes keeps its threads.
"""

from __future__ import annotations

import ctypes
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
import scipy

_PREFIXES, _SUFFIXES = ("scipy_openblas", "openblas"), ("", "64_")


@dataclass
class _Users:
    """Solves that are under way in all threads, and the numbers of threads before the first."""

    count: int = 0
    before: tuple[int, ...] = ()


_users, _lock = _Users(), threading.Lock()


@contextmanager
def one_thread() -> Iterator[None]:
    """One thread of the BLAS that the wheels of NumPy and SciPy bring; any other stays as it is.

    The number belongs to the whole process: the first solve sets it, and the last one that ends
    puts it back.
    """
    known = _threads()
    with _lock:
        if _users.count == 0:
            _users.before = tuple(get() for get, _ in known)
            for _, put in known:
                put(1)
        _users.count += 1
    try:
        yield
    finally:
        with _lock:
            _users.count -= 1
            if _users.count == 0:
                for (_, put), count in zip(known, _users.before, strict=True):
                    put(count)


@cache
def _threads() -> tuple[tuple[Callable[[], int], Callable[[int], None]], ...]:
    """What reads and what sets the numbers of threads."""
    found = []
    for package in (np, scipy):
        package_folder = Path(package.__path__[0])
        folders = (package_folder.parent / f"{package.__name__}.libs", package_folder / ".dylibs")
        for file in (path for folder in folders for path in sorted(folder.glob("*openblas*"))):
            both = _of(file)
            if both is not None:
                found.append(both)
    return tuple(found)


def _of(file: Path) -> tuple[Callable[[], int], Callable[[int], None]] | None:
    """What reads and what sets one library's number of threads, by the names that wheels give."""
    try:
        library = ctypes.CDLL(str(file))
    except OSError:
        return None
    for prefix in _PREFIXES:
        for suffix in _SUFFIXES:
            get = getattr(library, f"{prefix}_get_num_threads{suffix}", None)
            put = getattr(library, f"{prefix}_set_num_threads{suffix}", None)
            if get is not None and put is not None:
                put.argtypes, put.restype = [ctypes.c_int], None
                return get, put
    return None
