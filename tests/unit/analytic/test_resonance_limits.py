"""Limits, identities and closed forms of the layered resonances that no table is needed for."""

import math

import numpy as np
import pytest
from numpy.testing import assert_allclose

from cavitydesign.analytic.energy import (
    energy_density,
    energy_shares,
    layer_energies,
    mode_volume_um3,
    regularised_shares,
)
from cavitydesign.analytic.functions.radial import mismatch, radial_field
from cavitydesign.analytic.functions.size_parameters import size_parameter
from cavitydesign.analytic.layered_cylinder import cylinder_log10_q, layered_cylinder
from cavitydesign.analytic.resonance import (
    Resonator,
    find_resonance,
    free_spectral_range_nm,
    group_index,
)
from cavitydesign.analytic.sphere import coated_sphere, sphere_log10_q
from cavitydesign.analytic.threshold_gain import threshold_gain
from cavitydesign.errors import InputError, SolverError
from cavitydesign.materials import find_material

BOTH = pytest.mark.parametrize("polarisation", ["TM", "TE"])
SHAPES = pytest.mark.parametrize("spherical", [False, True], ids=["cylinder", "sphere"])


@BOTH
@SHAPES
@pytest.mark.parametrize(
    ("order", "radius", "index", "surround"), [(122, 7.5, 1.49, 1.0), (700, 44.0, 2.1, 1.33)]
)
def test_closed_form_of_the_radiative_q(
    polarisation: str, spherical: bool, order: int, radius: float, index: float, surround: float
) -> None:
    """Q = (pi/4) |H|^2 |k df/dk| of a homogeneous resonator, against the general root; both first
    order: 1e-12.
    """
    found = find_resonance(
        Resonator((radius,), (index, surround), spherical), order, 1, polarisation
    )
    closed = sphere_log10_q if spherical else cylinder_log10_q
    value = closed(order, found.k_re_per_um * surround * radius, index / surround, polarisation)
    assert value == pytest.approx(found.log10_q, abs=1e-12)


@BOTH
@SHAPES
def test_closed_form_is_first_order_in_the_leak(polarisation: str, spherical: bool) -> None:
    """At Q about 1e4 it is off by c/Q, c of a few, and by c/Q with the same c at ten times the
    Q.
    """
    closed = sphere_log10_q if spherical else cylinder_log10_q
    constants = []
    for order in (30, 36):
        found = find_resonance(Resonator((2.0,), (1.49, 1.0), spherical), order, 1, polarisation)
        off = closed(order, found.k_re_per_um * 2.0, 1.49, polarisation) - found.log10_q
        constants.append(abs(off) * 10.0**found.log10_q)
    assert max(constants) < 1.0, constants


@BOTH
@SHAPES
def test_layers_of_one_index_are_no_layers(polarisation: str, spherical: bool) -> None:
    """Interfaces without contrast change nothing: wavelength 1e-14, log10 Q 1e-11, shares add."""
    plain = find_resonance(Resonator((7.5,), (1.49, 1.0), spherical), 110, 2, polarisation)
    layered = find_resonance(
        Resonator((5.0, 6.9, 7.2, 7.5), (1.49,) * 4 + (1.0,), spherical), 110, 2, polarisation
    )
    assert layered.wavelength_nm == pytest.approx(plain.wavelength_nm, rel=1e-14)
    assert layered.log10_q == pytest.approx(plain.log10_q, abs=1e-11)
    shares = energy_shares(layered)
    assert shares[:-1].sum() == pytest.approx(energy_shares(plain)[0], abs=1e-12)
    assert shares.sum() == pytest.approx(1.0, abs=1e-15)


@BOTH
@SHAPES
def test_scaling(polarisation: str, spherical: bool) -> None:
    """Maxwell's equations have no length: twice the radii, twice the wavelength, the same Q and
    shares.
    """
    small = find_resonance(Resonator((3.0, 3.5), (1.45, 1.8, 1.0), spherical), 40, 1, polarisation)
    large = find_resonance(Resonator((6.0, 7.0), (1.45, 1.8, 1.0), spherical), 40, 1, polarisation)
    assert large.wavelength_nm / small.wavelength_nm == pytest.approx(2.0, rel=1e-14)
    assert large.log10_q == pytest.approx(small.log10_q, abs=1e-12)
    assert_allclose(energy_shares(large), energy_shares(small), atol=1e-13)
    assert mode_volume_um3(large) / mode_volume_um3(small) == pytest.approx(
        8.0 if spherical else 4.0, rel=1e-9
    )


@BOTH
@SHAPES
@pytest.mark.parametrize("p", [1, 2, 3, 6])
def test_radial_order_counts_extrema(polarisation: str, spherical: bool, p: int) -> None:
    """u has p - 1 nodes and p extrema along the radius, and the wavelengths fall with p."""
    resonator = Resonator((12.0, 16.5), (1.46, 1.49, 1.0), spherical)
    found = find_resonance(resonator, 230, p, polarisation)
    radius = np.linspace(8.0, 16.5, 4000)
    u = radial_field(found.problem, found.k_re_per_um, radius)[0].real
    assert np.count_nonzero(u[1:] * u[:-1] < 0) == p - 1
    maxima = np.count_nonzero(
        (np.abs(u[1:-1]) > np.abs(u[:-2])) & (np.abs(u[1:-1]) > np.abs(u[2:]))
    )
    assert maxima in (p - 1, p), "the outermost extremum may sit on the surface"
    assert find_resonance(resonator, 230, p + 1, polarisation).wavelength_nm < found.wavelength_nm


@BOTH
@SHAPES
def test_field_obeys_its_equation_and_conditions(polarisation: str, spherical: bool) -> None:
    """(r u')'/r - m^2 u/r^2 + n^2 k^2 u = 0 in every layer (differences, 1e-6), u and u'/w
    continuous (1e-9).
    """
    resonator = Resonator((6.8, 7.5), (1.46, 1.6, 1.0), spherical)
    found = find_resonance(resonator, 118, 1, polarisation)
    problem, k = found.problem, found.wavenumber_per_um
    step = 1e-4
    for layer, at in enumerate((6.6, 7.2, 7.9)):
        r = at + step * np.arange(-2, 3)
        u, du = radial_field(problem, k, r)
        second = (du[0] - 8 * du[1] + 8 * du[3] - du[4]) / (12 * step)
        first = 0.0 if spherical else du[2] / at
        rest = (complex(problem.indices[layer]) * k) ** 2 - problem.angular / at**2
        assert abs(second + first + rest * u[2]) < 1e-6 * abs(rest * u[2])
        assert abs((u[0] - 8 * u[1] + 8 * u[3] - u[4]) / (12 * step) - du[2]) < 1e-8 * abs(k * u[2])
    for face, at in enumerate(resonator.radii_um):
        u, du = radial_field(problem, k, np.array([at, at * (1 + 1e-14)]))
        flux = du / np.array([problem.weight(face), problem.weight(face + 1)])
        assert u[0] == pytest.approx(u[1], rel=1e-9)
        assert flux[0] == pytest.approx(flux[1], rel=1e-9)
    assert abs(mismatch(problem, k)) < 1e-9


@pytest.mark.parametrize(("polarisation", "bound"), [("TM", 3e-5), ("TE", 8e-5)])
def test_series_seeds_the_sphere(polarisation: str, bound: float) -> None:
    """Five terms: 2.2e-5 (TM) and 6.8e-5 (TE) at 15 um, p = 1; the error falls as nu^(-7/3), at
    least as nu^(-2).
    """
    errors = []
    for order, radius in ((122, 7.5), (751, 44.0)):
        found = find_resonance(coated_sphere((radius,), (1.49, 1.0)), order, 1, polarisation)
        series = size_parameter(order + 0.5, 1.49, 1, polarisation == "TE") / radius
        errors.append(abs(series / found.k_re_per_um - 1))
    assert errors[0] < bound
    assert errors[1] < errors[0] * (122.5 / 751.5) ** 2


def test_weak_absorption_is_perturbation() -> None:
    """Q_abs = n/(2 kappa Gamma) with the regularised share, to order kappa and 1/Q: 1e-9 at kappa =
    1e-9.
    """
    kappa = 1e-9
    found = find_resonance(layered_cylinder((7.5,), (complex(1.49, kappa), 1.0)), 123, 1, "TM")
    expected = 1.49 / (2 * kappa * regularised_shares(found)[0])
    assert found.log10_q_absorption is not None
    assert 10**found.log10_q_absorption / expected == pytest.approx(1.0, abs=1e-8)


def test_dispersion_enters_the_wavelength_and_the_lifetime() -> None:
    """The index is that of the resonance's own wavelength; the pole's Q exceeds that at frozen
    index by n_g/n.
    """
    medium = find_material("PMMA-Szczurowski2013")
    found = find_resonance(
        layered_cylinder((44.0,), (medium.index, 1.0)), 752, 1, "TM", near_nm=700.0
    )
    assert complex(found.problem.indices[0]).real == pytest.approx(
        medium.index(found.wavelength_nm), rel=1e-15
    )
    frozen = find_resonance(
        layered_cylinder((44.0,), (medium.index(found.wavelength_nm), 1.0)), 752, 1, "TM"
    )
    assert frozen.wavelength_nm == pytest.approx(found.wavelength_nm, rel=1e-14)
    ratio = medium.group_index(found.wavelength_nm) / medium.index(found.wavelength_nm)
    assert 10 ** (found.log10_q - frozen.log10_q) == pytest.approx(ratio, rel=1e-4), (
        "share outside: 1.5e-3 of 2 %"
    )
    assert free_spectral_range_nm(found) < free_spectral_range_nm(frozen)
    assert group_index(found) / group_index(frozen) == pytest.approx(ratio, rel=2e-3)


def test_uniaxial_cylinder_shows_each_polarisation_one_index() -> None:
    """kz = 0: TM sees n_e along the axis, TE the ordinary index, exactly as isotropic cylinders of
    those indices.
    """
    uniaxial = layered_cylinder((7.5,), (1.49, 1.0), indices_extraordinary=(1.52, 1.0))
    for polarisation, index in (("TM", 1.52), ("TE", 1.49)):
        isotropic = find_resonance(layered_cylinder((7.5,), (index, 1.0)), 120, 1, polarisation)
        found = find_resonance(uniaxial, 120, 1, polarisation)
        assert found.wavelength_nm == isotropic.wavelength_nm
        assert found.log10_q == isotropic.log10_q


def test_radial_energy_lives_in_te_alone() -> None:
    """TM has E along the axis only; in TE the radial part dominates (high order) and jumps by n^2
    at the surface.
    """
    for polarisation in ("TM", "TE"):
        found = find_resonance(layered_cylinder((7.5,), (1.49, 1.0)), 120, 1, polarisation)
        tangential, radial = energy_density(found, np.array([7.5, 7.5 * (1 + 1e-14)]))
        if polarisation == "TM":
            assert np.all(radial == 0.0)
        else:
            assert np.all(tangential > 0.0)
            parts = [float(part.sum()) for part in layer_energies(found)]
            assert parts[1] > 10 * parts[0]
            assert radial[1] / radial[0] == pytest.approx(1.49**2, rel=1e-9)


def test_what_cannot_be_asked_is_refused() -> None:
    """One line each: geometry, counts, polarisation, unbound modes, gain."""
    with pytest.raises(InputError, match="must be positive and grow"):
        Resonator((2.0, 1.0), (1.5, 1.4, 1.0))
    with pytest.raises(InputError, match="one more than radii"):
        Resonator((2.0,), (1.5,))
    with pytest.raises(InputError, match="uniaxial sphere"):
        Resonator((2.0,), (1.5, 1.0), True, (1.5, 1.0))
    with pytest.raises(InputError, match="polarisation"):
        find_resonance(Resonator((2.0,), (1.5, 1.0)), 20, 1, "EH")
    with pytest.raises(InputError, match="count from 1"):
        find_resonance(Resonator((2.0,), (1.5, 1.0)), 20, 0)
    with pytest.raises(SolverError, match="outer barrier"):
        find_resonance(Resonator((2.0,), (1.5, 1.0)), 10, 4)
    with pytest.raises(SolverError, match="outer barrier"):
        find_resonance(Resonator((2.0,), (1.33, 1.5)), 30, 1)
    with pytest.raises(SolverError, match="gain exceeds"):
        find_resonance(Resonator((7.5,), (complex(1.49, -1e-4), 1.0)), 120, 1)
    with pytest.raises(InputError, match=r"of layer 1 absorbs like a metal \(kappa >= n\)"):
        find_resonance(layered_cylinder((2.0, 2.2), (1.5, 0.2 + 11j, 1.0)), 20, 1, "TM", 600.0)
    with pytest.raises(InputError, match="layers inside"):
        threshold_gain(Resonator((2.0,), (1.49, 1.0)), 30, 1, "TM", (1,))
    with pytest.raises(InputError, match="dispersive"):
        threshold_gain(Resonator((2.0,), (lambda nm: 1.49, 1.0)), 30, 1, "TM", (0,))
    with pytest.raises(InputError, match="above 1"):
        cylinder_log10_q(30, 20.0, 0.9, "TM")


def test_volume_of_a_cylinder_mode_is_its_area() -> None:
    """Full cylinder, TM: 2 pi int n^2 u^2 r dr / max, by an independent fine trapezium rule,
    1e-5.
    """
    found = find_resonance(layered_cylinder((7.5,), (1.49, 1.0)), 122, 1, "TM")
    caustic = found.problem.caustic_um(found.k_re_per_um)
    inside, outside = np.linspace(4.0, 7.5, 4001), np.linspace(7.5 * (1 + 1e-15), caustic, 4001)
    energies = [
        np.trapezoid(energy_density(found, radius)[0], radius) for radius in (inside, outside)
    ]
    area = 2 * math.pi * sum(energies) / (energy_density(found, inside)[0] / inside).max()
    assert mode_volume_um3(found) == pytest.approx(area, rel=1e-5)
