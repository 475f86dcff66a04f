"""One worker process: takes points in line, answers one record after the other, and ends with its parent."""

from __future__ import annotations

import os
import pickle
import queue
import signal
import threading
import time
from collections import deque
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from multiprocessing.connection import Connection
from multiprocessing.context import BaseContext
from typing import Generic, TypeVar

Item = TypeVar("Item")
Answer = TypeVar("Answer")

_END_SECONDS = 2.0


@dataclass(frozen=True)
class Broken:
    """What a worker answers where the work itself raised: the machine failed, not the point."""

    error: BaseException


class Worker(Generic[Item, Answer]):
    """A process that works through what it is handed, in order; the parent's side of it.

    Only this process holds the parent's end of its connection, so that its death is seen at once and concerns no other worker.

    Parameters
    ----------
    context : BaseContext
        How processes are started.
    work : callable
        From an item to its answer, importable by name.
    """

    def __init__(self, context: BaseContext, work: Callable[[Item], Answer]) -> None:
        self.connection, theirs = context.Pipe()
        self._process = context.Process(target=_serve, args=(theirs, work))  # type: ignore[attr-defined]
        self._process.start()
        theirs.close()
        self.line: deque[Item] = deque()
        self.batches: deque[int] = deque()
        self.ready = False
        self._since = time.monotonic()

    def hand(self, items: Sequence[Item]) -> bool:
        """Put items at the end of its line; False if it is dead, and the items are still the caller's."""
        try:
            self.connection.send(list(items))
        except OSError:
            return False
        self.line.extend(items)
        self.batches.append(len(items))
        return True

    def receive(self) -> Answer | Broken | None:
        """The next answer, that of the first item in line; None for the word that it has started.

        Raises
        ------
        EOFError
            If it is dead.
        """
        try:
            answer: Answer | Broken | None = self.connection.recv()
        except EOFError:
            raise
        except Exception as error:
            # Killed in the middle of a message.
            raise EOFError from error
        self.ready = True
        return answer

    def lap(self) -> float:
        """Seconds since the last lap, or since it was started."""
        now = time.monotonic()
        seconds, self._since = now - self._since, now
        return seconds

    def end(self, at_once: bool) -> None:
        """End the process; not at once: when it has nothing more to do."""
        if at_once:
            self._process.kill()
        else:
            with suppress(OSError):
                self.connection.send(None)
        self._process.join(_END_SECONDS)
        if self._process.is_alive():
            self._process.kill()
            self._process.join(_END_SECONDS)
        self.connection.close()

    @property
    def exit_code(self) -> int | None:
        """How it ended; minus the number of the signal that killed it."""
        self._process.join(_END_SECONDS)
        code: int | None = self._process.exitcode
        return code


def _serve(connection: Connection, work: Callable[[Item], Answer]) -> None:
    """The worker's side: Ctrl-C is left to the parent."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    line: queue.SimpleQueue[list[Item] | None] = queue.SimpleQueue()
    threading.Thread(target=_listen, args=(connection, line), daemon=True).start()
    connection.send(None)
    while (items := line.get()) is not None:
        for item in items:
            try:
                answer: Answer | Broken = work(item)
            except BaseException as error:
                answer = Broken(_told(error))
            try:
                connection.send(answer)
            except OSError:
                # The parent is gone.
                os._exit(1)


def _told(error: BaseException) -> BaseException:
    """The error as the parent can read it."""
    try:
        pickle.loads(pickle.dumps(error))
    except Exception:
        return RuntimeError(f"{type(error).__name__}: {error}")
    return error


def _listen(connection: Connection, line: queue.SimpleQueue[list[Item] | None]) -> None:
    """Takes in what comes even while a point is computed, so that the parent never waits; ends with the parent, however it ends."""
    while True:
        try:
            items = connection.recv()
        except (EOFError, OSError):
            os._exit(1)
        line.put(items)
        if items is None:
            return
