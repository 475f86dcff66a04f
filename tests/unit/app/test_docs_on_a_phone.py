"""The built pages of the docs on a phone: nothing is wider than the screen, no equation scrolls or
is cut.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

pytestmark = pytest.mark.xdist_group("browser")

BUILT = Path(__file__).parents[3] / "docs" / "_build"
PHONE = {"width": 390, "height": 844}
TYPESET = "() => window.MathJax.startup.promise.then(() => true)"
# A box scrolls when what it holds is wider than itself; a pixel is lost to rounding.
SCROLLING = """() => [...document.querySelectorAll('mjx-container[display="true"]')]
  .filter(box => box.scrollWidth > box.clientWidth + 1)
  .map(box => [box.closest('section').id, box.scrollWidth, box.clientWidth])"""
# An equation within a line cannot scroll: it must end where the text does, outside tables.
CUT = """() => [...document.querySelectorAll('article mjx-container:not([display])')]
  .filter(box => !box.closest('td') && box.getBoundingClientRect().right
    > document.querySelector('article').getBoundingClientRect().right + 1)
  .map(box => [box.closest('section').id, Math.round(box.getBoundingClientRect().right)])"""


@pytest.mark.skipif(not BUILT.is_dir(), reason="the docs are not built")
def test_equations_fit_a_phone(browser: Any) -> None:
    """No page with an equation is wider than 390 pixels, and no equation has to be scrolled."""
    pages = [page for page in sorted(BUILT.rglob("*.html")) if "math notranslate" in _text(page)]
    assert len(pages) > 5, "pages with equations"
    tab = browser.new_page(viewport=PHONE)
    faults = {}
    for page in pages:
        tab.goto(page.as_uri())
        tab.wait_for_function(TYPESET)
        assert tab.evaluate("() => document.documentElement.scrollWidth") <= PHONE["width"], page
        if wide := [*tab.evaluate(SCROLLING), *tab.evaluate(CUT)]:
            faults[page.name] = wide
    tab.close()
    assert faults == {}


def _text(page: Path) -> str:
    return page.read_text(encoding="utf-8")
