"""`cavitydesign modes`: the modes of a design and what they carry."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ..exit_codes import DONE, MISSED, named, say
from ..outline_note import tell_design
from ..printing import new_table, print_json, print_tables
from ..progress_line import ProgressLine

if TYPE_CHECKING:
    from ...modes import Mode, ModeSet

DesignFile = Annotated[Path, typer.Argument(metavar="DESIGN.toml", help="The design file.")]
AsJson = Annotated[bool, typer.Option("--json", help="JSON alone on standard output.")]


Converging = Annotated[
    bool,
    typer.Option("--convergence", help="Wavelength and Q against the degree, one mode a family."),
]


def modes(design: DesignFile, json: AsJson = False, convergence: Converging = False) -> int:
    """Modes of a design: wavelength, errors, confinement, losses."""
    from ...design import load_design

    loaded = load_design(design)
    tell_design(loaded)
    from ...workflow.steps import find_modes

    with ProgressLine() as progress, named(design):
        found = find_modes(loaded, progress)
        settled = [mode.convergence() for mode in _one_a_family(found)] if convergence else []
    if json:
        more = {"convergence": [one.to_json_dict() for one in settled]} if convergence else {}
        print_json({**found.to_json_dict(), **more})
    else:
        from ...columns.plain_words import modes_in_words
        from ..mode_table import print_modes

        print_tables(modes_in_words(found.to_json_dict()))
        print_modes(found)
        for one in settled:
            head, rows = one.table()
            table = new_table("Convergence", head)
            for row in rows:
                table.add_row(*row)
            print_tables(table, one.words())
    return accuracy_code(found)


def _one_a_family(found: ModeSet) -> list[Mode]:
    """The first mode of each polarisation, radial and axial order."""
    families: dict[tuple[str, int, int], Mode] = {}
    for mode in found:
        families.setdefault((mode.polarisation, mode.p, mode.q), mode)
    return list(families.values())


def accuracy_code(found: ModeSet) -> int:
    """Exit code of a set of modes, its warnings told on standard error."""
    for warning in found.warnings:
        say(f"warning: {warning}")
    missed = [mode.label for mode in found if not mode.accuracy_met]
    if missed:
        say(
            f"asked accuracy missed by {len(missed)} of {len(found)} modes: {', '.join(missed[:5])}"
        )
    return MISSED if missed or not found.modes else DONE
