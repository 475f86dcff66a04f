"""docs/design-file.md names every key of the schema, and no other."""

import re
from pathlib import Path

import pytest

from cavitydesign.design.schema import TABLES

PAGE = (Path(__file__).parents[3] / "docs" / "design-file.md").read_text(encoding="utf-8")


def keys_of(table: str) -> set[str]:
    """Keys in the first column of a table's section, and those that its introduction names."""
    section = re.split(r"\n###? ", PAGE.split(f"\n## [{table}]")[1])[0]
    cells = [row.split("|")[1] for row in section.splitlines() if row.startswith("| `")]
    named = set(re.findall(r"`([a-z0-9_]+)`", " ".join(cells)))
    if table == "gain":
        named |= {"medium", "kind", "name"} & set(re.findall(r"`([a-z_]+)`", section.split("|")[0]))
    return named


@pytest.mark.parametrize("table", list(TABLES))
def test_page_and_schema_agree(table: str) -> None:
    assert keys_of(table) == set(TABLES[table].model_fields)
