"""A lane: one worker process that does one thing at a time and always the newest request of each
page.
"""

from __future__ import annotations

import asyncio
import multiprocessing
import os
import threading
import time
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from multiprocessing.connection import Connection
from typing import Any

from .guard import RequestRefused
from .lane_worker import INTERRUPT, LONGEST_SECONDS, LOOK_EVERY_SECONDS, work

# a superseded computation that reports no progress for this long is ended with its worker
_PATIENCE_SECONDS = 2.0
# A page has a few requests under way; a dozen in line come from a page that runs wild.
_MOST_WAITING = 12
# Number of pages whose newest request is remembered: more tabs than anybody looks at.
_MOST_PAGES = 64


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
                target=work, args=(far, self._cancelled, self._listening), daemon=True
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
        if INTERRUPT is not None and listening.value and process.is_alive():
            os.kill(process.pid, INTERRUPT)

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
                    await asyncio.wait({asked}, timeout=LOOK_EVERY_SECONDS)
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
                await asyncio.wait({turn}, timeout=LOOK_EVERY_SECONDS)
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
        while not connection.poll(LOOK_EVERY_SECONDS):
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
