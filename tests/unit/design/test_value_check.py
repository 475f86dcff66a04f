"""Values of study axes, each held against its key alone: what no other key could make right is told
before anything runs.
"""

import pytest

from cavitydesign.design import value_problem

DESIGN = {
    "cavity": {
        "profile": "parabola",
        "diameter_um": 15.0,
        "axial_radius_um": 60.0,
        "fibre_diameter_um": 4.0,
        "body": "PMMA",
    },
    "modes": {"wavelength_nm": 537.6, "span_nm": 4.0},
    "pump": {"photons": 3},
}


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("cavity.diameter_um", 20.0),
        ("cavity.diameter_um", 20),
        ("cavity.diameter_um", {"value": 20.0, "sd": 0.2}),
        ("cavity.diameter_um", 3.0),  # thinner than the fibre, which another axis may change
        ("cavity.polar_radius_um", 20.0),  # of another profile, which another axis may set
        ("cavity.body", "polystyrene"),
        ("cavity.body", {"index": 1.49}),
        ("cavity.body.index_offset", -0.004),
        ("cavity.coatings.1.thickness_um", 0.5),
        ("cavity.coatings.0.material", "silica"),
        ("modes.radial_orders", 2),
        ("pump.photons", 2),
        ("pump.wavelength_nm", 1300.0),
        ("gain.medium", "CsPbBr3-PMMA"),
        ("lasing.quality", {"per_um": 24.0}),
    ],
)
def test_right_values_pass(tmp_path, key, value):
    assert value_problem(DESIGN, key, value, tmp_path) is None


@pytest.mark.parametrize(
    ("key", "value", "expected"),
    [
        ("cavity.diameter_um", "twenty", "must be a number"),
        ("cavity.diameter_um", True, "must be a number"),
        ("cavity.diameter_um", -20.0, "must be greater than 0"),
        ("cavity.diameter_um", {"value": 20.0, "sd": -1.0}, "standard deviation"),
        ("cavity.body", "PMNA", "did you mean 'PMMA'?"),
        ("cavity.body", {"index": -1.0}, "index: must be greater than 0"),
        ("cavity.body", {"idx": 1.5}, "idx: unknown key"),
        ("cavity.body", 1.49, "must be a name from the material library"),
        ("cavity.body.index", 0.0, "must be greater than 0"),
        ("cavity.coatings.1.thickness_um", -0.5, "must be greater than 0"),
        ("cavity.coatings.0.material", "silicon dust", "not in the library"),
        ("cavity.file", "nowhere.csv", "no such file"),
        ("modes.radial_orders", 2.5, "must be a whole number"),
        ("modes.polarisation", "TX", "did you mean 'TM'?"),
        ("pump.photons", 0, "1, 2 or 3"),
        ("pump.photons", 1.5, "must be a whole number"),
        ("gain.medium", "CsPbBr3-PMMX", "did you mean 'CsPbBr3-PMMA'?"),
        ("lasing.quality", "low", "must be"),
    ],
)
def test_wrong_values_are_named(tmp_path, key, value, expected):
    told = value_problem(DESIGN, key, value, tmp_path)
    assert told is not None and expected in told, told


def test_a_spec_is_not_asked_where_another_key_of_its_table_varies(tmp_path):
    assert value_problem(DESIGN, "pump.photons", 0, tmp_path) is not None
    assert (
        value_problem(DESIGN, "pump.photons", 0, tmp_path, {"pump.photons", "pump.wavelength_nm"})
        is None
    )
