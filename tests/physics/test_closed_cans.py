"""Cans of metal, closed all around, from one to forty azimuthal orders, against exact wavenumbers."""

from __future__ import annotations

import math

import pytest
from cans import can, even_lines, nearest_root, one_medium
from scipy.integrate import quad
from scipy.special import jn_zeros, jnp_zeros, jv, jvp

from cavitydesign.modes import ModeRequest, find_modes

RADIUS, HEIGHT = 10.0, 8.0
# at a wall of 2 um the index alone changes nothing: the body is where the field is, or is not
BODIES = {"inner half": (0.0, 5.0), "outer half": (5.0, 10.0)}


@pytest.mark.parametrize(
    ("m", "off", "body"),
    [
        (1, 0.83, "inner half"),
        (1, 1.0, "outer half"),
        (2, 1.17, "outer half"),
        (3, 0.9, "inner half"),
        (5, 1.1, "outer half"),
        (40, 1.0, "inner half"),
    ],
)
@pytest.mark.parametrize("polarisation", ["TM", "TE"])
def test_one_medium(polarisation: str, m: int, off: float, body: str) -> None:
    """The lowest mode with E_z, and the lowest without, from hints up to 17 % off, right to 1e-8 and
    to three bars (or 1e-13, what rounding leaves), whatever piece of the medium is called the body.
    """
    inner, outer = BODIES[body]
    exact = _lowest(m, polarisation)
    cell = min(3.0, exact * 1e-3)
    section = can(
        even_lines((0.0, 5.0, RADIUS), cell),
        even_lines((-0.5 * HEIGHT, 0.5 * HEIGHT), cell),
        [("body", inner, outer, -HEIGHT, HEIGHT)],
        {"body": (1.5, 1.5), "surround": (1.5, 1.5)},
    )
    found = find_modes(section, ModeRequest(polarisation, off * exact, None, m, 1, 1, 1e-8))
    assert [mode.label for mode in found] == [f"{polarisation} {m} 1 0"]
    error = abs(found[0].wavelength_nm / exact - 1)
    stated = found[0].wavelength_error_nm / exact
    print(found[0].label, error, stated)
    assert error < max(3 * stated, 1e-13) and stated < 1e-8
    assert found.complete and found[0].losses.radiation is None
    # all of the surround counts, however far out: it was counted up to m / (k n) alone
    share = _share(polarisation, m, inner, outer)
    print(found[0].confinement["body"], share)
    assert found[0].confinement["body"] == pytest.approx(share, abs=1e-7)


def test_a_list_says_that_a_mode_outside_the_body_is_missing() -> None:
    """TE 1 2 1 of a can with the body at its rim is twice, at 10785 and 9928.5 nm, with a quarter
    and a sixteenth of its energy in the body: one is listed, and the list is not complete.
    """
    section = can(
        even_lines((0.0, 8.5, RADIUS), 2.0),
        even_lines((-0.5 * HEIGHT, 0.5 * HEIGHT), 2.0),
        [("body", 8.5, RADIUS, -HEIGHT, HEIGHT)],
        {"body": (1.5, 1.5), "surround": (1.5, 1.5)},
    )
    found = find_modes(section, ModeRequest("TE", 11000.0, None, 1, 2, 2, 1e-5))
    known = {2e3 * math.pi / k for k, *_ in one_medium(RADIUS, HEIGHT, 1.5, 1, ())}
    for mode in found:
        assert min(abs(mode.wavelength_nm / one - 1) for one in known) < 1e-5
    assert not any(abs(mode.wavelength_nm - 9928.5) < 1.0 for mode in found)
    assert not found.complete


def _share(polarisation: str, m: int, inner: float, outer: float) -> float:
    """Energy between two radii, of the lowest mode: E_z ~ J_m(h r), or E_r ~ m J_m(h r) / r and
    E_phi ~ h J_m'(h r).
    """
    h = (jn_zeros if polarisation == "TM" else jnp_zeros)(m, 1)[0] / RADIUS

    def density(r: float) -> float:
        if polarisation == "TM":
            return float(jv(m, h * r) ** 2 * r)
        return float(((m / r * jv(m, h * r)) ** 2 + (h * jvp(m, h * r)) ** 2) * r)

    part, whole = (
        quad(density, low, high, epsabs=0.0, epsrel=1e-11, limit=200)[0]
        for low, high in ((inner, outer), (0.0, RADIUS))
    )
    return float(part / whole)


@pytest.mark.parametrize(
    ("m", "magnetic"),
    [(1, ("outer",)), (2, ("lower", "upper")), (1, ("outer", "lower", "upper")), (6, ("outer",))],
)
def test_magnetic_walls(m: int, magnetic: tuple[str, ...]) -> None:
    """All modes found lie on exact ones with those walls, the longest of all among them.

    Between magnetic walls all around, m = 1, E_z of one half wave is the smaller part: both are TE.
    """
    exact = [k for k, *_ in one_medium(RADIUS, HEIGHT, 1.5, m, magnetic)]
    section = can(
        even_lines((0.0, 5.0, RADIUS), 2.0),
        even_lines((-0.5 * HEIGHT, 0.5 * HEIGHT), 2.0),
        [("body", 5.0, RADIUS, -HEIGHT, HEIGHT)],
        {"body": (1.5, 1.5), "surround": (1.5, 1.5)},
        magnetic,
    )
    longest = 2e3 * math.pi / exact[0]
    found = find_modes(section, ModeRequest("both", 0.9 * longest, None, m, 1, 1, 1e-8))
    assert len(found) == (1 if len(magnetic) == 3 and m == 1 else 2)
    for mode in found:
        k = 2e3 * math.pi / mode.wavelength_nm
        error = min(abs(k / one - 1) for one in exact)
        assert error < max(3 * mode.wavelength_error_nm / mode.wavelength_nm, 1e-13)
    assert max(mode.wavelength_nm for mode in found) == pytest.approx(longest, rel=1e-9)


@pytest.mark.parametrize(
    ("m", "kind"),
    [(1, "uniaxial"), (1, "rod"), (2, "rod"), (3, "ring"), (5, "uniaxial"), (40, "ring")],
)
def test_full_height(m: int, kind: str) -> None:
    """Rods and rings from plate to plate in a wider can: every mode of two radial and two axial
    orders lies on a root of the exact determinant, to 1e-8 and three bars; so does the next
    azimuthal order by the free spectral range, to 1e-7.
    """
    along = 2.3 if kind == "uniaxial" else 2.2
    inner = 4.0 if kind == "ring" else 0.0
    radii = [4.0, 7.0, RADIUS][0 if inner else 1 :]
    media = [(1.0, 1.0), (2.2, along), (1.0, 1.0)][0 if inner else 1 :]
    hint = 2e3 * math.pi * 2.2 * 7.0 / (m + 2.0 * m ** (1 / 3))
    cell = 0.35e-3 * hint
    section = can(
        even_lines((0.0, *radii), min(cell, 3.0)),
        even_lines((-3.0, 3.0), min(cell, 2.0)),
        [("body", inner, 7.0, -9.0, 9.0)],
        {"body": (2.2, along), "surround": (1.0, 1.0)},
    )
    request = ModeRequest("both", hint, None, m, 2 if m < 40 else 1, 2, 1e-8)
    found = find_modes(section, request)
    assert len(found) >= 4
    for mode in found:
        k = 2e3 * math.pi / mode.wavelength_nm
        error = abs(nearest_root(k, radii, media, m, 6.0) / k - 1)
        stated = mode.wavelength_error_nm / mode.wavelength_nm
        assert error < max(3 * stated, 1e-12) and stated < 1e-8, mode.label
        if mode.fsr_nm is not None:
            after = 2e3 * math.pi / (mode.wavelength_nm - mode.fsr_nm)
            assert abs(nearest_root(after, radii, media, m + 1, 6.0) / after - 1) < 1e-7


@pytest.mark.parametrize(("m", "span", "orders"), [(1, 8000.0, [1, 2]), (2, 6000.0, [1, 2, 3])])
def test_ranges(m: int, span: float, orders: list[int]) -> None:
    """A range around the lowest TE mode of m lists those of all orders in it, each within 1e-8 of
    its own, and is called complete.
    """
    exact = {one: _lowest(one, "TE") for one in range(1, 5)}
    section = can(
        even_lines((0.0, 5.0, RADIUS), 3.0),
        even_lines((-0.5 * HEIGHT, 0.5 * HEIGHT), 3.0),
        [("body", 5.0, RADIUS, -HEIGHT, HEIGHT)],
        {"body": (1.5, 1.5), "surround": (1.5, 1.5)},
    )
    found = find_modes(section, ModeRequest("TE", exact[m], span, None, 1, 1, 1e-6))
    assert found.complete and [mode.label for mode in found] == [f"TE {one} 1 0" for one in orders]
    for mode, one in zip(found, orders, strict=True):
        assert mode.wavelength_nm == pytest.approx(exact[one], rel=1e-8)


def _lowest(m: int, kind: str) -> float:
    """Longest wavelength of m with E_z alone (TM) or H_z alone (TE), nm."""
    right = next(one for one in one_medium(RADIUS, HEIGHT, 1.5, m) if one[1] == kind)
    return 2e3 * math.pi / right[0]


@pytest.mark.parametrize(("m", "kind"), [(1, "TM"), (3, "TE")])
def test_a_body_that_fills_the_can(m: int, kind: str) -> None:
    """Within walls all around a section needs no surround: all of the energy is in the body, and
    the wavelength is exact to 1e-8.
    """
    section = can(
        even_lines((0.0, RADIUS), 2.5),
        even_lines((-0.5 * HEIGHT, 0.5 * HEIGHT), 2.5),
        [("body", 0.0, RADIUS, -HEIGHT, HEIGHT)],
        {"body": (1.5, 1.5), "surround": (1.0, 1.0)},
    )
    exact = _lowest(m, kind)
    found = find_modes(section, ModeRequest(kind, 1.1 * exact, None, m, 1, 1, 1e-8))
    assert [mode.wavelength_nm for mode in found] == pytest.approx([exact], rel=1e-8)
    assert found[0].confinement["body"] == pytest.approx(1.0)
