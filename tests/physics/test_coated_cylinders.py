"""Cylinders with shells of 0.2 to 10 um, hollow fibres and stacks of coatings by the built-in
outlines, against closed forms.
"""

import numpy as np
import pytest

from cavitydesign.analytic.energy import energy_shares
from cavitydesign.analytic.layered_cylinder import layered_cylinder
from cavitydesign.analytic.resonance import find_resonance
from cavitydesign.geometry import Cavity, Coating, Cylinder
from cavitydesign.materials import ConstantIndex
from cavitydesign.modes import ModeRequest, find_modes

# Diameter and shell in um; indices of fibre, shell and surround.
SHELLS = [
    (15.0, 0.2, 1.46, 1.49, 1.0),
    (15.0, 0.5, 1.46, 1.49, 1.0),
    (15.0, 1.0, 1.46, 1.49, 1.0),
    (15.0, 2.0, 1.46, 1.49, 1.0),
    (15.0, 5.0, 1.46, 1.49, 1.0),
    (15.0, 0.2, 1.49, 1.60, 1.0),
    (20.0, 0.2, 1.45, 2.50, 1.0),
    (33.0, 0.2, 1.46, 1.49, 1.0),
    (33.0, 3.0, 1.46, 1.49, 1.0),
    (33.0, 10.0, 1.46, 1.49, 1.0),
    (88.0, 0.2, 1.46, 1.49, 1.0),
    (88.0, 1.0, 1.46, 1.49, 1.0),
    (88.0, 10.0, 1.46, 1.49, 1.0),
]
# Hollow fibres: a bore of air or water, walls, coatings, the surround last; radii in um.
TUBES = [
    ((6.0, 8.0), (1.0, 1.49, 1.0)),
    ((13.0, 15.0), (1.33, 1.45, 1.0)),
    ((19.0, 20.0), (1.33, 1.45, 1.0)),
    ((14.5, 15.0), (1.0, 1.59, 1.33)),
    ((9.8, 10.0), (1.0, 1.59, 1.0)),
    ((5.0, 6.5, 7.5), (1.0, 1.46, 1.49, 1.0)),
    ((5.0, 6.3, 6.9, 7.1, 7.5), (1.0, 1.46, 1.52, 1.49, 1.47, 1.0)),
]


def held(radii: tuple[float, ...], indices: tuple[float, ...], polarisation: str, p: int) -> None:
    """One mode near 540 nm: wavelength within 1e-6, shares by layer within 1e-5, log10 Q within
    1e-3.
    """
    order = round(2 * np.pi * radii[-1] * indices[-2] / 0.54 * (0.92 if p == 1 else 0.88))
    exact = find_resonance(layered_cylinder(radii, indices), order, p, polarisation)
    media = [ConstantIndex.of(index) for index in indices]
    coatings = tuple(
        Coating(f"coating {j}", radii[j] - radii[j - 1], media[j]) for j in range(1, len(radii) - 1)
    )
    cavity = Cavity(
        Cylinder(radii[-1]),
        media[-2],
        media[-1],
        media[0],
        radii[0],
        coatings=coatings,
        sliced=True,
    )
    found = find_modes(
        cavity, ModeRequest(polarisation, exact.wavelength_nm, None, order, p, 1, 1e-6)
    )
    mode = found[f"{polarisation} {order} {p} 0"]
    error = mode.wavelength_nm / exact.wavelength_nm - 1
    off = float(np.abs(np.array(list(mode.confinement.values())) - energy_shares(exact)).max())
    stated = mode.wavelength_error_nm / mode.wavelength_nm
    print(f"{radii} {indices} {mode.label}: {error:.1e}, stated {stated:.1e}; shares {off:.1e}")
    assert abs(error) < 1e-6
    assert abs(error) < 3 * stated
    assert off < 1e-5
    assert mode.losses.radiation == pytest.approx(exact.log10_q, abs=1e-3)


@pytest.mark.parametrize("p", [1, 2])
@pytest.mark.parametrize("polarisation", ["TM", "TE"])
@pytest.mark.parametrize(("diameter", "shell", "core", "body", "surround"), SHELLS)
def test_shell_on_a_fibre(
    diameter: float,
    shell: float,
    core: float,
    body: float,
    surround: float,
    polarisation: str,
    p: int,
) -> None:
    held((diameter / 2 - shell, diameter / 2), (core, body, surround), polarisation, p)


@pytest.mark.parametrize("polarisation", ["TM", "TE"])
@pytest.mark.parametrize(("radii", "indices"), TUBES)
def test_hollow_fibre(
    radii: tuple[float, ...], indices: tuple[float, ...], polarisation: str
) -> None:
    held(radii, indices, polarisation, 1)


@pytest.mark.parametrize("seed", range(10))
def test_random_stack(seed: int) -> None:
    """A core of any index and one to four shells of 0.2 to 10 um; the outermost guides."""
    rng = np.random.default_rng([41, seed])
    shells = 10 ** rng.uniform(np.log10(0.2), 1, int(rng.integers(1, 5)))
    radii = tuple(float(r) for r in rng.uniform(3, 30) + np.r_[0.0, np.cumsum(shells)])
    inside = rng.uniform(1.33, 1.55, len(radii) - 1)
    indices = (
        *(float(n) for n in inside),
        float(rng.uniform(1.56, 1.7)),
        float(rng.choice([1.0, 1.33])),
    )
    held(radii, indices, str(rng.choice(["TM", "TE"])), 1)
