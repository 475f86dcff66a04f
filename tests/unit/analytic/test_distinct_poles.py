"""Every radial order of a layered cylinder or sphere has a pole of its own."""

from __future__ import annotations

import math
import random

import pytest

from cavitydesign.analytic.layered_cylinder import layered_cylinder
from cavitydesign.analytic.resonance import find_resonance
from cavitydesign.analytic.resonator import Resonator
from cavitydesign.errors import SolverError


def _poles(resonator: Resonator, order: int, polarisation: str, most: int) -> list[complex]:
    """Of all radial orders that the rim holds, up to a number."""
    found = []
    for p in range(1, most + 1):
        try:
            found.append(find_resonance(resonator, order, p, polarisation).wavenumber_per_um)
        except SolverError:
            continue
    return found


def _distinct(poles: list[complex]) -> bool:
    return all(abs(a - b) > 1e-9 * abs(a) for i, a in enumerate(poles) for b in poles[:i])


def test_poles_within_the_width_of_a_leaky_one() -> None:
    """p = 3 and 4 of TE 30, and p = 5 and 6 of TE 43, ended on one pole; the second one of TE 43 is
    7.870732 per um with log10 Q = 5.079, as the field solver has it to 1e-9.
    """
    core = 3.0217451401671216
    resonator = layered_cylinder((core, core + 0.5814432725787588, 5.0), (2.5, 1.3, 1.5, 1.0))
    found = find_resonance(resonator, 43, 6, "TE")
    assert found.k_re_per_um == pytest.approx(7.870731994, rel=1e-9)
    assert found.log10_q == pytest.approx(5.079083, abs=1e-6)
    gap = layered_cylinder((3.80848, 4.10848, 5.0), (2.5, 1.3, 2.0, 1.33))
    poles = _poles(gap, 30, "TE", 4)
    assert len(poles) == 4 and _distinct(poles), poles


def test_absorbing_layers_move_no_pole_onto_another() -> None:
    """A core of kappa = 3.8e-4 within a shell that does not absorb: TE 38 1 was "no resonance"."""
    resonator = layered_cylinder((4.081084, 4.908108, 5.0), (2.5 + 0.0003757487j, 1.3, 1.5, 1.0))
    poles = _poles(resonator, 38, "TE", 6)
    assert len(poles) == 6 and _distinct(poles), poles
    # nearly all of the energy is in the core: Im k / Re k is kappa / n
    assert -poles[0].imag / poles[0].real == pytest.approx(0.0003757487 / 2.5, rel=0.03)


@pytest.mark.parametrize("seed", range(24))
def test_random_layers(seed: int) -> None:
    """A core, a gap and a shell, some of which absorb: before, 14 pairs of 855 poles were one pole
    and 24 were said not to be.
    """
    dice = random.Random(f"poles {seed}")
    core = 5.0 * dice.uniform(0.5, 0.985)
    gap = min(math.exp(dice.uniform(math.log(0.02), 0.0)), 0.9 * (5.0 - core))
    indices = [dice.choice((2.0, 2.5, 1.5)), dice.choice((1.0, 1.3)), dice.choice((2.0, 1.5)), 1.0]
    indices[dice.choice((0, 2))] += 1j * math.exp(dice.uniform(math.log(1e-5), math.log(3e-2)))
    resonator = Resonator((core, core + gap, 5.0), tuple(indices), dice.random() < 0.3)
    poles = _poles(resonator, dice.randint(5, 60), dice.choice(("TM", "TE")), 6)
    assert _distinct(poles), (resonator, poles)


@pytest.mark.parametrize(
    ("core", "gap", "index", "order", "p", "log10_q"),
    [
        (3.780915551981866, 0.16520396224635467, (2.5, 1.3, 1.5, 1.33), 85, 3, 16.2277320998),
        (3.0567, 0.5, (2.5, 1.0, 1.5, 1.0), 61, 3, 16.9796473084),
    ],
)
def test_what_a_core_radiates_is_told_where_its_mode_is(
    core: float,
    gap: float,
    index: tuple[float, float, float, float],
    order: int,
    p: int,
    log10_q: float,
) -> None:
    """Against the complex poles of the same equation in 60 digits; told at the outermost interface
    log10 Q was 16.22496 and 16.97933, as k is not known in double precision so near a pole.
    """
    resonator = layered_cylinder((core, core + gap, 5.0), index)
    found = find_resonance(resonator, order, p, "TE", 1e4 * math.pi * max(index) / order * 0.85)
    assert found.log10_q_radiation == pytest.approx(log10_q, abs=1e-7)
