"""Small texts that ask for much or are none: arithmetic, TOML, CSV, JSON, numbers and names."""

import json
import os
import time
from pathlib import Path

import pytest
from bounded import within

from cavitydesign.cli.printing import new_table, print_json, print_tables
from cavitydesign.design import parse_design, read_toml
from cavitydesign.design.files.micrograph_file import read_image
from cavitydesign.design.files.named_files import digest_of
from cavitydesign.design.files.outline_file import read_outline
from cavitydesign.errors import InputError
from cavitydesign.gain import Pump, medium_from_dict
from cavitydesign.lasing.request import LasingRequest
from cavitydesign.materials.dataset import read_material
from cavitydesign.mesh.files.script import read_script
from cavitydesign.mesh.files.section_file import read_section
from cavitydesign.study.expression import Expression, ExpressionError
from cavitydesign.study.files.csv_file import csv_axis
from cavitydesign.study.files.table_export import csv_text
from cavitydesign.study.table import Table
from cavitydesign.texts import read_bytes
from cavitydesign.visualise.result_record import load_results
from cavitydesign.workflow.archive import load

BOMBS = [
    "round(9.0)**round(9.0)**round(9.0)",
    "9**9**9**9",
    "'%2000000000d' % 1",
    "'a' * 1e9",
    "'a' * 1000000000",
    "word * 1000000000",
    "many * 1000000000",
    "'a' + 'b'",
    "min('a', 'b')",
    "(-8) ** 0.5",
    "1e308 * 10",
    "round(1e308) * round(1e308)",
    "exp(1000)",
    "0.1" * 600,
    "a." + "b" * 1500,
    "a" + "+a" * 980,
    "(" * 900 + "a" + ")" * 900,
    "-" * 900 + "a",
    "not " * 400 + "a",
    "1" * 5000,
    "a" * 5000,
    "a." * 900 + "a",
    "abs(" * 300 + "a" + ")" * 300,
]


@pytest.mark.parametrize("text", BOMBS, ids=range(len(BOMBS)))
def test_arithmetic_is_bounded(text: str) -> None:
    start = time.process_time()
    with pytest.raises(ExpressionError) as refused:
        Expression(text).value({"a": 1.0, "word": "abc", "many": [0, 1]})
    assert time.process_time() - start < 2.0 and len(str(refused.value)) < 400


@pytest.mark.skipif(not os.path.exists("/proc/self/mounts"), reason="files of the kernel")
def test_files_of_the_kernel_are_empty() -> None:
    """They say that they are empty; a read takes what is not theirs to give, waits, or was a
    traceback.
    """
    for name in ("/proc/kmsg", "/proc/self/mounts", "/proc/self/environ"):
        assert read_toml(Path(name)) == {}
        assert read_bytes(Path(name), 100) == b""


def test_right_arithmetic_is_as_before() -> None:
    quantities = {"a": 3, "b": "TM", "c.d": 2.5}
    for text, value in {"round(2.6)": 3.0, "round(2.345, 1)": 2.3, "a ** 2 - 1": 8.0}.items():
        assert Expression(text).value(quantities) == value
    assert Expression("b == 'TM' and c.d > 2").value(quantities) is True
    assert Expression(" + ".join(["a"] * 60)).value(quantities) == 180.0


TOMLS = {
    "dotted": ".".join(["a"] * 3000) + " = 1\n",
    "lists": "a = " + "[" * 3000 + "]" * 3000 + "\n",
    "tables": "a = " + "{a=" * 400 + "1" + "}" * 400 + "\n",
    "digits": "a = " + "9" * 5000 + "\n",
    "digits4000": "a = " + "9" * 4000 + "\n",
    "key": "a" * 200_000 + " = 1\n",
    "keys": "".join(f"k{n} = 1\n" for n in range(10_001)),
    "binary": "\x00\x01",
    "size": "# " + "a" * 5_000_000,
}


@pytest.mark.parametrize("name", TOMLS)
def test_toml_is_one_line(name: str, tmp_path) -> None:
    path = tmp_path / "design.toml"
    path.write_text(TOMLS[name])
    with pytest.raises(InputError) as refused:
        read_toml(path)
    assert len(str(refused.value).splitlines()) == 1 and len(str(refused.value)) < 500


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="named pipes are of POSIX")
def test_a_pipe_keeps_nobody_waiting(tmp_path, tally) -> None:
    """Nor does a device that never ends, under any name that is read."""
    readers = {
        "a.toml": read_toml,
        "m.toml": read_material,
        "results.json": load_results,
        "a.csv": lambda path: csv_axis(path, "points.csv"),
        "o.csv": read_outline,
        "a.png": read_image,
        "a.geo": read_script,
        "a.npz": load,
        "s.msh": read_section,
    }
    for name, read in readers.items():
        for place in (tmp_path / "pipe", tmp_path / "device"):
            place.mkdir(exist_ok=True)
            if place.name == "pipe":
                os.mkfifo(place / name)
            else:
                (place / name).symlink_to("/dev/zero")
            error = within(20.0, lambda read=read, path=place / name: read(path))
            assert isinstance(error, InputError), (name, error)
            assert "no regular file" in str(error) or "no such file" in str(error)
            tally.add()
    for place in (tmp_path / "pipe", tmp_path / "device"):
        assert digest_of([place / "a.geo"]) == digest_of([place / "a.geo"])


JSONS = {
    "deep": "[" * 100_000,
    "nested": '{"a":' * 500 + "1" + "}" * 500,
    "nan": '{"a": NaN}',
    "infinity": '{"a": -Infinity}',
    "digits": '{"a": ' + "9" * 5000 + "}",
    "list": "[1]",
}


@pytest.mark.parametrize("name", JSONS)
def test_results_are_one_line(name: str, tmp_path) -> None:
    path = tmp_path / "results.json"
    path.write_text(JSONS[name])
    with pytest.raises(InputError) as refused:
        load_results(path)
    assert len(str(refused.value).splitlines()) == 1


CSVS = {
    "cell": "cavity.diameter_um\n" + "1" * 200_000 + "\n",
    "quoted": 'cavity.diameter_um\n"' + "a" * 200_000 + '"\n',
    "digits": "cavity.diameter_um\n" + "9" * 5000 + "\n",
    "infinite": "cavity.diameter_um\n1e999\n",
    "lines": "cavity.diameter_um\n" + "1\n" * 1_200_000,
    "empty lines": "cavity.diameter_um\n" + "\x1d" * 1_200_000,
    "cells": ",".join(f"c{n}" for n in range(20_000)) + "\n" + ("1," * 19_999 + "1\n") * 420,
}


@pytest.mark.parametrize("name", CSVS)
def test_csv_cells_are_one_line(name: str, tmp_path) -> None:
    path = tmp_path / "points.csv"
    path.write_text(CSVS[name])
    with pytest.raises(InputError) as refused:
        csv_axis(path, "points.csv")
    assert len(str(refused.value).splitlines()) == 1


def design(**cavity):
    shape = {"profile": "cylinder", "diameter_um": 6.0, "body": {"index": 1.5}}
    modes = {"wavelength_nm": 537.6, "span_nm": 10.0}
    return {"cavity": {**shape, **cavity}, "modes": modes}


NAME = "thickness_um"
DESIGNS = {
    "coatings": {
        "coatings": [{"name": f"c{n}", NAME: 1e-3, "material": "silica"} for n in range(2000)]
    },
    "long name": {"coatings": [{"name": "c" * 20_000, NAME: 0.1, "material": "silica"}]},
    "escape": {"coatings": [{"name": "c\x1b[2J", NAME: 0.1, "material": "silica"}]},
    "direction": {"coatings": [{"name": "c\u202eabc", NAME: 0.1, "material": "silica"}]},
    "correlation": {"roughness_nm": 1.0, "correlation_nm": 1e-300},
    "digits": {"diameter_um": 10**4000},
    "long key": {"k" * 200_000: 1},
}


@pytest.mark.parametrize("name", DESIGNS)
def test_designs_are_refused_in_short_lines(name: str) -> None:
    start = time.process_time()
    with pytest.raises(InputError) as refused:
        parse_design(design(**DESIGNS[name]), "design")
    assert time.process_time() - start < 5.0
    assert all(len(line) < 3000 for line in refused.value.problems)
    print(refused.value.problems[0][:200])


@pytest.mark.parametrize(
    "make",
    [
        lambda: LasingRequest(fluences=10**6),
        lambda: LasingRequest(comb_phases=10**9),
        lambda: LasingRequest(exact_thresholds=10**9),
        lambda: LasingRequest(fluences=10**5000),
        lambda: LasingRequest(at_fluence_mj_cm2=1e300),
        lambda: LasingRequest(regime_factor=1e300),
        lambda: LasingRequest(line_reach=1e9),
        lambda: Pump(fluence_mj_cm2=(1e-300, 1.0)),
        lambda: Pump(fluence_mj_cm2=(1.0, 1e300)),
        lambda: medium_from_dict({"medium": "CsPbBr3-PMMA", "size_classes": 10**9}),
    ],
)
def test_numbers_have_upper_bounds(make) -> None:
    with pytest.raises(InputError) as refused:
        make()
    assert len(str(refused.value).splitlines()) == 1 and len(str(refused.value)) < 300


def test_csv_texts_are_no_formulas_and_numbers_stay_numbers() -> None:
    cells = [
        "=cmd()",
        "+1+1",
        "-2+3",
        "@SUM(A1)",
        " =1",
        "a\x1b[2J",
        "TM 5 1 0",
        -1.5,
        2,
        True,
        None,
    ]
    rows = tuple({"point": n, "a": cell, "status": "ok"} for n, cell in enumerate(cells))
    lines = csv_text(Table("t", ("point", "a", "status"), (), rows)).splitlines()[1:]
    told = [line.split(",")[1] for line in lines]
    assert told[:5] == ["'=cmd()", "'+1+1", "'-2+3", "'@SUM(A1)", "' =1"]
    assert told[5:] == [r"a\x1b[2J", "TM 5 1 0", "-1.5", "2", "true", ""]


def test_nothing_that_acts_reaches_the_terminal(capsys) -> None:
    """Escape sequences, marks of direction, markup."""
    name = "[/x] \x1b]0;title\x07 \u202eabc [red]"
    shown = new_table(name, (name, "b"))
    shown.add_row(name, name)
    print_tables(shown, name)
    print_json({name: name})
    told = capsys.readouterr().out
    assert not {"\x1b", "\x07", "\u202e"} & set(told) and "[/x]" in told
    assert json.loads(told[told.index("{") :]) == {name: name}


def test_names_with_dollars_are_drawn() -> None:
    from matplotlib.figure import Figure

    from cavitydesign.visualise.files import figure_bytes

    figure = Figure()
    figure.subplots().set_title(r"$\bad{$ and $\x$")
    assert figure_bytes(figure, "svg")


def test_a_request_for_a_million_modes_is_refused() -> None:
    """By its free spectral range, before anything is solved; 5,000 orders are searched for."""
    from cavitydesign.modes import ModeRequest
    from cavitydesign.modes.lengths import check_count

    large = {"profile": "parabola", "diameter_um": 3000.0, "axial_radius_um": 1e4}
    shape = {**large, "body": {"index": 1.49}}
    for span, families, refused in ((300.0, 5, True), (1000.0, 1, True), (100.0, 1, False)):
        made = parse_design(
            {"cavity": shape, "modes": {"wavelength_nm": 537.6, "span_nm": 10.0}}, "d"
        )
        request = ModeRequest(
            "TM", 537.6, span_nm=span, radial_orders=families, axial_orders=families
        )
        if not refused:
            check_count(made.cavity, request)
            continue
        said = "wider than a factor of 4" if span > 645 else "up to 10000 modes are searched for"
        with pytest.raises(InputError, match=said):
            check_count(made.cavity, request)
