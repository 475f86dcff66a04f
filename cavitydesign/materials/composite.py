"""Effective medium of small inclusions in a host, by volume fraction."""

from __future__ import annotations

import cmath
from dataclasses import dataclass
from typing import Literal

from ..errors import InputError, nearest
from .material import Material

MixingRule = Literal["maxwell_garnett", "bruggeman"]
_RULES = ("maxwell_garnett", "bruggeman")


def maxwell_garnett(
    host: complex, inclusion: complex, fraction: float
) -> tuple[complex, complex, complex]:
    """Permittivity of spheres in a host, and its derivatives by both permittivities.

    (eps - e_h)/(eps + 2 e_h) = f (e_i - e_h)/(e_i + 2 e_h), solved for eps (Maxwell Garnett 1904;
    Bohren and Huffman, Absorption and Scattering of Light by Small Particles, section 8.5).

    Parameters
    ----------
    host, inclusion : complex
        Relative permittivities.
    fraction : float
        Volume fraction of the inclusions.

    Returns
    -------
    eps, d eps / d host, d eps / d inclusion : complex
    """
    numerator = inclusion * (1 + 2 * fraction) + 2 * host * (1 - fraction)
    denominator = inclusion * (1 - fraction) + host * (2 + fraction)
    eps = host * numerator / denominator
    by_host = (numerator + 2 * host * (1 - fraction) - eps * (2 + fraction)) / denominator
    by_inclusion = (host * (1 + 2 * fraction) - eps * (1 - fraction)) / denominator
    return eps, by_host, by_inclusion


def bruggeman(
    host: complex, inclusion: complex, fraction: float
) -> tuple[complex, complex, complex]:
    """Permittivity of a mixture by the symmetric rule of Bruggeman, and its derivatives.

    In this rule of 1935 neither medium is the host. The permittivity eps is the root with positive
    real part of

    f (e_i - eps)/(e_i + 2 eps) + (1 - f)(e_h - eps)/(e_h + 2 eps) = 0.

    Parameters
    ----------
    host, inclusion : complex
        Permittivities.
    fraction : float
        Share of the volume that the inclusion takes, 0 to 1.

    Returns
    -------
    permittivity, by_host, by_inclusion : complex
        That of the composite, and its derivatives by the two.
    """
    middle = (3 * fraction - 1) * inclusion + (2 - 3 * fraction) * host
    root = cmath.sqrt(middle**2 + 8 * host * inclusion)
    eps = (middle + root) / 4
    by_host = ((2 - 3 * fraction) + (middle * (2 - 3 * fraction) + 4 * inclusion) / root) / 4
    by_inclusion = ((3 * fraction - 1) + (middle * (3 * fraction - 1) + 4 * host) / root) / 4
    return eps, by_host, by_inclusion


@dataclass(frozen=True)
class EffectiveMedium(Material):
    """Inclusions much smaller than the wavelength, spread evenly in a host.

    Parameters
    ----------
    host, inclusion : Material
        The two media; the range is where both have data.
    volume_fraction : float
        Share of the volume taken by the inclusions, 0 to 1.
    rule : str
        "maxwell_garnett" (separate spheres) or "bruggeman" (both media alike).
    inclusion_absorbs : bool
        Whether the inclusions' absorption enters the extinction. False for emitting dots, whose
        absorption the gain model already carries (it would count twice in the loss budget).
    """

    host: Material
    inclusion: Material
    volume_fraction: float
    rule: MixingRule = "maxwell_garnett"
    inclusion_absorbs: bool = False

    @classmethod
    def of(
        cls,
        host: Material,
        inclusion: Material,
        volume_fraction: float,
        rule: MixingRule = "maxwell_garnett",
        inclusion_absorbs: bool = False,
        name: str | None = None,
    ) -> EffectiveMedium:
        """Mix two media.

        Raises
        ------
        InputError
            For a fraction outside 0 to 1, an unknown rule, or media without a common range.
        """
        if not 0.0 <= volume_fraction <= 1.0:
            raise InputError(f"volume_fraction: {volume_fraction!r} is not within 0 to 1")
        if rule not in _RULES:
            raise InputError(
                f"rule: {rule!r} is unknown{nearest(rule, _RULES)} (allowed: {', '.join(_RULES)})"
            )
        low = max(host.range_nm[0], inclusion.range_nm[0])
        high = min(host.range_nm[1], inclusion.range_nm[1])
        if low >= high:
            raise InputError(
                f"{inclusion.name} in {host.name}: their data have no wavelength in common"
            )
        title = name or f"{inclusion.name} in {host.name}, {volume_fraction:g}"
        mixing = rule.replace("_", " ")
        source = (
            f"{mixing} mixing of {inclusion.name} ({inclusion.source}) in {host.name} "
            f"({host.source})"
        )
        return cls(
            title, source, (low, high), host, inclusion, volume_fraction, rule, inclusion_absorbs
        )

    def _mixed(self, wavelength_nm: float) -> tuple[complex, complex, complex]:
        kappa = self.inclusion.extinction(wavelength_nm) if self.inclusion_absorbs else 0.0
        inclusion = complex(self.inclusion.index(wavelength_nm), kappa) ** 2
        host = complex(self.host.index(wavelength_nm), self.host.extinction(wavelength_nm)) ** 2
        return (maxwell_garnett if self.rule == "maxwell_garnett" else bruggeman)(
            host, inclusion, self.volume_fraction
        )

    def _index(self, wavelength_nm: float) -> float:
        return cmath.sqrt(self._mixed(wavelength_nm)[0]).real

    def _extinction(self, wavelength_nm: float) -> float:
        return cmath.sqrt(self._mixed(wavelength_nm)[0]).imag

    def index_slope_per_nm(self, wavelength_nm: float) -> float:
        """dn/dlambda in nm^-1 by the chain rule where neither medium absorbs, else by
        differences.
        """
        if self.inclusion_absorbs or self.host.extinction(wavelength_nm) > 0.0:
            return super().index_slope_per_nm(wavelength_nm)
        self.check_range(wavelength_nm)
        eps, by_host, by_inclusion = self._mixed(wavelength_nm)
        host_slope = (
            2 * self.host.index(wavelength_nm) * self.host.index_slope_per_nm(wavelength_nm)
        )
        inclusion_slope = (
            2
            * self.inclusion.index(wavelength_nm)
            * self.inclusion.index_slope_per_nm(wavelength_nm)
        )
        return (
            (by_host * host_slope + by_inclusion * inclusion_slope) / (2 * cmath.sqrt(eps))
        ).real

    @property
    def thermo_optic_per_k(self) -> float | None:
        """That of the host: the inclusions' share is second order in a small fraction."""
        return self.host.thermo_optic_per_k

    @property
    def expansion_per_k(self) -> float | None:
        """That of the host, likewise."""
        return self.host.expansion_per_k
