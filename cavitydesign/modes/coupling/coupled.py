"""A solved mode and its guide brought together: what its record tells, and where the model ends."""

from __future__ import annotations

import math

from ...errors import InputError
from ...geometry.surroundings.coupler import Coupler
from ..losses.budget import LossBudget
from ..losses.mechanism import EXTERNAL
from ..mode import Mode
from .coupled_mode import CoupledMode
from .external_coupling import external_coupling
from .gap_law import GapLaw
from .loaded import transmission

_STRONG = 0.1  # of the light at each pass: what first order leaves out is of that size
_PER_PASS = 2.0 * math.pi  # times m over the external Q, for equal group and effective index


def coupled_mode(mode: Mode, coupler: Coupler | None = None) -> CoupledMode:
    """A mode beside a guide; see `Mode.coupling`."""
    raw = mode.solved()
    chosen = raw.problem.cavity.coupler if coupler is None else coupler
    if chosen is None:
        raise InputError(
            f"{mode.label}: no guide stands beside this cavity; add [coupling] to the design"
        )
    found = external_coupling(raw, chosen)
    intrinsic = mode.losses.without(EXTERNAL).total
    return CoupledMode(mode.label, mode.wavelength_nm, chosen.kind, chosen.gap_um, intrinsic, found)


def loaded_numbers(losses: LossBudget, law: GapLaw | None) -> dict[str, float | None]:
    """What the record of a coupled mode tells beside its losses."""
    external = losses.by_mechanism[EXTERNAL]
    intrinsic = losses.without(EXTERNAL).total
    assert external is not None
    return {
        "log10_q_intrinsic": intrinsic,
        "transmission": float(transmission(intrinsic, external)),
        "critical_gap_um": None if intrinsic is None or law is None else law.gap_um(intrinsic),
    }


def coupling_words(modes: list[Mode], coupler: Coupler | None) -> list[str]:
    """Where coupled modes leave the range of the model."""
    if coupler is None:
        return []
    words = []
    strong = {
        mode.label: share
        for mode in modes
        if (log10_q := mode.losses.further.get(EXTERNAL)) is not None
        and (share := _PER_PASS * mode.m * 10.0**-log10_q) > _STRONG
    }
    if strong:
        label = max(strong, key=lambda name: strong[name])
        words.append(
            f"coupling: the guide takes {100.0 * strong[label]:.0f} % of the light of {label} at "
            f"each pass (above {100.0 * _STRONG:.0f} % in {len(strong)} of {len(modes)} modes): "
            "first order in the coupling is exceeded, its Q is a rough number"
        )
    many = [mode.label for mode in modes if mode.extra.get("guide_modes_more")]
    if many:
        words.append(
            f"coupling: the {coupler.kind} guides further modes at this wavelength, into which the "
            "cavity loses light too; they are not counted"
        )
    return words
