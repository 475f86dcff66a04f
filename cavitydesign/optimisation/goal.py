"""A goal: what shall be best, under which limits, over which keys of a design."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ..design.files.samples_file import Samples
from ..study.axes import Bounds
from ..study.expression import Expression
from ..study.study_definition import FilesOf
from .outcome import task_for


@dataclass(frozen=True)
class Objective:
    """An outcome that shall be as large, as small, or as near to a target as can be.

    Parameters
    ----------
    outcome : str
    sense : {"maximise", "minimise", "target"}
    target : float or None
    """

    outcome: str
    sense: str
    target: float | None = None

    def loss(self, value: float) -> float:
        """A number that is smaller where the outcome is better."""
        if self.sense == "maximise":
            return -value
        return value if self.target is None else abs(value - self.target)

    def value(self, loss: float) -> float:
        """The outcome of a loss; its distance from the target where there is one."""
        return -loss if self.sense == "maximise" else loss

    def size(self, loss: float) -> float:
        """What a share of the outcome is taken of, where the loss is given."""
        return abs(loss if self.target is None else self.target)

    @property
    def words(self) -> str:
        """Such as "maximise q_total"."""
        return (
            f"{self.outcome} near {self.target:g}"
            if self.target is not None
            else f"{self.sense} {self.outcome}"
        )


@dataclass(frozen=True)
class Limit:
    """A constraint on an outcome."""

    outcome: str
    below: float | None = None
    above: float | None = None

    def margin(self, value: float) -> float:
        """Distance to the nearer bound, negative where it is broken."""
        gaps = [] if self.below is None else [self.below - value]
        return min(gaps + ([] if self.above is None else [value - self.above]))

    @property
    def words(self) -> str:
        """Such as "fsr_nm above 4"."""
        parts = [
            f"{word} {bound:g}"
            for word, bound in (("below", self.below), ("above", self.above))
            if bound is not None
        ]
        return f"{self.outcome} {' and '.join(parts)}"


@dataclass(frozen=True, eq=False)
class Goal:
    """What a goal file says.

    Parameters
    ----------
    design : mapping
        The base design, nested tables.
    variables : mapping of str to Bounds
        Design keys that may change, and how far.
    objective : Objective
    second : Objective or None
        The other axis of the Pareto front.
    limits : tuple of Limit
    spread : mapping of str to float
        Standard deviation of design keys in fabrication, in the unit of the key.
    derived : mapping of str to Expression
        Design keys that follow from others.
    solves : int
        What the search may spend, full solves and moved designs, those of derivatives and of the
        Pareto front among them.
    samples : int
        Of the yield.
    checks : int
        Full solves that check the yield.
    seed : int
    store : Path
    version : str
    wavelength_nm : float
        Where the outcomes of a mode are read.
    name : str
    files_of, folder
        As `Study` has them.
    draws : Samples or None
        Draws of a calibration that the design names; the search holds the design's own constants.
    """

    design: Mapping[str, Any]
    variables: Mapping[str, Bounds]
    objective: Objective
    store: Path
    version: str
    wavelength_nm: float
    second: Objective | None = None
    limits: tuple[Limit, ...] = ()
    spread: Mapping[str, float] = field(default_factory=dict)
    derived: Mapping[str, Expression] = field(default_factory=dict)
    solves: int = 58
    samples: int = 100_000
    checks: int = 48
    seed: int = 0
    name: str = "goal"
    files_of: FilesOf | None = None
    folder: Path = Path()
    draws: Samples | None = None

    @property
    def outcome_names(self) -> tuple[str, ...]:
        """All outcomes that the goal speaks of, each once."""
        names = [self.objective.outcome, *(limit.outcome for limit in self.limits)]
        return tuple(dict.fromkeys(names + ([] if self.second is None else [self.second.outcome])))

    @property
    def task(self) -> str:
        """What has to be computed."""
        return task_for(set(self.outcome_names))

    def violation(self, values: Mapping[str, float]) -> float:
        """How far the worst limit is broken, relative to its bound; 0 where all hold."""
        worst = 0.0
        for limit in self.limits:
            scale = (
                max(abs(bound) for bound in (limit.below, limit.above) if bound is not None) or 1.0
            )
            worst = max(worst, -limit.margin(values[limit.outcome]) / scale)
        return worst
