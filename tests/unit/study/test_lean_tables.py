"""Tables of chosen columns keep no others, and say the same; numbers of records are exact."""

import json
import math
import random
import struct

import pytest

from cavitydesign.errors import InputError
from cavitydesign.study.expression import Expression
from cavitydesign.study.records import json_text
from cavitydesign.study.records.record import Record, read_record
from cavitydesign.study.table import study_table


def test_records_are_read_to_the_last_bit(monkeypatch):
    """100 bit patterns at random, the ends of the floats, and whole numbers; by both readers."""
    chance = random.Random(3)
    numbers = [struct.unpack("d", chance.randbytes(8))[0] for _ in range(100)]
    numbers = [one for one in numbers if math.isfinite(one)] + [
        5e-324,
        1.7976931348623157e308,
        -0.0,
        2**53,
    ]
    texts = ["\ud800", "\x00", "\u202e", "é"]
    record = Record("a" * 32, "ok", {"numbers": numbers, "texts": texts, "deep": {"a": [None]}})
    for _ in range(2):
        found = read_record(record.encoded()[:-1])
        assert found == record
        assert list(map(repr, found.result["numbers"])) == list(map(repr, numbers))
        monkeypatch.setattr(json_text, "_quick_reader", lambda: None)


@pytest.mark.parametrize(
    "payload", [b"", b"{", b"NaN", b"[1,]", b"-Infinity", b"[" * 100_000, b"\xff", b'{"a":1}x']
)
def test_what_is_no_json_is_told(payload):
    with pytest.raises((ValueError, RecursionError)):
        json_text.decoded(payload)


@pytest.fixture
def study(tmp_path):
    """Three points: one solved with two modes, one that failed, one missing."""
    from cavitydesign.study import Store, load_study
    from cavitydesign.workflow.study_point import design_schema

    (tmp_path / "d.toml").write_text('[cavity]\nprofile = "cylinder"\n')
    (tmp_path / "s.toml").write_text(
        'design = "d.toml"\ntask = "modes"\n[axes]\n"cavity.diameter_um" = [1.0, 2.0, 3.0]\n'
    )
    loaded = load_study(tmp_path / "s.toml", design_schema(checked=False))
    names = [loaded.point_fingerprint(loaded.point(n)) for n in range(2)]
    result = {"modes": [{"m": m, "log10_q": {"total": 3.0 + m}, "n": None} for m in (5, 6)]}
    with Store(loaded.store).writer() as writer:
        writer.append([Record(names[0], "ok", result), Record(names[1], "failed", {}, "no")])
    return loaded


def tabulated(result, task):
    return result["modes"]


@pytest.mark.parametrize(
    "where", [None, "m > 5", "log10_q.total < 8.5", "m > 50", "status == 'ok'"]
)
@pytest.mark.parametrize(
    "columns", [["m"], ["log10_q.total", "point"], ["n"], ["cavity.diameter_um", "m", "status"]]
)
def test_chosen_columns_are_those_of_the_whole_table(study, where, columns):
    lean = study_table(study, tabulated, where=where, columns=columns)
    whole = study_table(study, tabulated, where=where).selected(columns)
    assert lean.columns == whole.columns and list(lean.aligned()) == list(whole.aligned())
    assert all("n" in columns or "n" not in row for row in lean.rows)


@pytest.mark.parametrize(("where", "columns"), [("mm > 5", ["m"]), (None, ["log10_q.tota"])])
def test_a_name_that_no_row_has_is_told_with_the_nearest(study, where, columns):
    with pytest.raises(InputError, match=r"no column .* (m|log10_q.total)"):
        study_table(study, tabulated, where=where, columns=columns)


def test_expressions_go_to_other_processes():
    import pickle

    expression = Expression("-a + 2 * b > 1 and not a == 3")
    assert expression.value({"a": 1, "b": 2}) is True
    again = pickle.loads(pickle.dumps(expression))
    assert again == expression and again.value({"a": 1, "b": 2}) is True
    assert json.dumps(Expression("1 < a < 3").value({"a": 2})) == "true"
