"""Worker processes kept busy: points handed out, records taken in, the points of dead workers tried again."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Iterator
from multiprocessing.connection import wait
from multiprocessing.context import BaseContext

from ..errors import CavityDesignError
from .executor import Batch, Batches, Task, out_of_memory
from .record import FAILED, Record
from .suspicion import Suspicion
from .worker import Broken, Worker

# One batch waits in line behind the one at work, so that no worker waits for the parent.
_BATCHES_IN_LINE = 2
_FALSE_STARTS = 30
_REST_SECONDS = 0.02


class WorkerError(CavityDesignError):
    """Worker processes cannot be started; what came back before is stored."""


class Crew:
    """Worker processes and the points at which they are.

    Parameters
    ----------
    context : BaseContext
        How processes are started.
    work : callable
        From a task to its record, importable by name.
    size : int
        Number of workers.
    batches : Batches
        What is to be done.
    """

    def __init__(self, context: BaseContext, work: Callable[[Task], Record], size: int, batches: Batches) -> None:
        self._context, self._work, self._size, self._batches = context, work, size, batches
        self._workers: list[Worker[Task, Record]] = []
        self._spilt: deque[Task] = deque()
        self._alone: deque[Task] = deque()
        self._short_of_memory: set[str] = set()
        self._suspicion = Suspicion()
        self._false_starts = 0

    def records(self) -> Iterator[list[Record]]:
        """Records as they come; ends when all is done."""
        while True:
            self._hand_out()
            if self._busy():
                yield from self._taken_in()
            elif self._alone:
                yield from self._tried_alone(self._alone.popleft())
            elif not self._spilt:
                return

    def end(self, at_once: bool) -> None:
        """End all workers."""
        for worker in self._workers:
            worker.end(at_once)
        self._workers.clear()

    def _busy(self) -> bool:
        return any(worker.line for worker in self._workers)

    def _worker(self, place: int) -> Worker[Task, Record]:
        """The worker of a place; started when it is first needed."""
        while len(self._workers) <= place:
            try:
                self._workers.append(Worker(self._context, self._work))
            except (EOFError, ConnectionError) as error:
                # The process that forks the workers was killed; the next start brings another.
                self._false_start(f"{type(error).__name__}: {error}")
        return self._workers[place]

    def _false_start(self, reason: str) -> None:
        self._false_starts += 1
        if self._false_starts > _FALSE_STARTS:
            raise WorkerError(f"worker processes end as they start ({reason}); what came back is stored")
        time.sleep(_REST_SECONDS * self._false_starts)

    def _hand_out(self) -> None:
        """A batch to each worker first, then one more in line behind it."""
        for depth in range(1, _BATCHES_IN_LINE + 1):
            for place in range(self._size):
                if place < len(self._workers) and len(self._workers[place].batches) >= depth:
                    continue
                batch = [self._spilt.popleft()] if self._spilt else self._batches.next()
                if not batch:
                    return
                self._hand(self._worker(place), batch)

    def _hand(self, worker: Worker[Task, Record], batch: Batch) -> None:
        if not worker.line:
            self._suspicion.idled(worker.lap())
        if not worker.hand(batch):
            # That it is dead is met in its connection.
            self._spilt.extendleft(reversed(batch))

    def _taken_in(self) -> Iterator[list[Record]]:
        by_connection = {worker.connection: worker for worker in self._workers}
        for ready in wait(list(by_connection)):
            worker = by_connection[ready]  # type: ignore[index]
            try:
                answer = worker.receive()
            except EOFError:
                yield from self._bury(worker)
                continue
            self._false_starts = 0
            if answer is None:
                worker.lap()
            else:
                yield from self._settled(worker, answer)

    def _settled(self, worker: Worker[Task, Record], answer: Record | Broken) -> Iterator[list[Record]]:
        task, seconds = worker.line.popleft(), worker.lap()
        worker.batches[0] -= 1
        if not worker.batches[0]:
            worker.batches.popleft()
        self._suspicion.completed(task.fingerprint, seconds)
        if isinstance(answer, Record):
            self._batches.learn(1, seconds)
            yield [answer]
        elif not isinstance(answer.error, MemoryError):
            raise answer.error
        elif task.fingerprint in self._short_of_memory:
            yield [out_of_memory(task, answer.error)]
        else:
            # Once more when no other point takes memory.
            self._short_of_memory.add(task.fingerprint)
            self._alone.append(task)

    def _bury(self, worker: Worker[Task, Record]) -> Iterator[list[Record]]:
        """Only the point at which it was is suspect; what stood in line behind it is not."""
        self._workers.remove(worker)
        seconds = worker.lap()
        if not worker.ready:
            self._false_start(f"exit code {worker.exit_code}")
            self._spilt.extend(worker.line)
        elif not worker.line:
            self._suspicion.idled(seconds, died=True)
        else:
            suspect = worker.line.popleft()
            self._spilt.extendleft(reversed(worker.line))
            self._suspicion.died(suspect.fingerprint, seconds)
            deaths = self._suspicion.deaths(suspect.fingerprint)
            if self._suspicion.guilty(suspect.fingerprint):
                yield [Record(suspect.fingerprint, FAILED, {}, _reason(deaths, worker.exit_code))]
            elif deaths == 1:
                self._spilt.append(suspect)
            else:
                self._alone.append(suspect)
        worker.end(at_once=True)

    def _tried_alone(self, suspect: Task) -> Iterator[list[Record]]:
        """A suspect beside one worker or more that have nothing to do: if it is the point that kills, they live on."""
        self._hand(self._worker(0), [suspect])
        self._worker(1)
        while self._busy():
            for worker in self._workers[1:]:
                self._suspicion.idled(worker.lap())
            yield from self._taken_in()


def _reason(deaths: int, exit_code: int | None) -> str:
    how = "killed, or out of memory" if exit_code in (-9, None) else f"exit code {exit_code}"
    return f"its worker process died {deaths} times ({how})"
