"""What a deviation from roundness does to a mode, as a result."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Mixed:
    """A neighbour that a deviation mixes into a mode.

    Attributes
    ----------
    label : str
        "TM 122 1 0", or "m = 122, others" for what no single mode of that order carries.
    share : float
        Of the energy of the mode.
    """

    label: str
    share: float


@dataclass(frozen=True)
class DeviatedMode:
    """The doublet that a mode of the round cavity becomes.

    Attributes
    ----------
    label : str
    wavelengths_nm : tuple of two floats
        Of the two standing waves, the longer one first.
    log10_q : tuple of two floats or None
        Of the same two, by all losses; None where radiation may decide and is not known.
    shift_pm : float
        Mean of both less the wavelength of the round cavity.
    splitting_pm : float
        Between the two.
    shift_power, splitting_power : float or None
        Powers of the size of the deviation with which they grow where it is small: 1 in first
        order, 2 where first order vanishes; None where there is none.
    leading_order_error : float
        How far the leading power is off at this size, of the shift.
    leading_order_up_to : float
        Size, as a multiple of the given one, up to which it is right within 1 %.
    numerical_error_pm : float
        Of the shift, by what the expansion leaves out.
    mixed : tuple of Mixed
        By falling share.
    radiation_known : bool
        Whether what the deviation does to radiation is in the Q.
    particle_size : float
        2 pi n a / lambda of the particle; 0 without one.
    threshold_gains_per_cm : tuple of two floats or None
        Of the wave with less loss and of the other; None without a gain medium.
    shift_sd_pm, splitting_sd_pm : float or None
        Standard deviations by the spreads of the deviation's own numbers.
    """

    label: str
    wavelengths_nm: tuple[float, float]
    log10_q: tuple[float | None, float | None]
    shift_pm: float
    splitting_pm: float
    shift_power: float | None
    splitting_power: float | None
    leading_order_error: float
    leading_order_up_to: float
    numerical_error_pm: float
    mixed: tuple[Mixed, ...]
    radiation_known: bool
    particle_size: float
    threshold_gains_per_cm: tuple[float, float] | None = None
    shift_sd_pm: float | None = None
    splitting_sd_pm: float | None = None

    @property
    def linewidths_nm(self) -> tuple[float | None, float | None]:
        """Full widths of the two passive resonances."""
        first, second = (
            None if q is None else wave * 10.0 ** (-min(q, 300.0))
            for wave, q in zip(self.wavelengths_nm, self.log10_q, strict=True)
        )
        return first, second

    @property
    def resolved(self) -> float | None:
        """Splitting over the mean line width: above 1 the doublet is seen as two lines."""
        widths = [one for one in self.linewidths_nm if one is not None]
        mean = sum(widths) / len(widths) if widths else 0.0
        return 1e-3 * self.splitting_pm / mean if mean > 0.0 else None

    @property
    def mixed_share(self) -> float:
        """Share of the energy of all that is mixed in."""
        return sum(one.share for one in self.mixed)

    def to_json_dict(self) -> dict[str, Any]:
        """The object `deviation` of a mode in the JSON."""
        known = [q for q in self.log10_q if q is not None]
        gains = self.threshold_gains_per_cm
        return {
            "shift_pm": self.shift_pm,
            "splitting_pm": self.splitting_pm,
            "numerical_error_pm": self.numerical_error_pm,
            "wavelengths_nm": list(self.wavelengths_nm),
            "log10_q_better": max(known, default=None),
            "log10_q_worse": min(known, default=None),
            "linewidths_nm": list(self.linewidths_nm),
            "splitting_over_linewidth": self.resolved,
            "shift_power": self.shift_power,
            "splitting_power": self.splitting_power,
            "leading_order_error": self.leading_order_error,
            "leading_order_up_to": (
                self.leading_order_up_to if math.isfinite(self.leading_order_up_to) else None
            ),
            "mixed_share": self.mixed_share,
            "mixed": [{"mode": one.label, "share": one.share} for one in self.mixed],
            "radiation_known": self.radiation_known,
            "particle_size": self.particle_size,
            "threshold_gain_per_cm": None if gains is None else gains[0],
            "threshold_gain_worse_per_cm": None if gains is None else gains[1],
            **({} if self.shift_sd_pm is None else {"shift_sd_pm": self.shift_sd_pm}),
            **({} if self.splitting_sd_pm is None else {"splitting_sd_pm": self.splitting_sd_pm}),
        }
