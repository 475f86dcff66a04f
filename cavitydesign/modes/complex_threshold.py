"""The static threshold exactly: the uniform gain of one region at which a mode has a real
frequency.

With the index n - i kappa in the doped region (its own absorption stays), the complex-symmetric
eigenproblem

    K x = k^2 sum_j eps_j(k, kappa) B_j x,     k and kappa real,

is solved for (k, kappa, x): the Rayleigh quotient x^T K x = k^2 x^T B x is two real equations for
two real unknowns, and inverse iteration renews x (both together converge like a Rayleigh-quotient
iteration). Where an absorbing layer is in the window, radiation is in the eigenproblem. A loss that
is not (radiation too weak for double precision, scattering, an empirical Q) enters as a uniform
loss rate: eps_j gains i n_j n_gj / Q_other, which damps every field at the rate w / Q_other,
dispersion included. To first order the same is g = 2 pi n_g / (Gamma lambda Q); the difference is
of the order of kappa, 1e-6 of it at Q = 1e4.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from ..arrays import Array, Values
from ..eigen.factor import Factor, Matrix, combination, factorise
from ..errors import InputError, SolverError, nearest
from ..units import absorption_per_cm, wavelength_nm
from .changes.first_order import SHIFT_BESIDE, dispersive_permittivities
from .changes.sensitivity import solved_mode
from .losses.mechanisms import in_eigenproblem
from .mode import Mode
from .permittivities import permittivities
from .solver.problem import EigenProblem
from .solver.snapshot import RawMode

# of Newton in (k, kappa) with the vector fixed, and of the vector with both fixed; a mode that
# needs more holds too little of the amplifying region
_MOST_ROUNDS = 12
# Of k: rounding and curvature both leave 1e-10 of the slope of a permittivity.
_DISPERSION_STEP = 1e-6
_REFACTOR = 1e-3  # of kappa: what it may move before the factors no longer serve inverse iteration


@dataclass(frozen=True)
class StaticThreshold:
    """Threshold of one mode.

    Attributes
    ----------
    extinction : float
        kappa: the doped region has the index n - i kappa (beside its own absorption).
    gain_per_cm : float
        4 pi kappa / lambda.
    wavelength_nm : float
        Of the mode at threshold.
    first_order_gain_per_cm : float
        From the field of the cold mode, linear in the gain: n / (2 Q Gamma) as a gain.
    residual : float
        |K x - k^2 B x| / |k^2 B x| at the result.
    """

    extinction: float
    gain_per_cm: float
    wavelength_nm: float
    first_order_gain_per_cm: float
    residual: float


def static_threshold(
    mode: Mode, region: str = "body", q_passive: float | None = None
) -> StaticThreshold:
    """Gain of a region at which a mode's frequency is real.

    Parameters
    ----------
    mode : Mode
        From `find_modes`.
    region : str
        The doped region.
    q_passive : float or None
        Total quality factor without gain, where it is not that of the solved loss budget (an
        empirical one). None: radiation, absorption and scattering as solved.

    Raises
    ------
    InputError
        If the mode has no solved field or no loss, or there is no such region.
    SolverError
        If the iteration does not settle: the region holds too little of the mode, or the loss is
        too large for a mode.
    """
    raw = solved_mode(mode)
    names = [name for name, _ in raw.problem.cavity.regions]
    if region not in names:
        raise InputError(
            f"gain.doped_region: {region!r} is not one of "
            f"{', '.join(names)}{nearest(region, names)}"
        )
    missing = _missing_loss(mode, raw, q_passive)
    return _Search(raw, names.index(region), missing, q_passive is None, mode.label).solved()


def _missing_loss(mode: Mode, raw: RawMode, q_passive: float | None) -> float:
    """1/Q of what the eigenproblem itself does not lose; negative where it loses more than the
    given Q allows.
    """
    leaks = _leak(mode, raw)
    if q_passive is not None:
        if not q_passive > 0:
            raise InputError(f"q_passive: {q_passive!r} must be positive")
        return 1.0 / q_passive - leaks
    losses = mode.losses
    if losses.total is None or (math.isinf(losses.total) and losses.total > 0):
        raise InputError(
            f"mode {mode.label}: has no loss, so no threshold; give q_passive or "
            "cavity.roughness_nm"
        )
    # what no medium and no layer of the eigenproblem takes is added to it
    held = in_eigenproblem() | {"radiation"}
    added = math.fsum(
        math.pow(10.0, -log10_q)
        for name, log10_q in losses.by_mechanism.items()
        if name not in held and log10_q is not None
    )
    if losses.radiation is None:
        return added
    return added + math.pow(10.0, -losses.radiation) - leaks


def _leak(mode: Mode, raw: RawMode) -> float:
    """1/Q by the absorbing layer, which the eigenproblem holds already."""
    by_layer = mode.extra.get("log10_q_radiation_absorbing_layer")
    if raw.problem.is_complex and by_layer is not None:
        return math.pow(10.0, -by_layer)
    return 0.0


@dataclass(frozen=True)
class _Weights:
    """Permittivities of the mass matrices at one wavenumber, for any gain.

    Attributes
    ----------
    dark : (parts,) array
        Without gain, and with what stands for the losses outside the eigenproblem.
    doped : (parts,) array
        Complex index in the doped region, 0 elsewhere.
    """

    dark: Values
    doped: Values

    def at(self, kappa: float) -> Values:
        """(parts,) permittivities, (n - i kappa)^2 in the doped region."""
        return np.asarray(self.dark - (2j * kappa) * self.doped - self._amplifying * kappa**2)

    @cached_property
    def _amplifying(self) -> Values:
        return np.asarray(self.doped != 0.0)

    def by_kappa(self, kappa: float) -> Values:
        """Derivatives of the permittivities by kappa."""
        return np.asarray(-2j * self.doped - (2.0 * kappa) * self._amplifying)


@dataclass(frozen=True)
class _Images:
    """What the matrices make of one vector.

    Attributes
    ----------
    curl : (n,) array
        K x.
    masses : (parts, n) array
        B_j x.
    shares : (parts,) array
        x^T B_j x / x^T K x.
    """

    curl: Values
    masses: Values
    shares: Values

    def weighted(self, weights: Values) -> Values:
        """B x."""
        return np.asarray(weights @ self.masses)


@dataclass(frozen=True)
class _Search:
    """The eigenproblem in (k, kappa, x).

    Attributes
    ----------
    region_index : int
        Of the doped region.
    missing : float
        1/Q put in as a uniform loss rate.
    absorbing : bool
        Whether the media's own absorption counts.
    label : str
        Of the mode, for its errors.
    """

    raw: RawMode
    region_index: int
    missing: float
    absorbing: bool
    label: str

    @property
    def problem(self) -> EigenProblem:
        """The mode's matrices."""
        return self.raw.problem

    @cached_property
    def stored(self) -> tuple[Array, Array]:
        """n n_g by region, across and along z."""
        return dispersive_permittivities(self.raw)

    @cached_property
    def masses(self) -> tuple[tuple[int, bool, Matrix], ...]:
        """Mass matrices: region, whether of E along z (in uniaxial media; else all is in the
        other), matrix.
        """
        forms, m = self.problem.forms, self.raw.m
        unit = np.eye(len(self.problem.cavity.regions))
        none = np.zeros(len(unit))
        parts = [(j, False, forms.mass(m, unit[j], none)) for j in forms.active]
        if forms.uniaxial:
            parts += [(j, True, forms.mass(m, none, unit[j])) for j in forms.active]
        return tuple(parts)

    def weights(self, k: float) -> _Weights:
        """Permittivities of `masses`."""
        eps = permittivities(self.problem.cavity, k)
        real = np.array([(eps.axial if along else eps.ordinary)[j] for j, along, _ in self.masses])
        loss = np.array([eps.loss[j] if self.absorbing else 0.0 for j, _, _ in self.masses])
        energy = np.array([self.stored[int(along)][j] for j, along, _ in self.masses])
        doped = np.array([j == self.region_index for j, _, _ in self.masses])
        whole = real + 1j * loss
        return _Weights(whole + 1j * self.missing * energy, np.where(doped, np.sqrt(whole), 0.0))

    @cached_property
    def _by_k(self) -> Values:
        """Derivative of the dark permittivities by k, at the cold mode's wavenumber."""
        k = self.raw.k_per_um.real
        step = _DISPERSION_STEP * k
        change = self.weights(k + step).dark - self.weights(k - step).dark
        return np.asarray(change / (2.0 * step))

    def images(self, stiffness: Matrix, vector: Values) -> _Images:
        """All matrices times a vector."""
        curl = stiffness @ vector
        masses = np.array([mass @ vector for _, _, mass in self.masses])
        return _Images(curl, masses, masses @ vector / complex(vector @ curl))

    def solved(self) -> StaticThreshold:
        """Newton on the quotient and inverse iteration by turns."""
        raw, problem = self.raw, self.problem
        stiffness = problem.forms.stiffness(raw.m)
        images = self.images(stiffness, raw.vector.astype(complex))
        k, kappa, weights = self._balanced(images.shares, raw.k_per_um.real, 0.0, 1)
        first, factored = kappa, math.inf
        for _ in range(_MOST_ROUNDS):
            before = k, kappa
            if abs(kappa - factored) > _REFACTOR * abs(kappa):
                factor, factored = self._factor(stiffness, k, weights), kappa
            vector = factor.solve(images.weighted(weights))
            vector = vector / np.linalg.norm(vector)
            images = self.images(stiffness, vector)
            k, kappa, weights = self._balanced(images.shares, k, kappa)
            if abs(k - before[0]) < 1e-12 * k and abs(kappa - before[1]) < 1e-9 * abs(kappa):
                break
        else:
            raise SolverError(
                f"{self.label}: the threshold gain did not settle; does the doped region hold the "
                "mode?"
            )
        if not (math.isfinite(kappa) and kappa > 0):
            raise SolverError(
                f"{self.label}: no positive threshold gain; the mode has no loss or none of it in "
                "the doped region"
            )
        image = k**2 * images.weighted(weights)
        residual = float(np.linalg.norm(images.curl - image) / np.linalg.norm(image))
        wave = wavelength_nm(k)
        return StaticThreshold(
            kappa, absorption_per_cm(kappa, wave), wave, absorption_per_cm(first, wave), residual
        )

    def _factor(self, stiffness: Matrix, k: float, weights: Values) -> Factor:
        """Factors of K - k^2 B(k, kappa), a little beside the eigenvalue."""
        parts = zip(weights, self.masses, strict=True)
        shift = -(k**2) * (1 + SHIFT_BESIDE)
        return factorise(
            combination([(1.0, stiffness), *((shift * eps, mass) for eps, (_, _, mass) in parts)])
        )

    def _balanced(
        self, shares: Values, k: float, kappa: float, rounds: int = _MOST_ROUNDS
    ) -> tuple[float, float, Values]:
        """Real k and kappa at which x^T (K - k^2 B(k, kappa)) x = 0, for fixed x, by Newton's
        method; and the permittivities there.
        """
        # Gain moves k by some 1e-6 of itself: the media are those of its first value and of their
        # slope, and the next round begins from where this one ends.
        begin, weights = k, self.weights(k)
        dark = weights.dark
        for _ in range(rounds):
            at = weights.at(kappa)
            f = 1.0 - k**2 * complex(at @ shares)
            by_k = -2.0 * k * complex(at @ shares) - k**2 * complex(self._by_k @ shares)
            by_kappa = -(k**2) * complex(weights.by_kappa(kappa) @ shares)
            # Two real equations: Re f = Im f = 0.
            area = (by_k.conjugate() * by_kappa).imag
            if area == 0.0:
                raise SolverError(
                    f"{self.label}: no positive threshold gain; the doped region holds none of the "
                    "mode"
                )
            move_k = -(f.conjugate() * by_kappa).imag / area
            move_kappa = -(by_k.conjugate() * f).imag / area
            k, kappa = k + move_k, kappa + move_kappa
            weights = replace(weights, dark=dark + (k - begin) * self._by_k)
            if abs(move_k) < 1e-14 * k and abs(move_kappa) < 1e-11 * abs(kappa):
                break
        return k, kappa, weights.at(kappa)
