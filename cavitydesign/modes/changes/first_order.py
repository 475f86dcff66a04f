"""First-order change of a mode's wavenumber with its cavity, from the solved field alone.

The discrete eigenvalue is stationary in the field, so with the unknowns (covariant components) held
fixed

    d(k^2) int (eps + (k/2) d eps/dk) |E|^2 dV = d [ int |curl E|^2 dV - k^2 int eps |E|^2 dV ]_k

where the right side moves the window's map (and with it every interface) and the permittivities.
The error is that of the eigenvalue, not of the field, once the vector is an eigenvector to rounding
(`polished`). The same change as an integral over the moved interface alone, by Hadamard's formula
at a step of eps (Johnson et al., Phys. Rev. E 65, 066611, 2002), is `rim_sensitivity`: h > 0 moves
eps_1 (inside) into eps_2,

    d(k^2) int (eps + (k/2) d eps/dk) |E|^2 dV = -k^2 oint h [ (eps_1 - eps_2) |E_par|^2 - (1/eps_1
    - 1/eps_2) |D_perp|^2 ] dA.

It needs the field on the rim and carries that field's error. Fields are those without conjugation,
as eigenvectors of the complex-symmetric problem of an absorbing layer have it.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import cast

import numpy as np

from ...arrays import Array, Values
from ...eigen.refine import inverse_iterated
from ...errors import InputError
from ...fem.field import FieldGrid
from ...geometry.cavity import Cavity
from ...mesh.rim_map import Curve, FibreCurve, OffsetCurve, Window
from ...mesh.section_cavity import SectionCavity
from ...units import wavelength_nm
from ..permittivities import Permittivities, permittivities
from ..rim.window_problem import WindowProblem
from ..solver.snapshot import RawMode
from .change import CavityChange

_DISPERSION_STEP = 2e-5  # of k, for d eps/dk by central differences
SHIFT_BESIDE = 1e-9  # of k^2: the matrix at the eigenvalue itself has no inverse
# Of inverse iteration beside the eigenvalue: each takes other modes, 1e-4 of k^2 away and more,
# down by a factor of 1e5.
_POLISHING_STEPS = 2
_SAME_RADIUS = 1e-9  # relative: radii that are the same interface


def polished(raw: RawMode) -> RawMode:
    """The mode with its vector improved by inverse iteration; one factorisation.

    Reduced-basis vectors are right to the square root of the eigenvalue's error, which is not
    enough for derivatives.
    """
    problem = raw.problem
    pencil = problem.pencil(raw.m, raw.eps)
    # Without an absorbing layer the pencil is real, and a rounding error in Im k must not make it
    # complex.
    square = raw.k_per_um**2 if problem.is_complex else raw.k_per_um.real**2
    factor = pencil.factor(square * (1 + SHIFT_BESIDE))
    vector = inverse_iterated(factor.solve, pencil.mass.__matmul__, raw.vector, _POLISHING_STEPS)
    return replace(raw, vector=vector)


def wavenumber_derivative(raw: RawMode, change: CavityChange) -> complex:
    """Derivative of the vacuum wavenumber in um^-1 per unit of the changed quantity.

    Parameters
    ----------
    raw : RawMode
        A solved mode of the nominal cavity, `polished`: an error of the vector goes in to first
        order.
    change : CavityChange

    Returns
    -------
    complex
        The imaginary part is meaningful only for a leaky mode solved with an absorbing layer.

    Raises
    ------
    InputError
        If the change has other regions than the cavity, or moves the shape of a general section.
    """
    k = raw.k_per_um
    sides = []
    for cavity in (change.lower, change.upper):
        _demand_same_regions(raw.problem.cavity, cavity)
        quotient = _changed_quotient(raw, cavity)
        eps = permittivities(cavity, k.real)
        # k is held at its nominal value: the change of the quotient at fixed k is what moves k.
        sides.append(quotient.curl - k**2 * quotient.weighted(eps))
    energy = dispersive_energy(raw, Quotient.of_mode(raw))
    return complex((sides[1] - sides[0]) / change.width / energy / (2 * k))


def wavelength_derivative_nm(raw: RawMode, change: CavityChange) -> float:
    """Derivative of the vacuum wavelength in nm per unit of the changed quantity; as
    `wavenumber_derivative`.
    """
    k = raw.k_per_um.real
    return -wavelength_nm(k) / k * wavenumber_derivative(raw, change).real


def filling_factors(raw: RawMode) -> dict[str, float]:
    """d ln k / d ln eps of each region, with a minus sign: its share of the energy over the
    dispersive energy of all.

    (1/2) int_j eps |E|^2 / int (eps + (k/2) d eps/dk) |E|^2, over the whole window. Their sum is
    1/2 without dispersion.
    """
    quotient = Quotient.of_mode(raw)
    energy = dispersive_energy(raw, quotient)
    parts = raw.eps.ordinary * quotient.across + raw.eps.axial * quotient.along
    return {
        name: float((0.5 * part / energy).real)
        for (name, _), part in zip(raw.problem.cavity.regions, parts, strict=True)
    }


def index_sensitivities_nm(raw: RawMode) -> dict[str, float]:
    """d lambda / dn of each region in nm, of an index that changes alike at all wavelengths and, in
    a uniaxial medium, in both directions: lambda int_j n |E|^2 / int n n_g |E|^2.

    The vector is taken without what the full problem asks to take away, which makes it as good as a
    `polished` one without a factorisation.
    """
    # The correction lies outside the reduced basis and is not stationary; the vector without it is.
    raw = replace(raw, vector=raw.corrected)
    quotient = Quotient.of_mode(raw)
    energy = dispersive_energy(raw, quotient)
    along = quotient.along if raw.problem.forms.uniaxial else np.zeros_like(quotient.across)
    parts = np.sqrt(raw.eps.ordinary) * quotient.across + np.sqrt(raw.eps.axial) * along
    # Of a leaky mode k turns in the complex plane: its real part moves by Re(k times the share).
    k = complex(raw.k_per_um)
    scale = wavelength_nm(k.real) * k / k.real
    return {
        name: float((scale * part / energy).real)
        for (name, _), part in zip(raw.problem.cavity.regions, parts, strict=True)
    }


@dataclass(frozen=True)
class Quotient:
    """Parts of the Rayleigh quotient of one field.

    Attributes
    ----------
    curl : complex
        int |curl E|^2 r dr dz.
    across, along : (regions,) arrays
        int |E|^2 r dr dz of the components across and along z.
    """

    curl: complex
    across: Values
    along: Values

    @classmethod
    def of(cls, raw: RawMode, window: Window) -> Quotient:
        """Parts of a mode's quotient with its unknowns on a window of the same elements."""
        space = window_problem(raw).space
        s, t = space.points
        weight_s, weight_t = (
            (w * half).ravel() for _, w, half in (space.s.quadrature, space.t.line.quadrature)
        )
        grid = FieldGrid.build(window, space, s, t)
        field = grid.evaluate(raw.vector, raw.m)
        weight = np.outer(weight_s, weight_t) * grid.jacobian * grid.r
        curl = (field.curl_r[0] ** 2 + field.curl_z[0] ** 2 + field.curl_azimuthal[0] ** 2) * weight
        across = ((field.e_r[0] ** 2 + field.e_azimuthal[0] ** 2) * weight).sum(axis=1)
        along = (field.e_z[0] ** 2 * weight).sum(axis=1)
        # Integrals are kept by region, so that one set serves every change of a medium.
        count = len(raw.problem.cavity.regions)
        by_region = [
            np.array([part[grid.region == j].sum() for j in range(count)])
            for part in (across, along)
        ]
        return cls(complex(curl.sum()), by_region[0], by_region[1])

    @classmethod
    def of_mode(cls, raw: RawMode) -> Quotient:
        """Parts of a mode's quotient in its own cavity; those across z have all of it where no
        medium is uniaxial.
        """
        forms = raw.problem.forms
        parts = forms.projected(forms.images(raw.vector[:, None]))
        m2, active = raw.m**2, list(forms.active)
        # Regions that the window does not reach have no mass; their share is zero.
        across = np.zeros(len(raw.problem.cavity.regions), dtype=parts.b_plane.dtype)
        across[active] = (parts.b_plane + m2 * parts.b_azimuthal)[:, 0, 0]
        along = np.zeros_like(across)
        if parts.b_axial is not None:
            along[active] = parts.b_axial[:, 0, 0]
        return cls(complex((parts.k0 + m2 * parts.k2)[0, 0]), across, along)

    def weighted(self, eps: Permittivities) -> complex:
        """int eps |E|^2 r dr dz."""
        return complex(eps.ordinary @ self.across + eps.axial @ self.along)


def norm_um3(raw: RawMode) -> complex:
    """int n n_g E.E dV over the whole azimuth; of a slice per um of length, in um^2."""
    plane = dispersive_energy(raw, Quotient.of_mode(raw))
    return 2.0 * math.pi * raw.problem.plane_share * plane


def dispersive_energy(raw: RawMode, quotient: Quotient) -> complex:
    """int (eps + (k/2) d eps/dk) |E|^2 r dr dz, the derivative of k^2 eps with respect to k^2."""
    across, along = dispersive_permittivities(raw)
    return complex(across @ quotient.across + along @ quotient.along)


def dispersive_permittivities(raw: RawMode) -> tuple[Array, Array]:
    """eps + (k/2) d eps/dk = n n_g of each region, across and along z.

    The slope is a central difference over 4e-5 of the wavelength (one-sided at the end of a
    medium's data).
    """
    cavity, k = raw.problem.cavity, raw.k_per_um.real
    lower, low = _near(cavity, k, -_DISPERSION_STEP)
    upper, high = _near(cavity, k, _DISPERSION_STEP)
    across = 0.5 * k * (upper.ordinary - lower.ordinary) / (high - low)
    along = 0.5 * k * (upper.axial - lower.axial) / (high - low)
    return raw.eps.ordinary + across, raw.eps.axial + along


def _near(cavity: Cavity, k: float, step: float) -> tuple[Permittivities, float]:
    """Permittivities a step beside k, or at k where the data end."""
    try:
        return permittivities(cavity, k * (1 + step)), k * (1 + step)
    except InputError:
        return permittivities(cavity, k), k


def _changed_quotient(raw: RawMode, cavity: Cavity) -> Quotient:
    """Parts of the quotient in a changed cavity, for the same unknowns."""
    if isinstance(cavity, SectionCavity) and isinstance(raw.problem.cavity, SectionCavity):
        # A section that was read twice is the same section, so equality of arrays counts, not
        # identity.
        if not _same_mesh(cavity, raw.problem.cavity):
            raise InputError("change: the shape of a section file cannot be moved, only its media")
        return Quotient.of_mode(raw)
    problem = window_problem(raw)
    return Quotient.of(raw, moved_window(problem.window, problem.cavity, cavity))


def _same_mesh(one: SectionCavity, other: SectionCavity) -> bool:
    """Whether two sections have the same elements, if read twice."""
    a, b = one.mesh, other.mesh
    return a is b or (np.array_equal(a.nodes, b.nodes) and np.array_equal(a.region, b.region))


def window_problem(raw: RawMode) -> WindowProblem:
    """The mode's problem, if it was solved in a window along an outline.

    Raises
    ------
    InputError
        If it was solved on a general section, which has no outline to move.
    """
    if isinstance(raw.problem.cavity, SectionCavity):
        raise InputError(
            "cavity.profile: derivatives need an outline; a mode of a section file has none"
        )
    return cast(WindowProblem, raw.problem)


def moved_window(window: Window, nominal: Cavity, changed: Cavity) -> Window:
    """The window on the changed cavity: interfaces where that has them, cuts carried along."""
    return replace(
        window,
        layers=tuple(
            replace(
                layer,
                inner=_moved(layer.inner, nominal, changed),
                outer=_moved(layer.outer, nominal, changed),
            )
            for layer in window.layers
        ),
    )


def _moved(curve: Curve, nominal: Cavity, changed: Cavity) -> Curve:
    if isinstance(curve, OffsetCurve):
        return replace(curve, outline=changed.outline)
    radius = curve.radius_um
    # A curve of the window that is no interface of the cavity (a cut) keeps its radius.
    for old, new in zip(nominal.inner_radii_um, changed.inner_radii_um, strict=True):
        if math.isclose(old, radius, rel_tol=_SAME_RADIUS):
            radius = new
    return FibreCurve(
        changed.outline, radius, changed.fibre_taper, changed.fibre_shape, curve.share
    )


def _demand_same_regions(nominal: Cavity, changed: Cavity) -> None:
    if [name for name, _ in nominal.regions] != [name for name, _ in changed.regions]:
        raise InputError(
            "change: its cavities must have the regions of the solved one, in the same order"
        )
