"""Hostile values at every key of a design's schema: python tests/hostile/fuzz_schema.py [SHARE]
[KEY...].

Each key of each table is set to each hostile value (powers of ten, what is no number, wrong types,
counts of 1e9, deep tables, letters that act), in a design that is right but for it. A design is
refused in short single lines that name the key, or accepted, within 5 s of computing. SHARE (1 by
default) is the share of the inputs that are drawn; KEY is a part of the keys to take.
"""

from __future__ import annotations

import collections
import math
import random
import resource
import sys
import tempfile
import time
import traceback
from collections.abc import Iterator
from pathlib import Path
from typing import Any

MOST_SECONDS, MOST_BYTES = 5.0, 2 * 10**9
POWERS = [sign * 10.0**power for power in (-300, -30, -9, -3, 0, 3, 9, 30, 300) for sign in (1, -1)]
NUMBERS = [*POWERS, 0.0, -0.0, 5e-324, math.nan, math.inf, -math.inf]
COUNTS = [0, 1, -1, 10**9, 2**63 - 1, 10**30]
TEXTS = ["", " ", "a" * 100_000, "\x00", "\x1b[2J", "\u202eabc", "\ud800", "../x", "/etc/passwd"]
TEXTS += ["[/x]", "$\\bad{$", "a\nb", "CsPbBr3-PMMA", "nan", "1e9", "=1+1"]
OTHERS: list[Any] = [
    True,
    None,
    [],
    {},
    [[]],
    [{}],
    {"value": math.nan},
    {"value": 1.0, "sd": 1e300},
]
OTHERS += [[1.0] * 10_000, [math.nan, 1.0], {"": 1}, {"a" * 2000: 1}, [1, "a"], [{"a": 1}] * 3000]
OTHERS += [{"value": 1.0, "sd": -1.0}, {"value": [], "sd": {}}, {"index": 1e300}, {"file": "x"}]


def deep(levels: int) -> Any:
    """A table in a table."""
    made: Any = 1
    for _ in range(levels):
        made = {"a": made}
    return made


VALUES = [*NUMBERS, *COUNTS, *TEXTS, *OTHERS, deep(30), deep(900)]
SOUND = {
    "cavity": {"profile": "cylinder", "diameter_um": 6.0, "body": {"index": 1.5}},
    "modes": {"wavelength_nm": 537.6, "span_nm": 10.0},
    "coupling": {"kind": "taper", "gap_um": 0.2, "diameter_um": 1.0},
}


def keys(table: Any, above: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    """Dotted places of all keys."""
    from cavitydesign.design.schema import table_at

    for key in table.model_fields:
        yield (*above, key)
        inner = table_at((*above, key, "x")) or table_at((*above, key))
        if inner is not None and len(above) < 5:
            yield from keys(inner, (*above, key))


def with_value(place: tuple[str, ...], value: Any) -> dict[str, Any]:
    """A design that holds a value at a place."""
    design: dict[str, Any] = {name: dict(table) for name, table in SOUND.items()}
    table = design
    for name in place[:-1]:
        if not isinstance(table.get(name), dict):
            table[name] = {}
        table[name] = dict(table[name])
        table = table[name]
    table[place[-1]] = value
    return design


def told(design: dict[str, Any], place: tuple[str, ...], folder: Path) -> str:
    """What is wrong with the answer; "refused" or "taken" where nothing is."""
    from cavitydesign.design import parse_design
    from cavitydesign.errors import CavityDesignError
    from cavitydesign.texts import visible

    start = time.process_time()
    try:
        parse_design(design, folder / "design.toml")
        end = "taken"
    except CavityDesignError as error:
        # As the command and the page print them.
        lines = [visible(line) for line in getattr(error, "problems", None) or [str(error)]]
        lines = [line.removeprefix(f"{folder}/") for line in lines]
        end = "refused"
        if any(len(line.splitlines()) != 1 for line in lines):
            end = f"not one line: {lines!r:.300}"
        elif any(len(line) > 1500 for line in lines):
            end = f"a line of {max(map(len, lines))} letters: {lines[0][:200]!r}"
        elif len(lines) > 41:
            end = f"{len(lines)} lines: {lines[0][:200]!r}"
        elif any(
            not letter.isprintable() or "\ud7ff" < letter < "\ue000" for letter in "".join(lines)
        ):
            end = f"letters that act: {lines!a:.300}"
        elif not any(name in line for line in lines for name in place[-2:]):
            end = f"the key is not named: {lines[0][:200]!r}"
    except Exception as error:
        where = traceback.extract_tb(error.__traceback__)[-1]
        end = f"{type(error).__name__} at {where.filename.rsplit('/', 1)[-1]}:{where.lineno}: "
        end += f"{error!s:.150}"
    if (used := time.process_time() - start) > MOST_SECONDS:
        end += f" after {used:.1f} s"
    return end


def main() -> None:
    """Print what was wrong, by key."""
    from cavitydesign.design.schema import TABLES

    words = sys.argv[1:]
    share = next((float(word) for word in words if word.replace(".", "").isdigit()), 1.0)
    parts = [word for word in words if not word.replace(".", "").isdigit()]
    resource.setrlimit(resource.RLIMIT_AS, (2 * MOST_BYTES, 2 * MOST_BYTES))
    places = [place for top, table in TABLES.items() for place in [(top,), *keys(table, (top,))]]
    chance, seen = random.Random(share), collections.Counter[str]()
    kinds: dict[str, list[str]] = {}
    folder = Path(tempfile.mkdtemp(prefix="fuzz"))
    for place in dict.fromkeys(places):
        if parts and not any(part in ".".join(place) for part in parts):
            continue
        for value in VALUES:
            if chance.random() >= share:
                continue
            end = told(with_value(place, value), place, folder)
            seen[end if end in ("refused", "taken") else "wrong"] += 1
            if end not in ("refused", "taken"):
                kinds.setdefault(end[:40], []).append(f"{'.'.join(place)} = {value!r:.60}: {end}")
    for kind, cases in sorted(kinds.items(), key=lambda one: -len(one[1])):
        print(f"{len(cases)} x {kind!r}")
        for case in cases[:3]:
            print(f"    {case}".encode("ascii", "backslashreplace").decode())
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6
    print(f"{seen.total()} inputs at {len(places)} keys: {dict(seen)}; at most {memory:.2f} GB")


if __name__ == "__main__":
    main()
