"""Adiabatic estimate of the modes of a bottle: a seed, a label and an instant preview, never a
result.

At every z the field is the exact cylinder mode of the local radius. Slow axial motion then obeys
-alpha u'' + k_c(z)^2 u = k^2 u with alpha = d(k^2)/d(beta^2) of the cylinder mode. For an outline
R0 - z^2/(2 Ra) near the equator k_c^2 = k_c0^2 (1 + s z^2/(R0 Ra)), s = -dln(k_c)/dln(R), which is
a harmonic oscillator:

    k^2 = k_c0^2 + (2 q + 1) sqrt(alpha s) k_c0 / sqrt(R0 Ra).

What is missing: the mode lies a depth of about a_p m^(-2/3) R0 under the surface (a_p: Airy zeros),
where the outline has another curvature; the vector nature of the field; the anharmonic outline.
`wavelength_error_nm` is its size, from exact spheres: 0.16 a_p (2q + 1) (R0/Ra) m^(-2/3) and 0.3
(2q^2 + 2q + 1) sqrt(R0/Ra)/m (quartic term) axial spacings.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

from .energy import layer_energies
from .functions.size_parameters import airy_zero
from .resonance import Resonance, Resonator, find_resonance

# Both shares of an axial spacing cover the true error of six modes on each of four exact
# spheres (`tests/unit/analytic/test_bottle_estimate.py`); the terms they scale are derived above.
_DEPTH_ERROR = 0.16
_QUARTIC_ERROR = 0.3  # share of the quartic term, from the same spheres
# The slope of a homogeneous cylinder is right to 3e-11 with this step; truncation grows as its
# square, and rounding takes over below 1e-6 (7e-10 at 1e-7).
_RADIUS_STEP = 1e-5


@dataclass(frozen=True)
class BottleEstimate:
    """Estimate of one bottle mode, with its own error; marked as such wherever it is shown.

    Attributes
    ----------
    polarisation : str
        TM: E along the axis.
    m, p, q : int
        Azimuthal, radial and axial order.
    wavelength_nm, wavelength_error_nm : float
        Vacuum wavelength and the size of the neglected terms.
    axial_spacing_nm : float
        Wavelength from q to q + 1 (positive).
    axial_width_um : float
        Standard deviation length of the Gaussian u = exp(-z^2 / (2 w^2)) of q = 0.
    equator : Resonance
        The cylinder mode at the equator.
    is_estimate : bool
        Always true.
    """

    polarisation: str
    m: int
    p: int
    q: int
    wavelength_nm: float
    wavelength_error_nm: float
    axial_spacing_nm: float
    axial_width_um: float
    equator: Resonance
    is_estimate: bool = True


def axial_stiffness(resonance: Resonance) -> float:
    """alpha = d(k^2)/d(beta^2) of a cylinder mode of small axial wavenumber beta, to leading
    (scalar) order.

    By the Rayleigh quotient: int u^2 / int eps u^2 of u = E_z, or int u^2/eps / int u^2 of u = H_z;
    close to 1/n^2. Both are the energy-weighted mean of 1/eps, for H_z by the tangential and radial
    electric energy.
    """
    tangential, radial = layer_energies(resonance)
    energy = tangential + radial
    inverse = [1.0 / complex(n).real ** 2 for n in resonance.problem.indices]
    return float(sum(e * w for e, w in zip(energy, inverse, strict=True)) / energy.sum())


def _radius_response(resonance: Resonance) -> float:
    """-dln(k)/dln(R) when the outer interface alone moves (1 for a homogeneous cylinder without
    dispersion).
    """
    resonator = resonance.resonator

    def shifted(factor: float) -> float:
        radii = (*resonator.radii_um[:-1], resonator.radii_um[-1] * factor)
        moved: Resonator = replace(resonator, radii_um=radii)
        found = find_resonance(
            moved, resonance.order, resonance.p, resonance.polarisation, resonance.wavelength_nm
        )
        return found.k_re_per_um

    return -math.log(shifted(1.0 + _RADIUS_STEP) / shifted(1.0 - _RADIUS_STEP)) / (
        2.0 * _RADIUS_STEP
    )


def estimate_bottle_mode(
    resonator: Resonator,
    axial_radius_um: float,
    m: int,
    p: int = 1,
    q: int = 0,
    polarisation: str = "TM",
) -> BottleEstimate:
    """Adiabatic estimate of a mode of the bottle whose equatorial section is a layered cylinder.

    Parameters
    ----------
    resonator : Resonator
        The cylinder of the equator; inner layers (a fibre) stay straight.
    axial_radius_um : float
        Radius of curvature of the outline at the equator.
    m, p, q : int
        Azimuthal, radial (from 1) and axial (from 0) order.
    polarisation : {"TM", "TE"}
        TM: E along the axis.

    Returns
    -------
    BottleEstimate
    """
    equator = find_resonance(resonator, m, p, polarisation)
    k_c, radius = equator.k_re_per_um, resonator.radii_um[-1]
    alpha = axial_stiffness(equator)
    plain = len(resonator.radii_um) == 1 and not resonator.dispersive(polarisation)
    response = 1.0 if plain else _radius_response(equator)
    axial = math.sqrt(response / (radius * axial_radius_um))
    k = math.sqrt(k_c**2 + (2 * q + 1) * math.sqrt(alpha) * k_c * axial)
    spacing = math.sqrt(alpha) * axial
    missing = (
        _DEPTH_ERROR * airy_zero(p) * (2 * q + 1) * radius / axial_radius_um * m ** (-2.0 / 3.0)
    )
    missing += _QUARTIC_ERROR * (2 * q * q + 2 * q + 1) * math.sqrt(radius / axial_radius_um) / m
    wavelength = 2e3 * math.pi / k
    return BottleEstimate(
        polarisation,
        m,
        p,
        q,
        wavelength,
        wavelength * missing * spacing / k,
        wavelength * spacing / k,
        math.sqrt(math.sqrt(alpha) / (k_c * axial)),
        equator,
    )
