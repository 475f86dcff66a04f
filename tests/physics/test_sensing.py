"""Modes as sensors: sensitivities and layers against full solves, limits against their formula."""

from __future__ import annotations

import pytest

import cavitydesign as cd
from cavitydesign.errors import InputError


def solved(cavity, m, polarisation="TM", wavelength_nm=600.0, accuracy=1e-8):
    asked = {
        "polarisation": polarisation,
        "wavelength_nm": wavelength_nm,
        "azimuthal_order": m,
        "relative_accuracy": accuracy,
    }
    return cd.find_modes(cd.parse_design({"cavity": cavity, "modes": asked}))[0]


def cylinder(diameter_um, body, **keys):
    return {
        "profile": "cylinder",
        "diameter_um": diameter_um,
        "body": {"index": body},
        "surround": {"index": 1.0},
        **keys,
    }


def hollow(liquid, wall_um=0.45):
    inside = {"fibre": {"index": liquid}, "fibre_diameter_um": 6.0 - 2.0 * wall_um}
    return cylinder(6.0, 1.46, **inside)


@pytest.mark.parametrize("polarisation", ["TM", "TE"])
def test_the_liquid_in_a_hollow_cylinder_is_that_of_full_solves(polarisation):
    mode = solved(hollow(1.33), 36, polarisation)
    found = mode.sensing(cd.Sensing(region="fibre"))
    step = 1e-3
    above, below = (solved(hollow(1.33 + s), 36, polarisation).wavelength_nm for s in (step, -step))
    # the issue of sensing asks 1e-4; the third derivative leaves 1e-6 at this step
    assert found.bulk_nm_per_riu == pytest.approx((above - below) / (2.0 * step), rel=1e-4)
    assert found.bulk_nm_per_riu > 10.0, "a thin wall lets the field into the liquid"


@pytest.mark.parametrize(("m", "polarisation"), [(9, "TM"), (9, "TE"), (14, "TE")])
def test_sensitivities_of_leaky_modes_are_those_of_full_solves(m, polarisation):
    """At Q from 15 on: the share of a leaky mode is complex, and so is the k that it multiplies;
    with the real part alone the surround's sensitivity was 1 / (2 Q) of the imaginary part off.
    """
    diameter_um = m * 0.6 / (3.1416 * 1.5 * 0.85)

    def at(body, surround):
        cavity = cylinder(diameter_um, body) | {"surround": {"index": surround}}
        return solved(cavity, m, polarisation)

    mode, step = at(1.5, 1.0), 2e-3
    assert mode.losses.total < 2.8
    sides = {
        "body": [at(1.5 + s, 1.0) for s in (step, -step)],
        "surround": [at(1.5, 1.0 + s) for s in (step, -step)],
    }
    for region, (above, below) in sides.items():
        right = (above.wavelength_nm - below.wavelength_nm) / (2.0 * step)
        assert mode.sensitivity_nm_per_riu[region] == pytest.approx(right, rel=1e-4)


@pytest.mark.parametrize("polarisation", ["TM", "TE"])
def test_a_layer_on_a_cylinder_is_that_of_a_coated_one(polarisation):
    """The coated cylinder is a larger one of the layer's medium with the old one as its fibre."""
    bare = solved(cylinder(6.0, 1.46), 36, polarisation)
    found = bare.sensing(cd.Sensing(layer_nm=20.0, layer_index=1.40))
    inside = {"fibre": {"index": 1.46}, "fibre_diameter_um": 6.0}
    coated = solved(cylinder(6.04, 1.40, **inside), 36, polarisation)
    shift = 1e3 * (coated.wavelength_nm - bare.wavelength_nm)
    assert found.layer_shift_pm == pytest.approx(shift, rel=1e-5)
    assert found.layer_pm_per_nm == pytest.approx(shift / 20.0, rel=1e-5)


def test_a_layer_of_the_sphere_s_own_index_makes_it_larger():
    """All lengths scale, and with indices that do not change so does the wavelength."""
    ball = cd.sphere(
        diameter_um=6.0,
        body={"index": 1.5},
        surround={"index": 1.0},
        wavelength_nm=620.0,
        azimuthal_order=40,
    )
    mode = cd.find_modes(ball)[0]
    found = mode.sensing(cd.Sensing(layer_nm=15.0, layer_index=1.5))
    assert found.layer_shift_pm == pytest.approx(1e3 * mode.wavelength_nm * 0.015 / 3.0, rel=1e-5)


def test_a_layer_inside_a_hollow_cylinder_is_that_of_a_coated_fibre():
    mode = solved(hollow(1.33), 36)
    found = mode.sensing(cd.Sensing(region="fibre", layer_nm=10.0, layer_on="wall"))
    layer = {"name": "protein", "thickness_um": 0.01, "material": {"index": 1.45}}
    coated = {"fibre": {"index": 1.33}, "fibre_diameter_um": 5.08, "coatings": [layer]}
    beside = solved(cylinder(6.0, 1.46, **coated), 36)
    shift = 1e3 * (beside.wavelength_nm - mode.wavelength_nm)
    assert found.layer_shift_pm == pytest.approx(shift, rel=1e-4)


def test_the_detection_limit_is_that_of_white_and_fan():
    mode = solved(cylinder(6.0, 1.46), 36, accuracy=1e-6)
    asked = cd.Sensing(linewidth_nm=0.09, snr_db=40.0, noise_pm=1.5)
    found = mode.sensing(asked)
    # 90 pm / (4.5 x 10000^(1/4)) = 2 pm, with 1.5 pm 2.5 pm, three times 7.5 pm
    assert found.resolution_pm == pytest.approx(7.5, rel=1e-12)
    bulk = mode.sensitivity_nm_per_riu["surround"]
    assert found.detection_limit_riu == pytest.approx(7.5e-3 / bulk, rel=1e-12)
    assert found.figure_of_merit_per_riu == pytest.approx(bulk / 0.09, rel=1e-12)


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"region": "fiber"}, 'sensing.region = "fiber": is not one of body, surround'),
        ({"layer_nm": -1.0}, "sensing.layer_nm: -1.0 must be at least 0"),
        ({"layer_on": "rime"}, "rim or wall"),
        ({"layer_nm": 5.0, "layer_on": "wall"}, 'sensing.layer_on = "wall": needs a fibre'),
        ({"linewidth_nm": 0.0}, "sensing.linewidth_nm: 0.0 must be above 0"),
        ({"snr": 60.0}, "sensing.snr"),
        ({"noise_pm": "low"}, "sensing.noise_pm"),
    ],
)
def test_impossible_sensing_is_refused_in_one_line(given, words):
    ball = {"profile": "spheroid", "diameter_um": 6.0, "body": "silica"}
    asked = {"wavelength_nm": 620.0, "azimuthal_order": 40}
    with pytest.raises(InputError) as caught:
        cd.parse_design({"cavity": ball, "modes": asked, "sensing": given})
    (line,) = caught.value.problems
    assert words in line and "\n" not in line
