"""How far a study is, from the headers of its store alone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass

import numpy as np

from .records.store import Store
from .study_definition import Study
from .study_run import fingerprints_in_parts


@dataclass(frozen=True)
class StudyStatus:
    """Counts of points.

    Attributes
    ----------
    points, done, failed, missing : int
        Of the study; done + failed + missing = points.
    failed_points : tuple of int
        Their numbers.
    damaged : int
        Lines of the store that fail their checksum.
    unfinished : int
        Segments whose last line is cut off (their writers were killed, or are writing now).
    others : int
        Records of other studies, designs or versions in the same store.
    """

    points: int
    done: int
    failed: int
    missing: int
    failed_points: tuple[int, ...]
    damaged: int
    unfinished: int
    others: int

    def to_json_dict(self) -> dict[str, object]:
        """The JSON of ``study status``."""
        return asdict(self)


def study_status(study: Study, indices: Sequence[int] | None = None) -> StudyStatus:
    """Count what is done, failed and missing.

    Parameters
    ----------
    study : Study
    indices : sequence of int, optional
        Only these points; all by default.
    """
    store = Store(study.store, indexed=True)
    chosen = range(len(study)) if indices is None else indices
    failed, done, count = list[int](), 0, 0
    lines = store.lines()
    hit = np.zeros(len(lines.ok), np.bool_)
    # Some at a time: the names of a million points take 0.2 GB.
    for numbers, names in fingerprints_in_parts(study, chosen):
        rows = store.rows(names)
        stored = rows >= 0
        ok = lines.ok[rows[stored]]
        hit[rows[stored]] = True
        count += len(names)
        done += int(np.count_nonzero(ok))
        failed += np.array(numbers)[stored][~ok].tolist()
    return StudyStatus(
        points=count,
        done=done,
        failed=len(failed),
        missing=count - done - len(failed),
        failed_points=tuple(failed),
        damaged=len(store.damaged),
        unfinished=store.unfinished,
        others=len(store) - int(np.count_nonzero(hit)),
    )
