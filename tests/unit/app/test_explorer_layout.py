"""The page on narrow and wide screens, its explanations, undo, links, comparison, and the pictures
that tell failed points and single modes apart.
"""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

pytestmark = pytest.mark.xdist_group("browser")

UNDER_ANSWER = """() => {
  const box = document.querySelector('#answer').getBoundingClientRect();
  const found = document.elementFromPoint(box.left + box.width / 2, box.top + box.height / 2);
  return Boolean(found && document.querySelector('#answer').contains(found));
}"""
PAGE = Path(__file__).parents[3] / "cavitydesign" / "app" / "page"


# 200 % zoom of a window of 1280 points is a viewport of 640 with twice the points
@pytest.mark.parametrize(
    ("width", "height", "scale"),
    [(390, 844, 3), (640, 900, 1), (960, 900, 1), (1280, 900, 1), (1920, 1080, 1), (640, 450, 2)],
)
def test_nothing_covers_the_answer(
    browser: Any, explorer: Any, tab_class: Any, width: int, height: int, scale: int
) -> None:
    """Under the centre of the answer lies the answer, before and after scrolling to a card below;
    on narrow screens it comes first and the controls are folded.
    """
    tab = tab_class(browser, explorer.url, width, height, scale)
    assert tab.page.evaluate(UNDER_ANSWER)
    assert tab.page.evaluate("() => document.documentElement.scrollWidth") <= width
    narrow = width <= 1000
    assert tab.page.is_visible("#c-cavity-diameter_um") is not narrow
    if narrow:
        places = [tab.page.locator(name).bounding_box() for name in ("#answer", "#design-fold")]
        assert places[0]["y"] + places[0]["height"] <= places[1]["y"]
        tab.page.click("#design-fold > summary")
        tab.page.fill("#c-cavity-diameter_um", "12.1")
        tab.wait()
        tab.page.evaluate("() => window.scrollTo(0, 0)")
        assert tab.page.evaluate(UNDER_ANSWER)
    assert tab.errors() == []
    tab.page.close()


def test_every_card_is_explained(browser: Any, explorer: Any, tab_class: Any) -> None:
    """A question mark opens at least two sentences and a link whose anchor the page of help has;
    the link needs nothing from outside.
    """
    tab = tab_class(browser, explorer.url)
    page = tab.page
    anchors = set(re.findall(r'id="([\w-]+)"', (PAGE / "help.html").read_text(encoding="utf-8")))
    cards = page.eval_on_selector_all(".card:not([hidden])", "all => all.map((one) => one.id)")
    assert set(cards) >= {"scan", "cavity-card", "field-card", "comb-card", "light-card"}
    for place in [*(f"#{card}" for card in cards), *(["#answer"] * 6)]:
        marks = page.locator(f"{place} .help")
        for number in range(marks.count()):
            marks.nth(number).click()
            box = page.locator(f"{place} > .explained")
            words = box.inner_text()
            assert len(re.findall(r"[.;] ", words)) >= 1 and words.count(".") >= 2, words
            link = box.locator("a").get_attribute("href")
            assert link.startswith("assets/help.html#") and link.partition("#")[2] in anchors
            marks.nth(number).click()
            assert box.count() == 0
    assert page.locator("#answer .help").count() == 6
    answer = page.request.get(f"{explorer.url}assets/help.html")
    assert answer.status == 200 and "https://" not in answer.text()
    page.close()


def test_undo_and_a_link_bring_designs_back(browser: Any, explorer: Any, tab_class: Any) -> None:
    tab = tab_class(browser, explorer.url)
    page = tab.page
    assert page.is_disabled("#undo")
    before = tab.wavelengths()
    page.fill("#c-cavity-diameter_um", "13")
    tab.wait()
    page.select_option("#c-modes-polarisation", "TE")
    tab.wait()
    changed, address = tab.wavelengths(), page.url
    assert changed != before
    other = tab_class(browser, address)
    assert other.wavelengths() == changed, "the address holds the design"
    assert other.page.input_value("#c-cavity-diameter_um") == "13"
    other.page.close()
    page.click("#undo")
    tab.wait()
    assert page.input_value("#c-modes-polarisation") == "TM"
    page.keyboard.press("Control+z")
    tab.wait()
    assert page.input_value("#c-cavity-diameter_um") == "12"
    assert tab.wavelengths() == before
    assert page.is_disabled("#undo")
    page.goto(f"{explorer.url}#design=broken")
    page.reload()
    tab.wait()
    assert "cannot be read" in page.inner_text("#trouble")
    assert tab.wavelengths() == before
    page.close()


def test_a_kept_design_is_compared(browser: Any, explorer: Any, tab_class: Any) -> None:
    tab = tab_class(browser, explorer.url)
    page = tab.page
    verdict = page.inner_text("#answer [data-name=threshold] b")
    page.click("#keep")
    assert "the same as the one shown" in page.inner_text("#kept p")
    page.fill("#c-cavity-diameter_um", "20")
    tab.wait()
    assert "diameter_um 12 (shown: 20)" in page.inner_text("#kept p")
    assert page.inner_text("#kept [data-name=threshold] b") == verdict
    assert page.inner_text("#answer [data-name=threshold] b") != verdict
    assert page.locator("#light .keptline").count() == 1
    page.click("#kept [data-act=swap]")
    tab.wait()
    assert page.input_value("#c-cavity-diameter_um") == "12"
    assert "diameter_um 20 (shown: 12)" in page.inner_text("#kept p")
    page.click("#kept [data-act=drop]")
    assert not page.is_visible("#kept")
    assert page.locator("#light .keptline").count() == 0
    page.close()


def test_the_cavity_is_drawn_to_scale(browser: Any, explorer: Any, tab_class: Any) -> None:
    """The bottle of 12 um: 2 sqrt(2 R a) = 49.0 um high for a parabola of a = 6, R = 50."""
    tab = tab_class(browser, explorer.url)
    page = tab.page
    said = page.inner_text("#cavity-read")
    assert "diameter 12 µm, height 49 µm, axial radius 50 µm" in said
    script = """() => { const c = document.querySelector('#cavity'); const s = devicePixelRatio;
      const d = c.getContext('2d').getImageData(0, 0, c.width, c.height).data; let rows = [], cols = [];
      for (let v = 0; v < c.height - 30 * s; v += 1) for (let u = 0; u < c.width; u += 1)
        if (d[4 * (v * c.width + u) + 3] > 30) { rows.push(v); cols.push(u); }
      const span = (all) => (all.reduce((a, b) => Math.max(a, b)) - all.reduce((a, b) => Math.min(a, b))) / s;
      return [span(cols), span(rows), Number(c.dataset.perUm)]; }"""
    across, high, per_um = page.evaluate(script)
    print(across / per_um, high / per_um)
    assert across / per_um == pytest.approx(12.0, abs=3 / per_um)
    assert high / per_um == pytest.approx(49.0, abs=4 / per_um)
    page.close()


def test_a_slow_first_load_calls_nothing_old(browser: Any, explorer: Any) -> None:
    """Modes that take two seconds: until they are there no card belongs to an older design."""
    page = browser.new_page(viewport={"width": 1280, "height": 900})
    page.add_init_script(
        "const ask = window.fetch; window.fetch = (url, options) => String(url).endsWith('api/modes')"
        " ? new Promise((go) => setTimeout(go, 2500)).then(() => ask(url, options))"
        " : ask(url, options);"
    )
    page.goto(explorer.url)
    page.wait_for_timeout(2000)
    assert page.locator("#modes tbody tr").count() == 0
    assert page.evaluate("() => !document.querySelector('main').classList.contains('outdated')")
    page.close()


STUDY = """
design = "design.toml"
task = "modes"
[axes]
"modes.wavelength_nm" = [537.6, 15000.0]
"""


def test_failed_points_are_crosses(
    folder: Path, tmp_path: Path, start: Callable[..., Any], open_tab: Callable[..., Any]
) -> None:
    """The data of air end at 14,100 nm, so the second point fails: a cross that says why, no dot."""
    (tmp_path / "design.toml").write_bytes((folder / "design.toml").read_bytes())
    (tmp_path / "study.toml").write_text(STUDY)
    words = "from cavitydesign.cli.main import main; main()"
    subprocess.run(
        [sys.executable, "-c", words, "study", "run", "study.toml", "--workers", "1"],
        cwd=tmp_path,
        capture_output=True,
        check=False,
    )
    page = open_tab(start(tmp_path, "study.toml").url).page
    assert "1 of 2 points done, 1 failed" in page.inner_text("#study-state")
    assert page.locator("#study-plot [data-failed]").count() == 1
    assert page.locator("#study-plot circle[data-point='1']").count() == 0
    assert page.locator("#study-plot circle[data-point]").count() >= 1
    page.locator("#study-plot [data-failed]").hover()
    assert "point 1 failed: " in page.inner_text("#study-read")
    assert "14100" in page.inner_text("#study-read")


@pytest.mark.parametrize("width", [390, 1280])
def test_a_short_scan_has_numbers_on_its_axes(
    browser: Any, explorer: Any, tab_class: Any, width: int
) -> None:
    """A scan from 11 to 13 um, which holds no power of ten and one even micrometre only: its axis
    has three numbers at least, and what the hatched cells mean stands below, unbroken.
    """
    tab = tab_class(browser, explorer.url, width, 900)
    page = tab.page
    for name, value in (("from", "11"), ("to", "13"), ("points", "3")):
        page.fill(f"#scan-{name}", value)
    page.click("#scan-start")
    page.wait_for_function("() => document.querySelector('#scan-save').offsetParent !== null")
    page.wait_for_function(
        "() => document.querySelector('#scan-start').textContent === 'Scan diameters'"
    )
    for plot in ("#scan-map", "#scan-chance"):
        written = page.locator(f"{plot} svg text").all_text_contents()
        across = [float(one) for one in written if re.fullmatch(r"1[0-3](\.\d+)?", one)]
        print(plot, written)
        assert len(across) >= 3, plot
    assert page.locator("#scan .item").count() == 6
    broken = "() => [...document.querySelectorAll('#scan .item')].some(one => one.getClientRects().length > 1)"
    assert page.evaluate(broken) is False
    assert page.evaluate("() => document.documentElement.scrollWidth") <= width
    assert tab.errors() == []
    page.close()


CROSSED = """() => {
  const svg = document.querySelector('#light svg');
  const texts = [...svg.querySelectorAll('text.small, text.halo')].map((one) => [one.textContent, one.getBBox()]);
  const lines = [...svg.querySelectorAll('line.threshold, line.pumped')];
  return lines.flatMap((line) => {
    const x = Number(line.getAttribute('x1'));
    const [top, foot] = [Number(line.getAttribute('y1')), Number(line.getAttribute('y2'))];
    return texts.filter(([, box]) => box.x < x - 1 && x + 1 < box.x + box.width && top < box.y + box.height - 2 && box.y + 2 < foot).map(([words]) => words);
  });
}"""


@pytest.mark.parametrize("width", [390, 1280])
def test_no_threshold_crosses_words(
    browser: Any, explorer: Any, tab_class: Any, width: int
) -> None:
    """Also on a card so narrow that words stand left of their lines."""
    tab = tab_class(browser, explorer.url, width, 900)
    tab.wait()
    assert tab.page.locator("#light line.threshold").count() >= 2
    assert tab.page.evaluate(CROSSED) == []
    tab.page.close()
