"""Points on the workers of a Dask scheduler, over TCP; only this file knows Dask."""

from __future__ import annotations

import importlib.util
import queue
import re
import time
from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import CancelledError
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from ...errors import CavityDesignError, MissingLibraryError
from ..records.record import FAILED, Record
from .executor import Batch, Batches, Evaluate, Executor, Task, computed_batch

_CONNECT_SECONDS = 20  # A scheduler that runs answers within a second; slow networks within some.
_LOOK_SECONDS = 5.0  # between two looks at whether workers are there while nothing comes back
_WORKERLESS_SECONDS = 60.0  # A cluster may replace its workers within this time.
# A scheduler answers within milliseconds, a busy one within seconds; one that is silent for this
# long is frozen or cut off.
_ANSWER_SECONDS = 30.0
# Without a dashboard a scheduler still serves pages by port 8787, to every user of the machine: its
# logs, what it computes, its workers.
_NO_PAGES: dict[str, Any] = {
    "distributed.scheduler.http.routes": [],
    "distributed.worker.http.routes": [],
}
_ADDRESS = re.compile(r"(?:tcp|tls)://(?:\[[0-9A-Fa-f:]+\]|[A-Za-z0-9._-]+):(\d{1,5})\Z")


def address_problem(address: str) -> str | None:
    """What is wrong with a scheduler's address, None if nothing is."""
    found = _ADDRESS.match(address)
    if found and 0 < int(found.group(1)) < 65536:
        return None
    return "tcp://HOST:PORT, tls://HOST:PORT or local is needed"


class SchedulerError(CavityDesignError):
    """The scheduler cannot be reached, or was lost; what came back before is stored."""


@dataclass(frozen=True)
class DaskExecutor(Executor):
    """Tasks to a `dask.distributed` scheduler.

    Parameters
    ----------
    address : str or None
        Such as ``tcp://node7:8786``; None starts a scheduler and workers on this machine.
    workers : int
        Worker processes to start where no address is given.
    """

    address: str | None = None
    workers: int = 2

    def run(self, evaluate: Evaluate, tasks: Iterable[Task]) -> Iterator[list[Record]]:
        with self._client() as client:
            yield from self._spread(client, evaluate, Batches(tasks))

    def _spread(self, client: Any, evaluate: Evaluate, batches: Batches) -> Iterator[list[Record]]:
        waiting = _Waiting(batches)
        running: dict[Any, Batch] = {}
        finished: queue.SimpleQueue[Any] = queue.SimpleQueue()

        def hand_out() -> None:
            room = 3 * max(1, self._threads(client)) - len(running)
            for _ in range(room):
                batch = waiting.next(idle=not running)
                if not batch:
                    return
                # pure=False: a point that is asked for again is computed again, never taken from a
                # worker's memory.
                future = client.submit(computed_batch, evaluate, batch, pure=False, retries=2)
                running[future] = batch
                future.add_done_callback(finished.put)

        with _lost(self.address):
            hand_out()
        while running:
            with _lost(self.address):
                future = self._next(client, finished)
                records = self._outcome(future, running.pop(future), waiting)
                hand_out()
            yield records

    def _next(self, client: Any, finished: queue.SimpleQueue[Any]) -> Any:
        """The next finished batch; raises where there has been no worker for a minute."""
        since = time.monotonic()
        while True:
            try:
                return finished.get(timeout=_LOOK_SECONDS)
            except queue.Empty:
                if self._threads(client):
                    since = time.monotonic()
                elif time.monotonic() - since > _WORKERLESS_SECONDS:
                    text = (
                        f"{_named(self.address)} has had no workers for {_WORKERLESS_SECONDS:g} "
                        "s; what came back is stored"
                    )
                    raise SchedulerError(f"{text}. Start workers and run again to go on") from None

    def _threads(self, client: Any) -> int:
        """Number of threads of the workers; raises where the scheduler does not answer in time."""
        answer = client.sync(client.scheduler.ncores, callback_timeout=_ANSWER_SECONDS)
        return int(sum(answer.values()))

    def _outcome(self, future: Any, batch: Batch, waiting: _Waiting) -> list[Record]:
        error = future.exception()
        if error is not None and type(error).__name__ != "KilledWorker":
            raise error
        if error is not None:
            return waiting.take_back(batch)
        records, seconds = future.result(timeout=_ANSWER_SECONDS)
        waiting.batches.learn(len(batch), seconds)
        return list(records)

    @contextmanager
    def _client(self) -> Iterator[Any]:
        try:
            import dask
            from distributed import Client, LocalCluster
        except ImportError as error:
            raise MissingLibraryError(
                "Dask is not installed; pip install 'cavitydesign[dask]'"
            ) from error
        settings: dict[str, Any] = {"distributed.comm.timeouts.connect": f"{_CONNECT_SECONDS}s"}
        if self.address is None:
            settings |= _NO_PAGES
        with dask.config.set(settings):
            cluster = None
            try:
                if self.address is None:
                    cluster = LocalCluster(
                        dashboard_address=None, silence_logs=50, **_private(self.workers)
                    )
                client = Client(
                    cluster or self.address, timeout=_CONNECT_SECONDS, set_as_default=False
                )
            except (OSError, ValueError, TimeoutError) as error:
                raise SchedulerError(
                    f"{_named(self.address)} cannot be reached ({error})"
                ) from error
            try:
                yield client
            finally:
                client.close(timeout=2)
                if cluster is not None:
                    cluster.close(timeout=5)


def _private(workers: int) -> dict[str, Any]:
    """How a cluster of this machine talks so that no other user of it can: an open port would run
    whatever they send. Encrypted with a certificate of its own, or, without the library for that,
    within this process.
    """
    if importlib.util.find_spec("cryptography") is None:
        return {"n_workers": 1, "threads_per_worker": 1, "processes": False, "protocol": "inproc"}
    from distributed import Security

    secure = Security.temporary()
    host = {"host": "127.0.0.1", "protocol": "tls", "security": secure}
    return {"n_workers": workers, "threads_per_worker": 1, **host}


class _Waiting:
    """Batches to hand out, those of lost workers among them.

    The scheduler blames all that a lost worker had in line. Their points are therefore given out
    one by one again; a point that is lost once more has the workers to itself, and only one that is
    lost there is failed.

    Parameters
    ----------
    batches : Batches
    """

    def __init__(self, batches: Batches) -> None:
        self.batches = batches
        self._single: deque[Task] = deque()
        self._alone: deque[Task] = deque()
        self._suspects: set[str] = set()
        self._tried_alone: set[str] = set()

    def next(self, idle: bool) -> Batch:
        """What to hand out; a point that needs all workers only where they are idle."""
        if self._tried_alone and not idle:
            return []
        self._tried_alone.clear()
        if self._single:
            return [self._single.popleft()]
        batch = self.batches.next()
        if not batch and idle and self._alone:
            batch = [self._alone.popleft()]
            self._tried_alone = {batch[0].fingerprint}
        return batch

    def take_back(self, batch: Batch) -> list[Record]:
        """Note that a batch was lost with its workers; the record of a point that is to blame."""
        failed = []
        for task in batch:
            if task.fingerprint in self._tried_alone:
                reason = "its worker was lost again and again (killed, or out of memory)"
                failed.append(Record(task.fingerprint, FAILED, {}, reason))
            elif len(batch) == 1 and task.fingerprint in self._suspects:
                self._alone.append(task)
            else:
                self._suspects.add(task.fingerprint)
                self._single.append(task)
        return failed


def _named(address: str | None) -> str:
    return f"the scheduler at {address}" if address else "the local scheduler"


@contextmanager
def _lost(address: str | None) -> Iterator[None]:
    try:
        yield
    except (OSError, TimeoutError, RuntimeError, CancelledError) as error:
        reason = " ".join(str(error).split())
        text = (
            f"{_named(address)} was lost ({reason}); what came back is stored. Run again to go on"
        )
        raise SchedulerError(text) from error
