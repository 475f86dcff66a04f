"""Tables on narrow and wide screens: every row keeps its name, no number is cut."""

import re
import sys
from dataclasses import replace
from functools import partial

import pytest
import rich.console

from cavitydesign.cli import printing
from cavitydesign.cli.mode_table import MOST_SHOWN, print_modes
from cavitydesign.modes import ModeSet

WIDTHS = (60, 80, 100, 120, 160)


@pytest.fixture(params=WIDTHS)
def width(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> int:
    monkeypatch.setattr(printing, "_WIDTH_WITHOUT_TERMINAL", request.param)
    return int(request.param)


def wide_table(rows: int = 3):
    head = ("mode", *(f"outcome number {n}, mJ/cm2" for n in range(12)))
    table = printing.new_table("What they carry", head)
    for row in range(rows):
        table.add_row(f"TM 12{row} 1 0", *(f"{row}.{n:02d}12345" for n in range(12)))
    return table


def test_no_row_loses_its_name_and_no_number_is_cut(
    width: int, capsys: pytest.CaptureFixture[str]
) -> None:
    printing.print_tables(wide_table())
    lines = capsys.readouterr().out.splitlines()
    assert max(map(len, lines)) <= width
    for row in range(3):
        named = [line for line in lines if line.lstrip().startswith(f"TM 12{row} 1 0")]
        numbers = [number for line in named for number in re.findall(r"\d\.\d{7}", line)]
        assert numbers == [f"{row}.{n:02d}12345" for n in range(12)]
    assert "…" not in "".join(lines) and "..." not in "".join(lines)


def test_short_numbers_beside_long_heads_are_whole(
    width: int, capsys: pytest.CaptureFixture[str]
) -> None:
    """A column of short numbers whose head is long once gave its width to the others."""
    head = ("mode", *(["log10 Q radiation", "share in body %", "volume um^3"] * 5), "critical gap")
    table = printing.new_table("What they carry", head)
    table.add_row("TM 122 1 0", *(["19.5672", "99.02", "35.302"] * 5), "1.8123")
    printing.print_tables(table)
    words = capsys.readouterr().out.split()
    assert words.count("19.5672") == words.count("99.02") == words.count("35.302") == 5
    assert "1.8123" in words


def test_words_of_heads_are_whole(width: int, capsys: pytest.CaptureFixture[str]) -> None:
    printing.print_tables(wide_table())
    words = capsys.readouterr().out.split()
    assert words.count("outcome") == words.count("number") == words.count("mJ/cm2") == 12


def test_sentences_run_over_lines(width: int, capsys: pytest.CaptureFixture[str]) -> None:
    table = printing.new_table("Sources", ("medium", "source"))
    sentence = "measured by an ellipsometer on a spun film of the polymer, " * 3
    table.add_row("PMMA", sentence)
    printing.print_tables(table)
    shown = " ".join(capsys.readouterr().out.split())
    assert all(word in shown for word in sentence.split())


@pytest.mark.parametrize("name", ["[/x]", "[bold]", "[plot]"])
def test_brackets_are_no_markup(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    table = printing.new_table(name, (name, "value"))
    table.add_row(name, "1")
    printing.print_tables(table, name)
    assert capsys.readouterr().out.count(name) == 4


def test_a_table_without_rows_or_of_one_column(capsys: pytest.CaptureFixture[str]) -> None:
    printing.print_tables(printing.new_table("", ("mode", "n")), printing.new_table("t", ("mode",)))
    assert capsys.readouterr().out.count("mode") == 2


@pytest.mark.parametrize("narrow", [20, 40])
def test_nothing_is_cut_where_a_name_and_a_sentence_have_no_room(
    narrow: int, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A name of 25 letters beside a source of 60 once ended in an ellipsis, both of them."""
    monkeypatch.setattr(printing, "_WIDTH_WITHOUT_TERMINAL", narrow)
    name, source = "PMMA-Zhang2020-Mitsubishi", "X. Zhang et al., doi:10.1557/s43579-024-00576-x"
    table = printing.new_table("Materials", ("medium", "source", "index"))
    table.add_row(name, source, "1.495390")
    printing.print_tables(table)
    lines = capsys.readouterr().out.splitlines()
    shown = "".join("".join(lines).split())
    assert max(map(len, lines)) <= narrow
    assert "…" not in shown and "1.495390" in shown
    first = "".join(line[1:].split("   ")[0].strip() for line in lines)
    assert first.count(name) == shown.count("medium")


def test_numbers_stand_right_and_sentences_left(capsys: pytest.CaptureFixture[str]) -> None:
    table = printing.new_table("Constants", ("key", "value", "origin", "source"))
    table.add_row("a", "1.5", "fitted", "a light curve that somebody measured in May")
    table.add_row("b", "-", "published", "-")
    table.add_row("c", "12.25", "-", "a table")
    printing.print_tables(table)
    rows = [line for line in capsys.readouterr().out.splitlines() if line[1:2] in ("a", "b", "c")]
    origin = [row.index(word) for row, word in zip(rows[:2], ("fitted", "published"), strict=True)]
    assert origin[0] == origin[1]
    assert rows[0].index("1.5") + len("1.5") == rows[2].index("12.25") + len("12.25")
    assert rows[0].index("a light") == rows[2].index("a table")


@pytest.mark.parametrize("terminal", [True, False])
def test_a_terminal_shows_the_first_modes_of_a_long_comb(
    mode_set: ModeSet,
    terminal: bool,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Thousands of lines would take the answer above them out of sight; a pipe gets them all."""
    monkeypatch.setattr(sys.stdout, "isatty", lambda: terminal)
    monkeypatch.setattr(
        printing, "_console", partial(rich.console.Console, width=400, color_system=None)
    )
    many = replace(mode_set, modes=(mode_set.modes[0],) * (MOST_SHOWN + 1))
    print_modes(many)
    printed = capsys.readouterr().out
    tables = 2
    assert printed.count(mode_set.modes[0].label) == tables * (MOST_SHOWN + (not terminal))
    assert (f"The first {MOST_SHOWN} of {MOST_SHOWN + 1} modes are shown" in printed) is terminal
