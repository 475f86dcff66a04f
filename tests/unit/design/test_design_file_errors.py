"""Every kind of bad input is refused with one line: file, key, value, what is allowed, the nearest
right key.
"""

import copy
from typing import Any

import pytest

from cavitydesign.design import parse_design
from cavitydesign.errors import InputError

GOOD: dict[str, Any] = {
    "cavity": {
        "profile": "parabola",
        "diameter_um": 15.0,
        "axial_radius_um": 60.0,
        "fibre_diameter_um": 8.0,
        "body": "PMMA",
        "fibre": "silica",
        "surround": "air",
    },
    "modes": {"polarisation": "TM", "wavelength_nm": 537.6, "span_nm": 10.0},
    "pump": {"photons": 3, "wavelength_nm": 1500.0, "fluence_mj_cm2": [1.0, 6.0]},
}
DROP = object()


def changed(changes: dict[str, Any]) -> dict[str, Any]:
    """The good design with dotted keys set, or dropped."""
    raw = copy.deepcopy(GOOD)
    for key, value in changes.items():
        table, name = key.split(".")
        if value is DROP:
            del raw[table][name]
        else:
            raw.setdefault(table, {})[name] = value
    return raw


def lines_of(changes: dict[str, Any]) -> tuple[str, ...]:
    with pytest.raises(InputError) as caught:
        parse_design(changed(changes), source="design.toml")
    assert caught.value.exit_code == 2
    assert all("\n" not in line for line in caught.value.problems)
    return caught.value.problems


@pytest.mark.parametrize(
    ("changes", "line"),
    [
        # unknown keys and tables
        (
            {"cavity.diametre_um": 3.0},
            "design.toml: cavity.diametre_um = 3.0: unknown key (allowed: profile, diameter_um,",
        ),
        ({"cavity.diametre_um": 3.0}, "did you mean 'diameter_um'?"),
        ({"cavity.span_nm": 3.0}, "it belongs in [modes]"),
        (
            {"mode.span_nm": 3.0},
            "design.toml: mode = { span_nm = 3.0 }: unknown table (allowed: cavity, modes, gain,",
        ),
        (
            {"cavity.body": {"indx": 1.4}},
            "cavity.body.indx = 1.4: unknown key (allowed: name, index,",
        ),
        # wrong types
        (
            {"cavity.diameter_um": "15 um"},
            'cavity.diameter_um = "15 um": must be a number (outer diameter at the equator, um)',
        ),
        ({"cavity.diameter_um": True}, "cavity.diameter_um = true: must be a number"),
        ({"cavity.diameter_um": [15.0]}, "cavity.diameter_um = [15.0]: must be a number"),
        ({"modes.radial_orders": 1.5}, "modes.radial_orders = 1.5: must be a whole number"),
        (
            {"cavity.body": 1.49},
            "cavity.body = 1.49: must be a name from the material library, or { index = 1.49",
        ),
        ({"cavity.coatings": "PMMA"}, 'cavity.coatings = "PMMA": must be a list'),
        # impossible values
        ({"cavity.diameter_um": -15.0}, "cavity.diameter_um = -15.0: must be greater than 0"),
        ({"cavity.diameter_um": float("nan")}, "cavity.diameter_um = nan: must be a finite number"),
        ({"cavity.diameter_um": float("inf")}, "cavity.diameter_um = inf: must be"),
        ({"cavity.diameter_um": 10**400}, "must be a number"),
        (
            {"cavity.diameter_um": 5.0},
            "cavity.diameter_um = 5.0: must be greater than the diameter of the fibre, 8 um "
            "(fibre_diameter_um = 8)",
        ),
        ({"cavity.body": {"index": -1.4}}, "cavity.body.index = -1.4: must be greater than 0"),
        (
            {"cavity.body": {"index": 1.4, "absorption_per_cm": -1.0}},
            "absorption_per_cm = -1.0: must be at least 0",
        ),
        ({"cavity.roughness_nm": -1.0}, "cavity.roughness_nm = -1.0: must be at least 0"),
        ({"modes.span_nm": 0.0}, "modes.span_nm = 0.0: must be greater than 0"),
        (
            {"modes.span_nm": 2000.0},
            "modes.span_nm = 2000.0: must be less than twice wavelength_nm (537.6)",
        ),
        (
            {"modes.relative_accuracy": 1e-30},
            "modes.relative_accuracy = 1e-30: must be at least 1e-12",
        ),
        ({"modes.axial_orders": 0}, "modes.axial_orders = 0: must be at least 1"),
        ({"pump.photons": 7}, "design.toml: pump.photons: 7 is not allowed; 1, 2 or 3"),
        ({"pump.photons": "three"}, 'pump.photons = "three": must be a whole number'),
        ({"pump.pulse_fs": -100.0}, "design.toml: pump.pulse_fs: -100.0 must be positive"),
        ({"pump.shape": "gausian"}, "did you mean 'gaussian'?"),
        ({"gain.medium": "CsPbBr3"}, "did you mean 'CsPbBr3-PMMA'?"),
        (
            {"gain.peak_gain_per_cm": -1100.0},
            "design.toml: gain.peak_gain_per_cm: -1100.0 must be positive",
        ),
        ({"gain.sources": 3}, "gain.sources = 3: unknown key"),
        # a range backwards, or of the wrong length
        (
            {"pump.fluence_mj_cm2": [6.0, 1.0]},
            "pump.fluence_mj_cm2 = [6.0, 1.0]: must be [lowest, highest] in mJ/cm2",
        ),
        (
            {"pump.fluence_mj_cm2": [6.0]},
            "pump.fluence_mj_cm2 = [6.0]: must be [lowest, highest] in mJ/cm2",
        ),
        (
            {"lasing.quality": "bugdet"},
            'lasing.quality = "bugdet": must be "budget" (from the solved losses), { per_um = '
            "24.0 }",
        ),
        ({"lasing.quality": -3.0}, "design.toml: lasing.quality: -3.0 must be a positive number"),
        ({"lasing.quality": {"per_mm": 24.0}}, "lasing.quality = { per_mm = 24.0 }: must be"),
        (
            {"lasing.fluences": 3},
            "design.toml: lasing.fluences: 3 must be a whole number of 12 or more",
        ),
        # names
        ({"cavity.body": "PMA"}, "did you mean 'PMMA'?"),
        ({"cavity.profile": "parabla"}, "must be one of parabola, cosine, spheroid, cylinder"),
        ({"cavity.profile": "parabla"}, "did you mean 'parabola'?"),
        (
            {"modes.polarisation": "tm"},
            "modes.polarisation = \"tm\": must be one of TM, TE, both; did you mean 'TM'?",
        ),
        # keys of another profile, absent keys
        (
            {"cavity.polar_radius_um": 7.0},
            "cavity.polar_radius_um = 7.0: does not belong to profile parabola (its keys: "
            "diameter_um, axial_radius_um",
        ),
        (
            {"cavity.axial_radius_um": DROP},
            "cavity.axial_radius_um: missing; profile parabola needs",
        ),
        ({"cavity.profile": DROP}, "cavity.profile: missing (shape of the outline)"),
        (
            {"cavity.fibre": DROP},
            "cavity.fibre: missing; the fibre (fibre_diameter_um above 0) needs a medium",
        ),
        ({"cavity.body": {}}, "cavity.body = {  }: give a name from the library"),
        ({"cavity.body": {"name": "PMMA", "index": 1.49}}, "give a name from the library"),
        (
            {"modes.span_nm": DROP},
            "modes: give span_nm (all modes in a range) or azimuthal_order (one m); neither is "
            "given",
        ),
        ({"modes.azimuthal_order": 122}, "or azimuthal_order (one m); both are given"),
        (
            {"modes.azimuthal_order": 0, "modes.span_nm": DROP},
            "modes.azimuthal_order = 0: m = 0 goes straight across the axis and not around the rim",
        ),
        (
            {"modes.azimuthal_order": -7, "modes.span_nm": DROP},
            "modes.azimuthal_order = -7: m and -m are one mode in two senses: give 7",
        ),
        (
            {"cavity.body": {"name": "PMMA", "absorption_per_cm": 1.0}},
            "absorption_per_cm = 1.0: does not go with name",
        ),
        (
            {"cavity.body": {"host": "PMMA", "volume_fraction": 0.1}},
            "cavity.body.inclusion: missing",
        ),
        (
            {"cavity.body": {"host": "PMMA", "inclusion": "CsPbBr3", "volume_fraction": 1.1}},
            "cavity.body.volume_fraction = 1.1: must be at most 1",
        ),
        ({"cavity.body": {"file": "absent.toml"}}, 'cavity.body = "absent.toml": '),
        # drops
        (
            {"cavity.profile": "droplet"},
            "cavity.axial_radius_um = 60.0: does not belong to profile droplet",
        ),
        (
            {"cavity.profile": "droplet"},
            "profile droplet needs exactly two of diameter_um, contact_angle_deg, length_um",
        ),
        (
            {"cavity.profile": "droplet", "cavity.axial_radius_um": DROP, "cavity.length_um": 1e5},
            "design.toml: cavity.length_um: 100000 um is impossible",
        ),
        # shells and spreads
        (
            {"cavity.coatings": [{"name": "inner", "thickness_um": 4.0, "material": "PMMA"}]},
            "must be greater than the diameter of the fibre with its coatings, 16 um",
        ),
        (
            {"cavity.coatings": [{"name": "body", "thickness_um": 1.0, "material": "PMMA"}]},
            'cavity.coatings.0.name = "body": must differ from fibre, body, surround',
        ),
        (
            {"cavity.coatings": [{"name": "x", "thickness_um": 1.0, "material": 3}]},
            "cavity.coatings.0.material = 3: must be a name",
        ),
        (
            {"cavity.fibre_points_um": [[0.0, 4.0], [5.0, 4.1]]},
            "says the fibre's radius, as does fibre_diameter_um; give one",
        ),
        (
            {
                "cavity.fibre_diameter_um": 0.0,
                "cavity.fibre_points_um": [[0.0, 4.0]],
                "cavity.fibre_taper": 0.1,
            },
            "cavity.fibre_taper = 0.1: does not go with fibre_points_um",
        ),
        (
            {"cavity.fibre_diameter_um": 0.0, "cavity.fibre_points_um": [[0.0, 4.0]]},
            "cavity.fibre_points_um: 2 or more points",
        ),
        (
            {"cavity.fibre_diameter_um": 0.0, "cavity.fibre_points_um": [[0.0, -4.0]]},
            "cavity.fibre_points_um.0.1 = -4.0",
        ),
        (
            {"cavity.fibre_diameter_um": 0.0, "cavity.fibre_points_um": [[0.0]]},
            "cavity.fibre_points_um.0.1: missing",
        ),
        ({"cavity.fibre_diameter_um": 0.0, "cavity.fibre_file": "no.csv"}, "no.csv: no such file"),
        ({"cavity.roughness_nm": 1e6}, "cavity.roughness_nm = 1000000.0: must be at most 1000"),
        (
            {"cavity.fibre_diameter_um": 0.0, "cavity.fibre_taper": 0.01},
            "cavity.fibre_taper = 0.01: needs a fibre",
        ),
        (
            {
                "cavity.fibre_diameter_um": 0.0,
                "cavity.coatings": [{"name": "x", "thickness_um": 0.3, "material": "PMMA"}],
            },
            "a coated sphere is a section (docs/sections.md)",
        ),
        (
            {"cavity.diameter_um": {"value": 15.0, "sd": -0.2}},
            "cavity.diameter_um.sd = -0.2: must be a number, 0 or more",
        ),
        (
            {"modes.radial_orders": {"value": 1, "sd": 0.2}},
            "only a number with a unit carries a spread",
        ),
        (
            {"cavity.body": {"value": "PMMA", "sd": 0.2}},
            "only a number with a unit carries a spread",
        ),
        # outside the data of a medium
        ({"modes.wavelength_nm": 50.0}, "modes.wavelength_nm = 50.0: "),
    ],
)
def test_message(changes: dict[str, Any], line: str) -> None:
    problems = lines_of(changes)
    assert any(line in problem for problem in problems), f"wanted {line!r}, got {problems}"


def test_each_line_begins_with_the_file() -> None:
    problems = lines_of({"cavity.diameter_um": "x", "modes.span_nm": -1.0, "cavity.colour": "red"})
    assert len(problems) == 3
    assert all(problem.startswith("design.toml: ") for problem in problems)


def test_all_problems_at_once() -> None:
    """Types, bounds, unknown keys and checks between keys are reported together."""
    problems = lines_of(
        {
            "cavity.diameter_um": 5.0,
            "cavity.colour": "red",
            "cavity.polar_radius_um": 3.0,
            "modes.span_nm": "wide",
            "pump.fluence_mj_cm2": [3.0, 2.0],
            "gain.medium": "dye",
        }
    )
    for key in (
        "cavity.diameter_um",
        "cavity.colour",
        "cavity.polar_radius_um",
        "modes.span_nm",
        "pump.fluence_mj_cm2",
        "gain.medium",
    ):
        assert sum(key in problem for problem in problems) == 1, f"{key} once in {problems}"


@pytest.mark.parametrize("table", ["cavity", "modes"])
def test_absent_and_flat_tables(table: str) -> None:
    raw = copy.deepcopy(GOOD)
    del raw[table]
    with pytest.raises(InputError, match=f"design.toml: {table}: missing"):
        parse_design(raw, source="design.toml")
    raw[table] = 3
    with pytest.raises(InputError, match=f"design.toml: {table} = 3: must be a table"):
        parse_design(raw, source="design.toml")


def test_empty_design() -> None:
    with pytest.raises(InputError) as caught:
        parse_design({}, source="design.toml")
    assert len(caught.value.problems) == 2
