"""Exact resonators drawn at random, and the same as cavities of the field solver."""

from __future__ import annotations

import math
import random

from cavitydesign.analytic.energy import energy_shares
from cavitydesign.analytic.resonance import Index, Resonance, Resonator, find_resonance
from cavitydesign.errors import InputError, SolverError
from cavitydesign.geometry.cavity import Cavity, Coating
from cavitydesign.geometry.cylinder import Cylinder
from cavitydesign.geometry.spheroid import Spheroid
from cavitydesign.materials import ConstantIndex, Material, find_material
from cavitydesign.modes import ModeRequest


def drawn_small(dice: random.Random) -> tuple[Resonance, int]:
    """A small and leaky one (0.8 to 6 um, Q of 10 to 1e6): an exact resonance and its axial
    order.
    """
    while True:
        radius = 0.5 * math.exp(dice.uniform(math.log(0.8), math.log(6.0)))
        body, surround = dice.uniform(1.3, 3.5), dice.choice((1.0, 1.0, 1.33))
        kind = dice.choice(("sphere", "cylinder", "coated"))
        p, polarisation = dice.choice((1, 1, 1, 2, 3)), dice.choice(("TM", "TE"))
        m, q = dice.randint(3, 40), dice.choice((0, 0, 1)) if kind == "sphere" else 0
        radii: tuple[float, ...] = (radius,)
        indices: tuple[float, ...] = (body, surround)
        if kind == "coated":
            radii = (radius * (1.0 - dice.uniform(0.05, 0.6)), radius)
            indices = (dice.choice((1.0, 1.33, 1.45, body * dice.uniform(0.7, 1.2))), *indices)
        if body < surround + 0.1:
            continue
        try:
            resonator = Resonator(radii, indices, kind == "sphere")
            exact = find_resonance(resonator, m + q, p, polarisation)
        except SolverError:
            continue
        if 1.0 < exact.log10_q < 6.0 and 200.0 < exact.wavelength_nm < 1e4:
            return exact, q


def resonance_near(
    resonator: Resonator, p: int, polarisation: str, wavelength_nm: float
) -> Resonance | None:
    """The resonance nearest a wavelength; None where p is not held or the mode is hardly one (Q
    below 50).
    """
    radius, index = resonator.radii_um[-1], complex(resonator.indices[-2]).real  # type: ignore[arg-type]
    order = max(8, int(2e3 * math.pi * radius / wavelength_nm * index * 0.9))
    try:
        for _ in range(8):
            found = find_resonance(resonator, order, p, polarisation)
            nearer = round(order * found.wavelength_nm / wavelength_nm)
            if nearer == order or nearer < 8:
                break
            order = nearer
    except SolverError:
        return None
    return found if found.log10_q > 1.7 else None


def drawn_large(dice: random.Random) -> Resonance:
    """One of 2 to 200 um and p of 1 to 5, near a laser's wavelength."""
    while True:
        radius = 0.5 * math.exp(dice.uniform(math.log(2.0), math.log(200.0)))
        body, surround = dice.uniform(1.3, 2.5), dice.choice((1.0, 1.0, 1.33))
        spherical = dice.random() < 0.5
        p, polarisation = dice.choice((1, 1, 1, 2, 3, 4, 5)), dice.choice(("TM", "TE"))
        wavelength = dice.choice((538.0, 538.0, 650.0, 1550.0 if radius > 7.5 else 538.0))
        if body < surround + 0.08:
            continue
        radii: tuple[float, ...] = (radius,)
        indices: tuple[float, ...] = (body, surround)
        if not spherical and dice.random() < 0.5:
            shell = math.exp(dice.uniform(math.log(0.2), math.log(min(10.0, 0.8 * radius))))
            radii, indices = (
                (radius - shell, radius),
                (min(dice.choice((1.33, 1.45)), body), body, surround),
            )
        found = resonance_near(Resonator(radii, indices, spherical), p, polarisation, wavelength)
        if found is not None:
            return found


def drawn_comb(dice: random.Random) -> tuple[Resonator, ModeRequest]:
    """A sphere or cylinder of 3 to 60 um and a range of wavelengths: 1 to 9 axial orders, p of 1
    and 2, accuracies of 1e-4 to 1e-8.
    """
    while True:
        radius = 0.5 * math.exp(dice.uniform(math.log(3.0), math.log(60.0)))
        body, surround = dice.uniform(1.3, 3.5), dice.choice((1.0, 1.0, 1.33))
        spherical, polarisation = dice.random() < 0.7, dice.choice(("TM", "TE"))
        wavelength = dice.choice((538.0, 650.0, 1550.0 if radius > 5.0 else 538.0))
        span = wavelength * math.exp(dice.uniform(math.log(0.01), math.log(0.15)))
        p, q = dice.choice((1, 1, 2)), dice.choice((1, 2, 3, 5, 9)) if spherical else 1
        accuracy = 10.0 ** -dice.randint(4, 8)
        resonator = Resonator((radius,), (body, surround), spherical)
        if body < surround + 0.1:
            continue
        if resonance_near(resonator, p, polarisation, wavelength) is not None:
            return resonator, ModeRequest(polarisation, wavelength, span, None, p, q, accuracy)


# Media of the library with the ranges in which exact poles of Q above 10 stay inside their data
_LIBRARY = {"PMMA-Szczurowski2013": (480.0, 1000.0), "silica": (450.0, 1900.0)}


def drawn_media(dice: random.Random) -> tuple[Resonance, int]:
    """One of 2 to 60 um whose body is dispersive, absorbs (kappa of 1e-9 to 3e-3) or, of a
    cylinder, is uniaxial by up to a tenth: an exact resonance and its axial order.
    """
    while True:
        kind = dice.choice(("dispersive", "absorbing", "uniaxial"))
        radius = 0.5 * math.exp(dice.uniform(math.log(2.0), math.log(60.0)))
        spherical = kind != "uniaxial" and dice.random() < 0.6
        p, polarisation = dice.choice((1, 1, 2, 3)), dice.choice(("TM", "TE"))
        q = dice.choice((0, 0, 1, 2)) if spherical else 0
        wavelength = math.exp(dice.uniform(math.log(500.0), math.log(1600.0)))
        real = dice.uniform(1.35, 2.6)
        body: Index = real
        extraordinary: tuple[Index, ...] | None = None
        if kind == "dispersive":
            name = dice.choice(sorted(_LIBRARY))
            low, high = _LIBRARY[name]
            wavelength = min(max(wavelength, low + 50.0), high - 50.0)
            body = find_material(name).index
        elif kind == "absorbing":
            body = complex(real, math.exp(dice.uniform(math.log(1e-9), math.log(3e-3))))
        else:
            extraordinary = (real * dice.uniform(0.9, 1.1), 1.0)
        resonator = Resonator((radius,), (body, 1.0), spherical, extraordinary)
        value = complex(body(wavelength) if callable(body) else body).real
        order = int(2e3 * math.pi * radius * value / wavelength * dice.uniform(0.6, 0.92))
        if order - q < 4:
            continue
        try:
            exact = find_resonance(resonator, order, p, polarisation, wavelength)
        except (SolverError, InputError):
            continue
        inside = kind != "dispersive" or low < exact.wavelength_nm < high
        if exact.log10_q > 1.0 and inside:
            return exact, q


def drawn_giant(dice: random.Random) -> tuple[Resonance, int]:
    """One of 0.2 to 10 mm, azimuthal orders to 30,000, p to 6, and its axial order, to 5."""
    while True:
        radius = 0.5 * math.exp(dice.uniform(math.log(200.0), math.log(10_000.0)))
        body, surround = dice.uniform(1.3, 2.5), dice.choice((1.0, 1.0, 1.33))
        spherical = dice.random() < 0.7
        p, polarisation = dice.choice((1, 1, 2, 4, 6)), dice.choice(("TM", "TE"))
        q = dice.choice((0, 1, 3, 5)) if spherical else 0
        wavelength = dice.choice((633.0, 1064.0, 1550.0, 2000.0))
        order = round(2e3 * math.pi * radius * body / wavelength * dice.uniform(0.97, 0.99))
        if body < surround + 0.08 or order > 30_000:
            continue
        resonator = Resonator((radius,), (body, surround), spherical)
        if exact := _resonance(resonator, order, p, polarisation, least_log10_q=1.7):
            return exact, q


def drawn_high(dice: random.Random) -> tuple[Resonance, int]:
    """A sphere of 2 to 30 um, p of 4 to 8 and axial orders of 3 to 12, Q above 10."""
    while True:
        radius = 0.5 * math.exp(dice.uniform(math.log(2.0), math.log(30.0)))
        body, surround = dice.uniform(1.3, 3.5), dice.choice((1.0, 1.33))
        p, q, polarisation = dice.randint(3, 8), dice.randint(3, 12), dice.choice(("TM", "TE"))
        order = q + dice.randint(5, round(12.0 * radius))
        if body < surround + 0.1:
            continue
        resonator = Resonator((radius,), (body, surround), True)
        if exact := _resonance(resonator, order, p, polarisation, least_log10_q=1.0):
            return exact, q


def drawn_coated(dice: random.Random) -> tuple[Resonance, int]:
    """A cylinder of 1 to 60 um with one to three inner layers, of 20 nm to most of the radius, of
    indices of 1 to 3.5, some of which absorb: an exact resonance of Q above 20.
    """
    while True:
        radius = 0.5 * math.exp(dice.uniform(math.log(1.0), math.log(60.0)))
        wavelength = dice.choice((538.0, 650.0, 1064.0, 1550.0))
        surround = dice.choice((1.0, 1.0, 1.33))
        radii, indices = [radius], []
        for _ in range(dice.choice((1, 1, 2, 3))):
            thick = math.exp(dice.uniform(math.log(0.02), math.log(0.9 * radius)))
            radii.insert(0, radii[0] - thick)
        for _ in radii:
            real = dice.choice((1.0, 1.33, 1.46, dice.uniform(1.35, 2.0), dice.uniform(1.6, 3.5)))
            loss = math.exp(dice.uniform(math.log(1e-8), math.log(1e-3)))
            indices.append(complex(real, loss if dice.random() < 0.25 else 0.0))
        p, polarisation = dice.choice((1, 1, 1, 2, 3)), dice.choice(("TM", "TE"))
        highest = max(indices, key=lambda n: n.real).real
        if radii[0] < 0.02 or indices[-1].real < surround + 0.05 or highest < surround + 0.1:
            continue
        order = int(
            2e3 * math.pi * radius * indices[-1].real / wavelength * dice.uniform(0.7, 0.95)
        )
        if order < 5:
            continue
        try:
            resonator = Resonator(tuple(radii), (*indices, surround))
            exact = find_resonance(resonator, order, p, polarisation)
        except SolverError:
            continue
        if exact.log10_q < 1.3 or not 200.0 < exact.wavelength_nm < 5e3:
            continue
        # A window counts the radial extrema that its rim has: of a mode that a gap of low index
        # keeps within the core, the body knows nothing.
        if energy_shares(exact)[-2] > 0.01:
            return exact, 0


def drawn_weak(dice: random.Random) -> tuple[Resonance, int]:
    """A sphere or cylinder of 10 um to 1 mm whose index lies 0.003 to 0.05 above the surround's: an
    exact resonance of Q above 20, and its axial order.
    """
    while True:
        radius = 0.5 * math.exp(dice.uniform(math.log(10.0), math.log(1000.0)))
        surround = dice.choice((1.0, 1.33, 1.45))
        body = surround + math.exp(dice.uniform(math.log(0.003), math.log(0.05)))
        spherical = dice.random() < 0.6
        p, polarisation = dice.choice((1, 1, 2)), dice.choice(("TM", "TE"))
        q = dice.choice((0, 0, 1, 3)) if spherical else 0
        wavelength = dice.choice((538.0, 650.0, 1550.0))
        order = round(2e3 * math.pi * radius * math.sqrt(body * surround) / wavelength)
        if order - q < 8:
            continue
        resonator = Resonator((radius,), (body, surround), spherical)
        if exact := _resonance(resonator, order, p, polarisation, least_log10_q=1.3):
            return exact, q


def _resonance(
    resonator: Resonator, order: int, p: int, polarisation: str, least_log10_q: float
) -> Resonance | None:
    """A resonance of a Q above the least; None where there is none."""
    try:
        found = find_resonance(resonator, order, p, polarisation)
    except SolverError:
        return None
    return found if found.log10_q > least_log10_q else None


def medium_of(resonator: Resonator, layer: int, wavelength_nm: float) -> Material:
    """Medium of a layer; its absorption is that of its extinction at a wavelength."""
    index = resonator.indices[layer]
    if callable(index):
        medium = getattr(index, "__self__", None)
        assert isinstance(medium, Material), "an index is a number or the method of a medium"
        return medium
    value = complex(index)
    absorption = 4e7 * math.pi * value.imag / wavelength_nm
    other = resonator.indices_extraordinary
    along = None if other is None else complex(other[layer]).real  # type: ignore[arg-type]
    return ConstantIndex.of(value.real, absorption, along)


def cavity_of(resonator: Resonator, wavelength_nm: float = 1000.0) -> Cavity:
    """A sphere, or a slice of a full or coated cylinder, for the field solver.

    Parameters
    ----------
    resonator : Resonator
    wavelength_nm : float
        At which bodies absorb by their extinction.
    """
    media = [medium_of(resonator, j, wavelength_nm) for j in range(len(resonator.indices))]
    radius = resonator.radii_um[-1]
    if resonator.spherical:
        return Cavity(Spheroid(radius, radius), media[0], media[1])
    if len(media) == 2:
        return Cavity(Cylinder(radius), media[0], media[1], sliced=True)
    radii = resonator.radii_um
    coatings = tuple(
        Coating(f"coating {j}", radii[j] - radii[j - 1], media[j]) for j in range(1, len(radii) - 1)
    )
    return Cavity(
        Cylinder(radius), media[-2], media[-1], media[0], radii[0], coatings=coatings, sliced=True
    )
