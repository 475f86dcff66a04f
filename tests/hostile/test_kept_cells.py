"""Rows that are kept beside the segments of a store, beside segments that change, damage of their
own, other code, full disks and runs: a table with them is the table without.
"""

import os
import random
import re
import shutil

import pytest

from cavitydesign.errors import InputError
from cavitydesign.study import (
    Record,
    SerialExecutor,
    Store,
    load_study,
    run_study,
    study_table,
)
from cavitydesign.study.kept_rows import keep_rows, kept_version
from cavitydesign.study.records import cells, disk, stored
from cavitydesign.study.records.json_text import decoded, decoder_of
from cavitydesign.study.records.record import checksum
from cavitydesign.workflow.study_point import design_schema

POINTS = 50
COLUMNS = (["a"], ["b", "deep.x"], ["text", "point"], ["whole", "big", "flag"], ["none", "a"])
CONDITIONS = (None, "a > 0.5", "whole >= 3 and flag", "text == 'two'", "b < 0.2 or deep.x > 1")


@pytest.fixture(autouse=True)
def small_stores_are_indexed(monkeypatch):
    monkeypatch.setattr(stored, "WORTH_AN_INDEX", 0)
    monkeypatch.setattr(stored, "WORTH_KEEPING", 0)
    monkeypatch.setattr(cells, "_BLOCK_ROWS", 13)


def result(number):
    """Rows of every kind of cell; what a row has differs from point to point."""
    chance = random.Random(number)
    rows = [
        {
            "a": chance.random() if number else -0.0,
            "b": chance.choice((None, 0.1, 5e-324, 1.7976931348623157e308)),
            "whole": chance.randrange(9),
            "big": chance.choice((2**53 + 1, -(10**30), 7)),
            "text": chance.choice(("", "two", "\u202e\ud800", "x" * 300)),
            "flag": chance.random() < 0.5,
            "none": None,
            "deep": {"x": chance.uniform(0, 2), "y.z": 1},
            "list": [1, 2],
        }
        for _ in range(chance.randrange(4))
    ]
    for row in rows:
        for name in chance.sample(sorted(row), chance.choice((0, 0, 2))):
            del row[name]
    return {"rows": rows}


def tabulate(result, task):
    return result["rows"]


@pytest.fixture
def study(tmp_path):
    (tmp_path / "d.toml").write_text('[cavity]\nprofile = "cylinder"\n')
    axis = f'"cavity.diameter_um" = {{ from = 1.0, to = 2.0, points = {POINTS} }}'
    (tmp_path / "s.toml").write_text(f'design = "d.toml"\ntask = "modes"\n[axes]\n{axis}\n')
    loaded = load_study(tmp_path / "s.toml", design_schema(checked=False))
    fill(loaded, range(POINTS - 4))
    return loaded


def fill(study, numbers, of=lambda number: number):
    """Store some points, some of them failed, as they stand a day later."""
    with Store(study.store).writer() as writer:
        for number in numbers:
            name = study.point_fingerprint(study.point(number))
            failed = number % 11 == 5
            made = Record(name, "failed", {}, "no") if failed else None
            writer.append([made or Record(name, "ok", result(of(number)))])
    for path in (study.store / "segments").iterdir():
        day = path.stat().st_mtime_ns - 86_400_000_000_123
        os.utime(path, ns=(day, day))


def parts_of(names, task):
    """Of a result, what some columns need."""
    return {"rows": [dict.fromkeys(part for name in names for part in (name, name.split(".")[0]))]}


def told(study, columns, where, version):
    try:
        # Without the parts every record is read whole.
        parts = parts_of if version == "1" else None
        table = study_table(study, tabulate, None, where, columns, version, parts)
    except InputError as error:
        return str(error)
    return table.columns, list(map(repr, table.aligned()))


def same(study, version="1"):
    for columns in COLUMNS:
        for where in CONDITIONS:
            assert told(study, columns, where, version) == told(study, columns, where, None)


def kept_files(study):
    return sorted((study.store / "cells").glob("*.bin"))


def test_a_table_of_kept_rows_is_that_of_the_records(study, monkeypatch, tally):
    same(study)
    [_] = kept_files(study)

    def read(*_):
        raise AssertionError("a record was read")

    whole = told(study, ["a", "text"], "a > 0.5", None)
    with monkeypatch.context() as patched:
        patched.setattr("cavitydesign.study.table_rows.flattened_at", read)
        assert told(study, ["a", "text"], "a > 0.5", "1") == whole
    tally.add(len(COLUMNS) * len(CONDITIONS))


@pytest.mark.parametrize(
    "payload",
    [
        *(
            b'{"a":%s,"b":2}' % value
            for value in (b"NaN", b"1e999", b"-0.0", b"01", b"1,", b"9" * 5000)
        ),
        *(
            b'{"b":%s,"a":1}' % value
            for value in (b"NaN", b"1e999", b'"\\ud800"', b'"\xff"', b"[" * 150)
        ),
        b'{"b":' + b"[" * 500 + b"]" * 500 + b',"a":1}',
        b'{"a":1,"a":2}',
        b'{"a":{"b":[1,{"c":null}]},"c":[{"d":1,"e":2},{"e":3}]}',
        b'{"c":{"d":1}}',
        b'{"c":[1]}',
        b'{"a":"NaN","c":[{}]}',
        b"[1]",
        b"",
        b"null",
        b'{"a":1} x',
    ],
)
def test_parts_of_a_record_are_those_of_the_whole(payload):
    """Whatever a record says: the wanted entries, or the same refusal."""

    def read(decode):
        try:
            found = decode(payload)
        except (ValueError, RecursionError):
            return "refused"
        if not isinstance(found, dict):
            return repr(found)
        inner = found.get("c")
        kept = [one.get("d", "-") if isinstance(one, dict) else one for one in inner or ()]
        return repr((found.get("a", "-"), inner if isinstance(inner, dict) else kept))

    assert read(decoder_of({"a": None, "c": [{"d": None}]})) == read(decoded)


def changed(line):
    """A record with the numbers of another one, as long as before, and sound."""
    body = re.sub(rb'"whole":(\d)', lambda digit: b'"whole":%d' % (8 - int(digit[1])), line[17:-1])
    return checksum(body) + b" " + body + b"\n"


def test_whatever_happens_to_a_segment_is_seen_in_the_table(study, tally):
    """Grown, cut, a bit turned under the old times, other records of the same points, one of the
    same length in the same place, deleted.
    """
    chance = random.Random(5)
    for turn in range(14):
        same(study)
        path = chance.choice(sorted((study.store / "segments").iterdir()))
        found, content = path.stat(), bytearray(path.read_bytes())
        what = turn % 7
        if what == 0:
            fill(study, range(POINTS), lambda number: number + 7)
        elif what == 1:
            del content[chance.randrange(100, len(content)) :]
        elif what == 2:
            content[chance.randrange(len(content))] ^= 1 << chance.randrange(8)
        elif what == 3:
            shutil.copy(path, path.with_name(f"0-copy-{turn}.jsonl"))
        elif what == 4:
            content = bytearray().join(reversed(content.splitlines(keepends=True)))
        elif what == 6:
            content = b"".join(map(changed, content.splitlines(keepends=True)))
        path.write_bytes(content)
        if what == 5:
            path.unlink()
            fill(study, range(chance.randrange(POINTS)))
        else:
            os.utime(path, ns=(found.st_atime_ns, found.st_mtime_ns))
        tally.add()
    same(study)


def test_damaged_rows_are_none(study, tally):
    """Bits at random and at both ends, cuts; a pipe, a folder, a link in their place."""
    same(study)
    [path] = kept_files(study)
    whole, chance = path.read_bytes(), random.Random(1)
    sound = {name: told(study, name, "a > 0.5", None) for name in (("a",), ("text", "big"))}
    end = len(whole)
    places = [*range(end - 60, end), *(chance.randrange(end) for _ in range(150))]
    for place in places:
        content = bytearray(whole)
        content[place] ^= 1 << chance.randrange(8)
        path.write_bytes(content if chance.random() < 0.7 else whole[:place])
        for name, table in sound.items():
            assert told(study, name, "a > 0.5", "1") == table
        tally.add()
    path.unlink()
    for make in (os.mkfifo, os.mkdir, lambda name: os.symlink("/dev/zero", name)):
        make(path)
        for name, table in sound.items():
            assert told(study, name, "a > 0.5", "1") == table
        path.rmdir() if path.is_dir() and not path.is_symlink() else path.unlink(missing_ok=True)
        tally.add()


def test_rows_of_other_code_are_made_again(study):
    same(study)
    [path] = kept_files(study)
    before = path.read_bytes()
    assert told(study, ["a"], None, "2") == told(study, ["a"], None, None)
    assert path.read_bytes() != before


def test_records_of_another_task_are_left_out(study):
    with Store(study.store).writer() as writer:
        writer.append([Record("f" * 32, "ok", {"other": 1}), Record("e" * 32, "ok", {"rows": 5})])
    fill(study, [POINTS - 2])
    same(study)
    assert kept_files(study)


def test_a_store_that_takes_no_rows_goes_without(study, monkeypatch):
    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("cavitydesign.study.kept_rows.write_whole", full)
    same(study)
    assert not kept_files(study)
    monkeypatch.undo()
    monkeypatch.setattr(stored, "WORTH_AN_INDEX", 0)
    monkeypatch.setattr(stored, "WORTH_KEEPING", 0)
    true = os.fsync
    monkeypatch.setattr(disk.os, "fsync", lambda number: full() if number > 2 else true(number))
    same(study)
    assert not [path for path in (study.store / "cells").iterdir()]


def test_a_run_keeps_its_own_rows_and_tables_none_of_a_run_at_work(tmp_path, study):
    """What is still written to would be tabulated again and again."""
    now = max(path.stat().st_mtime for path in tmp_path.rglob("*"))
    for path in (study.store / "segments").iterdir():
        os.utime(path, (now + 3e4, now + 3e4))
    same(study)
    assert not kept_files(study)

    def keep(store, segments):
        keep_rows(store, tabulate, study.task, kept_version(study, "1"), segments)

    def solved(design, task):
        return result(round(1e3 * design["cavity"]["diameter_um"]))

    assert run_study(study, solved, SerialExecutor(), keep=keep).computed == 4
    assert len(kept_files(study)) == 1
    same(study)


def test_clean_leaves_no_rows_of_what_it_deleted(study):
    same(study)
    left = study.store / "cells" / ".of-a-killed-writer.jsonl.modes.bin.1-a"
    left.write_bytes(b"half")
    with Store(study.store).alone():
        Store(study.store).compact()
    assert not [path for path in (study.store / "cells").iterdir()]
    same(study)


def test_points_in_turns_over_many_segments_stand_in_their_order(study):
    """As of jobs that share a study, with segments whose rows have other cells and points that
    nobody has computed.
    """
    shutil.rmtree(study.store / "segments")
    chance = random.Random(8)
    parts = [[number for number in range(POINTS) if number % 7 == part] for part in range(6)]
    for numbers in parts:
        fill(study, numbers, lambda number: 3 * number + chance.randrange(5))
    same(study)
    assert len(kept_files(study)) == 6


def test_rows_of_one_shape_in_turns_over_segments(tmp_path, study):
    """Put in many at once: the rows of each point behind each other, those of others between."""
    shutil.rmtree(study.store)
    parts = [[number for number in range(POINTS) if number % 3 == part] for part in range(2)]
    for numbers in parts:
        with Store(study.store).writer() as writer:
            for number in numbers:
                name = study.point_fingerprint(study.point(number))
                rows = [{"a": number + 0.1 * row, "whole": number} for row in range(number % 4)]
                writer.append([Record(name, "ok", {"rows": rows})])
    for path in (study.store / "segments").iterdir():
        os.utime(path, (1e9 + 0.5, 1e9 + 0.5))
    for columns in (["a"], ["whole", "a"], ["point"]):
        for where in (None, "a > 7", "whole > 3 and a < 30", "status == 'missing'"):
            assert told(study, columns, where, "1") == told(study, columns, where, None)
    assert len(kept_files(study)) == 2
