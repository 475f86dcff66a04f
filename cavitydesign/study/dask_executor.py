"""Points on the workers of a Dask scheduler, over TCP; only this file knows Dask."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from concurrent.futures import CancelledError
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from ..errors import CavityDesignError, MissingLibraryError
from .executor import Batch, Batches, Evaluate, Executor, Task, computed_batch
from .record import FAILED, Record

_CONNECT_SECONDS = 20


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
        from distributed import as_completed

        running: dict[Any, Batch] = {}
        finished = as_completed([], loop=client.loop, with_results=False)

        def hand_out() -> None:
            room = 3 * max(1, sum(client.nthreads().values())) - len(running)
            for _ in range(room):
                batch = batches.next()
                if not batch:
                    return
                # pure=False: a point that is asked for again is computed again, never taken from a worker's memory.
                future = client.submit(computed_batch, evaluate, batch, pure=False, retries=2)
                running[future] = batch
                finished.add(future)

        with _lost(self.address):
            hand_out()
        while running:
            with _lost(self.address):
                future = next(finished)
                batch = running.pop(future)
                records = self._outcome(future, batch, batches)
                hand_out()
            yield records

    def _outcome(self, future: Any, batch: Batch, batches: Batches) -> list[Record]:
        error = future.exception()
        if error is not None and type(error).__name__ != "KilledWorker":
            raise error
        if error is not None:
            reason = "its worker was lost again and again (killed, or out of memory)"
            return [Record(task.fingerprint, FAILED, {}, reason) for task in batch]
        records, seconds = future.result()
        batches.learn(len(batch), seconds)
        return list(records)

    @contextmanager
    def _client(self) -> Iterator[Any]:
        try:
            import dask
            from distributed import Client, LocalCluster
        except ImportError as error:
            raise MissingLibraryError("Dask is not installed; pip install 'cavitydesign[dask]'") from error
        with dask.config.set({"distributed.comm.timeouts.connect": f"{_CONNECT_SECONDS}s"}):
            cluster = None
            try:
                if self.address is None:
                    cluster = LocalCluster(n_workers=self.workers, threads_per_worker=1, dashboard_address=None, silence_logs=50)
                client = Client(cluster or self.address, timeout=_CONNECT_SECONDS, set_as_default=False)
            except (OSError, ValueError, TimeoutError) as error:
                raise SchedulerError(f"{_named(self.address)} cannot be reached ({error})") from error
            try:
                yield client
            finally:
                client.close(timeout=2)
                if cluster is not None:
                    cluster.close(timeout=5)


def _named(address: str | None) -> str:
    return f"the scheduler at {address}" if address else "the local scheduler"


@contextmanager
def _lost(address: str | None) -> Iterator[None]:
    try:
        yield
    except (OSError, TimeoutError, RuntimeError, CancelledError) as error:
        reason = " ".join(str(error).split())
        text = f"{_named(address)} was lost ({reason}); what came back is stored. Run again to go on"
        raise SchedulerError(text) from error
