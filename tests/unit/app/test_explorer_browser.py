"""The explorer in a real browser: headless Chromium of the system, driven by Playwright."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

playwright = pytest.importorskip("playwright.sync_api", reason="Playwright is not installed (extra `test`)")
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
pytestmark = [
    pytest.mark.skipif(CHROMIUM is None, reason="no Chromium on this machine (apt-get install chromium)"),
    pytest.mark.xdist_group("browser"),
]
PATIENCE_MS = 60_000


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    with playwright.sync_playwright() as session:
        running = session.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"])
        yield running
        running.close()


class Tab:
    """One tab, with everything that its console said."""

    def __init__(self, browser: Any, url: str, width: int = 1280, height: int = 900) -> None:
        self.page = browser.new_page(viewport={"width": width, "height": height})
        self.page.set_default_timeout(PATIENCE_MS)
        self.said: list[str] = []
        self.page.on("console", lambda message: self.said.append(f"{message.type}: {message.text}"))
        self.page.on("pageerror", lambda error: self.said.append(f"error: {error}"))
        self.requests: list[str] = []
        self.page.on("request", lambda request: self.requests.append(request.url))
        self.page.goto(url)
        self.wait()

    def wait(self) -> None:
        """Until everything that was asked is answered."""
        self.page.wait_for_timeout(350)
        self.page.wait_for_function(
            "() => document.querySelector('#busy').textContent.startsWith('ready')"
            " && document.querySelector('#answer').childElementCount > 0"
        )

    def wavelengths(self) -> list[float]:
        """Second column of the table of modes."""
        cells = self.page.locator("#modes tbody tr td:nth-child(2)").all_inner_texts()
        return [float(cell) for cell in cells]

    def colours(self) -> int:
        """How many colours the field's canvas shows."""
        script = """() => { const c = document.querySelector('#field');
          const d = new Uint32Array(c.getContext('2d').getImageData(0, 0, c.width, c.height).data.buffer);
          return new Set(d).size; }"""
        return int(self.page.evaluate(script))

    def errors(self) -> list[str]:
        """What the console called an error."""
        return [line for line in self.said if line.startswith("error")]


@pytest.fixture(scope="module")
def tab(browser: Any, explorer: Any) -> Iterator[Tab]:
    opened = Tab(browser, explorer.url)
    yield opened
    opened.page.close()


def test_loads_with_everything_drawn_and_nothing_from_outside(tab: Tab, explorer: Any) -> None:
    assert tab.errors() == []
    assert len(tab.wavelengths()) >= 2
    assert tab.colours() > 100, "the field is blank"
    assert tab.page.locator("#comb circle.mark").count() == len(tab.wavelengths())
    assert tab.page.locator("#light circle").count() > 10
    assert "mJ/cm²" in tab.page.inner_text("#answer")
    assert all(url.startswith((explorer.url, "data:", "blob:")) for url in tab.requests), tab.requests


@pytest.mark.parametrize(("width", "height"), [(1280, 900), (1920, 1080)])
def test_fits_the_screen(tab: Tab, width: int, height: int) -> None:
    tab.page.set_viewport_size({"width": width, "height": height})
    tab.page.wait_for_timeout(200)
    assert tab.page.evaluate("() => document.documentElement.scrollWidth") <= width
    assert tab.colours() > 100


def test_every_control_has_a_name(tab: Tab) -> None:
    script = """() => [...document.querySelectorAll('input, select, button, canvas')]
      .filter((one) => !(one.getAttribute('aria-label') || one.textContent.trim() && one.tagName === 'BUTTON'
        || (one.labels && one.labels.length && one.labels[0].textContent.trim())))
      .map((one) => one.outerHTML)"""
    assert tab.page.evaluate(script) == []


def test_moving_the_diameter_moves_the_modes(tab: Tab) -> None:
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


def test_choosing_a_mode_shows_its_field(tab: Tab) -> None:
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


def test_read_outs_under_pointer_and_keys(tab: Tab) -> None:
    tab.page.hover("#field")
    assert re.search(r"r [\d.]+ µm, z -?[\d.]+ µm, body", tab.page.inner_text("#field-read"))
    tab.page.focus("#field")
    tab.page.keyboard.press("ArrowRight")
    before = tab.page.inner_text("#field-read")
    for _ in range(5):
        tab.page.keyboard.press("ArrowUp")
    assert tab.page.inner_text("#field-read") != before
    tab.page.hover("#light svg")
    assert "emission" in tab.page.inner_text("#light-read")


def test_components_logarithm_and_dark_ground(tab: Tab) -> None:
    tab.page.check("#logarithmic")
    assert tab.colours() > 100
    tab.page.select_option("#component", "e_z")
    assert not tab.page.is_enabled("#logarithmic"), "a signed component has no logarithm"
    tab.page.select_option("#component", "energy")
    tab.page.click("#theme")
    assert tab.page.get_attribute("html", "data-theme") == "dark"
    tab.page.click("#theme")


def test_downloads_arrive(tab: Tab, tmp_path: Path) -> None:
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


def test_bad_input_is_told_and_forgiven(tab: Tab) -> None:
    tab.page.fill("#c-cavity-diameter_um", "-3")
    tab.page.wait_for_selector("#trouble:not([hidden])")
    assert "cavity.diameter_um" in tab.page.inner_text("#trouble")
    tab.page.fill("#c-cavity-diameter_um", "")
    assert "bad" in str(tab.page.get_attribute("#c-cavity-diameter_um", "class"))
    tab.page.fill("#c-cavity-diameter_um", "12")
    tab.wait()
    assert tab.page.is_hidden("#trouble")
    unexpected = [line for line in tab.errors() if "status of 4" not in line]
    assert unexpected == []


def test_two_tabs_keep_their_own_designs(browser: Any, explorer: Any) -> None:
    first, second = Tab(browser, explorer.url), Tab(browser, explorer.url)
    first.page.fill("#c-cavity-diameter_um", "13")
    second.page.fill("#c-cavity-diameter_um", "14")
    first.wait()
    second.wait()
    assert first.wavelengths() != second.wavelengths()
    assert first.page.input_value("#c-cavity-diameter_um") == "13"
    assert first.errors() == second.errors() == []
    first.page.close()
    second.page.close()


def test_server_stopped_and_back(browser: Any, start: Any, folder: Path) -> None:
    running = start(folder, "design.toml")
    opened = Tab(browser, running.url)
    port = running.port
    running.stop()
    opened.page.fill("#c-cavity-diameter_um", "13")
    opened.page.wait_for_selector("#trouble:not([hidden])")
    assert "cavitydesign view" in opened.page.inner_text("#trouble")
    again = start(folder, "design.toml", "--port", str(port))
    try:
        opened.page.wait_for_function("() => document.querySelector('#trouble').textContent.includes('started anew')")
        opened.page.goto(again.url)
        opened.wait()
        assert len(opened.wavelengths()) >= 2
    finally:
        opened.page.close()
        again.stop()


def test_points_of_a_study_open_their_design(browser: Any, start: Any, tmp_path: Path, design_text: str) -> None:
    (tmp_path / "design.toml").write_text(design_text)
    axis = '[axes]\n"cavity.diameter_um" = [12.0, 14.0]\n'
    (tmp_path / "study.toml").write_text(f'design = "design.toml"\ntask = "modes"\nstore = "results"\n{axis}')
    words = "from cavitydesign.cli.main import main; main()"
    subprocess.run([sys.executable, "-c", words, "study", "run", "study.toml"], cwd=tmp_path, check=True, timeout=120)
    running = start(tmp_path, "study.toml")
    opened = Tab(browser, running.url)
    try:
        point = opened.page.locator("#study-plot circle[data-point='1']").first
        label = point.get_attribute("data-point")
        point.click()
        opened.wait()
        assert label == "1"
        assert opened.page.input_value("#c-cavity-diameter_um") == "14"
        assert opened.errors() == []
    finally:
        opened.page.close()
        running.stop()
