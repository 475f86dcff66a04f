"""Every test that docs/security.md names is there."""

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]


def test_each_promise_names_a_test_that_is_there():
    page = (ROOT / "docs" / "security.md").read_text()
    named = set(re.findall(r"`(test_\w+)`", page))
    files = (ROOT / "tests").rglob("test_*.py")
    there = {one for file in files for one in re.findall(r"def (test_\w+)", file.read_text())}
    assert named - there == set() and len(named) > 30
    promised = page.split("## What is promised")[1].split("## What is not promised")[0]
    for promise in promised.split("\n- **")[1:]:
        assert "`test_" in promise, promise
    rows = page.split("| kind | by |")[1].split("\n\n")[0].splitlines()[2:]
    assert len(rows) > 15
    for row in rows:
        assert "`test_" in row, row
