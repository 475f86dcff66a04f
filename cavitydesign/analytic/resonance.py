"""Resonances of layered cylinders and spheres: the complex wavenumber of every radial order, at any
quality factor.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

from ..errors import SolverError
from ..units import wavelength_nm as wavelength_of
from .followed_root import Equation, expected_of, followed_root
from .functions.radial import (
    RadialProblem,
    log_leak,
    log_size_at,
    mismatch,
    mismatch_inside,
    smooth_mismatch,
)
from .real_resonance import node_count, real_wavenumber
from .resonator import Index as Index
from .resonator import Resonance as Resonance
from .resonator import Resonator as Resonator

# Above this Q the imaginary part is taken to first order: the next order is smaller by 1/Q.
_FIRST_ORDER_Q = 1e11
# A complex step subtracts nothing, so that it may be as small as floats allow: what it neglects
# is its square, 1e-60.
_STEP = 1e-30
# Of k: slopes of PMMA, silica and water are right to 1e-11 and bends to 1e-6; steps below 1e-5
# lose the bends to rounding (1e-2 of themselves at 1e-6).
_INDEX_STEP = 5e-4


@dataclass(frozen=True)
class _LocalProblem:
    """A radial problem whose indices follow k, for a pole at complex k: n_j(k) = n_j + n_j' (k -
    k_ref) + n_j'' (k - k_ref)^2 / 2. At Q = 20 the last term moves k by 1e-6 to 1e-5.
    """

    problem: RadialProblem
    index_slopes: tuple[float, ...]
    reference_k: float
    index_bends: tuple[float, ...] = ()

    def at(self, k: complex) -> RadialProblem:
        """The problem with the indices at k."""
        if not any(self.index_slopes):
            return self.problem
        shift = k - self.reference_k
        bends = self.index_bends or (0.0,) * len(self.index_slopes)
        moved = tuple(
            complex(n) + shift * (g + 0.5 * shift * b)
            for n, g, b in zip(self.problem.indices, self.index_slopes, bends, strict=True)
        )
        return replace(self.problem, indices=moved)

    @property
    def without_loss(self) -> _LocalProblem:
        """The problem at this k without loss: only the real parts of the indices."""
        return replace(self, problem=self.problem.without_loss)

    def absorbing(self, share: float) -> _LocalProblem:
        """The problem with a share of its loss."""
        indices = tuple(
            complex(complex(n).real, share * complex(n).imag) for n in self.problem.indices
        )
        return replace(self, problem=replace(self.problem, indices=indices))

    def slope(self, k: float) -> float:
        """d mismatch / dk on the real axis, dispersion included, of the lossless problem, by a
        complex step.
        """
        step = complex(k, _STEP * k)
        return mismatch(self.without_loss.at(step), step, opened=0.0).imag / (_STEP * k)


def _local_problem(resonator: Resonator, order: int, polarisation: str, k: float) -> _LocalProblem:
    """Indices, their slopes and bends (five-point differences over 0.2 % of k) at a real
    wavenumber.
    """
    problem = resonator.problem(order, polarisation, wavelength_of(k))
    if not resonator.dispersive(polarisation):
        return _LocalProblem(problem, (0.0,) * len(problem.indices), k)
    step = _INDEX_STEP * k
    around = [
        resonator.problem(order, polarisation, wavelength_of(k + j * step)).indices
        for j in (-2, -1, 1, 2)
    ]
    slopes = tuple(
        (
            complex(n[0]).real
            - 8.0 * complex(n[1]).real
            + 8.0 * complex(n[2]).real
            - complex(n[3]).real
        )
        / (12.0 * step)
        for n in zip(*around, strict=True)
    )
    bends = tuple(
        (
            16.0 * (complex(n[1]).real + complex(n[2]).real)
            - complex(n[0]).real
            - complex(n[3]).real
            - 30.0 * complex(middle).real
        )
        / (12.0 * step**2)
        for middle, *n in zip(problem.indices, *around, strict=True)
    )
    return _LocalProblem(problem, slopes, k, bends)


def _complex_root(local: _LocalProblem, start: complex, slope: complex) -> complex:
    """Root of the outgoing mismatch by secants from a start and a slope; relative to Im k as exact
    as to Re k.
    """
    order = local.problem.order
    k, value = start, mismatch(local.at(start), start)
    for _ in range(60):
        step = value / slope
        # a step that overshoots the spacing of the radial orders has left the neighbourhood of the
        # root
        if abs(step) > 0.05 * abs(k):
            raise SolverError(
                f"order {order}: no resonance near k = {start:.6g} per um; is the loss too strong?"
            )
        following = k - step
        change = mismatch(local.at(following), following) - value
        k, value = following, value + change
        settled = abs(step.real) <= 1e-15 * abs(k) and abs(step.imag) <= 1e-14 * abs(k.imag)
        if value == 0 or step == 0 or settled:
            return k
        if abs(step) > 1e-9 * abs(k):
            slope = change / -step
    return k


def _pole(
    local: _LocalProblem,
    start: complex,
    expected: complex,
    slope: complex,
    between: Equation,
    which: str,
) -> complex:
    """The pole that the root `start` of another problem becomes.

    Parameters
    ----------
    expected : complex
        Where it lies to first order.
    slope : complex
        d mismatch / dk.
    between : callable
        The mismatch of what lies between the two problems, from 0 to 1.
    which : str
        For messages.
    """
    try:
        root = _complex_root(local, expected, slope)
        if expected_of(root, start, expected):
            return root
    except SolverError:  # an estimate this far off says nothing of the pole
        pass
    root = followed_root(between, start, which)
    apart = 1e-10 * abs(root)
    ends = (mismatch(local.at(x), x) for x in (root + apart, root - apart))
    return _complex_root(local, root, (next(ends) - next(ends)) / (2.0 * apart))


def _first_order_log10_q(local: _LocalProblem, k: float) -> float:
    """log10 of the radiative Q of a lossless problem at its real root: |Im k| = -Im f / |f'| to
    first order.

    f is the mismatch at the interface where the mode is largest. r u* u'/w loses nothing on the way
    from there to the outermost one, so that Im f there is less by |u|^2. At the outermost interface
    a root in double precision is no longer near enough for a core behind a barrier: log10 Q of TE
    85 3 of one was 16.2250 where 16.2277 is right.
    """
    bare = local.without_loss
    step = complex(k, _STEP * k)
    f, log_size = mismatch_inside(bare.at(step), step)
    log_decay = log_leak(bare.problem, k) - 2.0 * log_size - math.log(abs(f.imag) / (_STEP * k))
    return (math.log(0.5 * k) - log_decay) / math.log(10.0)


def _settled(local: _LocalProblem, k: float) -> tuple[float, float, float]:
    """(Re k, log10 Q, log10 Q_radiation) of the complex root next to the real root k of the
    lossless problem.
    """
    bare = local.without_loss
    size = log_size_at(bare.problem, k)
    which = f"order {local.problem.order} near k = {k:.6g} per um"
    log10_q = _first_order_log10_q(bare, k)
    root = complex(k, 0.0)
    slope = complex(bare.slope(k))
    if log10_q < math.log10(_FIRST_ORDER_Q):
        expected = complex(k, -0.5 * k * 10.0**-log10_q)
        root = _pole(
            bare, root, expected, slope, lambda t, x: smooth_mismatch(bare.at(x), x, t, size), which
        )
        log10_q = math.log10(root.real / (-2.0 * root.imag))
    if local.problem.lossless:
        return root.real, log10_q, log10_q
    expected = root - mismatch(local.at(root), root) / slope
    lossy = _pole(
        local,
        root,
        expected,
        slope,
        lambda t, x: smooth_mismatch(local.absorbing(t).at(x), x, 1.0, size),
        which,
    )
    if lossy.imag >= 0.0:
        raise SolverError(
            f"order {local.problem.order}: gain exceeds the losses; use threshold_gain"
        )
    return lossy.real, math.log10(lossy.real / (-2.0 * lossy.imag)), log10_q


def _polished(local: _LocalProblem, k: float) -> float:
    """Newton steps on the real mismatch of a lossless problem at fixed indices, from a root of
    nearly the same one.
    """
    problem = local.problem.without_loss
    slope = _LocalProblem(problem, (0.0,) * len(problem.indices), k).slope(k)
    for _ in range(12):
        step = mismatch(problem, k, opened=0.0).real / slope
        k -= step
        if abs(step) < 4e-16 * k:
            break
    return k


def find_resonance(
    resonator: Resonator, order: int, p: int = 1, polarisation: str = "TM", near_nm: float = 550.0
) -> Resonance:
    """The exact resonance of one order, radial order and polarisation.

    Parameters
    ----------
    resonator : Resonator
    order : int
        m of a cylinder, l of a sphere (a sphere's modes of azimuthal order m and axial order q have
        l = m + q).
    p : int
        Radial order from 1.
    polarisation : {"TM", "TE"}
        TM: E along the axis.
    near_nm : float
        Vacuum wavelength at which dispersive indices are first read; the result does not depend on
        it.

    Returns
    -------
    Resonance
        Self-consistent: the indices are those at the resonance's own wavelength, and Q counts their
        dispersion (the stored energy of a dispersive medium), as the complex pole does.

    Raises
    ------
    InputError
        If a layer is a metal (kappa >= n).
    SolverError
        If the resonator does not hold the mode below its outer barrier.
    """
    k = bare_k = real_wavenumber(resonator.problem(order, polarisation, near_nm), p)
    last = math.inf
    for _ in range(40):
        local = _local_problem(resonator, order, polarisation, k)
        if resonator.dispersive(polarisation):
            near = last < 1e-3 * k * local.problem.bessel_order ** (-2.0 / 3.0)
            bare_k = _polished(local, bare_k) if near else real_wavenumber(local.problem, p)
        re_k, log10_q, log10_q_radiation = _settled(local, bare_k)
        change, k = abs(re_k - k), re_k
        if (
            not resonator.dispersive(polarisation)
            or change < 4e-16 * k
            or change >= last < 1e-13 * k
        ):
            break
        last = change
    if (
        resonator.dispersive(polarisation)
        and node_count(local.problem.without_loss, bare_k) != p - 1
    ):
        raise SolverError(
            f"order {order}, p = {p}: the search ended on another radial order; give near_nm closer"
        )
    return Resonance(
        resonator, polarisation, order, p, local.problem, k, log10_q, log10_q_radiation
    )


def free_spectral_range_nm(resonance: Resonance) -> float:
    """lambda(order) - lambda(order + 1) at the same p, with dispersion, in nm."""
    following = find_resonance(
        resonance.resonator,
        resonance.order + 1,
        resonance.p,
        resonance.polarisation,
        resonance.wavelength_nm,
    )
    return resonance.wavelength_nm - following.wavelength_nm


def group_index(resonance: Resonance) -> float:
    """lambda(m) lambda(m+1) / (pi D FSR), dimensionless."""
    fsr_nm = free_spectral_range_nm(resonance)
    product_nm2 = resonance.wavelength_nm * (resonance.wavelength_nm - fsr_nm)
    return product_nm2 / (math.pi * resonance.resonator.diameter_um * 1e3 * fsr_nm)
