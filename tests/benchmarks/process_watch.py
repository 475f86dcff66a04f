"""What a command and all its processes cost: processor time, time waiting for a processor, peak
memory. Linux only.
"""

from __future__ import annotations

import collections
import os
import subprocess
import threading
import time
from dataclasses import dataclass
from pathlib import Path

_NS = 1e-9
_EVERY_SECONDS = 0.1


@dataclass
class Cost:
    """Of one process, as last seen.

    Attributes
    ----------
    name : str
        Command line.
    run_s : float
        On a processor.
    queued_s : float
        Ready to run, but another process had the processor.
    memory_mb : float
        Peak resident.
    born, seen : float
        When it was first and last seen, on the clock of `time.perf_counter`.
    """

    name: str
    run_s: float
    queued_s: float
    memory_mb: float
    born: float
    seen: float

    @property
    def idle_share(self) -> float:
        """Share of its life with nothing to do: neither on a processor nor waiting for one."""
        life = max(self.seen - self.born, 1e-9)
        return max(0.0, 1.0 - (self.run_s + self.queued_s) / life)


@dataclass
class Watched:
    """How a command ended: wall seconds, standard output, and the cost of each of its processes by
    process id.
    """

    seconds: float
    output: str
    processes: dict[int, Cost]

    @property
    def run_s(self) -> float:
        """Processor time of all processes."""
        return sum(cost.run_s for cost in self.processes.values())


def watched(command: list[str], cwd: Path | None = None) -> Watched:
    """Run a command and look at all its processes ten times a second."""
    costs: dict[int, Cost] = {}
    start = time.perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=cwd)
    ended = threading.Event()

    def look() -> None:
        while not ended.wait(_EVERY_SECONDS):
            for pid in descendants(process.pid):
                _update(costs, pid)

    watcher = threading.Thread(target=look)
    watcher.start()
    output, _ = process.communicate()
    ended.set()
    watcher.join()
    if process.returncode:
        raise subprocess.CalledProcessError(process.returncode, command)
    return Watched(time.perf_counter() - start, output, costs)


def descendants(root: int) -> list[int]:
    """A process and all that it started, itself or through others."""
    children = collections.defaultdict(list)
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                parent = int((entry / "stat").read_text().rsplit(")", 1)[1].split()[1])
            except OSError:
                continue
            children[parent].append(int(entry.name))
    found, pending = [root], [root]
    while pending:
        new = children[pending.pop()]
        found += new
        pending += new
    return found


def _update(costs: dict[int, Cost], pid: int) -> None:
    """Threads of a process have each their own account; a process that has gone keeps its last
    one.
    """
    home = Path(f"/proc/{pid}")
    try:
        tasks = [
            (home / "task" / name / "schedstat").read_text().split()
            for name in os.listdir(home / "task")
        ]
        peak = next(
            line for line in (home / "status").read_text().splitlines() if line.startswith("VmHWM")
        )
        name = (home / "cmdline").read_bytes().decode().replace("\0", " ")
    except (OSError, StopIteration):
        return
    run, queued = (_NS * sum(int(task[place]) for task in tasks) for place in (0, 1))
    now = time.perf_counter()
    born = costs[pid].born if pid in costs else now
    costs[pid] = Cost(name, run, queued, int(peak.split()[1]) / 1e3, born, now)
