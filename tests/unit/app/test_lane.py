"""A lane keeps answering: superseded work is dropped, a worker that hangs or dies is replaced."""

from __future__ import annotations

import asyncio
import os
import signal
import time
from collections.abc import Iterator
from typing import Any

import pytest

from cavitydesign.app.web import lane as lane_module
from cavitydesign.app.web.guard import RequestRefused
from cavitydesign.app.web.lane import Lane

DESIGN = {
    "cavity": {"profile": "spheroid", "diameter_um": 6.0, "body": {"index": 1.5}},
    "modes": {"wavelength_nm": 537.6, "span_nm": 24.0, "relative_accuracy": 1e-4},
    "gain": {"medium": "CsPbBr3-PMMA"},
}
PAYLOAD = {"design": DESIGN, "source": None}
LASING = {"quality": 1e9, "fluences": 4000, "relative_tolerance": 1e-10}
ENDLESS = {
    "design": {**DESIGN, "cavity": {**DESIGN["cavity"], "roughness_nm": 1.0}, "lasing": LASING},
    "source": None,
}


@pytest.fixture
def lane() -> Iterator[Lane]:
    made = Lane("test")
    yield made
    made.close()


def ask(lane: Lane, task: str = "modes", **changed: Any) -> dict[str, Any]:
    """One request, alone."""
    return asyncio.run(lane.run("page", task, PAYLOAD | changed))


def test_a_killed_worker_is_told_and_replaced(lane: Lane) -> None:
    lane.start()
    os.kill(lane._process.pid, signal.SIGKILL)
    lane._process.join(5.0)
    assert ask(lane)["modes"]["modes"], "a dead worker is replaced before it is asked"


def test_a_fault_is_one_line_and_the_worker_lives_on(lane: Lane) -> None:
    with pytest.raises(RequestRefused) as fault:
        ask(lane, "no such task")
    assert fault.value.status == 500 and "KeyError" in fault.value.reason
    process = lane._process
    assert ask(lane)["modes"]["modes"]
    assert lane._process is process


def test_too_long_is_refused(lane: Lane, monkeypatch: pytest.MonkeyPatch) -> None:
    ask(lane)
    monkeypatch.setattr(lane_module, "LONGEST_SECONDS", 0.0)
    monkeypatch.setattr(lane_module, "LOOK_EVERY_SECONDS", 0.0)
    with pytest.raises(RequestRefused, match="not done within"):
        ask(lane, design={**DESIGN, "cavity": {**DESIGN["cavity"], "diameter_um": 7.0}})


def test_a_superseded_computation_that_hangs_is_ended(
    lane: Lane, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The worker is stopped by SIGSTOP: it cannot notice that it is cancelled, and is replaced."""
    ask(lane)
    monkeypatch.setattr(lane_module, "_PATIENCE_SECONDS", 0.3)
    old = lane._process

    async def two() -> tuple[Any, Any]:
        os.kill(old.pid, signal.SIGSTOP)
        first = asyncio.create_task(lane.run("page", "modes", PAYLOAD))
        await asyncio.sleep(0.1)
        second = asyncio.create_task(lane.run("page", "modes", PAYLOAD))
        return tuple(await asyncio.gather(first, second, return_exceptions=True))  # type: ignore[return-value]

    start = time.monotonic()
    try:
        first, second = asyncio.run(two())
    finally:
        os.kill(old.pid, signal.SIGCONT) if old.is_alive() else None
    assert isinstance(first, RequestRefused) and first.status == 409
    assert second["modes"]["modes"]
    assert lane._process is not old
    assert time.monotonic() - start < 60


def test_a_superseded_computation_is_left_at_once(
    lane: Lane, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A light curve of hours in a cavity of high Q reports no progress: only the interruption can
    end it.
    """
    monkeypatch.setattr(lane_module, "_PATIENCE_SECONDS", 600.0)
    ask(lane)
    process = lane._process

    async def two() -> tuple[Any, Any]:
        first = asyncio.create_task(lane.run("page lasing", "lasing", ENDLESS))
        await asyncio.sleep(2.0)
        second = asyncio.create_task(
            lane.run("page modes", "modes", PAYLOAD, ends=("page lasing",))
        )
        return await asyncio.wait_for(asyncio.gather(first, second, return_exceptions=True), 100)  # type: ignore[return-value]

    first, second = asyncio.run(two())
    assert isinstance(first, RequestRefused) and first.status == 409
    assert second["modes"]["modes"]
    assert lane._process is process, "the worker lives on, with what it remembers"


def test_nothing_is_computed_for_who_has_left(lane: Lane, monkeypatch: pytest.MonkeyPatch) -> None:
    """The next in line is answered by the same worker, long before the limit of 120 s ends the work
    of the one who has left.
    """
    monkeypatch.setattr(lane_module, "_PATIENCE_SECONDS", 600.0)
    ask(lane)
    process = lane._process
    looks = 0

    async def gone() -> bool:
        nonlocal looks
        looks += 1
        return looks > 8  # some looks after the work has begun

    async def two() -> tuple[Any, Any]:
        first = asyncio.create_task(lane.run("left", "lasing", ENDLESS, gone=gone))
        await asyncio.sleep(0.5)
        second = asyncio.create_task(lane.run("stays", "modes", PAYLOAD))
        return await asyncio.wait_for(asyncio.gather(first, second, return_exceptions=True), 60)  # type: ignore[return-value]

    first, second = asyncio.run(two())
    assert isinstance(first, RequestRefused) and first.status == 409
    assert second["modes"]["modes"]
    assert lane._process is process and looks > 8


def test_who_leaves_the_line_holds_no_place_in_it(lane: Lane) -> None:
    """Twelve reloads of a page, while something takes long, refused the thirteenth."""
    ask(lane)

    async def left() -> bool:
        return True

    async def line() -> list[Any]:
        first = asyncio.create_task(lane.run("page lasing", "lasing", ENDLESS))
        await asyncio.sleep(0.3)
        reloads = [lane.run(f"tab {i}", "modes", PAYLOAD, gone=left) for i in range(11)]
        answers = await asyncio.gather(*reloads, return_exceptions=True)
        assert not first.done() and lane.waiting == 1
        await lane.run("page modes", "modes", PAYLOAD, ends=("page lasing",))
        assert isinstance((await asyncio.gather(first, return_exceptions=True))[0], RequestRefused)
        return list(answers)

    answers = asyncio.run(asyncio.wait_for(line(), 60))
    assert all(isinstance(one, RequestRefused) and one.status == 409 for one in answers)
    assert all("left" in one.reason for one in answers)


def test_a_request_that_was_overtaken_ends_no_newer_one(lane: Lane) -> None:
    """Two requests are checked at once, and the older may be done last: taken for the newest it
    ended the one that the page waits for, which then showed nothing.
    """

    async def both() -> list[Any]:
        newer = asyncio.ensure_future(lane.run("page", "modes", PAYLOAD, order=2))
        await asyncio.sleep(0)
        older = asyncio.ensure_future(lane.run("page", "modes", PAYLOAD, order=1))
        return await asyncio.gather(newer, older, return_exceptions=True)

    newer, older = asyncio.run(both())
    assert newer["modes"]["modes"]
    assert isinstance(older, RequestRefused) and older.status == 409
    assert asyncio.run(lane.run("page", "modes", PAYLOAD, order=3))["modes"]["modes"]
