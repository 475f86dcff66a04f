"""The tables of docs/outputs.md, made from the package's own tables of columns when the site is
built, and kept in docs/_columns, which is not in the repository.
"""

from pathlib import Path
from typing import Any

from cavitydesign.columns import lasing_columns, mode_columns
from cavitydesign.columns.page import page_table


def tables() -> dict[str, str]:
    """Each table in Markdown, by the name of its file."""
    return {
        "modes": page_table(mode_columns.COLUMNS),
        "outcomes": page_table(lasing_columns.OUTCOMES),
        "per_mode": page_table(lasing_columns.PER_MODE),
    }


def write_tables(app: Any) -> None:
    """Write the tables; one whose text is what it was is left alone, and not built again."""
    folder = Path(app.srcdir) / "_columns"
    folder.mkdir(exist_ok=True)
    for name, text in tables().items():
        path = folder / f"{name}.md"
        if not path.exists() or path.read_text(encoding="utf-8") != text:
            path.write_text(text, encoding="utf-8")


def setup(app: Any) -> dict[str, bool]:
    """Register with Sphinx."""
    app.connect("builder-inited", write_tables)
    return {"parallel_read_safe": True}
