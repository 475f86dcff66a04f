"""Every kind of design in the browser: its controls, what follows from moving them, scans, studies,
results.
"""

from __future__ import annotations

import csv
import json
import re
import subprocess
import sys
import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

pytestmark = pytest.mark.xdist_group("browser")
REST = """
[modes]
wavelength_nm = 537.6
span_nm = 12.0
relative_accuracy = 1e-5
[gain]
medium = "CsPbBr3-PMMA"
[pump]
fluence_mj_cm2 = [1.2, 5.5]
[lasing]
families = "asked"
quality = { per_um = 24.0 }
fluences = 21
comb_phases = 4
"""
COATED = """
[cavity]
profile = "parabola"
diameter_um = { value = 12.0, sd = 0.1 }
axial_radius_um = 50.0
fibre_diameter_um = 6.0
fibre_taper = 0.01
body = { host = "PMMA", inclusion = "CsPbBr3", volume_fraction = 0.01 }
fibre = "silica"
[[cavity.coatings]]
name = "primer"
thickness_um = 2.0
material = { index = 1.45, absorption_per_cm = 2.0 }
"""
DROPLET = """
[cavity]
profile = "droplet"
diameter_um = 12.0
fibre_diameter_um = 6.0
contact_angle_deg = 20.0
body = { index = 1.49 }
fibre = "silica"
"""
OpenTab = Callable[..., Any]


def opened(open_tab: OpenTab, start: Any, folder: Path, text: str, *arguments: str) -> Any:
    """A tab on a design of this text."""
    (folder / "design.toml").write_text(text)
    return open_tab(start(folder, "design.toml", *arguments).url)


def saved_design(tab: Any, folder: Path) -> dict[str, Any]:
    """The design that the page saves."""
    assert tab.page.is_hidden("#trouble"), tab.page.inner_text("#trouble")
    with tab.page.expect_download() as download:
        tab.page.click("#save-design")
    download.value.save_as(folder / "saved.toml")
    return tomllib.loads((folder / "saved.toml").read_text())


@pytest.mark.slow
def test_coated_and_tapered_fibre(open_tab: OpenTab, start: Any, tmp_path: Path) -> None:
    tab = opened(open_tab, start, tmp_path, COATED + REST)
    before = tab.wavelengths()
    assert tab.page.input_value("[data-key='cavity.fibre_taper']") == "0.01"
    assert "± 0.1" in tab.page.inner_text("label[for='c-cavity-diameter_um']"), (
        "the spread is shown"
    )
    assert "cavity.coatings[0].material.absorption_per_cm" in tab.page.text_content("#rest"), (
        "no key is hidden"
    )
    tab.page.fill("[data-key='cavity.body.volume_fraction']", "3")
    tab.wait()
    assert tab.wavelengths() != before, "dots raise the index"
    tab.page.fill("[data-key='cavity.coatings[0].thickness_um']", "2.2")
    tab.page.get_by_role("button", name="Add a shell on the fibre").click()
    tab.wait()
    design = saved_design(tab, tmp_path)
    assert design["cavity"]["body"]["volume_fraction"] == pytest.approx(0.03)
    assert design["cavity"]["diameter_um"] == {"value": 12.0, "sd": 0.1}
    assert [shell["thickness_um"] for shell in design["cavity"]["coatings"]] == [2.2, 0.5]
    assert tab.errors() == []


@pytest.mark.slow
def test_droplet_and_change_of_outline(open_tab: OpenTab, start: Any, tmp_path: Path) -> None:
    tab = opened(open_tab, start, tmp_path, DROPLET + REST)
    before = tab.wavelengths()
    tab.page.fill("#c-cavity-contact_angle_deg", "30")
    tab.wait()
    assert tab.wavelengths() != before
    tab.page.select_option("#c-cavity-profile", "spheroid")
    tab.wait()
    assert tab.page.is_hidden("#trouble") and len(tab.wavelengths()) > 0
    cavity = saved_design(tab, tmp_path)["cavity"]
    assert cavity["polar_radius_um"] == 6.0 and "contact_angle_deg" not in cavity
    tab.page.select_option("#c-cavity-profile", "droplet")
    tab.wait()
    assert tab.page.input_value("#c-cavity-contact_angle_deg") == "20" and tab.page.is_hidden(
        "#trouble"
    )
    assert tab.errors() == []


@pytest.mark.slow
def test_keeping_the_shape_scales_the_other_lengths(
    open_tab: OpenTab, start: Any, tmp_path: Path
) -> None:
    tab = opened(open_tab, start, tmp_path, COATED + REST)
    tab.page.check("#c-keepShape")
    tab.page.fill("#c-cavity-diameter_um", "18")
    tab.wait()
    cavity = saved_design(tab, tmp_path)["cavity"]
    assert (
        cavity["diameter_um"]["value"],
        cavity["axial_radius_um"],
        cavity["fibre_diameter_um"],
    ) == (18, 75, 9)


@pytest.mark.slow
def test_section_and_its_constants(open_tab: OpenTab, start: Any, tmp_path: Path) -> None:
    """A meshed section outside the design's folder opens only where the user widens what may be
    read.
    """
    pytest.importorskip("gmsh")
    (tmp_path / "meshes").mkdir()
    (tmp_path / "designs").mkdir()
    source = Path(__file__).parents[3] / "meshes" / "microtoroid.geo"
    for one in source.parent.glob("*.geo"):
        (tmp_path / "meshes" / one.name).write_text(one.read_text())
    text = """
[cavity]
profile = "section"
file = "../meshes/microtoroid.geo"
body = { index = 1.45 }
[cavity.parameters]
diameter = 12.0
minor_diameter = 3.0
[modes]
polarisation = "TM"
wavelength_nm = 780.0
azimuthal_order = 62
relative_accuracy = 1e-4
"""
    (tmp_path / "designs" / "design.toml").write_text(
        text + REST.partition("[pump]")[2].join(["[pump]", ""])
    )
    refused = start(tmp_path / "designs", "design.toml")
    tab = open_tab(refused.url)
    assert "--folder" in tab.page.inner_text("#trouble")
    running = start(tmp_path, "designs/design.toml", "--folder", ".")
    tab = open_tab(running.url)
    assert tab.page.is_hidden("#trouble"), tab.page.inner_text("#trouble")
    assert len(tab.wavelengths()) == 1
    assert "../meshes/microtoroid.geo" in tab.page.inner_text("#controls")
    assert tab.page.input_value("[data-key='cavity.parameters.minor_diameter']") == "3"
    assert tab.colours() > 100, "the field of a section is drawn"
    assert tab.errors() == []


def test_scan_finds_what_single_designs_say(
    open_tab: OpenTab, explorer: Any, tmp_path: Path
) -> None:
    tab = open_tab(explorer.url)
    for name, value in (("from", "9"), ("to", "20"), ("points", "4")):
        tab.page.fill(f"#scan-{name}", value)
    tab.page.click("#scan-start")
    tab.page.wait_for_function("() => document.querySelectorAll('#scan-chance circle').length >= 2")
    tab.page.wait_for_function(
        "() => document.querySelector('#scan-start').textContent === 'Scan diameters'"
    )
    with tab.page.expect_download() as download:
        tab.page.click("#scan-save")
    download.value.save_as(tmp_path / "scan.csv")
    rows = list(csv.DictReader((tmp_path / "scan.csv").read_text().splitlines()))
    sizes = [float(row["diameter_um"]) for row in rows]
    assert sizes == pytest.approx([9.0, 11.74, 15.33, 20.0], abs=0.01), "geometric"
    drawn = tab.page.evaluate(
        "() => [...document.querySelectorAll('#scan-map rect[data-count]')].map((one) => "
        "one.dataset.size)"
    )
    assert {float(one) for one in drawn} == set(sizes)
    assert tab.page.locator("#scan-map path.ink").count() >= 1, "the threshold line"
    chances = [
        float(row["single_mode_probability"]) for row in rows if row["single_mode_probability"]
    ]
    assert chances == sorted(chances, reverse=True), "a large cavity has more modes under the gain"
    assert re.search(r"[\d.]+ µm", tab.page.inner_text("#scan-conclusion"))

    # the highest threshold that is wanted chooses among them
    thresholds = [
        float(row["threshold_lasing_mj_cm2"]) for row in rows if row["threshold_lasing_mj_cm2"]
    ]
    tab.page.fill("#scan-below", f"{0.99 * min(thresholds):.4f}")
    assert f"{min(thresholds):.3g} mJ/cm²" in tab.page.inner_text("#scan-conclusion"), (
        "none is below: the lowest is told"
    )
    tab.page.fill("#scan-below", "")

    # the point opens, and the single design says the same within the scan's coarser points
    row = next(one for one in rows if one["threshold_lasing_mj_cm2"])
    tab.page.locator(f"#scan-chance circle[data-size='{row['diameter_um']}']").click()
    tab.wait()
    assert tab.page.input_value("#c-cavity-diameter_um") == row["diameter_um"]
    shown = float(tab.page.inner_text("#answer [data-name='threshold'] b").split()[0])
    assert shown == pytest.approx(float(row["threshold_lasing_mj_cm2"]), rel=0.03)
    assert tab.errors() == []


def test_pump_by_a_click_on_the_curve(open_tab: OpenTab, explorer: Any, tmp_path: Path) -> None:
    tab = open_tab(explorer.url)
    assert tab.page.is_checked("#c-automatic")
    box = tab.page.locator("#light svg").bounding_box()
    tab.page.mouse.move(box["x"] + 0.3 * box["width"], box["y"] + 0.5 * box["height"])
    tab.page.mouse.click(box["x"] + 0.3 * box["width"], box["y"] + 0.5 * box["height"])
    tab.wait()
    pumped = float(tab.page.input_value("#c-fluence"))
    assert 1.2 < pumped < 3.0 and not tab.page.is_checked("#c-automatic")
    assert tab.page.inner_text("#answer [data-name='verdict'] b") == "below threshold"
    assert saved_design(tab, tmp_path)["lasing"]["at_fluence_mj_cm2"] == pytest.approx(
        pumped, rel=1e-3
    )


@pytest.mark.slow
def test_points_of_a_study_open_their_design_and_mode(
    open_tab: OpenTab, start: Any, tmp_path: Path, design_text: str
) -> None:
    (tmp_path / "design.toml").write_text(design_text)
    axes = '[axes]\n"cavity.diameter_um" = [12.0, 14.0]\n"cavity.axial_radius_um" = [50.0, 60.0]\n'
    (tmp_path / "study.toml").write_text(
        f'design = "design.toml"\ntask = "modes"\nstore = "results"\n{axes}'
    )
    words = "from cavitydesign.cli.main import main; main()"
    subprocess.run(
        [sys.executable, "-c", words, "study", "run", "study.toml"],
        cwd=tmp_path,
        check=True,
        timeout=120,
    )
    tab = open_tab(start(tmp_path, "study.toml").url)
    assert "4 of 4 points done" in tab.page.inner_text("#study-state")
    modes = "(all) => all.map((one) => one.dataset.mode)"
    labels = tab.page.locator("#study-plot circle[data-point='3']").evaluate_all(modes)
    assert len(labels) >= 2
    for label in (labels[0], labels[-1]):
        tab.page.locator(f"#study-plot circle[data-point='3'][data-mode='{label}']").dispatch_event(
            "click"
        )
        tab.wait()
        assert tab.page.input_value("#c-cavity-diameter_um") == "14"
        assert tab.page.input_value("#c-cavity-axial_radius_um") == "60"
        assert tab.page.inner_text("#field-title").startswith(f"{label},")
    assert tab.errors() == []

    # by the keyboard: one stop of the tab key, arrows between the points, Enter opens, and the
    # focus stays
    dots = "#study-plot circle.mark"
    assert tab.page.locator(f"{dots}[tabindex='0']").count() == 1
    tab.page.locator(f"{dots}[tabindex='0']").focus()
    tab.page.keyboard.press("ArrowRight")
    where = "() => [document.activeElement.dataset.point, document.activeElement.dataset.mode]"
    point, mode = tab.page.evaluate(where)
    tab.page.keyboard.press("Enter")
    tab.wait()
    assert mode in tab.page.inner_text("#field-title")
    assert tab.page.evaluate(where) == [point, mode]


def test_results_show_before_they_are_solved_again(
    open_tab: OpenTab, start: Any, tmp_path: Path, design_text: str
) -> None:
    (tmp_path / "design.toml").write_text(design_text)
    words = "from cavitydesign.cli.main import main; main()"
    command = [sys.executable, "-c", words, "run", "design.toml", "--out", "out"]
    subprocess.run(command, cwd=tmp_path, check=True, timeout=120, capture_output=True)
    results = json.loads((tmp_path / "out" / "results.json").read_text())
    tab = open_tab(start(tmp_path, "out").url)
    expected = [round(mode["wavelength_nm"], 4) for mode in results["modes"]["modes"]]
    assert tab.wavelengths() == pytest.approx(expected, abs=1e-4)
    shown = float(tab.page.inner_text("#answer [data-name='threshold'] b").split()[0])
    assert shown == pytest.approx(results["lasing"]["threshold_mj_cm2"]["lasing"], rel=5e-3)


def test_a_slow_cavity_shows_a_first_look(
    open_tab: OpenTab, start: Any, tmp_path: Path, design_text: str
) -> None:
    """While the whole curve is on its way, some points of it are shown.

    The request of the whole curve is held back here, so that the test does not depend on how fast
    this machine computes it.
    """
    (tmp_path / "design.toml").write_text(design_text.replace("fluences = 21", "fluences = 200"))
    tab = open_tab(start(tmp_path, "design.toml").url)
    held: list[Any] = []
    tab.page.route("**/api/lasing", lambda request: held.append(request))
    tab.page.fill("#c-cavity-diameter_um", "12.5")
    tab.page.wait_for_function(
        "() => document.querySelector('#light').textContent.includes('first look, 14 points')"
    )
    for request in held:
        request.continue_()
    tab.page.unroute("**/api/lasing")
    tab.wait()
    assert "slopes" in tab.page.text_content("#light")
    assert tab.page.locator("#light circle").count() > 100
    assert tab.errors() == []


@pytest.mark.slow
def test_what_is_not_round_and_the_surround_move(
    open_tab: OpenTab, start: Any, tmp_path: Path
) -> None:
    """Sliders of ellipticity and of the surround's index reach the answer; the shift by an ellipse
    grows with its square.
    """
    text = COATED.replace('fibre = "silica"', 'fibre = "silica"\nsurround = { index = 1.0 }')
    tab = opened(open_tab, start, tmp_path, text + REST)
    page = tab.page
    page.check("#c-deviation")
    tab.wait()
    assert "splitting" in page.inner_text("#answer [data-name=doublet]")

    def shift_pm(ellipticity: str) -> float:
        page.fill("#c-cavity-deviation-ellipticity", ellipticity)
        tab.wait()
        told = page.inner_text("#answer [data-name=doublet]")
        return float(re.search(r"shift is (\S+) pm", told)[1].replace("\u2212", "-"))  # type: ignore[index]

    assert shift_pm("0.002") / shift_pm("0.001") == pytest.approx(4.0, rel=0.02)
    before = tab.wavelengths()
    page.fill("#c-cavity-surround-index", "1.1")
    tab.wait()
    assert tab.wavelengths() != before
    assert saved_design(tab, tmp_path)["cavity"]["surround"] == {"index": 1.1}
    assert tab.errors() == []


@pytest.mark.slow
def test_switches_put_a_guide_a_sensor_and_a_temperature_into_the_design(
    open_tab: OpenTab, start: Any, tmp_path: Path
) -> None:
    """Each begins with a table that is allowed, tells its number, and goes without a trace."""
    text = COATED.replace('fibre = "silica"', 'fibre = "silica"\nsurround = { index = 1.0 }')
    tab = opened(open_tab, start, tmp_path, text + REST)
    page = tab.page
    before = saved_design(tab, tmp_path)
    page.check("#c-sensor")
    tab.wait()
    assert "each unit of the index of the surround" in page.inner_text("#answer [data-name=sensor]")
    page.check("#c-guide")
    tab.wait()
    assert "passes on resonance" in page.inner_text("#answer [data-name=guide]")
    page.fill("#c-coupling-gap_um", "0.05")
    tab.wait()
    saved = saved_design(tab, tmp_path)
    assert saved["coupling"] == {"kind": "taper", "diameter_um": 1.2, "gap_um": 0.05}
    assert saved["sensing"] == {"region": "surround"}
    for name in ("sensor", "guide"):
        page.uncheck(f"#c-{name}")
        tab.wait()
    assert saved_design(tab, tmp_path) == before
    assert tab.errors() == []
