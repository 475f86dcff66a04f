"""What a study will cost, from a few probes that are computed and not stored."""

from __future__ import annotations

import sys
import time
from dataclasses import asdict, dataclass

from .executors.executor import Evaluate, Task, computed
from .records.record import FAILED
from .status import study_status
from .study_definition import Study


@dataclass(frozen=True)
class Estimate:
    """Expected cost of the missing points.

    Attributes
    ----------
    points, missing : int
    workers : int
    probes : int
        Points computed for the estimate.
    seconds_per_point : float
        Mean of the probes, on one core, the first (which also loads libraries) computed twice.
    seconds : float
        Expected wall time for the missing points.
    memory_mb : float
        Peak of this process after the probes, times the workers.
    store_mb : float
        Expected size of the missing records.
    failures : tuple of str
        Reasons of probes that failed.
    """

    points: int
    missing: int
    workers: int
    probes: int
    seconds_per_point: float
    seconds: float
    memory_mb: float
    store_mb: float
    failures: tuple[str, ...]

    def to_json_dict(self) -> dict[str, object]:
        """The JSON of ``study run --dry-run``."""
        return asdict(self)


def estimated(study: Study, evaluate: Evaluate, workers: int, probes: int = 3) -> Estimate:
    """Probe a study at its first, last and evenly spaced points between.

    Parameters
    ----------
    study : Study
    evaluate : callable
    workers : int
        Processes that will share the work.
    probes : int
        Points to compute.
    """
    status = study_status(study)
    count = min(probes, len(study))
    indices = [round(j * (len(study) - 1) / max(count - 1, 1)) for j in range(count)]
    points = [study.point(index) for index in indices]
    tasks = [
        Task(study.point_fingerprint(point), study.design_at(point), study.task) for point in points
    ]
    computed(evaluate, tasks[0])
    start = time.perf_counter()
    records = [computed(evaluate, task) for task in tasks]
    each = (time.perf_counter() - start) / count
    size = sum(len(record.encoded()) for record in records) / count
    return Estimate(
        points=len(study),
        missing=status.missing,
        workers=workers,
        probes=count,
        seconds_per_point=each,
        seconds=each * status.missing / workers,
        memory_mb=_peak_memory_mb() * workers,
        store_mb=size * status.missing / 1e6,
        failures=tuple(record.error for record in records if record.status == FAILED),
    )


def _peak_memory_mb() -> float:
    if sys.platform == "win32":
        return 0.0
    import resource

    # Linux counts in kB, macOS in bytes.
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (
        1e6 if sys.platform == "darwin" else 1e3
    )
