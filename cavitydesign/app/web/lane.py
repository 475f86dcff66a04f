"""A lane: one worker process that does one thing at a time and always the newest request of each
page.
"""

from __future__ import annotations

import asyncio
import json
import multiprocessing
import os
import signal
import threading
import time
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from multiprocessing.connection import Connection, wait
from typing import Any, Protocol

from ...errors import CavityDesignError, InputError
from .guard import RequestRefused

# A page waits no longer than this for an answer; the command line has no such limit.
LONGEST_SECONDS = 120.0
# a superseded computation that reports no progress for this long is ended with its worker
_PATIENCE_SECONDS = 2.0
# A page that was left is noticed in this time: short for its user, no load for the machine.
_LOOK_EVERY_SECONDS = 0.2
# beyond the limit, for the parent to see to it itself
_GRACE_SECONDS = 10.0
# 200 modes with their light curves take 20 MB; a browser reads more of it for seconds.
_MOST_ANSWER_BYTES = 32_000_000
# A page has a few requests under way; a dozen in line come from a page that runs wild.
_MOST_WAITING = 12
# Number of pages whose newest request is remembered: more tabs than anybody looks at.
_MOST_PAGES = 64
# ends a computation at once; where the system has no such signal, it ends at its next report of
# progress
_INTERRUPT: int | None = getattr(signal, "SIGUSR1", None)


class _SharedNumber(Protocol):
    value: int


class _Superseded(BaseException):
    """Raised inside the worker's computation when a newer request has come; no library may catch it
    as an Exception.
    """


class _Worker:
    """The worker process: one request after another until the parent is gone."""

    def __init__(
        self, connection: Connection, cancelled: _SharedNumber, listening: _SharedNumber
    ) -> None:
        self._connection, self._cancelled, self._number = connection, cancelled, 0
        self._since: float | None = None
        signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the parent's to handle
        if _INTERRUPT is not None:
            signal.signal(_INTERRUPT, lambda number, frame: self._check())
            listening.value = 1

    def _check(self) -> None:
        """Leave the computation under way if it is no longer wanted."""
        if self._number and self._cancelled.value >= self._number:
            raise _Superseded

    def _answer(self, task: str, payload: Mapping[str, Any], encoded: bool) -> tuple[str, Any]:
        from ..compute import TASKS

        def progress(message: str, fraction: float) -> None:
            self._check()

        try:
            try:
                self._check()
                answer = TASKS[task](payload, progress)
                return "done", {"json": _json_bytes(answer)} if encoded else answer
            finally:
                self._number = 0
        except _Superseded:
            return "superseded", None
        except CavityDesignError as error:
            return "refused", str(error)
        except MemoryError:
            return "refused", "this design needs more memory than there is"
        except Exception as error:  # the page must hear of any fault, and the worker must live on
            return "failed", f"{type(error).__name__}: {error}"

    def serve(self) -> None:
        """Answer until the parent is gone."""
        while True:
            try:
                number, task, payload, encoded = self._connection.recv()
            except (EOFError, OSError):
                return
            self._since, self._number = time.monotonic(), number
            answer = self._answer(task, payload, encoded)
            self._since = None
            self._connection.send(answer)

    def follow(self) -> None:
        """End this process when its parent has ended, however that did, or when a computation is
        long past the limit that the parent keeps.
        """
        parent = multiprocessing.parent_process()
        while parent is not None and not wait([parent.sentinel], timeout=_LOOK_EVERY_SECONDS):
            since = self._since
            if since is not None and time.monotonic() - since > LONGEST_SECONDS + _GRACE_SECONDS:
                break
        os._exit(1)


def _json_bytes(answer: Mapping[str, Any]) -> bytes:
    """Strict JSON, made here so that 60 MB of it keep no other page waiting."""
    text = json.dumps(answer, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    content = text.encode("utf-8")
    if len(content) > _MOST_ANSWER_BYTES:
        raise InputError(
            f"{len(content) / 1e6:.3g} MB to show; the explorer shows at most "
            f"{_MOST_ANSWER_BYTES / 1e6:g} MB at once"
        )
    return content


def _work(connection: Connection, cancelled: _SharedNumber, listening: _SharedNumber) -> None:
    """What runs in the worker process."""
    worker = _Worker(connection, cancelled, listening)
    threading.Thread(target=worker.follow, daemon=True).start()
    from ..compute import warm_up

    warm_up()
    worker.serve()


class Lane:
    """Requests of any number of pages to one worker process.

    A newer request of the same name takes the place of an older one, whether that waits or runs:
    the older is answered with 409, and its computation is left at once. A worker that does not
    answer in time is stopped and replaced.

    Parameters
    ----------
    name : str
        For messages.
    """

    def __init__(self, name: str) -> None:
        self.name = name
        # by name: number here of the newest request, and the highest that its page gave to one
        self._newest: OrderedDict[str, tuple[int, int]] = OrderedDict()
        self._number = 0
        self._running: tuple[str, int] | None = None
        self.waiting = 0
        self._turn = asyncio.Lock()
        self._threads = ThreadPoolExecutor(1, thread_name_prefix=f"lane-{name}")
        self._guard = threading.Lock()
        self._process: Any = None
        self._connection: Connection | None = None
        self._cancelled: Any = None
        self._listening: Any = None

    def start(self) -> None:
        """Start the worker now, so that the first request does not wait for its imports."""
        with self._guard:
            if self._process is not None and self._process.is_alive():
                return
            context = multiprocessing.get_context("spawn")
            self._connection, far = context.Pipe()
            # one writer, one reader each: no lock, no semaphore
            self._cancelled, self._listening = context.RawValue("q", 0), context.RawValue("q", 0)
            self._process = context.Process(
                target=_work, args=(far, self._cancelled, self._listening), daemon=True
            )
            self._process.start()
            far.close()

    def stop(self) -> None:
        """End the worker."""
        with self._guard:
            if self._process is not None:
                self._process.terminate()
                self._process.join(1.0)
                if self._process.is_alive():
                    self._process.kill()
                    self._process.join(5.0)
            if self._connection is not None:
                self._connection.close()
            self._process = self._connection = None

    def close(self) -> None:
        """End the worker and its thread."""
        self.stop()
        self._threads.shutdown(wait=False, cancel_futures=True)

    def _register(self, order: int, *names: str) -> int:
        """Note a new request under its name, and make older ones of these names pointless, whether
        they wait or run.

        Raises
        ------
        RequestRefused
            409 if the page has sent a later one, which came first: their checks take unequal times.
        """
        sent = [self._newest.get(name, (0, 0))[1] for name in names]
        if order and order < sent[0]:
            raise RequestRefused(409, "superseded by a newer request")
        self._number += 1
        for name, before in zip(names, sent, strict=True):
            self._newest[name] = self._number, max(order, before)
            self._newest.move_to_end(name)
        while len(self._newest) > _MOST_PAGES:
            self._newest.popitem(last=False)
        if self._running is not None and self._running[0] in names:
            self._interrupt(self._running[1])
        return self._number

    def _interrupt(self, number: int) -> None:
        """Tell the worker that the request it works on is no longer wanted."""
        process, cancelled, listening = self._process, self._cancelled, self._listening
        if process is None or cancelled is None:
            return
        cancelled.value = number
        if _INTERRUPT is not None and listening.value and process.is_alive():
            os.kill(process.pid, _INTERRUPT)

    async def run(
        self,
        name: str,
        task: str,
        payload: Mapping[str, Any],
        *,
        newest_only: bool = True,
        ends: Sequence[str] = (),
        order: int = 0,
        encoded: bool = False,
        gone: Callable[[], Awaitable[bool]] | None = None,
    ) -> dict[str, Any]:
        """Do one task when its turn comes.

        Parameters
        ----------
        name : str
            Identity of the page that asks, and of what it asks for.
        task : str
            Name of a task of `compute`.
        payload : mapping
            Its input.
        newest_only : bool
            Whether a newer request of this name makes this one pointless (not so for downloads).
        ends : sequence of str
            Further names whose older requests this one makes pointless.
        order : int
            Number that the page gave to the request, rising as it sends them; 0: none.
        encoded : bool
            Whether the answer is wanted as JSON, under the key "json".
        gone : callable, optional
            Whether whoever asked has left; the work is left then too.

        Raises
        ------
        RequestRefused
            409 if superseded, 422 for bad input or a computation that took too long, 429 when too
            many wait, 500 if the computation broke.
        """
        if self.waiting >= _MOST_WAITING:
            raise RequestRefused(429, "too many requests at once; wait for the answers")
        if not newest_only:
            name = f"{name} once {self._number}"
        number = self._register(order, name, *ends)
        self.waiting += 1
        try:
            await self._take_turn(name, number, gone)
            try:
                self._running = (name, number)
                loop = asyncio.get_running_loop()
                asked = loop.run_in_executor(
                    self._threads, self._ask, (number, task, dict(payload), encoded)
                )
                while gone is not None and not asked.done():
                    await asyncio.wait({asked}, timeout=_LOOK_EVERY_SECONDS)
                    if not asked.done() and await gone():
                        self._interrupt(number)
                        break
                kind, answer = await asked
            finally:
                self._running = None
                self._turn.release()
        finally:
            self.waiting -= 1
        return self._judged(kind, answer)

    async def _take_turn(
        self, name: str, number: int, gone: Callable[[], Awaitable[bool]] | None
    ) -> None:
        """Wait for the turn; who has left, or asked anew, waits no more and takes no place of
        another's.
        """
        turn = asyncio.ensure_future(self._turn.acquire())
        try:
            while True:
                await asyncio.wait({turn}, timeout=_LOOK_EVERY_SECONDS)
                if self._newest.get(name, (number, 0))[0] != number:
                    raise RequestRefused(409, "superseded by a newer request")
                if gone is not None and await gone():
                    raise RequestRefused(409, "who asked has left")
                if turn.done():
                    return
        except BaseException:
            if not turn.cancel():
                self._turn.release()
            raise

    def _judged(self, kind: str, answer: Any) -> dict[str, Any]:
        if kind == "done":
            return dict(answer)
        if kind == "superseded":
            raise RequestRefused(409, "superseded by a newer request")
        raise RequestRefused(422 if kind == "refused" else 500, str(answer))

    def _ask(self, request: tuple[int, str, dict[str, Any], bool]) -> tuple[str, Any]:
        """Send a request to the worker and wait for its answer (in the lane's thread)."""
        self.start()
        connection = self._connection
        assert connection is not None
        try:
            connection.send(request)
            given_up = self._waited(connection, request[0])
            if given_up is not None:
                self.stop()
                self.start()
                return given_up
            kind, answer = connection.recv()
        except (EOFError, OSError, BrokenPipeError):
            self.stop()
            return (
                "failed",
                "the computation ended unexpectedly; it starts anew with the next request",
            )
        return kind, answer

    def _waited(self, connection: Connection, number: int) -> tuple[str, str] | None:
        """None when the answer is there; a verdict when there is no more point in waiting for
        it.
        """
        start, cancelled_at = time.monotonic(), None
        while not connection.poll(_LOOK_EVERY_SECONDS):
            now = time.monotonic()
            if now - start > LONGEST_SECONDS:
                return (
                    "refused",
                    f"not done within {LONGEST_SECONDS:.0f} s; ask for fewer or smaller things",
                )
            if self._cancelled.value >= number:
                cancelled_at = cancelled_at or now
                if now - cancelled_at > _PATIENCE_SECONDS:
                    return "superseded", ""
        return None
