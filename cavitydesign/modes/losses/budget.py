"""The loss budget of a mode: the quality factor that each mechanism alone would leave."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

_NAMED = ("radiation", "absorption", "scattering")


@dataclass(frozen=True)
class LossBudget:
    """Decimal logarithms of the quality factors; None where a loss is absent.

    Logarithms, because the radiative Q of large cavities passes 1e300. `further` holds the losses
    by other mechanisms, and `errors` the errors of all but radiation.
    """

    radiation: float | None
    absorption: float | None = None
    scattering: float | None = None
    radiation_error: float = 0.0
    further: Mapping[str, float | None] = field(default_factory=dict)
    errors: Mapping[str, float] = field(default_factory=dict)

    @classmethod
    def of(cls, log10_q: Mapping[str, float | None], errors: Mapping[str, float]) -> LossBudget:
        """The budget of losses by their names.

        Parameters
        ----------
        log10_q, errors : mapping of str to float
            By mechanism.
        """
        further = {name: value for name, value in log10_q.items() if name not in _NAMED}
        others = {name: error for name, error in errors.items() if name != "radiation"}
        return cls(
            radiation=log10_q.get("radiation"),
            absorption=log10_q.get("absorption"),
            scattering=log10_q.get("scattering"),
            radiation_error=errors.get("radiation", 0.0),
            further=further,
            errors=others,
        )

    @property
    def by_mechanism(self) -> dict[str, float | None]:
        """log10 Q of each mechanism."""
        return {name: getattr(self, name) for name in _NAMED} | dict(self.further)

    @property
    def total(self) -> float | None:
        """log10 of the total Q, from 1/Q = sum of 1/Q_j."""
        parts = [q for q in self.by_mechanism.values() if q is not None]
        if not parts:
            return None
        low = min(parts)
        return low - math.log10(sum(10.0 ** (low - q) for q in parts))

    def without(self, name: str) -> LossBudget:
        """The budget without one of its further losses."""
        rest = {key: value for key, value in self.further.items() if key != name}
        errors = {key: value for key, value in self.errors.items() if key != name}
        return replace(self, further=rest, errors=errors)

    def to_json_dict(self) -> dict[str, float | None]:
        """The `log10_q` object of the JSON contract."""
        return {**self.by_mechanism, "total": self.total}
