"""The temperature of a cavity and of its gain: what is asked, and the numbers that say what it
changes.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field

from ...errors import InputError

GAIN_KEYS = ("gap_shift_mev_per_k", "phonon_width_mev", "activation_mev")
"""What a gain medium needs at another temperature than its own; 0 holds one still."""


@dataclass(frozen=True)
class Temperature:
    """Field names are the keys of the table [temperature].

    Parameters
    ----------
    temperature_k : float
        Of cavity and gain.
    reference_k : float
        At which the lengths of the design and the indices of its media hold.
    thermo_optic_per_k : mapping of str to float
        dn/dT by region, where the library's is not meant or there is none.
    expansion_per_k : mapping of str to float
        Linear expansion by region, likewise.
    valid_k : (float, float) or None
        Temperatures at which the numbers of this table were measured.
    gap_shift_mev_per_k : float or None
        Shift of the emission line, and of the energy where emission and absorption cross.
    phonon_width_mev : float or None
        What one phonon adds to the width of the line.
    phonon_mev : float or None
        Energy of that phonon.
    activation_mev : float or None
        Energy over which the non-radiative decay is activated.
    """

    temperature_k: float
    reference_k: float = 293.15
    thermo_optic_per_k: Mapping[str, float] = field(default_factory=dict)
    expansion_per_k: Mapping[str, float] = field(default_factory=dict)
    valid_k: tuple[float, ...] | None = None
    gap_shift_mev_per_k: float | None = None
    phonon_width_mev: float | None = None
    phonon_mev: float | None = None
    activation_mev: float | None = None

    def __post_init__(self) -> None:
        problems = [
            f"temperature.{key}: {getattr(self, key)!r} must be a temperature above 0 K"
            for key in ("temperature_k", "reference_k")
            if not (math.isfinite(getattr(self, key)) and getattr(self, key) > 0)
        ]
        for key in ("phonon_width_mev", "phonon_mev", "activation_mev"):
            value = getattr(self, key)
            if value is not None and not (math.isfinite(value) and value >= 0):
                problems.append(f"temperature.{key}: {value!r} must not be negative")
        if self.phonon_width_mev and not self.phonon_mev:
            problems.append("temperature.phonon_mev: missing; phonon_width_mev needs its energy")
        if self.valid_k is not None and not (
            len(self.valid_k) == 2 and 0 < self.valid_k[0] < self.valid_k[1]
        ):
            problems.append("temperature.valid_k: must be [lowest, highest] in K")
        if problems:
            raise InputError(problems)
        if self._own_numbers() and self.valid_k is None:
            raise InputError(
                "temperature.valid_k: missing; give the temperatures, [lowest, highest] in K, at "
                f"which {self._own_numbers()[0]} was measured: nothing is continued beyond"
            )
        if self.valid_k is not None and self._own_numbers():
            for key in ("temperature_k", "reference_k"):
                self.check(key, self.valid_k, "the table's numbers")

    def check(self, key: str, range_k: tuple[float, ...], whose: str) -> None:
        """Refuse a temperature outside data.

        Raises
        ------
        InputError
            With the key, the temperature and the range.
        """
        value = getattr(self, key)
        if not range_k[0] <= value <= range_k[1]:
            raise InputError(
                f"temperature.{key}: {value:g} K is outside the data of {whose}, {range_k[0]:g} to "
                f"{range_k[1]:g} K; nothing is continued beyond"
            )

    @property
    def rise_k(self) -> float:
        """Temperature less the reference."""
        return self.temperature_k - self.reference_k

    def _own_numbers(self) -> list[str]:
        own = [f"thermo_optic_per_k.{name}" for name in self.thermo_optic_per_k]
        own += [f"expansion_per_k.{name}" for name in self.expansion_per_k]
        return own + [key for key in GAIN_KEYS if getattr(self, key)]
