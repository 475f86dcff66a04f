"""The gallery of the docs lists every view, and every picture that it shows is there."""

from __future__ import annotations

import ast
import re
from pathlib import Path

REPOSITORY = Path(__file__).parents[3]
GALLERY = REPOSITORY / "docs" / "gallery.md"
NOT_VIEWS = {"draw_scale_bar"}


def test_every_view_is_listed() -> None:
    text = GALLERY.read_text(encoding="utf-8")
    views = {
        node.name
        for file in (REPOSITORY / "cavitydesign" / "visualise").rglob("*.py")
        for node in ast.parse(file.read_text(encoding="utf-8")).body
        if isinstance(node, ast.FunctionDef) and node.name.startswith("draw_")
    }
    missing = sorted(name for name in views - NOT_VIEWS if f".{name}(" not in text)
    assert missing == [], f"not in docs/gallery.md: {missing}"


def test_every_picture_is_there() -> None:
    names = re.findall(r"!\[[^]]*\]\(([^)]+)\)", GALLERY.read_text(encoding="utf-8"))
    assert len(names) > 15
    assert [name for name in names if not (GALLERY.parent / name).is_file()] == []
