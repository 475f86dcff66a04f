"""A resonator with an exact solution, and one of its resonances."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise

from ..errors import InputError
from ..units import wavelength_nm as wavelength_of
from .functions.radial import RadialProblem

Index = complex | Callable[[float], complex]


@dataclass(frozen=True)
class Resonator:
    """A layered cylinder (a slice with kz = 0) or a coated sphere.

    Parameters
    ----------
    radii_um : tuple of float
        Interfaces from the inside out.
    indices : tuple
        From the core outwards, one more than radii: a number (n + i kappa absorbs), or a function
        of the vacuum wavelength in nm.
    spherical : bool
        Sphere instead of cylinder.
    indices_extraordinary : tuple or None
        Indices for E along the axis of a uniaxial cylinder, seen by TM; TE sees `indices`, then the
        ordinary ones.
    """

    radii_um: tuple[float, ...]
    indices: tuple[Index, ...]
    spherical: bool = False
    indices_extraordinary: tuple[Index, ...] | None = None

    def __post_init__(self) -> None:
        radii = (0.0, *self.radii_um)
        if len(radii) < 2 or any(b <= a for a, b in pairwise(radii)):
            raise InputError(
                f"radii_um: {self.radii_um} must be positive and grow from the inside out"
            )
        for indices in (self.indices, self.indices_extraordinary):
            if indices is not None and len(indices) != len(self.radii_um) + 1:
                raise InputError(
                    f"indices: {len(indices)} given for {len(self.radii_um)} radii; one more than "
                    "radii"
                )
        if self.spherical and self.indices_extraordinary is not None:
            raise InputError(
                "indices_extraordinary: a uniaxial sphere has no closed form; only cylinders"
            )

    @property
    def diameter_um(self) -> float:
        """Outer diameter."""
        return 2.0 * self.radii_um[-1]

    def seen_indices(self, polarisation: str) -> tuple[Index, ...]:
        """The indices that a polarisation sees (TM: E along the axis)."""
        if polarisation == "TM" and self.indices_extraordinary is not None:
            return self.indices_extraordinary
        return self.indices

    def problem(self, order: int, polarisation: str, wavelength_nm: float) -> RadialProblem:
        """The radial problem with the indices at one vacuum wavelength.

        Raises
        ------
        InputError
            For an unknown polarisation, or a layer of metal (kappa >= n): the poles are followed
            from those of the same layers without absorption, where a metal is none.
        """
        if polarisation not in ("TM", "TE"):
            raise InputError(
                f"polarisation: {polarisation!r} is not allowed; TM (E along the axis) or TE"
            )
        seen = self.seen_indices(polarisation)
        values = tuple(complex(n(wavelength_nm)) if callable(n) else complex(n) for n in seen)
        for number, value in enumerate(values):
            if value.imag >= value.real:
                raise InputError(
                    f"indices: {value:g} of layer {number} absorbs like a metal (kappa >= n) at "
                    f"{wavelength_nm:.6g} nm; not handled here"
                )
        return RadialProblem(order, self.radii_um, values, polarisation == "TE", self.spherical)

    def dispersive(self, polarisation: str) -> bool:
        """Whether any index depends on the wavelength."""
        return any(callable(n) for n in self.seen_indices(polarisation))


@dataclass(frozen=True)
class Resonance:
    """One exact resonance (quasi-normal mode).

    Attributes
    ----------
    resonator : Resonator
    polarisation : str
        TM: E along the axis. For a sphere TM is the Mie TE mode, and TE the Mie TM mode.
    order, p : int
        Azimuthal order m (sphere: l) and radial order, the number of extrema of the field along the
        radius.
    problem : RadialProblem
        With the indices at the resonance's own wavelength.
    k_re_per_um : float
        Real part of the vacuum wavenumber.
    log10_q : float
        log10 of Re k / (2 |Im k|), all losses.
    log10_q_radiation : float
        The same with all indices made real.
    """

    resonator: Resonator
    polarisation: str
    order: int
    p: int
    problem: RadialProblem
    k_re_per_um: float
    log10_q: float
    log10_q_radiation: float

    @property
    def wavelength_nm(self) -> float:
        """Vacuum wavelength 2 pi / Re k."""
        return wavelength_of(self.k_re_per_um)

    @property
    def wavenumber_per_um(self) -> complex:
        """Complex wavenumber; its imaginary part is lost below 1e-308."""
        return complex(
            self.k_re_per_um, -0.5 * self.k_re_per_um * 10.0 ** max(-self.log10_q, -320.0)
        )

    @property
    def n_eff(self) -> float:
        """Effective index m lambda / (pi D)."""
        return self.order * self.wavelength_nm * 1e-3 / (math.pi * self.resonator.diameter_um)

    @property
    def log10_q_absorption(self) -> float | None:
        """log10 of Q_abs = 1/(1/Q - 1/Q_radiation); None without absorption (or with gain that
        exceeds it).
        """
        if self.problem.lossless:
            return None
        share = 1.0 - 10.0 ** (self.log10_q - self.log10_q_radiation)
        return self.log10_q - math.log10(share) if share > 0 else None
