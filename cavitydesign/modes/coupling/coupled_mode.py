"""A mode beside its guide, as a result: external and loaded Q and transmission at any gap."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from ...arrays import Array
from ...errors import InputError
from .external_coupling import ExternalCoupling
from .loaded import transmission


@dataclass(frozen=True, eq=False, repr=False)
class CoupledMode:
    """What a guide does to one mode.

    Attributes
    ----------
    label : str
    wavelength_nm : float
    kind : str
        Of the guide.
    gap_um : float
        Of the design.
    log10_q_intrinsic : float or None
        Without the guide; None: no loss.
    guide : ExternalCoupling
    """

    label: str
    wavelength_nm: float
    kind: str
    gap_um: float
    log10_q_intrinsic: float | None
    guide: ExternalCoupling

    def log10_q_external(self, gap_um: ArrayLike | None = None) -> Array:
        """log10 of the Q by the guide alone.

        Parameters
        ----------
        gap_um : array_like, optional
            The design's by default; so for the other methods.
        """
        return self.guide.law.log10_q(self._gaps(gap_um))

    def log10_q_loaded(self, gap_um: ArrayLike | None = None) -> Array:
        """log10 of the Q by all losses."""
        external = self.log10_q_external(gap_um)
        if self.log10_q_intrinsic is None:
            return external
        low = np.minimum(external, self.log10_q_intrinsic)
        parts = 10.0 ** (low - external) + 10.0 ** (low - self.log10_q_intrinsic)
        return np.asarray(low - np.log10(parts))

    def transmission(self, gap_um: ArrayLike | None = None, detuning_pm: ArrayLike = 0.0) -> Array:
        """Share of the guided power that passes, of light in the polarisation that couples.

        Parameters
        ----------
        gap_um : array_like, optional
        detuning_pm : array_like
            Wavelength less that of the mode.
        """
        widths = 1e-3 * np.asarray(detuning_pm, dtype=float) / self.linewidth_nm(gap_um)
        return transmission(self.log10_q_intrinsic, self.log10_q_external(gap_um), widths)

    def linewidth_nm(self, gap_um: ArrayLike | None = None) -> Array:
        """Full width at half maximum of the loaded resonance."""
        return np.asarray(self.wavelength_nm * 10.0 ** -self.log10_q_loaded(gap_um))

    @property
    def critical_gap_um(self) -> float | None:
        """Gap at which nothing passes on resonance; None where even contact takes too little."""
        if self.log10_q_intrinsic is None:
            return None
        return self.guide.law.gap_um(self.log10_q_intrinsic)

    def _gaps(self, gap_um: ArrayLike | None) -> Array:
        gap = np.asarray(self.gap_um if gap_um is None else gap_um, dtype=float)
        if not (np.isfinite(gap).all() and (gap >= 0).all()):
            raise InputError("gap_um: must be 0 or positive")
        return gap

    def __repr__(self) -> str:
        """Mode, guide, both Q and what passes, in one line."""
        return (
            f"CoupledMode {self.label}, {self.kind} at {self.gap_um:g} um: log10 Q external "
            f"{float(self.log10_q_external()):.4g}, loaded {float(self.log10_q_loaded()):.4g}, "
            f"transmission {float(self.transmission()):.3g}"
        )
