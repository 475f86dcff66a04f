"""The worker process of a lane: it answers one request after another until its parent is gone."""

from __future__ import annotations

import json
import multiprocessing
import os
import signal
import threading
import time
from collections.abc import Mapping
from multiprocessing.connection import Connection, wait
from typing import Any, Protocol

from ...errors import CavityDesignError, InputError

# A page waits no longer than this for an answer; the command line has no such limit.
LONGEST_SECONDS = 120.0
# A page that was left is noticed in this time: short for its user, no load for the machine.
LOOK_EVERY_SECONDS = 0.2
# beyond the limit, for the parent to see to it itself
_GRACE_SECONDS = 10.0
# 200 modes with their light curves take 20 MB; a browser reads more of it for seconds.
_MOST_ANSWER_BYTES = 32_000_000
# ends a computation at once; where the system has no such signal, it ends at its next report of
# progress
INTERRUPT: int | None = getattr(signal, "SIGUSR1", None)


class SharedNumber(Protocol):
    value: int


class _Superseded(BaseException):
    """Raised inside the worker's computation when a newer request has come; no library may catch it
    as an Exception.
    """


class _Worker:
    """The worker process: one request after another until the parent is gone."""

    def __init__(
        self, connection: Connection, cancelled: SharedNumber, listening: SharedNumber
    ) -> None:
        self._connection, self._cancelled, self._number = connection, cancelled, 0
        self._since: float | None = None
        signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the parent's to handle
        if INTERRUPT is not None:
            signal.signal(INTERRUPT, lambda number, frame: self._check())
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
                return "done", {"json": json_bytes(answer)} if encoded else answer
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
        while parent is not None and not wait([parent.sentinel], timeout=LOOK_EVERY_SECONDS):
            since = self._since
            if since is not None and time.monotonic() - since > LONGEST_SECONDS + _GRACE_SECONDS:
                break
        os._exit(1)


def json_bytes(answer: Mapping[str, Any]) -> bytes:
    """Strict JSON, made here so that 60 MB of it keep no other page waiting."""
    text = json.dumps(answer, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    content = text.encode("utf-8")
    if len(content) > _MOST_ANSWER_BYTES:
        raise InputError(
            f"{len(content) / 1e6:.3g} MB to show; the explorer shows at most "
            f"{_MOST_ANSWER_BYTES / 1e6:g} MB at once"
        )
    return content


def work(connection: Connection, cancelled: SharedNumber, listening: SharedNumber) -> None:
    """What runs in the worker process."""
    worker = _Worker(connection, cancelled, listening)
    threading.Thread(target=worker.follow, daemon=True).start()
    from ..compute import warm_up

    warm_up()
    worker.serve()
