"""A medium with a constant added to its index."""

import pytest

from cavitydesign.design import parse_design
from cavitydesign.geometry import Cavity, Spheroid
from cavitydesign.materials import find_material
from cavitydesign.materials.shifted import ShiftedMedium


def test_index_moves_and_dispersion_stays():
    base = find_material("PMMA")
    medium = ShiftedMedium.of(base, 0.003)
    assert medium.index(537.6) == pytest.approx(base.index(537.6) + 0.003, abs=1e-15)
    # n_g = n - lambda dn/dlambda: a constant shifts it by itself.
    assert medium.group_index(537.6) == pytest.approx(base.group_index(537.6) + 0.003, abs=1e-9)
    assert medium.extinction(537.6) == base.extinction(537.6) and medium.range_nm == base.range_nm


def test_in_a_design_file():
    design = {
        "cavity": {
            "profile": "spheroid",
            "diameter_um": 15.0,
            "body": {"name": "PMMA", "index_offset": -0.002},
        },
        "modes": {"wavelength_nm": 537.6, "span_nm": 5.0},
    }
    moved = parse_design(design).cavity.body.index(537.6)
    assert moved == pytest.approx(find_material("PMMA").index(537.6) - 0.002, abs=1e-15)


@pytest.mark.parametrize(("name", "uniaxial"), [("PMMA", False), ("LiNbO3", True)])
def test_anisotropy_is_that_of_the_medium(name: str, uniaxial: bool):
    """A cavity of an isotropic medium, shifted or not, is solved without the matrices of E
    along z.
    """
    surround = find_material("vacuum")
    for medium in (find_material(name), ShiftedMedium.of(find_material(name), 0.01)):
        assert medium.uniaxial is uniaxial
        assert Cavity(Spheroid(7.5, 7.5), medium, surround).uniaxial is uniaxial
