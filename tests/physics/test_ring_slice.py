"""The ring of MEEP's tutorial as a slice: index 3.4 between r = 1 and 2, a hollow core of index 1, E along the axis."""

import pytest

from cavitydesign.geometry import Cavity, Cylinder
from cavitydesign.materials import ConstantIndex
from cavitydesign.modes import ModeRequest, find_modes

# m, frequency in c/um, Q: the exact poles of the ring.
POLES = [(3, 0.118191693734, 77.2554), (4, 0.147431032867, 343.916), (5, 0.175779373723, 1634.206), (6, 0.203509052672, 8111.77)]


@pytest.mark.parametrize(("m", "frequency", "q_factor"), POLES)
def test_ring(m: int, frequency: float, q_factor: float) -> None:
    """Wavelength to the asked 1e-6 and Q to 3e-4 (absorbing layers), for a mode that loses 8 % of its energy in a cycle too."""
    air = ConstantIndex.of(1.0)
    ring = Cavity(Cylinder(2.0), ConstantIndex.of(3.4), air, air, 1.0, sliced=True)
    mode = find_modes(ring, ModeRequest("TM", 1e3 / frequency, None, m, 1, 1, 1e-6)).modes[0]
    error, ratio = mode.wavelength_nm * frequency / 1e3 - 1, 10**mode.losses.radiation / q_factor - 1
    print(f"{mode.label}: wavelength {error:.1e} stated {mode.wavelength_error_nm / mode.wavelength_nm:.1e}, Q {ratio:.1e}")
    assert mode.label == f"TM {m} 1 0"
    assert abs(error) < 1e-6
    assert abs(ratio) < 3e-4
