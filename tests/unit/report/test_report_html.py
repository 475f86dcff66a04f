"""The report holds the numbers of the results, its pictures, its sources, and asks nothing from
outside.
"""

from __future__ import annotations

import base64
import json
import re
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest

from cavitydesign.columns.cell_text import with_powers
from cavitydesign.design import parse_design
from cavitydesign.geometry.cavity import Cavity
from cavitydesign.modes.mode_set import ModeSet
from cavitydesign.report import audit, sections
from cavitydesign.report.applied import applied_values
from cavitydesign.report.document import headline
from cavitydesign.report.html import report_html, write_report
from cavitydesign.report.references import materials_used, reference_library, references_of
from cavitydesign.report.sections import short_number
from cavitydesign.visualise.fields.meridian_view import draw_meridian
from cavitydesign.visualise.labels import with_error
from cavitydesign.visualise.lasers.light_curve_view import draw_light_curve

DESIGN: dict[str, Any] = {
    "cavity": {
        "profile": "parabola",
        "diameter_um": 15.0,
        "body": "PMMA",
        "fibre": "silica",
        "surround": "air",
    },
    "modes": {"wavelength_nm": 537.6, "span_nm": 10.0},
    "lasing": {"quality": {"per_um": 24.0}},
}


@pytest.fixture
def results(mode_set: ModeSet, prediction_record: dict[str, Any]) -> dict[str, Any]:
    return {
        "schema": 1,
        "input": DESIGN,
        "design_file": "design.toml",
        "finished": "2026-11-02T10:00:00+00:00",
        "versions": {"cavitydesign": "0.1.0", "numpy": "2.0"},
        "platform": {"system": "Linux", "processors": 2},
        "seconds": {"total": 1.5},
        "modes": mode_set.to_json_dict(),
        "lasing": prediction_record,
    }


class Collector(HTMLParser):
    """Balanced tags, and everything that points somewhere."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.links: list[str] = []
        self.ids: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in ("meta", "img", "br", "link"):
            self.open.append(tag)
        given = dict(attrs)
        self.links += [value for name in ("src", "href") if (value := given.get(name))]
        if given.get("id"):
            self.ids.add(str(given["id"]))

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag, f"</{tag}> closes nothing"


def test_report_is_whole_and_asks_nothing_from_outside(
    results: dict[str, Any], mode_set: ModeSet, cavity: Cavity, tmp_path: Path
) -> None:
    mode = mode_set.modes[0]
    figures = {
        "field": draw_meridian(mode, cavity, samples=(40, 30)),
        "light_curve": draw_light_curve(results["lasing"]),
    }
    path = write_report(tmp_path / "report.html", results, figures)
    page = Collector()
    text = path.read_text(encoding="utf-8")
    page.feed(text)
    assert page.open == [], "every tag is closed"
    assert all(link.startswith(("data:", "#")) for link in page.links), page.links
    assert all(link[1:] in page.ids for link in page.links if link.startswith("#")), (
        "a link to a missing section"
    )
    assert {"figure-field", "figure-light_curve"} <= page.ids
    assert sum(link.startswith("data:image/svg+xml") for link in page.links) == 2
    for one in mode_set:
        assert one.label in text
        assert with_powers(with_error(one.wavelength_nm, one.wavelength_error_nm)) in text


def test_downloads_hold_the_results_and_the_sources(results: dict[str, Any]) -> None:
    text = report_html(results, {})
    (encoded,) = re.findall(
        r'download="results.json" href="data:application/json;base64,([^"]+)"', text
    )
    assert json.loads(base64.b64decode(encoded)) == json.loads(json.dumps(results))
    (bibtex,) = re.findall(
        r'download="references.bib" href="data:application/x-bibtex;base64,([^"]+)"', text
    )
    entries = base64.b64decode(bibtex).decode()
    assert "10.1364/JOSA.55.001205" in entries, "the silica data must be cited"
    assert entries.count("{") == entries.count("}")
    assert entries.count("@") == len(references_of(DESIGN, True))


def test_what_was_fitted_is_told_apart(results: dict[str, Any]) -> None:
    text = report_html(results, {})
    assert "per_um = 24.0: overrides the solved budget" in text
    assert "these numbers rest on" not in text
    lasing = {**results["lasing"], "calibrations": {"gain.peak_gain_per_cm": "fitted: to a curve"}}
    told = report_html({**results, "lasing": lasing}, {})
    assert "these numbers rest on inputs that are fitted (gain.peak_gain_per_cm)." in told
    budget = {**results, "input": {**DESIGN, "lasing": {"quality": "budget"}}}
    assert "overrides the solved budget" not in report_html(budget, {})


def test_every_value_that_was_used_is_told(results: dict[str, Any]) -> None:
    """Defaults, constants of the gain with their origin, and the data of the media, as the run
    noted them.
    """
    design = parse_design(
        {
            **DESIGN,
            "cavity": {**DESIGN["cavity"], "axial_radius_um": 60.0, "fibre_diameter_um": 8.0},
            "gain": {"medium": "CsPbBr3-PMMA"},
        }
    )
    applied = applied_values(design)
    assert json.loads(json.dumps(applied)) == applied, "plain JSON"
    assert (
        applied["pump"]["pulse_fs"] == design.pump.pulse_fs
        and applied["pump"]["energy_jitter"] == design.pump.pulse_jitter
    )
    assert applied["gain"]["auger_ps"] == design.medium.auger_ps
    told = {**results, "input": design.raw, "applied": applied}
    defaults = dict(audit.default_table(told).rows)
    assert defaults["pump.pulse_fs"] == "100.0" and defaults["lasing.single_mode_db"] == "10.0"
    assert not any(key.startswith("cavity.diameter") for key in defaults), (
        "what the design gives is no default"
    )
    origins = {row[0]: row[1:] for row in audit.origin_table(told).rows}
    for constant in design.medium.constants:
        value, kind, source = origins[f"gain.{constant.key}"]
        assert float(value) == pytest.approx(getattr(design.medium, constant.key), rel=1e-4)
        assert (kind, source) == (constant.kind, constant.source)
    media = {row[0]: row for row in audit.media_table(told).rows}
    assert (
        media["body"][1] == "PMMA"
        and "10.1364/AO.54.00F139" in media["body"][3]
        and media["body"][2] == "420 to 1620"
    )
    text = report_html(told, {})
    assert "Values used where the design says nothing" in text
    assert audit.default_table(results) is None and audit.media_table(results) is None


def test_fits_carry_their_standard_errors(results: dict[str, Any]) -> None:
    fit = {
        "breaks_mj_cm2": [2.0, 3.0],
        "breaks_error_mj_cm2": [0.02, 0.03],
        "slopes_error": [0.1, 0.2, 0.1],
        "rms": 0.01,
    }
    rows = dict(sections.lasing_table({**results["lasing"], "fit": fit}).rows)
    assert rows["upper break of the light curve (mJ/cm²)"] == "3.000 ± 0.030"
    assert rows["lasing threshold (mJ/cm²)"] == "2.2"
    assert rows["slopes of the light curve"] == "3.00 ± 0.10, 6.00 ± 0.20, 3.00 ± 0.10"


def test_spreads_of_the_design_stand_beside_the_errors_of_the_fit(results: dict[str, Any]) -> None:
    spread = {
        "threshold_sd_mj_cm2": {"gain_equals_loss": 0.22, "ase": None, "lasing": 0.243},
        "regime_probability": {"below threshold": 0.0, "single": 0.56, "multi": 0.44},
    }
    lasing = {**results["lasing"], "fit": {"breaks_error_mj_cm2": [0.02, 0.03]}, "spread": spread}
    rows = dict(sections.lasing_table(lasing).rows)
    assert rows["lasing threshold: sd by the spreads (mJ/cm²)"] == "0.24"
    assert "ASE: sd by the spreads (mJ/cm²)" not in rows, "it has none"
    assert (
        rows["probability of each regime under the spreads"]
        == "below threshold 0, single 0.56, multi 0.44"
    )
    words = dict((what, value) for value, what in headline(results["modes"], lasing))
    assert words["lasing threshold, sd 0.24 (spreads)"] == "2.2 mJ/cm²"
    assert not any("spreads" in row[0] for row in sections.lasing_table(results["lasing"]).rows)


@pytest.mark.parametrize(
    ("cavity", "keys"),
    [
        ({"profile": "droplet"}, {"carroll1976"}),
        ({"profile": "section"}, {"geuzaine2009", "gustafsson2020"}),
        ({"roughness_nm": 1.0}, {"gorodetsky1996", "johnson2005"}),
        ({"diameter_um": {"value": 15.0, "sd": 0.1}}, {"johnson2002"}),
        (
            {"body": {"host": "PMMA", "inclusion": "CsPbBr3", "volume_fraction": 0.01}},
            {"maxwellgarnett1904", "material-pmma"},
        ),
    ],
    ids=["drop", "section", "rough rim", "spread", "dots in a host"],
)
def test_each_method_is_cited_where_it_was_used(cavity: dict[str, Any], keys: set[str]) -> None:
    plain = {
        one.key
        for one in references_of({"cavity": {"profile": "parabola", "body": {"index": 1.5}}}, False)
    }
    found = references_of(
        {"cavity": {"profile": "parabola", "body": {"index": 1.5}, **cavity}}, False
    )
    assert keys <= {one.key for one in found} and not keys & plain
    assert all(one.use for one in found), "each says what for"


def test_another_gain_medium_brings_its_own_sources() -> None:
    design = parse_design({**DESIGN, "cavity": {**DESIGN["cavity"], "axial_radius_um": 60.0, "fibre_diameter_um": 8.0},
                           "gain": {"medium": "rhodamine-6G-PMMA"}, "pump": {"photons": 1, "wavelength_nm": 532.0}})  # fmt: skip
    keys = {one.key: one for one in references_of(design.raw, True, applied_values(design))}
    assert "paper-a" not in keys and "PhotochemCAD" in keys["gain-rhodamine-6g-pmma"].words


def test_warnings_reach_the_reader(results: dict[str, Any]) -> None:
    assert "<p>None.</p>" in report_html(results, {})
    modes = {
        **results["modes"],
        "complete": False,
        "counted": 7,
        "warnings": ["window could not grow"],
    }
    text = report_html({**results, "modes": modes}, {})
    assert "window could not grow" in text
    assert "no count of eigenvalues certifies" in text


def test_report_without_lasing_and_with_hostile_words(results: dict[str, Any]) -> None:
    bare = {key: value for key, value in results.items() if key != "lasing"}
    bare["input"] = {"cavity": {"body": "<script>alert(1)</script>"}}
    text = report_html(bare, {})
    assert "Not computed." in text
    assert "<script>" not in text, "input must be escaped"


def test_numbers_carry_the_digits_that_their_error_allows() -> None:
    assert with_error(537.996921234, 3e-7) == "537.99692123 ± 3.0e-07"
    assert with_error(19.4512, 0.02) == "19.451 ± 0.020"
    assert with_error(1.5, 0.0) == "1.5"
    assert short_number(None) == "-"


def test_references_have_a_doi_each() -> None:
    assert all(one.doi and one.doi.startswith("10.") for one in reference_library().values())
    assert materials_used(
        {"cavity": {"body": {"index": 1.5}, "coatings": [{"material": "silica"}]}}
    ) == ["silica"]
