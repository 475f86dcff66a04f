"""What a gain medium tells of its absorption of pump light."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Absorber:
    """What the pump must know of the emitter: cross-sections (cm^2n s^(n-1)) and named
    calibrations.

    Attributes
    ----------
    cross_sections : tuple of (photons, sigma_n, wavelength_nm)
        At the wavelength where each was measured.
    calibrations : tuple of (photons, excitons, fluence_mj_cm2, wavelength_nm)
        <N> = excitons (F / fluence)^n, as published; each is a fit and overrides sigma_n.
    """

    cross_sections: tuple[tuple[int, float, float], ...]
    calibrations: tuple[tuple[int, float, float, float], ...] = ()

    def cross_section(self, photons: int) -> tuple[float, float] | None:
        """sigma_n and its wavelength, None if there is none."""
        return next(
            (
                (sigma, wavelength_nm)
                for n, sigma, wavelength_nm in self.cross_sections
                if n == photons
            ),
            None,
        )

    def calibration(self, photons: int) -> tuple[float, float, float] | None:
        """Excitons, fluence and wavelength of the published calibration, None if there is none."""
        return next(
            (
                (mean, dose, wavelength_nm)
                for n, mean, dose, wavelength_nm in self.calibrations
                if n == photons
            ),
            None,
        )
