"""Open-aperture Z-scan: transmittance of a thin n-photon absorber through a focus, and sigma_n from
data.

In the sample the photon flux obeys d phi / dz = -N sigma_n phi^n, so that phi_out = phi / (1 +
(n-1) N sigma_n L phi^(n-1))^(1/(n-1)) with sigma_n counting photons removed. Averaged over a
Gaussian beam and pulse (Sheik-Bahae et al., IEEE J. Quantum Electron. 26, 760, 1990; He et al.,
Chem. Rev. 108, 1245, 2008).
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from ...arrays import Array
from ...errors import InputError
from ...texts import counted
from ...units import NM_PER_UM, UM_PER_CM
from ..pulse_shape import photons_per_cm2
from .fitting import check_answer, fitted

# The fit frees three numbers; points at one place tell none of them.
_FEWEST_PLACES = 5
# Gauss points over time and over the beam: 40 of each leave 3e-8 of the transmittance (two
# photons) and 7e-7 (three) up to a strength of 30; 20 leave 1e-5 and 7e-5.
_PULSE_NODES, _PULSE_WEIGHTS = np.polynomial.hermite.hermgauss(40)
# From the rim of the beam to its middle, 0 to 1
_BEAM_NODES, _BEAM_WEIGHTS = (
    0.5 * (part + shift)
    for part, shift in zip(np.polynomial.legendre.leggauss(40), (1, 0), strict=True)
)


@dataclass(frozen=True)
class ZScan:
    """The experiment.

    Parameters
    ----------
    photons : {2, 3}
        Order of the absorption.
    wavelength_nm : float
    pulse_energy_nj : float
        On the sample.
    pulse_fs : float
        Intensity FWHM of a Gaussian pulse.
    waist_um : float
        1/e^2 intensity radius in the focus.
    absorbers_per_cm3 : float
        Density of dots or molecules.
    thickness_mm : float
        Of the sample, thinner than the Rayleigh range.
    linear_absorption_per_cm : float
    """

    photons: int
    wavelength_nm: float
    pulse_energy_nj: float
    pulse_fs: float
    waist_um: float
    absorbers_per_cm3: float
    thickness_mm: float
    linear_absorption_per_cm: float = 0.0

    def __post_init__(self) -> None:
        problems = (
            []
            if self.photons in (2, 3)
            else [f"z-scan: photons {self.photons!r} is not allowed; 2 or 3"]
        )
        for name in (
            "wavelength_nm",
            "pulse_energy_nj",
            "pulse_fs",
            "waist_um",
            "absorbers_per_cm3",
            "thickness_mm",
        ):
            if not (math.isfinite(getattr(self, name)) and getattr(self, name) > 0):
                problems.append(f"z-scan: {name} {getattr(self, name)!r} must be positive")
        if self.linear_absorption_per_cm < 0:
            problems.append(
                f"z-scan: linear_absorption_per_cm {self.linear_absorption_per_cm!r} must not be "
                "negative"
            )
        if problems:
            raise InputError(problems)

    @property
    def rayleigh_mm(self) -> float:
        """pi w0^2 / lambda."""
        return math.pi * self.waist_um**2 / (self.wavelength_nm / NM_PER_UM) * 1e-3

    @property
    def peak_flux_per_cm2_s(self) -> float:
        """Photon flux at the centre of the focus and the peak of the pulse."""
        area_cm2 = 0.5 * math.pi * (self.waist_um / UM_PER_CM) ** 2
        peak_fluence_mj_cm2 = self.pulse_energy_nj * 1e-6 / area_cm2
        per_second = math.sqrt(4.0 * math.log(2.0) / math.pi) / (self.pulse_fs * 1e-15)
        return float(photons_per_cm2(peak_fluence_mj_cm2, self.wavelength_nm)) * per_second

    @property
    def effective_length_cm(self) -> float:
        """(1 - exp(-(n-1) a L)) / ((n-1) a), the length without linear absorption."""
        length, rate = 0.1 * self.thickness_mm, (self.photons - 1) * self.linear_absorption_per_cm
        return length if rate == 0.0 else -math.expm1(-rate * length) / rate

    def transmittance(self, position_mm: ArrayLike, sigma: float, centre_mm: float = 0.0) -> Array:
        """Transmittance relative to the linear one.

        Parameters
        ----------
        position_mm : (k,) array
            Of the sample along the beam.
        sigma : float
            sigma_n in cm^(2n) s^(n-1), photons removed.
        centre_mm : float
            Position of the focus.
        """
        offset = (
            np.atleast_1d(np.asarray(position_mm, dtype=float)) - centre_mm
        ) / self.rayleigh_mm
        order = self.photons - 1
        peak = (
            order
            * self.absorbers_per_cm3
            * sigma
            * self.effective_length_cm
            * self.peak_flux_per_cm2_s**order
        )
        strength = peak / (1.0 + offset**2) ** order
        return gaussian_transmittance(strength, self.photons)

    def fitted(self, position_mm: ArrayLike, transmittance: ArrayLike) -> ZScanFit:
        """Fit sigma_n, focus and baseline to measured transmittance, every point with the same
        weight.

        Raises
        ------
        InputError
            Fewer than five places, different lengths, values that are not positive, or equal
            transmittances.
        """
        scanned_mm, measured = (
            np.asarray(position_mm, dtype=float),
            np.asarray(transmittance, dtype=float),
        )
        if scanned_mm.ndim != 1 or scanned_mm.shape != measured.shape or len(scanned_mm) < 5:
            raise InputError("z-scan: needs five or more positions with as many transmittances")
        if not (
            np.all(np.isfinite(scanned_mm))
            and np.all(np.isfinite(measured))
            and np.all(measured > 0)
        ):
            raise InputError("z-scan: positions must be finite and transmittances positive")
        places = len(np.unique(scanned_mm))
        if places < _FEWEST_PLACES:
            raise InputError(
                f"z-scan: the points lie at {counted(places, 'place')}; {_FEWEST_PLACES} or more "
                "are needed"
            )
        if float(np.ptp(measured)) == 0.0:
            raise InputError(f"z-scan: all transmittances are {measured[0]:g}: no dip is seen")
        base = float(np.quantile(measured, 0.9))
        dip = max(1.0 - float(measured.min()) / base, 1e-6)
        unit = _sigma_of_unit_strength(self)
        guess = math.log(dip * self.photons**1.5 / (1.0 - min(dip, 0.9)) * unit)

        def misfit(parameters: Array) -> Array:
            sigma, centre, level = (
                math.exp(parameters[0]),
                float(parameters[1]),
                float(parameters[2]),
            )
            return np.asarray(level * self.transmittance(scanned_mm, sigma, centre) - measured)

        start = [guess, float(scanned_mm[int(measured.argmin())]), base]
        found = fitted("z-scan", misfit, start, [0.1, 0.1 * self.rayleigh_mm, 0.1])
        columns = np.asarray(found.jac, dtype=float)
        covariance = (
            np.linalg.pinv(columns.T @ columns) * 2.0 * found.cost / max(len(scanned_mm) - 3, 1)
        )
        check_answer("z-scan", *np.diag(covariance), found.x[0] / 700.0)
        sigma = math.exp(float(found.x[0]))
        return ZScanFit(
            sigma=sigma,
            sigma_error=sigma * math.sqrt(float(covariance[0, 0])),
            centre_mm=float(found.x[1]),
            baseline=float(found.x[2]),
            rms=math.sqrt(2.0 * found.cost / len(scanned_mm)),
        )


@dataclass(frozen=True)
class ZScanFit:
    """sigma_n from a Z-scan.

    Attributes
    ----------
    sigma, sigma_error : float
        In cm^(2n) s^(n-1), photons removed, and its standard error from the scatter of the points.
        The errors of pulse energy, length and waist come on top.
    centre_mm, baseline, rms : float
    """

    sigma: float
    sigma_error: float
    centre_mm: float
    baseline: float
    rms: float


def gaussian_transmittance(strength: Array, photons: int) -> Array:
    """Transmittance of a Gaussian pulse and beam whose centre sees (n-1) N sigma L phi^(n-1) =
    strength.

    Gauss-Hermite over the pulse, Gauss-Legendre over the beam (the share of the power within u =
    exp(-2 r^2 / w^2) is uniform in u).

    Parameters
    ----------
    strength : (k,) array
    photons : int
        n, two or more.

    Returns
    -------
    (k,) array
    """
    order = photons - 1
    pulse = np.exp(-(_PULSE_NODES**2) * order)[None, :, None]
    beam = (_BEAM_NODES**order)[None, None, :]
    local = (1.0 + np.asarray(strength)[:, None, None] * pulse * beam) ** (-1.0 / order)
    return np.asarray(
        np.einsum("ktb,t,b->k", local, _PULSE_WEIGHTS, _BEAM_WEIGHTS) / math.sqrt(math.pi)
    )


def _sigma_of_unit_strength(scan: ZScan) -> float:
    order = scan.photons - 1
    flux = scan.peak_flux_per_cm2_s**order
    return 1.0 / (order * scan.absorbers_per_cm3 * scan.effective_length_cm * flux)
