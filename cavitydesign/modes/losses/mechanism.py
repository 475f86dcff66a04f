"""What a loss mechanism is: a name, its log10 Q with its error, and how it is told."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ..coupling.gap_law import GapLaw
    from ..solver.bars import ErrorBars
    from ..solver.discretisation import Discretisation
    from ..solver.snapshot import RawMode
    from .measures import Measures

EXTERNAL = "external"
"""The loss to a guide beside the cavity: light that is used, not lost within."""


@dataclass(frozen=True)
class SolvedLosses:
    """What the mechanisms read of one solved mode.

    Attributes
    ----------
    raw : RawMode
    measures : Measures
    bars : ErrorBars
    discretisation : Discretisation
    log10_dispersion : float
        log10 of the stored energy over that at frozen indices, a factor of every Q.
    """

    raw: RawMode
    measures: Measures
    bars: ErrorBars
    discretisation: Discretisation
    log10_dispersion: float


@dataclass(frozen=True)
class Loss:
    """One loss of one mode.

    Attributes
    ----------
    log10_q : float or None
        None where the cavity does not have it.
    error : float
        Of log10 Q, by the computation.
    beside : mapping of str to float or None
        Further numbers that the record of the mode tells of it.
    law : GapLaw or None
        Of a guide: its Q at every gap.
    """

    log10_q: float | None
    error: float = 0.0
    beside: Mapping[str, float | None] = field(default_factory=dict)
    law: GapLaw | None = None


@dataclass(frozen=True)
class Mechanism:
    """A way in which modes lose light.

    Attributes
    ----------
    name : str
        Its key under "log10_q" in the JSON, and its word in tables and figures.
    of : callable
        Gives the loss of a solved mode.
    in_eigenproblem : bool
        Whether the complex eigenvalue problem of the threshold holds it by itself (a lossy medium);
        what it does not hold is added to its loss.
    optional : bool
        Whether it is told only of cavities that have it.
    """

    name: str
    of: Callable[[SolvedLosses], Loss]
    in_eigenproblem: bool = False
    optional: bool = False
