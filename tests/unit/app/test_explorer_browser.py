"""The explorer in a real browser: headless Chromium of the system, driven by Playwright."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

pytestmark = pytest.mark.xdist_group("browser")


@pytest.fixture(scope="module")
def tab(browser: Any, tab_class: Any, explorer: Any) -> Iterator[Any]:
    opened = tab_class(browser, explorer.url)
    yield opened
    opened.page.close()


def test_loads_with_everything_drawn_and_nothing_from_outside(tab: Any, explorer: Any) -> None:
    assert tab.errors() == []
    assert len(tab.wavelengths()) >= 2
    assert tab.colours() > 100, "the field is blank"
    assert tab.page.locator("#comb circle.mark").count() == len(tab.wavelengths())
    assert tab.page.locator("#light circle").count() > 10
    assert "mJ/cm²" in tab.page.inner_text("#answer")
    assert all(url.startswith((explorer.url, "data:", "blob:")) for url in tab.requests), (
        tab.requests
    )


@pytest.mark.parametrize(("width", "height"), [(1280, 900), (1920, 1080)])
def test_fits_the_screen(tab: Any, width: int, height: int) -> None:
    tab.page.set_viewport_size({"width": width, "height": height})
    tab.page.wait_for_timeout(200)
    assert tab.page.evaluate("() => document.documentElement.scrollWidth") <= width
    assert tab.colours() > 100


def test_every_control_has_a_name(tab: Any) -> None:
    script = """() => [...document.querySelectorAll('input, select, button, canvas')]
      .filter((one) => !(one.getAttribute('aria-label') || one.textContent.trim() && one.tagName === 'BUTTON'
        || (one.labels && one.labels.length && one.labels[0].textContent.trim())))
      .map((one) => one.outerHTML)"""
    assert tab.page.evaluate(script) == []


def test_moving_the_diameter_moves_the_modes(tab: Any) -> None:
    before = tab.wavelengths()
    slider = tab.page.locator("[data-slider='cavity.diameter_um']")
    slider.focus()
    for _ in range(12):
        slider.press("ArrowRight")
    tab.wait()
    diameter = float(tab.page.input_value("#c-cavity-diameter_um"))
    assert diameter > 12.0
    assert tab.wavelengths() != before
    tab.page.fill("#c-cavity-diameter_um", "12")
    tab.wait()
    assert tab.wavelengths() == before, "the same design gives the same modes"


def test_choosing_a_mode_shows_its_field(tab: Any) -> None:
    other = tab.page.locator("#modes tbody tr[aria-selected=false]").first
    label = other.get_attribute("data-label")
    other.click()
    tab.wait()
    assert str(label) in tab.page.inner_text("#field-title")
    assert tab.page.get_attribute("#field", "data-drawn") == label
    row = tab.page.locator("#modes tbody tr[aria-selected=true]")
    row.focus()
    last = tab.page.locator("#modes tbody tr").last.get_attribute("data-label")
    for _ in range(len(tab.wavelengths())):
        tab.page.keyboard.press("ArrowDown")
    tab.wait()
    assert str(last) in tab.page.inner_text("#field-title")


def test_read_outs_under_pointer_and_keys(tab: Any) -> None:
    tab.page.hover("#field")
    assert re.search(r"r [\d.]+ µm, z -?[\d.]+ µm, body", tab.page.inner_text("#field-read"))
    tab.page.focus("#field")
    tab.page.keyboard.press("ArrowRight")
    before = tab.page.inner_text("#field-read")
    for _ in range(5):
        tab.page.keyboard.press("ArrowUp")
    assert tab.page.inner_text("#field-read") != before
    assert tab.page.is_visible("#field-cursor")
    tab.page.hover("#light svg")
    assert "emission" in tab.page.inner_text("#light-read")


def test_components_logarithm_and_dark_ground(tab: Any) -> None:
    tab.page.check("#logarithmic")
    assert tab.colours() > 100
    tab.page.select_option("#component", "e_z")
    assert not tab.page.is_enabled("#logarithmic"), "a signed component has no logarithm"
    tab.page.select_option("#component", "energy")
    tab.page.click("#theme")
    assert tab.page.get_attribute("html", "data-theme") == "dark"
    tab.page.click("#theme")


def test_downloads_arrive(tab: Any, tmp_path: Path) -> None:
    with tab.page.expect_download() as design:
        tab.page.click("#save-design")
    design.value.save_as(tmp_path / "design.toml")
    assert tomllib.loads((tmp_path / "design.toml").read_text())["cavity"]["diameter_um"] == 12
    with tab.page.expect_download() as table:
        tab.page.click("#save-table")
    table.value.save_as(tmp_path / "modes.csv")
    assert len((tmp_path / "modes.csv").read_text().splitlines()) == 1 + len(tab.wavelengths())
    with tab.page.expect_download() as figure:
        tab.page.click("#save-figure")
    assert figure.value.suggested_filename == "field.png"
    with tab.page.expect_download() as vtk:
        tab.page.click("#save-vtk")
    assert vtk.value.suggested_filename.endswith(".vtu")


def test_bad_input_is_told_and_forgiven(tab: Any) -> None:
    tab.page.fill("#c-cavity-diameter_um", "-3")
    tab.page.wait_for_selector("#trouble:not([hidden])")
    assert "cavity.diameter_um" in tab.page.inner_text("#trouble")
    tab.page.fill("#c-cavity-diameter_um", "")
    assert "bad" in str(tab.page.get_attribute("#c-cavity-diameter_um", "class"))
    tab.page.fill("#c-cavity-diameter_um", "12")
    tab.wait()
    assert tab.page.is_hidden("#trouble")
    assert tab.errors() == [], "a design that is refused is an answer, not an error of the page"


def test_what_belongs_to_an_older_design_says_so(tab: Any) -> None:
    tab.page.fill("#c-cavity-diameter_um", "-3")
    tab.page.wait_for_selector("main.outdated")
    marked = "() => getComputedStyle(document.querySelector('#modes-card h2'), '::after').content"
    assert "older design" in tab.page.evaluate(marked)
    assert tab.page.locator("#answer [data-name='quality']").count() == 0, "the Q of another design"
    tab.page.fill("#c-cavity-diameter_um", "12")
    tab.wait()
    tab.page.wait_for_selector("main:not(.outdated)")
    assert tab.page.locator("#answer [data-name='quality']").count() == 1


def test_another_number_of_photons_brings_its_pump(tab: Any) -> None:
    for photons, wavelength in (("2", "970"), ("3", "1500")):
        tab.page.select_option("#c-pump-photons", photons)
        tab.wait()
        assert tab.page.input_value("#c-pump-wavelength_nm") == wavelength
        low, high = (float(tab.page.input_value(f"#c-range-{end}")) for end in ("low", "high"))
        threshold = float(tab.page.inner_text("#answer [data-name='threshold'] b").split()[0])
        assert low < threshold < high, f"{photons} photons: the curve shows its threshold"


def test_focus_stays_where_the_form_is_made_anew(tab: Any) -> None:
    tab.page.focus("#c-cavity-profile")
    tab.page.select_option("#c-cavity-profile", "spheroid")
    assert tab.page.evaluate("() => document.activeElement.id") == "c-cavity-profile"
    assert tab.page.is_visible("#c-cavity-polar_radius_um")
    tab.page.select_option("#c-cavity-profile", "parabola")
    tab.wait()


def test_two_tabs_keep_their_own_designs(open_tab: Callable[..., Any], explorer: Any) -> None:
    first, second = open_tab(explorer.url), open_tab(explorer.url)
    first.page.fill("#c-cavity-diameter_um", "13")
    second.page.fill("#c-cavity-diameter_um", "14")
    first.wait()
    second.wait()
    assert first.wavelengths() != second.wavelengths()
    assert first.page.input_value("#c-cavity-diameter_um") == "13"
    assert first.errors() == second.errors() == []


def test_the_menu_names_what_is_shown(
    open_tab: Callable[..., Any], start: Any, folder: Path, tmp_path: Path
) -> None:
    """A file that cannot be opened leaves the menu at the one shown, with the reason; a link to
    another file than the first brings its name.
    """
    text = (folder / "design.toml").read_text()
    (tmp_path / "design.toml").write_text(text)
    (tmp_path / "other.toml").write_text(text.replace("diameter_um = 12.0", "diameter_um = 14.0"))
    opened = open_tab(start(tmp_path, "design.toml", "--folder", ".").url)
    page = opened.page
    assert page.input_value("#open") == "design.toml"
    (tmp_path / "other.toml").write_text("[cavity\n")
    page.select_option("#open", "other.toml")
    page.wait_for_selector("#trouble:not([hidden])")
    assert "other.toml" in page.inner_text("#trouble")
    assert page.input_value("#open") == "design.toml"
    assert page.input_value("#c-cavity-diameter_um") == "12"
    (tmp_path / "other.toml").write_text(text.replace("diameter_um = 12.0", "diameter_um = 14.0"))
    page.select_option("#open", "other.toml")
    opened.wait()
    assert page.input_value("#c-cavity-diameter_um") == "14"
    assert page.is_hidden("#trouble")
    page.fill("#c-cavity-diameter_um", "14.5")
    opened.wait()
    page.click("#link")  # the address holds the design
    page.reload()
    opened.wait()
    assert page.input_value("#open") == "other.toml"
    assert page.input_value("#c-cavity-diameter_um") == "14.5"


@pytest.mark.slow
def test_server_stopped_and_back(open_tab: Callable[..., Any], start: Any, folder: Path) -> None:
    running = start(folder, "design.toml")
    opened = open_tab(running.url)
    port = running.port
    running.stop()
    opened.page.fill("#c-cavity-diameter_um", "13")
    opened.page.wait_for_selector("#trouble:not([hidden])")
    assert "cavitydesign view" in opened.page.inner_text("#trouble")
    again = start(folder, "design.toml", "--port", str(port))
    opened.page.wait_for_function(
        "() => document.querySelector('#trouble').textContent.includes('started anew')"
    )
    opened.page.goto(again.url)
    opened.wait()
    assert len(opened.wavelengths()) >= 2


def test_the_mode_turns_in_space_and_an_objective_sees_it(tab: Any, explorer: Any) -> None:
    """The library of the scene comes from the package; arrow keys turn it, and every turn paints
    another picture. An objective brings the share that it takes.
    """
    page = tab.page
    page.click("#space-card button.first")
    page.wait_for_function("() => document.querySelector('#space').dataset.turn")
    assert "periods around" in page.inner_text("#space-card output")
    pictures = [page.locator("#space").screenshot()]
    page.focus("#space")
    for key in ("ArrowLeft", "ArrowUp", "+"):
        page.keyboard.press(key)
        pictures.append(page.locator("#space").screenshot())
    assert len(set(pictures)) == len(pictures), "a key left the scene as it was"
    assert min(map(len, pictures)) > 8_000, "the scene is blank"
    page.check("#c-objective")
    tab.wait()
    share = page.inner_text("#answer [data-name=collected] b")
    assert 0.0 < float(share.removesuffix(" %")) < 50.0
    page.uncheck("#c-objective")
    tab.wait()
    assert page.locator("#answer [data-name=collected]").count() == 0
    assert all(url.startswith((explorer.url, "data:", "blob:")) for url in tab.requests)
    assert all("error" not in line for line in tab.said), tab.said
