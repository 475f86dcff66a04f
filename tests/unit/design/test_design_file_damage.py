"""Damaged design files: each is either a design or refused in clear lines; nothing else may come
out.
"""

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cavitydesign.design import Design, load_design, parse_design
from cavitydesign.design.schema import TABLES
from cavitydesign.errors import InputError

QUICKSTART = (Path(__file__).parents[3] / "studies" / "quickstart" / "design.toml").read_bytes()

numbers = st.one_of(
    st.integers(-(10**30), 10**30), st.floats(), st.sampled_from([0, 1, 15.0, -1.0, 1e-320, 1e308])
)
words = st.sampled_from(
    [
        "PMMA",
        "silica",
        "air",
        "",
        "TM",
        "both",
        "parabola",
        "spheroid",
        "droplet",
        "no such",
        "a\nb",
    ]
)
leaves = st.one_of(numbers, words, st.booleans(), st.none())
values = st.recursive(
    leaves,
    lambda inner: st.one_of(
        st.lists(inner, max_size=3),
        st.dictionaries(
            st.sampled_from(["value", "sd", "index", "name", "host", "per_um", "x"]),
            inner,
            max_size=3,
        ),
    ),
    max_leaves=6,
)
keys = st.sampled_from(
    [(table, key) for table, schema in TABLES.items() for key in schema.model_fields]
)


def outcome(read: Any) -> Design | tuple[str, ...]:
    """The design, or the lines of the refusal."""
    try:
        return read()
    except InputError as error:
        return error.problems


@settings(max_examples=200, deadline=None)
@given(
    start=st.integers(0, len(QUICKSTART)), length=st.integers(0, 40), filling=st.binary(max_size=6)
)
def test_bytes_cut_out_or_put_in(
    tmp_path_factory: pytest.TempPathFactory, start: int, length: int, filling: bytes
) -> None:
    path = tmp_path_factory.getbasetemp() / "damaged.toml"
    path.write_bytes(QUICKSTART[:start] + filling + QUICKSTART[start + length :])
    got = outcome(lambda: load_design(path))
    assert isinstance(got, Design) or (
        got and all(line.startswith(str(path)) and "\n" not in line for line in got)
    ), got


@settings(max_examples=300, deadline=None)
@given(changes=st.dictionaries(keys, values, min_size=1, max_size=3))
def test_any_value_under_any_key(changes: dict[tuple[str, str], Any]) -> None:
    import tomllib

    raw = tomllib.loads(QUICKSTART.decode())
    for (table, key), value in changes.items():
        raw.setdefault(table, {})[key] = value
    got = outcome(lambda: parse_design(raw, source="design.toml"))
    assert isinstance(got, Design) or (
        got and all(line.startswith("design.toml: ") and "\n" not in line for line in got)
    ), got
