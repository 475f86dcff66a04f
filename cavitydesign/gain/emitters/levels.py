"""Box levels of a cubic dot: infinite barriers, no Coulomb term, parity selection rules of n-photon
absorption.

Energies in eV, lengths in nm, masses in units of the free-electron mass.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from ...errors import InputError, nearest
from ...units import FWHM_PER_SD

BOX_EV_NM2 = 0.37603016
"""h^2 / (8 m_e) in eV nm^2, from CODATA 2018."""

_ORBITALS: dict[str, tuple[int, int, int]] = {"S": (1, 1, 1), "P": (2, 1, 1), "D": (2, 2, 1)}


def box_level_ev(size_nm: float, mass: float, numbers: tuple[int, int, int] = (1, 1, 1)) -> float:
    """Confinement energy of one carrier in a cube, h^2 (nx^2 + ny^2 + nz^2) / (8 m L^2).

    Parameters
    ----------
    size_nm : float
        Edge length.
    mass : float
        Effective mass.
    numbers : tuple of int
        Quantum numbers, each at least 1.

    Raises
    ------
    InputError
        If a length, mass or quantum number is not positive.
    """
    if size_nm <= 0 or mass <= 0 or min(numbers) < 1:
        raise InputError(
            f"dot level: size {size_nm:g} nm, mass {mass:g} and numbers {numbers} must all be "
            "positive"
        )
    return BOX_EV_NM2 * sum(n * n for n in numbers) / (mass * size_nm**2)


def parity(orbital: str) -> int:
    """Parity of an envelope orbital: +1 even (S), -1 odd (P), +1 (D)."""
    numbers = _numbers(orbital)
    return -1 if sum(n - 1 for n in numbers) % 2 else 1


def transition_allowed(photons: int, hole: str, electron: str) -> bool:
    """Whether an n-photon interband transition between envelope orbitals is allowed by parity.

    One and three photons need envelopes of the same parity (S-S, P-P), two photons of opposite
    parity (S-P, P-S).

    Parameters
    ----------
    photons : int
    hole, electron : str
        Envelope orbitals, "S", "P" or "D".

    Returns
    -------
    bool
    """
    same = parity(hole) == parity(electron)
    return same if photons % 2 else not same


def _numbers(orbital: str) -> tuple[int, int, int]:
    if orbital not in _ORBITALS:
        raise InputError(
            f"orbital: {orbital!r} is not known; S, P or D{nearest(orbital, _ORBITALS)}"
        )
    return _ORBITALS[orbital]


@dataclass(frozen=True)
class DotLevels:
    """Levels of a cubic dot.

    Parameters
    ----------
    size_nm, size_sd_nm : float
        Mean edge and its standard deviation (9.2 and 1.2 nm, Adv. Funct. Mater. 2024,
        10.1002/adfm.202401247).
    gap_ev : float
        Bulk gap (2.25 eV, same source).
    electron_mass, hole_mass : float
        Effective masses (0.15, 0.14, same source).
    """

    size_nm: float = 9.2
    size_sd_nm: float = 1.2
    gap_ev: float = 2.25
    electron_mass: float = 0.15
    hole_mass: float = 0.14

    def transition_ev(self, hole: str = "S", electron: str = "S") -> float:
        """Energy of the transition from a hole to an electron orbital."""
        return (
            self.gap_ev
            + box_level_ev(self.size_nm, self.electron_mass, _numbers(electron))
            + box_level_ev(self.size_nm, self.hole_mass, _numbers(hole))
        )

    def spacing_ev(self, carrier: str) -> float:
        """S-P spacing of the "electron" or the "hole"."""
        masses = {"electron": self.electron_mass, "hole": self.hole_mass}
        if carrier not in masses:
            raise InputError(
                f"carrier: {carrier!r} is not known; electron or hole{nearest(carrier, masses)}"
            )
        return box_level_ev(self.size_nm, masses[carrier], (2, 1, 1)) - box_level_ev(
            self.size_nm, masses[carrier]
        )

    def size_broadening_fwhm_ev(self, edges: str = "together") -> float:
        """Full width at half maximum of the S-S line from the spread of sizes, to first order in
        the spread.

        Parameters
        ----------
        edges : {"together", "independent"}
            Whether the three edges of a dot vary together or each on its own (narrower by sqrt 3).
        """
        factors = {"together": 1.0, "independent": 1.0 / math.sqrt(3.0)}
        if edges not in factors:
            raise InputError(
                f"edges: {edges!r} is not known; together or independent{nearest(edges, factors)}"
            )
        confinement = self.transition_ev() - self.gap_ev
        return FWHM_PER_SD * 2.0 * confinement * self.size_sd_nm / self.size_nm * factors[edges]
