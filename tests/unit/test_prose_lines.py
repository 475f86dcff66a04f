"""Prose of the documentation: lines of at most 100 columns, as the code has them."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
# The pages of benchmarks are written by the benchmarks.
PAGES = sorted(
    page
    for page in (*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md"), *ROOT.glob("tests/*.md"))
    if "benchmarks" not in page.parts and "_build" not in page.parts
)
COLUMNS = 100


def prose(text: str) -> list[tuple[int, str]]:
    """Numbered lines that can be broken: no code, equation, table, heading or picture; nor one that
    begins with a formula, which may fill it.
    """
    lines, fence, equation = [], "", False
    for number, line in enumerate(text.splitlines(), start=1):
        mark = re.match(r"\s*(`{3,}|~{3,})", line)
        if mark and (not fence or line.strip() == fence):
            glossary = "{glossary}" in line
            fence = "" if fence or glossary else mark[1]
        elif line.lstrip().startswith("$$"):
            equation = not equation and line.count("$$") == 1
        elif not (fence or equation or re.match(r"\s*[|#!$\[]|\s*:::", line)):
            lines.append((number, line))
    return lines


def test_pages_are_found() -> None:
    assert len(PAGES) > 40


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_no_line_of_prose_is_longer(page: Path) -> None:
    long = [
        f"{page.relative_to(ROOT)}:{number}: {len(line)} columns"
        for number, line in prose(page.read_text(encoding="utf-8"))
        if len(line) > COLUMNS and len(line.split()) > 1
    ]
    assert not long, "\n".join(long)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_no_line_of_prose_is_a_comment(page: Path) -> None:
    """A per cent sign that begins a line hides the line from readers."""
    hidden = [
        line for _, line in prose(page.read_text(encoding="utf-8")) if re.match(r"\s*%", line)
    ]
    assert not hidden


def test_long_line_is_seen() -> None:
    """Within a paragraph and a list, and not within code, a table or an equation."""
    long = " ".join(["word"] * 30)
    text = f"{long}\n\n- {long}\n```\n{long}\n```\n| {long} |\n$$\n{long}\n$$\n{long}\n"
    assert [number for number, _ in prose(text)] == [1, 2, 3, 11]
