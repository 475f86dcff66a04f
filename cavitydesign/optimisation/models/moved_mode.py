"""One mode of a design whose numbers have changed a little."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

from ...modes.losses.budget import LossBudget

if TYPE_CHECKING:
    from ...modes import Mode

FURTHER = ("thermal_shift_pm_per_k",)
"""A number beside those that a mode always has."""
# Those that a mode has by its neighbours in the range, which a moved comb loses and gains: these
# are left to full solves.
_BY_NEIGHBOURS = ("d1_ghz", "d2_mhz", "d3_mhz")


def moved_number(mode: Mode, name: str) -> float:
    """A number of a mode by its name in `LinearModes.slopes`; not-a-number where the mode does not
    have it.
    """
    kind, _, part = name.partition(".")
    tables: dict[str, Callable[[], Mapping[str, float | None]]] = {
        "log10_q": mode.losses.to_json_dict,
        "confinement": lambda: mode.confinement,
        "sensitivity_nm_per_riu": lambda: mode.sensitivity_nm_per_riu,
    }
    if kind in tables:
        value = tables[kind]().get(part)
    else:
        value = mode.extra.get(kind) if kind in FURTHER else getattr(mode, kind, None)
    return math.nan if value is None else float(value)


def moved_mode(mode: Mode, change: Mapping[str, float]) -> Mode:
    """A mode whose numbers have changed; the mode volume by its logarithm.

    Parameters
    ----------
    mode : Mode
    change : mapping of str to float
        By name, as in `moved_number`; `wavelength_nm` among them.
    """

    def plus(name: str) -> float | None:
        value = moved_number(mode, name)
        return None if math.isnan(value) else value + change.get(name, 0.0)

    losses = {loss: plus(f"log10_q.{loss}") for loss in mode.losses.by_mechanism}
    errors = {**mode.losses.errors, "radiation": mode.losses.radiation_error}
    shares = {
        region: share + change.get(f"confinement.{region}", 0.0)
        for region, share in mode.confinement.items()
    }
    sensitivity = {
        region: value + change.get(f"sensitivity_nm_per_riu.{region}", 0.0)
        for region, value in mode.sensitivity_nm_per_riu.items()
    }
    extra = {name: None if name in _BY_NEIGHBOURS else value for name, value in mode.extra.items()}
    extra |= {
        name: _finite(moved_number(mode, name) + change.get(name, math.nan)) for name in FURTHER
    }
    n_eff = plus("n_eff")
    return replace(
        mode,
        wavelength_nm=mode.wavelength_nm + change["wavelength_nm"],
        n_eff=mode.n_eff if n_eff is None else n_eff,
        group_index=plus("group_index"),
        fsr_nm=plus("fsr_nm"),
        mode_volume_um3=mode.mode_volume_um3 * math.exp(change.get("mode_volume_um3", 0.0)),
        confinement={region: min(max(share, 0.0), 1.0) for region, share in shares.items()},
        losses=LossBudget.of(losses, errors),
        sensitivity_nm_per_riu=sensitivity,
        extra=extra,
    )


def _finite(value: float) -> float | None:
    return value if math.isfinite(value) else None
