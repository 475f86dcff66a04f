"""Studies of many points: names from one text with gaps, rows in little memory, files in parts."""

import pytest

from cavitydesign.dotted import flattened, flattened_at
from cavitydesign.errors import InputError
from cavitydesign.study import Axis, Record, Store, Study, study_table
from cavitydesign.study.expression import Expression
from cavitydesign.study.files import table_export
from cavitydesign.study.files.design_text import _MARK, DesignText
from cavitydesign.study.files.table_export import csv_text
from cavitydesign.study.records.record import payload_decoder, read_record
from cavitydesign.study.rows import Rows
from cavitydesign.study.study_run import fingerprints
from cavitydesign.workflow.study_point import evaluate_point, parts_of_point, rows_of_point

DESIGN = {
    "cavity": {
        "diameter_um": {"value": 15.0, "sd": 0.2},
        "body": "PMMA",
        "coatings": [{"name": "shell", "thickness_um": 0.5}],
        "fibre_diameter_um": 5,
    },
}
NUMBERS = Axis(("cavity.diameter_um",), ((20,), (20.5,), (1e22,), (-0.0,), (3.0,)))
GRIDS = {
    "numbers": ((NUMBERS,), {}),
    "grid": ((NUMBERS, Axis(("cavity.coatings.0.thickness_um",), ((0.1,), (0.2,)))), {}),
    "paired": ((Axis(("cavity.diameter_um", "cavity.fibre_diameter_um"), ((9, 1), (8.5, 2))),), {}),
    "new key": ((Axis(("cavity.body.absorption_per_cm",), ((1.0,), (2,))),), {}),
    "texts": ((Axis(("cavity.body",), (("silica",), ("PMMA",), (1.5,))),), {}),
    "flags": ((Axis(("cavity.diameter_um",), ((True,), (1,), (2,))),), {}),
    "within another": (
        (Axis(("cavity.body",), (("silica",), ("PMMA",))), Axis(("cavity.body.index",), ((1.5,),))),
        {},
    ),
    "within another's numbers": (
        (Axis(("cavity.body",), ((1.5,), (2,))), Axis(("cavity.body.index",), ((1.5,),))),
        {},
    ),
    "derived": ((NUMBERS,), {"cavity.fibre_diameter_um": "cavity.diameter_um / 2"}),
    "derived twice": ((NUMBERS,), {"cavity.diameter_um": "2 * cavity.fibre_diameter_um"}),
}


def study_of(name, store, **keys):
    axes, derived = GRIDS[name]
    expressions = {key: Expression(text) for key, text in derived.items()}
    return Study(DESIGN, "modes", axes, "1", store, derived=expressions, **keys)


@pytest.mark.parametrize("name", GRIDS)
def test_names_of_a_grid_are_those_of_its_points(name, tmp_path):
    """Exactly: a name that differs would compute all points again."""
    path = tmp_path / "outline.csv"
    path.write_text("z_um,r_um\n")
    for keys in ({}, {"files_of": lambda design, folder: (path,)}):
        study = study_of(name, tmp_path / "s", **keys)
        try:
            one_by_one = {i: study.point_fingerprint(study.point(i)) for i in range(len(study))}
        except KeyError:
            with pytest.raises(KeyError):
                fingerprints(study, range(len(study)))
            return
        assert fingerprints(study, range(len(study))) == one_by_one
        assert fingerprints(study, range(1, len(study), 2)) == {
            i: one_by_one[i] for i in range(1, len(study), 2)
        }


def test_most_grids_have_gaps_of_their_own(tmp_path):
    usable = {name for name in GRIDS if DesignText(study_of(name, tmp_path)).usable}
    assert {"numbers", "grid", "paired", "new key", "derived"} <= usable
    assert "derived twice" not in usable
    held = Study({"note": repr(_MARK)}, "modes", (NUMBERS,), "1", tmp_path)
    assert not DesignText(held).usable, "a design that holds the mark itself"


def test_a_point_without_a_value_is_named(tmp_path):
    GRIDS["broken"] = ((NUMBERS,), {"cavity.fibre_diameter_um": "1 / (cavity.diameter_um - 20.5)"})
    with pytest.raises(InputError, match="point 1: derived"):
        fingerprints(study_of("broken", tmp_path), range(5))
    del GRIDS["broken"]


def test_rows_are_what_was_put_in():
    given = [{"a": 1, "b": "x"}, {"a": 2.5}, {"b": None, "c": True, "a": 3}]
    rows = Rows(given)
    assert list(rows) == given and rows[1] == given[1] and rows[-2:] == given[-2:]
    assert len(rows) == 3 and rows.column("b") == ["x", None, None]
    assert list(rows.aligned(["c", "a"])) == [[None, 1], [None, 2.5], [True, 3]]


def test_rows_by_column_are_rows():
    """Whichever way they came; floats and whole numbers of 64 bits are packed, others stand."""
    more = {"a": [4, 5], "b": ["y", None], "d": [1.5, -0.0]}
    large = {"a": [2**63], "e": [True]}
    given = [{"a": 1, "b": "x"}, {"a": 4, "b": "y", "d": 1.5}, {"a": 5, "b": None, "d": -0.0}]
    given += [{"a": 2**63, "e": True}, {"b": "z"}]
    rows = Rows(given[:1])
    rows.extend(more)
    rows.extend({"a": [], "b": []})
    rows.extend(large)
    rows.append(given[-1])
    assert list(rows) == given and [rows[n] for n in range(-5, 5)] == 2 * given
    assert repr(list(rows)) == repr(given) and len(rows) == 5
    assert rows.column("a") == [1, 4, 5, 2**63, None]
    assert list(rows.aligned(["d", "b"])) == [
        *([None, "x"], [1.5, "y"], [-0.0, None], [None, None], [None, "z"]),
    ]
    for place in (5, -6):
        with pytest.raises(IndexError):
            rows[place]


def test_parts_of_a_solved_point_give_its_cells():
    """Each column of each task from the parts that it needs, as from the whole record."""
    asked = {"wavelength_nm": 537.6, "azimuthal_order": 48, "relative_accuracy": 1e-3}
    pumped = {"gain": {"medium": "CsPbBr3-PMMA"}, "pump": {"photons": 3}}
    shape = {"profile": "cylinder", "diameter_um": 6.0, "body": {"index": 1.5}}
    design = {"cavity": shape, "modes": asked}
    for task in ("modes", "threshold", "lase"):
        more = pumped if task != "modes" else {}
        line = Record("a", "ok", evaluate_point({**design, **more}, task)).encoded()[:-1]
        whole = [flattened(row) for row in rows_of_point(read_record(line).result, task)]
        names = list(dict.fromkeys(name for row in whole for name in row))
        assert len(names) > 5
        for name in names:
            decode = payload_decoder(parts_of_point([name], task))
            read = read_record(line, decode).result
            told = [flattened_at(row, [name]) for row in rows_of_point(read, task)]
            assert told == [{name: row[name]} if name in row else {} for row in whole], name


def test_a_filtered_table_and_one_in_parts(tmp_path, monkeypatch):
    study = study_of("grid", tmp_path / "s")
    names = fingerprints(study, range(len(study)))
    with Store(study.store).writer() as writer:
        for index, name in names.items():
            if index != 3:
                writer.append([Record(name, "ok", {"rows": index % 3, "text": f"=t{index}"})])

    def tabulate(result, task):
        return [{"q": 10.0 * n, "text": result["text"]} for n in range(result["rows"])]

    whole = study_table(study, tabulate)
    condition = "q >= 0 and cavity.diameter_um > 4"
    kept = study_table(study, tabulate, where=condition)
    assert list(kept.rows) == list(whole.filtered(condition).rows) and 0 < len(kept) < len(whole)
    with pytest.raises(InputError, match="no column 'p'"):
        study_table(study, tabulate, where="p > 1")
    text = csv_text(whole)
    monkeypatch.setattr(table_export, "_PART_LETTERS", 10)
    assert csv_text(whole) == text and "'=t4" in text
