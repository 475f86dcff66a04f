"""Solves run on one thread, and the threads of a program are as before them."""

import threading

import pytest

from cavitydesign.eigen import one_thread as module


def test_threads_are_as_before() -> None:
    """One within, the number that there was after it, also where something is raised."""
    known = module._threads()
    if not known:
        pytest.skip("NumPy and SciPy bring no BLAS of their own here")
    before = [get() for get, _ in known]
    try:
        for _, put in known:
            put(2)
        with module.one_thread():
            assert [get() for get, _ in known] == [1] * len(known)
        with pytest.raises(ValueError), module.one_thread():
            raise ValueError
        assert [get() for get, _ in known] == [2] * len(known)
    finally:
        for (_, put), count in zip(known, before, strict=True):
            put(count)


def test_solves_that_overlap_in_two_threads() -> None:
    """The first ends while the second is under way: one thread until that ends too, and then the
    number that there was before both.
    """
    known = module._threads()
    if not known:
        pytest.skip("NumPy and SciPy bring no BLAS of their own here")
    before = [get() for get, _ in known]
    begun, first_over, seen = threading.Event(), threading.Event(), []

    def second() -> None:
        with module.one_thread():
            begun.set()
            first_over.wait(10.0)
            seen.extend(get() for get, _ in known)

    thread = threading.Thread(target=second)
    try:
        for _, put in known:
            put(2)
        with module.one_thread():
            thread.start()
            assert begun.wait(10.0)
        first_over.set()
        thread.join(10.0)
        assert seen == [1] * len(known)
        assert [get() for get, _ in known] == [2] * len(known)
    finally:
        for (_, put), count in zip(known, before, strict=True):
            put(count)


def test_another_blas_stays(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where none is known nothing is set."""
    monkeypatch.setattr(module, "_threads", lambda: ())
    with module.one_thread():
        pass
