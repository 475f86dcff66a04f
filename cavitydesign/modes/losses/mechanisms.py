"""The loss mechanisms, in the order in which they are told.

A new one is a file with a function of `SolvedLosses`, and a line here: JSON, tables, figures,
standard deviations, goals and thresholds take the names from this table or from the budgets.
"""

from __future__ import annotations

from .absorbed import absorbed
from .external import external
from .mechanism import EXTERNAL, Loss, Mechanism, SolvedLosses
from .radiated import radiated
from .scattered import scattered

MECHANISMS: tuple[Mechanism, ...] = (
    Mechanism("radiation", radiated),
    Mechanism("absorption", absorbed, in_eigenproblem=True),
    Mechanism("scattering", scattered),
    Mechanism(EXTERNAL, external, optional=True),
)


def losses_of(mode: SolvedLosses) -> dict[str, Loss]:
    """Each loss of a solved mode, by its name."""
    found = {mechanism: mechanism.of(mode) for mechanism in MECHANISMS}
    return {
        mechanism.name: loss
        for mechanism, loss in found.items()
        if loss.log10_q is not None or not mechanism.optional
    }


def loss_names() -> tuple[str, ...]:
    """Names of the mechanisms."""
    return tuple(mechanism.name for mechanism in MECHANISMS)


def in_eigenproblem() -> frozenset[str]:
    """Names of the losses that the complex eigenvalue problem of the threshold holds by itself."""
    return frozenset(mechanism.name for mechanism in MECHANISMS if mechanism.in_eigenproblem)
