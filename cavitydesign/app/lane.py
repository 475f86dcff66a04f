"""A lane: one worker process that does one thing at a time and always the newest request of each page."""

from __future__ import annotations

import asyncio
import multiprocessing
import signal
import threading
import time
from collections import OrderedDict
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from multiprocessing.connection import Connection
from typing import Any, Protocol

from ..errors import CavityDesignError
from .guard import RequestRefused

LONGEST_SECONDS = 120.0
# a superseded computation that reports no progress for this long is ended with its worker
_PATIENCE_SECONDS = 2.0
_LOOK_EVERY_SECONDS = 0.2
_MOST_WAITING = 12
_MOST_PAGES = 64


class _SharedNumber(Protocol):
    value: int


class _Superseded(Exception):
    """Raised inside the worker's computation when a newer request has come."""


def _work(connection: Connection, cancelled: _SharedNumber) -> None:
    """The worker: one request after another until the parent is gone."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the parent's to handle
    from .compute import TASKS, warm_up

    warm_up()
    while True:
        try:
            number, task, payload = connection.recv()
        except (EOFError, OSError):
            return

        def progress(message: str, fraction: float, number: int = number) -> None:
            if cancelled.value >= number:
                raise _Superseded

        try:
            progress("", 0.0)
            answer: tuple[str, Any] = ("done", TASKS[task](payload, progress))
        except _Superseded:
            answer = ("superseded", None)
        except CavityDesignError as error:
            answer = ("refused", str(error))
        except MemoryError:
            answer = ("refused", "this design needs more memory than there is")
        except Exception as error:  # the page must hear of any fault, and the worker must live on
            answer = ("failed", f"{type(error).__name__}: {error}")
        connection.send(answer)


class Lane:
    """Requests of any number of pages to one worker process.

    A newer request of the same page takes the place of an older one, whether that waits or runs: the older is answered
    with 409. A worker that does not answer in time is stopped and replaced.

    Parameters
    ----------
    name : str
        For messages.
    """

    def __init__(self, name: str) -> None:
        self.name = name
        self._newest: OrderedDict[str, int] = OrderedDict()
        self._number = 0
        self._running: tuple[str, int] | None = None
        self._waiting = 0
        self._turn = asyncio.Lock()
        self._threads = ThreadPoolExecutor(1, thread_name_prefix=f"lane-{name}")
        self._guard = threading.Lock()
        self._process: Any = None
        self._connection: Connection | None = None
        self._cancelled: Any = None

    def start(self) -> None:
        """Start the worker now, so that the first request does not wait for its imports."""
        with self._guard:
            if self._process is not None and self._process.is_alive():
                return
            context = multiprocessing.get_context("spawn")
            self._connection, far = context.Pipe()
            self._cancelled = context.RawValue("q", 0)  # one writer, one reader: no lock, no semaphore
            self._process = context.Process(target=_work, args=(far, self._cancelled), daemon=True)
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

    def _register(self, page: str) -> int:
        """Note the newest request of a page, and stop an older one that runs."""
        self._number += 1
        self._newest[page] = self._number
        self._newest.move_to_end(page)
        while len(self._newest) > _MOST_PAGES:
            self._newest.popitem(last=False)
        if self._running is not None and self._running[0] == page and self._cancelled is not None:
            self._cancelled.value = self._running[1]
        return self._number

    async def run(
        self, page: str, task: str, payload: Mapping[str, Any], *, newest_only: bool = True
    ) -> dict[str, Any]:
        """Do one task when its turn comes.

        Parameters
        ----------
        page : str
            Identity of the page that asks.
        task : str
            Name of a task of `compute`.
        payload : mapping
            Its input.
        newest_only : bool
            Whether a newer request of this page makes this one pointless (not so for downloads).

        Raises
        ------
        RequestRefused
            409 if superseded, 422 for bad input or a computation that took too long, 429 when too many wait, 500 if the
            computation broke.
        """
        if self._waiting >= _MOST_WAITING:
            raise RequestRefused(429, "too many requests at once; wait for the answers")
        number = self._register(page) if newest_only else self._register(f"{page} once {self._number}")
        self._waiting += 1
        try:
            async with self._turn:
                if newest_only and self._newest.get(page, number) != number:
                    raise RequestRefused(409, "superseded by a newer request")
                self._running = (page if newest_only else "", number)
                try:
                    loop = asyncio.get_running_loop()
                    kind, answer = await loop.run_in_executor(self._threads, self._ask, (number, task, dict(payload)))
                finally:
                    self._running = None
        finally:
            self._waiting -= 1
        return self._judged(kind, answer)

    def _judged(self, kind: str, answer: Any) -> dict[str, Any]:
        if kind == "done":
            return dict(answer)
        if kind == "superseded":
            raise RequestRefused(409, "superseded by a newer request")
        raise RequestRefused(422 if kind == "refused" else 500, str(answer))

    def _ask(self, request: tuple[int, str, dict[str, Any]]) -> tuple[str, Any]:
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
            return "failed", "the computation ended unexpectedly; it starts anew with the next request"
        return kind, answer

    def _waited(self, connection: Connection, number: int) -> tuple[str, str] | None:
        """None when the answer is there; a verdict when there is no more point in waiting for it."""
        start, cancelled_at = time.monotonic(), None
        while not connection.poll(_LOOK_EVERY_SECONDS):
            now = time.monotonic()
            if now - start > LONGEST_SECONDS:
                return "refused", f"not done within {LONGEST_SECONDS:.0f} s; ask for fewer or smaller things"
            if self._cancelled.value >= number:
                cancelled_at = cancelled_at or now
                if now - cancelled_at > _PATIENCE_SECONDS:
                    return "superseded", ""
        return None
