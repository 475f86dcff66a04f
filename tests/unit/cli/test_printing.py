"""Tables on narrow and wide screens: every row keeps its name, no number is cut."""

import re

import pytest

from cavitydesign.cli import printing

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
