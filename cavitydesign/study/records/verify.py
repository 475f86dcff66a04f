"""Whether a store is to be believed: every checksum, and some points computed once more."""

from __future__ import annotations

import random
from dataclasses import asdict, dataclass

from ..executors.executor import Evaluate, Task, computed
from ..study_definition import Study
from ..study_run import fingerprints
from .fingerprint import canonical_text
from .record import OK
from .store import Store


@dataclass(frozen=True)
class Verification:
    """What was found.

    Attributes
    ----------
    records : int
        Whole records of the store, of this study and others.
    damaged : tuple of str
        Segment and offset of each line that fails its checksum.
    unfinished : int
        Segments with a cut last line.
    compared : int
        Points computed again.
    differing : tuple of int
        Their numbers where the result is not the stored one to the last bit.
    """

    records: int
    damaged: tuple[str, ...]
    unfinished: int
    compared: int
    differing: tuple[int, ...]

    @property
    def sound(self) -> bool:
        """Whether nothing is wrong."""
        return not self.damaged and not self.differing

    def to_json_dict(self) -> dict[str, object]:
        """The JSON of ``study verify``."""
        return {**asdict(self), "sound": self.sound}


def verified(study: Study, evaluate: Evaluate, count: int, seed: int = 0) -> Verification:
    """Read every record, and compute some again.

    Parameters
    ----------
    study : Study
    evaluate : callable
    count : int
        Points to compute again, drawn at random.
    seed : int
    """
    store = Store(study.store)
    names = fingerprints(study, range(len(study)))
    done = [index for index, name in names.items() if store.status(name) == OK]
    chosen = sorted(random.Random(seed).sample(done, min(count, len(done))))
    stored = store.records(names[index] for index in chosen)
    differing = []
    for index in chosen:
        again = computed(
            evaluate, Task(names[index], study.design_at(study.point(index)), study.task)
        )
        if canonical_text(again.result) != canonical_text(stored[names[index]].result):
            differing.append(index)
    return Verification(
        records=len(store),
        damaged=tuple(f"{damage.segment} at {damage.offset}" for damage in store.damaged),
        unfinished=store.unfinished,
        compared=len(chosen),
        differing=tuple(differing),
    )
