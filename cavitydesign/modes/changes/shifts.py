"""Shifts of a mode with the indices of its media and with temperature, computed when they are first
read: a list of a hundred modes takes a tenth of its time for them, and few readers want them.
"""

from __future__ import annotations

import math
from collections.abc import Mapping

from ..late_values import LateValues
from ..solver.snapshot import RawMode
from .first_order import index_sensitivities_nm


class Shifts:
    """What the solved field of a mode tells of small changes of its media.

    Parameters
    ----------
    raw : RawMode
    error_nm : float
        Of a sensitivity to an index.
    """

    def __init__(self, raw: RawMode, error_nm: float) -> None:
        self._raw, self._error_nm = raw, error_nm
        self._found: Mapping[str, float] | None = None

    def with_index(self) -> Mapping[str, float]:
        """d lambda / dn of each region."""
        if self._found is None:
            self._found = index_sensitivities_nm(self._raw)
        return self._found

    def with_temperature(self) -> Mapping[str, float | None]:
        """By the media whose dn/dT is known, without expansion; None where none is."""
        slopes = self._slopes_per_k
        if not slopes:
            return {"thermal_shift_pm_per_k": None}
        found = self.with_index()
        return {
            "thermal_shift_pm_per_k": 1e3
            * math.fsum(found[name] * slope for name, slope in slopes.items())
        }

    def added_to(self, extra: Mapping[str, float | None]) -> LateValues[float | None]:
        """Further numbers of a mode with the thermal shift, and with the errors of both shifts."""
        slopes = self._slopes_per_k.values()
        errors = {
            "sensitivity_error_nm_per_riu": self._error_nm,
            "thermal_shift_error_pm_per_k": (
                1e3 * self._error_nm * sum(map(abs, slopes)) if slopes else None
            ),
        }
        return LateValues({**extra, **errors}, ("thermal_shift_pm_per_k",), self.with_temperature)

    def by_region(self) -> LateValues[float]:
        """d lambda / dn of each region, computed when first read."""
        names = tuple(name for name, _ in self._raw.problem.cavity.regions)
        return LateValues({}, names, self.with_index)

    @property
    def _slopes_per_k(self) -> dict[str, float]:
        return {
            name: medium.thermo_optic_per_k
            for name, medium in self._raw.problem.cavity.regions
            if medium.thermo_optic_per_k is not None
        }
