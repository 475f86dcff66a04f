"""Rich displays: the HTML holds the numbers of the object; the extension registers each class by
its true name.
"""

from __future__ import annotations

import importlib
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import numpy as np

from cavitydesign.design import parse_design
from cavitydesign.geometry.cavity import Cavity
from cavitydesign.modes.mode_set import ModeSet
from cavitydesign.study.files.study_file import load_study
from cavitydesign.visualise import notebook
from cavitydesign.visualise.fields.cavity_view import draw_cavity, meridian_profile
from cavitydesign.workflow.study_point import design_schema


class Balanced(HTMLParser):
    """Fails on a tag that closes nothing."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []

    def handle_starttag(self, tag: str, attrs: Any) -> None:
        if tag != "img":
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


def checked(text: str) -> str:
    """The text, if its tags balance."""
    reader = Balanced()
    reader.feed(text)
    assert reader.open == []
    return text


def test_mode_set_and_cavity(mode_set: ModeSet, cavity: Cavity) -> None:
    text = checked(mode_set._repr_html_())
    for mode in mode_set:
        row = text.partition(f"<td>{mode.label}</td><td>")[2]
        digits = row.partition("</td>")[0]
        # a tenth of the error at most is lost by the rounding
        assert abs(float(digits) - mode.wavelength_nm) <= 0.1 * mode.wavelength_error_nm
        assert f"<td>{mode.wavelength_error_nm:.1e}</td>" in row
    assert "TM: E along the fibre axis; +-: numerical error" in text
    text = checked(notebook.html_of_cavity(cavity))
    assert "data:image/png;base64," in text and "index 1.495" in text


def test_prediction() -> None:
    """Regime and threshold in words, the light curve as a picture."""
    from cavitydesign.workflow.steps import find_modes, predict_lasing

    design = parse_design(
        {
            "cavity": {"profile": "spheroid", "diameter_um": 12.0, "body": {"index": 1.49}},
            "modes": {"wavelength_nm": 537.6, "span_nm": 8.0, "relative_accuracy": 1e-4},
            "pump": {"photons": 3, "fluence_mj_cm2": [1.2, 5.5]},
            "gain": {"medium": "CsPbBr3-PMMA"},
            "lasing": {
                "quality": {"per_um": 24.0},
                "families": "asked",
                "fluences": 16,
                "comb_phases": 0,
            },
        }
    )
    prediction = predict_lasing(find_modes(design), design)
    text = checked(notebook.html_of_prediction(prediction))
    assert (
        f"<b>{prediction.regime.name}</b>, lasing threshold {prediction.thresholds.lasing:.3f} "
        "mJ/cm²" in text
    )
    assert "data:image/png;base64," in text


def test_study(tmp_path: Path) -> None:
    cavity = '[cavity]\nprofile = "spheroid"\ndiameter_um = 4.0\nbody = { index = 1.5 }\n'
    (tmp_path / "design.toml").write_text(
        cavity + "[modes]\nwavelength_nm = 537.6\nspan_nm = 5.0\n"
    )
    (tmp_path / "study.toml").write_text(
        'design = "design.toml"\ntask = "modes"\nstore = "results"\n[axes]\n"cavity.diameter_um" '
        "= [4.0, 5.0]\n"
    )
    text = checked(notebook.html_of_study(load_study(tmp_path / "study.toml", design_schema())))
    assert "0 of 2 points done" in text and "cavity.diameter_um" in text


def test_extension_names_classes_that_exist() -> None:
    registered: dict[tuple[str, str], Any] = {}

    class Formatter:
        def for_type_by_name(self, module: str, name: str, display: Any) -> None:
            registered[module, name] = display

    class Shell:
        class display_formatter:
            formatters = {"text/html": Formatter()}  # noqa: RUF012

    notebook.load_ipython_extension(Shell())
    for module, name in registered:
        assert getattr(importlib.import_module(module), name).__module__ == module
    assert ("matplotlib.figure", "Figure") in registered
    assert {name for _, name in registered} >= {"Cavity", "ModeSet", "LasingPrediction", "Study"}


def test_a_figure_shows_itself_without_any_magic(cavity: Cavity) -> None:
    """A tutorial had "<Figure size ... with 2 Axes>" where its picture should have been."""
    shown: Any = draw_cavity(cavity)
    picture, told = shown._repr_png_()
    assert picture.startswith(b"\x89PNG")
    dots = int.from_bytes(picture[16:20], "big")
    print(dots, told)
    assert 1.4 < dots / told["width"] < 1.7, "220 dots where a page shows 140: letters stay sharp"


def test_section_of_a_cavity_is_its_outline() -> None:
    design = {
        "cavity": {
            "profile": "parabola",
            "diameter_um": 15.0,
            "axial_radius_um": 60.0,
            "fibre_diameter_um": 8.0,
            "fibre": "silica",
            "body": "PMMA",
        },
        "modes": {"wavelength_nm": 537.6, "span_nm": 5.0},
    }
    cavity = parse_design(design).cavity
    r, z = meridian_profile(cavity).T
    np.testing.assert_allclose(r, 7.5 - z**2 / 120.0, rtol=1e-12)
    assert r.min() >= 4.0 and abs(r.min() - 4.0) < 0.1, "it ends on the fibre"
    ax = draw_cavity(cavity).axes[0]
    (right,) = [line for line in ax.get_lines() if line.get_label() == "outline"]
    np.testing.assert_array_equal(np.column_stack(right.get_data()), meridian_profile(cavity))
    assert {"body", "fibre", "outline"} <= set(ax.get_legend_handles_labels()[1])
    assert "15 µm, axial radius 60 µm" in ax.get_title(loc="left")
