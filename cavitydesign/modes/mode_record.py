"""The numbers of one mode: its identity, its wavelength, what it carries and how sure that is."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Self

from ..columns import mode_columns
from ..columns.column import derived
from ..columns.html_tables import html_of_modes
from .derived.sampled_field import FieldSamples
from .label import Label
from .late_values import LateValues
from .losses.budget import LossBudget

if TYPE_CHECKING:
    from .deviation.deviated_mode import DeviatedMode
    from .sensing.sensed_mode import SensedMode
    from .solver.snapshot import RawMode


@dataclass(frozen=True, repr=False)
class ModeRecord:
    """The numbers of one mode, as they are written and read; `Mode` tells what each is."""

    polarisation: str
    m: int
    p: int
    q: int
    wavelength_nm: float
    wavelength_error_nm: float
    n_eff: float
    group_index: float | None
    fsr_nm: float | None
    energy_fraction: Mapping[str, float]
    confinement: Mapping[str, float]
    confinement_error: float
    mode_volume_um3: float
    losses: LossBudget
    residual: float = 0.0
    accuracy_met: bool = True
    sample_field: Callable[[int, int], FieldSamples] | None = dataclasses.field(
        default=None, repr=False, compare=False
    )
    extra: Mapping[str, float | None] = dataclasses.field(default_factory=dict)
    sensitivity_nm_per_riu: Mapping[str, float] = dataclasses.field(default_factory=dict)
    raw: RawMode | None = dataclasses.field(default=None, repr=False, compare=False)
    raw_next: RawMode | None = dataclasses.field(default=None, repr=False, compare=False)
    deviated: DeviatedMode | None = None
    sensed: SensedMode | None = None

    def __repr__(self) -> str:
        """Label, wavelength with its numerical error, and Q, in one line."""
        total = self.losses.total
        quality = "no loss" if total is None else f"log10 Q {total:.4g}"
        error = f"{self.wavelength_error_nm:.1g}"
        return f"Mode {self.label}, {self.wavelength_nm:.9g} +- {error} nm, {quality}"

    def _repr_html_(self) -> str:
        """The mode as a table, for notebooks."""
        return html_of_modes([self.to_json_dict()], f"{self!r}")

    @property
    def label(self) -> str:
        """Identity in words: polarisation m p q."""
        return str(Label(self.polarisation, self.m, self.p, self.q))

    @property
    def q_total(self) -> float | None:
        """Total quality factor as a number; None if there is no loss, infinite past the range of
        floats.
        """
        total = self.losses.total
        if total is None:
            return None
        return 10.0**total if total < 308 else math.inf

    @property
    def linewidth_nm(self) -> float | None:
        """Full width at half maximum of the cold resonance, lambda / Q."""
        total = self.losses.total
        return None if total is None else self.wavelength_nm * 10.0 ** (-min(total, 300.0))

    def with_extra(self, values: Mapping[str, float | None]) -> Self:
        """This mode with further numbers; what is computed when it is read stays so."""
        return dataclasses.replace(self, extra=LateValues.with_values(self.extra, values))

    def to_json_dict(self) -> dict[str, object]:
        """One entry of `modes` in the JSON contract."""
        q_total = self.q_total
        record: dict[str, object] = {
            "label": self.label,
            "polarisation": self.polarisation,
            "m": self.m,
            "p": self.p,
            "q": self.q,
            "wavelength_nm": self.wavelength_nm,
            "wavelength_error_nm": self.wavelength_error_nm,
            "n_eff": self.n_eff,
            "group_index": self.group_index,
            "fsr_nm": self.fsr_nm,
            "energy_fraction": dict(self.energy_fraction),
            "confinement": dict(self.confinement),
            "confinement_error": self.confinement_error,
            "mode_volume_um3": self.mode_volume_um3,
            "log10_q": self.losses.to_json_dict(),
            "log10_q_radiation_error": self.losses.radiation_error,
            **{f"log10_q_{name}_error": error for name, error in self.losses.errors.items()},
            "q_total": q_total if q_total is None or math.isfinite(q_total) else None,
            "linewidth_nm": self.linewidth_nm,
            "sensitivity_nm_per_riu": dict(self.sensitivity_nm_per_riu),
            "residual": self.residual,
            "accuracy_met": self.accuracy_met,
            **self.extra,
            **({} if self.deviated is None else {"deviation": self.deviated.to_json_dict()}),
            **({} if self.sensed is None else {"sensing": self.sensed.to_json_dict()}),
        }
        return record | derived(mode_columns.COLUMNS, record)
